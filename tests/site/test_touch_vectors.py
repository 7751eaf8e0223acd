"""The figures of the chapter on vectors that one can touch."""

import pytest

from microgpt.study.live.vectors import choice
from tests.support.browser import CHROMIUM, Visitor
from tests.support.touch import Figure, complaints

pytest.importorskip("mkdocs", reason="the site is not checked: pip install -e '.[dev]'")

from sitemaker import names

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium here"),
    pytest.mark.xdist_group("site"),
]
PAGE = names.page("vectors").removesuffix(".md") + "/"


def test_scores_become_shares_and_only_differences_count(reader: Visitor) -> None:
    softmax = Figure(reader, "softmax")

    def are_shares_of(scores: list[float], temperature: float) -> bool:
        right = choice(scores, temperature)
        assert f"the total, {right.whole:.4f}" in softmax.says()
        return softmax.shows(right.scaled, right.lowered, right.raised, right.shares)

    assert are_shares_of([2, 1, 0.1], 1)
    softmax.press("All scores up by 1")
    softmax.waits_for([3, 2, 1.1], 1)
    assert are_shares_of([3, 2, 1.1], 1)
    softmax.slide("Score C", "End")
    softmax.slide("Temperature T", "End")
    softmax.waits_for([3, 2, 10], 5)
    assert are_shares_of([3, 2, 10], 5)
    softmax.press("All scores up by 1")
    softmax.element.get_by_text("at its end").wait_for()


def test_the_figures_leave_nothing_to_complain_about(reader: Visitor) -> None:
    assert complaints(reader) == []
