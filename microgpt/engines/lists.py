r"""The third rung: no graph, only lists of numbers, forward and back. How far plain Python goes.

# What you will be able to do

- Put operations with known slopes in order, forward and back.
- Say what makes a loop in plain Python cheap or dear.
- Name what is given up when the graph is.

# The question

The rung before still makes a node for each dot product, visits all of them, and frees them again. **How fast
is plain Python without a graph?** The slopes are those of `microgpt.engines.by_hand`. What is left to do is
to put the operations in order, forward, and in the opposite order back.

# The picture

Follow it from the tokens to the surprise, and on from there: the parts come again, the last one first.
Look at what each of them leaves behind on the way back. The numbers are those of emma in an untrained model.

```mermaid
graph TD
    tokens["tokens<br/>26 4 12 12 0"] --> embed["embed<br/>[5][16]"] --> layer["layers<br/>[5][16]"]
    layer --> head["lm_head<br/>[5][27]"] --> s["surprise<br/>3.28, the mean"]
    s -- "p − y" --> hb["back"] --> lb["back"] --> eb["back"] --> rows["688 slopes of<br/>wte and wpe"]
    hb --> g1["432 slopes<br/>of lm_head"]
    lb --> g2["3,072 slopes<br/>of the layers"]
```

The positions of all documents of a batch stand in one table, `[n_positions][n_embd]`: the matrices treat each
position on its own, and do not care which document it is from. Only attention must look at each document
alone.

# In numbers

It is the same model. The loss of an untrained model at one name and the largest difference of all 4,192
slopes from those of the graph:

>>> from microgpt.config import Config
>>> from microgpt.data import bundled_documents
>>> from microgpt.engines.engine import find_engine
>>> from microgpt.training import new_run
>>> run = new_run(Config(), bundled_documents())
>>> batch = [run.model.tokenizer.encode("emma")]
>>> loss, slopes = gradient(as_floats(run.model), batch)
>>> graph = find_engine("dot")
>>> true_loss, true_slopes = graph.gradient(graph.own(run.model), batch)
>>> round(loss, 2), len(slopes), abs(loss - true_loss) < 1e-14
(3.28, 4192, True)
>>> max(abs(a - b) for a, b in zip(slopes, true_slopes)) < 1e-14
True

They belong to the two tables, to the one layer, and to `lm_head`:

>>> from microgpt.model import parameter_shapes
>>> sizes = {name: rows * columns for name, (rows, columns) in parameter_shapes(Config(), 27).items()}
>>> tables, head = sizes["wte"] + sizes["wpe"], sizes["lm_head"]
>>> tables, len(slopes) - tables - head, head
(688, 3072, 432)

# Why it is faster

Count what Python must handle. The graph of the rung before has a node for each dot product and each small
operation, and each node is made, sorted, visited and freed. Here a dot product is one call whose result is
one number. A step takes 0.0028 seconds in place of 0.0063 (`docs/pages/ladder.md`). What pays in plain
Python:

- *Leaving the graph out.* The `back` functions keep what they need, and nothing else is kept.
- *Loops that say less*: a comprehension, `[a + b for a, b in zip(row, other)]`, needs neither an index nor a
  call to append.
- *Functions that loop inside*: `sum(map(mul, a, b))` before Python 3.12, `math.sumprod` since. The loop over
  the numbers then runs in C. The longer the lists, the less the call counts.
- *Leaving out what is 0.* A unit of the MLP that is off has no part in the sums of its report and of the
  slopes.
- *Adam in three walks* over flat lists, with what is equal for all parameters computed once.

What it costs: the derivations must be right, and must be made again for each change of the model. Autograd
needed none. And it is no longer the original to the last bit: sums are made in another order, or, by
`math.sumprod`, more exactly.

# Pitfalls

- *A table whose rows are one list.* `[[0.0] * 2] * 3` looks like three rows, and is one row three times. A
  slope added to one token would be added to all.

>>> table = [[0.0] * 2] * 3
>>> table[1][0] += 5.0
>>> table
[[5.0, 0.0], [5.0, 0.0], [5.0, 0.0]]

- *Leaving out zeros hides infinities.* Zero times infinity is no number, and whoever skips the zero does not
  see that. So the loss and the size of the gradient are checked in each step.

>>> from microgpt.engines.by_hand import mixture
>>> 0.0 * inf, mixture([0.0], [[inf]])
(nan, [0.0])

# Check yourself

??? question why "Why is the graph needed at all, if this is faster and needs only the standard library?"

    For whoever changes the model. With autograd a change of the forward pass is enough; here each change
    needs its derivation. Libraries such as PyTorch keep the graph, and make its nodes large, so that there
    are few of them.

??? question how "Of the multiplications forward, how many are for attention, how many for the matrices?"

    For one document of 8 positions: each position meets 12 · 16² weights of the layer and 27 · 16 of the
    last matrix. Attention multiplies 16 numbers for each pair of positions, once for the score and once for
    the mix.

    >>> matrices = 8 * (12 * 16**2 + 27 * 16)
    >>> attention = 8 * 9 // 2 * 16 * 2
    >>> matrices, attention, round(attention / (matrices + attention), 2)
    (28032, 1152, 0.04)

??? question what "In which order does the way back go, and what must it remember?"

    In the opposite order: first the surprise, at the end the embedding. Linear needs its inputs and its
    weights, rmsnorm its outputs and scales, softmax its shares, ReLU which units were on. Each `back`
    function has them, since it was made where they were.

# To keep

- Without a graph the way back is a program too: the same operations in the opposite order.
- Plain Python is fast where a single call loops inside, and slow where each number is handled.
- What autograd did for every model must be derived for this one.

# What follows

Python still handles each number as an object. What if they lie side by side in memory, and a call takes all
of them? `microgpt.engines.flat` lays them out, `microgpt.engines.matrices` computes with them.
"""

import random
from collections.abc import Iterator
from math import inf, sqrt
from operator import mul

from microgpt.adam import Adam
from microgpt.engines.by_hand import Numbers, Rows, linear_and_back, shares_of, surprise_and_back
from microgpt.engines.drawing import Reader, invent
from microgpt.engines.engine import Engine
from microgpt.engines.list_layers import (
    all_scores,
    embed_and_back,
    layer_and_back,
    layers_of,
    on_a_shelf,
    positions_of,
    whole_documents,
)
from microgpt.engines.values import start
from microgpt.loss import Batch, surprise
from microgpt.model import Model, as_floats, parameters_of
from microgpt.training import finite


def engine(precision: str = "float64", device: str | None = None) -> Engine:
    """Give the engine of this rung; it has one precision and one device.

    Examples:
        >>> engine().name
        'lists'
    """
    return Engine("lists", precision, as_floats, start, gradient, learn, surprises, samples)


def gradient(model: Model[float], batch: Batch) -> tuple[float, list[float]]:
    """Compute the loss of a batch and its slope for each parameter.

    Args:
        model: The model.
        batch: The documents.

    Returns:
        The loss in nats per token, and the slopes in the order of the parameters.
    """
    found: dict[str, Rows] = {}
    positions = positions_of(batch, model.config.block_size)
    attend = whole_documents(positions.documents, model.config.n_head)
    rows, embed_back = embed_and_back(model, positions.tokens, positions.places)
    backs = []
    for matrices in layers_of(model):
        rows, layer_back = layer_and_back(rows, matrices, attend)
        backs.append(layer_back)
    logits, head_back = linear_and_back(rows, model.parameters["lm_head"])
    each, surprise_back = surprise_and_back(logits, positions.answers)
    loss = finite("the loss", sum(map(mul, each, positions.counts)))

    slopes: Rows
    slopes, found["lm_head"] = head_back(surprise_back(positions.counts))
    for layer, layer_back in reversed(list(enumerate(backs))):
        slopes, of_matrices = layer_back(slopes)
        found |= {f"layer{layer}.{name}": matrix for name, matrix in of_matrices.items()}
    found["wte"], found["wpe"] = embed_back(slopes)
    return loss, [slope for name in model.parameters for row in found[name] for slope in row]


def learn(model: Model[float], optimizer: Adam, batch: Batch, learning_rate: float) -> float:
    """Do a step; see `microgpt.training.learn`."""
    loss, slopes = gradient(model, batch)
    finite("the squared size of the gradient", sum(map(mul, slopes, slopes)))
    update_lists(model, optimizer, slopes, learning_rate)
    return loss


def update_lists(model: Model[float], optimizer: Adam, slopes: Numbers, learning_rate: float) -> None:
    r"""Move every parameter one step against its slope: `microgpt.adam` in three walks over the lists.

    What is equal for all parameters is computed once. With the corrections
    $c_1 = 1 - \beta_1^t$ and $c_2 = 1 - \beta_2^t$:

    $$\eta \cdot \frac{m / c_1}{\sqrt{v / c_2} + \varepsilon}
    = \frac{\eta \sqrt{c_2}}{c_1} \cdot \frac{m}{\sqrt{v} + \varepsilon \sqrt{c_2}}$$

    Args:
        model: Its parameters move.
        optimizer: Its averages move.
        slopes: In the order of the parameters.
        learning_rate: $\eta$ of this step.

    Examples:
        The two steps of `microgpt.adam`.

        >>> from microgpt.config import Config
        >>> from microgpt.tokenizer import Tokenizer
        >>> model = Model(Config(), Tokenizer("a"), {"wte": [[5.0, 1.0]]})
        >>> adam = Adam([0.0, 0.0], [0.0, 0.0], beta1=0.85, beta2=0.99, eps=1e-8)
        >>> for slopes in ([0.1, -3.0], [0.12, 3.0]):
        ...     update_lists(model, adam, slopes, learning_rate=0.01)
        >>> [round(number, 7) for number in model.parameters["wte"][0]]
        [4.9799722, 1.0091892]
        >>> [round(m, 6) for m in adam.m], [round(v, 6) for v in adam.v], adam.steps
        ([0.03075, 0.0675], [0.000243, 0.1791], 2)
    """
    one, beta1, beta2 = optimizer, optimizer.beta1, optimizer.beta2
    share1, share2 = 1 - beta1, 1 - beta2
    one.steps += 1
    root2 = (1 - beta2**one.steps) ** 0.5
    eps, rate = one.eps * root2, learning_rate * root2 / (1 - beta1**one.steps)
    one.m[:] = [beta1 * m + share1 * slope for m, slope in zip(one.m, slopes)]
    one.v[:] = [beta2 * v + share2 * slope * slope for v, slope in zip(one.v, slopes)]
    moved = [x - rate * m / (sqrt(v) + eps) for x, m, v in zip(parameters_of(model), one.m, one.v)]
    start = 0
    for matrix in model.parameters.values():
        for row in matrix:
            row[:] = moved[start : start + len(row)]
            start += len(row)


def surprises(model: Model[float], documents: Batch) -> list[list[float]]:
    """Find the surprise of a model at every token of many documents; infinite where it held it impossible."""
    found = []
    for document in documents:
        positions = positions_of([document], model.config.block_size)
        rows, _ = embed_and_back(model, positions.tokens, positions.places)
        logits = all_scores(model, rows, whole_documents(positions.documents, model.config.n_head))
        chances = [shares_of(row)[answer] for row, answer in zip(logits, positions.answers)]
        found.append([surprise(chance) if chance else inf for chance in chances])
    return found


def samples(
    model: Model[float], rng: random.Random, count: int, temperature: float, prompt: str = ""
) -> Iterator[str]:
    """Invent documents: the same as the book with the same chances; see `microgpt.engines.drawing.invent`."""
    return invent(model, lambda: list_reader(model), rng, count, temperature, prompt)


def list_reader(model: Model[float]) -> Reader:
    """Read a document token by token, with keys and values on a shelf for each layer.

    Examples:
        >>> from microgpt.config import Config
        >>> from microgpt.model import forward, new_caches, new_model
        >>> from microgpt.tokenizer import Tokenizer
        >>> model = as_floats(new_model(Config(n_layer=2), Tokenizer("ab"), random.Random(3)))
        >>> reader, caches = list_reader(model), new_caches(model.config)
        >>> for position, token in enumerate([2, 0, 1]):
        ...     found, expected = reader(token, position), forward(model, token, position, caches)
        >>> [round(score, 4) for score in found]
        [0.236, 0.1718, 0.1108]
        >>> [round(score, 4) for score in found] == [round(score, 4) for score in expected]
        True
    """
    attends = [on_a_shelf(model.config.n_head) for _ in range(model.config.n_layer)]

    def scores(token: int, position: int) -> Numbers:
        rows, _ = embed_and_back(model, [token], [position])
        return all_scores(model, rows, *attends)[0]

    return scores
