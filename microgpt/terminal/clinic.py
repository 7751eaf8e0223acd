"""`python -m microgpt clinic`: sick packages, known by their symptoms, to be cured by whoever reads."""

import math
import shutil
from pathlib import Path
from typing import Annotated, Any

import typer

import microgpt
from microgpt.study.patients import Patient, healthy_probe, patient, patients, sick_probe
from microgpt.study.source import module_source
from microgpt.study.wording import state_of
from microgpt.terminal.charts import sparkline
from microgpt.terminal.desk import DeskError
from microgpt.terminal.examiner import visit
from microgpt.terminal.options import option
from microgpt.terminal.screen import new_console, say, shortened, visible
from microgpt.terminal.verdicts import show_hint

clinic_app = typer.Typer(
    help="Find out what is wrong with a sick package, and cure it.",
    context_settings={"help_option_names": ["-h", "--help"]},
)

PatientNumber = Annotated[str, typer.Argument(metavar="N", help="A patient.", show_default=False)]
Ward = Annotated[Path, option("--folder DIRECTORY", "Where your patients are.")]
HERE = Path()


@clinic_app.callback(invoke_without_command=True)
def ward(context: typer.Context) -> None:
    """Find out what is wrong with a sick package, and cure it."""
    if context.invoked_subcommand is None:
        console = new_console()
        for one in patients().values():
            say(console, f"{one.number:>3}  {one.symptom}")
        say(console, "\nTake one home: python -m microgpt clinic start 1")


def home(folder: Path, one: Patient) -> Path:
    """Name the folder of a patient."""
    return folder / f"patient-{one.number}"


@clinic_app.command()
def start(number: PatientNumber, folder: Ward = HERE) -> None:
    """Write a sick package into a folder, where it runs in the place of the true one."""
    one, console = patient(number), new_console()
    place = home(folder, one)
    if place.exists():
        raise DeskError(
            f"{visible(str(place))} is there already, and stays as it is; remove it to begin again"
        )
    shutil.copytree(
        Path(microgpt.__file__).parent, place / "microgpt", ignore=shutil.ignore_patterns("__pycache__")
    )
    file = (place / "microgpt").joinpath(*one.edit.module.split(".")).with_suffix(".py")
    file.write_text(one.source(), encoding="utf-8", newline="\n")
    say(console, one.symptom)
    say(console, f"See for yourself: cd {visible(str(place))} && python -m microgpt {one.command}".rstrip())
    say(console, f"When you have changed something, from here: python -m microgpt clinic check {one.number}")


def sources(place: Path) -> dict[str, str]:
    """Read the modules of a patient that are not as they are in the true package."""
    if not place.exists() and place.parent.resolve().name == place.name:
        raise DeskError(
            f"you are inside {place.name}; go one folder up (cd ..), where the true package judges"
        )
    if not (place / "microgpt").is_dir():
        raise DeskError(f"{visible(str(place))} is not there; python -m microgpt clinic start writes it")
    found = {}
    for path in sorted((place / "microgpt").rglob("*.py")):
        name = ".".join(path.relative_to(place / "microgpt").with_suffix("").parts)
        try:
            text = path.read_text(encoding="utf-8")
            if text != module_source(name):
                found[name] = text
        except ValueError as error:
            raise DeskError(f"cannot take {visible(str(path))} along: {error}") from None
    return found


@clinic_app.command()
def check(number: PatientNumber, folder: Ward = HERE) -> None:
    """Say whether a patient is cured, better or not, and why."""
    one, console = patient(number), new_console()
    finding = visit(one.number, sources(home(folder, one)))
    say(console, visible(state_of(one.number, finding)))
    if finding.state != "cured":
        raise typer.Exit(1)
    say(console, f"What it was: python -m microgpt clinic explain {one.number}")


@clinic_app.command()
def hint(
    number: PatientNumber,
    which: Annotated[int, typer.Argument(metavar="[NUMBER]", help="Which one: 1, 2, 3.", min=1)] = 1,
) -> None:
    """Give a hint: the first, or a later one that says more."""
    one, command = patient(number), "python -m microgpt clinic"
    whole = f"{command} explain {one.number}"
    show_hint(new_console(), one.hints, which, f"{command} hint {one.number}", whole)


@clinic_app.command()
def explain(number: PatientNumber) -> None:
    """Tell the story of a patient: what was wrong, and what would have caught it."""
    one, console = patient(number), new_console()
    say(console, f"{one.name}\n", style="bold")
    say(console, f"microgpt/{one.edit.module.replace('.', '/')}.py")
    for sign, text in (("-", one.edit.old), ("+", one.edit.new)):
        for line in text.splitlines():
            console.print(f"{sign} {line}", style="red" if sign == "-" else "green", markup=False)
    for line in compared_results(sick_probe(one), healthy_probe(one)):
        say(console, line)
    for paragraph in one.story.strip().split("\n\n"):
        say(console, f"\n{' '.join(paragraph.split())}")
    if one.port:
        say(console, "\nIt belongs to the story of a port of this program to JavaScript.")
    shows = "shows" if one.by_loss else "does not show"
    say(console, f"\nA curve of the loss {shows} it. Caught by {one.caught_by}.")


def compared_results(sick: Any, healthy: Any) -> list[str]:
    """Show what a probe finds in the sick package and in the true one; rows of numbers as curves, too.

    Examples:
        >>> for line in compared_results([1.0] * 4 + [9.0] * 4, [1.0] * 8):
        ...     print(line)
          sick     [1.0, 1.0, 1.0, 1.0, 9.0, 9.0, 9.0, 9.0]
                   ▁▁▁▁████
          healthy  [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
                   ▁▁▁▁▁▁▁▁
        >>> compared_results("OverflowError: math range error", 0.5)
        ['  sick     OverflowError: math range error', '  healthy  0.5']
    """
    both = {"sick": sick, "healthy": healthy}
    numbers = {who: _row_in(result) for who, result in both.items()}
    together = [one for row in numbers.values() for one in row if math.isfinite(one)]
    lines = []
    for who, result in both.items():
        told = result if isinstance(result, str) else f"{result}"
        lines.append(f"  {who:<9}{visible(shortened(told, 400))}")
        if len(numbers[who]) >= 8 and together:
            lines.append(f"  {'':9}{sparkline(numbers[who][:60], min(together), max(together))}")
    return lines


def _row_in(result: Any) -> list[float]:
    """Find the longest row of numbers in a result."""
    if not isinstance(result, list | tuple):
        return []
    if result and all(isinstance(one, int | float) for one in result):
        return [float(one) for one in result]
    return max(map(_row_in, result), key=len, default=[])
