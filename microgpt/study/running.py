r"""Pieces of code, run with the names of a module: what they result in, print and raise.

>>> outcome = run_code("print('Ready.')\n2 + 3", {})
>>> outcome.result, outcome.printed, outcome.error
(5, 'Ready.\n', None)
>>> run_code("1 / 0", {}).result
Raised(name='ZeroDivisionError', message='division by zero')
>>> worded(run_code("1 / 0", {}).error)
'ZeroDivisionError: division by zero'
"""

import ast
import contextlib
import io
from collections.abc import Mapping
from types import ModuleType
from typing import Any, NamedTuple

from microgpt.study.comparing import Raised, simple


class Outcome(NamedTuple):
    """What came of a piece of code.

    Attributes:
        result: The value of its last expression, in plain numbers, texts and lists; or a `Raised`.
        printed: What it printed.
        error: The exception that it ended with.
    """

    result: Any
    printed: str
    error: Exception | SystemExit | None


def run_code(code: str, names: Mapping[str, Any]) -> Outcome:
    """Run statements, and at last an expression.

    Args:
        code: The statements, and the expression as the last line.
        names: What they may use; it is not changed.
    """
    *statements, last = ast.parse(code.strip()).body
    assert isinstance(last, ast.Expr)
    own, printed = dict(names), io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(ast.Module(statements, []), "<code>", "exec"), own)
            result = simple(eval(compile(ast.Expression(last.value), "<code>", "eval"), own))
    except (Exception, SystemExit) as error:
        return Outcome(Raised(type(error).__name__, str(error)), printed.getvalue(), error)
    return Outcome(result, printed.getvalue(), None)


def module_in(package: ModuleType, name: str) -> Any:
    """Find a module of a package, or of a copy of it, by its name below the package.

    Examples:
        >>> import microgpt.study.source
        >>> module_in(microgpt, "study.source").__name__
        'microgpt.study.source'
    """
    module: Any = package
    for part in name.split("."):
        module = getattr(module, part)
    return module


def worded(error: BaseException | None) -> str:
    """Word an exception; of a text that Python cannot read, say where.

    Args:
        error: What was raised, for example by a module of an altered package.

    Examples:
        >>> from microgpt.study.edits import Edit, altered
        >>> try:
        ...     altered(Edit("vectors", "EPSILON = 1e-5", "EPSILON = )"))
        ... except SyntaxError as error:
        ...     print(worded(error).partition(", line")[0], worded(error).rpartition(": ")[2])
        vectors.py unmatched ')'
    """
    if not isinstance(error, SyntaxError) or not error.lineno:
        return f"{type(error).__name__}: {error}"
    module = (error.filename or "").strip("<>").partition(",")[0].removeprefix("microgpt.")
    return f"{module.replace('.', '/')}.py, line {error.lineno}: {error.msg}"
