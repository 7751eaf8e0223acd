"""Home, what a reader has done, the routes, and the page that is shown when there is none: in a browser."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from microgpt.contents import CHAPTERS, before
from microgpt.study.exercises import exercises
from microgpt.study.routes import Route, minutes, routes
from microgpt.study.task_files import PROGRESS
from microgpt.terminal.desk import Desk
from tests.support.browser import CHROMIUM

pytest.importorskip("mkdocs", reason="the site is not checked: pip install -e '.[dev]'")

from sitemaker import home
from sitemaker.course import url
from sitemaker.names import called
from sitemaker.routes import next_links
from sitemaker.teaching import needs
from sitemaker.vendor import AXE, npm_package

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="the site is not checked: there is no Chromium here"),
    pytest.mark.xdist_group("wide"),
]

KEPT = "() => JSON.parse(localStorage.getItem('microgpt progress'))"
FORBIDDEN = "the storage is forbidden"
FIRST_SCREEN = {"width": 1280, "height": 720}


@pytest.fixture
def page(site: tuple[Path, str], chromium: Any) -> Iterator[Any]:
    """Open a window of a reader of whom nothing is kept; pages are named from the address of the site on."""
    context = chromium.new_context(base_url=site[1], viewport=FIRST_SCREEN)
    context.route("**/vendor/mermaid/**", lambda route: route.abort())  # diagrams are looked at elsewhere
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    context.close()
    assert [error for error in wrong if "mermaid" not in error and error != FORBIDDEN] == []


def go(page: Any, path: str) -> None:
    """Go to a page of the site by a click on a link, without loading anew."""
    title = page.evaluate("() => { window.sameDocument = true; return document.title; }")
    page.evaluate(
        """href => {
          const link = Object.assign(document.createElement("a"), { href, textContent: "there" });
          document.querySelector("[data-md-component=container]").append(link);
          link.click();
        }""",
        page.evaluate("path => new URL(path, location.origin).href", f"/{path}"),
    )
    page.wait_for_url(f"**/{path}")
    page.wait_for_function("title => document.title !== title", arg=title)
    assert page.evaluate("() => window.sameDocument")


def read_button(page: Any) -> Any:
    return page.get_by_role("button", name="I have read this chapter")


def ticked(page: Any) -> list[str]:
    """List the chapters that have a tick in the navigation."""
    links = page.locator(".md-nav--primary a.md-nav__link:has(.study-tick)")
    return [text.strip() for text in links.all_inner_texts()]


# Home


def test_home_fits_the_first_screen_and_knows_who_comes_back(page: Any) -> None:
    lowest = """() => Math.max(...[...document.querySelectorAll(".home > *, .home > * > *")]
      .map(element => element.getBoundingClientRect().bottom))"""
    page.goto("/")
    page.wait_for_selector("study-continue:defined", state="attached")
    assert page.locator("study-continue").inner_text() == ""
    assert page.evaluate(lowest) <= FIRST_SCREEN["height"]
    names = page.locator(".invented li").all_inner_texts()
    assert [tuple(name.split()) for name in names] == [(one.sign, one.name) for one in home.invented()]
    buttons = page.locator(".home .md-button")
    assert buttons.evaluate_all("links => links.map(link => new URL(link.href).pathname)") == ["/machine/"]

    page.goto(f"/{url('attention')}")
    read_button(page).click()
    go(page, "")
    line = page.locator("study-continue p")
    assert line.inner_text() == (
        f"You were at Chapter 6, Attention; 1 of {len(CHAPTERS)} chapters read. "
        f"Go on with {called('config')}."
    )
    assert page.evaluate(lowest) <= FIRST_SCREEN["height"]
    line.get_by_role("link").click()
    page.wait_for_url(f"**/{url('config')}")


def test_without_scripts_everything_can_be_read(site: tuple[Path, str], chromium: Any) -> None:
    context = chromium.new_context(base_url=site[1], java_script_enabled=False)
    page = context.new_page()
    for path, words in {
        "/": ["Ten names", "Afterwards you can", home.invented()[0].name],
        "/progress/": ["takes scripts", called("engines.ablations"), "exercises/progress.json"],
        "/routes/": ["A weekend", called("evaluation"), "is left out"],
        "/404.html": ["no such page", "Search the book", called("attention")],
    }.items():
        page.goto(path)
        text = page.locator("article").inner_text()
        assert [word for word in words if word not in text] == []
    context.close()


# Progress


def test_what_is_read_is_kept_marked_and_can_be_taken_back(page: Any) -> None:
    page.goto(f"/{url('attention')}")
    read_button(page).focus()
    page.keyboard.press("Enter")
    assert page.locator("study-read p").inner_text().startswith("1 of 4 chapters of “The model” read, 1 of ")
    go(page, url("model"))
    page.wait_for_selector(".study-tick", state="attached")
    assert ticked(page) == ["Chapter 6, Attention"]
    page.reload()
    page.wait_for_selector(".study-tick", state="attached")
    assert ticked(page) == ["Chapter 6, Attention"]
    assert read_button(page).get_attribute("aria-pressed") == "false"
    go(page, url("attention"))
    page.wait_for_selector("[aria-pressed=true]")
    read_button(page).click()
    assert read_button(page).get_attribute("aria-pressed") == "false"
    assert ticked(page) == []


def test_progress_is_exported_erased_and_imported(page: Any, tmp_path: Path) -> None:
    desk = tmp_path / "desk.json"
    desk.write_text(
        json.dumps({"exercises": {"softmax": True, "rmsnorm": True, "linear": False, "old": True}})
    )
    page.goto(f"/{url('vectors')}")
    page.wait_for_function(KEPT)
    go(page, "progress/")
    row = page.locator("tr[data-chapter=vectors]")
    row.get_by_label(f"{called('vectors')}: read").check()
    page.set_input_files("input[type=file]", desk)
    said = page.locator("study-progress [role=status]")
    page.wait_for_function("() => document.querySelector('study-progress [role=status]').textContent")
    assert said.inner_text() == (
        "Imported. exercises: 2, 2 of them new. Left out, since this book has no such name: 1."
    )
    own = [one for one in exercises().values() if one.chapter == "vectors"]
    assert row.locator("[data-count=exercises]").inner_text() == f"2 of {len(own)}"
    page.evaluate(
        """async () => (await import("/assets/scripts/store.js")).mark("questions", "vectors/one")"""
    )
    assert row.locator("[data-count=questions]").inner_text().startswith("1 of ")

    kept = page.evaluate(KEPT)
    assert kept["place"] == "vectors"
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    file = tmp_path / PROGRESS
    download.value.save_as(file)
    assert json.loads(file.read_text()) == kept
    passed = [one.name for one in exercises().values() if Desk(tmp_path).has_passed(one)]
    assert passed == ["softmax", "rmsnorm"] or set(passed) == {"softmax", "rmsnorm"}

    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Erase").click()
    assert page.evaluate(KEPT) == kept
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Erase").click()
    assert page.evaluate(KEPT) is None
    assert page.locator(".study-total").inner_text().startswith("0 of ")
    page.set_input_files("input[type=file]", file)
    page.wait_for_function(KEPT)
    assert page.evaluate(KEPT) == kept


def test_what_is_damaged_breaks_nothing(page: Any, tmp_path: Path) -> None:
    page.goto("/progress/")
    said = page.locator("study-progress [role=status]")
    for name, text, told in (
        ("torn.json", '{"chapters": ', "it is not JSON"),
        ("run.json", '{"losses": [3.3]}', "neither an export of this page nor"),
        ("list.json", "[true]", "neither an export of this page nor"),
        ("null.json", "null", "neither an export of this page nor"),
    ):
        file = tmp_path / name
        file.write_text(text)
        page.set_input_files("input[type=file]", file)
        page.wait_for_function(
            "words => document.querySelector('study-progress').innerText.includes(words)", arg=name
        )
        assert told in said.inner_text()
    for kept in (
        "{",
        "null",
        '{"chapters": 5, "questions": null, "exercises": [true], "place": 7}',
    ):
        page.evaluate("kept => localStorage.setItem('microgpt progress', kept)", kept)
        page.goto("/")
        page.wait_for_selector("study-continue:defined", state="attached")
        assert page.locator("study-continue").inner_text() == ""
        page.goto(f"/{url('loss')}")
        read_button(page).click()
        assert page.evaluate(KEPT)["chapters"] == {"loss": True}


def test_a_browser_that_keeps_nothing_shows_every_page(page: Any) -> None:
    forbidden = f"get() {{ throw new DOMException('{FORBIDDEN}', 'SecurityError'); }}"
    page.add_init_script(f"Object.defineProperty(window, 'localStorage', {{ {forbidden} }})")
    page.route("**/assets/javascripts/**", lambda route: route.abort())  # the theme itself may not bear it
    page.goto(f"/{url('loss')}")
    read_button(page).click()
    assert read_button(page).get_attribute("aria-pressed") == "false"


# Routes


@pytest.mark.parametrize("route", routes().values(), ids=routes())
def test_a_route_is_in_order_and_says_what_to_do_without_what_it_leaves_out(route: Route) -> None:
    stops = [stop.chapter for stop in route.stops]
    assert stops == [chapter.module for chapter in CHAPTERS if chapter.module in stops]
    for stop in route.stops:
        assert [one for one in needs(stop.chapter) if one not in stops] == sorted(
            stop.skip, key=before(stop.chapter).index
        )
        assert bool(stop.skip) == bool(stop.instead)
        assert {exercises()[name].chapter for name in stop.do} <= {stop.chapter}
        assert minutes(stop.chapter, stop.read) > 0  # the sections are there


@pytest.mark.parametrize(("key", "least", "most"), [("hour", 45, 75), ("weekend", 6 * 60, 12 * 60)])
def test_a_route_is_as_long_as_its_name_says(key: str, least: int, most: int) -> None:
    assert least <= routes()[key].minutes <= most


def test_without_scripts_a_chapter_says_where_the_routes_go_on() -> None:
    assert next_links("tokenizer") == (
        "On the route [An hour][route-hour], next: [Chapter 4, Autograd][microgpt.autograd]. "
        "On the route [A weekend][route-weekend], next: [Chapter 4, Autograd][microgpt.autograd]."
    )
    assert next_links("evaluation") == "The route [A weekend][route-weekend] ends here."
    assert next_links("engines.race") == ""


@pytest.mark.parametrize("route", routes().values(), ids=routes())
def test_next_leads_along_a_route_from_its_first_stop_to_its_last(route: Route, page: Any) -> None:
    page.goto("/routes/")
    page.get_by_role("button", name=f"Follow the route “{route.name}”").click()
    page.locator(f"h2:has-text('{route.name}') ~ p a").first.click()
    for number, stop in enumerate(route.stops, 1):
        page.wait_for_url(re.compile(f"/{url(stop.chapter)}(#.*)?$"))
        words = f"stop {number} of {len(route.stops)}"
        page.wait_for_function(
            "words => document.querySelector('.study-on-route')?.innerText.includes(words)", arg=words
        )
        ids = page.evaluate(
            "() => [...document.querySelectorAll('.study-on-route a[href^=\"#\"]')].map(a => a.hash.slice(1))"
        )
        assert [one for one in ids if not page.evaluate("id => document.getElementById(id)", one)] == []
        assert len(ids) == len(stop.read)
        before_it = page.locator(".md-footer__link--prev")
        if number > 1:
            assert called(route.stops[number - 2].chapter) in before_it.inner_text()
        following = page.locator(".md-footer__link--next")
        if stop.chapter == CHAPTERS[-1].module:  # the book ends here, and the route with it
            assert following.count() == 0
        else:
            following.click()
    if following.count():
        page.wait_for_url("**/routes/")


def test_a_route_can_be_left(page: Any) -> None:
    page.goto(f"/{url('tokenizer')}")
    footer = page.locator(".md-footer__inner")
    usual = footer.inner_html()
    page.evaluate("""async () => {
      const { read, write } = await import("/assets/scripts/store.js");
      write({ ...read(), route: "hour" });
    }""")
    assert called("autograd") in footer.inner_text()
    page.get_by_role("button", name="Leave the route").click()
    assert footer.inner_html() == usual
    assert page.locator(".study-on-route").count() == 0


# The page that is shown when there is none


def test_who_is_lost_finds_a_way_on(page: Any, site: tuple[Path, str]) -> None:
    source = (npm_package(AXE) / "axe.min.js").read_text(encoding="utf-8")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto("/404.html")
        page.wait_for_selector(f"[data-md-color-scheme={'slate' if scheme == 'dark' else 'default'}]")
        page.evaluate(source)
        found = page.evaluate(
            "async () => (await axe.run(document, { resultTypes: ['violations'] })).violations"
        )
        assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    links = page.locator("article a").evaluate_all("links => links.map(link => new URL(link.href).pathname)")
    assert len(links) == len(CHAPTERS) + 2
    assert [link for link in links if not (site[0] / link.strip("/") / "index.html").exists()] == []
    page.get_by_label("Search the book").fill("softmax")
    page.get_by_role("button", name="Search", exact=True).click()
    page.wait_for_selector(".md-search-result__item")
    assert re.search("softmax", page.locator(".md-search-result__item").first.inner_text(), re.IGNORECASE)
