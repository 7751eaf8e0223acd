"""The pieces that tables of figures are made of, as HTML.

docs/scripts/pieces.js makes the same in the page.
"""

import html
import math
from collections.abc import Iterable


def number(value: float | None, digits: int = 0, sign: bool = False) -> str:
    """Make a cell of a number, rounded; one without end is None, as JSON has it."""
    if value is None or math.isinf(value):
        return "<td>∞</td>"
    return f"<td>{value:{'+' if sign else ''}.{digits}f}</td>"


def cell(text: str, kind: str = "") -> str:
    """Make a cell of a text."""
    return f'<td class="{kind}">{html.escape(text)}</td>' if kind else f"<td>{html.escape(text)}</td>"


def head(text: str) -> str:
    """Make the head of a row."""
    return f'<th scope="row">{html.escape(text)}</th>'


def bar(share: float, most: float, mark: float | None = None) -> str:
    """Make a cell with a bar.

    Args:
        share: How long it is.
        most: What would fill the cell.
        mark: Where a line stands, if there is one.
    """
    line = "" if mark is None else f'<b style="left: {100 * mark / most:.2f}%"></b>'
    inside = f'<i style="width: {100 * share / most:.2f}%"></i>{line}'
    return f'<td class="touch-bar" aria-hidden="true">{inside}</td>'


def table(heads: Iterable[str], rows: Iterable[Iterable[str]], kind: str = "") -> str:
    """Make a table of heads (texts) and rows (cells)."""
    top = "".join(f'<th scope="col">{html.escape(text)}</th>' if text else "<td></td>" for text in heads)
    name = f"touch-table {kind}".strip()
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return f'<table class="{name}"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>'


def told(text: str) -> str:
    """Make the sentence below a table."""
    return f'<p class="touch-told">{html.escape(text)}</p>'


def strip(letters: str, shares: Iterable[float], point: float | None = None) -> str:
    """Lay a wheel flat: fields as wide as their shares, and perhaps a point on it, from 0 to 1."""
    fields = "".join(
        f'<span class="field-{place}" style="width: {100 * share:.2f}%">'
        f"{html.escape(letter) if share >= 0.02 else ''}</span>"
        for place, (letter, share) in enumerate(zip(letters, shares, strict=True))
    )
    mark = "" if point is None else f'<b style="left: {100 * point:.2f}%"></b>'
    return f'<div class="touch-strip" aria-hidden="true">{fields}{mark}</div>'
