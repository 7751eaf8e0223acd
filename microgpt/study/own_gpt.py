r"""Your own GPT: a reader's functions together, in the place of the book's, train the default model.

>>> from microgpt.study.exercises import exercises
>>> from microgpt.study.task_files import task_file
>>> answers = {one.name: task_file(one, one.solution) for one in exercises().values()}
>>> report = trained(answers, steps=2)
>>> report.losses == report.true_losses, report.functions == len(answers)
(True, True)
"""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from microgpt.study.edits import altered
from microgpt.study.grafting import grafts


@dataclass(frozen=True)
class Report:
    """How a reader's model has learned, beside the book's.

    Attributes:
        functions: How many functions were the reader's.
        losses: The losses of the reader's run.
        true_losses: Those of the book's.
        samples: What the reader's model invents.
    """

    functions: int
    losses: list[float]
    true_losses: list[float]
    samples: list[str]

    @property
    def differs_at(self) -> int | None:
        """The first step whose losses differ, from 1 on; None if all are the same to the last bit."""
        both = zip(self.losses, self.true_losses, strict=True)
        return next((step for step, (mine, true) in enumerate(both, 1) if mine != true), None)


class Training:
    """Two trainings of the default model, step by step: one with a reader's functions, one with the book's.

    Attributes:
        losses: The losses of the reader's run, so far.
        true_losses: Those of the book's.
    """

    def __init__(self, answers: Mapping[str, str]) -> None:
        """Begin.

        Args:
            answers: The texts of the files, by the names of the exercises.
        """
        self._functions = len(answers)
        self._mine, true = altered(*grafts(answers)), altered()
        self._runs: list[Any] = [of.new_run(of.Config(), of.bundled_documents()) for of in (self._mine, true)]
        self._both = zip(self._mine.train(self._runs[0]), true.train(self._runs[1]))
        self.losses: list[float] = []
        self.true_losses: list[float] = []

    def advance(self, steps: int) -> None:
        """Train for some more steps; the last step of the default run ends it."""
        for own, other in islice(self._both, steps):
            self.losses.append(own.loss)
            self.true_losses.append(other.loss)

    def report(self) -> Report:
        """Tell what was learned so far, and invent ten names."""
        model = self._mine.as_floats(self._runs[0].model)
        rng = copy.deepcopy(self._runs[0].rng)  # so that a training that goes on is not disturbed
        samples = [self._mine.generate(model, rng) for _ in range(10)]
        return Report(self._functions, [*self.losses], [*self.true_losses], samples)


def trained(
    answers: Mapping[str, str], steps: int = 1000, watch: Callable[[int, float, float], object] | None = None
) -> Report:
    """Train the default model twice, with a reader's functions and with the book's.

    Args:
        answers: The texts of the files, by the names of the exercises.
        steps: How many steps.
        watch: Gets each step with both losses.
    """
    training = Training(answers)
    for step in range(1, steps + 1):
        training.advance(1)
        if watch and len(training.losses) == step:
            watch(step, training.losses[-1], training.true_losses[-1])
    return training.report()
