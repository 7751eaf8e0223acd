r"""Ways through the book: an hour, a weekend, a term. And how long a chapter takes.

A *route* is a list of stops in the order of the book. A stop is a chapter, or some sections of it, with what
to do there. Where a route leaves out a chapter that a stop builds on, the stop says what to do without it.
The routes stand in `routes.toml`; no duration does. Each is computed from the text and from the catalog.

>>> for route in routes().values():
...     print(f"{route.name:10}{len(route.stops):3} stops, first {route.stops[0].chapter}")
An hour     9 stops, first first_steps
A weekend  12 stops, first first_steps
A term     33 stops, first first_steps
"""

import pkgutil
import tomllib
from functools import cache
from typing import Any, NamedTuple

from microgpt.contents import CHAPTERS
from microgpt.study.components import sections
from microgpt.study.exercises import exercises
from microgpt.study.passages import chapter_passages, paragraphs
from microgpt.study.patients import patients

WORDS_A_MINUTE = 200
"""How fast one reads what is new; stories are read faster."""

MINUTES_AN_EXAMPLE = 0.5
"""How long one looks at an example, a diagram or a piece of code."""


class Stop(NamedTuple):
    """A chapter on a route.

    Attributes:
        chapter: The module.
        read: The headings of the sections to read; empty for the whole lesson.
        do: The names of the exercises to do there.
        patients: The numbers of the patients to visit there.
        note: What it is for on this route.
        skip: The chapters that this one builds on, and the route leaves out.
        instead: What to do without those, as the end of a sentence that names them.
    """

    chapter: str
    read: tuple[str, ...] = ()
    do: tuple[str, ...] = ()
    patients: tuple[int, ...] = ()
    note: str = ""
    skip: tuple[str, ...] = ()
    instead: str = ""

    @property
    def minutes(self) -> int:
        """Reading and exercises together, in minutes; how long a patient takes nobody knows before."""
        return minutes(self.chapter, self.read) + sum(exercises()[name].minutes for name in self.do)


class Route(NamedTuple):
    """A way through the book.

    Attributes:
        key: Names it in addresses and in what a browser keeps.
        name: What it is called.
        goal: What one has at its end.
        reader: How to read on it.
        stops: In the order of the book.
    """

    key: str
    name: str
    goal: str
    reader: str
    stops: tuple[Stop, ...]

    @property
    def minutes(self) -> int:
        """All stops together, in minutes."""
        return sum(stop.minutes for stop in self.stops)


@cache
def minutes(module: str, only: tuple[str, ...] = ()) -> int:
    """Estimate how long the lesson of a chapter takes: its text above the functions.

    Args:
        module: The module of the chapter.
        only: The headings of the sections that count; all, if there are none.

    Returns:
        Whole minutes, at least one, without the exercises.

    Raises:
        KeyError: If the lesson has no such section.

    Examples:
        >>> 0 < minutes("attention", ("The question", "The picture")) < minutes("attention")
        True
    """
    lesson = sections(chapter_passages(module)[0].text)
    pieces = [piece for heading in only or lesson for piece in paragraphs(lesson[heading])]
    words = sum(len(text.split()) for kind, text in pieces if kind == "prose")
    shown = sum(kind != "prose" for kind, _ in pieces)
    return max(1, round(words / WORDS_A_MINUTE + shown * MINUTES_AN_EXAMPLE))


def about(minutes: int) -> str:
    """Say a duration as one says it, since it is an estimate.

    Examples:
        >>> [about(one) for one in (2, 23, 58, 100, 600)]
        ['about 5 minutes', 'about 25 minutes', 'about an hour', 'about 2 hours', 'about 10 hours']
    """
    if minutes < 55:
        return f"about {max(5, round(minutes / 5) * 5)} minutes"
    return "about an hour" if minutes < 90 else f"about {round(minutes / 60)} hours"


@cache
def routes() -> dict[str, Route]:
    """Read the routes: by their keys, the shortest first.

    Examples:
        >>> about(routes()["term"].minutes)
        'about 20 hours'
    """
    text = (pkgutil.get_data("microgpt.study", "routes.toml") or b"").decode()
    found = {}
    for entry in tomllib.loads(text)["route"]:
        everything = entry.pop("everything", False)
        stops = _everything() if everything else [_stop(one) for one in entry.pop("stop")]
        found[entry["key"]] = Route(**entry, stops=tuple(stops))
    return found


def _everything() -> list[Stop]:
    """Stop at each chapter, with all that can be done there."""
    return [
        Stop(
            chapter.module,
            do=tuple(one.name for one in exercises().values() if one.chapter == chapter.module),
            patients=tuple(n for n, one in patients().items() if one.edit.module == chapter.module),
        )
        for chapter in CHAPTERS
    ]


def _stop(entry: dict[str, Any]) -> Stop:
    lists: dict[str, Any] = {name: tuple(it) for name, it in entry.items() if isinstance(it, list)}
    return Stop(**{**entry, **lists})
