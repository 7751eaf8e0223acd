"""What the figures of the chapter on vectors compute."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microgpt.study.live.vectors import choice

SCORES = st.lists(st.floats(-10, 10), min_size=3, max_size=3)


@given(SCORES, st.floats(0.1, 5), st.floats(-5, 5))
def test_a_soft_choice_is_e_to_the_differences(scores: list[float], temperature: float, shift: float) -> None:
    soft = choice(scores, temperature)
    powers = [math.exp((score - scores[0]) / temperature) for score in scores]
    assert soft.shares == pytest.approx([power / math.fsum(powers) for power in powers])
    assert soft.shares == pytest.approx([one / soft.whole for one in soft.raised])
    assert max(soft.lowered) == 0
    assert choice([score + shift for score in scores], temperature).shares == pytest.approx(soft.shares)
