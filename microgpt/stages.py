r"""Watching the machine at work without touching it.

# The question

A model is a black box only as long as nobody looks. **How can one see every vector on its way through, every
attention weight, every gradient, without a single `print` in the functions that compute them, and without
changing the last bit of any result?**

# The picture

```mermaid
graph LR
    caller["caller"] --> stage["@stage: is anybody listening?"]
    stage -- "no" --> function["the function itself"]
    stage -- "yes" --> watched["the function, then an Event"]
    watched --> listener["your listener"]
    function --> result["the same result"]
    watched --> result
```

# A stage

The functions that a reader wants to see are *stages*: `embed`, `attention`, `mlp`, `backward` and others. A
stage is marked by one line above it, and its body stays as it is. While nobody listens, the mark costs one
more function call and one question each time.

>>> from microgpt.stages import listening, stage
>>> @stage
... def double(number):
...     return 2 * number
>>> double(21)
42

Whoever wants to know says so, for the length of a `with`. A listener is any function that takes an `Event`.
An event has the name of the stage, its inputs and output, and its path: the stages that called it.

>>> with listening(lambda event: print(event.stage, event.inputs, "gave", event.output)):
...     double(21)
double {'number': 21} gave 42
42
>>> double(21)
42

# What really happens

So a training step can be watched in three lines. Here are the first nine events: what came out, and where
the function was called. (All were called in `train_step` and `document_loss`, which `[2:]` leaves out.) An
event comes when its stage is done, so `embed` follows `add` and `rmsnorm`, which it calls.

>>> from microgpt.config import Config
>>> from microgpt.training import new_run, train
>>> run = new_run(Config(n_embd=4, n_head=2, steps=2), ["ava", "mia"])
>>> seen = []
>>> with listening(seen.append):
...     for step in train(run):
...         pass
>>> for event in seen[:9]:
...     print(f"{event.stage:<18}[{len(event.output)}]   in {' > '.join(event.path[2:])}")
add               [4]   in forward > embed
rmsnorm           [4]   in forward > embed
embed             [4]   in forward
rmsnorm           [4]   in forward > block
linear            [4]   in forward > block > attention
linear            [4]   in forward > block > attention
linear            [4]   in forward > block > attention
softmax           [1]   in forward > block > attention > attention_head > attention_weights
attention_weights [1]   in forward > block > attention > attention_head

These are the stages that there are:

>>> stages = sorted({event.stage for event in seen})
>>> print(", ".join(stages[:8]))
add, attention, attention_head, attention_weights, backward, block, document_loss, embed
>>> print(", ".join(stages[8:]))
forward, linear, mlp, rmsnorm, softmax, train_step, update

Between the backward pass and the update comes an event at which graph and gradients are complete and no
parameter has moved.

>>> from microgpt.training import train_step
>>> another = new_run(Config(n_embd=4, n_head=2, steps=2), ["ava", "mia"])
>>> def look(event):
...     if event.stage in ("document_loss", "backward", "update"):
...         number = another.model.parameters["lm_head"][0][0]
...         print(f"after {event.stage:<13} data {number.data:.4f}, slope {number.grad:.4f}")
>>> with listening(look):
...     step = train_step(another)
after document_loss data 0.0531, slope 0.0000
after backward      data 0.0531, slope 0.3325
after update        data 0.0431, slope 0.3325

# Which call made which

A stage that calls others is done after them, so its event comes last. `calls` puts them together again: a
listener of `Call`s gets each event together with the calls that were made on the way.

>>> def look(call):
...     if call.event.stage == "attention":
...         print([inner.event.stage for inner in call.calls])
>>> with listening(calls(look)):
...     step = next(train(new_run(Config(n_embd=4, n_head=2, block_size=1), ["ava", "mia"])))
['linear', 'linear', 'linear', 'attention_head', 'attention_head', 'linear']

# Nothing is changed

A listener sees the real objects, not copies. It may look at everything and must change nothing. Then a run
that is watched and one that is not agree in every bit:

>>> silent = new_run(Config(n_embd=4, n_head=2, steps=2), ["ava", "mia"])
>>> for step in train(silent):
...     pass
>>> from microgpt.model import parameters_of
>>> silent.losses == run.losses
True
>>> [p.data for p in parameters_of(silent.model)] == [p.data for p in parameters_of(run.model)]
True

# What follows

`microgpt.records` turns the events into plain records of numbers, `microgpt.terminal.narrate` tells them in
words, and `python -m microgpt --verbose` does both.
"""

import functools
import inspect
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")


@dataclass(frozen=True)
class Event:
    """What one call of a stage was given and gave back.

    Attributes:
        stage: The name of the function.
        path: The stages that it was called from, the outermost first.
        inputs: Its arguments by name; the objects themselves.
        output: What it returned; the object itself.
        number: Which call it was, of all that were ever listened to.
        caller: The number of the call that made it; None for an outermost one.
    """

    stage: str
    path: tuple[str, ...]
    inputs: dict[str, Any]
    output: Any
    number: int
    caller: int | None


Listener = Callable[[Event], object]
"""A function that is told of every event; what it returns is ignored."""

_listeners: list[Listener] = []
_path: list[tuple[str, int]] = []
_numbers = itertools.count()
_signature = functools.cache(inspect.signature)


def stage(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Mark a function as a stage: listeners are told of each call, after it.

    Args:
        function: Any function or method.

    Returns:
        A function that does the same, and tells.

    Examples:
        The stages that a stage calls come first, since they are done first, and know where they were called.

        >>> from microgpt.stages import listening, stage
        >>> @stage
        ... def half(x):
        ...     return x / 2
        >>> @stage
        ... def quarter(x):
        ...     return half(half(x))
        >>> with listening(lambda event: print(event.path, event.stage, event.output)):
        ...     quarter(12)
        ('quarter',) half 6.0
        ('quarter',) half 3.0
        () quarter 3.0
        3.0
    """

    @functools.wraps(function)
    def watched(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        if not _listeners:
            return function(*args, **kwargs)
        number = next(_numbers)
        _path.append((function.__name__, number))
        try:
            output = function(*args, **kwargs)
        finally:
            _path.pop()
        inputs = dict(_signature(function).bind(*args, **kwargs).arguments)
        path, caller = tuple(name for name, _ in _path), _path[-1][1] if _path else None
        event = Event(function.__name__, path, inputs, output, number, caller)
        for listener in tuple(_listeners):
            listener(event)
        return output

    return watched


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Tell a listener of every event as long as the `with` lasts.

    Args:
        listener: A function of one `Event`. It must not change what it sees. An error that it raises goes to
            whoever called the stage.

    Pitfalls:
        - The listeners are the process's, not a thread's: one hears the stages that other threads go through
          meanwhile, and cannot tell them apart.

    Examples:
        Whatever happens inside, nobody listens afterwards.

        >>> from microgpt.stages import listening, stage
        >>> @stage
        ... def half(x):
        ...     return x / 2
        >>> try:
        ...     with listening(print):
        ...         raise RuntimeError("a broken experiment")
        ... except RuntimeError:
        ...     half(3)
        1.5
    """
    _listeners.append(listener)
    try:
        yield
    finally:
        place = max(place for place, one in enumerate(_listeners) if one is listener)
        del _listeners[place]


@dataclass(frozen=True)
class Call:
    """A call of a stage, with the calls that it made.

    Attributes:
        event: What it was given and gave back.
        calls: The stages that it called, in order.
    """

    event: Event
    calls: list["Call"]

    def all(self, stage: str) -> list["Call"]:
        """List the calls that it made of a stage."""
        return [call for call in self.calls if call.event.stage == stage]

    def one(self, stage: str) -> "Call":
        """Give the only call that it made of a stage."""
        (call,) = self.all(stage)
        return call


def calls(listener: Callable[[Call], object]) -> Listener:
    """Turn a listener of calls into a listener of events.

    Args:
        listener: A function of one `Call`; it is told of each when it is done, so the outermost comes last.

    Examples:
        >>> from microgpt.stages import calls, listening, stage
        >>> @stage
        ... def half(x):
        ...     return x / 2
        >>> @stage
        ... def quarter(x):
        ...     return half(half(x))
        >>> with listening(calls(lambda call: print(call.event.stage, len(call.calls)))):
        ...     quarter(12)
        half 0
        half 0
        quarter 2
        3.0
    """
    made: dict[int, list[Call]] = {}

    def hear(event: Event) -> None:
        call = Call(event, made.pop(event.number, []))
        listener(call)
        if event.caller is None:
            made.clear()
        else:
            made.setdefault(event.caller, []).append(call)

    return hear
