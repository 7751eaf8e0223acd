"""The glossary: each term of the book, in one sentence, with its home and the field's other names for it.

A term is explained at its home, and its home is the first place where a reader meets it: a chapter before it
that cannot do without the term points there. A test holds the book to that. The terms are in `glossary.toml`.

>>> term = TERMS["logits"]
>>> print(term.sentence)
The scores of all tokens before softmax makes them probabilities.
>>> term.chapter, term.section
('vectors', 'softmax: choose')
"""

import pkgutil
import re
import tomllib
from typing import NamedTuple


class Term(NamedTuple):
    """A term of the book.

    Attributes:
        chapter: The chapter that explains it.
        section: The heading there, or the function, under which that happens.
        sentence: What it means.
        also: The field's other names for it.
        words: How it stands in the text, as a regular expression; empty for the name and its plural.
    """

    chapter: str
    section: str
    sentence: str
    also: tuple[str, ...] = ()
    words: str = ""


def _read() -> dict[str, Term]:
    text = (pkgutil.get_data("microgpt.study", "glossary.toml") or b"").decode()
    return {
        name: Term(**{**entry, "also": tuple(entry.get("also", ()))})
        for name, entry in tomllib.loads(text).items()
    }


TERMS = _read()
"""The terms by their names, in the order in which the book explains them."""


def pattern(name: str) -> re.Pattern[str]:
    """Make what finds a term in a text, in upper or lower case, in singular or plural.

    Args:
        name: One of `TERMS`; where it has capitals, only those count.

    Examples:
        >>> pattern("token").findall("Tokens, a token; tokenizers are another word.")
        ['Tokens', 'token']
    """
    words = TERMS[name].words or rf"{re.escape(name)}s?".replace(r"\ ", r"\s+")
    return re.compile(rf"(?<![\w.-])(?:{words})(?![\w-])", re.IGNORECASE if name.islower() else 0)
