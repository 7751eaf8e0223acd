r"""How a slope becomes a step: Adam, which gives every parameter a pace of its own.

# The question

After the backward pass every parameter knows its slope: which way the loss rises, and how fast. To lower
the loss, go the other way. **But how far?**

# The simplest answer, and what is wrong with it

*Gradient descent* goes a fixed fraction of the slope:

$$\theta \leftarrow \theta - \eta \cdot g$$

with $\theta$ a parameter, $g$ its slope and $\eta$ the *learning rate*. Three troubles:

- Slopes differ by factors of thousands between parameters. A rate that suits the large ones leaves the small
  ones standing still.
- Each slope comes from one document and points where that document wants. The next one disagrees.
- In a narrow valley the slope points across, not along, and the steps bounce from wall to wall.

A valley of two parameters shows the first and the last: the loss is $x^2 + 1000\, y^2$, a thousand times
steeper across than along. A rate just small enough not to be thrown out across ($y$) hardly moves along
($x$):

>>> def descend(rate, x=1.0, y=1.0):
...     for _ in range(100):
...         x, y = x - rate * 2 * x, y - rate * 2000 * y
...     return round(x, 3), f"{abs(y):.1g}"
>>> descend(0.0009), descend(0.0011)
((0.835, '2e-10'), (0.802, '8e+07'))

# Adam's answer

Keep two running averages for each parameter: $m$ of its slopes, and $v$ of their squares. Then go

$$\text{step} = \eta \cdot \frac{m}{\sqrt{v}}$$

The top says *which way on the whole*: slopes that contradict each other cancel. It is the heavy ball that
does not turn at every bump. The bottom says *how large the slopes usually are*: dividing by it makes the
step independent of their scale. (An average of squares, and its root, because plus and minus must not
cancel here.) What remains is a measure of agreement: near 1 or -1 while the slopes agree, near 0 while
they contradict each other.

>>> def walk(slopes):
...     theta = Value(0.0)
...     adam = Adam.start([theta])
...     for slope in slopes:
...         theta.grad = slope
...         adam.update([theta], learning_rate=0.01)
...     return round(theta.data, 4)

Ten equal slopes move a parameter ten times the learning rate, whether they are large or tiny. Ten that
alternate move it a seventh as far, and most of that with the first one.

>>> walk([1000.0] * 10), walk([0.001] * 10), walk([1.0, -1.0] * 5)
(-0.1, -0.1, -0.0143)

The learning rate is no hard limit. After a long silence $v$ is small, and the first steps are longer than it:

>>> walk([0.0] * 200 + [1.0] * 8)
-0.1721

In this valley the thousandfold difference disappears: both parameters walk at the same pace.

>>> def descend_with_adam(rate, x=1.0, y=1.0):
...     x, y = Value(x), Value(y)
...     adam = Adam.start([x, y])
...     for _ in range(20):
...         x.grad, y.grad = 2 * x.data, 2000 * y.data
...         adam.update([x, y], rate)
...     return round(x.data, 3), round(y.data, 3)
>>> descend_with_adam(0.05)
(0.139, 0.139)

That is because the valley lies along the axes: one parameter leads along it, the other across. Adam evens
out *parameters*, not *directions*. Turn the same valley by 45 degrees, so that each parameter leads half
along and half across, and start from the same place in it. Now both have large slopes that alternate, and
Adam has nothing to even out. After the same twenty steps it has hardly come along the valley at all:

>>> def descend_turned(rate, along=1.0, across=1.0):
...     x, y = Value((along + across) / 2**0.5), Value((along - across) / 2**0.5)
...     adam = Adam.start([x, y])
...     for _ in range(20):
...         x.grad = (x.data + y.data) + 1000 * (x.data - y.data)
...         y.grad = (x.data + y.data) - 1000 * (x.data - y.data)
...         adam.update([x, y], rate)
...     return round((x.data + y.data) / 2**0.5, 3)
>>> descend_turned(0.05)
0.999

For a fair picture: with a learning rate found by trial, plain gradient descent comes close to Adam on a
model as small as ours (docs/pages/experiments.md has the figures). Adam's merit is that one rate serves
parameters of very different scale. It still matters which, as `microgpt.training` shows, and larger models
want a smaller one.

# The correction of the start

Both averages start at 0, so at first they are too small, by a known amount. The weights in them are a
geometric series: the newest slope counts $1 - \beta$, the one before it $\beta$ times as much, and so on,
and after $t$ steps they add up to $1 - \beta^t$ and not to 1.

>>> beta, t = 0.85, 10
>>> weights = [(1 - beta) * beta**age for age in range(t)]
>>> round(sum(weights), 6), round(1 - beta**t, 6)
(0.803126, 0.803126)

Dividing by that repairs it, for both averages; a hat marks what is repaired:

$$\hat m = \frac{m}{1-\beta_1^t} \qquad \hat v = \frac{v}{1-\beta_2^t}$$

Without the repair the first step would not be too small but too *large*: $v$ remembers longer than $m$,
so at the start it is the more too small of the two, even after the root, and it is what we divide by.

>>> round((1 - 0.85) / (1 - 0.99) ** 0.5, 3)
1.5

```mermaid
graph LR
    g["slope g"] --> m["m: average of g"]
    g --> v["v: average of g²"]
    m --> mh["m̂ = m / (1 − β₁ᵗ)"]
    v --> vh["v̂ = v / (1 − β₂ᵗ)"]
    mh --> step["η · m̂ / (√v̂ + ε)"]
    vh --> step
    step --> theta["θ − step"]
```

# No slope is not no step

The `wte` row of a letter that does not occur in a document gets the slope 0 there. Its $m$ shrinks, but
it is not 0 at once, and the parameter moves on, here by two thirds of its first step, and less each time.
Skipping parameters with slope 0 would be another algorithm.

>>> theta = Value(0.0)
>>> adam = Adam.start([theta])
>>> for slope in (1.0, 0.0):
...     theta.grad = slope
...     adam.update([theta], learning_rate=0.01)
...     print(round(theta.data, 5))
-0.01
-0.01651

# What follows

`microgpt.training` puts loss, slopes and steps into a loop.

Sources: Kingma and Ba, "Adam: A Method for Stochastic Optimization" (2014), algorithm 1. The heavy ball is
Polyak's (1964), the pace of its own Duchi, Hazan and Singer's AdaGrad (2011) and Geoffrey Hinton's RMSProp
(lecture, 2012).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from microgpt.autograd import Value
from microgpt.stages import stage


@dataclass
class Adam:
    r"""The two running averages of every parameter, and the rule that uses them.

    Attributes:
        m: The average slope of each parameter, `[n_parameters]`.
        v: The average squared slope of each parameter, `[n_parameters]`.
        steps: How many updates were made.
        beta1: How much of `m` is kept in each step.
        beta2: How much of `v` is kept in each step.
        eps: What is added to the root of `v` before dividing.

    Examples:
        Several parameters keep their own averages, whatever the others do.

        >>> pair = [Value(1.0), Value(-1.0)]
        >>> adam = Adam.start(pair)
        >>> pair[0].grad, pair[1].grad = 7.0, -0.002
        >>> adam.update(pair, learning_rate=0.5)
        >>> [round(value.data, 4) for value in pair], adam.steps
        ([0.5, -0.5], 1)
    """

    m: list[float]
    v: list[float]
    beta1: float
    beta2: float
    eps: float
    steps: int = 0

    @classmethod
    def start(
        cls, parameters: Sequence[Value], beta1: float = 0.85, beta2: float = 0.99, eps: float = 1e-8
    ) -> "Adam":
        """Begin with averages of 0.

        Args:
            parameters: What will be updated, in a fixed order.
            beta1: See `microgpt.config`.
            beta2: See `microgpt.config`.
            eps: See `microgpt.config`.

        Examples:
            >>> Adam.start([Value(1.0), Value(2.0)], beta1=0.9)
            Adam(m=[0.0, 0.0], v=[0.0, 0.0], beta1=0.9, beta2=0.99, eps=1e-08, steps=0)
        """
        return cls([0.0] * len(parameters), [0.0] * len(parameters), beta1, beta2, eps)

    @stage
    def update(self, parameters: Sequence[Value], learning_rate: float) -> None:
        r"""Move every parameter one step against its slope.

        For each parameter $\theta$ with slope $g$, in step $t = 1, 2, \dots$:

        $$\begin{aligned}
        m &\leftarrow \beta_1 m + (1 - \beta_1)\, g \\
        v &\leftarrow \beta_2 v + (1 - \beta_2)\, g^2 \\
        \theta &\leftarrow \theta - \eta \cdot
            \frac{m / (1 - \beta_1^t)}{\sqrt{v / (1 - \beta_2^t)} + \varepsilon}
        \end{aligned}$$

        Args:
            parameters: The same, in the same order, as at the start. Their slopes are read, and left as
                they are.
            learning_rate: $\eta$ of this step.

        Raises:
            ValueError: If there are more or fewer parameters than at the start.
            OverflowError: If a slope is so large that its square is not a float.

        Pitfalls:
            - The slopes are not set back to zero here, so that they can still be looked at. Whoever calls
              `backward` next does it.
            - $\varepsilon$ stands outside the root. Inside, 1e-8 would act like its root, 1e-4.

        Examples:
            Two steps with the slopes 0.1 and 0.12, learning rate 0.01. The first step is the learning
            rate, less one part in ten million for epsilon; the slope's size hardly matters.

            >>> theta = Value(5.0)
            >>> adam = Adam.start([theta], beta1=0.85, beta2=0.99)
            >>> theta.grad = 0.1
            >>> adam.update([theta], learning_rate=0.01)
            >>> round(adam.m[0], 6), round(adam.v[0], 6), round(theta.data, 9)
            (0.015, 0.0001, 4.990000001)

            The second slope is larger than the average size, so the step is a little longer.

            >>> theta.grad = 0.12
            >>> adam.update([theta], learning_rate=0.01)
            >>> round(adam.m[0], 6), round(adam.v[0], 6), round(theta.data, 7)
            (0.03075, 0.000243, 4.9799722)

            By hand: 0.03075 and 0.000243, each divided by its correction, then the quotient.

            >>> m_hat, v_hat = 0.03075 / (1 - 0.85**2), 0.000243 / (1 - 0.99**2)
            >>> round(m_hat, 6), round(v_hat, 7), round(0.01 * m_hat / (v_hat**0.5 + 1e-8), 7)
            (0.110811, 0.0122111, 0.0100278)

            An epsilon as large as the slope halves the step.

            >>> theta = Value(0.0)
            >>> adam = Adam.start([theta], eps=1.0)
            >>> theta.grad = 1.0
            >>> adam.update([theta], learning_rate=0.01)
            >>> round(theta.data, 6)
            -0.005
        """
        if len(parameters) != len(self.m):
            raise ValueError(
                f"{len(parameters)} parameters were given, but Adam started with {len(self.m)}; "
                "give the ones it started with"
            )
        self.steps += 1
        beta1, beta2, eps, m, v = self.beta1, self.beta2, self.eps, self.m, self.v
        share1, share2 = 1 - beta1, 1 - beta2
        correction1, correction2 = 1 - beta1**self.steps, 1 - beta2**self.steps
        for i, parameter in enumerate(parameters):
            grad = parameter.grad
            m[i] = m_i = beta1 * m[i] + share1 * grad
            v[i] = v_i = beta2 * v[i] + share2 * grad**2
            parameter.data -= learning_rate * (m_i / correction1) / ((v_i / correction2) ** 0.5 + eps)
