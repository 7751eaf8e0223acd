"""The navigation and the pages that are made, from the list of chapters and from what lies in the package."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from microgpt.config import Config, summary
from microgpt.contents import CHAPTERS
from tests.support.browser import ROOT
from tests.support.package import MODULES

pytest.importorskip("mkdocs", reason="the site is not checked: pip install -e '.[dev]'")

from sitemaker import names, pages, reference

pytestmark = pytest.mark.xdist_group("sitemaker")

ASK = """
import json
from mkdocs.config import load_config
config = load_config("mkdocs.yml", site_dir="unused")
config = config.plugins.on_config(config)  # the hooks are among the plugins
from sitemaker import pages
print(json.dumps([config.nav, {page.uri: page.content for page in pages.leaves(pages.tree())}]))
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Copy what the site is made from."""
    for name in ("microgpt", "docs"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    return tmp_path


def made_in(folder: Path) -> tuple[list[Any], dict[str, str]]:
    """Ask for the navigation as the hooks make it, and for the pages, in a copy of the repository."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-c", ASK]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    nav, made = json.loads(done.stdout.splitlines()[-1])
    return nav, made


def entries(nav: Any) -> list[tuple[str, str]]:
    """List the titles and files of a navigation, in its order."""
    found: list[tuple[str, str]] = []
    for title, part in [pair for entry in nav for pair in entry.items()]:
        found += [(title, part)] if isinstance(part, str) else entries(part)
    return found


def test_a_new_chapter_is_one_module_and_one_line(copy: Path) -> None:
    (copy / "microgpt/rhymes.py").write_text('"""Which names rhyme?"""\n', encoding="utf-8")
    contents = copy / "microgpt/contents.py"
    old = '    Chapter("adam", '
    line = '    Chapter("rhymes", "Rhymes", "Which names rhyme?", "Learning"),\n'
    text = contents.read_text(encoding="utf-8")
    assert text.count(old) == 1
    contents.write_text(text.replace(old, line + old), encoding="utf-8")

    nav, made = made_in(copy)
    expected = [(chapter.module, chapter.title) for chapter in CHAPTERS]
    place = [module for module, _ in expected].index("adam")
    expected.insert(place, ("rhymes", "Rhymes"))
    assert [entry for entry in entries(nav) if entry[0].startswith("Chapter ")] == [
        (f"Chapter {number}, {title}", f"chapters/{names.path(module)}.md")
        for number, (module, title) in enumerate(expected, 1)
    ]
    (learning,) = [part["Learning"] for tab in nav for part in tab.get("The book", []) if "Learning" in part]
    assert learning[0] == {f"Chapter {place + 1}, Rhymes": "chapters/rhymes.md"}
    assert f'title: "Chapter {place + 1}, Rhymes"' in made["chapters/rhymes.md"]
    assert "::: microgpt.rhymes" in made["chapters/rhymes.md"]
    assert f"| [Chapter {place + 1}, Rhymes](rhymes.md) | Which names rhyme? |" in made["chapters/index.md"]


def test_a_new_module_around_the_book_needs_no_line_at_all(copy: Path) -> None:
    (copy / "microgpt/games").mkdir()
    for name, text in (("__init__", "Games."), ("chess", "Chess without a board: `play` plays.")):
        (copy / f"microgpt/games/{name}.py").write_text(f'"""{text}"""\n', encoding="utf-8")
    nav, made = made_in(copy)
    assert ("Chess without a board", "program/games/chess.md") in entries(nav)
    assert "::: microgpt.games.chess" in made["program/games/chess.md"]
    assert "::: microgpt.games\n" in made["program/index.md"]
    assert "| [chess.py](games/chess.md) | Chess without a board: `play` plays. |" in made["program/index.md"]


def test_the_modules_that_have_pages_are_those_of_the_package() -> None:
    assert sorted(names.modules()) == MODULES


def test_no_title_and_no_page_stands_twice_in_the_navigation() -> None:
    found = entries(pages.navigation(pages.tree()))
    for one in (Counter(title for title, _ in found), Counter(page for _, page in found)):
        assert max(one.values()) == 1


def test_every_page_that_is_made_has_its_title_at_its_head() -> None:
    for page in pages.leaves(pages.tree()):
        assert re.match(r"---\ntitle: \S", page.content), page.uri


def test_the_reference_shows_every_dial_once_as_it_is() -> None:
    rows = re.findall(
        r"^\| \[`(\w+)`\]\[(\S+)\] \| (.*) \| (.*) \| (.*) \|$", reference.dials(), re.MULTILINE
    )
    assert rows == [
        (
            dial.name,
            f"microgpt.config--{dial.name}",
            repr(dial.default),
            f"{'a whole number' if dial.type is int else 'a number'} {dial.metadata['allowed'].words}",
            summary(dial.name),
        )
        for dial in fields(Config)
    ]
