r"""The four things that the model does with lists of numbers.

# The question

Inside the model a letter is a list of 16 numbers, a *vector*. What can be done with vectors, such that
every step has a slope and a machine can learn which numbers to put in? Surprisingly little is needed:

| operation | in words | shape |
|---|---|---|
| `linear` | mix: every output is a weighted sum of all inputs | `[n_in]` -> `[n_out]` |
| `softmax` | choose, softly: turn scores into shares of 1 | `[n]` -> `[n]` |
| `rmsnorm` | calm down: keep the direction, make the mean square 1 | `[n]` -> `[n]` |
| `add` | combine: number by number | `[n]`, `[n]` -> `[n]` |

(A fifth, `relu` on each number, is the bend of `microgpt.autograd`. Which 16 numbers stand for a letter
is the business of `microgpt.model`.)

`[n]` is a list of `n` numbers. `[n_out][n_in]` is a list of `n_out` rows of `n_in` numbers each, a
*matrix*. Sizes are named after what they count.

# linear: mix

Think of a mixing desk with `n_in` incoming sounds and `n_out` loudspeakers. Each loudspeaker has a row of
sliders, one per sound, and plays the sum. The rows of sliders are the matrix; learning moves the sliders.

```mermaid
graph LR
    x["x [n_in]"] --> r1["row 1 · x"]
    x --> r2["row 2 · x"]
    x --> r3["row n_out · x"]
    r1 --> y["y [n_out]"]
    r2 --> y
    r3 --> y
```

Seen as geometry, a matrix can turn, stretch, shear, mirror or flatten space, and change its number of
dimensions. It cannot bend: a straight line stays straight, and 0 stays 0, since there is no bias. Two linear
layers in a row are one linear layer, $V(Wx) = (VW)x$: without something that bends in between, depth buys
nothing.

Of the four operations only this one has parameters here. (Elsewhere RMS normalization usually has a
learned factor for each number; the original microgpt leaves it out, and so do we.)

# softmax: choose

An election. *Hard* choice gives everything to the winner. *Soft* choice gives seats in proportion to e
raised to the score, so that the winner gets most, nobody gets nothing, and a small change of a score is a
small change of the result. Only the soft kind has a useful slope.

```mermaid
graph LR
    s["scores [n]"] --> m["largest score"]
    s --> minus["minus the largest"]
    m --> minus
    minus --> e["exp of each"]
    e --> t["their total"]
    e --> share["divide by the total"]
    t --> share
```

What to know about it:

- *Range.* Shares lie between 0 and 1. A single score gets exactly 1. With two or more, exact arithmetic
  reaches neither end; floats reach 1.0 at a lead of 37 and 0.0 at a gap of 746.
- *Sum.* They add up to 1, so they can serve as probabilities.
- *Order.* A higher score gets a higher share.
- *Differences decide.* The ratio of two shares is e to the difference of their scores. Adding the same
  number to all scores changes nothing.
- *Scale decides.* Doubling all scores sharpens the choice; halving them evens it out. Dividing by a
  *temperature* does this on purpose, in `microgpt.sampling`.

The *max trick*: subtract the largest score from all of them first. The shares stay the same, because a
factor $e^{-m}$ stands above and below the line and cancels. But now e is never raised to a positive
number, so nothing can overflow. (The largest score counts as a plain number here, though it depends on
the scores. That is right: adding the same number to all scores changes nothing, so it has no slope.)

$$\frac{e^{s_i}}{\sum_j e^{s_j}} = \frac{e^{s_i} \cdot e^{-m}}{\sum_j e^{s_j} \cdot e^{-m}}
= \frac{e^{s_i - m}}{\sum_j e^{s_j - m}} \qquad m = \max_j s_j$$

# rmsnorm: calm down

An automatic volume control: whisper or shout, what comes out is equally loud, and the melody is untouched.

```mermaid
graph LR
    x["x [n]"] --> sq["mean of squares"]
    sq --> eps["+ 0.00001"]
    eps --> root["to the power −1/2"]
    root --> times(("×"))
    x --> times
    times --> y["y [n]"]
```

Without it, sizes are left to chance: each layer hands on what it happens to produce, and in a deep stack
that can explode or fade away. With it every layer sees numbers of about the same size from the first step
to the last. (Our single layer would survive without it, a little worse.)

*Layer normalization*, its older sister, first subtracts the mean. Both need statistics over all numbers,
then a second pass to scale; this one has one statistic fewer.

>>> x = [2.0, 4.0, 6.0]
>>> mean = sum(x) / 3
>>> spread = (sum((value - mean) ** 2 for value in x) / 3) ** 0.5
>>> [round((value - mean) / spread, 4) for value in x], [round(value, 4) for value in rmsnorm(x)]
([-1.2247, 0.0, 1.2247], [0.4629, 0.9258, 1.3887])

# add: combine

The model adds vectors for two purposes: to put "which letter" and "which place" into one vector, and for
*residual connections*, where a layer's result is added to its input. Then a layer only has to learn what
to change, and along this path a slope passes undiminished, since the slope of a sum is 1. What the layer
contributes is added to it.

# Check yourself

??? question "Why not simply divide each score by the sum of the scores?"

    Scores may be negative, and so may their sum; then "shares" are negative or above 1, and a sum of 0
    divides by 0. Raising e to each score first makes everything positive and keeps the order.

??? question "What does softmax make of equal scores, and of hopeless ones?"

    >>> softmax([7.0, 7.0, 7.0, 7.0])
    [0.25, 0.25, 0.25, 0.25]
    >>> softmax([37.0, 0.0])[0], softmax([746.0, 0.0])[1]
    (1.0, 0.0)

??? question "Show with numbers that two linear layers are one."

    First W, then V, on [1, 2]; and the one matrix VW, whose rows are V applied to the columns of W.

    >>> W, V = [[1.0, 2.0], [0.0, 1.0], [3.0, 0.0]], [[1.0, 0.0, 2.0], [0.0, 5.0, 0.0]]
    >>> linear(linear([1.0, 2.0], W), V)
    [11.0, 10.0]
    >>> VW = [[dot(row, column) for column in zip(*W)] for row in V]
    >>> VW, linear([1.0, 2.0], VW)
    ([[7.0, 2.0], [0.0, 5.0]], [11.0, 10.0])

# Values and floats

Each function takes `microgpt.autograd.Value`s or plain floats and returns the same kind. Division is
written `* b**-1` so that both give the same bits; the autograd chapter says why.

# What follows

The line `@stage` above a function lets somebody watch what goes in and comes out (`microgpt.stages`). It
changes nothing, and can be read over.


`microgpt.attention` builds a memory from `linear` and `softmax`; `microgpt.model` stacks it all.

Sources: softmax is named by John Bridle (1990), and its formula is Ludwig Boltzmann's, from the physics
of gases. RMS normalization is Zhang and Sennrich, "Root Mean Square Layer Normalization" (2019). Residual
connections are He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition" (2015).
"""

from microgpt.autograd import Matrix, Scalar, Vector, dot, exp, total
from microgpt.stages import stage

EPSILON = 1e-5
"""What `rmsnorm` adds before its root, so that a vector of zeros does not divide by zero."""


@stage
def linear(x: Vector[Scalar], weight: Matrix[Scalar]) -> list[Scalar]:
    r"""Mix the inputs: each output is the dot product of the inputs with one row of the matrix.

    $$y = W x \qquad y_i = \sum_j W_{ij}\, x_j$$

    Args:
        x: The inputs, `[n_in]`.
        weight: One row for each output, `[n_out][n_in]`.

    Returns:
        The outputs, `[n_out]`.

    Raises:
        ValueError: If the rows are not as long as `x`.

    Pitfalls:
        - *Order.* The matrix is `[n_out][n_in]` and stands on the left: $Wx$. The other way round, $xW$,
          is a different result, and with a square matrix nothing would complain.
        - *Shape.* Pairing lists of different lengths would silently drop numbers, so it is refused.
        - *Size.* Sums and products of floats overflow to `inf` without a word, and nothing here
          complains: from an `inf` softmax and rmsnorm make nan, and where only the squares overflow,
              rmsnorm gives zeros.
        - *No bias.* Nothing is added after the mixing, so inputs of 0 give outputs of 0. GPT-2 adds a
          bias here; many later models do without.

    Examples:
        Three inputs, two outputs: 1·10 + 2·5 + 3·4 = 32 and 1·20 + 2·0 + 3·10 = 50.

        >>> linear([1, 2, 3], [[10, 5, 4], [20, 0, 10]])
        [32.0, 50.0]

        Rows, not columns: $Wx$ is [3, 7] where $xW$ would be [4, 6].

        >>> linear([1, 1], [[1, 2], [3, 4]]), linear([1, 1], [[1, 3], [2, 4]])
        ([3.0, 7.0], [4.0, 6.0])

        The slope of an output with respect to a weight is the input it multiplies.

        >>> from microgpt.autograd import Value
        >>> w = [[Value(0.5), Value(-1.0), Value(2.0)]]
        >>> y = linear([Value(3.0), Value(4.0), Value(5.0)], w)
        >>> y[0].backward()
        >>> y[0].data, [value.grad for value in w[0]]
        (7.5, [3.0, 4.0, 5.0])

        A wrong shape is an error, not a wrong answer.

        >>> linear([1, 2, 3, 4], [[10, 5, 4], [20, 0, 10]])
        Traceback (most recent call last):
            ...
        ValueError: linear got 4 inputs for a matrix with rows of 3; give it 3 inputs
    """
    if len(weight[0]) != len(x):
        raise ValueError(
            f"linear got {len(x)} inputs for a matrix with rows of {len(weight[0])}; "
            f"give it {len(weight[0])} inputs"
        )
    return [dot(row, x) for row in weight]


@stage
def softmax(scores: Vector[Scalar]) -> list[Scalar]:
    r"""Turn any scores into shares that are positive and add up to 1.

    $$\mathrm{softmax}(s)_i = \frac{e^{s_i}}{\sum_j e^{s_j}} = \frac{e^{s_i - m}}{\sum_j e^{s_j - m}}
    \qquad m = \max_j s_j$$

    The two forms are equal; the second, the *max trick*, cannot overflow.

    Args:
        scores: Any numbers, `[n]` with `n` at least 1. The field calls them *logits*.

    Returns:
        The shares, `[n]`.

    Raises:
        ValueError: If there are no scores.

    Pitfalls:
        - *Without the max trick*, Python's `exp` raises OverflowError for large scores. (Array
          libraries give inf/inf, which is nan, and go on.)
        - *The log of a share* that has become 0.0 fails. $s_i - m - \log \sum_j e^{s_j - m}$ is the same
          number and never fails; the original takes the log of the share, and so do we.

    Examples:
        Scores 2, 1 and 0.1, step by step: subtract 2, raise e to each, add up, divide.

        >>> [round(exp(s - 2), 4) for s in (2, 1, 0.1)]
        [1.0, 0.3679, 0.1496]
        >>> round(1 + exp(-1.0) + exp(-1.9), 4)
        1.5174
        >>> [round(share, 4) for share in softmax([2, 1, 0.1])]
        [0.659, 0.2424, 0.0986]

        Large scores are no problem, and only their differences count.

        >>> [round(share, 4) for share in softmax([1000, 999, 998])]
        [0.6652, 0.2447, 0.09]
        >>> softmax([1000, 999, 998]) == softmax([2, 1, 0])
        True

        Halved temperature, doubled scores: the winner takes more.

        >>> [round(share, 4) for share in softmax([2 / 0.5, 1 / 0.5, 0.1 / 0.5])]
        [0.8638, 0.1169, 0.0193]

        Raising one score raises its own share and takes from the others. All slopes together are 0.

        >>> from microgpt.autograd import Value
        >>> scores = [Value(2.0), Value(1.0), Value(0.1)]
        >>> softmax(scores)[0].backward()
        >>> [round(score.grad, 4) for score in scores], round(total([score.grad for score in scores]), 9)
        ([0.2247, -0.1598, -0.065], 0.0)

        A choice among one is no choice.

        >>> softmax([-5.0])
        [1.0]
    """
    if not scores:
        raise ValueError("softmax got no scores; give it at least one")
    largest = max(float(score) for score in scores)
    exps = [exp(score - largest) for score in scores]
    whole = total(exps)
    return [e * whole**-1 for e in exps]


@stage
def rmsnorm(x: Vector[Scalar]) -> list[Scalar]:
    r"""Scale a vector so that the mean of its squares is 1. Its direction stays.

    $$\mathrm{rms}(x) = \sqrt{\tfrac{1}{n} \sum_i x_i^2 + \varepsilon}
    \qquad \mathrm{rmsnorm}(x)_i = \frac{x_i}{\mathrm{rms}(x)}$$

    Args:
        x: A vector, `[n]`.

    Returns:
        The vector at its new size, `[n]`.

    Raises:
        ValueError: If there are no numbers.

    Pitfalls:
        - *Epsilon.* Without it a vector of zeros divides by zero; with 1, small vectors would stay small.
        - *Unit what?* The mean square becomes 1, not the variance: the mean is not removed.
        - *Bounds.* A single entry can be as large as $\sqrt n$, which is 4 for 16 numbers.
        - *Over what?* Over the numbers of one position, never over several positions: no position may
          look at a later one.

    Examples:
        [2, 4, 6] in three steps: the mean of the squares, one over its root, the products.

        >>> round((2**2 + 4**2 + 6**2) / 3, 4)
        18.6667
        >>> round((18.6667 + EPSILON) ** -0.5, 4)
        0.2315
        >>> y = rmsnorm([2.0, 4.0, 6.0])
        >>> [round(value, 4) for value in y]
        [0.4629, 0.9258, 1.3887]

        The mean square is 1 up to epsilon; the variance is not 1.

        >>> round(dot(y, y) / 3, 5), round(dot(y, y) / 3 - (sum(y) / 3) ** 2, 4)
        (1.0, 0.1429)

        Ten times louder in, the same out; only near zero does epsilon count.

        >>> [round(value, 4) for value in rmsnorm([20.0, 40.0, 60.0])]
        [0.4629, 0.9258, 1.3887]
        >>> [round(value, 4) for value in rmsnorm([0.002, -0.004, 0.006])]
        [0.3735, -0.7471, 1.1206]
        >>> rmsnorm([0.0, 0.0])
        [0.0, 0.0]
        >>> [round(value, 4) for value in rmsnorm([0.0, 9.0, 0.0, 0.0])]  # the bound, root of 4
        [0.0, 2.0, 0.0, 0.0]

        Multiplying the whole vector by a number above 0 changes next to nothing, so the slopes, each
        times its own entry, add up to almost exactly 0.

        >>> from microgpt.autograd import Value
        >>> x = [Value(2.0), Value(4.0), Value(6.0)]
        >>> rmsnorm(x)[0].backward()
        >>> [round(value.grad, 4) for value in x]
        [0.2149, -0.0331, -0.0496]
        >>> round(dot([2.0, 4.0, 6.0], [value.grad for value in x]), 6)
        0.0
    """
    if not x:
        raise ValueError("rmsnorm got no numbers; give it at least one")
    mean_square = dot(x, x) * len(x) ** -1
    scale = (mean_square + EPSILON) ** -0.5
    return [value * scale for value in x]


@stage
def add(a: Vector[Scalar], b: Vector[Scalar]) -> list[Scalar]:
    r"""Add two vectors number by number.

    Args:
        a: One vector, `[n]`.
        b: The other, `[n]`.

    Returns:
        The sums, `[n]`.

    Raises:
        ValueError: If the vectors differ in length.

    Examples:
        A layer that changes little, on a residual path.

        >>> x, change = [1.0, -2.0, 3.0], [0.5, 0.0, -0.25]
        >>> add(change, x)
        [1.5, -2.0, 2.75]
        >>> add(change, [1.0, -2.0])
        Traceback (most recent call last):
            ...
        ValueError: add got vectors of 3 and 2 numbers; give it two of the same length

        The path around the layer is a slope of 1, whatever the layer does.

        >>> from microgpt.autograd import Value
        >>> x = Value(2.0)
        >>> add([x * 0.01], [x])[0].backward()
        >>> round(x.grad, 2)
        1.01
    """
    if len(a) != len(b):
        raise ValueError(f"add got vectors of {len(a)} and {len(b)} numbers; give it two of the same length")
    return [x + y for x, y in zip(a, b)]
