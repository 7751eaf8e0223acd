"""What a change does, as it was measured: effects on the held-out loss, and their table."""

import math
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from microgpt.engines.ablations import ABLATIONS
from microgpt.engines.trials import Effect
from sitemaker.experiments import measurements


class Setup(NamedTuple):
    """A length and a depth at which everything was tried."""

    steps: int
    n_layer: int

    @property
    def title(self) -> str:
        """Name it in words."""
        return f"{self.steps:,} steps, {self.n_layer} layer{'s' if self.n_layer > 1 else ''}"


@cache
def effects() -> dict[Setup, dict[str, Effect]]:
    """Compare every change with the unchanged runs, seed by seed, for each setup."""
    found = {}
    for result in measurements("matters")["results"]:
        losses = {name: [math.nan if x is None else x for x in row] for name, row in result["losses"].items()}
        unchanged = losses.pop("unchanged")
        found[Setup(result["steps"], result["n_layer"])] = {
            name: Effect.of([loss - other for loss, other in zip(row, unchanged, strict=True)])
            for name, row in losses.items()
        }
    return found


def best_descent(setup: Setup) -> str:
    """Name the plain descent with the best rate."""
    rates = [name for name in ABLATIONS if name.startswith("plain descent")]
    return min(rates, key=lambda name: (math.isnan(mean := effects()[setup][name].mean), mean))


def table() -> str:
    """List all effects with their intervals, as HTML; those whose interval does not contain 0 are bold."""
    heads = "".join(f"<th>{setup.title}</th>" for setup in effects())
    return f"<table><thead><tr><th>change</th>{heads}</tr></thead><tbody>{''.join(_rows())}</tbody></table>"


def _rows() -> Iterator[str]:
    for name in ABLATIONS:
        cells = "".join(f"<td>{_cell(found[name])}</td>" for found in effects().values())
        yield f"<tr><td>{name}</td>{cells}</tr>"


def _cell(effect: Effect) -> str:
    if math.isnan(effect.mean):
        return "left the range of floats"
    tag = "strong" if effect.is_clear else "span"
    return f"<{tag}>{effect.mean:+.4f}</{tag}> ± {effect.margin:.4f}"
