"""The figures that show committed records."""

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from microgpt.screen import mean_of_last
from sitemaker.drawing import FAINT, INK, SERIES, Words, drawn
from sitemaker.experiments import recorded

HIGHEST = 0.3
"""What is worse than the default by more is only named, in nats per token."""


def differences() -> dict[str, dict[float, list[float]]]:
    """Compare each value of each dial with the default, seed by seed.

    Returns:
        By dial, by value: the differences of the held-out loss, in nats per token.
    """
    first, *rest = recorded("dials")["results"]
    found: dict[str, dict[float, list[float]]] = {}
    for result in rest:
        pairs = zip(result["losses"], first["losses"], strict=True)
        found.setdefault(result["dial"], {})[result["value"]] = [loss - default for loss, default in pairs]
    return found


def mean_and_error(numbers: list[float]) -> tuple[float, float]:
    """Return a mean and its standard error."""
    mean = math.fsum(numbers) / len(numbers)
    scatter = math.fsum((number - mean) ** 2 for number in numbers) / (len(numbers) - 1)
    return mean, math.sqrt(scatter / len(numbers))


def table() -> str:
    """List all differences with their standard errors, as HTML; those beyond twice the error are bold."""
    rows = []
    for dial, values in differences().items():
        for value, numbers in values.items():
            mean, error = mean_and_error(numbers)
            tag = "strong" if abs(mean) > 2 * error else "span"
            rows.append(
                f"<tr><td><code>{dial}</code></td><td>{value:g}</td><td><{tag}>{mean:+.4f}</{tag}></td>"
                f"<td>{error:.4f}</td></tr>"
            )
    heading = "<tr><th>dial</th><th>value</th><th>difference</th><th>standard error</th></tr>"
    return f"<table><thead>{heading}</thead><tbody>{''.join(rows)}</tbody></table>"


@drawn("dials", 8.5, 8.5)
def _dials(figure: Figure) -> Words:
    found, defaults = differences(), recorded("dials")["settings"]
    panels = figure.subplots(4, 2, sharey=True).flatten()
    for axes, (dial, values) in zip(panels, found.items(), strict=True):
        _dial(axes, dial, {defaults[dial]: [0.0], **values}, defaults[dial])
    figure.supylabel("held-out loss, difference to the default", fontsize=11)
    helped = [
        f"{dial} = {value:g} by {-mean_and_error(numbers)[0]:.3f}"
        for dial, values in found.items()
        for value, numbers in values.items()
        if sum(mean_and_error(numbers)) + mean_and_error(numbers)[1] < 0
    ]
    return Words(
        "One dial turned at a time, eight seeds each; below the line is better than the default. A value "
        f"whose mean is worse by more than {HIGHEST:g} has its number at the top.",
        "Eight panels of dots, one for each dial. By more than twice its standard error, a value is "
        f"better than the default only here: {'; '.join(helped)}.",
    )


def _dial(axes: Axes, dial: str, values: dict[float, list[float]], default: float) -> None:
    order = sorted(values)
    axes.set(title=dial, ylim=(-0.12, HIGHEST), xlim=(-0.6, len(order) - 0.4))
    axes.set_xticks(range(len(order)), [f"{value:g}" for value in order])
    axes.axhline(0, color=FAINT, linewidth=0.8)
    for place, value in enumerate(order):
        if value == default:
            axes.text(place, 0.012, "default", ha="center", fontsize=9)
            continue
        mean, _ = mean_and_error(values[value])
        if mean > HIGHEST:
            axes.text(place, HIGHEST * 0.88, f"+{mean:.2f}", ha="center", color=SERIES[1])
            continue
        axes.plot([place] * len(values[value]), values[value], "o", color=SERIES[0], markersize=3, alpha=0.6)
        axes.plot([place - 0.25, place + 0.25], [mean, mean], color=INK, linewidth=1.5)


@drawn("makemore", 8.0, 4.0)
def _makemore(figure: Figure) -> Words:
    results = recorded("makemore")["results"]
    losses, scores = results["losses"], results["scores"]
    steps = range(1, len(losses) + 1)
    means = [mean_of_last(losses[:step]) for step in steps]
    axes = figure.add_subplot(xlabel="step", ylabel="loss, nats per token")
    axes.plot(steps, losses, color=FAINT, linewidth=0.6, label="one name")
    axes.plot(steps, means, color=SERIES[0], linewidth=2, label="mean of the last 100")
    for name, color in (("uniform", SERIES[3]), ("unigram", SERIES[2]), ("bigram", SERIES[1])):
        axes.axhline(scores[name]["loss"], color=color, linewidth=1.2, linestyle="dashed", label=name)
    axes.legend(ncols=5, loc="upper center", bbox_to_anchor=(0.5, 1.14), handlelength=1.2, columnspacing=1)
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
