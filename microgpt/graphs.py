r"""Drawing a computation graph: which numbers came from which, with data, slope and operation of each.

# What you will be able to do

- draw the graph of any small calculation and read it in both directions;
- predict how a graph grows when the text or the model does;
- see in a table of slopes which parts of a model an example reaches.

# The question

The loss of one step depends on thousands of values (`microgpt.autograd`). **What does such a graph look
like?** Small ones can be drawn, and they show the chain rule at work. Of large ones we can say how large
they are, and where their slopes are large.

# The picture

A graph is a family tree: who came from whom, with the youngest at the end. Unlike in a tree, one ancestor
may have many lines of descent. Each node here says what it is called or what made it, its number (*data*)
and its slope (*grad*):

>>> from microgpt.autograd import Value
>>> a, b = Value(2.0), Value(-3.0)
>>> loss = (a * b + 10.0) ** 2
>>> loss.backward()
>>> print(as_mermaid(loss, {"a": a, "b": b, "loss": loss}))
graph LR
    v0["a<br>data 2<br>grad -24"]
    v1["b<br>data -3<br>grad 16"]
    v2["(*)<br>data -6<br>grad 8"]
    v3["(+)<br>data 4<br>grad 8"]
    v4["loss<br>(**)<br>data 16<br>grad 1"]
    v0 --> v2
    v1 --> v2
    v2 --> v3
    v3 --> v4

Paste it where Mermaid is drawn, such as an issue on GitHub between lines of "```mermaid" and "```", and it is
this picture:

```mermaid
graph LR
    v0["a<br>data 2<br>grad -24"]
    v1["b<br>data -3<br>grad 16"]
    v2["(*)<br>data -6<br>grad 8"]
    v3["(+)<br>data 4<br>grad 8"]
    v4["loss<br>(**)<br>data 16<br>grad 1"]
    v0 --> v2
    v1 --> v2
    v2 --> v3
    v3 --> v4
```

# Read in both directions

Along the arrows stand the data: 2 · (-3) is -6, and 10 more is 4, whose square is 16.

Against the arrows stand the slopes. The loss has the slope 1. A square hands its slope on times twice its
base, 1 · 2 · 4 = 8. The slope of a sum is 1 for what was added, so the node of the sum hands its 8 to the
product unchanged. The product hands each factor its partner, 8 · (-3) to a and 8 · 2 to b. The constants 10
and 2 are plain numbers. Nobody asks for their slope, and so they have no node.

>>> a.grad == 8 * b.data, b.grad == 8 * a.data
(True, True)

`as_dot` writes the same for Graphviz.

# How large is the graph of a step?

This is the graph of the loss of one name, in an untrained model. A good part of its nodes are the parameters
that the name uses, which are there before anything is computed. A dot product is one node, with an arrow
from each number of its two lists.

>>> import random
>>> from microgpt.autograd import topological_order
>>> from microgpt.config import Config
>>> from microgpt.loss import document_loss
>>> from microgpt.model import Model, new_model
>>> from microgpt.tokenizer import Tokenizer
>>> model = new_model(Config(), Tokenizer("abcdefghijklmnopqrstuvwxyz"), random.Random(42))
>>> for name in ("a", "emma", "chinelo"):
...     loss = document_loss(model, model.tokenizer.encode(name))
...     computed = len(topological_order(loss))
...     print(f"{name:<8}{graph_size(loss)}, of them {computed} computed")
a       GraphSize(nodes=4486, edges=15189, depth=41), of them 918 computed
emma    GraphSize(nodes=6120, edges=38661, depth=41), of them 2472 computed
chinelo GraphSize(nodes=8002, edges=62961, depth=41), of them 4242 computed

A longer name makes the graph wider, not deeper: its positions stand side by side, and the loss adds them up
in one node. The *depth* is the longest chain of operations that the backward pass must go through.

# How large are the slopes?

After the backward pass every parameter has its slope, and they are too many to read. `gradient_sizes` says
for each matrix how many slopes are not 0, and how long all of them together are as one vector. Here is emma
in two models: the untrained one of above, and the default run, finished (`microgpt.trained`).

>>> from microgpt.trained import trained_parameters
>>> parameters = {
...     name: [[Value(number) for number in row] for row in matrix]
...     for name, matrix in trained_parameters().items()
... }
>>> trained = Model(Config(), model.tokenizer, parameters)
>>> for each in (model, trained):
...     document_loss(each, model.tokenizer.encode("emma")).backward()
>>> after = gradient_sizes(trained)
>>> for name, before in gradient_sizes(model).items():
...     print(f"{name:<15}", end="")
...     for size in (before, after[name]):
...         print(f"  {size.nonzero:>4} not 0, length {size.norm:.3f}", end="")
...     print()
wte                64 not 0, length 1.322    64 not 0, length 1.205
wpe                80 not 0, length 1.416    80 not 0, length 1.285
lm_head           432 not 0, length 1.664   432 not 0, length 1.618
layer0.attn_wq    256 not 0, length 0.008   256 not 0, length 0.069
layer0.attn_wk    256 not 0, length 0.008   256 not 0, length 0.096
layer0.attn_wv    256 not 0, length 0.155   256 not 0, length 0.349
layer0.attn_wo    256 not 0, length 0.106   256 not 0, length 0.262
layer0.mlp_fc1   1008 not 0, length 0.245   256 not 0, length 0.678
layer0.mlp_fc2   1008 not 0, length 0.246   256 not 0, length 0.339

What it tells:

- Of `wte` the rows of four tokens have slopes, of `wpe` those of five positions, 16 numbers each: emma shows
  nothing else to the model.
- The queries and keys (`attn_wq`, `attn_wk`) of the untrained model hardly matter: their slopes are the
  smallest by far. In the trained one they have become about ten times as long.
- `mlp_fc1` has 64 units with 16 weights each. In the untrained model 63 of them are on at some position of
  emma, in the trained one 16. The others are off for this name and learn nothing from it. Whether one is dead
  for *every* name, one name cannot say.

# Pitfalls

**Drawing before the backward pass.** There are slopes in the picture, and all are 0, as if nothing mattered:

>>> early = Value(3.0) * Value(5.0)
>>> print(as_mermaid(early).splitlines()[1])
    v0["data 3<br>grad 0"]

**Computing a thing twice.** Two numbers that are equal are not one node. Written out twice, a sum is computed
twice, which is slower and draws another picture; the slopes are the same:

>>> x, y = Value(2.0), Value(5.0)
>>> once = x + y
>>> graph_size(once * once).nodes, graph_size((x + y) * (x + y)).nodes
(4, 5)

**Drawing a whole model.** It is refused, since nobody could see anything:

>>> as_mermaid(document_loss(model, model.tokenizer.encode("a")))
Traceback (most recent call last):
    ...
ValueError: the graph has 4,486 values, too many to look at; draw at most 60

# Check yourself

??? question what "How many nodes has the graph of x · x + 1, and how many arrows?"

    Three nodes: `x`, the product, the sum. Three arrows: two from `x` to the product, since both factors are
    `x`, and one from the product to the sum. The 1 has none.

    >>> x = Value(3.0)
    >>> graph_size(x * x + 1.0)
    GraphSize(nodes=3, edges=3, depth=2)

??? question why "Why does a name of seven letters not make a deeper graph than a name of one?"

    No position waits for what comes out at the end of an earlier one. All go through the same operations; a
    later one looks at keys and values of the earlier ones, which lie as deep in the graph as its own. A model
    that carries one memory from letter to letter (a *recurrent* network) grows deeper with each letter.

??? question how "A layer is added. What happens to nodes and depth?"

    Predict from the size for emma above, then look. One layer adds as much as the next: a fixed number of
    operations to the longest chain, and a fixed number of nodes, most of them new parameters.

    >>> for layers in (1, 2, 3):
    ...     deeper = new_model(Config(n_layer=layers), model.tokenizer, random.Random(42))
    ...     print(graph_size(document_loss(deeper, model.tokenizer.encode("emma"))))
    GraphSize(nodes=6120, edges=38661, depth=41)
    GraphSize(nodes=11052, edges=72071, depth=66)
    GraphSize(nodes=15984, edges=105481, depth=91)

??? question deeper "Which numbers of the graph could be thrown away before the backward pass?"

    Those that no local slope needs. A sum needs none of its inputs, `exp` needs only its result, a product
    and a dot product need their inputs. Programs that train large models throw away even what is needed,
    layer by layer, and compute it a second time on the way back: less memory, more time (*activation
    checkpointing*).

# To keep

- A graph is read along its arrows for the values and against them for the slopes.
- A longer text makes it wider, another layer makes it deeper.
- A table of slopes tells which parameters an example reaches, and which not.

# What follows

What exactly happened in a step, number by number, and how can it be written down? `microgpt.records` makes
plain records of it.

Sources: Mermaid is Knut Sveidqvist's (2014). Graphviz comes from AT&T's laboratories, and its way to lay out
such graphs from Gansner, Koutsofios, North and Vo, "A technique for drawing directed graphs" (1993). To
compute anew instead of keeping: Chen, Xu, Zhang and Guestrin, "Training deep nets with sublinear memory cost"
(2016).
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from microgpt.autograd import Matrix, Value, inputs_of, topological_order
from microgpt.model import Model

_DRAWABLE = 60
_NEW_LINE = r"\n"


class GraphSize(NamedTuple):
    """How large a graph is.

    Attributes:
        nodes: How many values there are, parameters and other leaves included.
        edges: How many arrows lead from a value to one that was computed from it.
        depth: How many operations follow each other on the longest way from a leaf to the root.
    """

    nodes: int
    edges: int
    depth: int


def graph_size(root: Value) -> GraphSize:
    """Count the values that a value was computed from, itself included, and the arrows between them.

    Args:
        root: Usually the loss.

    Examples:
        Two leaves, a product, and a sum of it with itself: the sum has two arrows from the same value.

        >>> from microgpt.autograd import Value, dot
        >>> product = Value(2.0) * Value(3.0)
        >>> graph_size(product + product)
        GraphSize(nodes=4, edges=4, depth=2)
        >>> graph_size(dot([Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]))
        GraphSize(nodes=5, edges=4, depth=1)
    """
    values = _values_under(root)
    depths: dict[Value, int] = {}
    for value in values:
        depths[value] = 1 + max((depths[source] for source in inputs_of(value)), default=-1)
    return GraphSize(len(values), sum(len(inputs_of(value)) for value in values), depths[root])


def _values_under(root: Value) -> list[Value]:
    """List a value and everything it was computed from, inputs first."""
    computed = topological_order(root)
    leaves = dict.fromkeys(s for value in computed for s in inputs_of(value) if not inputs_of(s))
    return [*leaves, *computed] if inputs_of(root) else [root]


def as_mermaid(root: Value, names: Mapping[str, Value] | None = None) -> str:
    """Write a small graph as the text of a Mermaid diagram.

    Args:
        root: The value at the end, on the right.
        names: What to call some of the values.

    Returns:
        The text; each node shows its name or operation, its data and its slope.

    Raises:
        ValueError: If the graph is too large to be looked at.

    Examples:
        >>> from microgpt.autograd import Value
        >>> print(as_mermaid(Value(0.5) + 1.0))
        graph LR
            v0["data 0.5<br>grad 0"]
            v1["(+)<br>data 1.5<br>grad 0"]
            v0 --> v1
    """
    nodes, edges = _drawn(root, names or {})
    lines = [f'    {place}["{"<br>".join(label)}"]' for place, label in nodes.items()]
    return "\n".join(["graph LR", *lines, *(f"    {a} --> {b}" for a, b in edges)])


def as_dot(root: Value, names: Mapping[str, Value] | None = None) -> str:
    r"""Write a small graph in the language of Graphviz, for its program `dot`.

    Args:
        root: See `as_mermaid`.
        names: See `as_mermaid`.

    Returns:
        The text.

    Raises:
        ValueError: See `as_mermaid`.

    Examples:
        >>> from microgpt.autograd import Value
        >>> print(as_dot(Value(0.5) + 1.0, {"x": Value(7.0)}))
        digraph {
            rankdir=LR
            v0 [shape=box, label="data 0.5\ngrad 0"]
            v1 [shape=box, label="(+)\ndata 1.5\ngrad 0"]
            v0 -> v1
        }
    """
    nodes, edges = _drawn(root, names or {})
    lines = [f'    {place} [shape=box, label="{_NEW_LINE.join(label)}"]' for place, label in nodes.items()]
    return "\n".join(["digraph {", "    rankdir=LR", *lines, *(f"    {a} -> {b}" for a, b in edges), "}"])


def _drawn(root: Value, names: Mapping[str, Value]) -> tuple[dict[str, list[str]], list[tuple[str, str]]]:
    """Give every value a place and the lines of its label, and every arrow its two places."""
    values = _values_under(root)
    if len(values) > _DRAWABLE:
        raise ValueError(
            f"the graph has {len(values):,} values, too many to look at; draw at most {_DRAWABLE}"
        )
    places = {value: f"v{number}" for number, value in enumerate(values)}
    called = {value: re.sub(r'["\\\n]', "'", name) for name, value in names.items()}
    labels = {place: _label(value, called.get(value, "")) for value, place in places.items()}
    return labels, [(places[source], places[value]) for value in values for source in inputs_of(value)]


def _label(value: Value, name: str) -> list[str]:
    operation = f"({value.operation})" if value.operation else ""
    what = [part for part in (name, operation) if part]
    return [*what, f"data {value.data:.4g}", f"grad {value.grad:.4g}"]


@dataclass(frozen=True)
class GradientSize:
    """How large the slopes of one matrix are.

    Attributes:
        shape: Rows and columns.
        nonzero: How many slopes are not 0.
        mean: The mean size of those that are not 0.
        largest: The largest size.
        norm: The length of all slopes as one vector: the root of the sum of their squares.

    Examples:
        >>> from microgpt.autograd import Value
        >>> matrix = [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)], [Value(5.0), Value(6.0)]]
        >>> matrix[0][1].grad, matrix[2][0].grad = 3.0, -4.0
        >>> GradientSize.of(matrix)
        GradientSize(shape=(3, 2), nonzero=2, mean=3.5, largest=4.0, norm=5.0)
    """

    shape: tuple[int, int]
    nonzero: int
    mean: float
    largest: float
    norm: float

    @classmethod
    def of(cls, matrix: Matrix[Value]) -> "GradientSize":
        """Measure the slopes of a matrix as they are now."""
        sizes = [abs(value.grad) for row in matrix for value in row if value.grad]
        mean = math.fsum(sizes) / len(sizes) if sizes else 0.0
        norm = math.hypot(*sizes)
        return cls((len(matrix), len(matrix[0])), len(sizes), mean, max(sizes, default=0.0), norm)


def gradient_sizes(model: Model[Value]) -> dict[str, GradientSize]:
    """Measure the slopes of every matrix of a model.

    Args:
        model: After a backward pass, or between two steps of `microgpt.training.train`: the slopes of a step
            stay until the next one.

    Returns:
        Name to size.

    Examples:
        After a step on "mia" four of the five rows of `wte`, of two numbers each, have slopes: those of m, i,
        a and BOS. The row of v has none.

        >>> from microgpt.config import Config
        >>> from microgpt.training import new_run, train_step
        >>> run = new_run(Config(n_embd=2, n_head=1, steps=1), ["ava", "mia"])
        >>> run.documents[0]
        'mia'
        >>> _ = train_step(run)
        >>> gradient_sizes(run.model)["wte"].nonzero
        8
    """
    return {name: GradientSize.of(matrix) for name, matrix in model.parameters.items()}
