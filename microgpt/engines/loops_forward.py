import math

from microgpt.engines.compiling import compiled
from microgpt.engines.lanes import lanes_in, load, spread, store, where_above
from microgpt.engines.loops_layout import ends_of, keys_in_sight, layer_of, page_of, queries_at, rim_of, scratch_of, task_of
from microgpt.engines.loops_vectors import add, copy, exp, linear, relu, rmsnorm, softmax, zero


@compiled
def forward(flat, memory, block, count, sizes):
    rim, report = rim_of(memory, block, sizes), scratch_of(memory, sizes).report
    embed(flat, memory, block, sizes)
    copy(rim.x, rim.embedded)
    for layer in range(sizes.n_layer):
        matrices, page = layer_of(flat, layer, sizes), page_of(memory, block, layer, sizes)
        rmsnorm(page.normed1, page.scale1, rim.x)
        linear(page.qkv, matrices.wqkv, page.normed1)
        attention(memory, block, layer, count, sizes)
        linear(report, matrices.wo, page.heads)
        add(rim.x, report)
        rmsnorm(page.normed2, page.scale2, rim.x)
        linear(page.hidden, matrices.fc1, page.normed2)
        relu(page.hidden)
        linear(report, matrices.fc2, page.hidden)
        add(rim.x, report)
    linear(rim.scores, ends_of(flat, sizes).lm_head, rim.x)
    softmax(rim.scores)


@compiled
def embed(flat, memory, block, sizes):
    task, rim, ends = task_of(memory, block), rim_of(memory, block, sizes), ends_of(flat, sizes)
    for lane in range(lanes_in(memory)):
        token, place = int(task.given[lane]), int(task.place[lane])
        for i in range(sizes.n_embd):
            rim.x[i, lane] = ends.wte[token, i] + ends.wpe[place, i]
    rmsnorm(rim.embedded, rim.scale, rim.x)


@compiled
def attention(memory, block, layer, count, sizes):
    page = page_of(memory, block, layer, sizes)
    keys, head_dim = keys_in_sight(memory, sizes), sizes.n_embd // sizes.n_head
    zero(page.qkv_slopes)
    for head in range(sizes.n_head):
        weights = page.weights[head * keys : (head + 1) * keys]
        query = queries_at(memory, layer, sizes) + head * head_dim
        attention_weights(weights, memory, block, query, query + sizes.n_embd, count, head_dim)
        mixed = page.heads[head * head_dim : (head + 1) * head_dim]
        attention_head(mixed, weights, memory, block, query + 2 * sizes.n_embd, count)


@compiled
def attention_weights(weights, memory, block, query, key, count, head_dim):
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
        e = exp(memory, load(weights, at - first, 0) - largest)
        e = in_sight(memory, at - start, place, e, 0.0)
        whole = whole + e
        store(weights, at - first, 0, e)
    one = 1.0 / whole
    for at in range(last - first):
        store(weights, at, 0, load(weights, at, 0) * one)


@compiled
def attention_head(mixed, weights, memory, block, value, count):
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
