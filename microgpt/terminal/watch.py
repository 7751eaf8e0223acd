"""Watching a run or the sampling: each step, each letter is recorded, written down and told."""

import random
import signal
from collections.abc import Iterable, Iterator, Sequence

import typer
from rich.console import Console

from microgpt.config import Config
from microgpt.engines.engine import Engine
from microgpt.model import Model
from microgpt.recorder import Recorder
from microgpt.records import KINDS, Record
from microgpt.sampling import sample_tokens
from microgpt.stages import listening
from microgpt.terminal.brief import Brief
from microgpt.terminal.narrate import Narrator
from microgpt.terminal.options import Watch, WatchTraining
from microgpt.terminal.signals import interruptible
from microgpt.terminal.traces import TraceWriter
from microgpt.tokenizer import Tokenizer
from microgpt.training import DOT, Run, Step

_WORTH_A_WORD = 1_000_000
"""From how many bytes on the size of a trace is said beforehand."""


def watched_steps(
    steps: Iterable[Step], run: Run, watch: WatchTraining, trace: TraceWriter, narrator: Narrator | None
) -> Iterator[Step]:
    """Pass the steps of a run on; write the records of each, and tell them.

    Args:
        steps: Of the run.
        run: The run.
        watch: What somebody wants to see.
        trace: Where the records go.
        narrator: Who tells them; None for nobody.
    """
    last = run.config.steps
    brief = Brief(narrator.console, watch.kinds, run.model.tokenizer.vocab_size) if narrator else None
    is_brief = any(KINDS[kind].is_of_step for kind in watch.kinds)

    def in_full(step: int) -> bool:
        return narrator is not None and watch.in_full(step, last)

    recorder = Recorder(run.model, run.optimizer, lambda step: trace.is_on or in_full(step))
    with listening(recorder):
        for step in steps:
            records = recorder.take()
            size = trace.write(records)
            if step.number == 1 and size * last > _WORTH_A_WORD:
                total = f"{size * last / 1e6:,.0f} MB: {size / 1e3:,.0f} kB for each of {last:,} steps"
                typer.echo(f"microgpt: the trace will take about {total}", err=True)
            if brief and watch.compact:
                brief.row(records)
            elif narrator and brief and (in_full(step.number) or is_brief):
                narrator.rule(f"step {step.number} of {last}")
                narrator.tell(records) if in_full(step.number) else brief.step(records)
            yield step


def watched_samples(
    model: Model[float],
    rng: random.Random,
    config: Config,
    numbers: Sequence[int],
    trace: TraceWriter,
    narrator: Narrator | None,
    engine: Engine,
    prompt: str = "",
) -> Iterator[str]:
    """Invent documents, the same ones as `microgpt.sampling.generate`, but watched.

    Args:
        model: Of floats.
        rng: Where the chance comes from.
        config: At which temperature.
        numbers: The number of each.
        trace: Where the records go.
        narrator: Who tells them; None for nobody.
        engine: Who invents them if nobody watches.
        prompt: How each begins.
    """
    if not (trace.is_on or narrator):
        own = model if engine.name == DOT.engine else engine.own(model)
        yield from engine.samples(own, rng, len(numbers), config.temperature, prompt)
        return
    for number in numbers:
        recorder, tokens = Recorder(model), []
        with listening(recorder):
            for draw in sample_tokens(model, rng, config.temperature, prompt):
                tokens.append(draw.token)
                recorder.drawn(draw, number, config.temperature)
                _show(recorder.take(), trace, narrator)
        if narrator:
            narrator.console.print()
        yield prompt + model.tokenizer.decode(tokens)


def _show(records: list[Record], trace: TraceWriter, narrator: Narrator | None) -> None:
    trace.write(records)
    if narrator:
        narrator.tell(records)


def narrator_of(
    console: Console, tokenizer: Tokenizer, watch: Watch, kinds: Sequence[str], position: int | None = None
) -> Narrator | None:
    """Make somebody who tells what somebody wants to see; nobody, if nothing is to be told."""
    return Narrator(console, tokenizer, kinds, position, Pauses(watch.pause)) if watch.is_told else None


class Pauses:
    """Wait for Enter, until the input ends or a signal asks to stop, which then stops the run as ever."""

    def __init__(self, are_on: bool) -> None:
        self._are_on = are_on

    def __call__(self) -> None:
        """Wait, if pauses are on."""
        if not self._are_on:
            return
        with interruptible() as came:
            try:
                input("[Enter] ")
            except (EOFError, KeyboardInterrupt):
                self._are_on = False
        for number in came:
            signal.raise_signal(number)
