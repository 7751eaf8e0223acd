"""The figures as the pages ask for them: by name, as HTML.

They are drawn in a process of its own (`python -m sitemaker.figures.gallery`). A server that builds the site
again has an older state of the modules in its memory, and a build that finds all in the cache needs no
matplotlib.
"""

import itertools
import json
import re
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path

from sitemaker.cache import cached, key
from sitemaker.errors import SiteError

PLACE = re.compile(r'<figure data-figure="([^"]+)"></figure>')
"""Where a figure belongs, until it is drawn."""

_BESIDE = ThreadPoolExecutor(1)

DRAWN = re.compile(r'<figure class="drawn.*?<figcaption>', re.DOTALL)


def place(name: str) -> str:
    """Leave the place of a figure."""
    return f'<figure data-figure="{name}"></figure>'


def numbered(content: str, chapter: int | None) -> str:
    """Number the figures of a page in their order: "Figure 6.1" in chapter 6, "Figure 1" on other pages.

    Args:
        content: HTML.
        chapter: The number of the chapter, if the page is one.
    """
    number = itertools.count(1)
    before = f"{chapter}." if chapter else ""
    return DRAWN.sub(lambda match: f"{match[0]}<strong>Figure {before}{next(number)}.</strong> ", content)


def begin() -> "Future[dict[str, str]]":
    """Begin to draw, if that is needed: it takes longer than the rest of a build, and goes on beside it."""
    return _drawn(key("figures"))


@cache
def _drawn(state: str) -> "Future[dict[str, str]]":
    return _BESIDE.submit(cached, "figures", _all_figures)


def figure(name: str) -> str:
    """Return a figure.

    Raises:
        SiteError: If there is none of this name.
    """
    drawings = begin().result()
    if name not in drawings:
        raise SiteError(f"there is no figure {name!r}; there are: {', '.join(drawings)}")
    return drawings[name]


def _all_figures() -> dict[str, str]:
    command = [sys.executable, "-m", "sitemaker.figures.gallery"]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[2], check=True, stdout=subprocess.PIPE, encoding="utf-8"
    )
    drawings: dict[str, str] = json.loads(done.stdout)
    return drawings
