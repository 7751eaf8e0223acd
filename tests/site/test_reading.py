"""The site as a course: its path, and pages that can be read."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest

from microgpt.contents import CHAPTERS
from tests.support.browser import CHROMIUM

pytest.importorskip("mkdocs", reason="the site is not checked: pip install -e '.[dev]'")

from sitemaker import chapters, finishing, names
from sitemaker.names import homes
from sitemaker.vendor import RANGES

NEXT = re.compile(r'<a href="([^"]*)" class="md-footer__link md-footer__link--next"')
PATH = ["", "machine/", *(f"chapters/{names.path(chapter.module)}/" for chapter in CHAPTERS)]
ENTRY = re.compile(r'<a href="([^"#]+)" class="md-nav__link[^"]*">(.*?)</a>', re.DOTALL)
LINK = re.compile(r'<a\b[^>]*?\bhref="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
TAG = re.compile(r"<[^>]*>")


def read(folder: Path, page: str) -> str:
    return (folder / page / "index.html").read_text(encoding="utf-8")


def pages_of(folder: Path) -> Iterator[tuple[str, str]]:
    """Read every page, with its address."""
    for file in sorted(folder.rglob("index.html")):
        page = file.parent.relative_to(folder).as_posix()
        yield "/" if page == "." else f"/{page}/", file.read_text(encoding="utf-8")


def article(text: str) -> str:
    """Take what a page says out of what stands around it."""
    return text.partition("<article")[2].partition("</article>")[0]


@pytest.mark.xdist_group("site")
def test_next_leads_from_home_to_the_last_chapter_and_never_off_the_path(site: tuple[Path, str]) -> None:
    walked, page = [""], ""
    while link := NEXT.search(read(site[0], page)):
        page = urljoin(f"/{page}", unescape(link[1])).lstrip("/").removeprefix("./")
        walked.append(page)
    assert walked == PATH


@pytest.mark.xdist_group("site")
def test_every_list_and_link_calls_a_chapter_by_its_name(site: tuple[Path, str]) -> None:
    """Links into a page are called by what they lead to; those to all of it by its name."""
    title = {f"chapters/{names.path(one.module)}/": names.called(one.module) for one in CHAPTERS}
    anchor = {title[f"chapters/{names.path(one.module)}/"]: f"microgpt.{one.module}" for one in CHAPTERS}
    found = 0
    for page, text in pages_of(site[0]):
        navigation = [(one[0], one[1]) for one in ENTRY.findall(text)]
        for link, label in [*navigation, *LINK.findall(article(text))]:
            base, _, place = unescape(link).partition("#")
            name = title.get(urljoin(page, base).lstrip("/")) if base else None
            if name and place in ("", anchor[name]):
                assert (page, " ".join(unescape(TAG.sub("", label)).split())) == (page, name)
                found += 1
    assert found > 33**2  # each chapter has all of them beside it


@pytest.mark.xdist_group("site")
def test_no_article_shows_where_a_page_lies_in_the_repository(site: tuple[Path, str]) -> None:
    for page, text in pages_of(site[0]):
        assert "docs/pages/" not in TAG.sub("", article(text)), page


@pytest.mark.xdist_group("site")
@pytest.mark.parametrize("module", [chapter.module for chapter in CHAPTERS])
def test_a_chapter_says_where_it_stands_and_what_comes_next(module: str, site: tuple[Path, str]) -> None:
    html = read(site[0], f"chapters/{names.path(module)}")
    number = [chapter.module for chapter in CHAPTERS].index(module) + 1
    place = html[html.index('class="place"') :]
    assert f"{number} of {len(CHAPTERS)}" in place[: place.index("</p>")]
    if number < len(CHAPTERS):
        card = html[html.index('class="next-chapter"') :]
        assert names.called(CHAPTERS[number].module) in card[: card.index("</p>")]
        assert CHAPTERS[number].question.split("?")[0] in unescape(card[: card.index("</p>")])


def test_what_a_chapter_is_about_exists() -> None:
    assert chapters.MAIN.keys() <= {chapter.module for chapter in CHAPTERS}
    for chapter in CHAPTERS:
        assert f"microgpt.{chapter.module}.{chapters.main(chapter.module)}" in homes()


@pytest.mark.xdist_group("site")
def test_what_a_chapter_is_about_comes_first_in_it_and_errors_come_last(site: tuple[Path, str]) -> None:
    for chapter in CHAPTERS:
        html = read(site[0], f"chapters/{names.path(chapter.module)}")
        order = re.findall(rf'<h[34] id="microgpt\.{re.escape(chapter.module)}\.(\w+)"', html)
        assert (chapter.module, order[0]) == (chapter.module, chapters.main(chapter.module))
    html = read(site[0], "chapters/training")
    folded = html.index("Errors and constants")
    assert html.index('id="microgpt.training.DivergenceError"') > folded
    assert html.index('id="microgpt.training.train_step"') < folded


@pytest.mark.xdist_group("site")
def test_a_method_has_its_own_code_and_its_class_does_not_repeat_it(site: tuple[Path, str]) -> None:
    html = unescape(TAG.sub("", read(site[0], "chapters/adam")))
    assert html.count("def update(") == 1


@pytest.mark.xdist_group("site")
def test_the_font_has_every_sign_of_every_formula(site: tuple[Path, str]) -> None:
    signs: set[str] = set()
    for page in site[0].rglob("index.html"):
        for formula in re.findall(r"<math.*?</math>", page.read_text(encoding="utf-8"), re.DOTALL):
            told = re.sub(r"<annotation.*?</annotation>", "", formula, flags=re.DOTALL)
            signs.update(unescape(TAG.sub("", told)))
    assert len(signs) > 50
    assert not [
        one for one in signs if one != "\n" and not any(low <= ord(one) <= high for low, high in RANGES)
    ]


def test_a_line_of_code_hangs_by_its_own_indentation() -> None:
    html = '<pre><code><span class="gp">&gt;&gt;&gt; </span>f(\n<span class="go">    1\n</span></code></pre>'
    assert finishing.hanging(html) == (
        '<pre><code><span class="line" style="--in:4ch"><span class="gp">&gt;&gt;&gt; </span>f(\n</span>'
        '<span class="line go" style="--in:4ch">    1\n</span></code></pre>'
    )


def test_a_text_over_several_lines_is_left_alone() -> None:
    html = '<pre><code><span class="s">"""a\nb"""</span>\n</code></pre>'
    assert finishing.hanging(html) == html


# In the browser

pytest.importorskip("playwright.sync_api", reason="needs Playwright: pip install -e '.[dev]'")
in_browser = pytest.mark.skipif(not CHROMIUM, reason="the site is not checked: there is no Chromium here")

READ_ON = (
    *(
        "chapters/attention/",
        "chapters/autograd/",
        "chapters/training/",
        "experiments/",
        "program/terminal/cli/",
    ),
    *("practice/exercises/softmax/", "practice/clinic/", "practice/clinic/9/"),
)

READ = """() => {
  const article = document.querySelector("article");
  for (const box of article.querySelectorAll("details:not(.contents)")) box.open = true;
  const seen = [...article.querySelectorAll("p, li, dd")].filter(one => one.checkVisibility());
  const beside = ".home, .margin, figure, .highlight, .machine";
  const prose = seen.filter(one => !one.closest(beside));
  const size = one => parseFloat(getComputedStyle(one).fontSize);
  const told = [...article.querySelectorAll("code, td, details p, details li")];
  const small = told.filter(one => one.checkVisibility() && one.textContent.trim() && size(one) < 14);
  return {
    prose: prose.length,
    longest: Math.max(0, ...prose.map(one => one.clientWidth)),
    sizes: [...new Set(prose.filter(one => one.matches(".lesson > p")).map(size))],
    small: small.slice(0, 3).map(one => one.outerHTML.slice(0, 120)),
  };
}"""


@in_browser
@pytest.mark.xdist_group("wide")
@pytest.mark.parametrize("width", [390, 1240, 1440, 1920])
def test_lines_are_short_and_letters_large_enough(width: int, site: tuple[Path, str], chromium: Any) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 900})
    for path in READ_ON:
        page.goto(site[1] + path)
        found = page.evaluate(READ)
        assert found["prose"] > 1
        assert found["longest"] <= 35 * 20
        assert found["small"] == []
        assert all(17 <= size <= 19.5 for size in found["sizes"])
    page.close()


@in_browser
@pytest.mark.xdist_group("wide")
def test_the_margin_the_views_and_the_contents(site: tuple[Path, str], chromium: Any) -> None:
    page = chromium.new_page(viewport={"width": 1240, "height": 900})
    page.goto(site[1] + "chapters/attention/")
    term = page.locator(".margin", has_text="self-attention")
    assert term.is_visible()
    prose = page.locator(".lesson > p").first.bounding_box()
    assert term.bounding_box()["x"] >= prose["x"] + 34 * 20
    assert "n_head" not in page.locator(".contents ol").inner_text()
    page.get_by_label("Beside the code").check()
    assert not page.get_by_role("heading", name="The question").is_visible()
    code = page.locator(".doc-function .mkdocstrings-source").first.bounding_box()
    assert code["x"] > page.locator(".doc-function .doc-contents > p").first.bounding_box()["x"] + 400
    assert page.locator(".md-sidebar--primary").is_hidden()
    page.close()


@in_browser
@pytest.mark.xdist_group("wide")
def test_without_scripts_text_figures_and_answers_can_be_read(site: tuple[Path, str], chromium: Any) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(site[1] + "chapters/attention/")
    assert page.get_by_role("heading", name="The question", exact=False).first.is_visible()
    assert page.locator("figure.drawn svg").first.is_visible()
    assert page.locator(".diagram").first.is_visible()
    box = page.locator("details.question").first
    box.locator("> summary").click()
    assert box.locator("p").first.is_visible()
    context.close()


@in_browser
@pytest.mark.xdist_group("wide")
def test_a_name_in_a_link_shows_its_underscores(site: tuple[Path, str], chromium: Any) -> None:
    page = chromium.new_page()
    page.goto(site[1] + "original/")
    line = """one => getComputedStyle(one).textDecorationLine"""
    links = page.locator("td a:has(> code)")
    assert links.count() > 20
    assert {one.evaluate(line) for one in links.all()[:20]} == {"none"}
    room = "one => parseFloat(getComputedStyle(one.firstElementChild).paddingBottom)"
    assert min(one.evaluate(room) for one in links.all()[:20]) >= 2, "the line lies on the underscores"
    page.close()
