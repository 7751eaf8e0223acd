r"""Recording a run: a listener that turns what happens into records.

# What you will be able to do

- Record any run, and take out of the records what you are curious about.
- Say at which moment each number must be caught, and what one reads a moment too late.
- Follow one parameter through a step of Adam.

# The question

A run makes thousands of calls a step, nested in each other, and changes its parameters in place. **Which
moments must be caught, so that the records come in the order of the data's way, and say what was, and not
what is now?**

# The picture

A shop counts its goods before it opens and after it closes. What was sold is the difference, and whoever has
only the evening's count knows nothing of it. So the recorder listens at four moments of a step, and at the
second it notes down the parameters that are about to change.

```mermaid
graph TD
    loss["document_loss is done"] -- "document, positions, loss" --> back["backward is done"]
    back -- "slopes; note the parameters down" --> update["update is done"]
    update -- "what has moved" --> step["train_step is done"]
    step -- "the end of the step" --> take["take: the records of this step"]
```

# One step

>>> from microgpt.config import Config
>>> from microgpt.stages import listening
>>> from microgpt.training import new_run, train
>>> run = new_run(Config(n_embd=4, n_head=2, steps=1), ["ava", "mia"])
>>> recorder = Recorder(run.model, run.optimizer)
>>> with listening(recorder):
...     for step in train(run):
...         records = recorder.take()
>>> [record["kind"] for record in records[:5]], len(records)
(['document', 'embed', 'attention', 'mlp', 'predict'], 21)

Twenty-one: one for the document, four for each of the four positions, then loss, backward, update and the
end of the step. As JSON they are the same again.

>>> import json
>>> json.loads(json.dumps(records)) == records
True

The second position of "mia" looks at BOS and at m. The model knows nothing yet, so each head looks at both
about equally.

>>> attention = next(r for r in records if r["kind"] == "attention" and r["position"] == 1)
>>> attention["seen"], [[round(weight, 3) for weight in head] for head in attention["weights"]]
(['BOS', 'm'], [[0.496, 0.504], [0.5, 0.5]])

# One parameter, followed

The record of the update follows the first number in the row of BOS, which every document has. From its slope
come Adam's two averages, corrected for the start (`m_hat`, `v_hat`), and from these the move. At the first
step the corrected averages are the slope itself and its square, so the move is as long as the learning rate.

>>> update = next(r for r in records if r["kind"] == "update")
>>> followed = update["followed"]
>>> {name: round(followed[name], 5) for name in ("gradient", "m", "m_hat", "before", "after")}
{'gradient': -0.02434, 'm': -0.00365, 'm_hat': -0.02434, 'before': -0.12335, 'after': -0.11335}
>>> update["learning_rate"], round(followed["after"] - followed["before"], 5)
(0.01, 0.01)

# Pitfalls

**Looking too late.** The update changes the parameters in place. A record that kept the row of `wte` itself
would show the new numbers a moment later. What was recorded for BOS, and the same row now:

>>> row = run.model.parameters["wte"][-1]
>>> [round(number, 3) for number in records[1]["wte"]]
[-0.123, -0.077, 0.145, 0.006]
>>> [round(value.data, 3) for value in row]
[-0.113, -0.087, 0.135, 0.016]

**Reading slopes when they are gone.** Before a backward pass all slopes are set to 0. A program that prints
them between that and the pass prints zeros, and its reader concludes that nothing is learned. Recorded
when the pass is done:

>>> backward = next(r for r in records if r["kind"] == "backward")["matrices"]
>>> backward["lm_head"]["nonzero"], round(backward["lm_head"]["largest"], 2)
(20, 0.4)
>>> for value in row:
...     value.grad = 0.0
>>> max(value.grad for value in row)
0.0

**Never taking.** The recorder keeps what nobody has taken. In a long run, records of all positions fill the
memory.

>>> run = new_run(Config(n_embd=4, n_head=2, steps=3), ["ava", "mia"])
>>> recorder = Recorder(run.model, run.optimizer)
>>> with listening(recorder):
...     for step in train(run):
...         pass
>>> len(recorder.take()), len(recorder.take())
(63, 0)

# Check yourself

??? question what "What does a recorder record outside of a with?"

    Nothing: nobody calls it. To listen is what `microgpt.stages.listening` arranges, and when the `with`
    ends, the listener is removed, whatever has happened inside.

    >>> quiet = Recorder(run.model, run.optimizer)
    >>> _ = list(train(new_run(Config(n_embd=4, n_head=2, steps=1), ["ava"])))
    >>> quiet.take()
    []

??? question why "Why are the parameters noted down in the middle of a step, and not at the end of the last?"

    At both moments they are the same, but the first step has none before it. And a recorder that begins
    to listen in the middle of a run has heard nothing of an earlier step.

??? question how "The letter v has no slope when the name is mia. Does its row of the table move?"

    At the first step not: its averages are 0. After a step with "ava" it does: the average of earlier
    slopes still pushes it (`microgpt.adam`). Here is how many of the 20 slopes of `wte` are not 0 in each
    of three steps, and how many of its numbers are others afterwards.

    >>> run = new_run(Config(n_embd=4, n_head=2, steps=3), ["ava", "mia"])
    >>> recorder = Recorder(run.model, run.optimizer)
    >>> old = as_floats(run.model).parameters["wte"]
    >>> with listening(recorder):
    ...     for step in train(run):
    ...         (backward,) = [r for r in recorder.take() if r["kind"] == "backward"]
    ...         new = as_floats(run.model).parameters["wte"]
    ...         moved = sum(a != b for one, two in zip(old, new) for a, b in zip(one, two))
    ...         print(step.documents, backward["matrices"]["wte"]["nonzero"], "slopes,", moved, "moved")
    ...         old = new
    ['mia'] 16 slopes, 16 moved
    ['ava'] 12 slopes, 20 moved
    ['mia'] 16 slopes, 20 moved

??? question deeper "The run with a recorder and the run without: do they end with the same numbers?"

    With the same bits. A listener is handed the living objects, so it could change them; this one only
    reads. A test compares the files that a loud run and a silent one leave behind.

    >>> silent = new_run(Config(n_embd=4, n_head=2, steps=3), ["ava", "mia"])
    >>> _ = list(train(silent))
    >>> as_floats(silent.model).parameters == as_floats(run.model).parameters
    True

# To keep

- What changes in place must be noted down before it changes; afterwards only the new numbers are there.
- Records are made when a document, a backward pass, an update or a step is done, and stand in the order of
  the data's way.
- Who watches must not change what is watched: the run ends with the same bits, heard or not.

# What follows

What is computed can now be seen, told and kept. Must it be computed in this way? The last part of the book
exchanges the arithmetic and keeps the results, from `microgpt.engines.engine` on.
(`microgpt.terminal.narrate` tells the records in words.)
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from microgpt.adam import Adam
from microgpt.graphs import GradientSize, gradient_sizes, graph_size
from microgpt.model import Model, as_floats
from microgpt.records import Record, document_records, position_records, sampling_record, step_record
from microgpt.sampling import Draw
from microgpt.stages import Call, Event, Listener, calls


def _always(step: int) -> bool:
    return True


@dataclass(eq=False)
class Recorder:
    """A listener that turns the events of training and sampling into records.

    Args:
        model: The model that is watched.
        optimizer: What updates it; for training only.
        detailed: Says of a step, by its number, whether to record what happens at each position. That takes
            time.

    Examples:
        Without details there are five records for a step.

        >>> from microgpt.config import Config
        >>> from microgpt.stages import listening
        >>> from microgpt.training import new_run, train
        >>> run = new_run(Config(n_embd=2, n_head=1, steps=2), ["ava"])
        >>> recorder = Recorder(run.model, run.optimizer, detailed=lambda step: step == 2)
        >>> with listening(recorder):
        ...     for step in train(run):
        ...         print([record["kind"] for record in recorder.take()][:5])
        ['document', 'loss', 'backward', 'update', 'step']
        ['document', 'embed', 'attention', 'mlp', 'predict']
    """

    model: Model[Any]
    optimizer: Adam | None = None
    detailed: Callable[[int], bool] = _always
    _records: list[Record] = field(default_factory=list, init=False)
    _seen: list[str] = field(default_factory=list, init=False)
    _before: "_Before | None" = field(default=None, init=False)
    _listener: Listener = field(init=False)

    def __post_init__(self) -> None:
        self._listener = calls(self._hear)

    def __call__(self, event: Event) -> None:
        """Hear of an event."""
        self._listener(event)

    def take(self) -> list[Record]:
        """Hand over what was recorded since the last time."""
        records, self._records = self._records, []
        return records

    def drawn(self, draw: Draw[Any], sample: int, temperature: float) -> None:
        """Record what was drawn while sampling, after the records of its positions.

        Args:
            draw: What was drawn, and from what.
            sample: The number of the sample.
            temperature: How boldly it was drawn.
        """
        text = "".join(self._seen[1:])
        self._records.append(sampling_record(draw, self.model.tokenizer, text, temperature))
        self._records = [_marked(record, sample=sample) for record in self._records]

    def _hear(self, call: Call) -> None:
        stage, event = call.event.stage, call.event
        detailed = self.optimizer is None or self.detailed(self.optimizer.steps + 1)
        if stage == "forward" and not event.path:
            self._sampled(call)
        elif stage == "document_loss":
            self._records += document_records(call, self.model.tokenizer, detailed)
        elif stage == "backward":
            self._records.append(_backward_record(event, self.model, detailed))
            self._before = _Before.of(self.model, self.optimizer) if self.optimizer else None
        elif stage == "update" and self.optimizer and self._before:
            self._records.append(_update_record(event, self.model, self.optimizer, self._before))
        elif stage == "train_step":
            self._records.append(step_record(event.output))
            self._records = [_marked(record, step=event.output.number) for record in self._records]

    def _sampled(self, call: Call) -> None:
        """Record what happened at a position while sampling."""
        name = self.model.tokenizer.name(call.event.inputs["token"])
        self._seen = [*(self._seen if call.event.inputs["position"] else []), name]
        self._records += position_records(call, name, self._seen)


def _marked(record: Record, **where: int) -> Record:
    """Put the number of the step or sample behind the kind, before all others."""
    return {"kind": record["kind"], **where, **record}


def _backward_record(event: Event, model: Model[Any], detailed: bool) -> Record:
    """Record a call of `microgpt.training.backward`: the graph, and the size of the slopes."""
    sizes = {**gradient_sizes(model), "all": GradientSize.of([event.inputs["parameters"]])}
    graph = graph_size(event.inputs["loss"])._asdict() if detailed else {}
    matrices = {name: {**asdict(size), "shape": list(size.shape)} for name, size in sizes.items()}
    return {"kind": "backward", **graph, "matrices": matrices}


class _Before(NamedTuple):
    """What an update is going to change.

    Attributes:
        matrices: The parameters, by name.
        followed: Which parameter to follow, counted in the order of the parameters.
        m: Adam's average slope of the one to follow.
        v: Its average square.
    """

    matrices: dict[str, list[list[float]]]
    followed: int
    m: float
    v: float

    @classmethod
    def of(cls, model: Model[Any], optimizer: Adam) -> "_Before":
        """Note it down. The parameter to follow is the first of BOS, which every document has."""
        followed = model.tokenizer.bos * model.config.n_embd
        return cls(as_floats(model).parameters, followed, optimizer.m[followed], optimizer.v[followed])


def _update_record(event: Event, model: Model[Any], optimizer: Adam, before: _Before) -> Record:
    """Record a call of `microgpt.adam.Adam.update`: how far the parameters moved."""
    old, new = (
        {name: [x for row in matrix for x in row] for name, matrix in matrices.items()}
        for matrices in (before.matrices, as_floats(model).parameters)
    )
    for numbers in (old, new):
        numbers["all"] = [x for matrix in list(numbers.values()) for x in matrix]
    return {
        "kind": "update",
        "learning_rate": event.inputs["learning_rate"],
        "matrices": {name: _change(old[name], new[name]) for name in new},
        "followed": _followed(event, model.tokenizer.bos, optimizer, before, old["all"]),
    }


def _followed(event: Event, bos: int, adam: Adam, before: _Before, old: Sequence[float]) -> Record:
    place = before.followed
    parameter, m, v = event.inputs["parameters"][place], adam.m[place], adam.v[place]
    return {
        "parameter": f"wte[{bos}][0]",
        "gradient": parameter.grad,
        "m_before": before.m,
        "m": m,
        "v_before": before.v,
        "v": v,
        "m_hat": m / (1 - adam.beta1**adam.steps),
        "v_hat": v / (1 - adam.beta2**adam.steps),
        "eps": adam.eps,
        "before": old[place],
        "after": parameter.data,
    }


def _change(old: Sequence[float], new: Sequence[float]) -> Record:
    moved = [after - before for before, after in zip(old, new, strict=True)]
    sizes, length = list(map(abs, moved)), math.hypot(*old)
    return {
        "mean": sum(sizes) / len(sizes),
        "largest": max(sizes),
        "ratio": math.hypot(*moved) / length if length else math.inf,
    }
