r"""Watching the machine at work without touching it.

# What you will be able to do

- watch any stage of a training step, or of sampling, in three lines;
- find out in which order things happen, and who called whom;
- watch a run and know that it is the same run.

# The question

A model is a black box only as long as nobody looks. **How can one see every list of numbers on its way
through, every attention weight, every gradient, without a single `print` in the functions that compute them,
and without changing the last bit of any result?**

# The picture

A window in the wall of a factory. The work goes on as before. Whoever wants to know stands at the window, and
sees each piece with what went in and what came out.

```mermaid
graph LR
    caller["double(21)"] --> stage["@stage: is<br/>anybody<br/>listening?"]
    stage -- "no" --> function["the function"]
    stage -- "yes" --> watched["the function,<br/>then an Event"]
    watched --> listener["your listener<br/>double, 21, 42"]
    function --> result["the same<br/>result, 42"]
    watched --> result
```

# A line above a function

The functions that a reader wants to see are *stages*: `embed`, `attention`, `mlp`, `backward` and others. A
line `@stage` stands above each, and its body stays as it is.

Such a line is a *decorator*. `@stage` above `def double` does the same as `double = stage(double)` below it:
the name now means what `stage` gives back, a new function with the old one inside. The new one asks whether
anybody listens, and if nobody does, it calls the old one and is done. The price is one more call and one
question.

>>> from microgpt.stages import listening, stage
>>> @stage
... def double(number):
...     return 2 * number
>>> double(21)
42

A listener is any function that takes an `Event`: the name of the stage, its inputs and output, and its
*path*, the stages that it was called from. `listening` tells it of every event for the length of a `with`. A
`with` does something at its beginning and something at its end, and the end comes however the block is left,
by an error too. So nobody is left listening by mistake.

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

# The same for a finished model

Not only training has stages. Here the default run, finished (`microgpt.trained`), reads BOS, e, m, and a
listener collects what its first head looks at from each position. (BOS sees only itself, e sees BOS and
itself, m all three.)

>>> from microgpt.model import Model, forward, new_caches
>>> from microgpt.tokenizer import Tokenizer
>>> from microgpt.trained import trained_parameters
>>> trained = Model(Config(), Tokenizer("abcdefghijklmnopqrstuvwxyz"), trained_parameters())
>>> rows = []
>>> def look(event):
...     if event.stage == "attention_weights":
...         rows.append([round(weight, 2) for weight in event.output])
>>> caches = new_caches(trained.config)
>>> with listening(look):
...     for position, token in enumerate(trained.tokenizer.encode("emma")[:3]):
...         scores = forward(trained, token, position, caches)
>>> rows[::4]                       # of four heads, the first
[[1.0], [0.56, 0.44], [0.31, 0.37, 0.32]]

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

A run that is watched and one that is not agree in every bit:

>>> silent = new_run(Config(n_embd=4, n_head=2, steps=2), ["ava", "mia"])
>>> for step in train(silent):
...     pass
>>> from microgpt.model import parameters_of
>>> silent.losses == run.losses
True
>>> [p.data for p in parameters_of(silent.model)] == [p.data for p in parameters_of(run.model)]
True

This is a promise of the listeners, not of Python. An event holds the objects themselves, no copies: a
listener may look at everything and must change nothing.

# Pitfalls

**Keeping an object instead of its numbers.** What an event holds lives on and changes. This listener keeps a
row of parameters, in order to print it before and after a step, and finds no difference. A list of numbers,
made on the spot, does not change any more:

>>> third = new_run(Config(n_embd=4, n_head=2, steps=2), ["ava", "mia"])
>>> row = third.model.parameters["lm_head"][0]
>>> objects, numbers = [], []
>>> def keep(event):
...     if event.stage in ("backward", "update"):
...         objects.append(row)
...         numbers.append([value.data for value in row])
>>> with listening(keep):
...     step = train_step(third)
>>> objects[0] == objects[1], numbers[0] == numbers[1]
(True, False)

**Changing what one sees.** Nothing prevents it, and nothing reports it; the result is simply another one:

>>> @stage
... def numbers_to(end):
...     return list(range(end))
>>> with listening(lambda event: event.output.reverse()):
...     numbers_to(3)
[2, 1, 0]

**Expecting the events of a call in advance.** The event of a stage comes when it is done, so one that fails
has none:

>>> @stage
... def inverse(x):
...     return 1 / x
>>> heard = []
>>> with listening(heard.append):
...     inverse(0)
Traceback (most recent call last):
    ...
ZeroDivisionError: division by zero
>>> heard
[]

# Check yourself

??? question what "A stage calls itself twice, then ends. How many events come, and which is first?"

    Predict for a function that calls itself until 0. Starting at 2 there are three calls and so three
    events, and the innermost, which is done first, comes first.

    >>> @stage
    ... def down(n):
    ...     return down(n - 1) if n else "done"
    >>> numbers = []
    >>> with listening(lambda event: numbers.append(event.inputs["n"])):
    ...     result = down(2)
    >>> numbers
    [0, 1, 2]

??? question why "Why not simply write print into the functions?"

    Every reader wants to see something else, and whoever only trains wants to see nothing. A `print` is
    for everybody, always, and in one form; it would stand between the lines of the formula; and the next one
    who needs the numbers in a file would have to take them out of the text again.

??? question how "How would you find all units that a relu switched off, in one run?"

    `mlp` calls `linear`, then relu on each number, then `linear` again. relu is no stage, but what the first
    `linear` gave is what relu is given. So take `calls(...)`, wait for a call of `mlp`, and count what is not
    above 0 in the output of its first inner call. That is how `microgpt.records` does it.

??? question deeper "Why is a path kept, when the events come in order anyway?"

    Because `linear` comes six times in each block, and the order alone does not say for whom. The path names
    who called; the number of the caller, which each event also has, even tells two calls by the same
    function apart. `calls` is built on that number.

# To keep

- A stage is an ordinary function with one line above it, and without a listener it does what it did before.
- An event comes when its stage is done, with the objects themselves, so whoever keeps numbers copies them.
- A watched run is the same run, bit for bit, as long as the listener changes nothing.

# What follows

What does the graph look like that the backward pass walks through? `microgpt.graphs` draws small ones and
measures large ones. `microgpt.records` then turns events into plain records of numbers,
`microgpt.terminal.narrate` tells them in words, and `python -m microgpt --verbose` does both.

Sources: to be told of events without the teller knowing the listener is the *observer* of Gamma, Helm,
Johnson and Vlissides, "Design Patterns" (1994). PyTorch's *forward hooks* are the same idea.
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
    """Make a function a stage: listeners are told of each call, after it.

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
