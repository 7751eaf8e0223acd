"""The first rung: one node of the graph for each multiplication and each addition, as the original does it.

# The question

**What is the referee?** Every other rung is compared with this one: the plainest way there is to compute the
model and its slopes.

# The picture

The dot product of two lists of three numbers, as this rung builds it: five nodes where the next rung has one.

```mermaid
graph LR
    p1["a1 · b1"] --> s1["+"]
    p2["a2 · b2"] --> s1
    s1 --> s2["+"]
    p3["a3 · b3"] --> s2
```

# One source

The rung is not written anywhere. It is the book with two changes, made while it is loaded: `dot` and `total`
of `microgpt.autograd` do what they do for plain numbers for `Value`s too, one operation after the other.

>>> [edit.module for edit in EDITS]
['autograd', 'autograd']

>>> from microgpt.config import Config
>>> from microgpt.training import new_run
>>> run = new_run(Config(n_layer=2), ["emma", "ava", "mia"])
>>> graph_nodes(run.model, run.model.tokenizer.encode("emma")) > 50_000
True

# What it costs

Where the time goes can be counted. The default model multiplies about as often as it has parameters in its
matrices, for each position; and here each multiplication and each addition is an object with a place for its
number, its slope, its inputs and their local slopes, which is made, visited in order, and thrown away again.

The original makes it dearer still. Its `backward` walks the graph with a function that calls itself, and a
function that knows itself is a circle of references: Python cannot free the graph when it is no longer
needed, and leaves it to the collector of circles, which searches all that lives, again and again. The book
walks without calling itself, so this rung, with as many nodes as the original, takes a fraction of its time.
The page of the ladder has the figures.

# What follows

`microgpt.engines.dots` makes one node of each dot product.
"""

from functools import cache
from typing import Any

from microgpt.adam import Adam
from microgpt.engines import values
from microgpt.engines.engine import Engine
from microgpt.loss import Batch
from microgpt.model import Model, as_floats
from microgpt.study.edits import Edit, altered

EDITS = (
    Edit(
        "autograd", "    if a and isinstance(a[0], Value) and isinstance(b[0], Value):\n", "    if False:\n"
    ),
    Edit("autograd", "    if numbers and isinstance(numbers[0], Value):\n", "    if False:\n"),
)
"""What makes this rung out of the book."""


@cache
def stepwise() -> Any:
    """Give the copy of the package that has a node for each operation.

    Examples:
        The sum of two products: two multiplications, an addition to 0, and one more addition.

        >>> from microgpt.autograd import Value, dot
        >>> from microgpt.graphs import graph_size
        >>> numbers = [1.0, 2.0]
        >>> here = dot([Value(x) for x in numbers], [Value(x) for x in numbers])
        >>> copy = stepwise()
        >>> there = copy.autograd.dot(*([copy.autograd.Value(x) for x in numbers] for _ in range(2)))
        >>> here.data == there.data, graph_size(here).nodes, copy.graphs.graph_size(there).nodes
        (True, 5, 8)
    """
    return altered(*EDITS)


def engine(precision: str = "float64", device: str | None = None) -> Engine:
    """Give the engine of this rung; it has one precision and one device.

    Examples:
        >>> engine().name
        'scalar'
    """
    return Engine("scalar", precision, own, values.start, gradient, learn, values.surprises, values.samples)


def own(model: Model[Any]) -> Model[Any]:
    """Make `Value`s of the copy of a model's numbers."""
    made: Model[Any] = stepwise().model.as_values(as_floats(model))
    return made


def gradient(model: Model[Any], batch: Batch) -> tuple[float, list[float]]:
    """Compute the loss of a batch and its slopes; see `microgpt.engines.values.gradient`."""
    found: tuple[float, list[float]] = stepwise().engines.values.gradient(model, batch)
    return found


def learn(model: Model[Any], optimizer: Adam, batch: Batch, learning_rate: float) -> float:
    """Do a step; see `microgpt.training.learn`."""
    loss: float = stepwise().training.learn(model, optimizer, batch, learning_rate)
    return loss


def graph_nodes(model: Model[Any], tokens: list[int]) -> int:
    """Count the nodes of the graph of a document's loss.

    Examples:
        >>> from microgpt.config import Config
        >>> from microgpt.training import new_run
        >>> run = new_run(Config(n_embd=1, n_head=1), ["ab"])
        >>> graph_nodes(run.model, run.model.tokenizer.encode("ab"))
        289
    """
    copy = stepwise()
    nodes: int = copy.graphs.graph_size(copy.loss.document_loss(own(model), tokens)).nodes
    return nodes
