"""`python -m microgpt sample`: inventing documents with a trained model, or finishing what you begin."""

import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import typer

from microgpt.checkpoint import Checkpoint
from microgpt.config import Config, ConfigError
from microgpt.data import DataError, split_documents
from microgpt.evaluation import Novelty, novelty_in
from microgpt.records import KINDS, run_record
from microgpt.sampling import PromptError, prompt_tokens
from microgpt.terminal.documents import documents_of
from microgpt.terminal.fetch import MAKEMORE, is_cached
from microgpt.terminal.narrate import Narrator
from microgpt.terminal.options import CheckpointFile, Number, Probabilities, Prompt, Quiet, Seed, Temperature
from microgpt.terminal.results import show_samples
from microgpt.terminal.runs import described, find_checkpoint
from microgpt.terminal.screen import new_console, visible
from microgpt.terminal.traces import TraceWriter
from microgpt.terminal.watch import Pauses, Watch, watched_samples


def sample(
    checkpoint: CheckpointFile = None,
    *,
    prompt: Prompt = None,
    number: Number = Config.samples,
    temperature: Temperature = None,
    seed: Seed = None,
    probabilities: Probabilities = False,
    quiet: Quiet = False,
    watch: Watch,
) -> None:
    """Invent documents with a trained model, or finish those that you begin."""
    path, loaded = find_checkpoint(checkpoint)
    wanted = {"samples": number, "temperature": temperature, "seed": seed}
    given: dict[str, Any] = {name: value for name, value in wanted.items() if value is not None}
    config = replace(loaded.model.config, **given)
    rng = random.Random(config.seed)
    if seed is None:
        rng.setstate(loaded.random_state)
    kinds = [kind for kind in watch.kinds if KINDS[kind].is_in_sampling]
    if not kinds:
        stages = ", ".join(kind for kind in KINDS if KINDS[kind].is_in_sampling)
        raise ConfigError(f"sampling has only the stages {stages}; give one of them")
    if probabilities and not watch.is_told:
        watch, kinds = replace(watch, verbose=True), ["sampling"]
    watch.check(config.block_size, quiet, (path,))
    console = new_console(quiet)
    console.print(described(path, loaded), soft_wrap=True, markup=False)
    narrator = (
        Narrator(console, loaded.model.tokenizer, kinds, pause=Pauses(watch.pause)) if watch.is_told else None
    )
    novelty_of, reason = (None, "") if quiet else _novelty(loaded)
    with TraceWriter(watch.trace, watch.kinds) as trace:
        trace.write([run_record(loaded.model, loaded.source.documents)])
        for round_, beginning in enumerate(_beginnings(prompt, loaded)):
            first = 1 + round_ * config.samples
            samples = watched_samples(
                loaded.model, rng, config, trace, narrator, prompt=beginning, first=first
            )
            show_samples(console, samples, config, novelty_of)
            if reason:
                console.print(reason, soft_wrap=True, markup=False)


def _beginnings(prompt: str | None, loaded: Checkpoint) -> Iterator[str]:
    """Give the one prompt there is; on a terminal without one, ask until the input ends."""
    if prompt is not None or not (sys.stdin.isatty() and sys.stdout.isatty()):
        prompt_tokens(loaded.model, prompt or "")
        yield prompt or ""
        return
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


def _novelty(loaded: Checkpoint) -> tuple[Callable[[str], Novelty] | None, str]:
    """Find what the run has seen, or say why that cannot be told."""
    source, config = loaded.source, loaded.model.config
    try:
        if source.name == MAKEMORE and not source.is_file and not is_cached():
            raise DataError("makemore is not in the cache; --dataset makemore fetches it")
        documents, now = documents_of(source)
        if now != source:
            raise DataError(f"{source.name!r} has changed since")
    except DataError as error:
        return None, f"not marked as new or known, since the data cannot be looked up: {error}"
    training, _ = split_documents(documents, config.hold_out, config.block_size, random.Random(config.seed))
    return novelty_in(training[: len(loaded.losses)], documents, config.block_size), ""
