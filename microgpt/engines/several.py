r"""Several processes, on one machine or many, train one model: each takes a share of every batch.

# What you will be able to do

- Say why equal shares of a batch give the slopes of the whole.
- Count what is sent in a step.
- Say what must be equal in all processes, and what may differ.

# The question

One processor is not enough. **How can several train the same model, so that the result is what one alone
would have got?**

# The picture

Each process goes its own way, with its own documents. Look for the one place where they meet.

```mermaid
graph TD
    batch["a batch of 8 documents"] --> p0["process 0: documents 0 to 3"]
    batch --> p1["process 1: documents 4 to 7"]
    p0 -- "slopes" --> mean["the mean of both"]
    p1 -- "slopes" --> mean
    mean --> a0["process 0: Adam"]
    mean --> a1["process 1: Adam"]
```

Start it with the starter of PyTorch, here with two processes on one machine:

```sh
torchrun --standalone --nproc-per-node 2 -m microgpt --engine torch --batch-size 8
```

# The mean of means

Every process has the whole model and the whole of Adam. They differ only in the documents that they read,
which is called *data parallelism*. The loss of a batch is the mean of its documents' losses, the slope of a
mean is the mean of the slopes, and if all shares are equally large, the mean of their means is the mean of
all:

>>> slopes = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0]
>>> shares = [slopes[:4], slopes[4:]]
>>> means = [sum(share) / 4 for share in shares]
>>> means, sum(means) / 2, sum(slopes) / 8
([2.25, 5.5], 3.875, 3.875)

With unequal shares it is not:

>>> sum([sum(slopes[:2]) / 2, sum(slopes[2:]) / 6]) / 2
3.25

So the number of processes must divide the batch. It follows that the result does not depend on the number of
processes, apart from the order of additions in the last digits: stop with two, go on with four.

# What is sent

In each step every process sends its slopes and receives the mean: as many numbers as the model has
parameters. Not the documents, not the parameters: all begin with the same ones, all make the same step, and
so they stay the same. PyTorch calls it *DistributedDataParallel*, DDP. In megabytes, for the default model
and one of a width of 1,024 with 12 layers, in float32:

>>> from microgpt.config import Config
>>> from microgpt.model import parameter_shapes
>>> def megabytes(config):
...     return 4e-6 * sum(rows * columns for rows, columns in parameter_shapes(config, 27).values())
>>> [round(megabytes(Config(n_layer=n, n_embd=d)), 2) for n, d in ((1, 16), (12, 1024))]
[0.02, 604.27]

Sending takes time too, so a second process pays only if the computation that it saves takes longer than that.
A step of the default model is over within a millisecond, most of which is orders
(`microgpt.engines.launches`), and a share of one document cannot be divided: there is nothing to win.

# When one of them dies

The others wait for its slopes, which do not come. Then the connection breaks, or, if it does not, a minute
passes, and they give up. (Left alone, PyTorch waits half an hour where processes meet on CPUs.) Nobody has
moved a parameter in that step yet. The first process saves the run as of the last complete step, and all end.

>>> PATIENCE.total_seconds(), distributed.distributed_c10d.default_pg_timeout.total_seconds()
(60.0, 1800.0)

# Pitfalls

- *Sums for means.* Eight processes that add their slopes make steps as for slopes eight times as large. Plain
  descent shows it at once; Adam, which divides by the size of the slopes, hides it:

>>> def moved(slopes):
...     numbers, adam = [Value(0.0)], Adam([0.0], [0.0], beta1=0.85, beta2=0.99, eps=1e-8)
...     for slope in slopes:
...         numbers[0].grad = slope
...         adam.update(numbers, learning_rate=0.01)
...     return round(numbers[0].data, 6)
>>> from microgpt.autograd import Value
>>> moved([0.1, 0.12]) == moved([0.8, 0.96])
True

- *Each its own shuffle.* All processes shuffle with the same seed. With different ones, two of them would
  read the same document, and leave another one out: of eight, these two read seven.

>>> import random
>>> orders = [random.Random(seed).sample(range(8), 8) for seed in (1, 2)]
>>> read = orders[0][:4] + orders[1][4:]
>>> len(read), len(set(read))
(8, 7)

- *Everybody saves.* One writes the file, the others only compute.

# Check yourself

??? question what "Four processes and a batch of 6: what happens?"

    It is refused before the first step. Shares of 2, 2, 1 and 1 would give another mean.

    >>> try:
    ...     share_of([[]] * 6, number=0, count=4)
    ... except ConfigError as error:
    ...     print(str(error).partition(";")[0])
    a batch of 6 cannot be shared equally by 4 processes

??? question why "Why are the slopes sent, and not the new parameters?"

    Either would do if Adam had no memory. But each process keeps running averages of the slopes, and those
    must be averages of the *mean* slopes; so the slopes are what all must know. Then each makes the same
    step for itself.

??? question deeper "One process and four differ in the last digits. Is one of them wrong?"

    No. Numbers added in one row are rounded in other places than sums of their parts. Neither order is the
    right one. Three numbers are enough:

    >>> (0.1 + 0.2) + 0.3, 0.1 + (0.2 + 0.3)
    (0.6000000000000001, 0.6)

# To keep

- Every process has the whole model and reads its share of each batch.
- What is sent in a step is one slope for each parameter, and the mean comes back.
- Equal shares make the mean of means the mean of all.

# What follows

A model that is too small for one device cannot be divided among several. What can a GPU do with many small
models? `microgpt.engines.swarm` trains thousands at once. (`microgpt.engines.devices` chooses between one
process and several.)

Sources: Shen Li and others, "PyTorch Distributed: Experiences on Accelerating Data Parallel Training" (2020).
"""

import atexit
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import torch
from torch import Tensor, distributed, nn
from torch.nn.parallel import DistributedDataParallel

from microgpt.adam import Adam
from microgpt.config import ConfigError
from microgpt.engines import launches, processes
from microgpt.engines.engine import Engine, LostError
from microgpt.engines.launches import TensorAdam, fetched_loss, padded_for
from microgpt.engines.tensors import Padded, TensorModel, loss_of
from microgpt.loss import Batch

PATIENCE = timedelta(seconds=60)
"""How long a process waits for the others."""


@dataclass(eq=False, kw_only=True)
class SharedAdam(TensorAdam):
    """Adam in one of several processes.

    Attributes:
        mean: Computes the loss of a share; its backward pass gives the mean of the slopes of all.
    """

    mean: DistributedDataParallel


class Loss(nn.Module):  # type: ignore[misc, unused-ignore]  # torch need not be installed
    """The loss of a model, in the form that DDP wants.

    Attributes:
        model: The model.
        flat: Its parameters.
    """

    def __init__(self, model: TensorModel) -> None:
        super().__init__()
        self.model, self.flat = model, model.flat

    def forward(self, *padded: Tensor) -> Tensor:
        """Compute the loss of a padded batch."""
        return loss_of(self.model, Padded(*padded))


def mean_of(model: TensorModel) -> DistributedDataParallel:
    """Prepare what computes the loss of a share, and the mean of all slopes.

    Args:
        model: The copy that this process has.

    Raises:
        LostError: If another process is gone.

    Examples:
        See `mean_slopes`; and this is what it computes for a share.

        >>> from microgpt.config import Config
        >>> from microgpt.training import new_run
        >>> alone = {"store": distributed.HashStore(), "rank": 0, "world_size": 1}
        >>> distributed.init_process_group("gloo", **alone)
        >>> model = launches.own(new_run(Config(n_embd=8), ["ava"]).model, "float64", torch.device("cpu"))
        >>> padded = padded_for(model, [model.tokenizer.encode("ava")])
        >>> mean_of(model)(*padded).item() == loss_of(model, padded).item()
        True
        >>> distributed.destroy_process_group()
    """
    with the_others():
        return DistributedDataParallel(Loss(model))


def share_of(batch: Batch, number: int, count: int) -> Batch:
    """Cut the share of a process out of a batch.

    Args:
        batch: The documents.
        number: Which process, from 0.
        count: How many there are.

    Raises:
        ConfigError: If the shares would not be equal.

    Examples:
        >>> share_of([[4, 0, 4], [4, 1, 4], [4, 2, 4], [4, 3, 4]], number=1, count=2)
        [[4, 2, 4], [4, 3, 4]]
        >>> try:
        ...     share_of([[4, 0, 4]], number=0, count=2)
        ... except ConfigError as error:
        ...     print(str(error).partition(";")[0])
        a batch of 1 cannot be shared equally by 2 processes
    """
    if len(batch) % count:
        raise ConfigError(
            f"a batch of {len(batch)} cannot be shared equally by {count} processes; "
            "choose a --batch-size that is a multiple, or another number of processes"
        )
    size = len(batch) // count
    return batch[number * size : (number + 1) * size]


def mean_slopes(mean: DistributedDataParallel, batch: Batch) -> tuple[Tensor, Tensor]:
    """Compute the loss of a batch and its slopes together with the other processes.

    Args:
        mean: See `mean_of`.
        batch: The whole batch; this process reads its share.

    Returns:
        The loss, one number, and the slopes, `[n_parameters]`: in every process the same.

    Raises:
        LostError: If another process is gone.

    Examples:
        A group of one process; the tests have groups of two and four.

        >>> from microgpt.config import Config
        >>> from microgpt.training import new_run
        >>> alone = {"store": distributed.HashStore(), "rank": 0, "world_size": 1}
        >>> distributed.init_process_group("gloo", **alone)
        >>> run, cpu = new_run(Config(n_embd=6, n_head=2), ["ava", "o"]), torch.device("cpu")
        >>> model = launches.own(run.model, "float64", cpu)
        >>> batch = [model.tokenizer.encode(name) for name in ("ava", "o")]
        >>> loss, slopes = mean_slopes(mean_of(model), batch)
        >>> distributed.destroy_process_group()
        >>> same, others = launches.slopes_of(model, padded_for(model, batch))
        >>> loss.item() == same.item(), torch.equal(slopes, others)
        (True, True)
    """
    model: TensorModel = mean.module.model
    padded = padded_for(model, share_of(batch, processes.number(), processes.count()))
    model.flat.grad = None
    with the_others():
        loss = mean(*padded)
        loss.backward()
        of_all: Tensor = loss.detach() / processes.count()
        distributed.all_reduce(of_all)
    slopes: Any = model.flat.grad
    return of_all, slopes


def gradient(model: TensorModel, batch: Batch) -> tuple[float, list[float]]:
    """Compute the loss of a batch and its slopes; see `microgpt.engines.engine.Engine`."""
    loss, slopes = mean_slopes(mean_of(model), batch)
    return fetched_loss(loss, slopes), slopes.tolist()


def learn(model: TensorModel, optimizer: SharedAdam, batch: Batch, learning_rate: float) -> float:
    """Do a whole step; see `microgpt.training.learn`.

    Args:
        model: Its parameters move.
        optimizer: Its averages move.
        batch: The documents.
        learning_rate: See `microgpt.adam.Adam.update`.

    Raises:
        LostError: If another process is gone; nothing has moved then.
    """
    loss, slopes = mean_slopes(optimizer.mean, batch)
    found = fetched_loss(loss, slopes)
    optimizer.update(slopes, learning_rate)
    return found


def start(model: TensorModel, optimizer: Adam) -> SharedAdam:
    """Give the optimizer of a model, if the processes can share its batches equally."""
    share_of([[]] * model.config.batch_size, processes.number(), processes.count())
    return SharedAdam(**vars(TensorAdam.start(model.flat, optimizer)), mean=mean_of(model))


@contextmanager
def the_others() -> Iterator[None]:
    """Say in a sentence that another process does not answer.

    Raises:
        LostError: Instead of what the library raises.

    Examples:
        >>> try:
        ...     with the_others():
        ...         raise RuntimeError("[gloo/transport/tcp/pair.cc:534] Connection closed by peer")
        ... except LostError as error:
        ...     print(str(error).partition(":")[0])
        another of the processes is gone
    """
    try:
        yield
    except RuntimeError as error:
        if not isinstance(error, distributed.DistError) and "gloo" not in str(error):
            raise
        raise LostError(
            f"another of the processes is gone: process {processes.number()} waited for its slopes in vain"
        ) from None


def join(device: torch.device) -> torch.device:
    """Meet the other processes.

    Args:
        device: What kind of device each of them computes on.

    Returns:
        The device of this process.

    Raises:
        LostError: If they do not meet within a minute or two.

    Examples:
        Without torchrun nobody has said where.

        >>> try:
        ...     join(torch.device("cpu"))
        ... except LostError as error:
        ...     print(str(error).partition(", ")[0])
        the 1 processes cannot meet at ?:?
    """
    if device.type == "cuda":
        device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
    if distributed.is_initialized():  # one that is there already is somebody else's to end
        return device
    try:
        distributed.init_process_group("nccl" if device.type == "cuda" else "gloo", timeout=PATIENCE)
    except (RuntimeError, ValueError) as error:
        where = ":".join(os.environ.get(name, "?") for name in ("MASTER_ADDR", "MASTER_PORT"))
        taken = "in use" in str(error)
        raise LostError(
            f"the {processes.count()} processes cannot meet at {where}, "
            f"{'which is in use' if taken else 'where nobody answers'}; "
            f"choose another MASTER_PORT{'' if taken else ' or MASTER_ADDR'}, or torchrun --standalone"
        ) from None
    atexit.register(distributed.destroy_process_group)  # its threads must end before Python does
    return device


def shared_engine(precision: str, device: torch.device) -> Engine:
    """Give the engine of a process that works with others.

    Args:
        precision: `float64`, `float32` or `bfloat16`.
        device: What kind of device each process computes on.

    Raises:
        LostError: If the processes do not meet.

    Examples:
        >>> from microgpt.config import Config
        >>> from microgpt.training import new_run
        >>> alone = {"store": distributed.HashStore(), "rank": 0, "world_size": 1}
        >>> distributed.init_process_group("gloo", **alone)
        >>> run, cpu = new_run(Config(n_embd=6, n_head=2), ["ava", "o"]), torch.device("cpu")
        >>> model = launches.own(run.model, "float64", cpu)
        >>> batch = [model.tokenizer.encode(name) for name in ("ava", "o")]
        >>> engine = shared_engine("float64", cpu)
        >>> engine.gradient(model, batch) == launches.gradient(model, batch)
        True
        >>> distributed.destroy_process_group()
    """
    together: dict[str, Any] = {"start": start, "gradient": gradient, "learn": learn}
    return replace(launches.plain_engine(precision, join(device)), **together)
