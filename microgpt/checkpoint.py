r"""Keeping a run in a file, so that it can stop today and go on tomorrow as if nothing had happened.

# The question

Training takes a while, and machines are switched off. **What must be written down so that a run can go on
to the very same end? And so that a torn or damaged file is never taken for a good one?**

# The picture

```mermaid
graph LR
    run["a Run between two steps"] -- "save" --> part["file.part, complete?"]
    part -- "then rename" --> file["file.json"]
    file -- "load: check everything" --> checkpoint["Checkpoint"]
    checkpoint -- "plus the documents: resume" --> again["the same Run"]
    checkpoint --> model["a model to sample from"]
```

# What is in it

Everything that a `Run` consists of, but for the documents: of those only where they came from and a
fingerprint, since whoever goes on has them, in the order that the seed gives.

>>> import tempfile
>>> from microgpt.training import train, train_step
>>> names = ["ava", "emma", "liam", "mia", "noah"]
>>> run = start(Config(steps=40, n_embd=4, n_head=2), names)
>>> for step in range(15):
...     _ = train_step(run)
>>> folder = tempfile.TemporaryDirectory()
>>> path = Path(folder.name, "run.json")
>>> save_checkpoint(run, Source.of("five names", names), path)
>>> content = json.loads(path.read_text(encoding="utf-8"))
>>> print(", ".join(content))
format, version, step, config, data, alphabet, losses, parameters, adam, random, sha256
>>> content["step"], content["alphabet"], len(content["losses"])
(15, 'aehilmnov', 15)
>>> content["parameters"]["layer0.mlp_fc1"]["shape"]
[16, 4]

It is JSON with a line for each row of each matrix: open one in an editor. To *use* a model, `config`,
`alphabet` and `parameters` would do. Adam's averages, twice as many numbers as the model has, are there
to go on.

# To the last bit

A float written with enough digits comes back as the same float. Python writes the fewest digits that do.

>>> float(repr(0.1 + 0.2)) == 0.1 + 0.2, repr(0.1 + 0.2)
(True, '0.30000000000000004')

So the resumed run and the uninterrupted one agree in every bit, and so does the random generator, which is
why even the samples are the same.

>>> again = resume(load_checkpoint(path), names)
>>> for step in train(run):
...     pass
>>> for step in train(again):
...     pass
>>> again.losses == run.losses, again.optimizer == run.optimizer, again.rng.random() == run.rng.random()
(True, True, True)

# Whole or not at all

A program can be killed in the middle of writing. So the new file is written beside the old one under
another name, and only when all of it has reached the disk does it take the old one's name. The system
does this renaming in one piece: at every moment the name belongs to a complete file, the old or the new.

# Trust nothing

What is read is checked before it is used: that it is JSON, of a version we know, with everything in it, in
the right shapes, all numbers finite. Last comes the checksum of the whole content, for a file can be well
formed and still not be what was written. One digit changed:

>>> text = path.read_text(encoding="utf-8")
>>> loss = repr(run.losses[0])
>>> _ = path.write_text(text.replace(loss, loss[:-1]), encoding="utf-8")
>>> try:
...     load_checkpoint(path)
... except CheckpointError as error:
...     print(str(error).partition(": ")[2])
its content does not match its checksum, so it was damaged or edited; use another one
>>> folder.cleanup()

Nothing in the file is ever executed. (Python's own way to store objects, *pickle*, can run any program that
somebody has put into the file.)

# Check yourself

??? question "Losses, Adam's averages, random state: which of them does one need to *sample* from the model?"

    None. The random state only decides which names come out, not how good they are.

??? question "Adam's averages are lost, the rest is there. What happens on going on?"

    It goes on from the right place with no memory: the averages must form again, and for some dozens of steps
    the steps are too bold or too timid. It usually recovers, but it is another run.

# What follows

The command line saves by itself; see `python -m microgpt --help`.
"""

import contextlib
import glob
import hashlib
import json
import math
import os
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import count, islice
from pathlib import Path
from typing import Any

from microgpt.config import Config
from microgpt.data import Source
from microgpt.model import Model, parameter_shapes, parameters_of
from microgpt.tokenizer import Tokenizer
from microgpt.training import Run, Step, start

__all__ = [
    "Checkpoint",
    "CheckpointError",
    "checkpoint_path",
    "load_checkpoint",
    "make_way",
    "newest_first",
    "resume",
    "save_checkpoint",
    "saving",
]

_FORMAT = "microgpt checkpoint"
_VERSION = 1
_PARTS = [
    "format",
    "version",
    "step",
    "config",
    "data",
    "alphabet",
    "losses",
    "parameters",
    "adam",
    "random",
    "sha256",
]

_Matrices = dict[str, list[list[float]]]


class CheckpointError(ValueError):
    """A file cannot be used or written. The message names it and says why, and what to do."""


@dataclass(frozen=True)
class Checkpoint:
    """A run as a file has it.

    Attributes:
        model: The model of plain floats, ready to sample from; with its dials and its alphabet.
        source: Which documents the run learns from.
        losses: One for each step done, in nats per token.
        m: Adam's averages of the slopes, in the order of the parameters.
        v: Adam's averages of their squares.
        random_state: The state of the random generator, for `random.Random.setstate`.
    """

    model: Model[float]
    source: Source
    losses: list[float]
    m: list[float]
    v: list[float]
    random_state: tuple[Any, ...]

    @property
    def is_finished(self) -> bool:
        """Whether all steps are done."""
        return len(self.losses) == self.model.config.steps


def save_checkpoint(run: Run, source: Source, path: Path) -> None:
    """Write a run to a file, whole or not at all.

    Args:
        run: Between two steps.
        source: Where its documents came from.
        path: The file; an older one is replaced, and folders are made where they are missing.

    Raises:
        CheckpointError: If the file cannot be written. An older one is then as it was.

    Examples:
        >>> import tempfile
        >>> names = ["ava", "mia"]
        >>> run = start(Config(n_embd=2, n_head=1), names)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     save_checkpoint(run, Source.of("names", names), Path(folder, "new folder", "run.json"))
        ...     load_checkpoint(Path(folder, "new folder", "run.json")).source.documents
        2
    """
    generator_version, words, gauss_next = run.rng.getstate()
    content = {
        "format": _FORMAT,
        "version": _VERSION,
        "step": len(run.losses),
        "config": asdict(run.config),
        "data": asdict(source),
        "alphabet": run.model.tokenizer.alphabet,
        "losses": run.losses,
        "parameters": {
            name: {
                "shape": [len(matrix), len(matrix[0])],
                "values": [[x.data for x in row] for row in matrix],
            }
            for name, matrix in run.model.parameters.items()
        },
        "adam": {"m": _by_name(run.optimizer.m, run.model), "v": _by_name(run.optimizer.v, run.model)},
        "random": {"version": generator_version, "words": list(words), "gauss_next": gauss_next},
    }
    _write_whole(path, _laid_out({**content, "sha256": _checksum(content)}) + "\n")


def _by_name(numbers: Sequence[float], model: Model[Any]) -> _Matrices:
    """Cut a long row of numbers into matrices like the model's."""
    rest = iter(numbers)
    return {
        name: [list(islice(rest, len(row))) for row in matrix] for name, matrix in model.parameters.items()
    }


def _checksum(content: dict[str, Any]) -> str:
    """Hash what a content says, however it is laid out."""
    text = json.dumps({**content, "sha256": None}, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _laid_out(content: Any, indent: str = "") -> str:
    """Write JSON with a line for each entry, and for each row of a matrix."""
    if isinstance(content, dict):
        inside = " " + indent
        entries = [f"{json.dumps(key)}: {_laid_out(entry, inside)}" for key, entry in content.items()]
        first, last = "{", "}"
    elif isinstance(content, list) and isinstance(content[0] if content else None, list):
        inside = " " + indent
        entries = [_laid_out(row, inside) for row in content]
        first, last = "[", "]"
    else:
        return json.dumps(content, allow_nan=False)
    return f"{first}\n{inside}" + f",\n{inside}".join(entries) + f"\n{indent}{last}"


def _write_whole(path: Path, text: str) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(part, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        raise CheckpointError(
            f"cannot write the run to {str(path)!r}: {error.strerror}; "
            "choose another place with --save FILE, or none with --no-save"
        ) from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


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
        >>> from microgpt.training import train
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


def load_checkpoint(path: str | Path) -> Checkpoint:
    """Read a file and check everything in it.

    Args:
        path: The file.

    Raises:
        CheckpointError: If it cannot be read, or is anything but a whole checkpoint as it was written.

    Examples:
        >>> try:
        ...     load_checkpoint("no such file.json")
        ... except CheckpointError as error:
        ...     print(error)
        cannot use the checkpoint 'no such file.json': there is no such file; use another one
    """
    try:
        content = _read(Path(path))
        checkpoint = _understood(content)
        _insist(
            content["sha256"] == _checksum(content),
            "its content does not match its checksum, so it was damaged or edited",
        )
    except FileNotFoundError:
        reason = "there is no such file"
    except OSError as error:
        reason = str(error.strerror)
    except ValueError as error:
        reason = str(error)
    else:
        return checkpoint
    raise CheckpointError(f"cannot use the checkpoint {str(path)!r}: {reason}; use another one")


def _read(path: Path) -> Any:
    def refuse(constant: str) -> None:
        raise ValueError(f"it has a {constant} in place of a number")

    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise ValueError("it is not JSON, or not all of it is there") from None
    _insist(isinstance(content, dict) and content.get("format") == _FORMAT, "it is no checkpoint of microgpt")
    version = content.get("version")
    if _is_whole(version) and version > _VERSION:
        raise ValueError(f"its format {version} needs a newer microgpt; this one knows {_VERSION}")
    _insist(version == _VERSION and _is_table(content, *_PARTS), "parts of it are missing or unknown")
    return content


def _understood(content: dict[str, Any]) -> Checkpoint:
    config = _config_in(content["config"])
    _insist(isinstance(content["alphabet"], str), "its alphabet is no text")
    tokenizer = Tokenizer(content["alphabet"])
    _insist(
        _is_table(content["parameters"]) and len(content["parameters"]) == 3 + 6 * config.n_layer,
        f"its matrices are not those of {config.n_layer} layers",
    )
    shapes = parameter_shapes(config, tokenizer.vocab_size)
    _insist(_is_table(content["adam"], "m", "v"), "Adam's averages are missing")
    _insist(
        all(_is_table(entry, "shape", "values") for entry in content["parameters"].values()),
        "a matrix has no shape or no values",
    )
    values = {name: entry["values"] for name, entry in content["parameters"].items()}
    written = {name: entry["shape"] for name, entry in content["parameters"].items()}
    _insist(
        written == {name: list(shape) for name, shape in shapes.items()},
        "its matrices have other shapes than its config says",
    )
    model = Model(config, tokenizer, _matrices(values, shapes, "its parameters"))
    losses = _numbers(content["losses"], "its losses")
    _insist(
        _is_whole(content["step"]) and content["step"] == len(losses) <= config.steps,
        "its losses are not one for each step",
    )
    m, v = (_matrices(content["adam"][name], shapes, f"Adam's {name}") for name in ("m", "v"))
    squares = [x for matrix in v.values() for row in matrix for x in row]
    _insist(min(squares) >= 0, "Adam's v has a negative square")
    return Checkpoint(
        model=model,
        source=_source_in(content["data"]),
        losses=losses,
        m=[x for matrix in m.values() for row in matrix for x in row],
        v=squares,
        random_state=_random_state_in(content["random"]),
    )


def _config_in(content: Any) -> Config:
    _insist(
        _is_table(content, *(dial.name for dial in fields(Config))), "its config has other dials than ours"
    )
    return Config(**content)


def _source_in(content: Any) -> Source:
    _insist(
        _is_table(content, "name", "is_file", "documents", "sha256")
        and isinstance(content["name"], str)
        and isinstance(content["is_file"], bool)
        and _is_whole(content["documents"])
        and isinstance(content["sha256"], str),
        "it does not say which data it is from",
    )
    return Source(**content)


def _random_state_in(content: Any) -> tuple[Any, ...]:
    _insist(_is_table(content, "version", "words", "gauss_next"), "the random generator's state is missing")
    words, gauss_next = content["words"], content["gauss_next"]
    _insist(
        content["version"] == 3
        and isinstance(words, list)
        and len(words) == 625
        and all(_is_whole(word) and 0 <= word < 2**32 for word in words)
        and any(words[:624])
        and words[624] <= 624
        and (gauss_next is None or _is_number(gauss_next)),
        "the random generator cannot have the state it gives",
    )
    return (3, tuple(words), gauss_next)


def _matrices(content: Any, shapes: dict[str, tuple[int, int]], what: str) -> _Matrices:
    _insist(_is_table(content, *shapes), f"{what} are not those of its config")
    for name, (rows, columns) in shapes.items():
        matrix = content[name]
        _insist(isinstance(matrix, list) and len(matrix) == rows, f"{what} have a wrong shape: {name}")
        for row in matrix:
            _insist(len(_numbers(row, f"{what}: {name}")) == columns, f"{what} have a wrong shape: {name}")
    return {name: content[name] for name in shapes}


def _numbers(content: Any, what: str) -> list[float]:
    _insist(isinstance(content, list), f"{what} are missing")
    _insist(all(map(_is_number, content)), f"{what} have something in them that is no finite number")
    return list(content)


def _is_number(content: Any) -> bool:
    return type(content) is float and math.isfinite(content)


def _is_whole(content: Any) -> bool:
    return type(content) is int and content >= 0


def _is_table(content: Any, *keys: str) -> bool:
    return isinstance(content, dict) and (not keys or sorted(content) == sorted(keys))


def _insist(holds: bool, reason: str) -> None:
    if not holds:
        raise ValueError(reason)


def resume(checkpoint: Checkpoint, documents: Sequence[str]) -> Run:
    """Make the run again that was saved.

    Args:
        checkpoint: What the file had.
        documents: The documents it learned from, in the order of their file.

    Returns:
        The run, ready to go on.

    Raises:
        CheckpointError: If the documents are not the same.

    Examples:
        >>> import tempfile
        >>> names = ["ava", "mia"]
        >>> run = start(Config(n_embd=2, n_head=1), names)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     save_checkpoint(run, Source.of("two names", names), Path(folder, "run.json"))
        ...     checkpoint = load_checkpoint(Path(folder, "run.json"))
        >>> resume(checkpoint, names).documents == run.documents
        True
        >>> try:
        ...     resume(checkpoint, ["ava", "mia", "zoe"])
        ... except CheckpointError as error:
        ...     print(str(error).partition(";")[0])
        the run learned from other data: 2 documents of 'two names', and now there are 3
    """
    source, model = checkpoint.source, checkpoint.model
    if Source.of(source.name, documents, source.is_file) != source:
        now = f"{len(documents):,}" if len(documents) != source.documents else "other ones"
        raise CheckpointError(
            f"the run learned from other data: {source.documents:,} documents of {source.name!r}, "
            f"and now there are {now}; bring the old ones back, or start a new run"
        )
    run = start(model.config, documents)
    if run.model.tokenizer != model.tokenizer:
        raise CheckpointError("the run's alphabet is not that of its data; use another checkpoint")
    for parameter, number in zip(parameters_of(run.model), parameters_of(model), strict=True):
        parameter.data = number
    run.optimizer.m, run.optimizer.v = list(checkpoint.m), list(checkpoint.v)
    run.optimizer.steps = len(checkpoint.losses)
    run.rng.setstate(checkpoint.random_state)
    run.losses = list(checkpoint.losses)
    return run


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
        >>> from microgpt.training import train_step
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
