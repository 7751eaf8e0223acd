r"""A step with tensors: what is ordered, what is waited for, and what an order costs.

# What you will be able to do

- Estimate from which size on a GPU is faster than one core.
- Say where a program waits for the device.
- Say which numbers may be kept in 16 bits, and which not.

# The question

The model is a graph of tensors, and the library finds the slopes. **What happens between the CPU that runs
the program and the device that computes? And why can a GPU lose against one core of a CPU?**

# The picture

The boxes are what the CPU does in a step, in this order. Look for the only one in which it waits. The
document is emma, a box of one row with five tokens.

```mermaid
graph TD
    pad["pad, and send<br/>emma: [1][5]"] --> forward["order the forward pass"]
    forward --> backward["order the backward pass"]
    backward --> fetch["fetch 2 numbers, loss and<br/>size of the gradient: wait"]
    fetch --> adam["order Adam"]
    adam --> next["pad the next batch meanwhile"]
```

# How many orders is a step?

A GPU is another computer, with thousands of small processors. The program on the CPU tells it what to do:
"multiply these two". What it is to do is a small program for the GPU, a *kernel*, and each order to run one
is a *kernel launch*. PyTorch lets one listen to what is ordered. A step of the default model, without what
only looks at the same numbers in another shape:

>>> from torch.utils._python_dispatch import TorchDispatchMode
>>> class Listening(TorchDispatchMode):
...     orders = 0
...     def __torch_dispatch__(self, order, types, args=(), named=None):
...         self.orders += not getattr(order, "is_view", False)
...         return order(*args, **(named or {}))
>>> from microgpt.config import Config
>>> from microgpt.training import new_run
>>> run = new_run(Config(), ["emma"])
>>> model = own(run.model, "float32", torch.device("cpu"))
>>> adam, batch = TensorAdam.start(model.flat, run.optimizer), [model.tokenizer.encode("emma")]
>>> with Listening() as heard:
...     _ = learn(model, adam, batch, learning_rate=0.01)
>>> 100 < heard.orders < 200
True
>>> list(padded_for(model, batch).tokens.shape)
[1, 5]

# What a launch costs

A launch takes the CPU some microseconds, whether four numbers are to be multiplied or four million. Say that
a step is 150 launches of 5 microseconds each, that the GPU does 50 million million operations a second, and
one core of a CPU 20 thousand million. (Round numbers, to see the size of things; measured ones follow.) A
forward pass takes about two operations for each parameter and position, forward and backward together six:

>>> launches = 150 * 5e-6
>>> def seconds(n_embd, documents, operations_per_second):
...     return 6 * 12 * n_embd**2 * 8 * documents / operations_per_second
>>> for n_embd, documents in ((16, 1), (16, 64), (256, 1), (256, 64), (1024, 64)):
...     gpu, core = (seconds(n_embd, documents, speed) for speed in (50e12, 20e9))
...     print(f"{n_embd:5} {documents:3} {core / launches:8.2f} {gpu / launches:8.6f}")
   16   1     0.01 0.000004
   16  64     0.63 0.000252
  256   1     2.52 0.001007
  256  64   161.06 0.064425
 1024  64  2576.98 1.030792

The first two columns are the width and the documents of a batch. The third is the time of the core, the
fourth that of the GPU at work, both in units of the time that giving the orders takes. The default model,
first row: its operations would take a core a hundredth of the time that it takes to give the orders, and the
GPU would be at work for four millionths of it. Any rung that gives no orders wins, by far. At width 16 even
64 documents do not change that; at width 256 the core is the slower one, and only in the last row has the GPU
as much to do as the CPU has to order.

Measured, on one H100 and one core of the machine that it stood in (`docs/pages/ladder.md`, by
`docs/measurements/gpu.json`): a step of a model of the default size takes the GPU 0.0047 seconds with each
order given anew, 0.0007 with recorded orders, and the core with compiled loops, in float32, 0.00003. With a
width of 1,024 and 64 documents it is the other way round: 0.0029 for the GPU with recorded orders, 0.95 for
the core.

So for a small model on a GPU: give fewer orders. `microgpt.engines.replays` records them once and plays them
again; `microgpt.engines.swarm` lets each order be about thousands of models. The CPU has the same trouble on
a smaller scale: calling PyTorch takes a microsecond or more, whatever it is asked to do.

# Mixed precision

*bfloat16* is half of a float32: the same range, and only 8 binary digits, which is two or three decimal ones.

>>> [torch.tensor(x).bfloat16().item() for x in (1.004, 3.14159, 1e30)]
[1.0078125, 3.140625, 1.0002555517425873e+30]

Multiplying such numbers is many times faster where the hardware knows them. But a parameter near 1 that is to
move by 0.001 would not move at all:

>>> (torch.tensor(1.0).bfloat16() + 0.001).item()
1.0

So the parameters, Adam, and the sums stay in float32; only the factors of the matrix products are rounded,
and with them the products. That is *mixed precision*, and one line here.

# Pitfalls

- *A look at a number is a wait.* The CPU gives orders and does not wait for the results, until somebody wants
  to see one: then it waits for all that were given before. So a step fetches what it must know, the loss and
  the size of the gradient, together: two numbers, one look.

>>> loss, slopes = slopes_of(model, padded_for(model, batch))
>>> both = torch.stack((loss, slopes @ slopes))
>>> both.shape, both.tolist()[0] == loss.item()
(torch.Size([2]), True)

- *A sum in few digits.* Ones, added up in bfloat16, come to 256 and no further: 257 does not exist there, and
  is rounded back.

>>> total = torch.tensor(0.0).bfloat16()
>>> for _ in range(300):
...     total += 1
>>> total.item(), [torch.tensor(x).bfloat16().item() for x in (256.0, 257.0, 258.0)]
(256.0, [256.0, 256.0, 258.0])

- *Threads that wait for each other.* The library may divide an operation between all cores. Of a small one
  each core gets next to nothing, and all wait for the last; where another program is running too, waiting can
  take longer than the work. So a small model gets one thread here.
- *Adam's details.* There are several Adams. PyTorch's adds epsilon outside the root and corrects both
  averages, like `microgpt.adam`; its `fused` form walks through memory once instead of a dozen times.

# Check yourself

??? question why "Why is a batch of 64 on a GPU hardly slower than a batch of 1?"

    There are as many launches, and they are what takes the time: with each order given anew, 0.0061 seconds
    for the default model and 0.0047 with one document (`docs/pages/ladder.md`, by
    `docs/measurements/gpu.json`). The table above says how long that goes on.

??? question how "A step prints its loss, and then the size of its slopes. How often does it wait?"

    Twice, unless both are fetched together. With the loss only every hundredth step, the CPU can run ahead
    in the other ninety-nine; but then a run whose numbers have left the range of floats is seen late.

??? question deeper "The parameters stay in float32. Why may the factors of a product be rounded to bfloat16?"

    A rounded factor is off by up to 1/256 of itself, sometimes up and sometimes down. In a sum of many
    products much of that evens out, and the next step sees other numbers. A parameter is different: it is
    changed a little in each step, and a change that is rounded away is lost every time.

# To keep

- An order costs the same for four numbers and for four million.
- A small model on a GPU is nothing but orders, so the way to speed is fewer of them, or larger ones.
- Factors may be rounded to 16 bits; sums and parameters may not.

# What follows

One device is not enough, or there are several. How can processes share the work? `microgpt.engines.several`
has the answer; before it, `microgpt.engines.ahead` draws samples from such a model, and
`microgpt.engines.replays` records the orders.

Sources: Paulius Micikevicius and others, "Mixed Precision Training" (2017).
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import Parameter

from microgpt.engines import ahead
from microgpt.engines.engine import Engine
from microgpt.engines.tensors import Padded, TensorModel, loss_of, pad, tensor_model
from microgpt.loss import Batch, ImpossibleError
from microgpt.model import Model
from microgpt.training import finite

THREADS = torch.get_num_threads()
"""How many threads the library would use."""

WORTH_SHARING = 10_000_000
"""From how many parameters, times documents in a batch, several threads of a CPU are used."""


@dataclass(eq=False)
class TensorAdam:
    """PyTorch's Adam, which is that of `microgpt.adam`, for a row of parameters.

    Attributes:
        optimizer: Theirs.
        beta1: How much of `m` is kept in each step.
        beta2: How much of `v` is kept in each step.
        eps: What is added to the root of `v` before dividing.
        steps: How many updates were made.

    Examples:
        The two steps of `microgpt.adam`.

        >>> from microgpt.adam import Adam
        >>> theta = Parameter(torch.tensor([5.0], dtype=torch.float64))
        >>> adam = TensorAdam.start(theta, Adam([0.0], [0.0], beta1=0.85, beta2=0.99, eps=1e-8))
        >>> for slope in (0.1, 0.12):
        ...     adam.update(torch.tensor([slope], dtype=torch.float64), learning_rate=0.01)
        ...     print(round(theta.item(), 9))
        4.990000001
        4.979972205
        >>> [round(number, 6) for number in (*adam.m, *adam.v)], adam.steps
        ([0.03075, 0.000243], 2)
    """

    optimizer: torch.optim.Adam
    beta1: float
    beta2: float
    eps: float
    steps: int

    @classmethod
    def start(cls, flat: Parameter, other: Any) -> "TensorAdam":
        """Take over the averages of another optimizer, of any engine.

        Args:
            flat: What will be updated, `[n_parameters]`.
            other: Where to go on from; it is left as it is.
        """
        betas = (other.beta1, other.beta2)
        optimizer = torch.optim.Adam([flat], betas=betas, eps=other.eps, fused=True)
        m, v = (
            torch.tensor([float(one) for one in row], dtype=flat.dtype, device=flat.device)
            for row in (other.m, other.v)
        )
        steps = torch.tensor(float(other.steps), device=flat.device)
        optimizer.state[flat] = {"step": steps, "exp_avg": m, "exp_avg_sq": v}
        return cls(optimizer, *betas, other.eps, other.steps)

    @property
    def flat(self) -> Parameter:
        """What is updated."""
        found: Parameter = self.optimizer.param_groups[0]["params"][0]
        return found

    @property
    def m(self) -> list[float]:
        """The average slopes, fetched now."""
        found: list[float] = self.optimizer.state[self.flat]["exp_avg"].tolist()
        return found

    @property
    def v(self) -> list[float]:
        """The average squared slopes, fetched now."""
        found: list[float] = self.optimizer.state[self.flat]["exp_avg_sq"].tolist()
        return found

    def update(self, slopes: Tensor, learning_rate: float) -> None:
        """Move every parameter one step against its slope.

        Args:
            slopes: `[n_parameters]`.
            learning_rate: See `microgpt.adam.Adam.update`.
        """
        self.flat.grad = slopes
        self.optimizer.param_groups[0]["lr"] = learning_rate
        self.optimizer.step()
        self.steps += 1


def own(model: Model[Any], precision: str, device: torch.device) -> TensorModel:
    """Copy a model of any engine to a device, and choose how many threads of a CPU will work on it.

    Args:
        model: Any model.
        precision: See `microgpt.engines.tensors.tensor_model`.
        device: Where to.
    """
    mine = tensor_model(model, precision, device)
    is_small = mine.flat.numel() * model.config.batch_size < WORTH_SHARING
    torch.set_num_threads(1 if is_small else THREADS)
    return mine


def slopes_of(model: TensorModel, padded: Padded) -> tuple[Tensor, Tensor]:
    """Compute the loss and the slope for each parameter.

    Args:
        model: The model.
        padded: The batch.

    Returns:
        The loss, one number, and the slopes, `[n_parameters]`, where the model is; nothing is fetched.

    Examples:
        >>> from microgpt.config import Config
        >>> from microgpt.training import new_run
        >>> run = new_run(Config(n_embd=6, n_head=2, block_size=3), ["ava", "o"])
        >>> model = own(run.model, "float64", torch.device("cpu"))
        >>> batch = [model.tokenizer.encode(name) for name in ("ava", "o")]
        >>> loss, slopes = slopes_of(model, padded_for(model, batch))
        >>> loss.shape, slopes.shape == model.flat.shape
        (torch.Size([]), True)
    """
    loss = loss_of(model, padded)
    (slopes,) = torch.autograd.grad(loss, model.flat)
    return loss.detach(), slopes


def fetched_loss(loss: Tensor, slopes: Tensor) -> float:
    """Fetch the loss, if it and the slopes are finite.

    Args:
        loss: One number.
        slopes: `[n_parameters]`.

    Raises:
        ArithmeticError: If they are not, with the words of `microgpt.training`.

    Examples:
        >>> fetched_loss(torch.tensor(2.5), torch.tensor([3.0, 4.0]))
        2.5
        >>> for number in (torch.inf, torch.nan):
        ...     try:
        ...         fetched_loss(torch.tensor(number), torch.tensor([0.0]))
        ...     except ArithmeticError as error:
        ...         print(error)
        the right answer got a probability of 0, which has no logarithm
        the loss is nan
    """
    found, size = torch.stack((loss, slopes @ slopes)).tolist()
    if found == torch.inf:
        raise ImpossibleError("the right answer got a probability of 0, which has no logarithm")
    finite("the loss", found)
    finite("the squared size of the gradient", size)
    return float(found)


def padded_for(model: TensorModel, batch: Batch) -> Padded:
    """Pad a batch for a model: at most its block size, in its numbers, on its device.

    Args:
        model: The model.
        batch: The documents.

    Examples:
        >>> from microgpt.config import Config
        >>> from microgpt.training import new_run
        >>> run = new_run(Config(n_embd=6, n_head=2, block_size=3), ["ava", "o"])
        >>> model = own(run.model, "float64", torch.device("cpu"))
        >>> batch = [model.tokenizer.encode(name) for name in ("ava", "o")]
        >>> padded_for(model, batch).tokens.tolist()
        [[3, 0, 2], [3, 1, 3]]
    """
    return pad(batch, model.config.block_size, model.flat.dtype, model.flat.device)


def gradient(model: TensorModel, batch: Batch) -> tuple[float, list[float]]:
    """Compute the loss of a batch and its slope for each parameter; see `microgpt.engines.engine.Engine`."""
    loss, slopes = slopes_of(model, padded_for(model, batch))
    return fetched_loss(loss, slopes), slopes.tolist()


def learn(model: TensorModel, optimizer: TensorAdam, batch: Batch, learning_rate: float) -> float:
    """Do a whole step; see `microgpt.training.learn`.

    Args:
        model: Its parameters move.
        optimizer: Its averages move.
        batch: The documents.
        learning_rate: See `microgpt.adam.Adam.update`.

    Examples:
        >>> from microgpt.config import Config
        >>> from microgpt.training import new_run
        >>> run = new_run(Config(n_embd=8, n_head=2), ["ava"])
        >>> rung = plain_engine("float64", torch.device("cpu"))
        >>> model = rung.own(run.model)
        >>> optimizer, batch = rung.start(model, run.optimizer), [model.tokenizer.encode("ava")]
        >>> [round(learn(model, optimizer, batch, learning_rate=0.01), 2) for _ in range(3)]
        [1.15, 1.05, 0.97]
    """
    loss, slopes = slopes_of(model, padded_for(model, batch))
    found = fetched_loss(loss, slopes)
    optimizer.update(slopes, learning_rate)
    return found


def plain_engine(precision: str, device: torch.device) -> Engine:
    """Give the plain engine of this rung, which gives each order anew.

    Args:
        precision: `float64`, `float32` or `bfloat16`.
        device: Where to compute.

    Examples:
        >>> plain_engine("float32", torch.device("cpu")).precision
        'float32'
    """
    functions: Any = (gradient, learn, ahead.surprises_together, ahead.samples_together)
    return Engine(
        "torch",
        precision,
        lambda model: own(model, precision, device),
        lambda model, optimizer: TensorAdam.start(model.flat, optimizer),  # type: ignore[attr-defined]
        *functions,
    )
