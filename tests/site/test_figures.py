"""Where figures stand, how they can be read, and that the slider shows what the package computes."""

import json
import math
import random
import re
from collections import Counter
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from microgpt import Config, as_floats, bundled_documents, new_run, train
from microgpt.attention import Cache
from microgpt.contents import CHAPTERS
from microgpt.loss import document_loss
from microgpt.model import forward, new_caches
from microgpt.sampling import generate
from microgpt.stages import Event, listening
from microgpt.study.passages import chapter_passages, paragraphs
from microgpt.vectors import softmax
from tests.support.browser import CHROMIUM, Visitor

pytest.importorskip("mkdocs", reason="the site is not checked: pip install -e '.[dev]'")

from sitemaker import figures
from sitemaker.book import EDITIONS
from sitemaker.figures.gallery import DRAWN
from sitemaker.figures.measured import BEGINNING, EXAM, NAME, STOPS, default_run
from sitemaker.figures.snapshots import data
from sitemaker.names import chapter_at, number

NAMES = {*DRAWN, "snapshots"}
STANDS = re.compile(r'(?P<before></\w+>)\s*<figure class="drawn[^"]*" id="figure-(?P<name>[^"]+)"')
NUMBER = re.compile(r"<figcaption><strong>Figure ([\d.]+)\.</strong>")
SMALLEST = """() => {
  const found = [];
  for (const text of document.querySelectorAll("figure.drawn svg text")) {
    if (!text.checkVisibility()) continue;
    const svg = text.ownerSVGElement;
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    const size = parseFloat(getComputedStyle(text).fontSize) * scale;
    if (size < 10.9) found.push(`${text.textContent} ${size.toFixed(1)}`);
  }
  return found;
}"""


def pages_of(folder: Path) -> dict[str, str]:
    """List the pages of the built site by their files in the navigation, but for the book."""
    found = {page: page.relative_to(folder).parent.as_posix() for page in folder.rglob("index.html")}
    books = [edition.removesuffix(".md") for edition in EDITIONS]
    return {
        f"{name}.md": page.read_text(encoding="utf-8") for page, name in found.items() if name not in books
    }


@pytest.mark.parametrize("module", [chapter.module for chapter in CHAPTERS])
def test_a_figure_is_introduced_by_a_paragraph_that_says_what_to_look_for(module: str) -> None:
    for passage in chapter_passages(module):
        pieces = [*paragraphs(passage.text)]
        for before, (_, piece) in zip([("", ""), *pieces], pieces, strict=False):
            if match := re.fullmatch(r"\s*```figure\n\s*(.+)\n\s*```", piece):
                assert match[1] in NAMES
                assert before[0] == "prose"
                assert not before[1].startswith("#")
                assert re.search(r"\b[Ll]ook (first )?(at|for)\b", before[1]), piece


def test_an_unknown_page_has_no_number() -> None:
    assert (number("attention"), chapter_at("chapters/attention.md"), chapter_at("ladder.md")) == (
        6,
        "attention",
        "",
    )
    drawn = '<figure class="drawn" id="x"><svg></svg><figcaption>A.</figcaption></figure>'
    assert re.findall(r"Figure [\d.]+\.", figures.numbered(2 * drawn, 6)) == ["Figure 6.1.", "Figure 6.2."]
    assert re.findall(r"Figure [\d.]+\.", figures.numbered(drawn, None)) == ["Figure 1."]


@pytest.mark.xdist_group("site")
def test_every_figure_stands_on_one_page_behind_a_paragraph_and_is_numbered_in_order(
    site: tuple[Path, str],
) -> None:
    pages = pages_of(site[0])
    found: Counter[str] = Counter()
    for uri, page in pages.items():
        assert "data-figure" not in page
        places = [*STANDS.finditer(page)]
        found.update(place["name"] for place in places)
        assert {place["before"] for place in places} <= {"</p>"}, uri
        chapter = chapter_at(uri)
        before = f"{number(chapter)}." if chapter else ""
        assert NUMBER.findall(page) == [f"{before}{one}" for one in range(1, len(places) + 1)]
    assert found == dict.fromkeys(NAMES, 1)
    book = (site[0] / "book/index.html").read_text(encoding="utf-8")
    assert set(NUMBER.findall(book)) >= {one for one in NUMBER.findall("".join(pages.values())) if "." in one}


# The slider


def test_a_stop_of_the_slider_is_computed_again_from_the_package() -> None:
    place = 2
    run = new_run(Config(), bundled_documents())
    for _, step in zip(range(STOPS[place]), train(run), strict=False):
        assert step.number <= STOPS[place]
    model, rng, shown = as_floats(run.model), random.Random(42), data()["stops"][place]
    assert [generate(model, rng) for _ in shown["names"]] == shown["names"]
    assert shown["table"] == [[round(100 * one) for one in row] for row in model.parameters["wte"]]
    caches: list[Cache[float]] = new_caches(model.config)
    for position, token in enumerate(model.tokenizer.encode(BEGINNING)[:-1]):
        logits = forward(model, token, position, caches)
    assert shown["next"] == [round(1000 * share) for share in softmax(logits)]
    learned = run.documents[: run.config.steps]
    others = [*dict.fromkeys(one for one in run.documents if one not in learned)][:EXAM]
    losses = [(document_loss(model, model.tokenizer.encode(one)), len(one) + 1) for one in others]
    mean = math.fsum(loss * size for loss, size in losses) / sum(size for _, size in losses)
    assert shown["loss"] == pytest.approx(mean, abs=0.0006)
    assert shown["attention"] == looked_at(model)


def looked_at(model: Any) -> list[list[list[int]]]:
    """Let a model read the name, and note the weights of each head, in per cent."""
    found: list[list[int]] = []

    def note(event: Event) -> None:
        if event.stage == "attention_weights":
            found.append([round(100 * weight) for weight in event.output])

    with listening(note):
        document_loss(model, model.tokenizer.encode(NAME))
    heads = model.config.n_head
    return [found[head::heads][: len(NAME) + 1] for head in range(heads)]


def test_the_slider_ends_where_the_other_figures_are() -> None:
    run = default_run()
    assert STOPS[-1] == len(run["losses"])
    whole, spread = run["scores"]["model"]
    assert 0 < abs(data()["stops"][-1]["loss"] - whole) < 3 * spread * math.sqrt(run["exam"] / EXAM)
    assert f"when the whole exam gives {whole:.2f}." in figures.figure("snapshots")
    assert data()["stops"][-1]["attention"] == [
        [[round(100 * weight) for weight in row] for row in head] for head in run["attention"]
    ]


def test_the_page_holds_the_numbers_for_the_script_and_a_table_for_those_without() -> None:
    html = figures.figure("snapshots")
    numbers = re.search(r'data-run="(.*?)"', html)
    assert numbers
    assert json.loads(unescape(numbers[1])) == json.loads(json.dumps(data()))
    assert len(html) < 60_000
    rows = re.findall(r"<tr><td>(.*?)</td><td>(.*?)</td><td>(.*?)</td>", html)
    assert [step for step, _, _ in rows] == [f"{step:,}" for step in STOPS]
    assert [names.split(", ") for _, _, names in rows] == [stop["names"] for stop in data()["stops"]]


# In a browser

browser = pytest.mark.skipif(not CHROMIUM, reason="the site is not checked: there is no Chromium here")


@browser
@pytest.mark.xdist_group("site")
def test_the_letters_of_all_figures_can_be_read_on_a_phone(site: tuple[Path, str], phone: Visitor) -> None:
    with_figures = [uri.removesuffix(".md") for uri, page in pages_of(site[0]).items() if STANDS.search(page)]
    sick = [uri for uri in with_figures if "clinic" in uri]
    for uri in sorted({*with_figures} - {*sick[1:]}):
        phone.page.goto(f"{phone.address}{uri}/")
        assert phone.page.evaluate(SMALLEST) == [], uri


@browser
@pytest.mark.xdist_group("site")
def test_the_slider_goes_through_the_run_with_the_keyboard(phone: Visitor) -> None:
    stops = data()["stops"]
    phone.visit("chapters/training/")
    page = phone.page
    slider = page.get_by_role("slider", name="Steps learned")
    said = page.locator(".snapshots-said")
    table = page.locator("study-snapshots table")
    assert not table.is_visible()
    slider.focus()
    for key, place in (("Home", 0), ("ArrowRight", 1), ("End", len(stops) - 1)):
        page.keyboard.press(key)
        steps = f"{STOPS[place]:,} steps"
        assert slider.get_attribute("aria-valuetext") == steps
        words = said.inner_text()
        assert f"After {steps}" in words
        assert f"{stops[place]['loss']:.2f}" in words
        assert all(name in words.split() for name in stops[place]["names"])
    assert said.get_attribute("aria-live") == "polite"
    assert page.evaluate(SMALLEST) == []
    page.locator("study-snapshots summary").click()
    assert table.is_visible()


@browser
@pytest.mark.xdist_group("site")
def test_without_scripts_the_slider_is_a_table(site: tuple[Path, str], chromium: Any) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site[1]}chapters/training/")
    words = page.locator("study-snapshots").inner_text()
    context.close()
    assert all(name in words for stop in data()["stops"] for name in stop["names"])
