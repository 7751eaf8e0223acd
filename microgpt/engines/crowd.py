import math
import os
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from microgpt.config import Config
from microgpt.data import split_documents
from microgpt.engines.crowd_steps import compiled_exam, compiled_run
from microgpt.engines.flat import Array
from microgpt.engines.loops import new_memory, sizes_of
from microgpt.model import parameter_shapes
from microgpt.tokenizer import Tokenizer
from microgpt.training import learning_rate_at


@dataclass(frozen=True, eq=False)
class Crowd:
    seeds: Sequence[int]
    losses: Array
    exam: Array
    exam_tokens: int
    parameters: Array

    @property
    def held_out(self) -> Array:
        return self.exam.sum(axis=1) / self.exam_tokens


class Library:
    def __init__(self, documents: Sequence[str], tokenizer: Tokenizer) -> None:
        distinct = list(dict.fromkeys(documents))
        encoded = [tokenizer.encode(document) for document in distinct]
        self.tokens = np.array([token for tokens in encoded for token in tokens], np.int64)
        self.starts = np.cumsum([0, *map(len, encoded)])
        self._places = {document: place for place, document in enumerate(distinct)}

    def places(self, documents: Sequence[str]) -> Array:
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
    tokenizer = Tokenizer.from_documents(documents)
    library = Library([*documents, *exam], tokenizer)
    one = partial(
        _train_one, config, documents, tokenizer.vocab_size, library, library.places(exam), precision
    )
    results = []
    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        for result in pool.map(one, seeds):
            results.append(result)
            progress(len(results))
    flats, losses, exams = (np.array(column) for column in zip(*results, strict=True))
    tokens = sum(min(len(document) + 1, config.block_size) for document in exam)
    return Crowd(seeds, losses, exams, tokens, flats)


def beginning(config: Config, documents: Sequence[str], vocab_size: int) -> tuple[Sequence[str], list[float]]:
    rng = random.Random(config.seed)
    training, _ = split_documents(documents, config.hold_out, config.block_size, rng)
    size = sum(rows * columns for rows, columns in parameter_shapes(config, vocab_size).values())
    return training, [rng.gauss(0, config.init_std) for _ in range(size)]


def rates_of(config: Config) -> Array:
    return np.array(
        [
            (learning_rate_at(step, config) / (1 - config.beta1**step), 1 / (1 - config.beta2**step))
            for step in range(1, config.steps + 1)
        ]
    ).reshape(-1, 2)


def _train_one(
    config: Config,
    documents: Sequence[str],
    vocab_size: int,
    library: Library,
    exam: Array,
    precision: str,
    seed: int,
) -> tuple[Array, Array, Array]:
    training, numbers = beginning(replace(config, seed=seed), documents, vocab_size)
    used = training[: config.steps * config.batch_size]
    flat, sizes = np.array(numbers, precision), sizes_of(config, vocab_size)
    memory = new_memory(sizes, config.batch_size * config.block_size, flat.dtype)
    losses, answers = np.full(config.steps, math.nan), np.full(exam.size, math.nan)
    dials = config.beta1, config.beta2, config.eps
    done = compiled_run(
        flat,
        memory,
        library.tokens,
        library.starts,
        library.places(used),
        rates_of(config),
        sizes,
        dials,
        config.batch_size,
        losses,
    )
    if done == config.steps:
        compiled_exam(flat, memory, library.tokens, library.starts, exam, sizes, answers)
    return flat, losses, answers
