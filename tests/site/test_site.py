"""The study site in a browser: every page, light and dark, wide and narrow, directly and by a click."""

import pytest

from microgpt.contents import CHAPTERS
from tests.support.browser import CHROMIUM, ROOT, Visitor

pytest.importorskip("mkdocs", reason="the site is not checked: pip install -e '.[dev]'")
pytest.importorskip("playwright.sync_api", reason="needs Playwright: pip install -e '.[dev]'")

from sitemaker.pages import leaves, tree
from sitemaker.vendor import AXE, npm_package

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="the site is not checked: there is no Chromium here")

WRITTEN = [path.relative_to(ROOT / "docs/pages").as_posix() for path in (ROOT / "docs/pages").rglob("*.md")]
MADE = [page.uri for page in leaves(tree())]
ALIKE = ("practice/exercises/", "practice/clinic/", "program/engines/", "program/study/")
"""Pages that are made alike, one by one, of what other tests read: every sixth of them is opened."""


def opened(pages: list[str]) -> list[str]:
    """Leave out five of six pages that are made alike."""
    counted = {kind: [page for page in pages if page.startswith(kind)] for kind in ALIKE}
    left_out = {page for alike in counted.values() for place, page in enumerate(alike) if place % 6}
    return [page for page in pages if page not in left_out]


PAGES = opened(sorted(f"{page.removesuffix('.md')}/".removesuffix("index/") for page in [*WRITTEN, *MADE]))
AGAIN = ("book/",)
"""Shows once more what stands on other pages: it need not be judged for contrast in the dark."""


@pytest.fixture(scope="session")
def axe() -> str:
    return (npm_package(AXE) / "axe.min.js").read_text(encoding="utf-8")


@pytest.mark.xdist_group("wide")
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_and_open_to_all(path: str, wide: Visitor, axe: str) -> None:
    wide.page.emulate_media(color_scheme="light")
    assert wide.visit(path) + wide.axe(axe) + wide.switch("dark") == []


@pytest.mark.xdist_group("site")
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_on_a_phone_after_a_click_and_can_be_read_in_the_dark(
    path: str, phone: Visitor, axe: str
) -> None:
    phone.page.emulate_media(color_scheme="dark")
    problems = phone.visit(path, click=True)
    phone.wait_for("dark")
    if not path.startswith(AGAIN):
        problems += phone.axe(axe, "color-contrast")
    assert problems + phone.switch("light") == []


@pytest.mark.xdist_group("wide")
def test_a_copy_of_an_example_has_no_prompts_and_no_results(wide: Visitor) -> None:
    wide.visit("chapters/autograd/")
    for part in (">>>", "Traceback"):
        block = wide.page.locator(".language-pycon", has_text=part).first
        shown = block.locator("code").text_content()
        block.hover()
        block.locator("button").first.click()
        wide.page.wait_for_timeout(200)
        copied = wide.page.evaluate("() => navigator.clipboard.readText()")
        statements = [line[4:] for line in shown.splitlines() if line.startswith((">>> ", "... "))]
        assert 0 < len(statements) < len(shown.splitlines())
        assert copied.rstrip("\n").split("\n") == statements


@pytest.mark.xdist_group("wide")
def test_search_finds_a_function_with_the_keyboard_alone(wide: Visitor) -> None:
    wide.visit("machine/")
    wide.page.keyboard.press("/")
    wide.page.keyboard.type("split_heads")
    wide.page.wait_for_selector(".md-search-result__item")
    wide.page.keyboard.press("ArrowDown")
    wide.page.keyboard.press("Enter")
    wide.page.wait_for_url("**/attention/**")


@pytest.mark.xdist_group("wide")
def test_every_box_of_the_map_can_be_reached_with_the_tab_key(wide: Visitor) -> None:
    page = wide.page
    wide.visit("machine/")
    page.locator("h1").click()
    wanted = page.locator(".machine-map a").count()
    reached = set()
    for _ in range(wanted + 8):  # links of the title come first
        page.keyboard.press("Tab")
        reached.add(page.evaluate("() => document.activeElement.closest('.machine-map a')?.textContent"))
    assert wanted >= 13
    assert len(reached - {None}) == wanted


@pytest.mark.xdist_group("wide")
def test_code_stands_beside_prose_where_there_is_room(wide: Visitor, phone: Visitor) -> None:
    where = """() => {
      const code = document.querySelector(".doc-function .mkdocstrings-source").getBoundingClientRect();
      const prose = document.querySelector(".doc-function .doc-contents > p").getBoundingClientRect();
      return code.left >= prose.right;
    }"""
    for one in (wide, phone):
        one.visit("chapters/attention/")
        assert one.page.evaluate(where) is (one is wide)


@pytest.mark.xdist_group("wide")
@pytest.mark.parametrize(("path", "nodes"), [("book/", 30_000), ("book/whole/", 90_000)])
def test_the_book_prints_all_chapters(path: str, nodes: int, wide: Visitor) -> None:
    """It has few nodes, so that it opens at once, and what is on paper is all open."""
    assert wide.visit(path) == []
    wide.page.emulate_media(media="print")
    titles = wide.page.locator(".book-part h1").all_inner_texts()
    closed = wide.page.locator(".book-part details:not([open])").count()
    document = wide.page.pdf(format="A4")
    wide.page.emulate_media(media="screen")
    chapters = [title for title in titles if title.startswith("Chapter")]
    assert len(chapters) == len(CHAPTERS)
    assert titles[-1] == "Answers"
    assert closed == 0
    assert wide.page.evaluate("() => document.querySelectorAll('*').length") < nodes
    assert document.count(b"/Type /Page\n") > 100
