"""What a run looks like on the screen: settings, progress, samples, summary.

The chapters before this one calculate and return; none of them prints. Here their records become text. On a
terminal there are colors and a moving bar; into a file or a pipe goes plain text, line by line, without
control characters.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from microgpt.config import Config, summary
from microgpt.model import parameters_of
from microgpt.training import Run, Step, cut_documents

__all__ = [
    "mean_of_last",
    "new_console",
    "show_data",
    "show_progress",
    "show_samples",
    "show_settings",
    "show_summary",
    "visible",
]

_WINDOW = 100
"""Over how many steps the moving average goes."""


def new_console(quiet: bool = False) -> Console:
    """Open the screen: at least 40 columns wide, and with nothing guessed to be a number or a link."""
    console = Console(highlight=False, quiet=quiet)
    console.width = max(console.width, 40)
    return console


def visible(text: str) -> str:
    r"""Write what cannot be printed as an escape, so that data cannot steer the terminal.

    Examples:
        >>> print(visible("Zoë\x1b[31m"))
        Zoë\x1b[31m
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def mean_of_last(losses: Sequence[float], window: int = _WINDOW) -> float:
    """Average the newest losses: one loss is one document's, and jumps with its difficulty.

    Args:
        losses: At least one, oldest first.
        window: How many to average; fewer if there are not as many.

    Examples:
        >>> mean_of_last([9.0, 3.0, 2.0, 4.0], window=3), mean_of_last([2.5])
        (3.0, 2.5)
    """
    newest = losses[-window:]
    return sum(newest) / len(newest)


def show_settings(console: Console, config: Config) -> None:
    """Print every dial with its value and what it does."""
    table = Table(box=None, pad_edge=False, show_edge=False)
    table.add_column("setting", style="bold", no_wrap=True)
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("what it does")
    for dial in fields(config):
        table.add_row(dial.name, str(getattr(config, dial.name)), summary(dial.name))
    console.print(table)


def show_data(console: Console, source: str, run: Run) -> None:
    """Print what is learned from, and how large the model is."""
    tokenizer, block_size = run.model.tokenizer, run.config.block_size
    console.print()
    console.print(
        f"{visible(source)}: {len(run.documents):,} documents, {len(set(run.documents)):,} distinct",
        markup=False,
        soft_wrap=True,
    )
    cut = cut_documents(run.documents, block_size)
    if cut:
        console.print(f"{cut:,} are too long for a block_size of {block_size}: only their beginning is read")
    characters = len(tokenizer.alphabet)
    console.print(f"{characters + 1:,} tokens: {characters:,} characters, and a mark for beginning and end")
    console.print(f"{len(parameters_of(run.model)):,} parameters")
    console.print()


def show_progress(console: Console, steps: Iterable[Step], run: Run) -> None:
    """Go through the steps of a run and show how it is getting on.

    A terminal gets one moving line. Anything else gets the first step, every tenth of the way, and the last.
    """
    if console.is_interactive and console.file.isatty():
        _show_bar(console, steps, run)
    else:
        _show_lines(console, steps, run)


def _show_bar(console: Console, steps: Iterable[Step], run: Run) -> None:
    bar = Progress(
        TextColumn("step {task.completed:.0f}/{task.total:.0f}"),
        BarColumn(bar_width=None),
        TextColumn("{task.description}"),
        TimeRemainingColumn(compact=True),
        console=console,
        expand=True,
    )
    with bar:
        task = bar.add_task("", total=run.config.steps, completed=len(run.losses))
        for step in steps:
            bar.update(task, completed=step.number, description=_state(step, run))


def _show_lines(console: Console, steps: Iterable[Step], run: Run) -> None:
    total = run.config.steps
    for step in steps:
        if step.number in (1, total) or step.number % max(1, total // 10) == 0:
            line = f"step {step.number:>{len(str(total))}}/{total}  {_state(step, run)}"
            console.print(line, soft_wrap=True)


def _state(step: Step, run: Run) -> str:
    average = mean_of_last(run.losses)
    return f"loss {step.loss:.4f}  mean {average:.4f}  rate {step.learning_rate:.3g}"


def show_samples(console: Console, samples: Iterator[str], count: int, temperature: float) -> None:
    """Print what the model invents, numbered, each as soon as it is there."""
    if not count:
        return
    console.print(f"\n{count} sample{'s' if count > 1 else ''} at temperature {temperature}")
    for number, sample in enumerate(samples, start=1):
        line = Text(f"{number:>{len(str(count))}}  ", style="dim")
        line.append(visible(sample) or "(empty)", style="not dim" if sample else "dim italic")
        console.print(line, soft_wrap=True)


def show_summary(console: Console, run: Run, seconds: float) -> None:
    """Print how the run ended: the last loss, the mean of the newest losses, and the time."""
    if not run.losses:
        return
    counted = min(_WINDOW, len(run.losses))
    console.print()
    console.print(f"loss of the last step          {run.losses[-1]:.4f} nats per token, one document")
    console.print(f"mean loss of the last {counted:<8} {mean_of_last(run.losses):.4f} nats per token")
    console.print(f"time                           {seconds:.1f} s")
