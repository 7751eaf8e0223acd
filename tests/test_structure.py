"""The shape of the package: who may import whom, where each public name lives, that all is explained."""

import ast
import doctest
import importlib
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

import microgpt

FOLDER = Path(microgpt.__file__).parent
PATHS = sorted(FOLDER.glob("*.py"))
NAMES = [path.stem for path in PATHS if path.stem not in ("__init__", "__main__")]

READING_ORDER = [
    *["config", "data", "tokenizer", "autograd", "vectors", "attention"],
    *[
        "model",
        "loss",
        "adam",
        "training",
        "sampling",
        "evaluation",
        "checkpoint",
        "stages",
        "graphs",
        "records",
    ],
]
LEAVES = {"forms", "stages"}
"""Modules that any other may import; they import nothing themselves."""
MAY_IMPORT = {
    "config": set(),
    "data": {"config"},
    "tokenizer": set(),
    "autograd": set(),
    "forms": set(),
    "stages": set(),
    "vectors": {"autograd"},
    "attention": {"autograd", "vectors"},
    "model": {"config", "tokenizer", "autograd", "vectors", "attention"},
    "loss": {"autograd", "vectors", "attention", "model"},
    "adam": {"autograd"},
    "training": {"config", "tokenizer", "autograd", "model", "loss", "adam"},
    "sampling": {"autograd", "vectors", "attention", "model"},
    "evaluation": {"attention", "loss", "model", "training", "vectors"},
    "checkpoint": {"config", "data", "model", "tokenizer", "training"},
    "graphs": {"autograd"},
    "records": {"adam", "graphs", "loss", "model", "sampling", "tokenizer", "training"},
    "runs": {"checkpoint", "config", "data", "training"},
    "settings": {"config"},
    "fetch": {"config", "data"},
    "stopping": {"training"},
    "screen": {"config", "model", "tokenizer", "training"},
    "drawing": {"records", "screen"},
    "narrate": {
        *["adam", "attention", "drawing", "loss", "model", "records", "sampling", "screen", "training"],
    },
    "results": {"drawing", "evaluation", "loss", "sampling", "screen", "training"},
    "watching": {"config", "evaluation", "model", "narrate", "records", "sampling", "training"},
    "flags": {"config", "records"},
    "commands": {
        *["checkpoint", "config", "data", "evaluation", "fetch", "flags", "results", "runs"],
        *["records", "sampling", "screen", "settings", "training", "watching"],
    },
    "jobs": {
        *["checkpoint", "commands", "config", "data", "evaluation", "model", "results", "runs"],
        *["records", "sampling", "screen", "stopping", "training", "watching"],
    },
    "cli": {
        *["checkpoint", "commands", "config", "data", "flags", "jobs", "runs"],
        *["sampling", "screen", "settings", "stopping", "training", "watching"],
    },
}


def imports(path: Path) -> set[str]:
    """List the modules that a file imports, wherever in the file that happens."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: relative import"
            found.add(node.module or "")
    return found


def doctest_imports(path: Path) -> set[str]:
    """List the modules that the examples of a file import."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            for example in doctest.DocTestParser().get_examples(ast.get_docstring(node) or ""):
                for part in ast.walk(ast.parse(example.source)):
                    if isinstance(part, ast.ImportFrom):
                        found.add(part.module or "")
    return found


def inside(modules: set[str]) -> set[str]:
    return {name.removeprefix("microgpt.") for name in modules if name.startswith("microgpt.")}


@pytest.mark.parametrize("name", NAMES)
def test_a_module_imports_only_what_comes_before_it(name: str) -> None:
    assert inside(imports(FOLDER / f"{name}.py")) <= MAY_IMPORT[name] | LEAVES


@pytest.mark.parametrize("name", [*READING_ORDER, *sorted(LEAVES)])
def test_the_algorithm_imports_only_the_standard_library(name: str) -> None:
    outside = {module.partition(".")[0] for module in imports(FOLDER / f"{name}.py")} - {"microgpt"}
    assert outside <= sys.stdlib_module_names


@pytest.mark.parametrize("name", READING_ORDER)
def test_the_examples_of_a_chapter_use_only_the_chapters_before_it(name: str) -> None:
    before = set(READING_ORDER[: READING_ORDER.index(name)])
    assert inside(doctest_imports(FOLDER / f"{name}.py")) <= before | LEAVES


def test_the_arrows_go_one_way() -> None:
    for name in READING_ORDER:
        assert MAY_IMPORT[name] <= set(READING_ORDER[: READING_ORDER.index(name)])


def test_every_module_has_its_rule() -> None:
    assert set(NAMES) == set(MAY_IMPORT)


@pytest.mark.parametrize("name", NAMES)
def test_no_module_hides_one_of_the_standard_library(name: str) -> None:
    assert name not in sys.stdlib_module_names


def public_names(module: ModuleType) -> set[str]:
    """List what a module defines itself without an underscore."""
    tree = ast.parse(Path(module.__file__ or "").read_text(encoding="utf-8"))
    defined: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            defined.add(node.name)
        elif isinstance(node, ast.Assign):
            defined |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            defined.add(node.target.id)
    return {name for name in defined if not name.startswith("_")}


def test_each_public_name_has_one_home() -> None:
    homes: dict[str, list[str]] = {}
    for name in NAMES:
        for public in importlib.import_module(f"microgpt.{name}").__all__:
            homes.setdefault(public, []).append(name)
    assert {name: home for name, home in homes.items() if len(home) > 1} == {}
    assert set(microgpt.__all__) <= set(homes)


@pytest.mark.parametrize("name", NAMES)
def test_all_lists_what_is_public(name: str) -> None:
    module = importlib.import_module(f"microgpt.{name}")
    assert set(module.__all__) == public_names(module)


@pytest.mark.parametrize("name", READING_ORDER)
def test_every_function_of_a_chapter_has_an_example(name: str) -> None:
    tree = ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))
    without = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and ">>>" not in (ast.get_docstring(node) or "")
    ]
    assert without == []


SECTIONS = {"Args", "Attributes", "Examples", "Pitfalls", "Raises", "Returns", "Yields"}


def docstrings(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    owners = [
        node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
    ]
    return [docstring for node in owners if (docstring := ast.get_docstring(node))]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_no_sentence_turns_into_a_box(path: Path) -> None:
    """In Google style any "Words: more" above an indented line becomes a titled box. Only sections may."""
    for docstring in docstrings(path):
        for indent, title, below in re.findall(
            r"^(?=( *)\S)(?=[ ]*([A-Z][\w -]*):(?: .*)?\n)[^\n]*\n( *)\S", docstring, re.MULTILINE
        ):
            assert len(below) <= len(indent) or title in SECTIONS, title


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_function_docstrings_fit_a_screen(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    lengths = {
        node.name: len((ast.get_docstring(node) or "").splitlines())
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    }
    assert {name: length for name, length in lengths.items() if length > 60} == {}
