"""The second rung: one node of the graph for each dot product. It is the way of the book.

# The question

Nearly all operations of the model belong to dot products: a number times a number, added to a sum, and so
on. **Must the graph have a node for each of them?** The slope of a dot product is known beforehand: for each
number, its partner.

# The picture

```mermaid
graph LR
    a["a: a list"] --> dot["one node: sum of products"]
    b["b: a list"] --> dot
    dot -- "slope times b" --> a
    dot -- "slope times a" --> b
```

# In numbers

The loss of an untrained model at one name, as a graph, on this rung and on the first:

>>> from microgpt.config import Config
>>> from microgpt.engines import scalars
>>> from microgpt.graphs import graph_size
>>> from microgpt.loss import document_loss
>>> from microgpt.training import new_run
>>> run = new_run(Config(), ["emma", "ava", "mia"])
>>> tokens = run.model.tokenizer.encode("emma")
>>> here = graph_size(document_loss(run.model, tokens)).nodes
>>> there = scalars.graph_nodes(run.model, tokens)
>>> here, there, round(there / here, 1)
(5469, 37753, 6.9)

Every node is an object that Python must make, fill, put into lists, visit, and free again. That is where the
time of the first rung goes, and not into the multiplications: they are as many here.

# Why it is the same to the last bit

Rounding depends on the order of the additions. The one node adds in the order of the many, and hands slopes
on in their order too, so the two rungs agree bit for bit: their stated tolerance is 0.

>>> from microgpt.engines.engine import RUNGS, find_engine
>>> RUNGS["dot"].tolerances
{'float64': 0.0}
>>> first, second = find_engine("scalar"), find_engine("dot")
>>> batch = [tokens, run.model.tokenizer.encode("ava")]
>>> first.gradient(first.own(run.model), batch) == second.gradient(second.own(run.model), batch)
True

# What follows

What is left are the nodes of the small operations and the walk through the graph. `microgpt.engines.lists`
gives up the graph itself.
"""

from microgpt.engines import values
from microgpt.engines.engine import Engine
from microgpt.training import DOT


def engine(precision: str = "float64", device: str | None = None) -> Engine:
    """Give the engine of this rung; it has one precision and one device.

    Examples:
        >>> engine().name
        'dot'
    """
    rest = values.surprises, values.samples
    return Engine("dot", precision, values.own, values.start, values.gradient, DOT.learn, *rest)
