"""`python -m microgpt sample`: inventing documents with a trained model, or finishing what you begin."""

import contextlib
import json
import random
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import typer

from microgpt.checkpoint import Checkpoint
from microgpt.config import Config, ConfigError
from microgpt.data import DataError, split_documents
from microgpt.evaluation import Novelty, novelty_in
from microgpt.records import KINDS, run_record
from microgpt.sampling import PromptError, prompt_tokens
from microgpt.terminal.computing import Computing
from microgpt.terminal.documents import documents_of
from microgpt.terminal.fetch import MAKEMORE, is_cached
from microgpt.terminal.options import CheckpointFile, Data, Sampling, Watch
from microgpt.terminal.runs import described, find_checkpoint
from microgpt.terminal.screen import new_console, visible
from microgpt.terminal.traces import TraceWriter


def sample(
    checkpoint: CheckpointFile = None, *, wanted: Sampling, data: Data, computing: Computing, watch: Watch
) -> None:
    """Invent documents with a trained model, or finish those that you begin."""
    path, loaded = find_checkpoint(checkpoint)
    config, rng = _chance(loaded, wanted)
    watch, kinds = _told_kinds(watch, wanted.probabilities)
    engine = computing.chosen(watch)
    watch.check(config.block_size, "--json" if wanted.as_json else wanted.quiet, (path, loaded.source.path))
    beginnings = _beginnings(loaded, wanted)
    from microgpt.terminal import results  # here, since --help need not wait for them
    from microgpt.terminal import watch as watching

    console = new_console(wanted.quiet or wanted.as_json, stderr=watch.takes_stdout)
    console.print(described(path, loaded), soft_wrap=True, markup=False)
    narrator = watching.narrator_of(console, loaded.model.tokenizer, watch, kinds)
    novelty_of, reason = (None, "") if wanted.quiet else _novelty(loaded, data)
    with TraceWriter(watch.trace, kinds) as trace:
        trace.write([run_record(loaded.model, loaded.source.documents)])
        for turn, beginning in enumerate(beginnings):
            numbers = range(1 + turn * config.samples, 1 + (turn + 1) * config.samples)
            chance = rng, config, numbers
            samples = watching.watched_samples(loaded.model, *chance, trace, narrator, engine, beginning)
            if wanted.as_json:
                _print_json(str(path), config, samples, novelty_of)
            else:
                results.show_samples(console, samples, config, novelty_of, reason)


def _print_json(
    name: str, config: Config, samples: Iterable[str], novelty_of: Callable[[str], Novelty] | None
) -> None:
    found = [{"text": text, "novelty": novelty_of and novelty_of(text).value} for text in samples]
    typer.echo(json.dumps({"checkpoint": name, "temperature": config.temperature, "samples": found}))


def _chance(loaded: Checkpoint, wanted: Sampling) -> tuple[Config, random.Random]:
    """Turn some dials of a run; without a seed, chance goes on from where training left it."""
    turned = {"samples": wanted.number, "temperature": wanted.temperature, "seed": wanted.seed}
    given: dict[str, Any] = {name: value for name, value in turned.items() if value is not None}
    config = replace(loaded.model.config, **given)
    rng = random.Random(config.seed)
    if wanted.seed is None:
        rng.setstate(loaded.random_state)
    return config, rng


def _told_kinds(watch: Watch, probabilities: bool) -> tuple[Watch, list[str]]:
    """Find which of the stages that there are without a loss are wanted."""
    kinds = [kind for kind in watch.kinds if KINDS[kind].is_in_sampling]
    if not kinds:
        stages = ", ".join(kind for kind in KINDS if KINDS[kind].is_in_sampling)
        raise ConfigError(f"sampling has only the stages {stages}; give one of them")
    if probabilities and not watch.is_told:
        return replace(watch, verbose=True), ["sampling"]
    return watch, kinds


def _beginnings(loaded: Checkpoint, wanted: Sampling) -> Iterable[str]:
    """Give the one prompt there is; on a terminal without one, ask for some."""
    if wanted.prompt is None and not wanted.as_json and sys.stdin.isatty() and sys.stdout.isatty():
        return _asked(loaded)
    prompt_tokens(loaded.model, wanted.prompt or "")
    return [wanted.prompt or ""]


def _asked(loaded: Checkpoint) -> Iterator[str]:
    """Ask for a beginning until the input ends; the arrow keys bring earlier ones back."""
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401 (importing it gives input() its line editing)
    while True:
        try:
            beginning = input("\nbegin with (Enter: nothing, Ctrl-D: stop): ")
            prompt_tokens(loaded.model, beginning)
        except EOFError:
            typer.echo()
            return
        except PromptError as error:
            typer.echo(visible(str(error)), err=True)
        else:
            yield beginning


def _novelty(loaded: Checkpoint, data: Data) -> tuple[Callable[[str], Novelty] | None, str]:
    """Find what the run has seen, or say why that cannot be told."""
    source, config = loaded.source, loaded.model.config
    try:
        if source.name == MAKEMORE and not source.is_file and not is_cached():
            raise DataError("makemore is not in the cache; --dataset makemore fetches it")
        documents, now = documents_of(source, data)
        if now.sha256 != source.sha256:
            raise DataError(
                f"{now.name!r} is not what the run learned from"
                if data.is_named
                else f"{now.name!r} has changed since"
            )
    except DataError as error:
        if data.is_named:
            raise
        return None, f"not marked as new or known, since the data cannot be looked up: {error}"
    training, _ = split_documents(documents, config.hold_out, config.block_size, random.Random(config.seed))
    seen = training[: len(loaded.losses) * config.batch_size]
    return novelty_in(seen, documents, config.block_size), ""
