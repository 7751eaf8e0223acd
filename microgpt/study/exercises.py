r"""The exercises: functions of the book whose bodies a reader writes again.

An exercise is a function of the package. Its signature and its docstring are the task, its examples the
first test, its body a solution: all of that is cut from the true source. What cannot be cut from there stands
in one small file for each exercise: why one does it, hints, calls that tell right from wrong, and wrong
answers that people really give. The calls have no results in the file. They are made with the true function.

>>> softmax = exercise("softmax")
>>> softmax.chapter, softmax.function
('vectors', 'softmax')
>>> print(softmax.solution.splitlines()[-1])
return [e * whole**-1 for e in exps]

To add an exercise, write its file into `study/catalog`.
"""

import ast
import pkgutil
import textwrap
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from typing import Any

from microgpt.spelling import nearest
from microgpt.study.edits import Edit
from microgpt.study.questions import without_questions
from microgpt.study.source import body_of, definition_of, module_source, without_body


class ExerciseError(ValueError):
    """There is no such exercise. The message names the nearest."""


@dataclass(frozen=True)
class Case:
    """A call that tells right from wrong; what is right, the true function says.

    Attributes:
        name: What is looked at, in a few words.
        code: Statements, and at the end an expression.
        idea: What to look at when the results differ.
    """

    name: str
    code: str
    idea: str


@dataclass(frozen=True)
class Answer:
    """An answer that somebody could give.

    Attributes:
        name: What is special about it.
        body: The body of the function, at the left margin.
        fails: For a wrong one, the name of the case that shows it; "" for a right one.
        why: For a wrong one, what its author believes.
    """

    name: str
    body: str
    fails: str = ""
    why: str = ""


@dataclass(frozen=True)
class Exercise:
    """A function to be written again.

    Attributes:
        name: What it is called.
        chapter: The chapter that it belongs to.
        module: The module that has the function, below `microgpt`.
        function: The function, or `Class.method`.
        minutes: About how long it takes.
        teaches: What one learns by it, in a sentence.
        hints: Up to three, each a little more.
        why: Why the solution is as it is.
        cases: The calls that tell right from wrong, from the simplest on.
        wrong: Answers that people really give.
        right: Answers that are as good as the book's, and different.
    """

    name: str
    chapter: str
    module: str
    function: str
    minutes: int
    teaches: str
    hints: tuple[str, ...]
    why: str
    cases: tuple[Case, ...]
    wrong: tuple[Answer, ...]
    right: tuple[Answer, ...]

    @property
    def source(self) -> str:
        """The true source of the module."""
        return module_source(self.module)

    @property
    def solution(self) -> str:
        """The body in the true source, at the left margin."""
        return textwrap.dedent(body_of(self.source, self.function)).strip("\n")

    @property
    def promise(self) -> str:
        """The function without its body, at the left margin; without the mark of a stage and questions.

        The answer to a question would often be the answer to the exercise.
        """
        head = without_questions(without_body(self.source, self.function))
        return textwrap.dedent(head).removeprefix("@stage\n")

    @property
    def told(self) -> str:
        """The docstring of the function."""
        function = ast.parse(self.promise).body[0]
        assert isinstance(function, ast.FunctionDef)
        return ast.get_docstring(function) or ""

    def edit(self, definition: str) -> Edit:
        """Put another definition into the place of the true one.

        Args:
            definition: The whole function, at the left margin.
        """
        true = definition_of(self.source, self.function)
        margin = true[: len(true) - len(true.lstrip())]
        return Edit(self.module, true, textwrap.indent(definition.rstrip("\n"), margin))

    def with_body(self, body: str) -> str:
        """Write the function with another body, at the left margin."""
        head = self.promise.rpartition("raise NotImplementedError")[0].rstrip(" ")
        return head + textwrap.indent(body.strip("\n"), "    ") + "\n"


def _read(name: str, text: str) -> Exercise:
    entry: dict[str, Any] = tomllib.loads(text)
    module, _, function = entry.pop("function").partition(":")
    return Exercise(
        name=name,
        chapter=entry.pop("chapter", module),
        module=module,
        function=function,
        hints=tuple(entry.pop("hints")),
        cases=tuple(Case(**one) for one in entry.pop("case")),
        wrong=tuple(Answer(**one) for one in entry.pop("wrong")),
        right=tuple(Answer(**one) for one in entry.pop("right")),
        **entry,
    )


@cache
def exercises() -> dict[str, Exercise]:
    """Read the catalog: all exercises by name, in reading order.

    Examples:
        >>> sum(one.minutes for one in exercises().values()) > 0
        True
    """
    listed = (pkgutil.get_data("microgpt.study", "catalog/order.txt") or b"").decode().split()
    return {
        name: _read(name, (pkgutil.get_data("microgpt.study", f"catalog/{name}.toml") or b"").decode())
        for name in listed
    }


def exercise(name: str) -> Exercise:
    """Find an exercise by its name, or by the name of the file that a reader writes it in.

    Raises:
        ExerciseError: If there is none of that name.

    Examples:
        >>> exercise("desk/softmax.py").name
        'softmax'
        >>> try:
        ...     exercise("sotfmax")
        ... except ExerciseError as error:
        ...     print(str(error).partition("?")[0])
        there is no exercise 'sotfmax'; did you mean 'softmax'
    """
    bare = PurePosixPath(name.replace("\\", "/")).name.removesuffix(".py")
    if bare not in exercises():
        raise ExerciseError(f"there is no exercise {name!r}; {nearest(bare, exercises())}")
    return exercises()[bare]
