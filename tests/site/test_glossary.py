"""The glossary, its terms in the text, the sheets and the tables of flags, as they are made."""

import json
import re
import shlex
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from microgpt.study.glossary import TERMS

pytest.importorskip("mkdocs", reason="the site is not checked: pip install -e '.[dev]'")

from sitemaker import commands, flags, sheets
from sitemaker.errors import SiteError
from sitemaker.tooltips import MOST, anchor, marked, on_page

pytestmark = pytest.mark.xdist_group("site")

TERM = re.compile(r'<a class="term" href="([^"]*)" aria-description="([^"]*)">([^<]*)</a>')


def terms_in(html: str) -> list[str]:
    return [found[2] for found in TERM.findall(marked(html, "../glossary/"))]


def test_the_first_use_in_a_section_leads_to_the_glossary_and_says_what_the_term_means() -> None:
    html = "<h2>One</h2><p>Logits, and logits again.</p><h2>Two</h2><p>The <em>logits</em>.</p>"
    assert terms_in(html) == ["Logits", "logits"]
    place, means, _ = TERM.findall(marked(html, "../glossary/"))[0]
    assert (place, unescape(means)) == ("../glossary/#term-logits", TERMS["logits"].sentence)
    assert re.sub(r"</?a[^>]*>", "", marked(html, "../glossary/")) == html


@pytest.mark.parametrize(
    "html",
    [
        "<h2>logits</h2>",
        "<p><code>logits</code> and <a href='x'>logits</a></p>",
        "<table><tr><td><p>logits</p></td></tr></table>",
        "<details class='question'><summary>logits?</summary><p>logits</p></details>",
        '<p><span class="arithmatex"><math><mi>logits</mi></math></span></p>',
        "<study-quiz><p>logits</p></study-quiz>",
        "<p><!-- logits --><img alt='logits'></p>",
        "<div>logits</div>",
        "<p>the model and its training</p>",
    ],
)
def test_what_is_no_prose_is_left_alone(html: str) -> None:
    assert marked(html, "") == html


def test_a_section_stays_calm_and_a_chapters_own_terms_are_not_marked() -> None:
    text = "<p>softmax, logits, perplexity, momentum, entropy, temperature</p>"
    assert len(terms_in(text)) == MOST
    assert TERM.findall(marked(text, "", own="vectors"))[0][2] == "perplexity"


def test_only_lessons_are_marked() -> None:
    text = "<p>logits</p>"
    assert 'href="../../reference/glossary/#' in on_page(text, "chapters/model.md", "chapters/model/")
    assert 'href="../reference/glossary/#' in on_page(text, "trace.md", "trace/")
    assert on_page(text, "program/terminal/train.md", "program/terminal/train/") == text


def test_every_term_has_its_entry_with_a_link_to_its_home(site: tuple[Path, str]) -> None:
    html = (site[0] / "reference/glossary/index.html").read_text(encoding="utf-8")
    for name, term in TERMS.items():
        entry = html.partition(f'<h3 id="{anchor(name)}"')[2].partition("<h3")[0]
        assert term.sentence in unescape(entry)
        assert re.search(rf'href="\.\./\.\./chapters/{term.chapter.replace(".", "/")}/#microgpt', entry), name


def test_the_chapters_mark_terms_and_no_word_is_lost(site: tuple[Path, str]) -> None:
    html = (site[0] / "chapters/model/index.html").read_text(encoding="utf-8")
    found = [place for place, _, _ in TERM.findall(html)]
    assert len(found) > 20
    assert {place.partition("#")[0] for place in found} == {"../../reference/glossary/"}
    book = (site[0] / "book/index.html").read_text(encoding="utf-8")
    assert {place.partition("#")[0] for place, _, _ in TERM.findall(book)} == {"../reference/glossary/"}


def test_no_code_can_be_found_by_the_search(site: tuple[Path, str]) -> None:
    index = json.loads((site[0] / "search/search_index.json").read_text(encoding="utf-8"))
    assert not [entry for entry in index["docs"] if "<pre>" in entry["text"]]
    weights = {entry["location"]: entry["boost"] for entry in index["docs"]}
    assert (
        weights["reference/glossary/#term-softmax"]
        > weights["chapters/vectors/#microgpt.vectors--softmax-choose"]
        > weights["chapters/vectors/#microgpt.vectors.softmax"]
        > weights["program/terminal/train/"]
    )


# The sheets


def test_a_sheet_is_made_from_the_chapters_and_notices_what_is_gone() -> None:
    text = sheets.formulas()
    assert r"W_{ij}\, x_j" in text
    assert text.count("[microgpt.") == sum(map(len, sheets.GROUPS.values()))
    with pytest.raises(SiteError, match="wants formula 9 of vectors softmax"):
        sheets._formula(sheets.Wanted("vectors", "softmax", "", 9))
    with pytest.raises(SiteError, match="wants a table of model"):
        sheets._table("model", "| nothing |")


def test_no_link_of_a_sheet_is_left_as_it_was_written(site: tuple[Path, str]) -> None:
    for sheet in ("formulas", "shapes", "notation"):
        html = (site[0] / f"reference/{sheet}/index.html").read_text(encoding="utf-8")
        assert "][microgpt" not in html
        assert "../../chapters/" in html


def test_the_sheet_of_shapes_has_all_numbers() -> None:
    text = sheets.shapes()
    assert "| `wpe` | `[block_size][n_embd]` | 16 x 16 | 256 |" in text
    assert "| `layer0.mlp_fc2` | `[n_embd][4 * n_embd]` | 16 x 64 | 1,024 |" in text
    assert "| **all** | | | 4,192 |" in text


# The commands

EVERY = flags.every()


@pytest.mark.parametrize("name", EVERY)
def test_every_example_of_a_flag_is_understood(name: str) -> None:
    command: Any = EVERY[name]
    needed = [flags.example(one) for one in command.params if one.required]
    for one in command.params:
        elsewhere = flags.elsewhere(command)  # such as the dials: their values have tests of their own
        if "--version" not in one.opts and not one.required and one.opts[0] not in elsewhere:
            words = shlex.split(" ".join([*needed, flags.example(one)]))
            context = command.make_context(name, [*words], resilient_parsing=False)
            assert context.params[one.name] not in (None, False)


def test_the_tables_have_every_flag_of_every_command() -> None:
    text = commands.commands()
    known = {flag for one in EVERY.values() for parameter in one.params for flag in parameter.opts}
    left = {
        flag for flag in known if flag.startswith("-") and f"`{flag}" not in text and f", {flag}`" not in text
    }
    assert left <= flags.DIALS


def test_the_flags_of_a_module_stand_in_a_table_before_its_code(site: tuple[Path, str]) -> None:
    html = (site[0] / "program/terminal/options/index.html").read_text(encoding="utf-8")
    table = html.index('<code id="microgpt.terminal.options.Dataset">Dataset</code>')
    assert table < html.index('id="microgpt.terminal.options-code"')
    assert "<code>--verbose, -v</code>" in html
    assert "Annotated[" not in html.partition('id="microgpt.terminal.options.Data"')[0]


ROW = re.compile(r"<tr>\s*((?:<td>.*?</td>\s*)+)</tr>", re.DOTALL)


@pytest.mark.parametrize("name", EVERY)
def test_the_page_of_a_command_has_the_rows_of_its_table(name: str, site: tuple[Path, str]) -> None:
    command = EVERY[name]
    pages = ("reference/commands", f"program/{flags.module_of(command).replace('.', '/')}")
    reference, page = (unescape((site[0] / one / "index.html").read_text(encoding="utf-8")) for one in pages)
    part = re.split(r"<h[123]\b", reference.partition(f' id="{flags.place(name)}"')[2])[0]
    cells = [re.sub(r"<[^>]*>", "", row) for row in ROW.findall(part)]
    there = [re.sub(r"<[^>]*>", "", row) for row in ROW.findall(page)]
    shown = [one for one in command.params if one.opts[0] not in flags.elsewhere(command)]
    assert len(cells) >= len(shown)
    assert all(cell in there for cell in cells[: len(shown)])
    assert page.index('id="the-flags"') < page.index('-code">The code'), "the table comes before the code"


def test_a_choice_of_views_stands_where_there_is_a_lesson(site: tuple[Path, str]) -> None:
    pages = ("chapters/attention", "program/terminal/train", "program/study/glossary")
    html = [(site[0] / page / "index.html").read_text(encoding="utf-8") for page in pages]
    assert [page.count('class="views"') for page in html] == [1, 0, 0]


def test_the_types_of_flags_have_a_default_and_an_example() -> None:
    text = flags.of_module("terminal.options")
    assert '">Number</code> | `-n INTEGER` | `20` | How many samples. | `-n 5` |' in text
    assert flags.of_module("terminal.charts") == ""
