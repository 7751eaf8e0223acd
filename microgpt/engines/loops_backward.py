r"""The whole model backward, eight positions at a time.

# The question

Autograd finds the slopes by walking through the finished graph. **What does that walk look like, written down
as a program of its own?**

# The picture

Read `forward_block` from the last line to the first. Each part has its answer, and each answer is one of
three kinds:

| forward | backward |
|---|---|
| $y = W x$ | $\bar x = W^\top \bar y$, and $\bar W$ grows by $\bar y\, x^\top$ |
| a part that bends: rmsnorm, ReLU, softmax | its own `_back`, which needs what the part gave |
| $x + f(x)$ | the slope goes on as it is, and what comes back through $f$ is added |

The last row is the residual stream. `slope.x` is the slope of the notebook: it is handed from office to
office, and each adds to it.

The walk begins with the loss. Of softmax and surprise together nothing is left but a difference: the
probability, less 1 for the right answer, times what the position counts. `microgpt.engines.by_hand` derives
it. With $p_t = \mathrm{softmax}(s_t)$, the answer $a_t$ and the share $w_t$:

$$\bar s_{tv} = w_t\,(p_{tv} - [v = a_t])$$

>>> import numpy as np
>>> from microgpt.engines.loops_layout import rows_needed
>>> sizes = Sizes(n_layer=1, n_embd=2, n_head=1, block_size=4, vocab_size=3)
>>> memory = np.zeros((2, rows_needed(sizes, 8), 8))
>>> places, cover = places_of(memory, 0), cover_of(memory, 0, sizes)
>>> places.answer[:2], places.share[:2] = [2, 0], 0.5
>>> cover.scores[:, 0], cover.scores[:, 1] = [0.5, 0.25, 0.25], [1.0, 0.0, 0.0]
>>> loss_back(memory, 0, sizes)
>>> cover.scores[:, :2].T.tolist()
[[0.25, 0.125, -0.375], [0.0, 0.0, 0.0]]

The second position was sure of the right answer, and has nothing to learn.

# What follows

`microgpt.engines.loops_step` makes a step of it.
"""

from microgpt.engines.compiling import compiled
from microgpt.engines.flat import Array
from microgpt.engines.lanes import lanes_in, load, store
from microgpt.engines.loops_attention import attend_back
from microgpt.engines.loops_layout import (
    Sizes,
    cover_of,
    matrices_of,
    outer_matrices,
    page_of,
    places_of,
    scratch_of,
)
from microgpt.engines.loops_vectors import add_into, linear_into, linear_slopes, relu_back, rmsnorm_back


@compiled
def backward_block(flat: Array, slopes: Array, memory: Array, block: int, count: int, sizes: Sizes) -> None:
    """Add what a block says about every parameter.

    Args:
        flat: The parameters, `[n_parameters]`.
        slopes: Where it is added, `[n_parameters]`.
        memory: All blocks have been forward, and the later ones backward; the scores are shares now.
        block: Which block.
        count: How many positions there are in all blocks.
        sizes: The dials that decide about shapes.
    """
    cover, slope = cover_of(memory, block, sizes), scratch_of(memory, sizes)
    loss_back(memory, block, sizes)
    linear_slopes(outer_matrices(slopes, sizes).lm_head, cover.scores, cover.x, slope.turned)
    linear_into(slope.x, outer_matrices(flat, sizes).lm_head.T, cover.scores)
    for layer in range(sizes.n_layer - 1, -1, -1):
        mlp_back(flat, slopes, memory, block, layer, sizes)
        attention_back(flat, slopes, memory, block, layer, count, sizes)
    embed_back(slopes, memory, block, count, sizes)


@compiled
def loss_back(memory: Array, block: int, sizes: Sizes) -> None:
    """Turn the shares of a block's positions into the slopes of their scores, in place."""
    places, scores = places_of(memory, block), cover_of(memory, block, sizes).scores
    share = load(memory[block], 4, 0)
    for token in range(sizes.vocab_size):
        store(scores, token, 0, load(scores, token, 0) * share)
    for lane in range(lanes_in(memory)):
        scores[int(places.answer[lane]), lane] -= places.share[lane]


@compiled
def mlp_back(flat: Array, slopes: Array, memory: Array, block: int, layer: int, sizes: Sizes) -> None:
    """Go back through the second half of a layer; the slope of the stream is in the slope."""
    matrices, found = matrices_of(flat, layer, sizes), matrices_of(slopes, layer, sizes)
    page, slope = page_of(memory, block, layer, sizes), scratch_of(memory, sizes)
    linear_slopes(found.fc2, slope.x, page.hidden, slope.turned)
    linear_into(slope.hidden, matrices.fc2.T, slope.x)
    relu_back(slope.hidden, page.hidden)
    linear_slopes(found.fc1, slope.hidden, page.normed2, slope.turned)
    linear_into(slope.report, matrices.fc1.T, slope.hidden)
    rmsnorm_back(slope.report, page.normed2, page.scale2)
    add_into(slope.x, slope.report)


@compiled
def attention_back(
    flat: Array, slopes: Array, memory: Array, block: int, layer: int, count: int, sizes: Sizes
) -> None:
    """Go back through the first half of a layer; the slope of the stream is in the slope."""
    matrices, found = matrices_of(flat, layer, sizes), matrices_of(slopes, layer, sizes)
    page, slope = page_of(memory, block, layer, sizes), scratch_of(memory, sizes)
    linear_slopes(found.wo, slope.x, page.heads, slope.turned)
    linear_into(slope.heads, matrices.wo.T, slope.x)
    attend_back(memory, block, layer, count, sizes)
    linear_slopes(found.wqkv, page.qkv_slopes, page.normed1, slope.turned)
    linear_into(slope.report, matrices.wqkv.T, page.qkv_slopes)
    rmsnorm_back(slope.report, page.normed1, page.scale1)
    add_into(slope.x, slope.report)


@compiled
def embed_back(slopes: Array, memory: Array, block: int, count: int, sizes: Sizes) -> None:
    """Add the slopes of the embedded vectors to the rows of both tables that they were made of."""
    places, cover = places_of(memory, block), cover_of(memory, block, sizes)
    outer, slope, lanes = outer_matrices(slopes, sizes), scratch_of(memory, sizes).x, lanes_in(memory)
    rmsnorm_back(slope, cover.embedded, cover.scale)
    for lane in range(min(lanes, count - block * lanes)):
        token, place = int(places.given[lane]), int(places.place[lane])
        for i in range(sizes.n_embd):
            outer.wte[token, i] += slope[i, lane]
            outer.wpe[place, i] += slope[i, lane]
