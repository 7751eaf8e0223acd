"""The pages of the study site as HTML: nothing of the modules is lost, and every link leads somewhere."""

import ast
import doctest
import re
from collections import Counter
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin

import pytest

from tests.support.browser import ROOT
from tests.support.package import MODULES, READING_ORDER, public_names
from tests.support.reference import needs_the_original, reference_file

pytest.importorskip("mkdocs", reason="the site is not checked: pip install -e '.[dev]'")

import griffe
from mkdocs.config import load_config
from sitemaker.book import EDITIONS
from sitemaker.names import homes, public_members

from microgpt.records import KINDS

pytestmark = pytest.mark.xdist_group("site")

HREF = re.compile(r'<(?:a|link|script|img)\b[^>]*? (?:href|src)="([^"]*)"')
TAG = re.compile(r"<[^>]*>")
ID = re.compile(r'\bid="([^"]+)"')
SPAN = re.compile(r"`(microgpt\.[\w.]+)`|\]\[(microgpt\.[\w.]+)\]")


def read(folder: Path, page: str) -> str:
    return (folder / page / "index.html").read_text(encoding="utf-8")


def shelf(name: str) -> str:
    return f"{'chapters' if name in READING_ORDER else 'program'}/{name.replace('.', '/')}"


def docstrings(name: str) -> list[str]:
    """Collect the docstrings that the page of a module shows."""
    members: list[griffe.Object | griffe.Alias] = [griffe.load("microgpt", search_paths=[ROOT])[name]]
    for member in members:
        if member.is_module or member.is_class:
            members += public_members(member)
            members += [one for one in member.members.values() if one.is_special and one.has_docstring]
    return [member.docstring.value for member in members if member.docstring]


def diagrams(texts: list[str]) -> int:
    return sum(len(re.findall(r"^ *```mermaid$", text, flags=re.MULTILINE)) for text in texts)


def navigation() -> object:
    """Return the navigation as the hooks, which are among the plugins, leave it."""
    config = load_config(str(ROOT / "mkdocs.yml"), site_dir="unused")
    return config.plugins.on_config(config).nav


def nav_pages(nav: object) -> list[str]:
    if isinstance(nav, str):
        return [nav]
    assert isinstance(nav, list | dict)
    return [page for part in (nav.values() if isinstance(nav, dict) else nav) for page in nav_pages(part)]


def test_every_module_has_a_page_in_the_navigation_and_the_chapters_stand_in_reading_order() -> None:
    pages = nav_pages(navigation())
    chapters = [page for page in pages if page.startswith("chapters/")]
    assert chapters == [
        *(f"chapters/{name.replace('.', '/')}.md" for name in READING_ORDER),
        "chapters/index.md",
    ]
    assert {f"{shelf(name)}.md" for name in MODULES} <= set(pages)
    assert max(Counter(pages).values()) == 1


def books(site: Path) -> set[Path]:
    """List the pages that show once more what stands on others."""
    return {site / edition.removesuffix(".md") / "index.html" for edition in EDITIONS}


def test_every_public_name_has_exactly_one_home(site: tuple[Path, str]) -> None:
    pages = [page for page in site[0].rglob("index.html") if page not in books(site[0])]
    found = Counter(name for page in pages for name in ID.findall(page.read_text(encoding="utf-8")))
    assert {name: found[name] for name in homes()} == dict.fromkeys(homes(), 1)
    assert {name for name in found if re.fullmatch(r"microgpt(\.[A-Za-z]\w*)*", name)} == set(homes())


def test_every_name_that_a_module_exports_has_a_home() -> None:
    for name in MODULES:
        assert {f"microgpt.{name}.{one}" for one in public_names(name)} <= set(homes())


def test_a_page_has_one_title_and_each_of_its_anchors_once(site: tuple[Path, str]) -> None:
    for page in site[0].rglob("index.html"):
        html = page.read_text(encoding="utf-8")
        titles = re.findall(r"<h1\b[^>]*>(.*?)</h1>", html, flags=re.DOTALL)
        assert len(titles) == 1 or page in books(site[0])
        assert all(TAG.sub("", title).strip(" \n#") for title in titles)
        content = html[html.index("<article") : html.index("</article>")]
        assert max(Counter(ID.findall(content)).values(), default=1) == 1, page


def test_every_public_name_stands_on_the_page_of_its_module(site: tuple[Path, str]) -> None:
    for name in MODULES:
        html = read(site[0], shelf(name))
        for home in homes():
            if home == f"microgpt.{name}" or home.startswith(f"microgpt.{name}."):
                assert f'id="{home}"' in html


def test_every_link_leads_somewhere(site: tuple[Path, str]) -> None:
    folder, _ = site
    anchors: dict[Path, set[str]] = {}
    broken = []
    for page in folder.rglob("*.html"):
        html = page.read_text(encoding="utf-8")
        here = "/" + page.relative_to(folder).as_posix()
        for href in map(unescape, HREF.findall(html)):
            if href.startswith(("http", "mailto:", "data:")):
                continue
            target, anchor = urldefrag(urljoin(here, href))
            path = folder / unquote(target).lstrip("/")
            path = path / "index.html" if target.endswith("/") else path
            if path.suffix == ".html" and path.is_file() and path not in anchors:
                anchors[path] = set(ID.findall(path.read_text(encoding="utf-8")))
            if not path.is_file() or (anchor and anchor not in anchors[path]):
                broken.append(f"{here}: {href}")
    assert broken == []


@pytest.mark.parametrize("name", MODULES)
def test_no_example_diagram_or_formula_is_lost(name: str, site: tuple[Path, str]) -> None:
    html, texts = read(site[0], shelf(name)), docstrings(name)
    prompts = sum(len(doctest.DocTestParser().get_examples(text)) for text in texts)
    assert html.count('<span class="gp">&gt;&gt;&gt; </span>') == prompts
    assert html.count('<pre class="mermaid">') == diagrams(texts)
    blocks = sum(text.count("$$") for text in texts) // 2
    assert html.count('<math display="block"') == blocks
    rest = re.sub(r"<(math|pre|code|script|style)\b.*?</\1>", "", html, flags=re.DOTALL)
    assert not re.search(r"\$|\\\(|\\\[|\\frac|&gt;&gt;&gt;", rest)


def test_the_reference_asks_every_command(site: tuple[Path, str]) -> None:
    html = (site[0] / "reference/commands/index.html").read_text(encoding="utf-8")
    shown = re.findall(r'<span class="cmd">python -m microgpt ?(\w*) --help</span>', html)
    listed = re.search(r"╭─ Commands.*?╰", html, re.DOTALL)
    assert listed
    assert shown == ["", *re.findall(r"^│ (\w+)", listed[0], re.MULTILINE)]
    assert html.count("Usage: python -m microgpt") == len(shown)


def test_names_in_the_prose_are_links(site: tuple[Path, str]) -> None:
    html = read(site[0], "chapters/attention")
    assert '<a class="autorefs autorefs-internal"' in html
    assert re.search(r'href="\.\./model/#microgpt\.model"[^>]*>Chapter 8, The model</a>', html)


def test_nothing_is_asked_of_another_machine(site: tuple[Path, str]) -> None:
    attribute = r'<(?!a\b)\w+\b[^>]*? (?:src|href|poster|srcset|data)="((?:https?:)?//[^"]*)"'
    asks = re.compile(attribute + r"|url\([\"']?(https?:[^)]*)")
    for file in (*site[0].rglob("*.html"), *site[0].rglob("*.css")):
        for address in asks.findall(file.read_text(encoding="utf-8")):
            assert "".join(address).startswith((site[1], "http://www.w3.org/")), f"{file}: {address}"


def test_the_page_about_traces_shows_every_kind_of_record() -> None:
    shown = re.findall(r"```trace\n(\w+)\n```", (ROOT / "docs/pages/trace.md").read_text(encoding="utf-8"))
    assert shown == ["run", *list(KINDS)[:-1], "step", "sampling", "summary"]


def linked(text: str) -> list[str]:
    return [plain or link for plain, link in SPAN.findall(text)]


def mapped() -> list[tuple[int, int, list[str]]]:
    """Read the table that maps the original's lines to functions."""
    rows = re.findall(
        r"^\| (\d+)–(\d+) \|.*?\|(.*)\|$|^\| (\d+) \|.*?\|(.*)\|$", ORIGINAL, flags=re.MULTILINE
    )
    return [(int(a or c), int(b or c), linked(names or other)) for a, b, names, c, other in rows]


ORIGINAL = (ROOT / "docs/pages/original.md").read_text(encoding="utf-8")


def test_the_map_of_the_original_names_what_exists() -> None:
    assert len(mapped()) >= 30
    for _, _, names in mapped():
        assert names
        assert set(names) <= set(homes())
    assert set(linked(ORIGINAL)) <= set(homes())


@needs_the_original
def test_the_map_of_the_original_covers_it_line_by_line() -> None:
    source = reference_file("microgpt_gist.py").read_text(encoding="utf-8")
    lines = source.splitlines()
    covered = [line for first, last, _ in mapped() for line in range(first, last + 1)]
    left_out = [number for number in range(1, len(lines) + 1) if number not in covered]
    assert covered == sorted(set(covered))
    assert not [number for number in left_out if lines[number - 1].strip()]


@needs_the_original
def test_the_map_of_the_original_finds_its_functions_under_their_names() -> None:
    tree = ast.parse(reference_file("microgpt_gist.py").read_text(encoding="utf-8"))
    ours = {"gpt": "forward", "__add__": "Value", "build_topo": "topological_order"}
    checked = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and (
            not node.name.startswith("__") or node.name in ours
        ):
            (names,) = [names for first, last, names in mapped() if first <= node.lineno <= last]
            name = ours.get(node.name, node.name)
            if name not in ("log", "exp", "relu"):
                assert name in [full.split(".")[-1] for full in names]
                checked += 1
    assert checked >= 8
