"""The figures as the pages ask for them: by name, as HTML.

They are drawn in a process of its own (`python -m sitemaker.figures.gallery`): a build that finds all in the
cache needs no matplotlib. What they show is measured before, while the pages are made.
"""

import itertools
import re
from functools import cache
from typing import Any

from sitemaker.bedside import looks
from sitemaker.beside import apart, begin
from sitemaker.cache import cached, key
from sitemaker.errors import SiteError
from sitemaker.figures.measured import default_run

PLACE = re.compile(r'<figure data-figure="([^"]+)"></figure>')
"""Where a figure belongs, until it is drawn."""

DRAWN = re.compile(r'<figure class="drawn.*?<figcaption>', re.DOTALL)


def place(name: str) -> str:
    """Leave the place of a figure."""
    return f'<figure data-figure="{name}"></figure>'


def put_in(content: str, chapter: int | None) -> str:
    """Put the figures of a page into their places, and number them.

    Args:
        content: HTML.
        chapter: The number of the chapter, if the page is one.
    """
    return numbered(PLACE.sub(lambda place: figure(place[1]), content), chapter)


def numbered(content: str, chapter: int | None) -> str:
    """Number the figures of a page in their order: "Figure 6.1" in chapter 6, "Figure 1" on other pages.

    Args:
        content: HTML.
        chapter: The number of the chapter, if the page is one.
    """
    number = itertools.count(1)
    before = f"{chapter}." if chapter else ""
    return DRAWN.sub(lambda match: f"{match[0]}<strong>Figure {before}{next(number)}.</strong> ", content)


def drawn() -> dict[str, str]:
    """Return all figures by their names, drawn if that is needed."""
    return _drawings(key("figures"))


@cache
def _drawings(state: str) -> dict[str, str]:
    found: dict[str, str] = cached("figures", _all_figures)
    return found


def figure(name: str) -> str:
    """Return a figure.

    Raises:
        SiteError: If there is none of this name.
    """
    drawings = drawn()
    if name not in drawings:
        raise SiteError(f"there is no figure {name!r}; there are: {', '.join(drawings)}")
    return drawings[name]


def _all_figures() -> Any:
    for measured in (begin(default_run), begin(looks)):
        measured.result()
    return apart("sitemaker.figures.gallery")
