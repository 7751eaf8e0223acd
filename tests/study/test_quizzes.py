"""The quizzes: each can be asked, its numbers are those of its place, and no trap leads to the right one."""

import pytest

from microgpt.contents import CHAPTERS
from microgpt.study.questions import questions_of
from microgpt.study.quiz import Choice, Item, Order, Quantity, QuizError, Trap, quiz_in, quiz_of, shuffled
from microgpt.study.quiz_numbers import numbers_after, numbers_of, shown
from microgpt.study.review import ASKED, chapters_of, parts_up_to, review_of
from tests.support.package import READING_ORDER

ALL = [item for name in READING_ORDER for item in quiz_of(name)]
PARTS = parts_up_to(CHAPTERS[-1].part)


def named(item: Item) -> str:
    return f"{item.chapter}: {item.question[:40]}"


@pytest.mark.parametrize("name", READING_ORDER)
def test_a_chapter_asks_three_to_five_questions_of_its_own_in_at_least_two_ways(name: str) -> None:
    items = quiz_of(name)
    asked = [item.question for item in items]
    assert 3 <= len(items) <= 5
    assert len(set(asked)) == len(asked)
    assert set(asked) <= {question.title for question in questions_of(name)}
    assert len({item.kind for item in items}) >= 2


@pytest.mark.parametrize("item", [one for one in ALL if isinstance(one, Choice)], ids=named)
def test_a_choice_has_one_right_answer_that_does_not_stand_out(item: Choice) -> None:
    right, *wrong = (len(option.text) for option in item.options)
    assert len({option.text.casefold().rstrip(".") for option in item.options}) == len(item.options)
    assert right <= 2 * max(wrong), "the longest answer is the right one, as everybody knows"
    assert all(option.because.endswith((".", "?", "!")) for option in item.options)


@pytest.mark.parametrize("item", [one for one in ALL if isinstance(one, Quantity)], ids=named)
def test_a_number_comes_about_as_it_says_and_no_trap_leads_to_it(item: Quantity) -> None:
    try:
        numbers = numbers_of(item)
    except ImportError as missing:
        pytest.skip(str(missing))
    answers = [shown(number, item.digits) for number in numbers]
    assert len(set(answers)) == len(answers), answers
    right = numbers[0]
    for nearby in (right - 1e-9 * max(1, abs(right)), right + 1e-9 * max(1, abs(right))):
        assert f"{nearby + 0.0:.{item.digits}f}".lstrip("-") == answers[0].lstrip("-"), "between two answers"


@pytest.mark.parametrize("item", [one for one in ALL if isinstance(one, Order)], ids=named)
def test_steps_are_shown_in_another_order_that_is_always_the_same(item: Order) -> None:
    mixed = shuffled(item, item.steps)
    assert sorted(mixed) == sorted(item.steps)
    assert mixed != list(item.steps)
    assert mixed == shuffled(item, item.steps)


def test_the_right_answer_has_no_favorite_place() -> None:
    places = [shuffled(item, item.options).index(item.options[0]) for item in ALL if isinstance(item, Choice)]
    assert max(places.count(place) for place in set(places)) < 0.5 * len(places)


@pytest.mark.parametrize("part", PARTS)
def test_a_review_asks_of_this_part_and_of_those_before_in_several_ways(part: str) -> None:
    asked = review_of(part)
    so_far = [name for one in parts_up_to(part) for name in chapters_of(one)]
    own = [item for item in asked if item.chapter in chapters_of(part)]
    assert len(set(asked)) == len(asked) == ASKED
    assert {item.chapter for item in asked} <= set(so_far)
    assert len({item.chapter for item in asked}) >= 5
    assert len({item.kind for item in asked}) >= 2
    assert len(own) >= ASKED // 2
    assert part == PARTS[0] or len(own) < ASKED


def test_no_question_is_reviewed_twice() -> None:
    asked = [item for part in PARTS for item in review_of(part)]
    assert len(set(asked)) == len(asked)


OPTIONS = 'options = [{text = "a", because = "b"}, {text = "c", because = "d"}, {text = "e", because = "f"}]'


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ('kind = "choice"\n' + OPTIONS, "a question and a kind"),
        ('question = "Q?"\nkind = "essay"', "one of choice, number, order"),
        ('question = "Q?"\nkind = "choice"', "a choice needs options"),
        ('question = "Q?"\nkind = "choice"\ndigits = 2\n' + OPTIONS, "a choice has no digits"),
        ('question = "Q?"\nkind = "choice"\n' + OPTIONS.replace('"c"', '"a"'), "are the same"),
        ('question = "Q?"\nkind = "choice"\n' + OPTIONS.replace(', because = "d"', ""), "and a reason"),
        ('question = "Q?"\nkind = "choice"\noptions = [{text = "a", because = "b"}]', "there must be 3 to 4"),
        ('question = "Q?"\nkind = "number"\nvalue = "1"\ntraps = []', "0 traps; there must be 1 to 6"),
        ('question = "Q?"\nkind = "order"\nsteps = ["a", "b"]\nbecause = "c"', "2 steps"),
    ],
)
def test_an_item_that_cannot_be_asked_says_what_it_lacks(entry: str, said: str) -> None:
    with pytest.raises(QuizError, match=said):
        quiz_in(f"[[item]]\n{entry}", "a chapter")


@pytest.mark.parametrize(
    ("texts", "expression", "said"),
    [
        ([">>> one = 1\n>>> one + 1\n3\n"], "one", "an example before the question fails"),
        ([], "lost + 1", "'lost' is not defined"),
        ([], "'1'", "is no number"),
        ([], "1 +", "SyntaxError"),
    ],
)
def test_a_number_that_cannot_be_computed_says_why(texts: list[str], expression: str, said: str) -> None:
    with pytest.raises(QuizError, match=said):
        numbers_after(texts, [expression], {})


def test_a_question_that_the_chapter_does_not_ask_has_no_number() -> None:
    item = Quantity("attention", "Q?", "", "dot", (Trap("1", "One."),))
    with pytest.raises(QuizError, match=r"attention, 'Q\?': there is no question box"):
        numbers_of(item)
