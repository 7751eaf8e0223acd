r"""Whole documents as matrices: each operation for all positions in one call, forward and back.

# The question

Plain Python handles one number at a time, and each costs far more than its multiplication. NumPy's functions
take a whole matrix and run their loop in machine code; then the *call* is what costs. **How can the model be
written so that each call does as much as possible?**

# The picture

All positions of all documents stand in one matrix, a row for each, and each operation of the model is one
call, or a few, for all of them. Only attention must know the documents apart. It gets them as a stack of
equal size, short ones filled up with rows of zeros.

```mermaid
graph TD
    rows["rows [n_positions][n_embd]"] --> qkv["queries, keys, values"]
    qkv --> pad["stack [n_documents][n_head][longest][head_dim]"]
    pad --> scores["scores [longest][longest], masked"]
    scores --> mix["mixes"] --> unpad["rows [n_positions][n_embd]"]
```

# The slopes, as matrices

They are those of `microgpt.engines.by_hand`, which derives them for single numbers; written with matrices
they have no indices left. With a row for each position:

| | forward | back |
|---|---|---|
| linear | $Y = X W^T$ | $\bar X = \bar Y W$, $\bar W = \bar Y^T X$ |
| rmsnorm | $Y = s \cdot X$ | $\bar X = s \cdot (\bar Y - Y \cdot \mathrm{mean}(\bar Y \cdot Y))$ |
| softmax | $P$ | $\bar S = P \cdot (\bar P - \mathrm{sum}(P \cdot \bar P))$ |
| lookup | $X = H T$ | $\bar T = H^T \bar X$ |
| surprise | $-\log p_a$ | $\bar S = P - H$ |

A dot is a product number by number, `mean` and `sum` are taken along each row, and $H$ is explained below.

The rule for linear can be remembered by its shapes: with $X$ `[7][16]` and $Y$ `[7][48]` the weights are
`[48][16]`, and there is only one product of $\bar Y$ and $X$ that comes out as `[48][16]`. Checked with
numbers of its own, three rows, two inputs and four outputs:

>>> rng = np.random.default_rng(1)
>>> x, weight, slopes = rng.normal(size=(3, 2)), rng.normal(size=(4, 2)), rng.normal(size=(3, 4))
>>> _, back = linear_at_once(x, weight, found := np.empty((4, 2)))
>>> input_slopes = back(slopes)
>>> def loss(x, weight):
...     return float((linear_at_once(x, weight, found)[0] * slopes).sum())
>>> nudge = np.zeros((4, 2))
>>> nudge[3, 1] = 1e-6
>>> nudged = (loss(x, weight + nudge) - loss(x, weight - nudge)) / 2e-6
>>> round(nudged, 6) == round(float(found[3, 1]), 6)
True

# A lookup is a product too

Row 2 of a table is the product of the table with a row that is 1 at place 2 and 0 elsewhere, called
*one-hot*. Nobody looks up that way, but it shows the way back: the slopes of the table are $H^T \bar X$, in
which each row of the table gets the sum of the slopes of those who looked it up, and 0 if nobody did. The
same rows say what was right, in $P - H$.

>>> hot = identity(4, "float64").take([2, 0, 2], axis=0)
>>> hot.T @ np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]])
array([[ 2., 20.],
       [ 0.,  0.],
       [ 4., 40.],
       [ 0.,  0.]])

# The mask

One position after the other cannot look ahead, since the later keys are not there yet. All at once, they
are. So the scores of later positions are set to minus infinity, and $e^{-\infty}$ is 0: no share, and by the
rule of softmax no slope.

>>> future(3, "float64")
array([[  0., -inf, -inf],
       [  0.,   0., -inf],
       [  0.,   0.,   0.]])
>>> scores = np.array([[7.0, 9.0, 8.0], [1.0, 1.0, 5.0], [0.0, 0.0, 0.0]])
>>> shares_at_once(scores + future(3, "float64")).round(3)
array([[1.   , 0.   , 0.   ],
       [0.5  , 0.5  , 0.   ],
       [0.333, 0.333, 0.333]])

Nearly half of the scores are computed in vain. That is the price of one product for all. The mask also takes
care of the zeros behind a short document: they come later than all of its positions.

# Check yourself

??? question "`attention_at_once` sums slopes times mixes, and not slopes times shares. Why is that allowed?"

    The rule of softmax asks for $\sum_j p_j \bar p_j$, and $\bar p_j = \bar y \cdot v_j$. So the sum is
    $\bar y \cdot \sum_j p_j v_j = \bar y \cdot y$, the slope of the mix times the mix. It is the same number,
    and shorter to sum for a long document.

    >>> p, v = np.array([0.5, 0.25, 0.25]), np.array([[1.0, 2.0], [3.0, 0.0], [4.0, 8.0]])
    >>> slope = np.array([2.0, 1.0])
    >>> float((p * (v @ slope)).sum()), float(slope @ (p @ v))
    (7.5, 7.5)

# What follows

`microgpt.engines.matrices` puts the operations together and trains with them.

Sources: the sum of the question is from Dao and others, "FlashAttention" (2022).
"""

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy import dot, matmul

from microgpt.engines.flat import Array
from microgpt.vectors import EPSILON

Back: TypeAlias = Callable[[Array], Array]
"""Turns the slopes of what went out into the slopes of what came in."""


@lru_cache(maxsize=16)
def future(n: int, kind: Any) -> Array:
    """Make the mask: what is added to the scores, so that no position looks ahead, `[n][n]`."""
    return np.triu(np.full((n, n), -np.inf, kind), 1)


@cache
def identity(n: int, kind: Any) -> Array:
    """Make all one-hot rows of a length, `[n][n]`."""
    return np.eye(n, dtype=kind)


@cache
def _averager(n: int, kind: Any) -> Array:
    """Make a column with which a product is the mean of each row, in less time than `mean` takes."""
    return np.full((n, 1), 1 / n, kind)


def linear_at_once(rows: Array, weight: Array, found: Array) -> tuple[Array, Back]:
    r"""Mix: $Y = X W^T$, and back $\bar X = \bar Y W$ and $\bar W = \bar Y^T X$.

    Args:
        rows: `[n_positions][n_in]`.
        weight: `[n_out][n_in]`.
        found: Where to put the slopes of the weights, `[n_out][n_in]`.

    Examples:
        The numbers of `microgpt.engines.by_hand.linear_and_back`.

        >>> rows = np.array([[1.0, 2.0, 3.0], [0.0, 1.0, 0.0]])
        >>> weight = np.array([[10.0, 5.0, 4.0], [20.0, 0.0, 10.0]])
        >>> outputs, back = linear_at_once(rows, weight, found := np.empty((2, 3)))
        >>> outputs.tolist(), back(np.array([[1.0, 0.0], [0.0, 2.0]])).tolist()
        ([[32.0, 50.0], [5.0, 0.0]], [[10.0, 5.0, 4.0], [40.0, 0.0, 20.0]])
        >>> found.tolist()
        [[1.0, 2.0, 3.0], [0.0, 2.0, 0.0]]
    """

    def back(slopes: Array) -> Array:
        dot(slopes.T, rows, out=found)
        of_rows: Array = dot(slopes, weight)
        return of_rows

    return dot(rows, weight.T), back


def lookup_at_once(table: Array, ids: list[int], found: Array) -> tuple[Array, Callable[[Array], None]]:
    r"""Look rows up: $X = H T$, and back $\bar T = H^T \bar X$.

    Args:
        table: `[n_rows][n_embd]`.
        ids: Which rows, `[n_positions]`.
        found: Where to put the slopes of the table, `[n_rows][n_embd]`.

    Examples:
        >>> rows, back = lookup_at_once(np.array([[1.0], [2.0], [3.0]]), [2, 0, 2], found := np.empty((3, 1)))
        >>> back(np.array([[10.0], [20.0], [30.0]]))
        >>> rows.tolist(), found.tolist()
        ([[3.0], [1.0], [3.0]], [[20.0], [0.0], [40.0]])
    """
    hot = identity(len(table), table.dtype).take(ids, 0)

    def back(slopes: Array) -> None:
        dot(hot.T, slopes, out=found)

    return table.take(ids, 0), back


def rmsnorm_at_once(rows: Array) -> tuple[Array, Back]:
    r"""Normalize each row.

    Forward $Y = s X$, and back $\bar X = s\,(\bar Y - Y \cdot \mathrm{mean}(\bar Y \cdot Y))$.

    Args:
        rows: `[n_positions][n]`.

    Examples:
        The numbers of `microgpt.engines.by_hand.rmsnorm_and_back`, and a row that is ten times as long.

        >>> outputs, back = rmsnorm_at_once(np.array([[2.0, 4.0, 6.0], [20.0, 40.0, 60.0]]))
        >>> outputs.round(4).tolist()
        [[0.4629, 0.9258, 1.3887], [0.4629, 0.9258, 1.3887]]
        >>> back(np.array([[1.0, 0.0, 0.0], [1.0, 0.0, 0.0]])).round(4).tolist()
        [[0.2149, -0.0331, -0.0496], [0.0215, -0.0033, -0.005]]
    """
    average = _averager(rows.shape[1], rows.dtype)
    scale = dot(rows * rows, average)
    scale += EPSILON
    np.sqrt(scale, out=scale)
    np.divide(1, scale, out=scale)
    outputs = rows * scale

    def back(slopes: Array) -> Array:
        found: Array = slopes - outputs * dot(slopes * outputs, average)
        found *= scale
        return found

    return outputs, back


def mlp_at_once(rows: Array, fc1: Array, fc2: Array, found1: Array, found2: Array) -> tuple[Array, Back]:
    r"""Run the detectors and their reports: $Y = \mathrm{relu}(X W_1^T)\, W_2^T$.

    Args:
        rows: `[n_positions][n_embd]`.
        fc1: `[4 * n_embd][n_embd]`.
        fc2: `[n_embd][4 * n_embd]`.
        found1: Where to put the slopes of `fc1`.
        found2: Where to put the slopes of `fc2`.

    Examples:
        The numbers of `microgpt.engines.by_hand.mlp_and_back`.

        >>> fc1 = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]])
        >>> fc2 = np.array([[10.0, 0.0, 5.0], [0.0, 1.0, 7.0]])
        >>> found = np.empty((3, 2)), np.empty((2, 3))
        >>> outputs, back = mlp_at_once(np.array([[3.0, 1.0], [-3.0, 1.0]]), fc1, fc2, *found)
        >>> outputs.tolist(), back(np.array([[1.0, 0.0], [1.0, 0.0]])).tolist()
        ([[30.0, 1.0], [10.0, 15.0]], [[10.0, 0.0], [-5.0, -5.0]])
        >>> [one.tolist() for one in found]
        [[[30.0, 10.0], [0.0, 0.0], [-15.0, 5.0]], [[3.0, 2.0, 2.0], [0.0, 0.0, 0.0]]]
    """
    hidden, first_back = linear_at_once(rows, fc1, found1)
    np.maximum(hidden, 0, out=hidden)
    outputs, second_back = linear_at_once(hidden, fc2, found2)

    def back(slopes: Array) -> Array:
        of_hidden = second_back(slopes)
        of_hidden *= hidden > 0
        return first_back(of_hidden)

    return outputs, back


def shares_at_once(scores: Array) -> Array:
    """Choose softly in each row, and write the shares over the scores.

    Examples:
        >>> shares_at_once(np.array([[2.0, 1.0, 0.1], [1000.0, 999.0, 998.0]])).round(4).tolist()
        [[0.659, 0.2424, 0.0986], [0.6652, 0.2447, 0.09]]
    """
    scores -= np.maximum.reduce(scores, -1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= np.add.reduce(scores, -1, keepdims=True)
    return scores


class Stack(NamedTuple):
    """How the positions of some documents become a stack of documents of equal length.

    Attributes:
        n_documents: How many.
        longest: How many positions the longest has.
        filled: For each position, its place in the stack; None if a single document needs no filling up.
    """

    n_documents: int
    longest: int
    filled: Array | None

    @classmethod
    def of(cls, lengths: list[int]) -> "Stack":
        """Plan the stack for documents of some lengths.

        Examples:
            >>> Stack.of([2, 3]).filled.tolist(), Stack.of([5]).filled
            ([0, 1, 3, 4, 5], None)
        """
        longest = max(lengths)
        if len(lengths) == 1:
            return cls(1, longest, None)
        places = [number * longest + place for number, n in enumerate(lengths) for place in range(n)]
        return cls(len(lengths), longest, np.array(places))

    def pad(self, rows: Array) -> Array:
        """Put rows into the stack, with zeros behind short documents.

        Examples:
            >>> Stack.of([1, 2]).pad(np.array([[5.0], [6.0], [7.0]])).tolist()
            [[5.0], [0.0], [6.0], [7.0]]
        """
        if self.filled is None:
            return rows
        stack = np.zeros((self.n_documents * self.longest, rows.shape[1]), rows.dtype)
        stack[self.filled] = rows
        return stack

    def unpad(self, stack: Array) -> Array:
        """Take the rows out of the stack again.

        Examples:
            >>> Stack.of([1, 2]).unpad(np.array([[5.0], [0.0], [6.0], [7.0]])).tolist()
            [[5.0], [6.0], [7.0]]
        """
        return stack if self.filled is None else stack.take(self.filled, 0)


def attention_at_once(made: Array, stack: Stack, n_head: int) -> tuple[Array, Back]:
    r"""Let all positions of all documents look back with all heads.

    Queries, keys and values come side by side, since one product with the three matrices on top of each other
    makes them, and their slopes leave in the same way.

    Args:
        made: Queries, keys and values, `[n_positions][3 * n_embd]`.
        stack: How the positions become documents.
        n_head: The number of heads.

    Returns:
        The mixes, `[n_positions][n_embd]`, and what turns their slopes into those of `made`.

    Examples:
        The numbers of `microgpt.engines.by_hand.head_and_back` with values of one number, and before them a
        document of one position, which can look at itself only.

        >>> made = np.array([[1.0, 1.0, 7.0], [9.0, 1.0, 10.0], [0.0, 3.0, 20.0]])
        >>> mixed, back = attention_at_once(made, Stack.of([1, 2]), n_head=1)
        >>> mixed.tolist()
        [[7.0], [10.0], [15.0]]
        >>> back(np.array([[3.0], [0.0], [1.0]])).tolist()
        [[0.0, 0.0, 3.0], [0.0, 0.0, 0.5], [5.0, 0.0, 0.5]]
    """
    n, width = stack.longest, made.shape[1] // 3
    shape = stack.n_documents, n, n_head, width // n_head
    queries, keys, values = _heads_first(stack.pad(made).reshape(*shape[:2], 3, *shape[2:]))
    scale = shape[-1] ** -0.5
    scores = matmul(queries, keys.swapaxes(-1, -2))
    scores *= scale
    scores += future(n, made.dtype)
    shares = shares_at_once(scores)
    mixed = np.empty(shape, made.dtype)
    mixed_heads = matmul(shares, values, out=mixed.swapaxes(1, 2))

    def back(slopes: Array) -> Array:
        heads = stack.pad(slopes).reshape(shape).swapaxes(1, 2)
        found = np.empty((*shape[:2], 3, *shape[2:]), made.dtype)
        of_queries, of_keys, of_values = _heads_first(found)
        of_scores = matmul(heads, values.swapaxes(-1, -2))
        of_scores -= np.add.reduce(heads * mixed_heads, -1, keepdims=True)
        of_scores *= shares
        of_scores *= scale
        matmul(of_scores, keys, out=of_queries)
        matmul(of_scores.swapaxes(-1, -2), queries, out=of_keys)
        matmul(shares.swapaxes(-1, -2), heads, out=of_values)
        return stack.unpad(found.reshape(-1, 3 * width))

    return stack.unpad(mixed.reshape(-1, width)), back


def _heads_first(stack: Array) -> Array:
    """From `[n_documents][longest][3][n_head][head_dim]` to `[3][n_documents][n_head][longest][head_dim]`."""
    return stack.transpose(2, 0, 3, 1, 4)
