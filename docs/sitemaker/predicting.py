"""Predict, then look: the measured changes, one after another, each asked before it is told."""

import html
import json
import math
import random
from typing import Any

from microgpt.engines.ablations import ABLATIONS
from microgpt.engines.trials import Effect
from microgpt.study.calls import jsonable
from sitemaker.figures.comparison import effects

VERDICTS = {"better": "better", "same": "no clear difference", "worse": "worse"}
SEED = 3
"""For the order of the questions."""


def verdict(effect: Effect) -> str:
    """Say what a change did; a run that left the range of floats is worse."""
    if math.isnan(effect.mean):
        return "worse"
    if not effect.is_clear:
        return "same"
    return "better" if effect.mean < 0 else "worse"


def questions() -> list[dict[str, Any]]:
    """List the changes in an order that tells nothing, each with what it did in every setup."""
    names = list(ABLATIONS)
    random.Random(SEED).shuffle(names)
    return [
        {"name": name, "effects": [_told(setup.title, found[name]) for setup, found in effects().items()]}
        for name in names
    ]


def _told(setup: str, effect: Effect) -> dict[str, Any]:
    numbers = {"mean": jsonable(round(effect.mean, 5)), "margin": jsonable(round(effect.margin, 5))}
    return {"setup": setup, "verdict": verdict(effect), **numbers}


def element() -> str:
    """Write the element that asks. Without scripts it is a sentence: the tables below tell all."""
    data, verdicts = (html.escape(json.dumps(one)) for one in (questions(), VERDICTS))
    return (
        f'<study-predict data-questions="{data}" data-verdicts="{verdicts}">'
        "<p>Take a change from the table at the end, say what it will do, and then look.</p></study-predict>"
    )
