"""A name that comes letter by letter: what the model expected in each place, and what chance made of it.

The model is that of `python -m microgpt`, stopped after some of its steps. How it was before the first step
follows from the seed, how it was at the end is kept (`microgpt.trained`). The parameters in between have to
be brought, by `keep`.

>>> [letter_by_letter(step, "", 0.5, seed=1).name for step in (0, 1000)]
['dwvfoixtcauntamt', 'arila']

The letters are those that `generate` draws with the same seed.

>>> from microgpt.sampling import generate
>>> generate(taught(1000), random.Random(1), 0.5)
'arila'
"""

import random
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from microgpt.config import Config
from microgpt.data import bundled_documents
from microgpt.evaluation import Novelty, novelty_in
from microgpt.model import Model, as_floats
from microgpt.sampling import Draw, sample_tokens
from microgpt.trained import trained_parameters
from microgpt.training import Run, new_run

STOPPED = (0, 10, 25, 50, 100, 200, 400, 700, 1000)
"""After how many steps of the run there is a model."""

NOVELTY_SIGNS = {Novelty.NEW: "+", Novelty.IN_DATA: "=", Novelty.TRAINED_ON: "*"}
"""The marks of `python -m microgpt`."""

_KEPT: dict[int, dict[str, list[list[float]]]] = {}


class NotKeptError(LookupError):
    """The parameters of a model were not brought yet, or are forgotten."""


class Letter(NamedTuple):
    """A place in a name.

    Attributes:
        token: The id that was drawn.
        letter: What it stands for.
        chances: Of each id, at the temperature, `[vocab_size]`.
        point: Where chance pointed, from 0 to 1: the chances lie there side by side, in the order of the ids.
    """

    token: int
    letter: str
    chances: list[float]
    point: float


class InventedName(NamedTuple):
    """A name that was invented.

    Attributes:
        name: The whole, with its beginning.
        sign: As `python -m microgpt` marks it: `+`, `=` or `*`.
        novelty: What the sign means.
        letters: The places that were drawn; the last one may be the mark at the end.
        alphabet: What the ids stand for.
    """

    name: str
    sign: str
    novelty: str
    letters: list[Letter]
    alphabet: list[str]


class Pointing(random.Random):
    """Chance that remembers where it has pointed last.

    Examples:
        >>> rng = Pointing(1)
        >>> rng.choices("abc")[0] == random.Random(1).choices("abc")[0], round(rng.point, 3)
        (True, 0.134)
    """

    point = 0.0

    def random(self) -> float:
        """Give the next number, from 0 to 1, and remember it."""
        self.point = super().random()
        return self.point


def letter_by_letter(step: int, beginning: str, temperature: float, seed: int) -> InventedName:
    """Invent a name, and tell how each of its letters came.

    Args:
        step: After how many steps of the run, one of `STOPPED`.
        beginning: The letters that it begins with.
        temperature: Above 0.
        seed: Of the chance; the same gives the same name.

    Returns:
        What `microgpt.sampling.generate` gives for these, letter by letter.

    Raises:
        NotKeptError: If the model has to be brought first.
        PromptError: If there is no going on from the beginning.

    Examples:
        >>> found = letter_by_letter(1000, "em", 0.5, seed=1)
        >>> found.name, found.sign, "".join(one.letter for one in found.letters)
        ('emari', '+', 'ariBOS')

        The chances of the first three ids add up to more than the point, those of none do not: it is a.

        >>> a = found.letters[0]
        >>> round(a.point, 3), round(a.chances[0], 3), a.letter
        (0.134, 0.716, 'a')
    """
    model, rng = taught(step), Pointing(seed)
    draws = ((draw, rng.point) for draw in sample_tokens(model, rng, temperature, beginning))
    letters = [_letter(model, draw, point) for draw, point in draws]
    name = beginning + model.tokenizer.decode([one.token for one in letters])
    novelty = _novelty(step)(name)
    alphabet = [model.tokenizer.name(token) for token in range(model.tokenizer.vocab_size)]
    return InventedName(name, NOVELTY_SIGNS[novelty], novelty.value, letters, alphabet)


def _letter(model: Model[float], draw: Draw[float], point: float) -> Letter:
    return Letter(draw.token, model.tokenizer.name(draw.token), draw.probabilities, point)


def taught(step: int) -> Model[float]:
    """Return the model of the default run after some steps.

    Raises:
        NotKeptError: If it has to be brought first.

    Examples:
        >>> try:
        ...     taught(123)
        ... except NotKeptError as error:
        ...     print(error)
        the model after 123 steps was not brought yet
    """
    run = begun()
    if step == 0:
        return as_floats(run.model)
    parameters = trained_parameters() if step == run.config.steps else _KEPT.get(step)
    if parameters is None:
        raise NotKeptError(f"the model after {step} steps was not brought yet")
    return Model(run.config, run.model.tokenizer, parameters)


def keep(step: int, parameters: dict[str, list[list[float]]]) -> int:
    """Remember the parameters of the default run after some steps.

    Returns:
        How many models are remembered now.

    Examples:
        >>> keep(123, trained_parameters())
        1
        >>> taught(123) == taught(1000)
        True
        >>> del _KEPT[123]
    """
    _KEPT[step] = parameters
    return len(_KEPT)


@cache
def begun() -> Run:
    """Return the default run before its first step.

    Examples:
        >>> begun().documents[0]
        'chinelo'
    """
    return new_run(Config(), bundled_documents())


@cache
def _novelty(step: int) -> Callable[[str], Novelty]:
    run = begun()
    return novelty_in(run.documents[:step], run.documents, run.config.block_size)
