"""What a search finds first: a term in the glossary, then lessons, then the rest.

The theme searches the sections of all pages for words that begin like those that are asked for. A word in a
heading counts a thousand times as much as one in the text. Here each section gets a weight of its own.
"""

import html
import re
from functools import cache
from typing import Any
from xml.etree import ElementTree

from microgpt.study.glossary import TERMS
from sitemaker import names
from sitemaker.tooltips import anchor

CODE = re.compile(r"<pre>.*?</pre>|The code: <code>.*?</code>, line \d+", re.DOTALL)
"""Panels of code, examples and what a program printed: nobody asks for these words."""

BLOCK = re.compile(r"<pre\b[^>]*>.*?</pre>", re.DOTALL)
DRAWING = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
FORMULA = re.compile(r"<math\b.*?</math>", re.DOTALL)

_WORD, _TERM, _HELP, _LESSON, _PAGE, _LATER, _CODE, _REFERENCE = 10.0, 8.0, 8.0, 5.0, 1.5, 2.0, 1.0, 0.2
"""Weights: of a term of one word and of more in the glossary, of an entry of the help, of a section of a
chapter, of a page written by hand, of a section on the ladder, of a function, of a page of the reference."""

_PROGRAM = 0.001
"""The weight of a function on the ladder, and of a module that is no lesson: a word in a heading counts a
thousand times, and theirs must not count more than the text of lessons."""

_EVERYWHERE = re.compile(r"--(what-you-will|the-question|to-keep|check-yourself|what-follows)")
"""Sections that every chapter has, whose headings say nothing of its subject."""


def words(content: str) -> str:
    """Take out of a page what `tuned` would leave out, and what is marked as nothing to search for.

    Args:
        content: HTML.

    Returns:
        The same with a dot in each block of code, and with formulas as plain text, and without drawings.
    """
    return FORMULA.sub(_as_text, DRAWING.sub("", BLOCK.sub("<pre>.</pre>", content)))


def _as_text(formula: re.Match[str]) -> str:
    return html.escape(plain(ElementTree.fromstring(formula[0].replace("&ApplyFunction;", " "))).strip())


def plain(formula: ElementTree.Element) -> str:
    """Write a formula in a line.

    Args:
        formula: MathML.

    Examples:
        >>> plain(ElementTree.fromstring("<mfrac><mi>a</mi><msup><mi>b</mi><mn>2</mn></msup></mfrac>"))
        'a/b^2'
    """
    if formula.tag in ("annotation", "mspace"):
        return " " * (formula.tag == "mspace")
    parts = [plain(part) for part in formula]
    sign = formula.text or ""
    if formula.tag == "mo":
        stands_between = sign in "=+−≈→≤≥<>" and formula.get("lspace") != "0"
        return f" {sign} " if stands_between else sign
    if formula.tag in _JOINED:
        return "".join(f"{mark}{part}" for mark, part in zip(_JOINED[formula.tag], parts, strict=True))
    return sign + (" " if formula.tag in ("mtr", "mtable") else "").join(parts)


_JOINED = {
    "mfrac": ("", "/"),
    "msqrt": ("√",),
    "msub": ("", "_"),
    "msup": ("", "^"),
    "msubsup": ("", "_", "^"),
    "munder": ("", "_"),
    "munderover": ("", "_", "^"),
    "mover": ("", ""),
}
"""What stands before each part of a formula that is written in a line."""


def tuned(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Weigh the sections, and leave out the code.

    Args:
        entries: What the theme has found, each with the address, the title and the text of a section.
    """
    found = {f"reference/glossary/#{anchor(name)}": name for name in TERMS}
    return [_tuned(entry, found.get(entry["location"], "")) for entry in entries]


def _tuned(entry: dict[str, Any], term: str) -> dict[str, Any]:
    text = re.sub(r"\s+", " ", CODE.sub(" ", entry["text"]))
    if term:
        title = f"{term}<i hidden> {' '.join(forms(term))}</i>"
        return {**entry, "title": title, "text": text, "boost": _WORD if term.isalnum() else _TERM}
    boost = min(entry.get("boost", 1e9), weight(entry["location"]))
    return {**entry, "title": _with_terms(entry), "text": text, "boost": boost}


def _with_terms(entry: dict[str, Any]) -> str:
    """Let the heading of a section be found by the terms that it explains, also if it does not say them."""
    own = [(name, *_plurals(name)) for name in explained().get(entry["location"], ())]
    found = [form for forms in own for form in forms * (1 + forms[0].isalnum())]  # as in the glossary
    return f"{entry['title']}<i hidden> {' '.join(found)}</i>" if found else str(entry["title"])


def weight(location: str) -> float:
    """Say how much a section counts.

    Args:
        location: Its address.
    """
    page, _, place = location.partition("#")
    if page.startswith("help/"):
        return _HELP
    if not page.startswith("chapters/"):
        around = {"program/": _PROGRAM, "reference/": _REFERENCE}
        return next((weight for start, weight in around.items() if page.startswith(start)), _PAGE)
    chapter = page.removeprefix("chapters/").strip("/").replace("/", ".")
    is_ladder = "." in chapter or not names.is_chapter(chapter)
    if place and "--" not in place:
        return _PROGRAM if is_ladder else _CODE
    if _EVERYWHERE.search(place):
        return _CODE
    return _LATER if is_ladder else _LESSON


@cache
def explained() -> dict[str, list[str]]:
    """List the terms that a section of a lesson explains, by its address."""
    found: dict[str, list[str]] = {}
    for name, term in TERMS.items():
        anchor = names.section(term.chapter, term.section)
        found.setdefault(f"chapters/{names.path(term.chapter)}/#{anchor}", []).append(name)
    return found


def forms(term: str) -> tuple[str, ...]:
    """List what somebody may type for a term: its own name and its plural, twice, and its other names.

    Examples:
        >>> forms("weight")
        ('weight', 'weights', 'weight', 'weights', 'parameter', 'parameters')
    """
    own, others = (term, *_plurals(term)), [(name, *_plurals(name)) for name in TERMS[term].also]
    return (*own, *own, *(form for forms in others for form in forms))


def _plurals(name: str) -> tuple[str, ...]:
    for end, plurals in (("y", ("ies",)), ("x", ("xes", "ces"))):
        if name.endswith(end):
            return tuple(name.removesuffix(end) + plural for plural in plurals)
    return () if name.endswith(("s", "ing")) else (f"{name}s",)
