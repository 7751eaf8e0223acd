"""Telling a run while it goes, and writing its trace."""

import contextlib
import json
import math
import random
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TextIO

import typer
from rich.console import Console

from microgpt.config import Config, ConfigError, nearest
from microgpt.evaluation import Score
from microgpt.model import Model
from microgpt.terminal.narrate import Narrator
from microgpt.records import KINDS, Record, Recorder, run_record
from microgpt.sampling import choices, generate
from microgpt.stages import listening
from microgpt.training import Run, Step

_WORTH_A_WORD = 1_000_000
"""From how many bytes on the size of a trace is said beforehand."""


class TraceError(ValueError):
    """The file for the trace cannot be written. The message names it."""


@dataclass(frozen=True)
class Watch:
    """What somebody wants to see of a run.

    Attributes:
        verbose: Whether to tell it at all.
        every: Tell every step with a number divisible by this in full, and not only the first and the last.
        position: Tell this position only.
        kinds: Which stages to tell and to write.
        compact: Tell each step in one row.
        pause: Wait for Enter after each stage.
        trace: Write the records to this file.
    """

    verbose: bool = False
    every: int | None = None
    position: int | None = None
    kinds: tuple[str, ...] = KINDS
    compact: bool = False
    pause: bool = False
    trace: str | None = None

    @classmethod
    def of(
        cls,
        verbose: bool,
        every: int | None = None,
        position: int | None = None,
        stages: str | None = None,
        compact: bool = False,
        pause: bool = False,
        trace: str | None = None,
    ) -> "Watch":
        """Read the wishes from flags: whoever narrows the telling wants it told.

        Raises:
            ConfigError: If `stages` names one that is none.
        """
        verbose |= compact or pause or every is not None or position is not None
        verbose |= stages is not None and trace is None
        return cls(verbose, every, position, chosen_kinds(stages), compact, pause, trace)

    @property
    def is_on(self) -> bool:
        """Whether anything is told or written."""
        return self.verbose or self.trace is not None

    def check(self, block_size: int, quiet: bool, others: Iterable[Path | None] = ()) -> None:
        """Refuse what cannot be, before anything is done.

        Args:
            block_size: The model's.
            quiet: Whether only the samples are to be printed.
            others: Files that are read or written otherwise; the trace must not be one of them.

        Raises:
            ConfigError: If the wishes contradict each other, the model, or files that are there.
        """
        if self.verbose and quiet:
            raise ConfigError("--quiet and --verbose (or what narrows it) contradict each other; give one")
        if self.every is not None and self.every < 1:
            raise ConfigError(f"--verbose-every must be at least 1, but {self.every} was given")
        if self.position is not None and not 0 <= self.position < block_size:
            raise ConfigError(
                f"--verbose-position must be from 0 to {block_size - 1}, since block_size is {block_size}, "
                f"but {self.position} was given"
            )
        if self.pause and not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise ConfigError("--pause waits for Enter and needs a terminal; leave it out")
        if self.trace is not None:
            _refuse_to_lose(Path(self.trace), others)

    def in_full(self, step: int, last: int) -> bool:
        """Say whether a step is told in full.

        Examples:
            >>> [step for step in range(1, 11) if Watch(every=4).in_full(step, last=10)]
            [1, 4, 8, 10]
        """
        return step in (1, last) or bool(self.every and step % self.every == 0)


def chosen_kinds(text: str | None) -> tuple[str, ...]:
    """Read the list of stages that a flag gives.

    Raises:
        ConfigError: If there is no such stage.

    Examples:
        >>> chosen_kinds("loss, attention")
        ('attention', 'loss')
        >>> try:
        ...     chosen_kinds("atention")
        ... except ConfigError as error:
        ...     print(str(error).partition(" There")[0])
        there is no stage 'atention'; did you mean 'attention'?
    """
    if text is None:
        return KINDS
    wanted = [name.strip() for name in text.split(",")]
    for name in wanted:
        if name not in KINDS:
            raise ConfigError(f"there is no stage {name!r}; {nearest(name, KINDS)}")
    return tuple(kind for kind in KINDS if kind in wanted)


@dataclass
class Watcher:
    """Listens to a run or to sampling, tells it and writes it down, as a `Watch` wants it."""

    watch: Watch
    recorder: Recorder
    narrator: Narrator
    file: TextIO | None = None
    kinds_of_samples: Sequence[str] = KINDS
    sampled: int = 0

    def begin(self, documents: int) -> None:
        """Write the first line of the trace."""
        self._write([run_record(self.recorder.model, documents)])

    def steps(self, steps: Iterable[Step], run: Run) -> Iterator[Step]:
        """Pass the steps of a run on, and tell each."""
        last = run.config.steps
        self._prepare(len(run.losses) + 1, last)
        with listening(self.recorder):
            for step in steps:
                records = self.recorder.take()
                size = self._write(records)
                if step.number == 1 and size * last > _WORTH_A_WORD:
                    self._say_size(size, last)
                if self.watch.verbose:
                    self.narrator.step(records, self.watch.in_full(step.number, last))
                self._prepare(step.number + 1, last)
                yield step

    def _prepare(self, number: int, last: int) -> None:
        """Look closely at the next step only if somebody wants that; it takes time."""
        told = self.watch.verbose and not self.watch.compact and self.watch.in_full(number, last)
        self.recorder.detailed = told or self.file is not None

    def _say_size(self, size: int, steps: int) -> None:
        total = f"{size * steps / 1e6:,.0f} MB: {size / 1e3:,.0f} kB for each of {steps:,} steps"
        typer.echo(f"microgpt: the trace will take about {total}", err=True)

    def samples(
        self,
        model: Model[float],
        rng: random.Random,
        dials: Config,
        prompt: str = "",
        told: int | None = None,
    ) -> Iterator[str]:
        """Invent documents, the same ones as `microgpt.sampling.generate`, but watched.

        Args:
            model: Of floats.
            rng: Where the chance comes from.
            dials: How many documents, and at which temperature.
            prompt: How each begins.
            told: How many of them to tell; all, if None.
        """
        for number in range(1, dials.samples + 1):
            if self.watch.is_on:
                tell = self.watch.verbose and (told is None or number <= told)
                yield self._sample(model, rng, dials.temperature, prompt, tell)
            else:
                yield generate(model, rng, dials.temperature, prompt)

    def _sample(
        self, model: Model[float], rng: random.Random, temperature: float, prompt: str, tell: bool
    ) -> str:
        self.recorder.model, self.recorder.detailed = model, True
        self.sampled += 1
        tokens = []
        with listening(self.recorder):
            for choice in sample_tokens(model, rng, temperature, prompt):
                tokens.append(choice.token)
                self.recorder.choice(choice, self.sampled, temperature)
                records = self.recorder.take()
                self._write(records)
                if tell:
                    self.narrator.tell(records, self.kinds_of_samples)
        if tell:
            self.narrator.console.print()
        return prompt + model.tokenizer.decode(tokens)

    def say(self, text: str) -> None:
        """Tell something that no record says."""
        self.narrator.console.print(text, markup=False)

    def summary(self, run: Run, scores: dict[str, Score]) -> None:
        """Write the last line of the trace."""
        held_out = {name: asdict(score) for name, score in scores.items()}
        self._write([{"kind": "summary", "losses": run.losses, "held_out": held_out}])

    def _write(self, records: Iterable[Record]) -> int:
        """Write the chosen records, one on a line; return how many bytes that took."""
        if self.file is None:
            return 0
        chosen = [r for r in records if r["kind"] in self.watch.kinds or r["kind"] in ("run", "summary")]
        lines = [json.dumps(_finite(record)) + "\n" for record in chosen]
        try:
            self.file.writelines(lines)
            self.file.flush()
        except BrokenPipeError:
            raise  # whoever reads the trace has seen enough
        except OSError as error:
            raise TraceError(f"cannot write the trace {self.watch.trace!r}: {error.strerror}") from None
        return sum(map(len, lines))


@contextmanager
def watching(watch: Watch, console: Console, recorder: Recorder, steps: int) -> Iterator[Watcher]:
    """Open the file for the trace, if there is to be one, and close it at the end.

    Raises:
        TraceError: If it cannot be written.
    """
    tokenizer = recorder.model.tokenizer
    names = [tokenizer.name(token) for token in range(tokenizer.vocab_size)]
    pause: Callable[[], object] = _Pause() if watch.pause else lambda: None
    narrator = Narrator(console, steps, names, watch.kinds, watch.position, watch.compact, pause)
    with ExitStack() as stack:
        file = None
        if watch.trace is not None:
            file = _opened(watch.trace)
            stack.callback(_close, file)
        yield Watcher(watch, recorder, narrator, file)


def _opened(path: str) -> TextIO:
    try:
        return open(path, "w", encoding="utf-8", newline="\n")
    except OSError as error:
        raise TraceError(
            f"cannot write the trace to {path!r}: {error.strerror}; choose another file"
        ) from None


def _refuse_to_lose(path: Path, others: Iterable[Path | None]) -> None:
    """Refuse to write a trace over a file that is no trace, or that is used otherwise."""
    if any(other is not None and path.resolve() == other.resolve() for other in others):
        raise ConfigError(f"{str(path)!r} is used otherwise; choose another file for the trace")
    if path.is_file() and path.stat().st_size:
        with contextlib.suppress(OSError), path.open("rb") as file:
            if file.read(8) == b'{"kind":':
                return
        raise ConfigError(f"{str(path)!r} is there and is no trace; move it, or choose another file")


def _close(file: TextIO) -> None:
    """Close a file whose every line has been flushed, or has failed already."""
    with contextlib.suppress(OSError):
        file.close()


class _Pause:
    """Wait for Enter, until the input ends or somebody presses Ctrl-C, which then stops the run as ever."""

    def __init__(self) -> None:
        self.is_on = True

    def __call__(self) -> None:
        if not self.is_on:
            return
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            input("[Enter] ")
        except EOFError:
            self.is_on = False
        except KeyboardInterrupt:
            self.is_on = False
            signal.signal(signal.SIGINT, before)
            signal.raise_signal(signal.SIGINT)
        finally:
            signal.signal(signal.SIGINT, before)


def _finite(content: Any) -> Any:
    """Replace what JSON has no word for: infinite numbers become null."""
    if isinstance(content, float):
        return content if math.isfinite(content) else None
    if isinstance(content, dict):
        return {key: _finite(entry) for key, entry in content.items()}
    if isinstance(content, list | tuple):
        return [_finite(entry) for entry in content]
    return content
