"""What teachers want to know of the book, made from it: what each chapter needs and has, and all answers."""

import ast
from collections.abc import Iterator, Sequence
from itertools import groupby

from microgpt import contents
from microgpt.study.apart import pairs
from microgpt.study.exercises import Exercise, exercises
from microgpt.study.patients import Patient, patients
from microgpt.study.questions import questions_of
from microgpt.study.source import module_source
from sitemaker import ward
from sitemaker.names import homes
from sitemaker.practice import belief, by_part, link, solution
from sitemaker.writing import folded, front, prose

PAGE = "teaching.md"
"""The written page that gets the table."""

PLACE = "<!-- the chapters -->"
"""Where in that page the table belongs."""


def lessons() -> str:
    """List what each chapter needs and has, part by part, as Markdown."""
    lines: list[str] = []
    for part, group in groupby(contents.CHAPTERS, lambda chapter: chapter.part):
        lines += [f"### {part}\n", "| chapter | needs | exercises, with minutes | patients | questions |"]
        lines += ["|---|---|---|---|---|", *map(_row, group), ""]
    book = {chapter.module for chapter in contents.CHAPTERS}
    rest = [one for one in patients().values() if one.edit.module not in book]
    if rest:
        lines.append(f"Around the book there are more: {_links(rest)}.\n")
    return "\n".join(lines)


def _row(chapter: contents.Chapter) -> str:
    own = [one for one in exercises().values() if one.chapter == chapter.module]
    sick = [one for one in patients().values() if one.edit.module == chapter.module]
    needed = ", ".join(link(module) for module in needs(chapter.module))
    asked = len(questions_of(chapter.module))
    return f"| {link(chapter.module)} | {needed} | {_tasks(own)} | {_links(sick)} | {asked or ''} |"


def _tasks(members: Sequence[Exercise]) -> str:
    return ", ".join(
        f"[{prose(one.name, ())}](practice/exercises/{one.name}.md) {one.minutes}" for one in members
    )


def _links(members: Sequence[Patient]) -> str:
    return ", ".join(f"[{one.number}](practice/clinic/{one.number}.md)" for one in members)


def needs(module: str) -> list[str]:
    """List the chapters before one that it imports."""
    found = set(_imported(ast.parse(module_source(module))))
    return [one for one in contents.before(module) if f"microgpt.{one}" in found]


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def answers() -> str:
    """Write the answer key: the solutions, the wrong versions, and what the patients have."""
    lines = [
        front("Answer key", "search: {exclude: true}\n"),
        "# Answer key\n",
        "The body of every exercise, which version of each pair is wrong, and what each patient has. All of "
        "it is made from the book and its catalog whenever this site is built.\n",
    ]
    for part, members in by_part():
        lines += [f"## {part}\n", *(folded("success", one.name, _answer(one)) for one in members)]
    lines.append("## Patients\n")
    for one in patients().values():
        lines.append(folded("success", ward.name(one), ward.story(one)))
    return "\n".join(lines)


def _answer(one: Exercise) -> str:
    members = [pair for pair in pairs() if pair.exercise == one]
    told = [
        f"- {prose(pair.name, ())}: **{pair.wrong_letter}** is wrong, as the case "
        f"*{prose(pair.wrong.fails, homes())}* shows. {belief(pair)}"
        for pair in members
    ]
    return "\n".join([solution(one), "", *told])
