"""The search, the marked terms and the sheets in a browser: what a learner asks for is found first."""

import json
import re
from pathlib import Path

import pytest

from tests.support.browser import CHROMIUM, Visitor

pytest.importorskip("mkdocs", reason="the site is not checked: pip install -e '.[dev]'")
pytest.importorskip("playwright.sync_api", reason="needs Playwright: pip install -e '.[dev]'")

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="the site is not checked: there is no Chromium here"),
    pytest.mark.xdist_group("wide"),
]

TERM = "reference/glossary/#term-"
CHAPTER = "chapters/{0}/#microgpt.{0}--{1}"

FIRST = {
    "weights": f"{TERM}weight",
    "gradient": f"{TERM}gradient",
    "neural network": f"{TERM}model",
    "temperature": f"{TERM}temperature",
    "why does my loss go up": "help/#help-loss-goes-up",
    "learning rate": f"{TERM}learning-rate",
    "overfitting": f"{TERM}overfitting",
    "softmax": f"{TERM}softmax",
    "logits": f"{TERM}logits",
    "attention head": f"{TERM}head",
    "parameters": f"{TERM}weight",
    "what is a token": f"{TERM}token",
    "embedding": f"{TERM}embedding",
    "backpropagation": f"{TERM}backward-pass",
    "chain rule": f"{TERM}chain-rule",
    "derivative": f"{TERM}slope",
    "cross entropy": f"{TERM}cross-entropy",
    "adam optimizer": f"{TERM}adam",
    "perplexity": f"{TERM}perplexity",
    "query key value": CHAPTER.format("attention", "the-picture"),
    "causal mask": f"{TERM}mask",
    "layer norm": f"{TERM}layer-normalization",
    "relu": f"{TERM}relu",
    "bpe": f"{TERM}byte-pair-encoding",
    "kv cache": f"{TERM}kv-cache",
    "How does attention work?": f"{TERM}attention",
    "what is a neural network": f"{TERM}model",
    "multi-head attention": f"{TERM}head",
    "gradient check": f"{TERM}gradient-check",
    "validation set": f"{TERM}validation-set",
    "loss is nan": "help/#help-loss-nan",
    "my gradients are wrong": "help/#help-gradients-wrong",
    "model does not learn": "help/#help-loss-stays",
    "why is training slow": "help/#help-slow",
    "how do I resume a run": "help/#help-resume",
    "use my own data": "help/#help-own-data",
    "train on gpu": "help/#help-gpu",
    "save the model": "help/#help-save",
    "two runs give different numbers": "help/#help-different-numbers",
    "random seed": CHAPTER.format("config", "seed"),
}
"""What is asked, and the section that must be found first. The first ten are complaints that came true."""

LESSONS = {
    "weights": CHAPTER.format("first_steps", "weights"),
    "gradient": CHAPTER.format("first_steps", "a-table-of-nudges"),
    "softmax": CHAPTER.format("vectors", "softmax-choose"),
    "temperature": CHAPTER.format("sampling", "temperature"),
    "logarithm": CHAPTER.format("first_steps", "the-logarithm"),
    "topological order": CHAPTER.format("autograd", "the-order-of-the-backward-pass"),
    "causal mask": CHAPTER.format("attention", "the-mask"),
    "weight decay": CHAPTER.format("adam", "weight-decay-and-clipping"),
    "held out": CHAPTER.format("data", "held-out"),
}
"""What is asked, and the lesson that must come next after the glossary."""

ASK = """async queries => {
  const {base, search} = JSON.parse(document.getElementById("__config").textContent);
  const index = await (await fetch(new URL(`${base}/search/search_index.json`, location))).json();
  const worker = new Worker(new URL(search, location));
  const told = message => new Promise(resolve => {
    worker.onmessage = ({data}) => resolve(data);
    worker.postMessage(message);
  });
  await told({type: 0, data: {...index, options: {suggest: true}}});
  const found = {};
  for (const query of queries) {
    const {data} = await told({type: 2, data: query});
    found[query] = data.items.map(([best]) => best.location);
  }
  return found;
}"""
"""Ask the theme's worker as the search box does: whatever the page does to a query happens here, too."""

MARGIN = dict.fromkeys(("top", "bottom", "left", "right"), "12mm")


def test_what_a_learner_asks_for_is_found_first(wide: Visitor) -> None:
    wide.visit("machine/")
    found = wide.page.evaluate(ASK, list(FIRST))
    assert {query: places[:1] for query, places in found.items()} == {
        query: [place] for query, place in FIRST.items()
    }


def test_a_lesson_comes_next_after_the_glossary(wide: Visitor) -> None:
    wide.visit("machine/")
    found = wide.page.evaluate(ASK, list(LESSONS))
    assert {query: places[1:2] for query, places in found.items()} == {
        query: [place] for query, place in LESSONS.items()
    }


def test_lessons_come_before_the_ladders_functions_and_before_modules(wide: Visitor) -> None:
    wide.visit("machine/")
    for query, places in wide.page.evaluate(ASK, ["gradient", "weights", "attention", "training"]).items():
        late = [
            number
            for number, place in enumerate(places)
            if place.startswith("program/")
            or re.match(r"chapters/engines/.*\.\w+$", place.replace("--", "/"))
        ]
        lessons = [number for number, place in enumerate(places) if re.match(r"chapters/[^#]*#.*--", place)]
        assert len(lessons) > 5, query
        assert not late or min(late) > lessons[5], query


def test_an_excerpt_has_formulas_and_no_notes_of_the_margin(site: tuple[Path, str]) -> None:
    index = json.loads((site[0] / "search/search_index.json").read_text(encoding="utf-8"))
    found = {entry["location"]: entry["text"] for entry in index["docs"]}
    text = found[CHAPTER.format("loss", "surprise")]
    assert "the probability p is − log p: why" in text
    weights = found[CHAPTER.format("first_steps", "weights")]
    assert "A number of the model that learning changes." not in weights


def test_the_search_box_shows_the_term_with_its_sentence(wide: Visitor) -> None:
    wide.visit("machine/")
    wide.page.keyboard.press("/")
    wide.page.keyboard.type("what are weights")
    first = wide.page.locator(".md-search-result__item").first
    first.get_by_text("A number of the model that learning changes").wait_for()
    assert "parameters" not in first.locator("h2").first.inner_text()  # what is only to be found is not shown


def test_a_term_says_what_it_means_when_it_is_reached_and_leads_to_the_glossary(
    wide: Visitor,
    phone: Visitor,
) -> None:
    said = "element => getComputedStyle(element, '::after').content"
    for one in (phone, wide):
        one.visit("chapters/attention/")
        term = one.page.locator("a.term").first
        assert one.page.evaluate("() => document.querySelector('a.term').tabIndex") == 0
        term.scroll_into_view_if_needed()
        term.focus()
        one.page.keyboard.press("Shift+Tab")
        one.page.keyboard.press("Tab")  # by the keyboard, so that the focus is seen
        assert "A list of numbers" in term.evaluate(said)
        assert one.problems() == []
    wide.page.keyboard.press("Enter")
    wide.page.wait_for_url("**/reference/glossary/#term-vector")


@pytest.mark.parametrize("sheet", ["formulas", "shapes", "notation"])
def test_a_sheet_is_one_printed_page(sheet: str, wide: Visitor) -> None:
    wide.visit(f"reference/{sheet}/")
    wide.page.emulate_media(media="print")
    sheets = [wide.page.pdf(format="A4", margin=margin) for margin in ({}, MARGIN)]
    wide.page.emulate_media(media="screen")
    assert [sheet.count(b"/Type /Page\n") for sheet in sheets] == [1, 1]
