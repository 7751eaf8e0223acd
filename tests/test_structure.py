"""The shape of the package: who may import whom, where each public name lives, that all is explained.

All of it follows from `microgpt.contents.CHAPTERS`: a chapter needs only the chapters before it.
"""

import ast
import doctest
import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import microgpt
from microgpt.contents import CHAPTERS, before
from microgpt.engines.engine import Engine
from tests.support.package import FOLDER, MODULES, READING_ORDER, public_names

PATHS = {
    ".".join(path.relative_to(FOLDER).with_suffix("").parts): path for path in sorted(FOLDER.rglob("*.py"))
}
"""Every file, by the name of its module below microgpt."""

LEAVES = {"contents", "files", "spelling", "trained"}
"""Modules that are no chapters, and that every chapter may import."""

LADDER = [name for name in READING_ORDER if name.startswith("engines.")]
"""The chapters of the last part, each of which may have other modules beside it, and a library."""

BOOK = [name for name in READING_ORDER if name not in LADDER]
"""The chapters that need nothing but Python."""

LIBRARIES = {
    "engines.matrices": {"numpy"},
    "engines.loops": {"numba", "numpy"},
    "engines.tensors": {"torch"},
    "engines.launches": {"torch"},
    "engines.several": {"torch"},
    "engines.swarm": {"torch"},
}
"""What a chapter of the ladder may need besides Python."""

INTERFACE = {"engine", *(field.name for field in fields(Engine))}
"""What the module of each rung has."""

OPEN_TO_ALL = LEAVES | {"stages"}
"""Watching comes late in the book, but the mark of a stage stands in the chapters from the first one on."""


@cache
def tree_of(name: str) -> ast.Module:
    return ast.parse(PATHS[name].read_text(encoding="utf-8"))


def imports(tree: Path | ast.AST) -> set[str]:
    """List the modules that a file imports, wherever in the file that happens.

    What is taken from the package itself, and is none of its modules, comes from `microgpt.__init__`.
    """
    if isinstance(tree, Path):
        tree = ast.parse(tree.read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import"
            found |= {_module_of(node.module or "", alias.name) for alias in node.names}
    return found


def _module_of(module: str, name: str) -> str:
    """Find out whether `from module import name` takes a module of ours, or something from it."""
    inside = f"{module}.{name}".removeprefix("microgpt.")
    if inside in PATHS or f"{inside}.__init__" in PATHS:
        return f"microgpt.{inside}"
    return module


def inside(modules: set[str]) -> set[str]:
    """List the modules of the package among others, by their names below it."""
    ours = {name for name in modules if name.partition(".")[0] == "microgpt"}
    return {name.partition(".")[2] or "__init__" for name in ours}


def outside(modules: set[str]) -> set[str]:
    """List the packages that are not ours."""
    return {name.partition(".")[0] for name in modules} - {"microgpt"}


def documented(tree: ast.AST) -> Iterator[tuple[Any, str]]:
    """List what has a docstring, and it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node, ast.get_docstring(node) or ""


def example_imports(name: str) -> set[str]:
    """List the modules that the examples of a module import."""
    parser = doctest.DocTestParser()
    examples = [one for _, docstring in documented(tree_of(name)) for one in parser.get_examples(docstring)]
    return {module for example in examples for module in imports(ast.parse(example.source))}


# Who may import whom


def test_the_chapters_are_the_modules_of_the_top_folder() -> None:
    assert set(BOOK) == {module for module in MODULES if "." not in module} - LEAVES
    assert set(LADDER) <= set(MODULES)
    assert set(MODULES) == {name for name in PATHS if not name.endswith("__")}
    assert len(set(READING_ORDER)) == len(READING_ORDER)


@pytest.mark.parametrize("name", READING_ORDER)
def test_a_chapter_imports_only_the_chapters_before_it(name: str) -> None:
    beside = {one for one in PATHS if name in LADDER and one.startswith(("engines.", "study."))} - set(LADDER)
    assert inside(imports(tree_of(name))) <= {*before(name), *OPEN_TO_ALL, *beside}


@pytest.mark.parametrize("name", [name for name in PATHS if name.startswith("engines.")])
def test_the_engines_need_no_program(name: str) -> None:
    assert not {one for one in inside(imports(tree_of(name))) if one.startswith(("terminal.", "__main__"))}


@pytest.mark.parametrize("name", LADDER)
def test_a_rung_needs_its_library_alone(name: str) -> None:
    assert outside(imports(tree_of(name))) <= sys.stdlib_module_names | LIBRARIES.get(name, set())


@pytest.mark.parametrize("name", sorted(OPEN_TO_ALL))
def test_what_every_chapter_may_import_imports_none(name: str) -> None:
    assert inside(imports(tree_of(name))) == set()


@pytest.mark.parametrize("name", [*BOOK, *sorted(LEAVES)])
def test_the_book_needs_the_standard_library_alone(name: str) -> None:
    assert outside(imports(tree_of(name))) <= sys.stdlib_module_names


@pytest.mark.parametrize("name", BOOK)
def test_the_examples_of_a_chapter_use_only_the_chapters_before_it(name: str) -> None:
    assert inside(example_imports(name)) <= {name, *before(name), *OPEN_TO_ALL}
    assert outside(example_imports(name)) <= sys.stdlib_module_names


def test_the_first_page_imports_chapters_only() -> None:
    assert inside(imports(tree_of("__init__"))) <= set(BOOK)


@pytest.mark.parametrize("name", [name for name in PATHS if name.startswith("study.")])
def test_the_study_needs_no_program(name: str) -> None:
    assert not {module for module in inside(imports(tree_of(name))) if module.partition(".")[0] == "terminal"}


@pytest.mark.parametrize("name", PATHS)
def test_imports_are_absolute_and_of_what_there_is(name: str) -> None:
    there = {*PATHS, *(module.removesuffix(".__init__") for module in PATHS)}
    assert inside(imports(tree_of(name))) <= there


@pytest.mark.parametrize("name", PATHS)
def test_no_module_hides_one_of_the_standard_library(name: str) -> None:
    """`python -m doctest FILE` looks for modules in the folder of the file first."""
    assert not set(name.split(".")) & sys.stdlib_module_names


# Where each public name lives


def commands() -> set[tuple[str, str]]:
    """List the functions that are commands of the program, each with its module.

    `train`, `resume` and `evaluate` are called like the functions of the chapters that they run: what one
    types is the word that the book has taught.
    """
    from microgpt.terminal.cli import app

    apps = [app, *(group.typer_instance for group in app.registered_groups)]
    callbacks = [
        one for each in apps if each for one in (each.registered_callback, *each.registered_commands)
    ]
    functions = [inspect.unwrap(one.callback) for one in callbacks if one and one.callback]
    return {(function.__name__, function.__module__.removeprefix("microgpt.")) for function in functions}


@pytest.mark.slow
def test_each_public_name_has_one_home() -> None:
    homes: dict[str, list[str]] = {}
    for module in MODULES:
        for name in public_names(module):
            homes.setdefault(name, []).append(module)
    shared = {name: set(modules) for name, modules in homes.items() if len(modules) > 1}
    allowed = commands() | {(name, module) for name in INTERFACE for module in LADDER}
    twice = {
        name: modules
        for name, modules in shared.items()
        if len({module for module in modules if (name, module) not in allowed}) > 1
    }
    assert twice == {}
    assert set(microgpt.__all__) <= set(homes)


def test_only_the_first_page_passes_names_on() -> None:
    """A name is imported from its home, or from the package, and from nowhere else."""
    defined = {module: public_names(module) for module in MODULES}
    for module in PATHS:
        for node in ast.walk(tree_of(module)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("microgpt."):
                home = (node.module or "").removeprefix("microgpt.")
                if home in defined:
                    names = {alias.name for alias in node.names}
                    assert names <= defined[home], f"{module} takes them from {home}"


# That all is explained


@pytest.mark.parametrize("name", READING_ORDER)
def test_every_function_of_a_chapter_has_an_example(name: str) -> None:
    functions = [node for node in tree_of(name).body if isinstance(node, ast.FunctionDef)]
    named = INTERFACE if name in LADDER else set()
    public = [node for node in functions if not node.name.startswith("_") and node.name not in named]
    assert [node.name for node in public if ">>>" not in (ast.get_docstring(node) or "")] == []


LISTS = "Args|Attributes|Raises|Returns|Yields"
SECTIONS = {*LISTS.split("|"), "Examples", "Pitfalls"}


@pytest.mark.parametrize("name", PATHS)
def test_no_sentence_turns_into_a_box(name: str) -> None:
    """In Google style any "Words: more" above an indented line becomes a titled box. Only sections may."""
    for _, docstring in documented(tree_of(name)):
        without_lists = re.sub(rf"^(?:{LISTS}):\n(?:    .*\n?|\n)+", "\n", docstring, flags=re.MULTILINE)
        for indent, title, below in re.findall(
            r"^(?=( *)\S)(?=[ ]*([A-Z][\w -]*):(?: .*)?\n)[^\n]*\n( *)\S", without_lists, re.MULTILINE
        ):
            assert len(below) <= len(indent) or title in SECTIONS, title


@pytest.mark.parametrize("name", PATHS)
def test_function_docstrings_fit_a_screen(name: str) -> None:
    lengths = {
        node.name: len(docstring.splitlines())
        for node, docstring in documented(tree_of(name))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: length for name, length in lengths.items() if length > 60} == {}


def test_the_readme_lists_the_chapters_in_reading_order() -> None:
    text = (FOLDER.parent / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[([\w/]+)\.py\]\(microgpt/\1\.py\) \| (.+) \|$", text, re.MULTILINE)
    assert rows == [(chapter.module.replace(".", "/"), chapter.question) for chapter in CHAPTERS]


# That the rules see what they should


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import math, microgpt.study.source as s", {"math", "microgpt.study.source"}),
        ("def f():\n    from microgpt import Config", {"microgpt"}),
        ("if True:\n    from microgpt import model, train", {"microgpt", "microgpt.model"}),
        ("from microgpt import terminal", {"microgpt.terminal"}),
        ("from microgpt.terminal import listings", {"microgpt.terminal.listings"}),
        ("from microgpt.model import forward", {"microgpt.model"}),
        ("from importlib.resources import files", {"importlib.resources"}),
    ],
)
def test_imports_are_found_in_every_form(source: str, found: set[str]) -> None:
    assert imports(ast.parse(source)) == found
