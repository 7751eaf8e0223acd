"""What the figures of the chapter on the loss compute: surprises, and how many choices they are worth.

>>> round(guesses([0.5, 0.1, 0.8]).perplexity, 2)
2.92
"""

from collections.abc import Sequence
from typing import NamedTuple

from microgpt.first_steps import mean
from microgpt.loss import perplexity, surprise


class Guesses(NamedTuple):
    """What a model said to some right answers.

    Attributes:
        chances: What it gave to each.
        surprises: In nats.
        choices: The perplexity of each answer alone: the faces of a die that surprises as much.
        loss: The mean surprise.
        perplexity: Of the loss.
        average: The mean chance, which is not what counts.
    """

    chances: list[float]
    surprises: list[float]
    choices: list[float]
    loss: float
    perplexity: float
    average: float


def guesses(chances: Sequence[float]) -> Guesses:
    """Measure how surprised a model is.

    Args:
        chances: What it gave to the answers that were right, above 0.

    Examples:
        The same mean chance, and another loss: one bad answer costs more than a good one gains.

        >>> for chances in ([0.5, 0.5, 0.5], [0.74, 0.74, 0.02]):
        ...     told = guesses(chances)
        ...     print(round(told.average, 2), round(told.loss, 2), round(told.perplexity, 2))
        0.5 0.69 2.0
        0.5 1.5 4.5
    """
    surprises = [surprise(chance) for chance in chances]
    loss = mean(surprises)
    choices = [perplexity(one) for one in surprises]
    return Guesses([*chances], surprises, choices, loss, perplexity(loss), mean(chances))
