"""Every number in the prose of a page that is written by hand comes from somewhere, as in the chapters.

What may be repeated is what stands in a block of code or in a figure of the page, a setting, a number of a
chapter or of a record that the page points to. What is left carries a mark in the page's Markdown.
"""

import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from pathlib import Path

import pytest

from tests.support.browser import ROOT
from tests.support.numerals import comes_from, config_numbers, marks, numbers_in, numerals, pointed_to
from tests.support.package import MODULES

pytest.importorskip("mkdocs", reason="the site is not checked: pip install -e '.[dev]'")

from sitemaker.extensions import Figures
from sitemaker.figures import place, put_in

pytestmark = pytest.mark.xdist_group("site")

PAGES = ROOT / "docs" / "pages"
NAMES = sorted(page.stem for page in PAGES.glob("*.md") if page.stem != "book")  # that one repeats the others

MADE = re.compile(r"<(pre|figure|svg)\b.*?</\1>", re.DOTALL)
"""What the site makes: examples, what the program printed, figures with their captions."""

PLACES = ("p", "li", "td", "th", "h1", "h2", "h3", "h4", "figcaption", "summary")
"""Where prose stands."""

WRONG = "wrong figures in circulation"
"""A wrong figure is quoted; by chance it may be the right one of something else."""

STRICT = ("numbers",)
"""Pages whose examples read the records: only what an example shows counts, not all that a record has."""

LINES = re.compile(r"<td>\d+(?:–\d+)?</td>")
"""Lines of the original; that they are the right ones has a test of its own."""


def article(html: str) -> str:
    """Cut out what the page itself says, with each formula as it was written."""
    html = html[html.index("<article") : html.index("</article>")]
    return re.sub(r"<math\b.*?<annotation[^>]*>(.*?)</annotation>.*?</math>", r" \1 ", html, flags=re.DOTALL)


def text_in(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", " ", html))


def prose(html: str) -> Iterator[str]:
    """List the pieces of prose, as plain text."""
    rest = re.sub(r"<(script|style|nav)\b.*?</\1>", " ", MADE.sub(" ", LINES.sub(" ", html)), flags=re.DOTALL)
    for piece in re.split(rf"</?(?:{'|'.join(PLACES)}|div|ul|ol|table|tr|details)\b[^>]*>", rest):
        text = re.sub(r"\s+", " ", unescape(re.sub(r"</?[a-z][^>]*>", "", piece)))
        if text.strip():
            yield text


@cache
def sources(name: str) -> frozenset[float]:
    """List what a page may repeat: numbers of what it points to, and of the tables that are made for it."""
    written = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    if name in STRICT:
        written = re.sub(r"\w+\.json", "", written)
    found = config_numbers() | pointed_to(written, MODULES)
    for name in re.findall(r"""(?:```figure\n *|data-figure=")([^"\n]+)""", written):
        found |= numbers_in(text_in(put_in(Figures().run(place(name)), None)))
    return frozenset(found)


def in_prose(html: str, old: str, new: str) -> str:
    """Replace something, but not in what the site makes."""
    parts, begun = [], 0
    for made in MADE.finditer(html):
        parts += [html[begun : made.start()].replace(old, new), made[0]]
        begun = made.end()
    return "".join([*parts, html[begun:].replace(old, new)])


def unfounded(name: str, html: str) -> list[str]:
    """List the numerals of an article that come from nowhere."""
    shown = {number for made in MADE.finditer(html) for number in numbers_in(text_in(made[0]))}
    marked = {mark.number for mark in marks((PAGES / f"{name}.md").read_text(encoding="utf-8"))}
    return [
        f"{numeral} in {piece.strip()[:100]!r}"
        for piece in prose(html)
        for numeral in numerals(piece)
        if numeral not in marked and not comes_from(numeral, sources(name) | shown)
    ]


def built(folder: Path, name: str) -> str:
    page = folder / "index.html" if name == "index" else folder / name / "index.html"
    return article(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_every_number_comes_from_somewhere(name: str, site: tuple[Path, str]) -> None:
    assert unfounded(name, built(site[0], name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_mark_is_needed(name: str, site: tuple[Path, str]) -> None:
    html = built(site[0], name)
    used = {numeral for piece in prose(html) for numeral in numerals(piece)}
    shown = {number for made in MADE.finditer(html) for number in numbers_in(text_in(made[0]))}
    for mark in marks((PAGES / f"{name}.md").read_text(encoding="utf-8")):
        assert mark.number in used, mark
        assert mark.reason == WRONG or not comes_from(mark.number, sources(name) | shown), mark
        assert len(mark.reason) > 5


def test_marks_are_few(capsys: pytest.CaptureFixture[str]) -> None:
    found = {name: len(marks((PAGES / f"{name}.md").read_text(encoding="utf-8"))) for name in NAMES}
    with capsys.disabled():
        print(f"\nnumbers of the pages that are not computed and say why: {found}")
    assert sum(count for name, count in found.items() if name != "numbers") < 12


@pytest.mark.parametrize("tag", PLACES)
def test_an_invented_number_is_noticed_wherever_it_stands(tag: str) -> None:
    html = f"<article><{tag}>It is <em>7.77131</em>.</{tag}><pre>2.5</pre></article>"
    assert len(unfounded("machine", article(html))) == 1
    assert unfounded("machine", article(html.replace("7.77131", "2.5"))) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("28.96", "28.97"),
        ("709.78", "709.87"),
        ("32,033", "32,032"),
        ("3.9 %", "8.9 %"),
        ("3,616", "3,648"),
        ("0.9999995", "0.9999996"),
    ],
)
def test_a_digit_changed_by_hand_is_noticed(right: str, wrong: str, site: tuple[Path, str]) -> None:
    html = built(site[0], "numbers")
    assert unfounded("numbers", html) == []
    assert unfounded("numbers", in_prose(html, right, wrong))
