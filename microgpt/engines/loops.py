import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, TypeAlias

import numpy as np

from microgpt.config import Config
from microgpt.engines.engine import Engine
from microgpt.engines.flat import Array, FlatAdam, FlatModel, flat_model
from microgpt.engines.lanes import REGISTER_BITS
from microgpt.engines.loops_layout import rows_needed
from microgpt.engines.loops_step import compiled_gradient, compiled_step
from microgpt.engines.loops_use import compiled_names, compiled_surprises
from microgpt.loss import Batch, ImpossibleError
from microgpt.model import Model
from microgpt.sampling import probabilities_at, prompt_tokens
from microgpt.training import finite

TOGETHER = 64

Sizes: TypeAlias = tuple[int, int, int, int, int]


@dataclass(frozen=True, eq=False)
class CompiledModel(FlatModel):
    slopes: Array
    sizes: Sizes
    room: "Room"


class Room:
    def __init__(self, sizes: Sizes, kind: Any) -> None:
        self.sizes, self.kind, self.positions = sizes, kind, 0
        self.memory = new_memory(sizes, 0, kind)

    def for_positions(self, positions: int) -> Array:
        if positions > self.positions:
            self.positions, self.memory = positions, new_memory(self.sizes, positions, self.kind)
        return self.memory


def new_memory(sizes: Sizes, positions: int, kind: Any) -> Array:
    step = REGISTER_BITS // 8
    lanes = step // kind.itemsize
    shape = (-(-positions // lanes) + 1, rows_needed(sizes, lanes), lanes)
    size = math.prod(shape) * kind.itemsize
    raw = np.zeros(size + step, np.uint8)
    start = -raw.ctypes.data % step
    return raw[start : start + size].view(kind).reshape(shape)


def sizes_of(config: Config, vocab_size: int) -> Sizes:
    return config.n_layer, config.n_embd, config.n_head, config.block_size, vocab_size


def engine(precision: str = "float64", device: str | None = None) -> Engine:
    return Engine("numba", precision, partial(own, precision=precision), FlatAdam.start, gradient, learn, surprises, samples)


def own(model: Model[Any], precision: str = "float64") -> CompiledModel:
    flat, config = flat_model(model, precision), model.config
    sizes = sizes_of(config, model.tokenizer.vocab_size)
    return CompiledModel(
        flat.config, flat.tokenizer, flat.parameters, flat.flat, np.zeros_like(flat.flat), sizes, Room(sizes, flat.flat.dtype)
    )


def line_of(documents: Batch) -> Array:
    line: list[int] = []
    for tokens in documents:
        if len(tokens) < 2:
            raise ValueError(f"{len(tokens)} tokens hold nothing to predict; give at least two")
        line.append(len(tokens))
        line += tokens
    return np.array(line)


def gradient(model: CompiledModel, batch: Batch) -> tuple[float, list[float]]:
    line = line_of(batch)
    memory = model.room.for_positions(line.size)
    judged(*compiled_gradient(model.flat, model.slopes, memory, line, model.sizes))
    loss, _ = compiled_gradient(model.flat, model.slopes, memory, line, model.sizes)
    return loss, model.slopes.tolist()


def learn(model: CompiledModel, optimizer: FlatAdam, batch: Batch, learning_rate: float) -> float:
    line, steps = line_of(batch), optimizer.steps + 1
    memory = model.room.for_positions(line.size)
    beta1, beta2 = optimizer.beta1, optimizer.beta2
    dials = beta1, beta2, optimizer.eps, learning_rate / (1 - beta1**steps), 1 / (1 - beta2**steps)
    loss, size = compiled_step(
        model.flat, model.slopes, optimizer.m, optimizer.v, memory, line, model.sizes, dials
    )
    judged(loss, size)
    optimizer.steps = steps
    return loss


def judged(loss: float, size: float) -> None:
    if loss == math.inf:
        raise ImpossibleError("the right answer got a probability of 0, which has no logarithm")
    finite("the loss", loss)
    finite("the squared size of the gradient", size)


def surprises(model: CompiledModel, documents: Batch) -> list[list[float]]:
    found: list[list[float]] = []
    for first in range(0, len(documents), TOGETHER):
        some = documents[first : first + TOGETHER]
        line = line_of(some)
        values = np.empty(line.size)
        compiled_surprises(model.flat, model.room.for_positions(line.size), line, model.sizes, values)
        numbers = iter(values.tolist())
        found += [list(islice(numbers, min(len(one) - 1, model.config.block_size))) for one in some]
    return found


def samples(
    model: CompiledModel, rng: random.Random, count: int, temperature: float, prompt: str = ""
) -> Iterator[str]:
    tokens = prompt_tokens(model, prompt)
    probabilities_at([0.0], temperature)
    together = 1
    while count > 0:
        together = min(2 * together, count, 512)
        before = rng.getstate()
        names, lengths, failed = _drawn(model, rng, tokens, together, temperature)
        rng.setstate(before)
        for name, length in zip(names, lengths, strict=True):
            for _ in range(length - len(tokens)):
                rng.random()
            yield model.tokenizer.decode(name[:length])
        if failed is not None:
            probabilities_at(failed, temperature)
        count -= together


def _drawn(model, rng, tokens, count, temperature):
    block_size, vocab_size = model.config.block_size, model.tokenizer.vocab_size
    names = np.zeros((count, block_size + 1), np.int64)
    names[:, : len(tokens)] = tokens
    lengths, shares = np.zeros(count, np.int64), np.zeros(vocab_size)
    chances = np.array([rng.random() for _ in range(count * (block_size + 1 - len(tokens)))])
    done = compiled_names(
        model.flat, model.room.for_positions(block_size), model.sizes, temperature, chances, len(tokens), names, lengths, shares
    )
    failed = None if done == count else shares.tolist()
    return names[:done].tolist(), lengths[:done].tolist(), failed
