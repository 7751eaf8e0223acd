"""The figures of the chapter on autograd that one can touch."""

import html
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


def _graph(first: dict[str, Any]) -> str:
    last = first["stages"][-1]
    rows = [
        [head(name), number(value, 4), number(slope, 4)]
        for name, value, slope in zip(first["names"], last["values"], last["slopes"], strict=True)
    ]
    steps = "".join(f"<li>{html.escape(stage['said'])}</li>" for stage in first["stages"])
    return f"<ol>{steps}</ol>" + table(("node", "value", "slope"), rows)


WIDGETS = (
    Widget(
        "tangent",
        f"{HERE}.secant",
        ["cube", 2.0, 0.0],
        _tangent,
        "A nudge at a point of a curve. The dashed line goes through the point and through the one that is a "
        "nudge further; the other line has the exact slope, and touches the curve.",
    ),
    Widget(
        "graph",
        f"{HERE}.walk_graph",
        [0.5, 4.0, -1.0],
        _graph,
        "The smallest model, forward and back: the value of each node, and then its slope.",
    ),
)
