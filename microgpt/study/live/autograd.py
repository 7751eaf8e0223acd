"""What the figures of the chapter on autograd compute: a nudge that shrinks, a walk through a small graph.

>>> round(secant("square", 3.0, 1.0).up, 6)
6.1
"""

from collections.abc import Callable
from typing import NamedTuple

from microgpt.autograd import Scalar, Value, exp, log

Point = tuple[float, float]


def _square(x: Scalar) -> Scalar:
    return x * x


def _cube(x: Scalar) -> Scalar:
    return x * x * x


def _inverse(x: Scalar) -> Scalar:
    return x**-1


CURVES: dict[str, Callable[..., Value | float]] = {
    "square": _square,
    "cube": _cube,
    "inverse": _inverse,
    "exponential": exp,
    "logarithm": log,
}
"""The curves that a nudge can be tried on. Each takes a `Value` or a float, above 0."""

LEFT, RIGHT = 0.9, 1.1
"""How far the picture of a curve goes to the left and to the right of its point."""


class Secant(NamedTuple):
    """A nudge at a point of a curve.

    Attributes:
        nudge: How much is added, or taken away.
        up: The slope that a nudge up finds.
        both: The slope that nudges up and down find together.
        exact: The slope itself.
        off_up: How far `up` is from it.
        off_both: How far `both` is from it.
        curve: Points of the curve, from left to right.
        places: The point, and the one that is a nudge further.
        line: Where the line through both enters the picture and leaves it; its slope is `up`.
        tangent: The same of the line that touches the curve.
    """

    nudge: float
    up: float
    both: float
    exact: float
    off_up: float
    off_both: float
    curve: list[Point]
    places: list[Point]
    line: list[Point]
    tangent: list[Point]


def secant(name: str, at: float, power: float) -> Secant:
    """Compare the slope that a nudge finds with that of `Value.backward`.

    Args:
        name: Of the curve.
        at: The point, 1 or more.
        power: How small the nudge is: 10 to minus this power, at most 1.

    Examples:
        A tenth of the nudge, a tenth of the error; both ways, a hundredth of it. In the end floats are too
        coarse.

        >>> for power in (1, 2, 16):
        ...     tried = secant("cube", 2.0, power)
        ...     print(f"{tried.off_up:.4f} {tried.off_both:.4f}")
        0.6100 0.0100
        0.0601 0.0001
        -12.0000 -12.0000
    """
    nudge = 10**-power

    def curve(x: float) -> float:
        return float(CURVES[name](x))

    height = curve(at)
    up = (curve(at + nudge) - height) / nudge
    both = (curve(at + nudge) - curve(at - nudge)) / (2 * nudge) if nudge < at else up
    exact = _slope(name, at)
    ends = (at - LEFT, at + RIGHT)
    return Secant(
        *(nudge, up, both, exact, up - exact, both - exact),
        curve=[(x, curve(x)) for x in (at - LEFT + step * (LEFT + RIGHT) / 60 for step in range(61))],
        places=[(at, height), (at + nudge, curve(at + nudge))],
        line=[(x, height + up * (x - at)) for x in ends],
        tangent=[(x, height + exact * (x - at)) for x in ends],
    )


def _slope(name: str, at: float) -> float:
    start = Value(at)
    end = CURVES[name](start)
    assert isinstance(end, Value)
    end.backward()
    return start.grad
