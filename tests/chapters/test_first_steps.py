"""What the first chapter builds: a wheel, a nudge, and a table that learns."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microgpt.first_steps import (
    LETTERS,
    WORDS,
    counted_table,
    descend,
    e_wheel,
    expected_minus_came,
    letter_pairs,
    moved,
    nudged_slopes,
    pair_surprise,
    penalty,
    penalty_slopes,
    pick,
    rows_of,
    spell,
    wheel,
)

SIZE = len(LETTERS)
PAIRS = letter_pairs(WORDS)

some_scores = st.lists(st.floats(0.05, 5), min_size=SIZE, max_size=SIZE)
some_weights = st.lists(st.floats(-3, 3), min_size=SIZE * SIZE, max_size=SIZE * SIZE)
some_words = st.lists(st.text(LETTERS[:-1], max_size=5), min_size=1, max_size=5)


def loss(weights: list[float]) -> float:
    return pair_surprise(weights, PAIRS)


# The wheel


@given(some_scores)
def test_a_wheel_keeps_the_proportions(scores: list[float]) -> None:
    shares = wheel(scores)
    assert sum(shares) == pytest.approx(1)
    assert [share * sum(scores) for share in shares] == pytest.approx(scores)


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=9), st.floats(-9, 9))
def test_a_wheel_of_e_takes_any_scores_and_only_their_differences_count(
    scores: list[float], more: float
) -> None:
    shares = e_wheel(scores)
    assert all(0 < share <= 1 for share in shares)
    assert sum(shares) == pytest.approx(1)
    assert e_wheel([score + more for score in scores]) == pytest.approx(shares)


@pytest.mark.parametrize("scores", [[0.0, 0.0], [1.0, -0.5], [1.0, -1.0], [-1.0, -1.0]])
def test_what_makes_no_wheel_is_refused(scores: list[float]) -> None:
    with pytest.raises(ValueError, match="give "):
        wheel(scores)


@given(st.lists(st.floats(0, 5), min_size=1, max_size=9), st.floats(0, 1, exclude_max=True))
def test_a_point_lies_on_the_field_that_reaches_over_it(scores: list[float], point: float) -> None:
    if sum(scores) == 0:
        return
    shares = wheel(scores)
    place = pick(shares, point)
    assert shares[place] > 0
    assert sum(shares[:place]) <= point + 1e-9
    assert point < sum(shares[: place + 1]) + 1e-9


def test_a_crumb_that_rounding_leaves_belongs_to_the_last_field() -> None:
    assert pick([0.5, 0.4999, 0.0], 0.99999) == 1


def test_drawing_follows_the_chances() -> None:
    shares, rng, count = wheel([4, 0, 1, 2, 1, 2]), random.Random(7), 20_000
    drawn = [pick(shares, rng.random()) for _ in range(count)]
    for place, share in enumerate(shares):
        spread = math.sqrt(share * (1 - share) / count)
        assert abs(drawn.count(place) / count - share) <= 4 * spread


def test_a_word_is_as_likely_as_the_product_of_its_chances() -> None:
    rows, rng, count = [wheel(counts) for counts in counted_table(WORDS)], random.Random(3), 20_000
    written = [spell(rows, rng) for _ in range(count)]
    for word in ("a", "ella", "lena"):
        chance = math.prod(rows[last][after] for last, after in letter_pairs([word]))
        spread = math.sqrt(chance / count)
        assert abs(written.count(word) / count - chance) <= 4 * spread


def test_a_word_without_an_end_is_cut() -> None:
    assert spell([[0, 0, 0, 0, 1, 0]] * SIZE, random.Random(0), longest=5) == "nnnnn"


# Slopes


@given(some_scores, st.text(LETTERS, min_size=1, max_size=6))
def test_nudged_slopes_of_the_penalty_are_the_exact_ones(scores: list[float], word: str) -> None:
    kept = list(scores)
    nudged = nudged_slopes(lambda row: penalty(row, word), scores, 1e-7)
    assert scores == kept, "a nudge must be put back"
    exact = penalty_slopes(scores, word)
    assert nudged == pytest.approx(exact, abs=1e-5, rel=1e-3)
    assert sum(score * slope for score, slope in zip(scores, exact)) == pytest.approx(0, abs=1e-12)


@given(some_weights, some_words)
def test_nudged_slopes_of_the_surprise_are_what_was_expected_minus_what_came(
    weights: list[float], words: list[str]
) -> None:
    pairs = letter_pairs(words)
    nudged = nudged_slopes(lambda row: pair_surprise(row, pairs), weights, 1e-6)
    exact = expected_minus_came(weights, pairs)
    assert nudged == pytest.approx(exact, abs=1e-5)
    assert max(map(abs, exact)) > 0, "zeros would agree with anything"


@pytest.mark.parametrize("rate", [0.1, 1.0, 10.0])
@given(weights=some_weights)
def test_a_step_against_the_slopes_lowers_the_loss(rate: float, weights: list[float]) -> None:
    assert loss(moved(weights, expected_minus_came(weights, PAIRS), rate)) < loss(weights)


@given(some_weights)
def test_a_step_along_the_slopes_raises_the_loss(weights: list[float]) -> None:
    assert loss(moved(weights, expected_minus_came(weights, PAIRS), -1.0)) > loss(weights)


# Training


def test_the_loss_falls_in_every_step_by_hand() -> None:
    scores = [0.62, 0.45, 0.85, 0.67, 0.17, 0.53]
    losses = [penalty(scores, "ann.")]
    for _ in range(75):
        scores = descend(lambda row: penalty(row, "ann."), scores, 0.1, 1, nudge=0.01)
        losses.append(penalty(scores, "ann."))
    assert losses == sorted(losses, reverse=True)
    assert [round(losses[step], 4) for step in (0, 1, 75)] == [0.8868, 0.8847, 0.7383]


def test_training_comes_near_the_counted_table() -> None:
    losses, weights = [loss([0.0] * SIZE**2)], [0.0] * SIZE**2
    for _ in range(100):
        weights = descend(loss, weights, 20.0, 1)
        losses.append(loss(weights))
    assert losses[0] == pytest.approx(math.log(SIZE))
    assert losses == sorted(losses, reverse=True)
    counted = [wheel(counts) for counts in counted_table(WORDS)]
    for trained_row, counted_row in zip(rows_of(weights), counted):
        assert trained_row == pytest.approx(counted_row, abs=0.005)
    assert losses[-1] > -sum(math.log(counted[last][after]) for last, after in PAIRS) / len(PAIRS)


@given(some_weights)
def test_no_table_is_less_surprised_than_the_counted_one(weights: list[float]) -> None:
    counted = [wheel(counts) for counts in counted_table(WORDS)]
    least = -sum(math.log(counted[last][after]) for last, after in PAIRS) / len(PAIRS)
    assert loss(weights) > least


@given(some_words)
def test_every_pair_is_counted(words: list[str]) -> None:
    table = counted_table(words)
    assert sum(map(sum, table)) == len(letter_pairs(words)) == sum(len(word) + 1 for word in words)
    end = LETTERS.index(".")
    assert sum(table[end]) == sum(row[end] for row in table) == len(words)
