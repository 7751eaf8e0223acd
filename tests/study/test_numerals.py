"""Every number in the text of a chapter is executed, or says why not."""

import random
import re
from decimal import Decimal
from functools import cache

import pytest

from microgpt.study.passages import chapter_passages
from tests.support.numerals import (
    Mark,
    comes_from,
    marks,
    module_numbers,
    numerals,
    prose_of,
    sources_of,
)
from tests.support.package import MODULES, READING_ORDER


@cache
def sources(module: str) -> frozenset[float]:
    """List the numbers that the page of a chapter may repeat."""
    text = "\n".join(passage.text for passage in chapter_passages(module))
    return module_numbers(module) | sources_of(text, MODULES)


def unfounded(module: str) -> list[str]:
    """List the numerals of a chapter that come from nowhere."""
    found = []
    for passage in chapter_passages(module):
        marked = {mark.number for mark in marks(passage.text)}
        for piece in prose_of(passage.text):
            found += [
                f"{passage.owner}: {numeral} in {' '.join(piece.split())[:100]!r}"
                for numeral in numerals(piece)
                if numeral not in marked and not comes_from(numeral, sources(module))
            ]
    return found


@pytest.mark.parametrize("name", READING_ORDER)
def test_every_number_is_executed(name: str) -> None:
    assert unfounded(name) == []


@pytest.mark.parametrize("name", READING_ORDER)
def test_a_mark_is_needed(name: str) -> None:
    """What is marked stands in the text, and is not computed after all."""
    for passage in chapter_passages(name):
        used = {numeral for piece in prose_of(passage.text) for numeral in numerals(piece)}
        for mark in marks(passage.text):
            assert mark.number in used, mark
            assert not comes_from(mark.number, sources(name)), mark


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


def changed(numeral: str, rng: random.Random) -> str:
    """Change one digit of a numeral."""
    places = [place for place, sign in enumerate(numeral) if sign.isdigit()]
    place = rng.choice(places)
    digit = rng.choice([one for one in "0123456789" if one != numeral[place]])
    return numeral[:place] + digit + numeral[place + 1 :]


def test_most_changes_of_a_digit_are_noticed() -> None:
    """A short number may by chance be another number of the page; a longer one hardly."""
    rng = random.Random(0)
    tried = noticed = 0
    for name in READING_ORDER:
        for passage in chapter_passages(name):
            for piece in prose_of(passage.text):
                for numeral in numerals(piece):
                    if len(re.sub(r"\D", "", numeral)) >= 3 and Decimal(1) and not numeral.startswith("10^"):
                        tried += 1
                        noticed += not comes_from(changed(numeral, rng), sources(name))
    assert noticed / tried > 0.8
