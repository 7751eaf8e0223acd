"""Cutting the true source: nothing is lost, and nothing is told that should be hidden."""

import ast
import inspect
import re
import shutil
import subprocess
import sys
import textwrap
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from pkgutil import iter_modules

import pytest

import microgpt
from microgpt.contents import CHAPTERS
from microgpt.study.source import (
    SourceError,
    bare,
    body_of,
    definition_of,
    docstring_lines,
    docstrings,
    functions,
    source_of,
    without_body,
    without_docstrings,
)

FOLDER = Path(microgpt.__file__).parent
MODULES = [f"microgpt.{one.name}" for one in iter_modules([str(FOLDER)]) if not one.ispkg]
MODULES.remove("microgpt.__main__")
MODULES += ["microgpt.study.source", "microgpt.study.edits"]
STUB = "raise NotImplementedError"


def code_lines(source: str) -> list[str]:
    skipped = docstring_lines(ast.parse(source))
    lines = [line for number, line in enumerate(source.split("\n"), 1) if number not in skipped]
    return [line for line in lines if line.strip()]


def parsed(definition: str) -> ast.FunctionDef:
    (node,) = ast.parse(textwrap.dedent(definition)).body
    assert isinstance(node, ast.FunctionDef)
    return node


# A module's source


def test_every_chapter_is_among_the_modules() -> None:
    flat = [chapter.module for chapter in CHAPTERS if "." not in chapter.module]
    assert {f"microgpt.{module}" for module in flat} <= set(MODULES)


@pytest.mark.parametrize("module", MODULES)
def test_the_source_is_what_stands_in_the_file(module: str) -> None:
    path = FOLDER.parent.joinpath(*module.split(".")).with_suffix(".py")
    assert source_of(module) == path.read_text(encoding="utf-8")


def test_the_source_of_a_package_is_that_of_its_first_file() -> None:
    assert source_of("microgpt.study").startswith('"""The source taken apart')


@pytest.mark.parametrize(
    "module", ["microgpt.vector", "microgpt.vectors.softmax", "nowhere.vectors", "", "sys"]
)
def test_a_module_without_source_is_an_error_that_says_which_there_are(module: str) -> None:
    with pytest.raises(SourceError, match=f"no source of {module!r}; .*here are: .*microgpt.vectors"):
        source_of(module)


def test_reading_a_source_does_not_run_it() -> None:
    assert source_of("microgpt.__main__").endswith("main()\n")
    assert "microgpt.__main__" not in sys.modules


def test_the_source_is_found_in_a_zip_file_too(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "here" / "microgpt", ignore=shutil.ignore_patterns("__pycache__"))
    archive = shutil.make_archive(str(tmp_path / "microgpt"), "zip", tmp_path / "here")
    code = f"""
import sys
sys.path.insert(0, {archive!r})
from microgpt.study.edits import Edit, altered
from microgpt.study.source import source_of
deaf = altered(Edit("vectors", "exp(score - largest)", "exp(score * 0)"))
print(source_of("microgpt.vectors").count("def softmax"), deaf.attention.softmax([1.0, 3.0]), deaf.__file__)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout == f"1 [0.5, 0.5] {Path(archive, 'microgpt', '__init__.py')}\n"


# Prose and code


@pytest.mark.parametrize("module", MODULES)
def test_bare_loses_no_line_of_code_and_keeps_no_line_of_prose(module: str) -> None:
    source = source_of(module)
    shown = bare(source.split("\n"), 1, docstring_lines(ast.parse(source)))
    assert [line.strip() for line in shown if line] == [line.strip() for line in code_lines(source)]


def test_a_strange_line_break_in_a_text_moves_nothing() -> None:
    source = 'NAME = "a\u2028b\x0c"\n\n\ndef f():\n    """Do."""\n    return 1\n'
    skipped = docstring_lines(ast.parse(source))
    assert bare(source.split("\n"), 1, skipped) == ['NAME = "a\u2028b\x0c"', "", "def f():", "    return 1"]
    assert body_of(source, "f") == "    return 1"


@pytest.mark.parametrize("module", MODULES)
def test_without_docstrings_there_is_only_code(module: str) -> None:
    tree = ast.parse(source_of(module))
    texts = len(list(docstrings(tree)))
    before = sum(isinstance(node, ast.stmt) for node in ast.walk(tree))
    bare_tree = without_docstrings(tree)
    stayed = [node for node in ast.walk(bare_tree) if isinstance(node, ast.stmt)]
    assert texts > 0
    assert list(docstrings(bare_tree)) == []
    assert len([node for node in stayed if not isinstance(node, ast.Pass)]) <= before - texts <= len(stayed)
    compile(ast.unparse(bare_tree), module, "exec")


# Functions and their bodies


@pytest.mark.parametrize("module", MODULES)
def test_every_function_is_found(module: str) -> None:
    found = functions(source_of(module))
    heads = [re.match(r"def (\w+)", line) for line in code_lines(source_of(module))]
    assert [name for name in found if "." not in name] == [head[1] for head in heads if head]
    for name in found:
        attrgetter(name)(import_module(module))


@pytest.mark.slow
@pytest.mark.parametrize("module", MODULES)
def test_every_function_can_be_cut(module: str) -> None:
    source = source_of(module)
    for name in functions(source):
        whole, cut, body = (make(source, name) for make in (definition_of, without_body, body_of))
        assert source.count(f"{whole}\n") == 1
        assert body
        assert cut.endswith(STUB)
        head = cut.removesuffix(STUB).rstrip(" ")
        assert head + body == whole


@pytest.mark.slow
@pytest.mark.parametrize("module", MODULES)
def test_a_function_that_was_cut_promises_the_same(module: str) -> None:
    source = source_of(module)
    for name in functions(source):
        before, after = parsed(definition_of(source, name)), parsed(without_body(source, name))
        assert ast.unparse(after.body[-1]) == STUB
        docstring = ast.get_docstring(after)
        assert docstring == ast.get_docstring(before)
        assert len(after.body) == (1 if docstring is None else 2)
        if docstring:
            assert docstring == inspect.cleandoc(attrgetter(name)(import_module(module)).__doc__)
        before.body = after.body = []
        assert ast.dump(after) == ast.dump(before)


@pytest.mark.slow
@pytest.mark.parametrize("module", MODULES)
def test_a_body_that_is_put_back_gives_the_same_source(module: str) -> None:
    source = source_of(module)
    for name in functions(source):
        cut = without_body(source, name)
        hole = source.replace(definition_of(source, name), cut)
        assert hole != source
        assert ast.get_docstring(ast.parse(hole)) == ast.get_docstring(ast.parse(source))
        line = re.compile(rf"[ ]*{STUB}\Z")
        assert hole.replace(cut, line.sub("", cut) + body_of(source, name)) == source


CASES = {
    "all on one line": ("def f(x): return x", f"def f(x): {STUB}", "return x"),
    "letters of two bytes": (
        'def f(x="é"): return "ü", x; y',
        f'def f(x="é"): {STUB}',
        'return "ü", x; y',
    ),
    "a docstring on the line of the body": (
        'def f():\n    "Do."; return 1\n',
        f'def f():\n    "Do."; {STUB}',
        "return 1",
    ),
    "only a docstring": ('def f(): "Do."\n', 'def f(): "Do."', ""),
    "a comment before the body": (
        "def f():  # why\n    # how\n\n    return 1\n# after\n",
        f"def f():  # why\n    {STUB}",
        "    # how\n\n    return 1",
    ),
    "a docstring that ends like a comment": (
        'def f():\n    """Do.\n    # this"""\n    # how\n    return 1\n',
        f'def f():\n    """Do.\n    # this"""\n    {STUB}',
        "    # how\n    return 1",
    ),
    "an empty docstring": ('def f():\n    ""\n    return 1', f'def f():\n    ""\n    {STUB}', "    return 1"),
    "a text that is no docstring": ('def f():\n    f"{1}"\n', f"def f():\n    {STUB}", '    f"{1}"'),
    "decorators and a body that begins with one": (
        "@a\n@b(\n    1,\n)\ndef f():\n    @c\n    def g(): ...\n    return g\n",
        f"@a\n@b(\n    1,\n)\ndef f():\n    {STUB}",
        "    @c\n    def g(): ...\n    return g",
    ),
    "a signature of several lines": (
        "def f(\n    x,\n    # last\n):\n    return x\n",
        f"def f(\n    x,\n    # last\n):\n    {STUB}",
        "    return x",
    ),
    "a text at the left margin": (
        'def f():\n    return """\nmargin\n"""\n\nX = 1\n',
        f"def f():\n    {STUB}",
        '    return """\nmargin\n"""',
    ),
    "two of one name": (
        "def f():\n    return 1\ndef f():\n    return 2\n",
        f"def f():\n    {STUB}",
        "    return 2",
    ),
}


@pytest.mark.parametrize(("source", "cut", "body"), CASES.values(), ids=CASES.keys())
def test_however_it_is_written_it_is_cut_at_the_body(source: str, cut: str, body: str) -> None:
    assert without_body(source, "f") == cut
    assert body_of(source, "f") == body
    whole = definition_of(source, "f")
    assert whole.endswith(body)
    assert whole.startswith(cut.removesuffix(STUB).rstrip(" "))
    parsed(cut)


@pytest.mark.parametrize("cut", [definition_of, without_body, body_of])
def test_a_function_that_is_not_there_is_an_error_that_says_which_there_are(cut: object) -> None:
    assert callable(cut)
    with pytest.raises(
        SourceError,
        match=r"no function 'sofmax'; did you mean 'softmax'\? There are: linear, softmax, rmsnorm, add$",
    ):
        cut(source_of("microgpt.vectors"), "sofmax")


def test_a_class_is_not_a_function() -> None:
    with pytest.raises(SourceError, match=r"no function 'Value'; .*Value\.__add__"):
        without_body(source_of("microgpt.autograd"), "Value")
