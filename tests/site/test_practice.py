"""The pages of the exercises, of the clinic and for teachers: all of the catalog, no answer in the open."""

import dataclasses
import doctest
import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from microgpt import contents
from microgpt.contents import CHAPTERS
from microgpt.study import apart
from microgpt.study.apart import pairs
from microgpt.study.exercises import exercises
from microgpt.study.patients import patients
from microgpt.study.questions import questions_of
from microgpt.study.task_files import task_file
from tests.support.browser import ROOT

pytest.importorskip("mkdocs", reason="the site is not checked: pip install -e '.[dev]'")

from markdown import markdown
from sitemaker import bedside, names, pages, practice, teaching, ward
from sitemaker.errors import SiteError
from sitemaker.figures.of_patients import verdict
from sitemaker.writing import folded, prose

pytestmark = pytest.mark.xdist_group("site")

FOLDED = re.compile(r"<details(?:(?!<details).)*?</details>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")
MODULE = re.compile(rf"\bmicrogpt\.({'|'.join(re.escape(one.module) for one in CHAPTERS)})\b(?!\.\w)")
"""A chapter, which the site calls by its name."""


def article(folder: Path, page: str) -> str:
    html = (folder / page / "index.html").read_text(encoding="utf-8")
    return html[html.index("<article") : html.index("</article>")]


def text_of(html: str) -> str:
    return unescape(TAG.sub("", html))


def in_the_open(html: str) -> str:
    """Leave out what is folded away, from the innermost box on."""
    while FOLDED.search(html):
        html = FOLDED.sub("", html)
    return text_of(html)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text)


# Every one has its page


def made() -> dict[str, str]:
    return {page.uri: page.content for page in pages.leaves(pages.tree())}


def test_every_exercise_and_every_patient_has_its_page() -> None:
    found = {uri for uri in made() if uri.startswith("practice/")}
    assert found == {
        "practice/answers.md",
        "practice/exercises/index.md",
        "practice/clinic/index.md",
        *(f"practice/exercises/{name}.md" for name in exercises()),
        *(f"practice/clinic/{number}.md" for number in patients()),
    }


def test_a_line_in_the_order_is_a_page_in_the_navigation(monkeypatch: pytest.MonkeyPatch) -> None:
    first = next(iter(exercises().values()))
    new = dataclasses.replace(first, name="made_up", minutes=7, teaches="To be there.")
    everything = {**exercises(), "made_up": new}
    for module in (apart, practice, teaching):
        monkeypatch.setattr(module, "exercises", lambda: everything)
    tree: Any = pages.tree()
    part = next(chapter.part for chapter in CHAPTERS if chapter.module == first.chapter)
    assert tree["Practice"]["Exercises"][part]["made_up"].uri == "practice/exercises/made_up.md"
    listed = tree["Practice"]["Exercises"]["All exercises"].content
    assert "| [`made_up`](made_up.md) | 7 |" in listed
    assert "[made&#95;up](practice/exercises/made_up.md) 7" in teaching.lessons()
    assert '"made_up"' in tree["Practice"]["Answer key"].content


def test_the_list_of_exercises_has_all_in_reading_order(site: tuple[Path, str]) -> None:
    rows = re.findall(
        r'<tr>\s*<td><a href="(\w+)/">',
        article(site[0], "practice/exercises"),
    )
    assert rows == list(exercises())


def test_the_list_of_patients_tells_symptoms_only(site: tuple[Path, str]) -> None:
    text = squeezed(text_of(article(site[0], "practice/clinic")))
    for one in patients().values():
        assert squeezed(one.symptom.replace("`", "")) in text
        assert one.name not in text
        assert squeezed(one.story[:60]) not in text


# What stands on a page


@pytest.mark.parametrize("name", exercises())
def test_a_task_is_shown_as_its_file_has_it(name: str, site: tuple[Path, str]) -> None:
    one = exercises()[name]
    shown = text_of(article(site[0], f"practice/exercises/{name}"))
    signature = one.promise.partition('"""')[0].removesuffix("r")
    assert squeezed(f"{signature}raise NotImplementedError") in squeezed(shown)
    assert squeezed(signature) in squeezed(task_file(one))
    for example in doctest.DocTestParser().get_examples(one.told):
        assert squeezed(example.source.splitlines()[0]) in squeezed(shown)
        assert squeezed(example.want.splitlines()[0] if example.want else "") in squeezed(shown)
    assert f"python -m microgpt exercises start {name}\n" in shown
    assert all(
        shown.count(f"Hint {number} of {len(one.hints)}") == 1 for number in range(1, len(one.hints) + 1)
    )


@pytest.mark.parametrize("name", exercises())
def test_no_solution_stands_outside_a_box(name: str, site: tuple[Path, str]) -> None:
    one = exercises()[name]
    html = article(site[0], f"practice/exercises/{name}")
    last = one.solution.strip().splitlines()[-1].strip()
    for whole in (one.solution, one.why.replace("`", "")):
        assert squeezed(whole) in squeezed(text_of(html))
        assert squeezed(whole) not in squeezed(in_the_open(html))
    body = in_the_open(html).replace(text_of(one.promise), "")
    assert last not in body or last in one.promise
    assert not [hint for hint in one.hints if squeezed(hint.replace("`", "")) in squeezed(in_the_open(html))]


@pytest.mark.parametrize("name", exercises())
def test_both_versions_of_a_pair_stand_side_by_side_and_the_answer_is_folded(
    name: str, site: tuple[Path, str]
) -> None:
    html = re.sub("<study-apart[^>]*>", "", article(site[0], f"practice/exercises/{name}"))
    own = [pair for pair in pairs() if pair.exercise.name == name]
    boxes = html.split('<details class="example"')[1:]
    assert len(boxes) == len(own)
    for pair, box in zip(own, boxes, strict=True):
        before, _, answer = box.partition('<details class="success"')
        versions = [squeezed(text_of(part)) for part in before.split("Version ")[1:]]
        for letter, body, version in zip("AB", pair.bodies(), versions, strict=True):
            assert squeezed(f"{letter} {body}").strip() in version
        assert f"Version {pair.wrong_letter} is wrong." in text_of(answer)
        assert "is wrong" not in text_of(before)


@pytest.mark.parametrize("number", patients())
def test_the_page_of_a_patient_begins_with_its_symptom_and_folds_its_story(
    number: int, site: tuple[Path, str]
) -> None:
    one = patients()[number]
    html = article(site[0], f"practice/clinic/{number}")
    seen, text = squeezed(in_the_open(html)), squeezed(text_of(html))
    assert squeezed(one.symptom.replace("`", "")) in seen
    assert f'id="figure-patient-{number}"' in html
    for secret in (ward.sentence(one.name), one.story, one.hints[0], one.caught_by):
        told = MODULE.sub(lambda name: names.called(name[1]), secret)
        plain = squeezed(unescape(re.sub(r"`|</?code>", "", told))).strip()
        assert plain[:80] in text
        assert plain[:80] not in seen
    changes = [line for line in ward.difference(one).splitlines() if line[0] in "+-"]
    assert changes
    for line in changes:
        assert squeezed(line) in text
        assert squeezed(line) not in seen


def test_what_a_probe_shows_was_looked_at() -> None:
    for number, one in patients().items():
        look = bedside.looks()[number]
        assert bool(look.told) is (one.ill or one.by_loss)
        assert len(look.losses) == one.steps or look.ended
        assert look.sick in unescape(TAG.sub("", bedside.shown(f"{number} sick")))
        assert look.true in unescape(TAG.sub("", bedside.shown(f"{number} true")))
    assert len(bedside.looks()[bedside.HEALTHY].losses) == max(one.steps for one in patients().values())


@pytest.mark.parametrize("source", ["", "1", "1 well", "x sick", "999 sick"])
def test_a_block_about_no_patient_is_refused(source: str) -> None:
    with pytest.raises(SiteError, match="1 sick"):
        bedside.shown(source)


def test_the_words_under_a_curve_say_what_is_to_be_seen() -> None:
    def look(*losses: float, ended: str = "") -> bedside.Look:
        return bedside.Look("", "", "", [*losses], ended)

    true = look(3.0, 2.0)
    assert "to the last bit" in verdict(look(3.0, 2.0), true)
    assert "from step 2 on, by 0.001 at most" in verdict(look(3.0, 2.001), true)
    assert "are 10.50 for the patient and 2.50" in verdict(look(3.0, 18.0), true)
    assert verdict(look(3.0, 18.0), true).endswith("It leaves the picture.")
    assert verdict(look(3.0, ended="ValueError: no"), true).startswith(
        "The run of the patient stops at step 2."
    )


# Teachers


def test_the_teachers_page_names_every_chapter_with_all_that_it_has(site: tuple[Path, str]) -> None:
    html = article(site[0], "teaching")
    assert teaching.PLACE not in html
    found = re.findall(r"<tr>\s*<td><a [^>]*>([^<]+)</a></td>(.*?)</tr>", html, re.DOTALL)
    assert [unescape(title) for title, _ in found] == [names.called(chapter.module) for chapter in CHAPTERS]
    for chapter, (_, row) in zip(CHAPTERS, found, strict=True):
        for one in exercises().values():
            assert (f'practice/exercises/{one.name}/"' in row) is (one.chapter == chapter.module)
        asked = len(questions_of(chapter.module))
        assert text_of(row).split("\n")[-2].strip() == (str(asked) if asked else "")
    for number in patients():
        assert f'practice/clinic/{number}/"' in html


def test_what_a_chapter_needs_stands_before_it() -> None:
    assert teaching.needs("first_steps") == []
    assert {"autograd", "vectors"} <= set(teaching.needs("attention"))
    for chapter in CHAPTERS:
        assert set(teaching.needs(chapter.module)) <= set(contents.before(chapter.module))


def test_the_answer_key_has_every_answer_and_folds_it(site: tuple[Path, str]) -> None:
    html = article(site[0], "practice/answers")
    seen, text = squeezed(in_the_open(html)), squeezed(text_of(html))
    for one in exercises().values():
        assert squeezed(one.solution) in text
        assert squeezed(one.solution) not in seen
    for pair in pairs():
        assert f"{pair.name}: {pair.wrong_letter} is wrong" in text
    for sick in patients().values():
        assert squeezed(sick.story[1:60]).strip().replace("`", "") in text
        assert sick.name not in seen


def test_the_misunderstandings_point_into_the_book() -> None:
    written = (ROOT / "docs/pages" / teaching.PAGE).read_text(encoding="utf-8")
    answers = written.partition("## What is misunderstood")[2].split("\n### ")[1:]
    assert len(answers) >= 9
    assert all(re.search(r"\]\[microgpt\.|`microgpt\.", answer) for answer in answers)


# Around the pages


def test_a_chapter_comes_before_an_exercise_in_the_search_and_no_answer_is_found(
    site: tuple[Path, str],
) -> None:
    index = json.loads((site[0] / "search/search_index.json").read_text(encoding="utf-8"))
    entries = [one for one in index["docs"] if one["location"].startswith("practice/")]
    assert entries
    assert all(one["boost"] <= 0.001 for one in entries)
    assert not [one for one in entries if "answers" in one["location"]]
    found = squeezed(" ".join(text_of(one["text"]) for one in entries))
    for one in exercises().values():
        assert squeezed(one.why.replace("`", ""))[:60] not in found
        assert squeezed(one.wrong[0].why.replace("`", "")) not in found
    for sick in patients().values():
        assert squeezed(re.sub("`", "", sick.story)).strip()[:40] not in found


def test_the_pages_are_folded_away_in_the_navigation(site: tuple[Path, str]) -> None:
    html = (site[0] / "index.html").read_text(encoding="utf-8")
    menu = html[html.index("md-nav--primary") :]
    assert "practice/exercises/softmax/" not in menu
    inside = (site[0] / "practice/clinic/1/index.html").read_text(encoding="utf-8")
    assert inside.count("../../exercises/") < len(exercises())


def test_a_text_of_the_catalog_is_no_markdown_but_for_its_code() -> None:
    text = "a * b * c, __init__ and $x$ [0] * 6 | `n_embd` <b> of microgpt.vectors and microgpt.nothing."
    html = markdown(prose(text, {"microgpt.vectors"}))
    assert text_of(html) == text.replace("`", "")
    assert re.findall("<code>(.*?)</code>", html) == ["n_embd", "microgpt.vectors", "microgpt.nothing"]
    assert "<em>" not in html


def test_a_title_with_quotation_marks_stays_whole() -> None:
    assert folded("tip", 'say "no"', "Text.") == "??? tip \"say 'no'\"\n\n    Text.\n"
