"""Where the heads of a model look, measured."""

import math
from collections.abc import Callable, Sequence

from microgpt.attention import Cache
from microgpt.model import Model, forward, new_caches
from microgpt.sampling import entropy
from microgpt.stages import Event, listening

MARK = "^"
"""The mark of the beginning among the letters that are seen."""

TARGETS: dict[str, Callable[[Sequence[float], str], float]] = {
    "previous": lambda weights, seen: weights[-2],
    "self": lambda weights, seen: weights[-1],
    "mark": lambda weights, seen: weights[0],
    "vowel": lambda weights, seen: sum(
        w for w, letter in zip(weights, seen, strict=True) if letter in "aeiou"
    ),
    "evenness": lambda weights, seen: entropy(weights) / math.log2(len(weights)),
}
"""Where a head may look: one letter back, at its own place, at the mark, at vowels; and how evenly."""


def attention_shares(model: Model[float] | None, names: Sequence[str]) -> list[list[float]]:
    """Measure where heads look, as a mean over all positions of some names but the first.

    Args:
        model: A trained one; None for a head that looks everywhere alike.
        names: What it reads.

    Returns:
        For each head of each layer, each of the `TARGETS`, in their order.
    """
    rows = [row for name in names for row in (_watched(model, name) if model else _even(name))]
    return [
        [round(sum(measure(*row[head]) for row in rows) / len(rows), 4) for measure in TARGETS.values()]
        for head in range(len(rows[0]))
    ]


def _even(name: str) -> list[list[tuple[list[float], str]]]:
    """Give the weights of a head that looks at all it sees alike."""
    views = [MARK + name[:position] for position in range(1, len(name) + 1)]
    return [[([1 / len(seen)] * len(seen), seen)] for seen in views]


def _watched(model: Model[float], name: str) -> list[list[tuple[list[float], str]]]:
    """Give the weights of all heads at each position of a name but the first, with the letters seen."""
    weights: list[list[float]] = []

    def listener(event: Event) -> None:
        if event.stage == "attention_weights":
            weights.append(event.output)

    caches: list[Cache[float]] = new_caches(model.config)
    rows = []
    with listening(listener):
        for position, token in enumerate(model.tokenizer.encode(name)[:-1][: model.config.block_size]):
            weights.clear()
            forward(model, token, position, caches)
            rows.append([(row, MARK + name[:position]) for row in weights])
    return rows[1:]
