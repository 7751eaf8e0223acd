r"""The fourth rung: whole documents, and whole batches, as matrices. NumPy, with slopes by hand.

# What you will be able to do

- Say which shapes the numbers have when a batch of documents is computed at once.
- Predict what arrays of different shapes do when they are added.
- Say when a call is dear and when the arithmetic in it is.

# The question

**What does a step cost if each operation of the model is a call, and no number is an object of its own?**
`microgpt.engines.at_once` has the operations. Here they become the model, and a step.

# The picture

The parameters lie in one row, their slopes in another of the same order (`microgpt.engines.flat`). Each
matrix is a view of its part, so the way back writes the slopes to where Adam reads them. Follow the circle,
and look at the two rows of equal length. The numbers are those of two names at once, emma and jo.

```mermaid
graph TD
    flat["parameters [4192]"] -- "views" --> w["weights, such as<br/>wqkv [48][16]"]
    w --> fwd["forward<br/>rows [8][16]"] --> back["back<br/>rows [8][16]"]
    back -- "through views" --> slopes["slopes [4192]"]
    slopes --> adam["Adam, once through both rows"]
    adam --> flat
```

Since the matrices of queries, keys and values lie one behind the other, one view over all three is a matrix
three times as high, and one product makes all three.

>>> from microgpt.config import Config
>>> from microgpt.data import bundled_documents
>>> from microgpt.training import new_run
>>> run = new_run(Config(), bundled_documents())
>>> model = own(run.model)
>>> model.weights.layers[0].wqkv.shape
(48, 16)
>>> bool((model.weights.layers[0].wqkv[16:32] == model.parameters["layer0.attn_wk"]).all())
True

# Arrays in place of loops

A loop that Python runs is *vectorized* when one call takes over the whole loop. The chapters compute a linear
layer for one position; here is the same for a document of seven positions, `[7][16]`, with one call. `.T`
turns the matrix on its side.

>>> rng = np.random.default_rng(1)
>>> document, weight = rng.normal(size=(7, 16)), rng.normal(size=(64, 16))
>>> (document @ weight.T).shape
(7, 64)
>>> from microgpt.vectors import linear
>>> one_by_one = [linear(row.tolist(), weight.tolist()) for row in document]
>>> bool(np.allclose(document @ weight.T, one_by_one))
True

A batch is one more dimension in front, `[batch][length][n_embd]`. The product takes the last two dimensions
as before and repeats itself over those in front. Nothing else changes: wherever a chapter says `[n_embd]`, a
program with batches says `[batch][length][n_embd]`.

>>> batch = rng.normal(size=(3, 7, 16))
>>> (batch @ weight.T).shape
(3, 7, 64)

The seven vectors of the positions are to be added to all three documents. They need not be repeated: shapes
are compared from the right, and where one array lacks a dimension, or has size 1 there, it is used again for
each. That is *broadcasting*.

>>> places = rng.normal(size=(7, 16))
>>> (batch + places).shape
(3, 7, 16)

So the mean of the squares of each vector must keep its dimension, as size 1, to divide the vector by its
root: `[3][7][1]` beside `[3][7][16]`.

>>> mean = (batch**2).mean(-1, keepdims=True)
>>> mean.shape, (batch / mean**0.5).shape
((3, 7, 1), (3, 7, 16))

This rung goes one step further. For all but attention it lays the documents end to end,
`[n_positions][n_embd]`, so none has to be filled up to the length of the longest.

# In numbers

The loss of an untrained model at two names, and the largest difference of its 4,192 slopes from those of the
graph:

>>> from microgpt.engines.engine import find_engine
>>> batch = [run.model.tokenizer.encode(name) for name in ("emma", "jo")]
>>> loss, slopes = gradient(model, batch)
>>> graph = find_engine("dot")
>>> true_loss, true_slopes = graph.gradient(graph.own(run.model), batch)
>>> sum(len(tokens) - 1 for tokens in batch), len(slopes), abs(loss - true_loss) < 1e-14
(8, 4192, True)
>>> max(abs(a - b) for a, b in zip(slopes, true_slopes)) < 1e-14
True

# Why it is faster, and when

A call of NumPy looks at types, shapes and places before it begins. For few numbers that is nearly all of its
time, so ten times the numbers do not take twice as long:

>>> from timeit import repeat
>>> def fastest(size):
...     numbers = np.ones(size)
...     return min(repeat(lambda: numbers + numbers, number=200, repeat=30))
>>> fastest(100) < 2 * fastest(10)
True

So what counts for a short document is the number of calls, and for a batch the numbers themselves. A step of
the default model takes 0.00011 seconds in place of 0.0028 on plain lists; with 64 documents in a batch it
takes only about eleven times as long as with one (`docs/pages/ladder.md`). The products of matrices are made
by a library of linear algebra, with instructions that handle several numbers at once. What this rung does
about the calls:

- one product for queries, keys and values, and all heads in one product;
- slopes written to where they are needed, with `out=`, and sums made in place, with `+=`;
- the mean of each row as a product with a column;
- Adam over one row, with the formula arranged for few walks.

A batch pays twice: its calls are as many as those of one document, and Adam's update is shared by all.

What it costs: another dependency, derivations by hand, and memory for all positions at once. And as on the
rung before, the sums are made in another order, so the last bits differ.

# Pitfalls

- *Broadcasting where none was meant.* A column `[3][1]` less a row `[3]` is no error and not three numbers
  but nine: every one against every other. Here all three are right, and the mean error is not 0.

>>> found, right = np.array([[1.0], [2.0], [3.0]]), np.array([1.0, 2.0, 3.0])
>>> (found - right).shape, round(float(abs(found - right).mean()), 2)
((3, 3), 0.89)

- *A view that is written to.* A part of an array is no copy. Who scales it in place scales the array.

>>> table = np.ones((2, 3))
>>> row = table[0]
>>> row *= 5
>>> table[0].tolist()
[5.0, 5.0, 5.0]

- *Several threads.* The library may divide a large product among all cores. Where other programs use them
  too, they wait for each other. `OPENBLAS_NUM_THREADS=1` in the environment keeps it to one; whether that is
  faster depends on sizes and neighbors, so measure both.

# Check yourself

??? question what "What are the documents of a batch of 64 multiplied with, and how often?"

    With the same matrices, once each: their positions stand in one matrix, one below the other. Only in
    attention are they apart.

??? question why "Why is float32 hardly faster for one document?"

    With one short document the time is that of the calls, which do not care about the kind of number:
    0.00010 seconds against 0.00011 (`docs/pages/ladder.md`). In large matrices it is that of the
    multiplications and of memory, and twice as many numbers of half the size fit into each instruction and
    each transfer.

??? question how "Arrays of 5 · 1 · 4 and of 3 · 4 numbers are added. What is the shape of the sum?"

    From the right: 4 and 4 agree; 1 and 3 give 3; 5 and nothing give 5.

    >>> (np.zeros((5, 1, 4)) + np.zeros((3, 4))).shape
    (5, 3, 4)

??? question deeper "Why are short documents filled up for attention only?"

    To fill them up everywhere would multiply all matrices with rows of zeros. Not to fill them up at all
    would make a call for each document. Attention is a small share of the multiplications, so what it
    wastes there is little.

# To keep

- Vectorized is what runs its loop inside one call: a short one costs its overhead, a long one its arithmetic.
- A batch is one more dimension in front, and the weights are the same for all.
- Broadcasting compares shapes from the right and repeats what has size 1 or is missing.

# What follows

Between two calls the numbers go to memory and come back, and every call has its overhead. What if a whole
step were one call? `microgpt.engines.loops` compiles the loops themselves.
"""

import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy import dot

from microgpt.adam import Adam
from microgpt.engines.at_once import Stack, attention_at_once, identity, shares_at_once
from microgpt.engines.drawing import Reader, invent
from microgpt.engines.engine import Engine
from microgpt.engines.flat import Array, FlatAdam, flat_model
from microgpt.engines.list_layers import Positions, positions_of
from microgpt.engines.matrix_layers import MatrixModel, Weights, on_a_matrix_shelf, scores_at_once
from microgpt.loss import Batch, surprise
from microgpt.model import Model
from microgpt.training import finite

SCORES_AT_ONCE = 100_000
"""How many scores of attention an exam may keep at the same time: they should not leave the fast memory."""

MEMORY_TO_KEEP = 16 * 2**20
"""How many bytes of memory, once freed, are kept for the next array, where the system goes by that."""


def engine(precision: str = "float64", device: str | None = None) -> Engine:
    """Give the engine of this rung, in `float64` or `float32`.

    Examples:
        >>> engine("float32").precision
        'float32'
    """
    give = partial(own, precision=precision)
    return Engine("numpy", precision, give, start, gradient, learn, surprises, samples)


def own(model: Model[Any], precision: str = "float64") -> MatrixModel:
    """Put a model's numbers into one row, and make room for their slopes."""
    # The C library of Linux gives the memory of a large array back to the system, and gets it again, page by
    # page, for the next. That can take as long as the arithmetic. Once a larger one is freed, it keeps that.
    np.empty(MEMORY_TO_KEEP, np.uint8)
    one, size = flat_model(model, precision), model.tokenizer.vocab_size
    weights, flat_slopes = Weights.of(one.flat, one.config, size), np.zeros_like(one.flat)
    slopes = Weights.of(flat_slopes, one.config, size)
    return MatrixModel(one.config, one.tokenizer, one.parameters, one.flat, weights, flat_slopes, slopes)


def start(model: Any, optimizer: Adam) -> FlatAdam:
    """Give an Adam that goes on from the averages of an optimizer of any engine."""
    return FlatAdam.start(model, optimizer)


def chances_at_once(
    model: MatrixModel, batch: Batch
) -> tuple[Array, Array, Positions, Callable[[Array], None]]:
    """Find out what the model expects at each position of a batch.

    Args:
        model: The model.
        batch: The documents.

    Returns:
        The probabilities of all tokens, `[n_positions][vocab_size]`, those of the right ones,
        `[n_positions]`, the positions, and what leads slopes of the scores back.

    Examples:
        What the model gives to "a" and to the end, when the document is "a".

        >>> from microgpt.config import Config
        >>> from microgpt.model import new_model
        >>> from microgpt.tokenizer import Tokenizer
        >>> model = own(new_model(Config(n_embd=6, n_head=2), Tokenizer("abc"), random.Random(1)))
        >>> chances, right, positions, _ = chances_at_once(model, [model.tokenizer.encode("a")])
        >>> positions.answers, chances.round(3).tolist()
        ([0, 3], [[0.234, 0.243, 0.256, 0.267], [0.276, 0.2, 0.272, 0.253]])
        >>> right.round(3).tolist()
        [0.234, 0.253]
    """
    config, positions = model.config, positions_of(batch, model.config.block_size)
    stack = Stack.of([one.stop - one.start for one in positions.documents])
    attend = partial(attention_at_once, stack=stack, n_head=config.n_head)
    scores, back = scores_at_once(model, positions.tokens, positions.places, [attend] * config.n_layer)
    chances = shares_at_once(scores)
    return chances, chances[np.arange(len(chances)), positions.answers], positions, back


@np.errstate(all="ignore")  # what is not finite is found by `finite`, with the chapters' words
def loss_at_once(model: MatrixModel, batch: Batch) -> float:
    r"""Compute the loss of a batch, and put the slopes of all parameters into `model.flat_slopes`.

    Args:
        model: The model.
        batch: The documents.

    Returns:
        The loss in nats per token.

    Raises:
        ImpossibleError: If a right answer has the probability 0.
        FloatingPointError: If the loss is no finite number.

    Examples:
        The loss of a batch is the mean of the losses, and so is each slope.

        >>> from microgpt.config import Config
        >>> from microgpt.model import new_model
        >>> from microgpt.tokenizer import Tokenizer
        >>> model = own(new_model(Config(n_embd=6, n_head=2), Tokenizer("abc"), random.Random(1)))
        >>> def of(*names):
        ...     loss = loss_at_once(model, [model.tokenizer.encode(name) for name in names])
        ...     return round(loss, 4), round(float(model.flat_slopes[-1]), 6)
        >>> of("cabca"), of("b"), of("cabca", "b")
        ((1.3863, -0.000635), (1.4184, 0.0), (1.4023, -0.000317))
    """
    chances, right, positions, back = chances_at_once(model, batch)
    counts = np.array(positions.counts, chances.dtype)
    loss = -float(dot(counts, np.log(right)))
    if not np.isfinite(loss):
        surprise(float(right.min()))
        finite("the loss", loss)
    chances -= identity(chances.shape[1], chances.dtype).take(positions.answers, 0)
    chances *= counts[:, None]
    back(chances)
    return loss


def gradient(model: Any, batch: Batch) -> tuple[float, list[float]]:
    """Compute the loss of a batch and its slope for each parameter.

    Args:
        model: The model.
        batch: The documents.

    Returns:
        The loss in nats per token, and the slopes in the order of the parameters.
    """
    return loss_at_once(model, batch), model.flat_slopes.tolist()


def learn(model: Any, optimizer: FlatAdam, batch: Batch, learning_rate: float) -> float:
    """Do a step; see `microgpt.training.learn`."""
    loss = loss_at_once(model, batch)
    finite("the squared size of the gradient", float(dot(model.flat_slopes, model.flat_slopes)))
    optimizer.update(model.flat, model.flat_slopes, learning_rate)
    return loss


@np.errstate(all="ignore")
def surprises(model: Any, documents: Batch) -> list[list[float]]:
    """Find the surprise of a model at every token of many documents; infinite where it held it impossible."""
    size = max(1, SCORES_AT_ONCE // (model.config.n_head * model.config.block_size**2))
    found = []
    for start in range(0, len(documents), size):
        _, right, positions, _ = chances_at_once(model, documents[start : start + size])
        each = (-np.log(right)).tolist()
        found += [each[one] for one in positions.documents]
    return found


def samples(
    model: Any, rng: random.Random, count: int, temperature: float, prompt: str = ""
) -> Iterator[str]:
    """Invent documents: the same as the book with the same chances; see `microgpt.engines.drawing.invent`."""
    return invent(model, lambda: matrix_reader(model), rng, count, temperature, prompt)


def matrix_reader(model: MatrixModel) -> Reader:
    """Read a document token by token, with keys and values on a shelf for each layer.

    Examples:
        >>> from microgpt.config import Config
        >>> from microgpt.model import forward, new_caches, new_model
        >>> from microgpt.tokenizer import Tokenizer
        >>> model = new_model(Config(n_layer=2, n_embd=6, n_head=2), Tokenizer("ab"), random.Random(3))
        >>> reader, caches = matrix_reader(own(model)), new_caches(model.config)
        >>> for position, token in enumerate([2, 0, 1]):
        ...     found, expected = reader(token, position), forward(model, token, position, caches)
        >>> [round(score, 4) for score in found]
        [-0.2636, -0.0522, -0.0761]
        >>> [round(score, 4) for score in found] == [round(score.data, 4) for score in expected]
        True
    """
    attends = [on_a_matrix_shelf(model) for _ in range(model.config.n_layer)]

    @np.errstate(all="ignore")  # scores that are no numbers are refused when something is drawn
    def scores(token: int, position: int) -> list[float]:
        found, _ = scores_at_once(model, [token], [position], attends)
        only: list[float] = found[0].tolist()
        return only

    return scores
