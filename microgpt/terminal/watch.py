"""Watching a run or the sampling: what somebody wants to see, and who shows it."""

import random
import signal
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import typer

from microgpt.config import Config, ConfigError
from microgpt.model import Model
from microgpt.recorder import Recorder
from microgpt.records import KINDS
from microgpt.sampling import generate, sample_tokens
from microgpt.spelling import nearest
from microgpt.stages import listening
from microgpt.terminal import options
from microgpt.terminal.brief import Brief
from microgpt.terminal.narrate import Narrator
from microgpt.terminal.traces import TraceWriter, refuse_to_lose
from microgpt.training import Run, Step

_WORTH_A_WORD = 1_000_000
"""From how many bytes on the size of a trace is said beforehand."""


@dataclass(frozen=True)
class Watch:
    """What somebody wants to see of a model at work; each field is a flag."""

    verbose: options.Verbose = False
    stages: options.Stages = None
    pause: options.Pause = False
    trace: options.TraceTo = None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of records to tell and to write.

        Raises:
            ConfigError: If there is no such stage.

        Examples:
            >>> Watch(stages="loss, attention").kinds
            ('attention', 'loss')
            >>> try:
            ...     Watch(stages="atention").kinds
            ... except ConfigError as error:
            ...     print(str(error).partition(" There")[0])
            there is no stage 'atention'; did you mean 'attention'?
        """
        wanted = [name.strip() for name in self.stages.split(",")] if self.stages is not None else [*KINDS]
        for name in wanted:
            if name not in KINDS:
                raise ConfigError(f"there is no stage {name!r}; {nearest(name, KINDS)}")
        return tuple(kind for kind in KINDS if kind in wanted)

    @property
    def is_told(self) -> bool:
        """Whether anything is told: whoever narrows the telling wants it told."""
        return self.verbose or self.pause or (self.stages is not None and self.trace is None)

    def check(self, block_size: int, quiet: bool, others: Iterable[Path | None] = ()) -> None:
        """Refuse what cannot be, before anything is done.

        Args:
            block_size: The model's.
            quiet: Whether only the samples are to be printed.
            others: Files that are read or written otherwise; the trace must not be one of them.

        Raises:
            ConfigError: If the wishes contradict each other, the model, or files that are there.
        """
        _ = self.kinds
        if self.is_told and quiet:
            raise ConfigError("--quiet and --verbose (or what narrows it) contradict each other; give one")
        if self.pause and not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise ConfigError("--pause waits for Enter and needs a terminal; leave it out")
        if self.trace is not None:
            refuse_to_lose(Path(self.trace), others)


@dataclass(frozen=True)
class WatchTraining(Watch):
    """What somebody wants to see of a training run."""

    verbose_every: options.VerboseEvery = None
    verbose_position: options.VerbosePosition = None
    compact: options.Compact = False

    @property
    def is_told(self) -> bool:
        """Whether anything is told."""
        narrowed = self.verbose_every is not None or self.verbose_position is not None
        return super().is_told or self.compact or narrowed

    def check(self, block_size: int, quiet: bool, others: Iterable[Path | None] = ()) -> None:
        """Refuse what cannot be; see `Watch.check`."""
        super().check(block_size, quiet, others)
        if self.verbose_every is not None and self.verbose_every < 1:
            raise ConfigError(f"--verbose-every must be at least 1, but {self.verbose_every} was given")
        if self.verbose_position is not None and not 0 <= self.verbose_position < block_size:
            raise ConfigError(
                f"--verbose-position must be from 0 to {block_size - 1}, since block_size is {block_size}, "
                f"but {self.verbose_position} was given"
            )

    def in_full(self, step: int, last: int) -> bool:
        """Say whether a step is told in full, and not in short.

        Examples:
            >>> [step for step in range(1, 11) if WatchTraining(verbose_every=4).in_full(step, last=10)]
            [1, 4, 8, 10]
        """
        is_every = bool(self.verbose_every and step % self.verbose_every == 0)
        return not self.compact and (step in (1, last) or is_every)


def watched_steps(
    steps: Iterable[Step], run: Run, watch: WatchTraining, trace: TraceWriter, narrator: Narrator
) -> Iterator[Step]:
    """Pass the steps of a run on; write the records of each, and tell them.

    Args:
        steps: Of the run.
        run: The run.
        watch: What somebody wants to see.
        trace: Where the records go.
        narrator: Who tells them.
    """
    last, brief = run.config.steps, Brief(narrator.console, watch.kinds, run.model.tokenizer.vocab_size)
    is_brief = any(KINDS[kind].is_of_step for kind in watch.kinds)

    def in_full(step: int) -> bool:
        return watch.is_told and watch.in_full(step, last)

    recorder = Recorder(run.model, run.optimizer, lambda step: trace.is_on or in_full(step))
    with listening(recorder):
        for step in steps:
            records = recorder.take()
            size = trace.write(records)
            if step.number == 1 and size * last > _WORTH_A_WORD:
                total = f"{size * last / 1e6:,.0f} MB: {size / 1e3:,.0f} kB for each of {last:,} steps"
                typer.echo(f"microgpt: the trace will take about {total}", err=True)
            if watch.compact:
                brief.row(records)
            elif in_full(step.number):
                narrator.rule(f"step {step.number} of {last}")
                narrator.tell(records)
            elif watch.is_told and is_brief:
                narrator.rule(f"step {step.number} of {last}")
                brief.step(records)
            yield step


def watched_samples(
    model: Model[float],
    rng: random.Random,
    config: Config,
    trace: TraceWriter,
    narrator: Narrator | None,
    *,
    prompt: str = "",
    first: int = 1,
) -> Iterator[str]:
    """Invent documents, the same ones as `microgpt.sampling.generate`, but watched.

    Args:
        model: Of floats.
        rng: Where the chance comes from.
        config: How many, and at which temperature.
        trace: Where the records go.
        narrator: Who tells them; None for nobody.
        prompt: How each begins.
        first: The number of the first.
    """
    for number in range(first, first + config.samples):
        if not (trace.is_on or narrator):
            yield generate(model, rng, config.temperature, prompt)
            continue
        recorder, tokens = Recorder(model), []
        with listening(recorder):
            for draw in sample_tokens(model, rng, config.temperature, prompt):
                tokens.append(draw.token)
                recorder.drawn(draw, number, config.temperature)
                records = recorder.take()
                trace.write(records)
                if narrator:
                    narrator.tell(records)
        if narrator:
            narrator.console.print()
        yield prompt + model.tokenizer.decode(tokens)


class Pauses:
    """Wait for Enter, until the input ends or somebody presses Ctrl-C, which then stops the run as ever."""

    def __init__(self, are_on: bool) -> None:
        self._are_on = are_on

    def __call__(self) -> None:
        """Wait, if pauses are on."""
        if not self._are_on:
            return
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            input("[Enter] ")
        except EOFError:
            self._are_on = False
        except KeyboardInterrupt:
            self._are_on = False
            signal.signal(signal.SIGINT, before)
            signal.raise_signal(signal.SIGINT)
        finally:
            signal.signal(signal.SIGINT, before)
