"""The answers of the book, at its back: each question keeps its place and a number, which links both."""

import re

from sitemaker.typesetting import end_of

BOX = re.compile(r'<details class="question\b[^>]*>')
INSIDE = re.compile(r"\s*<summary>(.*?)</summary>(.*)</details>", re.DOTALL)
ID = re.compile(r'\bid="([^"]+)"')
DEPTH = re.compile(r'<span class="depth".*?</span>', re.DOTALL)


def parted(page: str, number: str) -> tuple[str, str]:
    """Part the questions of a page from their answers.

    Args:
        page: HTML.
        number: Of the chapter.

    Returns:
        The page, where each folded question is now a paragraph; and the answers, each below its question.
    """
    out, answers, place = "", "", 0
    while match := BOX.search(page, place):
        end = end_of(page, match.end() - len(match[0]))
        count = answers.count('class="answer"') + 1
        question, answer = _pair(match[0], page[match.end() : end], f"{number}.{count}")
        out += page[place : match.start()] + question
        answers += answer
        place = end
    return out + page[place:], answers


def _pair(opening: str, box: str, number: str) -> tuple[str, str]:
    """Make a question and its answer of a box, each with a link to the other."""
    inside = INSIDE.fullmatch(box)
    assert inside, box[:200]
    title = DEPTH.sub("", inside[1]).strip()
    name = number.replace(".", "-")
    named = ID.search(opening)
    here, there = named[1] if named else f"question-{name}", f"answer-{name}"
    question = (
        f'<p class="asked" id="{here}"><a href="#{there}">Question {number}</a><strong>{title}</strong></p>'
    )
    answer = (
        f'<div class="answer" id="{there}"><p class="asked"><a href="#{here}">Question {number}</a>'
        f"<strong>{title}</strong></p>{inside[2].strip()}</div>"
    )
    return question, answer
