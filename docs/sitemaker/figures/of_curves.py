"""The figures that show how losses move over a run, and which rate suits it."""

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sitemaker.curves import LENGTHS, RATES, WIDTHS
from sitemaker.experiments import measurements
from sitemaker.figures.plotting import SERIES, Words, drawn

WIDEST = 0.3
"""How far above the best rate a loss may lie to be seen."""


@drawn("curves", 4.2)
def _curves(figure: Figure) -> Words:
    record = measurements("curves")
    points, results = record["points"], record["results"]
    few, many = results[0], max(results, key=lambda one: int(one["names"]))
    axes = figure.add_subplot(xlabel="step", ylabel="loss, nats per token", xscale="log")
    for color, result in zip(SERIES, (few, many), strict=False):
        for kind, style in (("learned", "dashed"), ("others", "solid")):
            title = f"{result['names']:,} names: {'these' if kind == 'learned' else 'others'}"
            axes.plot(points[1:], result[kind][1:], color=color, linestyle=style, label=title)
    axes.set_ylim(0, 6)
    axes.set_xticks([20, 100, 1000, 10_000], ["20", "100", "1,000", "10,000"])
    axes.minorticks_off()
    figure.legend(loc="outside lower center", ncols=2)
    turn = min(range(len(points)), key=lambda place: few["others"][place])
    return Words(
        f"Models that learn from {few['names']} names, and from {many['names']:,}: the loss on names that "
        f"they learn from (dashed) and on {record['settings']['exam']} others (solid). Means of "
        f"{len(record['settings']['seeds'])} seeds, {points[-1]:,} steps.",
        f"With {few['names']} names both lines fall together at first. At step {points[turn]} the line of "
        f"the others has its lowest point, {few['others'][turn]:.2f}, and turns up; at the end it stands at "
        f"{few['others'][-1]:.2f}, beyond the upper edge, and that of the names learned from at "
        f"{few['learned'][-1]:.2f}. With {many['names']:,} names both still fall at the end, to "
        f"{many['others'][-1]:.2f} and {many['learned'][-1]:.2f}.",
    )


@drawn("rates", 7.0)
def _rates(figure: Figure) -> Words:
    left, right = figure.subplots(2, 1)
    for color, width in zip(SERIES, WIDTHS, strict=False):
        _above_the_best(left, color, {"n_embd": width, "steps": 1000}, f"width {width}")
    for color, steps in zip(SERIES, LENGTHS, strict=False):
        _above_the_best(right, color, {"n_embd": 16, "steps": steps}, f"{steps:,} steps")
    left.set_title("after 1,000 steps")
    right.set_title("with width 16")
    for axes in (left, right):
        axes.set_xscale("log")
        axes.set_xticks(RATES, [str(rate) for rate in RATES])
        axes.minorticks_off()
        axes.set(xlabel="learning rate", ylabel="loss above the best", ylim=(-0.01, WIDEST))
        columns = (len(axes.lines) + 1) // 2
        axes.legend(ncols=columns, loc="upper center", bbox_to_anchor=(0.5, -0.25))
    seeds = len(measurements("rates")["settings"]["seeds"])
    return Words(
        "Which rate is the best depends on the width (above) and on the number of steps (below). Means of "
        f"{seeds} seeds on names that were not learned from. The wider the model and the longer the run, the "
        "smaller the best rate.",
        "Valleys whose lowest points move to the left as width or length grows. The best of the rates tried "
        f"for {', '.join(f'{steps:,}' for steps in LENGTHS)} steps: {_best_of_all()}.",
    )


def _best_of_all() -> str:
    return "; ".join(
        f"width {width}: {', '.join(f'{best_rate(n_embd=width, steps=steps):g}' for steps in LENGTHS)}"
        for width in WIDTHS
    )


def found_rates(**dials: int) -> list[dict[str, Any]]:
    """Pick the results for a width and a length, in the order of the rates."""
    results: Sequence[dict[str, Any]] = measurements("rates")["results"]
    return [one for one in results if dials.items() <= one.items()]


def best_rate(**dials: int) -> float:
    """Find the rate with the smallest loss for a width and a length."""
    finite = [one for one in found_rates(**dials) if one["loss"] is not None]
    return float(min(finite, key=lambda one: float(one["loss"]))["rate"])


def _above_the_best(axes: Axes, color: str, dials: dict[str, int], label: str) -> None:
    points = [(one["rate"], one["loss"]) for one in found_rates(**dials) if one["loss"] is not None]
    lowest = min(loss for _, loss in points)
    axes.plot(
        [rate for rate, _ in points], [loss - lowest for _, loss in points], "o-", color=color, label=label
    )
