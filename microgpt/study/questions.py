r"""The questions of the book, found where they stand.

A question is a box in the text of a chapter. Behind the word `question` stands how deep it goes, and where it
is about a part of the machine, which one:

    ??? question why softmax "Why is the largest score subtracted first?"

        Because ...

Pages, tables and exercises that want questions ask this module, so a question is written once.

>>> {question.depth for question in questions_of("vectors")} <= {"", *DEPTHS}
True
"""

import inspect
import re
from typing import NamedTuple

from microgpt.study.passages import chapter_passages

DEPTHS = {
    "what": "What is it?",
    "why": "Why is it so?",
    "how": "How is it done?",
    "deeper": "What lies below?",
}
"""How deep a question can go, from knowing a thing to having worked it out."""

COMPONENTS = {
    "tokenizer": "the tokenizer",
    "autograd": "the backward pass",
    "linear": "the linear layer",
    "softmax": "softmax",
    "rmsnorm": "RMS normalization",
    "attention": "attention",
    "initialization": "the first numbers",
    "forward": "the forward pass of the model",
    "loss": "the loss",
    "adam": "Adam",
    "training": "the training step",
    "sampling": "sampling",
}
"""The parts of the machine that a question can be about."""

_BOX = re.compile(
    r'^(?P<indent> *)\?\?\? question(?P<tags>(?: [a-z]+)*) "(?P<title>[^"\n]+)"\n'
    r"(?P<answer>(?:(?P=indent)    .*\n|[ ]*\n)*)",
    re.MULTILINE,
)


class Question(NamedTuple):
    """A question to think about before one reads on.

    Attributes:
        chapter: The module whose page it stands on.
        owner: What it stands beside, like "softmax"; "" where it belongs to the chapter as a whole.
        depth: One of `DEPTHS`; "" if it says none.
        component: One of `COMPONENTS`, or "".
        title: The question itself.
        answer: The folded answer, in Markdown.
    """

    chapter: str
    owner: str
    depth: str
    component: str
    title: str
    answer: str


def questions_in(text: str, chapter: str = "", owner: str = "") -> list[Question]:
    r"""Find the questions in a docstring.

    Args:
        text: The docstring.
        chapter: The module that it is in.
        owner: What it explains.

    Examples:
        >>> text = '??? question why softmax "Why e?"\n\n    It is positive.\n\nAfterwards.\n'
        >>> questions_in(text)[0][2:]
        ('why', 'softmax', 'Why e?', 'It is positive.')
    """
    return [
        Question(
            chapter,
            owner,
            next((tag for tag in box["tags"].split() if tag in DEPTHS), ""),
            next((tag for tag in box["tags"].split() if tag in COMPONENTS), ""),
            box["title"],
            inspect.cleandoc(box["answer"]),
        )
        for box in _BOX.finditer(text + "\n")
    ]


def box_of(title: str, text: str) -> re.Match[str] | None:
    r"""Find the box of a question in a docstring; `None` if it is not there.

    Args:
        title: The question.
        text: The docstring.

    Examples:
        >>> text = 'Before.\n\n??? question why "Why?"\n\n    So.\n\nAfter.'
        >>> text[box_of("Why?", text).end() :]
        'After.'
    """
    return next((box for box in _BOX.finditer(text) if box["title"] == title), None)


def without_questions(text: str) -> str:
    r"""Take the questions and their answers out of a text.

    Args:
        text: A docstring, or the source of a function with one.

    Examples:
        >>> without_questions('Before.\n\n??? question why "Why?"\n\n    So.\n\nAfter.\n')
        'Before.\n\nAfter.\n'
    """
    return _BOX.sub("", text)


def questions_of(chapter: str) -> list[Question]:
    """Find the questions of a chapter, in the order of its page.

    Examples:
        >>> any("smallest model" in question.title for question in questions_of("model"))
        True
    """
    return [
        question
        for passage in chapter_passages(chapter)
        for question in questions_in(passage.text, chapter, passage.owner)
    ]
