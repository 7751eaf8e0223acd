"""Questions that ask for an answer first: in the page, with the keyboard alone, and without a script."""

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin

import pytest

from microgpt.contents import CHAPTERS
from microgpt.study.quiz import Item, Quantity, quiz_in, quiz_of
from microgpt.study.review import chapters_of, parts_up_to, review_of
from tests.support.browser import CHROMIUM, OPEN_SHADOWS, Visitor
from tests.support.package import READING_ORDER

pytest.importorskip("mkdocs", reason="the site is not checked: pip install -e '.[dev]'")

from sitemaker import names, quiz
from sitemaker.vendor import AXE, npm_package

needs_a_browser = pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium here")
DATA = re.compile(r'<study-quiz data-quiz="([^"]*)">')
PARTS = parts_up_to(CHAPTERS[-1].part)
ALL = [item for name in READING_ORDER for item in quiz_of(name)]
KINDS = ("choice", "number", "order")


def page_of(chapter: str) -> str:
    return names.page(chapter).removesuffix(".md") + "/"


def html_of(site: tuple[Path, str], page: str) -> str:
    return (site[0] / page / "index.html").read_text(encoding="utf-8")


# What is in the pages


def test_each_question_has_a_name_of_its_own_in_addresses() -> None:
    assert len({quiz.slug(item) for item in ALL}) == len(ALL)


@pytest.mark.xdist_group("site")
def test_a_chapter_asks_all_that_its_quiz_has_and_the_book_asks_nothing(site: tuple[Path, str]) -> None:
    for name in READING_ORDER:
        own = re.sub(r'<div class="quiz-review">.*?</div>', "", html_of(site, page_of(name)), flags=re.DOTALL)
        asked = [json.loads(unescape(data))["id"] for data in DATA.findall(own)]
        assert set(asked) == {quiz.identity(item) for item in quiz_of(name) if quiz.data(item)}
        assert len(asked) == own.count("<study-quiz ")
    assert "<study-quiz" not in html_of(site, "book/")


@pytest.mark.xdist_group("site")
@pytest.mark.parametrize("part", PARTS)
def test_a_review_leads_to_the_answers_and_repeats_none(part: str, site: tuple[Path, str]) -> None:
    here = page_of(chapters_of(part)[-1])
    html = quiz.review(part)
    assert html_of(site, here).count('class="quiz-review"') == 1
    assert html in html_of(site, here)
    links = [unescape(link) for link in re.findall(r'href="([^"]+)"', html)]
    assert len(links) == len(review_of(part))
    assert "<details" not in html
    for link in links:
        page, anchor = urldefrag(urljoin(f"/{here}", link))
        assert f'id="{anchor}"' in html_of(site, page.lstrip("/"))


def test_nothing_in_the_data_can_end_its_element_or_be_taken_for_a_tag() -> None:
    (item,) = quiz_in(
        '[[item]]\nquestion = "Q?"\nkind = "order"\nbecause = "</script>&amp;"\nsteps = ["`<b>`", "$x$", "c"]'
    )
    text = quiz._json(quiz.data(item))
    assert not set("<&") & set(text)
    steps = dict(json.loads(text)["steps"])
    assert steps[0] == "<code>&lt;b&gt;</code>"
    assert "<math>" in steps[1]


def test_a_number_whose_library_is_missing_stays_a_folded_question(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(item: Quantity) -> list[float]:
        raise ImportError

    monkeypatch.setattr(quiz, "numbers_of", missing)
    assert quiz.data(Quantity("attention", "Q?", "", "dot", ())) == {}


# In a browser


@pytest.fixture(scope="module")
def reader(site: tuple[Path, str], chromium: Any) -> Iterator[Visitor]:
    with chromium.new_context(color_scheme="light", viewport={"width": 1280, "height": 900}) as context:
        context.add_init_script(OPEN_SHADOWS)
        yield Visitor(context.new_page(), *site)


def one_of(kind: str) -> Item:
    return next(item for item in ALL if item.kind == kind)


def opened(visitor: Visitor, item: Item) -> tuple[Any, dict[str, Any]]:
    """Open the page of a question; return its element and what it knows."""
    assert visitor.visit(page_of(item.chapter)) == []
    for element in visitor.page.locator("study-quiz:has(form)").all():
        data = json.loads(element.get_attribute("data-quiz"))
        if data["id"] == quiz.identity(item):
            return element, data
    raise AssertionError(f"{item.question} is not asked")


def text(html: str) -> str:
    """Read a piece of HTML as the page shows it."""
    return " ".join(unescape(re.sub(r"<annotation.*?</annotation>|<[^>]+>", "", html)).split())


def told(element: Any) -> str:
    shown = element.locator(".quiz-told")
    assert shown.get_attribute("role") == "status"
    return text(shown.inner_html())


def answer_choice(page: Any, element: Any, data: dict[str, Any], right: bool) -> str:
    place = next(n for n, option in enumerate(data["options"]) if option["right"] is right)
    checked = element.locator("input:checked")
    (checked if checked.count() else element.locator("input").first).focus()
    page.keyboard.press("Space")
    for _ in data["options"]:
        if element.locator("input:checked").get_attribute("value") == str(place):
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    return str(data["options"][place]["because"])


def answer_number(page: Any, element: Any, data: dict[str, Any], right: bool) -> str:
    element.locator("input").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type(data["value"] if right else data["traps"][0]["value"])
    page.keyboard.press("Enter")
    return f"It is {data['value']}" if right else str(data["traps"][0]["because"])


def answer_order(page: Any, element: Any, data: dict[str, Any], right: bool) -> str:
    if right:  # each step in its turn is moved up to its place
        for place, step in sorted(data["steps"]):
            item = element.locator("li").filter(has_text=re.compile(re.escape(text(step)))).first
            item.get_by_role("button", name="Move up").focus()
            for _ in data["steps"]:
                if text(element.locator("li > span").nth(place).inner_html()) != text(step):
                    page.keyboard.press("Enter")
        assert element.locator(".quiz-said").text_content().startswith("step")
    element.get_by_role("button", name="Check").focus()
    page.keyboard.press("Enter")
    return str(data["because"]) if right else "step"


ANSWER = {"choice": answer_choice, "number": answer_number, "order": answer_order}


@needs_a_browser
@pytest.mark.xdist_group("site")
@pytest.mark.parametrize("kind", KINDS)
def test_a_question_is_answered_with_the_keyboard_alone(kind: str, reader: Visitor) -> None:
    axe = (npm_package(AXE) / "axe.min.js").read_text(encoding="utf-8")
    element, data = opened(reader, one_of(kind))
    answer, fold = element.locator("details"), element.locator("summary")
    assert answer.get_attribute("open") is None
    assert fold.inner_text().strip() == "Show the answer"
    assert not element.locator(".quiz-mark").is_visible()
    because = ANSWER[kind](reader.page, element, data, right=False)
    assert told(element).startswith("Not this. ")
    assert text(because) in told(element)
    assert answer.get_attribute("open") is None
    assert reader.axe(axe) == []
    because = ANSWER[kind](reader.page, element, data, right=True)
    assert told(element).startswith("Right. ")
    assert text(because) in told(element)
    assert answer.get_attribute("open") is not None
    assert reader.switch("dark") + reader.axe(axe) == []
    reader.page.emulate_media(color_scheme="light")
    element, data = opened(reader, one_of(kind))
    assert element.locator(".quiz-mark").is_visible(), "it is not kept that the question was answered"
    reader.page.evaluate("() => localStorage.clear()")


@needs_a_browser
@pytest.mark.xdist_group("site")
def test_a_question_does_not_judge_what_is_no_answer_yet(reader: Visitor) -> None:
    element, data = opened(reader, one_of("choice"))
    element.get_by_role("button", name="Check").click()
    assert told(element) == "Choose an answer first."
    element, data = opened(reader, one_of("number"))
    for typed, said in (("", "Type a number first"), ("ten", "A number is asked for")):
        element.locator("input").fill(typed)
        element.get_by_role("button", name="Check").click()
        assert told(element).startswith(said)
    element.locator("input").fill(f" {data['value']} ".replace("-", "−"))
    element.get_by_role("button", name="Check").click()
    assert told(element).startswith("Right. ")
    reader.page.evaluate("() => localStorage.clear()")


@pytest.fixture
def scriptless(site: tuple[Path, str], chromium: Any) -> Iterator[Any]:
    with chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800}) as context:
        yield context.new_page()


@needs_a_browser
@pytest.mark.xdist_group("site")
def test_without_a_script_a_question_is_folded_and_can_be_read(
    scriptless: Any, site: tuple[Path, str]
) -> None:
    item = one_of("choice")
    scriptless.goto(site[1] + page_of(item.chapter))
    assert scriptless.locator("study-quiz form").count() == 0
    boxes = scriptless.locator("study-quiz > details.question")
    assert boxes.count() == len(quiz_of(item.chapter))
    box = boxes.first
    assert not box.locator("p").first.is_visible()
    assert box.locator(".depth").is_visible()
    box.locator("summary").click()
    assert box.locator("p").first.is_visible()
    assert "options" not in scriptless.locator("study-quiz").first.inner_text()
