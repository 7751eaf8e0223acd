"""What an engine is, which ones there are, and how a run changes from one to another.

# What you will be able to do

- Name the six functions that are all an engine has to offer.
- Let a run change its engine in the middle.
- Judge whether two engines compute the same model.

# The question

The book computes the model in one way. There are others that are faster: derive the slopes by hand, handle
whole matrices at once, compile the loops, use a graphics card. **How can the arithmetic be exchanged while
everything else stays as it is?** The dials, the documents and their order, the first parameters, the steps,
the checkpoints and the exam are the same for all. And how does one know that it is still the same model?

# The picture

The run and the engine exchange something both ways. Look at what leads on from there: what an engine
computes.

```mermaid
graph TD
    run["a Run: documents,<br/>dials, losses, chance"] -- "model and<br/>optimizer" --> engine
    engine["an engine"]
    engine -- "own,<br/>start" --> run
    engine -- "learn" --> loss["loss of<br/>one step"]
    engine --> gradient["gradient,<br/>for tests"]
    engine --> use["surprises,<br/>samples"]
```

# Six functions

An `Engine` is six functions. Two of them move numbers in: `own` a model's, `start` an optimizer's.
Afterwards the run holds the engine's numbers and nobody else's, so there is no second copy that could be out
of date. The others compute.

>>> from microgpt.config import Config
>>> from microgpt.training import new_run, train
>>> names = ["emma", "ava", "mia", "liam"]
>>> def losses(engine):
...     run = new_run(Config(n_embd=4, n_head=2, steps=5), names)
...     adopt(run, find_engine(engine))
...     return [step.loss for step in train(run)]
>>> losses("scalar") == losses("dot")
True

A run may change its engine in the middle: it goes on with the numbers that it has.

>>> run = new_run(Config(n_embd=4, n_head=2, steps=5), names)
>>> for engine in ("dot", "scalar", "dot"):
...     adopt(run, find_engine(engine))
...     _ = next(train(run))
>>> run.losses == losses("dot")[:3]
True

# How a rung proves itself

The engines stand in an order, from the plainest to the most elaborate, and each is called a *rung* of this
ladder. The first is the referee.

Two engines that add the same numbers in another order round differently, in the last of sixteen digits:

>>> 0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1
(0.6000000000000001, 0.6)

A step starts from the numbers of the one before, so such a difference may grow. In the default run it hardly
does: within a thousand steps no loss of the rung `lists` is further than 2e-15 from the same loss of the
first rung. (Measured figures of this part are in the records of the page `docs/pages/ladder.md`.)

A rung may also keep its numbers in fewer bytes. Python's own floats have 8 bytes and hold about 16 digits;
they are called float64. A *float32* has 4 bytes and holds about 7 digits:

>>> import struct
>>> struct.unpack("f", struct.pack("f", 0.1))[0]
0.10000000149011612

Each rung states how far its losses may be from those of the first one, and no time is shown for a rung that
is further away. The bounds are wider than what was measured, to leave room for other dials and processors.

>>> for name, rung in RUNGS.items():
...     print(f"{name:7}{rung.library or '':6} {rung.tolerances}")
scalar        {'float64': 0.0}
dot           {'float64': 0.0}
lists         {'float64': 1e-09}
numpy  numpy  {'float64': 1e-09, 'float32': 0.02}
numba  numba  {'float64': 1e-09, 'float32': 0.02}
torch  torch  {'float64': 1e-09, 'float32': 0.02, 'bfloat16': 0.2}

# Pitfalls

- *Comparing the first loss only.* It is computed before anything has moved. An engine that takes steps twice
  as long passes that test, and fails the next.

>>> from dataclasses import replace
>>> dot = find_engine("dot")
>>> hasty = replace(dot, learn=lambda model, adam, batch, rate: dot.learn(model, adam, batch, 2 * rate))
>>> run = new_run(Config(n_embd=4, n_head=2, steps=5), names)
>>> adopt(run, hasty)
>>> [step.loss == true for step, true in zip(train(run), losses("dot"))]
[True, False, False, False, False]

- *Holding on to the old model.* After `adopt` the run has another one, and only that one moves.

>>> from microgpt.model import as_floats
>>> run = new_run(Config(n_embd=4, n_head=2, steps=5), names)
>>> old = run.model
>>> adopt(run, find_engine("scalar"))
>>> as_floats(old) == as_floats(run.model)
True
>>> _ = next(train(run))
>>> as_floats(old) == as_floats(run.model)
False

# Check yourself

??? question what "Which of the six functions are needed to train, and which only to use a finished model?"

    To train: `own`, `start` and `learn`. To use: `own`, `surprises` and `samples`. `gradient` is for neither:
    with it the tests compare every single slope, where `learn` would show only the loss.

??? question how "How would you make it faster?"

    First measure where the time goes. Then, one after the other, and with a proof after each that the numbers
    are still the same:

    | what is done | chapter | seconds for a step of the default run |
    |---|---|---|
    | a node for each operation | `microgpt.engines.scalars` | 0.042 |
    | fewer objects: a node for each dot product | `microgpt.engines.dots` | 0.0063 |
    | none: slopes derived beforehand | `microgpt.engines.lists` | 0.0028 |
    | fewer calls: whole matrices | `microgpt.engines.matrices` | 0.00011 |
    | no Python inside the step | `microgpt.engines.loops` | 0.000018 |

    The multiplications are nearly the same in all five. What became less is everything around them. After
    that, give the machine more to do at once: larger batches, more models, more processors. The figures are
    from the page `docs/pages/ladder.md`, one thread of one machine.

??? question why "Why may a rung differ in the last digits, but not by more?"

    The order of additions is no part of the model: no order is the right one. But a wrong slope can also
    look like a small difference at first. So each rung says beforehand how much it may differ, and all slopes
    of a batch are compared, not only losses.

# To keep

- An engine is six functions: two take over the numbers, one learns, one shows slopes, two use the model.
- The same model is the same numbers, up to the order of additions, for a thousand steps.
- A time without that proof is the time of something else.

# What follows

What is the plainest way to compute the model, by which all others are judged? `microgpt.engines.scalars` is
the first rung.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple

from microgpt.adam import Adam
from microgpt.config import ConfigError
from microgpt.engines import processes
from microgpt.evaluation import Surprises
from microgpt.loss import Batch
from microgpt.model import Model
from microgpt.spelling import nearest
from microgpt.training import Arithmetic, Learn, Run


class EngineError(RuntimeError):
    """An engine cannot work here. The message says what is missing, and what to do."""


class LostError(EngineError):
    """Processes that compute together have lost each other, or have not met."""


@dataclass(frozen=True)
class Engine:
    """Who does the arithmetic. All functions but `own` are given a model that `own` has made.

    Attributes:
        name: Its name, one of `RUNGS`.
        precision: How exact its numbers are.
        own: Gives the same model, with its numbers where the engine wants them.
        start: Gives its own optimizer, which goes on from the averages of another one, for a model.
        gradient: Gives the loss of a batch and its slope for each parameter, in the order of the parameters.
        learn: Does a step and gives the loss before it; see `microgpt.training.learn`.
        surprises: Finds the surprise of a model at every token of many documents.
        samples: Invents a number of documents at a temperature, each with the same beginning; with the same
            random numbers as `microgpt.sampling.generate`.
        preparing: What it does before its first step, if that takes long; else nothing.
    """

    name: str
    precision: str
    own: Callable[[Model[Any]], Model[Any]]
    start: Callable[[Model[Any], Adam], Any]
    gradient: Callable[[Model[Any], Batch], tuple[float, list[float]]]
    learn: Learn
    surprises: Surprises
    samples: Callable[[Model[Any], random.Random, int, float, str], Iterator[str]]
    preparing: str = ""


class Rung(NamedTuple):
    """A rung of the ladder.

    Attributes:
        module: Where its engine is, below `microgpt.engines`.
        title: What it does.
        library: What has to be installed for it; None if nothing has.
        tolerances: For each precision, how far a loss may be from that of the first rung within 1,000 steps.
    """

    module: str
    title: str
    library: str | None
    tolerances: dict[str, float]


RUNGS = {
    "scalar": Rung("scalars", "one node for each operation", None, {"float64": 0.0}),
    "dot": Rung("dots", "one node for each dot product", None, {"float64": 0.0}),
    "lists": Rung("lists", "slopes by hand, plain lists", None, {"float64": 1e-9}),
    "numpy": Rung("matrices", "whole documents as matrices", "numpy", {"float64": 1e-9, "float32": 0.02}),
    "numba": Rung("loops", "compiled loops", "numba", {"float64": 1e-9, "float32": 0.02}),
    "torch": Rung(
        "devices", "tensors, on a GPU too", "torch", {"float64": 1e-9, "float32": 0.02, "bfloat16": 0.2}
    ),
}
"""The ladder, from the first rung to the last."""


def is_installed(rung: str) -> bool:
    """Say whether an engine could be used here.

    Examples:
        >>> is_installed("dot")
        True
    """
    library = RUNGS[rung].library
    return library is None or find_spec(library) is not None


def find_engine(name: str, precision: str = "float64", device: str | None = None) -> Engine:
    """Get an engine ready.

    Args:
        name: One of `RUNGS`.
        precision: How exact its numbers are to be, one of those that the rung has.
        device: Where it computes, if it can choose: `cpu` or `cuda`. Else the best that is there.

    Raises:
        ConfigError: If there is no such engine, precision or device.
        EngineError: If what it needs is not installed.

    Examples:
        >>> find_engine("dot").precision
        'float64'
        >>> try:
        ...     find_engine("nump")
        ... except ConfigError as error:
        ...     print(str(error).partition(" There")[0])
        there is no engine 'nump'; did you mean 'numpy'?
        >>> try:
        ...     find_engine("dot", "float32")
        ... except ConfigError as error:
        ...     print(error)
        the engine 'dot' computes in float64, but float32 was asked for; choose one of its own
    """
    if name not in RUNGS:
        raise ConfigError(f"there is no engine {name!r}; {nearest(name, RUNGS)}")
    _refuse_what_it_has_not(name, precision, device)
    rung = RUNGS[name]
    if not is_installed(name):
        install = f"pip install 'microgpt[{rung.library}]' (in a clone: pip install -e '.[{rung.library}]')"
        raise EngineError(f"the engine {name!r} needs {rung.library}, which is not installed: {install}")
    try:
        module = import_module(f"microgpt.engines.{rung.module}")
    except ImportError as error:
        reason = f"the engine {name!r} cannot be loaded: {error}"
        raise EngineError(f"{reason}; install {rung.library} anew") from None
    engine: Engine = module.engine(precision, device)
    return engine


def _refuse_what_it_has_not(name: str, precision: str, device: str | None) -> None:
    rung = RUNGS[name]
    if precision not in rung.tolerances:
        own = " or ".join(rung.tolerances)
        raise ConfigError(
            f"the engine {name!r} computes in {own}, but {precision} was asked for; choose one of its own"
        )
    if device is not None and (name != "torch" or device not in ("cpu", "cuda")):
        choice = "the engine 'torch' alone has a choice of devices, cpu and cuda"
        raise ConfigError(f"{choice}, but {device!r} was asked for with {name!r}; leave it out")
    if processes.count() > 1 and name != "torch":
        raise ConfigError(
            f"{processes.count()} processes were started, and the engine {name!r} works in one; "
            "choose --engine torch, or start it without torchrun"
        )


def adopt(run: Run, engine: Engine) -> None:
    """Let an engine do the steps of a run from now on.

    Args:
        run: Changed in place: its numbers are moved to where the engine wants them.
        engine: Who is to compute.

    Examples:
        >>> from microgpt.config import Config
        >>> from microgpt.training import new_run
        >>> run = new_run(Config(), ["ava"])
        >>> adopt(run, find_engine("scalar"))
        >>> run.arithmetic.engine
        'scalar'
    """
    arithmetic = Arithmetic(engine.name, engine.precision, engine.learn)
    if run.arithmetic != arithmetic:
        run.model = engine.own(run.model)
        run.optimizer = engine.start(run.model, run.optimizer)
        run.arithmetic = arithmetic
