"""Drawing with characters: heat maps, bars, and the curve of the losses."""

import math
import sys
from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from microgpt.records import Record
from microgpt.terminal.screen import quoted
from microgpt.tokenizer import Tokenizer
from microgpt.training import mean_of_last

_HEAT = {0.08: "", 0.2: "black on color(195)", 0.4: "black on color(117)", 0.7: "white on color(32)"}
"""Up to which weight a cell of the heat map has which style."""

_HOTTEST = "white on color(19)"
_TOP = 5


def show_heat_map(console: Console, seen: Sequence[str], weights: Sequence[Sequence[float]]) -> None:
    """Show what each head looks at: a row for a head, a column for a character seen so far.

    Args:
        console: Where to.
        seen: The characters, `[n]`.
        weights: The attention weights, `[n_head][n]`.
    """
    shown = min(len(seen), (console.width - 12) // 5)
    newest = "" if shown == len(seen) else f" (the newest {shown} of {len(seen)})"
    console.print(f"  attention weights so far{newest}; a whole row adds up to 1, but for rounding")
    line = Text(" " * 10)
    for character in seen[-shown:]:
        shown_as = quoted(character)
        shown_as = shown_as if cell_len(shown_as) <= 4 else "?"
        line.append(" " * (5 - cell_len(shown_as)) + shown_as)
    console.print(line)
    for head, row in enumerate(weights):
        line = Text(f"  head {head:<3}")
        for weight in row[-shown:]:
            line.append(f" {weight:.2f}", style=_heat(weight))
        console.print(line)


def show_bars(console: Console, record: Record, tokenizer: Tokenizer) -> None:
    """Print the likeliest characters of a draw as bars, with what they were before the temperature.

    Args:
        console: Where to.
        record: Of the kind `sampling`.
        tokenizer: Says what each token is called.
    """
    shares, plain, drawn = record["probabilities"], record["plain"], record["drawn"]
    likely = sorted(range(len(shares)), key=lambda token: -shares[token])
    names = {token: tokenizer.name(token) for token in likely}
    shown = [token for rank, token in enumerate(likely) if rank < _TOP or names[token] == drawn]
    full = "\N{FULL BLOCK}" if console.encoding.startswith("utf") else "#"
    temperature = f"T={record['temperature']:g}"
    console.print(Text(f"            T=1  {temperature:>6}", style="dim"))
    for token in shown:
        is_drawn = names[token] == drawn
        bar = full * round(shares[token] * (console.width - 27))
        name = f"  {'>' if is_drawn else ' '} {set_cell_size(quoted(names[token]), 7)}"
        line = f"{name}{plain[token]:5.3f}   {shares[token]:5.3f}  {bar}"
        console.print(Text(line.rstrip(), style="bold" if is_drawn else ""), soft_wrap=True)
    others = [token for token in likely if token not in shown]
    if others:
        before, after = (math.fsum(part[token] for token in others) for part in (plain, shares))
        sums = f"    {'others':<7}{before:5.3f}   {after:5.3f}  ({len(others)} together)"
        console.print(Text(sums, style="dim"))


def loss_plot(losses: Sequence[float], width: int = 72, height: int = 12) -> list[str]:
    """Draw the losses of all steps as dots and their moving average as a line of stars.

    Args:
        losses: At least one, oldest first.
        width: Of the drawing, in characters.
        height: In lines.

    Returns:
        The lines. Where there are more steps than columns, a column shows the last step of its share.
    """
    columns = [round((c + 1) * len(losses) / width) for c in range(width)] if len(losses) > width else []
    counts = columns or list(range(1, len(losses) + 1))
    halves = [min(loss, sys.float_info.max) / 2 for loss in losses]  # so that no difference is too large
    averages = [min(mean_of_last(halves[:count]), sys.float_info.max) for count in counts]
    dots = [halves[count - 1] for count in counts]
    low, high = min([*averages, *dots]), max([*averages, *dots])
    cells = [[" "] * len(counts) for _ in range(height)]

    def row(value: float) -> int:
        return round((high - value) / (high - low) * (height - 1)) if high > low else 0

    for column, (dot, average) in enumerate(zip(dots, averages, strict=True)):
        cells[row(dot)][column] = "."
        cells[row(average)][column] = "*"
    labels = {
        r: f"{2 * end:6.2f}" if end < 1e6 else f"{end:6.0e}" for r, end in ((0, high), (height - 1, low))
    }
    return [f"{labels.get(r, ''):>6} |{''.join(line).rstrip()}" for r, line in enumerate(cells)]


def _heat(weight: float) -> str:
    return next((style for limit, style in _HEAT.items() if weight < limit), _HOTTEST)


def rounded(record: Record, *names: str) -> list[str]:
    """Write some numbers of a record, the small ones with an exponent.

    Examples:
        >>> rounded({"mean": 0.01234567, "least": 0.00001234, "none": 0.0}, "mean", "least", "none")
        ['0.0123', '1.2e-05', '0.0000']
    """
    numbers = [record[name] for name in names]
    return [f"{number:.4f}" if number >= 0.001 or not number else f"{number:.1e}" for number in numbers]


def shape_of(size: Record) -> str:
    """Write the shape of a matrix.

    Examples:
        >>> shape_of({"shape": [27, 16]}), shape_of({"shape": [1, 4192]})
        ('27 x 16', '4,192')
    """
    rows, columns = size["shape"]
    return f"{rows} x {columns}" if rows > 1 else f"{columns:,}"


def sparkline(numbers: Sequence[float], low: float, high: float) -> str:
    """Draw numbers as a row of bars, one character each.

    Args:
        numbers: What to draw; what is no finite number is a question mark.
        low: What the lowest bar stands for.
        high: What the highest one stands for.

    Examples:
        >>> sparkline([1.0, 2.0, 3.0, 5.0], 1.0, 5.0), sparkline([math.nan, 2.0], 2.0, 2.0)
        ('▁▃▅█', '?▁')
    """
    bars, reach = "▁▂▃▄▅▆▇█", (high - low) or 1.0
    return "".join(
        bars[round((min(max(one, low), high) - low) / reach * 7)] if math.isfinite(one) else "?"
        for one in numbers
    )
