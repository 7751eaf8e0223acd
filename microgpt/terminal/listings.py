"""`python -m microgpt datasets` and `config`: what there is to learn from, and which dials there are."""

from collections.abc import Sequence

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from microgpt.config import Config, explain
from microgpt.data import DATASETS, read_documents
from microgpt.terminal.config_files import as_toml
from microgpt.terminal.documents import data_set
from microgpt.terminal.fetch import MAKEMORE, MAKEMORE_IS, cached, is_cached
from microgpt.terminal.options import Explain
from microgpt.terminal.screen import new_console, visible
from microgpt.tokenizer import Tokenizer


def datasets() -> None:
    """List the data sets to learn from, with counts, alphabets and examples."""
    console = new_console()
    for name, sentence in DATASETS.items():
        _show(console, name, sentence, data_set(name))
    _show(console, MAKEMORE, MAKEMORE_IS, read_documents(cached()) if is_cached() else None)


def config(dial: Explain = None) -> None:
    """Print a file of settings with the defaults, to be changed and given to --config."""
    typer.echo(as_toml(Config()).rstrip() if dial is None else explain(dial))


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
