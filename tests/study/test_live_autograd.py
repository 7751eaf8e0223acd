"""What the figures of the chapter on autograd compute, against calculus and `backward`."""

import math
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microgpt.autograd import Value, relu
from microgpt.study.live.autograd import CURVES, secant, walk_graph

RULES: dict[str, Callable[[float], float]] = {
    "square": lambda x: 2 * x,
    "cube": lambda x: 3 * x**2,
    "inverse": lambda x: -1 / x**2,
    "exponential": math.exp,
    "logarithm": lambda x: 1 / x,
}


@pytest.mark.parametrize("name", CURVES)
@given(at=st.floats(1, 4))
def test_a_nudge_comes_near_the_slope_that_the_rule_says(name: str, at: float) -> None:
    exact = RULES[name](at)
    far, near = secant(name, at, 1), secant(name, at, 3)
    assert far.exact == near.exact == pytest.approx(exact)
    assert abs(near.off_up) < abs(far.off_up)
    assert near.both == pytest.approx(exact, rel=1e-5)
    assert far.off_up == pytest.approx(far.up - exact)
    for line, slope in ((far.line, far.up), (far.tangent, far.exact)):
        (left, low), (right, high) = line
        assert (high - low) / (right - left) == pytest.approx(slope)


@pytest.mark.parametrize("name", CURVES)
def test_the_line_goes_through_both_places_and_the_tangent_through_one(name: str) -> None:
    tried = secant(name, 2.0, 0.0)
    (x, y), further = tried.places
    assert further[0] == 3
    assert y + tried.up * (further[0] - x) == pytest.approx(further[1])
    (left, low), _ = tried.tangent
    assert low + tried.exact * (x - left) == pytest.approx(y)
    assert [point[0] for point in tried.curve] == sorted(point[0] for point in tried.curve)


LEAVES = st.floats(-4, 4)


@given(LEAVES, LEAVES, LEAVES)
def test_the_walk_back_finds_what_backward_finds(w: float, x: float, b: float) -> None:
    leaves = [Value(w), Value(x), Value(b)]
    loss = (relu(leaves[0] * leaves[1] + leaves[2]) - 3.0) ** 2
    loss.backward()
    stages = walk_graph(w, x, b).stages
    assert stages[-1].slopes[:3] == [leaf.grad for leaf in leaves]
    assert stages[-1].values[-1] == loss.data


def test_a_node_hands_on_its_slope_only_when_it_has_it() -> None:
    stages = walk_graph(0.5, 4.0, -1.0).stages
    for before, after in pairwise(stages):
        for place in range(8):
            assert before.values[place] in (None, after.values[place])
            assert before.slopes[place] in (None, after.slopes[place])
    assert [stage.slopes.count(None) for stage in stages] == [8, 8, 8, 8, 8, 7, 6, 5, 4, 2, 0]
