"""What a reader has to fetch for a page, and what a build has to do when nothing has changed."""

import filecmp
import gzip
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from microgpt.contents import CHAPTERS
from tests.support.browser import CHROMIUM, ROOT

pytest.importorskip("mkdocs", reason="the site is not checked: pip install -e '.[dev]'")

from sitemaker.course import url

pytestmark = pytest.mark.xdist_group("site")

LIGHT, WHOLE = 400_000, 1_500_000
"""How many bytes a chapter may have before its diagrams, and with what draws them, as servers send them."""

SENT_AS_IT_IS = (".woff2", ".png")
DIAGRAMS = "assets/vendor/mermaid/"

COUNTED = """
import json, sys
from mkdocs.__main__ import cli
from sitemaker import cache, terminal

def noted(module, name, what):
    make = getattr(module, name)
    setattr(module, name, lambda *given: (made.append(what(*given)), make(*given))[1])

made = []
noted(cache, "_kept", lambda path, result: str(result)[:200])
noted(terminal, "_run", lambda commands, folder: commands[-1])
cli(["build", "--strict", "--quiet", "--site-dir", sys.argv[1]], standalone_mode=False)
print(json.dumps(made))
"""
"""Builds the site, and prints all that it did not find in the cache."""


@cache
def sent(file: Path) -> int:
    """Say how many bytes a server sends that compresses what can be compressed."""
    content = file.read_bytes()
    return len(content) if file.suffix in SENT_AS_IT_IS else len(gzip.compress(content, 6))


def fetched(folder: Path, address: str, chromium: Any, path: str) -> set[Path]:
    """Open a page as somebody who comes for the first time, and list the files that the browser fetches."""
    found: set[Path] = set()
    context = chromium.new_context()
    page = context.new_page()
    page.on("response", lambda answer: found.add(folder / answer.url.removeprefix(address).partition("?")[0]))
    page.goto(address + path, wait_until="networkidle")
    page.wait_for_function("() => document.querySelector('.md-typeset > .diagram, .diagram .mermaid')")
    page.wait_for_timeout(1_000)
    page.wait_for_load_state("networkidle")
    context.close()
    return {file / "index.html" if file.is_dir() else file for file in found}


@pytest.mark.skipif(not CHROMIUM, reason="the site is not checked: there is no Chromium here")
def test_no_chapter_is_too_heavy(site: tuple[Path, str], chromium: Any) -> None:
    folder, address = site
    pages = {one.module: folder / url(one.module) / "index.html" for one in CHAPTERS}
    heaviest = max(pages, key=lambda module: sent(pages[module]))
    files = fetched(folder, address, chromium, url(heaviest))
    assert pages[heaviest] in files
    drawing = {file for file in files if DIAGRAMS in file.as_posix()}
    assert sum(map(sent, drawing)) > 100_000  # they were drawn
    shared = (files - drawing - {pages[heaviest]}) | {*(folder / "assets/scripts").glob("*.js")}
    assert folder / "assets/study.css" in shared
    for module, page in pages.items():
        before = sent(page) + sum(map(sent, shared))
        assert before < LIGHT, f"{module}: {before} bytes"
        assert before + sum(map(sent, drawing)) < WHOLE, module


def test_what_has_not_changed_is_not_computed_again(site: tuple[Path, str], tmp_path: Path) -> None:
    folder, address = site
    environment = {
        **os.environ,
        "SITE_URL": address,
        "NO_MKDOCS_2_WARNING": "1",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "docs")]),
    }
    command = [sys.executable, "-c", COUNTED, str(tmp_path)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == []
    files = [file.relative_to(tmp_path) for file in tmp_path.rglob("*") if file.is_file()]
    _, other, missing = filecmp.cmpfiles(folder, tmp_path, [str(file) for file in files], shallow=False)
    assert len(files) > 200
    assert [name for name in other + missing if not name.startswith("sitemap")] == []  # that one says the day
