r"""The functions of `microgpt.vectors`, eight positions at a time, forward and back.

# The question

`linear` takes a vector and gives a vector. Here a vector is `n_embd` rows of a block, and each row is a
number of eight positions. **What do the functions of the book look like, written for rows?**

# The picture

A dot product of a row of weights with a vector becomes: each weight, spread over all lanes, times a row,
added up. No lane looks at another. Eight positions have their dot product after as many multiplications as
one needs alone.

$$y_o = \sum_i W_{oi}\, x_i \qquad x_i \text{ and } y_o \text{ are registers, } W_{oi} \text{ is a number}$$

>>> import numpy as np
>>> x, y = np.zeros((3, 8)), np.zeros((2, 8))
>>> x[:, 0], x[:, 1] = [1, 2, 3], [1, 0, 0]
>>> linear_into(y, np.array([[10.0, 5.0, 4.0], [20.0, 0.0, 10.0]]), x)
>>> y[:, :3].tolist()
[[32.0, 10.0, 0.0], [50.0, 20.0, 0.0]]

These are the numbers of `microgpt.vectors.linear`, in lane 0.

# One kernel, three times

Going back through $y = Wx$ takes two sums, as `microgpt.engines.by_hand` derives. The slope of an input
collects from all outputs that used it; the slope of a weight adds up over the positions:

$$\bar x_i = \sum_o W_{oi}\, \bar y_o \qquad \bar W_{oi} = \sum_t \bar y_{ot}\, x_{it}$$

The bar says "slope of the loss with respect to". All three are the same loop: numbers of one matrix spread,
times rows of another, added up. The first takes $W$, the second $W$ on its side, the third takes the slopes
$\bar y$ as its numbers and has $i$ in the lanes. For that the inputs are turned: what was one row for each
number becomes one row for each position.

| sum | numbers that are spread | rows | lanes are |
|---|---|---|---|
| $y$ | $W$, `[n_out][n_in]` | $x$, `[n_in][lanes]` | positions |
| $\bar x$ | $W$ on its side, `[n_in][n_out]` | $\bar y$, `[n_out][lanes]` | positions |
| $\bar W$ | $\bar y$, `[n_out][lanes]` | $x$ turned, `[lanes][n_in]` | inputs |

So nearly all multiplications of a step are in the ten lines of `_mix_eight`. It works on eight results at
once. Not for the lanes' sake: a sum must wait for the sum before it, some ticks of the clock, and in these
ticks the processor can work on the others. And each register of inputs, once loaded, is used eight times.

# What follows

`microgpt.engines.loops_softmax` makes shares of scores.
"""

from typing import Any

from microgpt.engines.compiling import compiled
from microgpt.engines.flat import Array
from microgpt.engines.lanes import lanes_in, load, load_one, root, spread, store, sum_of, where_above
from microgpt.vectors import EPSILON


@compiled
def copy_into(y: Array, x: Array) -> None:
    """Copy rows."""
    for i in range(x.shape[0]):
        store(y, i, 0, load(x, i, 0))


@compiled
def clear(x: Array) -> None:
    """Set rows to 0."""
    for i in range(x.shape[0]):
        store(x, i, 0, spread(x, 0.0))


@compiled
def add_into(x: Array, more: Array) -> None:
    """Add rows to rows.

    Examples:
        >>> import numpy as np
        >>> x = np.full((2, 8), 1.0)
        >>> add_into(x, np.full((2, 8), 0.5))
        >>> x[1].tolist()
        [1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5]
    """
    for i in range(x.shape[0]):
        store(x, i, 0, load(x, i, 0) + load(more, i, 0))


@compiled
def linear_into(y: Array, weight: Array, x: Array) -> None:
    """Mix the inputs of each position.

    Args:
        y: Where the outputs go, `[n_out][lanes]`.
        weight: `[n_out][n_in]`.
        x: The inputs, `[n_in][lanes]`.
    """
    _mix(y, weight, x, 0, False)


@compiled
def linear_slopes(slope: Array, y_slope: Array, x: Array, room: Array) -> None:
    """Add up what the positions say about the weights.

    Args:
        slope: Where it is added, `[n_out][n_in]`.
        y_slope: The slopes of the outputs, `[n_out][lanes]`.
        x: The inputs, `[n_in][lanes]`.
        room: For the turned inputs, at least `[n_in][lanes]`.

    Examples:
        >>> import numpy as np
        >>> x, y_slope, slope = np.zeros((9, 8)), np.zeros((1, 8)), np.ones((1, 9))
        >>> x[:, 0], x[:, 1] = range(9), 100.0
        >>> y_slope[0, :2] = 2.0, 0.5
        >>> linear_slopes(slope, y_slope, x, np.zeros((9, 8)))
        >>> slope.tolist()
        [[51.0, 53.0, 55.0, 57.0, 59.0, 61.0, 63.0, 65.0, 67.0]]
    """
    n_out, n_in = slope.shape
    lanes = lanes_in(x)
    turned = room[:n_in].reshape(lanes, n_in)
    for i in range(n_in):
        for lane in range(lanes):
            turned[lane, i] = x[i, lane]
    whole = n_in - n_in % lanes
    for column in range(0, whole, lanes):
        _mix(slope, y_slope, turned, column, True)
    for column in range(whole, n_in):
        for row in range(n_out):
            slope[row, column] += sum_of(load(y_slope, row, 0) * load(x, column, 0))


@compiled
def _mix(y: Array, weight: Array, x: Array, column: int, keep: bool) -> None:
    n_out = weight.shape[0]
    whole = n_out - n_out % 8
    for row in range(0, whole, 8):
        _mix_eight(y, weight, x, row, column, keep)
    for row in range(whole, n_out):
        _mix_one(y, weight, x, row, column, keep)


@compiled
def _mix_eight(y: Array, weight: Array, x: Array, row: int, column: int, keep: bool) -> None:
    a, b, c, d = _begin_four(y, row, column, keep)
    e, f, g, h = _begin_four(y, row + 4, column, keep)
    for i in range(weight.shape[1]):
        number = load(x, i, column)
        a, b = a + load_one(weight, row, i) * number, b + load_one(weight, row + 1, i) * number
        c, d = c + load_one(weight, row + 2, i) * number, d + load_one(weight, row + 3, i) * number
        e, f = e + load_one(weight, row + 4, i) * number, f + load_one(weight, row + 5, i) * number
        g, h = g + load_one(weight, row + 6, i) * number, h + load_one(weight, row + 7, i) * number
    _end_four(y, row, column, a, b, c, d)
    _end_four(y, row + 4, column, e, f, g, h)


@compiled
def _begin_four(y: Array, row: int, column: int, keep: bool) -> Any:
    if keep:
        return (
            load(y, row, column),
            load(y, row + 1, column),
            load(y, row + 2, column),
            load(y, row + 3, column),
        )
    zero = spread(y, 0.0)
    return zero, zero, zero, zero


@compiled
def _end_four(y: Array, row: int, column: int, a: Any, b: Any, c: Any, d: Any) -> None:
    store(y, row, column, a)
    store(y, row + 1, column, b)
    store(y, row + 2, column, c)
    store(y, row + 3, column, d)


@compiled
def _mix_one(y: Array, weight: Array, x: Array, row: int, column: int, keep: bool) -> None:
    a = load(y, row, column) if keep else spread(y, 0.0)
    for i in range(weight.shape[1]):
        a = a + load_one(weight, row, i) * load(x, i, column)
    store(y, row, column, a)


@compiled
def relu_into(x: Array) -> None:
    """Replace what is below 0 by 0, in place."""
    zero = spread(x, 0.0)
    for i in range(x.shape[0]):
        number = load(x, i, 0)
        store(x, i, 0, where_above(number, zero, number, zero))


@compiled
def relu_back(slope: Array, x: Array) -> None:
    """Silence the slopes of the inputs that ReLU has silenced, in place; `x` is what it gave."""
    zero = spread(x, 0.0)
    for i in range(x.shape[0]):
        store(slope, i, 0, where_above(load(x, i, 0), zero, load(slope, i, 0), zero))


@compiled
def rmsnorm_into(y: Array, scale: Array, x: Array) -> None:
    """Scale the vector of each position to a mean square of 1, and keep the scale for the way back.

    Args:
        y: Where the result goes, `[n][lanes]`.
        scale: Where the scale goes, `[1][lanes]`.
        x: `[n][lanes]`.

    Examples:
        >>> import numpy as np
        >>> x, y, scale = np.zeros((3, 8)), np.zeros((3, 8)), np.zeros((1, 8))
        >>> x[:, 0] = 2.0, 4.0, 6.0
        >>> rmsnorm_into(y, scale, x)
        >>> y[:, 0].round(4).tolist(), round(float(scale[0, 0]), 4)
        ([0.4629, 0.9258, 1.3887], 0.2315)
    """
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
def rmsnorm_back(slope: Array, y: Array, scale: Array) -> None:
    r"""Turn the slopes of what rmsnorm gave into those of what it was given, in place.

    With $y = s x$ and $s$ the scale, $\bar x_i = s\,(\bar y_i - y_i \cdot \tfrac{1}{n} \sum_j \bar y_j y_j)$:
    whatever would only make the vector longer is taken out.

    Args:
        slope: `[n][lanes]`.
        y: What rmsnorm gave, `[n][lanes]`.
        scale: The scale that it kept, `[1][lanes]`.

    Examples:
        The slopes of the first number, as `microgpt.vectors.rmsnorm` has them.

        >>> import numpy as np
        >>> x, y, scale, slope = np.ones((3, 8)), np.zeros((3, 8)), np.zeros((1, 8)), np.zeros((3, 8))
        >>> x[:, 0] = 2.0, 4.0, 6.0
        >>> rmsnorm_into(y, scale, x)
        >>> slope[0] = 1.0
        >>> rmsnorm_back(slope, y, scale)
        >>> slope[:, 0].round(4).tolist()
        [0.2149, -0.0331, -0.0496]
    """
    n = y.shape[0]
    along = spread(y, 0.0)
    for i in range(n):
        along = along + load(slope, i, 0) * load(y, i, 0)
    along = along * (1.0 / n)
    factor = load(scale, 0, 0)
    for i in range(n):
        store(slope, i, 0, (load(slope, i, 0) - load(y, i, 0) * along) * factor)
