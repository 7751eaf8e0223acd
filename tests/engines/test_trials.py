"""An effect and luck: means, intervals, and the exam that all sit."""

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microgpt.config import Config
from microgpt.data import bundled_documents
from microgpt.engines.trials import Effect, fixed_exam, student


@pytest.mark.parametrize(
    ("freedom", "quantile"),
    [(1, 12.7062047), (2, 4.3026527), (7, 2.3646243), (31, 2.0395134), (63, 1.9983405), (999, 1.9623415)],
)
def test_students_distribution_is_that_of_the_tables(freedom: int, quantile: float) -> None:
    assert student(freedom) == pytest.approx(quantile, rel=2e-5)


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=9))
def test_an_effect_is_mean_margin_and_count(numbers: list[float]) -> None:
    effect = Effect.of(numbers)
    error = statistics.stdev(numbers) / math.sqrt(len(numbers))
    assert effect.mean == pytest.approx(statistics.fmean(numbers), abs=1e-12)
    assert effect.margin == pytest.approx(student(len(numbers) - 1) * error, abs=1e-12)
    assert effect.worse == sum(number > 0 for number in numbers)


def test_the_interval_holds_what_it_promises() -> None:
    """Of many samples of eight, drawn around a known mean, about 95 in 100 intervals contain it."""
    import random

    rng, hits = random.Random(1), 0
    for _ in range(2000):
        effect = Effect.of([rng.gauss(0.3, 2.0) for _ in range(8)])
        hits += abs(effect.mean - 0.3) <= effect.margin
    assert 0.935 < hits / 2000 < 0.965


def test_the_exam_is_fixed_and_apart() -> None:
    names = bundled_documents()
    rest, exam = fixed_exam([*names, names[0], names[1]], Config())
    again, same = fixed_exam(list(reversed(names)), Config())
    assert exam == same
    assert sorted(set(rest)) == sorted(again)
    assert len(exam) == len(names) // 3
    assert not {one[:16] for one in rest} & set(exam)
    short_rest, short_exam = fixed_exam(names, Config(block_size=3))
    assert not {one[:3] for one in short_rest} & {one[:3] for one in short_exam}
