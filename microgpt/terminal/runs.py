"""The folder runs/: what a run's file is called, when it is written, and which one is meant.

A run's file has a name made from its data and its dials, so that different runs do not meet in one file.
Where somebody has chosen the name and another run is there, the new one is refused.
"""

import contextlib
import json
import os
import re
import shlex
import subprocess
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path

import typer

from microgpt.checkpoint import Checkpoint, CheckpointError, load_checkpoint, save_checkpoint
from microgpt.config import Config
from microgpt.data import Source
from microgpt.terminal.screen import visible
from microgpt.training import DOT, Run, Step

_DIVERGED = "-diverged"
_NOTHING = (0, 0)
_IS_WINDOWS = os.name == "nt"


@dataclass
class RunFile:
    """The file that a run is kept in, and the care that nothing else is lost by it.

    Attributes:
        path: Where it is. It changes if somebody else writes to the same file.
        source: Where the documents of the run came from.
        steps: How many steps of this very run the file has; it is never replaced by fewer.
        is_written: Whether the file has been written since it was claimed.

    Examples:
        >>> import tempfile
        >>> from microgpt.training import new_run, train_step
        >>> names = ["ava", "mia"]
        >>> source, run = Source.of("names", names), new_run(Config(n_embd=2, n_head=1, steps=5), names)
        >>> other = new_run(Config(n_embd=2, n_head=1, steps=5, seed=7), names)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = RunFile.claim(Path(folder, "run.json"), run, source)
        ...     _ = train_step(run)
        ...     file.write(run)
        ...     try:
        ...         RunFile.claim(Path(folder, "run.json"), other, source)
        ...     except CheckpointError as error:
        ...         print(str(error).partition("run.json' ")[2].partition(":")[0])
        has another run, step 1 of 5; choose another file with --save FILE, or go on with it
    """

    path: Path
    source: Source
    steps: int = 0
    is_written: bool = field(default=False, init=False)
    _seen: tuple[int, int] = field(init=False)

    def __post_init__(self) -> None:
        self._seen = _identity(self.path)

    @classmethod
    def claim(cls, path: Path, run: Run, source: Source) -> "RunFile":
        """Take possession of a file for a new run.

        Raises:
            CheckpointError: If there is something else in the file.
        """
        found = _found_at(path)
        if found is None or not found.losses:
            return cls(path, source)
        is_same_model = (found.model.config, found.precision) == (run.config, run.arithmetic.precision)
        if not (is_same_model and found.source == source):
            raise CheckpointError(
                f"{str(path)!r} has another run, {so_far(len(found.losses), found.model.config)}; "
                f"choose another file with --save FILE, or go on with it: {resume_command(path)}"
            )
        return cls(path, source, len(found.losses))

    def write(self, run: Run) -> None:
        """Write the run, unless the file has more of it.

        Raises:
            CheckpointError: If it cannot be written.
        """
        if len(run.losses) < self.steps:
            return
        if _identity(self.path) not in (self._seen, _NOTHING):
            self.path = _free_name(self.path, len(run.losses))
        save_checkpoint(run, self.source, self.path)
        self.steps, self.is_written = len(run.losses), True
        self._seen = _identity(self.path)

    def begin(self, run: Run) -> None:
        """Write the run before its first step here, and clear away what killed runs have left.

        Raises:
            CheckpointError: If the file can never be written.
        """
        _sweep(self.path)
        self.write(run)

    def set_aside(self, run: Run) -> Path:
        """Give the file of a run that has diverged another name, so that nobody goes on with it by mistake.

        A name that somebody has chosen stays.

        Returns:
            The name that it has now.
        """
        if self.path.name == checkpoint_path(run.config, self.source, run.arithmetic.precision).name:
            with contextlib.suppress(OSError):
                self.path = self.path.replace(self.path.with_stem(self.path.stem + _DIVERGED))
        return self.path


def _found_at(path: Path) -> Checkpoint | None:
    try:
        return load_checkpoint(path) if path.exists() or path.is_symlink() else None
    except OSError as error:
        raise CheckpointError(f"cannot write the run to {str(path)!r}: {error.strerror}") from None
    except CheckpointError as error:
        raise CheckpointError(
            f"{str(path)!r} is in the way and no checkpoint that could be replaced ({error}); "
            "move it, or choose another place with --save FILE"
        ) from None


def _free_name(path: Path, steps: int) -> Path:
    for number in count(1):
        more = "" if number == 1 else f"-{number}"
        stem = re.sub(r"-at-step\d+(-\d+)?$", "", path.stem)
        free = path.with_name(f"{stem}-at-step{steps}{more}{path.suffix}")
        if not free.exists():
            return free
    raise AssertionError("there is always another number")


def _identity(path: Path) -> tuple[int, int]:
    """Tell a file from others of its name: each writing makes a new one."""
    try:
        found = path.stat()
    except OSError:
        return _NOTHING
    return (found.st_ino, found.st_mtime_ns)


def saving(steps: Iterable[Step], run: Run, file: RunFile) -> Iterator[Step]:
    """Pass the steps of a run on, and write it every so many steps, and at the end.

    Args:
        steps: What `microgpt.training.train` yields for the run.
        run: The run; its dial `save_every` says how often.
        file: Where to.

    Yields:
        Each step, unchanged; a step that is saved, after that.

    Raises:
        CheckpointError: If the file cannot be written.

    Examples:
        >>> import tempfile
        >>> from microgpt.training import new_run, train
        >>> names = ["ava", "mia"]
        >>> run = new_run(Config(n_embd=2, n_head=1, steps=5, save_every=2), names)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = RunFile(Path(folder, "run.json"), Source.of("names", names))
        ...     file.begin(run)
        ...     for step in saving(train(run), run, file):
        ...         print(step.number, len(load_checkpoint(file.path).losses))
        1 0
        2 2
        3 2
        4 4
        5 5
    """
    for step in steps:
        if step.number % run.config.save_every == 0 or step.number == run.config.steps:
            file.write(run)
        yield step


def _sweep(path: Path) -> None:
    """Remove what a run that was killed while writing has left: more than a minute old, so nobody's now."""
    ours = re.compile(re.escape(path.name) + r"\.\d+\.part")
    with contextlib.suppress(OSError):
        for part in path.parent.iterdir():
            if ours.fullmatch(part.name) and time.time() - part.stat().st_mtime > 60:
                part.unlink()


def checkpoint_path(
    config: Config, source: Source, precision: str | None = None, folder: str = "runs"
) -> Path:
    """Name the file of a run: by its data and main dials, and by a hash of everything that decides it.

    Args:
        config: All dials go into the hash.
        source: Its fingerprint goes into the hash.
        precision: So does this, if it is not the usual one: the numbers are others then.
        folder: Where the file belongs.

    Examples:
        >>> path = checkpoint_path(Config(), Source.of("names", ["ava"]))
        >>> path.as_posix()
        'runs/names-1x16x4-steps1000-seed42-edc0d783.json'
        >>> path == checkpoint_path(Config(temperature=0.6), Source.of("names", ["ava"]))
        False
        >>> checkpoint_path(Config(), Source.of("My Pets!.txt", ["Rex"], is_file=True)).name[:12]
        'my-pets-1x16'
    """
    label = Path(source.name).stem if source.is_file else source.name
    label = re.sub(r"[\W_]+", "-", label.lower()).strip("-")[:40] or "data"
    unusual = [precision] if precision not in (None, DOT.precision) else []
    everything = json.dumps([asdict(config), source.sha256, *unusual], sort_keys=True)
    from hashlib import sha256  # here, since it takes long to import

    short = sha256(everything.encode()).hexdigest()[:8]
    size = f"{config.n_layer}x{config.n_embd}x{config.n_head}"
    return Path(folder, f"{label}-{size}-steps{config.steps}-seed{config.seed % 10**9}-{short}.json")


def resume_command(path: Path) -> str:
    """Write the command that goes on with an unfinished run.

    Examples:
        >>> resume_command(Path("my run.json")), resume_command(Path("-x.json"))
        ("python -m microgpt resume 'my run.json'", 'python -m microgpt resume -- -x.json')
    """
    return command_on("resume", path)


def command_on(name: str, path: Path) -> str:
    """Write a command on a run, as a shell understands it.

    Examples:
        >>> command_on("evaluate", Path("my run.json"))
        "python -m microgpt evaluate 'my run.json'"
    """
    file = str(path)
    written = subprocess.list2cmdline([file]) if _IS_WINDOWS else shlex.quote(file)
    return f"python -m microgpt {name} {'-- ' if file.startswith('-') else ''}{written}"


def so_far(steps: int, config: Config) -> str:
    """Say how far a run has come.

    Examples:
        >>> so_far(2, Config())
        'step 2 of 1,000'
    """
    return f"step {steps:,} of {config.steps:,}"


def newest_first(folder: str = "runs") -> list[Path]:
    """List the files of a folder that may be checkpoints, the one written last first.

    Args:
        folder: Where to look; it need not exist.

    Raises:
        CheckpointError: If nobody may look there.

    Examples:
        >>> newest_first("no such folder")
        []
    """
    times = {}
    for path in map(Path, _names_in(folder)):
        with contextlib.suppress(OSError):
            if path.suffix == ".json" and path.is_file():
                times[path] = path.stat().st_mtime_ns
    return sorted(times, key=lambda path: times[path], reverse=True)


def _names_in(folder: str) -> list[str]:
    try:
        return [entry.path for entry in os.scandir(folder)]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise CheckpointError(f"cannot look into {folder!r}: {error.strerror}; name a file") from None


def has_diverged(path: Path) -> bool:
    """Say whether a file is that of a run whose numbers have left the range of floats."""
    return path.stem.endswith(_DIVERGED)


def find_checkpoint(name: str | None, unfinished: bool = False) -> tuple[Path, Checkpoint]:
    """Load a checkpoint: the one that is named, or the newest one in runs/ that will do.

    Args:
        name: The file; None for one in runs/.
        unfinished: Whether there must be steps left to do.

    Raises:
        CheckpointError: If there is none.
    """
    if name is not None:
        return Path(name), load_checkpoint(name)
    refused: list[str] = []
    for candidate in newest_first():
        try:
            checkpoint = load_checkpoint(candidate)
        except CheckpointError as error:
            refused.append(str(error))
            continue
        if not (has_diverged(candidate) or (unfinished and checkpoint.is_finished)):
            if refused:
                more = f" (and {len(refused) - 1} more like it)" if len(refused) > 1 else ""
                typer.echo(f"microgpt: passed over: {visible(refused[0])}{more}", err=True)
            return candidate, checkpoint
    what = "unfinished run" if unfinished else "checkpoint"
    raise CheckpointError(f"there is no {what} in runs/; python -m microgpt makes one, or name a file")


def described(path: Path, checkpoint: Checkpoint) -> str:
    """Say what is in a file."""
    done = so_far(len(checkpoint.losses), checkpoint.model.config)
    return f"{visible(str(path))}: {done} on {visible(checkpoint.source.name)}"
