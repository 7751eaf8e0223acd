"""Every number in the text of a chapter is executed, or says why not."""

import random
import re
from functools import cache
from typing import NamedTuple

import pytest

from microgpt.study.passages import Passage, chapter_passages
from tests.support.numerals import (
    Mark,
    comes_from,
    config_numbers,
    digits_of,
    example_numbers,
    is_founded,
    marks,
    module_numbers,
    numerals,
    pointed_to,
    prose_of,
    recorded,
)
from tests.support.package import MODULES, READING_ORDER


@cache
def sources(module: str) -> frozenset[float]:
    """List the numbers that the page of a chapter may repeat."""
    text = "\n".join(passage.text for passage in chapter_passages(module))
    return module_numbers(module) | config_numbers() | recorded(text)


class Found(NamedTuple):
    """A numeral in the text of a chapter, and where it stands."""

    numeral: str
    module: str
    passage: Passage
    piece: str
    around: str

    def is_marked(self) -> bool:
        return self.numeral in {mark.number for mark in marks(self.passage.text)}

    def is_founded(self, numeral: str = "") -> bool:
        """Ask whether the numeral, or another one in its place, comes from somewhere."""
        near = example_numbers(self.passage.text) | pointed_to(self.around, MODULES)
        return is_founded(numeral or self.numeral, near, sources(self.module))


def found_in(module: str) -> list[Found]:
    found = []
    for passage in chapter_passages(module):
        pieces = list(prose_of(passage.text))
        for place, piece in enumerate(pieces):
            around = "\n\n".join(pieces[max(0, place - 1) : place + 2])
            found += [Found(numeral, module, passage, piece, around) for numeral in numerals(piece)]
    return found


@pytest.mark.parametrize("name", READING_ORDER)
def test_every_number_is_executed(name: str) -> None:
    unfounded = [one for one in found_in(name) if not one.is_marked() and not one.is_founded()]
    assert [f"{one.passage.owner}: {one.numeral} in {one.piece[:90]!r}" for one in unfounded] == []


@pytest.mark.parametrize("name", READING_ORDER)
def test_a_mark_is_needed(name: str) -> None:
    """What is marked stands in the text, and is not computed after all."""
    used = found_in(name)
    assert [one.numeral for one in used if one.is_marked() and one.is_founded()] == []
    for passage in chapter_passages(name):
        standing = {one.numeral for one in used if one.passage == passage}
        assert {mark.number for mark in marks(passage.text)} <= standing


def exceptions() -> list[Mark]:
    return [mark for name in READING_ORDER for one in chapter_passages(name) for mark in marks(one.text)]


def test_exceptions_are_few(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\nnumbers of the chapters that are not computed and say why: {len(exceptions())}")
    assert all(len(mark.reason) > 5 for mark in exceptions())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It takes 4,192 numbers, 12 times.", ["4,192"]),
        (
            "About 35 % or 0.5, in 1e-5 and $10^{-8}$; 100 of 1000.",
            ["35 %", "0.5", "1e-5", "10^{-8}", "100", "1000"],
        ),
        ("| 3.14 | 7 |", ["3.14"]),
        ('a["w = 0.5"] -- "4" --> b["2.25"]', ["0.5", "2.25"]),
        (r"$$\frac{1}{0.85} \cdot 1{,}000$$", ["0.85", "1,000"]),
        ("Shannon (1948), (Vaswani et al., 2017), section 3.2, Python 3.12, n2, x_100, utf-8", []),
        ("<!-- not computed: 175; GPT-3 --> There are 175 of them.", ["175"]),
        ("A sentence ends with 0.25.", ["0.25"]),
    ],
)
def test_numerals_are_found_in_each_kind_of_place(text: str, found: list[str]) -> None:
    assert list(numerals(text)) == found


@pytest.mark.parametrize(
    ("numeral", "source", "right"),
    [
        ("2.36", 2.3569, True),
        ("2.35", 2.3569, False),
        ("4,192", 4192.0, True),
        ("35 %", 0.3512, True),
        ("35 %", 35.0, True),
        ("34 %", 0.3512, False),
        ("1e-5", 0.00001, True),
        ("0.5", 0.25, False),
        ("100", 99.7, True),
        ("100", 98.7, False),
    ],
)
def test_a_numeral_is_compared_at_its_digits(numeral: str, source: float, right: bool) -> None:
    assert comes_from(numeral, [source]) is right


POWER = re.compile(r"10\s?(?:\^|\*\*)")


def changed(numeral: str, rng: random.Random) -> str:
    """Change one digit of a numeral."""
    places = [place for place, sign in enumerate(numeral) if sign.isdigit()]
    place = rng.choice(places)
    digit = rng.choice([one for one in "0123456789" if one != numeral[place]])
    return numeral[:place] + digit + numeral[place + 1 :]


def test_changes_of_a_digit_are_noticed() -> None:
    """A short number may by chance be another number near it; a longer one seldom."""
    rng = random.Random(0)
    noticed: dict[bool, list[bool]] = {True: [], False: []}
    for name in READING_ORDER:
        for one in found_in(name):
            if not POWER.match(one.numeral) and digits_of(one.numeral) >= 2:
                is_long = digits_of(one.numeral) >= 4
                noticed[is_long].append(not one.is_founded(changed(one.numeral, rng)))
    assert sum(noticed[True]) > 0.85 * len(noticed[True])
    assert sum(noticed[False]) > 0.6 * len(noticed[False])
