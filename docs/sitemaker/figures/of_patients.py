"""The figures of the clinic: how a patient's loss moves, beside that of the true package."""

from functools import partial
from math import isfinite
from statistics import fmean

from matplotlib.figure import Figure

from microgpt.study.patients import patients
from sitemaker.bedside import HEALTHY, Look, looks
from sitemaker.figures.plotting import SERIES, Words, drawn

HIGHEST = 12.0
"""Where the picture ends; what is wrong goes beyond."""

LAST = 20
"""Over how many steps a mean is taken."""

UNSEEN = 0.01
"""How far apart two lines may be that look like one."""


def _curve(number: int, figure: Figure) -> Words:
    steps, found, true = patients()[number].steps, looks()[number], looks()[HEALTHY]
    true = true._replace(losses=true.losses[:steps])
    axes = figure.add_subplot(xlabel="step", ylabel="loss, nats per token")
    for look, title, width, alpha, color in (
        (true, "the true package", 4.5, 0.45, SERIES[0]),
        (found, f"patient {number}", 1.4, 1.0, SERIES[1]),
    ):
        heights = [loss if isfinite(loss) else HIGHEST * 2 for loss in look.losses]
        mark = "o" if len(heights) == 1 else None
        axes.plot(
            range(1, len(heights) + 1),
            heights,
            marker=mark,
            color=color,
            linewidth=width,
            alpha=alpha,
            label=title,
        )
    axes.set_xlim(0, steps + 1)
    axes.set_ylim(0, min(HIGHEST, 1.1 * max([4.0, *filter(isfinite, found.losses)])))
    figure.legend(loc="outside lower center", ncols=2)
    return Words(
        f"The loss in the first {steps} steps of a default run, for patient {number} (thin) and for the true "
        f"package (broad). {verdict(found, true)}",
        f"The true package begins at {true.losses[0]:.2f}; the mean of its last {LAST} steps is "
        f"{fmean(true.losses[-LAST:]):.2f}. {_course(found)} {verdict(found, true)}",
    )


def _course(found: Look) -> str:
    finite = [*filter(isfinite, found.losses)]
    if not finite:
        return "The patient has no loss at all."
    mean = fmean(finite[-LAST:])
    return (
        f"The patient begins at {finite[0]:.2f}; its highest loss is {max(finite):.2f}, and the mean of its "
        f"last {len(finite[-LAST:])} steps {mean:.2f}."
    )


def verdict(found: Look, true: Look) -> str:
    """Say what the two lines have to do with each other."""
    if found.ended:
        return f"The run of the patient stops at step {len(found.losses) + 1}. {found.ended}."
    if found.losses == true.losses:
        return "Both are the same, to the last bit."
    apart = [abs(mine - other) for mine, other in zip(found.losses, true.losses, strict=True)]
    first = next(step for step, gap in enumerate(apart, 1) if gap)
    if max(apart) < UNSEEN:
        return f"They differ from step {first} on, by {max(apart):.1g} at most: no eye can see it."
    mine, other = fmean(found.losses[-LAST:]), fmean(true.losses[-LAST:])
    beyond = " It leaves the picture." if max(found.losses) > HIGHEST else ""
    return (
        f"They differ from step {first} on, by up to {max(apart):.2g}; the means of the last {LAST} steps "
        f"are {mine:.2f} for the patient and {other:.2f} for the true package.{beyond}"
    )


for _number in patients():
    drawn(f"patient-{_number}", 2.9)(partial(_curve, _number))
