r"""Tell them apart: two versions of a function, one of them wrong; the reader shows which.

The versions are the true function and one of the wrong answers of an exercise. Which comes first, is settled
by their names, and a reader cannot know it. The reader writes a function `example` that calls the function it
is given and says whether the result is right:

    def example(softmax):
        return softmax([1.0, 1.0]) == [0.5, 0.5]

It must say yes to the right version and no to the wrong one, or raise an exception there.

>>> pair = pairs()[0]
>>> told(pair, "def example(function):\n    return True").kind
'both'
>>> told(pair, "def example(function):\n    3 < 4").told
'of the right version your example returns None; let it return True or False'
"""

import contextlib
import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from microgpt.spelling import nearest
from microgpt.study.edits import altered
from microgpt.study.exercises import Answer, Exercise, ExerciseError, exercises
from microgpt.study.running import module_in, worded

RETURNS = "returns "
"""How what an example says begins, if it is neither True nor False."""


@dataclass(frozen=True)
class Pair:
    """Two versions of a function.

    Attributes:
        exercise: The exercise that they answer.
        wrong: The wrong one.
    """

    exercise: Exercise
    wrong: Answer

    @property
    def name(self) -> str:
        """What the pair is called: the exercise, and which of its wrong answers it is."""
        return f"{self.exercise.name}_{self.exercise.wrong.index(self.wrong) + 1}"

    @property
    def is_first(self) -> bool:
        """Whether the right version is the one that is shown first."""
        return hashlib.sha256(self.name.encode()).digest()[0] % 2 == 0

    @property
    def wrong_letter(self) -> str:
        """The version that is wrong, "A" or "B"."""
        return "B" if self.is_first else "A"

    def bodies(self) -> tuple[str, str]:
        """Give both bodies in the order in which they are shown."""
        both = (self.exercise.solution, self.wrong.body.strip("\n"))
        return both if self.is_first else both[::-1]


def pairs() -> list[Pair]:
    """List all pairs, in reading order."""
    return [
        Pair(one, wrong) for one in exercises().values() if "." not in one.function for wrong in one.wrong
    ]


def pair(name: str) -> Pair:
    """Find a pair by its name.

    Raises:
        ExerciseError: If there is none.
    """
    known = {one.name: one for one in pairs()}
    if name not in known:
        raise ExerciseError(f"there is no pair {name!r}; {nearest(name, known)}")
    return known[name]


def pair_file(one: Pair) -> str:
    """Write the file that a reader edits."""
    function = one.exercise.function
    shown = "\n\n".join(
        f"# Version {letter}\n#\n" + "\n".join(f"#     {line}".rstrip() for line in body.split("\n"))
        for letter, body in zip("AB", one.bodies())
    )
    return (
        f'"""Tell them apart: {one.name}\n\nTwo versions of {function}; one of them is wrong. Write an '
        f"example that says True of the right one\nand False of the wrong one (or fails there).\n\n"
        f'Check it with: python -m microgpt exercises apart {one.name}\n"""\n\n{shown}\n\n\n'
        f"def example({function}):\n    raise NotImplementedError  # your call, and what must come out\n"
    )


@dataclass(frozen=True)
class Told:
    """What a reader's example says of the two versions.

    Attributes:
        kind: "apart", "both", "neither", "swapped", "other", "unwritten", or "syntax".
        told: The same in words.
        wrong: The version that is wrong, "A" or "B", once they are told apart.
    """

    kind: str
    told: str
    wrong: str = ""


def told(one: Pair, text: str) -> Told:
    """Try a reader's example on both versions."""
    try:
        compile(text, "<example>", "exec")
    except (SyntaxError, ValueError) as error:
        return Told("syntax", f"line {getattr(error, 'lineno', 0)}: {getattr(error, 'msg', error)}")
    try:
        example = _example(text)
    except ExerciseError as error:
        return Told("syntax", str(error))
    except Exception as error:
        return Told("syntax", f"the file itself fails: {worded(error)}")
    says = [_says(example, _version(one, body)) for body in one.bodies()]
    if "unwritten" in says:
        return Told("unwritten", "the example is still to be written")
    right, wrong = says if one.is_first else says[::-1]
    if right == "yes" and wrong != "yes":
        return Told("apart", f"{one.wrong.name}. The thought behind it: “{one.wrong.why}”", one.wrong_letter)
    if right == wrong == "yes":
        return Told("both", "your example says yes to both versions; find a call where they differ")
    if right.startswith(RETURNS):
        return Told("other", f"of the right version your example {right}; let it return True or False")
    if wrong == "yes":
        return Told("swapped", "your example says yes to the wrong version; work the result out by hand")
    return Told("neither", f"your example refuses both versions (of the right one it says: {right})")


def _example(text: str) -> Callable[..., Any]:
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(text, "<example>", "exec"), names)
    example = names.get("example")
    if not callable(example):
        raise ExerciseError("there is no function 'example' in the file; write one")
    return example  # type: ignore[no-any-return]


def _version(one: Pair, body: str) -> Any:
    """Import one version, with the package around it."""
    package = altered(one.exercise.edit(one.exercise.with_body(body)))
    return getattr(module_in(package, one.exercise.module), one.exercise.function)


def _says(example: Callable[..., Any], function: Any) -> str:
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            said = example(function)
        return {True: "yes", False: "no"}[said] if isinstance(said, bool) else f"{RETURNS}{said!r:.40}"
    except NotImplementedError:
        return "unwritten"
    except Exception as error:
        return worded(error)
