"""The valley in the chapter on Adam in which one can turn the rates."""

from typing import Any

from sitemaker.live import Widget
from sitemaker.touch.pieces import head, number, table, told

SHOWN = (0, 1, 5, 10, 20, 40)
"""After which steps the table lists the heights."""


def _valley(first: dict[str, Any]) -> str:
    rows = [
        [head(str(step)), number(first["plain_heights"][step], 3), number(first["adam_heights"][step], 3)]
        for step in SHOWN
    ]
    says = (
        f"After {SHOWN[-1]} steps the way against the slope is at height {first['plain_heights'][-1]:.3f}, "
        f"Adam's at {first['adam_heights'][-1]:.3f}."
    )
    return table(("step", "height against the slope", "height by Adam"), rows) + told(says)


WIDGETS = (
    Widget(
        "valley",
        "microgpt.study.live.adam.ways",
        [0.035, 0.25, False],
        _valley,
        "Lines of equal height, and two ways from the same place: against the slope, and by Adam. "
        "The larger dots are where they are after the chosen step.",
    ),
)
