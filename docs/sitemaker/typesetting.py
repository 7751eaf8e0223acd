"""What happens to a page on its way into the book: it loses what one clicks on, and most of its nodes."""

import html
import re

from sitemaker.errors import SiteError

CLUTTER = re.compile(
    r'<(?:fieldset class="views"|details class="contents"|aside class="margin"'
    r'|div class="(?:end-card|quiz-review)")'
)
LOST = re.compile(
    r'<script\b.*?</script>|<a\b[^>]*class="headerlink"[^>]*>.*?</a>'
    r"|</?semantics>|<annotation\b.*?</annotation>",
    re.DOTALL,
)
ELEMENT = re.compile(r"<study-[\w-]+[^>]*>")
KIND = re.compile(r' class="[^"]*"')
ELEMENT_END = re.compile(r"</study-[\w-]+>")
CLOSED = re.compile(r"<details((?![^>]* open)[^>]*)>")
TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
DIAGRAM = re.compile(r'<div class="diagram"')
CODE = re.compile(r'<pre(?: class="broad")?>.*?</pre>', re.DOTALL)
LINE = re.compile(r'<span class="line( go)?" style="--in:\d+ch">(.*?)\n</span>', re.DOTALL)
PLAIN_WORD = re.compile(r'<span class="(?:n|p|o|w)">([^<]*)</span>')
RESULTS = re.compile(r'(?:<span class="go">[^<]*</span>)+')
END = re.compile(r"\n+(?=</code>)")
TAG = re.compile(r"<[^>]*>")
TITLE = re.compile(r"<h1\b.*?</h1>", re.DOTALL)
PLACE = re.compile(r'<p class="place">.*?</p>', re.DOTALL)

FITS = 72
"""How many characters of code fit into a line for certain; a longer one may go on below itself."""
LONG = 24
"""How many lines of code a block must have to be broken between two pages."""


def end_of(page: str, start: int) -> int:
    """Find the place behind the element that begins at a place.

    Raises:
        SiteError: If it never ends.
    """
    opening = re.compile(r"<([\w-]+)").match(page, start)
    assert opening
    depth = 0
    for mark in re.compile(rf"<(/?){opening[1]}\b[^>]*>").finditer(page, start):
        depth += -1 if mark[1] else 1
        if not depth:
            return mark.end()
    raise SiteError(f"this element never ends: {page[start : start + 80]!r}")


def lesson(page: str) -> str:
    """Leave the title of a chapter, its place in the book, and its lesson; a page without one stays whole."""
    start = page.find('<div class="lesson">')
    if start < 0:
        return page
    found = [pattern.search(page) for pattern in (TITLE, PLACE)]
    return "".join(one[0] for one in found if one) + page[start : end_of(page, start)]


def printed(page: str) -> str:
    """Take off what one clicks on, open what is folded, and let few nodes do what many did."""
    page = LOST.sub("", _without_clutter(page))
    page = ELEMENT_END.sub("</div>", ELEMENT.sub(_asleep, page))
    page = CLOSED.sub(r"<details\1 open>", page)  # nobody can click on paper
    page = TABLE.sub(_wrapped, page)
    page = DIAGRAM.sub(r'\g<0> data-md-component="content"', page)  # for the theme, which draws it
    return CODE.sub(lambda block: _thin(block[0]), page)


def _asleep(element: re.Match[str]) -> str:
    """Leave of an element of the site what it holds, for no script will wake it."""
    kind = KIND.search(element[0])
    return f"<div{kind[0]}>" if kind else "<div>"


def _without_clutter(page: str) -> str:
    out, place = "", 0
    while match := CLUTTER.search(page, place):
        out += page[place : match.start()]
        place = end_of(page, match.start())
    return out + page[place:]


def _wrapped(table: re.Match[str]) -> str:
    """Let a wide table scroll, as the theme's script does it, with the keyboard too."""
    scrolls = 'class="md-typeset__scrollwrap" role="group" aria-label="Table" tabindex="0"'
    return f'<div {scrolls}><div class="md-typeset__table">{table[0]}</div></div>'


def _thin(block: str) -> str:
    """Free code of the marks for plain words and for lines that fit; say which block is long."""
    block = PLAIN_WORD.sub(r"\1", LINE.sub(_line, block.replace('<pre class="broad">', "<pre>", 1)))
    block = RESULTS.sub(lambda run: f'<span class="go">{TAG.sub("", run[0])}</span>', block)
    block = END.sub("", block)
    return block.replace("<pre>", '<pre class="long">', 1) if block.count("\n") > LONG else block


def _line(line: re.Match[str]) -> str:
    text = html.unescape(TAG.sub("", line[2]))
    if len(text) > FITS:
        return line[0]
    return f'<span class="go">{line[2]}\n</span>' if line[1] and text else f"{line[2]}\n"
