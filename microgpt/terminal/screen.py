"""What the screen shows of a run: settings, data, progress.

The chapters calculate and return; none of them prints. Here and in `microgpt.terminal.results` their records become
text. On a terminal there are colors and a moving bar; into a file or a pipe goes plain text, line by line,
without control characters.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import fields

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from microgpt.config import Config, summary
from microgpt.model import parameters_of
from microgpt.tokenizer import Tokenizer
from microgpt.training import Run, Step, cut_documents


def new_console(quiet: bool = False) -> Console:
    """Open the screen: at least 40 columns wide, and with nothing guessed to be a number or a link."""
    console = Console(highlight=False, emoji=False, quiet=quiet)
    console.width = max(console.width, 40)
    return console


def visible(text: str) -> str:
    r"""Write what cannot be printed as an escape, so that data cannot steer the terminal.

    Examples:
        >>> print(visible("Zoë\x1b[31m"))
        Zoë\x1b[31m
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def counted(number: int, what: str) -> str:
    """Write a number of things, one or many.

    Examples:
        >>> counted(1, "line"), counted(1200, "line")
        ('1 line', '1,200 lines')
    """
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def quoted(character: str) -> str:
    """Make a text visible; one of spaces is put in quotes.

    Examples:
        >>> quoted("a"), quoted(" ")
        ('a', "' '")
    """
    return repr(character) if not character.strip() else visible(character)


def shortened(text: str, length: int) -> str:
    """Cut a text that takes more than so many columns of the screen; some characters take two.

    Examples:
        >>> shortened("pachycephalosaurus", 10), shortened("mei", 10)
        ('pachyce...', 'mei')
    """
    return text if cell_len(text) <= length else set_cell_size(text, length - 3).rstrip() + "..."


def folded(text: str, width: int) -> list[str]:
    """Break a line that is too wide between words; what follows stands further in.

    Examples:
        >>> folded("  one two three", 11)
        ['  one two', '      three']
        >>> folded("abcdefghij", 8)
        ['abcdefgh', '    ij']
    """
    indent = len(text) - len(text.lstrip(" "))
    lines, line = [], text[:indent]
    for word in re.split(r"(?<=[^ ])(?= )", text[indent:]):
        if cell_len(line + word) > width and line.strip():
            lines.append(line)
            line, word = " " * (indent + 4), word.lstrip(" ")
        while cell_len(line + word) > width:
            head = chop_cells(word, width - cell_len(line))[0]
            lines.append(line + head)
            line, word = " " * (indent + 4), word[len(head) :]
        line += word
    return [*lines, line]


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
        documents_cut = f"{counted(cut, 'document')} too long for a block_size of {block_size}"
        console.print(f"{documents_cut}: only the beginning is read")
    characters = len(tokenizer.alphabet)
    console.print(
        f"{characters + 1:,} tokens: {characters:,} characters, and BOS, the mark for beginning and end"
    )
    console.print(f"{len(parameters_of(run.model)):,} parameters")
    console.print()


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
