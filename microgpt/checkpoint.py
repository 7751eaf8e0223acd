r"""Keeping a run in a file, so that it can stop today and go on tomorrow as if nothing had happened.

# The question

Training takes a while, and machines are switched off. **What must be written down so that a run can go on
to the very same end? And how is a torn or damaged file never taken for a good one?**

# The picture

```mermaid
graph LR
    run["a Run between two steps"] -- "save" --> part["file.part, complete?"]
    part -- "then rename" --> file["file.json"]
    file -- "load: is it as it was written?" --> checkpoint["Checkpoint"]
    checkpoint -- "plus the documents: resume" --> again["the same Run"]
    checkpoint --> model["a model to sample from"]
```

# What is in it

Everything that a `Run` consists of, except the documents. Of those it keeps where they came from and a
fingerprint: whoever goes on still has the file, and the seed shuffles it the same way again.

>>> import tempfile
>>> from microgpt.training import new_run, train, train_step
>>> names = ["ava", "emma", "liam", "mia", "noah"]
>>> run = new_run(Config(steps=40, n_embd=4, n_head=2), names)
>>> for step in range(15):
...     _ = train_step(run)
>>> folder = tempfile.TemporaryDirectory()
>>> path = Path(folder.name, "run.json")
>>> save_checkpoint(run, Source.of("five names", names), path)
>>> content = json.loads(path.read_text(encoding="utf-8"))
>>> print(", ".join(content))
format, version, step, config, engine, data, alphabet, losses, parameters, adam, random, sha256
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

A file can be well formed and still not be what was written. So the last entry is a *checksum*, a fingerprint
of the whole content, and it is compared before anything in the file is used. (It finds accidents. Whoever
changes a file on purpose can compute a new one.) The last digit of one number left out:

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

    It goes on from the right place with no memory. `v`, with its longer memory, forms more slowly than `m`,
    and the correction of the start is over, so for a hundred steps and more the steps are too long. With
    slopes that stay the same, by these factors after 1, 10 and 100 steps:

    >>> [round((1 - 0.85**k) / (1 - 0.99**k) ** 0.5, 2) for k in (1, 10, 100)]
    [1.5, 2.6, 1.26]

# What follows

`microgpt.terminal.runs` decides when a run is saved and what its file is called.
"""

import json
import os
import random
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from microgpt.adam import Adam
from microgpt.config import Config
from microgpt.data import Source, split_documents
from microgpt.model import Model, as_floats, as_values, parameter_shapes
from microgpt.tokenizer import Tokenizer
from microgpt.training import DOT, Run

_FORMAT = "microgpt checkpoint"
_VERSION = 1

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
        engine: The name of the engine that computed the steps.
        precision: How exact its numbers were.
    """

    model: Model[float]
    source: Source
    losses: list[float]
    m: list[float]
    v: list[float]
    random_state: tuple[Any, ...]
    engine: str = DOT.engine
    precision: str = DOT.precision

    @property
    def is_finished(self) -> bool:
        """Whether all steps are done."""
        return len(self.losses) == self.model.config.steps


def save_checkpoint(run: Run, source: Source, path: Path) -> None:
    """Write a run to a file, whole or not at all.

    Args:
        run: Between two steps. Its parameters may be `Value`s or plain floats.
        source: Where its documents came from.
        path: The file; an older one is replaced, and folders are made where they are missing.

    Raises:
        CheckpointError: If the file cannot be written, or the run is not between two steps. An older file is
            then as it was.

    Examples:
        >>> import tempfile
        >>> from microgpt.training import new_run
        >>> names = ["ava", "mia"]
        >>> run = new_run(Config(n_embd=2, n_head=1), names)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     save_checkpoint(run, Source.of("names", names), Path(folder, "new folder", "run.json"))
        ...     load_checkpoint(Path(folder, "new folder", "run.json")).source.documents
        2
    """
    if run.optimizer.steps != len(run.losses):
        raise CheckpointError(
            f"cannot write the run to {str(path)!r}: it was interrupted in the middle of step "
            f"{run.optimizer.steps:,}; go on from where it was saved last"
        )
    content = _content(run, source)
    try:
        text = _laid_out({**content, "sha256": _checksum(content)})
    except ValueError:
        raise CheckpointError(
            f"cannot write the run to {str(path)!r}: it has numbers that are not finite; "
            "choose a smaller init_std or learning_rate"
        ) from None
    _write_whole(path, text + "\n")


def _content(run: Run, source: Source) -> dict[str, Any]:
    matrices, adam = as_floats(run.model).parameters, run.optimizer
    return {
        "format": _FORMAT,
        "version": _VERSION,
        "step": len(run.losses),
        "config": asdict(run.config),
        "engine": [run.arithmetic.engine, run.arithmetic.precision],
        "data": asdict(source),
        "alphabet": run.model.tokenizer.alphabet,
        "losses": run.losses,
        "parameters": {
            name: {"shape": [len(rows), len(rows[0])], "values": rows} for name, rows in matrices.items()
        },
        "adam": {"m": _cut_like(matrices, adam.m), "v": _cut_like(matrices, adam.v)},
        "random": dict(zip(("version", "words", "gauss_next"), run.rng.getstate(), strict=True)),
    }


def _cut_like(matrices: _Matrices, numbers: Sequence[float]) -> _Matrices:
    """Cut a long row of numbers into matrices of the same shapes."""
    rest = map(float, numbers)
    return {name: [list(islice(rest, len(row))) for row in matrix] for name, matrix in matrices.items()}


def _checksum(content: dict[str, Any]) -> str:
    """Hash what a content says, however it is laid out."""
    from hashlib import sha256  # here, since it takes long to import

    text = json.dumps({**content, "sha256": None}, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def _laid_out(content: dict[str, Any]) -> str:
    """Write JSON with a line for each entry, and for each row of a matrix."""
    text = json.dumps(content, indent=1, allow_nan=False)
    return re.sub(
        r"\[\n[^][{}]*\]", lambda row: " ".join(row[0].split()).replace("[ ", "[").replace(" ]", "]"), text
    )


def _write_whole(name: Path, text: str) -> None:
    try:
        path = Path(os.path.realpath(name))  # a link stays a link
        if path.exists() and not path.is_file():
            raise ValueError("it is no regular file")
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, path.with_name(f"{path.name}.{os.getpid()}.part"), text)
    except (OSError, ValueError) as error:
        raise CheckpointError(
            f"cannot write the run to {str(name)!r}: {getattr(error, 'strerror', error)}; "
            "choose another place with --save FILE, or none with --no-save"
        ) from None


def _replace(path: Path, part: Path, text: str) -> None:
    """Write a file beside the old one, to take over its name and permissions when it is whole."""
    try:
        with open(part, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            os.chmod(part, path.stat().st_mode)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def load_checkpoint(path: str | Path) -> Checkpoint:
    """Read a file, if it is as it was written.

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
        return _understood(_read(Path(path)))
    except FileNotFoundError:
        reason = "there is no such file"
    except OSError as error:
        reason = str(error.strerror)
    except ValueError as error:
        reason = str(error)
    except (AttributeError, IndexError, KeyError, TypeError):
        reason = "it is not what this microgpt writes"
    raise CheckpointError(f"cannot use the checkpoint {str(path)!r}: {reason}; use another one")


def _read(path: Path) -> dict[str, Any]:
    """Read a file that is as it was written; what is in it need not be asked again."""
    if path.exists() and not path.is_file():
        raise ValueError("it is no file")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise ValueError("it is not JSON, or not all of it is there") from None
    if not isinstance(content, dict) or content.get("format") != _FORMAT:
        raise ValueError("it is no checkpoint of microgpt")
    if content.get("sha256") != _checksum(content):
        raise ValueError("its content does not match its checksum, so it was damaged or edited")
    if content["version"] != _VERSION:
        raise ValueError(
            f"its format {content['version']} is another than {_VERSION}, which this microgpt knows"
        )
    return content


def _understood(content: dict[str, Any]) -> Checkpoint:
    config, tokenizer = Config(**content["config"]), Tokenizer(content["alphabet"])
    found = {name: entry["values"] for name, entry in content["parameters"].items()}
    shapes = parameter_shapes(config, tokenizer.vocab_size)
    if shapes != {name: (len(matrix), len(matrix[0])) for name, matrix in found.items()}:
        raise ValueError("its matrices have other shapes than its config says")
    matrices = {name: found[name] for name in shapes}  # the order of a file says nothing
    m, v = ([x for name in shapes for row in content["adam"][part][name] for x in row] for part in "mv")
    generator = content["random"]
    state = (generator["version"], tuple(generator["words"]), generator["gauss_next"])
    model = Model(config, tokenizer, matrices)
    engine = content.get("engine", [DOT.engine, DOT.precision])
    return Checkpoint(model, Source(**content["data"]), content["losses"], m, v, state, *engine)


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
        >>> from microgpt.training import new_run
        >>> names = ["ava", "mia"]
        >>> run = new_run(Config(n_embd=2, n_head=1), names)
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
    source, model, config = checkpoint.source, checkpoint.model, checkpoint.model.config
    if Source.of(source.name, documents, source.is_file) != source:
        now = f"{len(documents):,}" if len(documents) != source.documents else "other ones"
        raise CheckpointError(
            f"the run learned from other data: {source.documents:,} documents of {source.name!r}, "
            f"and now there are {now}; bring the old ones back, or start a new run"
        )
    rng = random.Random(config.seed)
    training, held_out = split_documents(documents, config.hold_out, config.block_size, rng)
    rng.setstate(checkpoint.random_state)
    m, v, losses = list(checkpoint.m), list(checkpoint.v), list(checkpoint.losses)
    optimizer = Adam(m, v, config.beta1, config.beta2, config.eps, steps=len(losses))
    return Run(as_values(model), training, optimizer, rng, losses, held_out)
