r"""Examples that a reader runs and changes, one block after another, compared by doctest's own checker.

A page shows the examples of a docstring in several blocks. As in doctest, all blocks of one docstring share
their names, which begin with those of the module. A reader may change the code of a block. What still stands
as it was is compared with the result in the book; the rest is only shown.

>>> forget()
>>> first, second = run_cell("microgpt.vectors.dot", "a = [1.0, 2.0]\ndot(a, a)", ">>> dot(a, a)\n5.0\n")
>>> second.printed, second.expected, second.same
('5.0\n', '5.0\n', True)
>>> run_cell("microgpt.vectors.dot", "dot(a, [3.0, 4.0])", "")[0].printed
'11.0\n'

They belong to a copy of the package: what a reader changes in it, the figures and checks do not see.

>>> changed = "import microgpt.vectors\nmicrogpt.vectors.softmax = None\nmicrogpt.vectors.softmax"
>>> run_cell("microgpt.vectors", changed, "")[-1].printed  # None is not printed
''
>>> from microgpt.vectors import softmax
>>> softmax([0.0, 0.0])
[0.5, 0.5]

The computer in the page rounds some last digits otherwise. Results that differ by no more than that are
equal, and everything printed stands in `printed` for the reader to see.

>>> run_cell("microgpt.vectors", "0.1 + 0.2", ">>> 0.1 + 0.2\n0.3\n")[0].same
True
"""

import ast
import doctest
import importlib
import io
import math
import re
import traceback
from contextlib import redirect_stdout
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

from microgpt.study.comparing import CLOSE
from microgpt.study.edits import altered
from microgpt.study.running import module_in

NUMBER = re.compile(r"-?\d+\.\d*(?:e[+-]?\d+)?|-?\d+e[+-]?\d+|-?\d+")

MOST_PRINTED = 20_000
"""How many characters of what a statement prints are shown."""

_NAMES: dict[str, dict[str, Any]] = {}


class Shown(NamedTuple):
    """A statement that was run.

    Attributes:
        source: Its text.
        printed: What it printed; of an exception, where and what.
        expected: What the book says that it prints; None if the book does not have this statement.
        same: Whether both agree; True where nothing is expected and nothing failed.
        failed: Whether it ended with an exception that the book does not have.
    """

    source: str
    printed: str
    expected: str | None
    same: bool
    failed: bool = False


class Checker(doctest.OutputChecker):
    """Compares as doctest does, and lets the last digits of numbers go."""

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        """Say whether two outputs are equal, but for rounding."""
        if super().check_output(want, got, optionflags):
            return True
        ours, theirs = NUMBER.findall(got), NUMBER.findall(want)
        return NUMBER.split(got) == NUMBER.split(want) and all(map(_close, theirs, ours))


def _close(one: str, other: str) -> bool:
    if one == other:
        return True
    both = float(one), float(other)
    are_floats = all("." in text or "e" in text for text in (one, other))
    return (
        are_floats
        and math.isclose(*both, rel_tol=CLOSE)
        and math.copysign(1, both[0]) == math.copysign(1, both[1])
    )


def run_cell(owner: str, code: str, book: str) -> list[Shown]:
    r"""Run the code of a block; go on with the names that earlier blocks of the docstring have made.

    It stops behind the first statement that fails where the book does not.

    Args:
        owner: The full name of what has the docstring: a module, a class or a function.
        code: Statements, without prompts.
        book: The block as the book has it, with prompts and results.

    Examples:
        Code that is no Python is told with its line.

        >>> run_cell("microgpt.vectors", "1 +", "")[0].printed
        'line 1: SyntaxError: invalid syntax\n'

        The same statement may stand twice, with two results.

        >>> told = ">>> a\n1\n>>> a += 1\n>>> a\n2\n"
        >>> [one.expected for one in run_cell("microgpt.vectors", "a = 1\na\na += 1\na", told)]
        [None, '1\n', '', '2\n']

        An exception of the reader's own ends the block.

        >>> [one.failed for one in run_cell("microgpt.vectors", "a = 1\na / 0\na", "")]
        [False, True]

        One that the book has does not.

        >>> told = ">>> 1 / 0\nTraceback (most recent call last):\nZeroDivisionError: division by zero\n"
        >>> [one.same for one in run_cell("microgpt.vectors", "1 / 0\n7", told)]
        [True, True]

        Only last digits may differ: 1 is not 1.0, and 0 has a sign.

        >>> told = ">>> 0.1 * 10\n1\n>>> -0.0\n0.0\n>>> 0.1 * 3\n0.3\n"
        >>> [one.same for one in run_cell("microgpt.vectors", "0.1 * 10\n-0.0\n0.1 * 3", told)]
        [False, False, True]
    """
    known: dict[str, list[doctest.Example]] = {}
    for example in doctest.DocTestParser().get_examples(book):
        known.setdefault(example.source.strip(), []).append(example)
    try:
        statements = split(code)
    except SyntaxError as error:
        return [Shown(code, f"line {error.lineno}: {type(error).__name__}: {error.msg}\n", None, False, True)]
    if owner not in _NAMES:
        _NAMES[owner] = _names(owner)
    names = _NAMES[owner]
    shown: list[Shown] = []
    for statement in statements:
        examples = known.get(statement, [])
        shown.append(_run(examples.pop(0) if examples else None, statement, names))
        if shown[-1].failed:
            break
    return shown


def forget(owner: str = "") -> None:
    """Forget the names that the blocks of a docstring have made, or of all docstrings."""
    _package.cache_clear()
    if owner:
        _NAMES.pop(owner, None)
    else:
        _NAMES.clear()


@cache
def _package() -> ModuleType:
    """Import the copy in which cells run; one for all, until somebody wants the book's names back."""
    return altered()


def _names(owner: str) -> dict[str, Any]:
    name = module_of(owner).__name__.partition(".")[2]
    return dict(vars(module_in(_package(), name) if name else _package()))


def split(code: str) -> list[str]:
    r"""Take code apart into its statements, each with the comments behind it.

    Raises:
        SyntaxError: If it is no Python.

    Examples:
        >>> split("x = 1\n# twice\nfor i in range(2):\n    x += i\nx; x + 1\n")
        ['x = 1\n# twice', 'for i in range(2):\n    x += i', 'x; x + 1']
    """
    lines = code.split("\n")
    starts = sorted({_first_line(node) for node in ast.parse(code).body})
    ends = [*starts[1:], len(lines) + 1]
    return ["\n".join(lines[start - 1 : end - 1]).rstrip() for start, end in zip(starts, ends)]


def _first_line(node: ast.stmt) -> int:
    marks: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(mark.lineno for mark in marks)])


def module_of(owner: str) -> Any:
    """Import the module in which something is defined.

    Examples:
        >>> module_of("microgpt.autograd.Value.backward").__name__
        'microgpt.autograd'
    """
    name = owner
    while name:
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name is None or not f"{name}.".startswith(f"{error.name}."):
                raise  # a library that the module needs
            name = name.rpartition(".")[0]
    raise ModuleNotFoundError(f"there is no module for {owner!r}")


class _Keeping(doctest.DocTestRunner):
    """Keeps what an example printed, instead of a report."""

    got = ""
    error: BaseException | None = None

    def report_start(self, out: Any, test: Any, example: doctest.Example) -> None:
        """Say nothing."""

    def report_success(self, out: Any, test: Any, example: doctest.Example, got: str) -> None:
        """Keep what was printed."""
        self.got = got

    def report_failure(self, out: Any, test: Any, example: doctest.Example, got: str) -> None:
        """Keep what was printed instead."""
        self.got = got

    def report_unexpected_exception(self, out: Any, test: Any, example: Any, exc_info: Any) -> None:
        """Keep the exception."""
        self.error = exc_info[1]


def _run(known: doctest.Example | None, statement: str, names: dict[str, Any]) -> Shown:
    """Run a statement, which is an example of the book if that is known."""
    example = known or doctest.Example(statement, "")
    test = doctest.DocTest([example], names, "<cell>", None, 0, None)
    test.globs = names  # it has made a copy
    flags = doctest.IGNORE_EXCEPTION_DETAIL  # every Python words its exceptions a little otherwise
    runner = _Keeping(checker=Checker(), verbose=True, optionflags=flags)  # successes are told, too
    with redirect_stdout(io.StringIO()):
        failed, _ = runner.run(test, out=lambda text: None, clear_globs=False)
    expected = known.want if known else None
    if runner.error is not None:
        return Shown(statement, traced(runner.error), expected, False, True)
    printed, _, trace = runner.got.partition("Traceback (most recent call last):\n")
    raised = trace.strip().rpartition("\n")[2] + "\n" if trace else ""
    return Shown(statement, _cut(printed) + raised, expected, not (known and failed))


def _cut(printed: str) -> str:
    """Leave away what nobody reads, and no page can hold."""
    more = len(printed) - MOST_PRINTED
    return printed if more <= 0 else f"{printed[:MOST_PRINTED]}\n… and {more:,} characters more\n"


def traced(error: BaseException) -> str:
    r"""Tell of an exception: the lines of the cell that led to it, and what it says.

    Examples:
        >>> traced(ValueError("too small"))
        'ValueError: too small\n'
    """
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "<cell>" in frame.filename]
    lines = "".join(f"in line {frame.lineno} of the statement: " for frame in frames[:1] if frame.lineno != 1)
    return lines + traceback.format_exception_only(error)[-1]
