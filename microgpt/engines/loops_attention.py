import math

from microgpt.engines.compiling import compiled
from microgpt.engines.lanes import lanes_in, load, spread, store, sum_of, where_above
from microgpt.engines.loops_layout import keys_in_sight, page_of, queries_at, scratch_of, query_slopes_at
from microgpt.engines.loops_vectors import clear, exp_of

@compiled
def attend(memory, block, layer, count, sizes):
    page = page_of(memory, block, layer, sizes)
    keys, head_dim = keys_in_sight(memory, sizes), sizes.n_embd // sizes.n_head
    clear(page.qkv_slopes)
    for head in range(sizes.n_head):
        weights = page.weights[head * keys : (head + 1) * keys]
        query = queries_at(memory, layer, sizes) + head * head_dim
        weights_into(weights, memory, block, query, query + sizes.n_embd, count, head_dim)
        mixed = page.heads[head * head_dim : (head + 1) * head_dim]
        mix_into(mixed, weights, memory, block, query + 2 * sizes.n_embd, count)


@compiled
def weights_into(weights, memory, block, query, key, count, head_dim):
    scale = 1.0 / math.sqrt(head_dim)
    lanes, (first, last) = lanes_in(memory), span(memory, block, count)
    queries = memory[block]
    start, place = load(queries, 3, 0), load(queries, 2, 0)
    largest = spread(memory, -math.inf)
    for at in range(first, last):
        score = spread(memory, 0.0)
        for i in range(head_dim):
            score = score + memory[at // lanes, key + i, at % lanes] * load(queries, query + i, 0)
        score = in_sight(memory, at - start, place, score * scale, -math.inf)
        largest = where_above(score, largest, score, largest)
        store(weights, at - first, 0, score)
    whole = spread(memory, 0.0)
    for at in range(first, last):
        e = exp_of(memory, load(weights, at - first, 0) - largest)
        e = in_sight(memory, at - start, place, e, 0.0)
        whole = whole + e
        store(weights, at - first, 0, e)
    one = 1.0 / whole
    for at in range(last - first):
        store(weights, at, 0, load(weights, at, 0) * one)


@compiled
def mix_into(mixed, weights, memory, block, value, count):
    lanes, (first, last) = lanes_in(memory), span(memory, block, count)
    for i in range(mixed.shape[0]):
        mix = spread(memory, 0.0)
        for at in range(first, last):
            mix = mix + memory[at // lanes, value + i, at % lanes] * load(weights, at - first, 0)
        store(mixed, i, 0, mix)


@compiled
def in_sight(memory, distance, place, yes, no):
    no = spread(memory, no)
    return where_above(spread(memory, 0.0), distance, no, where_above(distance, place, no, yes))


@compiled
def span(memory, block, count):
    return int(memory[block, 3, 0]), min((block + 1) * lanes_in(memory), count)


@compiled
def attend_back(memory, block, layer, count, sizes):
    page, slope = page_of(memory, block, layer, sizes), scratch_of(memory, sizes)
    keys, width, head_dim = keys_in_sight(memory, sizes), sizes.n_embd, sizes.n_embd // sizes.n_head
    for head in range(sizes.n_head):
        weights = page.weights[head * keys : (head + 1) * keys]
        mixed = slope.heads[head * head_dim : (head + 1) * head_dim]
        query = queries_at(memory, layer, sizes) + head * head_dim
        query_slope = query_slopes_at(memory, layer, sizes) + head * head_dim
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
            memory[at // lanes, value_slope + i, at % lanes] += sum_of(weight * load(mixed, i, 0))


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
            memory[there, query_slope + width + i, lane] += sum_of(found * asked)
        store(page, query_slope + i, 0, slope)
