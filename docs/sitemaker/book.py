"""The book on one page, to be printed: its lessons, or the whole of it with the code."""

import html
import json
import posixpath
import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple
from urllib.parse import urldefrag, urljoin

from microgpt import contents
from sitemaker import answers, names, typesetting
from sitemaker.errors import SiteError

LINK = re.compile(r'(<a\b[^>]*? href=")([^"]*)"')
ID = re.compile(r'\bid="([^"]+)"')
TITLE = re.compile(r"(<h1\b[^>]*>)")
NUMBER = re.compile(r"(?:Chapter|Appendix) (\w+),")

PLACE = '<div id="book"></div>'
LESSONS, WHOLE = EDITIONS = "book.md", "book/whole.md"
"""The pages that hold an edition."""
FIRST = "machine.md"
LAST = ("original.md", "trace.md", "ladder.md", "experiments.md", "numbers.md", "history.md")
APPENDICES = "Appendices"


class Part(NamedTuple):
    """A page of the site.

    Attributes:
        url: Below the site's address.
        title: As in the navigation.
        content: HTML.
        group: The part of the book that it belongs to; "" before the first.
    """

    url: str
    title: str
    content: str
    group: str = ""


def belongs(uri: str, edition: str) -> bool:
    """Ask whether a page stands in an edition: the machine and the chapters do in both."""
    return uri == FIRST or uri in _chapters() or (edition == WHOLE and uri in LAST)


def group(uri: str) -> str:
    """Say to which part of the book a page belongs."""
    return _chapters().get(uri, "" if uri == FIRST else APPENDICES)


def _chapters() -> dict[str, str]:
    return {names.page(one.module): one.part for one in contents.CHAPTERS}


def bound(parts: Sequence[Part], url: str, lessons: bool = False) -> str:
    """Join pages to one: contents, the pages, the answers. Links between them stay on the page.

    Args:
        parts: The pages, in order.
        url: Where the book will stand.
        lessons: Whether to leave out the code.

    Raises:
        SiteError: If two pages use the same id.
    """
    cut = typesetting.lesson if lessons else str
    pages = [one._replace(content=typesetting.printed(cut(one.content))) for one in _lettered(parts)]
    ids = _ids(pages)
    anchors = {page.url: _anchor(page) for page in pages}
    sections, back = [], ""
    for page in pages:
        number = NUMBER.match(page.title)
        text, own = answers.parted(_relinked(page, anchors, ids, url), number[1] if number else "0")
        sections.append(page._replace(content=text))
        back += f"<h2>{html.escape(page.title)}</h2>{own}" if own else ""
    if back:
        sections.append(Part("answers/", "Answers", f"<h1>Answers</h1>{back}"))
    return _heads(sections) + _contents(sections) + "".join(map(_section, sections))


def _lettered(parts: Sequence[Part]) -> list[Part]:
    """Give the appendices their letters."""
    letters = iter("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return [_appendix(one, next(letters)) if one.group == APPENDICES else one for one in parts]


def _appendix(part: Part, letter: str) -> Part:
    number = f'<span class="chapter-number">Appendix {letter}<span class="comma">,</span></span> '
    content = TITLE.sub(lambda title: title[0] + number, part.content, count=1)
    return part._replace(title=f"Appendix {letter}, {part.title}", content=content)


def _ids(pages: Sequence[Part]) -> set[str]:
    """List the anchors of all pages."""
    counts = Counter(name for page in pages for name in ID.findall(page.content))
    twice = [name for name, count in counts.items() if count > 1]
    if twice:
        raise SiteError(f"these ids stand in two places of the book: {', '.join(twice)}")
    return set(counts)


def _anchor(part: Part) -> str:
    return "part-" + part.url.strip("/").replace("/", "-").replace("_", "-")


def _section(part: Part) -> str:
    anchor = _anchor(part)
    return f'<section id="{anchor}" class="book-part" style="page: {anchor}">{part.content}</section>'


def _heads(parts: Sequence[Part]) -> str:
    """Write on each page of paper which part and which chapter it belongs to."""
    rules = "".join(
        f"@page {_anchor(one)} {{ @top-left {{ content: {_quoted(one.group)} }} "
        f"@top-right {{ content: {_quoted(one.title)} }} }}\n"
        for one in parts
    )
    return f"<style>\n{rules}</style>"


def _quoted(text: str) -> str:
    """Quote a text for a style sheet."""
    return json.dumps(text, ensure_ascii=False).replace("<", "\\3c ")


def _contents(parts: Sequence[Part]) -> str:
    """List all parts of the book and what stands in them."""
    lines = ""
    for title, members in groupby(parts, lambda one: one.group):
        entries = "".join(
            f'<li><a href="#{_anchor(one)}">{html.escape(one.title)}</a></li>' for one in members
        )
        lines += (f"<h3>{html.escape(title)}</h3>" if title else "") + f"<ul>{entries}</ul>"
    return f'<nav class="book-contents" aria-label="Contents of the book"><h2>Contents</h2>{lines}</nav>'


def _relinked(part: Part, anchors: dict[str, str], ids: set[str], url: str) -> str:
    """Make the links of a page fit where it stands now; what is left out is linked where the site has it."""

    def link(match: re.Match[str]) -> str:
        href = html.unescape(match[2])
        target, anchor = urldefrag(urljoin(f"/{part.url}", href))
        page = target.lstrip("/")
        if page in anchors and (not anchor or anchor in ids):
            where = f"#{anchor or anchors[page]}"
        elif target.startswith("/"):
            where = posixpath.relpath(target, f"/{url}") + "/" * target.endswith("/")
            where += f"#{anchor}" if anchor else ""
        else:
            where = href
        return f'{match[1]}{html.escape(where)}"'

    return LINK.sub(link, part.content)
