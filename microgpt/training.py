r"""The loop: take a document, measure the surprise, find the slopes, take the step. A thousand times.

# The question

Everything is there: a model with random numbers in it, a loss that says how wrong it is, slopes that say
which way is better, Adam that says how far to go. **What does it take to make them learn?** A loop of
four actions, and care in what is kept from one round to the next.

# The picture

```mermaid
graph LR
    docs["documents, shuffled"] --> alphabet["alphabet"]
    alphabet --> model["model, random"]
    model --> next["next document"]
    next --> step["train_step"]
    step --> record["a Step for whoever watches"]
    record -- "again" --> next
    record -- "all steps done" --> use["sampling"]
```

# One document at a time

Each step learns from a single document, and the steps go through the shuffled documents in order; after the
last one the first comes again. (Large models average the slopes of many documents, a *batch*, in each
step. That is less noisy, and each step costs as many times more. The dial is `batch_size`.)

>>> run = new_run(Config(batch_size=2), ["emma", "ava", "mia", "liam", "noah"])
>>> step = train_step(run)
>>> step.documents == run.documents[:2], next_task(run).documents == run.documents[2:4]
(True, True)

With one document, the loss of a step is the loss of *one* name. It jumps up and down with the difficulty of
the name, so look at an average of many steps to see learning.

>>> from microgpt.data import bundled_documents
>>> from microgpt.loss import document_loss
>>> from microgpt.model import as_floats
>>> run = new_run(Config(steps=60, n_embd=8, n_head=2), bundled_documents())
>>> losses = [step.loss for step in train(run)]
>>> [round(loss, 2) for loss in losses[:4]]
[3.39, 3.39, 3.35, 3.38]
>>> first, last = losses[:20], losses[-20:]
>>> round(sum(first) / 20, 2), round(sum(last) / 20, 2)
(3.22, 2.72)

# What the dials do to it

Sixty steps of a small model, with one dial turned, judged by its mean loss on a hundred names that are
set aside, always the same. The die, a model that knows nothing, would have $\log 27 = 3.30$.

>>> names = bundled_documents()
>>> exam = names[::29][:100]
>>> rest = [name for name in names if name not in exam]
>>> def loss_after(**dials):
...     run = new_run(Config(**({"steps": 60, "n_embd": 8, "n_head": 2} | dials)), rest)
...     for step in train(run):
...         pass
...     model = as_floats(run.model)
...     return round(sum(document_loss(model, model.tokenizer.encode(name)) for name in exam) / 100, 2)

Pure luck first: the same settings with other seeds. Smaller differences below prove nothing by themselves.

>>> [loss_after(seed=seed) for seed in (42, 43, 44, 45)]
[2.83, 2.73, 2.8, 2.76]

What matters so much that one seed shows it: the number of steps, a learning rate that is not too low, and
numbers that do not start too large. For a width of 4 and a rate of 0.1 it takes more seeds. All this holds
for sixty steps of this small model. In a thousand or ten thousand steps other things matter, and other
rates are the best: docs/pages/experiments.md tries everything with 32 seeds.

>>> [loss_after(steps=steps) for steps in (20, 60, 180)]
[3.21, 2.83, 2.56]
>>> [loss_after(learning_rate=rate) for rate in (0.0001, 0.001, 0.01, 0.1)]
[3.33, 3.29, 2.83, 2.88]
>>> [loss_after(init_std=std) for std in (0.0, 0.08, 1.0)]
[3.3, 2.83, 27.35]
>>> [loss_after(n_embd=n_embd) for n_embd in (4, 8, 16)]
[2.93, 2.83, 2.75]

What makes no difference that one seed could show, in so short a run: layers, heads, and how long Adam
remembers.

>>> [loss_after(n_layer=n_layer) for n_layer in (1, 2)]
[2.83, 2.79]
>>> [loss_after(n_head=n_head) for n_head in (1, 2, 4)]
[2.83, 2.83, 2.83]
>>> [loss_after(beta1=beta1) for beta1 in (0.0, 0.85, 0.95)]
[2.78, 2.83, 2.87]
>>> [loss_after(beta2=beta2) for beta2 in (0.9, 0.99, 0.999)]
[2.84, 2.83, 2.83]

To see a small effect, pair the runs: the same seeds with and without the change, and look at the
differences. Here, in sixty steps, a longer memory of the direction does harm with all four seeds, by an
amount so small that in a single run luck would hide it.

>>> [round(loss_after(seed=s, beta1=0.95) - loss_after(seed=s), 2) for s in (42, 43, 44, 45)]
[0.04, 0.04, 0.01, 0.04]

# Learning by heart

A model with thousands of parameters can do something else with five names than catch their sound:
remember them. The loss falls far below what is possible on names not seen before, and the samples are the
five names again. This is *overfitting*. It is why a model is judged by documents that it has not seen.

>>> run = new_run(Config(steps=150), ["amara", "boris", "chen", "dilnoza", "emeka"])
>>> losses = [step.loss for step in train(run)]
>>> round(sum(losses[:5]) / 5, 2), round(sum(losses[-5:]) / 5, 2)
(2.68, 0.27)

A name of the same letters that it has not seen surprises it far more than it would surprise the die.

>>> model = as_floats(run.model)
>>> round(document_loss(model, model.tokenizer.encode("ramona")), 2)
5.2
>>> round(math.log(model.tokenizer.vocab_size), 2)
2.77

On the five names themselves, what is left of the loss is the first letter, which nobody can know: one of
five, for the first of six to eight tokens. Everything after it is certain.

>>> round(sum(math.log(5) / (len(name) + 1) for name in run.documents) / 5, 2)
0.27

# Check yourself

??? question "The loss of step 100 is higher than that of step 1. Is something wrong?"

    Not by itself. Each is the loss of one name, and some names are hard. Look at the mean of many steps,
    or at the same unseen names each time.

??? question "Where does the time go, and how could it go faster?"

    Into the multiplications of the matrices, once forward and twice back (a slope for the weight, one for
    the input), and into making and walking the nodes of the graph. One node for a whole dot product, in
    place of one for each operation, was the largest gain. Beyond that one leaves plain Python: for
    arrays, compiled loops, or a graphics card. The mathematics stays the same.

# What a run consists of

Stop it between two steps, keep the things of a `Run`, and it can go on as if nothing had happened:
the model, the documents in their order, Adam's averages, the random generator, and the losses so far,
whose number is the number of steps done. `microgpt.checkpoint` keeps them in a file.

# What follows

`microgpt.sampling` lets the trained model speak.
"""

import gc
import math
import random
import reprlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import mul
from typing import Any, NamedTuple, TypeAlias

from microgpt.adam import Adam
from microgpt.autograd import Value
from microgpt.config import Config, ConfigError
from microgpt.data import split_documents
from microgpt.loss import Batch, batch_loss
from microgpt.model import Model, new_model, parameters_of
from microgpt.stages import stage
from microgpt.tokenizer import Tokenizer

WINDOW = 100
"""Over how many steps losses are averaged, to see past the difficulty of single documents."""


class DivergenceError(ArithmeticError):
    """The numbers have left the range of floats. The message names the step, and says what to try."""


@dataclass
class Run:
    """A training run between two steps: all that is needed to go on.

    Attributes:
        model: The model, whose parameters move.
        documents: What it learns from, in the order of the steps.
        optimizer: Adam and its averages.
        rng: The random generator; after training it draws the samples.
        losses: One loss for each step done, in nats per token.
        held_out: What was set aside before, and is never learned from.
        arithmetic: Who computes the steps; the numbers of model and optimizer are of its kind.
    """

    model: Model[Any]
    documents: Sequence[str]
    optimizer: Adam
    rng: random.Random
    losses: list[float] = field(default_factory=list)
    held_out: Sequence[str] = ()
    arithmetic: "Arithmetic" = field(default_factory=lambda: DOT)

    @property
    def config(self) -> Config:
        """The dials of the run."""
        return self.model.config

    @property
    def trained_on(self) -> Sequence[str]:
        """The documents of the steps so far; each once, however often the steps went through them all."""
        return self.documents[: len(self.losses) * self.config.batch_size]


@dataclass(frozen=True)
class Step:
    """What happened in one step.

    Attributes:
        number: Which step, counted from 1.
        documents: The texts it learned from, as many as `batch_size` says.
        batch: The same as ids, with the mark on both sides.
        learning_rate: The learning rate of the update: the length of a usual step.
        loss: The surprise before the update, in nats per token.
    """

    number: int
    documents: list[str]
    batch: list[list[int]]
    learning_rate: float
    loss: float


def new_run(config: Config, documents: Sequence[str]) -> Run:
    """Prepare a run: shuffle the documents, collect the alphabet, make the model.

    One random generator, started from the seed, does the shuffling, then the initialization, and after
    training the sampling. The order matters: it is what makes the run equal to the original's. The alphabet
    is that of all documents, also of those set aside.

    Args:
        config: The dials.
        documents: What to learn from; the sequence itself is left as it is.

    Returns:
        The run before its first step.

    Raises:
        ValueError: If there are no documents, or something else than a list of texts is given: a single
            text, a set (which has no order), or a generator (which can be read only once).
        ConfigError: If `hold_out` leaves none to learn from, or fewer than a batch needs.

    Examples:
        >>> names = ["emma", "ava", "mia", "liam"]
        >>> run = new_run(Config(eps=1e-7), names)
        >>> run.documents, run.model.tokenizer.alphabet
        (['mia', 'ava', 'liam', 'emma'], 'aeilmv')
        >>> names, run.optimizer.eps
        (['emma', 'ava', 'mia', 'liam'], 1e-07)
        >>> new_run(Config(), [])
        Traceback (most recent call last):
            ...
        ValueError: a list of at least one document is needed to learn from, but an empty list was given
        >>> new_run(Config(), {"emma", "ava"})
        Traceback (most recent call last):
            ...
        ValueError: a list of at least one document is needed to learn from, but a set was given
    """
    if isinstance(documents, str) or not isinstance(documents, Sequence) or not documents:
        is_empty = isinstance(documents, Sequence) and not documents
        given = f"{'an empty' if is_empty else 'a'} {type(documents).__name__}"
        raise ValueError(f"a list of at least one document is needed to learn from, but {given} was given")
    if strange := [one for one in documents if not isinstance(one, str)]:
        raise ValueError(f"each document must be a text, but {reprlib.repr(strange[0])} was given")
    rng = random.Random(config.seed)
    try:
        training, held_out = split_documents(documents, config.hold_out, config.block_size, rng)
    except ValueError as error:
        raise ConfigError(str(error)) from None
    if config.batch_size > len(training):
        raise ConfigError(
            f"batch_size = {config.batch_size} is more than the {len(training):,} documents to learn from; "
            "choose at most that"
        )
    model = new_model(config, Tokenizer.from_documents(documents), rng)
    optimizer = Adam.start(parameters_of(model), config.beta1, config.beta2, config.eps)
    return Run(model, training, optimizer, rng, held_out=held_out)


def learning_rate_at(step: int, config: Config) -> float:
    r"""Compute the learning rate of a step: a straight line from the dial's value towards 0.

    $$\eta_s = \eta \left(1 - \frac{s - 1}{\text{steps}}\right)$$

    Args:
        step: Which step, counted from 1.
        config: The dials.

    Returns:
        The rate. In the last step it is small but not 0.

    Examples:
        >>> config = Config(steps=4, learning_rate=0.1)
        >>> [round(learning_rate_at(step, config), 3) for step in (1, 2, 3, 4)]
        [0.1, 0.075, 0.05, 0.025]
    """
    return config.learning_rate * (1 - (step - 1) / config.steps)


def mean_of_last(losses: Sequence[float], window: int = WINDOW) -> float:
    """Average the newest losses: one loss is one document's, and jumps with its difficulty.

    Args:
        losses: At least one, oldest first.
        window: How many to average; fewer if there are not as many.

    Examples:
        >>> mean_of_last([9.0, 3.0, 2.0, 4.0], window=3), mean_of_last([2.5])
        (3.0, 2.5)
    """
    newest = losses[-window:]
    return sum(newest) / len(newest)


def train(run: Run) -> Iterator[Step]:
    """Do the steps that are left, one for each time that the next is asked for.

    Nothing is printed, and no `Step` is kept; only its loss goes into `run.losses`. Whoever iterates
    decides what to do with a step: show it, save the run, look into the model, or stop.

    Args:
        run: Where to go on from. It is changed in place.

    Yields:
        Each step after it is done. At that moment the gradients of the step can still be read from the
        parameters.

    Raises:
        DivergenceError: If the numbers leave the range of floats.

    Examples:
        Stopping after two of five steps and going on is the same as not stopping.

        >>> config, names = Config(steps=5, n_embd=4, n_head=2), ["emma", "ava", "mia"]
        >>> straight, stopped = new_run(config, names), new_run(config, names)
        >>> straight_losses = [step.loss for step in train(straight)]
        >>> for step in train(stopped):
        ...     if step.number == 2:
        ...         break
        >>> _ = list(train(stopped))
        >>> stopped.losses == straight_losses, len(stopped.losses)
        (True, 5)
    """
    while len(run.losses) < run.config.steps:
        yield train_step(run)


@stage
def train_step(run: Run) -> Step:
    r"""Do one step: forward, backward, update.

    ```mermaid
    graph LR
        tokens["tokens"] --> loss["forward: the loss, and its graph"]
        loss --> zero["old gradients to 0"]
        zero --> back["backward: new gradients"]
        loss -- "graph" --> back
        back --> adam["Adam: parameters move"]
        rate["learning rate of this step"] --> adam
    ```

    Args:
        run: Changed in place: the parameters move, Adam's averages move, and the loss is added to `losses`.

    Returns:
        What happened.

    Raises:
        DivergenceError: If the loss or a gradient is not a finite number any more. The parameters and
            averages are then still those of the step before.
        ValueError: If all steps are done.

    Examples:
        After one step on "ava", the same document is less surprising.

        >>> run = new_run(Config(steps=2, n_embd=8, n_head=2), ["ava"])
        >>> first, second = train_step(run), train_step(run)
        >>> first.documents, first.batch, round(first.loss, 2), round(second.loss, 2)
        (['ava'], [[2, 0, 1, 0, 2]], 1.15, 1.05)

        The gradients of the step are still there.

        >>> sum(parameter.grad != 0 for parameter in parameters_of(run.model)) > 0
        True

        A learning rate far too high ends with a clear message, and not with nonsense.

        >>> run = new_run(Config(learning_rate=1e6), ["ava", "emma"])
        >>> try:
        ...     for step in train(run):
        ...         pass
        ... except DivergenceError as error:
        ...     print(str(error).partition(" (")[0])
        step 2 went wrong: the right answer got a probability of 0, which has no logarithm

        So does a model that starts too large: its loss can still be a number, its gradient cannot.

        >>> run = new_run(Config(init_std=1e160), ["ava"])
        >>> try:
        ...     train_step(run)
        ... except DivergenceError as error:
        ...     print(str(error).partition(";")[0])
        step 1 went wrong: the squared size of the gradient is nan
    """
    task = next_task(run)
    try:
        loss = run.arithmetic.learn(run.model, run.optimizer, task.batch, task.learning_rate)
    except ArithmeticError as error:
        raise DivergenceError(_advice(run, task.number, error)) from error
    run.losses.append(loss)
    return Step(*task, loss)


class Task(NamedTuple):
    """What one step has to do: learn this, so fast.

    Attributes:
        number: Which step, counted from 1.
        documents: The texts.
        batch: The same as ids, with the mark on both sides.
        learning_rate: The learning rate of the update.
    """

    number: int
    documents: list[str]
    batch: list[list[int]]
    learning_rate: float


def next_task(run: Run) -> Task:
    """Choose what the next step learns. Nothing is computed and nothing is changed yet.

    Args:
        run: The run.

    Raises:
        ValueError: If all steps are done.

    Examples:
        >>> run = new_run(Config(steps=4), ["emma", "ava", "mia"])
        >>> next_task(run)
        Task(number=1, documents=['ava'], batch=[[5, 0, 4, 0, 5]], learning_rate=0.01)

        After the last document the first one comes again, and the rate has fallen.

        >>> run.losses.extend([1.8, 1.8, 1.7])
        >>> next_task(run).documents, next_task(run).learning_rate
        (['ava'], 0.0025)
    """
    number = len(run.losses) + 1
    if number > run.config.steps:
        raise ValueError(f"all {run.config.steps} steps are done; for more, start a run with more steps")
    config, count, encode = run.config, len(run.documents), run.model.tokenizer.encode
    first = (number - 1) * config.batch_size
    documents = [run.documents[place % count] for place in range(first, first + config.batch_size)]
    return Task(number, documents, [encode(one) for one in documents], learning_rate_at(number, config))


def learn(model: Model[Value], optimizer: Adam, batch: Batch, learning_rate: float) -> float:
    """Compute the loss of a batch, the slopes, and the update: all the arithmetic of a step.

    Args:
        model: Its parameters move.
        optimizer: Its averages move.
        batch: The documents as the tokenizer encodes them.
        learning_rate: See `microgpt.adam.Adam.update`.

    Returns:
        The loss before the update, in nats per token.

    Raises:
        ArithmeticError: If loss or slopes leave the range of floats. Nothing has moved then.

    Examples:
        >>> run = new_run(Config(n_embd=8, n_head=2), ["ava"])
        >>> tokens = run.model.tokenizer.encode("ava")
        >>> losses = [learn(run.model, run.optimizer, [tokens], learning_rate=0.01) for _ in range(3)]
        >>> [round(loss, 2) for loss in losses]
        [1.15, 1.05, 0.97]
    """
    parameters = parameters_of(model)
    with gc_paused():
        loss = batch_loss(model, batch)
        finite("the loss", loss.data)
        backward(loss, parameters)
        optimizer.update(parameters, learning_rate)
    return loss.data


Learn: TypeAlias = Callable[[Model[Any], Any, Batch, float], float]
"""What does all the arithmetic of a step, like `learn`."""


class Arithmetic(NamedTuple):
    """Who computes the steps of a run. This chapter does it one way; `microgpt.engines` knows faster ones.

    Attributes:
        engine: Its name.
        precision: How exact its numbers are.
        learn: What it does in a step.
    """

    engine: str
    precision: str
    learn: Learn


DOT: Arithmetic = Arithmetic("dot", "float64", learn)
"""The book's own way: one node of the graph for each dot product."""


@stage
def backward(loss: Value, parameters: Sequence[Value]) -> None:
    """Find the slope of the loss for every parameter. Now graph and gradients can be looked at.

    Args:
        loss: The loss of this step.
        parameters: All parameters; the slopes of the step before are forgotten.

    Raises:
        FloatingPointError: If a slope is not finite, or so large that its square is not.

    Pitfalls:
        - *Gradients not set to 0.* Each step would follow the sum of all slopes so far.
        - *Set to 0 too early.* Whoever wants to see gradients must look before. Here they are set to 0
          just before the next backward pass, so that they can be read between the steps.

    Examples:
        The slope of the square of 3 is 6, also the second time.

        >>> x = Value(3.0)
        >>> backward(x**2, [x])
        >>> backward(x**2, [x])
        >>> x.grad
        6.0
    """
    for parameter in parameters:
        parameter.grad = 0.0
    loss.backward()
    gradient = [parameter.grad for parameter in parameters]
    finite("the squared size of the gradient", sum(map(mul, gradient, gradient)))


def finite(what: str, number: float) -> float:
    """Return a number as it is, or refuse it if it is infinite or not a number.

    Args:
        what: What to call it in the message.
        number: The number to look at.

    Raises:
        FloatingPointError: If it is `inf`, `-inf` or `nan`.

    Examples:
        >>> finite("the loss", 2.5)
        2.5
        >>> finite("the loss", math.nan)
        Traceback (most recent call last):
            ...
        FloatingPointError: the loss is nan
    """
    if not math.isfinite(number):
        raise FloatingPointError(f"{what} is {number}")
    return number


@contextmanager
def gc_paused() -> Iterator[None]:
    """Keep Python's search for reference cycles from running meanwhile.

    A graph of values has no cycles, so each value is freed as soon as nobody needs it. The search would
    look through thousands of living values again and again and find nothing.

    Examples:
        >>> with gc_paused():
        ...     gc.isenabled()
        False
        >>> gc.isenabled()
        True

        If it was off before, it stays off.

        >>> gc.disable()
        >>> with gc_paused():
        ...     pass
        >>> gc.isenabled()
        False
        >>> gc.enable()
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _advice(run: Run, number: int, error: Exception) -> str:
    reason = "a number grew too large for a float" if isinstance(error, OverflowError) else str(error)
    sizes = [abs(getattr(parameter, "grad", 0.0)) for parameter in parameters_of(run.model)]
    largest = max((size for size in sizes if math.isfinite(size)), default=0.0)
    gradient = f" (the largest finite gradient seen was {largest:.3g})" if largest else ""
    usual, used = Config(), run.config
    suspects = {
        "init_std": used.init_std > usual.init_std,
        "learning_rate": used.learning_rate > usual.learning_rate,
        "beta2": used.beta2 < usual.beta2,
        "eps": used.eps < usual.eps,
    }
    changes = [
        f"{dial} {getattr(usual, dial)} instead of {getattr(used, dial)}"
        for dial, is_suspect in suspects.items()
        if is_suspect
    ]
    advice = " or ".join(changes) or "a smaller learning_rate or init_std"
    return f"step {number} went wrong: {reason}{gradient}; try {advice}"
