"""The figures that show committed measurements."""

import statistics
from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from microgpt.engines.ablations import ABLATIONS
from sitemaker.experiments import measurements
from sitemaker.figures.comparison import Setup, effects
from sitemaker.figures.of_run import draw_losses
from sitemaker.figures.plotting import FAINT, INK, SERIES, Words, drawn
from sitemaker.heads import TARGETS
from sitemaker.rungs import documents_a_second, label, sizes, time_of_original

PREVIOUS = [*TARGETS].index("previous")

FINE = 0.005
"""Up to which difference the scale of the effects is even; beyond it each step is ten times as much."""


@drawn("matters-structure", 7.6)
def _structure(figure: Figure) -> Words:
    return _effects(figure, [name for name, one in ABLATIONS.items() if one.group == "structure"])


@drawn("matters-training", 12.0)
def _training(figure: Figure) -> Words:
    return _effects(figure, [name for name, one in ABLATIONS.items() if one.group != "structure"])


def _effects(figure: Figure, names: Sequence[str]) -> Words:
    axes = figure.subplots()
    axes.axvline(0, color=FAINT, linewidth=0.8)
    axes.set_xscale("symlog", linthresh=FINE, linscale=0.8)
    for number, (setup, found) in enumerate(effects().items()):
        places = [place + 0.18 * (1.5 - number) for place in range(len(names))]
        means, margins = [found[name].mean for name in names], [found[name].margin for name in names]
        style: dict[str, Any] = {"fmt": "o", "markersize": 5, "color": SERIES[number], "label": setup.title}
        axes.errorbar(means, places, xerr=margins, elinewidth=1.2, **style)
    axes.set_yticks(range(len(names)), names)
    ticks = (-0.1, -0.01, 0, 0.01, 0.1, 1)
    axes.set_xticks(ticks, [f"{tick:+g}" if tick else "0" for tick in ticks])
    axes.invert_yaxis()
    axes.grid(axis="x")
    axes.set_xlabel("difference in held-out loss; left is better")
    figure.legend(loc="outside upper center", ncols=2)
    first = effects()[Setup(1000, 1)]
    worst = max(names, key=lambda name: first[name].mean)
    unclear = [name for name in names if not first[name].is_clear]
    return Words(
        "Each change with 32 seeds: the mean difference to the same seeds without it, and its 95 % "
        f"interval. Between -{FINE} and +{FINE} the scale is even, beyond it logarithmic. At 1,000 steps "
        f"and 1 layer the largest harm is done by: {worst} ({first[worst].mean:+.3f}). No clear effect "
        f"there: {'; '.join(unclear) or 'none'}.",
        f"A list of {len(names)} changes, each with four dots and bars, one for each length and depth.",
    )


@drawn("heads", 7.4)
def _heads(figure: Figure) -> Words:
    record = measurements("heads")
    even, results = record["uniform"][0], record["results"]
    panels = figure.subplots(len(TARGETS), 1)
    for number, (axes, target) in enumerate(zip(panels, TARGETS, strict=True)):
        for place, result in enumerate(results):
            shares = [head[number] for model in result["shares"] for head in model]
            heights = [place + 0.5 * (i / len(shares) - 0.5) for i in range(len(shares))]
            axes.plot(shares, heights, "o", color=SERIES[place], markersize=4, alpha=0.5, markeredgewidth=0)
        axes.axvline(even[number], color=INK, linewidth=1.2)
        axes.set(title=target, ylim=(len(results) - 0.4, -0.6))
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
    marks = [
        figure.axes[0].plot(
            [], [], "o", color=SERIES[place], label=Setup(one["steps"], one["n_layer"]).title
        )[0]
        for place, one in enumerate(results)
    ]
    figure.legend(handles=marks, loc="outside lower center", ncols=2)
    short = [head[PREVIOUS] for model in results[0]["shares"] for head in model]
    long = [head[PREVIOUS] for model in results[1]["shares"] for head in model]
    return Words(
        "Where the heads of trained models look: a dot for each head of each of 32 models, and a line "
        "for a head that looks at everything alike. Shares of attention one letter back, at its own "
        "place, at the mark of the beginning, at vowels; and how even it is (1 would be perfectly even). "
        f"After 1,000 steps with 1 layer, the share one letter back is {statistics.fmean(short):.2f} on "
        f"average, from {min(short):.2f} to {max(short):.2f}, where even attention would give "
        f"{even[PREVIOUS]:.2f}; after 10,000 steps it lies between {min(long):.2f} and {max(long):.2f}.",
        "Five rows of dots that scatter around and away from a line, more widely after more steps.",
    )


@drawn("ladder", 4.6)
def _ladder(figure: Figure) -> Words:
    axes, found, original = figure.subplots(), documents_a_second(), time_of_original()
    names = [label(*rung) for rung in found]
    rows = {"the original": 1 / original, **dict(zip(names, found.values(), strict=True))}
    places = range(len(rows))
    axes.barh(places, [*rows.values()], color=[INK, *[SERIES[0]] * len(found)], height=0.6, log=True)
    axes.set_yticks(places, [*rows])
    axes.invert_yaxis()
    for place, speed in enumerate(rows.values()):
        axes.text(speed * 1.15, place, f"{speed * original:,.0f} x" if place else "1 x", va="center")
    axes.set_xlim(right=max(rows.values()) * 6)
    axes.set_xlabel("documents a second, one thread")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.minorticks_off()
    axes.set_xticks([10, 1000, 100_000])
    machine = measurements("ladder")["machine"]["processor"]
    return Words(
        f"How fast each rung learns, measured on one thread of an {machine}, all in turns with the "
        "original. The number at the end of a bar says how many times as many documents it learns from "
        "as the original. The scale is logarithmic: each line is ten times the one before.",
        "Bars from the shortest, the original's, to the longest. Documents learned from, as multiples of the "
        f"original: {'; '.join(f'{name} {speed * original:,.0f}' for name, speed in rows.items())}.",
    )


@drawn("sizes", 6.4)
def _sizes(figure: Figure) -> Words:
    found = sizes()
    panels = figure.subplots(2, 2).flatten()
    for axes, (dial, rungs) in zip(panels, found.items(), strict=True):
        for color, (engine, points) in zip((*SERIES, INK), rungs.items(), strict=False):
            axes.loglog(
                [p[0] for p in points], [1000 * p[1] for p in points], "o-", color=color, label=engine
            )
        values = [point[0] for point in next(iter(rungs.values()))]
        axes.set_xticks(values, [str(value) for value in values])
        axes.minorticks_off()
        axes.yaxis.set_major_formatter("{x:g}")
        axes.set(title=dial, ylabel="CPU ms a step")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    grow = {engine: points[-1][1] / points[0][1] for engine, points in found["n_embd"].items()}
    listed = ", ".join(f"{engine} {times:,.0f}" for engine, times in grow.items())
    return Words(
        "The CPU time of a step as one dial is turned, in float64 with one thread. Eight times the width "
        f"is about {_operations_ratio():.0f} times the operations; the time grows by these factors: "
        f"{listed}.",
        "Four panels with a rising line for each rung. The lines of the rungs with arrays rise more "
        "slowly at first.",
    )


def _operations_ratio() -> float:
    rows = [one for one in measurements("ladder")["results"]["sizes"] if one["dial"] == "n_embd"]
    return float(rows[-1]["operations"] / rows[0]["operations"])


@drawn("makemore", 4.2)
def _makemore(figure: Figure) -> Words:
    results = measurements("makemore")["results"]
    losses, scores = results["losses"], results["scores"]
    means = draw_losses(figure, losses, {name: score["loss"] for name, score in scores.items()})
    known = sum(1 for _, origin in results["samples"] if origin != "new")
    ahead = results["ahead_on_all_others"]["back_off"]
    others, longer = results["ahead_on_all_others"]["documents"], results["longer"]
    samples = ", ".join(sample for sample, _ in results["samples"])
    return Words(
        f"The original's run. Its last step has the loss {losses[-1]:.4f}, which says little: it is the loss "
        "of one name. On 1,000 names that it was not trained on it has "
        f"{scores['model']['loss']:.3f}, the counter of pairs {scores['bigram']['loss']:.3f}. The counter "
        f"that looks up to four letters back has {scores['back_off']['loss']:.3f}: a network of this size is "
        f"beaten by counting. On all {others:,} other names it is behind by {-ahead['loss']:.3f}, with a "
        f"standard error of {ahead['standard_error']:.3f}; after {longer['steps']:,} steps, and as many "
        f"names counted, by {-longer['ahead']['back_off']['loss']:.3f}. What the network of the short run "
        f"invents: {samples}. Of these {len(results['samples'])}, {known} stand in the file, though none "
        "of them among the names it was trained on.",
        f"A jagged line from {losses[0]:.2f} down to between {min(losses):.1f} and "
        f"{max(losses[500:]):.1f}. The mean of the last 100 falls from {means[0]:.2f} to {means[-1]:.2f}.",
    )
