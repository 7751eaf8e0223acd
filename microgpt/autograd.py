r"""Numbers that remember how they were made, so that blame can flow back to every one of them.

# What you will be able to do

- walk a small calculation backward by hand, node by node, and get every slope from one walk;
- say why slopes multiply along a path and add over paths;
- put the slope of any operation to the test, and tell when such a test proves nothing;
- find out why a parameter does not learn.

# The question

`microgpt.first_steps` found each slope by a nudge: raise one weight a little, run the model again, and see
how the loss moves. That takes one run as it is, and one more for each weight. Our model has this many
weights, and a step would take this many runs:

>>> from microgpt.trained import trained_parameters
>>> weights = sum(len(row) for matrix in trained_parameters().values() for row in matrix)
>>> weights, weights + 1
(4192, 4193)

**Can all 4,192 slopes come from a single run and a walk back?** They can, for any calculation made of a few
simple operations. Having the slopes of a whole calculation made from those of its steps is called *autograd*,
or *automatic differentiation*. Nothing in this chapter knows about language.

# The picture

A calculation is a net of small operations. Here is the smallest model there is: multiply an input $x = 4$ by
a weight $w$, add a number $b$ of its own, cut off what is negative (an operation called *relu*), and square
the distance to the wanted answer, 3.

```mermaid
graph TD
    w["w<br/>value 0.5, slope −16"] -- "4" --> wx["w · x<br/>value 2, slope −4"]
    x["x<br/>value 4, slope −2"] -- "0.5" --> wx
    wx -- "1" --> z["z = w · x + b<br/>value 1, slope −4"]
    b["b<br/>value −1, slope −4"] -- "1" --> z
    z -- "1" --> a["a = relu(z)<br/>value 1, slope −4"]
    a -- "1" --> d["d = a − 3<br/>value −2, slope −4"]
    d -- "2 · d = −4" --> L["L = d²<br/>value 4, slope 1"]
```

Such a drawing is a *computation graph*. Each box is a *node*, and holds a value. What is given, like $w$,
is a *leaf*. The number on an arrow is a *local slope*: how fast the node at its tip moves when the node at
its tail is nudged and nothing else is. Wanted is the slope in each box: how fast $L$ moves when this node is
nudged.

The **forward pass** goes along the arrows and computes values. The **backward pass**, also called
*backpropagation*, goes against the arrows and computes slopes. Think of receipts: each states an amount and
lists what it was made of. When somebody complains about the total, the receipts show whom to blame, and for
how much.

# How small a nudge?

A nudge tells a slope only roughly. A square of side 3 grows by 6 times the nudge and a little more, and the
slope is what the results close in on as the nudge shrinks, 6. But not forever:

>>> for nudge in (0.1, 0.001, 1e-6, 1e-12, 1e-14, 1e-16):
...     print(f"{nudge:7.0e}  {((3 + nudge) * (3 + nudge) - 3 * 3) / nudge:.6f}")
  1e-01  6.100000
  1e-03  6.001000
  1e-06  6.000001
  1e-12  6.000533
  1e-14  6.217249
  1e-16  0.000000

Here is that square as a curve. Look at the dashed lines: each goes through the point at 3 and through one
that is a nudge further, and the shorter the nudge, the nearer it lies to the line that only touches the
curve.

```figure
secants
```

A float keeps about sixteen digits. The smaller the nudge, the more the two areas agree, and the fewer digits
are left in their difference. At the end $3 + 10^{-16}$ is 3, and nothing seems to move.

So nudges stay well above that, and are made in both directions. Where a curve bends, a nudge up finds too
much and a nudge down too little, or the other way round, and halfway between them is much better. For $x^3$
at 2, multiplied out, $(2 + n)^3 = 8 + 12n + 6n^2 + n^3$. So the change divided by the nudge $n$ is
$12 + 6n + n^2$ upward, and in the same way $12 - 6n + n^2$ downward; their mean is $12 + n^2$. These are
the errors:

>>> def cube(x):
...     return x * x * x
>>> for nudge in (0.1, 0.01, 0.001):
...     up = (cube(2 + nudge) - cube(2)) / nudge - 12
...     both = (cube(2 + nudge) - cube(2 - nudge)) / (2 * nudge) - 12
...     print(f"up {up:.6f}, both ways {both:.6f}")
up 0.610000, both ways 0.010000
up 0.060100, both ways 0.000100
up 0.006001, both ways 0.000001

With a tenth of the nudge, the first error is about a tenth, and the second is a hundredth: it falls with the
*square* of the nudge.

Make the nudge smaller and smaller, and look at the two lines and then at the numbers: the lines become one
long before the errors are as small as they can get, and for the smallest nudges the errors grow again.

```figure
tangent
```

# The slope of one operation

Each operation has a rule for its local slopes. None has to be taken on trust; call the nudge $n$.

**Sum, $a + b$.** Raise $a$ by $n$, and the sum rises by $n$. The slope is 1, for both.

**Product, $a \cdot b$.** A rectangle of width $a$ and height $b$. Make it wider by $n$, and a strip of area
$n \cdot b$ is added. So the slope for $a$ is $b$, and the slope for $b$ is $a$: each gets its *partner*.

**Square, $x^2$.** A rectangle whose sides both grow. There are two strips of area $n \cdot x$, and a corner
of $n \cdot n$, which for a small nudge is next to nothing (divided by the nudge, it is the 0.1 in the 6.1
above). The slope is $2x$. In the same way $x^3$ has three factors, each of which adds $n \cdot x^2$, and so
on: the slope of $x^k$ is $k \cdot x^{k-1}$.

**Inverse, $1/x$.** Two guests share a cake; a third one comes, and everybody's piece shrinks. The difference
of the pieces, brought to one denominator, is

$$\frac{1}{x + n} - \frac{1}{x} = \frac{-n}{x \cdot (x + n)}$$

which divided by $n$ closes in on $-1/x^2$. The rule of powers says the same for $k = -1$.

**Root, $\sqrt x$.** It asks backward. If $r$ is the root, then $x = r^2$ moves $2r$ times as fast as $r$; so
$r$ moves $1/(2r)$ times as fast as $x$. That is the rule of powers once more, for $k = 1/2$: a root is the
power $1/2$, since exponents add up in a product and twice $1/2$ is 1; and the power $-1/2$ is 1 divided by
the root. The rule holds for every $k$.

**Exponential, $e^x$.** Adding $n$ to the exponent multiplies the result by $e^n$. So the result grows by
$e^n - 1$ times itself, and divided by $n$ this is the slope: the height of the curve, times $(e^n - 1)/n$. In
place of e any number can be raised; then only this factor is another. For e it is 1: $e^n$ is nearly $1 + n$,
as `microgpt.first_steps` found.

>>> for base in (2.0, 2.718281828, 3.0):
...     print(f"{base:.3f} to the x: its slope is {(base**1e-6 - 1) / 1e-6:.4f} times its height")
2.000 to the x: its slope is 0.6931 times its height
2.718 to the x: its slope is 1.0000 times its height
3.000 to the x: its slope is 1.0986 times its height

**Logarithm, $\log x$.** It asks the question of $e^x$ backward, so its curve is the same with the axes
exchanged. What was "so much up for so much right" is now "so much right for so much up": a slope of 2 becomes
1/2. The slope of the exponential is its height. Where its height is 7.39, at 2, it rises by
7.39 for each 1 to the right; so the logarithm, at 7.39, rises by 1 for each 7.39 to the right. At any $x$ the
slope of the logarithm is $1/x$.

>>> round(math.exp(2), 2), round((math.log(7.39 + 1e-6) - math.log(7.39)) / 1e-6, 4), round(1 / 7.39, 4)
(7.39, 0.1353, 0.1353)

**relu.** Above 0 the number goes through as it is, slope 1. Below 0 the result stays 0 whatever the number
does, slope 0.

The next figure shows four that are curved. Look at the two dots: a far nudge finds the slope of the dashed
line through both of them, a small one that of the line that touches the curve at the first.

```figure
slopes
```

# Slopes multiply along a path

Three gears: the second turns 3 times as fast as the first, and the third 2 times as fast as the second.
Then the third turns 6 times as fast as the first. Slopes are such rates, and along a path they multiply. That
is the **chain rule**:

$$\frac{\partial L}{\partial w}
= \frac{\partial L}{\partial d} \cdot \frac{\partial d}{\partial a} \cdot \frac{\partial a}{\partial z}
\cdot \frac{\partial z}{\partial w}
= 2 d \cdot 1 \cdot 1 \cdot x = -4 \cdot 1 \cdot 1 \cdot 4 = -16$$

Read $\partial L / \partial w$ as "d L by d w": how much $L$ changes, per unit, when $w$ changes a little.
This is called the slope of $L$ *with respect to* $w$.

# Backward by hand, node by node

Two rules make the whole walk. The slope of $L$ at $L$ is 1, since it moves as much as itself. From there
every node hands to each of its inputs *its own slope times the local slope of that arrow*. Here they are
for the graph above: first the values, along the arrows, and then the slopes, against them.

>>> w, x, b = 0.5, 4.0, -1.0
>>> wx = w * x                      # 2
>>> z = wx + b                      # 1
>>> a = max(0.0, z)                 # 1
>>> d = a - 3.0                     # -2
>>> L = d**2                        # 4
>>> slope_L = 1.0
>>> slope_d = slope_L * 2 * d       # the square: twice its base
>>> slope_a = slope_d * 1.0         # a difference hands on what it gets
>>> slope_z = slope_a * 1.0         # relu is on, since z is above 0
>>> slope_wx = slope_z * 1.0        # a sum hands on what it gets,
>>> slope_b = slope_z * 1.0         # to both
>>> slope_w = slope_wx * x          # a product hands each factor its partner
>>> slope_x = slope_wx * w
>>> slope_d, slope_wx, slope_w, slope_x, slope_b
(-4.0, -4.0, -16.0, -2.0, -4.0)

`Value` does this by itself. Python lets a class say what `+` and `*` mean for its objects. For a `Value`,
`w * x` also writes down that it was made of `w` and `x`, and the two local slopes. So write the calculation
down, and ask for the slopes (`topological_order` lists the computed nodes; more of it below):

>>> w, x, b = Value(0.5), Value(4.0), Value(-1.0)
>>> loss = (relu(w * x + b) - 3.0) ** 2
>>> loss.backward()
>>> for node in reversed(topological_order(loss)):
...     made = f"{node.operation:<5}value {node.data:4}"
...     print(f"{made}   slope {node.grad:5}   local slopes {node.local_grads}")
**   value  4.0   slope   1.0   local slopes (-4.0,)
+    value -2.0   slope  -4.0   local slopes (1.0,)
relu value  1.0   slope  -4.0   local slopes (1.0,)
+    value  1.0   slope  -4.0   local slopes (1.0, 1.0)
*    value  2.0   slope  -4.0   local slopes (4.0, 0.5)
>>> w.grad, x.grad, b.grad
(-16.0, -2.0, -4.0)

Every line is a step of the walk by hand. ($a - 3$ is $a + (-3)$, so it is listed as a sum; the $-3$ is a
plain number and no node, which leaves one slope.) The sign says which way to go: raising $w$ should lower the
loss, sixteen times as fast. A nudge of 0.001 agrees:

>>> round((max(0, (0.5 + 0.001) * 4 - 1) - 3) ** 2 - 4, 4)
-0.016

Go through it step by step, with these numbers and with others, and look for the moment at which a node
can hand on its slope. Then make $b$ so small that relu is off, and look at what is left of the slopes behind
it.

```figure
graph
```

What to know about it:

- *It looks at one arrow at a time.* A node knows its local slopes and is told its own slope. Whoever adds an
  operation needs to know nothing of the rest.
- *It is no nudge.* The slopes are exact but for rounding, however far the curve bends.
- *It is no formula either.* The slope is a number, for the values that went forward. Other values need
  another walk.
- *It decides nothing.* Slopes say how the loss would move; no parameter has moved yet.

# Slopes add over paths

A number that is used several times reaches the loss on several paths. A nudge of it travels on all of them at
once, and at the end the effects add up. So its slope is the sum over all paths. This is why the code says
`+=`: with `=` each path would erase the one before.

>>> side = Value(3.0)
>>> area = side * side + side       # three uses, three paths
>>> area.backward()
>>> side.grad                       # 3 + 3 + 1
7.0

# The order of the backward pass

A node may hand its slope on only when it has received all of it, from everybody who used it. So the nodes
are listed such that each stands after its inputs (a *topological order*), and the list is walked from its
end. The list is made without a function that calls itself: spelled out operation by operation, a large
model is too deep for Python's limit of a thousand nested calls.

# When slopes vanish

A path of many operations is a product of many factors. Twenty factors of a half leave almost nothing: a
*vanishing gradient*. The start of the path hardly learns: a small step there moves next to nothing at the
end, even where a large change of it would help. Twenty of one and a half make a flood, an *exploding*
gradient.

>>> for factor in (0.5, 1.0, 1.5):
...     start = Value(1.0)
...     end = start
...     for _ in range(20):
...         end = end * factor
...     end.backward()
...     print(factor, f"{start.grad:.7f}")
0.5 0.0000010
1.0 1.0000000
1.5 3325.2567301

Some parts of the model that look superfluous at first are there for this reason: a sum passes every slope on
as it is, and `microgpt.vectors` and `microgpt.model` use sums to give slopes a way round long calculations.

# Put to the test

A rule that is wrong raises no error; the model only learns badly. So each operation is compared with nudges,
at points where its slopes *differ from each other and from 0*, if it has such. This is a *gradient
check*, and the nudges are also called *finite differences*. On the left stands what `backward` says, on the
right what nudging both ways says. (The last two operations take lists: `total` adds the numbers of one up,
`dot` multiplies two number by number and then adds up.)

>>> def compare(f, *numbers):
...     values = [Value(number) for number in numbers]
...     f(*values).backward()
...     nudged = []
...     for place in range(len(numbers)):
...         up, down = list(numbers), list(numbers)
...         up[place] += 1e-6
...         down[place] -= 1e-6
...         nudged.append((f(*up) - f(*down)) / 2e-6)
...     return [round(value.grad, 4) for value in values], [round(slope, 4) for slope in nudged]
>>> compare(lambda a, b: a + b, 2.0, 5.0)
([1.0, 1.0], [1.0, 1.0])
>>> compare(lambda a, b: a * b, 2.0, 5.0)
([5.0, 2.0], [5.0, 2.0])
>>> compare(lambda a, b: a - b, 2.0, 5.0)
([1.0, -1.0], [1.0, -1.0])
>>> compare(lambda a, b: a / b, 2.0, 5.0)
([0.2, -0.08], [0.2, -0.08])
>>> compare(lambda a: a**3, 2.0), compare(lambda a: a**-0.5, 4.0)
(([12.0], [12.0]), ([-0.0625], [-0.0625]))
>>> compare(exp, 2.0), compare(log, 2.0)
(([7.3891], [7.3891]), ([0.5], [0.5]))
>>> compare(relu, 2.0), compare(relu, -2.0)
(([1.0], [1.0]), ([0.0], [0.0]))
>>> compare(lambda a, b, c: total([a, b * c, c]), 2.0, 5.0, 7.0)
([1.0, 7.0, 6.0], [1.0, 7.0, 6.0])
>>> compare(lambda a, b, c: dot([a, b], [b, c]), 2.0, 5.0, 7.0)
([5.0, 9.0, 5.0], [5.0, 9.0, 5.0])

# The same code on plain numbers

Training needs the graph. Using the finished model does not. So the functions of this module take either kind:
give them `Value`s and they build a graph; give them floats and they only calculate, with the same bits, in a
little more than half of the time that building the graph takes. (With the walk back it is about a quarter.)
The later chapters are written once, in terms of `+`, `*`, `**` and these functions, and run both ways. Equal
bits make that a thing one can test with `==`. Three habits keep them:

- Division is `* b**-1`, because that is what `Value` does, and it can round differently from `/`.
- Roots are `**0.5` and `**-0.5`, and a sum of squares is the `dot` of a list with itself.
- Sums are `total` and `dot`, which add in a loop from 0. From Python 3.12 on the built-in `sum`
  corrects its rounding on floats, which is more accurate and therefore different.

# One node for a dot product

Nearly all the arithmetic of the model is *dot products*: multiply two lists number by number, and add up.
Spelled out over $n$ numbers, that makes $2n$ nodes. `dot` makes one, which knows that the slope of each
factor is its partner. The graph is many times smaller, and everything rounds as before.

Take the sixteen numbers by which the finished default run knows the letter e, and those of m, the first two
letters of emma: rows of its table `wte` (`microgpt.trained`). Added up exactly, their dot product would end
in another digit, so something is rounded on the way; yet `dot` and the long way agree in every bit:

>>> table = trained_parameters()["wte"]
>>> e, m = [Value(number) for number in table[4]], [Value(number) for number in table[12]]
>>> one, many = dot(e, m), dot_stepwise(e, m)
>>> len(topological_order(one)), len(topological_order(many))
(1, 32)
>>> import math
>>> one.data == many.data, one.data == math.fsum(x.data * y.data for x, y in zip(e, m))
(True, False)

# Notation

The signs of this book, and some that you will meet outside: $\bar x$ in statistics, $\mathrm{E}$ and
$\mathrm{Var}$ in the articles on `microgpt.adam` and on the first numbers of a model, $\partial^2$ where the
bend of a curve is used too.

| sign | read | meaning |
|---|---|---|
| $\partial L / \partial w$ | "d L by d w" | the slope of $L$ when $w$ moves: change of $L$ per unit of $w$ |
| $\partial^2$ | "second derivative" | the slope of a slope: how a curve bends |
| $\sum_i x_i$ | "sum over i" | add them all up: `total(x)` |
| $\prod_i x_i$ | "product over i" | multiply them all: the probabilities of letters (`microgpt.loss`) |
| $\exp x$, $e^x$ | "e to the x" | with e = 2.71828...: for 3 it is e · e · e, for -1 it is 1/e |
| $\log x$ | "log of x" | the exponent that makes $x$ out of e; elsewhere also $\ln x$ |
| $\bar x$ | "x bar" | the mean of the numbers at hand |
| $\mathrm{E}[x]$ | "the expectation of x" | the mean of what chance gives |
| $\mathrm{Var}[x]$ | "the variance of x" | the mean of the squared distance from the mean |
| $\mathcal{N}(0, \sigma^2)$ | "normal" | random, mostly within $\sigma$ of 0: `microgpt.model` starts so |
| $\mathrm{softmax}(s)_i$ | "softmax of s, at i" | one number of a list (`microgpt.vectors`) |
| $n \to m$, `->` | "to" | from this size to that one; also "closes in on" |

# Pitfalls

**Calling `backward` twice.** Slopes collect. A second call on the same loss does not merely double them,
6 to 12. The node in the middle still holds its 2, gets 2 more, and hands on 3 · 4. A training loop builds a
new graph in each step, and sets the slopes of the parameters back to 0.

>>> start = Value(1.0)
>>> end = (start * 3.0) * 2.0
>>> end.backward()
>>> start.grad
6.0
>>> end.backward()
>>> start.grad
18.0

**Comparing zero with zero.** Here is a product with a wrong rule, each factor handed *itself*. A test at
(0, 0) finds nothing wrong, and one at (3, 3) neither. With numbers that differ the mistake shows at once:

>>> def wrong_product(a, b):
...     if isinstance(a, Value):
...         return Value(a.data * b.data, (a, b), (a.data, b.data), "*")
...     return a * b
>>> compare(wrong_product, 0.0, 0.0)
([0.0, 0.0], [0.0, 0.0])
>>> compare(wrong_product, 3.0, 3.0)
([3.0, 3.0], [3.0, 3.0])
>>> compare(wrong_product, 2.0, 5.0)
([2.0, 5.0], [5.0, 2.0])

The same happens to a relu below 0 and to a parameter that is not connected; and where two programs are
compared, to slopes that both have set back to 0 before one looked. A test of slopes should say how many it
found that are not 0.

**A float that was taken out.** Whoever writes `.data` in the middle of a calculation takes the number and
leaves its history. No error, no slope:

>>> weight = Value(2.0)
>>> loss = (Value(weight.data) * 3.0) ** 2
>>> loss.backward()
>>> weight.grad
0.0

**Taking a slope for more than it is.** It holds close by. Sharing 6 among 4, the slope says that one more
guest takes 0.375 from each part. A whole guest takes only 0.3:

>>> guests = Value(4.0)
>>> (6.0 / guests).backward()
>>> guests.grad, round(6 / 5 - 6 / 4, 4)
(-0.375, -0.3)

# Check yourself

??? question what autograd "What does backpropagation do?"

    It computes the slope of one number, the loss, with respect to every number that it was made of. It starts
    at the loss with the slope 1 and goes back through the graph; each node hands its inputs its own slope
    times the local slope. It changes no parameter. What is done with the slopes is another question
    (`microgpt.adam`).

??? question how autograd "What is the chain rule?"

    Slopes multiply along a path. Predict before you read on: $y = 3x$ and $z = y^2$. How fast does $z$
    move with $x$, at $x = 2$?

    Locally 3, and $2y = 12$ since $y$ is 6; together 36.

    >>> start = Value(2.0)
    >>> ((start * 3.0) ** 2).backward()
    >>> start.grad
    36.0

??? question how autograd "A parameter does not learn. How do you find out why?"

    Look at its slope after `backward`. If it is 0: is the parameter connected to the loss at all? Is it
    behind a relu that is off? Was the slope set back to 0 before you looked? If it is not 0, compare it
    with a nudge, both ways. A wrong slope means a wrong rule in some operation; test the operations one by
    one, at points where the answer is not 0. If the slope is right and the parameter moves, look at the size
    of the step.

??? question why autograd "Why is one backward pass enough for all parameters?"

    Because the loss is one number. The slope at a node is computed once and shared by everything behind it.
    Where the forward pass multiplies two numbers, the walk back multiplies twice, once for each factor; in
    time it takes one to two forward passes, whether there are 4 parameters or 4,192. Nudging needs a forward
    pass for each.

??? question deeper autograd "Could the slopes not travel forward, beside the values?"

    They could. Give each number a partner, its slope with respect to *one* chosen input, and let every
    operation compute both. For the small model and $w$:

    >>> wx, wx_slope = 0.5 * 4.0, 1.0 * 4.0
    >>> z, z_slope = wx + -1.0, wx_slope
    >>> d, d_slope = z - 3.0, z_slope
    >>> d**2, 2 * d * d_slope
    (4.0, -16.0)

    No graph has to be kept, and the answer is the same. But it is the answer for one input. How many runs
    does a model with 4,192 parameters and one loss need, and how many a calculation with one input and a
    thousand results? Forward: 4,192 and 1. Backward: 1 and a thousand. A model that learns is the first kind.

??? question why autograd "Why may a product not forget its factors?"

    Their values are the local slopes: the slope for $a$ is $b$. So the forward pass must keep its numbers
    until the walk back is done, and training takes far more memory than using the model. What must $e^x$
    keep, and what a sum? The first its result, the second nothing.

# To keep

- Slopes multiply along a path and add over paths.
- One walk from the loss back gives the slopes of all parameters, for the price of one or two runs forward.
- A slope is trusted when nudges, both ways, say the same at a point where it is not 0.

# What follows

What can be done with whole lists of numbers, such that every step has a slope? `microgpt.vectors` builds the
operations of the model from these pieces. From there on slopes take care of themselves, until `microgpt.adam`
uses them.

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

    It is the receipt of the picture above. It stores:

    - `data`: the number itself, from the forward pass.
    - `grad`: the slope of the loss with respect to this number, $\partial L / \partial \text{this}$.
      It is 0.0 until a `backward` fills it in.
    - `inputs`: the `Value`s this one was computed from.
    - `local_grads`: the slope of this one operation with respect to each input.
    - `factors`: in place of these two, the two lists of a dot product, where the slope of each factor is
      its partner's `data`.
    - `operation`: what was done, for whoever looks at the graph; "" for a leaf.

    A *leaf* is a number that was given, such as a parameter. It has neither inputs nor factors.

    The operations and their slopes (why, says the chapter above, and tests them):

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
        - `grad` collects, over the uses of a value and over calls of `backward`.
        - A root of 0 has no slope: `Value(0.0) ** 0.5` raises ZeroDivisionError.
        - `a ** b` takes a plain number for `b`. For a `Value`, write `exp(b * log(a))`.

    Examples:
        The slope of a product is the other factor; the slope of a difference is 1 and -1.

        >>> a, b = Value(6.0), Value(4.0)
        >>> c = a * b - b
        >>> c.backward()
        >>> c, a.grad, b.grad
        (Value(data=20.0, grad=1.0), 4.0, 5.0)

        Plain numbers mix in on either side, and are not part of the graph.

        >>> a = Value(2.0)
        >>> c = 1 - 3 * a + 8 / a
        >>> c.backward()
        >>> c.data, a.grad          # -3 - 8 / 2²
        (-1.0, -5.0)

        The power must be a plain number.

        >>> Value(2.0) ** Value(3.0)
        Traceback (most recent call last):
            ...
        TypeError: a Value can be raised to a plain number only; for a ** b write exp(b * log(a))
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
        """Multiply by a `Value`, or by a plain number, which is not part of the graph.

        Examples:
            A square is a product whose factors are the same.

            >>> a, b = Value(6.0), Value(4.0)
            >>> c = a * b + b * b
            >>> c.backward()
            >>> c.data, a.grad, b.grad
            (40.0, 4.0, 14.0)
        """
        if isinstance(other, Value):
            return Value(self.data * other.data, (self, other), (other.data, self.data), "*")
        return Value(self.data * other, (self,), (other,), "*")

    def __pow__(self, exponent: float) -> "Value":
        """Raise to a power that is a plain number: whole or not, positive or negative.

        A base below 0 needs a whole exponent. Else Python makes a complex number of it.

        Raises:
            TypeError: If the exponent is a `Value`.

        Examples:
            At 2 the fourth power moves 32 times as fast as its base: 4 · 2³.

            >>> x = Value(2.0)
            >>> y = x**4
            >>> y.backward()
            >>> y.data, x.grad
            (16.0, 32.0)
        """
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

        A node whose slope is 0 has nothing to hand on and is passed over. In the model these are above all
        the numbers that a relu has switched off: about half of those that it gets before training, most of
        them later (`microgpt.records` counts them).

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
    dot products share it, as 64 do at one place of the model.

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

        In a chain of 100,000 operations the walk nests no deeper than in a chain of two: where it has been
        is kept in a list, and no call waits inside another.

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

        Floats end a little above the first of these.

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

    However many sums and fixed multiples follow each other, a single sum of fixed multiples does the same: 3
    · (2a + b) is 6a + 3b. More steps are worth more only with a *bend* in between. This is a bend, the
    cheapest there is. `microgpt.vectors` has two more operations that bend, softmax and rmsnorm.

    $$\mathrm{relu}(x) = \max(0, x)$$

    Args:
        x: Any number.

    Returns:
        `x` or 0, of the kind that was given.

    Pitfalls:
        - Where `x` is 0 or less the slope is 0: it is *off*, and on this path nothing before it learns from
          this input. Another input may switch it on. One that is off for *every* input is called *dead*. No
          slope goes back through it, so it comes back only if what it is given changes for other reasons.

    Examples:
        Above 0 the slope is 1, below it is 0.

        >>> relu(3.0), relu(-3.0)
        (3.0, 0.0)
        >>> up, down = Value(3.0), Value(-3.0)
        >>> y = 2.0 * relu(up) + 5.0 * relu(down)
        >>> y.backward()
        >>> y.data, up.grad, down.grad
        (6.0, 2.0, 0.0)

        The bend itself has two slopes, 0 to its left and 1 to its right. By definition it has 0 here.

        >>> at_zero = Value(0.0)
        >>> relu(at_zero).backward()
        >>> at_zero.grad
        0.0

        The same weight with two limits. With the first, it is off for one input and on for the other. With
        the second, it is off for every input up to 1: dead, if there are no larger ones.

        >>> for limit in (-1.0, -9.0):
        ...     weight = Value(4.0)
        ...     for given in (0.1, 0.9):
        ...         relu(weight * given + limit).backward()
        ...     weight.grad
        0.9
        0.0
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
