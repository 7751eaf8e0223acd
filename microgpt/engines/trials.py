r"""Trying a change with many seeds, and telling an effect from luck.

# The question

One run ends at a held-out loss of 2.36, another one with a part taken out at 2.37. **Was the part good for
anything, or was it luck?** The seed decides which names are met when, and where the parameters start;
another seed, another loss.

# Two kinds of luck

*The luck of the exam*: some names are harder than others, so another thousand names give another mark. It is
the same for all who sit the same exam. Here the exam is fixed, and so that luck is gone from every
comparison.

*The luck of training*: what is left. To see past it, each change is tried with many seeds, and each seed is
compared with itself: the same order of names and the same first numbers, with and without the change. What
both have in common cancels in the difference.

# A mean and its interval

Say that eight seeds gave these differences:

>>> differences = [0.012, 0.004, 0.009, -0.002, 0.011, 0.007, 0.001, 0.010]
>>> effect = Effect.of(differences)
>>> round(effect.mean, 4), round(effect.margin, 4)
(0.0065, 0.0042)

The mean is 0.0065. How far would it be off, had we drawn eight other seeds? Its *standard error* is the
scatter of the differences, divided by the root of their number.

>>> import statistics
>>> scatter = statistics.stdev(differences)
>>> round(scatter, 5), round(scatter / 8**0.5, 5)
(0.00504, 0.00178)

With very many seeds the true mean lies within 1.96 standard errors in 95 of 100 cases. With eight, the
scatter itself is known only roughly, and it takes more: 2.36. William Gosset found out how much ("The
Probable Error of a Mean", 1908, under the name Student).

>>> [round(student(count - 1), 2) for count in (2, 8, 32, 1000)]
[12.71, 2.36, 2.04, 1.96]
>>> round(2.36 * scatter / 8**0.5, 4)
0.0042

The interval from 0.0023 to 0.0107 does not contain 0: this change does harm, however small. Were 0 inside,
one could only say that the effect, if there is one, is not larger than the ends of the interval.

>>> effect.is_clear, Effect.of([0.01, -0.02, 0.03, -0.01]).is_clear
(True, False)

Even so: of forty changes that do nothing at all, two are expected to look clear at 95 %. Small effects that
stand alone deserve doubt.

# What follows

The page of what matters has the results.
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
