"""What the screen shows before a run and while it goes: what is about to happen, and how far it has come."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from shutil import get_terminal_size

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn, track
from rich.table import Table

from microgpt import evaluation
from microgpt.config import Config, summary
from microgpt.data import cut_documents
from microgpt.model import parameters_of
from microgpt.terminal.runs import so_far
from microgpt.terminal.screen import counted, say, visible
from microgpt.terminal.signals import cursor_back_on_suspend
from microgpt.training import Run, Step, mean_of_last

_BAR = 40
"""How many columns a bar needs."""


def show_beginning(console: Console, run: Run, source: str, everything: bool, goes_on_in: str = "") -> None:
    """Say in words what is about to happen, then what is learned from, and with which settings.

    Args:
        console: Where to.
        run: The run.
        source: What its documents are called.
        everything: Whether to show all settings, or only those that differ from the defaults.
        goes_on_in: The file of a run that was stopped before.
    """
    config, documents, name = run.config, [*run.documents, *run.held_out], visible(source)
    steps = counted(config.steps, "step")
    say(console, f"Learning to write like {name} in {steps}, then inventing {config.samples:,} of its own.")
    lines = [""]
    if goes_on_in:
        lines.insert(0, f"Going on with {visible(goes_on_in)} after {so_far(len(run.losses), config)}.")
    lines.append(f"{name}: {counted(len(documents), 'document')}, {len(set(documents)):,} distinct")
    if run.held_out:
        lines.append(f"{len(run.held_out):,} of the distinct ones are set aside to judge by")
    if cut := cut_documents(documents, config.block_size):
        too_long = f"{counted(cut, 'document')} too long for a block_size of {config.block_size}"
        lines.append(f"{too_long}: only the beginning is read")
    characters = len(run.model.tokenizer.alphabet)
    lines.append(
        f"{characters + 1:,} tokens: {characters:,} characters, and BOS, the mark for beginning and end"
    )
    lines.append(f"{len(parameters_of(run.model)):,} parameters")
    console.print("\n".join(lines), markup=False, soft_wrap=True)
    _show_settings(console, config, everything)
    console.print()


def _show_settings(console: Console, config: Config, everything: bool) -> None:
    table = Table(box=None, pad_edge=False, show_edge=False)
    table.add_column("setting", style="bold", no_wrap=True)
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("what it does")
    for dial in fields(config):
        if everything or getattr(config, dial.name) != dial.default:
            table.add_row(dial.name, str(getattr(config, dial.name)), summary(dial.name))
    if table.row_count:
        console.print(table)
    else:
        console.print("all settings stand at their defaults; --settings shows them")


def show_progress(console: Console, steps: Iterable[Step], run: Run) -> None:
    """Go through the steps of a run and show how it is getting on.

    A terminal that is wide enough gets one moving line. Anything else gets the first step, every tenth of the
    way, and the last.
    """
    total = run.config.steps
    if console.is_interactive and console.file.isatty() and get_terminal_size().columns >= _BAR:
        columns = (TextColumn("step {task.completed:.0f}/{task.total:.0f}"), BarColumn(bar_width=None))
        state = (TextColumn("{task.description}"), TimeRemainingColumn(compact=True))
        line = Progress(*columns, *state, console=console, expand=True)
        with cursor_back_on_suspend(console), line:
            task = line.add_task("", total=total, completed=len(run.losses))
            for step in steps:
                line.update(task, completed=step.number, description=_state(step, run))
        return
    first = len(run.losses) + 1
    for step in steps:
        if step.number in (first, total) or step.number % max(1, total // 10) == 0:
            number = f"step {step.number:>{len(str(total))}}/{total}"
            console.print(f"{number}  {_state(step, run)}", soft_wrap=True)


def _state(step: Step, run: Run) -> str:
    return f"loss {step.loss:.4f}  mean {mean_of_last(run.losses):.4f}  rate {step.learning_rate:.3g}"


def with_bar(console: Console) -> evaluation.Progress:
    """Make somebody who shows how an exam is getting on; on a terminal only, and gone when it is done."""

    def progress(numbers: list[int]) -> Iterable[int]:
        is_shown = console.is_interactive and console.file.isatty() and not console.quiet
        shown = track(numbers, "exam", console=console, transient=True, disable=not is_shown)
        with cursor_back_on_suspend(console):
            yield from shown

    return progress


@contextmanager
def bar(console: Console, what: str, total: int) -> Iterator[Callable[[int], object]]:
    """Show a bar on a terminal, gone when it is done.

    Args:
        console: Where to.
        what: What takes so long.
        total: How much there is to do.

    Yields:
        What moves the bar on, by so much.
    """
    is_shown = console.is_interactive and console.file.isatty() and not console.quiet
    columns = (TextColumn(what), BarColumn(bar_width=None), TimeElapsedColumn())
    shown = Progress(*columns, console=console, transient=True, expand=True, disable=not is_shown)
    with cursor_back_on_suspend(console), shown:
        task = shown.add_task("", total=total)
        yield lambda count: shown.advance(task, count)
