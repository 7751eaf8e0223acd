"""What the figures of the chapter on autograd compute: a nudge that shrinks, a walk through a small graph.

>>> round(secant("square", 3.0, 1.0).up, 6)
6.1
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from microgpt.autograd import Scalar, Value, exp, log, relu, topological_order

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
    nudge, curve = 10**-power, partial(_height, name)
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


def _height(name: str, x: float) -> float:
    return float(CURVES[name](x))


def _slope(name: str, at: float) -> float:
    start = Value(at)
    end = CURVES[name](start)
    assert isinstance(end, Value)
    end.backward()
    return start.grad


NAMES = ("w", "x", "b", "w · x", "z = w · x + b", "a = relu(z)", "d = a - 3", "L = d²")
"""The nodes of the chapter's graph: three leaves, and what is computed, in order."""


class Arrow(NamedTuple):
    """An arrow of a graph.

    Attributes:
        tail: The number of the node that it comes from.
        tip: The number of the node that it leads to.
        local: Its local slope.
    """

    tail: int
    tip: int
    local: float


class Stage(NamedTuple):
    """How far a walk has come.

    Attributes:
        node: The number of the node where it is.
        values: The value of each node; None if it has none yet.
        slopes: What each node has received so far; None if that is nothing.
        said: What has just happened.
    """

    node: int
    values: list[float | None]
    slopes: list[float | None]
    said: str


class Walk(NamedTuple):
    """A walk through a graph, forward and back.

    Attributes:
        names: Of the nodes.
        arrows: Between them.
        stages: One for each step.
    """

    names: Sequence[str]
    arrows: list[Arrow]
    stages: list[Stage]


def walk_graph(w: float, x: float, b: float) -> Walk:
    """Walk through the graph of the chapter, the square of relu(w · x + b) - 3.

    Args:
        w: The weight.
        x: The input.
        b: What is added.

    Examples:
        >>> stages = walk_graph(0.5, 4.0, -1.0).stages
        >>> stages[0].said
        'w · x gets the value 2.'
        >>> stages[-1].said
        'w · x hands on its slope -4: to w -4 · 4 = -16, to x -4 · 0.5 = -2.'
        >>> stages[-1].slopes
        [-16.0, -2.0, -4.0, -4.0, -4.0, -4.0, -4.0, 1.0]
    """
    leaves = [Value(w), Value(x), Value(b)]
    loss = (relu(leaves[0] * leaves[1] + leaves[2]) - 3.0) ** 2
    nodes = [*leaves, *topological_order(loss)]
    arrows = [
        Arrow(nodes.index(source), tip, local)
        for tip, node in enumerate(nodes)
        for source, local in zip(node.inputs, node.local_grads)
    ]
    values = [node.data for node in nodes]
    return Walk(NAMES, arrows, [*_forward(values), *_backward(values, arrows)])


def _forward(values: Sequence[float]) -> Iterator[Stage]:
    for node in range(3, len(values)):
        known = [value if place <= node else None for place, value in enumerate(values)]
        yield Stage(node, known, [None] * len(values), f"{_short(node)} gets the value {values[node]:.6g}.")


def _backward(values: Sequence[float], arrows: Sequence[Arrow]) -> Iterator[Stage]:
    slopes: list[float | None] = [None] * len(values)
    last = len(values) - 1
    slopes[last] = 1.0
    yield Stage(last, [*values], [*slopes], "The slope of L at L is 1: it moves as much as itself.")
    for node in range(last, 2, -1):
        slope = slopes[node] or 0.0
        parts = []
        for arrow in arrows:
            if arrow.tip == node:
                slopes[arrow.tail] = (slopes[arrow.tail] or 0.0) + slope * arrow.local
                times = f"{slope:.6g} · {arrow.local:.6g} = {slope * arrow.local:.6g}"
                parts.append(f"to {_short(arrow.tail)} {times}")
        said = f"{_short(node)} hands on its slope {slope:.6g}: {', '.join(parts)}."
        yield Stage(node, [*values], [*slopes], said)


def _short(node: int) -> str:
    return NAMES[node].partition(" =")[0]
