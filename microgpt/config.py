r"""Every dial in one place: what it does, why it stands where it stands, what happens if you turn it.

A *parameter* is a number that the model learns. A *dial* (the field says *hyperparameter*) is a number
that you choose before it starts. Each is a field of `Config` and a flag of the
command line, so `n_embd` is `--n-embd`. The defaults are those of the original microgpt.

Change one dial at a time. `microgpt.training` runs a model for several settings of the dials that matter
most and shows the losses; here the effects are shown in isolation, by arithmetic that runs in an instant.
Words that are new here (layer, head, MLP, Adam) have chapters of their own; come back when you have met
them.

>>> len(fields(Config))
16

# Architecture: the shape of the model

## n_layer

**What it does.** How many layers are stacked, each one attention and one MLP. A later layer works on what the
earlier ones found.

**Why 1.** One layer is enough to see every part of a GPT at work, and it trains in seconds.

**Up and down.** Each layer adds $12 \cdot n_{embd}^2$ parameters and its share of time. A stack can
express patterns of patterns; whether that helps depends on there being data and steps to learn them.
Fewer than one is not a transformer. Parameters for 1, 2 and 4 layers on an alphabet of 26:

>>> [12 * n_layer * 16**2 + (27 + 16 + 27) * 16 for n_layer in (1, 2, 4)]
[4192, 7264, 13408]

**From.** GPT-2 has 12 to 48 layers (Radford et al., "Language Models are Unsupervised Multitask
Learners", 2019).

## n_embd

**What it does.** How many numbers describe one position: the width of every vector in the model.

**Why 16.** Room for 27 tokens to differ from each other in many ways at once, and small enough to print.

**Up and down.** Twice the width is four times the parameters in every layer, and in a small model nearly
three times the time. A narrow model must squeeze what it knows; a wide one wants a smaller `learning_rate`,
and is better with it. It must be divisible by `n_head`. Parameters for widths 8, 16, 32 and 64:

>>> [12 * d**2 + (27 + 16 + 27) * d for d in (8, 16, 32, 64)]
[1328, 4192, 14528, 53632]

**From.** GPT-2 uses 768 to 1,600. The idea of a learned vector for each token is Bengio et al., "A Neural
Probabilistic Language Model" (2003).

## block_size

**What it does.** The longest context: how many positions a document may fill, the first mark included.

**Why 16.** The names that the original learns from have up to 15 letters, and the mark in front makes 16.

**Up and down.** Larger costs `n_embd` parameters for each position, and nothing else until a document
uses them. Smaller cuts: the model is trained on the beginning of a long document only, and its own
samples end there too. The predictions made for a document of 7 characters at block sizes 4, 8 and 16:

>>> [min(block_size, 7 + 1) for block_size in (4, 8, 16)]
[4, 8, 8]

**From.** GPT-2 has 1,024. The name is from Andrej Karpathy's minGPT (2020); the papers say *context length*.

## n_head

**What it does.** How many attention heads share the width. Each gets `n_embd / n_head` numbers.

**Why 4.** Four heads of 4 numbers: several, and each still large enough to compare something.

**Up and down.** The number of parameters stays the same; the time grows a little, since each head has its
own softmax. More heads can look at more things at once, each with a coarser eye. In a thousand steps of the
usual model one head is hardly worse than four; in ten thousand the number matters
(docs/pages/experiments.md). It must divide `n_embd`, or numbers would be lost.

>>> [Config(n_head=n_head).head_dim for n_head in (1, 2, 4, 16)]
[16, 8, 4, 1]

**From.** Vaswani et al., "Attention Is All You Need" (2017), section 3.2.2, with 8 heads of 64.

# Initialization: where learning starts

## init_std

**What it does.** How large the random numbers are that the parameters start from: the standard deviation of a
normal distribution around 0.

**Why 0.08.** Small enough that the first predictions are nearly even, large enough that signals get through.

**Up and down.** With inputs of size 1, a sum of 16 products has the size $\sqrt{16} \cdot \text{std}$. At
1.0 every matrix multiplies the size by about 4; normalization undoes this inside the layers, but nothing
does after the last matrix, so the first predictions are sure of nonsense and the loss starts very high.
At 0 every product and every slope is 0, and nothing moves, ever. Equal numbers other than 0 hardly help:
units that start equal get equal slopes and stay equal. This is the *symmetry* that the randomness must
break.

>>> [round(16**0.5 * std, 2) for std in (0.0, 0.02, 0.08, 1.0)]
[0.0, 0.08, 0.32, 4.0]

**From.** GPT-2 uses 0.02 for widths of 768 and more. Glorot and Bengio, "Understanding the difficulty of
training deep feedforward neural networks" (2010), derive about $1/\sqrt{n}$, which would be 0.25 for 16.

# Training: how it learns

## steps

**What it does.** How many steps of learning there are. Each takes the next document, or the next
`batch_size` of them.

**Why 1000.** Well under a minute, and the samples begin to look like names.

**Up and down.** More steps lower the loss, at first quickly and then ever more slowly; of all dials this
is the one that pays most reliably. After one pass over all documents the next pass begins. With 0 steps
you see what an untrained model says.

**From.** GPT-2's successors see trillions of tokens; a thousand names are about seven thousand.

## batch_size

**What it does.** How many documents each step learns from: it follows the mean of their slopes.

**Why 1.** One document a step is the simplest loop there is, and it is the original's.

**Up and down.** The slopes of a single document point where this document wants to go; the mean of many
points where most of them agree, and its scatter falls with the square root of their number. Each step costs
as many times more, so the same number of documents makes fewer steps, and a larger batch can use a larger
`learning_rate`. The steps go through the shuffled documents in order, so step $k$, counted from 0, takes
documents $kN$ to $kN+N-1$. The documents that 1,000 steps see, and the scatter compared with that of one,
for 1, 4 and 16:

>>> [(1000 * size, round(size**-0.5, 2)) for size in (1, 4, 16)]
[(1000, 1.0), (4000, 0.5), (16000, 0.25)]

**From.** GPT-2 has 512 documents of 1,024 tokens. Averaging before each step is as old as Cauchy's method of
descent (1847); one example at a time is Robbins and Monro's, "A Stochastic Approximation Method" (1951).

## learning_rate

**What it does.** The length of a typical step of a parameter. It falls in a straight line from this value
towards 0 over the run.

**Why 0.01.** Adam's first step moves every parameter that has a slope by almost exactly this much, an
eighth of `init_std`.

**Up and down.** Too small and a thousand steps get nowhere; too large and each step overshoots. The same
in the simplest valley there is, $x^2$ with the slope $2x$, ten steps from 1:

>>> def walk(learning_rate, x=1.0):
...     for _ in range(10):
...         x -= learning_rate * 2 * x
...     return round(x, 3)
>>> [walk(learning_rate) for learning_rate in (0.01, 0.3, 0.9, 1.1)]
[0.817, 0.0, 0.107, 6.192]

Falling towards 0 lets the last steps settle what the first ones roughed out. The rate at steps 1, 2, 500 and
1,000:

>>> [round(0.01 * (1 - (step - 1) / 1000), 6) for step in (1, 2, 500, 1000)]
[0.01, 0.00999, 0.00501, 1e-05]

**From.** Linear decay was used for BERT (Devlin et al., 2018); GPT-3 (Brown et al., 2020) falls along a
cosine.

## beta1

**What it does.** How long Adam remembers the direction: the share of the old average in the new one. It acts
like a heavy ball that does not follow every bump.

**Why 0.85.** A memory of about seven steps. It is the original's choice; in a thousand steps the usual 0.9,
with 0.999 for `beta2`, is about as good.

**Up and down.** The memory is $1/(1-\beta_1)$ steps: that many newest slopes make up about two thirds of
the average. Higher smooths more and reacts later; at 0 each step follows its own document alone.

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

**From.** Kingma and Ba, "Adam: A Method for Stochastic Optimization" (2014), use 0.9. The heavy ball is Boris
Polyak's (1964).

## beta2

**What it does.** How long Adam remembers the size of the slopes: the share of the old average in the new one.

**Why 0.99.** A memory of about 100 steps, a tenth of the run. The usual 0.999 is about as good; 0.9 is
clearly worse, in short runs and in long ones.

**Up and down.** Higher is a calmer yardstick that is slow to notice a change of scale. Lower lets one
large slope blow the yardstick up, and is over it soon. The yardstick right after a slope of 10 among
slopes of 1, and 50 steps later, for 0.9, 0.99 and 0.999:

>>> def yardstick(beta2, slopes, square=1.0):
...     for slope in slopes:
...         square = beta2 * square + (1 - beta2) * slope**2
...     return round(square**0.5, 3)
>>> [yardstick(beta2, [10]) for beta2 in (0.9, 0.99, 0.999)]
[3.302, 1.411, 1.048]
>>> [yardstick(beta2, [10] + [1] * 50) for beta2 in (0.9, 0.99, 0.999)]
[1.025, 1.264, 1.046]

**From.** Kingma and Ba use 0.999.

## eps

**What it does.** A tiny number added to the usual size of the slopes before Adam divides by it, so that it
never divides by 0.

**Why 1e-08.** Far below every slope that means something, so it changes no step that matters.

**Up and down.** Slopes smaller than it are treated as noise: the step for a slope of exactly this size is
half the usual step. With a value far above all slopes Adam no longer evens out their sizes: it becomes
gradient descent with a heavy ball, at the rate `learning_rate / eps`. The part of a full step that slopes
of 1e-9, 1e-8 and 1e-3 get:

>>> [round(slope / (slope + 1e-8), 3) for slope in (1e-9, 1e-8, 1e-3)]
[0.091, 0.5, 1.0]

**From.** Kingma and Ba (2014).

# Chance and output

## seed

**What it does.** Where the random generator starts. It decides the order of the documents, the first
parameters and every sample.

**Why 42.** It is the original's, and the answer in Douglas Adams, "The Hitchhiker's Guide to the Galaxy"
(1979).

**Up and down.** There is no up or down: another seed is another run that is just as good. On the same
machine the same seed gives the same bits again, which is how we know that our program is the original's.
To compare two settings fairly, run each with several seeds; how much the results of one setting differ
from seed to seed is the size of pure luck.

>>> import random
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
become chances.

**Why 0.5.** Below 1 the model keeps to what it is sure of, which hides some of its mistakes.

**Up and down.** Towards 0 it always takes its favorite and repeats itself; at 1 it draws from what it has
learned; above 1 all letters come closer to equal and the names fall apart. How many times more likely the
better of two choices is, if their scores differ by 1, at temperatures 0.25, 0.5, 1 and 2:

>>> import math
>>> [round(math.exp(1 / temperature), 2) for temperature in (0.25, 0.5, 1.0, 2.0)]
[54.6, 7.39, 2.72, 1.65]

**From.** The formula and its name come from the physics of gases; Ackley, Hinton and Sejnowski brought
them into machine learning with "A Learning Algorithm for Boltzmann Machines" (1985).

# Judging and keeping

## hold_out

**What it does.** Which share of the distinct documents is set aside before training, only to judge by.

**Why 0.0.** With 0 the run is the original's, to the last bit. In a thousand steps it meets only a part
of the documents, and whatever it has not met will do for judging.

**Up and down.** More leaves less to learn from, and judges more finely: the uncertainty of a mean falls
with the square root of how many numbers it is the mean of. (An exam takes a thousand documents at most. With
0, in a short run, it has a thousand: a small share makes it coarser.) A share is needed when the steps go
through all documents, or when two runs of different length should sit the same exam; give them the same seed
too. Documents set aside of 2,917, for three shares, and the uncertainty compared with that of a single one:

>>> [round(2917 * hold_out) for hold_out in (0.01, 0.1, 0.3)]
[29, 292, 875]
>>> [round(1 / round(2917 * hold_out) ** 0.5, 2) for hold_out in (0.01, 0.1, 0.3)]
[0.19, 0.06, 0.03]

**From.** Mervyn Stone, "Cross-Validatory Choice and Assessment of Statistical Predictions" (1974), tells the
history of the idea.

## save_every

**What it does.** After how many steps the run is written to its file, to go on from there if it is stopped.

**Why 100.** About a second of work with the usual model, and writing takes a few hundredths of it.

**Up and down.** Lower loses less when the machine is switched off, and writes more often. The start, the
end and Ctrl-C write in any case. How often a run of 1,000 steps is written, start and end included:

>>> [1 + -(-1000 // save_every) for save_every in (10, 100, 400)]
[101, 11, 4]

**From.** Going on from a saved state is as old as long computations; John Young, "A First Order Approximation
to the Optimum Checkpoint Interval" (1974), computes the best distance.

# Check yourself

??? question "You may turn one dial to get better names. Which?"

    `steps`, or `batch_size`: more examples help more than more parameters. Then look at `learning_rate`
    again: the best one falls with the length of the run and with the width of the model, so whoever turns
    one of the three should try half and twice the rate. `init_std` does much harm where it is far off.
    docs/pages/experiments.md has all of them measured.

??? question "How do you find out whether a dial matters?"

    Change it alone. Judge by documents that were not trained on. Repeat with several seeds, the same ones
    with and without the change, and look at the differences, seed by seed. If they scatter around 0, you have
    seen luck; if nearly all have the same sign, an effect, however small. `microgpt.training` does this for
    `beta1` in sixty steps; docs/pages/experiments.md for most dials, with 32 seeds and longer runs.
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
        **From.** Kingma and Ba (2014).

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
        >>> group("n_embd"), group("temperature")
        ('Architecture', 'Chance and output')
    """
    headings = re.findall(r"^# ([^:\n]+)", (__doc__ or "").partition(f"\n## {dial}\n")[0], re.MULTILINE)
    return headings[-1] if headings else "Dials"
