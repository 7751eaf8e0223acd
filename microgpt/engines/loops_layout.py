r"""Where everything lies: two blocks of memory, made once and used in every step.

# The question

A step computes some hundred intermediate vectors, and the way back needs nearly all of them again. In Python
each is an object that is made, kept and thrown away. **Can a step do without asking for memory at all?**

# The picture

| memory | shape | what lies there |
|---|---|---|
| `flat` | `[n_parameters]` | the parameters, as in `microgpt.engines.flat`; slopes and averages likewise |
| `memory` | `[n_blocks + 1][rows][lanes]` | all that a step computes on the way |

A *block* is as many positions as there are lanes in a register (`microgpt.engines.lanes`). The positions of
all documents of a batch stand in one line, one after the other, and the line is cut into blocks. Two
documents can share a block; what keeps them apart is that each position knows where its document begins.

One row of a block is one number of each of its positions, so a row is a register, and a vector of `n_embd`
numbers is `n_embd` rows. The rows of a block lie side by side: with the default dials, all that the forward
pass makes of eight positions is smaller than the nearest and fastest memory of a processor, its first cache.

```mermaid
graph TD
    block["a block"] --> cover["cover: tokens, first and<br/>last vectors, scores"]
    cover --> page0["page of layer 0"] --> page1["page of layer 1 ..."]
    last["the block after the last"] --> scratch["scratch: slopes on<br/>their way back"]
```

Think of a notebook for each block: a cover, and a page for each layer. The forward pass writes, the backward
pass reads.

>>> import numpy as np
>>> sizes = Sizes(n_layer=1, n_embd=4, n_head=2, block_size=3, vocab_size=5)
>>> memory = np.zeros((3, rows_needed(sizes, lanes=8), 8))
>>> line = np.array([4, 4, 0, 1, 4, 3, 4, 2, 4])

The line says: a document of 4 tokens, then one of 3. They hold 3 and 2 predictions.

>>> lay_out(line, memory, sizes)
5
>>> places = places_of(memory, 0)
>>> places.given[:5].tolist(), places.answer[:5].tolist()
([4.0, 0.0, 1.0, 4.0, 2.0], [0.0, 1.0, 4.0, 2.0, 4.0])
>>> places.place[:5].tolist(), places.first[:5].tolist()
([0.0, 1.0, 2.0, 0.0, 1.0], [0.0, 0.0, 0.0, 3.0, 3.0])

Each document counts one half, and each of its predictions an equal share of that. The lanes that are left
over copy the last position and count nothing.

>>> [round(share, 3) for share in places.share.tolist()]
[0.167, 0.167, 0.167, 0.25, 0.25, 0.0, 0.0, 0.0]
>>> places.given[5:].tolist()
[2.0, 2.0, 2.0]

# What follows

`microgpt.engines.loops_vectors` computes with such rows.
"""

from typing import Any, NamedTuple

from microgpt.engines.compiling import compiled, inlined
from microgpt.engines.flat import Array
from microgpt.engines.lanes import lanes_in


class Sizes(NamedTuple):
    """The dials that decide about shapes."""

    n_layer: int
    n_embd: int
    n_head: int
    block_size: int
    vocab_size: int


class OuterMatrices(NamedTuple):
    """The matrices that belong to no layer, `[rows][n_embd]`; or their slopes."""

    wte: Any
    wpe: Any
    lm_head: Any


class LayerMatrices(NamedTuple):
    """The matrices of a layer, `[n_out][n_in]`, those of query, key and value in one; or their slopes."""

    wqkv: Any
    wo: Any
    fc1: Any
    fc2: Any


class Places(NamedTuple):
    """What is known of the positions of a block before anything is computed, each `[lanes]`.

    Attributes:
        given: The token.
        answer: The token that follows.
        place: The position in its document, from 0.
        first: Where in the line of all positions its document begins.
        share: What its surprise counts in the loss.
    """

    given: Any
    answer: Any
    place: Any
    first: Any
    share: Any


class Cover(NamedTuple):
    """What belongs to no layer: the scale of the first rmsnorm, its result, the stream, the scores."""

    scale: Any
    embedded: Any
    x: Any
    scores: Any


class Page(NamedTuple):
    """What the forward pass finds in a layer, and the slopes of queries, keys and values."""

    scale1: Any
    normed1: Any
    qkv: Any
    heads: Any
    scale2: Any
    normed2: Any
    hidden: Any
    weights: Any
    qkv_slopes: Any


class Scratch(NamedTuple):
    """What the backward pass has in its hands, and `report`, what a part of a layer adds to the stream."""

    x: Any
    report: Any
    heads: Any
    hidden: Any
    weights: Any
    turned: Any


@inlined
def rows_needed(sizes: Sizes, lanes: int) -> Any:
    """Count the rows of a block.

    Examples:
        >>> rows_needed(Sizes(1, 16, 4, 16, 27), lanes=8)
        367
        >>> 367 * 8 * 8 < 32 * 1024
        True
    """
    cover = 6 + 2 * sizes.n_embd + sizes.vocab_size
    return cover + sizes.n_layer * (2 + 13 * sizes.n_embd + sizes.n_head * (sizes.block_size + lanes - 1))


@inlined
def matrix_at(flat: Array, start: int, rows: int, columns: int) -> Any:
    """View a part of a row as a matrix."""
    return flat[start : start + rows * columns].reshape(rows, columns)


@inlined
def outer_matrices(flat: Array, sizes: Sizes) -> Any:
    """View the matrices that belong to no layer."""
    width, vocabulary, block_size = sizes.n_embd, sizes.vocab_size, sizes.block_size
    return OuterMatrices(
        matrix_at(flat, 0, vocabulary, width),
        matrix_at(flat, vocabulary * width, block_size, width),
        matrix_at(flat, (vocabulary + block_size) * width, vocabulary, width),
    )


@inlined
def matrices_of(flat: Array, layer: int, sizes: Sizes) -> Any:
    """View the matrices of a layer."""
    width, square = sizes.n_embd, sizes.n_embd**2
    start = (2 * sizes.vocab_size + sizes.block_size) * width + layer * 12 * square
    return LayerMatrices(
        matrix_at(flat, start, 3 * width, width),
        matrix_at(flat, start + 3 * square, width, width),
        matrix_at(flat, start + 4 * square, 4 * width, width),
        matrix_at(flat, start + 8 * square, width, 4 * width),
    )


@inlined
def keys_in_sight(memory: Array, sizes: Sizes) -> Any:
    """Count the most keys that a block can look at: its own, and what its first position looks back to."""
    return sizes.block_size + lanes_in(memory) - 1


@inlined
def page_start(memory: Array, layer: int, sizes: Sizes) -> Any:
    """Find the first row of a layer's page."""
    return rows_needed(Sizes(layer, *sizes[1:]), lanes_in(memory))


@inlined
def queries_at(memory: Array, layer: int, sizes: Sizes) -> Any:
    """Find the first row of a layer's queries; the keys and the values follow."""
    return page_start(memory, layer, sizes) + 2 + sizes.n_embd


@inlined
def query_slopes_at(memory: Array, layer: int, sizes: Sizes) -> Any:
    """Find the first row of the slopes of a layer's queries; those of keys and values follow."""
    return page_start(memory, layer, sizes) + 2 + 10 * sizes.n_embd


@inlined
def places_of(memory: Array, block: int) -> Any:
    """View what is known of a block's positions."""
    rows = memory[block]
    return Places(rows[0], rows[1], rows[2], rows[3], rows[4])


@inlined
def cover_of(memory: Array, block: int, sizes: Sizes) -> Any:
    """View the cover of a block."""
    rows, width = memory[block], sizes.n_embd
    end = 6 + 2 * width
    return Cover(rows[5:6], rows[6 : 6 + width], rows[6 + width : end], rows[end : end + sizes.vocab_size])


@inlined
def page_of(memory: Array, block: int, layer: int, sizes: Sizes) -> Any:
    """View the page of a layer."""
    width, start = sizes.n_embd, page_start(memory, layer, sizes)
    rows = memory[block, start : page_start(memory, layer + 1, sizes)]
    return Page(
        rows[0:1],
        rows[2 : 2 + width],
        rows[2 + width : 2 + 4 * width],
        rows[2 + 4 * width : 2 + 5 * width],
        rows[1:2],
        rows[2 + 5 * width : 2 + 6 * width],
        rows[2 + 6 * width : 2 + 10 * width],
        rows[2 + 13 * width :],
        rows[2 + 10 * width : 2 + 13 * width],
    )


@inlined
def scratch_of(memory: Array, sizes: Sizes) -> Any:
    """View the scratch, which is the block after the last."""
    rows, width, keys = memory[memory.shape[0] - 1], sizes.n_embd, keys_in_sight(memory, sizes)
    return Scratch(
        rows[:width],
        rows[width : 2 * width],
        rows[2 * width : 3 * width],
        rows[3 * width : 7 * width],
        rows[11 * width : 11 * width + keys],
        rows[7 * width : 11 * width],
    )


@compiled
def lay_out(line: Array, memory: Array, sizes: Sizes) -> Any:
    """Write the positions of a batch into the covers of the blocks.

    Args:
        line: The documents one after the other, before each the number of its tokens.
        memory: Room for all of its blocks, and one more.
        sizes: The dials that decide about shapes.

    Returns:
        How many positions there are.
    """
    documents, at = 0, 0
    while at < line.size:
        at += line[at] + 1
        documents += 1
    count, at = 0, 0
    while at < line.size:
        length = min(line[at] - 1, sizes.block_size)
        for place in range(length):
            tokens = line[at + 1 + place], line[at + 2 + place]
            put(memory, count + place, tokens, place, count, 1.0 / (length * documents))
        count += length
        at += line[at] + 1
    fill_up(memory, count)
    return count


@compiled
def put(memory: Array, index: int, tokens: Any, place: int, first: int, share: float) -> None:
    """Write one position into its lane."""
    lanes = lanes_in(memory)
    places, lane = places_of(memory, index // lanes), index % lanes
    places.given[lane], places.answer[lane] = tokens
    places.place[lane] = place
    places.first[lane] = first
    places.share[lane] = share


@compiled
def fill_up(memory: Array, count: int) -> None:
    """Let the lanes that are left over in the last block copy its last position, and count nothing."""
    lanes = lanes_in(memory)
    rows, last = memory[(count - 1) // lanes], (count - 1) % lanes
    for lane in range(last + 1, lanes):
        rows[:4, lane] = rows[:4, last]
        rows[4, lane] = 0.0
