"""The figures that show the default run: what it learned, and how."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import NullFormatter

from microgpt.evaluation import OPPONENTS
from microgpt.training import mean_of_last
from sitemaker.figures.measured import NAME, TEMPERATURES, default_run
from sitemaker.figures.plotting import FAINT, INK, SERIES, Words, drawn

WINDOW = 25
"""Over how many steps the sizes of gradients are averaged."""


def draw_losses(figure: Figure, losses: Sequence[float], opponents: Mapping[str, float]) -> list[float]:
    """Draw the loss of each step, the mean of the last hundred, and the held-out losses of the opponents.

    Returns:
        The means.
    """
    steps = range(1, len(losses) + 1)
    means = [mean_of_last(losses[:step]) for step in steps]
    axes = figure.add_subplot(xlabel="step", ylabel="loss, nats per token")
    axes.plot(steps, losses, color=FAINT, linewidth=0.6, label="one name")
    axes.plot(steps, means, color=SERIES[0], linewidth=2, label="mean of 100")
    for color, (name, opponent) in zip(SERIES[1:], reversed(OPPONENTS.items())):
        axes.axhline(opponents[name], color=color, linewidth=1.2, linestyle="dashed", label=opponent.title)
    figure.legend(loc="outside lower center", ncols=2)
    return means


@drawn("loss-curve", 4.2)
def _loss_curve(figure: Figure) -> Words:
    run = default_run()
    losses, scores = run["losses"], run["scores"]
    means = draw_losses(figure, losses, {name: score for name, (score, _) in scores.items()})
    return Words(
        "The loss of each of the thousand names, and the mean of the last hundred. The dashed lines are "
        "what a die, a counter of letters, one of pairs and one that looks up to four letters back score on "
        f"names that were not trained on; the model itself scores {scores['model'][0]:.2f} there.",
        f"A jagged line between {min(losses):.1f} and {max(losses):.1f} nats. Through it runs the mean of "
        f"the last 100, which falls from {means[0]:.2f} to {means[-1]:.2f}, most of it in the first 300 "
        f"steps. It crosses the line of the die at {scores['uniform'][0]:.2f}, of single letters at "
        f"{scores['unigram'][0]:.2f}, of pairs at {scores['bigram'][0]:.2f} and of the back-off counter at "
        f"{scores['back_off'][0]:.2f}.",
    )


@drawn("gradient-sizes", 3.9)
def _gradient_sizes(figure: Figure) -> Words:
    sizes = default_run()["gradients"]
    axes = figure.add_subplot(xlabel="length of the gradient", xscale="log")
    names = sorted(sizes[0], key=lambda name: _mean_size(sizes, name))
    early, late = ([_mean_size(part, name) for name in names] for part in (sizes[:WINDOW], sizes[-WINDOW:]))
    for row, ends in enumerate(zip(early, late, strict=True)):
        axes.plot(ends, (row, row), color=FAINT, linewidth=1.5, zorder=1)
    rows = range(len(names))
    axes.scatter(early, rows, s=44, color=SERIES[1], label=f"first {WINDOW} steps")
    axes.scatter(late, rows, s=44, color=SERIES[0], marker="D", label=f"last {WINDOW} steps")
    axes.set_yticks(rows, names)
    axes.set_xticks([0.03, 0.1, 0.3, 1, 3], ["0.03", "0.1", "0.3", "1", "3"])
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.grid(axis="x")
    figure.legend(loc="outside upper center", ncols=2)
    told = [f"{name} {one:.2f}, {other:.2f}" for name, one, other in zip(names, early, late, strict=True)]
    return Words(
        f"How long the gradient of each matrix is, on the average over {WINDOW} steps, at the beginning of "
        "the default run and at its end, on a scale where equal distances are equal ratios. None dies out "
        "and none explodes. The matrices of queries and keys have the smallest; wte and wpe nearly coincide, "
        "since they are added, and what is added gets the same slope.",
        f"{len(names)} rows with two dots each, early and late. {'; '.join(told)}.",
    )


def _mean_size(steps: Sequence[Mapping[str, float]], name: str) -> float:
    return math.fsum(step[name] for step in steps) / len(steps)


@drawn("attention-maps", 5.2)
def _attention_maps(figure: Figure) -> Words:
    run = default_run()
    seen, heads = run["seen"], run["attention"]
    labels = [name if name != "BOS" else "·" for name in seen]
    panels = figure.subplots(2, 2).flatten()
    for head, (axes, rows) in enumerate(zip(panels, heads, strict=True)):
        axes.set(
            title=f"head {head}", xlim=(-0.5, len(seen) - 0.5), ylim=(len(seen) - 0.5, -0.5), aspect="equal"
        )
        axes.set_xticks(range(len(seen)), labels)
        axes.set_yticks(range(len(seen)), labels)
        axes.tick_params(length=0)
        axes.spines[["left", "bottom"]].set_visible(False)
        for position, row in enumerate(rows):
            for other, weight in enumerate(row):
                _draw_weight(axes, other, position, weight)
    figure.supylabel("position that looks", fontsize=11)
    figure.supxlabel("position that is looked at", fontsize=11)
    return Words(
        f"What each head of the trained model looks at while it reads “{NAME}”, a name it was not trained "
        "on, in per cent: the stronger the color, the more. The dot is BOS. Each row adds up to 100, but for "
        f"rounding; a head that looks at everything alike would have {', '.join(_even(seen))} in its rows. "
        "Nobody gave the heads their roles; most of what they do has no name.",
        f"{len(heads)} triangles of {len(seen)} rows. The first row is always one full cell, since the "
        "first position can only look at itself. The other rows, in per cent, from left to right: "
        + " ".join(f"Head {head}: {_read_aloud(seen, rows)}." for head, rows in enumerate(heads)),
    )


def _draw_weight(axes: Axes, column: int, row: int, weight: float) -> None:
    """Draw one cell: its border, its color, never quite none and pale enough to read on, and its number."""
    corner = (column - 0.5, row - 0.5)
    axes.add_patch(Rectangle(corner, 1, 1, facecolor=SERIES[0], alpha=0.06 + 0.5 * weight, edgecolor="none"))
    axes.add_patch(Rectangle(corner, 1, 1, facecolor="none", edgecolor=FAINT, linewidth=0.6))
    axes.text(column, row, f"{100 * weight:.0f}", ha="center", va="center")


def _even(seen: Sequence[str]) -> list[str]:
    """List what a head that looks at everything alike gives to each position, row by row, in per cent."""
    return [f"{100 / positions:.0f}" for positions in range(1, len(seen) + 1)]


def _read_aloud(seen: Sequence[str], rows: Sequence[Sequence[float]]) -> str:
    """Say the rows of a head but the first, in per cent."""
    return "; ".join(
        f"{letter} {', '.join(f'{100 * weight:.0f}' for weight in row)}"
        for letter, row in list(zip(seen, rows, strict=True))[1:]
    )


def plane(rows: Any) -> tuple[Any, Any, float]:
    """Find the two directions in which rows differ most.

    Returns:
        The rows without their mean, the two directions, and their share of all differences.
    """
    centred = np.array(rows) - np.mean(rows, axis=0)
    _, lengths, directions = np.linalg.svd(centred, full_matrices=False)
    directions *= np.sign(directions[np.arange(len(directions)), np.abs(directions).argmax(axis=1)])[:, None]
    return centred, directions[:2], float((lengths[:2] ** 2).sum() / (lengths**2).sum())


@drawn("embedding-map", 4.8)
def _embedding_map(figure: Figure) -> Words:
    run = default_run()
    names, rows = run["characters"], np.array(run["embeddings"])
    centred, directions, share = plane(rows)
    places = centred @ directions.T
    axes = figure.add_subplot(xlabel="first direction", ylabel="second direction")
    axes.set_xlim(places[:, 0].min() * 1.15, places[:, 0].max() * 1.15)
    axes.set_ylim(places[:, 1].min() * 1.15, places[:, 1].max() * 1.15)
    for name, (x, y) in zip(names, places, strict=True):
        vowel = name in "aeiou"
        color = SERIES[1] if vowel else SERIES[2] if name == "BOS" else INK
        axes.text(x, y, name, color=color, ha="center", va="center", weight="bold" if vowel else "normal")
    vowels = places[[names.index(vowel) for vowel in "aeiou"]]
    others = places[[index for index, name in enumerate(names) if name not in "aeiou" and name != "BOS"]]
    apart = float(np.linalg.norm(vowels.mean(axis=0) - others.mean(axis=0)))
    order = np.argsort(np.linalg.norm(places - places[names.index("e")], axis=1))
    near = [names[index] for index in order[1:4]]
    spread = float(np.linalg.norm(others - others.mean(axis=0), axis=1).mean())
    return Words(
        "The 16 numbers of each token, flattened to the two directions in which the tokens differ most "
        f"({share:.0%} of all differences). The vowels, in bold, have moved together, though nobody told "
        "the model what a vowel is.",
        f"Letters scattered over a plane. The five vowels, in bold, have their middle {apart:.1f} away "
        f"from the middle of the consonants, which lie {spread:.1f} from it on the average. Near to e lie "
        f"{', '.join(near[:-1])} and {near[-1]}.",
    )


@drawn("temperature", 4.0)
def _temperature(figure: Figure) -> Words:
    run = default_run()
    names, first = run["characters"], run["first"]
    order = sorted(range(len(names)), key=lambda token: -first["1.0"][token])[:12]
    panels = figure.subplots(1, len(TEMPERATURES), sharey=True)
    for axes, t in zip(panels, TEMPERATURES, strict=True):
        axes.barh(range(len(order)), [first[str(t)][token] for token in order], color=SERIES[0], height=0.75)
        axes.set(title=f"T = {t:g}", xlim=(0, 1.05 * max(first[str(TEMPERATURES[0])])))
        axes.set_yticks(range(len(order)), [names[token] for token in order])
        axes.tick_params(length=0)
    panels[0].invert_yaxis()
    figure.supxlabel("probability of the first letter", fontsize=11)
    best = [max(first[str(t)]) for t in TEMPERATURES]
    return Words(
        "The same scores for the first letter of a name, at four temperatures; the twelve likeliest "
        "letters. A low temperature makes the likely likelier, a high one makes all more alike. The order "
        "never changes.",
        "Four bar charts. The likeliest letter, "
        f"{names[order[0]]}, has "
        + ", ".join(f"{share:.2f} at T = {t:g}" for share, t in zip(best, TEMPERATURES, strict=True))
        + ".",
    )


@drawn("exam", 2.6)
def _exam(figure: Figure) -> Words:
    scores = default_run()["scores"]
    titles = {"model": "this model", **{name: opponent.title for name, opponent in OPPONENTS.items()}}
    axes = figure.add_subplot(xlabel="held-out loss, nats per token")
    for row, name in enumerate(titles):
        loss, error = scores[name]
        axes.barh(row, loss, xerr=1.96 * error, color=SERIES[0] if name == "model" else SERIES[4], ecolor=INK)
        axes.text(loss + 0.1, row, f"{loss:.3f}", va="center")
    axes.set_yticks(range(len(titles)), list(titles.values()))
    axes.set_xlim(0, 4.2)
    axes.tick_params(axis="y", length=0)
    axes.invert_yaxis()
    return Words(
        "The default run's exam on names that it was not trained on, with intervals of 95 %.",
        f"{len(titles)} bars: "
        + ", ".join(f"{title} {scores[name][0]:.3f}" for name, title in titles.items())
        + ".",
    )
