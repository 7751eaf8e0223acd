"""What a learner is told: the table of all exercises, and what a check has found."""

from collections.abc import Sequence
from itertools import groupby

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from microgpt.contents import CHAPTERS
from microgpt.study.checking import Verdict
from microgpt.study.exercises import Exercise, exercises
from microgpt.terminal.desk import Desk, DeskError
from microgpt.terminal.examiner import examine
from microgpt.terminal.screen import say, visible

HEADS = {
    "syntax": "Python cannot read it.",
    "missing": "the function is gone.",
    "signature": "the arguments are not the ones that were asked for.",
    "unwritten": "the body is still to be written.",
    "error": "it raises an exception.",
    "printed": "it prints the answer, but returns nothing.",
    "type": "it returns something of another kind.",
    "shape": "it returns something of another size.",
    "value": "not yet.",
    "example": "an example of the docstring fails.",
    "endless": "it does not end.",
}
"""What is said first of each kind of verdict."""

PRINTED = 5
"""How many lines of what an answer has printed are shown."""


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
        console.print(Text(f"{one.name}: right.", style="bold green"))
        return True
    say(console, f"{one.name}: {HEADS.get(verdict.kind, 'not yet.')}", style="bold")
    for line in lines_of(verdict, str(desk.path(one)), text.splitlines()):
        say(console, line)
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


def lines_of(verdict: Verdict, file: str, lines: list[str]) -> list[str]:
    r"""Tell what a check has found, line by line.

    Args:
        verdict: What it has found.
        file: The name of the reader's file.
        lines: What stands there.

    Examples:
        >>> verdict = Verdict("value", "1.0", "2.0", given="half(4.0)", idea="Divide.", line=2)
        >>> print("\n".join(lines_of(verdict, "half.py", ["def half(x):", "    return x / 4"])))
          given     half(4.0)
          got       1.0
          expected  2.0
          half.py, line 2:  return x / 4
          Look at this: Divide.
    """
    told = [f"  given     {visible(line)}" for line in verdict.given.splitlines()]
    told += [f"  printed   {visible(line)}" for line in verdict.printed.splitlines()[:PRINTED]]
    if verdict.kind != "unwritten":
        told.append(f"  {'got' if verdict.right else 'found':<10}{visible(verdict.told)}")
    if verdict.right:
        told.append(f"  expected  {visible(verdict.right)}")
    told += [f"    {visible(line)}" for line in verdict.drawing]
    if 0 < verdict.line <= len(lines):
        stands = lines[verdict.line - 1].strip()
        of_line = "" if stands.startswith("def ") else f":  {visible(stands)}"
        told.append(f"  {visible(file)}, line {verdict.line}{of_line}")
    if verdict.idea:
        told.append(f"  Look at this: {visible(verdict.idea)}")
    return told
