"""Telling a step of a run briefly: in at most 25 lines, or in one row."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.cells import set_cell_size
from rich.console import Console

from microgpt.loss import perplexity
from microgpt.records import Record
from microgpt.terminal.charts import rounded, shape_of
from microgpt.terminal.screen import bare_table, counted, quoted, say, shortened

_MOST_ROWS = 14
_MOST_DOCUMENTS = 2


@dataclass
class Brief:
    """Somebody who tells steps briefly.

    Attributes:
        console: Where to.
        kinds: Which kinds of records to tell.
        vocab_size: The number of tokens.
    """

    console: Console
    kinds: Sequence[str]
    vocab_size: int
    _has_heading: bool = field(default=False, init=False)

    def step(self, records: Sequence[Record]) -> None:
        """Tell a step in at most 25 lines."""
        by_kind = {record["kind"]: record for record in records}
        documents, losses = _of(records, "document"), _of(records, "loss")
        for document, loss in zip(documents[:_MOST_DOCUMENTS], losses):
            answers = [quoted(answer) for _, answer in document["predictions"]]
            if "document" in self.kinds:
                name = shortened(quoted(document["document"]), self.console.width - 50)
                predictions = counted(len(answers), "prediction")
                say(self.console, f"{name}: {predictions}, each among {self.vocab_size} tokens")
            if "loss" in self.kinds:
                self._loss(loss, answers)
        if len(documents) > 1:
            say(self.console, f"mean loss of {len(documents)} documents {by_kind['step']['loss']:.4f}")
        if "backward" in self.kinds or "update" in self.kinds:
            self._matrices(by_kind["backward"]["matrices"], by_kind["update"]["matrices"])
        if "update" in self.kinds:
            say(self.console, f"learning rate {by_kind['update']['learning_rate']:.6g}, falling evenly to 0")

    def _loss(self, loss: Record, answers: Sequence[str]) -> None:
        pairs = zip(answers, loss["surprises"], strict=True)
        parts = "  ".join(f"{answer}\N{NO-BREAK SPACE}{part:.2f}" for answer, part in pairs)
        say(self.console, shortened(f"surprise at {parts}", 2 * self.console.width))
        die = f"a die with {self.vocab_size} faces: {loss['uniform']:.4f}"
        say(self.console, f"loss {loss['loss']:.4f}, perplexity {loss['perplexity']:.2f}; {die}")

    def _matrices(self, slopes: dict[str, Record], changes: dict[str, Record]) -> None:
        names = shown_names(slopes)
        if len(names) < len(slopes):
            say(self.console, f"of {len(slopes) - 1} matrices, the {len(names) - 1} with the largest slopes:")
        rows = [
            (
                *(name, shape_of(slopes[name]), f"{slopes[name]['nonzero']:,}"),
                *rounded(slopes[name], "mean", "largest", "norm"),
                *rounded(changes[name], "mean", "ratio"),
            )
            for name in names
        ]
        headings = ("slopes", "shape", "not 0", "mean", "largest", "norm", "change", "/ weights")
        self.console.print(bare_table(headings, rows))

    def row(self, records: Sequence[Record]) -> None:
        """Tell a step in one row; the first time with a heading."""
        by_kind = {record["kind"]: record for record in records}
        if not self._has_heading:
            say(
                self.console,
                "\nn: predictions; not 0, mean, largest: of the slopes; change: mean size, of all",
            )
            names = ("loss", "perpl.", "not 0", "mean", "largest", "change")
            columns = "".join(f"{name:>8}" for name in names)
            say(self.console, f"{'step':>6}  {'document':<12}{'n':>3}{columns}{'rate':>9}", style="bold")
            self._has_heading = True
        step, update, slopes = by_kind["step"], by_kind["update"], by_kind["backward"]["matrices"]["all"]
        count, surprises = len(step["documents"]), [one["surprises"] for one in _of(records, "loss")]
        faces = perplexity(step["loss"]) if step["loss"] < 700 else math.inf
        document = quoted(step["documents"][0]) if count == 1 else f"{count} of them"
        say(
            self.console,
            f"{step['step']:>6}  {set_cell_size(shortened(document, 11), 12)}{sum(map(len, surprises)):>3}"
            f"{step['loss']:>8.4f}{faces:>8.2f}{slopes['nonzero']:>8,}{slopes['mean']:>8.4f}"
            f"{slopes['largest']:>8.4f}{update['matrices']['all']['mean']:>8.1e}"
            f"{update['learning_rate']:>9.1e}",
        )


def _of(records: Sequence[Record], kind: str) -> list[Record]:
    return [record for record in records if record["kind"] == kind]


def shown_names(slopes: dict[str, Record]) -> list[str]:
    """Choose at most fourteen matrices to show: all, or of a deep model those with the largest slopes.

    Args:
        slopes: The `matrices` of a `backward` record.

    Returns:
        Their names; `all` comes last.
    """
    names = [name for name in slopes if name != "all"]
    largest = sorted(names, key=lambda name: -slopes[name]["norm"])[: _MOST_ROWS - 1]
    return [*(name for name in names if len(names) < _MOST_ROWS or name in largest), "all"]
