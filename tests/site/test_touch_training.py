"""The run in the chapter on training: led by hand, by names of one's own, and left in the middle."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from microgpt import Config, bundled_documents, new_run, train
from microgpt.study.live.training import begin
from tests.support.browser import CHROMIUM, Visitor
from tests.support.reference import FOLDER, run_original

pytest.importorskip("mkdocs", reason="the site is not checked: pip install -e '.[dev]'")

from sitemaker.course import url
from sitemaker.vendor import AXE, npm_package

pytestmark = [
    pytest.mark.xdist_group("cells"),
    pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium here"),
]
PAGE = url("training")
LIMIT = 90_000


@pytest.fixture
def visitor(site: Any, chromium: Any) -> Iterator[Visitor]:
    context = chromium.new_context(viewport={"width": 390, "height": 800}, has_touch=True)
    context.route("**/vendor/mermaid/**", lambda route: route.abort())  # diagrams are looked at elsewhere
    one = Visitor(context.new_page(), *site)
    one.page.goto(f"{one.address}{PAGE}")
    one.page.wait_for_selector("study-train .train-bar")
    yield one
    context.close()


def told(visitor: Visitor, beginning: str) -> str:
    line = visitor.page.locator(".train-told", has_text=beginning)
    line.wait_for(timeout=LIMIT)
    return str(line.text_content())


def test_steps_by_hand_are_those_of_the_book(visitor: Visitor) -> None:
    page = visitor.page
    look = begin("names", 1000)
    assert page.locator("study-train li").all_inner_texts()[: len(look.samples)] == look.samples
    assert page.locator(".train-curve circle title").all_text_contents() == [f"after step 0: {look.exam}"]
    losses = [step.loss for step in islice(train(new_run(Config(), bundled_documents())), 3)]
    for number, loss in enumerate(losses, 1):
        page.get_by_role("button", name="One step").press("Enter")
        told(visitor, f"Step {number} of 1,000.")
        assert float(page.locator(".train-told").get_attribute("data-loss")) == pytest.approx(loss, rel=1e-9)
    page.wait_for_function("() => document.querySelectorAll('.train-curve circle').length === 4")


def test_names_of_ones_own_are_learned_by_heart(visitor: Visitor, tmp_path: Path) -> None:
    page, run = visitor.page, visitor.page.locator("study-train")
    run.get_by_label("Learn from").select_option("own")
    run.get_by_label("Steps").select_option("100")
    run.get_by_text("This is still the run of the settings before.").wait_for()
    page.get_by_label("Your names").fill("ada\ngrace\nalan")
    page.get_by_role("button", name="Train", exact=True).tap()
    told(visitor, "Step 100 of 100.")
    assert run.locator(".widget-said").inner_text() == ""
    if FOLDER:  # what the original computes from these names
        (tmp_path / "names.txt").write_text("ada\ngrace\nalan\n", encoding="utf-8")
        original, _ = run_original(tmp_path / "names.txt", steps=100, samples=1)
        last = float(page.locator(".train-told").get_attribute("data-loss"))
        assert last == pytest.approx(float.fromhex(original["losses"][-1]), rel=1e-9)
    page.get_by_text("stand in the data").or_(page.get_by_text("stands in the data")).wait_for()
    assert set(page.locator(".train-samples li").all_inner_texts()) & {"ada", "grace", "alan"}
    assert page.locator(".train-curve .opponent").count() == 0
    wide = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0
    page.get_by_label("Your names").fill(" ")
    page.get_by_role("button", name="Begin anew").tap()
    run.get_by_text("there is nothing to learn from; write at least one name").wait_for()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        visitor.wait_for(scheme)
        assert visitor.axe((npm_package(AXE) / "axe.min.js").read_text(encoding="utf-8")) == []


def test_a_run_pauses_and_whoever_leaves_stops_it(visitor: Visitor) -> None:
    page = visitor.page
    page.get_by_role("button", name="Train", exact=True).tap()
    page.get_by_role("button", name="Pause").wait_for()
    page.wait_for_function("() => /Step [1-9]/.test(document.querySelector('.train-told').textContent)")
    page.get_by_role("button", name="Pause").tap()
    page.wait_for_timeout(1000)
    before = page.locator(".train-told").text_content()
    page.wait_for_timeout(1000)
    assert page.locator(".train-told").text_content() == before
    page.get_by_role("button", name="Train", exact=True).tap()
    assert visitor._arrives(url("vectors"))
    page.wait_for_timeout(1000)
    script = "async address => (await import(address)).state()"
    assert page.evaluate(script, f"{visitor.address}assets/scripts/python.js") == "idle"
    assert visitor._arrives(PAGE)
    page.get_by_role("button", name="One step").tap()
    told(visitor, "Step 1 of 1,000.")
    assert [one for one in visitor.said if "ERR_FAILED" not in one] == []
