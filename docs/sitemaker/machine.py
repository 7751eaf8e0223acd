"""The map of the whole machine: every box is a link to the function that does it."""

import html
from dataclasses import dataclass
from typing import Any

from microgpt.config import Config
from microgpt.data import bundled_documents
from microgpt.model import parameter_shapes
from microgpt.tokenizer import Tokenizer

WIDTH, HEIGHT = 400, 42
LEFT, RIGHT, GAP = 44, 356, 28


@dataclass(frozen=True)
class Box:
    """One part of the machine.

    Attributes:
        title: What it is called on the map.
        target: The function that does it, below `microgpt`.
        gives: What comes out of it, with its shape.
        row: Where it stands, counted from 0 at the top.
        words: What it does, in a sentence.
        left, right: How far it reaches.
    """

    title: str
    target: str
    gives: str
    row: int
    words: str
    left: float = LEFT + 24
    right: float = RIGHT - 24

    @property
    def top(self) -> float:
        """Its upper edge."""
        return 16 + self.row * (HEIGHT + GAP)


def boxes() -> list[Box]:
    """List the parts, in the order of the data's way, with the shapes of the default run."""
    config = Config()
    vocab_size = Tokenizer.from_documents(bundled_documents()).vocab_size
    shapes = parameter_shapes(config, vocab_size)
    count = sum(rows * columns for rows, columns in shapes.values())
    x, scores = f"[n_embd] = [{config.n_embd}]", f"[vocab_size] = [{vocab_size}]"
    places = [
        ("a document", "data.read_documents", "a text", 0),
        ("tokenizer", "tokenizer.Tokenizer.encode", "ids", 1),
        ("embed", "model.embed", x, 2),
        ("attention", "attention.attention", x, 3),
        ("cache", "attention.Cache", "k, v", 3),
        ("mlp", "model.mlp", x, 4),
        ("linear, lm_head", "vectors.linear", scores, 5),
        ("softmax", "vectors.softmax", scores, 6),
        ("surprise", "loss.surprise", "nats", 7),
        ("draw", "sampling.draw_token", "a token", 7),
        ("document_loss", "loss.document_loss", "one number", 8),
        ("backward", "training.backward", f"{count:,} slopes", 9),
        ("Adam", "adam.Adam.update", f"{count:,} parameters", 10),
    ]
    return [Box(*place, WORDS[place[0]], **SIDES.get(place[0], {})) for place in places]


WORDS = {
    "a document": "One line of a file: a name.",
    "tokenizer": "Characters become numbers, with BOS at both ends.",
    "embed": "A row for the token plus a row for its position, normalized.",
    "attention": "Fetches what earlier positions have to offer, and adds it to what came in.",
    "cache": "Keeps the keys and values of the earlier positions.",
    "mlp": "Works on one position by itself, four times as wide inside, and adds what it finds.",
    "linear, lm_head": "One score, or logit, for every token that could come next.",
    "softmax": "The scores become probabilities.",
    "surprise": "How unlikely the right token was held to be, in nats, the unit of surprise.",
    "draw": "When the model speaks: chance takes the next token, and it is fed back.",
    "document_loss": "The mean surprise over the document.",
    "backward": "Which way, and how much, the loss moves with each parameter: its slope.",
    "Adam": "Each parameter moves a little against the average of its latest slopes, at a pace of its own.",
}

SIDES: dict[str, dict[str, Any]] = {
    "attention": {"right": 236},
    "cache": {"left": 256},
    "surprise": {"right": 190},
    "draw": {"left": 210},
}
"""Where two boxes stand side by side."""


def drawing() -> str:
    """Draw the map, and beside it the list of what is on it.

    Names become links when mkdocs-autorefs meets them. The boxes are HTML over the drawing and not parts of
    it, since the theme's scripts trip over links in SVG.
    """
    parts = boxes()
    height = parts[-1].top + HEIGHT + 16
    on_map = "".join(f'<div style="{_place(box, height)}">{_link(box, _label(box))}</div>' for box in parts)
    in_list = "".join(f"<li>{_link(box, box.title)}: {html.escape(box.words)}</li>" for box in parts)
    return (
        f'<div class="machine wide"><div class="machine-map">{_arrows(parts, height)}{on_map}</div>'
        f"<ol>{in_list}</ol></div>"
    )


def _link(box: Box, content: str) -> str:
    return f'<autoref identifier="microgpt.{box.target}">{content}</autoref>'


def _label(box: Box) -> str:
    return f"<strong>{html.escape(box.title)}</strong><small>{html.escape(box.gives)}</small>"


def _place(box: Box, height: float) -> str:
    share = {
        "left": box.left / WIDTH,
        "top": box.top / height,
        "width": (box.right - box.left) / WIDTH,
        "height": HEIGHT / height,
    }
    return ";".join(f"{side}:{part:.3%}" for side, part in share.items())


def _arrows(parts: list[Box], height: float) -> str:
    named = {box.title: box for box in parts}
    down = [(0, 1), (1, 2), (2, 3), (3, 5), (5, 6), (6, 7), (7, 8), (7, 9), (8, 10), (10, 11), (11, 12)]
    drawn = [
        _frame(named["embed"], named["surprise"], LEFT, RIGHT, "at each position"),
        _frame(named["attention"], named["mlp"], LEFT + 10, RIGHT - 10, "block, n_layer times"),
        *(_arrow(parts[first], parts[then]) for first, then in down),
        _way_around(named["embed"], named["attention"], named["mlp"]),
        _way_around(named["attention"], named["mlp"], named["linear, lm_head"]),
        _line("M{x} {y} H{end}", x=236, end=256, y=named["attention"].top + HEIGHT / 2, tip=False),
        _around(named["Adam"], named["a document"], 16, "next document"),
        _around(named["draw"], named["embed"], 384, "fed back"),
    ]
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:g}" aria-hidden="true"><defs><marker id="machine-tip" '
        'viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0 L8 4 L0 8 z"/></marker></defs>{"".join(drawn)}</svg>'
    )


def _frame(first: Box, last: Box, left: float, right: float, title: str) -> str:
    top, bottom = first.top - 14, last.top + HEIGHT + 8
    return (
        f'<rect class="frame" x="{left}" y="{top}" width="{right - left}" height="{bottom - top}" rx="9"/>'
        f'<text class="frame-title" x="{right - 6}" y="{top + 10}">{title}</text>'
    )


def _arrow(first: Box, then: Box) -> str:
    return _line("M{x} {y} V{end}", x=_between(first, then), y=first.top + HEIGHT, end=then.top - 1)


def _between(first: Box, then: Box) -> float:
    """Find the middle of what two boxes share."""
    return max(first.left, then.left) / 2 + min(first.right, then.right) / 2


def _way_around(before: Box, box: Box, then: Box) -> str:
    """Draw the way of what a box adds to: from the arrow above it to the arrow below."""
    y, end = box.top - 14, box.top + HEIGHT + 8
    above, below, side = _between(before, box), _between(box, then), box.left - 8
    return _line("M{above} {y} H{side} V{end} H{below}", above=above, below=below, y=y, side=side, end=end)


def _around(first: Box, then: Box, x: float, title: str) -> str:
    """Draw a way back up, along the edge of the map."""
    side, end = (first.left, then.left) if x < WIDTH / 2 else (first.right, then.right)
    y, up = first.top + HEIGHT / 2, then.top + HEIGHT / 2
    middle = (y + up) / 2
    text = f'<text class="turned" transform="translate({x - 4} {middle}) rotate(-90)">{title}</text>'
    return _line("M{side} {y} H{x} V{up} H{end}", side=side, y=y, x=x, up=up, end=end) + text


def _line(path: str, tip: bool = True, **places: float) -> str:
    marker = ' marker-end="url(#machine-tip)"' if tip else ""
    return f'<path class="way" d="{path.format(**places)}"{marker}/>'
