"""The numbers in prose, and where they come from.

Every numeral of the text with a decimal point, an exponent, a comma of thousands or a per cent sign, and
every integer of 100 or more, must be a literal or a result of an example on its page, a value of Config, a
constant of the module's code, a number of a record that the page names, or one of a page that its paragraph
or one beside it points to, rounded to the digits shown. A number of one or two digits is soon like any other
number, so it is rounded only from what is near: an example of the same docstring, or what the same paragraph
or one beside it points to.

What cannot be computed carries a mark with a reason, in the same docstring:

    <!-- not computed: 175, 2,048; GPT-3 as its paper describes it -->

A year in parentheses, or in a paragraph of sources, is a year, and "section 3.2" or "Python 3.12" is a name.
"""

import ast
import doctest
import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import astuple
from decimal import ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from functools import cache
from math import isfinite, nan
from pathlib import Path
from statistics import fmean, median
from typing import Any, NamedTuple

from microgpt.config import Config
from microgpt.engines.trials import Effect
from microgpt.study.passages import chapter_passages, paragraphs
from microgpt.study.source import module_source

ROOT = Path(__file__).parents[2]
RECORDS = ROOT / "docs" / "measurements"

NUMERAL = re.compile(
    r"(?<![\w.,^_])"
    r"(?:(?P<power>10\s?(?:\^|\*\*)\s?\{?-?\d+\}?)"
    r"|(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:e[+-]?\d+)?|\.\d+)(?P<percent>\s?\\?%)?)"
    r"(?![\w]|\.\d|,\d)"
)
"""A number in prose, in a table, in a formula or in a diagram."""

MARK = re.compile(r"<!-- not computed: (?P<numbers>[^;]+); (?P<reason>.+?) -->", re.DOTALL)
YEAR = re.compile(r"\((?:[^()]*[ ,])?(?:1[5-9]|20)\d\d(?:[a-z]|[,;] [^()]*| to (?:1[5-9]|20)\d\d)?\)")
NAME = re.compile(
    r"(?:[Ss]ections?|[Cc]hapters?|[Aa]lgorithm|[Ff]igure|[Ee]quation|[Vv]ersion|C?Python|GPT|pages?)"
    r" [\d.]+(?:(?:,| and| to) [\d.]+)*"
)


class Mark(NamedTuple):
    """A number that is not computed, and why."""

    number: str
    reason: str


def numerals(text: str) -> Iterator[str]:
    """List the numerals of a text that must come from somewhere."""
    text = NAME.sub(" ", YEAR.sub(" ", MARK.sub(" ", text)))
    text = re.sub(r"\]\([^)]*\)|<[^>]+>|https?://\S+", " ", text).replace("{,}", ",")
    for match in NUMERAL.finditer(text):
        whole = match[0]
        if match["power"] or match["percent"] or re.search(r"[.,e]", whole) or int(whole) >= 100:
            yield whole


def years_left_out(text: str) -> int:
    return len(YEAR.findall(text))


def marks(text: str) -> list[Mark]:
    """List the numbers that a docstring does not compute."""
    return [
        Mark(number.strip(), " ".join(match["reason"].split()))
        for match in MARK.finditer(text)
        for number in re.split(r",\s+", match["numbers"])
    ]


def value_of(numeral: str) -> Decimal:
    """Read a numeral.

    >>> [str(value_of(text)) for text in ("4,192", "0.50", "35 %", "10^{-5}")]
    ['4192', '0.50', '35', '0.00001']
    """
    if power := re.fullmatch(r"10\s?(?:\^|\*\*)\s?\{?(-?\d+)\}?", numeral):
        return Decimal(10) ** int(power[1])
    return Decimal(re.sub(r"[,%\\\s]", "", numeral))


def digits_of(numeral: str) -> int:
    """Count the digits that say something."""
    return len(re.sub(r"\D", "", numeral).lstrip("0"))


def is_founded(numeral: str, near: Iterable[float], page: Collection[float]) -> bool:
    """Ask whether a numeral repeats a number from near it, or from elsewhere on its page."""
    if comes_from(numeral, near) or (digits_of(numeral) >= 3 and comes_from(numeral, page)):
        return True
    value = abs(float(value_of(numeral)))
    return value in page or ("%" in numeral and value / 100 in page)


def comes_from(numeral: str, sources: Iterable[float]) -> bool:
    """Ask whether one of some numbers, rounded to the digits of a numeral, is the numeral."""
    shown = abs(value_of(numeral))
    exponent = shown.as_tuple().exponent
    digits = Decimal(1).scaleb(min(int(exponent), 0))
    factors = (1, 100) if "%" in numeral else (1,)
    for source in sources:
        for factor in factors:
            exact = abs(Decimal(repr(source))) * factor
            if abs(exact - shown) > digits:
                continue
            if any(
                exact.quantize(digits, rounding) == shown
                for rounding in (ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_HALF_DOWN)
            ):
                return True
    return False


_IN_CODE = re.compile(r"(?<![\w.])\d[\d_]*\.?\d*(?:e[+-]?\d+)?|(?<![\w.])\.\d+(?:e[+-]?\d+)?")


def numbers_in(text: str) -> set[float]:
    """List the numbers of an example, of its code and of its result."""
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    found = {match.replace("_", "").rstrip(".") for match in _IN_CODE.findall(text)}
    return {float(one) for one in found if one and float(one) != float("inf")}


def example_numbers(text: str) -> set[float]:
    """List the numbers of all examples in a text."""
    examples = doctest.DocTestParser().get_examples(text)
    return {number for one in examples for number in numbers_in(one.source) | numbers_in(one.want)}


@cache
def module_numbers(module: str) -> frozenset[float]:
    """List what a page shows that is computed or is code: its examples and the constants of its module."""
    found: set[float] = set()
    for passage in chapter_passages(module):
        found |= example_numbers(passage.text)
    for node in ast.walk(ast.parse(module_source(module))):
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            found.add(float(node.value))
    return frozenset(one for one in found if one == one and abs(one) != float("inf"))


MANY = 8
"""As many numbers in a row are raw data: a text speaks of their mean, of the least and of the largest."""


@cache
def record_numbers(name: str) -> frozenset[float]:
    """List what a text may say of a record: its numbers, and of raw data what sums them up."""
    record = json.loads((RECORDS / name).read_text(encoding="utf-8"))
    found = {one for one in _walk(record) if isfinite(one)}
    if name == "matters.json":
        found |= set(_effects(record["results"]))
    return frozenset(found)


def _walk(part: object) -> Iterator[float]:
    if isinstance(part, dict):
        for key, value in part.items():
            yield from numbers_in(str(key))
            yield from _walk(value)
    elif isinstance(part, list):
        numbers = [one for one in part if isinstance(one, int | float)]
        if len(numbers) >= MANY and any(isinstance(one, float) for one in numbers):
            yield from (fmean(numbers), median(numbers), min(numbers), max(numbers))
        elif part and isinstance(part[0], list) and isinstance(part[0][0], list):
            rows = [row for rows in part for row in rows]
            for column in zip(*rows):
                yield from (fmean(column), min(column), max(column))
        else:
            for value in part:
                yield from _walk(value)
    elif isinstance(part, int | float):
        yield float(part)
    elif isinstance(part, str):
        yield from numbers_in(part)


def _effects(results: list[dict[str, Any]]) -> Iterator[float]:
    """Compare each change with the unchanged runs, seed by seed."""
    for setup in results:
        for losses in setup["losses"].values():
            pairs = zip(losses, setup["losses"]["unchanged"], strict=True)
            effect = Effect.of([nan if None in pair else pair[0] - pair[1] for pair in pairs])
            yield from (one for one in (effect.mean, effect.margin) if isfinite(one))


@cache
def config_numbers() -> frozenset[float]:
    return frozenset(float(one) for one in astuple(Config()) if isinstance(one, int | float))


def linked_modules(text: str, modules: Iterable[str]) -> set[str]:
    """List the modules of ours that a text points to, by full name or by page."""
    named = set(re.findall(r"(?:microgpt\.|(?:chapters|program)/)([a-z_]+(?:[./][a-z_]+)*)", text))
    dotted = {name.replace("/", ".").removesuffix(".md") for name in named}
    return {module for module in modules if any(f"{name}.".startswith(f"{module}.") for name in dotted)}


def linked_records(text: str) -> set[str]:
    """List the records that a text names, or that the page of measurements it points to shows."""
    named = {name for name in re.findall(r"([a-z_]+\.json)", text) if (RECORDS / name).exists()}
    if "experiments.md" in text:
        named |= {"matters.json", "heads.json", "makemore.json"}
    if re.search(r"(?<![\w/])ladder\.md|pages/ladder\.md", text):
        named |= {"ladder.json", "gpu.json"}
    return named


def recorded(text: str) -> set[float]:
    """List the numbers of the records that a text names."""
    return {number for record in linked_records(text) for number in record_numbers(record)}


def pointed_to(text: str, modules: Iterable[str]) -> set[float]:
    """List the numbers of the pages and records that a text points to."""
    found = recorded(text)
    for module in linked_modules(text, modules):
        found |= module_numbers(module)
    return found


def prose_of(text: str) -> Iterator[str]:
    """List the paragraphs of a text that are no examples and no code."""
    for kind, piece in paragraphs(text):
        if kind in ("prose", "diagram") and not piece.lstrip().startswith("Sources:"):
            yield piece
