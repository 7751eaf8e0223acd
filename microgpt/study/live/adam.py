"""What a valley needs in which one can turn the rates: two ways, their heights, and lines of equal height.

>>> found = ways(0.01, 0.25, False)
>>> found.plain[1], found.plain_heights[0] == found.adam_heights[0]
((-3.96, 0.5), True)
"""

import math
from collections.abc import Callable
from typing import NamedTuple

from microgpt.study.valleys import descent, turn, valley

STEPS = 40
LEVELS = (0.5, 4.0, 16.0, 36.0)
CORNERS = 72
"""How many corners each line of equal height is drawn with."""

_Point = tuple[float, float]


class Ways(NamedTuple):
    """Two ways down a valley.

    Attributes:
        plain: The places of the way against the slope, `[steps + 1]`.
        adam: Those of Adam.
        plain_heights: The height at each of its places.
        adam_heights: The same for Adam.
        lines: Lines of equal height, each closed.
    """

    plain: list[_Point]
    adam: list[_Point]
    plain_heights: list[float]
    adam_heights: list[float]
    lines: list[list[_Point]]


def ways(plain_rate: float, adam_rate: float, turned: bool) -> Ways:
    """Go down the valley in both ways.

    Args:
        plain_rate: The learning rate of the way against the slope.
        adam_rate: That of Adam.
        turned: Whether the valley is turned by 45 degrees.

    Examples:
        Turning the valley changes nothing for the plain way, and much for Adam's.

        >>> straight, turned = ways(0.035, 0.25, False), ways(0.035, 0.25, True)
        >>> math.isclose(straight.plain_heights[-1], turned.plain_heights[-1])
        True
        >>> straight.adam_heights[-1] < 0.1 < turned.adam_heights[-1]
        True

        A rate that is too high for the steep direction throws the plain way out.

        >>> heights = ways(0.045, 0.25, False).plain_heights
        >>> heights[-1] > heights[0]
        True
    """

    def height(place: _Point) -> float:
        return float(valley(*(turn(*place) if turned else place)))

    plain = descent(plain_rate, STEPS, adaptive=False, turned=turned)
    adam = descent(adam_rate, STEPS, adaptive=True, turned=turned)
    return Ways(plain, adam, [*map(height, plain)], [*map(height, adam)], _lines(turned))


def _lines(turned: bool) -> list[list[_Point]]:
    """Go around the valley at some heights h: as far along as the root of 2h, across as that of h / 25."""
    place: Callable[[float, float], _Point] = turn if turned else lambda x, y: (x, y)
    angles = [2 * math.pi * corner / CORNERS for corner in range(CORNERS + 1)]
    return [
        [
            place((2 * level) ** 0.5 * math.cos(angle), (level / 25) ** 0.5 * math.sin(angle))
            for angle in angles
        ]
        for level in LEVELS
    ]
