"""The figures that show an idea, without a model."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from microgpt.autograd import Value, exp, log
from microgpt.loss import surprise
from microgpt.study.valleys import descent, turn, valley
from sitemaker.figures.plotting import FAINT, INK, SERIES, Words, drawn

Path: TypeAlias = list[tuple[float, float]]
"""Places, one after the other."""


class Curve(NamedTuple):
    """An operation, and where it is nudged."""

    title: str
    operation: Callable[[Value], Value]
    place: float
    start: float
    stop: float


CURVES = (
    Curve("x²", lambda x: x**2, 1.0, -0.6, 2.5),
    Curve("1/x", lambda x: x**-1, 0.8, 0.35, 2.5),
    Curve("e to the x", exp, 0.5, -1.0, 1.9),
    Curve("log x", log, 0.6, 0.2, 2.4),
)
"""The four operations whose curves bend."""

FAR = 1.0
"""The large nudge."""


def slopes_of(curve: Curve) -> tuple[float, float]:
    """Compute the slope that a large nudge finds, and the true one."""
    x = Value(curve.place)
    y = curve.operation(x)
    y.backward()
    return (curve.operation(Value(curve.place + FAR)).data - y.data) / FAR, x.grad


SIDE, NUDGES = 3.0, (3.0, 2.0, 1.0)
"""Where the square is nudged, and how far."""


def secant(nudge: float) -> float:
    """Compute the slope of the line through two points of the square's curve."""
    return ((SIDE + nudge) ** 2 - SIDE**2) / nudge


@drawn("secants", 4.0)
def _secants(figure: Figure) -> Words:
    axes = figure.add_subplot(xlabel="side", ylabel="area", xlim=(0.5, 6.6), ylim=(-3, 42))
    side = Value(SIDE)
    (side * side).backward()
    along, ends = np.linspace(0.5, 6.4, 80), np.array([1.2, 6.6])
    axes.plot(along, along**2, color=SERIES[0], linewidth=2.5)
    for nudge, color in zip(NUDGES, (SERIES[1], SERIES[4], SERIES[3]), strict=True):
        line, label = SIDE**2 + secant(nudge) * (ends - SIDE), f"nudge {nudge:g}: slope {secant(nudge):g}"
        axes.plot(ends, line, color=color, linestyle="dashed", linewidth=1.5, label=label)
        axes.plot(SIDE + nudge, (SIDE + nudge) ** 2, "o", color=color, markersize=7)
    line = SIDE**2 + side.grad * (ends - SIDE)
    axes.plot(ends, line, color=SERIES[2], linewidth=2, label=f"tangent: slope {side.grad:g}")
    axes.plot(SIDE, SIDE**2, "o", color=INK, markersize=7)
    figure.legend(loc="outside lower center", ncols=2)
    told = ", ".join(f"{secant(nudge):g} with a nudge of {nudge:g}" for nudge in NUDGES)
    return Words(
        f"The area of a square, and its slope at the side {SIDE:g}. A line through two points of the curve "
        f"is a secant (dashed); the shorter the nudge, the flatter it is here: {told}. The line that only "
        f"touches the curve, the tangent, has the slope {side.grad:g}.",
        f"A curve that bends upward. Through its point above {SIDE:g} go three dashed lines, which turn "
        f"toward a solid one that touches the curve there. Their slopes: {told}; of the solid line "
        f"{side.grad:g}.",
    )


@drawn("slopes", 5.0)
def _slopes(figure: Figure) -> Words:
    for axes, curve in zip(figure.subplots(2, 2).flat, CURVES, strict=True):
        _draw_slopes(axes, curve)
    figure.legend(*figure.axes[0].get_legend_handles_labels(), ncols=2, loc="outside lower center")
    told = [
        f"{curve.title} at {curve.place:g}: secant {secant:.2f}, tangent {tangent:.2f}"
        for curve, (secant, tangent) in zip(CURVES, map(slopes_of, CURVES), strict=True)
    ]
    return Words(
        f"Four operations whose curves bend. A nudge of {FAR:g} finds the slope of the line through two "
        "points of the curve, the secant. As the nudge shrinks, that line turns into the one that touches "
        "the curve at the first point, the tangent. Its slope is what backward gives.",
        f"Four curves, each with a line through two points and a line that touches it at the first. "
        f"{'; '.join(told)}.",
    )


def _draw_slopes(axes: Axes, curve: Curve) -> None:
    """Draw a curve, the line that a large nudge finds, and the line that touches."""
    along = np.linspace(curve.start, curve.stop, 80)
    heights = [curve.operation(Value(float(x))).data for x in along]
    ends = [curve.place, curve.place + FAR]
    first = curve.operation(Value(curve.place)).data
    for slope, color, style, label in zip(
        slopes_of(curve),
        (SERIES[1], SERIES[2]),
        ("dashed", "solid"),
        ("secant: nudged far", "tangent"),
        strict=True,
    ):
        line = [first + slope * (x - curve.place) for x in along]
        axes.plot(along, line, color=color, linestyle=style, linewidth=1.4, label=label)
    axes.plot(along, heights, color=SERIES[0], linewidth=2, label="the operation")
    axes.plot(ends, [curve.operation(Value(x)).data for x in ends], "o", color=INK, markersize=4)
    margin = 0.15 * (max(heights) - min(heights))
    axes.set(title=curve.title, ylim=(min(heights) - margin, max(heights) + margin))


@drawn("surprise", 3.3)
def _surprise(figure: Figure) -> Words:
    axes = figure.add_subplot(xlabel="probability of what came", ylabel="surprise, nats")
    shares = np.linspace(0.005, 1.0, 200)
    axes.plot(shares, [surprise(float(share)) for share in shares], color=SERIES[0], linewidth=2)
    points = {"certain": 1.0, "a coin": 0.5, "a die with 27 faces": 1 / 27}
    for name, share in points.items():
        axes.plot(share, surprise(share), marker="o", color=SERIES[1])
        axes.annotate(
            f"{name}: {abs(surprise(share)):.2f}",
            (share, surprise(share)),
            xytext=(8, 8) if share < 1 else (-8, 12),
            textcoords="offset points",
            ha="left" if share < 1 else "right",
        )
    return Words(
        "The less likely what came was held to be, the greater the surprise, and there is no upper end.",
        "A curve that falls from the upper left to 0 at the right. "
        + ", ".join(f"{name}: {abs(surprise(share)):.2f} nats" for name, share in points.items())
        + ".",
    )


@drawn("adam-path", 2.9)
def _adam_path(figure: Figure) -> Words:
    plain, adaptive = descent(0.035, 40, adaptive=False), descent(0.25, 40, adaptive=True)
    axes = figure.add_subplot(xlabel="along the valley", ylabel="across")
    x, y = np.meshgrid(np.linspace(-4.6, 1.6, 160), np.linspace(-1.2, 1.2, 120))
    _draw_walks(axes, (x, y, valley(x, y)), plain, adaptive)
    ends = [f"{valley(*path[-1]):.3f}" for path in (plain, adaptive)]
    return Words(
        "Forty steps down a valley fifty times as steep across as along. Against the slope, a rate that "
        "the steep direction still bears is too small for the flat one. Adam gives each direction a pace "
        "of its own.",
        f"Lines of equal height, and two paths from the same place at height {valley(-4.0, 1.0):.0f}. "
        f"The plain one bounces from wall to wall and creeps, and is at height {ends[0]} after 40 steps. "
        f"Adam's goes down the middle, swings, and is at {ends[1]}.",
    )


@drawn("turned-valley", 4.6)
def _turned_valley(figure: Figure) -> Words:
    plain, adaptive = (
        descent(rate, 40, adaptive=adaptive, turned=True) for rate, adaptive in ((0.035, False), (0.25, True))
    )
    axes = figure.add_subplot(xlabel="first parameter", ylabel="second parameter", aspect="equal")
    x, y = np.meshgrid(np.linspace(-4.4, 1.5, 160), np.linspace(-4.4, 1.5, 160))
    _draw_walks(axes, (x, y, valley(*turn(x, y))), plain, adaptive)
    ends = [f"{valley(*turn(*path[-1])):.2f}" for path in (plain, adaptive)]
    return Words(
        "The same valley, turned by 45 degrees, from the same place with the same rates. Against the slope "
        f"nothing has changed: height {ends[0]} after 40 steps. For Adam both parameters now lead half along "
        f"and half across, so one pace for each does not help: height {ends[1]}.",
        "Lines of equal height around a valley that runs from the lower left to the upper right, and two "
        f"paths up to the right. The plain one bounces from wall to wall and ends at height {ends[0]}; "
        f"Adam's swings less and ends earlier, at {ends[1]}.",
    )


def _draw_walks(axes: Axes, ground: tuple[Any, Any, Any], plain: Path, adaptive: Path) -> None:
    """Draw the lines of equal height of a valley, and two walks in it."""
    axes.contour(*ground, levels=[0.1, 0.5, 1.5, 4, 9, 16, 25, 36], colors=FAINT, linewidths=0.8)
    for path, color, label in ((plain, SERIES[1], "against the slope"), (adaptive, SERIES[0], "Adam")):
        axes.plot(*zip(*path, strict=True), color=color, marker="o", markersize=3, linewidth=1.2, label=label)
        axes.plot(*path[-1], color=color, marker="o", markersize=8)
    axes.figure.legend(loc="outside upper center", ncols=2)
