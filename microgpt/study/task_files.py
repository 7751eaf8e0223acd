r"""The files that a reader edits: each has one function to write, and runs alone.

    python -m doctest softmax.py

A file holds what the true source promises, and imports what its body and its examples need. The method of a
class comes with its class, whose other methods are there already.

>>> from microgpt.study.exercises import exercise
>>> task_file(exercise("residual")).splitlines()[2]
"Add a layer's result to what went into it, so that slopes come back past the layer too."
"""

import ast
import doctest
import textwrap
from collections.abc import Iterable, Iterator

from microgpt.contents import CHAPTERS
from microgpt.study.exercises import Exercise, exercises
from microgpt.study.source import bare, docstring_lines

PROGRESS = "progress.json"
"""The file beside them that remembers; without it, every exercise is simply not done yet."""

PYTEST = """[pytest]
addopts = --doctest-modules
doctest_optionflags = IGNORE_EXCEPTION_DETAIL
python_files = *.py
"""
"""For `pytest.ini`: so that `pytest` runs the examples, and like `check` takes an exception by its kind."""


def task_file(one: Exercise, body: str = "raise NotImplementedError  # your code") -> str:
    """Write the file of an exercise.

    Args:
        one: The exercise.
        body: What stands in the place of the solution, at the left margin.
    """
    title = next(chapter.title for chapter in CHAPTERS if chapter.module == one.chapter)
    note = [
        f"Exercise: {one.name}",
        "",
        *textwrap.wrap(one.teaches, 100),
        "",
        f"Chapter: {title} (microgpt/{one.chapter.replace('.', '/')}.py). About {one.minutes} minutes.",
        f"Write the body, save, and run: python -m microgpt exercises check {one.name}",
    ]
    head = "\n".join(note)
    return f'"""{head}\n"""\n\n{_code(one, body)}'


def _code(one: Exercise, body: str) -> str:
    source = one.edit(one.with_body(body)).applied(one.source)
    hidden = _answers_to_others(one) if "." in one.function else []
    for other in hidden:
        source = other.edit(other.with_body(_borrowed(other))).applied(source)
    tree = ast.parse(source)
    owner = one.function.partition(".")[0]
    needed = _names(f"{one.with_body(one.solution)}\n{_examples(one)}") | {owner}
    kept = _closure(tree, needed) if "." in one.function else {owner}
    kept -= {other.function for other in hidden}
    skipped = docstring_lines(tree) - _told(tree, one.function)
    lines = source.split("\n")
    parts = []
    for node in tree.body:
        if _name(node) in kept:
            first = min([node.lineno, *(mark.lineno for mark in getattr(node, "decorator_list", ()))])
            parts.append("\n".join(bare(lines[first - 1 : node.end_lineno], first, skipped)))
    used = set().union(needed, *map(_names, parts)) - kept
    return "\n\n\n".join([_imports(tree, used, one.module), *parts]) + "\n"


def _answers_to_others(one: Exercise) -> list[Exercise]:
    """List the other exercises whose answers would stand in a file, and that the package can do as well.

    What makes values has to stay: in the file they are values of the file's own class.
    """
    return [
        other
        for other in exercises().values()
        if (other.module, other.name) != (one.module, one.name) and other.module == one.module
        if "Value(" not in other.solution
    ]


def _borrowed(other: Exercise) -> str:
    """Write a body that asks the package for what another exercise is about."""
    function = ast.parse(other.promise).body[0]
    assert isinstance(function, ast.FunctionDef)
    given = ", ".join(argument.arg for argument in function.args.args)
    return f"from microgpt import {other.module}\n\nreturn {other.module}.{other.function}({given})"


def _told(tree: ast.Module, function: str) -> set[int]:
    """Give the lines of the docstring of the function to write."""
    found: ast.AST = tree
    for name in function.split("."):
        found = next(node for node in found.body if getattr(node, "name", "") == name)  # type: ignore[attr-defined]
    return docstring_lines(found)


def _examples(one: Exercise) -> str:
    return "".join(example.source for example in doctest.DocTestParser().get_examples(one.told))


def _names(code: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}


def _name(node: ast.stmt) -> str:
    """Name what a statement of a module defines; "" for what defines nothing of its own."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return node.name
    if isinstance(node, ast.Assign | ast.AnnAssign):
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        return target.id if isinstance(target, ast.Name) else ""
    return ""


def _closure(tree: ast.Module, names: Iterable[str]) -> set[str]:
    """Name all definitions of a module that some of them need."""
    uses = {
        _name(node): {one.id for one in ast.walk(node) if isinstance(one, ast.Name)} for node in tree.body
    }
    kept, open_ = set(), {name for name in names if name in uses}
    while open_:
        name = open_.pop()
        kept.add(name)
        open_ |= {one for one in uses[name] if one in uses} - kept
    return kept - {""}


def _imports(tree: ast.Module, names: set[str], module: str) -> str:
    """Write the imports of some names, from where the module has them."""
    return "\n".join(sorted(_import_lines(tree, names, module), key=lambda line: ("microgpt" in line, line)))


def _import_lines(tree: ast.Module, names: set[str], module: str) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            found = [alias for alias in node.names if (alias.asname or alias.name) in names]
            for alias in found if isinstance(node, ast.Import) else ():
                yield ast.unparse(ast.Import([alias]))
            if found and isinstance(node, ast.ImportFrom):
                yield ast.unparse(ast.ImportFrom(node.module, found, 0))
    own = sorted(names & {_name(node) for node in tree.body} - {""})
    if own:
        yield f"from microgpt.{module} import {', '.join(own)}"
