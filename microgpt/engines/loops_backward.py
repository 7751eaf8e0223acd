import math

from microgpt.engines.compiling import compiled
from microgpt.engines.lanes import lanes_in, load, spread, store, total
from microgpt.engines.loops_forward import span
from microgpt.engines.loops_layout import ends_of, keys_in_sight, layer_of, page_of, queries_at, rim_of, scratch_of, slopes_at, task_of
from microgpt.engines.loops_vectors import add, linear, linear_slopes, relu_back, rmsnorm_back


@compiled
def backward(flat, slopes, memory, block, count, sizes):
    rim, slope = rim_of(memory, block, sizes), scratch_of(memory, sizes)
    loss_back(memory, block, sizes)
    linear_slopes(ends_of(slopes, sizes).lm_head, rim.scores, rim.x, slope.turned)
    linear(slope.x, ends_of(flat, sizes).lm_head.T, rim.scores)
    for layer in range(sizes.n_layer - 1, -1, -1):
        matrices, found = layer_of(flat, layer, sizes), layer_of(slopes, layer, sizes)
        page = page_of(memory, block, layer, sizes)
        linear_slopes(found.fc2, slope.x, page.hidden, slope.turned)
        linear(slope.hidden, matrices.fc2.T, slope.x)
        relu_back(slope.hidden, page.hidden)
        linear_slopes(found.fc1, slope.hidden, page.normed2, slope.turned)
        linear(slope.report, matrices.fc1.T, slope.hidden)
        rmsnorm_back(slope.report, page.normed2, page.scale2)
        add(slope.x, slope.report)
        linear_slopes(found.wo, slope.x, page.heads, slope.turned)
        linear(slope.heads, matrices.wo.T, slope.x)
        attention_back(memory, block, layer, count, sizes)
        linear_slopes(found.wqkv, page.qkv_slopes, page.normed1, slope.turned)
        linear(slope.report, matrices.wqkv.T, page.qkv_slopes)
        rmsnorm_back(slope.report, page.normed1, page.scale1)
        add(slope.x, slope.report)
    embed_back(slopes, memory, block, count, sizes)


@compiled
def loss_back(memory, block, sizes):
    task, scores = task_of(memory, block), rim_of(memory, block, sizes).scores
    share = load(memory[block], 4, 0)
    for token in range(sizes.vocab_size):
        store(scores, token, 0, load(scores, token, 0) * share)
    for lane in range(lanes_in(memory)):
        scores[int(task.answer[lane]), lane] -= task.share[lane]


@compiled
def embed_back(slopes, memory, block, count, sizes):
    task, rim, ends = task_of(memory, block), rim_of(memory, block, sizes), ends_of(slopes, sizes)
    slope, lanes = scratch_of(memory, sizes).x, lanes_in(memory)
    rmsnorm_back(slope, rim.embedded, rim.scale)
    for lane in range(min(lanes, count - block * lanes)):
        token, place = int(task.given[lane]), int(task.place[lane])
        for i in range(sizes.n_embd):
            ends.wte[token, i] += slope[i, lane]
            ends.wpe[place, i] += slope[i, lane]


@compiled
def attention_back(memory, block, layer, count, sizes):
    page, slope = page_of(memory, block, layer, sizes), scratch_of(memory, sizes)
    keys, width, head_dim = keys_in_sight(memory, sizes), sizes.n_embd, sizes.n_embd // sizes.n_head
    for head in range(sizes.n_head):
        weights = page.weights[head * keys : (head + 1) * keys]
        mixed = slope.heads[head * head_dim : (head + 1) * head_dim]
        query = queries_at(memory, layer, sizes) + head * head_dim
        query_slope = slopes_at(memory, layer, sizes) + head * head_dim
        weights_back(slope.weights, weights, mixed, memory, block, query + 2 * width, count)
        values_back(mixed, weights, memory, block, query_slope + 2 * width, count)
        scores_back(slope.weights, memory, block, query, query_slope, count, sizes)


@compiled
def weights_back(slopes, weights, mixed, memory, block, value, count):
    head_dim = mixed.shape[0]
    lanes, (first, last) = lanes_in(memory), span(memory, block, count)
    along = spread(memory, 0.0)
    for at in range(first, last):
        found = spread(memory, 0.0)
        for i in range(head_dim):
            found = found + memory[at // lanes, value + i, at % lanes] * load(mixed, i, 0)
        along = along + found * load(weights, at - first, 0)
        store(slopes, at - first, 0, found)
    scale = 1.0 / math.sqrt(head_dim)
    for at in range(last - first):
        found = load(slopes, at, 0) - along
        store(slopes, at, 0, found * load(weights, at, 0) * scale)


@compiled
def values_back(mixed, weights, memory, block, value_slope, count):
    lanes, (first, last) = lanes_in(memory), span(memory, block, count)
    for at in range(first, last):
        weight = load(weights, at - first, 0)
        for i in range(mixed.shape[0]):
            memory[at // lanes, value_slope + i, at % lanes] += total(weight * load(mixed, i, 0))


@compiled
def scores_back(slopes, memory, block, query, query_slope, count, sizes):
    width, head_dim = sizes.n_embd, sizes.n_embd // sizes.n_head
    lanes, (first, last) = lanes_in(memory), span(memory, block, count)
    page = memory[block]
    for i in range(head_dim):
        asked, slope = load(page, query + i, 0), spread(memory, 0.0)
        for at in range(first, last):
            there, lane, found = at // lanes, at % lanes, load(slopes, at - first, 0)
            slope = slope + memory[there, query + width + i, lane] * found
            memory[there, query_slope + width + i, lane] += total(found * asked)
        store(page, query_slope + i, 0, slope)
