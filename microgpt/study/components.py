r"""What is taught about each part of the machine, and where: found in the text, part by part.

A part is explained in a section of its chapter and in the docstring of the function that does the work. Of
each, a reader is told what it is like, how it is written as a formula, what it makes of real numbers, what is
worth knowing, what goes wrong, and is asked at four depths.

>>> for element, places in elements_of("softmax").items():
...     print(f"{element:<10}{bool(places)}")
picture   True
formula   True
numbers   True
insights  True
pitfalls  True
what      True
why       True
how       True
deeper    True
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from microgpt.study.passages import chapter_passages, paragraphs
from microgpt.study.questions import DEPTHS, questions_of


class Place(NamedTuple):
    """A piece of a chapter about a part.

    Attributes:
        chapter: The module.
        name: A heading of its text, or the name of what is explained.
        text: What stands there.
        is_section: Whether it is a section under a heading.
    """

    chapter: str
    name: str
    text: str
    is_section: bool


class Home(NamedTuple):
    """Where a part of the machine is explained.

    Attributes:
        chapter: The module.
        names: The functions or classes that do the work.
        sections: How the headings of its sections begin; empty if the whole chapter is about it.
    """

    chapter: str
    names: tuple[str, ...]
    sections: tuple[str, ...] = ()


HOMES = {
    "tokenizer": Home("tokenizer", ("Tokenizer",)),
    "autograd": Home("autograd", ("Value", "Value.backward", "topological_order")),
    "linear": Home("vectors", ("linear",), ("linear",)),
    "softmax": Home("vectors", ("softmax",), ("softmax",)),
    "rmsnorm": Home("vectors", ("rmsnorm",), ("rmsnorm",)),
    "attention": Home("attention", ("attention_weights", "attention_head", "attention")),
    "initialization": Home("model", ("new_model", "parameter_shapes"), ("The first numbers",)),
    "forward": Home("model", ("embed", "block", "forward"), ("The picture", "One position", "To keep")),
    "loss": Home("loss", ("surprise", "document_loss", "perplexity")),
    "adam": Home("adam", ("Adam", "Adam.update")),
    "training": Home("training", ("backward", "train_step", "train")),
    "sampling": Home("sampling", ("draw_token", "sample_tokens", "generate")),
}
"""Where each of `microgpt.study.questions.COMPONENTS` is explained."""

SIGNS = {
    "picture": r"(?m)\AThe picture|```mermaid|[Aa]nalogy|[Tt]hink of",
    "formula": r"\$\$",
    "numbers": r"(?m)^\s*>>> ",
    "insights": r"(?m)^\s*- ",
    "pitfalls": r"(?m)\APitfalls|^Pitfalls:",
}
"""What shows that an element is there."""


def elements_of(component: str) -> dict[str, list[Place]]:
    """Find where each element of an explanation stands.

    Args:
        component: One of `microgpt.study.questions.COMPONENTS`.

    Returns:
        For each element, the places that have it, and for each depth those with a question.

    Examples:
        >>> [place.name for place in elements_of("rmsnorm")["formula"]]
        ['rmsnorm']
    """
    places = list(_places(component))
    found = {
        element: [place for place in places if re.search(sign, _told(place, element))]
        for element, sign in SIGNS.items()
    }
    asked = [one for one in questions_of(HOMES[component].chapter) if one.component == component]
    for depth in DEPTHS:
        found[depth] = [
            Place(one.chapter, one.owner or "Check yourself", one.title, not one.owner)
            for one in asked
            if one.depth == depth
        ]
    return found


def _told(place: Place, element: str) -> str:
    """Leave out lists that are no insights: of arguments, of pitfalls, of what is only announced."""
    if element == "insights" and place.name in ("What you will be able to do", "Pitfalls", "Check yourself"):
        return ""
    text = re.split(r"(?m)^(?:Args|Pitfalls):", place.text)[0] if element == "insights" else place.text
    return f"{place.name}\n{text}"


def _places(component: str) -> Iterator[Place]:
    home = HOMES[component]
    module, *others = chapter_passages(home.chapter)
    for name, text in sections(module.text).items():
        is_about = not home.sections or name.startswith(home.sections)
        if name and (is_about or (name == "Pitfalls" and component in text)):
            yield Place(home.chapter, name, text, True)
    for passage in others:
        if passage.owner in home.names:
            yield Place(home.chapter, passage.owner, passage.text, False)


@cache
def sections(text: str) -> dict[str, str]:
    r"""Cut the text of a module at its headings.

    Args:
        text: The docstring of a module.

    Returns:
        The text below each heading, in order; what stands before the first one under "".

    Examples:
        >>> sections("Tea.\n\n# Green\n\nGrass.\n\n# Black\n\n>>> 1\n1")
        {'': 'Tea.\n\n', 'Green': 'Grass.\n\n', 'Black': '>>> 1\n1\n\n'}
    """
    found = {"": ""}
    heading = ""
    for kind, piece in paragraphs(text):
        if kind == "prose" and (match := re.match(r"# (.+)", piece)):
            heading = match[1]
            found[heading] = ""
        else:
            found[heading] += f"{piece}\n\n"
    return found
