"""The code that makes the study site: extensions, figures, measurements, and what it fetches."""

import math
import os
import re
import statistics
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from microgpt import Config, as_floats, bundled_documents, new_run, train
from microgpt.attention import Cache
from microgpt.engines.ablations import ABLATIONS, UNCHANGED, tried
from microgpt.engines.engine import RUNGS
from microgpt.engines.sizes import SIZES
from microgpt.engines.trials import Effect, fixed_exam
from microgpt.evaluation import (
    OPPONENTS,
    CountingBaselines,
    contexts,
    held_out_documents,
    novelty_in,
    score_of,
)
from microgpt.loss import surprise
from microgpt.model import forward, new_caches
from microgpt.stages import Event, listening
from microgpt.study.valleys import descent, valley
from microgpt.tokenizer import Tokenizer
from tests.support.reference import golden, needs_the_original, reference_file

pytest.importorskip("mkdocs", reason="the site is not checked: pip install -e '.[dev]'")

from markdown import markdown
from sitemaker import assets, book, cache, experiments, machine, terminal, trace, typesetting, vendor
from sitemaker.errors import SiteError
from sitemaker.extensions import FENCES, FormulaError, StudyExtension
from sitemaker.figures import comparison, figure, measured
from sitemaker.figures.gallery import DRAWN, render
from sitemaker.heads import TARGETS, attention_shares
from sitemaker.names import called, homes

pytestmark = pytest.mark.xdist_group("sitemaker")

STYLE = assets.style()


def as_html(text: str) -> str:
    extensions: list[Any] = [
        *[
            "admonition",
            "pymdownx.arithmatex",
            "pymdownx.details",
            "pymdownx.highlight",
            "pymdownx.superfences",
        ],
        StudyExtension(["microgpt.loss"]),
    ]
    settings: dict[str, dict[str, Any]] = {
        "pymdownx.arithmatex": {"generic": True},
        "pymdownx.highlight": {"pygments_lang_class": True},
        "pymdownx.superfences": {"custom_fences": FENCES},
    }
    return markdown(text, extensions=extensions, extension_configs=settings)


# Markdown


def test_examples_become_blocks_whose_prompts_and_results_can_be_told_from_the_statements() -> None:
    html = as_html("A sum:\n\n>>> 1 + 1\n2\n>>> for x in ():\n...     x\n\nand prose.")
    assert html.count('class="gp"') == 3
    assert '<span class="go">2\n</span>' in html
    assert "<p>and prose.</p>" in html
    assert "blockquote" not in html


def test_examples_in_a_box_stay_in_the_box() -> None:
    html = as_html('??? question "Why?"\n\n    Because:\n\n    >>> 1 + 1\n    2\n\nAfter.')
    inside, after = html.split("</details>")
    assert '<span class="go">2\n</span>' in inside
    assert "After." in after


def test_an_example_at_the_very_end_is_closed() -> None:
    assert '<span class="go">2\n</span>' in as_html(">>> 1 + 1\n2")


def test_an_error_is_a_result_too() -> None:
    error = "Traceback (most recent call last):\n    ...\nZeroDivisionError: division by zero\n"
    html = as_html(f">>> 1 / 0\n{error}>>> 2\n2")
    assert "".join(re.findall(r'<span class="go">(.*?)</span>', html, flags=re.DOTALL)) == f"{error}2\n"


@pytest.mark.parametrize("inline", ["```x``` is code in a line.", "~~~struck~~~ is not a fence."])
def test_marks_in_a_line_do_not_begin_a_fence(inline: str) -> None:
    assert as_html(f"{inline}\n\n>>> 1\n1").count('class="gp"') == 1


def test_a_fence_ends_at_its_own_mark_only() -> None:
    html = as_html("````text\n```python\n>>> 1\n```\n````\n\n>>> 2\n2")
    assert html.count('class="gp"') == 1


def test_a_result_may_contain_a_fence() -> None:
    html = as_html(">>> print(text)\n```mermaid\ngraph\n```\n\nAfter.")
    assert '<span class="go">```mermaid\n</span>' in html
    assert "<p>After.</p>" in html


def test_what_stands_in_a_fence_is_left_as_it_is() -> None:
    assert "&gt;&gt;&gt; not run" in as_html("```text\n>>> not run\n```")


def test_formulas_become_mathml() -> None:
    html = as_html("Inline $x^2$, and\n\n$$\\frac{a}{b}$$")
    assert html.count("<math") == 2
    assert "<mfrac>" in html
    assert 'display="block"' in html


def test_a_formula_that_is_wrong_is_an_error_that_shows_it() -> None:
    with pytest.raises(FormulaError, match=r"\\nonsense"):
        as_html(r"$\nonsense{x}$")


def test_full_names_in_the_prose_become_links_and_others_do_not() -> None:
    html = as_html("See `microgpt.loss`, `loss`, `python -m microgpt.loss` and [the `microgpt.loss`](x).")
    assert html.count("<autoref") == 1
    assert '<autoref identifier="microgpt.loss" optional="">Chapter 9, The loss</autoref>,' in html


def test_a_full_name_of_nothing_is_an_error() -> None:
    with pytest.raises(SiteError, match=r"microgpt\.nothing"):
        as_html("See `microgpt.nothing`.")


def test_a_diagram_keeps_its_text_as_it_is() -> None:
    html = as_html('```mermaid\ngraph LR\n  a["x<br/>y"] --> b\n```')
    assert "x&lt;br/&gt;y" in html
    assert '<pre class="mermaid">' in html


# Terminal and trace


def test_a_terminal_shows_what_a_command_really_prints() -> None:
    html = terminal.transcript("$ python -c 'print(6 * 7)'")
    assert '<span class="cmd">python -c &#x27;print(6 * 7)&#x27;</span>' in html
    assert '<span class="go">42\n</span>' in html


def test_a_terminal_can_leave_out_a_beginning_and_says_so() -> None:
    html = terminal.transcript("$ python -c 'print(1); print(22); print(3)'\nfrom 22")
    assert '<span class="go">[...]\n22\n3\n</span>' in html


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("$ rm -rf x", "rm -rf x"),
        ("$ python -c 'print(1)'\nfrom 2", "begins with '2'"),
        ("$ python -c 'raise SystemExit(1)'", "SystemExit"),
    ],
)
def test_a_terminal_refuses_what_it_cannot_show(source: str, words: str) -> None:
    with pytest.raises(SiteError, match=re.escape(words)):  # the fence is not shown as it is written
        as_html(f"```terminal\n{source}\n```")


def test_the_trace_that_is_shown_says_what_the_library_computes() -> None:
    run = new_run(Config(steps=2), bundled_documents())
    losses = [step.loss for step in train(run)]
    shown = [record["loss"] for record in trace.records() if record["kind"] == "loss"]
    assert shown == losses
    assert f"{losses[0]:.4f} nats per token" in trace.shown("loss")
    with pytest.raises(SiteError, match="'nothing'"):
        trace.shown("nothing")


def test_the_summary_of_the_trace_that_is_shown_says_what_the_page_says() -> None:
    held_out = trace.example("summary")["held_out"]
    losses = {name: score["loss"] for name, score in held_out.items()}
    assert losses["back_off"] < losses["unigram"] < losses["bigram"] < losses["uniform"]
    assert losses["model"] == pytest.approx(losses["uniform"], abs=0.05)


def test_a_terminal_goes_on_in_the_same_folder_and_can_hide_a_command() -> None:
    write = '$ python -c \'open("x", "w").write("kept")\''
    html = terminal.transcript(f"{write}\nhidden\n$ python -c 'print(open(\"x\").read())'")
    assert "write" not in html
    assert '<span class="go">kept\n</span>' in html


# Sources


def test_only_the_hooks_know_the_site_generator() -> None:
    for path in (cache.ROOT / "docs/sitemaker").rglob("*.py"):
        assert not re.search(r"^\s*(from|import) mkdocs\b", path.read_text(encoding="utf-8"), re.MULTILINE), (
            path
        )


# The cache


def test_a_result_is_computed_once() -> None:
    made: list[int] = []
    name = f"test {id(made)}"

    def make() -> list[int]:
        made.append(1)
        return [1, 2]

    assert cache.cached(name, make) == cache.cached(name, make) == [1, 2]
    assert made == [1]


@pytest.mark.parametrize(
    ("after", "same"),
    [
        ('"""Other."""\n\n\ndef f():\n    return 1  # why\n', True),
        ('"""Text."""\n\n\ndef f():\n    return 2\n', False),
    ],
)
def test_prose_may_change_without_computing_anew_but_code_may_not(
    tmp_path: Path, after: str, same: bool
) -> None:
    before = '"""Text."""\n\n\ndef f():\n    return 1\n'
    contents = []
    for changed, text in enumerate((before, after)):
        path = tmp_path / "module.py"
        path.write_text(text, encoding="utf-8")
        contents.append(cache._content(path, changed))
    assert (contents[0] == contents[1]) is same


@pytest.mark.parametrize("name", ["config.py", "terminal/train.py"])
def test_what_the_program_says_of_itself_is_no_mere_prose(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    contents = []
    for changed, text in enumerate(('"""Text."""', '"""Other."""')):
        path.write_text(text, encoding="utf-8")
        contents.append(cache._content(path, changed))
    assert contents[0] != contents[1]


def test_a_damaged_result_is_computed_again() -> None:
    name = "test of damage"
    assert cache.cached(name, lambda: [1]) == [1]
    path = cache.FOLDER / "computed" / f"{cache.key(name)}.json"
    path.write_text("[1", encoding="utf-8")
    assert cache.cached(name, lambda: [2]) == [2]
    path.unlink()


@pytest.mark.parametrize(
    "file",
    [
        "microgpt/loss.py",
        "microgpt/terminal/x.py",
        "microgpt/datasets/x.txt",
        "docs/sitemaker/x.py",
        "docs/sitemaker/figures/x.py",
        "docs/measurements/x.json",
    ],
)
def test_results_depend_on_every_file_that_makes_them(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "ROOT", tmp_path)
    (tmp_path / file).parent.mkdir(parents=True)
    keys = []
    for text in ("1", "2"):
        (tmp_path / file).write_text(text, encoding="utf-8")
        cache.begin()
        keys.append(cache.key("name"))
    cache.begin()
    assert keys[0] != keys[1]


def test_what_was_computed_long_ago_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "FOLDER", tmp_path)
    for name, days in (("old", 40), ("new", 1)):
        path = tmp_path / "computed" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("1", encoding="utf-8")
        os.utime(path, (time.time() - days * 86400,) * 2)
    cache.begin()
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["new"]


# What is fetched


class _Npm:
    """Stands in for npm: packs what it is told to."""

    def __init__(self, content: bytes | None) -> None:
        self.content = content

    def __call__(self, arguments: list[str], cwd: Path, **options: Any) -> subprocess.CompletedProcess[str]:
        if self.content is not None:
            (cwd / "package.tgz").write_bytes(self.content)
        return subprocess.CompletedProcess(arguments, 1, stderr="network unreachable")


@pytest.mark.parametrize(("content", "words"), [(b"another file", "SHA-256"), (None, "network unreachable")])
def test_a_package_that_is_not_the_one_that_was_meant_is_refused(
    content: bytes | None, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vendor, "FOLDER", tmp_path)
    monkeypatch.setattr(vendor, "npm", _Npm(content))
    with pytest.raises(vendor.FetchError, match=words):
        vendor.npm_package(vendor.MERMAID)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


# The book


def test_links_in_the_book_stay_in_the_book() -> None:
    one = book.Part(
        "chapters/one/",
        "One",
        '<h1 id="a">One</h1><a class="x" href="../two/#b">b</a><details class="q"></details>',
    )
    two = book.Part(
        "chapters/two/", "Two", '<h1 id="b">Two</h1><a href="../one/">1</a><a href="../../source/x/#c">c</a>'
    )
    html = book.bound([one, two], "book/")
    assert 'href="#b">b' in html
    assert 'href="#part-chapters-one">1' in html
    assert 'href="../source/x/#c">c' in html
    assert '<details class="q" open>' in html
    assert html.index("One</a>") < html.index("Two</a>") < html.index("One</h1>") < html.index("Two</h1>")


CHAPTER = """<h1 id="m">Chapter 6, M</h1><details class="contents"><summary>On this page</summary></details>
<fieldset class="views"></fieldset><div class="lesson"><a href="#m.f">f</a> <a href="../n/#n.g">g</a>
<h2 id="m--t">T<a class="headerlink" href="#m--t">#</a></h2><aside class="margin"></aside>
<study-quiz><script class="quiz">{"a": "\\u003c"}</script><details class="question why" id="q-why">
<summary>Why?
<span class="depth">deep</span></summary><div>Because <a href="#m--t">T</a>.</div></details></study-quiz>
<details class="question"><summary>How?</summary><details><summary>A hint</summary></details>So.</details>
<div class="end-card"><div>Next</div></div></div><h2 id="m-code">The code</h2><h3 id="m.f">f</h3>"""


def test_an_answer_stands_once_at_the_back_and_is_linked_with_its_question() -> None:
    html = book.bound([book.Part("chapters/m/", "Chapter 6, M", CHAPTER, "The model")], "book/")
    lesson, answers = html.split("<h1>Answers</h1>")
    for number, name, title in (("6.1", "q-why", "Why?"), ("6.2", "question-6-2", "How?")):
        answer = f"answer-{number.replace('.', '-')}"
        linked = f'id="{name}"><a href="#{answer}">Question {number}</a><strong>{title}</strong>'
        assert lesson.count(linked) == 1
        assert f'id="{answer}"><p class="asked"><a href="#{name}">Question {number}</a>' in answers
    assert "Because" not in lesson
    assert answers.count("Because") == answers.count("So.") == 1
    assert "quiz" not in html
    assert "deep" not in html


def test_the_book_has_nothing_to_click_on_and_its_lessons_lead_to_code_on_the_site() -> None:
    parts = [
        book.Part("chapters/m/", "Chapter 6, M", CHAPTER, "The model"),
        book.Part("chapters/n/", "Chapter 7, N", '<h1 id="n">N</h1><h2 id="n.g">g</h2>', "The model"),
    ]
    whole, lessons = (book.bound(parts, "book/", lessons=only) for only in (False, True))
    for html in (whole, lessons):
        assert not re.search("views|margin|end-card|headerlink|On this page", html)
        assert 'href="#n.g"' in html
    assert 'href="#m.f"' in whole
    assert 'href="../chapters/m/#m.f"' in lessons
    assert "The code" in whole
    assert "The code" not in lessons


def test_each_page_of_the_book_says_on_paper_where_it_belongs() -> None:
    parts = [
        book.Part("chapters/m/", 'Chapter 6, "M"', '<h1 id="m">M</h1>', "The model"),
        book.Part("history/", "History", '<h1 id="h">History</h1>', book.APPENDICES),
    ]
    html = book.bound(parts, "book/")
    for name, part, title in (
        ("part-chapters-m", "The model", r"Chapter 6, \"M\""),
        ("part-history", "Appendices", "Appendix A, History"),
    ):
        assert f'@top-left {{ content: "{part}" }} @top-right {{ content: "{title}" }}' in html
        assert f"@page {name} {{" in html
        assert f'style="page: {name}"' in html
    assert 'id="h"><span class="chapter-number">Appendix A' in html
    assert "content: counter(page);" in assets.style()


def test_code_in_the_book_has_a_mark_for_a_line_only_where_one_may_be_too_long() -> None:
    def line(text: str, kind: str = "line") -> str:
        return f'<span class="{kind}" style="--in:4ch">{text}\n</span>'

    def shown(*lines: str) -> str:
        block = f"<pre><span></span><code>{''.join(lines)}</code></pre>"
        return typesetting.printed(block)

    assert shown(line('<span class="n">a</span> <span class="k">b</span>')).endswith(
        '<code>a <span class="k">b</span></code></pre>'
    )
    long = line("x" * 100)
    assert shown(long, line("1", "line go"), line("2", "line go")).endswith(
        f'{long}<span class="go">1\n2\n</span></code></pre>'
    )
    assert "long" in shown(*[line("x")] * 40)
    assert "long" not in shown(*[line("x")] * 10)


def test_a_book_with_the_same_anchor_twice_is_refused() -> None:
    with pytest.raises(SiteError, match="twice"):
        book.bound([book.Part(page, page, '<p id="twice"></p>') for page in ("a/", "b/")], "book/")


# Figures


@pytest.mark.parametrize("name", DRAWN)
def test_a_figure_follows_the_palette_and_says_what_it_shows(name: str) -> None:
    html = figure(name)
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert html.count("<svg") == 1
    assert re.search(r'role="img" aria-label="[^"]{80,}"', html)
    assert len(re.search(r"<figcaption>(.*)</figcaption>", html)[1]) > 60  # type: ignore[index]
    assert len(ids) == len(set(ids))
    assert all(name in one for one in ids)
    assert set(re.findall(r"url\(#([^)]+)\)|xlink:href=\"#([^\"]+)", html)) <= {(one, "") for one in ids} | {
        ("", one) for one in ids
    }
    assert not re.search(r"#[0-9a-f]{6}\b", html.replace("#ffffff", ""))
    for variable in re.findall(r"var\((--figure-\w+)\)", html):
        assert STYLE.count(f"{variable}:") == 2


def luminance(color: str) -> float:
    """Compute the relative luminance of WCAG 2.2."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("scheme", "background"), [("default", "#ffffff"), ("slate", "#1e2129")])
def test_the_lines_of_figures_can_be_seen(scheme: str, background: str) -> None:
    rules = STYLE[STYLE.index(f'[data-md-color-scheme="{scheme}"] {{') :].partition("}")[0]
    colors = re.findall(r"--figure-\d: (#\w{6})", rules)
    assert len(colors) == 5
    for color in colors:
        darker, lighter = sorted((luminance(color), luminance(background)))
        assert (lighter + 0.05) / (darker + 0.05) >= 3


def test_an_unknown_figure_is_refused_with_the_list() -> None:
    with pytest.raises(SiteError, match=r"'none'.*loss-curve"):
        figure("none")


def test_a_figure_is_drawn_the_same_way_twice() -> None:
    assert render("surprise") == render("surprise")


@pytest.fixture(scope="module")
def run() -> dict[str, Any]:
    return measured.default_run()


def test_the_figures_show_the_default_run(run: dict[str, Any]) -> None:
    again = new_run(Config(), bundled_documents())
    for _, step in zip(range(30), train(again)):
        assert step.loss == run["losses"][step.number - 1]
    assert len(run["losses"]) == again.config.steps
    assert list(again.model.parameters) == list(run["gradients"][0])


def test_the_name_whose_attention_is_drawn_was_not_trained_on(run: dict[str, Any]) -> None:
    documents = new_run(Config(), bundled_documents()).documents
    assert measured.NAME not in documents[: Config().steps]
    assert run["seen"] == ["BOS", *measured.NAME]
    for head in run["attention"]:
        assert [len(row) for row in head] == list(range(1, len(run["seen"]) + 1))
        assert all(math.isclose(math.fsum(row), 1.0, abs_tol=1e-12) for row in head)
        assert head[0] == [1.0]


def test_temperature_sharpens_and_flattens_without_changing_the_order(run: dict[str, Any]) -> None:
    shares = [run["first"][str(t)] for t in measured.TEMPERATURES]
    orders = [sorted(range(len(share)), key=lambda token: share[token]) for share in shares]
    assert all(order == orders[0] for order in orders)
    assert all(max(colder) > max(warmer) for colder, warmer in pairwise(shares))
    assert "The order never changes." in figure("temperature")


def test_queries_and_keys_have_the_smallest_gradients(run: dict[str, Any]) -> None:
    means = {name: math.fsum(step[name] for step in run["gradients"]) for name in run["gradients"][0]}
    assert {name.split("_")[-1] for name in sorted(means, key=means.__getitem__)[:2]} == {"wq", "wk"}
    assert min(min(step.values()) for step in run["gradients"]) > 0
    assert means["wte"] == pytest.approx(means["wpe"], rel=0.05)
    assert "queries and keys have the smallest; wte and wpe nearly coincide" in figure("gradient-sizes")


def test_vowels_have_moved_together(run: dict[str, Any]) -> None:
    rows = dict(zip(run["characters"], run["embeddings"], strict=True))
    vowels, others = "aeiou", [name for name in rows if name not in "aeiou" and name != "BOS"]

    def mean_distance(some: Any, more: Any) -> float:
        distances = [math.dist(rows[a], rows[b]) for a in some for b in more if a != b]
        return math.fsum(distances) / len(distances)

    assert mean_distance(vowels, vowels) < mean_distance(vowels, others)


def test_adam_gets_further_down_the_valley_than_the_plain_slope() -> None:
    plain = descent(0.035, 40, adaptive=False)
    adaptive = descent(0.25, 40, adaptive=True)
    assert plain[0] == adaptive[0]
    by_hand = (-4.0 - 0.035 * -4.0, 1.0 - 0.035 * 50.0)
    assert plain[1] == pytest.approx(by_hand)
    heights = [valley(*path[-1]) for path in (plain, adaptive)]
    assert heights[1] < heights[0] / 5
    told = re.search(r"creeps, and is at height ([\d.]+) after.*is at ([\d.]+)\.", figure("adam-path"))
    assert told
    assert [float(height) for height in told.groups()] == pytest.approx(heights, abs=0.0006)


# The machine


def test_the_map_shows_the_shapes_that_the_machine_really_has() -> None:
    model = as_floats(new_run(Config(), bundled_documents()).model)
    shapes: dict[str, int] = {}

    def listener(event: Event) -> None:
        if isinstance(event.output, list):
            shapes.setdefault(event.stage, len(event.output))

    caches: list[Cache[float]] = new_caches(model.config)
    with listening(listener):
        forward(model, 0, 0, caches)
    gives = {box.target.split(".")[-1]: box.gives for box in machine.boxes()}
    for stage in ("embed", "attention", "mlp"):
        assert gives[stage] == f"[n_embd] = [{shapes[stage]}]"
    assert gives["linear"] == gives["softmax"] == f"[vocab_size] = [{shapes['forward']}]"
    count = sum(len(row) for matrix in model.parameters.values() for row in matrix)
    assert gives["backward"] == f"{count:,} slopes"


def test_every_box_of_the_map_has_its_own_function_and_a_lesson() -> None:
    targets = [f"microgpt.{box.target}" for box in machine.boxes()]
    assert set(targets) <= set(homes())
    assert max(Counter(targets).values()) == 1
    html = machine.drawing()
    assert all(f'<autoref identifier="{target}">' in html for target in targets)
    assert all(called(box.chapter) in html for box in machine.boxes())


# Measurements


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["matters", "makemore"]])
def test_measure_says_which_experiments_there_are(arguments: list[str]) -> None:
    command = [sys.executable, str(cache.ROOT / "docs/measure.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert re.fullmatch(r"measure\.py: .*matters, heads, ladder, makemore\n", done.stderr)


def test_everything_was_tried_with_every_seed() -> None:
    record = experiments.measurements("matters")
    assert record["settings"] == asdict(Config()) | {"seeds": [*experiments.SEEDS], "exam": 1000}
    assert [(one["steps"], one["n_layer"]) for one in record["results"]] == [*experiments.SETUPS]
    for result in record["results"]:
        assert list(result["losses"]) == ["unchanged", *ABLATIONS]
        assert {len(losses) for losses in result["losses"].values()} == {len(experiments.SEEDS)}


@needs_the_original
@pytest.mark.parametrize("name", ["unchanged", "1 head", "batches of 4", "no residuals"])
def test_what_was_measured_is_what_the_program_computes(name: str) -> None:
    pytest.importorskip("numba")
    names = reference_file("names.txt").read_text(encoding="utf-8").split()
    rest, exam = fixed_exam(names, Config())
    losses = experiments.measurements("matters")["results"][0]["losses"][name]
    ablation = {"unchanged": UNCHANGED, **ABLATIONS}[name]
    assert tried(ablation, Config(), rest, exam, [1, 7]) == pytest.approx([losses[0], losses[6]], abs=1e-5)


def test_what_was_measured_is_what_the_page_says() -> None:
    found = comparison.effects()
    short, long, deep, both = (found[comparison.Setup(*setup)] for setup in experiments.SETUPS)
    parts = [name for name, one in ABLATIONS.items() if one.group == "structure"]
    for setup in found.values():
        assert max(parts, key=lambda name: setup[name].mean) == "no residuals"
        assert setup["no residuals"].is_clear
    assert deep["no residuals"].mean > 2 * short["no residuals"].mean
    assert both["no residuals"].mean > 2 * long["no residuals"].mean
    for name, most in {
        "no attention": 0.012,
        "plain mean of the past": 0.004,
        "no division by the root": 0.004,
        "no positions": 0.02,
        "1 head": 0.005,
    }.items():
        assert 0 < short[name].mean < most, name
        assert long[name].is_clear
        assert long[name].mean > 2 * short[name].mean, name
    assert sorted(parts, key=lambda name: -long[name].mean)[1] == "no attention"
    for setup in (short, long):
        assert setup["no first norm"].is_clear
        assert setup["no norms in the layers"].mean < 0.003
        assert setup["no ReLU"].is_clear
        assert abs(setup["ReLU squared"].mean) < 0.003
        assert setup["last matrix tied to wte"].is_clear
        assert setup["constant rate"].mean > 0.05
        assert setup["beta2 0.9"].is_clear
    rates = [f"rate {rate}" for rate in (0.003, 0.005, 0.02, 0.03)]
    assert all(short[name].mean > 0 and short[name].is_clear for name in rates)
    assert long["rate 0.005"].mean < 0 < long["rate 0.02"].mean
    assert long["rate 0.005"].is_clear
    for setup in (short, long):
        assert setup["width 32 at rate 0.005"].mean < 0
        assert setup["width 32 at rate 0.005"].is_clear
        assert setup["width 32"].mean > setup["width 32 at rate 0.005"].mean
        best = min(setup, key=lambda name: (math.isnan(setup[name].mean), setup[name].mean))
        assert best == "batches of 16"
        assert setup["batches of 16 at rate 0.03"].mean > setup["batches of 16"].mean
    assert long["width 32"].mean > 0
    for name in ("beta1 0", "betas 0.9 and 0.999", "no correction of the start"):
        assert short[name].mean < 0.003, name
    for setup in found.values():
        assert math.isnan(setup["plain descent at 1.0"].mean)
        assert setup[comparison.best_descent(comparison.Setup(1000, 1))].mean > 0
    for setup in found.values():
        assert setup["cosine in place of a line"].is_clear
        assert setup["cosine in place of a line"].mean > 0
        assert setup["beta2 0.9"].mean > 0.01
        assert abs(setup["no correction of the start"].mean) < 0.004
    assert both["no norms in the layers"].is_clear
    assert deep["no ReLU"].mean > short["no ReLU"].mean
    assert both["no ReLU"].mean > long["no ReLU"].mean
    for many_heads in ("8 heads", "16 heads"):
        assert not short[many_heads].is_clear
        assert long[many_heads].is_clear
        assert long[many_heads].mean < 0
    unchanged = [
        statistics.fmean(one["losses"]["unchanged"]) for one in experiments.measurements("matters")["results"]
    ]
    assert abs(unchanged[2] - unchanged[0]) < 0.002
    assert 0.005 < unchanged[1] - unchanged[3] < 0.03
    for name in ("init_std 0.001", "init_std 0.02", "init_std 0.25"):
        assert abs(short[name].mean) < 0.015
    uniform = experiments.measurements("heads")["uniform"][0][[*TARGETS].index("vowel")]
    for result in experiments.measurements("heads")["results"]:
        vowels = [head[[*TARGETS].index("vowel")] for model in result["shares"] for head in model]
        assert statistics.fmean(vowels) < uniform + (0.002 if result["steps"] == 1000 else -0.05)
    few, many = (one["shares"] for one in experiments.measurements("heads")["results"][:2])
    evenness = [
        [head[[*TARGETS].index("evenness")] for model in shares for head in model] for shares in (few, many)
    ]
    assert sum(evenness[0]) / len(evenness[0]) > sum(evenness[1]) / len(evenness[1]) + 0.02
    assert len(set(map(len, (few, many)))) == 1


def test_effects_are_differences_seed_by_seed() -> None:
    result = experiments.measurements("matters")["results"][1]
    pairs = zip(result["losses"]["no ReLU"], result["losses"]["unchanged"], strict=True)
    found = comparison.effects()[comparison.Setup(result["steps"], result["n_layer"])]["no ReLU"]
    assert found == Effect.of([loss - other for loss, other in pairs])


@needs_the_original
def test_where_heads_look_is_what_a_trained_model_does() -> None:
    pytest.importorskip("numba")
    from microgpt.engines.crowd import train_crowd

    names = reference_file("names.txt").read_text(encoding="utf-8").split()
    rest, exam = fixed_exam(names, Config())
    (numbers,) = train_crowd(Config(), rest, [3], exam[:1]).parameters.tolist()
    model = experiments.model_of(Config(), Tokenizer.from_documents(rest), numbers)
    looked = exam[: experiments.LOOKED_AT]
    expected = experiments.measurements("heads")["results"][0]["shares"][2]
    for found, head in zip(attention_shares(model, looked), expected, strict=True):
        assert found == pytest.approx(head, abs=2e-4)
    (even,) = attention_shares(None, looked)
    assert even == pytest.approx(experiments.measurements("heads")["uniform"][0])
    named = dict(zip(TARGETS, even, strict=True))
    assert named["evenness"] == 1
    assert named["self"] == named["previous"] == named["mark"]


def test_the_record_of_the_ladder_has_every_rung_and_proofs() -> None:
    results = experiments.measurements("ladder")["results"]
    measured = {tuple(rung[:2]) for rung in results["turns"]["rungs"]}
    assert measured == {(name, one) for name, rung in RUNGS.items() for one in rung.tolerances}
    for one in results["race"]:
        engine, precision, _ = one["runner"]
        assert one["is_same"]
        assert one["difference"] <= RUNGS[engine].tolerances[precision]
    assert {one["dial"] for one in results["sizes"]} == {*SIZES}


@needs_the_original
def test_the_measurements_of_the_originals_run_are_the_originals() -> None:
    record = experiments.measurements("makemore")
    results, original = record["results"], golden()
    assert record["settings"] == asdict(Config())
    assert results["losses"] == pytest.approx([float.fromhex(loss) for loss in original["losses"]], abs=1e-6)
    assert [sample for sample, _ in results["samples"]] == original["samples"]


@needs_the_original
def test_the_measured_scores_and_novelties_are_what_the_program_computes() -> None:
    results = experiments.measurements("makemore")["results"]
    run = new_run(Config(), reference_file("names.txt").read_text(encoding="utf-8").split())
    run.losses = results["losses"]  # as after its training
    counts, tokenizer = CountingBaselines.of_run(run), run.model.tokenizer
    questions = [contexts(tokenizer.encode(name), run.config.block_size) for name in held_out_documents(run)]
    for name, opponent in OPPONENTS.items():
        score = score_of(
            [[surprise(opponent.chance(counts, *pair)) for pair in pairs] for pairs in questions]
        )
        assert results["scores"][name]["loss"] == pytest.approx(score.loss, abs=1e-6)
        assert results["scores"][name]["standard_error"] == pytest.approx(score.standard_error, abs=1e-6)
        ahead = score.loss - results["scores"]["model"]["loss"]
        assert results["ahead"][name]["loss"] == pytest.approx(ahead, abs=2e-6)
    order = ["back_off", "model", "bigram", "unigram", "uniform"]
    assert order == sorted(order, key=lambda name: results["scores"][name]["loss"])
    for ahead_of in (results["ahead_on_all_others"], results["longer"]["ahead"]):
        assert ahead_of["back_off"]["loss"] < -2 * ahead_of["back_off"]["standard_error"]
        assert ahead_of["bigram"]["loss"] > 2 * ahead_of["bigram"]["standard_error"]
    novelty = novelty_in(run.trained_on, run.documents, run.config.block_size)
    assert results["samples"] == [[sample, novelty(sample).value] for sample, _ in results["samples"]]
