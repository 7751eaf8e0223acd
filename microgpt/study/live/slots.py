"""What the page of the machine shows of a walk: texts, and numbers rounded to the digits that are drawn.

>>> shown = machine_state(0, "ada")
>>> shown["read"], shown["ids"]
(['BOS', 'a', 'd', 'a', 'BOS'], [26, 0, 3, 0, 26])
>>> shown["positions"][1]["where"], shown["walk"]["loss"]
('Position 1 reads a (0) and has to guess d (3).', 'Their mean, the loss: 3.07 nats.')
"""

import math
from collections.abc import Sequence
from typing import Any, TypeAlias, TypedDict

from microgpt.config import Config
from microgpt.data import bundled_documents
from microgpt.study.live.names import begun
from microgpt.study.live.walk import run_after, walk
from microgpt.tokenizer import Tokenizer

Drawable: TypeAlias = list[float | None]
Slots: TypeAlias = dict[str, str | int | Drawable]
"""By the name of a place on the page: a text, the place of something in a row, or a row of numbers."""

TOKENIZER = Tokenizer.from_documents(bundled_documents())
TOKENS = [TOKENIZER.name(token) for token in range(TOKENIZER.vocab_size)]


class State(TypedDict):
    """What the machine shows of a name after some steps.

    Attributes:
        read: The tokens of the name.
        ids: Their ids.
        walk: What depends on the step alone.
        positions: What depends on the position too.
    """

    read: list[str]
    ids: list[int]
    walk: Slots
    positions: list[Slots]


def machine_state(step: int, name: str) -> State:
    """Send a name through the machine, and list what is shown of it.

    Args:
        step: After how many steps of the default run.
        name: Of letters from a to z, of which as many are read as there are positions.

    Raises:
        NotKeptError: If the run has to be brought first.
        ValueError: If a letter is not in the alphabet.

    Examples:
        >>> try:
        ...     machine_state(0, "Ada")
        ... except ValueError as error:
        ...     print(str(error).partition(",")[0])
        'Ada' has 'A'
    """
    return state_after(walk(run_after(step), name))


def state_after(seen: dict[str, Any]) -> State:
    """List what is shown of a walk."""
    ids = _ids(seen)
    return {
        "read": _read(seen),
        "ids": ids,
        "walk": of_walk(seen),
        "positions": [of_position(seen, position) for position in range(len(seen["positions"]))],
    }


def _ids(seen: dict[str, Any]) -> list[int]:
    positions = seen["positions"]
    return [*(here["token"] for here in positions), positions[-1]["answer"]]


def _read(seen: dict[str, Any]) -> list[str]:
    """Name the tokens that the model has read, and the one that it had to guess at last."""
    return [TOKENS[token] for token in _ids(seen)]


def to_digits(numbers: Sequence[float], digits: int) -> Drawable:
    """Round to what is drawn; there is no minus before a 0."""
    return [round(number, digits) + 0.0 for number in numbers]


def percents(numbers: Sequence[float], digits: int) -> Drawable:
    """Give shares of 1 as shares of 100."""
    return to_digits([100 * number for number in numbers], digits)


def of_position(seen: dict[str, Any], position: int) -> Slots:
    """List what depends on the position too."""
    here = seen["positions"][position]
    read = _read(seen)
    token, answer = TOKENS[here["token"]], TOKENS[here["answer"]]
    return {
        "place": position,
        "answer": here["answer"],
        "letter": token,
        "where": f"Position {position} reads {token} ({here['token']}) and has to guess "
        f"{answer} ({here['answer']}).",
        "position": f"position {position}",
        **{name: to_digits(here[name], 2) for name in VECTORS},
        **_heads(here["heads"], read),
        **_guess(here, answer),
        **_move(seen, position, token),
        "shelf": f"On the shelf: {', '.join(read[: position + 1])}.",
        "detectors": to_digits(here["detectors"], 2),
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


def of_walk(seen: dict[str, Any]) -> Slots:
    """List what depends on the step alone."""
    name = TOKENIZER.decode(_ids(seen))
    return {
        "map a-document": name or "(nothing)",
        "learned": learned(name),
        "when": f"The loss of {name or 'nothing'} is now {seen['loss']:.2f} nats.",
        "spoken": f"Names that it speaks now: {', '.join(one or '(nothing)' for one in seen['spoken'])}.",
        "surprises": to_digits([here["surprise"] for here in seen["positions"]], 2),
        "loss": f"Their mean, the loss: {seen['loss']:.2f} nats.",
        "sizes": to_digits(list(seen["sizes"].values()), 3),
        "sloping": f"{seen['sloping']:,} of {seen['parameters']:,} parameters have a slope that is not 0.",
        "loss after": f"After the step the loss of {name} is {seen['loss after']:.2f} instead of "
        f"{seen['loss']:.2f} nats.",
        "map document-loss": f"{seen['loss']:.2f} nats",
    }


def learned(name: str) -> str:
    """Say whether a name is among those that the default run learns from, one a step, and at which step.

    Args:
        name: As it stands in the file.

    Examples:
        >>> print(learned("emma"))
        emma is not among the names that the model learns from.
        >>> print(learned("chinelo"))
        chinelo is among the names that the model learns from, at step 1.
        >>> print(learned(begun().documents[-1]))
        timea stands in the file of names, but this run of 1,000 steps ends before it.
        >>> print(learned(""))
        Nothing goes in. Every name that the model learns from has letters.
    """
    run = begun()
    if not name:
        return "Nothing goes in. Every name that the model learns from has letters."
    if name not in run.documents:
        return f"{name} is not among the names that the model learns from."
    step = run.documents.index(name) // run.config.batch_size + 1
    if step > run.config.steps:
        return (
            f"{name} stands in the file of names, but this run of {run.config.steps:,} steps ends before it."
        )
    return f"{name} is among the names that the model learns from, at step {step:,}."


def _heads(heads: Sequence[Sequence[float]], read: Sequence[str]) -> Slots:
    here = len(heads[0]) - 1
    rows = {f"head {head}": percents(weights, 0) for head, weights in enumerate(heads)}
    best = max((weight, head, place) for head, row in enumerate(heads) for place, weight in enumerate(row))
    unseen: Drawable = [None] * (len(read) - 2 - here)
    return {
        **{name: [*row, *unseen] for name, row in rows.items()},
        "look": f"The largest share is {_percent(best[0], 0)}: in head {best[1]}, {read[here]} at position "
        f"{here} takes it from {read[best[2]]} at position {best[2]}.",
    }


def _guess(here: dict[str, Any], answer: str) -> Slots:
    """Say what the model expects, and what chance makes of it."""
    logits, chances, right = here["logits"], here["probabilities"], here["answer"]
    likely = max(range(len(chances)), key=chances.__getitem__)
    drawn = [TOKENS[token] for token in here["drawn"]]
    return {
        "scored": _beside(answer, f"{logits[right]:.2f}", TOKENS[likely], f"{logits[likely]:.2f}", "score"),
        "chances": percents(chances, 1),
        "expected": _beside(
            answer, _percent(chances[right]), TOKENS[likely], _percent(chances[likely]), "share"
        ),
        "surprise": to_digits([here["surprise"], math.log(len(chances))], 2),
        "surprised": f"The right token, {answer}, had {_percent(chances[right])}.",
        "drawn": f"{len(drawn)} draws, each from this position, at temperature {Config().temperature}: "
        f"{' '.join(drawn)}.",
        "map lm-head": f"{answer} {logits[right]:.2f}",
        "map softmax": f"{answer} {_percent(chances[right])}",
        "map surprise": f"{here['surprise']:.2f} nats",
        "map draw": drawn[0],
    }


def _beside(right: str, its: str, likely: str, most: str, kind: str) -> str:
    """Set the right token beside the one that the model thinks most of."""
    if right == likely:
        return f"The right token, {right}, has the largest {kind}, {its}."
    return f"The right token, {right}, has {its}; the largest {kind}, {most}, has {likely}."


def _move(seen: dict[str, Any], position: int, token: str) -> Slots:
    """Say how the numbers of a token move in one step."""
    before, after, slopes = (seen[name][position] for name in ("before", "after", "slopes"))
    moves = [new - old for old, new in zip(before, after, strict=True)]
    return {
        "slopes": to_digits(slopes, 3),
        "moves": to_digits(moves, 4),
        "moved": f"The first number of the row of {token}: {before[0]:.4f} becomes {after[0]:.4f}.",
        "map backward": f"{token}: {slopes[0]:.3f} …",
        "map adam": f"{token}: {moves[0]:+.4f} …",
    }


def _beginning(vector: Sequence[float], sign: str) -> str:
    return sign + "".join(f"{number:.2f} " for number in to_digits(vector[:2], 2)) + "…"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count > 1)}"


def _percent(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f} %"
