"""What the figures of the chapter on vectors compute: a softmax, step by step.

>>> [round(share, 4) for share in choice([2, 1, 0.1], 1).shares]
[0.659, 0.2424, 0.0986]
"""

from collections.abc import Sequence
from typing import NamedTuple

from microgpt.autograd import exp, total
from microgpt.vectors import softmax


class SoftChoice(NamedTuple):
    """A soft choice, with what lies between the scores and the shares.

    Attributes:
        scaled: The scores, divided by the temperature.
        lowered: The same minus the largest.
        raised: e to each.
        whole: The sum of these.
        shares: What softmax makes of it.
    """

    scaled: list[float]
    lowered: list[float]
    raised: list[float]
    whole: float
    shares: list[float]


def choice(scores: Sequence[float], temperature: float) -> SoftChoice:
    """Turn scores into shares.

    Args:
        scores: At least one.
        temperature: What they are divided by, above 0.

    Examples:
        What is added to all scores is taken away again; a temperature is not.

        >>> choice([5, 4, 3.5], 1).lowered == choice([2, 1, 0.5], 1).lowered
        True
        >>> [round(share, 2) for share in choice([2, 1, 0.1], 2).shares]
        [0.5, 0.3, 0.19]
    """
    scaled = [score / temperature for score in scores]
    lowered = [score - max(scaled) for score in scaled]
    raised = [exp(score) for score in lowered]
    return SoftChoice(scaled, lowered, raised, total(raised), softmax(scaled))
