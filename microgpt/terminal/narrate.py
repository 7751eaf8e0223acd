"""Telling the records of a run in words, tables and heat maps, for a terminal of 80 columns or more.

What is told is what `microgpt.recorder` has recorded, and nothing else: each number here is one of a record,
rounded.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rich.cells import set_cell_size
from rich.console import Console
from rich.text import Text

from microgpt.records import KINDS, Record
from microgpt.terminal.charts import rounded, shape_of, show_bars, show_heat_map
from microgpt.terminal.screen import bare_table, counted, quoted, say
from microgpt.tokenizer import Tokenizer

_PREVIEW = 4
"""How many numbers of a vector are shown on 80 columns."""

_TOP = 5


@dataclass
class Narrator:
    """Somebody who tells what happened, stage by stage; there is a method for each of the `KINDS`.

    Attributes:
        console: Where to.
        tokenizer: Says what each token is called.
        kinds: Which kinds of records to tell.
        position: Which position to tell; all, if None.
        pause: What to do after each stage.
    """

    console: Console
    tokenizer: Tokenizer
    kinds: Sequence[str] = (*KINDS,)
    position: int | None = None
    pause: Callable[[], object] = lambda: None

    def tell(self, records: Iterable[Record]) -> None:
        """Tell records one after the other, each under the name and the home of its stage."""
        told_position = None
        for record in records:
            position = record.get("position")
            if record["kind"] not in self.kinds or (
                position is not None and self.position not in (None, position)
            ):
                continue
            if "character" in record and position != told_position:
                self._say(f"\nposition {position}, {quoted(record['character'])}", style="bold underline")
                told_position = position
            self._heading(record)
            getattr(self, f"_{record['kind']}")(record)
            self.pause()

    def rule(self, title: str) -> None:
        """Draw a line across the screen, with a title."""
        self._say(f"\n{title} ".ljust(self.console.width + 1, "="), style="bold")

    def _document(self, record: Record) -> None:
        pairs, text = record["predictions"], record["document"]
        characters = [quoted(character) for character in record["characters"][: len(pairs) + 1]]
        rest = len(text) - len(pairs)
        more = f" and {counted(rest, 'character')} that the block has no room for" if rest > 0 else ""
        self._say(f"  {quoted(text[: len(pairs)])}{more}, {counted(len(pairs), 'prediction')}")
        tokens = "  ".join(f"{c} {token}" for c, token in zip(characters, record["tokens"]))
        self._say(f"  as tokens: {tokens}")
        for position, (_, answer) in enumerate(pairs):
            self._say(f"  after {', '.join(characters[: position + 1])}: predict {quoted(answer)}")

    def _embed(self, record: Record) -> None:
        self._vector(f"wte[{record['token']}], the token {quoted(record['character'])}", record["wte"])
        self._vector(f"wpe[{record['position']}], the position", record["wpe"])
        self._vector("their sum", record["sum"])
        self._vector("normalized (rmsnorm)", record["output"])
        before, after = record["rms"]["before"], record["rms"]["after"]
        self._say(f"  root mean square {before:.4f} before, {after:.4f} after (not 1: rmsnorm adds 0.00001)")

    def _attention(self, record: Record) -> None:
        self._vector("input (rmsnorm)", record["input"])
        for name, what in (
            ("query (attn_wq)", "queries"),
            ("key (attn_wk)", "keys"),
            ("value (attn_wv)", "values"),
        ):
            self._vector(f"{name}, head 0 of {len(record[what])}", record[what][0])
        length = counted(record["cache_length"], "position")
        self._say(f"  the cache holds the keys and values of {length} now")
        show_heat_map(self.console, record["seen"], record["weights"])
        self._vector("heads joined by attn_wo", record["output"])
        self._residual(record)

    def _mlp(self, record: Record) -> None:
        self._vector("input (rmsnorm)", record["input"])
        self._vector("hidden (mlp_fc1), before ReLU", record["hidden"])
        sizes = f"from {len(record['input'])} numbers to {len(record['hidden'])}"
        self._say(f"  {sizes}, of which ReLU switches {record['off']} off, and back")
        self._vector("output (mlp_fc2)", record["output"])
        self._residual(record)

    def _predict(self, record: Record) -> None:
        chances = record["probabilities"]
        self._logits(record, "softmax makes them probabilities")
        self._say(
            f"  target {quoted(record['target_character'])}: probability {record['probability']:.4f}, "
            f"rank {record['rank']} of {len(chances)}, surprise {record['surprise']:.4f} nats"
        )
        likely = sorted(range(len(chances)), key=lambda token: -chances[token])[:_TOP]
        self._say(
            "  likeliest: " + "  ".join(f"{quoted(self.tokenizer.name(t))} {chances[t]:.4f}" for t in likely)
        )

    def _loss(self, record: Record) -> None:
        self._say("  surprises " + "  ".join(f"{part:.4f}" for part in record["surprises"]))
        self._say(f"  their mean is the loss: {record['loss']:.4f} nats per token")
        die = f"a fair die would have the loss {record['uniform']:.4f}"
        self._say(f"  perplexity {record['perplexity']:.2f}; {die}")

    def _backward(self, record: Record) -> None:
        size = f"{record['nodes']:,} nodes, {record['edges']:,} edges"
        self._say(f"  graph: {size}, at most {record['depth']} operations in a row")
        rows = [
            (name, shape_of(size), f"{size['nonzero']:,}", *rounded(size, "mean", "largest", "norm"))
            for name, size in record["matrices"].items()
        ]
        headings = ("slopes", "shape", "not 0", "their mean size", "largest", "norm")
        self.console.print(bare_table(headings, rows))
        self._say("  (the norm is the root of the sum of squares)")

    def _update(self, record: Record) -> None:
        rate, one = record["learning_rate"], record["followed"]
        self._say(f"  learning rate {rate:.6g}, falling evenly to 0")
        changes = record["matrices"].items()
        rows = [(name, *rounded(change, "mean", "largest", "ratio")) for name, change in changes]
        self.console.print(bare_table(("change", "mean size of all", "largest", "change / weights"), rows))
        self._say("  (change / weights: the norm of the one by that of the other)")
        root = math.sqrt(one["v_hat"])
        quotient = f"{one['m_hat']:.6f} / ({root:.6f} + {one['eps']:g})"
        self._say(
            f"  followed: {one['parameter']}, the first number of BOS: {one['before']:.6f}, "
            f"slope {one['gradient']:.6f}\n"
            f"    m, average slope: {one['m_before']:.6f} -> {one['m']:.6f}, "
            f"corrected for the start {one['m_hat']:.6f}\n"
            f"    v, average square: {one['v_before']:.3g} -> {one['v']:.3g}, "
            f"corrected {one['v_hat']:.3g}, its root {root:.6f}\n"
            f"    moved by {one['after'] - one['before']:+.6f} = -{rate:.6g} * {quotient}  "
            f"(rate * m / (root + eps))\n"
            f"    and is now {one['after']:.6f}"
        )

    def _sampling(self, record: Record) -> None:
        self._logits(record, "divided by T, then softmax")
        where = f"after {quoted(record['text'] or record['given'])}"
        self._say(
            f"  {where} came {quoted(record['drawn'])}, probability {record['probability']:.3f}; "
            f"entropy {record['entropy']:.2f} bits (at T={record['temperature']:g})"
        )
        show_bars(self.console, record, self.tokenizer)

    def _say(self, text: str, style: str = "") -> None:
        say(self.console, text, style)

    def _heading(self, record: Record) -> None:
        home = KINDS[record["kind"]].home
        where = f"{home.__module__.replace('.', '/')}.py, {home.__qualname__}"
        title = record["kind"] + (f", layer {record['layer']}" if "layer" in record else "")
        gap = max(2, self.console.width - len(title) - len(where))
        self.console.print(Text.assemble("\n", (title, "bold cyan"), " " * gap, (where, "dim")))

    def _vector(self, name: str, numbers: Sequence[float]) -> None:
        count = max(_PREVIEW, (self.console.width - 48) // 8)
        shown = " ".join(f"{number:7.3f}" for number in numbers[:count])
        more = " ..." if len(numbers) > count else ""
        self._say(f"  {set_cell_size(name, 36)}{f'[{len(numbers)}]':>6} {shown}{more}")

    def _logits(self, record: Record, then: str) -> None:
        logits = record["logits"]
        self._say(f"  logits [{len(logits)}], from {min(logits):.3f} to {max(logits):.3f}; {then}")

    def _residual(self, record: Record) -> None:
        before, after = record["rms"]["before"], record["rms"]["after"]
        self._say(f"  added to the residual stream: root mean square {before:.4f} -> {after:.4f}")
