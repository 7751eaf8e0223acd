"""Predict, then look: on the page of what matters."""

import json
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from microgpt.engines.ablations import ABLATIONS
from tests.support.browser import CHROMIUM

pytest.importorskip("mkdocs", reason="the site is not checked: pip install -e '.[dev]'")

from sitemaker.figures.comparison import effects
from sitemaker.predicting import VERDICTS, questions, verdict
from sitemaker.vendor import AXE, npm_package

pytestmark = pytest.mark.xdist_group("site")


def test_every_change_is_asked_for_and_told_as_it_was_measured() -> None:
    asked = {question["name"]: question["effects"] for question in questions()}
    measured = set.intersection(*(set(found) for found in effects().values()))
    assert set(asked) == measured & set(ABLATIONS)
    for name, told in asked.items():
        for one, found in zip(told, effects().values(), strict=True):
            low, high = found[name].mean - found[name].margin, found[name].mean + found[name].margin
            if one["mean"] is None or low > 0:
                assert one["verdict"] == "worse"
            else:
                assert one["verdict"] == ("better" if high < 0 else "same")
            assert one["verdict"] == verdict(found[name])


@pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium here")
def test_a_change_is_predicted_with_the_keyboard_and_then_shown(
    site: tuple[Path, str], chromium: Any
) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 800}, has_touch=True)
    page = context.new_page()
    page.goto(f"{site[1]}experiments/")
    element = page.locator("study-predict")
    first, second, *_ = questions()
    assert first["name"] in element.locator("form").inner_text()
    element.get_by_role("button", name="Look").press("Enter")
    assert "Say something for each" in element.locator(".touch-told").inner_text()
    for one in first["effects"]:
        choice = element.get_by_role("group", name=one["setup"]).get_by_role("radio").first
        choice.focus()
        page.keyboard.press("Space")
    element.get_by_role("button", name="Look").press("Enter")
    right = sum(one["verdict"] == "better" for one in first["effects"])
    assert f"{right} of {len(first['effects'])} as you said." in element.locator(".touch-told").inner_text()
    rows = element.locator("tbody tr").all_inner_texts()
    for one, row in zip(first["effects"], rows, strict=True):
        assert f"\t{VERDICTS[one['verdict']]}\t{one['mean']:+.4f} ± {one['margin']:.4f}" in row
    wide = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0
    page.evaluate((npm_package(AXE) / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run('study-predict', { resultTypes: ['violations'] })")
    serious = [one["id"] for one in found["violations"] if one["impact"] in ("serious", "critical")]
    assert serious == []
    element.get_by_role("button", name="Next change").tap()
    assert second["name"] in element.locator("form").inner_text()
    context.close()


def test_the_page_has_it_all(site: tuple[Path, str]) -> None:
    text = (site[0] / "experiments/index.html").read_text(encoding="utf-8")
    data = text.partition('data-questions="')[2].partition('"')[0]
    assert json.loads(unescape(data)) == questions()
