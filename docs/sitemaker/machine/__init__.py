"""The map of the whole machine, and beside it what happens to one name in each of its boxes."""

import html
import json
from typing import Any

from sitemaker.figures.measured import default_run
from sitemaker.machine.boxes import boxes
from sitemaker.machine.cards import card
from sitemaker.machine.plan import drawing_of
from sitemaker.machine.slots import Slots, state_after
from sitemaker.walk import NAME, STEPS

__all__ = ["boxes", "drawing", "states"]

FIRST = (str(STEPS[-1]), 3)
"""The step and the position that are shown at first, and without scripts."""


def drawing() -> str:
    """Draw the map and the cards, with the numbers of all steps and positions for machine.js.

    Names become links when mkdocs-autorefs meets them. The numbers stand in an attribute, since the theme
    runs every script of a page that comes by instant navigation, whatever its type.
    """
    data, parts = states(), boxes()
    step, position = FIRST
    shown: Slots = {**data[step]["walk"], **data[step]["positions"][position]}
    cards = "".join(card(number, box, shown) for number, box in enumerate(parts, 1))
    packed = json.dumps({"first": FIRST, "name": NAME, "states": data}, separators=(",", ":"))
    return (
        f"<study-machine class=\"machine wide\" data-walks='{html.escape(packed, quote=False)}'>"
        f'{drawing_of(parts, shown)}<div class="cards">{cards}</div></study-machine>'
    )


def states() -> dict[str, dict[str, Any]]:
    """List what is shown (`microgpt.study.live.slots.State`), by the number of steps."""
    return {step: dict(state_after(walk)) for step, walk in default_run()["walks"].items()}
