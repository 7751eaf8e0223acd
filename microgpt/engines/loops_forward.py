from microgpt.engines.compiling import compiled
from microgpt.engines.lanes import lanes_in
from microgpt.engines.loops_attention import attend
from microgpt.engines.loops_layout import cover_of, matrices_of, outer_matrices, page_of, places_of, scratch_of
from microgpt.engines.loops_vectors import add_into, copy_into, linear_into, relu_into, rmsnorm_into

@compiled
def forward_block(flat, memory, block, count, sizes):
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
def embed_into(flat, memory, block, sizes):
    places, cover, outer = places_of(memory, block), cover_of(memory, block, sizes), outer_matrices(flat, sizes)
    for lane in range(lanes_in(memory)):
        token, place = int(places.given[lane]), int(places.place[lane])
        for i in range(sizes.n_embd):
            cover.x[i, lane] = outer.wte[token, i] + outer.wpe[place, i]
    rmsnorm_into(cover.embedded, cover.scale, cover.x)
