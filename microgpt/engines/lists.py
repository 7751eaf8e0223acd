import random
from collections.abc import Callable, Iterator, Sequence
from math import sqrt
from operator import mul
from typing import Any, NamedTuple

from microgpt.adam import Adam
from microgpt.engines.slopes import (
    Rows, added, columns, normalized, normalized_slopes, row_products, shares_of, shares_slopes,
)
from microgpt.loss import surprise, predictions
from microgpt.model import Model, as_floats, parameters_of, layer_matrices
from microgpt.training import finite


def look_back(q, k, v, scale):
    n, first = len(k), len(k) - len(q)
    weights = []
    for t, query in enumerate(q, first + 1):
        (scores,) = row_products([query], k[:t])
        weights.append(shares_of(scores, scale) + [0.0] * (n - t))
    return row_products(weights, columns(v)), weights


def look_back_slopes(slopes, q, k, v, weights, scale):
    dv = row_products(columns(weights), columns(slopes))
    ds = [shares_slopes(d, w, scale) for d, w in zip(row_products(slopes, v), weights)]
    return row_products(ds, columns(k)), row_products(columns(ds), columns(q)), dv


class Trace(NamedTuple):
    norm1: Any
    scales1: Any
    heads: Any
    mixed: Any
    norm2: Any
    scales2: Any
    hidden: Any


def layer_forward(x, matrices, spans, n_head):
    m, mlp = matrices["attn"], matrices["mlp"]
    norm1, scales1 = normalized(x)
    q, k, v = (row_products(norm1, m[name]) for name in ("wq", "wk", "wv"))
    dim = len(q[0]) // n_head
    scale = dim**-0.5
    heads, mixed = [], []
    for span in spans:
        parts = []
        for s in range(0, n_head * dim, dim):
            shelf = [[row[s : s + dim] for row in rows[span]] for rows in (q, k, v)]
            out, weights = look_back(*shelf, scale)
            heads.append((*shelf, weights, scale))
            parts.append(out)
        mixed += [sum(rows, []) for rows in zip(*parts)]
    x = added(row_products(mixed, m["wo"]), x)
    norm2, scales2 = normalized(x)
    hidden = [[h if h > 0 else 0.0 for h in row] for row in row_products(norm2, mlp["fc1"])]
    x = added(row_products(hidden, mlp["fc2"]), x)
    return x, Trace(norm1, scales1, heads, mixed, norm2, scales2, hidden)


def linear_slopes(slopes, inputs, matrix):
    return row_products(slopes, columns(matrix)), row_products(columns(slopes), columns(inputs))


def layer_backward(slopes, trace, matrices, spans, n_head):
    m, mlp = matrices["attn"], matrices["mlp"]
    found = {}
    dh, found["mlp_fc2"] = linear_slopes(slopes, trace.hidden, mlp["fc2"])
    dh = [[d if h else 0.0 for d, h in zip(*rows)] for rows in zip(dh, trace.hidden)]
    dn, found["mlp_fc1"] = linear_slopes(dh, trace.norm2, mlp["fc1"])
    slopes = added(slopes, normalized_slopes(dn, trace.norm2, trace.scales2))
    dmixed, found["attn_wo"] = linear_slopes(slopes, trace.mixed, m["wo"])
    dq, dk, dv = [], [], []
    heads = iter(trace.heads)
    dim = len(dmixed[0]) // n_head
    for span in spans:
        parts = []
        for s in range(0, n_head * dim, dim):
            parts.append(look_back_slopes([row[s : s + dim] for row in dmixed[span]], *next(heads)))
        for d, rows in zip((dq, dk, dv), zip(*parts)):
            d += [sum(r, []) for r in zip(*rows)]
    dn = None
    for name, d in zip(("wq", "wk", "wv"), (dq, dk, dv)):
        one, found["attn_" + name] = linear_slopes(d, trace.norm1, m[name])
        dn = added(dn, one) if dn else one
    return added(slopes, normalized_slopes(dn, trace.norm1, trace.scales1)), found


def gradient(model, documents):
    config, p = model.config, model.parameters
    tasks, places, shares, spans = [], [], [], []
    for tokens in documents:
        pairs = predictions(tokens, config.block_size)
        spans.append(slice(len(tasks), len(tasks) + len(pairs)))
        tasks += pairs
        places += range(len(pairs))
        shares += [1 / len(pairs) / len(documents)] * len(pairs)
    x, scales0 = normalized([[a + b for a, b in zip(p["wte"][t], p["wpe"][i])] for (t, _), i in zip(tasks, places)])
    x0 = x
    traces = []
    layers = [layer_matrices(p, i) for i in range(config.n_layer)]
    for matrices in layers:
        x, trace = layer_forward(x, matrices, spans, config.n_head)
        traces.append(trace)
    chances = [shares_of(row) for row in row_products(x, p["lm_head"])]
    loss = sum(s * surprise(row[answer]) for s, row, (_, answer) in zip(shares, chances, tasks))
    finite("the loss", loss)
    slopes = []
    for s, row, (_, answer) in zip(shares, chances, tasks):
        row[answer] -= 1
        slopes.append([s * c for c in row])
    found = {}
    slopes, found["lm_head"] = linear_slopes(slopes, x, p["lm_head"])
    for i in reversed(range(config.n_layer)):
        slopes, more = layer_backward(slopes, traces[i], layers[i], spans, config.n_head)
        found |= {f"layer{i}.{name}": rows for name, rows in more.items()}
    slopes = normalized_slopes(slopes, x0, scales0)
    found["wte"] = [[0.0] * len(row) for row in p["wte"]]
    found["wpe"] = [[0.0] * len(row) for row in p["wpe"]]
    for (t, _), i, slope in zip(tasks, places, slopes):
        for name, j in (("wte", t), ("wpe", i)):
            found[name][j] = [a + b for a, b in zip(found[name][j], slope)]
    return loss, [s for name in p for row in found[name] for s in row]


def update(model, adam, slopes, rate):
    adam.steps += 1
    beta1, beta2, share1, share2 = adam.beta1, adam.beta2, 1 - adam.beta1, 1 - adam.beta2
    root2 = (1 - beta2**adam.steps) ** 0.5
    eps, rate = adam.eps * root2, rate * root2 / (1 - beta1**adam.steps)
    adam.m[:] = [beta1 * m + share1 * s for m, s in zip(adam.m, slopes)]
    adam.v[:] = [beta2 * v + share2 * s * s for v, s in zip(adam.v, slopes)]
    moved = iter([p - rate * m / (sqrt(v) + eps) for p, m, v in zip(parameters_of(model), adam.m, adam.v)])
    for matrix in model.parameters.values():
        for row in matrix:
            row[:] = [next(moved) for _ in row]


def learn(model, adam, documents, rate):
    loss, slopes = gradient(model, documents)
    finite("the squared size of the gradient", sum(map(mul, slopes, slopes)))
    update(model, adam, slopes, rate)
    return loss
