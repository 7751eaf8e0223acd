r"""Orders recorded once and played again: how a GPU is kept busy with a small model.

# The question

A step with a small model is a hundred and more orders, each for next to no work, and the same ones in every
step. **Must the CPU repeat them?**

# The picture

Look at the two orders. What is left besides them moves a few numbers in or out.

```mermaid
graph TD
    batch["the next batch"] -- "copied into" --> box["the same memory as always"]
    box --> one["one order: play forward and backward"]
    one --> fetch["fetch loss and size of the gradient"]
    fetch --> two["one order: play Adam"]
```

# A player piano

CUDA, the language of NVIDIA's GPUs, can record orders instead of carrying them out. The record, a *CUDA
graph*, says what is to be done with which memory, and is played with a single order. It is the roll of a
player piano: nobody has to read the music any more, and nothing can be changed. So

- what changes from step to step (tokens, answers, shares, learning rate) must be written into the memory that
  the record knows, before it is played;
- each shape of a batch has a record of its own: a batch is as long as its longest document, so there are at
  most as many shapes as `block_size` says;
- nothing in the record may ask a question, such as whether the loss is finite. So there are two records, one
  up to the slopes and one for Adam, and between them the CPU looks.

With the round numbers of `microgpt.engines.launches`, 150 orders of 5 microseconds against two orders of 10
and a look of 20:

>>> launches, records = 150 * 5e-6, 2 * 10e-6 + 20e-6
>>> round(launches / records)
19

The work itself has not become less: it is this bound that fell, and another one shows, the short work that
each recorded order still is. For a GPU at work all the time, the orders must be about more.

# Why only float32 and bfloat16

The fused Adam of PyTorch reads the learning rate from memory as a float32. With float64 parameters that
would be the coarsest number of the step. So float64 gives each order anew.

# What follows

`microgpt.engines.several` shares a batch between processes.

Source: the documentation of PyTorch, "CUDA semantics", section "CUDA Graphs".
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor

from microgpt.engines.engine import Engine
from microgpt.engines.launches import TensorAdam, fetched_loss, padded_for, plain_engine, slopes_of
from microgpt.engines.tensors import Padded, TensorModel
from microgpt.loss import Batch

WARM_UP = 3
"""How often orders are given before they are recorded, so that all libraries have made up their minds."""


@dataclass(frozen=True)
class Recording:
    """Recorded orders up to the slopes, for batches of one shape.

    Attributes:
        padded: The memory that a batch is written into.
        graph: The orders.
        loss: Where the loss is after they were played.
        slopes: Where the slopes are, `[n_parameters]`.
    """

    padded: Padded
    graph: torch.cuda.CUDAGraph
    loss: Tensor
    slopes: Tensor


@dataclass(eq=False)
class RecordingAdam(TensorAdam):
    """Adam for a GPU, and all that is recorded for its model.

    Attributes:
        records: The orders up to the slopes, by the shape of the batch.
        slopes: The memory that Adam reads its slopes from, `[n_parameters]`.
        rate: The memory that it reads the learning rate from.
        graph: The orders of an update; None before the first.
    """

    records: dict[torch.Size, Recording] = field(default_factory=dict)
    slopes: Tensor = field(default_factory=lambda: torch.empty(0))
    rate: Tensor = field(default_factory=lambda: torch.zeros(()))
    graph: torch.cuda.CUDAGraph | None = None

    def update(self, slopes: Tensor, learning_rate: float) -> None:
        """Move every parameter one step against its slope, with orders that are recorded the first time.

        Args:
            slopes: `[n_parameters]`.
            learning_rate: See `microgpt.adam.Adam.update`.
        """
        if self.graph is None:
            self.slopes, self.rate = slopes.clone(), self.rate.to(slopes.device)
            self.flat.grad = self.slopes
            self.optimizer.param_groups[0].update(lr=self.rate, capturable=True)
            self.graph = recorded(self.optimizer.step, self._memory())
        self.slopes.copy_(slopes)
        self.rate.fill_(learning_rate)
        self.graph.replay()
        self.steps += 1

    def _memory(self) -> list[Tensor]:
        return [self.flat.detach(), *self.optimizer.state[self.flat].values()]


def recorded(orders: Callable[[], Any], memory: list[Tensor]) -> torch.cuda.CUDAGraph:
    """Recording orders.

    They are first carried out a few times, and then taken down, which does not carry them out.

    Args:
        orders: Gives them.
        memory: What they change; it is put back to what it was.
    """
    before = [one.clone() for one in memory]
    side: Any = torch.cuda.Stream()  # type: ignore[no-untyped-call, unused-ignore]
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(WARM_UP):
            orders()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        orders()
    for one, old in zip(memory, before):
        one.copy_(old)
    return graph


def record_slopes(model: TensorModel, padded: Padded) -> Recording:
    """Recording the orders up to the slopes for batches of one shape.

    Args:
        model: The model.
        padded: A batch of this shape; its memory becomes that of the record.
    """
    found: list[Tensor] = []
    graph = recorded(lambda: found.__setitem__(slice(None), slopes_of(model, padded)), [])
    return Recording(padded, graph, *found)


def learn_replayed(model: TensorModel, optimizer: RecordingAdam, batch: Batch, learning_rate: float) -> float:
    """Do a whole step; see `microgpt.training.learn`.

    Args:
        model: Its parameters move.
        optimizer: Its averages move; it keeps the records.
        batch: The documents.
        learning_rate: See `microgpt.adam.Adam.update`.
    """
    padded = padded_for(model, batch)
    record = optimizer.records.get(padded.tokens.shape)
    if record is None:
        record = optimizer.records[padded.tokens.shape] = record_slopes(model, padded)
    for there, new in zip(record.padded, padded):
        there.copy_(new)
    record.graph.replay()
    found = fetched_loss(record.loss, record.slopes)
    optimizer.update(record.slopes, learning_rate)
    return found


def recording_engine(precision: str, device: torch.device) -> Engine:
    """Give the engine with recorded orders.

    Args:
        precision: `float32` or `bfloat16`.
        device: A GPU.
    """
    recording: dict[str, Any] = {
        "start": lambda model, optimizer: RecordingAdam.start(model.flat, optimizer),
        "learn": learn_replayed,
    }
    return replace(plain_engine(precision, device), **recording)
