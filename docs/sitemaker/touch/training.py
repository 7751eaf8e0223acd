"""The run that one can watch in the chapter on training."""

import html
from typing import Any

from microgpt.data import DATASETS
from microgpt.study.live.training import EXAM
from sitemaker.live import Widget

STEPS = 1000


def words(look: dict[str, Any]) -> str:
    """Tell the first look in words."""
    rows = "".join(f"<li>{name}: {loss:.2f}</li>" for name, loss in look["opponents"])
    samples = ", ".join(html.escape(name) for name in look["samples"])
    return (
        f"<p>Before the first step its loss on names that it never learns from is {look['exam']:.2f}. "
        f"It invents: {samples}. Its opponents, who count, reach:</p><ul>{rows}</ul>"
    )


CAPTION = (
    "A run in your browser, with the functions of this chapter. Blue is the mean loss of the newest steps; "
    f"the dots are the loss on {EXAM} documents that the run never learns from; the dashed lines are those "
    "who only count (Chapter 13), once they have counted all that the run will read."
)

CHOICES = [*((name, name) for name in DATASETS), ("own", "names of your own")]

WIDGETS = (
    Widget(
        "train", "microgpt.study.live.training.begin", ["names", STEPS], words, CAPTION, {"choices": CHOICES}
    ),
)
