r"""The whole model forward, eight positions at a time.

# The question

`microgpt.model` reads one position and needs ten lines for it. **Can a compiled model still be read like
that?**

# The picture

Compare `forward_block` with `microgpt.model.forward` and `block`. It is the same list of parts in the same
order, with three differences. It is about eight positions, since every number is a register
(`microgpt.engines.lanes`). Nothing is returned: each part is told where its result goes, and the places are
made once (`microgpt.engines.loops_layout`). And the layers' loop is here, since a call costs little but
arranging its arguments is noise for the reader.

What the backward pass needs stays where the forward pass has written it. That is all that an autograd does,
seen from here: it remembers. There is no graph, since we know what the graph would look like.

>>> import random
>>> import numpy as np
>>> from microgpt.config import Config
>>> from microgpt.engines.flat import flat_model
>>> from microgpt.engines.loops_layout import Sizes, lay_out, rows_needed
>>> from microgpt.model import as_floats, forward, new_caches, new_model
>>> from microgpt.tokenizer import Tokenizer
>>> config = Config(n_layer=2, n_embd=6, n_head=2, block_size=5)
>>> model = new_model(config, Tokenizer("abc"), random.Random(1))
>>> sizes = Sizes(n_layer=2, n_embd=6, n_head=2, block_size=5, vocab_size=4)
>>> memory = np.zeros((2, rows_needed(sizes, 8), 8))
>>> count = lay_out(np.array([4, 3, 0, 1, 3]), memory, sizes)
>>> forward_block(flat_model(model).flat, memory, 0, count, sizes)
>>> cover_of(memory, 0, sizes).scores[:, :3].T.round(3).tolist()
[[0.092, -0.008, -0.25, 0.324], [-0.135, 0.249, -0.173, 0.263], [0.114, -0.28, 0.032, -0.186]]
>>> plain, caches = as_floats(model), new_caches(config)
>>> for position, token in enumerate([3, 0, 1]):
...     print([round(score, 3) for score in forward(plain, token, position, caches)])
[0.092, -0.008, -0.25, 0.324]
[-0.135, 0.249, -0.173, 0.263]
[0.114, -0.28, 0.032, -0.186]

# What follows

`microgpt.engines.loops_backward` goes the same way back.
"""

from microgpt.engines.compiling import compiled
from microgpt.engines.flat import Array
from microgpt.engines.lanes import lanes_in
from microgpt.engines.loops_attention import attend
from microgpt.engines.loops_layout import (
    Sizes,
    cover_of,
    matrices_of,
    outer_matrices,
    page_of,
    places_of,
    scratch_of,
)
from microgpt.engines.loops_vectors import add_into, copy_into, linear_into, relu_into, rmsnorm_into


@compiled
def forward_block(flat: Array, memory: Array, block: int, count: int, sizes: Sizes) -> None:
    """Score every token as the successor of each position of a block.

    Args:
        flat: The parameters, `[n_parameters]`.
        memory: The positions are laid out there, the blocks before have been here; the scores go there.
        block: Which block.
        count: How many positions there are in all blocks.
        sizes: The dials that decide about shapes.
    """
    cover, report = cover_of(memory, block, sizes), scratch_of(memory, sizes).report
    embed_into(flat, memory, block, sizes)
    copy_into(cover.x, cover.embedded)
    for layer in range(sizes.n_layer):
        matrices, page = matrices_of(flat, layer, sizes), page_of(memory, block, layer, sizes)
        rmsnorm_into(page.normed1, page.scale1, cover.x)
        linear_into(page.qkv, matrices.wqkv, page.normed1)
        attend(memory, block, layer, count, sizes)
        linear_into(report, matrices.wo, page.heads)
        add_into(cover.x, report)
        rmsnorm_into(page.normed2, page.scale2, cover.x)
        linear_into(page.hidden, matrices.fc1, page.normed2)
        relu_into(page.hidden)
        linear_into(report, matrices.fc2, page.hidden)
        add_into(cover.x, report)
    linear_into(cover.scores, outer_matrices(flat, sizes).lm_head, cover.x)


@compiled
def embed_into(flat: Array, memory: Array, block: int, sizes: Sizes) -> None:
    """Describe each token at its position by one vector, in `embedded`."""
    places, cover = places_of(memory, block), cover_of(memory, block, sizes)
    outer = outer_matrices(flat, sizes)
    for lane in range(lanes_in(memory)):
        token, place = int(places.given[lane]), int(places.place[lane])
        for i in range(sizes.n_embd):
            cover.x[i, lane] = outer.wte[token, i] + outer.wpe[place, i]
    rmsnorm_into(cover.embedded, cover.scale, cover.x)
