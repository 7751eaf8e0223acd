r"""Keeping a run in a file, so that it can stop today and go on tomorrow as if nothing had happened.

# What you will be able to do

- Name what a run consists of, and say what of it one needs to go on and what to sample.
- Stop a run, go on, and show that the end is the same to the last bit.
- Replace a file so that nobody ever finds half of one.
- Notice that a file is no longer what was written.

# The question

Training takes a while, and machines are switched off. A *checkpoint* is the state of a run in a file, from
which it can go on. **What must be written down so that a run can go on to the very same end? And how is a
torn or damaged file never taken for a good one?**

The second question has an old answer, the *fingerprint*: a short number that is computed from a long text
and changes when anything in the text does. (It is also called a hash or a checksum.)

>>> from hashlib import sha256
>>> [sha256(text.encode()).hexdigest()[:8] for text in ("emma, liam, mia", "emma, liam, mio")]
['30c6dc28', '9f86c032']

# The picture

A game of chess that is adjourned overnight needs more than a photograph of the board. Whose move is it, how
much time is left, may this king still castle? A photograph shows where everything *stands*; to go on one must
also know what the next move depends on. In a run the parameters are the board. The next step also depends on
Adam's averages, on the number of the step and on the documents; and the samples at the end on the random
generator.

```mermaid
graph TD
    run["a Run<br/>between<br/>two steps"] -- "save" --> part["file.part:<br/>is it complete?"]
    part -- "rename" --> file["file.json"]
    file -- "load: is it<br/>as it was?" --> checkpoint["Checkpoint"]
    checkpoint -- "with the<br/>documents" --> again["the same Run<br/>goes on"]
    checkpoint --> model["a model<br/>to sample from"]
```

The renaming in the middle is *atomic*: it is done wholly or not at all, and nobody ever sees a half of it.

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
`alphabet` and `parameters` would do. Most of the rest is there to go on.

# To the last bit

A float written with enough digits comes back as the same float. Python writes the fewest digits that do.

>>> float(repr(0.1 + 0.2)) == 0.1 + 0.2, repr(0.1 + 0.2)
(True, '0.30000000000000004')

So the run that was stopped and the run that was not end alike: in every parameter, in both of Adam's
averages, in every loss, and in what the random generator gives next, which is why even the samples are the
same.

>>> again = resume(load_checkpoint(path), names)
>>> for step in train(run):
...     pass
>>> for step in train(again):
...     pass
>>> len(again.losses), as_floats(again.model).parameters == as_floats(run.model).parameters
(40, True)
>>> again.optimizer == run.optimizer, again.losses == run.losses, again.rng.random() == run.rng.random()
(True, True, True)

# Whole or not at all

A program can be killed in the middle of writing. So the new file is written beside the old one under
another name, and only when all of it has reached the disk does it take the old one's name. Since this is
atomic, the name belongs at every moment to a complete file, the old or the new.

# Trust nothing

A file can be well formed and still not be what was written. So the last entry is a fingerprint of the whole
content, and it is compared before anything in the file is used. The last digit of one loss left out:

>>> text = path.read_text(encoding="utf-8")
>>> loss = repr(run.losses[0])
>>> _ = path.write_text(text.replace(loss, loss[:-1]), encoding="utf-8")
>>> try:
...     load_checkpoint(path)
... except CheckpointError as error:
...     print(str(error).partition(": ")[2])
its content does not match its checksum, so it was damaged or edited; use another one

It finds accidents. Whoever changes a file on purpose can compute a new fingerprint.

# Pitfalls

**Writing over the old file.** `open(path, "w")` empties it first. Whoever is interrupted after the first
thousand characters has lost both the new state and the old.

>>> _ = path.write_text(text[:1000], encoding="utf-8")
>>> try:
...     load_checkpoint(path)
... except CheckpointError as error:
...     print(str(error).partition(": ")[2])
it is not JSON, or not all of it is there; use another one

**Keeping the parameters only.** The run goes on and looks healthy, but it is another run. Here Adam's
averages are lost. The loss of the next step is still the same, since it was computed before the parameters
moved; those after it are not.

>>> from dataclasses import replace
>>> _ = path.write_text(text, encoding="utf-8")
>>> kept = load_checkpoint(path)
>>> lost = resume(replace(kept, m=[0.0] * len(kept.m), v=[0.0] * len(kept.v)), names)
>>> for step in train(lost):
...     pass
>>> [lost.losses[step] == run.losses[step] for step in (14, 15, 16, 39)]
[True, True, False, False]

**Fewer digits.** Four digits after the point look like plenty and are another run, too.

>>> rows = kept.model.parameters["lm_head"]
>>> rows == [[float(f"{number:.4f}") for number in row] for row in rows]
False

**Pickle.** Python's own way to store objects can run any program that somebody has put into the file: to
load it is to execute it. In a file of this chapter nothing is ever executed.

>>> import pickle
>>> class Trap:
...     def __reduce__(self):
...         return print, ("whatever the author of the file likes",)
>>> model = pickle.loads(pickle.dumps(Trap()))
whatever the author of the file likes
>>> folder.cleanup()

# Check yourself

??? question what "Losses, Adam's averages, random state: which are needed to *sample* from the model?"

    None. The random state only decides which names come out, not how good they are.

??? question how "A model has 336 parameters. Does its checkpoint hold as many numbers, or how many?"

    About three times: Adam keeps two averages for each parameter. (The losses and the state of the random
    generator come on top.) For the same reason it takes more memory to train a model than to use it.

    >>> sizes = [len(kept.m), len(kept.v), sum(len(row) for m in kept.model.parameters.values() for row in m)]
    >>> sizes, sum(sizes)
    ([336, 336, 336], 1008)

??? question why "Why is the new file written beside the old one, and not in a folder for temporary files?"

    Renaming is atomic only within one file system, where it changes an entry in a list of names. From one
    disk to another the content must be copied, and copying can stop halfway.

??? question how "The fingerprint stands in the file that it is the fingerprint of. How can that be?"

    It is computed of everything else, with `null` in its place. Whoever compares it puts `null` there again.

??? question deeper "Adam's averages are lost, the rest is there. Are the next steps too long or too short?"

    In a run that is well on its way, too long. The count of the steps is not lost, so Adam takes its averages
    for old ones and no longer corrects their start (`microgpt.adam`). `v`, with its longer memory, forms more
    slowly than `m`, and one divides by its root. With slopes that stay the same, after 1, 10 and 100 of them
    the steps are too long by these factors:

    >>> [round((1 - 0.85**k) / (1 - 0.99**k) ** 0.5, 2) for k in (1, 10, 100)]
    [1.5, 2.6, 1.26]

    Early in a run it is not so simple. Take the run above, whose averages are lost after step 15. They begin
    anew, `m` with a small share of the next slope and `v` with one of its square, and are divided by what
    belongs to step 16: `m` by nearly 1, so it stays small; `v` by much less than 1, so it is made larger.
    With slopes that stay the same, step 16 is too short:

    >>> round((0.15 / (1 - 0.85**16)) / (0.01 / (1 - 0.99**16)) ** 0.5, 2)
    0.62

# To keep

- To go on one needs more than the parameters: all that the next step depends on, in every bit.
- A new file is written beside the old one and takes its name in one act, so there is never half a file.
- A fingerprint of the content, compared before use, tells a damaged file from a good one.

# What follows

A run can be kept now, and looked at when it is over. How can one watch it *while* it computes, without
touching it? That is `microgpt.stages`. (When a run is saved, and what its file is called, is decided by
`microgpt.terminal.runs`.)

Sources: the fewest digits that come back as the same float are Guy Steele and Jon White's, "How to Print
Floating-Point Numbers Accurately" (1990). The fingerprint is SHA-256, from the Secure Hash Standard (2002).
"""

import json
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
from microgpt.files import write_whole
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
    try:
        write_whole(path, text + "\n")
    except (OSError, ValueError) as error:
        raise CheckpointError(
            f"cannot write the run to {str(path)!r}: {getattr(error, 'strerror', error)}; "
            "choose another place with --save FILE, or none with --no-save"
        ) from None


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
