"""What a search finds first: a term in the glossary, then lessons, then the rest.

The theme searches the sections of all pages for words that begin like those that are asked for. A word in a
heading counts a thousand times as much as one in the text. Here each section gets a weight of its own.
"""

import re
from typing import Any

from microgpt.study.glossary import TERMS
from sitemaker import names
from sitemaker.tooltips import anchor

CODE = re.compile(r"<pre>.*?</pre>|The code: <code>.*?</code>, line \d+", re.DOTALL)
"""Panels of code, examples and what a program printed: nobody asks for these words."""

BLOCK = re.compile(r"<pre\b[^>]*>.*?</pre>", re.DOTALL)
FORMULA = re.compile(r"<math\b.*?</math>", re.DOTALL)

_WORD, _TERM, _HELP, _LESSON, _LATER, _CODE, _PROGRAM, _PAGE = 10.0, 8.0, 8.0, 5.0, 2.0, 1.0, 0.2, 1.5
"""Weights: of a term of one word and of more in the glossary, of an entry of the help, of a section of a
chapter, of one on the ladder, of a function, of a module that is no lesson, of a page written by hand."""

_EVERYWHERE = re.compile(r"--(what-you-will|the-question|to-keep|check-yourself|what-follows)")
"""Sections that every chapter has, whose headings say nothing of its subject."""


def words(content: str) -> str:
    """Take out of a page what `tuned` would leave out, and what is marked as nothing to search for.

    Args:
        content: HTML.

    Returns:
        The same with a dot in each block of code, and with nothing in formulas.
    """
    return FORMULA.sub("", BLOCK.sub("<pre>.</pre>", content))


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
    return {**entry, "text": text, "boost": min(entry.get("boost", 1e9), weight(entry["location"]))}


def weight(location: str) -> float:
    """Say how much a section counts.

    Args:
        location: Its address.
    """
    page, _, place = location.partition("#")
    if page.startswith("help/"):
        return _HELP
    if not page.startswith("chapters/"):
        return _PROGRAM if page.startswith(("program/", "reference/")) else _PAGE
    if place and "--" not in place:
        return _CODE
    if _EVERYWHERE.search(place):
        return _CODE
    chapter = page.removeprefix("chapters/").strip("/").replace("/", ".")
    is_ladder = "." in chapter or not names.is_chapter(chapter)
    return _LATER if is_ladder else _LESSON


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
