r"""The four things that the model does with lists of numbers.

# What you will be able to do

- compute by hand what `linear`, `softmax`, `rmsnorm` and `add` make of a few numbers;
- write a softmax that cannot overflow, and say what a shift and a stretch of its scores do;
- tell by its numbers that a program takes rows for columns, divides by zero, or shares along the wrong axis.

# The question

Inside the model a letter is a list of 16 numbers, a *vector*. **What can be done with vectors, such that
every step has a slope and a machine can learn which numbers to put in?** Surprisingly little is needed.

`[n]` is a list of `n` numbers. `[n_out][n_in]` is a list of `n_out` rows of `n_in` numbers each, a
*matrix*. Sizes are named after what they count.

# The picture

| operation | what it does | a picture of it | shape |
|---|---|---|---|
| `linear` | every output is a weighted sum of all inputs | a mixing desk | `[n_in]` -> `[n_out]` |
| `softmax` | turns any scores into shares of 1 | seats after an election | `[n]` -> `[n]` |
| `rmsnorm` | brings the numbers to one size and keeps their ratios | a volume control | `[n]` -> `[n]` |
| `add` | adds number by number | a remark on a page | `[n]`, `[n]` -> `[n]` |

`linear` and `add` are straight: twice the input, twice the output. `softmax` and `rmsnorm` are not, and
neither is the `relu` of `microgpt.autograd`, which the model applies to single numbers. This matters more
than it seems; see the question about two layers in a row.

>>> def mix(x):
...     return linear(x, [[3.0, 5.0]])
>>> [f([2.0, 4.0]) == add(f([1.0, 2.0]), f([1.0, 2.0])) for f in (mix, softmax, rmsnorm)]
[True, False, False]

# linear: mix

Think of a mixing desk with `n_in` incoming sounds and `n_out` loudspeakers. Each loudspeaker has a row of
sliders, one per sound, and plays the sum. The rows of sliders are the matrix; learning moves the sliders.
This is a *linear layer*, and of the four operations the only one that has parameters.

```mermaid
graph LR
    x["x [n_in]<br/>1, 2, 3"] --> r1["row 1 · x<br/>1 · 10 + 2 · 5 + 3 · 4"]
    x --> r2["row 2 · x<br/>1 · 20 + 2 · 0 + 3 · 10"]
    r1 --> y["y [n_out]<br/>32, 50"]
    r2 --> y
```

A matrix written beside a vector, $Wx$, means this: each row of $W$ meets $x$ in a dot product. Two matrices
side by side, $VW$, are the one matrix that does what $W$ does and then what $V$ does.

What to know about it:

- *It measures.* A row is a pattern, and its output says how much of the pattern is in $x$.
- *It changes sizes.* Three numbers go in and two come out, or the other way round.
- *It cannot bend.* Inputs in equal steps give outputs in equal steps.
- *0 stays 0*, since nothing is added after the mixing (no *bias*, as that number is called).

??? question what linear "What does one row of the matrix do, and what one column?"

    A row makes one output: it says how much of each input goes into it. A column belongs to one input: it
    says where that input goes. Turn on a single input, and its column comes out.

    >>> linear([0.0, 1.0, 0.0], [[10, 5, 4], [20, 0, 10]])
    [5.0, 0.0]

??? question deeper linear "Two linear layers in a row: how much more can they do than one?"

    Nothing. $V(Wx) = (VW)x$, and each column of the one matrix $VW$ is $V$ applied to that column of $W$.
    Without something that bends in between, depth buys nothing.

    >>> W, V = [[1.0, 2.0], [0.0, 1.0], [3.0, 0.0]], [[1.0, 0.0, 2.0], [0.0, 5.0, 0.0]]
    >>> linear(linear([1.0, 2.0], W), V)
    [11.0, 10.0]
    >>> columns = [linear(column, V) for column in zip(*W)]
    >>> VW = [list(row) for row in zip(*columns)]
    >>> VW, linear([1.0, 2.0], VW)
    ([[7.0, 2.0], [0.0, 5.0]], [11.0, 10.0])

# softmax: choose

An election. A *hard* choice gives all seats to the winner. A *soft* one gives everybody a share, the
winner most: each score becomes e to that score, and the shares are in proportion to the results. That is
*softmax*. If the winner's lead shrinks a little, the hard choice stays as it is, or tips over; the soft
one moves a little. Only the soft kind has a slope to learn from. Here are the shares of three scores:

```mermaid
graph TD
    s["scores<br/>2, 1, 0.1"] --> minus["minus the largest<br/>0, −1, −1.9"]
    minus --> e["e to each<br/>1, 0.3679, 0.1496"]
    e --> t["their total<br/>1.5174"]
    e --> share["each divided by it<br/>0.659, 0.2424, 0.0986"]
    t --> share
```

Scores that are meant for a softmax are called *logits* elsewhere, above all the scores that the model gives
to the 27 tokens at its end.

What to know about it:

- *Range.* Shares lie between 0 and 1. A single score gets exactly 1. With two or more, exact arithmetic
  reaches neither end; floats reach 1.0 at a lead of 37 and 0.0 at a gap of 746.
- *Sum.* They add up to 1, so they can serve as probabilities.
- *Order.* A higher score gets a higher share.
- *Differences decide.* The ratio of two shares is e to the difference of their scores. Adding the same
  number to all scores changes nothing.
- *Scale decides.* Doubling all scores sharpens the choice; halving them evens it out. To divide the scores by
  a number $T$, called the temperature, does this on purpose: $T = 1$ leaves them alone, below 1 the winner
  takes more, above 1 less. `microgpt.sampling` uses it.

>>> for T in (0.5, 1, 2):
...     print(T, [round(share, 2) for share in softmax([2 / T, 1 / T, 0.1 / T])])
0.5 [0.86, 0.12, 0.02]
1 [0.66, 0.24, 0.1]
2 [0.5, 0.3, 0.19]
>>> softmax([37.0, 0.0])[0], softmax([746.0, 0.0])[1]
(1.0, 0.0)

Move one score alone, then all three together, and then $T$, and look at the shares: what changes them, and
what does not?

```figure
softmax
```

The *max trick*: subtract the largest score $m$ from all of them first. The shares stay the same, because a
factor $e^{-m}$ stands above and below the line and cancels. But now e is never raised to a number above 0, so
nothing can overflow. ($\sum_j$ is read "the sum over all j", and $\max_j s_j$ "the largest of all".)

$$\frac{e^{s_i}}{\sum_j e^{s_j}} = \frac{e^{s_i} \cdot e^{-m}}{\sum_j e^{s_j} \cdot e^{-m}}
= \frac{e^{s_i - m}}{\sum_j e^{s_j - m}} \qquad m = \max_j s_j$$

The code takes $m$ as a plain number, so no slope runs through it. None is lost. Whatever is subtracted from
all scores alike, the shares stay the same, and what changes nothing has the slope 0.

??? question why softmax "Why not simply divide each score by the sum of the scores?"

    Scores may be negative, and so may their sum; then "shares" are negative or above 1, and a sum of 0
    divides by 0. Raising e to each score first makes everything positive and keeps the order.

    >>> scores = [3.0, -1.0, -1.5]
    >>> [score / sum(scores) for score in scores], [round(share, 2) for share in softmax(scores)]
    ([6.0, -2.0, -3.0], [0.97, 0.02, 0.01])

??? question deeper softmax "What is the log of a share, and why do libraries compute it in one go?"

    The log of a quotient is a difference, and the log undoes the e: $\log \mathrm{softmax}(s)_i = s_i - m
    - \log \sum_j e^{s_j - m}$. Both ways give the same number but for rounding, unless the share is so tiny
    that a float has few digits left for it. Where it has become 0.0 there is no log of it, and the first way
    fails; the second never makes the share, and has an answer even there. The loss needs this log. The
    original takes the log of the share, and so do we; the last pitfall shows the risk.

    >>> from microgpt.autograd import log
    >>> def log_softmax(scores):
    ...     top = max(scores)
    ...     whole = total([exp(score - top) for score in scores])
    ...     return [score - top - log(whole) for score in scores]
    >>> [round(log(share), 4) for share in softmax([2, 1, 0.1])]
    [-0.417, -1.417, -2.317]
    >>> [round(number, 4) for number in log_softmax([2, 1, 0.1])], log_softmax([746.0, 0.0])
    ([-0.417, -1.417, -2.317], [0.0, -746.0])

# rmsnorm: calm down

An automatic volume control: whisper or shout, what comes out is equally loud, and the melody is
untouched. *RMS normalization* divides a vector by its *root mean square*: square all numbers, take the
mean, take the root. (A tiny number, *epsilon*, here `1e-5`, is added before the root, so that zeros do not
divide by zero.)

```mermaid
graph LR
    x["x<br/>2, 4, 6"] --> sq["mean of the<br/>squares<br/>18.6667"]
    sq --> root["plus epsilon,<br/>to the power −1/2<br/>0.2315"]
    root --> y["x times this<br/>0.4629, 0.9258,<br/>1.3887"]
    x --> y
```

Without it, sizes are left to chance. Here are ten layers with random matrices. If their numbers are 0.5
in size, the vector grows from layer to layer; if they are 0.125, it fades. With `rmsnorm` before each
layer, what the first, the fifth and the tenth give is about equally large. (`rng.gauss(0, spread)` draws
around 0, mostly no farther from it than `spread`; `list` in the place of `rmsnorm` only copies.)

>>> import random
>>> def size(x):
...     return (dot(x, x) / len(x)) ** 0.5
>>> def sizes(spread, norm):
...     rng, x, found = random.Random(1), [1.0] * 16, []
...     for _ in range(10):
...         x = linear(norm(x), [[rng.gauss(0, spread) for _ in x] for _ in x])
...         found.append(size(x))
...     return [round(found[layer], 3) for layer in (0, 4, 9)]
>>> sizes(0.5, list), sizes(0.125, list)
([2.294, 31.475, 2155.255], [0.573, 0.031, 0.002])
>>> sizes(0.5, rmsnorm), sizes(0.125, rmsnorm)
([2.294, 2.124, 2.634], [0.573, 0.531, 0.658])

*Layer normalization*, its older sister, first subtracts the mean. This one does not, and what remains of a
vector is not the same.

>>> x = [2.0, 4.0, 6.0]
>>> mean = sum(x) / 3
>>> spread = (sum((value - mean) ** 2 for value in x) / 3) ** 0.5
>>> [round((value - mean) / spread, 4) for value in x], [round(value, 4) for value in rmsnorm(x)]
([-1.2247, 0.0, 1.2247], [0.4629, 0.9258, 1.3887])

Elsewhere both usually have a learned factor for each number. The original microgpt leaves it out, and so
do we.

What to know about it:

- *Direction.* All numbers are multiplied by the same factor above 0, so their ratios and signs stay.
- *Size.* The mean square becomes 1, whatever it was, unless the vector is nearly 0.
- *Bound.* The squares of 16 numbers add up to 16 then, so one of them can be 4 at most, $\sqrt n$.
- *Slopes.* They are divided by the size too; the question at the function `rmsnorm`, below, shows it.

??? question what rmsnorm "Which of these does rmsnorm change: sign, order, ratio, size?"

    Only the size.

    >>> [round(value, 3) for value in rmsnorm([30.0, -10.0, 20.0])]
    [1.389, -0.463, 0.926]

??? question why rmsnorm "Why keep numbers at one size at all, and does this model need it?"

    Three reasons are given. Numbers that *explode* or *vanish* from layer to layer leave nothing to learn
    from; the ten layers above show both. At one *scale*, every layer sees the kind of numbers that it saw
    before, however the layers before it have changed. And with one pace of learning that fits all, training
    settles (*converges*) sooner.

    They are reasons for deep stacks. Ours has one layer, in a wider sense of the word: six matrices that
    belong together (`microgpt.model`). The paths of the next section carry the vector past them. On the page
    `docs/pages/experiments.md` nothing explodes without normalization, in one layer or in
    four. The model normalizes once at its start, and again before each part of a layer. The first matters in
    a short run; the others hardly do, and only with four layers and ten thousand steps are they missed a
    little.

# add: combine

The model adds vectors for two purposes: to put "which letter" and "which place" into one vector, and for
a *residual connection*, where a layer's result is added to its input. Then a layer only has to learn what
to change, as one who writes a remark on a page need not copy the page. Along this path a slope of 1 comes
back, since the slope of a sum is 1. The slope through the layer is added to it, and may have the other
sign.

>>> x = [1.0, -2.0, 3.0]
>>> remark = linear(x, [[0.0, 0.1, 0.0], [0.0, 0.0, 0.0], [0.5, 0.0, 0.0]])
>>> add(remark, x)
[0.8, -2.0, 3.5]

# Values and floats

Each function takes `microgpt.autograd.Value`s or plain floats and returns the same kind. Division is
written `* b**-1` so that both give the same bits; the autograd chapter says why.

The line `@stage` above a function lets somebody watch what goes in and comes out (`microgpt.stages`). It
changes nothing, and can be read over.

# Pitfalls

**A transposed matrix, hidden by a square one.** *Transposed* means that rows and columns are exchanged. $Wx$
takes a dot product with each row; $xW$, as others write it, takes one with each column. With a square
matrix the wrong one runs and gives other numbers; test with matrices that are not square, and it is refused.

>>> W = [[1.0, 2.0], [3.0, 4.0]]
>>> transposed = [list(column) for column in zip(*W)]
>>> linear([1.0, 1.0], W), linear([1.0, 1.0], transposed)
([3.0, 7.0], [4.0, 6.0])
>>> linear([1.0, 1.0, 1.0], [[10.0, 20.0], [5.0, 0.0], [4.0, 10.0]])
Traceback (most recent call last):
    ...
ValueError: linear got 3 inputs for a matrix with rows of 2; give it 2 inputs

**No max trick.** Scores of 1000, 999 and 998 are nothing special, but e to the 1000 is beyond all floats.
(Array libraries give inf, then inf divided by inf, which is nan, and go on.)

>>> exp(1000.0)
Traceback (most recent call last):
    ...
OverflowError: math range error
>>> [round(share, 4) for share in softmax([1000.0, 999.0, 998.0])]
[0.6652, 0.2447, 0.09]

**Divided along the wrong axis.** A row of scores for each of two places in a text. The shares of each row
must add up to 1, and here those of each column do. The numbers look like probabilities; add up a row to find
out. (`zip(*...)` exchanges rows and columns.)

>>> scores = [[2.0, 1.0, 0.0], [0.0, 0.0, 3.0]]
>>> by_column = [softmax(column) for column in zip(*scores)]
>>> wrong = list(zip(*by_column))
>>> [round(sum(row), 2) for row in wrong], [round(sum(softmax(row)), 2) for row in scores]
([1.66, 1.34], [1.0, 1.0])

**Epsilon forgotten.** A vector of zeros has the mean square 0, which has no inverse root. An epsilon that
is too large is worse, since nothing fails: small vectors stay small.

>>> 0.0**-0.5
Traceback (most recent call last):
    ...
ZeroDivisionError: 0.0 cannot be raised to a negative power
>>> [round(0.01 * (0.01**2 + epsilon) ** -0.5, 2) for epsilon in (EPSILON, 1.0)]
[0.95, 0.01]

**A mean square of 1 is not a variance of 1.** The mean is not removed. Who expects a variance (the mean
squared distance from the mean) of 1 will think that the function is broken.

>>> y = rmsnorm([2.0, 4.0, 6.0])
>>> mean_square, mean = dot(y, y) / 3, sum(y) / 3
>>> variance = sum((value - mean) ** 2 for value in y) / 3
>>> round(mean_square, 4), round(mean, 4), round(variance, 4)
(1.0, 0.9258, 0.1429)

**The log of a share that has become 0.0.** It takes a gap of 746 between two scores.

>>> from microgpt.autograd import log
>>> log(softmax([746.0, 0.0])[1])
Traceback (most recent call last):
    ...
ValueError: math domain error

# Check yourself

??? question what softmax "What does softmax make of equal scores, of one score, and of a lead of ln 3?"

    Equal shares; 1; and three times as much for the leader as for the other.

    >>> softmax([7.0, 7.0, 7.0, 7.0]), softmax([-5.0])
    ([0.25, 0.25, 0.25, 0.25], [1.0])
    >>> [round(share, 6) for share in softmax([5.0 + log(3.0), 5.0])]
    [0.75, 0.25]

??? question how linear "How do you test that a linear layer does not have its matrix the wrong way round?"

    Give it a matrix that is not square, with numbers that are all different, and compare with a result
    worked out by hand. A square matrix would run both ways, and one that equals its own transpose would
    even give the same result.

    >>> linear([1, 2, 3], [[10, 5, 4], [20, 0, 10]])
    [32.0, 50.0]

# To keep

- `linear` is a dot product with each row, and two of them in a row are one unless something bends between
  them.
- `softmax` sees only the differences of its scores, and subtracting the largest keeps it from overflowing.
- `rmsnorm` divides a vector by the root of its mean square: its size becomes 1 and its direction stays.

# What follows

Each vector still knows only itself. How does a position look back at the ones before it? `microgpt.attention`
builds a memory from `linear` and `softmax`.

Sources: softmax is named by John Bridle (1990), and its formula is Ludwig Boltzmann's, from the physics
of gases. Layer normalization is Ba, Kiros and Hinton's (2016); RMS normalization is Zhang and Sennrich,
"Root Mean Square Layer Normalization" (2019). Residual connections are He, Zhang, Ren and Sun, "Deep
Residual Learning for Image Recognition" (2015).
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
        - *Order.* The matrix is `[n_out][n_in]` and stands on the left: $Wx$, not $xW$.
        - *Shape.* Pairing lists of different lengths would silently drop numbers, so it is refused.
        - *No bias.* Nothing is added after the mixing. GPT-2 adds a bias here; many later models do without.
        - *Size.* Floats that grow too large become inf without a word, and the next function makes nan or 0
          of it. See the last example.

    ??? question why linear "Why are the rows the outputs, and not the columns?"

        Each output then is a dot product with one list that lies there ready. With one row per input the
        loop would have to collect a column for each output. It is a choice: others write $xW$ and store the
        transpose, so look at the shape before you copy a matrix from elsewhere.

    Examples:
        Three inputs, two outputs: 1·10 + 2·5 + 3·4 = 32 and 1·20 + 2·0 + 3·10 = 50.

        >>> linear([1, 2, 3], [[10, 5, 4], [20, 0, 10]])
        [32.0, 50.0]

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

        Too large for a float, and nothing complains.

        >>> linear([1e308, 1e308], [[1.0, 1.0]]), softmax([float("inf"), 0.0]), rmsnorm([1e200, 1.0])
        ([inf], [nan, nan], [0.0, 0.0])
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

    $\mathrm{softmax}(s)_i$ is read "share number i". The two forms are equal; the second cannot overflow.

    Args:
        scores: Any numbers, `[n]` with `n` at least 1.

    Returns:
        The shares, `[n]`.

    Raises:
        ValueError: If there are no scores.

    ??? question how softmax "How do you write a softmax that cannot overflow?"

        Find the largest score, subtract it from all, raise e to each, add up, divide each by the sum. The
        largest becomes e to the 0, which is 1, so the sum is at least 1 and nothing divides by 0 either.

        >>> stable = [exp(score - 1000) for score in (1000, 999, 998)]
        >>> [round(e, 4) for e in stable], [round(e / total(stable), 4) for e in stable]
        ([1.0, 0.3679, 0.1353], [0.6652, 0.2447, 0.09])

    Examples:
        Scores 2, 1 and 0.1, step by step: subtract 2, raise e to each, add up, divide.

        >>> [round(exp(s - 2), 4) for s in (2, 1, 0.1)]
        [1.0, 0.3679, 0.1496]
        >>> round(1 + exp(-1.0) + exp(-1.9), 4)
        1.5174
        >>> [round(share, 4) for share in softmax([2, 1, 0.1])]
        [0.659, 0.2424, 0.0986]

        Only differences count, to the last bit here.

        >>> softmax([1000, 999, 998]) == softmax([2, 1, 0])
        True

        Raising one score raises its own share $p$ and takes from the others. The slope of the first share is
        $p_1 (1 - p_1)$ for its own score and $-p_1 p_j$ for another. Why? A tiny $h$, added to the score
        $s_j$, multiplies $e^{s_j}$ by nearly $1 + h$ and the sum by $1 + h p_j$. Divided by a larger sum, the
        share $p_1$ loses the fraction $h p_j$ of itself; if the score is its own, it gains the fraction $h$
        of itself as well. All slopes together are 0.

        >>> from microgpt.autograd import Value
        >>> scores = [Value(2.0), Value(1.0), Value(0.1)]
        >>> softmax(scores)[0].backward()
        >>> [round(score.grad, 4) for score in scores], round(total([score.grad for score in scores]), 9)
        ([0.2247, -0.1598, -0.065], 0.0)
        >>> p = softmax([2.0, 1.0, 0.1])
        >>> round(p[0] * (1 - p[0]), 4), round(-p[0] * p[1], 4)
        (0.2247, -0.1598)
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

    with `EPSILON` for $\varepsilon$.

    Args:
        x: A vector, `[n]`.

    Returns:
        The vector at its new size, `[n]`.

    Raises:
        ValueError: If there are no numbers.

    Pitfalls:
        - *Over what?* Over the numbers of one place in the text, never over several places: none may
          look at a later one.

    ??? question how rmsnorm "How does RMS normalization keep numbers at one size?"

        It measures the size and divides by it: mean of the squares, plus epsilon, to the power -1/2, times
        each number. Ten times louder in, the same out; only near 0 does epsilon count.

        >>> [round(value, 4) for value in rmsnorm([20.0, 40.0, 60.0])]
        [0.4629, 0.9258, 1.3887]
        >>> [round(value, 4) for value in rmsnorm([0.002, -0.004, 0.006])], rmsnorm([0.0, 0.0])
        ([0.3735, -0.7471, 1.1206], [0.0, 0.0])

    ??? question deeper rmsnorm "The input is ten times as large: what happens to the slopes?"

        They are a tenth, since the same nudge is now a tenth as much of the whole. And to make all numbers
        larger by the same small fraction changes next to nothing. So the slopes, each times its own number,
        add up to almost exactly 0.

        >>> from microgpt.autograd import Value
        >>> for factor in (1.0, 10.0):
        ...     x = [Value(factor * number) for number in (2.0, 4.0, 6.0)]
        ...     rmsnorm(x)[0].backward()
        ...     slopes = [value.grad for value in x]
        ...     print([round(slope, 4) for slope in slopes], abs(round(dot([2.0, 4.0, 6.0], slopes), 4)))
        [0.2149, -0.0331, -0.0496] 0.0
        [0.0215, -0.0033, -0.005] 0.0

    Examples:
        [2, 4, 6] in three steps: the mean of the squares, one over its root, the products.

        >>> round((2**2 + 4**2 + 6**2) / 3, 4)
        18.6667
        >>> round((18.6667 + EPSILON) ** -0.5, 4)
        0.2315
        >>> y = rmsnorm([2.0, 4.0, 6.0])
        >>> [round(value, 4) for value in y]
        [0.4629, 0.9258, 1.3887]

        The bound: one number that is not 0 becomes the root of 4.

        >>> [round(value, 4) for value in rmsnorm([0.0, 9.0, 0.0, 0.0])]
        [0.0, 2.0, 0.0, 0.0]
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

        The path around the layer is a slope of 1, and the layer's own slope is added.

        >>> from microgpt.autograd import Value
        >>> x = Value(2.0)
        >>> add([x * 0.01], [x])[0].backward()
        >>> round(x.grad, 2)
        1.01
    """
    if len(a) != len(b):
        raise ValueError(f"add got vectors of {len(a)} and {len(b)} numbers; give it two of the same length")
    return [x + y for x, y in zip(a, b)]
