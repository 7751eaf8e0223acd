"""A plane on which the letters of a model lie, so that one can see them drift apart.

To the right lies what vowels have and the other letters have not. Upwards lies the direction in which the
rest differs most.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from microgpt.autograd import dot

VOWELS = set("aeiou")
ROUNDS = 30
"""How often the rows are multiplied by a direction to find the one in which they differ most."""


class Spot(NamedTuple):
    """Where a token lies, in the units of the parameters.

    Attributes:
        name: What it is called.
        right: How far it lies on the side of the vowels.
        up: How far it lies upwards.
    """

    name: str
    right: float
    up: float


def places(names: Iterable[str], table: Iterable[Sequence[float]]) -> list[Spot]:
    """Spot tokens on a plane, by what a model has learned of each.

    Args:
        names: What each token is called.
        table: Its row of numbers, `[vocab_size][n_embd]`.

    Returns:
        Each name with its place, measured from the mean of all.

    Examples:
        The rows of this plane lie on it already: they are only moved to their mean.

        >>> table = [[3.0, 1.0], [3.0, -1.0], [1.0, 2.0], [1.0, -2.0]]
        >>> for place in places("aebc", table):
        ...     print(place.name, round(place.right, 6), round(place.up, 6))
        a 1.0 1.0
        e 1.0 -1.0
        b -1.0 2.0
        c -1.0 -2.0
    """
    named = list(names)
    rows = [list(row) for row in table]
    rows = [_minus(row, _mean(rows)) for row in rows]
    vowels = [row for name, row in zip(named, rows, strict=True) if name in VOWELS]
    right = _unit(_mean(vowels or rows))
    up = _longest([_minus(row, [dot(row, right) * one for one in right]) for row in rows])
    return [Spot(name, dot(row, right), dot(row, up)) for name, row in zip(named, rows, strict=True)]


def _mean(rows: list[list[float]]) -> list[float]:
    return [sum(column) / len(rows) for column in zip(*rows, strict=True)]


def _minus(row: list[float], other: list[float]) -> list[float]:
    return [a - b for a, b in zip(row, other, strict=True)]


def _unit(row: list[float]) -> list[float]:
    """Give a row the length 1; where it has none, point along the first number."""
    length = dot(row, row) ** 0.5
    return [number / length for number in row] if length else [1.0, *[0.0] * (len(row) - 1)]


def _longest(rows: list[list[float]]) -> list[float]:
    """Find the direction in which rows differ most: multiply by them again and again (power iteration)."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    found = _unit([1.0] * len(columns))
    for _ in range(ROUNDS):
        shares = [dot(row, found) for row in rows]
        found = _unit([dot(shares, column) for column in columns])
    return found
