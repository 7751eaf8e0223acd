r"""The examples of a docstring, run until the first one that fails.

>>> told = "Add.\n\nExamples:\n    Two and two.\n\n    >>> add(2, 2)\n    4\n"
>>> first_failure(told, {"add": lambda a, b: a * b + 1})
Failure(given='add(2, 2)', wanted='4', got='5', story='Two and two.')
"""

import contextlib
import doctest
import io
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from microgpt.autograd import topological_order


class Failure(NamedTuple):
    """An example that does not hold.

    Attributes:
        given: The code.
        wanted: What should come out.
        got: What came out.
        story: What stands above it.
    """

    given: str
    wanted: str
    got: str
    story: str


def first_failure(told: str, names: Mapping[str, Any]) -> Failure | None:
    """Run examples; an exception counts by its kind, whatever it says.

    Args:
        told: The docstring.
        names: What the examples may use.
    """
    test = doctest.DocTestParser().get_doctest(told, dict(names), "examples", None, 0)
    runner = _First(verbose=False, optionflags=doctest.FAIL_FAST | doctest.IGNORE_EXCEPTION_DETAIL)
    with contextlib.redirect_stdout(io.StringIO()):
        runner.run(test, clear_globs=False)
    _let_go(test.globs)
    if not runner.failed:
        return None
    example, got = runner.failed
    return Failure(example.source.strip(), _last_line(example.want), _last_line(got), _story(told, example))


def _let_go(names: dict[str, Any]) -> None:
    """Forget values one after the other, from the end of each graph on.

    Left to itself, Python frees a long chain in nested steps, and has no room for so many in a page.
    """
    orders = []
    for value in names.values():
        with contextlib.suppress(Exception):  # a reader's values may be anything
            orders.append(topological_order(value))
    names.clear()


class _First(doctest.DocTestRunner):
    """Keeps the first example that fails."""

    failed: tuple[doctest.Example, str] | None = None

    def report_failure(self, out: Any, test: Any, example: doctest.Example, got: str) -> None:
        """Keep what came out."""
        self.failed = self.failed or (example, got)

    def report_unexpected_exception(
        self, out: Any, test: Any, example: doctest.Example, exc_info: Any
    ) -> None:
        """Keep what was raised."""
        self.failed = self.failed or (example, f"{exc_info[0].__name__}: {exc_info[1]}")


def _last_line(text: str) -> str:
    """Shorten what an example prints: of a traceback to what was raised."""
    text = text.strip() or "nothing"
    return text.split("\n")[-1] if text.startswith("Traceback") else text


def _story(told: str, example: doctest.Example) -> str:
    """Find the sentences that stand above an example."""
    before = "\n".join(told.split("\n")[: example.lineno])
    prose = [piece for piece in re.split(r"\n\s*\n", before) if piece.strip() and ">>>" not in piece]
    return " ".join(prose[-1].split()).removeprefix("Examples: ") if prose else ""
