import math

from typing import Any

import numpy as np
from numba import float64
from numba.extending import overload

from microgpt.engines.flat import Array
from microgpt.engines.compiling import compiled
from microgpt.engines.lanes import lanes_in, load, load_one, power_of_two, root, rounded, spread, store, sum_of, where_above

EPSILON = 1e-5
COEFFICIENTS = np.array([1 / math.factorial(n) for n in range(14)])
LOG2_E = 1 / math.log(2)
LOG_2_HIGH = 0.693359375
LOG_2_LOW = -2.12194440054690582e-4


@compiled
def linear_into(y, weight, x):
    mixed(y, weight, x, 0, False)


@compiled
def add_linear(y, weight, x):
    mixed(y, weight, x, 0, True)


@compiled
def mixed(y, weight, x, column, keep):
    n_out = weight.shape[0]
    whole = n_out - n_out % 8
    for row in range(0, whole, 8):
        _mix_eight(y, weight, x, row, column, keep)
    for row in range(whole, n_out):
        _mix_one(y, weight, x, row, column, keep)


@compiled
def _mix_eight(y, weight, x, row, column, keep):
    a, b, c, d = _begin(y, row, column, keep)
    e, f, g, h = _begin(y, row + 4, column, keep)
    for i in range(weight.shape[1]):
        number = load(x, i, column)
        a, b = a + load_one(weight, row, i) * number, b + load_one(weight, row + 1, i) * number
        c, d = c + load_one(weight, row + 2, i) * number, d + load_one(weight, row + 3, i) * number
        e, f = e + load_one(weight, row + 4, i) * number, f + load_one(weight, row + 5, i) * number
        g, h = g + load_one(weight, row + 6, i) * number, h + load_one(weight, row + 7, i) * number
    _end(y, row, column, a, b, c, d)
    _end(y, row + 4, column, e, f, g, h)


@compiled
def _begin(y, row, column, keep):
    if keep:
        return load(y, row, column), load(y, row + 1, column), load(y, row + 2, column), load(y, row + 3, column)
    zero = spread(y, 0.0)
    return zero, zero, zero, zero


@compiled
def _end(y, row, column, a, b, c, d):
    store(y, row, column, a)
    store(y, row + 1, column, b)
    store(y, row + 2, column, c)
    store(y, row + 3, column, d)


@compiled
def _mix_one(y, weight, x, row, column, keep):
    a = spread(y, 0.0)
    if keep:
        a = load(y, row, column)
    for i in range(weight.shape[1]):
        a = a + load_one(weight, row, i) * load(x, i, column)
    store(y, row, column, a)


@compiled
def add_into(x, more):
    for i in range(x.shape[0]):
        store(x, i, 0, load(x, i, 0) + load(more, i, 0))


@compiled
def relu_into(x):
    zero = spread(x, 0.0)
    for i in range(x.shape[0]):
        number = load(x, i, 0)
        store(x, i, 0, where_above(number, zero, number, zero))


@compiled
def relu_back(slope, x):
    zero = spread(x, 0.0)
    for i in range(x.shape[0]):
        store(slope, i, 0, where_above(load(x, i, 0), zero, load(slope, i, 0), zero))


@compiled
def rmsnorm_into(y, scale, x):
    n = x.shape[0]
    squares = spread(x, 0.0)
    for i in range(n):
        number = load(x, i, 0)
        squares = squares + number * number
    factor = 1.0 / root(squares * (1.0 / n) + EPSILON)
    store(scale, 0, 0, factor)
    for i in range(n):
        store(y, i, 0, load(x, i, 0) * factor)


@compiled
def rmsnorm_back(slope, y, scale):
    n = y.shape[0]
    along = spread(y, 0.0)
    for i in range(n):
        along = along + load(slope, i, 0) * load(y, i, 0)
    along = along * (1.0 / n)
    factor = load(scale, 0, 0)
    for i in range(n):
        store(slope, i, 0, (load(slope, i, 0) - load(y, i, 0) * along) * factor)


@compiled
def softmax_into(scores):
    n = scores.shape[0]
    largest = load(scores, 0, 0)
    for i in range(1, n):
        number = load(scores, i, 0)
        largest = where_above(number, largest, number, largest)
    whole = spread(scores, 0.0)
    for i in range(n):
        e = exp_of(scores, load(scores, i, 0) - largest)
        store(scores, i, 0, e)
        whole = whole + e
    one = 1.0 / whole
    for i in range(n):
        store(scores, i, 0, load(scores, i, 0) * one)


def exp_of(kind: Array, x: Any) -> Any:
    raise NotImplementedError


@overload(exp_of)
def _exp_for(kind, x):
    terms, lowest = (13, -1000.0) if kind.dtype is float64 else (7, -150.0)
    coefficients = COEFFICIENTS

    def of(kind, x):
        limit = spread(kind, lowest)
        x = where_above(x, limit, x, limit)
        power = rounded(x * LOG2_E)
        rest = x - power * LOG_2_HIGH - power * LOG_2_LOW
        value = spread(kind, coefficients[terms])
        for n in range(terms - 1, -1, -1):
            value = value * rest + coefficients[n]
        half = rounded(power * 0.5)
        return value * power_of_two(half) * power_of_two(power - half)

    return of


@compiled
def copy_into(x, other):
    for i in range(x.shape[0]):
        store(x, i, 0, load(other, i, 0))


@compiled
def clear(x):
    for i in range(x.shape[0]):
        store(x, i, 0, spread(x, 0.0))


@compiled
def linear_slopes(slope, y_slope, x, turned):
    n_out, n_in = slope.shape
    lanes = lanes_in(x)
    turned = turned[:n_in].reshape(lanes, n_in)
    for i in range(n_in):
        for lane in range(lanes):
            turned[lane, i] = x[i, lane]
    whole = n_in - n_in % lanes
    for column in range(0, whole, lanes):
        mixed(slope, y_slope, turned, column, True)
    for column in range(whole, n_in):
        for row in range(n_out):
            slope[row, column] += sum_of(load(y_slope, row, 0) * load(x, column, 0))
