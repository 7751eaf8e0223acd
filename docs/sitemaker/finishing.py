"""What is done to the finished HTML of a page: its contents, notes in the margin, lines of code that hang."""

import html
import re
from collections.abc import Iterable

from microgpt.study.glossary import TERMS
from sitemaker.names import section

TITLE = re.compile(r"</h1>")
CODE = re.compile(r"(<pre[^>]*>(?:<span></span>)?<code[^>]*>)(.*?)(</code></pre>)", re.DOTALL)
RESULT = re.compile(r'<span class="go">([^<]*)</span>')
MARK = re.compile(r"<[^>]*>")
PLAIN = re.compile(r'<span class="[nw]">([^<]*)</span>')
SOLID = re.compile(r"(<(pre|script|style|textarea)\b.*?</\2>)|\n\s+", re.DOTALL)
PROMPT = re.compile(r"(>>>|\.\.\.) ?")

FITS = 66
"""How many characters of code a line of the column of prose has room for."""


def with_number(page: str) -> str:
    """Set the number of a chapter above its title."""
    number = r'<span class="chapter-number">\2<span class="comma">,</span></span>'
    return re.sub(r"(<h1\b[^>]*>\s*)(Chapter \d+),", rf"\1{number}", page, count=1)


def with_contents(page: str, sections: Iterable[tuple[str, str]]) -> str:
    """Put the list of a page's sections under its title, folded where there is no margin for it.

    Args:
        page: The HTML of the page.
        sections: Their titles, as HTML, and their ids.
    """
    entries = "".join(f'<li><a href="#{name}">{title}</a></li>' for title, name in sections)
    if not entries:
        return page
    fold = f'<details class="contents"><summary>On this page</summary><ol>{entries}</ol></details>'
    return TITLE.sub(lambda end: end[0] + fold, page, count=1)


def with_margin(page: str, chapter: str) -> str:
    """Put the terms that a section explains into the margin beside it.

    Args:
        page: The HTML of a chapter.
        chapter: Its module.
    """
    homes: dict[str, list[str]] = {}
    for name, term in TERMS.items():
        if term.chapter == chapter:
            note = f"<dt>{html.escape(name)}</dt><dd>{html.escape(term.sentence)}</dd>"
            homes.setdefault(section(chapter, term.section), []).append(note)
    for anchor, notes in homes.items():
        start = page.find(f'<h2 id="{anchor}">')
        if start >= 0:
            end = page.index("</h2>", start) + len("</h2>")
            aside = '<aside class="margin" data-search-exclude aria-label="Terms">'
            page = f"{page[:end]}{aside}<dl>{''.join(notes)}</dl></aside>{page[end:]}"
    return page


def hanging(page: str) -> str:
    """Let each line of code that is too long go on below itself, further to the right than it began.

    Names and blanks lose their marks: they have the color of the block, and are the most frequent of all.
    """
    return CODE.sub(lambda block: _opened(block) + _hung(PLAIN.sub(r"\1", block[2])) + block[3], page)


def close_set(page: str) -> str:
    """Take the indentation off the lines of a finished page, where it is nothing but weight."""
    return SOLID.sub(lambda found: found[1] or "\n", page)


def _opened(block: re.Match[str]) -> str:
    """Mark a block with lines longer than the column of prose: where there is a margin, it may use it.

    What was printed keeps its columns, and so the block may have to be scrolled, with the keyboard too.
    """
    opened = block[1]
    if _longest(block[2]) > FITS:
        opened = opened.replace("<pre>", '<pre class="broad">', 1)
    if _longest("\n".join(RESULT.findall(block[2]))) > FITS:
        opened = opened.replace("<code", '<code tabindex="0"', 1)
    return opened


def _longest(code: str) -> int:
    return max(map(len, html.unescape(MARK.sub("", code)).split("\n")))


def _hung(code: str) -> str:
    lines = code.replace("\n</span>", "</span>\n").rstrip("\n").split("\n")
    while lines[1:] and not MARK.sub("", lines[-1]):
        lines.pop()
    return "".join(map(_line, lines)) if all(map(_is_whole, lines)) else code


def _line(line: str) -> str:
    result = RESULT.fullmatch(line)
    kind, text = ("line go", result[1]) if result else ("line", line)
    return f'<span class="{kind}" style="--in:{_depth(line)}ch">{text}\n</span>'


def _depth(line: str) -> int:
    """Count how far a line of code is moved to the right, with the prompt of an example."""
    text = html.unescape(MARK.sub("", line))
    prompt = PROMPT.match(text)
    rest = text[prompt.end() :] if prompt else text
    return (prompt.end() if prompt else 0) + len(rest) - len(rest.lstrip())


def _is_whole(line: str) -> bool:
    """Ask whether every tag of a line is closed in it."""
    depth = 0
    for mark in MARK.findall(line):
        depth += -1 if mark.startswith("</") else 1
        if depth < 0:
            return False
    return depth == 0
