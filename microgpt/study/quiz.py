r"""The quizzes: questions of a chapter that ask for an answer before they show one.

A quiz item belongs to a question box of a chapter and says how a reader can commit to an answer: a number to
type, one of several choices, or steps to put in order. What is right stands in the chapter; what one can
believe instead, and why that is wrong, stands in the item.

>>> items = quiz_in('''
... [[item]]
... question = "What does a shelf hold?"
... kind = "choice"
... options = [
...   { text = "Books", because = "A shelf is for what is wanted again." },
...   { text = "Readers", because = "Readers come and go." },
...   { text = "Nothing", because = "Then nobody would look at it." },
... ]
... ''', "library")
>>> items[0].kind, [option.text for option in items[0].options]
('choice', ['Books', 'Readers', 'Nothing'])

The items of a chapter are in `study/quizzes`, in a file that is named like its module. A number is never
written down there, but the expression that gives it: `microgpt.study.quiz_numbers` computes it.
"""

import pkgutil
import random
import tomllib
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias, TypeVar


class QuizError(ValueError):
    """An item of a quiz that cannot be asked. The message says which, and what it lacks."""


class Option(NamedTuple):
    """One of several answers.

    Attributes:
        text: The answer, in Markdown without blocks.
        because: Why it is right, or what somebody believes who takes it.
    """

    text: str
    because: str


class Trap(NamedTuple):
    """A number that one gets by a misconception.

    Attributes:
        value: The expression that gives it.
        because: The misconception.
    """

    value: str
    because: str


class Choice(NamedTuple):
    """A question with several answers, one of them right.

    Attributes:
        chapter: The module of the chapter.
        question: The title of the question box.
        ask: What is asked, where the title alone does not say it; "" where it does.
        options: The answers; the first is the right one.
    """

    chapter: str
    question: str
    ask: str
    options: tuple[Option, ...]
    kind: str = "choice"


class Quantity(NamedTuple):
    """A question whose answer is a number.

    Attributes:
        chapter: The module of the chapter.
        question: The title of the question box.
        ask: What is asked, where the title alone does not say it; "" where it does.
        value: A Python expression for the right number.
        traps: Numbers that one gets by a misconception, at least one.
        digits: How many decimals are asked for; 0 for a whole number.
        unit: What the number counts, or "".
    """

    chapter: str
    question: str
    ask: str
    value: str
    traps: tuple[Trap, ...]
    digits: int = 0
    unit: str = ""
    kind: str = "number"


class Order(NamedTuple):
    """Steps to put in order.

    Attributes:
        chapter: The module of the chapter.
        question: The title of the question box.
        ask: What is asked, where the title alone does not say it; "" where it does.
        steps: The steps in the right order.
        because: Why this order.
    """

    chapter: str
    question: str
    ask: str
    steps: tuple[str, ...]
    because: str
    kind: str = "order"


Item: TypeAlias = Choice | Quantity | Order
T = TypeVar("T")

_NEEDED = {"choice": {"options"}, "number": {"value", "traps"}, "order": {"steps", "because"}}
_POSSIBLE = {"choice": {"ask"}, "number": {"ask", "digits", "unit"}, "order": {"ask"}}


def quiz_of(chapter: str) -> tuple[Item, ...]:
    """Read the items of a chapter, in the order of their file; none if it has no file.

    Args:
        chapter: The module of the chapter.

    Raises:
        QuizError: If an item cannot be asked.

    Examples:
        >>> {item.chapter for item in quiz_of("attention")} <= {"attention"}
        True
    """
    try:
        text = (pkgutil.get_data("microgpt.study", f"quizzes/{chapter}.toml") or b"").decode()
    except FileNotFoundError:
        return ()
    return quiz_in(text, chapter)


def quiz_in(text: str, chapter: str = "") -> tuple[Item, ...]:
    r"""Read items.

    Args:
        text: TOML, with a table `[[item]]` for each.
        chapter: The module that they ask about.

    Raises:
        QuizError: If an item cannot be asked.

    Examples:
        >>> try:
        ...     quiz_in('[[item]]\nquestion = "How many?"\nkind = "number"\nvalue = "2 + 2"', "shop")
        ... except QuizError as error:
        ...     print(error)
        shop, 'How many?': a number needs traps
    """
    return tuple(_item(entry, chapter) for entry in tomllib.loads(text).get("item", []))


def _item(entry: dict[str, Any], chapter: str) -> Item:
    where = f"{chapter}, {entry.get('question', 'an item without a question')!r}"
    kind = entry.get("kind", "")
    if kind not in _NEEDED or not entry.get("question"):
        raise QuizError(f"{where}: an item needs a question and a kind, one of {', '.join(_NEEDED)}")
    given = set(entry) - {"question", "kind"}
    if missing := _NEEDED[kind] - given:
        raise QuizError(f"{where}: a {kind} needs {' and '.join(sorted(missing))}")
    if unknown := given - _NEEDED[kind] - _POSSIBLE[kind]:
        raise QuizError(f"{where}: a {kind} has no {' and no '.join(sorted(unknown))}")
    item = _made(entry, chapter)
    if wrong := _complaint(item):
        raise QuizError(f"{where}: {wrong}")
    return item


def _made(entry: dict[str, Any], chapter: str) -> Item:
    head = (chapter, entry["question"], entry.get("ask", ""))
    if entry["kind"] == "choice":
        return Choice(*head, tuple(_pair(Option, "text", one) for one in entry["options"]))
    if entry["kind"] == "order":
        return Order(*head, tuple(entry["steps"]), entry["because"])
    traps = tuple(_pair(Trap, "value", one) for one in entry["traps"])
    return Quantity(*head, entry["value"], traps, entry.get("digits", 0), entry.get("unit", ""))


def _pair(kind: type[T], name: str, entry: dict[str, str]) -> T:
    """Make an option or a trap; what it lacks is empty, and found by `_complaint`."""
    return kind(str(entry.get(name, "")), str(entry.get("because", "")))  # type: ignore[call-arg]


def _complaint(item: Item) -> str:
    """Say what is wrong with an item that has all of its parts; "" if nothing is."""
    if isinstance(item, Choice):
        pairs, least, most, name = item.options, 3, 4, "options"
    elif isinstance(item, Quantity):
        pairs, least, most, name = item.traps, 1, 6, "traps"  # type: ignore[assignment]
    else:
        pairs, least, most, name = tuple(Option(step, item.because) for step in item.steps), 3, 7, "steps"
    if not least <= len(pairs) <= most:
        return f"{len(pairs)} {name}; there must be {least} to {most}"
    if not all(text and because for text, because in pairs):
        return f"each of its {name} needs its words, and a reason"
    if len({text for text, _ in pairs}) < len(pairs):
        return f"two of its {name} are the same"
    return ""


def shuffled(item: Item, things: Sequence[T]) -> list[T]:
    """Mix the options or the steps of an item: always in the same way, and never as they were.

    Args:
        item: Whose things they are.
        things: In the right order, at least two, all different.

    Examples:
        >>> item = Order("library", "How is a book found?", "", ("ask", "look", "take"), "One asks first.")
        >>> sorted(shuffled(item, item.steps)) == sorted(item.steps)
        True
        >>> shuffled(item, item.steps) == list(item.steps)
        False
    """
    rng = random.Random(f"{item.chapter}: {item.question}")
    mixed = list(things)
    while mixed == list(things):
        rng.shuffle(mixed)
    return mixed
