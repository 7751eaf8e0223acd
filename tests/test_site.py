"""The study site in a browser: every page, light and dark, wide and narrow, directly and by a click."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import CHROMIUM, FLAGS, OPEN_SHADOWS, ROOT, Visitor

pytest.importorskip("mkdocs", reason="the site is not checked: pip install -e '.[dev]'")
playwright = pytest.importorskip("playwright.sync_api", reason="needs Playwright: pip install -e '.[dev]'")

from sitemaker.names import modules
from sitemaker.vendor import AXE, npm_package

pytestmark = [
    pytest.mark.xdist_group("site"),
    pytest.mark.skipif(not CHROMIUM, reason="the site is not checked: there is no Chromium on this machine"),
]

WRITTEN = [
    path.relative_to(ROOT / "docs").with_suffix("").as_posix() for path in (ROOT / "docs").rglob("*.md")
]
PAGES = sorted(f"{page}/".removesuffix("index/") for page in [*WRITTEN, *(f"source/{m}" for m in modules())])
LOOKS = {
    "light": ("light", 1280),
    "dark": ("dark", 1600),
    "phone": ("light", 390),
    "dark phone": ("dark", 390),
}
BY_CLICK, WIDE = ("dark", "phone"), ("light", "dark")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    with playwright.sync_playwright() as api:
        browser = api.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def visitors(site: tuple[Path, str], chromium: Any) -> dict[str, Visitor]:
    found = {}
    for look, (scheme, width) in LOOKS.items():
        context = chromium.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        context.add_init_script(OPEN_SHADOWS)
        found[look] = Visitor(context.new_page(), *site)
    return found


@pytest.fixture(scope="session")
def axe() -> str:
    return (npm_package(AXE) / "axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("look", LOOKS)
def test_a_page_is_whole(look: str, path: str, visitors: dict[str, Visitor], axe: str) -> None:
    visitor = visitors[look]
    problems = visitor.visit(path, instant=look in BY_CLICK)
    if look in WIDE:
        problems += visitor.axe(axe)
    assert problems == []


def test_a_copy_of_an_example_has_no_prompts_and_no_results(visitors: dict[str, Visitor]) -> None:
    visitor = visitors["light"]
    visitor.visit("chapters/autograd/")
    for part in (">>>", "Traceback"):
        block = visitor.page.locator(".language-pycon", has_text=part).first
        shown = block.locator("code").text_content()
        block.hover()
        block.locator("button").first.click()
        visitor.page.wait_for_timeout(200)
        copied = visitor.page.evaluate("() => navigator.clipboard.readText()")
        statements = [line[4:] for line in shown.splitlines() if line.startswith((">>> ", "... "))]
        assert 0 < len(statements) < len(shown.splitlines())
        assert copied.rstrip("\n").split("\n") == statements


def test_search_finds_a_function_with_the_keyboard_alone(visitors: dict[str, Visitor]) -> None:
    visitor = visitors["dark"]
    visitor.visit("machine/")
    visitor.page.keyboard.press("/")
    visitor.page.keyboard.type("rmsnorm")
    visitor.page.wait_for_selector(".md-search-result__item")
    visitor.page.keyboard.press("ArrowDown")
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url("**/vectors/**")


def test_every_box_of_the_map_can_be_reached_with_the_tab_key(visitors: dict[str, Visitor]) -> None:
    page = visitors["light"].page
    visitors["light"].visit("machine/")
    page.locator("h1").click()
    wanted = page.locator(".machine-map a").count()
    reached = set()
    for _ in range(wanted + 5):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("() => document.activeElement.closest('.machine-map a')?.textContent"))
    assert wanted >= 13
    assert len(reached - {None}) == wanted


def test_the_code_stands_beside_the_prose_where_there_is_room(
    visitors: dict[str, Visitor],
) -> None:
    where = """() => {
      const code = document.querySelector(".doc-function .mkdocstrings-source").getBoundingClientRect();
      const prose = document.querySelector(".doc-function .doc-contents > p").getBoundingClientRect();
      return code.left >= prose.right;
    }"""
    for look, beside in (("dark", True), ("phone", False)):
        visitors[look].visit("chapters/attention/")
        assert visitors[look].page.evaluate(where) is beside


def test_the_book_prints_all_chapters(visitors: dict[str, Visitor]) -> None:
    visitor = visitors["light"]
    visitor.visit("book/")
    visitor.page.emulate_media(media="print")
    titles = visitor.page.locator(".book-part h1").all_inner_texts()
    boxes = visitor.page.locator(".book-part details").all()
    document = visitor.page.pdf(format="A4")
    visitor.page.emulate_media(media="screen")
    assert len(titles) >= 16
    assert boxes
    assert all(box.get_attribute("open") is not None for box in boxes)
    assert document.count(b"/Type /Page\n") > 50
