import random
from typing import Any, NamedTuple
import numpy as np
from numpy import dot, matmul
from microgpt.engines.flat import *
from microgpt.engines.flat import FlatModel, FlatAdam, flat_model, views
from microgpt.loss import predictions
from microgpt.training import finite
from microgpt.vectors import EPSILON
from functools import cache
from dataclasses import dataclass


class Weights(NamedTuple):
    qkv: Any
    wo: Any
    fc1: Any
    fc2: Any


@cache
def future(n, kind):
    return np.triu(np.full((n, n), -np.inf, kind), 1)

@cache
def averager(n, kind):
    return np.full((n, 1), 1 / n, kind)

@cache
def hot(n, kind):
    return np.eye(n, dtype=kind)


def linear_of(x, weight, found):
    def back(slopes):
        dot(slopes.T, x, out=found)
        return dot(slopes, weight)
    return dot(x, weight.T), back


def normalized_of(x):
    average = averager(x.shape[1], x.dtype)
    scale = dot(x * x, average)
    scale += EPSILON
    np.sqrt(scale, out=scale)
    np.divide(1, scale, out=scale)
    y = x * scale
    def back(slopes):
        slopes = slopes - y * dot(slopes * y, average)
        slopes *= scale
        return slopes
    return y, back


def shares_of(scores):
    scores -= np.maximum.reduce(scores, -1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= np.add.reduce(scores, -1, keepdims=True)
    return scores


def attention_of(qkv, n_head):
    n, width = qkv.shape
    dim = width // n_head // 3
    q, k, v = qkv.reshape(n, 3, n_head, dim).transpose(1, 2, 0, 3)
    scale = dim**-0.5
    shares = matmul(q, k.transpose(0, 2, 1))
    shares *= scale
    shares += future(n, qkv.dtype)
    shares = shares_of(shares)
    mixed = np.empty((n, n_head, dim), qkv.dtype)
    heads = mixed.transpose(1, 0, 2)
    matmul(shares, v, out=heads)
    def back(slopes):
        slopes = slopes.reshape(n, n_head, dim).transpose(1, 0, 2)
        found = np.empty((n, 3, n_head, dim), qkv.dtype)
        dq, dk, dv = found.transpose(1, 2, 0, 3)
        matmul(shares.transpose(0, 2, 1), slopes, out=dv)
        ds = matmul(slopes, v.transpose(0, 2, 1))
        ds -= np.add.reduce(slopes * heads, -1, keepdims=True)
        ds *= shares
        ds *= scale
        matmul(ds, k, out=dq)
        matmul(ds.transpose(0, 2, 1), q, out=dk)
        return found.reshape(n, -1)
    return mixed.reshape(n, -1), back


def layer_of(x, w, g, n_head):
    norm1, norm1_back = normalized_of(x)
    qkv, qkv_back = linear_of(norm1, w.qkv, g.qkv)
    mixed, mixed_back = attention_of(qkv, n_head)
    y, wo_back = linear_of(mixed, w.wo, g.wo)
    y += x
    norm2, norm2_back = normalized_of(y)
    hidden, fc1_back = linear_of(norm2, w.fc1, g.fc1)
    np.maximum(hidden, 0, out=hidden)
    z, fc2_back = linear_of(hidden, w.fc2, g.fc2)
    z += y
    def back(slopes):
        inner = fc2_back(slopes)
        inner *= hidden > 0
        slopes = slopes + norm2_back(fc1_back(inner))
        slopes += norm1_back(qkv_back(mixed_back(wo_back(slopes))))
        return slopes
    return z, back


@dataclass(frozen=True, eq=False)
class MatrixModel(FlatModel):
    slopes: Any
    tables: Any
    table_slopes: Any
    layers: Any
    layer_slopes: Any


def own(model, precision="float64"):
    m = flat_model(model, precision)
    slopes = np.zeros_like(m.flat)
    d, V = m.config.n_embd, m.tokenizer.vocab_size
    shapes = {"wte": (V, d), "wpe": (m.config.block_size, d), "lm_head": (V, d)}
    for i in range(m.config.n_layer):
        shapes |= {f"{i}.qkv": (3 * d, d), f"{i}.wo": (d, d), f"{i}.fc1": (4 * d, d), f"{i}.fc2": (d, 4 * d)}
    a, b = views(m.flat, shapes), views(slopes, shapes)
    L = lambda t: [Weights(*(t[f"{i}.{k}"] for k in Weights._fields)) for i in range(m.config.n_layer)]
    return MatrixModel(m.config, m.tokenizer, m.parameters, m.flat, slopes, a, b, L(a), L(b))


def gradient_of(model, documents):
    (tokens,) = documents
    config = model.config
    tables, found = model.tables, model.table_slopes
    n = min(len(tokens) - 1, config.block_size)
    kind = model.flat.dtype
    ids = hot(model.tokenizer.vocab_size, kind).take(tokens[: n + 1], 0)
    x = dot(ids[:-1], tables["wte"])
    x += tables["wpe"][:n]
    x, embed_back = normalized_of(x)
    backs = []
    for w, g in zip(model.layers, model.layer_slopes):
        x, back = layer_of(x, w, g, config.n_head)
        backs.append(back)
    logits, head_back = linear_of(x, tables["lm_head"], found["lm_head"])
    chances = shares_of(logits)
    right = np.add.reduce(chances * ids[1:], 1)
    loss = -float(np.add.reduce(np.log(right)) / n)
    finite("the loss", loss)
    chances -= ids[1:]
    chances /= n
    slopes = head_back(chances)
    for back in reversed(backs):
        slopes = back(slopes)
    slopes = embed_back(slopes)
    dot(ids[:-1].T, slopes, out=found["wte"])
    wpe = found["wpe"]
    wpe[:n] = slopes
    wpe[n:] = 0
    return loss


class E:
    pass


def engine(precision="float64"):
    e = E()
    e.own = lambda m: own(m, precision)
    e.start = FlatAdam.start
    def learn(model, adam, documents, rate):
        with np.errstate(all="ignore"):
            loss = gradient_of(model, documents)
            finite("sq", float(dot(model.slopes, model.slopes)))
            adam.update(model.flat, model.slopes, rate)
        return loss
    e.learn = learn
    return e
