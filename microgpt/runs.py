"""The folder runs/: what a run's file is called, when it is written, and which one is meant.

A run's file has a name made from its data and its dials, so that different runs never meet in one file.
"""

import contextlib
import glob
import hashlib
import json
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import count
from pathlib import Path

from microgpt.checkpoint import CheckpointError, load_checkpoint, save_checkpoint
from microgpt.config import Config
from microgpt.data import Source
from microgpt.training import Run, Step

__all__ = ["checkpoint_path", "make_way", "newest_first", "saving"]


def saving(steps: Iterable[Step], run: Run, source: Source, path: Path) -> Iterator[Step]:
    """Pass the steps of a run on, and save it at the start, every so many steps, and at the end.

    Args:
        steps: What `microgpt.training.train` yields for the run.
        run: The run; its dial `save_every` says how often.
        source: Where its documents came from.
        path: The file.

    Yields:
        Each step, unchanged; a step that is saved, after that.

    Raises:
        CheckpointError: If the file cannot be written: before the first step, if it never can.

    Examples:
        >>> import tempfile
        >>> from microgpt.training import start, train
        >>> names = ["ava", "mia"]
        >>> run = start(Config(n_embd=2, n_head=1, steps=5, save_every=2), names)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "run.json")
        ...     for step in saving(train(run), run, Source.of("names", names), path):
        ...         print(step.number, len(load_checkpoint(path).losses))
        1 0
        2 2
        3 2
        4 4
        5 5
    """
    _sweep(path)
    save_checkpoint(run, source, path)
    for step in steps:
        if step.number % run.config.save_every == 0 or step.number == run.config.steps:
            save_checkpoint(run, source, path)
        yield step


def _sweep(path: Path) -> None:
    """Remove what a run that was killed while writing has left: more than a minute old, so nobody's now."""
    with contextlib.suppress(OSError):
        for part in path.parent.glob(f"{glob.escape(path.name)}.*.part"):
            if time.time() - part.stat().st_mtime > 60:
                part.unlink()


def checkpoint_path(config: Config, source: Source, folder: str = "runs") -> Path:
    """Name the file of a run: by its data and main dials, and by a hash of everything that decides it.

    Args:
        config: All dials go into the hash.
        source: Its fingerprint goes into the hash.
        folder: Where the file belongs.

    Examples:
        >>> path = checkpoint_path(Config(), Source.of("names", ["ava"]))
        >>> path.as_posix()
        'runs/names-1x16x4-steps1000-seed42-0f5b517b.json'
        >>> path == checkpoint_path(Config(temperature=0.6), Source.of("names", ["ava"]))
        False
        >>> checkpoint_path(Config(), Source.of("My Pets!.txt", ["Rex"], is_file=True)).name[:12]
        'my-pets-1x16'
    """
    label = Path(source.name).stem if source.is_file else source.name
    label = re.sub(r"[\W_]+", "-", label.lower()).strip("-")[:40] or "data"
    everything = json.dumps([asdict(config), source.sha256], sort_keys=True)
    short = hashlib.sha256(everything.encode()).hexdigest()[:8]
    size = f"{config.n_layer}x{config.n_embd}x{config.n_head}"
    return Path(folder, f"{label}-{size}-steps{config.steps}-seed{config.seed % 10**9}-{short}.json")


def newest_first(folder: str = "runs") -> list[Path]:
    """List the files of a folder that may be checkpoints, the one written last first.

    Args:
        folder: Where to look; it need not exist.

    Examples:
        >>> newest_first("no such folder")
        []
    """
    times = {}
    for path in Path(folder).glob("*.json"):
        with contextlib.suppress(OSError):
            times[path] = path.stat().st_mtime_ns
    return sorted(times, key=lambda path: times[path], reverse=True)


def make_way(path: Path) -> Path | None:
    """Make room for a new run's file without losing an unfinished one that has the name.

    Args:
        path: Where the new run will be saved.

    Returns:
        Where the unfinished run is now; None if there was none.

    Raises:
        CheckpointError: If the file there is no checkpoint, and so not ours to replace.

    Examples:
        >>> import tempfile
        >>> from microgpt.training import start, train_step
        >>> names = ["ava", "mia"]
        >>> run = start(Config(n_embd=2, n_head=1, steps=5), names)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "run.json")
        ...     first = make_way(path)
        ...     _ = train_step(run)
        ...     save_checkpoint(run, Source.of("names", names), path)
        ...     first, make_way(path).name, path.exists()
        (None, 'run-at-step1.json', False)
    """
    if not path.exists():
        return None
    try:
        checkpoint = load_checkpoint(path)
    except CheckpointError as error:
        raise CheckpointError(
            f"{str(path)!r} is in the way and no checkpoint that could be replaced ({error}); "
            "move it, or choose another place with --save FILE"
        ) from None
    if checkpoint.is_finished or not checkpoint.losses:
        return None
    step = f"at-step{len(checkpoint.losses)}"
    kept = path.with_name(f"{path.stem}-{step}.json")
    for number in count(2):
        if not kept.exists():
            break
        kept = path.with_name(f"{path.stem}-{step}-{number}.json")
    path.replace(kept)
    return kept
