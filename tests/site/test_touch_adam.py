"""The valley in the chapter on Adam in which one can turn the rates."""

from typing import Any

import pytest

from microgpt.study.live.adam import STEPS, ways
from tests.support.browser import CHROMIUM, Visitor
from tests.support.touch import Figure, complaints

pytest.importorskip("mkdocs", reason="the site is not checked: pip install -e '.[dev]'")

from sitemaker.course import url

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium here"),
    pytest.mark.xdist_group("site"),
]
PAGE = url("adam")


def test_rates_are_turned_and_the_ways_followed(reader: Visitor) -> None:
    figure = Figure(reader, "valley")

    def are(step: int, *arguments: Any) -> bool:
        found = ways(*arguments)
        both = ((found.plain, found.plain_heights), (found.adam, found.adam_heights))
        assert figure.element.locator("svg circle.plain").count() == step + 1
        return figure.numbers() == pytest.approx(
            [one for places, heights in both for one in (*places[step], heights[step])], abs=1e-9
        )

    assert are(STEPS, 0.035, 0.25, False)
    figure.element.get_by_label("Turn the valley").press("Space")
    figure.waits_for(0.035, 0.25, True)
    assert are(STEPS, 0.035, 0.25, True)
    figure.slide("Rate against the slope", "End")
    figure.waits_for(0.05, 0.25, True)
    figure.slide("Steps", "Home")
    figure.slide("Steps", "ArrowRight")
    assert are(1, 0.05, 0.25, True)
    assert figure.says().startswith("After 1 step the way")


def test_the_valley_leaves_nothing_to_complain_about(reader: Visitor) -> None:
    assert complaints(reader) == []
