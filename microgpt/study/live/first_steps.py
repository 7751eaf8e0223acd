"""What the figures of the first chapter compute: a die, a wheel, penalties, and training by hand.

All is made of the functions of `microgpt.first_steps`. Only the order is new: a figure wants to know what
happens on the way.

>>> rolled(60, 1).furthest
'e'
"""

import math
import random
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from microgpt.first_steps import (
    LETTERS,
    descend,
    moved,
    nudged_slopes,
    penalty,
    pick,
    right_chances,
    spell,
    wheel,
)

SCORES = (0.62, 0.45, 0.85, 0.67, 0.17, 0.53)
"""The six scores of the chapter, where training by hand begins."""

WORD, RATE, NUDGE = "ann.", 0.1, 0.01
"""What training by hand learns, how far a step goes, and how much is added to see what happens."""


class Rolled(NamedTuple):
    """A die that was rolled.

    Attributes:
        letters: The faces.
        counts: How often each came.
        shares: The same as shares of all rolls.
        fair: The chance of each face.
        furthest: The face whose share is furthest from its chance.
        off: How far that is.
    """

    letters: str
    counts: list[int]
    shares: list[float]
    fair: float
    furthest: str
    off: float


def rolled(count: int, seed: int) -> Rolled:
    """Roll the die of six letters.

    Args:
        count: How often, at least once.
        seed: Where Python's dice begin, a whole number from 0 up.

    Raises:
        ValueError: If the seed is no such number.

    Examples:
        The more rolls, the nearer the shares come to a sixth.

        >>> [round(rolled(count, 1).off, 4) for count in (60, 6_000, 600_000)]
        [0.05, 0.0068, 0.0009]

        A seed and its negative would be the same seed.

        >>> rolled(60, -1)
        Traceback (most recent call last):
            ...
        ValueError: a seed is a whole number from 0 up, such as 1
    """
    if not isinstance(seed, int) or seed < 0:
        raise ValueError("a seed is a whole number from 0 up, such as 1")
    rolls = random.Random(seed).choices(LETTERS, k=count)
    counts = [rolls.count(letter) for letter in LETTERS]
    fair = 1 / len(LETTERS)
    shares = [number / count for number in counts]
    distances = [abs(share - fair) for share in shares]
    off = max(distances)
    return Rolled(LETTERS, counts, shares, fair, LETTERS[distances.index(off)], off)


class Spun(NamedTuple):
    """A wheel that was spun.

    Attributes:
        letters: The names of the fields.
        shares: The fields, together 1.
        points: Where it stopped each time, from 0 up to 1.
        drawn: The letter of each spin.
        came: How often each letter was drawn.
    """

    letters: str
    shares: list[float]
    points: list[float]
    drawn: str
    came: list[int]


def spun(scores: Sequence[float], spins: int) -> Spun:
    """Spin a wheel; the first spin has the seed 1, the next one the seed 2.

    Args:
        scores: What the wheel is made of.
        spins: How often to spin.

    Raises:
        ValueError: If a score is negative, or all are 0.

    Examples:
        The same points fall on other letters when the fields have other sizes.

        >>> spun([1, 1, 1, 1, 1, 1], 5).drawn, spun([0, 0, 0, 0, 3, 1], 5).drawn
        ('a.iie', 'n.nnn')
    """
    shares = wheel(scores)
    points = [random.Random(seed).random() for seed in range(1, spins + 1)]
    drawn = "".join(LETTERS[pick(shares, point)] for point in points)
    return Spun(LETTERS, shares, points, drawn, [drawn.count(letter) for letter in LETTERS])


class Passed(NamedTuple):
    """A field on the walk to a point.

    Attributes:
        letter: Its letter.
        share: Its length.
        before: How far the point is from where the field begins.
        left: How far it is from where the field ends; below 0 if it lies on the field.
    """

    letter: str
    share: float
    before: float
    left: float


class Walked(NamedTuple):
    """A walk along a wheel, laid flat.

    Attributes:
        letters: The names of all fields.
        shares: Their lengths.
        fields: Those that the walk comes to; the point lies on the last.
    """

    letters: str
    shares: list[float]
    fields: list[Passed]


def walked(scores: Sequence[float], point: float) -> Walked:
    """Follow `pick` from field to field.

    Args:
        scores: What the wheel is made of.
        point: How far to walk, from 0 up to but not including 1.

    Examples:
        >>> for field in walked([2, 1, 1], 0.7).fields:
        ...     print(field.letter, field.share, round(field.before, 2), round(field.left, 2))
        a 0.5 0.7 0.2
        i 0.25 0.2 -0.05
    """
    shares = wheel(scores)
    fields, left = [], point
    for place in range(pick(shares, point) + 1):
        before, left = left, left - shares[place]
        fields.append(Passed(LETTERS[place], shares[place], before, left))
    return Walked(LETTERS, shares, fields)


class JudgedWord(NamedTuple):
    """What a wheel says to a word.

    Attributes:
        letters: The names of the fields.
        word: What has to come, the full stop included.
        shares: The chances of all letters, the same at each place.
        chances: Of the letter that has to come, for each place.
        missing: What these lack to 1.
        loss: The mean of `missing`.
    """

    letters: str
    word: str
    shares: list[float]
    chances: list[float]
    missing: list[float]
    loss: float


def judge_word(word: str, scores: Sequence[float]) -> JudgedWord:
    """Ask at each letter of a word how wrong a wheel is.

    Args:
        word: In our letters; the full stop at its end may be left out.
        scores: What the wheel is made of.

    Raises:
        ValueError: If the word has another letter.

    Examples:
        >>> right = judge_word("Ann", SCORES)
        >>> right.word, [round(missing, 2) for missing in right.missing], round(right.loss, 4)
        ('ann.', [0.81, 0.95, 0.95, 0.84], 0.8868)
        >>> judge_word("Anton", SCORES)
        Traceback (most recent call last):
            ...
        ValueError: 't' is none of our letters; write with a, i, l, e and n
    """
    plain = word.strip().lower().removesuffix(".")
    for letter in plain:
        if letter not in LETTERS[:-1]:
            raise ValueError(f"{letter!r} is none of our letters; write with a, i, l, e and n")
    ended, shares = f"{plain}.", wheel(scores)
    chances = right_chances(shares, ended)
    missing = [1 - chance for chance in chances]
    return JudgedWord(LETTERS, ended, shares, chances, missing, penalty(scores, ended))


class Penalized(NamedTuple):
    """Two penalties for the same chances.

    Attributes:
        chances: A chance, its half, and the half of that.
        missing: What they lack to 1.
        surprises: The surprise at each; infinite for a chance of 0.
        added: By how much a surprise is larger than the one before.
        curve: Chances from small to large, each with both of its penalties.
    """

    chances: list[float]
    missing: list[float]
    surprises: list[float]
    added: list[float]
    curve: list[tuple[float, float, float]]


def penalized(chance: float) -> Penalized:
    """Compare what is missing to 1 with the surprise.

    Args:
        chance: From 0 to 1.

    Examples:
        >>> half = penalized(0.5)
        >>> half.missing, [round(surprise, 4) for surprise in half.surprises]
        ([0.5, 0.75, 0.875], [0.6931, 1.3863, 2.0794])
        >>> [round(more, 4) for more in half.added]
        [0.6931, 0.6931]
    """
    chances = [chance, chance / 2, chance / 4]
    surprises = [_surprise(one) for one in chances]
    added = [more - less for less, more in pairwise(surprises)]
    curve = [(one, 1 - one, _surprise(one)) for one in (place / 100 for place in range(1, 101))]
    return Penalized(chances, [1 - one for one in chances], surprises, added, curve)


def _surprise(chance: float) -> float:
    return 0 - math.log(chance) if chance else math.inf


class Nudges(NamedTuple):
    """A table of nudges, somewhere on the way.

    Attributes:
        letters: What the weights belong to.
        weights: Where training has come to.
        shares: The wheel that they make.
        loss: How wrong that is.
        nudged: The loss if one weight is nudged, for each.
        slopes: What follows from it.
        after: The weights after one more step.
        loss_after: How wrong those are; None if they make no wheel.
        words: What the wheel writes, with the seeds from 0 to 3.
    """

    letters: str
    weights: list[float]
    shares: list[float]
    loss: float
    nudged: list[float]
    slopes: list[float]
    after: list[float]
    loss_after: float | None
    words: list[str]


def nudges(steps: int) -> Nudges:
    """Train by hand, and make the table of nudges for the step that would be next.

    Args:
        steps: How many are done.

    Raises:
        ValueError: If a weight has fallen below 0.

    Examples:
        >>> for steps in (0, 75):
        ...     table = nudges(steps)
        ...     print(round(table.loss, 4), [round(weight, 2) for weight in table.weights], table.words)
        0.8868 [0.62, 0.45, 0.85, 0.67, 0.17, 0.53] ['', 'a', '', 'illeeaanii']
        0.7383 [0.77, 0.04, 0.44, 0.26, 0.88, 0.68] ['', 'a', '', 'anlnnaa']
    """
    weights = _weights(steps)
    slopes = nudged_slopes(_loss, weights, NUDGE)
    nudged = [_loss([*weights[:at], weights[at] + NUDGE, *weights[at + 1 :]]) for at in range(len(weights))]
    after = moved(weights, slopes, RATE)
    words = [spell([wheel(weights)] * len(LETTERS), random.Random(seed)) for seed in range(4)]
    loss_after = _loss(after) if min(after) >= 0 else None
    return Nudges(LETTERS, weights, wheel(weights), _loss(weights), nudged, slopes, after, loss_after, words)


@cache
def _weights(steps: int) -> list[float]:
    return descend(_loss, _weights(steps - 1), RATE, 1, NUDGE) if steps else list(SCORES)


def _loss(weights: Sequence[float]) -> float:
    return penalty(weights, WORD)
