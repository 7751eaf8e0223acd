"""The second rung: one node of the graph for each dot product. It is the way of the book.

# What you will be able to do

- Say which slopes a dot product has, without taking it apart.
- Separate the cost of objects from the cost of arithmetic.
- Say why two programs that add in the same order agree in every bit.

# The question

Nearly all operations of the model belong to dot products: a number times a number, added to a sum, and so
on. **Must the graph have a node for each of them?** The slope of a dot product is known beforehand: for each
number, its partner.

# The picture

One node takes two whole lists. Look at what goes back to each: the slope, times the *other* list.

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

Every node is an object that Python must make, fill, put into lists, visit, and free again. The
multiplications are as many as before, and yet the time of a step falls nearly as the nodes do, from 0.042 to
0.0063 seconds (`docs/pages/ladder.md`). So the time of the first rung goes into nodes.

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

# Pitfalls

- *A better sum is another sum.* Functions such as `math.fsum` add without rounding in between. The result is
  closer to the truth, and no longer that of the first rung.

>>> from math import fsum
>>> total = 0.0
>>> for number in [0.1] * 10:
...     total += number
>>> total, fsum([0.1] * 10)
(0.9999999999999999, 1.0)

- *Changing a list too early.* The node keeps the lists, not copies of them. What is put into a list before
  the way back is taken for what was multiplied.

>>> from microgpt.autograd import Value, dot
>>> a, b = [Value(2.0)], [Value(3.0)]
>>> product = dot(a, b)
>>> b[0] = Value(50.0)
>>> product.backward()
>>> product.data, a[0].grad
(6.0, 50.0)

# Check yourself

??? question what "A dot product of [2, 5] and [7, 1] got the slope 10. Which slopes do the four numbers get?"

    Each gets the slope times its partner.

    >>> a, b = [Value(2.0), Value(5.0)], [Value(7.0), Value(1.0)]
    >>> (10 * dot(a, b)).backward()
    >>> [x.grad for x in a + b]
    [70.0, 10.0, 20.0, 50.0]

??? question why "Why does the same arithmetic take a seventh of the time?"

    Because the arithmetic was never the cost. A multiplication takes the processor less than a billionth of
    a second. To make an object for its result, find it again in the order of the graph and free it takes
    Python hundreds of times as long, and of objects there is now a seventh.

??? question deeper "Could the node be made larger still?"

    Yes: one node for a matrix times a vector, or for a matrix times all vectors of a document. Its slopes are
    then as many as its inputs, a vector and a matrix. `microgpt.engines.by_hand` derives them, and in PyTorch
    (`microgpt.engines.tensors`) all nodes are of that kind.

# To keep

- The slope of a dot product for a number is that number's partner.
- Fewer nodes, same multiplications, less time: so the nodes were the cost.
- Bits agree where the order of additions agrees.

# What follows

What is left are the nodes of the small operations and the walk through the graph. Can the slopes of each part
be worked out once, so that no graph is needed? `microgpt.engines.by_hand` does it with pencil and paper.
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
