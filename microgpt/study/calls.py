r"""Calls from a page: a function by its name, its arguments and its result as JSON.

A page of the site computes nothing itself. It names a function of this package and gives arguments; the
answer is a text that any script can read. What has named fields becomes an object.

>>> call("microgpt.vectors.dot", "[[1, 2], [3, 4]]")
'{"result": 11.0}'
>>> call("microgpt.study.running.Raised", '["ValueError", "too small"]')
'{"result": {"name": "ValueError", "message": "too small"}}'

An exception is an answer, too.

>>> call("microgpt.vectors.dot", "[[1], [2, 3]]")
'{"error": "ValueError", "message": "dot got lists of 1 and 2 numbers; give it two of the same length"}'
"""

import builtins
import json
import math
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from importlib import import_module
from typing import Any


def call(function: str, arguments: str) -> str:
    """Call a function of the package.

    Args:
        function: Its full name.
        arguments: A list, as JSON.

    Returns:
        An object with `result`, or with `error` (the kind of the exception) and `message`, as JSON.

    Raises:
        ValueError: If the function does not belong to the package.

    Examples:
        >>> try:
        ...     call("os.getcwd", "[]")
        ... except ValueError as error:
        ...     print(error)
        'os.getcwd' is not a function of microgpt
    """
    module, _, name = function.rpartition(".")
    if module.partition(".")[0] != "microgpt":
        raise ValueError(f"{function!r} is not a function of microgpt")
    try:
        with put_back():
            result = getattr(import_module(module), name)(*json.loads(arguments))
        return json.dumps({"result": jsonable(result)}, allow_nan=False)
    except (Exception, SystemExit) as error:
        return json.dumps({"error": type(error).__name__, "message": str(error)})


@contextmanager
def put_back() -> Iterator[None]:
    """Put back what a reader's code changes in Python's own modules, for whoever comes after it.

    Examples:
        >>> with put_back():
        ...     math.exp = None
        ...     math.half = 0.5
        >>> math.exp(0.0), hasattr(math, "half")
        (1.0, False)
    """
    before = [(module, dict(vars(module))) for module in (builtins, math, random)]
    try:
        yield
    finally:
        for module, names in before:
            now = vars(module)
            for added in now.keys() - names.keys():
                del now[added]
            now.update(names)


def jsonable(result: Any) -> Any:
    """Turn a result into what JSON can hold.

    Infinite numbers, and those that are none, become None: JSON has no word for them.

    Examples:
        >>> from microgpt.study.comparing import Mismatch
        >>> jsonable((Mismatch("1.0", "2.0"), {3: math.inf}))
        [{'got': '1.0', 'right': '2.0', 'place': ''}, {'3': None}]
    """
    if hasattr(result, "_asdict"):
        return jsonable(result._asdict())
    if is_dataclass(result) and not isinstance(result, type):
        return {field.name: jsonable(getattr(result, field.name)) for field in fields(result)}
    if isinstance(result, Mapping):
        return {str(key): jsonable(value) for key, value in result.items()}
    if isinstance(result, list | tuple):
        return [jsonable(part) for part in result]
    return None if isinstance(result, float) and not math.isfinite(result) else result
