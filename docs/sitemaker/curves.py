"""How losses move in the course of a run, and which rate suits which size and length, measured."""

import math
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from microgpt import Config, bundled_documents, new_run, train
from microgpt.engines.engine import adopt, find_engine
from microgpt.engines.trials import fixed_exam
from microgpt.training import Run

POINTS = (0, 20, 50, 100, 150, 200, 300, 500, 700, 1000, 1500, 2000, 3000, 5000, 7000, 10_000)
"""After how many steps a run is judged."""

RUNS = ((100, 16), (300, 16), (1000, 16), (None, 16), (100, 4), (100, 8), (100, 32))
"""How many names a run learns from (None: all that are not in the exam), and how wide its model is."""

WATCHED = 100
"""How many of the names learned from are asked again."""

WIDTHS, LENGTHS, RATES = (4, 8, 16, 32), (30, 60, 240, 1000, 4000), (0.001, 0.003, 0.01, 0.03, 0.1)


def curves(seeds: Sequence[int] = range(1, 9)) -> dict[str, Any]:
    """Ask models about names that they learned from and about others, while they learn."""
    rest, exam = fixed_exam(bundled_documents(), Config())
    dials = asdict(Config(steps=POINTS[-1]))
    results = []
    for names, width in RUNS:
        found = [curve(rest, exam, names, width, seed) for seed in seeds]
        means = [
            [round(sum(values) / len(values), 4) for values in zip(*kinds, strict=True)]
            for kinds in zip(*found, strict=True)
        ]
        results.append(
            {"names": names or len(rest), "n_embd": width, "learned": means[0], "others": means[1]}
        )
    settings = {**dials, "seeds": [*seeds], "exam": len(exam), "watched": WATCHED}
    return {"settings": settings, "points": [*POINTS], "results": results}


def curve(
    rest: Sequence[str],
    exam: Sequence[str],
    names: int | None,
    width: int,
    seed: int,
    points: Sequence[int] = POINTS,
) -> tuple[list[float], list[float]]:
    """Train once, and stop at some points to judge.

    Returns:
        At each point, the loss on names that it learns from and on the exam, in nats per token.
    """
    run = new_run(Config(steps=POINTS[-1], n_embd=width, seed=seed), rest)
    run = replace(run, documents=run.documents[:names])
    learned = run.documents[:WATCHED]
    adopt(run, find_engine("numba"))
    found: tuple[list[float], list[float]] = ([], [])
    for point in points:
        while len(run.losses) < point:
            next(train(run))
        for asked, losses in zip((learned, exam), found, strict=True):
            losses.append(mean_surprise(run, asked))
    return found


def mean_surprise(run: Run, names: Sequence[str]) -> float:
    """Ask the model of a run about some names, by the run's engine; in nats per token."""
    encoded = [run.model.tokenizer.encode(name) for name in names]
    surprises = [one for document in find_engine("numba").surprises(run.model, encoded) for one in document]
    return sum(surprises) / len(surprises)


def rates(seeds: Sequence[int] = range(1, 17)) -> dict[str, Any]:
    """Try rates for models of several widths and runs of several lengths."""
    from microgpt.engines.crowd import train_crowd

    rest, exam = fixed_exam(bundled_documents(), Config())
    results = []
    for width in WIDTHS:
        for steps in LENGTHS:
            for rate in RATES:
                config = Config(n_embd=width, steps=steps, learning_rate=rate)
                loss = float(train_crowd(config, rest, seeds, exam).held_out.mean())
                results.append(
                    {
                        "n_embd": width,
                        "steps": steps,
                        "rate": rate,
                        "loss": None if math.isnan(loss) else round(loss, 4),
                    }
                )
    settings = {**asdict(Config()), "seeds": [*seeds], "exam": len(exam)}
    return {"settings": settings, "results": results}
