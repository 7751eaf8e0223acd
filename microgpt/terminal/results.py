"""What the screen shows when a run is over: what it invents, how its losses fell, and how good it is."""

import math
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

import typer
from rich.console import Console
from rich.text import Text

from microgpt.config import Config
from microgpt.evaluation import OPPONENTS, Novelty, Score
from microgpt.loss import perplexity
from microgpt.terminal.charts import loss_plot
from microgpt.terminal.screen import bare_table, counted, plain, visible
from microgpt.training import WINDOW, Run, mean_of_last

_LOOKS = {Novelty.NEW: ("+", "green"), Novelty.IN_DATA: ("=", "yellow"), Novelty.TRAINED_ON: ("*", "red")}


def show_samples(
    console: Console,
    samples: Iterable[str],
    config: Config,
    novelty_of: Callable[[str], Novelty] | None,
    reason: str = "",
) -> None:
    """Print what the model invents, each as soon as it is there, with a sign that says whether it is new.

    To a quiet console goes nothing but the samples.

    Args:
        console: Where to.
        samples: What it invents.
        config: How many there will be, and at which temperature.
        novelty_of: Says of each whether it is new; None if that cannot be told.
        reason: Why it cannot be told.
    """
    if console.quiet:
        for sample in samples:
            typer.echo(visible(sample) if sys.stdout.isatty() else plain(sample))
    elif config.samples:
        console.print(f"\n{counted(config.samples, 'sample')} at temperature {config.temperature}")
        _show_marked(console, samples, config.samples, novelty_of)
        if reason:
            console.print(reason, soft_wrap=True, markup=False)


def _show_marked(
    console: Console, samples: Iterable[str], count: int, novelty_of: Callable[[str], Novelty] | None
) -> None:
    seen: Counter[str] = Counter()
    found: Counter[Novelty] = Counter()
    for number, sample in enumerate(samples, start=1):
        if novelty_of and number == 1:
            console.print(
                "   ".join(f"{sign} {kind.value}" for kind, (sign, _) in _LOOKS.items()), style="dim"
            )
        seen[sample] += 1
        novelty = novelty_of(sample) if novelty_of else None
        found.update([novelty] if novelty else [])
        line = _sample_line(f"{number:>{len(str(count))}}", sample, novelty, seen[sample])
        console.print(line, soft_wrap=True)
    shares = [f"{found[kind] / count:.0%} {kind.value}" for kind in _LOOKS if found[kind]]
    console.print("; ".join([*shares, f"{len(seen)} different"]), soft_wrap=True)


def _sample_line(number: str, sample: str, novelty: Novelty | None, times: int) -> Text:
    sign, color = _LOOKS[novelty] if novelty else ("", "")
    line = Text().append(f"{number} ", style="dim")
    line.append(f"{sign} {visible(sample) or '(empty)'}", style=color)
    return line.append("  again", style="dim") if times > 1 else line


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
    size = run.config.batch_size
    documents = "one document" if size == 1 else f"mean of {size:,} documents"
    mean = f"mean loss of the last {min(WINDOW, len(run.losses)):<8} {mean_of_last(run.losses):.4f}"
    console.print(
        f"\nloss of the last step          {run.losses[-1]:.4f} nats per token, {documents}\n"
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
