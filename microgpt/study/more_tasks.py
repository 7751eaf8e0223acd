r"""Tasks that go beyond the chapters: functions to write that the model itself does not need.

Some are experiments. Their answer is no formula but a number that comes out when the thing is tried, and the
examples show it. Each can be predicted first, on paper, and then run.

>>> comparisons(16), comparisons(32)
(136, 528)
>>> round(slope_through([0.1] * 10, residual=False), 12), round(slope_through([0.1] * 10, residual=True), 4)
(1e-10, 2.5937)
"""

import math
import random
from collections.abc import Callable, Sequence

from microgpt.attention import attention_head, attention_weights
from microgpt.autograd import Matrix, Scalar, Value, Vector, dot, relu
from microgpt.first_steps import descend
from microgpt.vectors import linear, softmax


def comparisons(positions: int, n_head: int = 1, n_layer: int = 1) -> int:
    """Count how often a query meets a key while a model reads a text, one position after the other.

    Args:
        positions: The length of the text.
        n_head: The heads of each layer.
        n_layer: The layers.

    Returns:
        The number of comparisons, in all heads of all layers together.

    Examples:
        A position looks at itself and at all before it.

        >>> [comparisons(positions) for positions in (1, 2, 3, 4)]
        [1, 3, 6, 10]

        The default model reads 16 positions with four heads in one layer.

        >>> comparisons(16, n_head=4, n_layer=1)
        544

        Twice the text, nearly four times the work.

        >>> [round(comparisons(2 * n) / comparisons(n), 2) for n in (1, 4, 16, 64)]
        [3.0, 3.6, 3.88, 3.97]
    """
    met, keys = 0, []
    for position in range(positions):
        keys.append([float(position), 1.0])
        met += len(attention_weights([1.0, 0.0], keys))
    return met * n_head * n_layer


def largest_share(size: int, scale: float, rng: random.Random, tries: int = 100) -> float:
    """Measure how much of its attention a random query gives to its favorite among eight random keys.

    Args:
        size: How many numbers a query and a key have. Each number is drawn by `rng.gauss(0, 1)`: first those
            of the query, then those of one key after the other.
        scale: What each dot product is multiplied by before the softmax.
        rng: Where the chance comes from.
        tries: How often a query and eight keys are drawn.

    Returns:
        The largest of the eight shares, as a mean over all tries. It is at least 1/8.

    Examples:
        With no scale the favorite takes more and more as vectors grow, in the end nearly all.

        >>> [round(largest_share(size, 1.0, random.Random(0)), 2) for size in (1, 4, 16, 64, 256)]
        [0.29, 0.55, 0.77, 0.91, 0.94]

        Divided by the root of the size, it does so no more.

        >>> [round(largest_share(size, size**-0.5, random.Random(0)), 2) for size in (1, 4, 16, 64, 256)]
        [0.29, 0.36, 0.35, 0.37, 0.37]

        Divided by the size itself, large vectors have no favorite left: 1/8 is 0.125.

        >>> [round(largest_share(size, size**-1, random.Random(0)), 2) for size in (1, 4, 16, 64, 256)]
        [0.29, 0.23, 0.17, 0.15, 0.14]
    """
    favorites = []
    for _ in range(tries):
        query, *keys = [[rng.gauss(0, 1) for _ in range(size)] for _ in range(9)]
        favorites.append(max(softmax([dot(query, key) * scale for key in keys])))
    return math.fsum(favorites) / tries


def last_row(xs: Matrix[Scalar], wq: Matrix[Scalar], wk: Matrix[Scalar], wv: Matrix[Scalar]) -> list[Scalar]:
    """Compute what one attention head finds at the last position, and no more than that takes.

    Args:
        xs: The vectors of all positions, `[n_ctx][n_embd]`; at least one.
        wq: Makes queries, `[head_dim][n_embd]`.
        wk: Makes keys, `[head_dim][n_embd]`.
        wv: Makes values, `[head_dim][n_embd]`.

    Returns:
        What the head finds there, `[head_dim]`: the same as if all positions had been computed.

    Examples:
        Two positions. The query of the last is 2, and meets the keys 0 and 1; the values are 10 and 30.

        >>> matrices = {"wq": [[2.0, 0.0]], "wk": [[1.0, 0.0]], "wv": [[10.0, 10.0]]}
        >>> [round(number, 4) for number in last_row([[0.0, 1.0], [1.0, 2.0]], **matrices)]
        [27.6159]
        >>> first, second = softmax([0.0, 2.0])
        >>> round(first * 10 + second * 30, 4)
        27.6159

        With no past it finds itself.

        >>> last_row([[1.0, 2.0]], **matrices)
        [30.0]
    """
    keys, values = ([linear(x, weight) for x in xs] for weight in (wk, wv))
    return attention_head(linear(xs[-1], wq), keys, values)


def slope_through(weights: Sequence[float], residual: bool) -> float:
    """Send a number through layers, and measure how much of the slope comes back to it.

    Each layer makes `relu(weight * x)` of its input `x`. With residual connections that is added to `x`, and
    without it replaces `x`. The number at the beginning is 2.0.

    Args:
        weights: One for each layer, in order.
        residual: Whether each layer adds to its input.

    Returns:
        The slope of the result for the number at the beginning.

    Examples:
        Ten layers that pass on a tenth: without the path around them a ten-billionth of the slope arrives.

        >>> [round(slope_through([0.1] * count, residual=False), 12) for count in (0, 1, 2, 10)]
        [1.0, 0.1, 0.01, 1e-10]
        >>> [round(slope_through([0.1] * count, residual=True), 4) for count in (0, 1, 2, 10)]
        [1.0, 1.1, 1.21, 2.5937]

        One layer is off, since the number is positive and its weight is not. It cuts the way back, unless
        there is a path around it.

        >>> weights = [0.5, 0.5, -0.5, 0.5]
        >>> slope_through(weights, residual=False), slope_through(weights, residual=True)
        (0.0, 3.375)
    """
    x = start = Value(2.0)
    for weight in weights:
        change = relu(x * weight)
        x = x + change if residual else change
    x.backward()
    return start.grad


def best_rate(
    loss: Callable[[list[float]], float], start: Sequence[float], rates: Sequence[float], steps: int
) -> float:
    """Choose the learning rate by trying: from the same start, which one ends lowest?

    Args:
        loss: What should become small.
        start: Where each try begins.
        rates: The candidates.
        steps: How many steps of `microgpt.first_steps.descend` each of them gets.

    Returns:
        The rate with the smallest loss at the end; of equally good ones the first.

    Raises:
        ValueError: If no rate ends at a finite loss.

    Examples:
        A valley, ten times as steep across as along. Too small a rate hardly moves, too large a one is
        thrown out.

        >>> def valley(w):
        ...     return w[0] * w[0] + 10 * w[1] * w[1]
        >>> for rate in (0.01, 0.09, 0.11):
        ...     print(rate, f"{valley(descend(valley, [1.0, 1.0], rate, 40)):.3g}")
        0.01 0.199
        0.09 1.63e-07
        0.11 2.16e+07
        >>> best_rate(valley, [1.0, 1.0], [0.01, 0.09, 0.11], steps=40)
        0.09

        A rate may lead out of the range of floats, or to where the loss cannot be computed. It is out then.
        Take care: nan compares with nothing, and `min` believes it.

        >>> valley(descend(valley, [1.0, 1.0], 1e200, 2)), min([math.nan, 0.5])
        (nan, nan)
        >>> best_rate(valley, [1.0, 1.0], [1e200, 0.01], steps=2)
        0.01
    """
    ends = {}
    for rate in rates:
        try:
            end = loss(descend(loss, start, rate, steps))
        except (OverflowError, ValueError):
            continue
        if math.isfinite(end):
            ends[rate] = end
    if not ends:
        raise ValueError(f"none of the rates {list(rates)} ends at a finite loss; try smaller ones")
    return min(ends, key=ends.__getitem__)


def top_k(shares: Vector[Scalar], k: int) -> list[Scalar]:
    """Keep the k largest shares, give the others 0, and let what is kept add up to 1 again.

    Args:
        shares: Probabilities, `[n]`.
        k: How many to keep; all, if there are fewer. Of equal ones, those that stand first are kept.

    Returns:
        The new probabilities, `[n]`, each at its place.

    Raises:
        ValueError: If `k` is below 1, so that nothing could be drawn.

    Examples:
        An eighth and a sixteenth are dropped. A half and a quarter keep their ratio of 2 to 1.

        >>> [round(share, 4) for share in top_k([0.0625, 0.5, 0.125, 0.25, 0.0625], k=2)]
        [0.0, 0.6667, 0.0, 0.3333, 0.0]
        >>> top_k([0.25, 0.25, 0.25, 0.25], k=2), top_k([0.25, 0.75], k=40)
        ([0.5, 0.5, 0.0, 0.0], [0.25, 0.75])
        >>> top_k([0.25, 0.75], k=0)
        Traceback (most recent call last):
            ...
        ValueError: k is 0, and nothing would be left to draw; give at least 1
    """
    if k < 1:
        raise ValueError(f"k is {k}, and nothing would be left to draw; give at least 1")
    best_first = sorted(range(len(shares)), key=lambda place: -float(shares[place]))
    kept = set(best_first[:k])
    whole = sum(float(shares[place]) for place in kept)
    return [share * (whole**-1 if place in kept else 0.0) for place, share in enumerate(shares)]
