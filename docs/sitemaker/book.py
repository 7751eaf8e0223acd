"""The whole book on one page, to print."""

import html
import posixpath
import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urldefrag, urljoin

from sitemaker.errors import SiteError

LINK = re.compile(r'(<a\b[^>]*? href=")([^"]*)"')
CLOSED = re.compile(r"<details((?![^>]* open)[^>]*)>")
ID = re.compile(r'\bid="([^"]+)"')
DATA = re.compile(r" data-walks='[^']*'")


class Part(NamedTuple):
    """A page of the site.

    Attributes:
        url: Below the site's address.
        title: As in the navigation.
        content: HTML.
    """

    url: str
    title: str
    content: str


def bound(parts: Sequence[Part], url: str) -> str:
    """Join pages to one, with a table of contents; links between them stay on the page.

    Args:
        parts: The pages, in order.
        url: Where the book will stand.

    Raises:
        SiteError: If two pages use the same id.
    """
    counts = Counter(name for part in parts for name in ID.findall(part.content))
    twice = [name for name, count in counts.items() if count > 1]
    if twice:
        raise SiteError(f"these ids stand in two places of the book: {', '.join(twice)}")
    anchors = {part.url: _anchor(part.url) for part in parts}
    contents = "".join(
        f'<li><a href="#{anchors[part.url]}">{html.escape(part.title)}</a></li>' for part in parts
    )
    sections = "".join(
        f'<section id="{anchors[part.url]}" class="book-part">{_relinked(part, anchors, url)}</section>'
        for part in parts
    )
    return f"<ul>{contents}</ul>{sections}"


def _anchor(url: str) -> str:
    return "part-" + url.strip("/").replace("/", "-")


def _relinked(part: Part, anchors: dict[str, str], url: str) -> str:
    """Make the links of a page fit where it stands now."""

    def link(match: re.Match[str]) -> str:
        target, anchor = urldefrag(urljoin(f"/{part.url}", html.unescape(match[2])))
        if match[2].startswith("#") or target.lstrip("/") in anchors:
            where = f"#{anchor or anchors[target.lstrip('/')]}"
        elif target.startswith("/"):
            where = (
                posixpath.relpath(target, f"/{url}")
                + "/" * target.endswith("/")
                + (f"#{anchor}" if anchor else "")
            )
        else:
            where = html.unescape(match[2])
        return f'{match[1]}{html.escape(where)}"'

    content = DATA.sub("", LINK.sub(link, part.content))
    return CLOSED.sub(r"<details\1 open>", content)  # nobody can click on paper
