"""The figures with a trained model, touched in a browser: what they show is what Python computes."""

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from microgpt.study.calls import jsonable
from microgpt.study.live import names, walk
from microgpt.study.live.guess import exam_names, sit
from microgpt.study.live.heads import SideBySide, look_through
from microgpt.study.live.slots import machine_state
from tests.support.browser import CHROMIUM, OPEN_SHADOWS, Visitor

pytest.importorskip("mkdocs", reason="the site is not checked: pip install -e '.[dev]'")

from sitemaker import models
from sitemaker.vendor import AXE, npm_package

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="the site is not checked: there is no Chromium here"),
    pytest.mark.xdist_group("site"),
]
LONG = 60_000  # milliseconds: Python has to start


@pytest.fixture(scope="module")
def axe() -> str:
    return (npm_package(AXE) / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def toucher(site: tuple[Path, str], chromium: Any) -> Iterator[Visitor]:
    """Somebody with a phone and little patience for things that move."""
    options = {"color_scheme": "light", "reduced_motion": "reduce", "viewport": {"width": 390, "height": 800}}
    with chromium.new_context(**options) as context:
        context.add_init_script(OPEN_SHADOWS)
        yield Visitor(context.new_page(), *site)


def first_view(site: tuple[Path, str], page: str, element: str) -> Any:
    """Read what stands in a page for a figure before it is touched."""
    html = (site[0] / page / "index.html").read_text(encoding="utf-8")
    found = re.search(rf'<study-{element} [^>]*data-first="([^"]*)"', html)
    assert found
    return json.loads(unescape(found[1]))


def numbers(figure: Any, selector: str, name: str) -> list[float]:
    """Read the full numbers that parts of a drawing hold."""
    read = f"parts => parts.map(part => Number(part.dataset.{name}))"
    return figure.locator(selector).evaluate_all(read)  # type: ignore[no-any-return]


# A name, letter by letter


def shows(figure: Any, found: names.InventedName, place: int = -1) -> None:
    """Compare the drawing with a name, and the bars with one of its letters."""
    letter = found.letters[place]
    drawn = """([point, chance]) => {
      const [bar, mark] = ["[data-chance]", "[data-point]"].map((one) => document.querySelector(one));
      return Math.abs(mark?.dataset.point - point) < 1e-9 && Math.abs(bar?.dataset.chance - chance) < 1e-9;
    }"""
    figure.page.wait_for_function(drawn, arg=[letter.point, letter.chances[0]], timeout=LONG)
    spelled = figure.locator(".machine-name").inner_text().replace("\n", "")
    assert spelled.endswith(f"{found.sign} {found.novelty}")
    assert spelled.startswith(found.name)
    assert numbers(figure, "[data-chance]", "chance") == pytest.approx(letter.chances, abs=1e-9)
    marked = figure.locator(".machine-bars .drawn-one b").inner_text()
    assert marked == letter.letter.replace("BOS", "·")


def test_home_invents_what_the_chapters_functions_invent(
    site: tuple[Path, str], toucher: Visitor, axe: str
) -> None:
    first = names.letter_by_letter(1000, "em", 0.5, 1)
    assert first_view(site, "", "name-machine") == jsonable(first)
    fetched: list[str] = []
    toucher.page.on("request", lambda request: fetched.append(request.url.rpartition("/")[2]))
    assert toucher.visit("") == []
    figure = toucher.page.locator("study-name-machine")
    shows(figure, first)
    assert not [name for name in fetched if "pyodide" in name or "-after-" in name], "before the first touch"
    figure.get_by_label("Begin with").focus()
    toucher.page.keyboard.press("Enter")
    second = names.letter_by_letter(1000, "em", 0.5, 2)
    shows(figure, second)
    assert second.name in figure.locator("[role=status]").inner_text() or not second.name
    figure.get_by_label("Temperature").focus()
    toucher.page.keyboard.press("ArrowRight")
    shows(figure, names.letter_by_letter(1000, "em", 0.6, 2))
    figure.locator(".machine-name button").first.click()
    shows(figure, names.letter_by_letter(1000, "em", 0.6, 2), 0)
    figure.get_by_label("Begin with").fill("z3")
    figure.get_by_text("the prompt 'z3' has '3', which is not in the alphabet").wait_for()
    figure.get_by_label("Begin with").fill(" Zo")
    figure.get_by_label("Steps of training").fill("1")
    names.keep(10, models.stops()["10"]["parameters"])
    shows(figure, names.letter_by_letter(10, "zo", 0.6, 2))
    assert [name for name in fetched if "-after-" in name] == [
        name for name in fetched if name.endswith("-after-10.json")
    ]
    assert toucher.problems() + toucher.axe(axe) + toucher.switch("dark") + toucher.axe(axe) == []
    toucher.page.emulate_media(color_scheme="light")


# A name of one's own in the machine


def boxes_show(page: Any, step: int, name: str, position: int) -> None:
    """Compare all boxes with what Python says of a name; the page has them in as many digits."""
    state = machine_state(step, name)
    shown: dict[str, Any] = {**state["walk"], **state["positions"][position]}
    said = page.locator(".bar [role=status]", has_text=f"{shown['when']} {shown['where']}")
    said.wait_for(timeout=LONG)
    for slot, value in shown.items():
        if isinstance(value, str):
            texts = page.locator(f'[data-slot="{slot}"]').all_inner_texts()
            assert texts == [value] * len(texts), slot
        elif isinstance(value, list) and slot != "detectors":  # dots have no digits
            parts = page.locator(f'[data-slot="{slot}"] .part:not(b)')
            read = "parts => parts.map(one => (one.querySelector('i') ?? one).textContent)"
            assert [None if text == "–" else float(text) for text in parts.evaluate_all(read)] == value, slot


def test_the_boxes_of_the_machine_show_a_name_of_ones_own(toucher: Visitor, axe: str) -> None:
    for step, stop in models.stops().items():
        if "m" in stop:
            walk.keep_run(int(step), **stop)
    page = toucher.page
    assert toucher.visit("machine/") == []
    field = page.get_by_label("Your name")
    field.fill("bo")
    field.press("Enter")  # at the position that was chosen, or the last
    boxes_show(page, 1000, "bo", 2)
    assert page.locator(".tiles").inner_text().split() == ["BOS", "26", "b", "1", "o", "14", "BOS", "26"]
    assert page.locator('.row[data-slot="surprises"] b').all_inner_texts() == ["BOS → b", "b → o", "o → BOS"]
    page.locator(".bar input[name=step]:checked").press("ArrowLeft")
    boxes_show(page, 100, "bo", 2)
    field.fill("Zoë")
    field.press("Enter")
    refusal = page.get_by_text("'zoë' has 'ë', which is not in the alphabet")
    refusal.wait_for()
    assert refusal.bounding_box()["height"] > 10  # and is seen
    assert "These are still the numbers of “bo”." in refusal.inner_text()
    field.fill("MaximilianMaria")
    page.get_by_role("button", name="Send it in").click()
    boxes_show(page, 100, "maximilianmaria", 2)
    page.locator(".bar input[name=position]:checked").press("ArrowLeft")
    boxes_show(page, 100, "maximilianmaria", 1)
    assert toucher.problems() + toucher.axe(axe) + toucher.switch("dark") + toucher.axe(axe) == []
    toucher.page.emulate_media(color_scheme="light")
    field.fill("emma")
    field.press("Enter")
    boxes_show(page, 100, "emma", 1)


# The next letter, guessed


def test_the_reader_sits_the_exam_beside_the_counters_and_the_model(
    site: tuple[Path, str], toucher: Visitor, axe: str
) -> None:
    assert first_view(site, "chapters/evaluation", "guess") == jsonable(sit([(0, "")]))
    page = toucher.page
    assert toucher.visit("chapters/evaluation/") == []
    figure = page.locator("study-guess")
    field = figure.get_by_label("The next letter")
    name = exam_names()[0] + "."
    guesses = "z" + name[1:]
    for place, letter in enumerate(guesses, 1):
        assert figure.locator(".guess-name").inner_text() == f"{name[: place - 1]}…"
        field.press(letter)
        sitting = sit([(0, guesses[:place])])
        figure.locator(f"tbody tr:nth-child({place})").wait_for(timeout=LONG)
        assert figure.locator("tbody tr").count() == place
    assert figure.locator(".guess-name").inner_text() == name
    chances = [one for row in sitting.letters for one in row.chances if one is not None]
    assert numbers(figure, "[data-chance]", "chance") == pytest.approx(chances, abs=1e-9)
    rows = [row.split() for row in figure.locator("tbody tr").all_inner_texts()]
    assert [row[1] for row in rows] == list(guesses)
    for player, hits in zip(sitting.players, sitting.hits, strict=True):
        assert re.search(rf"\b{player} {hits}\b", figure.locator(".guess-score").inner_text())
    assert sitting.hits[0] == len(name) - 1
    page.keyboard.press("Enter")  # on to the next name
    page.wait_for_function("() => document.querySelector('.guess-name').textContent === '…'", timeout=LONG)
    page.keyboard.insert_text("É")
    figure.get_by_text("'É' is no guess: type one letter from a to z, or . for the end").wait_for()
    page.keyboard.press("a")
    figure.locator("tbody tr").first.wait_for()
    both = sit([(0, guesses), (1, "a")])
    assert f"of {both.asked} letters" in figure.locator(".guess-score").inner_text()
    assert f"you {both.hits[0]}" in figure.locator(".guess-score").inner_text()
    problems = toucher.problems() + toucher.axe(axe)
    assert problems == []


# Heads before a name of one's own


def maps_show(figure: Any, found: SideBySide) -> None:
    """Compare all shares, the loss and what is expected next with what Python has computed."""
    told = f"The loss of this name is {found.loss:.3f} nats; that of the trained model is"
    figure.get_by_text(f"{told} {found.trained.loss:.3f}.").wait_for(timeout=LONG)
    weights = [weight for head in found.heads for row in head for weight in row]
    assert numbers(figure, "[data-weight]", "weight") == pytest.approx(weights, abs=1e-9)
    best = sorted(range(27), key=lambda token: -found.trained.chances[token])[:6]
    expected = [chances[token] for chances in (found.trained.chances, found.chances) for token in best]
    assert numbers(figure, "[data-chance]", "chance") == pytest.approx(expected, abs=1e-9)


def test_heads_read_a_name_of_ones_own_with_parts_switched_off(
    site: tuple[Path, str], toucher: Visitor, axe: str
) -> None:
    first = look_through("anna", True, True, [])
    assert first_view(site, "chapters/attention", "attention-heads") == jsonable(first)
    page = toucher.page
    assert toucher.visit("chapters/attention/") == []
    figure = page.locator("study-attention-heads")
    maps_show(figure, first)
    figure.get_by_label("divide by the root").press("Space")
    maps_show(figure, look_through("anna", False, True, []))
    figure.get_by_label("know the places").press("Space")
    maps_show(figure, look_through("anna", False, False, []))
    figure.get_by_label("hear head 3").click()
    maps_show(figure, look_through("anna", False, False, [3]))
    assert "Head 3, not heard" in figure.inner_text()
    figure.get_by_label("Name").fill("Zoë")
    figure.get_by_text("'zoë' has 'ë', which is not in the alphabet").wait_for()
    figure.get_by_label("Name").fill("Charlottea")
    maps_show(figure, look_through("charlottea", False, False, [3]))
    figure.locator("summary").click()
    figure.get_by_label("Matrix").select_option("layer0.attn_wk")
    figure.get_by_label("row").fill("3")
    figure.get_by_label("row").fill("16")
    figure.get_by_text("layer0.attn_wk has rows from 0 to 15 and columns from 0 to 15").wait_for()
    figure.get_by_label("row").fill("2")
    figure.get_by_label("was trained to").fill("-4.5")
    found = look_through("charlottea", False, False, [3], ("layer0.attn_wk", 2, 0, -4.5))
    maps_show(figure, found)
    assert f"was trained to {found.weight:.4f}" in figure.inner_text()
    problems = toucher.problems() + toucher.axe(axe) + toucher.switch("dark") + toucher.axe(axe)
    page.emulate_media(color_scheme="light")
    assert problems == []
