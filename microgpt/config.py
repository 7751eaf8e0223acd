r"""Every dial in one place: what it does, why it stands where it stands, what happens if you turn it.

# What you will be able to do

- Say of each dial what it does, and why it stands where it stands.
- Predict what happens when it is turned up, and when it is turned down.
- Count the parameters of a model before it is made.
- Tell a dial that matters from luck.

# The question

A *parameter* is a number that the model learns; the default model has 4,192 of them (`microgpt.model`). A
**hyperparameter** is a number that you choose before the learning starts, and that learning never touches.
This book says **dial**. Each is a field of `Config` and a flag of the command line, so `n_embd` is
`--n-embd`. The defaults are those of the original microgpt. **Which dials are there, and what happens when
one is turned?**

>>> len(fields(Config))
16

# The picture

Think of baking. The parameters are the dough: the oven changes it. The dials are what you set before: the
size of the tin, the heat, the time. Bread from two ovens tells you something about heat only if all else was
equal. The numbers in the drawing are the usual settings.

```mermaid
graph TD
    set["documents<br/>hold_out 0"] --> made
    made["a model<br/>n_layer 1, n_embd 16,<br/>block_size 16, n_head 4,<br/>init_std 0.08"]
    made --> trained
    trained["it learns<br/>steps 1000, batch_size 1,<br/>learning_rate 0.01,<br/>beta1 0.85, beta2 0.99"]
    trained --> speaks["it invents<br/>samples 20, and<br/>how boldly"]
    seed["seed 42<br/>every random draw"] --> set
    seed --> made
    seed --> speaks
    trained -- "save_every" --> file["a file"]
```

Some dials need words that come later. Read of them what you can: each says after which chapter to come back.

What is said here of the benefit of a dial was measured: the page `docs/pages/experiments.md` has 32 runs for
each change, on the original's names, in 1,000 and in 10,000 steps; here those of one layer are quoted, unless
layers are the question. "The record" below is that page.

# Architecture: the shape of the model

## n_layer

**What it does.** How many layers are stacked, each one attention and one small network. A later layer works
on what the earlier ones found. Come back to it after `microgpt.model`, which builds one.

**Why 1.** One layer is enough to see every part at work, and it trains in seconds.

**Up and down.** Each layer adds $12 \cdot n_{embd}^2$ parameters and its share of time. In the record two or
four layers are hardly better than one in 1,000 steps, and a little better in 10,000. Fewer than one is
refused. Parameters for 1, 2 and 4 layers on an alphabet of 26:

>>> [12 * n_layer * 16**2 + (27 + 16 + 27) * 16 for n_layer in (1, 2, 4)]
[4192, 7264, 13408]

(The 27, 16 and 27 are the rows of three tables beside the layers.)

**From.** GPT-2 has 12 to 48 layers (Radford et al., "Language Models are Unsupervised Multitask
Learners", 2019).

## n_embd

**What it does.** How many numbers describe one position: the width of every vector in the model.

**Why 16.** Room for 27 tokens to differ from each other in many ways at once, and small enough to print.

**Up and down.** Twice the width is four times the parameters in every layer, and up to four times the work. A
narrow model must squeeze what it knows: half the width is clearly worse in the record. A wide one wants a
smaller `learning_rate`: twice the width is better at half the rate, and at the usual rate worse in the long
run. It must be divisible by `n_head`. Parameters for widths 8, 16, 32 and 64:

>>> [12 * d**2 + (27 + 16 + 27) * d for d in (8, 16, 32, 64)]
[1328, 4192, 14528, 53632]

**From.** GPT-2 uses 768 to 1,600. Learned vectors for words, in a network that guesses the next one, are from
Bengio et al., "A Neural Probabilistic Language Model" (2003); `microgpt.model` shows the vectors that were
learned.

## block_size

**What it does.** The longest context: how many positions a document may fill, the first mark included.

**Why 16.** The names that the original learns from have up to 15 letters, and the mark in front makes 16.

**Up and down.** The **block size** costs `n_embd` parameters for each position. Smaller cuts: the model is
trained on the beginning of a long document only, and its own samples end there too. Larger costs next to no
time until a document uses it. The predictions made for a document of 7 characters at block sizes 4, 8 and 16:

>>> [min(block_size, 7 + 1) for block_size in (4, 8, 16)]
[4, 8, 8]

Even where no document uses the room, another size is another run: more numbers are drawn before the later
matrices are, so those start with others. The first number drawn after a table with 8 rows, and after one with
16:

>>> import random
>>> for block_size in (8, 16):
...     rng = random.Random(42)
...     table = [[rng.gauss(0, 0.08) for _ in range(16)] for _ in range(block_size)]
...     print(round(rng.gauss(0, 0.08), 4))
0.1093
0.0496

**From.** GPT-2 has 1,024. Its program says `n_ctx`, papers say *context length*; `block_size` is the word of
Andrej Karpathy's minGPT (2020), and others used it before.

## n_head

**What it does.** How many attention heads share the width. Each gets `n_embd / n_head` numbers.

**Why 4.** Four heads of 4 numbers: several, and each still large enough to compare something.

**Up and down.** The number of parameters stays the same; the time grows a little, since each head has its
own softmax. More heads can look at more things at once, each with a coarser eye. In the record one head costs
next to nothing in 1,000 steps and clearly something in 10,000; eight are a little better than four there. It
must divide `n_embd`, or numbers would be lost.

>>> [Config(n_head=n_head).head_dim for n_head in (1, 2, 4, 16)]
[16, 8, 4, 1]

**From.** Vaswani et al., "Attention Is All You Need" (2017), section 3.2.2, with 8 heads of 64.

# Initialization: where learning starts

The **initialization** is the numbers that a model starts with. `microgpt.model` draws them.

## init_std

**What it does.** How large the random numbers are that the parameters start from: the standard deviation of a
normal distribution around 0. (Small numbers are frequent in it and large ones are rare: about two thirds lie
nearer to 0 than the standard deviation.) Come back to it after `microgpt.adam`.

**Why 0.08.** Small enough that the first predictions are nearly even. It need not be larger: in the record an
eightieth of it costs about a hundredth of a nat (the unit of `microgpt.loss`), since Adam (`microgpt.adam`)
makes steps of nearly the same length from small slopes, as long as they are well above its `eps`.

**Up and down.** With inputs of size 1, a sum of 16 products has the size $\sqrt{16} \cdot \text{std}$. At 1.0
a matrix with 16 inputs multiplies the size by about 4. Normalization sets the *inputs* of each part to size 1
again. It mends nothing else: queries and keys of size 4 have products of size 16 and more, so that attention
chooses hard before it has learned anything; what each part adds is large; and so are the scores at the end,
so the first predictions are sure of nonsense.

>>> [round(16**0.5 * std, 2) for std in (0.0, 0.02, 0.08, 1.0)]
[0.0, 0.08, 0.32, 4.0]

(Only the root of 16, because the products partly cancel: `microgpt.attention.attention_weights`.)

The largest attention weight of four positions that see 8 keys each, and where even weights would be 0.125:

>>> from microgpt.attention import attention_weights
>>> from microgpt.vectors import linear, rmsnorm
>>> def largest_weights(std, rng):
...     xs = [rmsnorm([rng.gauss(0, 1) for _ in range(16)]) for _ in range(8)]
...     wq, wk = ([[rng.gauss(0, std) for _ in range(16)] for _ in range(4)] for _ in range(2))
...     keys = [linear(x, wk) for x in xs]
...     return [round(max(attention_weights(linear(x, wq), keys)), 3) for x in xs[:4]]
>>> largest_weights(0.08, random.Random(1)), largest_weights(1.0, random.Random(1)), 1 / 8
([0.134, 0.144, 0.153, 0.139], [0.516, 0.965, 1.0, 0.821], 0.125)

At 0 every parameter has the slope 0, and nothing moves, ever. Equal numbers other than 0 learn, but hardly
more than how frequent each letter is: numbers that do the same work from the same start get equal slopes and
stay equal. This is the *symmetry* that the randomness must break; `microgpt.model` shows both.

**From.** GPT-2 uses 0.02 for widths of 768 and more. Glorot and Bengio, "Understanding the difficulty of
training deep feedforward neural networks" (2010), derive about $1/\sqrt{n}$, which would be 0.25 for 16.

# Training: how it learns

## steps

**What it does.** How many steps of learning there are. Each takes the next document, or the next
`batch_size` of them.

**Why 1000.** Well under a minute, and the samples begin to look like names.

**Up and down.** More steps lower the loss, at first quickly and then ever more slowly. In the record ten
times as many help more than any change of the model's shape. After one pass over all documents the next pass
begins. With 0 steps you see what an untrained model says.

**From.** Counting by steps is as old as learning from one example at a time: Robbins and Monro, "A Stochastic
Approximation Method" (1951). A thousand names are about seven thousand tokens; GPT-3 (Brown et al., 2020)
was trained on 300 billion.

## batch_size

**What it does.** How many documents each step learns from: it follows the mean of their slopes.

**Why 1.** One document a step is the simplest loop there is, and it is the original's.

**Up and down.** The slopes of a single document point where this document wants to go; the mean of many
points where most of them agree, and its scatter, how far it lies from what all documents want, falls with the
square root of their number. Each step costs as many times more. In the record 16 documents a step help more
than anything else at the same number of steps; they also see 16 times as many names. With $N$ documents a
step, step $k$, counted from 0, takes the shuffled documents $kN$ to $kN+N-1$ (`microgpt.training`). The
documents that 1,000 steps see, and the scatter compared with that of one, for 1, 4 and 16:

>>> [(1000 * size, round(size**-0.5, 2)) for size in (1, 4, 16)]
[(1000, 1.0), (4000, 0.5), (16000, 0.25)]

**From.** GPT-2 has 512 pieces of 1,024 tokens in a step. Cauchy's descent (1847) takes the slope of the
whole function in each step; one example at a time is Robbins and Monro's (1951).

## learning_rate

**What it does.** How far a step moves a parameter if all recent slopes agree. It falls in a straight line
from this value towards 0 over the run. Come back to it after `microgpt.training`.

**Why 0.01.** The first step moves every parameter that has a slope by almost exactly this much, an eighth of
`init_std`. In the record half of it and twice of it are both worse in 1,000 steps.

**Up and down.** Too small and a thousand steps get nowhere; too large and each step overshoots. So it is in
the simplest valley there is, $x^2$ with the slope $2x$, ten steps from 1. (This is plain gradient descent, as
in `microgpt.first_steps`. Our program has the rule of `microgpt.adam`, which divides by the usual size of the
slope; it overshoots too.)

>>> def walk(learning_rate, x=1.0):
...     for _ in range(10):
...         x -= learning_rate * 2 * x
...     return round(x, 3)
>>> [walk(learning_rate) for learning_rate in (0.01, 0.3, 0.9, 1.1)]
[0.817, 0.0, 0.107, 6.192]

Where slopes contradict each other, steps are shorter. A step is the rate times a share, and the share is the
average of the recent slopes divided by their usual size. (Both averages start at 0, and the last line makes
up for that; `microgpt.adam` has the calculation.) For a hundred slopes that agree it is 1. For a hundred
whose signs are tossed with a coin it is, in the middle of 1,000 tries:

>>> def share_of_rate(slopes, mean=0.0, square=0.0):
...     for slope in slopes:
...         mean = 0.85 * mean + 0.15 * slope
...         square = 0.99 * square + 0.01 * slope**2
...     return abs(mean) / (1 - 0.85 ** len(slopes)) / (square / (1 - 0.99 ** len(slopes))) ** 0.5
>>> rng = random.Random(1)
>>> tossed = sorted(share_of_rate([rng.choice([-1, 1]) for _ in range(100)]) for _ in range(1000))
>>> round(share_of_rate([3.0] * 100), 2), round(tossed[500], 2)
(1.0, 0.2)

In the default run a usual parameter (half move more, half less) moves by the whole rate in the first step,
by about a third of it in the tenth, and by about an eighth in the hundredth. Falling towards 0 lets the last
steps settle what the first ones roughed out: a constant rate is among the worst changes of the record. The
rate at steps 1, 2, 500 and 1,000:

>>> [round(0.01 * (1 - (step - 1) / 1000), 6) for step in (1, 2, 500, 1000)]
[0.01, 0.00999, 0.00501, 1e-05]

The best rate is smaller for a wider model and for a longer run: in 10,000 steps half of ours is better, and
twice of it does much harm. Rate, size and length belong together (`microgpt.training`).

**From.** Linear decay was used for BERT (Devlin et al., 2018); GPT-3 (Brown et al., 2020) falls along a
cosine, a curve of `microgpt.training`.

## beta1

**What it does.** How long the rule for steps remembers the direction: the share of the old average in the
new one. It acts like a heavy ball that does not follow every bump. (The rule is Adam.
Come back to it after `microgpt.adam`.)

**Why 0.85.** A memory of about seven steps. It is the original's choice, and the record has no better one:
with no memory at all (0) the loss is the same within luck, at 0.95 it is a little worse in 1,000 steps.

**Up and down.** Each step keeps the share $\beta_1$ of the old average. So after $n$ steps $\beta_1^n$ of it
is left, and the newest $n$ slopes make up the rest, $1 - \beta_1^n$. As the length of the memory one takes
$1/(1-\beta_1)$ steps: where that is more than a few, so many of the newest slopes make up about two thirds.
Higher smooths more and reacts later; at 0 each step follows its own document alone.

>>> [round(1 / (1 - beta1), 1) for beta1 in (0.0, 0.85, 0.9, 0.99)]
[1.0, 6.7, 10.0, 100.0]
>>> [round(1 - beta1 ** (1 / (1 - beta1)), 2) for beta1 in (0.85, 0.9, 0.99)]
[0.66, 0.65, 0.63]

Slopes that alternate between +1 and -1 say nothing about a direction, and the average becomes small:

>>> average = 0.0
>>> for slope in [1, -1] * 20:
...     average = 0.85 * average + (1 - 0.85) * slope
>>> round(average, 3)
-0.081

**From.** Kingma and Ba, "Adam: A Method for Stochastic Optimization" (2014), use 0.9; `microgpt.adam` has
their rule. The heavy ball is Boris Polyak's (1964).

## beta2

**What it does.** How long the rule for steps remembers the usual size of the slopes: the share of the old
average of their squares in the new one. Come back to it after `microgpt.adam`.

**Why 0.99.** A memory of about 100 steps, a tenth of the run. In the record 0.9 is clearly worse, in short
runs and in long ones. The usual pair of 0.9 for `beta1` and 0.999 here is nearly as good in 1,000 steps, and
worse by about a hundredth of a nat (`microgpt.loss`) in 10,000.

**Up and down.** The step is divided by the usual size, so what is taken for usual matters. Higher: one large
slope changes it little, but when all slopes shrink it takes long to notice. Lower: one large slope makes it
jump, so that the next steps are too short, but it is over soon. The usual size right after a slope of 10
among slopes of 1, and 50 steps later, for 0.9, 0.99 and 0.999:

>>> def usual_size(beta2, slopes, square=1.0):
...     for slope in slopes:
...         square = beta2 * square + (1 - beta2) * slope**2
...     return round(square**0.5, 3)
>>> [usual_size(beta2, [10]) for beta2 in (0.9, 0.99, 0.999)]
[3.302, 1.411, 1.048]
>>> [usual_size(beta2, [10] + [1] * 50) for beta2 in (0.9, 0.99, 0.999)]
[1.025, 1.264, 1.046]

**From.** Kingma and Ba (2014) use 0.999; `microgpt.adam` has their rule.

## eps

**What it does.** A tiny number added to the usual size of the slopes before the step is divided by it, so
that nothing is ever divided by 0. Come back to it after `microgpt.adam`.

**Why 1e-08.** Far below every slope that means something, so it changes no step that matters.

**Up and down.** Slopes smaller than it are treated as noise: the step for a slope of exactly this size is
half the usual step. If it is far larger than all slopes, the division is always by about `eps`: sizes are no
longer evened out, a parameter with a tenth of the slope gets a tenth of the step, and every step is tiny
unless `learning_rate` grows as much as `eps`. The part of a full step that slopes of 1e-9, 1e-8 and 1e-3 get,
first at 1e-8, then at 1:

>>> [round(slope / (slope + 1e-8), 3) for slope in (1e-9, 1e-8, 1e-3)]
[0.091, 0.5, 1.0]
>>> [round(slope / (slope + 1), 9) for slope in (1e-9, 1e-8, 1e-3)]
[1e-09, 1e-08, 0.000999001]

**From.** Kingma and Ba (2014); `microgpt.adam` says where it stands.

# Chance and output

## seed

**What it does.** Where the random generator starts. It decides the order of the documents, the first
parameters and every sample.

**Why 42.** It is the original's, and the answer in Douglas Adams, "The Hitchhiker's Guide to the Galaxy"
(1979).

**Up and down.** There is no up or down: another seed is another run, by luck a little better or worse. On the
same machine the same seed gives the same bits again, which is how we know that our program is the original's.
To compare two settings fairly, run each with several seeds; how much the results of one setting differ
from seed to seed is the size of pure luck.

>>> [round(random.Random(seed).gauss(0, 0.08), 4) for seed in (42, 42, 43)]
[-0.0115, -0.0115, 0.1199]

**From.** The generator is the Mersenne Twister (Matsumoto and Nishimura, 1998).

## samples

**What it does.** How many new documents to invent after training.

**Why 20.** Enough to see whether the model has caught the sound.

**Up and down.** It changes nothing else. With 0 the run ends after training.

**From.** The original prints 20.

## temperature
**What it does.** How boldly the model chooses when it invents. Scores are divided by it before they
become chances. Come back to it after `microgpt.sampling`.

**Why 0.5.** Below 1 the model keeps to what it is sure of, which hides some of its mistakes.

**Up and down.** Towards 0 it always takes its favorite and repeats itself; at 1 it draws from what it has
learned; above 1 all letters come closer to equal and the names fall apart. How many times more likely the
better of two choices is, if their scores differ by 1 and are divided by 0.25, 0.5, 1 and 2:

>>> import math
>>> [round(math.exp(1 / temperature), 2) for temperature in (0.25, 0.5, 1.0, 2.0)]
[54.6, 7.39, 2.72, 1.65]

**From.** The formula and its name come from the physics of gases; Ackley, Hinton and Sejnowski brought
them into machine learning with "A Learning Algorithm for Boltzmann Machines" (1985).

# Judging and keeping

## hold_out

**What it does.** Which share of the distinct documents is set aside before training, only to judge by.
Come back to it after `microgpt.evaluation`.

**Why 0.0.** With 0 the run is the original's, to the last bit. In 1,000 steps it meets only a part of the
documents, and those that it has not met will do for judging.

**Up and down.** Where the steps go through all documents, nothing is left to judge by unless some are set
aside. More of them judge more finely: the uncertainty of a mean falls with the square root of how many
numbers it is the mean of (`microgpt.evaluation`). What it costs is documents to learn from, once there are
steps enough to need them. Two runs of different length are judged alike only if the same documents are set
aside, so give them the same share and seed. Documents set aside of 2,917, for three shares, and the
uncertainty compared with that of a single one:

>>> [round(2917 * hold_out) for hold_out in (0.01, 0.1, 0.3)]
[29, 292, 875]
>>> [round(1 / round(2917 * hold_out) ** 0.5, 2) for hold_out in (0.01, 0.1, 0.3)]
[0.19, 0.06, 0.03]

**From.** Mervyn Stone, "Cross-Validatory Choice and Assessment of Statistical Predictions" (1974), tells the
history of the idea.

## save_every

**What it does.** After how many steps the run is written to its file, to go on from there if it is stopped.
Come back to it after `microgpt.checkpoint`.

**Why 100.** About a second of work with the usual model, and writing takes a few hundredths of it.

**Up and down.** Lower loses less when the machine is switched off, and writes more often. The start, the
end and Ctrl-C write in any case. How often a run of 1,000 steps is written, start and end included:

>>> [1 + -(-1000 // save_every) for save_every in (10, 100, 400)]
[101, 11, 4]

**From.** Going on from a saved state is as old as long computations; John Young, "A First Order Approximation
to the Optimum Checkpoint Interval" (1974), computes the best distance. `microgpt.checkpoint` writes ours.

# Pitfalls

- *A width that the heads cannot share.* Some programs go on and lose numbers. Here it is refused, and so is
  every value that cannot work.

>>> try:
...     Config(n_embd=20, n_head=8)
... except ConfigError as error:
...     print(error)
n_embd = 20 cannot be cut into n_head = 8 equal heads; choose a divisor of it, such as 1, 2, 4, 5, 10, 20

- *A dial that does not exist.* A program that took any name would train with the default and say nothing.

>>> try:
...     Config(n_heads=2)
... except TypeError as error:
...     print("n_heads" in str(error))
True

- *One rate for all.* A rate is good or bad for a valley. In one five times as steep, the rate that was best
  above throws every step farther than the last: here the slope is $10x$.

>>> x = 1.0
>>> for _ in range(10):
...     x -= 0.3 * 10 * x
>>> walk(0.3), round(x)
(0.0, 1024)

- *One run each.* Two settings, one run each, and the better one is declared better. Suppose the settings do
  not differ at all, and luck moves each result by about 0.01: in how many of 1,000 comparisons does a "gain"
  of more than 0.01 appear, one way or the other?

>>> rng = random.Random(1)
>>> sum(abs(rng.gauss(0, 0.01) - rng.gauss(0, 0.01)) > 0.01 for _ in range(1000))
489

# Check yourself

??? question what "Parameter or dial: a number of the table of tokens, n_embd, the loss, the seed?"

    The first is a parameter: training moves it. `n_embd` and the seed are dials: you set them, and they stay.
    The loss is neither. It is a result.

??? question how "You may turn one dial to get better names. Which?"

    `steps`, or `batch_size`: both mean more examples, and in the record nothing else helps nearly as much.
    Twice the width helps a little if the rate is halved. The others stand near their best in 1,000 steps and
    can mostly do harm: `init_std` and `learning_rate` the most, if they are far off. The page
    `docs/pages/experiments.md` has them all.

??? question deeper "Twice the width was worse in a long run. Does width not help?"

    One cannot know from that. The rate was left where it suits the narrow model, and a wider one wants a
    smaller rate. In the record it is worse at the usual rate and better than ours at half of it. Whoever
    compares two sizes must look for the best rate of each.

??? question why "Why is it not enough to change a dial and look at one run?"

    Because luck changes the result too: another seed, another loss. Change the dial alone. Judge by documents
    that were not trained on. Repeat with several seeds, the same ones with and without the change, and look
    at the differences, seed by seed. If they scatter around 0, you have seen luck; if nearly all have the
    same sign, an effect, however small. `microgpt.training` does this in sixty steps of a small model;
    the page `docs/pages/experiments.md` with 32 seeds and long runs. The answers can differ: what helps in
    sixty steps need not help in 1,000.

# To keep

- Parameters are learned; dials are chosen before, and each is one field of `Config`.
- Rate, size and length belong together: whoever turns one of the three should look at the others again.
- A dial has an effect if runs with the same seeds differ the same way, seed by seed, on documents not trained
  on.

# What follows

The dials are named. How do the parts become one model that turns a letter into scores for the next? That is
`microgpt.model`.

<!-- not computed: 768, 1,600, 512, 300; GPT-2 and GPT-3 as their papers describe them -->

Sources: each dial names its own. That dials should be tried at random rather than on a grid is Bergstra and
Bengio's, "Random Search for Hyper-Parameter Optimization" (2012).
"""

import math
import re
import reprlib
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple, TypeVar

from microgpt.spelling import nearest

_Number = TypeVar("_Number", int, float)


class ConfigError(ValueError):
    """A dial stands where it cannot stand. The message says what was given and what is possible."""


class Range(NamedTuple):
    """Which values a dial can take.

    Attributes:
        words: In words, after "a number".
        holds: As a question to a value.
        digits: The most digits that a whole number may have.
    """

    words: str
    holds: Callable[[float], bool]
    digits: int = 15


AT_LEAST_0 = Range("of at least 0", lambda x: x >= 0)
AT_LEAST_1 = Range("of at least 1", lambda x: x >= 1)
ABOVE_0 = Range("above 0", lambda x: x > 0)
BELOW_1 = Range("from 0 to below 1", lambda x: 0 <= x < 1)


def dial(default: _Number, allowed: Range) -> _Number:
    """Make a field of `Config`.

    Args:
        default: Where the dial stands if nobody turns it; its type is that of the dial.
        allowed: How far it can be turned.

    Examples:
        >>> fields(Config)[0].default, fields(Config)[0].metadata["allowed"].words
        (1, 'of at least 1')
    """
    return field(default=default, metadata={"allowed": allowed})


@dataclass(frozen=True, kw_only=True)
class Config:
    """All dials of one run. It cannot be changed after it is made, and it cannot be made wrong.

    Raises:
        ConfigError: If a value is of the wrong kind, out of range, or two values do not fit together.

    Examples:
        Name what differs from the defaults.

        >>> config = Config(n_layer=2, steps=3000)
        >>> config.n_layer, config.n_embd, config.steps
        (2, 16, 3000)

        What cannot work is refused at once.

        >>> nan = float("nan")
        >>> for wrong in ({"n_head": 3}, {"temperature": 0.0}, {"n_layer": 1.5}, {"learning_rate": nan}):
        ...     try:
        ...         Config(**wrong)
        ...     except ConfigError as error:
        ...         print(error)
        n_embd = 16 cannot be cut into n_head = 3 equal heads; choose a divisor of it, such as 1, 2, 4, 8, 16
        temperature must be a number above 0, but 0.0 was given
        n_layer must be a whole number of at least 1, but 1.5 was given
        learning_rate must be a finite number of at least 0, but nan was given
    """

    n_layer: int = dial(1, AT_LEAST_1)
    n_embd: int = dial(16, AT_LEAST_1)
    block_size: int = dial(16, AT_LEAST_1)
    n_head: int = dial(4, AT_LEAST_1)
    init_std: float = dial(0.08, AT_LEAST_0)
    steps: int = dial(1000, AT_LEAST_0)
    batch_size: int = dial(1, AT_LEAST_1)
    learning_rate: float = dial(0.01, AT_LEAST_0)
    beta1: float = dial(0.85, BELOW_1)
    beta2: float = dial(0.99, BELOW_1)
    eps: float = dial(1e-8, ABOVE_0)
    seed: int = dial(42, AT_LEAST_0._replace(digits=2999))
    samples: int = dial(20, AT_LEAST_0)
    temperature: float = dial(0.5, ABOVE_0)
    hold_out: float = dial(0.0, BELOW_1)
    save_every: int = dial(100, AT_LEAST_1)

    def __post_init__(self) -> None:
        for one in fields(self):
            object.__setattr__(self, one.name, checked(one.name, getattr(self, one.name)))
        if self.n_embd % self.n_head:
            divisors = ", ".join(str(n) for n in range(1, min(self.n_embd, 64) + 1) if self.n_embd % n == 0)
            raise ConfigError(
                f"n_embd = {self.n_embd} cannot be cut into n_head = {self.n_head} equal heads; "
                f"choose a divisor of it, such as {divisors}"
            )
        if math.isinf(1 / self.temperature):
            raise ConfigError(
                f"temperature = {self.temperature} is so small that 1 / temperature is no finite number; "
                "for the best token alone try 0.01"
            )

    @property
    def head_dim(self) -> int:
        """How many numbers each head works with: n_embd / n_head.

        Examples:
            >>> Config(n_embd=15, n_head=3).head_dim
            5
        """
        return self.n_embd // self.n_head


def checked(dial: str, value: Any) -> int | float:
    """Return a value for a dial, as a float where the dial is one, or refuse it.

    Args:
        dial: The name of a field of `Config`.
        value: Whatever was given.

    Raises:
        ConfigError: If the dial cannot stand there.

    Examples:
        >>> checked("n_layer", 2), checked("learning_rate", 1)
        (2, 1.0)
        >>> try:
        ...     checked("n_layer", "two")
        ... except ConfigError as error:
        ...     print(error)
        n_layer must be a whole number of at least 1, but 'two' was given
    """
    (one,) = (one for one in fields(Config) if one.name == dial)
    allowed, whole = one.metadata["allowed"], one.type is int
    digits = allowed.digits if whole else sys.float_info.max_10_exp
    if isinstance(value, int) and abs(value) >= 10**digits:
        raise ConfigError(f"{dial} must have fewer than {digits + 1:,} digits, but a longer number was given")
    is_number = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    is_finite = not isinstance(value, float) or math.isfinite(value)
    if not (is_number and is_finite and allowed.holds(value)):
        kind = "a whole number" if whole else "a number" if is_finite else "a finite number"
        raise ConfigError(f"{dial} must be {kind} {allowed.words}, but {reprlib.repr(value)} was given")
    return value if whole else float(value)


def explain(dial: str) -> str:
    """Find what this chapter says about a dial.

    Args:
        dial: The name of a field of `Config`.

    Returns:
        The section, without its heading; empty where Python was told to drop docstrings (`-OO`).

    Raises:
        ConfigError: If there is no such dial.

    Examples:
        >>> print(explain("eps").splitlines()[-1])
        **From.** Kingma and Ba (2014); `microgpt.adam` says where it stands.

        Every dial has four facets: what it does, why this value, what happens up and down, where it is from.

        >>> facets = ["**What it does.**", "**Why ", "**Up and down.**", "**From.**"]
        >>> all(facet in explain(dial.name) for dial in fields(Config) for facet in facets)
        True

        And the value that is explained is the value that is set.

        >>> [dial.name for dial in fields(Config) if f"**Why {dial.default}.**" not in explain(dial.name)]
        []
    """
    dials = [one.name for one in fields(Config)]
    if dial not in dials:
        raise ConfigError(f"there is no dial {dial!r}; {nearest(dial, dials)}")
    section = re.search(rf"^## {dial}\n(.*?)(?=^#|\Z)", __doc__ or "", re.MULTILINE | re.DOTALL)
    return section[1].strip() if section else ""


def summary(dial: str) -> str:
    """Take the first sentence of a dial's explanation, for the command line's help.

    Args:
        dial: The name of a field of `Config`.

    Returns:
        The sentence on one line.

    Examples:
        >>> summary("n_embd")
        'How many numbers describe one position: the width of every vector in the model.'
    """
    sentence = re.match(r"\*\*What it does\.\*\* (.+?\.)(?=\s)", explain(dial), re.DOTALL)
    return " ".join(sentence[1].split()) if sentence else ""


def group(dial: str) -> str:
    """Say under which heading of this chapter a dial stands.

    Args:
        dial: The name of a field of `Config`.

    Examples:
        The name of a group ends where its heading says what the group is about.

        >>> group("n_embd"), group("seed")
        ('Architecture', 'Chance and output')
    """
    headings = re.findall(r"^# ([^:\n]+)", (__doc__ or "").partition(f"\n## {dial}\n")[0], re.MULTILINE)
    return headings[-1] if headings else "Dials"
