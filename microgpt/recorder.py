r"""Recording a run: a listener that turns what happens into records.

# The question

A run makes thousands of calls a step, nested in each other, and changes its parameters in place. **Which
moments must be caught, so that the records come in the order of the data's way, and say what was, and not
what is now?**

# The picture

```mermaid
graph LR
    loss["document_loss is done"] --> a["document, positions, loss"]
    back["backward is done"] --> b["slopes; note the parameters down"]
    update["update is done"] --> c["what has moved"]
    a --> take["take: the records of this step"]
    b --> take
    c --> take
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

The second position of "mia" looks at the mark and at m. The model knows nothing yet, so each head looks at
both about equally.

>>> attention = next(r for r in records if r["kind"] == "attention" and r["position"] == 1)
>>> attention["seen"], [[round(weight, 3) for weight in head] for head in attention["weights"]]
(['BOS', 'm'], [[0.496, 0.504], [0.5, 0.5]])

# Check yourself

??? question "Why are the numbers copied, and not the objects kept?"

    The update changes the parameters in place. A record that kept the row of `wte` itself would show the
    new numbers a moment later. On the left what was recorded for BOS, on the right the same row now:

    >>> row = run.model.parameters["wte"][-1]
    >>> [round(number, 3) for number in records[1]["wte"]], [round(value.data, 3) for value in row]
    ([-0.123, -0.077, 0.145, 0.006], [-0.113, -0.087, 0.135, 0.016])

# What follows

`microgpt.terminal.narrate` tells the records in words.
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
        Without details there are four records for a step.

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
