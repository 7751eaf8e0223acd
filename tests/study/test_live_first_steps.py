"""What the figures of the first chapter compute, against the chapter itself."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microgpt.first_steps import LETTERS, descend, penalty, penalty_slopes, pick, wheel
from microgpt.study.live.first_steps import judge_word, nudges, penalized, rolled, spun, walked


@pytest.mark.parametrize("count", [1, 60, 6_000])
def test_all_rolls_are_counted(count: int) -> None:
    die = rolled(count, 7)
    assert sum(die.counts) == count
    assert math.isclose(math.fsum(die.shares), 1)
    assert die.off == max(abs(share - 1 / 6) for share in die.shares)
    assert die == rolled(count, 7)


def test_another_seed_rolls_otherwise() -> None:
    assert rolled(60, 7) != rolled(60, 8)


SCORES = st.lists(st.floats(0.01, 10), min_size=6, max_size=6)


@given(SCORES, st.integers(0, 50))
def test_a_spin_stops_on_the_field_where_its_point_lies(scores: list[float], spins: int) -> None:
    wheel = spun(scores, spins)
    ends = [math.fsum(wheel.shares[: place + 1]) for place in range(6)]
    for point, letter in zip(wheel.points, wheel.drawn, strict=True):
        place = wheel.letters.index(letter)
        assert ends[place] - wheel.shares[place] - 1e-12 <= point <= ends[place] + 1e-12
    assert [wheel.drawn.count(letter) for letter in wheel.letters] == wheel.came
    assert wheel.points == spun(scores, spins + 1).points[:-1]


@given(st.text("ailen", max_size=12), SCORES)
def test_a_word_is_judged_letter_by_letter(word: str, scores: list[float]) -> None:
    right = judge_word(word, scores)
    together = math.fsum(scores)
    expected = [1 - scores["ailen.".index(letter)] / together for letter in f"{word}."]
    assert right.missing == pytest.approx(expected)
    assert right.loss == pytest.approx(math.fsum(expected) / (len(word) + 1))


@given(st.floats(0, 1))
def test_the_surprise_is_the_power_of_e_that_leads_back_to_the_chance(chance: float) -> None:
    both = penalized(chance)
    for one, missing, surprise in zip(both.chances, both.missing, both.surprises, strict=True):
        assert math.exp(-surprise) == pytest.approx(one)
        assert missing + one == 1
        assert surprise >= missing


@given(SCORES, st.floats(0, 0.99))
def test_a_walk_ends_where_pick_says(scores: list[float], point: float) -> None:
    fields = walked(scores, point).fields
    assert fields[-1].letter == LETTERS[pick(wheel(scores), point)]
    assert all(field.left >= 0 for field in fields[:-1])
    assert fields[-1].left == pytest.approx(point - math.fsum(field.share for field in fields))


@pytest.mark.parametrize("steps", [0, 1, 40, 79])
def test_a_table_of_nudges_stands_on_the_way_of_training(steps: int) -> None:
    def loss(weights: list[float]) -> float:
        return penalty(weights, "ann.")

    table = nudges(steps)
    assert table.weights == descend(loss, nudges(0).weights, rate=0.1, steps=steps, nudge=0.01)
    assert table.slopes == pytest.approx(penalty_slopes(table.weights, "ann."), abs=0.002)
    assert table.slopes == pytest.approx([(nudged - table.loss) / 0.01 for nudged in table.nudged])
    if steps < 79:
        assert nudges(steps + 1).weights == table.after
        assert nudges(steps + 1).loss == table.loss_after
        assert nudges(steps + 1).loss < table.loss


def test_training_by_hand_ends_where_a_weight_is_negative() -> None:
    with pytest.raises(ValueError, match="a score is negative"):
        nudges(80)
