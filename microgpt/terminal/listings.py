"""`python -m microgpt datasets`, `runs` and `config`: what there is to learn from, and what was learned."""

from collections.abc import Sequence

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from microgpt.checkpoint import CheckpointError, load_checkpoint
from microgpt.config import Config, explain
from microgpt.data import DATASETS, read_documents
from microgpt.terminal.config_files import as_toml
from microgpt.terminal.documents import data_set
from microgpt.terminal.fetch import MAKEMORE, MAKEMORE_IS, cached, is_cached
from microgpt.terminal.options import Explain
from microgpt.terminal.runs import has_diverged, newest_first
from microgpt.terminal.screen import bare_table, new_console, visible
from microgpt.tokenizer import Tokenizer
from microgpt.training import mean_of_last


def datasets() -> None:
    """List the data sets to learn from, with counts, alphabets and examples."""
    console = new_console()
    for name, sentence in DATASETS.items():
        _show(console, name, sentence, data_set(name))
    _show(console, MAKEMORE, MAKEMORE_IS, read_documents(cached()) if is_cached() else None)


def config(dial: Explain = None) -> None:
    """Print a file of settings with the defaults, to be changed and given to --config."""
    typer.echo(as_toml(Config()).rstrip() if dial is None else explain(dial.lstrip("-").replace("-", "_")))


def runs() -> None:
    """List the runs that are kept in runs/, the newest first."""
    rows, refused = [], []
    for path in newest_first():
        try:
            found = load_checkpoint(path)
        except CheckpointError as error:
            refused.append(str(error))
            continue
        loss = f"{mean_of_last(found.losses):.4f}" if found.losses else "-"
        state = "diverged" if has_diverged(path) else "finished" if found.is_finished else "to go on"
        rows.append((visible(path.name), f"{len(found.losses):,}/{found.model.config.steps:,}", loss, state))
    if not rows and not refused:
        raise CheckpointError("there is no run in runs/; python -m microgpt makes one")
    console = new_console()
    console.print(bare_table(("runs/", "step", "mean loss", ""), rows, style="bold"), soft_wrap=True)
    for sentence in refused:
        typer.echo(f"microgpt: {visible(sentence)}", err=True)


def _show(console: Console, name: str, sentence: str, documents: Sequence[str] | None) -> None:
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
