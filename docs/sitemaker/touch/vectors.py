"""The figures of the chapter on vectors that one can touch."""

from typing import Any

from sitemaker.live import Widget
from sitemaker.touch.pieces import head, number, strip, table, told

HERE = "microgpt.study.live.vectors"
NAMES = "ABC"


def _softmax(first: dict[str, Any]) -> str:
    keys = ("scaled", "lowered", "raised", "shares")
    rows = [
        [head(name), number(scaled, 2), number(lowered, 2), number(raised, 4), number(share, 4)]
        for name, scaled, lowered, raised, share in zip(NAMES, *(first[key] for key in keys), strict=True)
    ]
    heads = ("", "s / T", "less the largest", "e to that", "share")
    says = f"Each is divided by the total, {first['whole']:.4f}."
    return strip(NAMES, first["shares"]) + table(heads, rows, "touch-dense") + told(says)


WIDGETS = (
    Widget(
        "softmax",
        f"{HERE}.choice",
        [[2.0, 1.0, 0.1], 1.0],
        _softmax,
        "Three scores, divided by a temperature, become three shares of 1.",
    ),
)
