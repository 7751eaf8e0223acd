"""Functions that a reader has written, grafted onto the source in the place of the true ones."""

import ast
import textwrap
import traceback
from collections.abc import Mapping

from microgpt.study.edits import Edit
from microgpt.study.exercises import Exercise, exercise
from microgpt.study.source import definition_of
from microgpt.study.task_files import task_file


def grafts(answers: Mapping[str, str]) -> list[Edit]:
    r"""Put a reader's functions into the source, with all that the reader has added to the files.

    Args:
        answers: The texts of the files, by the names of the exercises.

    Returns:
        One edit for each module, of its whole text.

    Raises:
        SourceError: If a function is not in its file.

    Examples:
        >>> text = "def add(a, b):\n    return mine(a, b)\n\ndef mine(a, b): ...\n"
        >>> (edit,) = grafts({"residual": text})
        >>> edit.module, "return mine(a, b)" in edit.new, edit.new.endswith("def mine(a, b): ...\n")
        ('vectors', True, True)
    """
    sources: dict[str, str] = {}
    true: dict[str, str] = {}
    for name, text in answers.items():
        one = exercise(name)
        true[one.module] = one.source
        source = sources.get(one.module, one.source)
        source = one.edit(textwrap.dedent(definition_of(text, one.function))).applied(source)
        sources[one.module] = _with_extras(source, _extras(one, text))
    return [Edit(module, true[module], source) for module, source in sources.items()]


def _extras(one: Exercise, text: str) -> str:
    """Take along what the reader has added to the file: imports and helpers of the reader's own.

    Imports from the module of the function are left: the names are there, and the module is just being made.
    """
    lines = text.split("\n")
    return "\n".join(lines[number - 1] for number in _extra_lines(one, text))


def _extra_lines(one: Exercise, text: str) -> list[int]:
    """Number the lines that the reader has added, from 1 on."""
    given = {ast.dump(node) for node in ast.parse(task_file(one)).body}
    owner = one.function.partition(".")[0]
    return [
        number
        for node in ast.parse(text).body
        if isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.Assign | ast.AnnAssign)
        if ast.dump(node) not in given and getattr(node, "name", "") != owner
        if getattr(node, "module", "") != f"microgpt.{one.module}"
        for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    ]


def _with_extras(source: str, extras: str) -> str:
    """Put some statements at the end of a module, where all that they may name is there."""
    return f"{source.rstrip()}\n\n\n{extras}\n" if extras else source


def blamed_line(error: BaseException, one: Exercise, text: str, grafted: str) -> int:
    """Find the line of a reader's file that an error comes from, or went through last; 0 if there is none.

    Args:
        error: The error.
        one: The exercise.
        text: The reader's file.
        grafted: The text of the module with the reader's function in it.
    """
    definition = definition_of(text, one.function)
    head = textwrap.dedent(definition).split("\n")[0]
    here, there = (
        whole[: whole.index(part)].count("\n") for whole, part in ((text, definition), (grafted, head))
    )
    mine = {there + number: here + number for number in range(1, definition.count("\n") + 2)}
    extras = _extra_lines(one, text)
    mine |= dict(enumerate(extras, grafted.count("\n") - len(extras) + 1))
    lines = [
        mine[frame.lineno]
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith(f"<microgpt.{one.module}, altered") and frame.lineno in mine
    ]
    return lines[-1] if lines else 0


def first_line(one: Exercise, text: str) -> int:
    """Find the line of a reader's file at which the function begins."""
    return text[: text.index(definition_of(text, one.function))].count("\n") + 1
