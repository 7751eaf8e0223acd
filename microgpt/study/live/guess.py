"""An exam to sit beside the counters and the model: guess the next letter of a name before it is shown.

The names are those of the exam of the default run, which neither the model nor the counters have learned
from. A counter and the model guess the letter that they hold for the likeliest.

>>> sitting = sit([(0, "a")])
>>> sitting.shown, sitting.hits
('s', [0, 1, 1, 0])
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from microgpt.autograd import total
from microgpt.evaluation import OPPONENTS, CountingBaselines, contexts, held_out_documents
from microgpt.loss import surprise
from microgpt.model import forward, new_caches
from microgpt.study.live.names import begun, taught
from microgpt.training import Run
from microgpt.vectors import softmax

RIVALS = ("bigram", "back_off")
"""The counters that guess, too."""

END = "."
"""What is typed for the mark at the end of a name."""


class Guessed(NamedTuple):
    """One letter that was asked for.

    Attributes:
        letter: The right one; `END` for the end of the name.
        guesses: What each has guessed, in the order of `players`.
        chances: The chance that each gave the right letter; None for the reader.
    """

    letter: str
    guesses: list[str]
    chances: list[float | None]


class Sitting(NamedTuple):
    """How far the exam has come.

    Attributes:
        players: Who sits it: the reader, the counters, the model.
        shown: The letters of the last name that are known by now.
        is_over: Whether its end is known, too.
        letters: The letters of the last name that were asked for.
        asked: How many letters were asked for in all names.
        hits: How many each has guessed.
        surprises: The mean surprise of each at the right letters, in nats; None for the reader.
        length: How many names the exam has.
    """

    players: list[str]
    shown: str
    is_over: bool
    letters: list[Guessed]
    asked: int
    hits: list[int]
    surprises: list[float | None]
    length: int


def sit(played: Sequence[tuple[int, str]]) -> Sitting:
    """Judge some guesses.

    Args:
        played: For each name its number in the exam, and what the reader has guessed: a character for each
            letter, `END` for the end of the name. The last name need not be over.

    Raises:
        ValueError: If something else was guessed than a letter or the end.

    Examples:
        >>> sit([(0, "a"), (1, "")]).asked
        1
        >>> try:
        ...     sit([(0, "É")])
        ... except ValueError as error:
        ...     print(error)
        'É' is no guess: type one letter from a to z, or . for the end of the name
    """
    tokenizer = begun().model.tokenizer
    for _, guesses in played:
        if strange := set(guesses) - {*tokenizer.alphabet, END}:
            raise ValueError(
                f"{min(strange)!r} is no guess: type one letter from a to z, or {END} for the end of the name"
            )
    names = [_judged(number, guesses) for number, guesses in played]
    letters, last = [one for name in names for one in name], names[-1]
    shown = "".join(one.letter for one in last)
    players = ["you", *(OPPONENTS[name].title for name in RIVALS), "model"]
    return Sitting(
        players,
        shown.rstrip(END),
        shown.endswith(END),
        last,
        len(letters),
        [sum(one.guesses[place] == one.letter for one in letters) for place in range(len(players))],
        [_mean([one.chances[place] for one in letters]) for place in range(len(players))],
        len(exam_names()),
    )


def _mean(chances: Sequence[float | None]) -> float | None:
    found = [surprise(chance) if chance else math.inf for chance in chances if chance is not None]
    return total(found) / len(found) if found else None


def _judged(number: int, guesses: str) -> list[Guessed]:
    """Compare the guesses at one name with those of the others."""
    model = taught(begun().config.steps)
    tokens = model.tokenizer.encode(exam_names()[number])
    caches, found = new_caches(model.config), []
    pairs = contexts(tokens, model.config.block_size)
    for position, (guess, (context, answer)) in enumerate(zip(guesses, pairs)):
        own = softmax(forward(model, tokens[position], position, caches))
        everybody = [*(_counter(name, context) for name in RIVALS), own]
        favorites = [_letter(max(range(len(one)), key=one.__getitem__)) for one in everybody]
        chances = [None, *(one[answer] for one in everybody)]
        found.append(Guessed(_letter(answer), [guess, *favorites], chances))
    return found


def _counter(name: str, context: tuple[int, ...]) -> list[float]:
    """List the chances that a counter gives to each token."""
    counts = _counts()
    return [OPPONENTS[name].chance(counts, context, token) for token in range(counts.vocab_size)]


def _letter(token: int) -> str:
    tokenizer = begun().model.tokenizer
    return END if token == tokenizer.bos else tokenizer.alphabet[token]


@cache
def _finished() -> Run:
    """Return the default run as the exam needs it: with the names that it has learned from."""
    return replace(begun(), losses=[0.0] * begun().config.steps)


@cache
def _counts() -> CountingBaselines:
    return CountingBaselines.of_run(_finished())


@cache
def exam_names() -> list[str]:
    """List the names of the exam of the default run.

    Examples:
        >>> exam_names()[:3]
        ['sahar', 'heejin', 'garegin']
    """
    return held_out_documents(_finished())
