"""The cards beside the map: for each box what it does, and the numbers that go through it."""

import html
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from sitemaker import names
from sitemaker.machine.boxes import Box
from sitemaker.machine.slots import IDS, READ, TOKENS, Slots


class Row(NamedTuple):
    """Numbers side by side, or a sentence.

    Attributes:
        slot: The name of what is shown.
        label: What it is; a word in braces is a slot. Without one, the slot is a sentence.
        kind: The style: cells, named cells, bars, dots.
        digits: How many are drawn after the point; none at all for dots.
        scale: Which number has the full color, or the full length.
        labels: Names of the numbers.
        mark: The slot that says which of them is marked.
    """

    slot: str
    label: str = ""
    kind: str = "cells"
    digits: int = 2
    scale: float = 1
    labels: Sequence[str] = ()
    mark: str = ""


STREAM = "the vector now: what came in plus what was added, {letter} at {position}"
STEPS = [f"{now} → {then}" for now, then in pairwise(READ)]
MATRICES = (
    *("rows of tokens", "rows of positions", "lm_head", "queries", "keys", "values"),
    *("attention’s last", "mlp’s first", "mlp’s last"),
)
"""The matrices of the model, in its order."""

ROWS = {
    "a-document": [Row("learned")],
    "tokenizer": [Row("where")],
    "embed": [
        Row("wte", "the row of {letter}"),
        Row("wpe", "the row of {position}"),
        Row("x", "their sum after rmsnorm: the vector", scale=2),
    ],
    "attention": [
        Row("look"),
        Row("attention adds", "what is added"),
        Row("after attention", STREAM, scale=2),
    ],
    "cache": [
        Row("shelf"),
        Row("key", "k of {letter} at {position}, a quarter for each head"),
        Row("value", "v of {letter} at {position}"),
    ],
    "mlp": [
        Row("detectors", "the answers to the questions of the first matrix", "dots"),
        Row("detected"),
        Row("mlp adds", "what is added"),
        Row("after mlp", STREAM, scale=2),
    ],
    "lm-head": [
        Row("logits", "the score of each token", "named cells", scale=4, labels=TOKENS, mark="answer"),
        Row("scored"),
    ],
    "softmax": [
        Row("chances", "the probability of each token, in per cent", "bars", 1, 60, TOKENS, "answer"),
        Row("expected"),
    ],
    "surprise": [
        Row("surprised"),
        Row("surprise", "nats", "long bars", 2, 6, ("here", f"if all {len(TOKENS)} were alike")),
    ],
    "draw": [Row("drawn"), Row("spoken")],
    "document-loss": [
        Row("surprises", "the surprise at each position, in nats", "long bars", 2, 6, STEPS, "place"),
        Row("loss"),
    ],
    "backward": [
        Row("sloping"),
        Row("slopes", "the slopes of the row of {letter}", "long cells", 3, 0.3),
        Row("sizes", "how long the slopes of each matrix are together", "long bars", 3, 2, MATRICES),
    ],
    "adam": [
        Row("moves", "how the row of {letter} moves", "long cells", 4, 0.015),
        Row("moved"),
        Row("loss after"),
    ],
}
"""What the cards show, by the names of their boxes."""


def card(number: int, box: Box, shown: Slots) -> str:
    """Write the card of a box, with what is shown at first."""
    rows = "".join(_row(row, shown) for row in ROWS.get(box.name, ()))
    way = f'<span class="only">{box.way} only</span>' if box.way else ""
    return (
        f'<section class="card" id="machine-{box.name}" data-box="{box.name}" data-way="{box.way}">'
        f"<h2><span>{number}</span> {html.escape(box.title)} {way}</h2><p>{box.words}</p>"
        f'<div data-search-exclude class="numbers">{_before(box, shown)}{rows}</div>'
        f'<p class="links"><small>{html.escape(box.gives)}</small> '
        f'<autoref identifier="microgpt.{box.lesson}">{names.called(box.chapter)}</autoref> '
        f'<autoref identifier="microgpt.{box.target}"><small>code</small></autoref></p></section>'
    )


def _before(box: Box, shown: Slots) -> str:
    """Draw what stands above the rows, and only on this card."""
    if box.name == "a-document":
        return f'<p class="name">{text("map a-document", shown)}</p>'
    if box.name == "tokenizer":
        tiles = zip(READ, IDS, strict=True)
        return _parts(
            Row("", "", "tiles", mark="place"), [f"<b>{name}</b><i>{id_}</i>" for name, id_ in tiles], shown
        )
    if box.name == "attention":
        return _heads(shown)
    return ""


def _heads(shown: Slots) -> str:
    """Draw where the heads look, as a table."""
    tops = "".join(f'<th scope="col">{token}</th>' for token in READ[:-1])
    heads = [name for name in shown if name.startswith("head ")]
    rows = "".join(
        f'<tr data-slot="{name}" data-digits="0" data-scale="100"><th scope="row">{name}</th>'
        + "".join(f"<td {_style(number, 100)}>{_number(number, 0)}</td>" for number in _numbers(shown, name))
        + "</tr>"
        for name in heads
    )
    return (
        '<div class="scrolled" tabindex="0" role="group" aria-label="What the heads look at">'
        '<table class="heads">'
        "<caption>How large a share, in per cent, each position has</caption>"
        f"<thead><tr><td></td>{tops}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(row: Row, shown: Slots) -> str:
    if not row.label:
        return f"<p>{text(row.slot, shown)}</p>"
    label = row.label.format_map({slot: text(slot, shown) for slot in ("letter", "position")})
    numbers = _numbers(shown, row.slot)
    parts = [
        (f"<b>{html.escape(name)}</b>" if name else "") + f"<i>{_number(number, row.digits)}</i>"
        for name, number in zip(row.labels or [""] * len(numbers), numbers, strict=True)
    ]
    return f'<p class="label">{label}</p>{_parts(row, parts, shown)}'


def _parts(row: Row, parts: Sequence[str], shown: Slots) -> str:
    """Draw the numbers of a row."""
    numbers = _numbers(shown, row.slot) if row.slot else [None] * len(parts)
    marked = shown.get(row.mark)
    drawn = "".join(
        f"<span {_style(number, row.scale, place == marked)}>{part}</span>"
        for place, (part, number) in enumerate(zip(parts, numbers, strict=True))
    )
    digits = f' data-digits="{row.digits}" data-scale="{row.scale}"'
    mark = f' data-mark="{row.mark}"' if row.mark else ""
    return f'<div class="row {row.kind}" data-slot="{row.slot}"{digits}{mark}>{drawn}</div>'


def text(slot: str, shown: Slots) -> str:
    """Write a text that changes."""
    return f'<span data-slot="{slot}">{html.escape(str(shown[slot]))}</span>'


def _numbers(shown: Slots, slot: str) -> list[float | None]:
    numbers = shown[slot]
    assert isinstance(numbers, list)
    return numbers


def _number(number: float | None, digits: int) -> str:
    return "–" if number is None else f"{number:.{digits}f}"


def _style(number: float | None, scale: float, marked: bool = False) -> str:
    """Say how much of the color a number has, and whether it is below 0."""
    size = (number or 0) / scale
    classes = ["part", *["less"] * (size < 0), *["marked"] * marked]
    return f'class="{" ".join(classes)}" style="--part:{min(abs(size), 1):.2f}"'
