r"""A reader's answer put in the place of the book's, and judged by what it does.

The function that a reader has written goes into a copy of the package, where it stands in the place of the
true one. Then the calls of the exercise are made twice, in the copy and in the true package, and the results
are compared; at last the examples of the docstring are run in the copy. The first difference is explained.

>>> from microgpt.study.exercises import exercise
>>> verdict = check(exercise("residual"), "def add(a, b):\n    return [*a, *b]")
>>> verdict.kind, verdict.given, verdict.told, verdict.right
('shape', 'add([1.0, 2.0], [10.0, 20.0])', 'a list of 4', 'a list of 2')
>>> check(exercise("residual"), "def add(a, b):\n    return [x + y for x, y in zip(a, b, strict=True)]").kind
'passed'

Nothing here stops an answer that never ends: whoever calls has to do that, from outside.
"""

import ast
import importlib
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from microgpt.study.comparing import Mismatch, Raised, drawn, mismatch
from microgpt.study.edits import altered
from microgpt.study.examples import Failure, first_failure
from microgpt.study.exercises import Exercise
from microgpt.study.grafting import blamed_line, first_line, grafts
from microgpt.study.running import module_in, run_code
from microgpt.study.source import SourceError, without_body


@dataclass(frozen=True)
class Verdict:
    """What a check has found.

    Attributes:
        kind: "passed"; or what is wrong: "syntax", "missing", "signature", "unwritten", "error", "printed",
            "type", "shape", "value" or "example".
        told: What came out, or what is wrong, in words.
        right: What is right, where that is the question.
        case: The name of the case that shows it.
        given: The call.
        idea: What to look at.
        line: The line of the reader's file, from 1 on; 0 if none is to blame.
        drawing: Right and wrong side by side, line by line.
        printed: What was printed meanwhile.
    """

    kind: str
    told: str = ""
    right: str = ""
    case: str = ""
    given: str = ""
    idea: str = ""
    line: int = 0
    drawing: tuple[str, ...] = ()
    printed: str = ""


def check(one: Exercise, text: str) -> Verdict:
    r"""Judge a file that a reader has written.

    Args:
        one: The exercise.
        text: What stands in the file.

    Examples:
        >>> from microgpt.study.exercises import exercise
        >>> check(exercise("residual"), "def add(a, b)\n    return a").told
        "line 1: expected ':'"
        >>> check(exercise("residual"), "def add(a, b):\n    raise NotImplementedError").kind
        'unwritten'

        What a reader adds to the file comes along.

        >>> helper = "def both(a: Vector, b: Vector):\n    return zip(a, b, strict=True)"
        >>> body = "def add(a, b):\n    return [x + y for x, y in both(a, b)]"
        >>> check(exercise("residual"), f"from microgpt.vectors import Vector\n{helper}\n{body}").kind
        'passed'
    """
    try:
        compile(text, "<answer>", "exec")
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", 0) or 0
        return Verdict("syntax", f"line {line}: {getattr(error, 'msg', error)}", line=line)
    if verdict := _wrong_head(one, text):
        return verdict
    (graft,) = grafts({one.name: text})
    try:
        package = altered(graft)
    except (Exception, SystemExit) as error:
        line = blamed_line(error, one, text, graft.new)
        return Verdict("error", f"{type(error).__name__}: {error}", line=line)
    return next(_differences(one, package, text, graft.new), Verdict("passed"))


def _wrong_head(one: Exercise, text: str) -> Verdict | None:
    """Compare names and arguments with the true function."""
    try:
        mine = _arguments(textwrap.dedent(without_body(text, one.function)))
    except SourceError:
        return Verdict("missing", f"there is no function {one.function!r} in the file")
    right = _arguments(one.promise)
    if mine == right:
        return None
    return Verdict("signature", f"it takes ({', '.join(mine)})", f"({', '.join(right)})")


def _arguments(head: str) -> list[str]:
    function = next(node for node in ast.walk(ast.parse(head)) if isinstance(node, ast.FunctionDef))
    args = function.args
    return [arg.arg for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs)]


def _differences(one: Exercise, package: ModuleType, text: str, grafted: str) -> Iterator[Verdict]:
    """Go through the cases and then the examples; tell each difference from the true function."""
    names = vars(module_in(package, one.module))
    for case in one.cases:
        right = run_code(case.code, vars(importlib.import_module(f"microgpt.{one.module}"))).result
        got, printed, error = run_code(case.code, names)
        if parting := _difference(right, got):
            line = blamed_line(error, one, text, grafted) if error else first_line(one, text)
            if isinstance(error, NotImplementedError):
                yield Verdict("unwritten", "the body is still to be written", line=line)
            yield Verdict(
                kind=_kind(right, got, printed),
                told=parting.got_there,
                right=parting.right,
                case=case.name,
                given=case.code.strip(),
                idea=case.idea,
                line=line,
                drawing=() if error else tuple(drawn(right, got)),
                printed=printed,
            )
    if found := first_failure(one.told, names):
        yield _failed(found, first_line(one, text))


def _failed(found: Failure, line: int) -> Verdict:
    """Tell of an example that does not hold."""
    told, right, printed = found.got, found.wanted, ""
    if found.got.endswith(f"\n{found.wanted}"):
        told, right = "the answer is right, but more than it is printed", ""
        printed = found.got[: -len(found.wanted)]
    return Verdict("example", told, right, "an example", found.given, found.story, line=line, printed=printed)


def _difference(right: Any, got: Any) -> Mismatch | None:
    if not isinstance(right, Raised) and not isinstance(got, Raised):
        return mismatch(right, got)
    if isinstance(right, Raised) and isinstance(got, Raised) and right.name == got.name:
        return None
    return Mismatch(_told(got), f"the exception {_told(right)}" if isinstance(right, Raised) else "")


def _told(result: Any) -> str:
    if isinstance(result, Raised):
        return f"{result.name}: {result.message}" if result.message else result.name
    return repr(result)


def _kind(right: Any, got: Any, printed: str) -> str:
    if isinstance(got, Raised):
        return "error"
    if got is None and right is not None:
        return "printed" if printed else "type"
    if isinstance(right, Raised):
        return "value"
    if type(right) is not type(got) and not {type(right), type(got)} <= {int, float, bool}:
        return "type"
    if isinstance(right, list | tuple | dict) and len(right) != len(got):
        return "shape"
    return "value"
