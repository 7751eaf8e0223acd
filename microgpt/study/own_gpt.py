r"""Your own GPT: a reader's functions together, in the place of the book's, train the default model.

>>> from microgpt.study.exercises import exercises
>>> from microgpt.study.task_files import task_file
>>> answers = {one.name: task_file(one, one.solution) for one in exercises().values()}
>>> report = trained(answers, steps=2)
>>> report.losses == report.true_losses, report.functions == len(answers)
(True, True)
"""

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


def trained(
    answers: Mapping[str, str], steps: int = 1000, watch: Callable[[int, float, float], object] | None = None
) -> Report:
    """Train the default model twice, with a reader's functions and with the book's.

    Args:
        answers: The texts of the files, by the names of the exercises.
        steps: How many steps.
        watch: Gets each step with both losses.
    """
    mine, true = altered(*grafts(answers)), altered()
    runs: list[Any] = [of.new_run(of.Config(), of.bundled_documents()) for of in (mine, true)]
    losses: tuple[list[float], list[float]] = ([], [])
    both = zip(mine.train(runs[0]), true.train(runs[1]))
    for step, (own, other) in enumerate(islice(both, steps), 1):
        losses[0].append(own.loss)
        losses[1].append(other.loss)
        if watch:
            watch(step, own.loss, other.loss)
    model = mine.as_floats(runs[0].model)
    samples = [mine.generate(model, runs[0].rng) for _ in range(10)]
    return Report(len(answers), losses[0], losses[1], samples)
