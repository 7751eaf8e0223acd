"""`python -m microgpt exercises`: write the functions of the book again, and be told where they go wrong."""

from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from microgpt.study.apart import pair, pair_file, pairs
from microgpt.study.exercises import exercise, exercises
from microgpt.study.own_gpt import trained
from microgpt.study.wording import apart_of, report_of
from microgpt.terminal import rechecking
from microgpt.terminal.desk import USUAL, Desk, DeskError
from microgpt.terminal.examiner import compared
from microgpt.terminal.options import option
from microgpt.terminal.progress import bar
from microgpt.terminal.screen import new_console, say, visible
from microgpt.terminal.verdicts import judged, show_hint, show_table

exercises_app = typer.Typer(
    help="Write the functions of the book again, and be told where they go wrong.",
    context_settings={"help_option_names": ["-h", "--help"]},
)

_FOLDER = option("--folder DIRECTORY", "Where your files are; else exercises.", show_default=False)
DeskFolder = Annotated[Path | None, _FOLDER]
Name = Annotated[str, typer.Argument(metavar="NAME", help="An exercise, or its file.", show_default=False)]
MaybeName = Annotated[str | None, typer.Argument(metavar="[NAME]", help="An exercise; else the next one.")]
Many = Annotated[str | None, typer.Argument(metavar="[NAME|all]", help="An exercise; else the next one.")]
Which = Annotated[int, typer.Argument(metavar="[NUMBER]", help="Which one: 1, 2, 3.", min=1)]


@exercises_app.callback(invoke_without_command=True)
def desk(context: typer.Context, folder: DeskFolder = None) -> None:
    """Write the functions of the book again, and be told where they go wrong."""
    context.obj = folder
    if context.invoked_subcommand is None:
        show_table(new_console(), _desk(context, None))


def _desk(context: typer.Context, folder: Path | None) -> Desk:
    """Find the desk: the flag may stand before the command or after it."""
    return Desk(folder or context.obj or USUAL)


@exercises_app.command()
def start(context: typer.Context, name: Many = None, folder: DeskFolder = None) -> None:
    """Write the file of an exercise, to be edited; one that is there is kept."""
    here, console = _desk(context, folder), new_console()
    for one in here.chosen(name):
        if here.start(one):
            say(console, f"{visible(str(here.path(one)))} is written: {one.teaches}")
        else:
            say(console, f"{visible(str(here.path(one)))} is there already, and stays as it is.")
    say(
        console, f"Edit it, save, and: {here.command(f'check {name}' if name and name != 'all' else 'check')}"
    )


@exercises_app.command()
def check(context: typer.Context, name: MaybeName = None, folder: DeskFolder = None) -> None:
    """Judge what you have written, and explain the first thing that is wrong."""
    here, console = _desk(context, folder), new_console()
    (one,) = here.chosen(name)
    if not judged(console, here, one):
        raise typer.Exit(1)
    following = here.following(one)
    say(console, f"Next: {following.name}." if following else "That was the last one.")


@exercises_app.command()
def watch(context: typer.Context, folder: DeskFolder = None) -> None:
    """Check whatever you save, at once, and go from exercise to exercise."""
    rechecking.watch(new_console(), _desk(context, folder))


@exercises_app.command()
def hint(name: Name, number: Which = 1) -> None:
    """Give a hint: the first, or a later one that says more."""
    one, command = exercise(name), "python -m microgpt exercises"
    whole = f"{command} solution {one.name}"
    show_hint(new_console(), one.hints, number, f"{command} hint {one.name}", whole)


@exercises_app.command()
def solution(
    context: typer.Context,
    name: Name,
    now: Annotated[bool, option("--now", "Show it even before an attempt.")] = False,
    folder: DeskFolder = None,
) -> None:
    """Show the library's own body, and why it is so."""
    one, console = exercise(name), new_console()
    if not (now or _desk(context, folder).was_tried(one)):
        raise DeskError(f"try {one.name} first, with check; or give --now")
    console.print(Text(one.solution), soft_wrap=True)
    say(console, f"\n{one.why}")


@exercises_app.command()
def reset(
    context: typer.Context,
    name: Name,
    yes: Annotated[bool, option("--yes", "Do not ask.")] = False,
    folder: DeskFolder = None,
) -> None:
    """Begin an exercise again; what was written is kept beside it, with .old at its end."""
    one, here = exercise(name), _desk(context, folder)
    here.text(one)  # which says so if there is none
    if not yes:
        typer.confirm(f"Put {here.path(one)} aside and begin again?", abort=True)
    aside = here.aside(one)
    here.start(one, again=True)
    say(new_console(), f"{visible(str(here.path(one)))} begins again; yours is in {aside.name}")


@exercises_app.command()
def apart(context: typer.Context, name: MaybeName = None, folder: DeskFolder = None) -> None:
    """Tell two versions of a function apart; without a name, list the pairs."""
    here, console = _desk(context, folder), new_console()
    if name is None:
        for exercised, group in groupby(pairs(), lambda known: known.exercise.name):
            names = [known.name for known in group]
            say(console, f"  {exercised:<22}{names[0]} to {names[-1]}")
        say(console, f"Take one: {here.command(f'apart {pairs()[0].name}')}")
        return
    one = pair(Path(name).stem.removeprefix("apart_"))
    path = here.folder / f"apart_{one.name}.py"
    if here.put(path, pair_file(one)):
        say(console, f"{visible(str(path))} is written: which of the two is wrong?")
        return
    found = compared(one.name, here.read(path))
    for line in apart_of(one.name, found):
        say(console, visible(line))
    if found.kind != "apart":
        raise typer.Exit(1)


@exercises_app.command()
def gpt(
    context: typer.Context,
    folder: DeskFolder = None,
    steps: Annotated[int, option("--steps INTEGER", "How many steps.", min=1)] = 1000,
) -> None:
    """Train the default model with your functions, and compare its losses with the true run."""
    here, console = _desk(context, folder), new_console()
    answers = {one.name: here.text(one) for one in here.started() if here.has_passed(one)}
    if not answers:
        raise DeskError("no exercise has passed yet; your own GPT is made of those that have")
    with bar(console, "training", steps) as advance:
        report = trained(answers, steps, lambda *_: advance(1))
    for line in report_of(report, len(exercises())):
        say(console, visible(line))
