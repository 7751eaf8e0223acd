"""Text for the screen: on a terminal with colors, into a file or a pipe plain, and never steered by data."""

import os
import re
import sys
from collections.abc import Iterable, Sequence
from unicodedata import category

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text


class Screen(Console):
    """A console that says when nobody reads it any more, so that a run can be saved."""

    def on_broken_pipe(self) -> None:
        """Write nothing more, not even when the program ends, and pass the error on."""
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise  # what is being handled: this is called when nobody reads


def new_console(quiet: bool = False, stderr: bool = False) -> Screen:
    """Open the screen: at least 40 columns wide, and with nothing guessed to be a number or a link."""
    console = Screen(highlight=False, emoji=False, quiet=quiet, stderr=stderr)
    console.width = max(console.width, 40)
    return console


def visible(text: str) -> str:
    r"""Write what cannot be printed as an escape, so that data cannot steer the terminal.

    Examples:
        >>> print(visible("Zoë\x1b[31m"))
        Zoë\x1b[31m
    """
    return "".join(c if c.isprintable() else _escaped(c) for c in text)


def plain(text: str) -> str:
    r"""Write a text for a file or a pipe: only what could steer a terminal later is escaped.

    Examples:
        The character that keeps two Persian letters apart stays, the one that begins a color does not.

        >>> plain("\u0645\u06cc\u200c\u062e") == "\u0645\u06cc\u200c\u062e"
        True
        >>> print(plain("Zoë\x1b[31m"))
        Zoë\x1b[31m
    """
    return "".join(_escaped(c) if category(c) in ("Cc", "Zl", "Zp") else c for c in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()


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
    further = " " * (indent + 4)
    lines, line, used = [], text[:indent], indent
    for word in re.split(r"(?<=[^ ])(?= )", text[indent:]):
        if used + cell_len(word) > width and line.strip():
            lines.append(line)
            line, used, word = further, len(further), word.lstrip(" ")
        if used + cell_len(word) > width:
            head = chop_cells(word, max(2, width - used))[0]
            pieces = [line + head]
            pieces += [further + rest for rest in chop_cells(word[len(head) :], max(2, width - len(further)))]
            lines += pieces[:-1]
            line = pieces[-1]
        else:
            line += word
        used = cell_len(line) if len(line) < 2 * width else used + cell_len(word)
    return [*lines, line]


def say(console: Console, text: str, style: str = "") -> None:
    """Print lines; what is too wide for the screen goes on in the next one, further in.

    A no-break space is a space at which a line is not broken.
    """
    for line in text.split("\n"):
        for part in folded(line, console.width):
            console.print(Text(part.replace("\N{NO-BREAK SPACE}", " "), style=style), soft_wrap=True)


def bare_table(headings: Sequence[str], rows: Iterable[Sequence[str]], style: str = "dim") -> Table:
    """Make a table without lines: the first column to the left, the others to the right."""
    table = Table(box=None, pad_edge=False, show_edge=False, header_style=style)
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number else "left", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    return table
