"""What the screen shows of a trained model: samples with their origin, chances, and how good it is."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from microgpt.terminal.charts import loss_plot
from microgpt.evaluation import Known, Origin, Score
from microgpt.loss import perplexity
from microgpt.terminal.screen import WINDOW, mean_of_last, visible
from microgpt.training import Run

_SIGNS = {Origin.NEW: "+", Origin.IN_DATA: "=", Origin.TRAINED_ON: "*"}
_COLORS = {Origin.NEW: "green", Origin.IN_DATA: "yellow", Origin.TRAINED_ON: "red"}
_OPPONENTS = {
    "model": "this model",
    "bigram": "bigram counter",
    "unigram": "unigram counter",
    "uniform": "uniform die",
}


def show_samples(
    console: Console, samples: Iterable[str], count: int, temperature: float, known: Known | None
) -> None:
    """Print what the model invents, each as soon as it is there, with a sign that says whether it is new."""
    if not count:
        return
    console.print(f"\n{count} sample{'s' if count > 1 else ''} at temperature {temperature}")
    seen: Counter[str] = Counter()
    origins: Counter[Origin] = Counter()
    for number, sample in enumerate(samples, start=1):
        if known and number == 1:
            console.print("   ".join(f"{_SIGNS[origin]} {origin.value}" for origin in Origin), style="dim")
        line = Text().append(f"{number:>{len(str(count))}} ", style="dim")
        if known:
            origin = known.origin(sample)
            origins[origin] += 1
            line.append(f"{_SIGNS[origin]} ", style=_COLORS[origin])
            line.append(visible(sample) or "(empty)", style=_COLORS[origin])
        else:
            line.append(f" {visible(sample) or '(empty)'}")
        if seen[sample]:
            line.append("  again", style="dim")
        seen[sample] += 1
        console.print(line, soft_wrap=True)
    shares = [f"{origins[origin] / count:.0%} {origin.value}" for origin in Origin if origins[origin]]
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
    counted = min(WINDOW, len(run.losses))
    console.print()
    console.print(f"loss of the last step          {run.losses[-1]:.4f} nats per token, one document")
    console.print(f"mean loss of the last {counted:<8} {mean_of_last(run.losses):.4f} nats per token")
    console.print(f"time                           {seconds:.1f} s")


def show_evaluation(console: Console, scores: Mapping[str, Score]) -> None:
    """Print the loss on documents not trained on, beside that of three counters."""
    console.print()
    if not scores:
        console.print(
            "Training has seen every document, so none is left to judge it by; "
            "--hold-out 0.1 sets a tenth of them aside before training."
        )
        return
    judged = scores["model"]
    documents = f"{judged.documents:,} document{'s' if judged.documents > 1 else ''}"
    console.print(f"held-out loss on {documents} not trained on ({judged.tokens:,} tokens)")
    table = Table(box=None, pad_edge=False, show_edge=False)
    for heading in ("", "nats per token", "standard error", "perplexity"):
        table.add_column(heading, justify="right" if heading else "left")
    for name, score in scores.items():
        error = "-" if math.isnan(score.standard_error) else f"{score.standard_error:.4f}"
        table.add_row(_OPPONENTS[name], f"{score.loss:.4f}", error, _perplexity(score.loss))
    console.print(table)


def _perplexity(loss: float) -> str:
    return f"{perplexity(loss):.2f}" if loss < 100 else "beyond all bounds"
