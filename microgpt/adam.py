r"""How a slope becomes a step: Adam, which gives every parameter a pace of its own.

# What you will be able to do

- compute a step of Adam by hand, and say what each of its parts is for;
- predict how far a parameter moves when its slopes agree, contradict each other, or are 0;
- say where Adam helps, where it does not, and what it costs.

# The question

After the backward pass every parameter knows its slope: which way the loss rises, and how fast. To lower
the loss, go the other way. **But how far?**

# The picture

Two ideas. A heavy ball that rolls down a valley does not turn at every bump. And whoever turns two knobs, one
coarse and one fine, gives each a pace of its own. Adam does both, for each parameter alone. Here it makes its
second step, after slopes of 1 and 0, with a learning rate of 0.01; the numbers are computed below.

```mermaid
graph TD
    g["slopes g<br/>1, and now 0"] --> m["m: average of g<br/>0.1275"]
    g --> v["v: average of g²<br/>0.0099"]
    m -- "corrected for the start" --> mh["m̂<br/>0.4595"]
    v -- "corrected for the start" --> vh["v̂<br/>0.4975"]
    mh --> step["step: rate · m̂ / √v̂<br/>0.00651"]
    vh --> step
    step --> theta["parameter: old − step<br/>from −0.01 to −0.01651"]
```

# The simplest answer, and what is wrong with it

*Gradient descent* (`microgpt.first_steps`) goes a fixed share of the slope:

$$\theta \leftarrow \theta - \eta \cdot g$$

with $\theta$ a parameter, $g$ its slope and $\eta$ the *learning rate*. Three troubles:

- Slopes differ by factors of thousands between parameters. A rate that suits the large ones leaves the small
  ones standing still.
- Each slope comes from one document and points where that document wants. The next one disagrees.
- In a narrow valley the slope points across, not along, and the steps bounce from wall to wall.

A valley of two parameters shows the first and the last: the loss is $x^2 + 1000\, y^2$, a thousand times
steeper across than along. A rate just small enough not to be thrown out across ($y$) hardly moves along
($x$):

>>> import random
>>> from microgpt.config import Config
>>> from microgpt.data import bundled_documents
>>> from microgpt.loss import document_loss
>>> from microgpt.model import Model, as_floats, as_values, new_model, parameters_of
>>> from microgpt.tokenizer import Tokenizer
>>> from microgpt.trained import trained_parameters
>>> def descend(rate, x=1.0, y=1.0):
...     for _ in range(100):
...         x, y = x - rate * 2 * x, y - rate * 2000 * y
...     return round(x, 3), f"{abs(y):.1g}"
>>> descend(0.0009), descend(0.0011)
((0.835, '2e-10'), (0.802, '8e+07'))

# Adam's answer

*Adam* looks not at one slope but at a *running average*: an average in which what is newer counts more. A
number $\beta$ between 0 and 1 says how much of the old average is kept; the rest comes from the new value:

$$\text{average} \leftarrow \beta \cdot \text{average} + (1 - \beta) \cdot \text{new value}$$

With 0.85, what came six or seven steps ago still counts about a third as much as the newest; with 0.99, what
came a hundred steps ago.

>>> [round(0.85**steps, 2) for steps in (6, 7)], round(0.99**100, 2)
([0.38, 0.32], 0.37)

Keep two for each parameter: $m$ of its slopes, with $\beta_1$, and $v$ of their squares, with $\beta_2$. Then
go

$$\text{step} = \eta \cdot \frac{m}{\sqrt{v}}$$

The top says *which way on the whole*: slopes that contradict each other cancel. This is *momentum*, the heavy
ball. The bottom says *how large the slopes usually are*: dividing by it makes the step independent of their
scale. (An average of squares, and its root, because plus and minus must not cancel here.) What remains is a
measure of agreement: near 1 or -1 while the slopes agree, near 0 while they contradict each other.

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

So the learning rate is not "the usual step". It is the step when all slopes agree, and they rarely do. Slopes
that are mostly noise, with a mean of half their scatter, move a parameter less than half as far:

>>> rng = random.Random(0)
>>> round(walk([rng.gauss(0.5, 1.0) for _ in range(1000)]) / (1000 * 0.01), 2)
-0.46

Nor is it a hard limit. After a long silence $v$ is small, and the first steps are longer than it:

>>> walk([0.0] * 200 + [1.0] * 8)
-0.1721

In the valley the thousandfold difference disappears: both parameters walk at the same pace.

>>> def descend_with_adam(rate, x=1.0, y=1.0):
...     x, y = Value(x), Value(y)
...     adam = Adam.start([x, y])
...     for _ in range(20):
...         x.grad, y.grad = 2 * x.data, 2000 * y.data
...         adam.update([x, y], rate)
...     return round(x.data, 3), round(y.data, 3)
>>> descend_with_adam(0.05)
(0.139, 0.139)

A valley so steep cannot be drawn. Here is a gentler one, seen from above. Look at how the two paths get from
the left end to the middle: one bounces from wall to wall, the other walks along.

```figure
adam-path
```

# The correction of the start

Both averages start at 0, so at first they are too small, by a known amount. *Bias correction* mends that. The
weights in an average are a geometric series: the newest slope counts $1 - \beta$, the one before it $\beta$
times as much, and so on, and after $t$ steps they add up to $1 - \beta^t$ and not to 1.

>>> beta, t = 0.85, 10
>>> weights = [(1 - beta) * beta**age for age in range(t)]
>>> round(sum(weights), 6), round(1 - beta**t, 6)
(0.803126, 0.803126)

So both averages are divided by that; a hat marks what is corrected:

$$\hat m = \frac{m}{1-\beta_1^t} \qquad \hat v = \frac{v}{1-\beta_2^t}$$

Without it, the first step would be $(1-\beta_1) g$ divided by the root of $(1-\beta_2)\, g^2$. Is that too
small or too large? It depends on both: too large where $1 - \beta_1$ is more than the root of $1 - \beta_2$.
With our 0.85 that is so for a $\beta_2$ above 0.9775. With 0.99 the first step would be half as long again;
with the 0.95 that is common in large models it would be too small.

>>> [round((1 - 0.85) / (1 - beta2) ** 0.5, 3) for beta2 in (0.95, 0.9775, 0.99, 0.999)]
[0.671, 1.0, 1.5, 4.743]

With 32 seeds of the default model on names.txt, each with the correction and without, it had no effect that
could be told from luck, after 1,000 steps and after 10,000 (`docs/pages/experiments.md`).

# Adam taken apart

Two ideas, so four rules: neither (plain descent), the heavy ball alone, the pace of its own alone (known,
without the correction, as *RMSProp*), and both. Each keeps the averages and uses what it is told to.

>>> def new_rule(parameters, ball, pace, rate):
...     m, v, t = [0.0] * parameters, [0.0] * parameters, 0
...     def steps(slopes):
...         nonlocal t
...         t += 1
...         for i, slope in enumerate(slopes):
...             m[i] = ball * m[i] + (1 - ball) * slope
...             v[i] = pace * v[i] + (1 - pace) * slope * slope
...         bottoms = [(one / (1 - pace**t)) ** 0.5 + 1e-8 if pace else 1.0 for one in v]
...         return [rate * one / (1 - ball**t) / bottom for one, bottom in zip(m, bottoms)]
...     return steps
>>> RULES = {"plain": (0.0, 0.0), "ball": (0.85, 0.0), "pace": (0.0, 0.99), "Adam": (0.85, 0.99)}

The valley again, and beside it the same one *turned* by 45 degrees, so that each parameter leads half along
and half across. (`along` and `across` say where in the valley one is; the pair `c, s` turns slopes into those
of the two parameters, and their steps back.) Each rule has 300 steps and the best of fifteen rates. Shown is
the loss that is left, of about a thousand; below a billionth, 0:

>>> def loss_left(ball, pace, rate, c, s):
...     steps, along, across = new_rule(2, ball, pace, rate), 1.0, 1.0
...     for _ in range(300):
...         p, q = steps([c * 2 * along + s * 2000 * across, s * 2 * along - c * 2000 * across])
...         along, across = along - c * p - s * q, across - s * p + c * q
...         if abs(across) > 1e6:
...             return 1e12  # thrown out of the valley
...     return along**2 + 1000 * across**2
>>> rates = [digit / 10**places for places in range(5) for digit in (1, 2, 5)]
>>> straight, turned = (1.0, 0.0), (0.5**0.5, 0.5**0.5)
>>> for name, rule in RULES.items():
...     left = [min(loss_left(*rule, rate, *way) for rate in rates) for way in (straight, turned)]
...     print(f"{name:6}", *(f"{one:.0e}" if one > 1e-9 else "    0" for one in left))
plain  5e-01 5e-01
ball   1e-06 1e-06
pace       0 3e-01
Adam       0 2e-04

Read it by columns. In the straight valley the pace of its own is everything: one parameter leads along, the
other across, and evening out the parameters evens out the valley. In the turned one it is worth little, and
beside the ball it does harm, for both parameters now have large slopes that alternate. Read it by rows: plain
descent and the ball do not notice the turn, since they treat all directions alike. **Adam evens out
parameters, not directions.** At the rate that suited the straight valley, it hardly comes along the turned
one at all. (Turned, one is $(x + y)/\sqrt 2$ along and $(x - y)/\sqrt 2$ across; the root of 2 keeps all
distances as they were. So the loss is $\frac{1}{2} (x + y)^2 + \frac{1000}{2} (x - y)^2$, and the slopes of
that stand in the code.)

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

The valley of the first figure, turned. Look at the ends of the two paths: the plain one is the same as
before, only turned too; Adam's, at the rate that was good there, now stops short of it.

```figure
turned-valley
```

Now turn the rates yourself. Look for the rate at which the plain way flies out of the straight valley, and
for what the turned one does to each of the two.

```figure
valley
```

A valley is a drawing. Here are the four rules with a small model that learns from sixty names, the same for
all; shown is the mean loss over the last twenty, for three rates of each.

>>> names, tokenizer = bundled_documents(), Tokenizer("abcdefghijklmnopqrstuvwxyz")
>>> def last_losses(ball, pace, rate):
...     rng = random.Random(42)
...     lessons = rng.sample(names, 60)
...     parameters = parameters_of(model := new_model(Config(n_embd=8, n_head=2), tokenizer, rng))
...     steps, losses = new_rule(len(parameters), ball, pace, rate), []
...     for name in lessons:
...         loss = document_loss(model, tokenizer.encode(name))
...         for parameter in parameters:
...             parameter.grad = 0.0
...         loss.backward()
...         losses.append(loss.data)
...         for parameter, step in zip(parameters, steps([one.grad for one in parameters])):
...             parameter.data -= step
...     return round(sum(losses[-20:]) / 20, 2)
>>> for name, rates in {"plain": (0.1, 0.3, 1.0), "ball": (0.1, 0.3, 1.0),
...                     "pace": (0.003, 0.01, 0.03), "Adam": (0.003, 0.01, 0.03)}.items():
...     print(name, [last_losses(*RULES[name], rate) for rate in rates])
plain [2.88, 2.75, 2.85]
ball [2.9, 2.8, 2.86]
pace [2.98, 2.79, 2.74]
Adam [3.04, 2.77, 2.86]

With the best of its rates each rule comes about as far; their best rates differ by a factor of ten and more.
That agrees with the long runs, 32 seeds each: plain descent at the best of its rates is behind Adam by
little, and Adam without the ball (`beta1` 0) is as good as with it (`docs/pages/experiments.md`). For a model
as small as ours Adam's merit is that one rate serves parameters of very different slopes. Which one still
matters: `microgpt.training` shows that larger models and longer runs want a smaller one. The eight models of
the GPT-3 paper went from 6e-4 for the smallest to 0.6e-4 for the largest.

<!-- not computed: 0.6e-4; the learning rates in table 2.1 of the GPT-3 paper -->

# One step for emma

Take the default run, finished (`microgpt.trained`), and let it look at a name that it has never met. Its loss
there is 2.72. Here are the slopes of two numbers in the vector of m, of two in that of q, which does not
occur in the name, and of two among the weights that ask the questions of attention:

>>> model = as_values(Model(Config(), tokenizer, trained_parameters()))
>>> parameters, emma = parameters_of(model), tokenizer.encode("emma")
>>> loss = document_loss(model, emma)
>>> loss.backward()
>>> round(loss.data, 2)
2.72
>>> for name, row in (("wte", 12), ("wte", 16), ("layer0.attn_wq", 0)):
...     print(f"{name:15} {row:2}", [round(one.grad, 4) for one in model.parameters[name][row][:2]])
wte             12 [0.3172, 0.2181]
wte             16 [0.0, 0.0]
layer0.attn_wq   0 [-0.0001, -0.0002]

Half of all parameters have a slope here, and the sizes of these slopes span almost five powers of ten:

>>> sizes = sorted(abs(parameter.grad) for parameter in parameters if parameter.grad)
>>> len(sizes), len(parameters), f"{sizes[0]:.0e}", f"{sizes[-1]:.0e}"
(2112, 4192, '1e-05', '7e-01')

Plain descent would move some of them tens of thousands of times as far as others. The first step of Adam,
whose averages are those of this one name, moves each by the whole rate, up or down:

>>> before = [parameter.data for parameter in parameters]
>>> Adam.start(parameters).update(parameters, learning_rate=0.001)
>>> moves = [abs(parameter.data - old) for parameter, old in zip(parameters, before)]
>>> sum(move > 0 for move in moves), round(min(filter(None, moves)), 5), round(max(moves), 5)
(2112, 0.001, 0.001)

If every parameter goes the rate down its slope, the loss should fall by the rate times the sum of all sizes
of slopes. It does, nearly: slopes hold close by.

>>> round(0.001 * sum(sizes), 3), round(loss.data - document_loss(as_floats(model), emma), 3)
(0.05, 0.05)

# Weight decay and clipping

Two things are usual beside Adam, and this program has neither: *weight decay* and *gradient clipping*.

Weight decay takes a small share of every parameter away in each step, so that only those stay large that
the slopes keep large. How small the share, that is a dial again. It can be added to the slope, as
$\lambda\theta$ with a small number $\lambda$ (as if the loss had a part $\frac{1}{2}\lambda\theta^2$), but
then Adam divides it by the size of the slopes, and parameters with large slopes hardly decay. Or it can be
taken from the parameter directly, which is called *AdamW*: then all decay alike. A parameter of 1.0, a
hundred steps, slopes that alternate, large and small:

>>> def left_of_one(size, in_slope, apart):
...     theta = Value(1.0)
...     adam = Adam.start([theta])
...     for sign in (-1, 1) * 50:
...         theta.grad = sign * size + in_slope * theta.data
...         theta.data *= 1 - 0.01 * apart
...         adam.update([theta], learning_rate=0.01)
...     return round(theta.data, 2)
>>> [left_of_one(size, in_slope=0.1, apart=0.0) for size in (10.0, 1.0, 0.1)]
[1.01, 0.92, 0.45]
>>> [left_of_one(size, in_slope=0.0, apart=0.1) for size in (10.0, 1.0, 0.1)]
[0.92, 0.92, 0.92]

Clipping: where the whole gradient is longer than a limit, all slopes are shortened by the same factor, so
that its direction stays. With a limit of 1, the slopes 3 and -4, together 5 long:

>>> slopes = [3.0, -4.0]
>>> length = sum(slope**2 for slope in slopes) ** 0.5
>>> length, [round(slope * min(1.0, 1.0 / length), 3) for slope in slopes]
(5.0, [0.6, -0.8])

With Adam it is not the step that it protects, which with our two $\beta$ is never as long as three times the
rate. It protects the averages. One slope of a thousand among a hundred ones stays in $v$ for a long time, and
until it is forgotten the parameter hardly moves. Clipped, it does no harm.

>>> walk([1.0] * 50 + [1000.0] + [1.0] * 50), walk([1.0] * 50 + [1.0] + [1.0] * 50)
(-0.5719, -1.01)

# What it costs

Three numbers are kept for each parameter: itself, its $m$ and its $v$; while a step is computed, a fourth,
its slope. Plain descent would keep one. For our model that is nothing; for a large one it is a large part of
the memory of training.

>>> 3 * 4192
12576

# No slope is not no step

The `wte` row of a letter that does not occur in a document gets the slope 0 there. Its $m$ shrinks, but
it is not 0 at once, and the parameter moves on, here by two thirds of its first step, and less each time.

>>> theta = Value(0.0)
>>> adam = Adam.start([theta])
>>> for slope in (1.0, 0.0):
...     theta.grad = slope
...     adam.update([theta], learning_rate=0.01)
...     print(round(theta.data, 5), [round(average, 4) for average in (adam.m[0], adam.v[0])])
-0.01 [0.15, 0.01]
-0.01651 [0.1275, 0.0099]

Corrected for the start, the two averages of the second line make the second step:

>>> m, v = 0.1275 / (1 - 0.85**2), 0.0099 / (1 - 0.99**2)
>>> round(m, 4), round(v, 4), round(0.01 * m / v**0.5, 5)
(0.4595, 0.4975, 0.00651)

# Pitfalls

*Skipping what has no slope.* It saves work, and it is another algorithm. The second step above would not be
made, and the averages would not shrink:

>>> theta = Value(0.0)
>>> adam = Adam.start([theta])
>>> for slope in (1.0, 0.0):
...     theta.grad = slope
...     if slope:
...         adam.update([theta], learning_rate=0.01)
>>> round(theta.data, 5)
-0.01

*No correction of the start.* The first steps are too long, and the longest is not the first. With slopes of
1, these are the steps as multiples of the rate:

>>> [round((1 - 0.85**t) / (1 - 0.99**t) ** 0.5, 2) for t in (1, 2, 8, 20)]
[1.5, 1.97, 2.62, 2.25]

*Epsilon inside the root.* The tiny number `eps` is there so that nothing is divided by 0. Under the root it
acts like its own root, and small slopes are no longer made up for: one of a millionth moves its parameter
a hundredth of the rate, where it should move it the whole rate.

>>> slope, eps = 1e-6, 1e-8
>>> round(slope / (slope + eps), 2), round(slope / (slope**2 + eps) ** 0.5, 2)
(0.99, 0.01)

*The averages lost.* Whoever saves a run without $m$ and $v$ goes on with a first step, in which everything
moves the whole rate. After a thousand slopes of noise a parameter is usually moved by a fraction of it:

>>> noise, theta = random.Random(1), Value(0.0)
>>> adam = Adam.start([theta])
>>> for _ in range(1000):
...     old, theta.grad = theta.data, noise.gauss(0.0, 1.0)
...     adam.update([theta], learning_rate=0.01)
>>> going_on = abs(theta.data - old)
>>> old = theta.data
>>> Adam.start([theta]).update([theta], learning_rate=0.01)
>>> round(going_on, 4), round(abs(theta.data - old), 4)
(0.0021, 0.01)

# Check yourself

??? question what adam "All losses are multiplied by 1,000. How far do the parameters move now?"

    As far as before. $m$ is a thousand times as large, and so is the root of $v$. Only epsilon notices.

    >>> walk([0.3, 0.1, -0.2]) == walk([300.0, 100.0, -200.0])
    True

??? question why adam "Why Adam and not plain gradient descent?"

    Because the slopes of the parameters of one model differ by powers of ten, as those of "emma" do, and one
    rate has to serve them all. Dividing each by its own usual size makes that possible. And because single
    slopes are noisy, and an average is less so. Not because it is always better: with its rate found by
    trial, plain descent comes close here; nor because it knows its way in every valley, as the turned one
    shows.

??? question how adam "How do you implement Adam?"

    Two lists of zeros as long as the parameters, and a count of steps. In each step, for each parameter: mix
    the slope into $m$ and its square into $v$, divide both by what their weights add up to so far, and
    subtract rate times $\hat m$ over the root of $\hat v$ plus epsilon. It is the body of
    `microgpt.adam.Adam.update`, and these are three steps of it with bare floats, beside ours:

    >>> theta, m, v = 0.0, 0.0, 0.0
    >>> for t, slope in enumerate([0.3, 0.1, -0.2], start=1):
    ...     m, v = 0.85 * m + 0.15 * slope, 0.99 * v + 0.01 * slope**2
    ...     theta -= 0.01 * (m / (1 - 0.85**t)) / ((v / (1 - 0.99**t)) ** 0.5 + 1e-8)
    >>> round(theta, 4) == walk([0.3, 0.1, -0.2])
    True

??? question deeper adam "Where does Adam's rule come from?"

    From a wish: a step that does not depend on the unit of the loss. If the loss is multiplied by $c$, so is
    every slope. Whatever the slope is divided by must grow by $c$ too, and the average size of the slopes
    does. A step made of $m / \sqrt v$ has no unit left; the rate gives it one, that of the parameters.

    How large can it be? The mean of the squares of the distances from the mean is never negative. Multiplied
    out, each square is $g^2 - 2 g \overline g + \overline g^2$, and the mean of $g \overline g$ is
    $\overline g^2$. So it is the mean of the squares less the square of the mean:

    $$\overline{(g - \overline g)^2} = \overline{g^2} - \overline g^2 \ge 0$$

    So the mean is at most the root of the mean of squares, and if $m$ and $v$ used the same weights, the step
    would be at most the rate. Where the mean is $\mu$ and the mean square of the distances from it
    $\sigma^2$, the mean square of the slopes is $\mu^2 + \sigma^2$, and the step would be the rate times $\mu
    / \sqrt{\mu^2 + \sigma^2}$: the surer the direction, the longer the step. For the noise above, with a mean
    of half its scatter, that is 0.447; the walk came to 0.46.

    >>> round(0.5 / (0.5**2 + 1.0**2) ** 0.5, 3)
    0.447

    The weights are not the same: $m$ forgets sooner. So the step can be longer than the rate. After a long
    silence, slopes that are all equal make it at worst

    >>> round(max((1 - 0.85**t) / (1 - 0.99**t) ** 0.5 for t in range(1, 100)), 2)
    2.62

    times as long. The worst slopes of all grow by a sixth, 0.99 over 0.85, in each step, as the ratio of the
    two weights does, that in $m$ over that in $v$. (Why none are worse is not shown here; look for the
    Cauchy-Schwarz inequality.) Where each slope *is* this ratio, $m$ and $v$ become one and the same sum, of
    the first weight squared over the second, and $m / \sqrt v$ is its root. So the step is at most

    >>> weights = [(0.15 * 0.85**age, 0.01 * 0.99**age) for age in range(200)]
    >>> round(sum(one**2 / two for one, two in weights) ** 0.5, 2)
    2.89

    times as long as the rate. What the rule does not come from is the shape of the valley. For that one would
    need the slopes of the slopes.

??? question deeper adam "Does every parameter move against its slope?"

    No: against the running average of its slopes. After three slopes of 1, a slope of -0.5 does not turn it
    round. It goes on downwards, although by its newest slope that is uphill:

    >>> walk([1.0, 1.0, 1.0]), walk([1.0, 1.0, 1.0, -0.5])
    (-0.03, -0.0359)

# To keep

- A step of Adam is the rate times a measure of agreement: the average slope over the usual size of the
  slopes.
- It evens out parameters, not directions, and it leaves the choice of the rate to us.
- No slope is not no step, and the averages belong to the state of a run as much as the parameters do.

# What follows

A step is made. What does it take to make a thousand of them that teach a model something? `microgpt.training`
puts loss, slopes and steps into a loop.

Sources: Kingma and Ba, "Adam: A Method for Stochastic Optimization" (2014), algorithm 1. The heavy ball is
Polyak's (1964), the pace of its own Duchi, Hazan and Singer's AdaGrad (2011) and Geoffrey Hinton's RMSProp
(lecture, 2012). Decay apart from the slope: Loshchilov and Hutter, "Decoupled Weight Decay Regularization"
(2017). Clipping: Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks"
(2012). The rates of GPT-3: Brown et al., "Language Models are Few-Shot Learners" (2020), table 2.1.
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
        r"""Move every parameter one step, against the running average of its slopes.

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
