"""Terms of the glossary in the prose: the first use in a section becomes a link that says what it means.

A page stays calm: a chapter's own terms are not marked, nor are the words that stand in every other sentence,
and a section has at most `MOST` marks. Only running text is looked at: no headings, tables, boxes with
questions, code, formulas, drawings or links.
"""

import html
import posixpath
import re
from functools import cache

from markdown.extensions.toc import slugify

from microgpt.study.glossary import TERMS, pattern
from sitemaker.names import chapter_at

MOST = 4
"""How many terms are marked in a section."""

EVERYDAY = frozenset(
    {"document", "exam", "loss", "mean", "model", "score", "slope", "token", "training", "weight"}
)
"""Terms that the book cannot do without in any section after their home: these marks would be everywhere."""

GLOSSARY = "/reference/glossary"
NOT_ON = ("index.md", "book.md", "chapters/index.md", "history.md")
"""Pages of lists; and the book, which repeats the others."""

PIECES = re.compile(
    r"<!--.*?-->|<(?P<whole>pre|svg|math)(?=[\s>]).*?</(?P=whole)>|<(?P<close>/?)(?P<tag>[a-zA-Z][\w-]*)(?P<more>[^>]*)>|[^<]+|<",
    re.DOTALL,
)
"""Comments, elements that are passed over whole, other tags, text."""

PROSE = frozenset({"p", "li", "dd"})
SKIPPED = re.compile(
    "a|autoref|button|code|details|figure|form|h[1-6]|label|math|nav|pre|script|select|study-.*|style|summary|svg|"
    "table|textarea"
)
SKIPPED_CLASSES = re.compile(
    r'class="[^"]*\b(arithmatex|diagram|doc-section-item|source-note|machine|card|place)\b'
)
HEADINGS = re.compile("h[1-6]")
EMPTY = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})


def anchor(name: str) -> str:
    """Name the place of a term in the glossary."""
    return f"term-{slugify(name, '-')}"


def on_page(content: str, uri: str, url: str) -> str:
    """Mark the terms on a page if it is a lesson: a chapter, or one that is written by hand.

    Args:
        content: The page's HTML.
        uri: Its file.
        url: Where it will stand, below the site's address.
    """
    if uri.startswith(("practice/", "program/", "reference/")) or uri in NOT_ON:
        return content
    return marked(content, f"{posixpath.relpath(GLOSSARY, f'/{url}')}/", chapter_at(uri))


def marked(content: str, glossary: str, own: str = "") -> str:
    """Mark the terms on a page.

    Args:
        content: The page's HTML.
        glossary: Where the glossary is, seen from the page.
        own: The chapter that the page shows, if it is one; its own terms are explained there anyway.
    """
    return _Page(glossary, own).marked(content)


class _Page:
    """A walk through a page, with what is open at each place."""

    def __init__(self, glossary: str, own: str) -> None:
        self.glossary, self.own = glossary, own
        self.open: list[tuple[str, bool]] = []  # each tag, and whether it hides what is in it
        self.found: set[str] = set()  # in this section

    def marked(self, content: str) -> str:
        """Copy the page, piece by piece."""
        return "".join(self._piece(piece) for piece in PIECES.finditer(content))

    def _piece(self, piece: re.Match[str]) -> str:
        text, tag = piece[0], (piece["tag"] or "").lower()
        if not tag:
            return self._with_terms(text) if self._is_prose() and not text.startswith("<") else text
        if HEADINGS.fullmatch(tag):
            self.found = set()
        if piece["close"]:
            while self.open and self.open.pop()[0] != tag:
                pass
        elif tag not in EMPTY and not piece["more"].endswith("/"):
            self.open.append((tag, self._hides(tag, piece["more"])))
        return text

    @staticmethod
    def _hides(tag: str, attributes: str) -> bool:
        """Say whether nothing is marked inside an element."""
        return bool(SKIPPED.fullmatch(tag) or SKIPPED_CLASSES.search(attributes))

    def _is_prose(self) -> bool:
        return any(tag in PROSE for tag, _ in self.open) and not any(hides for _, hides in self.open)

    def _with_terms(self, text: str) -> str:
        parts, begun = [], 0
        for match in _words().finditer(text):
            name = match.lastgroup and _names()[match.lastgroup]
            if name and self._is_new(name):
                parts += [text[begun : match.start()], self._link(name, match[0])]
                begun = match.end()
        return "".join([*parts, text[begun:]])

    def _is_new(self, name: str) -> bool:
        if TERMS[name].chapter == self.own or name in self.found or len(self.found) >= MOST:
            return False
        self.found.add(name)
        return True

    def _link(self, name: str, shown: str) -> str:
        means = html.escape(TERMS[name].sentence)
        return f'<a class="term" href="{self.glossary}#{anchor(name)}" aria-description="{means}">{shown}</a>'


@cache
def _names() -> dict[str, str]:
    """Give each term that is marked a name as a group of an expression; longer ones are tried first."""
    wanted = sorted(TERMS.keys() - EVERYDAY, key=lambda name: (-len(name), name))
    return {f"t{number}": name for number, name in enumerate(wanted)}


@cache
def _words() -> re.Pattern[str]:
    """Make one expression of all terms, each in the case that it asks for, tried where a word begins."""
    parts = [
        f"(?P<{group}>{f'(?i:{one.pattern})' if one.flags & re.IGNORECASE else one.pattern})"
        for group, one in ((group, pattern(name)) for group, name in _names().items())
    ]
    return re.compile(rf"(?<![\w.-])(?=[A-Za-z])(?:{'|'.join(parts)})")
