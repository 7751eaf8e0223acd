"""What the figure of the chapter on the loss computes."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microgpt.study.live.loss import guesses


@given(st.lists(st.floats(0.001, 1), min_size=1, max_size=5))
def test_the_perplexity_is_the_mean_number_of_choices_as_products_have_it(chances: list[float]) -> None:
    told = guesses(chances)
    assert told.perplexity == pytest.approx(math.prod(chances) ** (-1 / len(chances)))
    assert told.choices == pytest.approx([1 / chance for chance in chances])
    assert told.average == pytest.approx(math.fsum(chances) / len(chances))
