"""The commands beside training: data sets, settings, sampling from a checkpoint, judging one."""

import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import typer
from rich.console import Console

from microgpt.checkpoint import Checkpoint, CheckpointError, load_checkpoint, resume
from microgpt.config import Config, ConfigError, explain
from microgpt.data import DATASETS, DataError, Source, read_documents
from microgpt.evaluation import Known, evaluate
from microgpt.terminal.fetch import MAKEMORE, cached, data_set, is_cached
from microgpt.terminal.options import (
    CheckpointFile,
    Dataset,
    Explain,
    InputFile,
    Number,
    Pause,
    Probabilities,
    Prompt,
    Quiet,
    Seed,
    Stages,
    Temperature,
    TraceFile,
    Verbose,
)
from microgpt.records import Recorder
from microgpt.terminal.results import show_evaluation, show_samples
from microgpt.terminal.runs import newest_first
from microgpt.sampling import PromptError, prompt_tokens
from microgpt.terminal.screen import new_console, show_data_set, visible
from microgpt.terminal.config_files import as_toml
from microgpt.training import split_documents
from microgpt.terminal.watch import Watch, watching

_OF_SAMPLING = {"embed", "attention", "mlp", "sampling"}
"""The stages that there are without a loss."""


def open_data(dataset: str | None, input_file: str | None) -> tuple[list[str], Source]:
    """Read the documents that the flags ask for."""
    if dataset is not None and input_file is not None:
        raise ConfigError("--dataset and --input both say what to learn from; give one of them")
    name, is_file = ("names" if dataset is None else dataset, False)
    if input_file is not None:
        name, is_file = input_file, True
    documents = read_documents(name) if is_file else data_set(name)
    return documents, Source.of(name, documents, is_file)


def documents_of(source: Source) -> list[str]:
    """Read the documents that a checkpoint remembers."""
    try:
        return read_documents(source.name) if source.is_file else data_set(source.name)
    except DataError as error:
        raise DataError(
            f"the run's documents cannot be read: {error} (if they are somewhere else now: --input FILE)"
        ) from None


def find_checkpoint(path: Path | None, unfinished: bool = False) -> tuple[Path, Checkpoint]:
    """Load a checkpoint: the one that is named, or the newest one in runs/ that will do."""
    if path is not None:
        return path, load_checkpoint(path)
    for candidate in newest_first():
        try:
            checkpoint = load_checkpoint(candidate)
        except CheckpointError as error:
            typer.echo(f"microgpt: passed over: {visible(str(error))}", err=True)
            continue
        if not (unfinished and checkpoint.is_finished):
            return candidate, checkpoint
    what = "unfinished run" if unfinished else "checkpoint"
    raise CheckpointError(f"there is no {what} in runs/; python -m microgpt makes one, or name a file")


def datasets() -> None:
    """List the data sets to learn from, with counts, alphabets and examples."""
    console = new_console()
    for name, sentence in DATASETS.items():
        show_data_set(console, name, sentence, data_set(name))
    fetched = read_documents(cached()) if is_cached() else None
    show_data_set(console, "makemore", MAKEMORE, fetched)


def config(dial: Explain = None) -> None:
    """Print a file of settings with the defaults, to be changed and given to --config."""
    typer.echo(as_toml(Config()).rstrip() if dial is None else explain(dial))


def evaluate_checkpoint(
    checkpoint: CheckpointFile = None, dataset: Dataset = None, input_file: InputFile = None
) -> None:
    """Judge a checkpoint by documents it has not seen, beside three counters."""
    path, loaded = find_checkpoint(None if checkpoint is None else Path(checkpoint))
    elsewhere = dataset is not None or input_file is not None
    documents = open_data(dataset, input_file)[0] if elsewhere else documents_of(loaded.source)
    run = resume(loaded, documents)
    console = new_console()
    console.print(_described(path, loaded), soft_wrap=True, markup=False)
    show_evaluation(console, evaluate(run))


def sample(
    checkpoint: CheckpointFile = None,
    prompt: Prompt = None,
    number: Number = Config.samples,
    temperature: Temperature = None,
    seed: Seed = None,
    probabilities: Probabilities = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    stages: Stages = None,
    pause: Pause = False,
    trace: TraceFile = None,
) -> None:
    """Invent documents with a trained model, or finish those that you begin."""
    path, loaded = find_checkpoint(None if checkpoint is None else Path(checkpoint))
    dials, rng = _chance(loaded, {"samples": number, "temperature": temperature, "seed": seed})
    watch = Watch.of(verbose or probabilities, stages=stages, pause=pause, trace=trace)
    if not _OF_SAMPLING.intersection(watch.kinds):
        raise ConfigError(f"sampling has only the stages {', '.join(sorted(_OF_SAMPLING))}; give one of them")
    watch.check(dials.block_size, quiet, (path,))
    console = new_console(quiet)
    console.print(_described(path, loaded), soft_wrap=True, markup=False)
    with watching(watch, console, Recorder(loaded.model), 0) as watcher:
        if probabilities and not verbose:
            watcher.kinds_of_samples = ("sampling",)
        watcher.begin(loaded.source.documents)
        for beginning in _beginnings(prompt):
            try:
                prompt_tokens(loaded.model, beginning)
            except PromptError as error:
                if prompt is not None:
                    raise
                typer.echo(visible(str(error)), err=True)
            else:
                _show(console, watcher.samples(loaded.model, rng, dials, beginning), loaded, dials)


def _chance(loaded: Checkpoint, wanted: dict[str, Any]) -> tuple[Config, random.Random]:
    """Change some dials of a run for sampling; without a seed, chance goes on from where training left it."""
    given = {name: value for name, value in wanted.items() if value is not None}
    dials, rng = replace(loaded.model.config, **given), random.Random()
    if "seed" in given:
        rng.seed(dials.seed)
    else:
        rng.setstate(loaded.random_state)
    return dials, rng


def _show(console: Console, samples: Iterator[str], loaded: Checkpoint, dials: Config) -> None:
    if console.quiet:
        for sample in samples:
            typer.echo(visible(sample))
        return
    known, reason = _known(loaded)
    show_samples(console, samples, dials.samples, dials.temperature, known)
    if reason:
        console.print(reason, soft_wrap=True, markup=False)


def _beginnings(prompt: str | None) -> Iterator[str]:
    """Give the one prompt there is; on a terminal without one, ask until the input ends."""
    if prompt is not None or not (sys.stdin.isatty() and sys.stdout.isatty()):
        yield prompt or ""
        return
    while True:
        try:
            yield input("\nbegin with (Enter: nothing, Ctrl-D: stop): ")
        except EOFError:
            typer.echo()
            return


def _described(path: Path, checkpoint: Checkpoint) -> str:
    steps = f"step {len(checkpoint.losses):,} of {checkpoint.model.config.steps:,}"
    return f"{visible(str(path))}: {steps} on {visible(checkpoint.source.name)}"


def _known(checkpoint: Checkpoint) -> tuple[Known | None, str]:
    """Find what the run has seen, or say why that cannot be told."""
    source, dials = checkpoint.source, checkpoint.model.config
    try:
        if source.name == "makemore" and not source.is_file and not is_cached():
            raise DataError("makemore is not in the cache; --dataset makemore fetches it")
        documents = documents_of(source)
        if Source.of(source.name, documents, source.is_file) != source:
            raise DataError(f"{source.name!r} has changed since")
    except DataError as error:
        return None, f"not marked as new or known, since the data cannot be looked up: {error}"
    training, held_out = split_documents(documents, dials, random.Random(dials.seed))
    return Known.of(training[: len(checkpoint.losses)], [*training, *held_out], dials.block_size), ""
