r"""Attention, eight positions at a time: the place where lanes meet.

# The question

Up to here each lane minded its own business. In attention a position looks back at others, and they stand in
other lanes. **How can eight positions look back at once?**

# The picture

The lanes hold eight *queries*. Keys and values are taken one position at a time and spread: the key of
position 3 is a handful of numbers, and all eight queries are compared with it in one go. Then the key of
position 4. What is left in each lane is a column of scores, one for each key.

| lane, with the query of | key 0 | key 1 | key 2 | key 3 |
|---|---|---|---|---|
| position 0 | score | | | |
| position 1 | score | score | | |
| position 2 | score | score | score | |
| position 3 | score | score | score | score |

The blanks are keys that lie ahead. One position at a time they were not there yet; now they are, and must be
covered. The same cover keeps the documents apart that share a block: a key is in sight if it is not before
the first position of the query's document and not after the query.

With $f_t$ for the first position of the document, and $p_t$ for the place of the query in it, both as
`microgpt.engines.loops_layout` has laid them out:

$$\text{key } j \text{ is in sight of query } t \iff 0 \le j - f_t \le p_t$$

>>> import numpy as np
>>> from microgpt.engines.compiling import compiled
>>> @compiled
... def sight_into(y, key):
...     distance, place = key - load(y, 0, 0), load(y, 1, 0)
...     store(y, 2, 0, in_sight(y, distance, place, spread(y, 1.0), 0.0))
>>> y = np.zeros((3, 8))
>>> y[0], y[1] = [0, 0, 0, 0, 4, 4, 4, 4], [0, 1, 2, 3, 0, 1, 2, 3]
>>> for key in (0, 2, 4, 7):
...     sight_into(y, key)
...     print(key, y[2].tolist())
0 [1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]
2 [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]
4 [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0]
7 [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]

# The way back

`microgpt.engines.by_hand` derives it. With the shares $\alpha_j$, $d$ numbers in a query, and $\bar o$ the
slope of the mix $o = \sum_j \alpha_j v_j$:

$$\bar \alpha_j = \bar o \cdot v_j \qquad
\bar s_j = \frac{\alpha_j}{\sqrt d} \Big(\bar \alpha_j - \sum_k \alpha_k \bar \alpha_k\Big) \qquad
\bar q = \sum_j \bar s_j k_j$$

These stay in the lane of the query. But a value was read by many queries, and its slope is the sum over all
of them, across the lanes; so is a key's: $\bar v_j = \sum_t \alpha_{tj} \bar o_t$ and $\bar k_j = \sum_t \bar
s_{tj} q_t$. Here `sum_of` is needed. Since a key may stand in an earlier block than the queries that read it,
the backward pass takes the blocks from the last to the first: when it comes to a key, all who have read it
have spoken.

# What follows

`microgpt.engines.loops_forward` is the whole model.
"""

import math
from typing import Any

from microgpt.engines.compiling import compiled
from microgpt.engines.flat import Array
from microgpt.engines.lanes import lanes_in, load, spread, store, sum_of, where_above
from microgpt.engines.loops_layout import (
    Sizes,
    keys_in_sight,
    page_of,
    places_of,
    queries_at,
    query_slopes_at,
    scratch_of,
)
from microgpt.engines.loops_softmax import exp_of
from microgpt.engines.loops_vectors import clear


@compiled
def attend(memory: Array, block: int, layer: int, count: int, sizes: Sizes) -> None:
    """Let all heads of a block's positions look back.

    Args:
        memory: The queries, keys and values are there, those of earlier blocks too; the mixes go there.
        block: Whose queries.
        layer: Which layer.
        count: How many positions there are in all blocks.
        sizes: The dials that decide about shapes.
    """
    page = page_of(memory, block, layer, sizes)
    keys, head_dim = keys_in_sight(memory, sizes), sizes.n_embd // sizes.n_head
    clear(page.qkv_slopes)
    for head in range(sizes.n_head):
        weights = page.weights[head * keys : (head + 1) * keys]
        query = queries_at(memory, layer, sizes) + head * head_dim
        weights_into(weights, memory, block, query, query + sizes.n_embd, count, head_dim)
        mix = page.heads[head * head_dim : (head + 1) * head_dim]
        mix_into(mix, weights, memory, block, query + 2 * sizes.n_embd, count)


@compiled
def span(memory: Array, block: int, count: int) -> Any:
    """Give the first key that a position of a block may look at, and the one after the last."""
    return int(places_of(memory, block).first[0]), min((block + 1) * lanes_in(memory), count)


@compiled
def in_sight(memory: Array, distance: Any, place: Any, yes: Any, no: float) -> Any:
    """Give `yes` in the lanes whose query may look at a key, and `no` in the others.

    Args:
        memory: Says of which kind the numbers are.
        distance: How far the key is from the first position of each lane's document.
        place: How far the query is.
        yes: A register.
        no: A number.
    """
    not_there = spread(memory, no)
    not_ahead = where_above(distance, place, not_there, yes)
    return where_above(spread(memory, 0.0), distance, not_there, not_ahead)


@compiled
def weights_into(
    weights: Array, memory: Array, block: int, query: int, key: int, count: int, head_dim: int
) -> None:
    """Compare the queries of one head with each key, and turn the scores into shares.

    Args:
        weights: Where the shares go, a row for each key.
        memory: Queries and keys are there.
        block: Whose queries.
        query: Their first row.
        key: The first row of the keys.
        count: How many positions there are.
        head_dim: How many rows a query has.
    """
    scale = 1.0 / math.sqrt(head_dim)
    lanes, (first, last), rows = lanes_in(memory), span(memory, block, count), memory[block]
    place, begin = load(rows, 2, 0), load(rows, 3, 0)
    largest, whole = spread(memory, -math.inf), spread(memory, 0.0)
    for at in range(first, last):
        score = spread(memory, 0.0)
        for i in range(head_dim):
            score = score + memory[at // lanes, key + i, at % lanes] * load(rows, query + i, 0)
        score = in_sight(memory, at - begin, place, score * scale, -math.inf)
        largest = where_above(score, largest, score, largest)
        store(weights, at - first, 0, score)
    for at in range(last - first):
        e = exp_of(memory, load(weights, at, 0) - largest)
        whole = whole + e
        store(weights, at, 0, e)
    one = 1.0 / whole
    for at in range(last - first):
        store(weights, at, 0, load(weights, at, 0) * one)


@compiled
def mix_into(mix: Array, weights: Array, memory: Array, block: int, value: int, count: int) -> None:
    """Mix the values in the shares of one head.

    Args:
        mix: Where the mixes go, `[head_dim][lanes]`.
        weights: The shares, a row for each key.
        memory: The values are there.
        block: Whose shares.
        value: The first row of the values.
        count: How many positions there are.
    """
    lanes, (first, last) = lanes_in(memory), span(memory, block, count)
    for i in range(mix.shape[0]):
        found = spread(memory, 0.0)
        for at in range(first, last):
            found = found + memory[at // lanes, value + i, at % lanes] * load(weights, at - first, 0)
        store(mix, i, 0, found)


@compiled
def attend_back(memory: Array, block: int, layer: int, count: int, sizes: Sizes) -> None:
    """Turn the slopes of the mixes into those of queries, keys and values.

    Args:
        memory: The slopes of the mixes are in the scratch, all later blocks have been here.
        block: Whose queries.
        layer: Which layer.
        count: How many positions there are in all blocks.
        sizes: The dials that decide about shapes.
    """
    page, scratch = page_of(memory, block, layer, sizes), scratch_of(memory, sizes)
    keys, width, head_dim = keys_in_sight(memory, sizes), sizes.n_embd, sizes.n_embd // sizes.n_head
    for head in range(sizes.n_head):
        weights = page.weights[head * keys : (head + 1) * keys]
        mix = scratch.heads[head * head_dim : (head + 1) * head_dim]
        query = queries_at(memory, layer, sizes) + head * head_dim
        slope = query_slopes_at(memory, layer, sizes) + head * head_dim
        scores_back(scratch.weights, weights, mix, memory, block, query + 2 * width, count)
        values_back(weights, mix, memory, block, slope + 2 * width, count)
        queries_back(scratch.weights, memory, block, query, slope, width, head_dim, count)


@compiled
def scores_back(
    slopes: Array, weights: Array, mix: Array, memory: Array, block: int, value: int, count: int
) -> None:
    """Find the slopes of the scores of one head.

    Args:
        slopes: Where they go, a row for each key.
        weights: The shares.
        mix: The slopes of the mixes, `[head_dim][lanes]`.
        memory: The values are there.
        block: Whose scores.
        value: The first row of the values.
        count: How many positions there are.
    """
    lanes, (first, last), head_dim = lanes_in(memory), span(memory, block, count), mix.shape[0]
    along = spread(memory, 0.0)
    for at in range(first, last):
        slope = spread(memory, 0.0)
        for i in range(head_dim):
            slope = slope + memory[at // lanes, value + i, at % lanes] * load(mix, i, 0)
        along = along + slope * load(weights, at - first, 0)
        store(slopes, at - first, 0, slope)
    scale = 1.0 / math.sqrt(head_dim)
    for at in range(last - first):
        store(slopes, at, 0, (load(slopes, at, 0) - along) * load(weights, at, 0) * scale)


@compiled
def values_back(weights: Array, mix: Array, memory: Array, block: int, slope: int, count: int) -> None:
    """Add up what all queries of a block say about the values of one head; `slope` is their first row."""
    lanes, (first, last) = lanes_in(memory), span(memory, block, count)
    for at in range(first, last):
        weight = load(weights, at - first, 0)
        for i in range(mix.shape[0]):
            memory[at // lanes, slope + i, at % lanes] += sum_of(weight * load(mix, i, 0))


@compiled
def queries_back(
    scores: Array, memory: Array, block: int, query: int, slope: int, width: int, head_dim: int, count: int
) -> None:
    """Find the slopes of the queries of one head, and add up what they say about the keys.

    Args:
        scores: The slopes of the scores, a row for each key.
        memory: Queries and keys are there, and their slopes go there.
        block: Whose queries.
        query: Their first row; the keys are `width` rows further.
        slope: The first row of the slopes of the queries; those of the keys are `width` rows further.
        width: `n_embd`.
        head_dim: How many rows a query has.
        count: How many positions there are.
    """
    lanes, (first, last), rows = lanes_in(memory), span(memory, block, count), memory[block]
    for i in range(head_dim):
        asked, found = load(rows, query + i, 0), spread(memory, 0.0)
        for at in range(first, last):
            score = load(scores, at - first, 0)
            found = found + memory[at // lanes, query + width + i, at % lanes] * score
            memory[at // lanes, slope + width + i, at % lanes] += sum_of(score * asked)
        store(rows, slope + i, 0, found)
