"""The examples of a chapter as cells that run in the page (docs/scripts/cell.js)."""

import html
import json
import re
from functools import cache
from typing import NamedTuple

from microgpt.study.source import module_source
from sitemaker.cache import ROOT

MEASURED = ROOT / "docs/measurements/cells.json"
"""Which examples take long in the page, and which do not suit it; tests/site/test_cells.py sees to it."""

BLOCK = re.compile(r'<div class="language-pycon highlight">.*?</pre></div>', re.DOTALL)
MARK = re.compile(rf'\bid="(?P<owner>microgpt(?:\.\w+)+)"|(?P<block>{BLOCK.pattern})', re.DOTALL)
LIBRARY = re.compile(r"^(?:import|from) (numpy|numba|torch)\b", re.MULTILINE)
LIBRARIES = {"numpy": "NumPy", "numba": "Numba", "torch": "PyTorch"}
TAG = re.compile(r"<[^>]*>")


class Cell(NamedTuple):
    """A block of examples.

    Attributes:
        owner: The full name of what has it in its docstring.
        number: Which of the owner's blocks it is, from 1 on.
        text: Its lines, with prompts and results.
    """

    owner: str
    number: int
    text: str


@cache
def measured() -> dict[str, dict[str, str]]:
    """Say which blocks take longer than a second in the page, and why some do not suit it."""
    found: dict[str, dict[str, str]] = json.loads(MEASURED.read_text(encoding="utf-8"))
    return found


def with_cells(page: str, chapter: str) -> str:
    """Put behind each block of examples the element that runs it.

    A chapter that needs a library has one for all its blocks, which says so.

    Args:
        page: The HTML of a chapter.
        chapter: Its module.
    """
    if library := needed_by(chapter):
        note = f"The examples here need {library}, which a page does not have. They run on your machine."
        return BLOCK.sub(lambda block: block[0] + _note(note), page, count=1)
    blocks = iter(blocks_of(page))

    def marked(match: re.Match[str]) -> str:
        return match[0] + _element(next(blocks)) if match["block"] else match[0]

    return MARK.sub(marked, page)


def needed_by(chapter: str) -> str:
    """Name the library without which a chapter cannot be loaded; "" if it needs none."""
    found = LIBRARY.search(module_source(chapter))
    return LIBRARIES[found[1]] if found else ""


def blocks_of(page: str) -> list[Cell]:
    """List the blocks of examples in the HTML of a chapter; each belongs to the name above it."""
    found: list[Cell] = []
    owner, number = "", 0
    for match in MARK.finditer(page):
        if match["owner"]:
            owner, number = match["owner"], 0
        else:
            number += 1
            found.append(Cell(owner, number, html.unescape(TAG.sub("", match["block"]))))
    return found


def _element(cell: Cell) -> str:
    name = f"{cell.owner} {cell.number}"
    if unfit := measured()["unfit"].get(name):
        return _note(unfit)
    seconds = measured()["seconds"].get(name)
    time = f' seconds="{seconds}"' if seconds else ""
    return f'<study-cell of="{cell.owner}"{time}></study-cell>'


def _note(unfit: str) -> str:
    return f'<study-cell unfit="{html.escape(unfit)}"></study-cell>'
