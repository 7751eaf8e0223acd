"""The figures that show an idea, without a model."""

import numpy as np
from matplotlib.figure import Figure

from microgpt.loss import surprise
from sitemaker.figures.measured import descent, valley
from sitemaker.figures.plotting import FAINT, SERIES, Words, drawn


@drawn("surprise", 8.0, 3.4)
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


@drawn("adam-path", 8.0, 3.4)
def _adam_path(figure: Figure) -> Words:
    plain, adaptive = descent(0.035, 40, adaptive=False), descent(0.25, 40, adaptive=True)
    axes = figure.add_subplot(xlabel="along the valley", ylabel="across")
    x, y = np.meshgrid(np.linspace(-4.6, 1.6, 160), np.linspace(-1.2, 1.2, 120))
    axes.contour(x, y, valley(x, y), levels=[0.1, 0.5, 1.5, 4, 9, 16, 25, 36], colors=FAINT, linewidths=0.8)
    for path, color, label in ((plain, SERIES[1], "against the slope"), (adaptive, SERIES[0], "Adam")):
        axes.plot(*zip(*path, strict=True), color=color, marker="o", markersize=3, linewidth=1.2, label=label)
    axes.legend(loc="upper right")
    ends = [f"{valley(*path[-1]):.3f}" for path in (plain, adaptive)]
    return Words(
        "Forty steps down a valley fifty times as steep across as along. Against the slope, a rate that "
        "the steep direction still bears is too small for the flat one. Adam gives each direction a pace "
        "of its own.",
        f"Lines of equal height, and two paths from the same place at height {valley(-4.0, 1.0):.0f}. "
        f"The plain one bounces from wall to wall and creeps, and is at height {ends[0]} after 40 steps. "
        f"Adam's goes down the middle, swings, and is at {ends[1]}.",
    )
