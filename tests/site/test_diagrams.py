"""The diagrams: legible in every chapter, wide and on a phone, and told to those who cannot see them."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from microgpt.contents import CHAPTERS
from tests.support.browser import CHROMIUM, OPEN_SHADOWS, ROOT, Visitor

pytest.importorskip("mkdocs", reason="the site is not checked: pip install -e '.[dev]'")

from sitemaker.diagrams import read, told
from sitemaker.errors import SiteError
from sitemaker.extensions import fence_mermaid_custom

SOURCES = [
    (path.stem, text)
    for path in sorted((ROOT / "microgpt").rglob("*.py"))
    for text in re.findall(r"^ *```mermaid\n(.*?)^ *```", path.read_text("utf-8"), re.DOTALL | re.MULTILINE)
]
QUOTED = re.compile(r'"([^"]*)"')


def test_a_diagram_is_read() -> None:
    diagram = read(
        'graph LR\n a["x<br/>2"] -- "by w" --> b{"x > 0?"} --> c((+))\n a -. "kept" .-> c\n b --> d[end]'
    )
    assert diagram.nodes == {"a": "x: 2", "b": "x > 0?", "c": "+", "d": "end"}
    assert [tuple(arrow) for arrow in diagram.arrows] == [
        ("a", "b", "by w"),
        ("b", "c", ""),
        ("a", "c", "kept"),
        ("b", "d", ""),
    ]


def test_a_diagram_is_told() -> None:
    assert told('graph LR\n a["x<br/>2"] --> b["the square<br/>of x<br/>4<br/>5"] --> c[y]\n a --> c') == (
        "Diagram: x: 2 leads to the square of x: 4, 5 and to y; the square of x leads to y."
    )
    framed = 'subgraph s[" "]\n a["x"] -- "Wq" --> q["query"]\n a --> k\n end\n alone["a box"]\n k["key"]'
    assert told(f"graph TD\n{framed}") == "Diagram: x leads to query (Wq) and to key; a box."


@pytest.mark.parametrize("line", ["a ==> b", "a -->", 'a["x" --> b', "a | b"])
def test_what_cannot_be_told_is_refused(line: str) -> None:
    with pytest.raises(SiteError, match="not understood"):
        told(f"graph LR\n{line}")


@pytest.mark.parametrize(("name", "source"), SOURCES)
def test_a_diagram_is_told_with_all_that_stands_in_it(name: str, source: str) -> None:
    made = fence_mermaid_custom(source, "mermaid", "mermaid")
    words = html.unescape(re.findall(r'role="img" aria-label="([^"]*)"', made)[0])
    for label in QUOTED.findall(re.sub(r"subgraph .*", "", source)):
        assert all(line in words for line in re.split("<br/?>", label))
    assert 20 < len(words) < 600


def test_a_sentence_says_what_to_look_for_before_a_diagram_is_shown() -> None:
    bare = re.compile(r"^ *#[^\n]*\n\s*```mermaid", re.MULTILINE)
    for path in sorted((ROOT / "microgpt").rglob("*.py")):
        assert bare.findall(path.read_text("utf-8")) == [], path.name


# In the browser

SEEN = """() => [...document.querySelectorAll(".diagram")].map(box => {
  const svg = box.querySelector(".mermaid").shadowRoot.querySelector("svg");
  const labels = [...svg.querySelectorAll(".nodeLabel, .edgeLabel .label")];
  const size = label => {
    const { a, b } = (label.closest("foreignObject") ?? label).getScreenCTM();
    return parseFloat(getComputedStyle(label).fontSize) * Math.hypot(a, b);
  };
  return {
    name: box.getAttribute("aria-label").slice(0, 60),
    smallest: Math.min(...labels.filter(label => label.textContent.trim()).map(size)),
    hidden: box.scrollWidth - box.clientWidth,
    border: getComputedStyle(svg.querySelector(".node :is(rect, polygon, circle)")).stroke,
  };
})"""


@pytest.fixture(params=[1440, 390])
def visitor(request: pytest.FixtureRequest, site: tuple[Path, str], chromium: Any) -> Iterator[Visitor]:
    context = chromium.new_context(viewport={"width": request.param, "height": 900}, color_scheme="light")
    context.add_init_script(OPEN_SHADOWS)
    yield Visitor(context.new_page(), *site)
    context.close()


@pytest.mark.skipif(not CHROMIUM, reason="the site is not checked: there is no Chromium here")
@pytest.mark.xdist_group("site")
def test_the_letters_of_a_diagram_have_13_pixels_and_none_is_out_of_sight(visitor: Visitor) -> None:
    found: list[dict[str, Any]] = []
    for chapter in CHAPTERS:
        assert visitor.visit(f"chapters/{chapter.module.replace('.', '/')}/") == []
        found += visitor.page.evaluate(SEEN)
    assert len(found) >= len(CHAPTERS)
    assert [one for one in found if one["smallest"] < 12.99 or one["hidden"] > 0] == []
    assert {one["border"] for one in found} == {"rgb(35, 86, 159)"}
