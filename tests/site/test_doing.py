"""Exercises, versions to tell apart, patients and one's own GPT: worked on in the page, in a browser."""

import json
import re
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from microgpt.study.apart import pair, pair_file, pairs, told
from microgpt.study.checking import Verdict, check
from microgpt.study.exercises import Exercise, exercise, exercises
from microgpt.study.own_gpt import trained
from microgpt.study.patients import Patient, examined, patients, probed
from microgpt.study.source import module_source
from microgpt.study.task_files import task_file
from microgpt.study.wording import apart_of, endless, head_of, lines_of, report_of, state_of
from microgpt.terminal.desk import Desk
from tests.support.browser import CHROMIUM

pytest.importorskip("mkdocs", reason="the site is not checked: pip install -e '.[dev]'")

from sitemaker import desks
from sitemaker.vendor import AXE, npm_package

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="the site is not checked: there is no Chromium here"),
    pytest.mark.xdist_group("doing"),
]

PATIENCE = 60_000
"""How many milliseconds a busy machine may take for what takes seconds."""

SOFTMAX, WRONG = exercise("softmax"), exercise("softmax").wrong[0]
SICK = next(one for one in patients().values() if one.wrong_cures)
ATTRIBUTE = re.compile(r'<study-(\w+) (?:name|of)="(\w+)" data-task="([^"]*)"')
KEPT = "() => JSON.parse(localStorage.getItem('microgpt desk'))"
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def context(site: tuple[Path, str], chromium: Any) -> Iterator[Any]:
    """Open a browser for all tests, so that it keeps the compiled Python."""
    context = chromium.new_context(base_url=site[1], viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture
def page(context: Any) -> Iterator[Any]:
    """Open a window of a reader who has written nothing yet."""
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto("/404.html")
    page.evaluate("() => localStorage.clear()")
    yield page
    page.close()
    assert [error for error in wrong if "mermaid" not in error] == []


def opened(page: Any, path: str, element: str) -> Any:
    """Open a page and wait for its editor."""
    page.goto(f"/{path}")
    page.locator(element).get_by_role("button", name="Write it here").press("Enter")
    page.wait_for_selector(f"{element} textarea", state="attached")
    return page.locator(element)


def typed(page: Any, element: Any, text: str) -> None:
    """Replace what stands in an editor."""
    element.locator("textarea").focus()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def said(page: Any, element: Any, words: str) -> str:
    """Wait until an element says some words, and return all that it says, in plain lines."""
    box = element.locator(".bench-told").element_handle()
    has = "([box, words]) => box.textContent.includes(words)"
    page.wait_for_function(has, arg=[box, words], timeout=PATIENCE)
    return "\n".join(element.locator(".bench-told > p, .bench-told code").all_text_contents())


def in_terminal(one: Exercise, text: str, verdict: Verdict | None = None) -> str:
    """Say what the terminal says of an answer."""
    verdict = verdict or check(one, text)
    return "\n".join(
        [head_of(one.name, verdict), *lines_of(verdict, f"exercises/{one.name}.py", text.splitlines())]
    ).replace("\n  Look", "\nLook")


# What is in the pages


def test_the_page_has_the_files_that_the_terminal_writes(site: tuple[Path, str]) -> None:
    for name, one in exercises().items():
        html = (site[0] / f"practice/exercises/{name}/index.html").read_text(encoding="utf-8")
        found = {(kind, of): json.loads(unescape(data)) for kind, of, data in ATTRIBUTE.findall(html)}
        own = [pair for pair in pairs() if pair.exercise == one]
        assert len(found) == 1 + len(own)
        assert found["exercise", name] == task_file(one)
        for each in own:
            given = found["apart", each.name]
            assert given["head"] + given["example"] == pair_file(each)
    sick = (site[0] / "practice/clinic/1/index.html").read_text(encoding="utf-8")
    assert len(re.findall(r"<study-patient [^>]*></study-patient>", sick)) == 1


# An exercise


def test_an_exercise_is_written_and_judged_in_the_words_of_the_terminal(page: Any) -> None:
    element = opened(page, "practice/exercises/softmax/", "study-exercise")
    assert element.locator("textarea").input_value() == task_file(SOFTMAX)
    text = task_file(SOFTMAX, WRONG.body)
    typed(page, element, text)
    page.keyboard.press("Shift+Enter")
    verdict = check(SOFTMAX, text)
    assert said(page, element, "Look at this") == in_terminal(SOFTMAX, text)
    assert (
        element.locator(".pce-line.blamed").inner_text().strip()
        == text.splitlines()[verdict.line - 1].strip()
    )

    text = task_file(SOFTMAX, "while True:\n    pass")
    typed(page, element, text)
    page.keyboard.press("Escape")  # and Tab leaves the field
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.textContent") == "Check"
    page.keyboard.press("Enter")
    verdict = Verdict("endless", endless(desks.LIMIT))
    assert said(page, element, "does not end") == in_terminal(SOFTMAX, text, verdict)

    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.textContent === 'Stop'")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('.cell-said').textContent.startsWith('Stopped')")

    page.reload()
    page.wait_for_selector("study-exercise textarea", state="attached")
    assert element.locator("textarea").input_value() == text
    typed(page, element, task_file(SOFTMAX, SOFTMAX.solution))
    page.keyboard.press("Shift+Enter")
    assert said(page, element, "Next").splitlines()[0] == head_of("softmax", Verdict("passed"))
    following = list(exercises())[list(exercises()).index("softmax") + 1]
    assert element.get_by_role("link", name=following).get_attribute("href").endswith(f"/{following}/")
    assert page.evaluate("() => JSON.parse(localStorage.getItem('microgpt progress')).exercises") == {
        "softmax": True
    }
    element.get_by_role("button", name="Compare").click()
    assert page.locator("#the-solution ~ section > details").first.get_attribute("open") is not None

    element.get_by_role("button", name="Reset").click()
    assert element.locator("textarea").input_value() == task_file(SOFTMAX)
    assert page.evaluate(KEPT)["files"] == {}
    element.get_by_role("button", name="Undo reset").click()
    assert element.locator("textarea").input_value() == task_file(SOFTMAX, SOFTMAX.solution)


def test_an_example_tells_two_versions_apart(page: Any) -> None:
    one = pair("softmax_1")
    page.goto("/practice/exercises/softmax/")
    box = page.locator("details.example").first
    box.locator("summary").first.click()
    element = box.locator("study-apart")
    element.get_by_role("button", name="Write the example").click()
    page.wait_for_selector("study-apart textarea", state="attached")
    for text, words in (
        ("def example(softmax):\n    return True\n", "both versions"),
        ("def example(softmax):\n    return softmax([1000.0, 0.0])[0] == 1.0\n", "Right"),
    ):
        typed(page, element, text)
        page.keyboard.press("Shift+Enter")
        assert said(page, element, words) == "\n".join(apart_of(one.name, told(one, text)))
    kept = page.evaluate(KEPT)["files"]["apart_softmax_1.py"]
    assert kept == {"text": pair_file(one).partition("def example")[0] + text, "passed": True}


# The clinic


def cure(one: Patient) -> tuple[str, str]:
    """Give the sick module with a cure that does not help, and the true one."""
    wrong = next(edit for edit in one.wrong_cures if edit.module == one.edit.module)
    return wrong.applied(one.source()), module_source(one.edit.module)


def test_a_patient_is_treated_and_cured(page: Any) -> None:
    page.goto(f"/practice/clinic/{SICK.number}/")
    element = page.locator("study-patient")
    element.get_by_label("Module").select_option(SICK.edit.module)
    page.wait_for_selector("study-patient textarea", state="attached", timeout=PATIENCE)
    assert element.locator("textarea").input_value() == SICK.source()
    for text, state in zip(cure(SICK), ("is (sick|better|not cured)", "is cured"), strict=True):
        typed(page, element, text)
        element.get_by_role("button", name="Check").press("Enter")
        page.wait_for_function(
            "state => RegExp(state).test(document.querySelector('.bench-told').innerText)",
            arg=state,
            timeout=PATIENCE,
        )
        finding = examined(SICK, {SICK.edit.module: text})
        assert element.locator(".bench-told p").inner_text() == state_of(SICK.number, finding)
        assert element.get_by_label("Module").locator("option:checked").inner_text().endswith(", changed")
    element.get_by_role("button", name="Run the probe").click()
    page.wait_for_selector("study-patient pre", timeout=PATIENCE)
    from microgpt.study.edits import altered
    from microgpt.study.live.clinic import written_result

    assert element.locator("pre").first.inner_text().strip() == written_result(probed(SICK, altered()))
    page.reload()
    page.wait_for_selector("study-patient .bench-told.right")
    element.get_by_role("button", name="What it was").click()
    assert page.locator("#the-story ~ section > details").get_attribute("open") is not None
    page.goto("/progress/")
    fellows = sum(one.edit.module == SICK.edit.module for one in patients().values())
    counted = page.locator(f"tr[data-chapter='{SICK.edit.module}'] [data-count=patients]")
    counted.get_by_text(f"1 of {fellows}").wait_for()


# What was written leaves, comes back, and trains


def write(page: Any, texts: dict[str, str], passed: bool = True) -> None:
    """Keep files as if they had been written."""
    page.evaluate(
        """async ([texts, passed]) => {
          const { keepFile } = await import("/assets/scripts/desk.js");
          for (const [name, text] of Object.entries(texts)) keepFile(name, text, passed);
        }""",
        [texts, passed],
    )


def test_two_tabs_show_the_same_text(page: Any, context: Any) -> None:
    other = context.new_page()
    tabs = [(tab, opened(tab, "practice/exercises/softmax/", "study-exercise")) for tab in (page, other)]
    for (tab, element), text in zip(tabs, ("x = 1", "y = 2"), strict=True):
        typed(tab, element, text)
        for seen, mine in tabs:
            shown = "([box, text]) => box.value === text"
            seen.wait_for_function(shown, arg=[mine.locator("textarea").element_handle(), text])
    other.close()


def test_a_full_storage_is_told_and_does_not_hide_what_is_kept_later(page: Any) -> None:
    element = opened(page, "practice/exercises/softmax/", "study-exercise")
    page.evaluate(
        "() => { Storage.prototype.set = Storage.prototype.setItem; "
        "Storage.prototype.setItem = () => { throw new Error('full'); }; }"
    )
    typed(page, element, "x = 1")
    element.get_by_text("This browser keeps nothing now").wait_for()
    page.evaluate("() => { Storage.prototype.setItem = Storage.prototype.set; }")
    typed(page, element, "x = 2")
    element.get_by_text("This browser keeps nothing now").wait_for(state="detached")
    assert page.evaluate(KEPT)["files"]["softmax.py"]["text"] == "x = 2"


def test_what_was_written_leaves_as_the_folder_of_the_terminal_and_comes_back(
    page: Any, tmp_path: Path
) -> None:
    right = task_file(SOFTMAX, SOFTMAX.solution)
    page.goto("/progress/")
    write(page, {"softmax.py": right, "apart_softmax_1.py": "# é\n"})
    write(page, {"rmsnorm.py": "# not yet\n"}, passed=False)
    element = page.locator("study-files")
    with page.expect_download(timeout=PATIENCE) as download:
        element.get_by_role("button", name="Save").click()
    file = tmp_path / "exercises.zip"
    download.value.save_as(file)
    with zipfile.ZipFile(file) as archive:
        archive.extractall(tmp_path)
    desk = Desk(tmp_path / "exercises")
    assert [one.name for one in desk.started()] == ["softmax", "rmsnorm"]
    assert [one.name for one in exercises().values() if desk.has_passed(one)] == ["softmax"]
    assert desk.text(SOFTMAX) == right
    assert check(SOFTMAX, desk.text(SOFTMAX)).kind == "passed"
    assert (desk.folder / "apart_softmax_1.py").read_text(encoding="utf-8") == "# é\n"

    kept = page.evaluate(KEPT)
    page.once("dialog", lambda dialog: dialog.accept())
    element.get_by_role("button", name="Forget").click()
    assert page.evaluate(KEPT)["files"] == {}
    page.set_input_files("study-files input", file)
    page.wait_for_function(f"() => Object.keys(({KEPT})().files).length === 3", timeout=PATIENCE)
    files = page.evaluate(KEPT)["files"]
    assert {name: one["text"] for name, one in files.items()} == {
        name: one["text"] for name, one in kept["files"].items()
    }
    assert files["softmax.py"]["passed"]
    assert not files["rmsnorm.py"]["passed"]
    assert element.locator("[role=status]").first.inner_text().startswith("Brought: 3 files; done: 1.")


def test_the_readers_functions_train_a_model_beside_the_books(page: Any) -> None:
    text = task_file(SOFTMAX, SOFTMAX.solution)
    page.goto("/practice/exercises/")
    write(page, {"softmax.py": text})
    page.reload()
    element = page.locator("study-own")
    element.get_by_role("spinbutton").fill("12")
    element.get_by_role("button", name="Train").click()
    words = said(page, element, "It invents")
    report = trained({"softmax": text}, steps=12)
    losses = element.locator("td[data-loss]").evaluate_all("cells => cells.map(cell => +cell.dataset.loss)")
    assert losses[0::2] == losses[1::2]
    assert losses[-1] == pytest.approx(report.losses[-1], abs=1e-9)
    assert words == "\n".join(report_of(report, len(exercises())))


# For everybody


def test_it_can_be_used_on_a_phone_and_by_everybody(page: Any) -> None:
    axe = (npm_package(AXE) / "axe.min.js").read_text(encoding="utf-8")
    page.set_viewport_size({"width": 390, "height": 800})
    for path, ready in (
        ("practice/exercises/softmax/", "study-exercise button"),
        ("practice/clinic/1/", "study-patient select"),
        ("practice/exercises/", "study-own input"),
        ("progress/", "study-files button"),
    ):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.goto(f"/{path}")
            page.wait_for_selector(ready, state="attached")
            if page.get_by_role("button", name="Write it here").count():
                page.get_by_role("button", name="Write it here").click()
                page.wait_for_selector("study-exercise textarea", state="attached")
            assert page.evaluate(OVERFLOW) <= 0
            page.evaluate(axe)
            found = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
            serious = [one for one in found["violations"] if one["impact"] in ("serious", "critical")]
            assert [(one["id"], one["nodes"][0]["html"][:200]) for one in serious] == []


def test_a_browser_that_keeps_nothing_still_judges(context: Any) -> None:
    page = context.new_page()
    page.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }"
    )
    element = opened(page, "practice/exercises/residual/", "study-exercise")
    one = exercise("residual")
    typed(page, element, task_file(one, one.solution))
    page.keyboard.press("Shift+Enter")
    assert said(page, element, "Next").startswith("residual: right.")
    page.close()
