"""On home: a name that comes letter by letter."""

import html
from typing import Any

from microgpt import Config
from microgpt.study.live.names import STOPPED
from sitemaker.live import Widget

BEGINNING, SEED = "em", 1


def words(found: dict[str, Any]) -> str:
    """Tell of a name in a table: a row for each letter that was drawn."""
    rows = "".join(_row(letter, found["alphabet"]) for letter in found["letters"])
    stops = "".join(f'<option value="{step}"></option>' for step in STOPPED)
    return (
        f'<p class="machine-name"><b>{found["name"]}</b> {found["sign"]} {html.escape(found["novelty"])}</p>'
        '<table><thead><tr><th scope="col">Letter</th><th scope="col">Its chance</th>'
        '<th scope="col">The likeliest here</th><th scope="col">Where chance pointed</th></tr></thead>'
        f"<tbody>{rows}</tbody></table><datalist>{stops}</datalist>"
    )


def _row(letter: dict[str, Any], alphabet: list[str]) -> str:
    chances = letter["chances"]
    best = sorted(range(len(chances)), key=lambda token: -chances[token])[:3]
    favorites = ", ".join(f"{alphabet[token]} {100 * chances[token]:.1f} %" for token in best)
    return (
        f"<tr><td>{letter['letter']}</td><td>{100 * chances[letter['token']]:.1f} %</td>"
        f"<td>{favorites}</td><td>{letter['point']:.3f}</td></tr>"
    )


WIDGETS = (
    Widget(
        "name-machine",
        "microgpt.study.live.names.letter_by_letter",
        [Config().steps, BEGINNING, Config().temperature, SEED],
        words,
        "The model of the run below, after some of its steps. Each bar is the chance of a letter at this "
        "place; the dot is BOS, which ends the name. Below them the same chances lie side by side, and the "
        f"mark is where chance has pointed. At first it goes on from “{BEGINNING}”.",
    ),
)
