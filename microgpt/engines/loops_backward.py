from microgpt.engines.compiling import compiled
from microgpt.engines.lanes import lanes_in, load, store
from microgpt.engines.loops_attention import attend_back
from microgpt.engines.loops_layout import cover_of, matrices_of, outer_matrices, page_of, places_of, scratch_of
from microgpt.engines.loops_vectors import add_into, linear_into, linear_slopes, relu_back, rmsnorm_back

@compiled
def backward_block(flat, slopes, memory, block, count, sizes):
    cover, slope = cover_of(memory, block, sizes), scratch_of(memory, sizes)
    loss_back(memory, block, sizes)
    linear_slopes(outer_matrices(slopes, sizes).lm_head, cover.scores, cover.x, slope.turned)
    linear_into(slope.x, outer_matrices(flat, sizes).lm_head.T, cover.scores)
    for layer in range(sizes.n_layer - 1, -1, -1):
        matrices, found = matrices_of(flat, layer, sizes), matrices_of(slopes, layer, sizes)
        page = page_of(memory, block, layer, sizes)
        linear_slopes(found.fc2, slope.x, page.hidden, slope.turned)
        linear_into(slope.hidden, matrices.fc2.T, slope.x)
        relu_back(slope.hidden, page.hidden)
        linear_slopes(found.fc1, slope.hidden, page.normed2, slope.turned)
        linear_into(slope.report, matrices.fc1.T, slope.hidden)
        rmsnorm_back(slope.report, page.normed2, page.scale2)
        add_into(slope.x, slope.report)
        linear_slopes(found.wo, slope.x, page.heads, slope.turned)
        linear_into(slope.heads, matrices.wo.T, slope.x)
        attend_back(memory, block, layer, count, sizes)
        linear_slopes(found.wqkv, page.qkv_slopes, page.normed1, slope.turned)
        linear_into(slope.report, matrices.wqkv.T, page.qkv_slopes)
        rmsnorm_back(slope.report, page.normed1, page.scale1)
        add_into(slope.x, slope.report)
    embed_back(slopes, memory, block, count, sizes)


@compiled
def loss_back(memory, block, sizes):
    places, scores = places_of(memory, block), cover_of(memory, block, sizes).scores
    share = load(memory[block], 4, 0)
    for token in range(sizes.vocab_size):
        store(scores, token, 0, load(scores, token, 0) * share)
    for lane in range(lanes_in(memory)):
        scores[int(places.answer[lane]), lane] -= places.share[lane]


@compiled
def embed_back(slopes, memory, block, count, sizes):
    places, cover, outer = places_of(memory, block), cover_of(memory, block, sizes), outer_matrices(slopes, sizes)
    slope, lanes = scratch_of(memory, sizes).x, lanes_in(memory)
    rmsnorm_back(slope, cover.embedded, cover.scale)
    for lane in range(min(lanes, count - block * lanes)):
        token, place = int(places.given[lane]), int(places.place[lane])
        for i in range(sizes.n_embd):
            outer.wte[token, i] += slope[i, lane]
            outer.wpe[place, i] += slope[i, lane]
