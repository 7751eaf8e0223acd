"""The figures of the first chapter that one can touch: with the keyboard, and as Python computes them."""

import pytest

from microgpt.study.live.first_steps import SCORES, judge_word, nudges, penalized, rolled, spun, walked
from tests.support.browser import CHROMIUM, Visitor
from tests.support.touch import CLOSE, Figure, complaints

pytest.importorskip("mkdocs", reason="the site is not checked: pip install -e '.[dev]'")

from sitemaker import names

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium here"),
    pytest.mark.xdist_group("site"),
]
PAGE = names.page("first_steps").removesuffix(".md") + "/"


def test_a_die_is_rolled_often_and_with_another_seed(reader: Visitor) -> None:
    die = Figure(reader, "die")
    assert die.shows(rolled(60, 1).counts, rolled(60, 1).shares)
    die.press("Roll 6,000 times")
    die.waits_for(6000, 1)
    assert die.shows(rolled(6000, 1).counts, rolled(6000, 1).shares)
    die.element.get_by_label("Seed").fill("5")
    die.element.get_by_label("Seed").press("Enter")
    die.waits_for(6000, 5)
    assert die.shows(rolled(6000, 5).counts, rolled(6000, 5).shares)
    assert f"{rolled(6000, 5).off:.4f}: “{rolled(6000, 5).furthest}”" in die.says()
    for seed in ("-3", ""):
        die.element.get_by_label("Seed").fill(seed)
        die.element.get_by_label("Seed").press("Enter")
        die.element.get_by_text("a seed is a whole number from 0 up").wait_for()
        die.element.get_by_label("Seed").fill("6")
        die.element.get_by_label("Seed").press("Enter")
        die.waits_for(6000, 6)


def test_a_wheel_gets_other_fields_and_is_spun(reader: Visitor) -> None:
    wheel, scores = Figure(reader, "wheel"), list(SCORES)
    assert wheel.shows(spun(scores, 0).shares, spun(scores, 0).came)
    wheel.press("Spin 100 times")
    wheel.waits_for(scores, 100)
    wheel.press("Spin")
    wheel.waits_for(scores, 101)
    drawn = spun(scores, 101)
    assert "All so far" in wheel.says()
    assert wheel.shows(drawn.shares, drawn.came)
    assert f"stopped at {drawn.points[-1]:.4f}, on “{drawn.drawn[-1]}”." in wheel.says()
    assert wheel.says().endswith(f"{drawn.drawn[-30:]}”")
    wheel.slide("n", "End")
    scores[4] = 3
    wheel.waits_for(scores, 101)
    assert wheel.shows(spun(scores, 101).shares, spun(scores, 101).came)
    assert "The same points on this wheel" in wheel.says()
    for letter in "ailen.":
        wheel.slide(letter, "Home")
    said = wheel.element.get_by_text("all scores are 0; give at least one that is more")
    said.wait_for()


def test_a_walk_goes_field_by_field_to_its_point(reader: Visitor) -> None:
    walk, scores = Figure(reader, "walk"), list(SCORES)

    def has_come(point: float, steps: int) -> bool:
        fields = walked(scores, point).fields[:steps]
        return walk.shows(*([getattr(one, key) for one in fields] for key in ("before", "share", "left")))

    assert has_come(0.53, 6)
    walk.slide("Point", "End")
    walk.waits_for(scores, 0.99)
    walk.press("From the start")
    for steps in range(7):
        assert has_come(0.99, steps)
        assert ("lies on" in walk.says()) == (steps == 6)
        walk.press("Next field")
    assert "lies on “.”." in walk.says()


def test_a_word_is_written_and_judged_by_other_wheels(reader: Visitor) -> None:
    target, scores = Figure(reader, "target"), list(SCORES)

    def is_judged(word: str, scores: list[float]) -> bool:
        right = judge_word(word, scores)
        marks = target.element.locator(".touch-right").evaluate_all(
            "all => all.map(one => one.dataset.value)"
        )
        assert [float(mark) for mark in marks] == pytest.approx(right.chances, abs=CLOSE)
        assert f"“{right.word}”: {right.loss:.4f}" in target.says()
        return target.shows(*([share] * len(right.word) for share in right.shares), right.missing)

    assert is_judged("ann", scores)
    target.element.get_by_label("Word").fill("Elena")
    target.waits_for("Elena", scores)
    assert is_judged("elena", scores)
    target.element.get_by_label("Wheel").press("ArrowDown")
    target.waits_for("Elena", [1] * 6)
    assert is_judged("elena", [1] * 6)
    target.element.get_by_label("Word").fill("Otto")
    target.element.get_by_text("'o' is none of our letters").wait_for()


def test_a_chance_goes_to_zero_and_the_surprise_has_no_end(reader: Visitor) -> None:
    penalties = Figure(reader, "penalties")

    def are_of(chance: float) -> bool:
        right = penalized(chance)
        return penalties.shows(right.chances, right.missing, right.surprises)

    assert are_of(0.5)
    penalties.slide("Chance p", "ArrowLeft")
    penalties.waits_for(0.49)
    assert are_of(0.49)
    assert f"{penalized(0.49).added[1]:.4f}" in penalties.says()
    penalties.slide("Chance p", "Home")
    penalties.waits_for(0)
    assert are_of(0)
    assert "without end" in penalties.says()


def test_the_steps_of_training_are_gone_through_to_their_end(reader: Visitor) -> None:
    table = Figure(reader, "nudges")

    def are_those_after(steps: int) -> bool:
        right = nudges(steps)
        assert f"The loss is {right.loss:.4f}" in table.says()
        assert table.says().endswith(", ".join(f"“{word}”" for word in right.words))
        return table.shows(right.weights, right.nudged, right.slopes, right.after)

    assert are_those_after(0)
    table.slide("Steps done", "ArrowRight")
    table.waits_for(1)
    assert are_those_after(1)
    table.slide("Steps done", "End")
    table.waits_for(79)
    assert are_those_after(79)
    assert "One more step takes the weight of i below 0" in table.says()
    with pytest.raises(ValueError, match="negative"):
        nudges(80)


def test_the_figures_leave_nothing_to_complain_about(reader: Visitor) -> None:
    assert complaints(reader) == []
