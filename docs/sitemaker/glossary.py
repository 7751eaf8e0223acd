"""The glossary: the terms by the alphabet, each a section of its own, so that a search finds it."""

import html
from itertools import groupby

from microgpt.study.glossary import TERMS
from sitemaker import names
from sitemaker.reference import section
from sitemaker.tooltips import anchor
from sitemaker.writing import front

_OPENING = (
    "Each term in one sentence, with the field's other names for it and the place where it is explained. In "
    "the chapters the first use of a term is underlined with dots, and leads here."
)


def glossary() -> str:
    """List the terms, letter by letter, as Markdown."""
    letters = {
        letter: list(members) for letter, members in groupby(sorted(TERMS, key=str.casefold), key=_letter)
    }
    lines = [front("Glossary"), f"# Glossary\n\n{_OPENING}\n"]
    for letter, members in letters.items():
        lines.append(f"## {letter} {{ #letter-{letter.lower()} .letter data-search-exclude=true }}\n")
        lines += map(_entry, members)
    return "\n".join(lines)


def _letter(name: str) -> str:
    return name[0].upper()


def _entry(name: str) -> str:
    """Write a term as HTML, whose headings do not crowd the table of contents; its link is Markdown."""
    term = TERMS[name]
    also = f' <span class="also">also: {html.escape(", ".join(term.also))}</span>' if term.also else ""
    home = f"{names.called(term.chapter)}: {section(term.chapter, term.section)}"
    return f'<h3 id="{anchor(name)}" class="entry">{html.escape(name)}{also}</h3>\n\n{term.sentence} {home}\n'
