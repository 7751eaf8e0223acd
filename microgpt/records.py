r"""What happened, as plain records: one for each stage, with its vectors in full, to be told or drawn.

# The question

Events hold living objects: vectors of `Value`s, caches, the model itself, which the next step will change.
**What can be written down of a step, so that it can be told in words, saved to a file, or drawn by another
program, and still be exactly what happened?**

# The records

A `Recorder` listens (see `microgpt.stages`) and makes *records*: dictionaries of numbers, texts and lists.
They come in the order in which the data flows. `python -m microgpt --trace FILE` writes one as JSON on each
line, and `--verbose` tells the same records in words. This is schema 1. In
`attention`, `n` is the number of positions so far; in `document` and `loss`, of all predictions.

- `run`, the first line of a file: `schema`, `config`, `alphabet`, `shapes` of the matrices by name, and the
  number of `documents`.
- `document`: `document`, its `tokens` and `characters`, at least `[n + 1]` (more if it is too long for the
  block), and `predictions` `[n]`: pairs of given and answer.
- `embed`: the `token`, its rows `wte` and `wpe`, their `sum`, the normalized `output`, all
  `[n_embd]`, and the `rms` `before` and `after` normalizing.
- `attention`: `layer`, the normalized `input` `[n_embd]`; `queries`, `keys`, `values` of this position,
  `[n_head][head_dim]`; `cache_length`, `seen`: the characters so far `[n]`, `weights` `[n_head][n]`, `heads`
  `[n_head][head_dim]`, `output` `[n_embd]`, and the `rms` of the residual stream `before` and `after`.
- `mlp`: `layer`, the normalized `input` `[n_embd]`, `hidden` before the ReLU `[4 * n_embd]`, `dead`: how many
  of them are not above 0, `output` `[n_embd]`, and the `rms` as above.
- `predict`: `logits` and `probabilities` `[vocab_size]`, the `target` and its
  `target_character`, its `probability`, `rank` (1 is the likeliest) and `surprise` in nats.
- `loss`: `surprises` `[n]`, their mean `loss`, its `perplexity`, and `uniform`: the loss of a fair die.
- `backward`: `nodes`, `edges` and `depth` of the graph; `matrices`: for each name and for `all` the `shape`,
  how many slopes are `nonzero`, their `mean` and `largest` size, and the `norm` of all.
- `update`: `learning_rate`; `matrices`: for each name and for `all` the `mean` and `largest` size of the
  change, and the `ratio` of the lengths of change and weights; `followed`: one parameter's way through Adam.
- `sampling`: `given`, the `text` so far, `temperature`; `logits`, `plain`: the probabilities at temperature
  1, `probabilities`, all three `[vocab_size]`; `drawn`, its `probability`, and the `entropy` in bits.
- `summary`, the last line of a training run's file: `losses` of all steps, and the `held_out` loss of the
  model and of the counters.

A number that is infinite, or not to be had, is `null` in the file.

Of slopes and changes only the sizes are recorded, not all 4,192 of each. The records of training have the
number of their `step`, those of sampling that of their `sample`. What happens at one place of a text has
its `position`, from 0, and but for `sampling` the `character` there.

# One step

>>> from microgpt.config import Config
>>> from microgpt.stages import listening
>>> from microgpt.training import start, train
>>> run = start(Config(n_embd=4, n_head=2, steps=1), ["ava", "mia"])
>>> recorder = Recorder(run.model, run.optimizer)
>>> with listening(recorder):
...     for step in train(run):
...         records = recorder.take()
>>> [record["kind"] for record in records[:5]], len(records)
(['document', 'embed', 'attention', 'mlp', 'predict'], 20)

Twenty: one for the document, four for each of the four positions, then loss, backward and update. As JSON
they are the same again.

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

`microgpt.narrate` tells the records in words.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from microgpt.adam import Adam
from microgpt.graphs import graph_size
from microgpt.loss import perplexity, predictions, surprise
from microgpt.model import Model, parameter_shapes
from microgpt.sampling import Choice, chances, entropy
from microgpt.stages import Event
from microgpt.tokenizer import Tokenizer
from microgpt.training import GradientSize, gradient_sizes

__all__ = ["KINDS", "SCHEMA", "Record", "Recorder", "rms", "run_record"]

Record = dict[str, Any]
"""One stage of one step: names to numbers, texts, lists and dictionaries of them."""

SCHEMA = 1
"""The version of the records. It grows when a reader of the old ones would be misled."""

KINDS = ("document", "embed", "attention", "mlp", "predict", "loss", "backward", "update", "sampling")
"""The kinds of records that stages make, in the order of the data's way."""


def rms(numbers: Iterable[Any]) -> float:
    """Measure the size of a vector: the root of the mean of its squares.

    Args:
        numbers: At least one.

    Examples:
        >>> rms([3.0, -4.0, 0.0, 0.0])
        2.5
    """
    vector = [float(number) for number in numbers]
    return math.hypot(*vector) / math.sqrt(len(vector))


def run_record(model: Model[Any], documents: int) -> Record:
    """Describe a run, for the first line of a file.

    Args:
        model: The model that is trained or sampled from.
        documents: How many documents it learns from.

    Examples:
        >>> from microgpt.config import Config
        >>> from microgpt.training import start
        >>> record = run_record(start(Config(n_embd=4, n_head=2), ["ava"]).model, documents=1)
        >>> record["schema"], record["alphabet"], record["shapes"]["wte"]
        (1, 'av', [3, 4])
    """
    tokenizer = model.tokenizer
    shapes = parameter_shapes(model.config, tokenizer.vocab_size)
    return {
        "kind": "run",
        "schema": SCHEMA,
        "config": asdict(model.config),
        "alphabet": tokenizer.alphabet,
        "shapes": {name: list(shape) for name, shape in shapes.items()},
        "documents": documents,
    }


@dataclass
class _Node:
    """A call of a stage, with the calls that it made."""

    event: Event
    calls: list["_Node"]

    def all(self, stage: str) -> list["_Node"]:
        return [call for call in self.calls if call.event.stage == stage]

    def one(self, stage: str) -> "_Node":
        (call,) = self.all(stage)
        return call


@dataclass(eq=False)
class Recorder:
    """A listener that turns the events of training and sampling into records.

    Args:
        model: The model that is watched.
        optimizer: What updates it; for training only.
        detailed: Whether to record what happens at each position; may be changed between two steps.

    Examples:
        Without details there are four records for a step.

        >>> from microgpt.config import Config
        >>> from microgpt.stages import listening
        >>> from microgpt.training import start, train_step
        >>> run = start(Config(n_embd=2, n_head=1), ["ava"])
        >>> recorder = Recorder(run.model, run.optimizer, detailed=False)
        >>> with listening(recorder):
        ...     step = train_step(run)
        >>> [record["kind"] for record in recorder.take()]
        ['document', 'loss', 'backward', 'update']
    """

    model: Model[Any]
    optimizer: Adam | None = None
    detailed: bool = True
    _records: list[Record] = field(default_factory=list)
    _calls: dict[tuple[str, ...], list[_Node]] = field(default_factory=dict)
    _seen: list[str] = field(default_factory=list)
    _before: tuple[dict[str, list[list[float]]], float, float] | None = None

    def __call__(self, event: Event) -> None:
        """Hear of an event."""
        node = _Node(event, self._calls.pop((*event.path, event.stage), []))
        if event.stage == "forward":
            if self.detailed:
                self._records += self._position(node)
            node.calls.clear()
        elif event.stage == "document_loss":
            self._document(node)
        elif event.stage == "backward":
            self._backward(event)
        elif event.stage == "update":
            self._update(event)
        elif event.stage == "train_step":
            for record in self._records:
                record["step"] = event.output.number
        if not event.path:
            self._calls.clear()
        elif self.detailed or len(event.path) < 3:
            self._calls.setdefault(event.path, []).append(node)

    def take(self) -> list[Record]:
        """Hand over what was recorded since the last time."""
        records, self._records = self._records, []
        return [{"kind": record.pop("kind"), **_in_front(record)} for record in records]

    def choice(self, choice: Choice[Any], sample: int, temperature: float) -> None:
        """Record what was drawn while sampling, after the records of its positions."""
        name = self.model.tokenizer.name
        for record in self._records:
            record["sample"] = sample
        self._records.append(
            {
                "kind": "sampling",
                "sample": sample,
                "position": choice.position,
                "given": name(choice.given),
                "text": "".join(self._seen[1:]),
                "temperature": temperature,
                "logits": _floats(choice.logits),
                "plain": _floats(chances(choice.logits, 1.0)),
                "probabilities": _floats(choice.probabilities),
                "drawn": name(choice.token),
                "probability": float(choice.probabilities[choice.token]),
                "entropy": entropy(choice.probabilities),
            }
        )

    def _position(self, node: _Node) -> list[Record]:
        """Record what happened at one position, but for the loss."""
        inputs, name = node.event.inputs, self.model.tokenizer.name
        position, token = inputs["position"], inputs["token"]
        self._seen = [*([] if position == 0 else self._seen), name(token)]
        records = [_embed_record(node.one("embed"))]
        for block in node.all("block"):
            records += [_attention_record(block, self._seen), _mlp_record(block)]
        where = {"position": position, "character": name(token)}
        return [{"kind": record.pop("kind"), **where, **record} for record in records]

    def _document(self, node: _Node) -> None:
        """Record the document and the loss, and at each position what was predicted."""
        tokens, tokenizer = node.event.inputs["tokens"], self.model.tokenizer
        pairs = predictions(tokens, self.model.config.block_size)
        shares = [_floats(call.event.output) for call in node.all("softmax")]
        surprises = [surprise(share[answer]) for share, (_, answer) in zip(shares, pairs, strict=True)]
        told: list[Record] = []
        for position, call in enumerate(node.all("forward") if self.detailed else []):
            told += [record for record in self._records if record["position"] == position]
            told.append(_predict_record(tokenizer, position, pairs[position], call, shares[position]))
        document = _document_record(tokenizer, tokens, pairs)
        loss = _loss_record(tokenizer, surprises, float(node.event.output))
        self._records = [document, *told, loss]

    def _backward(self, event: Event) -> None:
        """Record graph and gradients, and note down what the update is going to change."""
        sizes = {**gradient_sizes(self.model), "all": GradientSize.of([event.inputs["parameters"]])}
        graph = graph_size(event.inputs["loss"])._asdict() if self.detailed else {}
        matrices = {name: {**asdict(size), "shape": list(size.shape)} for name, size in sizes.items()}
        self._records.append({"kind": "backward", **graph, "matrices": matrices})
        if self.optimizer:
            place = self._followed_place()
            weights = {
                name: [_floats(row) for row in matrix] for name, matrix in self.model.parameters.items()
            }
            self._before = weights, self.optimizer.m[place], self.optimizer.v[place]

    def _followed_place(self) -> int:
        """Choose the parameter to follow: the first of the mark's embedding, which every step uses."""
        return self.model.tokenizer.bos * self.model.config.n_embd

    def _update(self, event: Event) -> None:
        """Record what the update has changed."""
        if self._before is None or self.optimizer is None:
            return
        before, m_before, v_before = self._before
        self._before = None
        changes: dict[str, Record] = {}
        all_moved, all_old = [], []
        for name, matrix in self.model.parameters.items():
            old = [x for row in before[name] for x in row]
            moved = [value.data - x for value, x in zip((v for row in matrix for v in row), old, strict=True)]
            changes[name] = _change(moved, old)
            all_moved += moved
            all_old += old
        changes["all"] = _change(all_moved, all_old)
        self._records.append(
            {
                "kind": "update",
                "learning_rate": event.inputs["learning_rate"],
                "matrices": changes,
                "followed": self._followed(self.optimizer, before["wte"][-1][0], m_before, v_before),
            }
        )

    def _followed(self, adam: Adam, before: float, m_before: float, v_before: float) -> Record:
        place = self._followed_place()
        parameter, m, v = self.model.parameters["wte"][-1][0], adam.m[place], adam.v[place]
        return {
            "parameter": f"wte[{self.model.tokenizer.bos}][0]",
            "gradient": parameter.grad,
            "m_before": m_before,
            "m": m,
            "v_before": v_before,
            "v": v,
            "m_hat": m / (1 - adam.beta1**adam.steps),
            "v_hat": v / (1 - adam.beta2**adam.steps),
            "eps": adam.eps,
            "before": before,
            "after": parameter.data,
        }


def _in_front(record: Record) -> Record:
    """Put the numbers that say where we are before all others."""
    where: Record = {key: record.pop(key) for key in ("step", "sample") if key in record}
    return {**where, **record}


def _floats(numbers: Iterable[Any]) -> list[float]:
    return [float(number) for number in numbers]


def _document_record(tokenizer: Tokenizer, tokens: Sequence[int], pairs: Sequence[tuple[int, int]]) -> Record:
    return {
        "kind": "document",
        "document": tokenizer.decode(tokens),
        "tokens": list(tokens),
        "characters": [tokenizer.name(token) for token in tokens],
        "predictions": [[tokenizer.name(token), tokenizer.name(answer)] for token, answer in pairs],
    }


def _predict_record(
    tokenizer: Tokenizer, position: int, pair: tuple[int, int], call: _Node, shares: list[float]
) -> Record:
    token, answer = pair
    return {
        "kind": "predict",
        "position": position,
        "character": tokenizer.name(token),
        "logits": _floats(call.event.output),
        "probabilities": shares,
        "target": answer,
        "target_character": tokenizer.name(answer),
        "probability": shares[answer],
        "rank": 1 + sum(share > shares[answer] for share in shares),
        "surprise": surprise(shares[answer]),
    }


def _loss_record(tokenizer: Tokenizer, surprises: list[float], loss: float) -> Record:
    return {
        "kind": "loss",
        "surprises": surprises,
        "loss": loss,
        "perplexity": perplexity(loss) if loss < 700 else math.inf,
        "uniform": math.log(tokenizer.vocab_size),
    }


def _embed_record(node: _Node) -> Record:
    added = node.one("add").event
    return {
        "kind": "embed",
        "token": node.event.inputs["token"],
        "wte": _floats(added.inputs["a"]),
        "wpe": _floats(added.inputs["b"]),
        "sum": _floats(added.output),
        "rms": {"before": rms(added.output), "after": rms(node.event.output)},
        "output": _floats(node.event.output),
    }


def _attention_record(block: _Node, seen: Sequence[str]) -> Record:
    node, added = block.one("attention"), block.all("add")[0].event
    heads = [head.event for head in node.all("attention_head")]
    weights = [head.one("attention_weights").event.output for head in node.all("attention_head")]
    return {
        "kind": "attention",
        "layer": block.event.inputs["layer"],
        "input": _floats(node.event.inputs["x"]),
        "queries": [_floats(head.inputs["query"]) for head in heads],
        "keys": [_floats(head.inputs["keys"][-1]) for head in heads],
        "values": [_floats(head.inputs["values"][-1]) for head in heads],
        "cache_length": len(heads[0].inputs["keys"]),
        "seen": list(seen),
        "weights": [_floats(row) for row in weights],
        "heads": [_floats(head.output) for head in heads],
        "output": _floats(node.event.output),
        "rms": {"before": rms(block.event.inputs["x"]), "after": rms(added.output)},
    }


def _mlp_record(block: _Node) -> Record:
    node, added = block.one("mlp"), block.all("add")
    hidden = _floats(node.all("linear")[0].event.output)
    return {
        "kind": "mlp",
        "layer": block.event.inputs["layer"],
        "input": _floats(node.event.inputs["x"]),
        "hidden": hidden,
        "dead": sum(number <= 0 for number in hidden),
        "output": _floats(node.event.output),
        "rms": {"before": rms(added[0].event.output), "after": rms(added[1].event.output)},
    }


def _change(moved: Sequence[float], weights: Sequence[float]) -> Record:
    sizes = [abs(each) for each in moved]
    length = math.hypot(*weights)
    return {
        "mean": sum(sizes) / len(sizes),
        "largest": max(sizes),
        "ratio": math.hypot(*moved) / length if length else math.inf,
    }
