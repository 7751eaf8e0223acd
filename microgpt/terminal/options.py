"""The flags of the command line.

Each stands here once, as a type, to be used in the signatures of the commands; those that go together are the
fields of a dataclass. Those of the dials are made from `microgpt.config`: see `microgpt.terminal.expansion`.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from microgpt.config import Config, ConfigError
from microgpt.records import KINDS
from microgpt.spelling import nearest
from microgpt.terminal.traces import refuse_to_lose

_Text: TypeAlias = str | None
_Whole: TypeAlias = int | None
_Real: TypeAlias = float | None


def option(names: str, text: str, panel: str | None = None, **more: Any) -> Any:
    """Make an option: its names with the word for its value behind them, what help says, where it stands."""
    flags, _, metavar = names.partition(" ")
    return typer.Option(*flags.split(","), metavar=metavar or None, help=text, rich_help_panel=panel, **more)


def _say_version(is_asked: bool) -> None:
    if is_asked:
        from importlib.metadata import version  # here, since few ask

        typer.echo(f"microgpt {version('microgpt')}")
        raise typer.Exit


def _watching(names: str, text: str) -> Any:
    return option(names, text, "Watching")


def _file(metavar: str, text: str) -> Any:
    return typer.Argument(metavar=metavar, help=text)


Dataset = Annotated[_Text, option("--dataset NAME", "Learn from this data set; `datasets` lists them.")]
InputFile = Annotated[_Text, option("--input FILE", "Learn from this text, one document a line; - is stdin.")]
ConfigFile = Annotated[_Text, option("--config FILE", "Take dials from this TOML file; flags win over it.")]
Save = Annotated[_Text, option("--save FILE", "Write the run to this file, not to one in runs/.")]
NoSave = Annotated[bool, option("--no-save", "Do not write the run to a file.")]
DryRun = Annotated[bool, option("--dry-run", "Say how large and how long the run would be, and stop.")]
NoExam = Annotated[bool, option("--no-exam", "Do not judge the model when it is trained.")]
AllSettings = Annotated[bool, option("--settings", "Show all settings, not only those that differ.")]
Quiet = Annotated[bool, option("--quiet,-q", "Print the samples and nothing else.")]
CheckpointFile = Annotated[_Text, _file("[FILE]", "The file of a run; else the newest one in runs/.")]
UnfinishedFile = Annotated[_Text, _file("[FILE]", "The file of a run; else the newest unfinished one.")]
Prompt = Annotated[_Text, option("--prompt TEXT", "Begin every sample like this; on a terminal, else asks.")]
Number = Annotated[int, option("-n INTEGER", "How many samples.", min=1)]
Temperature = Annotated[_Real, option("--temperature NUMBER", "How boldly to choose; else as in the run.")]
Seed = Annotated[_Whole, option("--seed INTEGER", "Where chance starts; else where training left it.")]
Probabilities = Annotated[bool, option("--probabilities", "Show what each character was chosen from.")]
AsJson = Annotated[bool, option("--json", "Print one JSON object and nothing else.")]
_VERSION = "Say which version this is."
Version = Annotated[bool, option("--version", _VERSION, callback=_say_version, is_eager=True)]
Explain = Annotated[_Text, option("--explain DIAL", "Print all there is to say about a dial.")]

Verbose = Annotated[bool, _watching("--verbose,-v", "Tell what happens, step by step.")]
VerboseEvery = Annotated[_Whole, _watching("--verbose-every INTEGER", "Tell every so many steps in full.")]
VerbosePosition = Annotated[_Whole, _watching("--verbose-position INTEGER", "Tell this position only.")]
_STAGES = f"Tell or write these stages only, of {', '.join(KINDS)}."
Stages = Annotated[_Text, _watching("--stages NAMES", _STAGES)]
Compact = Annotated[bool, _watching("--compact", "Tell each step in one row.")]
Pause = Annotated[bool, _watching("--pause", "Wait for Enter after each stage.")]
TraceTo = Annotated[
    _Text, _watching("--trace FILE", "Write what happens, a JSON object a line; - is stdout.")
]


Dials = Annotated[dict[str, Any], Config]
"""The dials that were given, by name: a flag for each field of `Config`."""


@dataclass(frozen=True)
class Data:
    """What to learn from; each field is a flag, here and below."""

    dataset: Dataset = None
    input_file: InputFile = None

    @property
    def is_named(self) -> bool:
        """Whether one of the flags was given."""
        return self.dataset is not None or self.input_file is not None


@dataclass(frozen=True)
class Show:
    """How much of a run to show, besides what `WatchTraining` asks for."""

    quiet: Quiet = False
    no_exam: NoExam = False
    settings: AllSettings = False


@dataclass(frozen=True)
class Sampling:
    """How to invent documents."""

    prompt: Prompt = None
    number: Number = Config.samples
    temperature: Temperature = None
    seed: Seed = None
    probabilities: Probabilities = False
    as_json: AsJson = False
    quiet: Quiet = False


@dataclass(frozen=True)
class Begin:
    """How a new run begins."""

    config_file: ConfigFile = None
    save: Save = None
    no_save: NoSave = False
    dry_run: DryRun = False
    version: Version = False


@dataclass(frozen=True)
class Watch:
    """What somebody wants to see of a model at work; each field is a flag."""

    verbose: Verbose = False
    stages: Stages = None
    pause: Pause = False
    trace: TraceTo = None

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

    @property
    def takes_stdout(self) -> bool:
        """Whether the trace goes to standard output, so that all else goes to standard error."""
        return self.trace == "-"

    def check(
        self, block_size: int, quiet: bool | str, others: Iterable[Path | None], goes_on: bool = False
    ) -> None:
        """Refuse what cannot be, before anything is done.

        Args:
            block_size: The model's.
            quiet: Whether only the samples are to be printed, or the flag that says so.
            others: Files that are read or written otherwise; the trace must not be one of them.
            goes_on: Whether an older trace would be lost whose continuation this one is.

        Raises:
            ConfigError: If the wishes contradict each other, the model, or files that are there.
        """
        _ = self.kinds
        flag = quiet if isinstance(quiet, str) else "--quiet"
        if self.is_told and quiet:
            raise ConfigError(f"{flag} and --verbose (or what narrows it) contradict each other; give one")
        if self.pause and not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise ConfigError("--pause waits for Enter and needs a terminal; leave it out")
        if self.takes_stdout and quiet:
            raise ConfigError(f"--trace - and {flag} both want standard output; give one, or name a file")
        if self.trace is not None and not self.takes_stdout:
            refuse_to_lose(self.trace, others, goes_on)


@dataclass(frozen=True)
class WatchTraining(Watch):
    """What somebody wants to see of a training run."""

    verbose_every: VerboseEvery = None
    verbose_position: VerbosePosition = None
    compact: Compact = False

    @property
    def is_told(self) -> bool:
        """Whether anything is told."""
        narrowed = self.verbose_every is not None or self.verbose_position is not None
        return super().is_told or self.compact or narrowed

    def check(
        self, block_size: int, quiet: bool | str, others: Iterable[Path | None], goes_on: bool = False
    ) -> None:
        """Refuse what cannot be; see `Watch.check`."""
        super().check(block_size, quiet, others, goes_on)
        narrowed = self.verbose_every is not None or self.verbose_position is not None
        if self.compact and (narrowed or (self.stages is not None and self.trace is None)):
            raise ConfigError("--compact tells every step in one row, so nothing narrows it; leave out one")
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
