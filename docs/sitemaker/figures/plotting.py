"""Drawings that follow the page: matplotlib draws, and its colors become the variables of the style sheet."""

import html
import io
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import matplotlib as mpl
from matplotlib.figure import Figure

INK, FAINT = "#010203", "#010204"
SERIES = ("#010205", "#010206", "#010207", "#010208", "#010209")
"""Colors that nothing else uses; each stands for a variable of docs/pages/assets/study.css."""

_VARIABLES = {
    INK: "currentColor",
    FAINT: "var(--figure-faint)",
    **{color: f"var(--figure-{number})" for number, color in enumerate(SERIES, start=1)},
}

_STYLE: dict[Any, Any] = {
    **dict.fromkeys(("text.color", "axes.labelcolor", "axes.titlecolor", "legend.labelcolor"), INK),
    **dict.fromkeys(("xtick.labelcolor", "ytick.labelcolor"), INK),
    **dict.fromkeys(("axes.edgecolor", "xtick.color", "ytick.color", "grid.color"), FAINT),
    **dict.fromkeys(("figure.facecolor", "axes.facecolor", "savefig.facecolor"), "none"),
    **dict.fromkeys(("axes.spines.top", "axes.spines.right", "legend.frameon"), False),
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 11,
    "axes.titlesize": 11,
    "axes.titleweight": "normal",
    "axes.titlelocation": "left",
    "axes.labelsize": 11,
    "legend.handlelength": 1.5,
    "legend.columnspacing": 1.2,
    "grid.linewidth": 0.6,
}


TAG = re.compile(r"<[^>]*>")
LONG = re.compile(r"-?\b\d+\.\d{3,}\b")
GROUP = re.compile(r'<g id="[^"]*"')


class Words(NamedTuple):
    """What a figure shows.

    Attributes:
        caption: Stands under the figure.
        alternative: Says what is to be seen, for those who do not see it.
    """

    caption: str
    alternative: str


Draw = Callable[[Figure], Words]

DRAWN: dict[str, tuple[Draw, float]] = {}
"""The figures by their names: the function that draws, and the height in inches."""


WIDTH = 4.9
"""Inches: on a phone the letters are then as large as in the drawing."""


def drawn(name: str, height: float = 4.0) -> Callable[[Draw], Draw]:
    """Enter a function into the list of figures, as a decorator; the height is in inches."""

    def enter(draw: Draw) -> Draw:
        DRAWN[name] = (draw, height)
        return draw

    return enter


def render(name: str) -> str:
    """Draw a figure, as the HTML that stands in the page."""
    draw, height = DRAWN[name]
    with mpl.rc_context({**_STYLE, "svg.hashsalt": name}):
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        words = draw(figure)
        svg = _as_svg(figure, name, html.escape(words.alternative))
    caption = html.escape(words.caption)
    return (
        f'<figure class="drawn" id="figure-{name}" tabindex="0">{svg}'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def _light(svg: str) -> str:
    """Take off what nobody sees: digits below a hundredth of a point, names of groups, breaks of lines."""
    svg = TAG.sub(lambda tag: LONG.sub(_short, tag[0]), svg)
    return GROUP.sub("<g", re.sub(r"\s*\n\s*", " ", svg))


def _short(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def _as_svg(figure: Figure, name: str, alternative: str) -> str:
    """Turn a drawing into SVG for the middle of a page; every id begins with the name."""
    file = io.StringIO()
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    svg = re.sub(r"^.*?(?=<svg)|<metadata>.*?</metadata>\s*", "", file.getvalue(), flags=re.DOTALL)
    svg = _light(svg)
    svg = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", svg)
    svg = re.sub(r"'DejaVu Sans'[^;\"]*", "var(--md-text-font-family)", svg)
    for color, variable in _VARIABLES.items():
        svg = svg.replace(color, variable)
    box = re.search(r'viewBox="[^"]*"', svg)
    assert box is not None
    return re.sub(
        r"<svg[^>]*>",
        f'<svg {box[0]} role="img" aria-label="{alternative}" xmlns:xlink="http://www.w3.org/1999/xlink">',
        svg,
        count=1,
    ).strip()
