"""What home shows of a real run: the first names that it invented."""

import html
import re
from typing import NamedTuple

from sitemaker.errors import SiteError
from sitemaker.terminal import printed

COMMAND = "python -m microgpt"
SHOWN = 10

_SAMPLE = re.compile(r"^ *\d+ (?P<sign>[+=*]) (?P<name>\S+)")
_WORDS = {
    "+": "New: not in the file of names",
    "=": "In the file, but not yet learned from",
    "*": "In the file, and learned from",
}


class Invented(NamedTuple):
    """A name that the default run invented.

    Attributes:
        name: The name.
        sign: "+" for a new one, "=" for one of the file that it was not trained on, "*" for one that it was.
    """

    name: str
    sign: str


def invented() -> list[Invented]:
    """Read the first names from what the default run prints.

    Raises:
        SiteError: If it prints too few.
    """
    found = [match for match in map(_SAMPLE.match, printed(COMMAND)) if match]
    if len(found) < SHOWN:
        raise SiteError(f"{COMMAND} prints {len(found)} names where home shows {SHOWN}")
    return [Invented(match["name"], match["sign"]) for match in found[:SHOWN]]


def names() -> str:
    """Show them as HTML, with a sentence about each sign that occurs."""
    members = invented()
    items = "".join(f"<li><b>{one.sign}</b> {html.escape(one.name)}</li>" for one in members)
    signs = dict.fromkeys(sorted((one.sign for one in members), key="+=*".index))
    told = " ".join(f"<b>{sign}</b> {_WORDS[sign]}." for sign in signs)
    return f'<ul class="invented">{items}</ul><p class="signs">{told}</p>'
