"""A run that one watches while it learns: begun, led on piece by piece, and looked at.

The run is the book's own (`microgpt.training`). Looking draws no number from its generator, so it goes on as
if nobody had looked.

>>> first = begin("names", steps=4)
>>> first.step, [name for name, _ in first.opponents]
(0, ['back-off counter', 'bigram counter', 'unigram counter', 'uniform die'])
>>> piece = advance(steps=2)
>>> straight = new_run(Config(steps=4), bundled_documents())
>>> piece.losses == [step.loss for step, _ in zip(train(straight), range(2))], piece.step
(True, 2)
"""

import random
import time
from collections.abc import Sequence
from typing import NamedTuple

from microgpt import Config, as_floats, bundled_documents, new_run, train
from microgpt.attention import Cache
from microgpt.evaluation import OPPONENTS, CountingBaselines, contexts, model_surprises, score_of
from microgpt.loss import surprise
from microgpt.model import Model, forward, new_caches
from microgpt.sampling import generate
from microgpt.stages import Event, listening
from microgpt.study.live.plane import Spot, places
from microgpt.training import Run, mean_of_last

EXAM, SAMPLES, SEED = 60, 6, 1
"""How many documents the exam has, and how many are invented at each look, with which seed."""


class Piece(NamedTuple):
    """What a few steps have brought.

    Attributes:
        step: How many steps are done.
        steps: How many there will be.
        losses: Those of these steps, in nats per token.
        mean: The mean of the newest losses of the run (`microgpt.training.mean_of_last`).
    """

    step: int
    steps: int
    losses: list[float]
    mean: float


class Look(NamedTuple):
    """What one sees of a run.

    Attributes:
        step: How many steps are done.
        steps: How many there will be.
        exam: The loss on documents that the run never learns from; None if there are none.
        opponents: The loss of each opponent on the same, once it has counted all that the run will read.
        samples: What the model invents, with the same seed each time.
        known: How many of the samples are documents of the data.
        read: The tokens of a document that the model reads ...
        attention: ... and how much each position looks at each, for every head, `[n_head][t][t']`.
        letters: Each token with its place on a plane (`microgpt.study.live.plane`).
    """

    step: int
    steps: int
    exam: float | None
    opponents: list[tuple[str, float]]
    samples: list[str]
    known: int
    read: list[str]
    attention: list[list[list[float]]]
    letters: list[Spot]


class _Watched:
    """A run, the documents of its exam, and the results of the opponents."""

    def __init__(self, run: Run, documents: Sequence[str]) -> None:
        self.run, self.data, self.steps = run, set(documents), train(run)
        learned = set(run.documents[: run.config.steps])
        others = (one for one in run.held_out or run.documents if one not in learned)
        self.exam = [run.model.tokenizer.encode(one) for one in list(dict.fromkeys(others))[:EXAM]]
        self.reads = next(iter(run.held_out or run.documents[run.config.steps :] or run.documents))


_NOW: list[_Watched] = []


class NoRunError(LookupError):
    """There is no run to go on with."""


def begin(data: str, steps: int = 1000, documents: Sequence[str] = ()) -> Look:
    """Begin a run, in the place of the one before.

    Args:
        data: The name of a bundled data set, or "own".
        steps: How many steps.
        documents: What to learn from, for "own"; the run will know them by heart.

    Raises:
        ValueError: If there is no document; and see `microgpt.data.bundled_documents`.

    Examples:
        Of a few names of one's own, all are learned, and there is nothing left for an exam.

        >>> look = begin("own", steps=2, documents=["ada", " grace "])
        >>> look.exam, look.opponents, look.read
        (None, [], ['BOS', 'g', 'r', 'a', 'c', 'e'])
    """
    if data == "own":
        texts = [one.strip() for one in documents if one.strip()]
        if not texts:
            raise ValueError("there is nothing to learn from; write at least one name")
        config = Config(steps=steps)
    else:
        texts = bundled_documents(data)
        config = Config(steps=steps, hold_out=0.2 if len(texts) <= steps else 0.0)
    _NOW[:] = [_Watched(new_run(config, texts), texts)]
    return look()


def advance(seconds: float = 0.25, steps: int = 1_000_000) -> Piece:
    """Go on with the run.

    Args:
        seconds: After which time to stop; one step is done at least.
        steps: How many steps at most.

    Raises:
        NoRunError: If no run was begun, or Python was started anew since.
    """
    watched, until, losses = _watched(), time.perf_counter() + seconds, []
    for step in watched.steps:
        losses.append(step.loss)
        if len(losses) == steps or time.perf_counter() >= until:
            break
    done = watched.run.losses
    return Piece(len(done), watched.run.config.steps, losses, mean_of_last(done) if done else 0.0)


def look() -> Look:
    """Look at the run as it is.

    Raises:
        NoRunError: See `advance`.
    """
    watched = _watched()
    run = watched.run
    model, rng = as_floats(run.model), random.Random(SEED)
    samples = [generate(model, rng) for _ in range(SAMPLES)]
    read, attention = _reading(model, watched.reads)
    return Look(
        step=len(run.losses),
        steps=run.config.steps,
        exam=score_of(model_surprises(model, watched.exam)).loss if watched.exam else None,
        opponents=_opponents(watched),
        samples=samples,
        known=sum(one in watched.data for one in samples),
        read=read,
        attention=attention,
        letters=places(map(model.tokenizer.name, range(model.tokenizer.vocab_size)), model.parameters["wte"]),
    )


def _watched() -> _Watched:
    if not _NOW:
        raise NoRunError("there is no run: Python was started anew; begin again")
    return _NOW[0]


def _opponents(watched: _Watched) -> list[tuple[str, float]]:
    """Let the opponents count all that the run will read, and sit its exam."""
    run, exam = watched.run, watched.exam
    if not exam:
        return []
    tokenizer, size = run.model.tokenizer, run.config.block_size
    learned = map(tokenizer.encode, dict.fromkeys(run.documents[: run.config.steps]))
    counts = CountingBaselines.of(learned, tokenizer.vocab_size, size)
    surprises = {
        one.title: [
            [surprise(one.chance(counts, *pair)) for pair in contexts(tokens, size)] for tokens in exam
        ]
        for one in OPPONENTS.values()
    }
    return [(title, score_of(found).loss) for title, found in surprises.items()]


def _reading(model: Model[float], document: str) -> tuple[list[str], list[list[list[float]]]]:
    """Let the model read a document, and note what its heads look at."""
    size, heads = model.config.block_size, model.config.n_head
    tokens = model.tokenizer.encode(document)[:-1][:size]
    weights: list[list[float]] = []

    def listener(event: Event) -> None:
        if event.stage == "attention_weights":
            weights.append(event.output)

    caches: list[Cache[float]] = new_caches(model.config)
    with listening(listener):
        for position, token in enumerate(tokens):
            forward(model, token, position, caches)
    return [*map(model.tokenizer.name, tokens)], [weights[head::heads] for head in range(heads)]
