r"""The slopes derived by hand: how each operation sends slopes back, without a graph.

# What you will be able to do

- Derive how a linear layer, rmsnorm and softmax hand slopes back, with the rules of `microgpt.autograd`.
- Say where the slope "probability minus truth" comes from.
- Check any derivation by nudging.

# The question

The graph finds slopes for any calculation, and for that it must remember every operation as an object. But
the calculation of the model is always the same. **Could one work out beforehand, with pencil and paper, what
the graph would find?** Then there is nothing to build, to visit or to free; there are only numbers in lists.

# The picture

Each function here does an operation for all positions of some documents, one row for each, and returns two
things: the result, and a function that leads *back*. Given the slope of the loss for each number of the
result, it gives the slope for each number that came in. Look at the numbers: each that comes in or
goes out has a slope.

```mermaid
graph LR
    x["a row that<br/>comes in<br/>2, 4, 6"] --> op["rmsnorm"]
    op --> y["a row that<br/>goes out<br/>0.46, 0.93,<br/>1.39"]
    dy["slopes of<br/>what went out<br/>10, −1, 1"] --> back["back"]
    back --> dx["slopes of<br/>what came in<br/>2.13, −0.6,<br/>−0.31"]
    op -. "what back<br/>must remember" .-> back
```

The numbers are those of `rmsnorm_and_back`, for a single position:

>>> result, back = rmsnorm_and_back([[2.0, 4.0, 6.0]])
>>> [round(number, 2) for number in result[0]]
[0.46, 0.93, 1.39]
>>> [round(slope, 2) for slope in back([[10.0, -1.0, 1.0]])[0]]
[2.13, -0.6, -0.31]

A slope of the loss is written with a bar: $\bar y$, read "y bar", is how fast the loss grows with $y$. The
sign $\sum_i$ says "add up what follows, for all $i$".

| symbol | in words | shape |
|---|---|---|
| $x$, $\bar x$ | what comes in, and its slopes | `[n_ctx][n_in]` |
| $y$, $\bar y$ | what goes out, and its slopes | `[n_ctx][n_out]` |
| $W$, $\bar W$ | a matrix of parameters, and its slopes | `[n_out][n_in]` |
| $p$, $\bar p$ | shares that add up to 1, and their slopes | `[n]` |
| $s$ | with rmsnorm the scale, one number; with softmax $s_i$, the scores | `[n]` |

All derivations use one rule of `microgpt.autograd`: the slope of an input is the sum, over all the outputs
that it touches, of the output's slope times the local slope. So there are two questions each time. Which
outputs does it touch? And how fast does each of them move with it?

# linear

Number $i$ of what goes out at position $t$ is $y_{ti} = \sum_j W_{ij}\, x_{tj}$. The input $x_{tj}$ touches
every output of its position, with the local slope $W_{ij}$. The weight $W_{ij}$ touches output $i$ of every
position, with the local slope $x_{tj}$. So

$$\bar x_{tj} = \sum_i \bar y_{ti}\, W_{ij} \qquad \bar W_{ij} = \sum_t \bar y_{ti}\, x_{tj}$$

Each of these is again a table of dot products of rows, after one or both tables are turned on their side. One
function, `row_products`, does all three. In the formulas below, $A^T$ is the table $A$ turned on its side,
and $A B$ has the dot product of each row of $A$ with each column of $B$. The example of `linear_and_back` has
both slopes in numbers.

# rmsnorm

Take it in three steps: the mean of the squares $m = \frac1n \sum_j x_j^2 + \varepsilon$, the scale
$s = m^{-1/2}$, and the outputs $y_i = s\, x_i$. An input reaches the outputs on two ways.

Directly, $x_j$ reaches $y_j$ with the local slope $s$.

And it moves the scale, which every output has in it. A square has the slope $2 x_j$, and so $m$ has the slope
$\frac2n x_j$. A power $m^k$ has the slope $k\, m^{k-1}$; with $k = -\frac12$ that is
$-\frac12 m^{-3/2} = -\frac12 s^3$. Slopes multiply along the way: $s$ has the slope $-\frac1n s^3 x_j$ for
$x_j$. Nudged and derived, for the middle number of 2, 4, 6:

>>> def scale(x):
...     return (sum(number * number for number in x) / 3) ** -0.5
>>> round((scale([2.0, 4.001, 6.0]) - scale([2.0, 3.999, 6.0])) / 0.002, 5)
-0.01653
>>> round(-1 / 3 * scale([2.0, 4.0, 6.0]) ** 3 * 4.0, 5)
-0.01653

The scale reaches every $y_i$ with the local slope $x_i$. Both ways together, with $s x_i = y_i$:

$$\bar x_j = s\, \bar y_j - \tfrac1n s^3 x_j \sum_i \bar y_i\, x_i
= s \left( \bar y_j - y_j \cdot \tfrac1n \sum_i \bar y_i\, y_i \right)$$

In words: take out of the slopes what points along $y$ itself, and scale what is left. A longer $x$ of the
same direction gives the same $y$, but for the small $\varepsilon$, so nothing is to be won along it.

# softmax

$p_i = e^{s_i} / \sum_j e^{s_j}$: a part, divided by the sum of all parts. Let the score $s_i$ grow by a small
$h$. The slope of $e^x$ is $e^x$, so its part grows by $h$ times itself. That part is the share $p_i$ of the
sum, so the sum grows by $p_i h$ times itself. The share $p_i$ gains by the one and loses by the other: it
grows by $h - p_i h$ times itself, which is $p_i (1 - p_i) h$. Every other share $p_j$ only loses,
$p_j\, p_i\, h$. Nudged and derived, for the first of three scores:

>>> shares, nudged = shares_of([2.0, 1.0, 0.1]), shares_of([2.001, 1.0, 0.1])
>>> [round((after - before) / 0.001, 3) for before, after in zip(shares, nudged)]
[0.225, -0.16, -0.065]
>>> p, q, r = shares
>>> round(p * (1 - p), 3), round(-p * q, 3), round(-p * r, 3)
(0.225, -0.16, -0.065)

So a score touches all shares: its own with the slope $p_i (1 - p_i)$, each other one with $-p_i\, p_j$. Added
up over all of them:

$$\bar s_i = p_i \bar p_i - p_i \sum_j p_j\, \bar p_j = p_i \left( \bar p_i - \sum_j p_j\, \bar p_j \right)$$

In words: the sum is the average slope, each weighted by its share. The loss grows with a score if the slope
of its share is above that average, and falls if it is below.

# softmax and surprise together

The surprise is $-\log p_a$, where $a$ is the right answer. Its slope for $p_a$ is $-1/p_a$, and for the
other shares 0. The average in the formula above is then $p_a \cdot (-1/p_a) = -1$, and

$$\bar s_a = p_a \left( -\tfrac{1}{p_a} + 1 \right) = p_a - 1
\qquad \bar s_i = p_i \left( 0 + 1 \right) = p_i$$

That is *what the model said, less what was right*: $p - y$, where $y$ is 1 for the right answer and 0 for the
others. The logarithm and the division have disappeared.

# Everything else

- *ReLU* passes a slope on where it passed the number on, and 0 elsewhere. A unit that is off costs next to
  nothing on the way back: it is left out of all sums.
- *A sum*, and so each residual connection, passes its slope on to both sides. A number that is used twice
  gets the sum of two slopes.
- *A row of a table*, such as `wte`, gets the sum of the slopes of all positions that looked it up.
- *Attention* consists of linear mixes and a softmax: `head_and_back` puts the pieces together.

# Pitfalls

- *Forgetting a way.* With the direct way only, rmsnorm hands back $s\, \bar y$. The slopes look reasonable,
  and are wrong, even in sign:

>>> _, back = rmsnorm_and_back([[2.0, 4.0, 6.0]])
>>> direct = [round(scale([2.0, 4.0, 6.0]) * slope, 4) for slope in (10.0, -1.0, 1.0)]
>>> direct, [round(slope, 4) for slope in back([[10.0, -1.0, 1.0]])[0]]
([2.3146, -0.2315, 0.2315], [2.1327, -0.5952, -0.3141])

- *A square matrix hides that it should be turned.* The slopes of the inputs need the columns of the weights.
  With as many outputs as inputs, the rows give numbers too, and no error. So try shapes that are not square.

>>> weight, slopes = [[1.0, 2.0], [3.0, 4.0]], [[1.0, 0.0]]
>>> row_products(slopes, columns(weight)), row_products(slopes, weight)
([[1.0, 2.0]], [[1.0, 3.0]])

# Check yourself

??? question how "How would you notice a mistake in one of these formulas?"

    Nudge an input a little both ways, and see what the loss does. Here, for one number of rmsnorm, with
    the loss "ten times the first output, less the second":

    >>> def loss(x):
    ...     (y,), _ = rmsnorm_and_back([x])
    ...     return 10 * y[0] - y[1]
    >>> _, back = rmsnorm_and_back([[2.0, 4.0, 6.0]])
    >>> round((loss([2.0, 4.00001, 6.0]) - loss([2.0, 3.99999, 6.0])) / 0.00002, 4)
    -0.496
    >>> [round(slope, 4) for slope in back([[10.0, -1.0, 0.0]])[0]]
    [2.1823, -0.496, -0.3968]

??? question what "The slopes of the scores of one position: what do they add up to?"

    To 0, with softmax at the end: what is given to one answer is taken from the others. With shares of
    1/2, 1/4 and 1/4, of which the second is right:

    >>> slopes = [1 / 2, 1 / 4 - 1, 1 / 4]
    >>> slopes, sum(slopes)
    ([0.5, -0.75, 0.25], 0.0)

??? question deeper "Where does p - y come from, if no logarithm is left in it?"

    The slope of the logarithm, $-1/p_a$, cancels against the $p_a$ in the slope of the softmax. However small
    $p_a$ is, the result lies between -1 and 1. It is the reason why the two are used together.

# To keep

- The slope of an input is the sum of slope times local slope, over all outputs that it touches.
- Softmax and surprise together hand back what the model said, less what was right.
- A derivation is believed when a nudge agrees with it, at shapes that are not square.

# What follows

How fast is plain Python, if there is no graph to build? `microgpt.engines.lists` puts the operations together
and trains with them.

Sources: back-propagation in this form is Rumelhart, Hinton and Williams, "Learning representations by
back-propagating errors" (1986). That softmax and surprise belong together is John Bridle's (1990).
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from math import exp
from operator import mul
from typing import TypeAlias

from microgpt.loss import surprise
from microgpt.vectors import EPSILON

Numbers: TypeAlias = Sequence[float]
"""The numbers of one position, or one row of a matrix."""

Rows: TypeAlias = Sequence[Numbers]
"""One row for each position, or a matrix."""

if sys.version_info >= (3, 12):
    from math import sumprod as _inner

    def _products(rows: Rows, matrix: Rows) -> list[list[float]]:
        return [[_inner(row, other) for other in matrix] for row in rows]

else:

    def _inner(a: Numbers, b: Numbers) -> float:
        found: float = sum(map(mul, a, b))
        return found

    def _products(rows: Rows, matrix: Rows) -> list[list[float]]:
        return [[sum(map(mul, row, other)) for other in matrix] for row in rows]


def row_products(rows: Rows, matrix: Rows) -> list[list[float]]:
    r"""Multiply each row of one table with each row of another: $A B^T$.

    From Python 3.12 on, `math.sumprod` makes each dot product in a single call. Before, `map` and `sum` do
    it together, which is still faster than a loop.

    Args:
        rows: `[n_ctx][n]`.
        matrix: `[n_out][n]`.

    Returns:
        The dot products, `[n_ctx][n_out]`.

    Examples:
        >>> row_products([[1.0, 2.0, 3.0], [1.0, 0.0, 0.0]], [[10.0, 5.0, 4.0], [20.0, 0.0, 10.0]])
        [[32.0, 50.0], [10.0, 20.0]]
    """
    return _products(rows, matrix)


def columns(rows: Rows) -> list[tuple[float, ...]]:
    """Turn a table on its side: its columns become rows.

    Examples:
        >>> columns([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
        [(1.0, 4.0), (2.0, 5.0), (3.0, 6.0)]
    """
    return list(zip(*rows))


def added(rows: Rows, others: Rows) -> list[list[float]]:
    """Add two tables number by number.

    Examples:
        >>> added([[1.0, 2.0], [3.0, 4.0]], [[0.5, 0.0], [0.0, -4.0]])
        [[1.5, 2.0], [3.0, 0.0]]
    """
    return [[a + b for a, b in zip(row, other)] for row, other in zip(rows, others)]


def mixture(weights: Numbers, rows: Rows) -> list[float]:
    """Add rows up, each times its weight, and leave out the rows whose weight is 0.

    Three rows are added in one go, since writing a number down costs as much as adding it.

    Args:
        weights: `[n]`.
        rows: `[n][n_out]`.

    Returns:
        `[n_out]`.

    Examples:
        >>> rows = [[1.0, 2.0], [5.0, 5.0], [0.0, 1.0], [1.0, 1.0], [2.0, 0.0]]
        >>> mixture([10.0, 0.0, 1.0, 2.0, 3.0], rows)
        [18.0, 23.0]
        >>> mixture([0.0, 0.0, 0.0, 0.0, 0.0], rows)
        [0.0, 0.0]
    """
    on = [pair for pair in zip(weights, rows) if pair[0]]
    mixed, single = [0.0] * len(rows[0]), len(on) % 3
    for a, row in on[:single]:
        mixed = [number + a * x for number, x in zip(mixed, row)]
    for (a, row), (b, second), (c, third) in zip(on[single::3], on[single + 1 :: 3], on[single + 2 :: 3]):
        mixed = [number + a * x + b * y + c * z for number, x, y, z in zip(mixed, row, second, third)]
    return mixed


def linear_and_back(
    rows: Rows, weight: Rows
) -> tuple[list[list[float]], Callable[[Rows], tuple[list[list[float]], list[list[float]]]]]:
    r"""Mix, and lead back: $\bar x = \bar y\, W$ and $\bar W = \bar y^T x$.

    Args:
        rows: `[n_ctx][n_in]`.
        weight: `[n_out][n_in]`.

    Returns:
        The outputs, `[n_ctx][n_out]`, and what turns their slopes into those of the inputs and weights.

    Examples:
        Two positions, three inputs, two outputs.

        >>> rows, weight = [[1.0, 2.0, 3.0], [0.0, 1.0, 0.0]], [[10.0, 5.0, 4.0], [20.0, 0.0, 10.0]]
        >>> outputs, back = linear_and_back(rows, weight)
        >>> outputs
        [[32.0, 50.0], [5.0, 0.0]]

        The first output of the first position has the slope 1, and the second of the second has 2. The last
        input of the second position gets 2 · 10, and the middle weight of the second row gets 2 · 1.

        >>> input_slopes, weight_slopes = back([[1.0, 0.0], [0.0, 2.0]])
        >>> input_slopes
        [[10.0, 5.0, 4.0], [40.0, 0.0, 20.0]]
        >>> weight_slopes
        [[1.0, 2.0, 3.0], [0.0, 2.0, 0.0]]
    """

    def back(slopes: Rows) -> tuple[list[list[float]], list[list[float]]]:
        return row_products(slopes, columns(weight)), row_products(columns(slopes), columns(rows))

    return row_products(rows, weight), back


def rmsnorm_and_back(rows: Rows) -> tuple[list[list[float]], Callable[[Rows], list[list[float]]]]:
    r"""Normalize each row, and lead back: $\bar x_j = s\,(\bar y_j - y_j \cdot \frac1n \sum_i \bar y_i y_i)$.

    Args:
        rows: `[n_ctx][n]`.

    Returns:
        The normalized rows, `[n_ctx][n]`, and what turns their slopes into those of the rows.

    Examples:
        The vector of `microgpt.vectors`, and the slopes that autograd found there.

        >>> outputs, back = rmsnorm_and_back([[2.0, 4.0, 6.0]])
        >>> [round(y, 4) for y in outputs[0]]
        [0.4629, 0.9258, 1.3887]
        >>> [round(slope, 4) for slope in back([[1.0, 0.0, 0.0]])[0]]
        [0.2149, -0.0331, -0.0496]

        By hand: the scale is 0.23146, and the mean of slope times output 0.4629 / 3.

        >>> [round(0.23146 * (slope - y * 0.4629 / 3), 4) for slope, y in zip([1, 0, 0], outputs[0])]
        [0.2149, -0.0331, -0.0496]
    """
    n = len(rows[0])
    scales = [(_inner(row, row) / n + EPSILON) ** -0.5 for row in rows]
    outputs = [[scale * x for x in row] for row, scale in zip(rows, scales)]

    def back(slopes: Rows) -> list[list[float]]:
        along = [_inner(slope, y) / n for slope, y in zip(slopes, outputs)]
        return [
            [scale * (slope - part * y) for slope, y in zip(*pair)]
            for pair, scale, part in zip(zip(slopes, outputs), scales, along)
        ]

    return outputs, back


def shares_of(scores: Numbers) -> list[float]:
    """Turn scores into shares: `microgpt.vectors.softmax` for plain numbers, unseen by `microgpt.stages`.

    Examples:
        >>> [round(share, 4) for share in shares_of([2.0, 1.0, 0.1])]
        [0.659, 0.2424, 0.0986]
    """
    largest = max(scores)
    exps = [exp(score - largest) for score in scores]
    whole = sum(exps) ** -1
    return [e * whole for e in exps]


def score_slopes(slopes: Numbers, shares: Numbers) -> list[float]:
    r"""Lead back through a softmax: $\bar s_i = p_i\,(\bar p_i - \sum_j p_j \bar p_j)$.

    Args:
        slopes: Those of the shares, `[n]`.
        shares: What came out, `[n]`.

    Returns:
        The slopes of the scores, `[n]`.

    Examples:
        The slopes that autograd found in `microgpt.vectors`: the first share, of scores 2, 1 and 0.1.

        >>> shares = shares_of([2.0, 1.0, 0.1])
        >>> [round(slope, 4) for slope in score_slopes([1.0, 0.0, 0.0], shares)]
        [0.2247, -0.1598, -0.065]

        With slopes 4, 2 and 0 and shares 1/2, 1/4 and 1/4, the average slope is 2.5.

        >>> 4 * 1 / 2 + 2 * 1 / 4 + 0 * 1 / 4
        2.5
        >>> score_slopes([4.0, 2.0, 0.0], [0.5, 0.25, 0.25])
        [0.75, -0.125, -0.625]
    """
    average = _inner(slopes, shares)
    return [share * (slope - average) for slope, share in zip(slopes, shares)]


def surprise_and_back(
    logits: Rows, answers: Sequence[int]
) -> tuple[list[float], Callable[[Numbers], list[list[float]]]]:
    r"""Measure the surprise of each position, and lead back: $\bar s = p - y$, times its slope.

    Args:
        logits: The scores, `[n_ctx][vocab_size]`.
        answers: The right token of each position, `[n_ctx]`.

    Returns:
        The surprises, `[n_ctx]`, and what turns their slopes into those of the scores.

    Raises:
        ImpossibleError: If a right answer has the probability 0.

    Examples:
        Shares of 1/2, 1/4 and 1/4; the right answer is the second. The slope of the surprise is 1, then 1/2.

        >>> from math import log
        >>> surprises, back = surprise_and_back([[log(2), 0.0, 0.0]], answers=[1])
        >>> [round(one, 4) for one in surprises], round(log(4), 4)
        ([1.3863], 1.3863)
        >>> [round(slope, 4) for slope in back([1.0])[0]], [round(slope, 4) for slope in back([0.5])[0]]
        ([0.5, -0.75, 0.25], [0.25, -0.375, 0.125])
    """
    chances = [shares_of(row) for row in logits]

    def back(slopes: Numbers) -> list[list[float]]:
        found = [[slope * chance for chance in row] for slope, row in zip(slopes, chances)]
        for row, answer, slope in zip(found, answers, slopes):
            row[answer] -= slope
        return found

    return [surprise(row[answer]) for row, answer in zip(chances, answers)], back


def mlp_and_back(
    rows: Rows, fc1: Rows, fc2: Rows
) -> tuple[list[list[float]], Callable[[Rows], tuple[Rows, Rows, Rows]]]:
    r"""Run the detectors and their reports, and lead back, past every unit that is off.

    Forward $h = \mathrm{relu}(W_1 x)$ and $y = W_2 h$; back $\bar h = \bar y\, W_2$ where $h > 0$ and 0
    elsewhere, and then twice the rule of `linear_and_back`. At a position where a unit is off, it adds
    nothing to any of these sums, and is left out of them.

    Args:
        rows: `[n_ctx][n_embd]`.
        fc1: The detectors, `[4 * n_embd][n_embd]`.
        fc2: The reports, `[n_embd][4 * n_embd]`.

    Returns:
        The outputs, `[n_ctx][n_embd]`, and what turns their slopes into those of `rows`, `fc1` and `fc2`.

    Examples:
        The three detectors of `microgpt.model.mlp`, at two positions. At the first, the third unit is off.

        >>> fc1 = [[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]]
        >>> fc2 = [[10.0, 0.0, 5.0], [0.0, 1.0, 7.0]]
        >>> outputs, back = mlp_and_back([[3.0, 1.0], [-3.0, 1.0]], fc1, fc2)
        >>> outputs
        [[30.0, 1.0], [10.0, 15.0]]

        Slopes of 1 for the first number of both positions. Only units that were on hand them down.

        >>> row_slopes, fc1_slopes, fc2_slopes = back([[1.0, 0.0], [1.0, 0.0]])
        >>> row_slopes
        [[10.0, 0.0], [-5.0, -5.0]]
        >>> fc1_slopes
        [[30.0, 10.0], [0.0, 0.0], [-15.0, 5.0]]
        >>> fc2_slopes
        [(3.0, 2.0, 2.0), (0.0, 0.0, 0.0)]
    """
    hidden = [[unit if unit > 0 else 0.0 for unit in row] for row in row_products(rows, fc1)]
    reports = columns(fc2)

    def back(slopes: Rows) -> tuple[Rows, Rows, Rows]:
        unit_slopes = [
            [_inner(slope, report) if unit else 0.0 for unit, report in zip(units, reports)]
            for slope, units in zip(slopes, hidden)
        ]
        fc1_slopes = [mixture(one, rows) for one in columns(unit_slopes)]
        fc2_slopes = columns([mixture(one, slopes) for one in columns(hidden)])
        return [mixture(one, fc1) for one in unit_slopes], fc1_slopes, fc2_slopes

    return [mixture(units, reports) for units in hidden], back


def head_and_back(
    queries: Rows, keys: Rows, values: Rows
) -> tuple[list[list[float]], Callable[[Rows], tuple[Rows, Rows, Rows]]]:
    r"""Let all positions of a document look back with one head, and lead back.

    With the shares $p = \mathrm{softmax}(q K^T / \sqrt d)$ and the mix $y = p V$, each of the two products is
    linear in both its factors, and the rule of `linear` applies to each:

    $$\bar v = p^T \bar y \qquad \bar p = \bar y\, v^T \qquad
    \bar q = \bar s\, k / \sqrt d \qquad \bar k = \bar s^T q / \sqrt d$$

    In between, $\bar s$ comes from $\bar p$ by the rule of softmax. The share of a later position is 0, and
    so is the slope of its score.

    Args:
        queries: `[n_new][head_dim]`: the last positions, or all of them.
        keys: `[n_ctx][head_dim]`.
        values: `[n_ctx][head_dim]`.

    Returns:
        The mixes, `[n_new][head_dim]`, and what turns their slopes into those of queries, keys and values.

    Examples:
        Two positions with keys of one number. The second query, 0, gives each value one half.

        >>> mixed, back = head_and_back([[9.0], [0.0]], [[1.0], [3.0]], [[10.0, 0.0], [20.0, 8.0]])
        >>> mixed
        [[10.0, 0.0], [15.0, 4.0]]

        The slope 1 for the 15. Both values get their share of it. The shares have the slopes 10 and 20, and
        their average is 15: so the scores have -2.5 and 2.5. The query gets -2.5 · 1 + 2.5 · 3, and the keys
        get nothing, since the query that they met is 0.

        >>> score_slopes([10.0, 20.0], [0.5, 0.5])
        [-2.5, 2.5]
        >>> query_slopes, key_slopes, value_slopes = back([[0.0, 0.0], [1.0, 0.0]])
        >>> value_slopes
        [[0.5, 0.0], [0.5, 0.0]]
        >>> query_slopes, key_slopes
        ([[0.0], [5.0]], [[0.0], [0.0]])
    """
    scale, n_ctx = len(queries[0]) ** -0.5, len(keys)
    asked = [[scale * x for x in query] for query in queries]
    shares = []
    for n_seen, query in enumerate(asked, n_ctx - len(queries) + 1):
        (scores,) = row_products([query], keys[:n_seen])
        shares.append(shares_of(scores) + [0.0] * (n_ctx - n_seen))

    def back(slopes: Rows) -> tuple[Rows, Rows, Rows]:
        of_shares = row_products(slopes, values)
        of_scores = [score_slopes(*pair) for pair in zip(of_shares, shares)]
        of_queries = [[scale * x for x in row] for row in row_products(of_scores, columns(keys))]
        of_keys = row_products(columns(of_scores), columns(asked))
        return of_queries, of_keys, row_products(columns(shares), columns(slopes))

    return row_products(shares, columns(values)), back


def attention_and_back(
    queries: Rows, keys: Rows, values: Rows, n_head: int
) -> tuple[list[list[float]], Callable[[Rows], list[list[list[float]]]]]:
    """Let all heads look back, each with its own piece of the numbers, and put what they found side by side.

    Args:
        queries: `[n_new][n_embd]`.
        keys: `[n_ctx][n_embd]`.
        values: `[n_ctx][n_embd]`.
        n_head: The number of heads; it divides n_embd.

    Returns:
        `[n_new][n_embd]`, and what turns its slopes into those of queries, keys and values.

    Examples:
        One position and two heads: each can only take its own value.

        >>> mixed, back = attention_and_back([[5.0, -1.0]], [[1.0, 2.0]], [[3.0, 4.0]], n_head=2)
        >>> mixed, back([[7.0, 8.0]])
        ([[3.0, 4.0]], [[[0.0, 0.0]], [[0.0, 0.0]], [[7.0, 8.0]]])
    """
    dim = len(queries[0]) // n_head
    pieces = [slice(start, start + dim) for start in range(0, n_head * dim, dim)]

    def cut(rows: Rows, piece: slice) -> Rows:
        return [row[piece] for row in rows]

    heads = [head_and_back(cut(queries, one), cut(keys, one), cut(values, one)) for one in pieces]

    def back(slopes: Rows) -> list[list[list[float]]]:
        found = [head_back(cut(slopes, one)) for (_, head_back), one in zip(heads, pieces)]
        return [_side_by_side(parts) for parts in zip(*found)]

    return _side_by_side(mixed for mixed, _ in heads), back


def _side_by_side(parts: Iterable[Rows]) -> list[list[float]]:
    return [[number for piece in row for number in piece] for row in zip(*parts)]
