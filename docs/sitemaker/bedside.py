"""What the patients of the clinic show, looked at while the site is built, in processes of their own."""

import json
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from html import escape
from itertools import islice
from typing import Any, NamedTuple

from microgpt.study.comparing import Raised, mismatch
from microgpt.study.edits import altered
from microgpt.study.live.clinic import written_result
from microgpt.study.patients import healthy_probe, patients, sick_probe
from sitemaker.beside import apart
from sitemaker.cache import cached
from sitemaker.errors import SiteError

HEALTHY = 0
"""The number that stands for the true package."""


class Look(NamedTuple):
    """What there is to be seen of a patient.

    Attributes:
        sick: What its probe shows.
        true: What the same probe shows in the true package.
        told: Where the two part, in words; "" if they do not.
        losses: The losses of the first steps of a default run.
        ended: The exception that stopped the run; "" if none did.
    """

    sick: str
    true: str
    told: str
    losses: list[float]
    ended: str


def looks() -> dict[int, Look]:
    """Look at all patients, and at the true package."""
    found: dict[str, list[Any]] = cached("patients", _all, "docs/sitemaker/bedside.py")
    return {int(number): Look(*look) for number, look in found.items()}


def _all() -> dict[str, Any]:
    numbers, wards = [str(number) for number in (HEALTHY, *patients())], os.cpu_count() or 1
    with ThreadPoolExecutor(wards) as pool:
        found = pool.map(_asked, [numbers[place::wards] for place in range(wards)])
    return {number: look for ward in found for number, look in ward.items()}


def _asked(numbers: Sequence[str]) -> Any:
    return apart("sitemaker.bedside", *numbers)


def look(number: int) -> Look:
    """Look at a patient, or at the true package."""
    if number == HEALTHY:
        longest = max(one.steps for one in patients().values())
        return Look("", "", "", *_trained(altered(), longest))
    one = patients()[number]
    sick, true = sick_probe(one), healthy_probe(one)
    told = "it raises an exception" if isinstance(sick, Raised) else str(mismatch(true, sick) or "")
    return Look(written_result(sick), written_result(true), told, *_trained(one.package(), one.steps))


def _trained(package: Any, steps: int) -> tuple[list[float], str]:
    losses: list[float] = []
    try:
        run = package.new_run(package.Config(), package.bundled_documents())
        for step in islice(package.train(run), steps):
            losses.append(step.loss)
    except Exception as error:
        return losses, f"{type(error).__name__}: {str(error).partition(' (')[0].partition(';')[0]}"
    return losses, ""


def shown(source: str) -> str:
    """Show what a probe shows, as HTML.

    Args:
        source: The number of a patient, and "sick" or "true".
    """
    number, _, which = source.partition(" ")
    found = looks().get(int(number)) if number.isdecimal() else None
    if found is None or which not in ("sick", "true"):
        raise SiteError(f"a block about a patient says '1 sick' or '1 true', not {source!r}")
    parting = f"The sick one parts from it: {found.told}." if found.told else "The sick one shows the same."
    note = f"<p>{escape(parting)}</p>"
    text = escape(found.sick if which == "sick" else found.true)
    block = f'<div class="highlight"><pre tabindex="0"><code>{text}\n</code></pre></div>'
    return block if which == "sick" else block + note


if __name__ == "__main__":
    json.dump({number: look(int(number)) for number in sys.argv[1:]}, sys.stdout)
