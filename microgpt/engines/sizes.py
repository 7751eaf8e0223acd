r"""How the cost of a step grows with the model and with the batch.

# The question

A rung that wins with a small model may lose with a large one. **How does the time of a step grow with the
width, the depth, the length of the documents and the size of the batch, and how much of what the machine
could do is used?**

# The yardstick

`microgpt.engines.operations` counts what a step has to do. Divided by the time that a rung took, that is its
operations a second; divided by what the machine can do in the best case, it is a share between 0 and 1.

If time grows more slowly than the operations, most of it was overhead: calls, objects, launches. A rung near
its limit takes four times as long for four times the operations.

>>> names, sizes = ["emma", "ava", "mia"], {"n_embd": (4, 16)}
>>> results = list(sweep([Runner("dot")], Config(), names, sizes, seconds=0.01))
>>> [(result.dial, result.value) for result in results]
[('n_embd', 4), ('n_embd', 16)]
>>> results[1].operations > results[0].operations, results[1].seconds > results[0].seconds
(True, True)

# Long documents

Names are short. To see what a long context costs, names are put one behind the other until they fill the
block.

>>> joined(["emma", "ava", "mia"], block_size=8)
['emmaava', 'miaemma', 'avamiae']

# What follows

The page of the ladder draws the result for one machine.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice
from typing import Any

from microgpt.config import Config
from microgpt.engines.operations import step_operations
from microgpt.engines.race import Runner, Worker

SIZES: Mapping[str, Sequence[int]] = {
    "n_embd": (16, 32, 64, 128),
    "n_layer": (1, 2, 4, 8),
    "block_size": (8, 16, 32, 64),
    "batch_size": (1, 4, 16, 64),
}
"""Which dials are turned, one at a time, and where they are put."""


@dataclass(frozen=True)
class SizeResult:
    """What a rung takes for a step of one size.

    Attributes:
        runner: Who.
        dial: Which dial was turned.
        value: Where it was put.
        seconds: CPU seconds of a step.
        operations: What a step has to do.
        share: Which part of the machine's best is used; None if that is not known.
    """

    runner: Runner
    dial: str
    value: int
    seconds: float
    operations: float
    share: float | None


def sweep(
    runners: Sequence[Runner],
    config: Config,
    documents: Sequence[str],
    sizes: Mapping[str, Sequence[int]] = SIZES,
    seconds: float = 0.5,
    told: Callable[[int], object] = lambda count: None,
) -> Iterator[SizeResult]:
    """Turn one dial at a time, and let each rung do some steps.

    Args:
        runners: Who takes part.
        config: Where the other dials stand.
        documents: What to learn from.
        sizes: Which dials, and where they are put.
        seconds: How long each may work; at least one step is done after the first.
        told: Is told of each measurement that is done.

    Yields:
        What each rung takes for each size.
    """
    for dial, values in sizes.items():
        for value in values:
            turned: dict[str, Any] = {dial: value, "steps": 10**6, "learning_rate": 0.0}  # at 0 none diverges
            one = replace(config, **turned)
            texts = joined(documents, value) if dial == "block_size" else list(documents)
            for runner in runners:
                yield _measured(runner, one, texts, dial, seconds)
                told(1)


def joined(documents: Sequence[str], block_size: int) -> list[str]:
    """Put documents one behind the other, again and again, and cut the text into pieces that fill a block.

    Args:
        documents: The texts.
        block_size: The most positions of a piece; the mark takes one of them.

    Examples:
        >>> joined(["emma"], 3)
        ['em']
    """
    text = cycle("".join(documents))
    return ["".join(islice(text, max(1, block_size - 1))) for _ in documents]


def _measured(
    runner: Runner, config: Config, documents: Sequence[str], dial: str, seconds: float
) -> SizeResult:
    worker = Worker(runner, config, documents)
    try:
        worker.ask(steps=1)
        done = worker.ask(steps=config.steps, seconds=seconds)
        limit = worker.ask(limit=True)["limit"]
    finally:
        worker.end()
    steps = len(done["losses"])
    mean_length = done["tokens"] / (steps * config.batch_size)
    lengths = [round(mean_length)] * config.batch_size
    vocab_size = len(set("".join(documents))) + 1
    operations = step_operations(config, vocab_size, lengths).all
    time = done["cpu"] / steps
    share = operations / time / limit if limit and time else None
    return SizeResult(runner, dial, getattr(config, dial), time, operations, share)
