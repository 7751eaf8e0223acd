r"""Softmax, eight positions at a time; and the exponential function that it needs.

# The question

There is no instruction for $e^x$, and calling a library's function for each lane would part the lanes again.
**How is the exponential function computed with nothing but sums and products?**

# The picture

Write $x = k \log 2 + r$ with a whole number $k$, so that $r$ is small, at most half of log 2. Then

$$e^x = 2^k \cdot e^r \qquad e^r = 1 + r + \frac{r^2}{2!} + \frac{r^3}{3!} + \dots$$

For so small an $r$ the series is exact to the last digit of a float after fourteen terms, in float32 after
eight; $2^k$ is written directly into the exponent of a float. log 2 is subtracted in two pieces, the first of
so few digits that $k$ times it is exact.

>>> from microgpt.engines.compiling import compiled
>>> @compiled
... def exp_into(y, x):
...     store(y, 0, 0, exp_of(x, load(x, 0, 0)))
>>> x, y = np.array([[0.0, 1.0, -1.0, -20.0, -700.0, -745.0, -746.0, -np.inf]]), np.zeros((1, 8))
>>> exp_into(y, x)
>>> y[0, :4].round(12).tolist()
[1.0, 2.718281828459, 0.367879441171, 2.061e-09]
>>> y[0, 4:].tolist() == [math.exp(x) for x in (-700.0, -745.0, -746.0, -math.inf)]
True

# What follows

`microgpt.engines.loops_attention`: the place where lanes meet.

Sources: splitting off powers of two is the usual way to compute $e^x$; William Cody and William Waite,
"Software Manual for the Elementary Functions" (1980), also split the logarithm in two.
"""

import math
from typing import Any

import numpy as np
from numba import types
from numba.extending import overload

from microgpt.engines.compiling import compiled
from microgpt.engines.flat import Array
from microgpt.engines.lanes import load, power_of_two, spread, store, to_whole, where_above

_COEFFICIENTS = np.array([1 / math.factorial(n) for n in range(14)])
_LOG2_E = 1 / math.log(2)
_LOG_2_FEW_DIGITS = 0.693359375
_LOG_2_REST = -2.12194440054690582768e-4


@compiled
def softmax_into(scores: Array) -> None:
    """Turn the scores of each position into shares, in place.

    Args:
        scores: `[n][lanes]`.

    Examples:
        >>> import numpy as np
        >>> scores = np.zeros((3, 8))
        >>> scores[:, 0], scores[:, 1] = [2.0, 1.0, 0.1], [1000.0, 999.0, 998.0]
        >>> softmax_into(scores)
        >>> scores[:, :3].T.round(4).tolist()
        [[0.659, 0.2424, 0.0986], [0.6652, 0.2447, 0.09], [0.3333, 0.3333, 0.3333]]
    """
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


def exp_of(array: Array, x: Any) -> Any:
    """Raise e to the power of each lane, at most 0; the array only says of which kind the numbers are."""
    raise NotImplementedError("only compiled functions can call it")


@overload(exp_of)
def _exp_of(array: Any, x: Any) -> Any:
    terms, lowest = (13, -1000.0) if array.dtype == types.float64 else (7, -150.0)

    def _computed(array: Any, x: Any) -> Any:
        limit = spread(array, lowest)
        x = where_above(limit, x, limit, x)
        power = to_whole(x * _LOG2_E)
        rest = x - power * _LOG_2_FEW_DIGITS - power * _LOG_2_REST
        value = spread(array, _COEFFICIENTS[terms])
        for n in range(terms - 1, -1, -1):
            value = value * rest + _COEFFICIENTS[n]
        half = to_whole(power * 0.5)  # near 0 the exponent is too small to be written at once
        return value * power_of_two(half) * power_of_two(power - half)

    return _computed
