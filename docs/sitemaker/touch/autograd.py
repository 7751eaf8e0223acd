"""The figures of the chapter on autograd that one can touch."""

from typing import Any

from sitemaker.live import Widget
from sitemaker.touch.pieces import head, number, table, told

HERE = "microgpt.study.live.autograd"


def _tangent(first: dict[str, Any]) -> str:
    found = (
        ("nudge up", first["up"], first["off_up"]),
        ("nudges up and down", first["both"], first["off_both"]),
        ("exact", first["exact"], 0.0),
    )
    rows = [[head(name), number(slope, 8), number(off, 8, sign=True)] for name, slope, off in found]
    says = f"A nudge of {first['nudge']:.2g} finds the slope {first['up']:.4f}; it is {first['exact']:.4f}."
    return table(("slope by", "", "off by"), rows) + told(says)


WIDGETS = (
    Widget(
        "tangent",
        f"{HERE}.secant",
        ["cube", 2.0, 0.0],
        _tangent,
        "A nudge at a point of a curve. The dashed line goes through the point and through the one that is a "
        "nudge further; the other line has the exact slope, and touches the curve.",
    ),
)
