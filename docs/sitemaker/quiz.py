"""Questions that ask for an answer first: a box whose question has an item of a quiz becomes `<study-quiz>`.

It holds what the script needs, as JSON, and the folded question, which is all that is seen without a script.
"""

import hashlib
import html
import json
import posixpath
import re
from functools import cache
from typing import Any
from xml.etree import ElementTree

from markdown import Extension, Markdown
from markdown.blockprocessors import ParagraphProcessor
from markdown.extensions.toc import slugify
from markdown.postprocessors import Postprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString, Registry

from microgpt import contents
from microgpt.study.questions import DEPTHS, questions_of
from microgpt.study.quiz import Item, Order, Quantity, quiz_of, shuffled
from microgpt.study.quiz_numbers import numbers_of, shown
from microgpt.study.review import chapters_of, review_of
from microgpt.study.source import module_source
from sitemaker import names
from sitemaker.cache import cached
from sitemaker.extensions import Formulas

REVIEW = re.compile(r'<div data-review="([^"]+)"></div>')


class QuizExtension(Extension):
    """Makes the boxes of questions what they are on the site."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (the name is Markdown's)
        """Register what finds the boxes while their titles are still as they are written, and reviews."""
        md.treeprocessors.register(Boxes(md), "quizzes", 25)  # before inline, 20
        md.postprocessors.register(Reviews(md), "reviews", 4)  # after raw_html, 30


class Boxes(Treeprocessor):
    """Say at each question how deep it goes, and let those that have an item ask for an answer first."""

    def run(self, root: ElementTree.Element) -> None:
        """Go through the boxes."""
        for parent in list(root.iter()):
            for index, child in enumerate(parent):
                kinds = child.get("class", "").split()
                if child.tag == "details" and "question" in kinds:
                    parent[index] = self._asking(child, kinds)

    @staticmethod
    def _asking(box: ElementTree.Element, kinds: list[str]) -> ElementTree.Element:
        summary = box[0]
        item = items().get(summary.text or "")
        for kind in kinds:
            if kind in DEPTHS:
                depth = ElementTree.SubElement(summary, "span", {"class": "depth", "data-search-exclude": ""})
                depth.text = AtomicString(DEPTHS[kind])
        known = item and data(item)
        if not item or not known:
            return box
        box.set("id", slug(item))
        quiz = ElementTree.Element("study-quiz", {"data-quiz": _json(known)})
        quiz.append(box)
        quiz.tail, box.tail = box.tail, "\n"
        return quiz


class Reviews(Postprocessor):
    """Write the reviews: `<div data-review="PART"></div>` stands for that of a part."""

    def run(self, text: str) -> str:
        """Put each in its place."""
        return REVIEW.sub(lambda match: review(html.unescape(match[1])), text)


@cache
def items() -> dict[str, Item]:
    """Read the items of all chapters, by the titles of their questions."""
    return {item.question: item for one in contents.CHAPTERS for item in quiz_of(one.module)}


def slug(item: Item) -> str:
    """Name a question in addresses."""
    return f"question-{slugify(item.question, '-')}"


def identity(item: Item) -> str:
    """Name a question where it is kept that it was answered: chapter, and its name in addresses."""
    return f"{item.chapter}/{slug(item)}"


def data(item: Item) -> dict[str, Any]:
    """Gather what the script needs to ask, and to judge an answer; nothing if it needs a missing library."""
    known = {"id": identity(item), "kind": item.kind, "ask": inline(item.ask)}
    if isinstance(item, Quantity):
        numbers = _numbers(item)
        return {**known, **numbers} if numbers else {}
    if isinstance(item, Order):
        steps = [(place, inline(step)) for place, step in enumerate(item.steps)]
        return {**known, "steps": shuffled(item, steps), "because": inline(item.because)}
    options = [
        {"text": inline(text), "because": inline(because), "right": not place}
        for place, (text, because) in enumerate(item.options)
    ]
    return {**known, "options": _mixed(item, options)}


def _mixed(item: Item, options: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Mix the options; `shuffled` wants to compare them as they are."""
    order = shuffled(item, range(len(options)))
    return [options[place] for place in order]


def _numbers(item: Quantity) -> dict[str, Any]:
    source = hashlib.sha256(f"{module_source(item.chapter)} {item}".encode()).hexdigest()
    try:
        right, *wrong = cached(f"numbers {source}", lambda: numbers_of(item), "docs/sitemaker/quiz.py")
    except ImportError:
        return {}
    traps = [
        {"value": shown(value, item.digits), "because": inline(trap.because)}
        for value, trap in zip(wrong, item.traps, strict=True)
    ]
    return {"value": shown(right, item.digits), "digits": item.digits, "unit": item.unit, "traps": traps}


@cache
def _markdown() -> Markdown:
    """Make what knows marks in a line and formulas, but no blocks."""
    md = Markdown(
        extensions=["pymdownx.arithmatex"], extension_configs={"pymdownx.arithmatex": {"generic": True}}
    )
    md.parser.blockprocessors = Registry()
    md.parser.blockprocessors.register(ParagraphProcessor(md.parser), "paragraph", 10)
    md.postprocessors.register(Formulas(md), "formulas", 5)
    return md


@cache
def inline(text: str) -> str:
    """Write a line of Markdown as HTML."""
    return _markdown().reset().convert(text.strip()).removeprefix("<p>").removesuffix("</p>")


def _json(known: dict[str, Any]) -> str:
    """Write data for an attribute; nothing in them looks like a tag to what goes through the page later.

    An element `script` would do, but the theme runs what stands in one when it changes pages.
    """
    return json.dumps(known, ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026")


def review(part: str) -> str:
    """Write the review of a part, for the page of its last chapter: a block of HTML, without a heading.

    Without a script it is a list of links to the questions, where their answers are.

    Args:
        part: A part of the book, as in `microgpt.contents`.
    """
    here = f"/{names.page(chapters_of(part)[-1]).removesuffix('.md')}/"
    asked = [_again(item, here) for item in review_of(part)]
    return '<div class="quiz-review">' + "".join(asked) + "</div>" if asked else ""


def _again(item: Item, here: str) -> str:
    """Ask a question once more; its answer stays where it is."""
    owner = next((one.owner for one in questions_of(item.chapter) if one.title == item.question), "")
    place = ".".join(filter(None, ("microgpt", item.chapter, owner)))
    page = posixpath.relpath(f"/{names.page(item.chapter).removesuffix('.md')}/", here)
    link = f"{page}/#{place}--{slug(item)}"
    known = data(item)
    text = (
        f'<p class="quiz-link"><a href="{html.escape(link)}">{inline(item.question)}</a>'
        f'<span class="quiz-chapter">{html.escape(names.called(item.chapter))}</span></p>'
    )
    return f'<study-quiz data-quiz="{html.escape(_json(known))}">{text}</study-quiz>' if known else text
