"""The pages of the exercises, made from the catalog: task, hints, solution, and versions to tell apart."""

import ast
from collections.abc import Iterator

from microgpt import contents
from microgpt.study.apart import Pair, pairs
from microgpt.study.exercises import Exercise, exercises
from microgpt.study.source import bare, docstring_lines
from sitemaker import desks
from sitemaker.names import called, homes
from sitemaker.writing import as_markdown, fenced, folded, folded_wide, front, prose

BEHIND = "search: {boost: 0.001}\n"
"""Where a chapter and an exercise have the same word, the search names the chapter first."""


def by_part() -> Iterator[tuple[str, list[Exercise]]]:
    """Give each part of the book that has exercises, with these in reading order."""
    parts = {chapter.module: chapter.part for chapter in contents.CHAPTERS}
    for part in dict.fromkeys(parts.values()):
        members = [one for one in exercises().values() if parts[one.chapter] == part]
        if members:
            yield part, members


def link(module: str) -> str:
    """Link to a chapter by its name."""
    return f"[{called(module)}][microgpt.{module}]"


def index() -> str:
    """List the exercises, part by part, with minutes and chapters."""
    hours = round(sum(one.minutes for one in exercises().values()) / 60)
    lines = [
        front("All exercises", BEHIND),
        "# Exercises\n",
        "You understand a function when you have written it. Each exercise is a function without its body: "
        "the docstring says what it must do, and has examples. You write the body, and a check says what is "
        "right, or where the first difference is and what to look at.\n",
        "The page of each exercise has a place to write it, and Python checks it in the page: nothing has to "
        "be installed. What you write is kept in this browser; [Your progress](../../progress.md) has a "
        "button that saves it as files. The terminal does the same:\n",
        fenced("sh", "python -m microgpt exercises\npython -m microgpt exercises start\n"),
        "The first command shows what you have done, and what comes next; the second writes the file of the "
        "next exercise. `watch` checks each time that you save. With the functions that have passed, "
        "[your own GPT](#own) trains.\n",
        "[The clinic](../clinic/index.md) has the other half: code that is there, and wrong. "
        f"All exercises together take about {hours} hours.",
    ]
    for part, members in by_part():
        lines += [f"\n## {part}\n", "| exercise | minutes | chapter | what you can do afterwards |"]
        lines += ["|---|---|---|---|", *map(_row, members)]
    lines += [
        "\n## Your own GPT { #own }\n",
        "All your functions that have passed go into the place of the book's and train the default model. "
        "Beside it the book's own functions train another one: if all is right, the losses are the same.\n",
        "<div><study-own></study-own></div>\n",
        fenced("sh", "python -m microgpt exercises gpt\n"),
    ]
    return "\n".join([*lines, ""])


def _row(one: Exercise) -> str:
    return (
        f"| [`{one.name}`]({one.name}.md) | {one.minutes} | {link(one.chapter)} | "
        f"{prose(one.teaches, homes())} |"
    )


def page(one: Exercise) -> str:
    """Write the page of an exercise."""
    owner, dot, _ = one.function.partition(".")
    method = f"\nIt is a method of `{owner}`; the file has the rest of the class.\n" if dot else ""
    command = "python -m microgpt exercises"
    return "\n".join(
        [
            front(f"Exercise: {one.name}", BEHIND),
            f"# Exercise: {one.name.replace('_', '_<wbr>')}\n",
            f"{prose(one.teaches, homes())}\n{{ .lead }}\n",
            f"Chapter: {link(one.chapter)}. About {one.minutes} minutes.\n",
            "## The task\n",
            f"{as_markdown(one.told)}\n\n{fenced('python', stub(one))}{method}",
            "## Start\n",
            f"{desks.exercise(one)}\n",
            fenced("sh", f"{command} start {one.name}\n{command} check {one.name}"),
            f"The first command writes the file `exercises/{one.name}.py`, which holds this function and all "
            "that it needs. Write the body, save, and let the second command check it.\n",
            "## Hints\n",
            *hints(one.hints),
            "## The solution\n",
            hidden(folded("success", "The body in this book, and why it is so", solution(one))),
            _apart([pair for pair in pairs() if pair.exercise == one]),
        ]
    )


def stub(one: Exercise) -> str:
    """Write the function without what is said of it, which the page says in its own type."""
    lines = one.promise.split("\n")
    return "\n".join(bare(lines, 1, docstring_lines(ast.parse(one.promise))))


def hidden(text: str) -> str:
    """Keep a text out of the search: an answer should not be found by chance.

    The tag must not stand in the text: at the end of the inner one, the theme's search would listen again.
    """
    return f'<section markdown="1" data-search-exclude>\n\n{text}\n</section>\n'


def hints(texts: tuple[str, ...]) -> list[str]:
    """Fold each hint for itself."""
    return [
        folded("tip", f"Hint {number} of {len(texts)}", prose(text, homes()))
        for number, text in enumerate(texts, 1)
    ]


def solution(one: Exercise) -> str:
    """Show the body, and say why it is so."""
    return f"{fenced('python', one.solution)}\n{prose(one.why, homes())}\n"


def _apart(members: list[Pair]) -> str:
    if not members:
        return ""
    shown = "\n".join(folded_wide("example", pair.name, _versions(pair)) for pair in members)
    return (
        "\n## Tell them apart\n\n"
        "In each box stand two bodies of the function, and one of the two is wrong. Which? And which call "
        "shows it? (The right one is the same in all boxes. So open one, and keep the others for "
        "another day: then the call is the task.) In the terminal, this writes a file in which "
        "you write that call, and later checks it:\n\n"
        f"{fenced('sh', f'python -m microgpt exercises apart {members[0].name}')}\n"
        f'<section class="apart wide" markdown="1" data-search-exclude>\n\n{shown}\n</section>\n'
    )


def _versions(pair: Pair) -> str:
    columns = "\n".join(
        f'<div markdown="1">\n\n**Version {letter}**\n\n{fenced("python", body)}\n</div>'
        for letter, body in zip("AB", pair.bodies(), strict=True)
    )
    answer = folded_wide("success", "Which is wrong, and what shows it", _answer(pair))
    return f'<div class="versions" markdown="1">\n{columns}\n</div>\n\n{desks.apart(pair)}\n\n{answer}'


def _answer(pair: Pair) -> str:
    case = next(case for case in pair.exercise.cases if case.name == pair.wrong.fails)
    return "\n".join(
        [
            f"**Version {pair.wrong_letter} is wrong.** {belief(pair)}\n",
            "Here the two differ:\n",
            fenced("python", case.code),
            f"{prose(case.idea, homes())}\n",
        ]
    )


def belief(pair: Pair) -> str:
    """Say what somebody believes who writes the wrong version."""
    return f"Whoever writes it believes: *{prose(pair.wrong.why, homes())}*"
