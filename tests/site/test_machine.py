"""The page of the machine: its numbers are those of the package, and it can be used in every way."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from microgpt import Config, as_floats, bundled_documents, new_run
from microgpt.attention import Cache, attention
from microgpt.loss import document_loss, surprise
from microgpt.model import Model, embed, forward, layer_matrices, mlp, new_caches, parameters_of
from microgpt.study.live.slots import learned
from microgpt.tokenizer import Tokenizer
from microgpt.trained import trained_parameters
from microgpt.training import Run, backward, train_step
from microgpt.vectors import add, linear, rmsnorm, softmax
from tests.support.browser import CHROMIUM, Visitor

pytest.importorskip("mkdocs", reason="the site is not checked: pip install -e '.[dev]'")

from sitemaker import names
from sitemaker.machine import boxes, states

EMMA = [26, 4, 12, 12, 0, 26]
SHOWN = (0.005001, 0.05001)
"""Half of the last digit that is drawn: of most numbers, and of per cents."""


@cache
def trained() -> Model[float]:
    return Model(Config(), Tokenizer("abcdefghijklmnopqrstuvwxyz"), trained_parameters())


def by_hand(model: Model[float], position: int) -> dict[str, list[float]]:
    """Compute what the cards show, part by part, as `forward` does it."""
    caches: list[Cache[float]] = new_caches(model.config)
    for place in range(position):
        forward(model, EMMA[place], place, caches)
    matrices = layer_matrices(model.parameters, 0)
    x = embed(model, EMMA[position], position)
    attended = attention(rmsnorm(x), caches[0], **matrices["attn"])
    middle = add(x, attended)
    added = mlp(rmsnorm(middle), **matrices["mlp"])
    logits = linear(add(middle, added), model.parameters["lm_head"])
    normed = rmsnorm(x)
    return {
        "wte": model.parameters["wte"][EMMA[position]],
        "wpe": model.parameters["wpe"][position],
        "x": x,
        "key": linear(normed, matrices["attn"]["wk"]),
        "value": linear(normed, matrices["attn"]["wv"]),
        "attention adds": attended,
        "after attention": middle,
        "detectors": [max(0.0, one) for one in linear(rmsnorm(middle), matrices["mlp"]["fc1"])],
        "mlp adds": added,
        "after mlp": add(middle, added),
        "logits": logits,
    }


@pytest.mark.parametrize("position", range(5))
def test_the_numbers_of_the_trained_machine_are_those_of_the_package(position: int) -> None:
    slots: Any = states()["1000"]["positions"][position]
    found = by_hand(trained(), position)
    for name, numbers in found.items():
        assert slots[name] == pytest.approx(numbers, abs=SHOWN[0]), name
    chances, answer = softmax(found["logits"]), EMMA[position + 1]
    assert slots["chances"] == pytest.approx([100 * chance for chance in chances], abs=SHOWN[1])
    assert slots["surprise"][0] == pytest.approx(surprise(chances[answer]), abs=SHOWN[0])
    assert slots["answer"] == answer
    assert f"{100 * chances[answer]:.1f} %" in slots["expected"]
    assert f"{sum(one > 0 for one in found['detectors'])} of 64" in slots["detected"]


def test_the_weights_are_those_of_the_chapter_on_watching() -> None:
    positions: Any = states()["1000"]["positions"]
    assert [here["head 0"][:3] for here in positions[:3]] == [[100, None, None], [56, 44, None], [31, 37, 32]]
    assert all(sum(positions[4][f"head {head}"]) == pytest.approx(100, abs=2) for head in range(4))


def after(steps: int) -> Run:
    run = new_run(Config(), bundled_documents())
    for _ in range(steps):
        train_step(run)
    return run


def test_the_slopes_and_the_change_are_those_of_a_step_on_this_name() -> None:
    run = after(10)
    twin = deepcopy(run)
    slots: Any = states()["10"]["positions"][3] | states()["10"]["walk"]
    loss, rows = document_loss(twin.model, EMMA), twin.model.parameters["wte"]
    backward(loss, parameters_of(twin.model))
    before = [number.data for number in rows[12]]
    twin.optimizer.update(parameters_of(twin.model), 0.01)
    moves = [number.data - old for number, old in zip(rows[12], before, strict=True)]
    assert slots["slopes"] == pytest.approx([number.grad for number in rows[12]], abs=0.000501)
    assert slots["moves"] == pytest.approx(moves, abs=0.0000501)
    later = document_loss(as_floats(twin.model), EMMA)
    assert (
        slots["loss after"]
        == f"After the step the loss of emma is {later:.2f} instead of {loss.data:.2f} nats."
    )
    assert f"{before[0]:.4f} becomes {before[0] + moves[0]:.4f}" in slots["moved"]
    assert slots["x"] == pytest.approx(by_hand(as_floats(run.model), 3)["x"], abs=SHOWN[0])


def test_nothing_is_drawn_in_more_digits_than_the_page_has() -> None:
    packed = json.dumps(states(), separators=(",", ":"))
    assert max(len(digits) for digits in re.findall(r"\.(\d+)", packed)) <= 4
    assert len(packed) < 80_000
    assert "-0.0," not in packed


@pytest.mark.xdist_group("site")
def test_every_box_leads_to_a_lesson_and_to_the_code(site: tuple[Path, str]) -> None:
    html = (site[0] / "machine/index.html").read_text(encoding="utf-8")
    for box in boxes():
        card = re.search(rf'<section class="card" id="machine-{box.name}".*?</section>', html, re.DOTALL)
        assert card
        assert f'href="#machine-{box.name}"' in html
        lesson = f"../chapters/{box.chapter}/#microgpt.{box.lesson}"
        code = f"../chapters/{box.target.partition('.')[0]}/#microgpt.{box.target}"
        assert f'href="{lesson}">{names.called(box.chapter)}</a>' in card[0]
        assert f'href="{code}"' in card[0]
        text = unescape(re.sub(r"<[^>]*>", "", card[0]))
        assert re.search(r"\d", text), "the numbers stand there without scripts"
    for word in (
        "BOS",
        "n_embd",
        "key",
        "value",
        "rmsnorm",
        "logit",
        "nats",
        "slope",
        "residual",
        "query",
        "block",
    ):
        assert f"<b>{word}</b>" in html


@contextmanager
def visiting(site: tuple[Path, str], chromium: Any, width: int, scripts: bool = True) -> Iterator[Visitor]:
    """Open a window; one at a time, since those behind it do not scroll."""
    size = {"width": width, "height": 720}
    context = chromium.new_context(java_script_enabled=scripts, viewport=size)
    yield Visitor(context.new_page(), *site)
    context.close()


@pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium here")
@pytest.mark.xdist_group("site")
def test_the_machine_is_walked_with_the_keyboard_alone(site: tuple[Path, str], chromium: Any) -> None:
    with visiting(site, chromium, 1280) as desk:
        assert desk.visit("machine/") == []
        desk.page.wait_for_selector("study-machine .bar")
        assert desk.page.evaluate(MAP) >= 13
        choose(desk.page)
        go_to_a_card(desk.page)
        follow_a_way(desk.page)


def state(step: str, position: int) -> Any:
    found: Any = states()[step]
    return found["walk"] | found["positions"][position]


def numbers(page: Any, slot: str) -> list[float]:
    return [float(text) for text in page.locator(f'.row[data-slot="{slot}"] i').all_inner_texts()]


MAP = """() => Math.min(...[...document.querySelectorAll(".machine-map :is(text, strong, small)")].map(one =>
  parseFloat(getComputedStyle(one).fontSize) * (one.viewportElement?.getScreenCTM().a ?? 1)))"""
"""How large the smallest letters of the map are on the screen."""


def choose(page: Any) -> None:
    """Go back to step 100, and on to the last position."""
    assert numbers(page, "x") == state("1000", 3)["x"]
    page.locator(".bar input[name=step]:checked").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    now = state("100", 4)
    for name in ("wte", "logits", "chances", "surprises", "sizes", "moves"):
        assert numbers(page, name) == now[name]
    assert page.locator(".bar [role=status]").text_content() == f"{now['when']} {now['where']}"
    assert page.locator('.machine-map [data-slot="map softmax"]').inner_text() == now["map softmax"]
    assert page.locator('.row[data-slot="logits"] .marked b').inner_text() == "BOS"


def go_to_a_card(page: Any) -> None:
    page.locator('.machine-map a[data-box="softmax"]').focus()
    assert page.locator(".card.lit").get_attribute("data-box") == "softmax"
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('.machine-map a.read')?.dataset.box === 'softmax'")
    edges = """name => {
      const {top, bottom} = document.querySelector(name).getBoundingClientRect();
      return [top, bottom];
    }"""
    watched = (".md-header", ".bar", ".machine-map", "#machine-softmax h2")
    header, bar, drawn, title = (page.evaluate(edges, one) for one in watched)
    assert header[1] <= min(bar[0] + 1, drawn[0])
    assert drawn[1] <= 720, "the map is in sight beside the cards"
    assert bar[1] <= title[0] < 300


def test_the_first_card_says_whether_the_model_learns_from_the_name() -> None:
    run = new_run(Config(), bundled_documents())
    for name, place in (
        (run.documents[999], "at step 1,000."),
        (run.documents[1000], "this run of 1,000 steps"),
    ):
        assert place in learned(name)
    assert all(here["walk"]["learned"] == learned("emma") for here in states().values())
    assert "emma" not in run.documents


def follow_a_way(page: Any) -> None:
    color = "one => getComputedStyle(one).borderTopColor"
    drawing = page.locator(".machine-map a[data-box=draw]")
    before = drawing.evaluate(color)
    page.locator(".machine-map input[value=both]").focus()
    page.keyboard.press("ArrowDown")  # the way of training
    assert drawing.evaluate(color) != before


@pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium here")
@pytest.mark.xdist_group("site")
def test_the_machine_can_be_read_on_a_phone_and_without_scripts(
    site: tuple[Path, str], chromium: Any
) -> None:
    with visiting(site, chromium, 390) as phone:
        assert phone.visit("machine/") == []
        assert phone.page.evaluate(BELOW)
        assert phone.page.evaluate(SMALL) == []
        assert phone.page.evaluate(MAP) >= 12
    with visiting(site, chromium, 390, scripts=False) as bare:
        bare.page.goto(f"{site[1]}machine/")
        assert numbers(bare.page, "x") == state("1000", 3)["x"]
        assert bare.page.locator('[data-slot="expected"]').is_visible()
        assert bare.page.locator(".bar").count() == 0


BELOW = """() => document.querySelector(".machine-map").getBoundingClientRect().bottom
  <= document.querySelector(".card").getBoundingClientRect().top"""
SMALL = """() => [...document.querySelectorAll(".card *")]
  .filter(one => one.checkVisibility() && one.innerText && !one.closest(".dots"))
  .filter(one => parseFloat(getComputedStyle(one).fontSize) < 13.9).map(one => one.outerHTML)"""
