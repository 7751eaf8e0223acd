r"""From Python to the processor's own instructions, and what that costs.

# The question

A function of the rungs below reads like Python. Python does not run it: when it is first called, Numba looks
at what it was given, finds out of which kind each variable is, and has the function translated into
instructions of the processor. **What does that cost, and who has to pay it how often?**

# The picture

Two ways lead from the first call to *run*. Look at what the longer one leaves behind, so that the next
program can take the shorter one.

```mermaid
graph TD
    call["first call, with arrays of float64"] --> there{"kept from last time?"}
    there -- "no" --> types["which kind is each variable?"]
    types --> llvm["LLVM: instructions"] --> keep["keep in a file"]
    there -- "yes" --> load["read the file"]
    keep --> run["run"]
    load --> run
```

Translating takes seconds, as often as there is something new: another kind of number, another computer,
another version of Numba or of these files. So what was translated is kept, in `__pycache__` beside the source
or, where nobody may write there, in the user's folder for such files; the variable `NUMBA_CACHE_DIR` names
another one. Where there is no such place at all, each process translates for itself.

# Not only its own file

Numba keeps a function as long as *its* file does not change. But a step is built of functions from many
files, and an old step with a new part inside would be neither. So what is kept here is kept under the
contents of all files of the ladder.

There is one more trap. `microgpt.study.edits` makes altered copies of the package, and a function of a copy
looks like the true one: same file, same text, only that it calls an altered function. So copies keep nothing,
and never take what others have kept.

>>> from microgpt.study.edits import altered
>>> from microgpt.training import learning_rate_at
>>> for keeping in (kept, altered().engines.compiling.kept):
...     print(type(keeping(learning_rate_at)._cache).__name__)
FunctionCache
NullCache

# What may be changed, and what may not

A compiler may be told that it need not keep the order of additions, or that it may round once where the
program says twice. Both make loops faster, and both change last digits. Here both are allowed, with one
exception, the drawing of names (`exactly`), where Python's own order decides. Not allowed is what would
change more than last digits: to assume that no number is infinite or nan.

# What is lost

A translated function cannot be stopped in a debugger, does not say in which line it failed, and does not
check whether a place in an array exists. It accepts few kinds of things: numbers, arrays, tuples of them. And
`NUMBA_DISABLE_JIT`, with which one can make Numba stand aside, does not help here: `microgpt.engines.lanes`
means nothing to Python.

# What follows

`microgpt.engines.loops_vectors` is the first module whose functions are compiled.
"""

import hashlib
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numba

_OPTIONS: dict[str, Any] = {"error_model": "numpy", "nogil": True}
_FREEDOM = {"contract", "reassoc"}


def compiled(function: Callable[..., Any]) -> Any:
    """Translate a function when it is first called, for the kinds of its arguments.

    Other compiled functions can call it. It lets other threads of Python run meanwhile.

    Examples:
        >>> import numpy as np
        >>> @compiled
        ... def last(x):
        ...     return x[x.size - 1]
        >>> last(np.arange(3.0)), last(np.arange(3))
        (2.0, 2)
        >>> len(last.signatures)
        2

        Division by 0 gives what the processor gives, and no error.

        >>> @compiled
        ... def inverse(x):
        ...     return 1.0 / x
        >>> inverse(0.0)
        inf
    """
    return numba.njit(fastmath=_FREEDOM, **_OPTIONS)(_apart(function))


def inlined(function: Callable[..., Any]) -> Any:
    """Do the same, and put the function's instructions into whoever calls it.

    It is for functions that give many views of which most callers need one: the rest falls away.
    """
    return numba.njit(fastmath=_FREEDOM, forceinline=True, **_OPTIONS)(_apart(function))


def exactly(function: Callable[..., Any]) -> Any:
    """Do the same as `compiled`, but add and multiply in the order that is written, rounding each time.

    Examples:
        >>> import numpy as np
        >>> @exactly
        ... def added(x):
        ...     whole = 0.0
        ...     for one in x:
        ...         whole += one
        ...     return whole
        >>> added(np.array([1e16, 1.0, -1e16])), (1e16 + 1.0) - 1e16
        (0.0, 0.0)
    """
    return numba.njit(**_OPTIONS)(_apart(function))


def kept(function: Callable[..., Any]) -> Any:
    """Do the same as `compiled`, for a function that Python calls, and keep what was translated in a file."""
    dispatcher = compiled(function)
    if not _is_altered():
        try:
            dispatcher.enable_caching()
        except RuntimeError:  # there is no folder into which it could be written
            return dispatcher
        dispatcher._cache._cache_file._source_stamp = _contents()
    return dispatcher


def is_ready(dispatcher: Any, precision: str) -> bool:
    """Say whether a function that is `kept` has been translated for numbers of a precision before.

    Args:
        dispatcher: What `kept` has made.
        precision: Of the arrays that it will be given.

    Examples:
        >>> @kept
        ... def twice(numbers):
        ...     return numbers + numbers
        >>> is_ready(twice, "float64")
        False
    """
    file = getattr(dispatcher._cache, "_cache_file", None)
    return file is not None and any(f"array({precision}" in str(one) for one in file._load_index())


def _is_altered() -> bool:
    return vars(sys.modules[__name__]) is not globals()


def _apart(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a function of an altered copy a name of its own: Numba links what it has kept by name."""
    if _is_altered():
        function.__qualname__ = f"altered.{function.__qualname__}"
    return function


@cache
def _contents() -> str:
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
