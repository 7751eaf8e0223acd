"""What the screen shows of a run: its settings and data, its progress, and what came of it."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from microgpt.config import Config, summary
from microgpt.data import cut_documents
from microgpt.evaluation import OPPONENTS, Novelty, Score
from microgpt.loss import perplexity
from microgpt.model import parameters_of
from microgpt.terminal.charts import loss_plot
from microgpt.terminal.screen import bare_table, counted, visible
from microgpt.training import WINDOW, Run, Step, mean_of_last

_LOOKS = {Novelty.NEW: ("+", "green"), Novelty.IN_DATA: ("=", "yellow"), Novelty.TRAINED_ON: ("*", "red")}


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
    block_size, alphabet = run.config.block_size, run.model.tokenizer.alphabet
    documents = [*run.documents, *run.held_out]
    lines = ["", f"{visible(source)}: {len(documents):,} documents, {len(set(documents)):,} distinct"]
    if run.held_out:
        lines.append(f"{len(run.held_out):,} of the distinct ones are set aside to judge by")
    if cut := cut_documents(documents, block_size):
        too_long = f"{counted(cut, 'document')} too long for a block_size of {block_size}"
        lines.append(f"{too_long}: only the beginning is read")
    tokens, characters = f"{len(alphabet) + 1:,} tokens", f"{len(alphabet):,} characters"
    lines.append(f"{tokens}: {characters}, and BOS, the mark for beginning and end")
    lines.append(f"{len(parameters_of(run.model)):,} parameters\n")
    console.print("\n".join(lines), markup=False, soft_wrap=True)


def show_progress(console: Console, steps: Iterable[Step], run: Run) -> None:
    """Go through the steps of a run and show how it is getting on.

    A terminal gets one moving line. Anything else gets the first step, every tenth of the way, and the last.
    """
    total = run.config.steps
    if console.is_interactive and console.file.isatty():
        columns = (TextColumn("step {task.completed:.0f}/{task.total:.0f}"), BarColumn(bar_width=None))
        state = (TextColumn("{task.description}"), TimeRemainingColumn(compact=True))
        with Progress(*columns, *state, console=console, expand=True) as bar:
            task = bar.add_task("", total=total, completed=len(run.losses))
            for step in steps:
                bar.update(task, completed=step.number, description=_state(step, run))
        return
    for step in steps:
        if step.number in (1, total) or step.number % max(1, total // 10) == 0:
            number = f"step {step.number:>{len(str(total))}}/{total}"
            console.print(f"{number}  {_state(step, run)}", soft_wrap=True)


def _state(step: Step, run: Run) -> str:
    return f"loss {step.loss:.4f}  mean {mean_of_last(run.losses):.4f}  rate {step.learning_rate:.3g}"


def show_samples(
    console: Console,
    samples: Iterable[str],
    config: Config,
    novelty_of: Callable[[str], Novelty] | None,
) -> None:
    """Print what the model invents, each as soon as it is there, with a sign that says whether it is new.

    To a quiet console goes nothing but the samples.

    Args:
        console: Where to.
        samples: What it invents.
        config: How many there will be, and at which temperature.
        novelty_of: Says of each whether it is new; None if that cannot be told.
    """
    count = config.samples
    if console.quiet:
        for sample in samples:
            typer.echo(visible(sample))
        return
    if not count:
        return
    console.print(f"\n{counted(count, 'sample')} at temperature {config.temperature}")
    seen: Counter[str] = Counter()
    found: Counter[Novelty] = Counter()
    for number, sample in enumerate(samples, start=1):
        if novelty_of and number == 1:
            console.print(
                "   ".join(f"{sign} {kind.value}" for kind, (sign, _) in _LOOKS.items()), style="dim"
            )
        novelty = novelty_of(sample) if novelty_of else None
        sign, color = _LOOKS[novelty] if novelty else ("", "")
        line = Text().append(f"{number:>{len(str(count))}} ", style="dim")
        line.append(f"{sign} {visible(sample) or '(empty)'}", style=color)
        if seen[sample]:
            line.append("  again", style="dim")
        seen[sample] += 1
        found.update([novelty] if novelty else [])
        console.print(line, soft_wrap=True)
    shares = [f"{found[kind] / count:.0%} {kind.value}" for kind in _LOOKS if found[kind]]
    console.print("; ".join([*shares, f"{len(seen)} different"]), soft_wrap=True)


def show_losses(console: Console, losses: Sequence[float]) -> None:
    """Print the losses of all steps as a drawing, with their moving average."""
    if not losses:
        return
    width = min(console.width, 100) - 9
    which = "each step" if len(losses) <= width else f"{width} of {len(losses):,} steps"
    console.print(f"\nloss of {which} (.) and mean of the last {min(WINDOW, len(losses))} (*)")
    for line in loss_plot(losses, width):
        console.print(Text(line), soft_wrap=True)


def show_summary(console: Console, run: Run, seconds: float) -> None:
    """Print how the run ended: the last loss, the mean of the newest losses, and the time."""
    if not run.losses:
        return
    mean = f"mean loss of the last {min(WINDOW, len(run.losses)):<8} {mean_of_last(run.losses):.4f}"
    console.print(
        f"\nloss of the last step          {run.losses[-1]:.4f} nats per token, one document\n"
        f"{mean} nats per token\n"
        f"time                           {seconds:.1f} s"
    )


def show_evaluation(console: Console, scores: Mapping[str, Score]) -> None:
    """Print the loss on documents not trained on, beside that of the opponents."""
    if not scores:
        console.print(
            "\nTraining has seen every document, so none is left to judge it by; "
            "--hold-out 0.1 sets a tenth of them aside before training."
        )
        return
    judged = scores["model"]
    documents = counted(judged.documents, "document")
    console.print(f"\nheld-out loss on {documents} not trained on ({judged.tokens:,} tokens)")
    titles = {"model": "this model"} | {name: opponent.title for name, opponent in OPPONENTS.items()}
    rows = [
        (
            *(titles[name], f"{score.loss:.4f}"),
            "-" if math.isnan(score.standard_error) else f"{score.standard_error:.4f}",
            f"{perplexity(score.loss):.2f}" if score.loss < 100 else "beyond all bounds",
        )
        for name, score in scores.items()
    ]
    console.print(bare_table(("", "nats per token", "standard error", "perplexity"), rows, style="bold"))
