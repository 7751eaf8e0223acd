"""The first rung: one node of the graph for each multiplication and each addition, as the original does it.

# What you will be able to do

- Count the nodes that a calculation costs on this rung.
- Say what a node costs besides its multiplication.
- See a reference cycle keep memory alive.

# The question

**What is the referee?** Every other rung is compared with this one, so it should be the one that is easiest
to believe: each operation is written down as it is, and its slope is found by the rule for that operation.

# The picture

The dot product of two lists of three numbers, as this rung builds it. It starts at 0, so there are six nodes
where the next rung has one.

```mermaid
graph LR
    p1["a1 · b1"] --> s1["0 +"]
    s1 --> s2["+"]
    p2["a2 · b2"] --> s2
    s2 --> s3["+"]
    p3["a3 · b3"] --> s3
```

# One source

The rung is not written anywhere. It is the book with two changes, made while it is loaded: `dot` and `total`
of `microgpt.autograd` do for `Value`s what they do for plain numbers, one operation after the other.

>>> [edit.module for edit in EDITS]
['autograd', 'autograd']

>>> from microgpt.config import Config
>>> from microgpt.training import new_run
>>> run = new_run(Config(n_layer=2), ["emma", "ava", "mia"])
>>> graph_nodes(run.model, run.model.tokenizer.encode("emma")) > 50_000
True

# What it costs

On its way forward, each position is multiplied with every number of the matrices once. Here each of these
multiplications, and each addition, is an object with a place for its number, its slope, its inputs and their
local slopes. It is made, visited in order, and thrown away again.

The original is dearer still: this rung, with nearly as many nodes, takes about a third of its time
(`docs/pages/ladder.md`). The `backward` of the original walks the graph with an inner function that calls
itself. Such a function and its own name hold each other, and Python cannot free what they hold until its
collector of cycles comes by and searches all that lives. The book walks without calling itself; the pitfall
below shows the difference.

# Pitfalls

- *A function that knows itself keeps what it has seen.* Both functions make an object and end. In the second
  one an inner function called itself, and the object stays until the collector comes.

>>> import gc, weakref
>>> class Graph:
...     pass
>>> def plain():
...     graph = Graph()
...     return weakref.ref(graph)
>>> def recursive():
...     graph = Graph()
...     def visit(depth):
...         return visit(depth - 1) if depth else graph
...     visit(3)
...     return weakref.ref(graph)
>>> gc.disable()
>>> freed, kept = plain(), recursive()
>>> freed() is None, kept() is None
(True, False)
>>> _ = gc.collect()
>>> kept() is None
True
>>> gc.enable()

- *`Value`s of two copies.* This rung is a copy of the package with a class `Value` of its own. A number of
  the true one is not a `Value` to it.

>>> from microgpt.autograd import Value
>>> isinstance(stepwise().autograd.Value(1.0), Value)
False

# Check yourself

??? question what "How many nodes does this rung make for a dot product of two lists of 16 numbers?"

    16 multiplications and 16 additions, since the first one adds to 0. With the 32 inputs:

    >>> copy = stepwise()
    >>> lists = [[copy.autograd.Value(1.0) for _ in range(16)] for _ in range(2)]
    >>> copy.graphs.graph_size(copy.autograd.dot(*lists)).nodes
    64

??? question why "Why is the slowest rung kept at all?"

    A referee must be believed without another referee. Its slopes need only the rules for a product and a
    sum; the next rung needs the one for a dot product as well, and the third needs derivations that fill a
    chapter.

??? question deeper "The original frees its graph late. Why does that cost time, and not only memory?"

    Because somebody must find it. The collector of cycles follows every reference of the objects that it
    watches, those in use included, and it comes again whenever enough new ones have been made. A step makes
    tens of thousands.

# To keep

- The referee makes an object of every multiplication and of every addition.
- Making, sorting and freeing objects is what takes the time here, not the arithmetic.
- A cycle of references is freed by a collector that must search for it; without a cycle nothing is searched.

# What follows

Must each operation be a node? `microgpt.engines.dots` makes one node of each dot product.
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
