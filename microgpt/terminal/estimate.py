"""How much a model needs, computed before it is made: parameters, memory, time."""

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace

from microgpt.autograd import Value
from microgpt.config import Config
from microgpt.engines.engine import Engine, adopt
from microgpt.graphs import graph_size
from microgpt.loss import batch_loss
from microgpt.model import parameter_shapes
from microgpt.tokenizer import Tokenizer
from microgpt.training import DOT, Run, next_task, train_step

_NUMBER = sys.getsizeof(0.5) + 8
"""Bytes of a float, and of the place where a list keeps it."""

_PARAMETER = sys.getsizeof(Value(0.5)) + 8 + 4 * _NUMBER
"""Bytes of a parameter: the object, its number, its slope, and Adam's two averages."""

_NODE = sys.getsizeof(Value(0.5)) + 100
"""Bytes of a node of the graph: the object, and about as much for its numbers and the lists it keeps."""


def parameter_count(config: Config, vocab_size: int) -> int:
    """Count the parameters of a model of any size, without making it.

    Examples:
        >>> parameter_count(Config(), 27), parameter_count(Config(n_layer=10**12), 27)
        (4192, 3072000000001120)
    """
    one, two = (
        sum(
            rows * columns
            for rows, columns in parameter_shapes(replace(config, n_layer=n), vocab_size).values()
        )
        for n in (1, 2)
    )
    return one + (config.n_layer - 1) * (two - one)


def refuse_too_large(config: Config, documents: Sequence[str]) -> None:
    """Refuse a model whose parameters do not fit into the memory of this machine.

    Raises:
        MemoryError: With a sentence that says what it would need.
    """
    count = parameter_count(config, Tokenizer.from_documents(documents).vocab_size)
    need, there = count * _PARAMETER, _memory()
    if need > there:
        raise MemoryError(
            f"the model does not fit into memory: its {count:,} parameters need {need / 1e9:,.1f} GB, "
            f"and there are {there / 1e9:,.1f} GB; choose a smaller n_embd, n_layer or block_size"
        )


def _memory() -> float:
    """Find out how many bytes of memory a process can have; infinite where nobody tells."""
    try:
        import resource

        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ImportError, OSError, ValueError):
        return float("inf")
    return machine if limit == resource.RLIM_INFINITY else min(machine, limit)


def needs_of(run: Run, engine: Engine) -> tuple[float, float]:
    """Measure what a run needs, by doing a step of it; the second, if the first may include a compilation.

    Args:
        run: A run of its own for this purpose, with at least two steps to do.
        engine: Who is to do the steps.

    Returns:
        Its memory in megabytes and the seconds of all its steps.
    """
    steps, kept = run.config.steps, len(run.optimizer.m) * _PARAMETER
    if engine.name == DOT.engine:
        kept += graph_size(batch_loss(run.model, next_task(run).batch)).nodes * _NODE
    else:
        adopt(run, engine)
        train_step(run)
    began = time.perf_counter()
    train_step(run)
    return kept / 1e6, (time.perf_counter() - began) * steps
