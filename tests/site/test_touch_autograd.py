"""The figures of the chapter on autograd that one can touch."""

import pytest

from microgpt.study.live.autograd import secant, walk_graph
from tests.support.browser import CHROMIUM, Visitor
from tests.support.touch import Figure, complaints

pytest.importorskip("mkdocs", reason="the site is not checked: pip install -e '.[dev]'")

from sitemaker import names

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium here"),
    pytest.mark.xdist_group("site"),
]
PAGE = names.page("autograd").removesuffix(".md") + "/"


def test_a_nudge_shrinks_until_floats_are_too_coarse(reader: Visitor) -> None:
    tangent = Figure(reader, "tangent")

    def is_tried(name: str, at: float, power: float) -> bool:
        right = secant(name, at, power)
        assert f"finds the slope {right.up:.4f}" in tangent.says()
        slopes, errors = (right.up, right.both, right.exact), (right.off_up, right.off_both, 0)
        return tangent.shows(slopes, errors)

    assert is_tried("cube", 2, 0)
    tangent.slide("Nudge", "ArrowRight")
    tangent.waits_for("cube", 2, 1)
    assert is_tried("cube", 2, 1)
    tangent.slide("Nudge", "End")
    tangent.slide("Point x", "ArrowLeft")
    tangent.element.get_by_label("Curve").select_option("log x")
    tangent.waits_for("logarithm", 1.5, 16)
    assert is_tried("logarithm", 1.5, 16)


def test_a_graph_is_walked_through_forward_and_back(reader: Visitor) -> None:
    graph = Figure(reader, "graph")

    def is_at(leaves: tuple[float, float, float], step: int) -> bool:
        stage = walk_graph(*leaves).stages[step - 1]
        known = [
            one for pair in zip(stage.values, stage.slopes, strict=True) for one in pair if one is not None
        ]
        assert stage.said in graph.says()
        return graph.numbers() == pytest.approx(known)

    assert "Only the leaves" in graph.says()
    for step in range(1, 4):
        graph.press("Next step")
        assert is_at((0.5, 4, -1), step)
    graph.slide("b", "Home")
    graph.waits_for(0.5, 4, -4)
    for step in range(4, 12):
        assert is_at((0.5, 4, -4), step - 1)
        graph.press("Next step")
    assert is_at((0.5, 4, -4), 11)
    graph.press("Step back")
    assert is_at((0.5, 4, -4), 10)


def test_the_figures_leave_nothing_to_complain_about(reader: Visitor) -> None:
    assert complaints(reader) == []
