"""What a run looks like on the screen: settings, progress, samples, summary.

The chapters before this one calculate and return; none of them prints. Here their records become text. On a
terminal there are colors and a moving bar; into a file or a pipe goes plain text, line by line, without
control characters.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields

from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from microgpt.config import Config, summary
from microgpt.evaluation import Known, Origin, Score
from microgpt.loss import perplexity
from microgpt.model import parameters_of
from microgpt.sampling import Choice, entropy
from microgpt.tokenizer import Tokenizer
from microgpt.training import Run, Step, cut_documents

__all__ = [
    "mean_of_last",
    "new_console",
    "show_choices",
    "show_data",
    "show_data_set",
    "show_evaluation",
    "show_progress",
    "show_samples",
    "show_settings",
    "show_summary",
    "visible",
]

_WINDOW = 100
"""Over how many steps the moving average goes."""

_SHOWN = 5
"""How many of the likeliest characters get a bar."""

_SIGNS = {Origin.NEW: "+", Origin.IN_DATA: "=", Origin.TRAINED_ON: "*"}
_COLORS = {Origin.NEW: "green", Origin.IN_DATA: "yellow", Origin.TRAINED_ON: "red"}
_OPPONENTS = {
    "model": "this model",
    "bigram": "bigram counter",
    "unigram": "unigram counter",
    "uniform": "uniform die",
}


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
    documents = [*run.documents, *run.held_out]
    console.print(
        f"{visible(source)}: {len(documents):,} documents, {len(set(documents)):,} distinct",
        markup=False,
        soft_wrap=True,
    )
    if run.held_out:
        console.print(f"{len(run.held_out):,} of the distinct ones are set aside to judge by")
    cut = cut_documents(documents, block_size)
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


def show_samples(
    console: Console, samples: Iterable[str], count: int, temperature: float, known: Known | None
) -> None:
    """Print what the model invents, each as soon as it is there, with a sign that says whether it is new."""
    if not count:
        return
    console.print(f"\n{count} sample{'s' if count > 1 else ''} at temperature {temperature}")
    if known:
        console.print("   ".join(f"{_SIGNS[origin]} {origin.value}" for origin in Origin), style="dim")
    seen: Counter[str] = Counter()
    origins: Counter[Origin] = Counter()
    for number, sample in enumerate(samples, start=1):
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
    console.print("; ".join([*shares, f"{len(seen)} different ones"]), soft_wrap=True)


def show_choices(console: Console, made: Iterable[Choice[float]], tokenizer: Tokenizer, prompt: str) -> None:
    """Print the chances behind each character of one sample, the chosen one marked, and then the sample."""
    text = prompt
    for choice in made:
        chances, drawn = choice.probabilities, choice.token
        console.print(
            f"\nafter {visible(text)!r} came {visible(tokenizer.name(drawn))!r} with a probability of "
            f"{chances[drawn]:.3f}; entropy {entropy(chances):.2f} bits",
            soft_wrap=True,
            markup=False,
        )
        likely = sorted(range(len(chances)), key=lambda token: -chances[token])
        shown = [token for rank, token in enumerate(likely) if rank < _SHOWN or token == drawn]
        for token in shown:
            console.print(_bar(console, visible(tokenizer.name(token)), chances[token], token == drawn))
        if len(shown) < len(chances):
            rest = math.fsum(chances[token] for token in likely if token not in shown)
            console.print(f"  {len(chances) - len(shown)} others {rest:.3f} together", style="dim")
        text += tokenizer.decode([drawn])
    console.print(Text(f"\n{visible(text) or '(empty)'}", style="bold"), soft_wrap=True)


def _bar(console: Console, name: str, chance: float, is_drawn: bool) -> Text:
    full = "\N{FULL BLOCK}" if console.encoding.startswith("utf") else "#"
    bar = full * round(chance * (console.width - 20))
    line = f"{'>' if is_drawn else ' '} {name:<6}{chance:6.3f}  {bar}"
    return Text(line.rstrip(), style="bold" if is_drawn else "")


def show_summary(console: Console, run: Run, seconds: float) -> None:
    """Print how the run ended: the last loss, the mean of the newest losses, and the time."""
    if not run.losses:
        return
    counted = min(_WINDOW, len(run.losses))
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


def show_data_set(console: Console, name: str, sentence: str, documents: Sequence[str] | None) -> None:
    """Print what a data set is and what it is made of; None stands for one that is not here yet."""
    console.print(Text(name, style="bold"))
    lines = [sentence]
    if documents is None:
        lines.append(f"Not here yet: --dataset {name} fetches it.")
    else:
        lengths, alphabet = sorted(map(len, documents)), Tokenizer.from_documents(documents).alphabet
        lines += [
            f"{len(documents):,} lines, {len(set(documents)):,} distinct; "
            f"{lengths[0]} to {lengths[-1]} characters, half of them up to {lengths[len(lengths) // 2]}",
            f"{len(alphabet)} characters: {visible(alphabet)!r}",
            "such as " + ", ".join(visible(documents[i * len(documents) // 5]) for i in range(5)),
        ]
    for line in lines:
        console.print(Padding(Text(line), (0, 0, 0, 2), expand=False))
    console.print()
