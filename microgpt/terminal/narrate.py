"""Telling the records of a run in words, tables and heat maps, for a terminal of 80 columns or more.

What is told is what `microgpt.records` has recorded, and nothing else: each number here is one of a record,
rounded.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.cells import set_cell_size
from rich.console import Console
from rich.text import Text

from microgpt import adam, attention, loss, model, sampling, training
from microgpt.terminal.charts import new_table, show_bars, show_heat_map
from microgpt.records import KINDS, Record
from microgpt.terminal.screen import counted, folded, quoted, shortened

_HOMES: dict[str, Callable[..., Any]] = {
    "document": training.train_step,
    "embed": model.embed,
    "attention": attention.attention,
    "mlp": model.mlp,
    "predict": model.forward,
    "loss": loss.document_loss,
    "backward": training.backward,
    "update": adam.Adam.update,
    "sampling": sampling.sample_tokens,
}
"""The function that each kind of record is about."""

_TOGETHER = "\N{NO-BREAK SPACE}"
"""A space at which a line is not broken."""

_SHORT = {"document", "loss", "backward", "update"}
"""The kinds that are told of every step."""

_MOST_ROWS = 14
_PREVIEW = 4
"""How many numbers of a vector are shown on 80 columns."""

_TOP = 5


@dataclass
class Narrator:
    """Somebody who tells what happened in a run.

    Attributes:
        console: Where to.
        steps: How many steps the run has.
        names: What each token is called.
        kinds: Which kinds of records to tell.
        position: Which position to tell; all, if None.
        compact: One row for each step.
        pause: What to do after each stage that is told in full.
    """

    console: Console
    steps: int
    names: Sequence[str]
    kinds: Sequence[str] = KINDS
    position: int | None = None
    compact: bool = False
    pause: Callable[[], object] = lambda: None
    _has_heading: bool = False

    def step(self, records: Sequence[Record], in_full: bool) -> None:
        """Tell a step: in full, in at most 25 lines, or in one row."""
        by_kind = {record["kind"]: record for record in records}
        if self.compact:
            self._row(by_kind)
        elif in_full or not _SHORT.isdisjoint(self.kinds):
            self._rule(f"step {by_kind['loss']['step']} of {self.steps}")
            if in_full:
                self.tell(records)
            else:
                self._in_short(by_kind)

    def tell(self, records: Iterable[Record], kinds: Sequence[str] = KINDS) -> None:
        """Tell records of some kinds, one after the other, each under the name and the home of its stage."""
        told_position = None
        for record in records:
            position = record.get("position")
            if record["kind"] not in kinds or record["kind"] not in self.kinds:
                continue
            if position is not None and self.position not in (None, position):
                continue
            if "character" in record and position != told_position:
                self._say(f"\nposition {position}, {quoted(record['character'])}", style="bold underline")
                told_position = position
            self._heading(record)
            getattr(self, f"_{record['kind']}")(record)
            self.pause()

    # The stages

    def _document(self, record: Record) -> None:
        pairs, characters = record["predictions"], list(map(quoted, record["characters"]))
        self._say(f"  {quoted(record['document'])}, {counted(len(pairs), 'prediction')}")
        tokens = "  ".join(f"{c} {token}" for c, token in zip(characters, record["tokens"], strict=True))
        self._say(f"  as tokens: {tokens}")
        for position, (_, answer) in enumerate(pairs):
            self._say(f"  after {', '.join(characters[: position + 1])}: predict {quoted(answer)}")

    def _embed(self, record: Record) -> None:
        self._vector(f"wte[{record['token']}], the token {quoted(record['character'])}", record["wte"])
        self._vector(f"wpe[{record['position']}], the position", record["wpe"])
        self._vector("their sum", record["sum"])
        self._vector("normalized (rmsnorm)", record["output"])
        self._say(
            f"  root mean square {record['rms']['before']:.4f} before, {record['rms']['after']:.4f} after "
            "(not 1: rmsnorm adds 0.00001)"
        )

    def _attention(self, record: Record) -> None:
        self._vector("input (rmsnorm)", record["input"])
        of = f"head 0 of {len(record['queries'])}"
        self._vector(f"query (attn_wq), {of}", record["queries"][0])
        self._vector(f"key (attn_wk), {of}", record["keys"][0])
        self._vector(f"value (attn_wv), {of}", record["values"][0])
        length = record["cache_length"]
        self._say(f"  the cache holds the keys and values of {counted(length, 'position')} now")
        show_heat_map(self.console, record["seen"], record["weights"])
        self._vector("heads joined by attn_wo", record["output"])
        self._residual(record)

    def _mlp(self, record: Record) -> None:
        self._vector("input (rmsnorm)", record["input"])
        hidden, dead = len(record["hidden"]), record["dead"]
        self._vector("hidden (mlp_fc1), before ReLU", record["hidden"])
        self._say(
            f"  from {len(record['input'])} numbers to {hidden}, of which ReLU switches {dead} off, and back"
        )
        self._vector("output (mlp_fc2)", record["output"])
        self._residual(record)

    def _predict(self, record: Record) -> None:
        logits = record["logits"]
        self._logits(logits, "softmax makes them probabilities")
        self._say(
            f"  target {quoted(record['target_character'])}: probability {record['probability']:.4f}, "
            f"rank {record['rank']} of {len(logits)}, surprise {record['surprise']:.4f} nats"
        )
        likely = sorted(range(len(logits)), key=lambda token: -record["probabilities"][token])[:_TOP]
        tops = "  ".join(
            f"{quoted(self.names[token])} {record['probabilities'][token]:.4f}" for token in likely
        )
        self._say(f"  likeliest: {tops}")

    def _loss(self, record: Record) -> None:
        parts = record["surprises"]
        self._say("  surprises " + "  ".join(f"{part:.4f}" for part in parts))
        self._say(f"  their mean is the loss: {record['loss']:.4f} nats per token")
        self._say(
            f"  perplexity {record['perplexity']:.2f}; a fair die would have the loss {record['uniform']:.4f}"
        )

    def _backward(self, record: Record) -> None:
        self._say(
            f"  graph: {record['nodes']:,} nodes, {record['edges']:,} edges, "
            f"at most {record['depth']} operations in a row"
        )
        table = new_table("slopes", "shape", "not 0", "mean size", "largest", "norm")
        for name, size in record["matrices"].items():
            table.add_row(
                name, _shape(size), f"{size['nonzero']:,}", *_numbers(size, "mean", "largest", "norm")
            )
        self.console.print(table)
        self._say("  (the mean is over those not 0; the norm is the root of the sum of squares)")

    def _update(self, record: Record) -> None:
        self._say(f"  learning rate {record['learning_rate']:.6g}, falling evenly to 0")
        table = new_table("change", "mean size", "largest", "change / weights")
        for name, change in record["matrices"].items():
            table.add_row(name, *_numbers(change, "mean", "largest", "ratio"))
        self.console.print(table)
        self._say("  (here the mean is over all; change / weights: the norm of the one by that of the other)")
        self._followed(record["followed"], record["learning_rate"])

    def _followed(self, one: Record, rate: float) -> None:
        root = math.sqrt(one["v_hat"])
        self._say(
            f"  followed: {one['parameter']}, the first number of BOS: {one['before']:.6f}, "
            f"slope {one['gradient']:.6f}"
        )
        self._say(
            f"    m, average slope: {one['m_before']:.6f} -> {one['m']:.6f}, "
            f"corrected for the start {one['m_hat']:.6f}"
        )
        self._say(
            f"    v, average square: {one['v_before']:.3g} -> {one['v']:.3g}, "
            f"corrected {one['v_hat']:.3g}, its root {root:.6f}"
        )
        quotient = f"{one['m_hat']:.6f} / ({root:.6f} + {one['eps']:g})"
        moved = f"{one['after'] - one['before']:+.6f}"
        self._say(f"    moved by {moved} = -{rate:.6g} * {quotient}  (rate * m / (root + eps))")
        self._say(f"    and is now {one['after']:.6f}")

    def _logits(self, logits: Sequence[float], then: str) -> None:
        self._say(f"  logits [{len(logits)}], from {min(logits):.3f} to {max(logits):.3f}; {then}")

    def _sampling(self, record: Record) -> None:
        self._logits(record["logits"], "divided by T, then softmax")
        where = f"after {quoted(record['text'] or record['given'])}"
        self._say(
            f"  {where} came {quoted(record['drawn'])}, probability {record['probability']:.3f}; "
            f"entropy {record['entropy']:.2f} bits (at T={record['temperature']:g})"
        )
        show_bars(self.console, record, self.names)

    # Shorter

    def _in_short(self, by_kind: dict[str, Record]) -> None:
        """Tell a step in at most 25 lines."""
        answers = [quoted(answer) for _, answer in by_kind["document"]["predictions"]]
        if "document" in self.kinds:
            name = shortened(quoted(by_kind["document"]["document"]), self.console.width - 50)
            self._say(f"{name}: {counted(len(answers), 'prediction')}, each among {len(self.names)} tokens")
        if "loss" in self.kinds:
            self._loss_in_short(by_kind["loss"], answers)
        if "backward" in self.kinds or "update" in self.kinds:
            self._matrices_in_short(by_kind["backward"]["matrices"], by_kind["update"]["matrices"])
        if "update" in self.kinds:
            self._say(f"learning rate {by_kind['update']['learning_rate']:.6g}, falling evenly to 0")

    def _loss_in_short(self, loss: Record, answers: Sequence[str]) -> None:
        parts = [f"{a}{_TOGETHER}{part:.2f}" for a, part in zip(answers, loss["surprises"], strict=True)]
        self._say(shortened("surprise at " + "  ".join(parts), 2 * self.console.width))
        die = f"a die with {len(self.names)} faces: {loss['uniform']:.4f}"
        self._say(f"loss {loss['loss']:.4f}, perplexity {loss['perplexity']:.2f}; {die}")

    def _matrices_in_short(self, slopes: dict[str, Record], changes: dict[str, Record]) -> None:
        table = new_table("slopes", "shape", "not 0", "mean", "largest", "norm", "change", "/ weights")
        rows = rows_of(slopes, changes)
        if len(rows) < len(slopes):
            self._say(f"of {len(slopes) - 1} matrices, the {len(rows) - 1} with the largest slopes:")
        for name, size, change in rows:
            table.add_row(
                name,
                _shape(size),
                f"{size['nonzero']:,}",
                *_numbers(size, "mean", "largest", "norm"),
                *_numbers(change, "mean", "ratio"),
            )
        self.console.print(table)

    def _row(self, by_kind: dict[str, Record]) -> None:
        """Tell a step in one row; the first time with a heading."""
        numbers = ("loss", "perpl.", "not 0", "mean", "largest", "change")
        heading = f"{'step':>6}  {'document':<12}{'n':>3}" + "".join(f"{name:>8}" for name in numbers)
        if not self._has_heading:
            self._say("\nn: predictions; not 0, mean, largest: of the slopes; change: mean size, of all")
            self._say(f"{heading}{'rate':>9}", style="bold")
            self._has_heading = True
        document, loss = by_kind["document"], by_kind["loss"]
        slopes, update = by_kind["backward"]["matrices"]["all"], by_kind["update"]
        self._say(
            f"{loss['step']:>6}  {set_cell_size(shortened(quoted(document['document']), 11), 12)}"
            f"{len(loss['surprises']):>3}"
            f"{loss['loss']:>8.4f}{loss['perplexity']:>8.2f}{slopes['nonzero']:>8,}{slopes['mean']:>8.4f}"
            f"{slopes['largest']:>8.4f}{update['matrices']['all']['mean']:>8.1e}"
            f"{update['learning_rate']:>9.1e}"
        )

    # The pieces

    def _say(self, text: str, style: str = "") -> None:
        """Print lines; what is too long for the screen goes on in the next one, further in."""
        for line in text.split("\n"):
            for part in folded(line, self.console.width):
                self.console.print(Text(part.replace(_TOGETHER, " "), style=style), soft_wrap=True)

    def _rule(self, title: str) -> None:
        self._say(f"\n{title} ".ljust(self.console.width + 1, "="), style="bold")

    def _heading(self, record: Record) -> None:
        layer = f", layer {record['layer']}" if "layer" in record else ""
        home = _HOMES[record["kind"]]
        where = f"{home.__module__.replace('.', '/')}.py, {home.__qualname__}"
        title = f"{record['kind']}{layer}"
        gap = max(2, self.console.width - len(title) - len(where))
        self.console.print(Text.assemble("\n", (title, "bold cyan"), " " * gap, (where, "dim")))

    def _vector(self, name: str, numbers: Sequence[float]) -> None:
        count = max(_PREVIEW, (self.console.width - 48) // 8)
        shown = " ".join(f"{number:7.3f}" for number in numbers[:count])
        more = " ..." if len(numbers) > count else ""
        self._say(f"  {set_cell_size(name, 36)}{f'[{len(numbers)}]':>6} {shown}{more}")

    def _residual(self, record: Record) -> None:
        before, after = record["rms"]["before"], record["rms"]["after"]
        self._say(f"  added to the residual stream: root mean square {before:.4f} -> {after:.4f}")


def rows_of(slopes: dict[str, Record], changes: dict[str, Record]) -> list[tuple[str, Record, Record]]:
    """Choose at most fourteen rows to show: all, or of a deep model those with the largest slopes.

    Args:
        slopes: The `matrices` of a `backward` record.
        changes: The `matrices` of an `update` record.

    Returns:
        Name, slopes and change of each; `all` comes last.
    """
    names = [name for name in slopes if name != "all"]
    if len(names) >= _MOST_ROWS:
        largest = sorted(names, key=lambda name: -slopes[name]["norm"])[: _MOST_ROWS - 1]
        names = [name for name in names if name in largest]
    return [(name, slopes[name], changes[name]) for name in [*names, "all"]]


def _numbers(record: Record, *names: str) -> list[str]:
    return [
        f"{record[name]:.4f}" if record[name] >= 0.001 or not record[name] else f"{record[name]:.1e}"
        for name in names
    ]


def _shape(size: Record) -> str:
    rows, columns = size["shape"]
    return f"{rows} x {columns}" if rows > 1 else f"{columns:,}"
