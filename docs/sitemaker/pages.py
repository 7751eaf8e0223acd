"""The pages that nobody writes, and their places in the navigation.

They come from the list of chapters in `microgpt.contents`, and from what lies in the folders of the package.
"""

import json
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import NamedTuple, TypeAlias

from microgpt import contents
from microgpt.study.patients import patients
from sitemaker import (
    book,
    chapters,
    commands,
    flags,
    glossary,
    names,
    practice,
    progress,
    reference,
    routes,
    sheets,
    teaching,
    ward,
)
from sitemaker.writing import front


class Page(NamedTuple):
    """A page.

    Attributes:
        uri: Its file, if it were one in docs/pages.
        content: Markdown.
    """

    uri: str
    content: str


Tree: TypeAlias = dict[str, "Page | str | Tree"]
"""Pages, files of pages that are written by hand, and groups of both, by their titles in the navigation."""


def tree() -> Tree:
    """Make all pages."""
    return {
        "The book": {"The machine": "machine.md", **_parts()},
        "Practice": _practice(),
        "Reference": {
            "All chapters": Page("chapters/index.md", _contents()),
            "Routes through the book": Page("routes.md", routes.page()),
            "Your progress": Page("progress.md", progress.page()),
            "The dials": Page("reference/dials.md", reference.dials()),
            "The commands": Page("reference/commands.md", commands.commands()),
            "Glossary": Page("reference/glossary.md", glossary.glossary()),
            "Formulas": Page("reference/formulas.md", sheets.formulas()),
            "Shapes": Page("reference/shapes.md", sheets.shapes()),
            "Notation": Page("reference/notation.md", sheets.notation()),
            "What is taught where": Page("reference/taught.md", reference.taught()),
            "Where the original's lines went": "original.md",
            "Help": "help.md",
            "How to read a trace": "trace.md",
            "Where the time goes": "ladder.md",
            "What matters": "experiments.md",
            "Numbers that circulate": "numbers.md",
            "Who had the idea first": "history.md",
            "The book to print: its lessons": book.LESSONS,
            "The book to print: the whole": book.WHOLE,
        },
        "The program": {"All modules": Page("program/index.md", _modules()), **_program()},
    }


def navigation(pages: Tree) -> list[dict[str, object]]:
    """Give titles and files the form that they would have in mkdocs.yml."""
    return [
        {title: navigation(part) if isinstance(part, dict) else _file(part)} for title, part in pages.items()
    ]


def _file(page: Page | str) -> str:
    return page.uri if isinstance(page, Page) else page


def leaves(pages: Tree) -> Iterator[Page]:
    """Go through the pages in order, but for those that are written by hand."""
    for part in pages.values():
        if isinstance(part, Page):
            yield part
        elif isinstance(part, dict):
            yield from leaves(part)


def _numbered() -> Iterator[tuple[str, list[tuple[int, contents.Chapter]]]]:
    """Give each part of the book with its chapters and their numbers."""
    for part, group in groupby(enumerate(contents.CHAPTERS, 1), lambda pair: pair[1].part):
        yield part, list(group)


def _parts() -> Tree:
    return {
        part: {names.called(one.module): _chapter(one.module) for _, one in members}
        for part, members in _numbered()
    }


def _practice() -> Tree:
    """Make the pages of those who do something; each stands below its list, folded away by the theme."""
    tasks: Tree = {
        part: {one.name: Page(f"practice/exercises/{one.name}.md", practice.page(one)) for one in members}
        for part, members in practice.by_part()
    }
    sick: Tree = {
        ward.name(one): Page(f"practice/clinic/{one.number}.md", ward.page(one))
        for one in patients().values()
    }
    return {
        "Exercises": {"All exercises": Page("practice/exercises/index.md", practice.index()), **tasks},
        "The clinic": {"All patients": Page("practice/clinic/index.md", ward.index()), "One by one": sick},
        "For teachers": teaching.PAGE,
        "Answer key": Page("practice/answers.md", teaching.answers()),
    }


def _program() -> Tree:
    return {
        folder: {names.title(module): _page(module, names.title(module)) for module in modules}
        for folder, modules in groupby(names.others(), names.folder)
    }


def _chapter(module: str) -> Page:
    """Make the page of a chapter: its place in the book, the lesson, the card at its end, the code."""
    extra = {
        "place": chapters.place(module),
        "card": chapters.card(module),
        "main": chapters.main(module),
        "original": chapters.original(),
    }
    return _page(module, names.called(module), extra)


def _page(module: str, title: str, extra: Mapping[str, object] | None = None) -> Page:
    """Make the page of a module, which mkdocstrings will fill."""
    options: dict[str, object] = {"heading": title, "toc_label": title, "extra": extra or {}}
    if hidden := flags.flags_of(module):  # they have a table
        options["members"] = names.shown(module, hidden)
    content = f"{front(title)}::: microgpt.{module}\n    options: {json.dumps(options)}\n"
    return Page(names.page(module), content + flags.of_module(module))


def _contents() -> str:
    """List the chapters with their questions, part by part; then what the package says of itself."""
    lines = [f"{front('All chapters')}# All chapters\n"]
    for part, members in _numbered():
        lines += [f"\n## {part}\n", "| chapter | what it answers |", "|---|---|"]
        lines += [
            f"| [{names.called(one.module)}]({names.path(one.module)}.md) | {one.question} |"
            for _, one in members
        ]
    return "\n".join([*lines, _said("microgpt", "The package")])


def _modules() -> str:
    """List the modules around the book, folder by folder."""
    lines = [f"{front('All modules')}# All modules\n"]
    for folder, modules in groupby(names.others(), names.folder):
        package = folder.strip("/").replace("/", ".")
        lines += [_said(package, folder) if package != "microgpt" else f"\n## {folder} {{ #folder }}\n"]
        lines += ["| module | what it says of itself |", "|---|---|"]
        lines += [
            f"| [{module.rpartition('.')[2]}.py]({names.path(module)}.md) | {names.first_line(module)} |"
            for module in modules
        ]
    return "\n".join(lines)


def _said(package: str, heading: str) -> str:
    """Show what a package says of itself."""
    options = {"heading": heading, "toc_label": heading, "heading_level": 2, "members": False}
    return f"\n::: {package}\n    options: {json.dumps(options)}\n"
