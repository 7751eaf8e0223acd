"""What the machine shows of a walk: texts, and numbers rounded to the digits that are drawn."""

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

from microgpt.config import Config
from microgpt.data import bundled_documents
from microgpt.tokenizer import Tokenizer
from sitemaker.walk import NAME

Numbers: TypeAlias = list[float | None]
Slots: TypeAlias = dict[str, str | int | Numbers]
"""By the name of a place on the page: a text, the place of something in a row, or a row of numbers."""

TOKENIZER = Tokenizer.from_documents(bundled_documents())
TOKENS = [TOKENIZER.name(token) for token in range(TOKENIZER.vocab_size)]
READ = [TOKENIZER.name(token) for token in TOKENIZER.encode(NAME)]
"""The tokens of the name."""


def rounded(numbers: Sequence[float], digits: int) -> Numbers:
    """Round to what is drawn; there is no minus before a 0."""
    return [round(number, digits) + 0.0 for number in numbers]


def percents(numbers: Sequence[float], digits: int) -> Numbers:
    """Give shares of 1 as shares of 100."""
    return rounded([100 * number for number in numbers], digits)


def of_position(walk: dict[str, Any], position: int) -> Slots:
    """List what depends on the position too."""
    here = walk["positions"][position]
    token, answer = TOKENS[here["token"]], TOKENS[here["answer"]]
    return {
        "place": position,
        "answer": here["answer"],
        "letter": token,
        "where": f"Position {position} reads {token} ({here['token']}) and has to guess "
        f"{answer} ({here['answer']}).",
        "position": f"position {position}",
        **{name: rounded(here[name], 2) for name in VECTORS},
        **_heads(here["heads"], token),
        **_guess(here, answer),
        **_move(walk, position, token),
        "shelf": f"On the shelf: {', '.join(READ[: position + 1])}.",
        "detectors": rounded(here["detectors"], 2),
        "detected": f"{sum(number > 0 for number in here['detectors'])} of {len(here['detectors'])} answers "
        "are above 0.",
        "map tokenizer": f"{token} = {here['token']}",
        "map cache": _counted(position + 1, "key"),
        **{f"map {part}": _beginning(here[row], sign) for part, row, sign in MAPPED},
    }


VECTORS = (
    "wte",
    "wpe",
    "x",
    "key",
    "value",
    "attention adds",
    "after attention",
    "mlp adds",
    "after mlp",
    "logits",
)
MAPPED = (("embed", "x", ""), ("attention", "attention adds", "adds "), ("mlp", "mlp adds", "adds "))
"""What a box of the map shows: the beginning of which vector."""


def of_walk(walk: dict[str, Any]) -> Slots:
    """List what depends on the step alone."""
    return {
        "when": f"The loss of {NAME} is now {walk['loss']:.2f} nats.",
        "spoken": f"Names that it speaks now: {', '.join(one or '(nothing)' for one in walk['spoken'])}.",
        "surprises": rounded([here["surprise"] for here in walk["positions"]], 2),
        "loss": f"Their mean, the loss: {walk['loss']:.2f} nats.",
        "sizes": rounded(list(walk["sizes"].values()), 3),
        "sloping": f"{walk['sloping']:,} of {walk['parameters']:,} parameters have a slope that is not 0.",
        "loss after": f"After the step the loss of {NAME} is {walk['loss after']:.2f} instead of "
        f"{walk['loss']:.2f} nats.",
        "map document-loss": f"{walk['loss']:.2f} nats",
    }


def _heads(heads: Sequence[Sequence[float]], token: str) -> Slots:
    rows = {f"head {head}": percents(weights, 0) for head, weights in enumerate(heads, 1)}
    best = max((weight, head, place) for head, row in enumerate(heads, 1) for place, weight in enumerate(row))
    unseen: Numbers = [None] * (len(READ) - 1 - len(heads[0]))
    return {
        **{name: [*row, *unseen] for name, row in rows.items()},
        "look": f"The largest share is {_percent(best[0], 0)}: head {best[1]}, from {token} at position "
        f"{len(heads[0]) - 1} to {READ[best[2]]} at position {best[2]}.",
    }


def _guess(here: dict[str, Any], answer: str) -> Slots:
    """Say what the model expects, and what chance makes of it."""
    logits, chances, right = here["logits"], here["probabilities"], here["answer"]
    likely = max(range(len(chances)), key=chances.__getitem__)
    drawn = [TOKENS[token] for token in here["drawn"]]
    return {
        "scored": f"The right token, {answer}, has {logits[right]:.2f}; "
        f"the highest score, {logits[likely]:.2f}, has {TOKENS[likely]}.",
        "chances": percents(chances, 1),
        "expected": f"The right token, {answer}, gets {_percent(chances[right])}; "
        f"the largest share, {_percent(chances[likely])}, gets {TOKENS[likely]}.",
        "surprise": rounded([here["surprise"], math.log(len(chances))], 2),
        "surprised": f"The right token, {answer}, had {_percent(chances[right])}.",
        "drawn": f"{len(drawn)} draws, each from this position, at temperature {Config().temperature}: "
        f"{' '.join(drawn)}.",
        "map lm-head": f"{answer} {logits[right]:.2f}",
        "map softmax": f"{answer} {_percent(chances[right])}",
        "map surprise": f"{here['surprise']:.2f} nats",
        "map draw": drawn[0],
    }


def _move(walk: dict[str, Any], position: int, token: str) -> Slots:
    """Say how the numbers of a token move in one step."""
    before, after, slopes = (walk[name][position] for name in ("before", "after", "slopes"))
    moves = [new - old for old, new in zip(before, after, strict=True)]
    return {
        "slopes": rounded(slopes, 3),
        "moves": rounded(moves, 4),
        "moved": f"The first number of the row of {token}: {before[0]:.4f} becomes {after[0]:.4f}.",
        "map backward": f"{token}: {slopes[0]:.3f} …",
        "map adam": f"{token}: {moves[0]:+.4f} …",
    }


def _beginning(vector: Sequence[float], sign: str) -> str:
    return sign + "".join(f"{number:.2f} " for number in rounded(vector[:2], 2)) + "…"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count > 1)}"


def _percent(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f} %"
