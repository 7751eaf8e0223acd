"""The map of the machine: boxes, and the two ways through them."""

import html
from collections.abc import Sequence

from microgpt.config import Config
from sitemaker.machine.boxes import Box
from sitemaker.machine.slots import Slots

WIDTH, HEIGHT, GAP = 400, 36, 19
LEFT, RIGHT, END = 44, 356, 384
MIDDLE = (LEFT + 24, RIGHT - 24)
SIDES = {
    "attention": (68, 230),
    "cache": (250, 332),
    "surprise": (56, 206),
    "draw": (232, 332),
    **dict.fromkeys(("document-loss", "backward", "adam"), (56, 206)),
}
"""How far the boxes reach that do not take the whole middle."""

TITLES = {"lm-head": "lm_head"}
BESIDE = ("cache", "draw")
"""Boxes that stand in the row of the one before them."""


class Plan:
    """Where everything stands.

    Args:
        parts: The boxes, in order.
    """

    def __init__(self, parts: Sequence[Box]) -> None:
        rows = [sum(box.name not in BESIDE for box in parts[: place + 1]) - 1 for place in range(len(parts))]
        self.tops = {box.name: 12 + row * (HEIGHT + GAP) for box, row in zip(parts, rows, strict=True)}
        self.sides = {box.name: SIDES.get(box.name, MIDDLE) for box in parts}
        self.height = max(self.tops.values()) + HEIGHT + 6

    def style(self, name: str) -> str:
        """Say where a box stands, in shares of the map."""
        left, right = self.sides[name]
        share = {
            "left": left / WIDTH,
            "top": self.tops[name] / self.height,
            "width": (right - left) / WIDTH,
            "height": HEIGHT / self.height,
        }
        return ";".join(f"{side}:{part:.3%}" for side, part in share.items())

    def between(self, first: str, then: str) -> float:
        """Find the middle of what two boxes share."""
        (left, right), (left2, right2) = self.sides[first], self.sides[then]
        return max(left, left2) / 2 + min(right, right2) / 2


def drawing_of(parts: Sequence[Box], shown: Slots) -> str:
    """Draw the map.

    The boxes are HTML over the drawing and not parts of it, since the theme's scripts trip over links in SVG.
    """
    plan = Plan(parts)
    links = "".join(
        f'<a href="#machine-{box.name}" data-box="{box.name}" data-way="{box.way}" '
        f'style="{plan.style(box.name)}">'
        f"<strong>{number} {html.escape(TITLES.get(box.name, box.title))}</strong> {_value(box, shown)}</a> "
        for number, box in enumerate(parts, 1)
    )
    return f'<div class="machine-map">{_lines(plan)}{links}{_choice(plan)}</div>'


def _value(box: Box, shown: Slots) -> str:
    slot = f"map {box.name}"
    return f'<small data-slot="{slot}">{html.escape(str(shown[slot]))}</small>'


WAYS = {"both": "Both", "training": "Training", "speaking": "Speaking"}


def _choice(plan: Plan) -> str:
    """Offer to follow one of the ways; the style sheet does the rest."""
    top = plan.tops["document-loss"] / plan.height
    labels = "".join(
        f'<label><input type="radio" name="machine-way" value="{way}"{" checked" * (way == "both")}> {title}'
        f'<svg viewBox="0 0 44 10" aria-hidden="true">{_line("M2 5 H40", way) if way != "both" else ""}</svg>'
        "</label>"
        for way, title in WAYS.items()
    )
    return f'<fieldset style="top:{top:.3%}"><legend>Follow the way of</legend>{labels}</fieldset>'


SHARED = (("embed", "attention"), ("attention", "mlp"), ("mlp", "lm-head"), ("lm-head", "softmax"))
TRAINING = (
    *(("a-document", "tokenizer"), ("tokenizer", "embed"), ("softmax", "surprise")),
    *(("surprise", "document-loss"), ("document-loss", "backward"), ("backward", "adam")),
)


def _lines(plan: Plan) -> str:
    shelf = plan.tops["attention"] + HEIGHT / 2
    drawn = [
        _frame(plan, "embed", "surprise", 0, "at each position"),
        _frame(plan, "attention", "mlp", 9, f"a block; this model has {Config().n_layer}"),
        *(_arrow(plan, *pair) for pair in SHARED),
        *(_arrow(plan, *pair, way="training") for pair in TRAINING),
        _arrow(plan, "softmax", "draw", "speaking"),
        _way_around(plan, "embed", "attention", "mlp"),
        _way_around(plan, "attention", "mlp", "lm-head"),
        _line(f"M{plan.sides['attention'][1]} {shelf} H{plan.sides['cache'][0]}", tip=False),
        _around(plan, "adam", "a-document", "training", "next document"),
        _around(plan, "draw", "embed", "speaking", "fed back"),
    ]
    markers = "".join(_marker(way) for way in ("", "training", "speaking"))
    return (
        f'<svg viewBox="0 0 {WIDTH} {plan.height:g}" aria-hidden="true"><defs>{markers}</defs>'
        f"{''.join(drawn)}</svg>"
    )


def _marker(way: str) -> str:
    return (
        f'<marker id="machine-tip{way}" class="{way}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
        'markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 L8 4 L0 8 z"/></marker>'
    )


def _frame(plan: Plan, first: str, last: str, inset: float, title: str) -> str:
    top, bottom = plan.tops[first] - 15, plan.tops[last] + HEIGHT + 9
    left, right = LEFT + inset, RIGHT - inset
    return (
        f'<rect class="frame" x="{left}" y="{top}" width="{right - left}" height="{bottom - top}" rx="9"/>'
        f'<text x="{right - 6}" y="{top + 12}">{title}</text>'
    )


def _arrow(plan: Plan, first: str, then: str, way: str = "") -> str:
    return _line(f"M{plan.between(first, then)} {plan.tops[first] + HEIGHT} V{plan.tops[then] - 1}", way)


def _way_around(plan: Plan, before: str, name: str, then: str) -> str:
    """Draw the way of what a box adds to: from the arrow above it to the arrow below."""
    y, end, side = plan.tops[name] - 13, plan.tops[name] + HEIGHT + 4, plan.sides[name][0] - 8
    above, below = plan.between(before, name), plan.between(name, then)
    return _line(f"M{above} {y} H{side} V{end} H{below}")


def _around(plan: Plan, first: str, then: str, way: str, title: str) -> str:
    """Draw a way back up, along the edge of the map."""
    edge, x = (0, WIDTH - END) if way == "training" else (1, END)
    y, up = plan.tops[first] + HEIGHT / 2, plan.tops[then] + HEIGHT / 2
    line = _line(f"M{plan.sides[first][edge]} {y} H{x} V{up} H{plan.sides[then][edge]}", way)
    place = f"translate({x - 4} {y / 2 + up / 2}) rotate(-90)"
    return f'{line}<text class="turned" transform="{place}">{title}</text>'


def _line(path: str, way: str = "", tip: bool = True) -> str:
    marker = f' marker-end="url(#machine-tip{way})"' if tip else ""
    return f'<path class="way {way}" d="{path}"{marker}/>'
