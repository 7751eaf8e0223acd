"""The figures of the chapter on the loss that one can touch."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from microgpt.study.live.loss import guesses
from tests.support.browser import CHROMIUM, OPEN_SHADOWS, Visitor
from tests.support.touch import Figure

pytest.importorskip("mkdocs", reason="the site is not checked: pip install -e '.[dev]'")

from sitemaker import names
from sitemaker.vendor import AXE, npm_package

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium here"),
    pytest.mark.xdist_group("site"),
]
PAGE = names.page("loss").removesuffix(".md") + "/"


@pytest.fixture(scope="module")
def reader(site: tuple[Path, str], chromium: Any) -> Iterator[Visitor]:
    with chromium.new_context(color_scheme="light", viewport={"width": 390, "height": 800}) as context:
        context.add_init_script(OPEN_SHADOWS)
        visitor = Visitor(context.new_page(), *site)
        assert visitor.visit(PAGE) == []
        yield visitor


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
    axe = (npm_package(AXE) / "axe.min.js").read_text(encoding="utf-8")
    assert reader.problems() + reader.axe(axe) == []
    assert reader.switch("dark") + reader.axe(axe) == []
