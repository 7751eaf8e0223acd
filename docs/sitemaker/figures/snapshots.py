"""The figure with a slider: one run, stopped at some places, with what could be seen there."""

import html
import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from sitemaker.figures.measured import BEGINNING, EXAM, NAME, STOPS, default_run
from sitemaker.figures.of_run import plane

LETTERS = 3
"""How many letters the table lists after the beginning."""


def shown() -> str:
    """Make the figure: a table to read, and beside it the numbers that the script draws."""
    run = default_run()
    first, last = run["stops"][0], run["stops"][-1]
    caption = (
        f"The default run, stopped at {len(STOPS)} places between its beginning and its end. The line above "
        f"the slider is the loss on the first {EXAM} of the exam's {run['exam']:,} names, which it is never "
        f"trained on: {first['loss']:.2f} at first, {last['loss']:.2f} at last, when the whole exam gives "
        f"{run['scores']['model'][0]:.2f}. The names are drawn with the same seed each time, at the "
        "usual temperature. Vowels have a color of their own; the dot is BOS."
    )
    numbers = html.escape(json.dumps(data(), separators=(",", ":")))
    return (
        '<figure class="drawn snapshots" id="figure-snapshots">'
        f'<study-snapshots data-run="{numbers}">'
        f"<details open><summary>All stops as a table</summary>{_table(run)}</details>"
        f"</study-snapshots><figcaption>{html.escape(caption)}</figcaption></figure>"
    )


def data() -> dict[str, Any]:
    """Round what was seen at each stop, for the script to draw.

    Returns:
        Chances in thousandths, attention in per cent, the table of letters in hundredths, the places of the
        letters on the plane of the finished model.
    """
    run = default_run()
    names = ["·" if name == "BOS" else name for name in run["characters"]]
    _, directions, _ = plane(run["embeddings"])
    return {
        "steps": STOPS,
        "letters": names,
        "beginning": BEGINNING,
        "read": ["·", *NAME],
        "stops": [_rounded(stop, directions) for stop in run["stops"]],
    }


def _rounded(stop: dict[str, Any], directions: Any) -> dict[str, Any]:
    centred, _, _ = plane(stop["embeddings"])
    return {
        "loss": round(stop["loss"], 3),
        "names": stop["names"],
        "next": [round(1000 * share) for share in stop["next"]],
        "places": [[round(float(x), 2) for x in place] for place in centred @ np.array(directions).T],
        "table": [[round(100 * number) for number in row] for row in stop["embeddings"]],
        "attention": [
            [[round(100 * weight) for weight in row] for row in head] for head in stop["attention"]
        ],
    }


def _table(run: dict[str, Any]) -> str:
    heads = ("steps", "loss", "names that it invents", f"expected after “{BEGINNING}”")
    rows = [
        (
            f"{step:,}",
            f"{stop['loss']:.2f}",
            ", ".join(stop["names"]),
            _favorites(run["characters"], stop["next"]),
        )
        for step, stop in zip(STOPS, run["stops"], strict=True)
    ]
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return (
        f"<table><thead><tr>{''.join(f'<th>{head}</th>' for head in heads)}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def _favorites(names: Sequence[str], shares: Sequence[float]) -> str:
    """List the likeliest, in per cent."""
    best = sorted(range(len(shares)), key=lambda token: -shares[token])[:LETTERS]
    return ", ".join(f"{names[token]}&nbsp;{100 * shares[token]:.0f}" for token in best)
