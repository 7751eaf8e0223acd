r"""Numbers that remember how they were made, so that blame can flow back to every one of them.

# The question

A model is a long calculation. Thousands of adjustable numbers, its *parameters*, go in at one end;
one number, the *loss*, comes out at the other and says how wrong the model was. To improve the model
we must know, for each parameter: **if I raise it a little, does the loss rise or fall, and how fast?**

That rate is called a *slope* or a *derivative*; all of them together are the *gradient*. This chapter
computes all of them at once, for any calculation made of a few simple operations. Nothing here knows
about language.

# A slope is a nudge

Take a rectangle, 3 wide and 2 high. Make it a little wider and see what the area does.

>>> width, height, nudge = 3.0, 2.0, 0.001
>>> area = width * height
>>> wider = (width + nudge) * height
>>> round((wider - area) / nudge, 6)
2.0

The area grew 2 times as fast as the width, and 2 is the height. Nudge the height instead, and the
rate is 3, the width. In symbols, with $\partial$ read as "a small change of":

$$\frac{\partial\,(w \cdot h)}{\partial w} = h \qquad \frac{\partial\,(w \cdot h)}{\partial h} = w$$

For most calculations a nudge tells the slope only roughly, and the better the smaller it is. A square of
side 3 grows by 6 times the nudge and a little more:

>>> [round(((3 + nudge) ** 2 - 3**2) / nudge, 6) for nudge in (0.1, 0.001, 0.00001)]
[6.1, 6.001, 6.00001]

The slope is what these numbers close in on, 6. Nudging works for every calculation, but each parameter
needs a run of its own: 4,192 runs for one step of our model. The rest of this chapter gets all 4,192
slopes from one run forward and one back.

# Slopes multiply along a path

Three gears: the second turns 3 times as fast as the first, and the third 2 times as fast as the second.
Then the third turns 6 times as fast as the first. Slopes are such rates, and a calculation is a chain of
small operations whose rates are easy.

Here is the smallest model there is: multiply an input $x = 4$ by a weight $w$, add a bias $b$ (a number
of its own), cut off what is negative (an operation called *relu*), and square the distance to the wanted
answer, 3. The numbers on the arrows are the slopes of the single operations.

```mermaid
graph LR
    w["w = 0.5"] -- "4" --> wx["w · x = 2"]
    x["x = 4"] -- "0.5" --> wx
    wx -- "1" --> z["z = w · x + b = 1"]
    b["b = −1"] -- "1" --> z
    z -- "1" --> a["a = relu(z) = 1"]
    a -- "2 (a − 3) = −4" --> L["L = (a − 3)² = 4"]
```

The *forward pass* goes from left to right and computes values. The *backward pass* goes from right to
left and multiplies slopes: the slope of $L$ at a node is the slope of $L$ at the node's result, times
the slope of that one operation. That is the *chain rule*:

$$\frac{\partial L}{\partial w}
= \frac{\partial L}{\partial a} \cdot \frac{\partial a}{\partial z} \cdot \frac{\partial z}{\partial w}
= 2(a - 3) \cdot 1 \cdot x = -4 \cdot 1 \cdot 4 = -16$$

The slope of a square is twice its base; relu lets everything through here, so 1; and $w$ moves $z$ by $x$.

`Value` does this by itself. Python lets a class say what `+` and `*` mean for its objects; for a `Value`,
`w * x` also writes down that it was made of `w` and `x`. So write the calculation down, and ask for the
slopes:

>>> w, x, b = Value(0.5), Value(4.0), Value(-1.0)
>>> a = relu(w * x + b)
>>> loss = (a - 3.0) ** 2
>>> loss.backward()
>>> loss.data, w.grad, x.grad, b.grad
(4.0, -16.0, -2.0, -4.0)

The sign says which way to go: raising $w$ by 0.001 should lower the loss by about 0.016.

>>> round((max(0, (0.5 + 0.001) * 4 - 1) - 3) ** 2 - 4, 4)
-0.016

# Slopes add over paths

A number that is used several times reaches the loss on several paths, and its slope is the sum over all. This
is why the code says `+=`. With `=` each path would erase the one before.

>>> side = Value(3.0)
>>> area = side * side + side       # three uses, three paths
>>> area.backward()
>>> side.grad                       # 3 + 3 + 1
7.0

# The order of the backward pass

A node may pass its slope on only when it has received all of it, from everybody who used it. So we
list the nodes such that each stands after its inputs (a *topological order*) and walk the list from
its end. The list is made without recursion, since each layer makes the paths longer: spelled out
operation by operation, eight layers are too deep for Python's limit of a thousand nested calls.

# One node for a dot product

Nearly all the arithmetic of a GPT is *dot products*: multiply two lists number by number, and add up.
Spelled out, a dot product over $n$ numbers makes $2n$ nodes. `dot` makes one, which knows that the slope
of each factor is its partner. The numbers are the same to the last bit, and the graph is many times
smaller.

>>> row, column = [Value(1.0), Value(2.0)], [Value(3.0), Value(-4.0)]
>>> one, many = dot(row, column), dot_stepwise(row, column)
>>> one.data == many.data, len(topological_order(one)), len(topological_order(many))
(True, 1, 4)

# The same code on plain numbers

Training needs the graph. Using the finished model does not. So the functions of this module take either
kind: give them `Value`s and they build a graph; give them floats and they only calculate, several times
faster and with the same bits. The later chapters are written once, in terms of `+`, `*`, `**` and these
functions, and run both ways. Three habits keep the bits equal:

- Division is `* b**-1`, because that is what `Value` does, and it can round differently from `/`.
- Squares and roots are `**2` and `**0.5`.
- Sums are `total` and `dot`, which add in a loop from 0. From Python 3.12 on the built-in `sum`
  corrects its rounding on floats, which is more accurate and therefore different.

# Check yourself

??? question "A parameter does not learn. How do you find out why?"

    Look at its slope after `backward`. If it is 0: is the parameter connected to the loss at all? Is it
    behind a ReLU that is off? Was the slope set back to 0 before you looked? If it is not 0, compare it
    with a nudge, as in the first section. A wrong slope means a wrong rule in some operation; test the
    operations one by one, at points where the answer is not 0.

??? question "Why is one backward pass enough for all parameters?"

    Because the loss is one number. The slope at a node is computed once and shared by everything behind
    it, so the whole pass costs about as much as the forward pass, whether there are 4 parameters or
    4,192. The other direction, nudging inputs, needs a pass for each.

# Notation

| sign | read | meaning |
|---|---|---|
| $\partial L / \partial w$ | "d L by d w" | the slope of $L$ when $w$ moves: change of $L$ per unit of $w$ |
| $\partial^2$ | "second derivative" | the slope of a slope; not needed here |
| $\sum_i x_i$ | "sum over i" | add them all up: `total(x)` |
| $\prod_i x_i$ | "product over i" | multiply them all |
| $\exp x$, $e^x$ | "e to the x" | with e = 2.71828...: for 3 it is e · e · e, for -1 it is 1/e |
| $\log x$ | "log of x" | the exponent that makes $x$ out of e, so the inverse of $\exp$ |
| $\bar x$, $\mathrm{E}[x]$ | "the mean of x" | the average of the numbers at hand, or of what chance gives |
| $\mathrm{Var}[x]$ | "the variance of x" | the average squared distance from the mean |

# What follows

`microgpt.vectors` builds the list operations of the model from these pieces. From there on slopes take
care of themselves; the chapters mention them only where they explain a choice, until `microgpt.adam` uses
them.

Sources: reverse-mode differentiation is Seppo Linnainmaa's (master's thesis, 1970); it became
widely known as *backpropagation* with Rumelhart, Hinton and Williams, "Learning representations by
back-propagating errors" (1986). A scalar `Value` class as the way to teach it is Andrej Karpathy's
micrograd (2020).
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias, TypeVar, Union, cast, final


@final
class Value:
    r"""A number, the numbers it was computed from, and its slope.

    Analogy: a receipt. It states an amount, and it lists the items that the amount came from. When
    somebody complains about the total, the receipts show whom to send the complaint to.

    It stores:

    - `data`: the number itself, from the forward pass.
    - `grad`: the slope of the loss with respect to this number, $\partial L / \partial \text{this}$.
      It is 0.0 until a `backward` fills it in.
    - `inputs`: the `Value`s this one was computed from.
    - `local_grads`: the slope of this one operation with respect to each input.
    - `factors`: in place of these two, the two lists of a dot product, where the slope of each factor is
      its partner's `data`.
    - `operation`: what was done, for whoever looks at the graph; "" for a leaf.

    A *leaf* is a number that was given, such as a parameter. It has neither inputs nor factors.

    The operations and their slopes:

    | operation | slope |
    |---|---|
    | $a + b$ | 1 for both |
    | $a \cdot b$ | $b$ for $a$, $a$ for $b$ |
    | $a^n$ | $n \cdot a^{n-1}$ |
    | $e^a$ | $e^a$ |
    | $\log a$ | $1 / a$ |
    | $\mathrm{relu}(a)$ | 1 if $a > 0$, else 0 |

    Subtraction, negation and division are made of these: $a - b = a + b \cdot (-1)$ and
    $a / b = a \cdot b^{-1}$, so that the slopes of $a / b$ are $1/b$ and $-a/b^2$.

    Args:
        data: The number.
        inputs: The values it was computed from.
        local_grads: One slope for each input.
        operation: The name of what was done to the inputs.
        factors: The two lists, for a dot product instead of `inputs` and `local_grads`.

    Pitfalls:
        - `grad` collects. A `backward` on the next loss adds to what the last one left, so a training loop
          sets the gradients of its parameters back to zero in each step. Calling it twice on the *same*
          loss is
          worse: what was left in the middle of the graph is handed down again.
        - A root of 0 has no slope: `Value(0.0) ** 0.5` raises ZeroDivisionError.
        - `a ** b` takes a plain number for `b`. For a `Value`, write `exp(b * log(a))`.

    Examples:
        The slope of a product is the other factor; the slope of a difference is 1 and -1.

        >>> a, b = Value(6.0), Value(4.0)
        >>> c = a * b - b
        >>> c.backward()
        >>> c, a.grad, b.grad
        (Value(data=20.0, grad=1.0), 4.0, 5.0)

        Sharing 6 among 4. A little more to share adds 1/4 of that little to each part; a little more to
        divide by takes 6/16 of it away. (A whole 1 more takes 0.3, and not 0.375: a slope holds only
        close by.)

        >>> a, b = Value(6.0), Value(4.0)
        >>> share = a / b
        >>> share.backward()
        >>> share.data, a.grad, b.grad, round(6 / 4 - 6 / 5, 3)
        (1.5, 0.25, -0.375, 0.3)

        Plain numbers mix in on either side, and are not part of the graph.

        >>> a = Value(2.0)
        >>> c = 1 - 3 * a + 8 / a
        >>> c.backward()
        >>> c.data, a.grad          # -3 - 8 / 2²
        (-1.0, -5.0)

        The table can be trusted: for each operation, a small nudge of 2 both ways, and what `backward` says.

        >>> for f in (exp, log, relu, lambda x: x**3, lambda x: 1 / x):
        ...     x = Value(2.0)
        ...     f(x).backward()
        ...     print(round((f(2 + 1e-6) - f(2 - 1e-6)) / 2e-6, 4), round(x.grad, 4))
        7.3891 7.3891
        0.5 0.5
        1.0 1.0
        12.0 12.0
        -0.25 -0.25
    """

    __slots__ = ("data", "factors", "grad", "inputs", "local_grads", "operation")

    def __init__(
        self,
        data: float,
        inputs: Sequence["Value"] = (),
        local_grads: Sequence[float] = (),
        operation: str = "",
        factors: tuple[Sequence["Value"], Sequence["Value"]] | None = None,
    ) -> None:
        self.data = data
        self.grad = 0.0
        self.inputs = inputs
        self.local_grads = local_grads
        self.operation = operation
        self.factors = factors

    def __repr__(self) -> str:
        return f"Value(data={self.data}, grad={self.grad})"

    def __float__(self) -> float:
        return float(self.data)

    def __add__(self, other: Union["Value", float]) -> "Value":
        if isinstance(other, Value):
            return Value(self.data + other.data, (self, other), (1.0, 1.0), "+")
        return Value(self.data + other, (self,), (1.0,), "+")

    def __mul__(self, other: Union["Value", float]) -> "Value":
        if isinstance(other, Value):
            return Value(self.data * other.data, (self, other), (other.data, self.data), "*")
        return Value(self.data * other, (self,), (other,), "*")

    def __pow__(self, exponent: float) -> "Value":
        if isinstance(exponent, Value):
            raise TypeError("a Value can be raised to a plain number only; for a ** b write exp(b * log(a))")
        return Value(self.data**exponent, (self,), (exponent * self.data ** (exponent - 1),), "**")

    __radd__ = __add__
    __rmul__ = __mul__

    def __neg__(self) -> "Value":
        return self * -1

    def __sub__(self, other: Union["Value", float]) -> "Value":
        return self + -other

    def __rsub__(self, other: float) -> "Value":
        return -self + other

    def __truediv__(self, other: Union["Value", float]) -> "Value":
        return self * other**-1

    def __rtruediv__(self, other: float) -> "Value":
        return self**-1 * other

    def backward(self) -> None:
        r"""Fill in `grad`, the slope of this value, for every value it was computed from.

        It starts with the slope of this value with respect to itself, which is 1, and walks the
        topological order from the end. Each node hands every input its own slope times the slope of
        the one operation between them:

        $$\text{input.grad} \mathrel{+}= \text{local slope} \cdot \text{node.grad}$$

        A node whose slope is 0 has nothing to hand on and is passed over. In the model these are the
        units that a ReLU has switched off, about half of the widest layer.

        Pitfalls:
            - Reading `grad` before `backward`, or after it was set back to zero, shows 0.0 everywhere.
            - The slopes are those of *this* value. Call it on the loss, not on a part of it.

        Examples:
            The middle of a chain gets a slope too: that of everything after it.

            >>> a = Value(2.0)
            >>> b = a * 3.0
            >>> c = b**2
            >>> c.backward()
            >>> c.grad, b.grad, a.grad
            (1.0, 12.0, 36.0)

            In a dot product the slope of each factor is its partner.

            >>> prices, amounts = [Value(5.0), Value(7.0)], [Value(2.0), Value(3.0)]
            >>> bill = dot(prices, amounts) * 10.0
            >>> bill.backward()
            >>> [p.grad for p in prices], [a.grad for a in amounts]
            ([20.0, 30.0], [50.0, 70.0])
        """
        order = topological_order(self)
        self.grad = 1.0
        for node in reversed(order):
            grad = node.grad
            if not grad:
                continue
            if node.factors:
                for left, right in zip(*node.factors):
                    left.grad += right.data * grad
                    right.grad += left.data * grad
            else:
                for source, local_grad in zip(node.inputs, node.local_grads):
                    source.grad += local_grad * grad


Scalar = TypeVar("Scalar", Value, float)
"""Either kind of number. A function of `Scalar`s takes and returns `Value`s, or takes and returns floats."""

Vector: TypeAlias = Sequence[Scalar]
"""A list of numbers of one kind."""

Matrix: TypeAlias = Sequence[Sequence[Scalar]]
"""A list of rows that are equally long: `[rows][columns]`."""


def inputs_of(value: Value) -> Sequence[Value]:
    """List the values that a value was computed from; for a dot product, one list and then the other.

    Examples:
        >>> a, b = Value(2.0), Value(3.0)
        >>> inputs_of(a * b) == (a, b), inputs_of(dot([a, b], [b, a])) == (a, b, b, a), inputs_of(a)
        (True, True, ())
    """
    return (*value.factors[0], *value.factors[1]) if value.factors else value.inputs


def topological_order(root: Value) -> list[Value]:
    r"""List the computed values that `root` depends on, each after its inputs, `root` last.

    Analogy: getting dressed. Socks before shoes, shirt before jacket. There may be several good orders;
    this one goes as deep as it can along the first input, then along the second, and so on. The order
    decides in which sequence slopes are added up, and so the last bits of their sums.

    Leaves are left out: they have nobody to hand a slope to. And a list is walked through once, however many
    dot products share it: all 64 rows of a matrix meet the same inputs.

    Args:
        root: The value to start from, usually the loss.

    Returns:
        The computed values, in topological order.

    Examples:
        `d` needs `b` and `c`, and both need the leaf `a`. The input that is named first comes first.

        >>> a = Value(1.0)
        >>> b, c = a * 10.0, a * 20.0
        >>> d = c + b
        >>> [value.data for value in topological_order(d)]
        [20.0, 10.0, 30.0]

        A list that several dot products share is needed by each of them, and listed once.

        >>> shared = [a * 2.0, a * 3.0]
        >>> e = dot(shared, [b, c]) + dot([c, b], shared)
        >>> [value.data for value in topological_order(e)]
        [2.0, 3.0, 10.0, 20.0, 80.0, 70.0, 150.0]

        A chain of 100,000 operations is no deeper than a chain of two.

        >>> x = Value(0.0)
        >>> for _ in range(100_000):
        ...     x = x + 1.0
        >>> len(topological_order(x))
        100000
    """
    order: list[Value] = []
    unfinished: list[tuple[Value, Iterator[Value]]] = []
    seen = {root}
    walked: set[int] = set()
    node, inputs = root, _inputs_left(root, walked)
    while True:
        for source in inputs:
            if source not in seen and (source.inputs or source.factors):
                seen.add(source)
                unfinished.append((node, inputs))
                node, inputs = source, _inputs_left(source, walked)
                break
        else:
            order.append(node)
            if not unfinished:
                return order
            node, inputs = unfinished.pop()


def _inputs_left(node: Value, walked: set[int]) -> Iterator[Value]:
    """Go through a node's inputs, but not again through a whole list that was walked before."""
    return _lists_left(node.factors, walked) if node.factors else iter(node.inputs)


def _lists_left(lists: Iterable[Sequence[Value]], walked: set[int]) -> Iterator[Value]:
    for values in lists:
        if id(values) not in walked:
            yield from values
            walked.add(id(values))


def exp(x: Scalar) -> Scalar:
    r"""Raise e = 2.71828... to the power `x`. The result is its own slope.

    Args:
        x: The exponent.

    Returns:
        $e^x$, of the kind that was given.

    Raises:
        OverflowError: If the result would be too large for a float, as the last example shows.

    Examples:
        Adding 1 to the exponent multiplies the result by e.

        >>> round(exp(0.0), 3), round(exp(1.0), 3), round(exp(2.0), 3), round(exp(-1.0), 3)
        (1.0, 2.718, 7.389, 0.368)
        >>> x = Value(2.0)
        >>> y = exp(x)
        >>> y.backward()
        >>> x.grad == y.data
        True

        Floats end at about 1.8 times 10 to the power 308.

        >>> f"{exp(709.78):.2e}"
        '1.79e+308'
        >>> exp(709.79)
        Traceback (most recent call last):
            ...
        OverflowError: math range error
    """
    if isinstance(x, Value):
        y = math.exp(x.data)
        return Value(y, (x,), (y,), "exp")
    return math.exp(x)


def log(x: Scalar) -> Scalar:
    r"""Find the exponent that turns e into `x`: the natural logarithm, the inverse of `exp`.

    Args:
        x: A positive number.

    Returns:
        $\log x$, of the kind that was given.

    Raises:
        ValueError: If `x` is 0 or negative: no exponent gives that.

    Examples:
        Halving `x` always takes the same amount away, 0.693. Near 0 the slope is steep.

        >>> round(log(1.0), 3), round(log(0.5), 3), round(log(0.25), 3)
        (0.0, -0.693, -1.386)
        >>> x = Value(0.05)
        >>> y = log(x)
        >>> y.backward()
        >>> round(x.grad, 9)
        20.0
    """
    if isinstance(x, Value):
        return Value(math.log(x.data), (x,), (1 / x.data,), "log")
    return math.log(x)


def relu(x: Scalar) -> Scalar:
    r"""Keep what is positive and replace the rest by 0: the *rectified linear unit*.

    A bend is what lets layers add up to more than one layer: two matrices in a row are again one
    matrix, however large they are. The bend at 0 is the cheapest there is.

    $$\mathrm{relu}(x) = \max(0, x)$$

    Args:
        x: Any number.

    Returns:
        `x` or 0, of the kind that was given.

    Pitfalls:
        - Where `x` is 0 or less the slope is 0: through this unit nothing before it learns from this
          example. A unit that is off for every example is called dead. It stays so unless the layers
          below it change.

    Examples:
        Above 0 the slope is 1, below it is 0.

        >>> relu(3.0), relu(-3.0)
        (3.0, 0.0)
        >>> up, down = Value(3.0), Value(-3.0)
        >>> y = 2.0 * relu(up) + 5.0 * relu(down)
        >>> y.backward()
        >>> y.data, up.grad, down.grad
        (6.0, 2.0, 0.0)

        The bend itself and everything below it let nothing through.

        >>> at_zero, just_below = Value(0.0), Value(-0.5)
        >>> y = relu(at_zero) + relu(just_below)
        >>> y.backward()
        >>> at_zero.grad, just_below.grad
        (0.0, 0.0)
    """
    if isinstance(x, Value):
        return Value(max(0.0, x.data), (x,), (float(x.data > 0),), "relu")
    return max(0.0, x)


def total(numbers: Vector[Scalar]) -> Scalar:
    r"""Add the numbers up, one after the other, starting from 0. A sum of `Value`s is one node.

    Args:
        numbers: What to add, `[n]`, all of one kind.

    Returns:
        $\sum_i \text{numbers}_i$; 0.0 for an empty list.

    Pitfalls:
        - Like `dot`, it keeps the list, and does not copy it.

    Examples:
        Every part has slope 1: one more anywhere is one more in the sum.

        >>> parts = [Value(1.5), Value(2.5), Value(-1.0)]
        >>> whole = total(parts)
        >>> whole.backward()
        >>> whole.data, [part.grad for part in parts]
        (3.0, [1.0, 1.0, 1.0])

        Rounding is part of the definition: the first 1 is too small to survive beside 10^16.

        >>> total([1e16, 1.0, -1e16, 1.0])
        1.0
    """
    if numbers and isinstance(numbers[0], Value):
        data = total([value.data for value in numbers])
        return Value(data, numbers, (1.0,) * len(numbers), "total")
    result = cast("Scalar", 0.0)
    for number in numbers:
        result = result + number
    return result


def dot(a: Vector[Scalar], b: Vector[Scalar]) -> Scalar:
    r"""Multiply two lists number by number, and add up. On `Value`s the result is one node.

    Analogy: a mixing desk. One list is the incoming sounds, the other the positions of the sliders,
    and the dot product is what leaves through the loudspeaker.

    It also measures agreement: large if the lists are large in the same places with the same sign,
    negative if disagreement outweighs agreement, near 0 if the two cancel out.

    $$a \cdot b = \sum_i a_i b_i$$

    Args:
        a: One list, `[n]`.
        b: The other, `[n]`.

    Returns:
        The sum of the products, of the kind that was given.

    Raises:
        ValueError: If the lists differ in length.

    Pitfalls:
        - The lists are kept, not copied. Do not change them before `backward` is done.

    Examples:
        Two cups of coffee at 3, a cake at 5, and a coupon of 1.

        >>> dot([2.0, 1.0, 1.0], [3.0, 5.0, -1.0])
        10.0

        A list may meet itself: the slope of a sum of squares is twice the list.

        >>> x = [Value(1.0), Value(-2.0)]
        >>> squares = dot(x, x)
        >>> squares.backward()
        >>> squares.data, [value.grad for value in x]
        (5.0, [2.0, -4.0])

        One row of weights that meets two inputs collects a slope from each, and so does each input.

        >>> row = [Value(10.0), Value(20.0)]
        >>> first, second = [Value(1.0), Value(2.0)], [Value(5.0), Value(6.0)]
        >>> both = dot(row, first) + dot(first, row) + dot(row, second)
        >>> both.backward()
        >>> [value.grad for value in row], [value.grad for value in first]
        ([7.0, 10.0], [20.0, 40.0])

        Lists of different lengths are refused; the surplus would be dropped silently otherwise.

        >>> dot(row, [*first, Value(3.0)])
        Traceback (most recent call last):
            ...
        ValueError: dot got lists of 2 and 3 numbers; give it two of the same length
    """
    _refuse_different_lengths(a, b)
    if a and isinstance(a[0], Value) and isinstance(b[0], Value):
        result = 0.0
        for x, y in zip(a, b):
            result += x.data * y.data
        return Value(result, operation="dot", factors=(a, b))
    return dot_stepwise(a, b)


def dot_stepwise(a: Vector[Scalar], b: Vector[Scalar]) -> Scalar:
    r"""The same dot product, written out: one node for each multiplication and each addition.

    This is the definition that `dot` is judged by, and what `dot` does on plain numbers, where there
    are no nodes to save.

    Args:
        a: One list, `[n]`.
        b: The other, `[n]`.

    Returns:
        $\sum_i a_i b_i$, of the kind that was given.

    Raises:
        ValueError: If the lists differ in length.

    Examples:
        Same value, same slopes, to the last bit; only the graph differs.

        >>> def slopes(product):
        ...     a, b = [Value(0.1), Value(0.7), Value(-0.3)], [Value(1.1), Value(-0.2), Value(0.9)]
        ...     result = product(a, b)
        ...     result.backward()
        ...     return result.data, [value.grad for value in a + b]
        >>> slopes(dot) == slopes(dot_stepwise)
        True
        >>> slopes(dot_stepwise)[1]
        [1.1, -0.2, 0.9, 0.1, 0.7, -0.3]

        A list that is too short is refused; it would not be noticed otherwise.

        >>> dot_stepwise([1.0, 2.0, 3.0], [1.0, 2.0])
        Traceback (most recent call last):
            ...
        ValueError: dot got lists of 3 and 2 numbers; give it two of the same length
    """
    _refuse_different_lengths(a, b)
    result = cast("Scalar", 0.0)
    for x, y in zip(a, b):
        result = result + x * y
    return result


def _refuse_different_lengths(a: Vector[Scalar], b: Vector[Scalar]) -> None:
    if len(a) != len(b):
        raise ValueError(f"dot got lists of {len(a)} and {len(b)} numbers; give it two of the same length")
