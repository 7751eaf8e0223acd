"""The text of the chapters: their rhythm, the order in which they explain their terms, their questions."""

import re
from functools import cache

import pytest

from microgpt.contents import CHAPTERS, before
from microgpt.study.components import HOMES, SIGNS, elements_of, sections
from microgpt.study.glossary import TERMS, Term, pattern
from microgpt.study.passages import Passage, chapter_passages, paragraphs
from microgpt.study.questions import COMPONENTS, DEPTHS, Question, questions_of
from tests.support.package import MODULES, READING_ORDER

HEADINGS = (
    "What you will be able to do",
    "The question",
    "The picture",
    "Pitfalls",
    "Check yourself",
    "To keep",
    "What follows",
)
"""The rhythm of a chapter. Words, symbols and numbers stand between the picture and the pitfalls."""


@cache
def text_of(module: str) -> str:
    return chapter_passages(module)[0].text


# The rhythm


@pytest.mark.parametrize("name", READING_ORDER)
def test_a_chapter_has_the_rhythm_of_all(name: str) -> None:
    headings = [heading for heading in sections(text_of(name)) if heading in HEADINGS]
    assert tuple(headings) == HEADINGS


@pytest.mark.parametrize("name", READING_ORDER)
def test_a_pitfall_is_shown(name: str) -> None:
    assert ">>>" in sections(text_of(name))["Pitfalls"]


@pytest.mark.parametrize("name", READING_ORDER)
def test_there_are_three_sentences_to_keep(name: str) -> None:
    assert len(re.findall(r"^- ", sections(text_of(name))["To keep"], re.MULTILINE)) == 3


@pytest.mark.parametrize("name", READING_ORDER)
def test_there_are_three_questions_and_each_says_how_deep_it_goes(name: str) -> None:
    questions = questions_of(name)
    assert len(questions) >= 3
    assert [question.title for question in questions if question.depth not in DEPTHS] == []


@pytest.mark.parametrize("name", MODULES)
def test_no_question_is_overlooked(name: str) -> None:
    boxes = sum(passage.text.count("??? question") for passage in chapter_passages(name))
    assert name.startswith("study.") or boxes == len(questions_of(name))


@cache
def all_questions() -> tuple[Question, ...]:
    return tuple(question for name in READING_ORDER for question in questions_of(name))


@pytest.mark.parametrize("component", COMPONENTS)
def test_a_component_is_asked_about_at_every_depth(component: str) -> None:
    asked = {question.depth for question in all_questions() if question.component == component}
    assert asked == set(DEPTHS)


@pytest.mark.parametrize("component", COMPONENTS)
def test_a_component_is_explained_in_all_ways(component: str) -> None:
    """The table of component against element is full."""
    found = elements_of(component)
    assert [element for element in (*SIGNS, *DEPTHS) if not found[element]] == []


def test_each_component_has_a_home() -> None:
    assert HOMES.keys() == COMPONENTS.keys()
    for home in HOMES.values():
        there = {passage.owner for passage in chapter_passages(home.chapter)}
        assert set(home.names) <= there


def test_no_question_is_asked_twice() -> None:
    titles = [question.title for question in all_questions()]
    assert len(titles) == len(set(titles))


STUDY_GUIDE = {
    "what one should know": (
        "What is a GPT?",
        "What does autoregressive mean?",
        "Why must text become numbers?",
        "What is an embedding?",
        "What does softmax make of equal scores, of one score, and of a lead of ln 3?",
        "Why do we need a loss?",
        "What is gradient descent?",
        "How is text generated?",
    ),
    "why it is so": (
        "Why several heads and not one?",
        "Why does the model need position embeddings?",
        "What are residual connections for?",
        "Why keep numbers at one size at all, and does this model need it?",
        "What is cross-entropy?",
        "What does backpropagation do?",
        "What is the chain rule?",
        "Why Adam and not plain gradient descent?",
    ),
    "how it is done": (
        "How do you implement attention?",
        "How do you write a softmax that cannot overflow?",
        "How does RMS normalization keep numbers at one size?",
        "How do you implement Adam?",
        "A parameter does not learn. How do you find out why?",
        "How do you choose the dials?",
        "How would you make it faster?",
        "Which inputs could break a training loop?",
    ),
    "what lies below": (
        "Why do the comparisons grow with the square of the length?",
        "Where does Adam's rule come from?",
        "Why divide by the root of d?",
        "Which way does the slope take through a residual path?",
        "When does a model learn by heart instead of learning?",
        "How do you design an experiment?",
        "Which papers should one read first?",
    ),
}
"""What a course on transformers asks, from the easiest to the hardest."""


@pytest.mark.parametrize("title", [title for titles in STUDY_GUIDE.values() for title in titles])
def test_what_every_course_asks_has_a_home(title: str) -> None:
    assert title in [question.title for question in all_questions()]


def test_as_many_questions_are_our_own() -> None:
    assert len(all_questions()) >= 2 * sum(map(len, STUDY_GUIDE.values()))


# The glossary


@pytest.mark.parametrize("name", TERMS)
def test_a_term_is_explained_at_its_home(name: str) -> None:
    """Its home has the section, and the term or one of its other names stands out there."""
    term = TERMS[name]
    home = [passage for passage in chapter_passages(term.chapter) if passage.owner == term.section]
    text = home[0].text if home else sections(text_of(term.chapter))[term.section]
    prose = [piece for kind, piece in paragraphs(text) if kind == "prose"]
    marked = " ".join(word for piece in prose for word in re.findall(r"\*{1,2}([^*]+)\*{1,2}", piece))
    assert pattern(name).search(marked) or any(other.lower() in marked.lower() for other in term.also)


def early(name: str, passages: list[Passage], term: Term) -> list[str]:
    """List the paragraphs that use a term and do not point to its home."""
    link = f"microgpt.{term.chapter}"
    return [
        f"{passage.owner}: {piece}"
        for passage in passages
        for kind, piece in paragraphs(passage.text)
        if kind in ("prose", "diagram") and link not in piece
        if pattern(name).search(plain(piece) if kind == "prose" else piece)
    ]


def plain(text: str) -> str:
    """Leave out what is no prose: code in a line, formulas, addresses, arguments."""
    text = re.sub(r"<!--.*?-->|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$|\]\([^)]*\)", " ", text, flags=re.DOTALL)
    return re.sub(r"^Sources: .*", " ", text, flags=re.DOTALL)


@pytest.mark.parametrize("name", READING_ORDER)
def test_a_term_is_explained_before_it_is_used(name: str) -> None:
    known = {name, *before(name)}
    passages = chapter_passages(name)
    found = {
        term: early(term, passages, entry) for term, entry in TERMS.items() if entry.chapter not in known
    }
    assert {term: where for term, where in found.items() if where} == {}


def test_a_term_used_too_early_is_found() -> None:
    passages = [
        Passage("", "It has softmax.\n\n```mermaid\na[softmax] --> b\n```\n\n>>> softmax([1])\n[1.0]")
    ]
    assert len(early("softmax", passages, TERMS["softmax"])) == 2
    assert (
        early("softmax", [Passage("", "What softmax is, says `microgpt.vectors`.")], TERMS["softmax"]) == []
    )


def test_the_terms_stand_in_the_order_of_the_book() -> None:
    order = [READING_ORDER.index(term.chapter) for term in TERMS.values()]
    assert order == sorted(order)
    assert len(CHAPTERS) == len(READING_ORDER)
