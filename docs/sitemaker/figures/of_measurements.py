"""The figures that show committed measurements."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sitemaker.experiments import measurements
from sitemaker.figures.comparison import differences, mean_and_error
from sitemaker.figures.of_run import draw_losses
from sitemaker.figures.plotting import FAINT, INK, SERIES, Words, drawn

HIGHEST = 0.3
"""What is worse than the default by more is only named, in nats per token."""


@drawn("dials", 8.5, 9.0)
def _dials(figure: Figure) -> Words:
    found, defaults = differences(), measurements("dials")["settings"]
    rows = figure.subplots(4, 2, sharey="row")
    for axes, (dial, values) in zip(rows.flatten(), found.items(), strict=True):
        fine = 10 if max(abs(mean_and_error(numbers)[0]) for numbers in values.values()) < HIGHEST / 10 else 1
        axes.set_ylim(-0.12 / fine, HIGHEST / fine)
        _dial(axes, dial, {defaults[dial]: [0.0], **values}, defaults[dial])
    figure.supylabel("held-out loss, difference to the default", fontsize=11)
    helped = [
        f"{dial} = {value:g} by {-mean_and_error(numbers)[0]:.3f}"
        for dial, values in found.items()
        for value, numbers in values.items()
        if mean_and_error(numbers)[0] + 2 * mean_and_error(numbers)[1] < 0
    ]
    losses = measurements("dials")["results"][0]["losses"]
    return Words(
        "One dial turned at a time; a dot for each of eight seeds, a bar for their mean; below the line "
        f"is better than the default. A mean above {HIGHEST:g} has its number at the top. The scale of the "
        "lower four panels is ten times as fine. With the default alone, the seeds lie "
        f"{max(losses) - min(losses):.3f} apart.",
        "Eight panels of dots, one for each dial. By more than twice its standard error, a value is "
        f"better than the default only here: {'; '.join(helped)}.",
    )


def _dial(axes: Axes, dial: str, values: dict[float, list[float]], default: float) -> None:
    order, high = sorted(values), axes.get_ylim()[1]
    axes.set(title=dial, xlim=(-0.6, len(order) - 0.4))
    axes.set_xticks(range(len(order)), [f"{value:g}" for value in order])
    axes.axhline(0, color=FAINT, linewidth=0.8)
    for place, value in enumerate(order):
        mean = mean_and_error(values[value])[0] if value != default else 0.0
        if value == default:
            axes.text(place, 0.04 * high, "default", ha="center", fontsize=9)
        elif mean > high:
            axes.text(place, 0.88 * high, f"+{mean:.2f}", ha="center", color=SERIES[1])
        else:
            axes.plot(
                [place] * len(values[value]), values[value], "o", color=SERIES[0], markersize=3, alpha=0.6
            )
            axes.plot([place - 0.25, place + 0.25], [mean, mean], color=INK, linewidth=1.5)


@drawn("makemore", 8.0, 4.0)
def _makemore(figure: Figure) -> Words:
    results = measurements("makemore")["results"]
    losses, scores = results["losses"], results["scores"]
    means = draw_losses(figure, losses, {name: score["loss"] for name, score in scores.items()})
    known = sum(1 for _, origin in results["samples"] if origin != "new")
    samples = ", ".join(sample for sample, _ in results["samples"])
    return Words(
        f"The original's run. Its last step has the loss {losses[-1]:.4f}, which says little: it is the "
        "loss of one name. On 1,000 names that it was not trained on it has "
        f"{scores['model']['loss']:.3f}, the counter of pairs {scores['bigram']['loss']:.3f}. Its samples: "
        f"{samples}. Of these {len(results['samples'])}, {known} stand in the file, though none of them "
        "among the names it was trained on.",
        f"A jagged line from {losses[0]:.2f} down to between {min(losses):.1f} and "
        f"{max(losses[500:]):.1f}. The mean of the last 100 falls from {means[0]:.2f} to {means[-1]:.2f}.",
    )
