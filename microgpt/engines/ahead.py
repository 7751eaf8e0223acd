r"""Many names at once, and yet the same as one after the other.

# The question

A name is drawn letter by letter, and each letter costs a pass through the model. On a library that takes as
long for a hundred names as for one, that is a waste. **Can a hundred names be drawn side by side, and be the
ones that would have come out one after the other?**

# The picture

The random numbers come in one row, and each name uses as many as it has letters, and one for its end. So
where the second name begins in the row is known when the first one is done, not before.

```mermaid
graph TD
    u0["0.64"] --> u1["0.03"] --> u2["0.28"] --> u3["0.22"] --> u4["0.74"] --> u5["..."]
    first["a name from here: 'an', and its end"] --- u0
    second["so the next one begins here"] --- u3
```

# Begin everywhere

Then let a name begin at *every* place of the row, all side by side. One pass through the model gives the
first letter of all of them, a second pass the second letter, until all are done. Afterwards, walk: take the
name that begins at place 0; it has used three numbers, so take the one at place 3, and so on. The others are
thrown away. That is some six of seven, and it is still far less than giving every order for one name alone.

Here are the lengths of the names that begin at each of twelve places, and the places where names begin:

>>> lengths, place, begins = [3, 5, 2, 4, 1, 2, 6, 3, 2, 2, 3, 1], 0, []
>>> while place < len(lengths):
...     begins.append(place)
...     place += lengths[place]
>>> begins
[0, 3, 7, 10]

To be thrown away is the fate of guesses; to guess and then keep what was right is called *speculation*, and
processors do it too.

# In which precision?

A draw compares a random number with the borders between the fields of a wheel. Where the number is within a
rounding of a border, another precision falls on the other side, and the name becomes another one. So whatever
a model was trained in, its names are drawn in float64, as everywhere in the book. So is the exam: it is to
judge the parameters, and not the rounding of the judge.

# What follows

`microgpt.engines.replays` saves the orders of a step.
"""

import random
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from microgpt.engines.tensors import TensorModel, pad, scores_of
from microgpt.loss import Batch
from microgpt.model import as_floats
from microgpt.sampling import generate, probabilities_at, prompt_tokens

PLACES = 1024
"""At how many places of the row of random numbers names begin, side by side."""

SIDE_BY_SIDE = 256
"""How many documents of an exam are read side by side."""


@torch.no_grad()  # type: ignore[untyped-decorator, unused-ignore]
def surprises_together(model: TensorModel, documents: Batch) -> list[list[float]]:
    """Find the surprise of a model at every token of many documents.

    Args:
        model: The model.
        documents: As the tokenizer encodes them.

    Returns:
        For each document the surprise at each of its predictions, in nats; infinite where the right answer
        got a probability of 0.

    Examples:
        >>> from microgpt.config import Config
        >>> from microgpt.engines.tensors import tensor_model
        >>> from microgpt.evaluation import model_surprises
        >>> from microgpt.training import new_run
        >>> model = new_run(Config(n_embd=6, n_head=2, block_size=4), ["maria", "ria"]).model
        >>> documents = [model.tokenizer.encode(name) for name in ("maria", "ria", "")]
        >>> here = surprises_together(tensor_model(model, "float64", torch.device("cpu")), documents)
        >>> there = model_surprises(as_floats(model), documents)
        >>> [[round(number, 9) for number in one] for one in here] == [
        ...     [round(number, 9) for number in one] for one in there]
        True
        >>> [len(one) for one in here]
        [4, 4, 1]
    """
    flat, found = model.flat.double(), []
    by_length = sorted(range(len(documents)), key=lambda index: len(documents[index]))
    for start in range(0, len(documents), SIDE_BY_SIDE):
        some = [documents[index] for index in by_length[start : start + SIDE_BY_SIDE]]
        padded = pad(some, model.config.block_size, flat.dtype, flat.device)
        chances = scores_of(model, flat, padded.tokens).softmax(-1)
        rows = -chances.gather(-1, padded.answers.unsqueeze(-1)).squeeze(-1).log()
        counts = (padded.shares > 0).sum(-1).tolist()
        found += [row[:count] for row, count in zip(rows.tolist(), counts)]
    order = sorted(range(len(documents)), key=by_length.__getitem__)
    return [found[place] for place in order]


def samples_together(
    model: TensorModel, rng: random.Random, count: int, temperature: float, prompt: str = ""
) -> Iterator[str]:
    """Invent documents; the same as `microgpt.sampling.generate` does, with the same random numbers.

    Args:
        model: The model.
        rng: Where the chance comes from; with each document it moves on by one number for each token drawn.
        count: How many.
        temperature: See `microgpt.sampling.probabilities_at`.
        prompt: How each begins.

    Yields:
        The documents.

    Raises:
        PromptError: See `microgpt.sampling.sample_tokens`.
        DrawError: See `microgpt.sampling.sample_tokens`.

    Examples:
        >>> from microgpt.config import Config
        >>> from microgpt.engines.tensors import tensor_model
        >>> from microgpt.training import new_run
        >>> model = new_run(Config(), ["ava", "mia", "emma"]).model
        >>> here, there = random.Random(7), random.Random(7)
        >>> names = list(samples_together(tensor_model(model, "float64", torch.device("cpu")), here, 40, 0.8))
        >>> names == [generate(as_floats(model), there, 0.8) for _ in range(40)]
        True
        >>> here.random() == there.random()
        True
    """
    beginning = prompt_tokens(model, prompt)
    if not temperature > 0:
        probabilities_at([], temperature)  # which says what is wrong with it
    while count > 0:
        window = min(PLACES, count * (model.config.block_size + 1 - len(beginning)))
        drawn = _drawn_from(
            model, _row_of_chance(rng, window, model.config.block_size), temperature, beginning
        )
        if drawn is None:  # scores that are no numbers: the chapter finds the words for it
            yield from (generate(as_floats(model), rng, temperature, prompt) for _ in range(count))
            return
        place = 0
        while count > 0 and place < window:
            for _ in drawn[place]:
                rng.random()
            yield prompt + model.tokenizer.decode(drawn[place])
            place, count = place + len(drawn[place]), count - 1


def _row_of_chance(rng: random.Random, window: int, length: int) -> Tensor:
    """Look ahead at the random numbers that a name from each place would use, `[window][length]`."""
    seer = random.Random()
    seer.setstate(rng.getstate())
    row = [seer.random() for _ in range(window + length - 1)]
    return torch.tensor(row, dtype=torch.float64).unfold(0, length, 1)


@torch.no_grad()  # type: ignore[untyped-decorator, unused-ignore]
def _drawn_from(
    model: TensorModel, chance: Tensor, temperature: float, beginning: Sequence[int]
) -> list[list[int]] | None:
    """Draw a document from each place, side by side; None if a score is no number."""
    flat, bos = model.flat.double(), model.tokenizer.bos
    chance = chance.to(flat.device)
    tokens = torch.tensor([list(beginning)] * len(chance), device=flat.device)
    going = torch.arange(len(chance), device=flat.device)
    drawn: list[list[int]] = [[] for _ in chance]
    for turn in range(model.config.block_size + 1 - len(beginning)):
        scores = scores_of(model, flat, tokens)[:, -1] / temperature
        if not bool(scores.isfinite().all()):
            return None
        borders = scores.softmax(-1).cumsum(-1)
        spins = (chance[going, turn] * borders[:, -1]).unsqueeze(-1)
        token = torch.searchsorted(borders, spins, right=True).clamp(max=bos)
        for place, one in zip(going.tolist(), token.flatten().tolist()):
            drawn[place].append(one)
        goes_on = token.flatten() != bos
        going, tokens = going[goes_on], torch.cat((tokens, token), -1)[goes_on]
        if not len(going):
            break
    return drawn
