"""Examples that run in the page: all of them in the Python of the pages, some of them in the browser."""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from microgpt.contents import CHAPTERS
from microgpt.study.exercises import exercise
from microgpt.study.task_files import task_file
from microgpt.vectors import softmax
from tests.support.browser import CHROMIUM, OPEN_SHADOWS, ROOT, Visitor
from tests.support.touch import Figure

pytest.importorskip("mkdocs", reason="the site is not checked: pip install -e '.[dev]'")

from sitemaker import cells, course, inpage
from sitemaker.vendor import AXE, EDITOR, PYODIDE, TYPESCRIPT, npm_package

from tests.site.node import NODE, cells_of, code_of, run_in_node

pytestmark = pytest.mark.xdist_group("cells")
needs_a_browser = pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium here")

RUNNING = [chapter.module for chapter in CHAPTERS if not cells.needed_by(chapter.module)]
"""The chapters whose examples run in a page."""

DONE = "() => document.querySelector('study-cell.now .cell-said').textContent.match(/[^…]$/)"
LIMIT = 60_000


def address_of(chapter: str) -> str:
    return course.url(chapter)


# All examples, in the Python of the pages


@pytest.mark.parametrize("chapter", RUNNING)
def test_every_example_runs_in_the_python_of_the_pages(chapter: str, site: tuple[Path, str]) -> None:
    some = cells_of(site[0], chapter)
    assert some
    slow = cells.measured()["seconds"]
    for cell, found in zip(some, run_in_node(some), strict=True):
        name = f"{cell.owner} {cell.number}"
        assert "error" not in found, (name, found)
        statements = found["result"]
        assert [one for one in statements if not one["same"]] == [], name
        assert [one["expected"] for one in statements].count(None) == 0, name
        assert found["seconds"] < 5 or name in slow, (
            f"{name} takes long and does not say so: {found['seconds']}"
        )


def test_what_is_measured_is_still_there(site: tuple[Path, str]) -> None:
    there = set()
    for chapter in RUNNING:
        page = (site[0] / address_of(chapter) / "index.html").read_text(encoding="utf-8")
        there |= {f"{cell.owner} {cell.number}" for cell in cells.blocks_of(page)}
    record = cells.measured()
    assert record["unfit"].keys() <= there
    assert record["seconds"].keys() <= there - record["unfit"].keys()


def test_every_line_of_every_block_can_hang(site: tuple[Path, str]) -> None:
    for chapter in RUNNING:
        page = (site[0] / address_of(chapter) / "index.html").read_text(encoding="utf-8")
        for block in cells.BLOCK.findall(page):
            inner = re.sub(r'<span class="line( go)?".*?\n</span>', "", block, flags=re.DOTALL)
            assert re.fullmatch(r"<div[^>]*><pre[^>]*><span></span><code[^>]*></code></pre></div>", inner), (
                block
            )


def test_a_block_belongs_to_the_docstring_it_stands_in(site: tuple[Path, str]) -> None:
    """The blocks of a name, joined, are the examples of its docstring, in their order."""
    import doctest
    import importlib
    import inspect

    parser = doctest.DocTestParser()
    for chapter in RUNNING:
        page = (site[0] / address_of(chapter) / "index.html").read_text(encoding="utf-8")
        found: dict[str, list[str]] = {}
        for cell in cells.blocks_of(page):
            examples = parser.get_examples(cell.text)
            found.setdefault(cell.owner, []).extend(example.source for example in examples)
        for owner, sources in found.items():
            told: Any = importlib.import_module(f"microgpt.{chapter}")
            for part in owner.removeprefix(f"microgpt.{chapter}").strip(".").split("."):
                told = getattr(told, part) if part else told
            docstring = inspect.getdoc(told) or ""
            assert sources == [example.source for example in parser.get_examples(docstring)], owner


def test_the_package_in_the_pages_is_the_one_in_the_tree(tmp_path: Path) -> None:
    (tmp_path / "package.zip").write_bytes(inpage.package())
    shutil.unpack_archive(tmp_path / "package.zip", tmp_path)
    packed = {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}
    listed = subprocess.run(
        ["git", "ls-files", "microgpt"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    tracked = {Path(line) for line in listed.stdout.splitlines() if (ROOT / line).exists()}
    assert packed - {Path("package.zip")} == tracked
    for path in tracked:
        assert (tmp_path / path).read_bytes() == (ROOT / path).read_bytes()


# The scripts


def test_the_scripts_of_engine_and_cells_are_short() -> None:
    files = [ROOT / f"docs/scripts/{name}.js" for name in ("python", "worker", "cell", "editor")]
    assert sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files) < 400


def test_the_types_of_the_scripts_hold_and_wrong_ones_are_found(tmp_path: Path) -> None:
    scripts = shutil.copytree(ROOT / "docs/scripts", tmp_path / "scripts")
    (scripts / "places.js").write_text(inpage.script(b""), encoding="utf-8")
    (scripts / "contents.js").write_text(course.script(), encoding="utf-8")
    assert type_errors(scripts) == ""
    source = (scripts / "python.js").read_text(encoding="utf-8")
    broken = source.replace("call.seconds * 1000", "call.seconds + 'ms'")
    assert broken != source
    (scripts / "python.js").write_text(broken, encoding="utf-8")
    assert "python.js" in type_errors(scripts)


def type_errors(scripts: Path) -> str:
    """Let TypeScript check the scripts that ask for it with `// @ts-check`."""
    options = {
        "allowJs": True,
        "noEmit": True,
        "strict": True,
        "target": "esnext",
        "module": "esnext",
        "moduleResolution": "bundler",
        "lib": ["esnext", "dom", "dom.iterable"],
        "types": [],
    }
    config = scripts / "tsconfig.json"
    config.write_text(json.dumps({"compilerOptions": options, "include": ["*.js"]}), encoding="utf-8")
    command = [str(NODE), str(npm_package(TYPESCRIPT) / "lib/tsc.js"), "-p", str(config)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False).stdout


def test_no_script_computes_what_the_model_computes() -> None:
    """JavaScript draws. Exponentials, logarithms, powers and chance are signs that it does more."""
    computing = re.compile(r"Math\.(exp|expm1|log\w*|pow|random|tanh|cbrt)\b|\w \*\* |crypto\.")
    for path in sorted((ROOT / "docs/scripts").glob("*.js")):
        code = re.sub(r"//.*|/\*.*?\*/", "", path.read_text(encoding="utf-8"))
        assert computing.findall(code) == [], path.name


def test_the_files_from_elsewhere_are_those_that_are_needed() -> None:
    """Every module that the editor imports is there, and no other is."""
    home = npm_package(EDITOR) / "dist"
    wanted, open_ = set(), ["index.js", "extensions/commands/index.js", "languages/python.js"]
    open_.append("prism/languages/python.js")
    while open_:
        path = (home / open_.pop()).resolve()
        if path not in wanted:
            wanted.add(path)
            inner = re.findall(r'(?:from|import)\s*\(?"(\.[^"]+)"', path.read_text(encoding="utf-8"))
            open_ += [str(path.parent / one) for one in inner]
    assert wanted == {path.resolve() for path in home.rglob("*.js")}
    assert {path.suffix for path in npm_package(PYODIDE).iterdir()} == {".mjs", ".wasm", ".zip", ".json"}


# In the browser


@pytest.fixture(scope="module")
def reader(site: tuple[Path, str], chromium: Any) -> Iterator[Visitor]:
    """Somebody on one visit, who never leaves the site."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(OPEN_SHADOWS)
    context.route("**/vendor/mermaid/**", lambda route: route.abort())  # diagrams are looked at elsewhere
    yield Visitor(context.new_page(), *site)
    context.close()


@pytest.fixture
def fresh(site: tuple[Path, str], chromium: Any) -> Iterator[Visitor]:
    """Somebody who has just come, on a phone."""
    context = chromium.new_context(viewport={"width": 390, "height": 800}, has_touch=True)
    context.route("**/vendor/mermaid/**", lambda route: route.abort())
    yield Visitor(context.new_page(), *site)
    context.close()


class Cell:
    """A cell of the page, by its place in it."""

    def __init__(self, visitor: Visitor, place: int) -> None:
        self.page = visitor.page
        self.element = self.page.locator("study-cell:not([unfit])").nth(place)

    def begin(self, act: str = "Run") -> None:
        self.element.locator("button", has_text=act).evaluate("button => button.click()")  # folded, too

    def wait(self) -> str:
        said = self.element.locator(".cell-said")
        done = "said => /[^…]$/.test(said.textContent)"
        self.page.wait_for_function(done, arg=said.element_handle(), timeout=LIMIT)
        return str(said.text_content())

    def run(self) -> str:
        self.begin()
        return self.wait()

    def edit(self, code: str) -> None:
        if not self.element.locator("textarea").count():
            self.element.get_by_role("button", name="Edit").click()
        self.element.locator("textarea").fill(code)

    def type(self, code: str) -> str:
        """Write code in the place of the book's, and run it with the keyboard."""
        self.edit(code)
        self.element.locator(".cell-said").evaluate("said => { said.textContent = '…'; }")
        self.element.locator("textarea").press("Shift+Enter")
        return self.wait()

    @property
    def shown(self) -> str:
        return str(self.element.locator(".cell-shown").inner_text())


def arrive(visitor: Visitor, chapter: str) -> None:
    """Go to a chapter as a click does, without loading the page anew."""
    if not visitor.page.url.startswith(visitor.address):
        visitor.page.goto(f"{visitor.address}{address_of('vectors')}")
    visitor.said.clear()
    visitor.outside.clear()
    assert visitor._arrives(address_of(chapter))
    visitor.page.wait_for_selector("study-cell .cell-bar")


@needs_a_browser
@pytest.mark.parametrize("chapter", RUNNING)
def test_three_cells_of_every_chapter_run_in_the_browser(chapter: str, reader: Visitor) -> None:
    arrive(reader, chapter)
    owners = [
        str(element.get_attribute("of"))
        for element in reader.page.query_selector_all("study-cell:not([unfit])")
    ]
    firsts = [owners.index(owner) for owner in dict.fromkeys(owners)]  # nothing long stands above these
    for place in sorted({*firsts, *range(min(3, len(owners)))})[:3]:
        said = Cell(reader, place).run()
        assert re.match(r"(\d+ results?, as in|Nothing to compare with) the book\. \d+\.\d\d s$", said), said
    assert [one for one in reader.said if "mermaid" not in one and "ERR_FAILED" not in one] == []
    assert reader.outside == []


@needs_a_browser
def test_python_is_started_once_for_a_visit_and_says_what_it_loads(fresh: Visitor) -> None:
    asked: list[str] = []
    fresh.page.on("request", lambda request: asked.append(request.url))
    fresh.page.goto(f"{fresh.address}{address_of('vectors')}")
    fresh.page.wait_for_selector("study-cell .cell-bar")
    heavy = re.compile(r"vendor/(pyodide|editor|microgpt-)|assets/scripts/worker")
    assert list(filter(heavy.search, asked)) == []
    introduction = fresh.page.locator(".cell-introduction").inner_text()
    megabytes = float(re.search(r"([\d.]+) MB", introduction)[1])  # type: ignore[index]
    began = time.perf_counter()
    assert "as in the book" in Cell(fresh, 0).run()
    assert time.perf_counter() - began < 20  # 2.5 s on a quiet machine
    weight = sum(path.stat().st_size for path in npm_package(PYODIDE).iterdir()) + len(inpage.package())
    assert megabytes == pytest.approx(weight / 1e6, abs=0.06)
    loaded = [url for url in asked if url.endswith("pyodide.asm.wasm")]
    for _ in range(2):
        assert fresh._arrives(address_of("attention"))
        assert "as in the book" in Cell(fresh, 0).run()
        assert fresh._arrives(address_of("vectors"))
        assert "as in the book" in Cell(fresh, 0).run()
    assert len(loaded) == 1
    assert [url for url in asked if not url.startswith(fresh.address)] == []


@needs_a_browser
def test_a_cell_is_changed_compared_and_put_back_with_the_keyboard_alone(reader: Visitor) -> None:
    arrive(reader, "vectors")
    page, cell = reader.page, Cell(reader, 3)
    text = cell.element.locator("xpath=preceding-sibling::div[1]").inner_text()
    cell.element.get_by_role("button", name="Edit").press("Enter")
    page.wait_for_selector("study-cell textarea:focus")
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.insert_text("own = softmax([0.0, 0.0])\nown\nsoftmax([1.0])")
    page.keyboard.press("Shift+Enter")
    page.wait_for_function("() => document.querySelectorAll('study-cell .highlight pre').length > 3")
    assert "2 results, as in the book" in cell.wait()
    assert ">>> own\n[0.5, 0.5]" in cell.shown
    assert ">>> softmax([1.0])\n[1.0]" in cell.shown
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.textContent") == "Run"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # Reset
    assert cell.element.locator("textarea").count() == 0
    assert cell.element.locator("xpath=preceding-sibling::div[1]").inner_text() == text
    assert cell.shown == ""


@needs_a_browser
def test_a_different_result_is_shown_beside_that_of_the_book(reader: Visitor) -> None:
    arrive(reader, "vectors")
    cell = Cell(reader, 3)
    changed = str(cell.element.locator("xpath=preceding-sibling::div[1]").evaluate("one => one.textContent"))
    code = "\n".join(line[4:] for line in changed.splitlines() if line[:4] in (">>> ", "... "))
    assert "2 results, as in the book" in cell.type(code)
    said = cell.type(f"softmax = lambda scores: [round(score) for score in scores]\n{code}")
    assert "2 of 2 not as in the book" in said
    assert cell.shown.count("In the book:") == 2
    cell.begin("Reset")


@needs_a_browser
def test_cells_of_a_docstring_share_their_names_and_run_from_the_first_on(reader: Visitor) -> None:
    arrive(reader, "attention")
    page = reader.page
    places = page.evaluate(
        "() => [...document.querySelectorAll('study-cell:not([unfit])')].map(cell => cell.getAttribute('of'))"
    )
    last = places.count("microgpt.attention") - 1
    said = Cell(reader, last).run()
    assert "as in the book" in said, said
    ran = page.locator("study-cell .cell-said").all_text_contents()
    assert all(text for text in ran[: last + 1])
    assert not any(ran[last + 1 :])


@needs_a_browser
def test_an_endless_loop_is_stopped_and_python_comes_back(reader: Visitor) -> None:
    arrive(reader, "vectors")
    cell = Cell(reader, 3)
    cell.edit("while True: pass")
    cell.element.locator("textarea").press("Shift+Enter")
    cell.element.get_by_text("Running …").wait_for()
    reader.page.wait_for_timeout(300)
    cell.begin("Stop")
    assert cell.wait() == "Stopped. Python has forgotten what was run before."
    assert "Nothing to compare" in cell.type("1 + 1")
    assert ">>> 1 + 1\n2" in cell.shown


@needs_a_browser
def test_the_death_of_python_is_told_and_mended(reader: Visitor) -> None:
    """The freeing of a deep nest overflows the stack of the interpreter; only the browser notices."""
    arrive(reader, "vectors")
    cell = Cell(reader, 3)
    for death in ("nest = None\nfor i in range(10**6): nest = (nest,)\ndel nest", "import os; os._exit(3)"):
        assert re.match(r"Python in this page has ended \(.+\)\. It starts anew", cell.type(death))
        cell.type("2 + 2")
        assert ">>> 2 + 2\n4" in cell.shown
    reader.said.clear()


@needs_a_browser
def test_what_takes_too_long_is_stopped(reader: Visitor) -> None:
    arrive(reader, "vectors")
    script = """async address => {
      const python = await import(address);
      const told = await python.ask("time.sleep", [1]).catch(error => error.message);
      const late = python.ask("microgpt.study.cells.run_cell", ["microgpt.vectors", "while True: pass", ""], {seconds: 1});
      const waits = python.ask("microgpt.vectors.dot", [[1], [2]]);
      const texts = await Promise.all([late, waits].map(one => one.catch(error => error.message)));
      return [told, ...texts, await python.ask("microgpt.vectors.dot", [[1, 2], [3, 4]])];
    }"""  # noqa: E501
    address = f"{reader.address}assets/scripts/python.js"
    told, late, waits, after = reader.page.evaluate(script, address)
    assert (
        told
        == "Python in this page has ended (ValueError: 'time.sleep' is not a function of microgpt). "
        + ("It starts anew when you run something.")
    )
    assert (
        late
        == waits
        == ("It ran for more than 1 seconds and was stopped. Python has forgotten what was run before.")
    )
    assert after == 11
    reader.said.clear()


@needs_a_browser
def test_two_tabs_do_not_disturb_each_other(site: tuple[Path, str], chromium: Any) -> None:
    context = chromium.new_context()
    context.route("**/vendor/mermaid/**", lambda route: route.abort())
    tabs = [Visitor(context.new_page(), *site) for _ in range(2)]
    for number, tab in enumerate(tabs):
        tab.page.goto(f"{tab.address}{address_of('vectors')}")
        Cell(tab, 3).type(f"mine = {number}")
    for number, tab in enumerate(tabs):
        Cell(tab, 3).type("mine")
        assert f">>> mine\n{number}" in Cell(tab, 3).shown
    context.close()


@needs_a_browser
def test_results_are_predicted_before_they_are_shown(fresh: Visitor) -> None:
    page = fresh.page
    page.goto(f"{fresh.address}{address_of('vectors')}")
    box = page.get_by_label("Predict first")
    box.check()
    cell = Cell(fresh, 3)
    block = cell.element.locator("xpath=preceding-sibling::div[1]")
    results = block.locator(".go.unseen")
    assert results.count() == 4
    assert not results.first.is_visible()
    question = cell.element.locator("form input")
    question.fill("0.86")
    question.press("Enter")
    assert "You said 0.86; it is something else." in cell.wait()
    assert results.count() == 1
    cell.element.locator("form input").fill("1.0,0.0")
    cell.element.get_by_role("button", name="Show").tap()
    assert "As you said." in cell.wait()
    assert results.count() == 0
    page.reload()
    page.wait_for_selector("study-cell form")
    assert page.get_by_label("Predict first").is_checked()
    page.get_by_label("Predict first").uncheck()
    assert page.locator(".unseen").count() == 0


@needs_a_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_open_cells_can_be_used_by_everybody(scheme: str, fresh: Visitor) -> None:
    page = fresh.page
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{fresh.address}{address_of('vectors')}")
    page.get_by_label("Predict first").check()
    cell = Cell(fresh, 3)
    cell.type("softmax([1.0, 2.0])\n1 / 0")
    assert "It stopped at an error." in cell.wait()
    wide = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0
    fresh.wait_for(scheme)
    assert fresh.axe((npm_package(AXE) / "axe.min.js").read_text(encoding="utf-8")) == []


@needs_a_browser
def test_without_a_server_scripts_or_a_screen_the_examples_are_text(
    site: tuple[Path, str], chromium: Any
) -> None:
    folder, address = site
    chapter = address_of("vectors")
    quiet = chromium.new_context(java_script_enabled=False)
    page = quiet.new_page()
    page.goto(f"{address}{chapter}")
    assert page.locator("study-cell").first.evaluate("cell => getComputedStyle(cell).display") == "none"
    page.goto(f"file://{folder}/{chapter}index.html")
    assert ">>> dot" in page.locator(".language-pycon").all_inner_texts()[0] or page.locator("pre").count()
    quiet.close()
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"file://{folder}/{chapter}index.html")
    page.wait_for_timeout(500)
    assert page.locator("study-cell button").count() == 0
    page.goto(f"{address}{chapter}")
    page.wait_for_selector("study-cell .cell-bar")
    page.emulate_media(media="print")
    assert page.locator("study-cell .cell-bar:visible").count() == 0
    context.close()


def test_the_code_of_a_cell_is_its_statements() -> None:
    cell = cells.Cell("microgpt.x", 1, ">>> for i in [1]:\n...     i\n1\n>>>  2\n2\n")
    assert code_of(cell) == "for i in [1]:\n    i\n 2"


@needs_a_browser
def test_what_a_cell_changes_in_the_package_reaches_no_figure_and_no_check(fresh: Visitor) -> None:
    fresh.page.goto(f"{fresh.address}{address_of('vectors')}")
    Cell(fresh, 0).type(
        "import math, microgpt.vectors\n"
        "microgpt.vectors.softmax = lambda scores: [9.0] * len(scores)\n"
        "math.exp = lambda x: 1.0"
    )
    other = Cell(fresh, 3)
    other.type("microgpt.vectors.softmax([0.0])")
    assert other.shown.strip().endswith("[9.0]")
    ask = "async ([address, name, args]) => (await import(address)).ask(name, args)"
    script = f"{fresh.address}assets/scripts/python.js"
    chances = fresh.page.evaluate(ask, [script, "microgpt.vectors.softmax", [[0.0, 1.0]]])
    assert chances == pytest.approx(softmax([0.0, 1.0]), abs=1e-9)
    one = exercise("softmax")
    answer = [one.name, task_file(one, one.solution)]
    found = fresh.page.evaluate(ask, [script, "microgpt.study.live.desk.judged_answer", answer])
    assert found["kind"] == "passed"


@needs_a_browser
def test_a_stop_forgets_what_ran_before_and_leaves_nothing_running(fresh: Visitor) -> None:
    fresh.page.goto(f"{fresh.address}{address_of('vectors')}")
    first, second, third = (Cell(fresh, place) for place in (0, 3, 6))  # those that are not folded
    first.type("own = 42")
    second.type("own")
    third.edit("while True: pass")
    third.begin()
    third.element.get_by_text("Running …").wait_for()
    third.begin("Stop")
    assert "Stopped" in third.wait()
    second.run()
    assert second.shown.strip().endswith("42")
    third.begin()
    third.element.get_by_text("Running …").wait_for()
    assert fresh._arrives(address_of("first_steps"))  # who leaves waits for nothing
    die = Figure(fresh, "die")
    die.press("Roll 6,000 times")
    die.waits_for(6000, 1)
    assert fresh._arrives(address_of("vectors"))
    assert third.element.locator("textarea").input_value() == "while True: pass"  # and loses nothing
