"""One visit: home, the first chapter, an exercise, the clinic, a run. Nothing goes wrong, or is lost."""

from typing import Any

import pytest

from microgpt.study.exercises import exercise
from microgpt.study.task_files import task_file
from tests.support.browser import CHROMIUM, Visitor

pytest.importorskip("mkdocs", reason="the site is not checked: pip install -e '.[dev]'")

from sitemaker.course import url

pytestmark = [
    pytest.mark.xdist_group("doing"),
    pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium here"),
]
LIMIT = 90_000


def test_a_visit_from_home_to_a_run_of_ones_own(site: Any, chromium: Any) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    visitor = Visitor(context.new_page(), *site)
    page = visitor.page
    started: list[str] = []
    page.on("worker", lambda worker: started.append(worker.url))
    assert visitor.visit("") == []

    page.get_by_role("button", name="Invent", exact=True).click()
    page.locator(".widget-said:text-is('')").first.wait_for(state="attached", timeout=LIMIT)
    page.get_by_role("link", name="Begin", exact=True).click()
    page.wait_for_url(f"{visitor.address}machine/")
    page.locator(".md-footer__link--next").click()
    page.wait_for_url(f"{visitor.address}{url('first_steps')}")

    cell = page.locator("study-cell").first
    cell.get_by_role("button", name="Run").click()
    cell.get_by_text("as in the book").wait_for(timeout=LIMIT)

    one = exercise("penalty")
    assert visitor._arrives("practice/exercises/penalty/")
    page.locator("study-exercise").get_by_role("button", name="Write it here").click()
    page.wait_for_selector("study-exercise textarea", state="attached")
    page.locator("study-exercise textarea").fill(task_file(one, one.solution))
    page.locator("study-exercise").get_by_role("button", name="Check").click()
    page.locator("study-exercise .bench-told", has_text="Next").wait_for(timeout=LIMIT)

    assert visitor._arrives("practice/clinic/1/")
    patient = page.locator("study-patient")
    patient.get_by_role("button", name="Check").click()
    patient.locator(".bench-told", has_text="sick").wait_for(timeout=LIMIT)

    assert visitor._arrives(url("training"))
    run = page.locator("study-train")
    run.get_by_role("button", name="One step").click()
    run.locator(".train-told", has_text="Step 1 of 1,000.").wait_for(timeout=LIMIT)

    assert visitor.said == []
    assert visitor.outside == []
    assert sum(address.endswith("scripts/worker.js") for address in started) == 1
    context.close()


def test_ways_within_a_page_keep_what_was_touched_on_it(site: Any, chromium: Any) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.resource_type))
    for path, links in ((url("first_steps"), ".contents a"), ("machine/", ".machine-map a")):
        page.goto(f"{site[1]}{path}", wait_until="networkidle")
        slider = page.locator(".md-content input").first
        slider.evaluate("element => (element.dataset.touched = 'yes')")
        asked.clear()
        for link in (1, 2):
            page.locator(links).nth(link).click()
            page.wait_for_function("() => location.hash && scrollY > 200")
        last = page.url
        page.go_back()
        page.wait_for_function("last => location.href !== last", arg=last)
        page.go_back()
        page.wait_for_function("() => !location.hash")
        page.go_forward()
        page.wait_for_function("() => location.hash")
        page.locator(".md-nav--primary a.md-nav__link--active:visible").last.click()
        page.wait_for_function("() => scrollY === 0")
        assert slider.get_attribute("data-touched") == "yes"
        assert not {"document", "xhr", "fetch"} & set(asked)
        page.locator(".md-footer__link--next").click()
        page.wait_for_url(lambda there, path=path: path not in there)
        page.wait_for_function("() => scrollY === 0")
        assert "#" not in page.url
        page.go_back()
        page.wait_for_url(f"**/{path}**")
        page.locator(links).first.wait_for()
    context.close()
