r"""Trying a change with many seeds, and telling an effect from luck.

# What you will be able to do

- Separate the luck of an exam from the luck of training.
- Give a mean difference with an interval, and say what the interval means.
- Plan how many seeds a question needs.

# The question

One run ends at a held-out loss of 2.36, another one with attention switched off at 2.37. **Was attention good
for anything, or was it luck?** The seed decides which names are met when, and where the parameters start;
another seed, another loss.

# The picture

Follow one seed down both ways, with the change and without. Look at what the two have in common.

```mermaid
graph TD
    seed["one seed: order of names, first numbers"] --> changed["train with the change"]
    seed --> usual["train without"]
    changed --> exam["the same exam"]
    usual --> exam
    exam --> difference["one difference"]
    difference --> many["many seeds: mean and interval"]
```

# Two kinds of luck

*The luck of the exam*: some names are harder than others, so another thousand names give another mark. It is
the same for all who sit the same exam. Here the exam is fixed, and so that luck is gone from every
comparison. The answer then holds for this exam.

*The luck of training*: what is left. To see past it, each change is tried with many seeds, and each seed is
compared with itself: the same order of names and, where the shapes allow it, the same first numbers, with and
without the change. That is a *paired comparison*. What the two have in common cancels in the difference.

These are the losses of the first eight seeds of the record behind the page `docs/pages/experiments.md`,
after 1,000 steps:

>>> usual = [2.36043, 2.36912, 2.35268, 2.35632, 2.35664, 2.36575, 2.37608, 2.35486]
>>> without_attention = [2.36671, 2.37648, 2.36407, 2.36347, 2.3693, 2.36734, 2.37629, 2.36679]
>>> differences = [round(b - a, 5) for a, b in zip(usual, without_attention)]
>>> differences
[0.00628, 0.00736, 0.01139, 0.00715, 0.01266, 0.00159, 0.00021, 0.01193]

# A mean and its interval

A mean is worth little without its *confidence interval*: a range around it, made by a rule that covers the
true mean in 95 of 100 trials.

>>> effect = Effect.of(differences)
>>> round(effect.mean, 4), round(effect.margin, 4)
(0.0073, 0.0039)

The mean is 0.0073. How far would it be off, had we drawn eight other seeds? Its *standard error* is the
scatter of the differences, divided by the root of their number.

>>> import statistics
>>> scatter = statistics.stdev(differences)
>>> round(scatter, 5), round(scatter / math.sqrt(8), 5)
(0.00464, 0.00164)

With very many seeds the rule is: 1.96 standard errors to both sides. With eight, the scatter itself is known
only roughly, and it takes more: 2.36.

>>> [round(student(count - 1), 2) for count in (2, 8, 32, 1000)]
[12.71, 2.36, 2.04, 1.96]
>>> round(student(7) * scatter / math.sqrt(8), 4)
0.0039

The interval goes from 0.0034 to 0.0112. It does not contain 0, so the eight seeds say that attention helps a
little in so short a run. So do all 32 of the record. Were 0 inside, one could only say that the effect, if
there is one, is not larger than the ends of the interval.

>>> round(effect.mean - effect.margin, 4), round(effect.mean + effect.margin, 4)
(0.0034, 0.0112)
>>> effect.is_clear, Effect.of([0.01, -0.02, 0.03, -0.01]).is_clear
(True, False)

Does it hold what it promises? Two thousand trials of a change that does nothing, eight seeds each, the luck
drawn from a bell curve. How often is 0 outside, with 2.36, and with the 1.96 for many seeds?

>>> luck = random.Random(1)
>>> trials = [[luck.gauss(0, 1) for _ in range(8)] for _ in range(2000)]
>>> sum(Effect.of(trial).is_clear for trial in trials) / 2000
0.0505
>>> def seems_clear(trial):
...     return abs(statistics.mean(trial)) > 1.96 * statistics.stdev(trial) / math.sqrt(8)
>>> sum(map(seems_clear, trials)) / 2000
0.0965

# What pairing is worth

Without pairs there are two means, each with its own luck. Their errors do not add up as they are: luck of one
may go against luck of the other, and it is the *squares* that add up. The interval is nearly twice as wide.

>>> squares = [statistics.variance(losses) / 8 for losses in (usual, without_attention)]
>>> round(student(14) * math.sqrt(sum(squares)), 4), round(effect.margin, 4)
(0.0072, 0.0039)

# Pitfalls

- *Many changes, and the best one reported.* Of forty changes that do nothing at all, two are expected to look
  clear at 95 %. Here it is three. Small effects that stand alone deserve doubt.

>>> luck = random.Random(1)
>>> sum(Effect.of([luck.gauss(0, 1) for _ in range(8)]).is_clear for _ in range(40))
3

- *Adding seeds until it is clear.* Each further look is another chance to be fooled. Changes that do nothing,
  looked at after each seed from the eighth to the thirty-second: one in five is found "clear" at some time.

>>> def ever_clear():
...     trial = [luck.gauss(0, 1) for _ in range(32)]
...     return any(Effect.of(trial[:count]).is_clear for count in range(8, 33))
>>> round(sum(ever_clear() for _ in range(400)) / 400, 2)
0.19

# Check yourself

??? question what "An interval goes from -0.002 to 0.004. May one say that the change does nothing?"

    No. It may help by 0.002 or harm by 0.004; the trial was too small to tell. One may say that it does not
    harm by 0.01.

??? question how "How many seeds does it take to see an effect of 0.003, if differences scatter by 0.0046?"

    The margin is about twice the scatter, divided by the root of the number of seeds. It should be smaller
    than the effect.

    >>> round((2 * 0.0046 / 0.003) ** 2, 1)
    9.4

    Ten seeds would make the margin as large as the effect; then every second trial misses it. For a margin of
    half the effect it takes four times as many. That is the root: half the luck, four times the work.

??? question why "Why is the exam fixed, although another exam could say something else?"

    So that all models sit the same one, and its luck cancels in the differences. It is no proof for other
    exams. For one mark that is to hold in general, the luck of the exam counts too, and
    `microgpt.evaluation` gives it.

??? question deeper "How do you design an experiment?"

    1. Ask something that can come out either way, and say beforehand which number decides.
    2. Change one thing. If another must go with it, as the rate with the width, try several of both.
    3. Set the exam aside, and choose nothing by it.
    4. Pair: the same seeds with and without.
    5. Decide the number of seeds before, from the scatter and the smallest effect that would matter.
    6. Train as long, and a model as large, as the answer is meant for: what attention is worth after 1,000
       steps and after 10,000 are two answers (`docs/pages/experiments.md`).
    7. Report the mean, the interval, and everything that was tried, not only what was clear.

# To keep

- A difference without its scatter says nothing.
- Fix the exam and pair the seeds, and most of the luck cancels.
- Of all clear results about changes that do nothing, each one in twenty was expected.

# What follows

Which parts of the model are missed when they are gone? `microgpt.engines.ablations` takes them out, with
these intervals.

Sources: William Gosset found out how much more it takes with few trials ("The Probable Error of a Mean",
1908, under the name Student).
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from microgpt.config import Config

EXAM = 1000
"""How many documents the exam has, if there are enough."""


@dataclass(frozen=True)
class Effect:
    """What a change does to the held-out loss.

    Attributes:
        mean: The mean difference to the unchanged run with the same seed, in nats per token.
        margin: How far the true mean may be from it, with 95 % confidence.
        worse: How many of the seeds were worse with the change.
        seeds: How many there were.
    """

    mean: float
    margin: float
    worse: int
    seeds: int

    @classmethod
    def of(cls, differences: Sequence[float]) -> "Effect":
        """Summarize differences, at least two.

        Examples:
            >>> Effect.of([0.5, 0.5])
            Effect(mean=0.5, margin=0.0, worse=2, seeds=2)

            A run that has left the range of floats leaves nothing to say.

            >>> Effect.of([0.5, math.nan])
            Effect(mean=nan, margin=nan, worse=1, seeds=2)
        """
        count = len(differences)
        mean = math.fsum(differences) / count
        scatter = math.sqrt(math.fsum((one - mean) ** 2 for one in differences) / (count - 1))
        worse = sum(difference > 0 for difference in differences)
        return cls(mean, student(count - 1) * scatter / math.sqrt(count), worse, count)

    @property
    def is_clear(self) -> bool:
        """Whether 0 lies outside the interval."""
        return abs(self.mean) > self.margin


@cache
def student(freedom: int) -> float:
    r"""Say within how many standard errors the true mean lies in 95 of 100 cases.

    It is the place where Student's distribution has an area of 0.95 between minus and plus it. The density is

    $$f(t) \propto \left(1 + \frac{t^2}{n}\right)^{-(n+1)/2}$$

    Args:
        freedom: The number of differences, less one.

    Examples:
        >>> round(student(1), 4), round(student(31), 4)
        (12.7062, 2.0395)
    """
    size = math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2) - 0.5 * math.log(freedom * math.pi)

    def beyond(angle: float) -> float:
        """Integrate from an angle on: t = root(n) tan(angle) makes the range finite."""
        count, width = 4000, (math.pi / 2 - angle) / 4000
        middles = (angle + (i + 0.5) * width for i in range(count))
        return (
            math.exp(size) * math.sqrt(freedom) * width * sum(math.cos(a) ** (freedom - 1) for a in middles)
        )

    low, high = 0.0, math.pi / 2
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (middle, high) if beyond(middle) > 0.025 else (low, middle)
    return math.sqrt(freedom) * math.tan(low)


def fixed_exam(documents: Sequence[str], config: Config, limit: int = EXAM) -> tuple[list[str], list[str]]:
    """Set documents aside for an exam that is the same whatever the seed of the training.

    Args:
        documents: All of them.
        config: The dials; documents that are equal as far as the model reads are not distinct.
        limit: The most documents of the exam; at most a third of the distinct ones are taken.

    Returns:
        What to learn from, and the exam.

    Examples:
        >>> names = ["emma", "ava", "mia", "ava", "liam", "noah", "zoe"]
        >>> rest, exam = fixed_exam(names, Config())
        >>> len(exam), set(rest) & set(exam), set(rest) | set(exam) == set(names)
        (2, set(), True)
    """
    size = config.block_size
    distinct = sorted({document[:size] for document in documents})
    random.Random(0).shuffle(distinct)
    exam = set(distinct[: min(limit, len(distinct) // 3)])
    return [one for one in documents if one[:size] not in exam], sorted(exam)
