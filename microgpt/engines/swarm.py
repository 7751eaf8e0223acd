r"""Thousands of models at once: how a GPU gets something to do although each model is small.

# What you will be able to do

- Write one forward pass for many models with a dimension more.
- Say why one backward pass is enough for all of them.
- Say how many models a device can hold.

# The question

A run with another seed is another run that is just as good, and how much runs differ is the size of luck. A
mean over a thousand seeds says what one run cannot. **Must a thousand small models be trained one after the
other, on a machine that could multiply a thousand times as many numbers at once?**

# The picture

Look for `n_models` in the shapes, and for what there is only once: the orders of a step.

```mermaid
graph TD
    seeds["seed 0, seed 1, ..."] --> runs["for each: its documents, its parameters"]
    runs --> box["parameters [n_models][n_parameters]"]
    box --> step["one step: the same orders, each about all models"]
    step --> losses["losses [steps][n_models]"]
```

# One dimension more

Every model has its own matrices and, in each step, its own document. So all tensors get one dimension more,
in front: the matrices of all models are `[n_models][rows][columns]`, and where one model multiplies a
document by a matrix, a *batched* product multiplies document 0 by matrix 0, document 1 by matrix 1, and so
on. The forward pass of `microgpt.engines.tensors` is written so that it does either. In the smallest case,
two models that double and triple:

>>> matrices = torch.tensor([[[2.0, 0.0], [0.0, 2.0]], [[3.0, 0.0], [0.0, 3.0]]])
>>> documents = torch.tensor([[[1.0, 5.0]], [[1.0, 5.0]]])
>>> (documents @ matrices.mT).tolist()
[[[2.0, 10.0]], [[3.0, 15.0]]]

The models have nothing to do with each other. The sum of their losses has, for each parameter, the slope of
its own model's loss, since no other loss depends on it. So one backward pass serves all.

# Without asking

Nothing in a step depends on what the CPU knows: which documents come in step $k$ and how fast to learn was
known from the start. So all of it is sent once, the number of the step is itself a number on the device, and
the step is recorded (see `microgpt.engines.replays`) and played a thousand times without a look in between.
What is a look good for? To stop a run whose numbers have left the range of floats. Here such a model goes on
with `nan`, which touches none of the others, and is seen at the end.

# What it costs

Padding to `block_size`, since every step is to have the same shape. Of the positions, this share is real; for
the bundled names more than half is padding.

>>> from microgpt.data import bundled_documents
>>> names = bundled_documents()
>>> round(sum(len(name) + 1 for name in names) / (16 * len(names)), 2)
0.44

And memory: for each model four numbers a parameter (itself, its slope, and Adam's two) and what the backward
pass wants to know of the forward pass.

It pays all the same. On one H100 a thousand steps took 0.39 seconds for 100 models together, 0.78 for 1,000,
and 4.95 for 10,000 (`docs/pages/ladder.md`, by `docs/measurements/gpu.json`). To shuffle and draw for that
many runs took the CPU longer than to train them.

# Pitfalls

- *A mean over the models.* Each slope would be divided by the number of models. Adam hides most of that, so
  it is easy to miss. The sum leaves each model its own slope:

>>> weights = torch.tensor([1.0, 3.0], requires_grad=True)
>>> for whole in ((weights**2).sum(), (weights**2).mean()):
...     print(torch.autograd.grad(whole, weights)[0].tolist())
[2.0, 6.0]
[1.0, 3.0]

- *Looking at the mean loss only.* One model without numbers makes the mean no number, and says nothing of the
  others, which are well:

>>> weights = torch.tensor([1.0, torch.nan, 3.0], requires_grad=True)
>>> losses = weights**2
>>> losses.mean().item(), losses.nanmean().item()
(nan, 5.0)
>>> torch.autograd.grad(losses.sum(), weights)[0].tolist()
[2.0, nan, 6.0]

# Check yourself

??? question why "Why does a thousand models in one step not take a thousand times as long as one?"

    With one model, nearly all of the time is spent on giving orders, which are as many for a thousand. Only
    when the device has more to do than the CPU to order does the time grow with the number of models.

??? question how "Model 0 learns from a name of 3 letters, model 1 from one of 7. How do they share a step?"

    Both documents are filled up to the block size, and each model's loss is divided by its own number of
    predictions, 4 and 8. What stands on the padding gets no part in the loss.

??? question deeper "How many default models would 80 GB hold, if only the four numbers a parameter counted?"

    With 4,192 parameters in float32, over a million. What is remembered for the way back takes more: with
    30,000 models the peak was 7.24 GiB (`docs/pages/ladder.md`, by `docs/measurements/gpu.json`), nearly four
    times as much a model.

    >>> 80e9 / (4 * 4 * 4192) > 1e6
    True
    >>> 4 * 4 * 4192, round(7.24 * 2**30 / 30_000)
    (67072, 259130)

# To keep

- Many small models are one large computation, with one dimension more.
- The slope of the sum of all losses is each model's own slope.
- What is recorded must not ask questions; the answers are looked at when it is over.

# What follows

This was the last rung. How much work is a step, whoever does it? `microgpt.engines.operations` counts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import Parameter

from microgpt.config import Config
from microgpt.engines.replays import WARM_UP, recorded
from microgpt.engines.tensors import logits, matrices_in
from microgpt.model import Model, parameter_shapes, parameters_of
from microgpt.tokenizer import Tokenizer
from microgpt.training import Run, learning_rate_at

NOTHING = -1
"""What stands where a document is over."""


@dataclass(frozen=True, eq=False)
class Swarm:
    """Many runs of the same dials, side by side on one device.

    Attributes:
        config: Their dials, apart from the seed.
        tokenizer: Their alphabet.
        flat: The parameters of all, `[n_models][n_parameters]`.
        documents: What each reads in each step, `[steps][n_models][block_size + 1]`; `NOTHING` fills up.
        rates: The learning rate of each step, `[steps]`.
        losses: The loss of each model in each step, `[steps][n_models]`; 0 before the step.
    """

    config: Config
    tokenizer: Tokenizer
    flat: Parameter
    documents: Tensor
    rates: Tensor
    losses: Tensor

    def model(self, number: int) -> Model[float]:
        """Take one model out, of plain floats.

        Args:
            number: Which, from 0.
        """
        shapes = parameter_shapes(self.config, self.tokenizer.vocab_size)
        rows = {
            name: matrix.tolist() for name, matrix in matrices_in(self.flat.detach()[number], shapes).items()
        }
        return Model(self.config, self.tokenizer, rows)


def gather(runs: Sequence[Run], device: torch.device, precision: str = "float32") -> Swarm:
    """Put runs that have not begun side by side.

    Args:
        runs: Of the same dials apart from the seed, and of the same alphabet.
        device: Where to.
        precision: `float32` or `float64`.

    Examples:
        >>> from microgpt.training import new_run
        >>> runs = [new_run(Config(steps=3, n_embd=4, seed=seed), ["ava", "o"]) for seed in (1, 2)]
        >>> swarm = gather(runs, torch.device("cpu"))
        >>> swarm.flat.shape, swarm.documents.shape
        (torch.Size([2, 288]), torch.Size([3, 2, 17]))
    """
    rows, documents = zip(*map(packed, runs), strict=True)
    return swarm_of(runs[0], torch.stack(rows), torch.stack(documents, dim=1), device, precision)


def swarm_of(run: Run, rows: Tensor, documents: Tensor, device: torch.device, precision: str) -> Swarm:
    """Make a swarm of what was `packed`, which takes longer than training it and can be done elsewhere.

    Args:
        run: One of the runs, for what they have in common.
        rows: `[n_models][n_parameters]`.
        documents: `[steps][n_models][block_size + 1]`.
        device: Where to.
        precision: `float32` or `float64`.

    Examples:
        >>> from microgpt.model import as_floats
        >>> from microgpt.training import new_run
        >>> run = new_run(Config(steps=3, n_embd=4), ["ava", "o"])
        >>> row, documents = packed(run)
        >>> swarm = swarm_of(run, row[None], documents[:, None], torch.device("cpu"), "float64")
        >>> swarm.model(0) == as_floats(run.model)
        True
    """
    numbers = torch.float64 if precision == "float64" else torch.float32
    config = run.config
    if config.batch_size != 1:
        raise ValueError(f"each model of a swarm reads one document a step, not {config.batch_size}")
    rates = [learning_rate_at(step, config) for step in range(1, config.steps + 1)]
    losses = torch.zeros(len(rates), len(rows), dtype=numbers, device=device)
    flat = Parameter(rows.to(device, numbers))
    return Swarm(
        config,
        run.model.tokenizer,
        flat,
        documents.to(device),
        torch.tensor(rates, dtype=numbers, device=device),
        losses,
    )


def packed(run: Run) -> tuple[Tensor, Tensor]:
    """Write down what a run starts from and what it will read.

    Args:
        run: Before its first step.

    Returns:
        The parameters, `[n_parameters]`, and the documents of all steps, `[steps][block_size + 1]`.

    Examples:
        >>> from microgpt.training import new_run
        >>> run = new_run(Config(steps=3, block_size=4, n_embd=4), ["ava", "o"])
        >>> run.documents, run.model.tokenizer.alphabet
        (['o', 'ava'], 'aov')
        >>> row, documents = packed(run)
        >>> documents.tolist()
        [[3, 1, 3, -1, -1], [3, 0, 2, 0, 3], [3, 1, 3, -1, -1]]
    """
    size, encode = run.config.block_size, run.model.tokenizer.encode
    read = [encode(document)[: size + 1] for document in run.documents[: run.config.steps]]
    filled = [tokens + [NOTHING] * (size + 1 - len(tokens)) for tokens in read]
    rows = [filled[step % len(filled)] for step in range(run.config.steps)]
    row = torch.tensor([float(one) for one in parameters_of(run.model)], dtype=torch.float64)
    return row, torch.tensor(rows, dtype=torch.int16)


def losses_of(swarm: Swarm, documents: Tensor) -> Tensor:
    """Measure the loss of each model at a document of its own, with the graph.

    Args:
        swarm: The models.
        documents: `[n_models][block_size + 1]`.

    Returns:
        `[n_models]`.

    Examples:
        >>> from microgpt.loss import document_loss
        >>> from microgpt.training import new_run
        >>> runs = [new_run(Config(steps=1, seed=seed), ["ava", "mia", "o"]) for seed in (1, 2)]
        >>> swarm = gather(runs, torch.device("cpu"), "float64")
        >>> [round(loss, 6) for loss in losses_of(swarm, swarm.documents[0]).tolist()] == [
        ...     round(document_loss(run.model, run.model.tokenizer.encode(run.documents[0])).data, 6)
        ...     for run in runs
        ... ]
        True
    """
    shapes = parameter_shapes(swarm.config, swarm.tokenizer.vocab_size)
    matrices = matrices_in(swarm.flat, shapes)
    given, answers = documents[:, :-1].long(), documents[:, 1:].long()
    there = answers != NOTHING
    which = given.clamp(min=0).unsqueeze(-1).expand(-1, -1, swarm.config.n_embd)
    scores = logits(swarm.config, matrices, matrices["wte"].gather(1, which))
    chances = scores.softmax(-1).gather(-1, answers.clamp(min=0).unsqueeze(-1)).squeeze(-1)
    return -(chances.masked_fill(~there, 1).log().sum(-1) / there.sum(-1))


def _step_of(swarm: Swarm, adam: torch.optim.Adam, number: Tensor) -> Callable[[], None]:
    """Write down a step as orders that can be repeated: each time the next step is done.

    Args:
        swarm: Its parameters and losses change.
        adam: Its optimizer, with a learning rate that is a number on the device.
        number: How many steps are done, `[1]`, on the device.
    """
    rate = adam.param_groups[0]["lr"]

    def step() -> None:
        losses = losses_of(swarm, swarm.documents.index_select(0, number).squeeze(0))
        (swarm.flat.grad,) = torch.autograd.grad(losses.sum(), swarm.flat)
        rate.copy_(swarm.rates.index_select(0, number).squeeze(0))
        adam.step()
        swarm.losses.index_copy_(0, number, losses.detach().unsqueeze(0))
        number.add_(1)

    return step


def train_swarm(swarm: Swarm) -> None:
    """Train all models from the first step to the last.

    Args:
        swarm: Not begun yet; changed in place.

    Examples:
        Two seeds side by side, and each alone.

        >>> from microgpt.training import new_run, train
        >>> names = ["ava", "mia", "liam", "o"]
        >>> def runs():
        ...     return [new_run(Config(steps=5, n_embd=4, seed=seed), names) for seed in (1, 2)]
        >>> swarm = gather(runs(), torch.device("cpu"), "float64")
        >>> train_swarm(swarm)
        >>> alone = [[step.loss for step in train(run)] for run in runs()]
        >>> bool((swarm.losses.T - torch.tensor(alone, dtype=torch.float64)).abs().max() < 1e-12)
        True
    """
    adam = _adam_for(swarm)
    number = torch.zeros(1, dtype=torch.int64, device=swarm.flat.device)
    step = _step_of(swarm, adam, number)
    if swarm.flat.is_cuda and swarm.config.steps > WARM_UP:
        memory = [swarm.flat.detach(), number, *adam.state[swarm.flat].values()]
        step = recorded(step, memory).replay
    for _ in range(swarm.config.steps):
        step()


def _adam_for(swarm: Swarm) -> torch.optim.Adam:
    """Make the optimizer of a swarm, with a learning rate and a count of steps that are on the device."""
    config, flat = swarm.config, swarm.flat
    like = torch.zeros((), dtype=torch.float32 if flat.is_cuda else flat.dtype, device=flat.device)
    betas = (config.beta1, config.beta2)
    adam = torch.optim.Adam([flat], lr=like, betas=betas, eps=config.eps, fused=True, capturable=flat.is_cuda)
    m, v = torch.zeros_like(flat), torch.zeros_like(flat)
    adam.state[flat] = {"step": torch.zeros((), device=flat.device), "exp_avg": m, "exp_avg_sq": v}
    return adam
