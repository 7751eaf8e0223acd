"""The figures of the chapter on the loss that one can touch."""

import pytest

from microgpt.study.live.loss import guesses
from tests.support.browser import CHROMIUM, Visitor
from tests.support.touch import Figure, complaints

pytest.importorskip("mkdocs", reason="the site is not checked: pip install -e '.[dev]'")

from sitemaker import names

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium here"),
    pytest.mark.xdist_group("site"),
]
PAGE = names.page("loss").removesuffix(".md") + "/"


def test_one_bad_guess_outweighs_good_ones(reader: Visitor) -> None:
    figure = Figure(reader, "perplexity")

    def are(chances: list[float]) -> bool:
        right = guesses(chances)
        assert f"the perplexity {right.perplexity:.2f}." in figure.says()
        rows = zip(right.chances, right.surprises, right.choices, strict=True)
        return figure.numbers() == pytest.approx(
            [*(one for row in rows for one in row), right.average, right.loss]
        )

    assert are([0.5, 0.1, 0.8])
    figure.slide("Chance of the second", "Home")
    figure.slide("Chance of the third", "End")
    figure.waits_for([0.5, 0.01, 1])
    assert are([0.5, 0.01, 1])


def test_the_figures_leave_nothing_to_complain_about(reader: Visitor) -> None:
    assert complaints(reader) == []
