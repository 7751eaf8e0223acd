"""What the page of history says of an idea's year is what the sources of the chapters say."""

import re
from collections import defaultdict
from collections.abc import Iterator

import pytest

from microgpt.study.passages import chapter_passages, paragraphs
from tests.support.numerals import ROOT
from tests.support.package import MODULES

HISTORY = (ROOT / "docs/pages/history.md").read_text(encoding="utf-8")
NAME = re.compile(r"\b[A-Z][a-zé]+(?:[A-Z][a-z]+)?\b")
YEAR = re.compile(r"\b1[5-9]\d\d\b|\b20\d\d\b")
TITLE = re.compile(r'"([^"]+)"')


def dated(text: str) -> Iterator[tuple[set[str], str]]:
    """Pair each year with the names since the year before it in its sentence; titles are no names."""
    for sentence in re.split(r"(?<![A-Z])(?<!al)[.;:] ", TITLE.sub(" ", " ".join(text.split()))):
        begun = 0
        for year in YEAR.finditer(sentence):
            yield set(NAME.findall(sentence[begun : year.start()])), year[0]
            begun = year.end()


def titled(text: str) -> Iterator[tuple[str, str]]:
    """Pair each title with the first year after it, in the same sentence."""
    text = " ".join(text.split())
    for title in TITLE.finditer(text):
        if year := re.match(r"[^.\"]*?\b(1[5-9]\d\d|20\d\d)\b", text[title.end() :]):
            yield re.sub(r"\W+", " ", title[1].lower()).strip(), year[1]


def cells() -> list[str]:
    """List the cells of the tables that say who had an idea, and who made it usual."""
    rows = [line.split(" | ") for line in HISTORY.splitlines() if line.startswith("| ")]
    return [cell.strip(" |") for row in rows for cell in row[-2:]]


PEOPLE: dict[str, set[str]] = defaultdict(set)
"""The years of each name."""

TITLES: dict[str, set[str]] = defaultdict(set)
"""The years of each title: one, if all is well."""

for one in cells():
    for names, when in dated(one):
        for name in names:
            PEOPLE[name].add(when)
    for work, when in titled(one):
        TITLES[work].add(when)


def sources(module: str) -> str:
    """Return the paragraph that says where a chapter has its ideas from."""
    text = chapter_passages(module)[0].text
    return " ".join(
        piece for kind, piece in paragraphs(text) if kind == "prose" and piece.startswith("Sources:")
    )


def disagreements(text: str) -> list[str]:
    """List what a paragraph of sources dates in another way than the page of history."""
    found = [
        f"{name} {year}, but {sorted(PEOPLE[name])}"
        for names, year in dated(text)
        for name in names & set(PEOPLE)
        if year not in PEOPLE[name]
    ]
    found += [
        f"{title!r} {year}, but {sorted(TITLES[title])}"
        for title, year in titled(text)
        if title in TITLES and year not in TITLES[title]
    ]
    return found


def test_a_work_has_one_year() -> None:
    assert len(TITLES) > 50
    assert {title: years for title, years in TITLES.items() if len(years) > 1} == {}


@pytest.mark.parametrize("module", MODULES)
def test_the_years_of_the_chapters_are_those_of_the_history(module: str) -> None:
    assert disagreements(sources(module)) == []


def test_most_people_of_the_sources_stand_in_the_history() -> None:
    named = [names for module in MODULES for names, _ in dated(sources(module)) if names]
    assert sum(bool(names & set(PEOPLE)) for names in named) > 0.7 * len(named)


def test_another_year_is_noticed() -> None:
    assert disagreements("Sources: the heavy ball is Polyak's (1964).") == []
    assert disagreements("Sources: the heavy ball is Polyak's (1963).")
    assert disagreements('Sources: Shannon and others, "Attention Is All You\nNeed" (2016), section 3.')
