"""Sheets to print, a page each: the formulas, the shapes and the notation, all taken from the chapters."""

import re
from string import ascii_lowercase
from typing import NamedTuple

from microgpt.config import Config
from microgpt.model import parameter_shapes
from microgpt.study.passages import chapter_passages
from microgpt.tokenizer import Tokenizer
from sitemaker.errors import SiteError
from sitemaker.names import called, section
from sitemaker.writing import front

FORMULA = re.compile(r"\$\$(.*?)\$\$", re.DOTALL)


class Wanted(NamedTuple):
    """A formula of the sheet.

    Attributes:
        chapter: The module.
        owner: Whose docstring has it; "" for the text of the chapter.
        what: What it is, in words.
        number: Which formula of the docstring it is, from 0 on.
        until: Where an example begins that the sheet leaves out.
    """

    chapter: str
    owner: str
    what: str
    number: int = 0
    until: str = ""


GROUPS = {
    "Slopes": (
        Wanted("autograd", "", "the chain rule", 1, "= 2 d"),
        Wanted("autograd", "Value.backward", "slopes add over paths"),
        Wanted("autograd", "dot", "dot product"),
        Wanted("autograd", "relu", "relu"),
    ),
    "The model": (
        Wanted("vectors", "linear", "a linear layer mixes"),
        Wanted("vectors", "softmax", "softmax makes scores shares"),
        Wanted("vectors", "rmsnorm", "rmsnorm calms down"),
        Wanted("model", "embed", "a token and its place become a vector"),
        Wanted("attention", "", "attention looks back", 0),
        Wanted("model", "mlp", "the small network at each position"),
        Wanted("model", "block", "a layer adds two reports to the stream"),
        Wanted("model", "", "the whole machine", 0),
    ),
    "The loss": (
        Wanted("loss", "document_loss", "the mean surprise"),
        Wanted("loss", "", "its slope at the scores", 3),
        Wanted("loss", "batch_loss", "of several documents"),
        Wanted("loss", "perplexity", "as the faces of a die"),
        Wanted("loss", "", "entropy and cross-entropy", 0),
    ),
    "Learning and speaking": (
        Wanted("adam", "Adam.update", "a step of Adam"),
        Wanted("training", "learning_rate_at", "the rate of step s"),
        Wanted("sampling", "", "temperature", 0),
        Wanted("sampling", "entropy", "how unsure it is, in bits"),
    ),
}
"""The formulas that a reader looks up again, in the order of the book."""


def formulas() -> str:
    """Write the sheet of the formulas, as Markdown."""
    lines = [_head("Formulas", "Each formula of the machine, and the chapter that explains it.", ".full")]
    lines.append("| | formula | explained in |\n|---|---|---|")
    for group, members in GROUPS.items():
        lines.append(f"| **{group}** | | |")
        lines += [f"| {one.what} | {_formula(one)} | {_chapter(one)} |" for one in members]
    return "\n".join([*lines, ""])


def _head(title: str, what: str, more: str = "") -> str:
    return f"{front(title)}# {title}\n\n{what}\n{{ .sheet {more} }}\n"


def _formula(one: Wanted) -> str:
    """Take a formula out of its docstring, in one line.

    Raises:
        SiteError: If it is not there any more.
    """
    found = FORMULA.findall(_text(one.chapter, one.owner))
    if len(found) <= one.number:
        raise SiteError(f"the sheet wants formula {one.number} of {one.chapter} {one.owner}; there is none")
    tex = " ".join(found[one.number].split()).replace("|", r"\mid ")
    tex = tex.partition(one.until)[0] if one.until else tex
    return " &emsp; ".join(f"$\\displaystyle {part.strip()}$" for part in tex.split(r"\qquad"))


def _text(chapter: str, owner: str = "") -> str:
    return next(passage.text for passage in chapter_passages(chapter) if passage.owner == owner)


def _chapter(one: Wanted) -> str:
    if one.owner:
        return f"[{called(one.chapter)}][microgpt.{one.chapter}.{one.owner}]"
    place = list(FORMULA.finditer(_text(one.chapter)))[one.number].start()
    return _link(one.chapter, place)


def shapes() -> str:
    """Write the sheet of the shapes, as Markdown."""
    tokens = Tokenizer(ascii_lowercase).vocab_size
    by_default = parameter_shapes(Config(), tokens)
    rows = [
        f"| `{name}` | `[{names[0]}][{names[1]}]` | {' x '.join(map(str, by_default[name]))} | "
        f"{by_default[name][0] * by_default[name][1]:,} |"
        for name, names in _named_shapes().items()
    ]
    table, link = _table("model", "| part | where |")
    total = sum(rows * columns for rows, columns in by_default.values())
    lines = [
        _head("Shapes", "All sizes of the machine: of what is learned, and of what flows."),
        "## The parameters\n\n| matrix | shape | by default | numbers |\n|---|---|---|---|",
        *rows,
        f"| **all** | | | {total:,} |",
        f"\nA matrix has a row for each number that comes out, and a column for each that goes in. {tokens} "
        "tokens are the letters and the mark. Every further layer has six such matrices of its own.\n",
        f"## On the way\n\nFrom {link}.\n\n{table}\n",
        "`B` documents at once and `T` positions: so most programs have it. `head_dim` is `n_embd / n_head`, "
        "`n_ctx` the positions so far.",
    ]
    return "\n".join([*lines, ""])


def _named_shapes() -> dict[str, tuple[str, ...]]:
    """Say of each matrix which dials make its sizes: each dial gets a number that no other has."""
    config = Config(n_layer=1, n_embd=12, n_head=3, block_size=7)
    names = {11: "vocab_size", 12: "n_embd", 7: "block_size", 48: "4 * n_embd"}
    shapes = parameter_shapes(config, vocab_size=11)
    return {name: tuple(names[size] for size in shape) for name, shape in shapes.items()}


def _link(chapter: str, place: int) -> str:
    """Link to the section of a chapter that has some place of its text."""
    headings = re.findall(r"^# (.+)$", _text(chapter)[:place], re.MULTILINE)
    return f"[{called(chapter)}][{section(chapter, headings[-1])}]"


def _table(chapter: str, begins: str) -> tuple[str, str]:
    """Take a table out of a chapter, with a link to the place.

    Raises:
        SiteError: If there is none that begins so.
    """
    found = re.search(rf"^{re.escape(begins)}.*\n(?:\|.*\n)+", f"{_text(chapter)}\n", re.MULTILINE)
    if not found:
        raise SiteError(f"the sheet wants a table of {chapter} that begins with {begins!r}; there is none")
    return found[0], _link(chapter, found.start())


NOTATION = (
    ("Signs", "autograd", "| sign |"),
    ("Attention", "attention", "| symbol |"),
    ("Slopes by hand", "engines.by_hand", "| symbol |"),
)


def notation() -> str:
    """Write the sheet of the notation, as Markdown."""
    lines = [_head("Notation", "The signs of the book, with their names in the code.")]
    for title, chapter, begins in NOTATION:
        table, link = _table(chapter, begins)
        lines.append(f"## {title}\n\nFrom {link}.\n\n{table}")
    return "\n".join([*lines, ""])
