r"""What happened, as plain records: one for each stage, with its vectors in full, to be told or drawn.

# What you will be able to do

- Read the record of every stage of a step, and find in it what you want to know.
- Make a record from what a listener hears.
- Say which units of the MLP are off, and why that is not the same as dead.

# The question

Events hold living objects: vectors of `Value`s, caches, the model itself, which the next step will change.
**What can be written down of a step, so that it can be told in words, saved to a file, or drawn by another
program, and still be exactly what happened?**

# The picture

A meeting and its minutes: afterwards nobody can ask the meeting. The minutes can be read, copied and
compared, and they stay as they are when the people change their minds.

```mermaid
graph LR
    call["a call: what went in,<br/>what came out"] --> record
    record["a record: names, numbers,<br/>texts, lists"]
    record -- "--verbose" --> told["told in words"]
    record -- "--trace" --> file["a line of JSON"]
    record --> yours["your own<br/>program"]
```

A *record* is a dictionary of numbers, texts and lists, and nothing else. Records come in the order in which
the data flows.

# One name, written down

Here is "emma" in a trained model: the default run, finished (`microgpt.trained`). A listener hears the calls
(`microgpt.stages`); when the loss of the document is there, all that went before it can be recorded.

>>> from collections import Counter
>>> from microgpt.config import Config
>>> from microgpt.data import bundled_documents
>>> from microgpt.model import as_floats, new_caches
>>> from microgpt.stages import calls, listening
>>> from microgpt.trained import trained_parameters
>>> from microgpt.training import new_run
>>> tokenizer = Tokenizer.from_documents(bundled_documents())
>>> model = Model(Config(), tokenizer, trained_parameters())
>>> def recorded(name, model=model):
...     heard = []
...     with listening(calls(heard.append)):
...         loss = document_loss(model, tokenizer.encode(name))
...     return document_records(heard[-1], tokenizer, detailed=True)
>>> records = recorded("emma")
>>> Counter(record["kind"] for record in records)
Counter({'embed': 5, 'attention': 5, 'mlp': 5, 'predict': 5, 'document': 1, 'loss': 1})

What it found likely, and what not: after BOS, e, m, m and a.

>>> for record in records:
...     if record["kind"] == "predict":
...         given, answer = record["character"], record["target_character"]
...         print(f"{given:>3} {answer:>3} {record['surprise']:.2f}", record["rank"])
BOS   e 3.39 13
  e   m 2.65 5
  m   m 5.17 15
  m   a 1.04 1
  a BOS 1.37 1

The second m is the worst of it: fourteen tokens were held for likelier. How much did the four heads look at
each of the three tokens that were there?

>>> attention = next(r for r in records if r["kind"] == "attention" and r["position"] == 2)
>>> attention["seen"], [[round(weight, 2) for weight in head] for head in attention["weights"]]
(['BOS', 'e', 'm'], [[0.31, 0.37, 0.32], [0.16, 0.62, 0.23], [0.31, 0.31, 0.38], [0.23, 0.45, 0.31]])

# Off is not dead

The record of the MLP says how many of its units ReLU switches *off*: those whose number is not above 0. In
this trained model that is nearly all of them, at every position.

>>> mlps = [record for record in records if record["kind"] == "mlp"]
>>> len(mlps[0]["hidden"]), [record["off"] for record in mlps]
(64, [57, 59, 56, 56, 61])

Off means off here. *Dead* (`microgpt.autograd`) is a unit that is off for every input: it has no part in any
result, and gets no slope. Over one hundred names, 58 of 64 are off at an average position, and not one
of the units is dead: each is on somewhere.

>>> mlps = [r for name in bundled_documents()[:100] for r in recorded(name) if r["kind"] == "mlp"]
>>> round(sum(record["off"] for record in mlps) / len(mlps))
58
>>> sum(all(record["hidden"][unit] <= 0 for record in mlps) for unit in range(64))
0

That is what learning has made of them. With its first numbers, the model has half of them on:

>>> untrained = as_floats(new_run(Config(), bundled_documents()).model)
>>> mlps = [r for r in recorded("emma", untrained) if r["kind"] == "mlp"]
>>> [record["off"] for record in mlps]
[31, 24, 31, 33, 35]

# All records

`python -m microgpt --trace FILE` writes one record as JSON on each line, and `--verbose` tells the same
records in words. These are the names of their entries, in version 2 (the *schema*). The size `[n]` means in
`attention` the positions so far, and in `document` and `loss` all predictions. The page
`docs/pages/trace.md` shows one of each kind.

- `run`, the first line of a file: `schema`, `config`, `alphabet`, `shapes` of the matrices by name, and the
  number of `documents`.
- `document`: `document`, its `tokens` and `characters`, at least `[n + 1]` (more if it is too long for the
  block), and `predictions` `[n]`: pairs of given and answer.
- `embed`: the `token`, its rows `wte` and `wpe`, their `sum`, the normalized `output`, all
  `[n_embd]`, and the `rms` `before` and `after` normalizing.
- `attention`: `layer`, the normalized `input` `[n_embd]`; `queries`, `keys`, `values` of this position,
  `[n_head][head_dim]`; `cache_length`, `seen`: the characters so far `[n]`, `weights` `[n_head][n]`, `heads`
  `[n_head][head_dim]`, `output` `[n_embd]`, and the `rms` of the residual stream `before` and `after`.
- `mlp`: `layer`, the normalized `input` `[n_embd]`, `hidden` before the ReLU `[4 * n_embd]`, `off`: how many
  of them are not above 0, `output` `[n_embd]`, and the `rms` as above.
- `predict`: `logits` and `probabilities` `[vocab_size]`, the `target` and its
  `target_character`, its `probability`, `rank` (1 is the likeliest) and `surprise` in nats.
- `loss`: `surprises` `[n]`, their mean `loss`, its `perplexity`, and `uniform`: the loss of a fair die.
- `backward`: `nodes`, `edges` and `depth` of the graph (only where the positions are recorded, too);
  `matrices`: for each name and for `all` the `shape`, how many slopes are `nonzero`, their `mean` and
  `largest` size, and the `norm` of all.
- `update`: `learning_rate`; `matrices`: for each name and for `all` the `mean` and `largest` size of the
  change, and the `ratio` of the lengths of change and weights; `followed`: one parameter's way through Adam.
- `step`, the last record of each step, whoever computes it: its `documents`, the `learning_rate`, and the
  `loss`: the mean of theirs.
- `sampling`: `given`, the `text` so far, `temperature`; `logits`, `plain`: the probabilities at temperature
  1, `probabilities`, all three `[vocab_size]`; `drawn`, its `probability`, and the `entropy` in bits.
- `summary`, the last line of a training run's file: `losses` of all steps, and the `held_out` loss of the
  model and of the counters.

Of slopes and changes only the sizes are recorded, not the numbers themselves, but for the one parameter that
is followed. The records of training have the number of their `step`, those of sampling that of their
`sample`. What happens at one place of a text has its `position`, from 0, and, except in `sampling`, the
`character` there.

# From a call to a record

A record is made of a call (see `microgpt.stages`): what went in, what came out, and the same of the calls
inside. One position by itself, in a small untrained model:

>>> run = new_run(Config(n_embd=4, n_head=2), ["ava", "mia"])
>>> heard = []
>>> with listening(calls(heard.append)):
...     logits = forward(run.model, token=4, position=0, caches=new_caches(run.config))
>>> embed, attention, mlp = position_records(heard[-1], "BOS", seen=["BOS"])
>>> list(embed)
['kind', 'position', 'character', 'token', 'wte', 'wpe', 'sum', 'rms', 'output']
>>> attention["weights"], mlp["off"], len(mlp["hidden"])
([[1.0], [1.0]], 5, 16)

# Pitfalls

**Keeping the object in place of its numbers.** The vectors are made of `Value`s, which the update changes.
A record that kept them would change, too, after the fact.

>>> row = run.model.parameters["wte"][4]
>>> kept, copied = row[:2], [value.data for value in row[:2]]
>>> for value in row:
...     value.data -= 0.01
>>> [value.data for value in kept] == embed["wte"][:2], copied == embed["wte"][:2]
(False, True)

**Infinity is no JSON.** Python writes it all the same, and other languages then refuse the file. In a trace,
a number that is infinite, or not to be had, is `null`.

>>> import json
>>> json.dumps({"perplexity": math.inf})
'{"perplexity": Infinity}'

**A mean that hides.** The loss of a document says nothing of where it comes from. For "emma" one of five
predictions makes more than a third of it.

>>> loss = records[-1]
>>> round(loss["loss"], 2), round(max(loss["surprises"]) / sum(loss["surprises"]), 2)
(2.72, 0.38)

# Check yourself

??? question what "Which records does a step have only once, whatever the length of its name?"

    Those of the whole step: `document`, `loss`, `backward` and `update`; and `step`, which comes at the end
    even where no details are recorded. The other four come once
    for each position (`attention` and `mlp` once for each layer, too).

    >>> [name for name, kind in KINDS.items() if kind.is_of_step]
    ['document', 'loss', 'backward', 'update']

??? question why "Why are the events themselves not written to the file?"

    They hold objects of this program, which another program does not know: a cache, a model, a `Value` with
    the whole graph behind it. And they are many: each `add` is one. A record has what one would ask for,
    under the name that one would look for.

??? question how "The second m has rank 15. How is that counted, and what if all 27 are equal?"

    It is one more than the number of tokens that were held for likelier. When all are equal nobody is, so it
    is 1 for each of them. It needs no sorting.

    >>> shares = [1 / 27] * 27
    >>> 1 + sum(other > shares[12] for other in shares)
    1

??? question deeper "An embedding has a root mean square of 0.26 before, and after not quite 1. Why?"

    Below the root stands a small number beside the mean square, so that nobody divides by 0
    (`microgpt.vectors.rmsnorm`). The smaller the vector, the more it takes away.

    >>> sizes = next(r for r in records if r["kind"] == "embed" and r["position"] == 3)["rms"]
    >>> round(sizes["before"], 2), round(sizes["after"], 5)
    (0.26, 0.99992)
    >>> before = sizes["before"]
    >>> round(before / (before**2 + 1e-5) ** 0.5, 5)
    0.99992

# To keep

- A record is what happened, in plain numbers: it stays true when the model has moved on.
- Records come in the order in which the data flows, each with the place where it happened.
- A unit that is off at a position is normal; one that is off for every input is dead.

# What follows

Records of one call are made here. How do the records of a whole run come about, without the run knowing of
them? That is `microgpt.recorder`.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import Any, NamedTuple

from microgpt.adam import Adam
from microgpt.attention import attention
from microgpt.evaluation import Score
from microgpt.loss import document_loss, perplexity, predictions, surprise
from microgpt.model import Model, embed, forward, mlp, parameter_shapes
from microgpt.sampling import Draw, entropy, probabilities_at, sample_tokens
from microgpt.stages import Call
from microgpt.tokenizer import Tokenizer
from microgpt.training import Step, backward, train_step

Record = dict[str, Any]
"""One stage of one step: names to numbers, texts, lists and dictionaries of them."""

SCHEMA = 2
"""The version of the records. It grows when a reader of the old ones would be misled, or find nothing."""


class Kind(NamedTuple):
    """What records of a kind are about.

    Attributes:
        home: The function that does what is recorded.
        is_of_step: Whether there is one for a whole step, and not for each position.
        is_in_sampling: Whether there are such records of sampling, too.
    """

    home: Callable[..., Any]
    is_of_step: bool = False
    is_in_sampling: bool = False


KINDS = {
    "document": Kind(train_step, is_of_step=True),
    "embed": Kind(embed, is_in_sampling=True),
    "attention": Kind(attention, is_in_sampling=True),
    "mlp": Kind(mlp, is_in_sampling=True),
    "predict": Kind(forward),
    "loss": Kind(document_loss, is_of_step=True),
    "backward": Kind(backward, is_of_step=True),
    "update": Kind(Adam.update, is_of_step=True),
    "sampling": Kind(sample_tokens, is_in_sampling=True),
}
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
        >>> from microgpt.training import new_run
        >>> record = run_record(new_run(Config(n_embd=4, n_head=2), ["ava"]).model, documents=1)
        >>> record["schema"], record["alphabet"], record["shapes"]["wte"]
        (2, 'av', [3, 4])
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


def step_record(step: Step) -> Record:
    """Record the end of a step: what any engine can say of it.

    Examples:
        >>> step_record(Step(7, ["ava"], [[2, 0, 1, 0, 2]], learning_rate=0.01, loss=1.5))
        {'kind': 'step', 'documents': ['ava'], 'learning_rate': 0.01, 'loss': 1.5}
    """
    rate, loss = step.learning_rate, step.loss
    return {"kind": "step", "documents": list(step.documents), "learning_rate": rate, "loss": loss}


def summary_record(losses: Sequence[float], scores: Mapping[str, Score]) -> Record:
    """Sum up a run, for the last line of a file.

    Args:
        losses: Of all steps.
        scores: As `microgpt.evaluation.evaluate` gives them.

    Examples:
        >>> score = Score(2.5, 0.1, documents=9, tokens=70)
        >>> summary_record([3.0], {"model": score})["held_out"]["model"]["loss"]
        2.5
    """
    held_out = {name: asdict(score) for name, score in scores.items()}
    return {"kind": "summary", "losses": list(losses), "held_out": held_out}


def document_records(call: Call, tokenizer: Tokenizer, detailed: bool) -> list[Record]:
    """Record a call of `microgpt.loss.document_loss`: the document, what happened at each position, the loss.

    Args:
        call: The call.
        tokenizer: Of its model.
        detailed: Whether to record the positions.

    Examples:
        >>> from microgpt.config import Config
        >>> from microgpt.stages import calls, listening
        >>> from microgpt.training import new_run
        >>> model, heard = new_run(Config(n_embd=2, n_head=1), ["ava"]).model, []
        >>> with listening(calls(heard.append)):
        ...     loss = document_loss(model, model.tokenizer.encode("ava"))
        >>> [record["kind"] for record in document_records(heard[-1], model.tokenizer, detailed=False)]
        ['document', 'loss']
        >>> len(document_records(heard[-1], model.tokenizer, detailed=True)) == 1 + 4 * 4 + 1
        True
    """
    tokens = call.event.inputs["tokens"]
    pairs = predictions(tokens, call.event.inputs["model"].config.block_size)
    names = [tokenizer.name(token) for token in tokens]
    shares = [_floats(softmax.event.output) for softmax in call.all("softmax")]
    surprises = [surprise(share[answer]) for share, (_, answer) in zip(shares, pairs, strict=True)]
    document = {"kind": "document", "document": tokenizer.decode(tokens), "tokens": list(tokens)}
    document["characters"] = names
    document["predictions"] = [list(pair) for pair in pairwise(names)][: len(pairs)]
    told: list[Record] = []
    for position, forwarded in enumerate(call.all("forward") if detailed else []):
        told += position_records(forwarded, names[position], names[: position + 1])
        told.append(_predict_record(forwarded, names, pairs[position][1], shares[position]))
    return [document, *told, _loss_record(surprises, float(call.event.output), tokenizer.vocab_size)]


def position_records(call: Call, character: str, seen: Sequence[str]) -> list[Record]:
    """Record a call of `microgpt.model.forward`: the embedding, and both parts of each layer.

    Args:
        call: The call.
        character: What its token is called.
        seen: What the tokens so far are called, this one included.

    Examples:
        >>> from microgpt.config import Config
        >>> from microgpt.model import new_caches
        >>> from microgpt.stages import calls, listening
        >>> from microgpt.training import new_run
        >>> run, heard = new_run(Config(n_layer=2, n_embd=2, n_head=1), ["ava"]), []
        >>> with listening(calls(heard.append)):
        ...     logits = forward(run.model, 0, 0, new_caches(run.config))
        >>> [record["kind"] for record in position_records(heard[-1], "a", seen=["a"])]
        ['embed', 'attention', 'mlp', 'attention', 'mlp']
    """
    records = [_embed_record(call.one("embed"))]
    for layer, block in enumerate(call.all("block")):
        records += [_attention_record(layer, block, seen), _mlp_record(layer, block)]
    where = {"position": call.event.inputs["position"], "character": character}
    return [{"kind": record.pop("kind"), **where, **record} for record in records]


def _embed_record(embed: Call) -> Record:
    added, output = embed.one("add").event, embed.event.output
    rows = {
        "wte": _floats(added.inputs["a"]),
        "wpe": _floats(added.inputs["b"]),
        "sum": _floats(added.output),
    }
    sizes = {"before": rms(added.output), "after": rms(output)}
    return {
        "kind": "embed",
        "token": embed.event.inputs["token"],
        **rows,
        "rms": sizes,
        "output": _floats(output),
    }


def _attention_record(layer: int, block: Call, seen: Sequence[str]) -> Record:
    call, last = block.one("attention"), len(seen) - 1
    heads = [head.event for head in call.all("attention_head")]
    weights = [head.one("attention_weights").event.output for head in call.all("attention_head")]
    sizes = {"before": rms(block.event.inputs["x"]), "after": rms(block.all("add")[0].event.output)}
    return {
        "kind": "attention",
        "layer": layer,
        "input": _floats(call.event.inputs["x"]),
        "queries": [_floats(head.inputs["query"]) for head in heads],
        "keys": [_floats(head.inputs["keys"][last]) for head in heads],
        "values": [_floats(head.inputs["values"][last]) for head in heads],
        "cache_length": len(seen),
        "seen": list(seen),
        "weights": [_floats(row) for row in weights],
        "heads": [_floats(head.output) for head in heads],
        "output": _floats(call.event.output),
        "rms": sizes,
    }


def _mlp_record(layer: int, block: Call) -> Record:
    call, (first, second) = block.one("mlp"), block.all("add")
    hidden = _floats(call.all("linear")[0].event.output)
    return {
        "kind": "mlp",
        "layer": layer,
        "input": _floats(call.event.inputs["x"]),
        "hidden": hidden,
        "off": sum(number <= 0 for number in hidden),
        "output": _floats(call.event.output),
        "rms": {"before": rms(first.event.output), "after": rms(second.event.output)},
    }


def _predict_record(call: Call, names: Sequence[str], answer: int, shares: list[float]) -> Record:
    position, share = call.event.inputs["position"], shares[answer]
    return {
        "kind": "predict",
        "position": position,
        "character": names[position],
        "logits": _floats(call.event.output),
        "probabilities": shares,
        "target": answer,
        "target_character": names[position + 1],
        "probability": share,
        "rank": 1 + sum(other > share for other in shares),
        "surprise": surprise(share),
    }


def _loss_record(surprises: list[float], loss: float, vocab_size: int) -> Record:
    faces, uniform = perplexity(loss) if loss < 700 else math.inf, math.log(vocab_size)
    return {"kind": "loss", "surprises": surprises, "loss": loss, "perplexity": faces, "uniform": uniform}


def sampling_record(draw: Draw[Any], tokenizer: Tokenizer, text: str, temperature: float) -> Record:
    """Record what was drawn.

    Args:
        draw: What was drawn, and from what.
        tokenizer: The model's.
        text: What stands there so far.
        temperature: How boldly it was drawn.

    Examples:
        After an a (0), a b (1) was drawn, to which the temperature gave half the chance of the a.

        >>> draw = Draw(position=1, given=0, logits=[0.0, 0.0, 0.0], probabilities=[0.5, 0.25, 0.25], token=1)
        >>> record = sampling_record(draw, Tokenizer("ab"), text="a", temperature=0.5)
        >>> record["given"], record["drawn"], record["probability"], record["entropy"]
        ('a', 'b', 0.25, 1.5)
    """
    return {
        "kind": "sampling",
        "position": draw.position,
        "given": tokenizer.name(draw.given),
        "text": text,
        "temperature": temperature,
        "logits": _floats(draw.logits),
        "plain": _floats(probabilities_at(draw.logits, 1.0)),
        "probabilities": _floats(draw.probabilities),
        "drawn": tokenizer.name(draw.token),
        "probability": float(draw.probabilities[draw.token]),
        "entropy": entropy(draw.probabilities),
    }


def _floats(numbers: Iterable[Any]) -> list[float]:
    return [float(number) for number in numbers]
