r"""Your own GPT in the page: trained piece by piece, so that it can be watched and stopped.

>>> begin_training({})
>>> first, then = train_further(2), train_further(1)
>>> len(first.losses), then.step, first.losses == first.true_losses
(2, 3, True)
>>> training_told()[0].partition(";")[0]
'0 of 45 functions are yours'
"""

from collections.abc import Mapping
from typing import NamedTuple

from microgpt.study.exercises import exercises
from microgpt.study.own_gpt import Training
from microgpt.study.wording import report_of

_now: dict[str, Training] = {}


class Advanced(NamedTuple):
    """Some steps of a training.

    Attributes:
        step: How many steps are done.
        losses: The losses of the reader's run in these steps.
        true_losses: Those of the book's.
    """

    step: int
    losses: list[float]
    true_losses: list[float]


def begin_training(answers: Mapping[str, str]) -> None:
    """Begin a training with a reader's functions, beside one with the book's.

    Args:
        answers: The texts of the files, by the names of the exercises.

    Raises:
        SourceError: If a function is not in its file.
    """
    _now["training"] = Training(answers)


def train_further(steps: int) -> Advanced:
    """Train both for some more steps.

    Args:
        steps: How many; the last step of the default run ends it.

    Raises:
        ValueError: If no training has begun, or Python has forgotten it.
    """
    training = _training()
    before = len(training.losses)
    training.advance(steps)
    return Advanced(len(training.losses), training.losses[before:], training.true_losses[before:])


def training_told() -> list[str]:
    """Tell in the words of the terminal how it went so far, and what the reader's model invents.

    Raises:
        ValueError: If no training has begun, or Python has forgotten it.
    """
    return report_of(_training().report(), len(exercises()))


def _training() -> Training:
    if "training" not in _now:
        raise ValueError("Python has forgotten the training; begin it again")
    return _now["training"]
