"""What a learner is told: the table of all exercises, and what a check has found."""

from collections.abc import Sequence
from itertools import groupby

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from microgpt.contents import CHAPTERS
from microgpt.study.exercises import Exercise, exercises
from microgpt.study.wording import head_of, lines_of
from microgpt.terminal.desk import Desk, DeskError
from microgpt.terminal.examiner import examine
from microgpt.terminal.screen import say, visible


def show_table(console: Console, desk: Desk) -> None:
    """List all exercises, chapter by chapter, with what has been done."""
    following = desk.following()
    titles = {chapter.module: chapter.title for chapter in CHAPTERS}
    for chapter, group in groupby(exercises().values(), lambda one: one.chapter):
        console.print(Text(titles[chapter], style="bold"))
        table = Table.grid(
            Column(width=2), Column(width=19), Column(width=6, justify="right"), padding=(0, 1)
        )
        for one in group:
            state = "x" if desk.has_passed(one) else ">" if one == following else " "
            table.add_row(f" {state}", one.name, f"{one.minutes} min", one.teaches)
        console.print(table)
    done = sum(map(desk.has_passed, exercises().values()))
    say(console, f"{done} of {len(exercises())} done.")
    if following:
        what = "check" if desk.path(following).exists() else "start"
        say(console, f"Next: {following.name}. {desk.command(f'{what} {following.name}')}")
    else:
        say(console, f"All are done. Now your own GPT: {desk.command('gpt')}")


def judged(console: Console, desk: Desk, one: Exercise) -> bool:
    """Check a file, keep the result and tell it."""
    text = desk.text(one)
    verdict = examine(one.name, text)
    desk.remember(one, verdict)
    if verdict.kind == "passed":
        console.print(Text(head_of(one.name, verdict), style="bold green"))
        return True
    say(console, head_of(one.name, verdict), style="bold")
    for line in lines_of(verdict, str(desk.path(one)), text.splitlines()):
        say(console, visible(line))
    say(console, f"  python -m microgpt exercises hint {one.name}")
    return False


def show_hint(console: Console, hints: Sequence[str], number: int, command: str, whole: str) -> None:
    """Give one of several hints, and say how to get the next.

    Args:
        console: The screen.
        hints: All of them, each a little more.
        number: Which one, counted from 1.
        command: What gives hints, without the number.
        whole: What gives the whole answer.

    Raises:
        DeskError: If there are not so many.
    """
    if number > len(hints):
        raise DeskError(f"there are {len(hints)} hints; {whole} tells the rest")
    say(console, f"Hint {number} of {len(hints)}: {hints[number - 1]}")
    if number < len(hints):
        say(console, f"More: {command} {number + 1}")
