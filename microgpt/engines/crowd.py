r"""A thousand models side by side: the luck of the seed, seen whole.

# The question

Two trainings that differ only in their seed end with different models, and one is better. So when a change
makes a model better: was it the change, or the seed? One training cannot tell, nor can three. **How does one
train so many that luck can be measured?**

# The picture

Each seed has a box of its own, from the shuffle to the exam. Look for an arrow between two of them: there is
none.

```mermaid
graph LR
    library["the documents, once"] --> one["seed 0: shuffle, draw, train, exam"]
    library --> two["seed 1: shuffle, draw, train, exam"]
    library --> more["..."]
    one --> crowd["losses, exams, parameters"]
    two --> crowd
    more --> crowd
```

The models have nothing to do with each other, so nothing has to wait. Each core of the processor trains one,
then the next. Every one of them is the model that `microgpt.training.new_run` begins with that seed: the same
shuffle, the same first parameters, the same steps.

>>> import microgpt
>>> from microgpt.engines.engine import adopt, find_engine
>>> names = ["emma", "ava", "mia", "liam", "noah", "ella"]
>>> config = Config(steps=40, n_embd=8, n_head=2)
>>> crowd = train_crowd(config, names, seeds=range(20), exam=["anna", "leo"])
>>> run = microgpt.new_run(replace(config, seed=7), names)
>>> adopt(run, find_engine("numba"))
>>> [step.loss for step in microgpt.train(run)] == crowd.losses[7].tolist()
True

All sat the same exam of two names. How far apart are they?

>>> crowd.held_out.shape, round(float(crowd.held_out.mean()), 2), round(float(crowd.held_out.std()), 2)
((20,), 2.26, 0.2)

# What a crowd is good for

*Two lucks.* The exam is a choice of documents, the seed a choice of beginnings. `Crowd.exam` has a row for
each seed and a column for each document, so both can be told apart: averaged over the columns it shows the
luck of the seed, averaged over the rows the luck of the exam.

*Pairs.* A change is judged by training the same seeds with it and without it, and looking at the difference
seed by seed. What the two have in common, an easy shuffle, a lucky start, falls out of the difference. A
change can be a dial, or an edit of the source of this rung (`microgpt.study.edits`): the copy has a
`train_crowd` of its own.

# Pitfalls

- *An exam of documents that were learned from* measures memory. Set them aside before: what is in `exam`
  should not be in `documents`.
- *More seeds, same exam* make the mean surer for this exam, and not for others.

# Check yourself

??? question "Why does Python still shuffle?"

    Because the shuffle is part of what the seed means. Python's own generator and its own way to shuffle make
    the order; any other would make other models, perhaps as good, but not those of the book.

# What follows

With this one can measure what otherwise can only be asserted.
"""

import math
import os
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from microgpt.config import Config
from microgpt.data import split_documents
from microgpt.engines.crowd_steps import compiled_exam, compiled_training
from microgpt.engines.flat import Array
from microgpt.engines.loops import new_memory, sizes_of
from microgpt.model import parameter_shapes
from microgpt.tokenizer import Tokenizer
from microgpt.training import learning_rate_at


@dataclass(frozen=True, eq=False)
class Crowd:
    """What became of many models.

    Attributes:
        seeds: Their seeds.
        losses: The loss of each step, `[n_seeds][steps]`; nan from where a model left the range of floats.
        exam: The surprise at each document of the exam, added up over its tokens, `[n_seeds][n_exam]`; nan
            for a model that did not get so far.
        exam_tokens: How many tokens the exam has.
        parameters: The parameters, `[n_seeds][n_parameters]`.
    """

    seeds: Sequence[int]
    losses: Array
    exam: Array
    exam_tokens: int
    parameters: Array

    @property
    def held_out(self) -> Array:
        """The loss of each model in the exam, in nats per token, `[n_seeds]`."""
        return np.asarray(self.exam.sum(axis=1) / self.exam_tokens)


class Library:
    """Distinct documents as tokens, one after the other.

    Examples:
        >>> library = Library(["ab", "b", "ab"], Tokenizer("ab"))
        >>> library.tokens.tolist(), library.starts.tolist()
        ([2, 0, 1, 2, 2, 1, 2], [0, 4, 7])
        >>> library.places(["b", "ab", "b"]).tolist()
        [1, 0, 1]
    """

    def __init__(self, documents: Sequence[str], tokenizer: Tokenizer) -> None:
        distinct = list(dict.fromkeys(documents))
        encoded = [tokenizer.encode(document) for document in distinct]
        self.tokens: Array = np.array([token for tokens in encoded for token in tokens], np.int64)
        self.starts: Array = np.cumsum([0, *map(len, encoded)])
        self._places = {document: place for place, document in enumerate(distinct)}

    def places(self, documents: Sequence[str]) -> Array:
        """Look up which documents these are."""
        return np.array([self._places[document] for document in documents], np.int64)


def train_crowd(
    config: Config,
    documents: Sequence[str],
    seeds: Sequence[int],
    exam: Sequence[str] = (),
    *,
    precision: str = "float64",
    progress: Callable[[int], object] = lambda done: None,
    workers: int | None = None,
) -> Crowd:
    """Train a model for each seed.

    Args:
        config: The dials; its own seed is not used.
        documents: What they learn from; see `microgpt.training.new_run`.
        seeds: The seeds.
        exam: The documents that all are asked, of the same alphabet.
        precision: `float64` or `float32`.
        progress: Is told after each model how many are done.
        workers: How many are trained at the same time; as many as there are cores, if not given.

    Examples:
        One that leaves the range of floats has no result, and the others have theirs.

        >>> wild = Config(steps=3, learning_rate=1e6, n_embd=4, n_head=1)
        >>> crowd = train_crowd(wild, ["ava", "emma"], [1, 2], ["emma"], progress=print)
        1
        2
        >>> crowd.held_out.tolist()
        [nan, nan]
    """
    tokenizer = Tokenizer.from_documents(documents)
    library = Library([*documents, *exam], tokenizer)
    training = _Training(config, documents, tokenizer.vocab_size, library, library.places(exam), precision)
    pool, results = ThreadPoolExecutor(workers or os.cpu_count()), []
    try:
        for result in pool.map(training.of_seed, seeds):
            results.append(result)
            progress(len(results))
    finally:
        pool.shutdown(cancel_futures=True)  # Ctrl-C must not wait for the whole crowd
    parameters, losses, answers = (np.array(one) for one in zip(*results, strict=True))
    tokens = sum(min(len(document) + 1, config.block_size) for document in exam)
    return Crowd(seeds, losses, answers, tokens, parameters)


@dataclass(frozen=True, eq=False)
class _Training:
    config: Config
    documents: Sequence[str]
    vocab_size: int
    library: Library
    exam: Array
    precision: str

    def of_seed(self, seed: int) -> tuple[Array, Array, Array]:
        """Train one model; give its parameters, its losses and its exam."""
        config, sizes = replace(self.config, seed=seed), sizes_of(self.config, self.vocab_size)
        order, numbers = beginning(config, self.documents, self.vocab_size)
        flat, used = np.array(numbers, self.precision), order[: config.steps * config.batch_size]
        memory = new_memory(sizes, config.batch_size * config.block_size, flat.dtype)
        losses, answers = np.full(config.steps, math.nan), np.full(self.exam.size, math.nan)
        shared, dials = (self.library.tokens, self.library.starts), (config.beta1, config.beta2, config.eps)
        places, rates = self.library.places(used), rates_of(config)
        done = compiled_training(
            flat, memory, *shared, places, rates, tuple(sizes), (*dials, config.batch_size), losses
        )
        if done == config.steps:
            compiled_exam(flat, memory, *shared, self.exam, tuple(sizes), answers)
        return flat, losses, answers


def beginning(config: Config, documents: Sequence[str], vocab_size: int) -> tuple[Sequence[str], list[float]]:
    """Shuffle the documents and draw the first parameters, as `microgpt.training.new_run` does.

    It makes plain numbers where `new_run` makes nodes of a graph.

    Examples:
        >>> from microgpt.model import parameters_of
        >>> from microgpt.training import new_run
        >>> config, names = Config(seed=3, hold_out=0.5), ["ava", "mia", "emma", "liam"]
        >>> run = new_run(config, names)
        >>> numbers = [float(number) for number in parameters_of(run.model)]
        >>> beginning(config, names, vocab_size=7) == (run.documents, numbers)
        True
    """
    rng = random.Random(config.seed)
    training, _ = split_documents(documents, config.hold_out, config.block_size, rng)
    size = sum(rows * columns for rows, columns in parameter_shapes(config, vocab_size).values())
    return training, [rng.gauss(0, config.init_std) for _ in range(size)]


def rates_of(config: Config) -> Array:
    """Compute what of Adam depends on the step: its rate and its second correction, `[steps][2]`.

    Examples:
        >>> rates_of(Config(steps=2, learning_rate=0.1, beta1=0.5, beta2=0.75)).round(3).tolist()
        [[0.2, 4.0], [0.067, 2.286]]
    """
    rates = [
        (learning_rate_at(step, config) / (1 - config.beta1**step), 1 / (1 - config.beta2**step))
        for step in range(1, config.steps + 1)
    ]
    return np.array(rates).reshape(-1, 2)
