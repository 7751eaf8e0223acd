"""The command line: flags in, a run on the screen, an exit status out.

`python -m microgpt` does the whole thing: read the documents, train, invent. Every dial of
`microgpt.config` is a flag, and its help is the first sentence of its explanation there.

Exit status: 0 if all went well, 2 if the command line asks for something impossible, 1 if something else
goes wrong, and 130 after Ctrl-C. Each error is one sentence on standard error.
"""

import io
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from rich.console import Console

from microgpt import commands
from microgpt.checkpoint import CheckpointError, resume, save_checkpoint
from microgpt.commands import documents_of, find_checkpoint, open_data, resume_command
from microgpt.config import Config, ConfigError
from microgpt.data import DataError, Source
from microgpt.evaluation import Known, evaluate
from microgpt.flags import ConfigFile, Dataset, InputFile, NoSave, Quiet, Resume, Save, with_dials
from microgpt.model import as_floats
from microgpt.results import show_evaluation, show_samples, show_summary
from microgpt.runs import checkpoint_path, make_way, saving
from microgpt.sampling import DrawError, PromptError, generate
from microgpt.screen import new_console, show_data, show_progress, show_settings, visible
from microgpt.settings import read_settings
from microgpt.stopping import StoppedError, stop_requests, until_asked
from microgpt.training import DivergenceError, Run, start, train

__all__ = ["app", "invent", "main", "outcome", "run"]

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.command()(commands.datasets)
app.command()(commands.sample)
app.command(name="evaluate")(commands.evaluate_checkpoint)
app.command()(commands.config)


@dataclass
class _Job:
    """A run, where its documents came from, and the file that it is kept in, if any."""

    run: Run
    source: Source
    path: Path | None


@app.callback(invoke_without_command=True)
@with_dials
def run(
    context: typer.Context,
    *,
    dataset: Dataset = None,
    input_file: InputFile = None,
    config_file: ConfigFile = None,
    resume_from: Resume = None,
    save: Save = None,
    no_save: NoSave = False,
    quiet: Quiet = False,
    dials: dict[str, Any],
) -> None:
    """Train a small GPT, in plain Python, and let it invent names.

    Without flags: the bundled first names, and the settings of the original.
    The run is written to a file in runs/ as it goes: go on from there with
    --resume, or invent more with the command sample.
    """
    if context.invoked_subcommand:
        _refuse_flags(context)
        return
    if save is not None and no_save:
        raise ConfigError("--save and --no-save contradict each other; give one of them")
    given = {**(read_settings(config_file) if config_file is not None else {}), **dials}
    if resume_from is None:
        job = _started(given, dataset, input_file)
    else:
        job = _resumed(resume_from, given, dataset, input_file)
    if no_save or save is not None:
        job.path = None if save is None else Path(save)
    if job.path and (resume_from is None or save is not None):
        _make_way(job.path)
    console = new_console(quiet)
    show_settings(console, job.run.config)
    show_data(console, job.source.name, job.run)
    seconds = _train(console, job)
    _show_results(console, job, seconds)


def _refuse_flags(context: typer.Context) -> None:
    """Refuse what stands before the name of a command: it would be ignored."""
    for name in context.params:
        source = context.get_parameter_source(name)
        if source and source.name == "COMMANDLINE":
            raise ConfigError(
                f"{name} stands before {context.invoked_subcommand!r} and is a setting of training; "
                f"put the flags of a command after it: python -m microgpt {context.invoked_subcommand} --help"
            )


def _started(given: dict[str, Any], dataset: str | None, input_file: str | None) -> _Job:
    config = Config(**given)
    documents, source = open_data(dataset, input_file)
    return _Job(start(config, documents), source, checkpoint_path(config, source))


def _resumed(name: str, given: dict[str, Any], dataset: str | None, input_file: str | None) -> _Job:
    path, checkpoint = find_checkpoint(name, unfinished=True)
    for dial, value in given.items():
        saved = getattr(checkpoint.model.config, dial)
        if value != saved:
            raise ConfigError(
                f"{dial} = {value} contradicts the run in {str(path)!r}, which has {saved}; "
                "leave it out to go on, or leave out --resume to start a new run"
            )
    if dataset is None and input_file is None:
        documents = documents_of(checkpoint.source)
    else:
        documents, _ = open_data(dataset, input_file)
    return _Job(resume(checkpoint, documents), checkpoint.source, path)


def _make_way(path: Path) -> None:
    kept = make_way(path)
    if kept:
        typer.echo(
            f"microgpt: {path} was an unfinished run and is kept; to go on with it: {resume_command(kept)}",
            err=True,
        )


def _train(console: Console, job: _Job) -> float:
    """Train to the end, or until somebody asks to stop; return the seconds it took."""
    run, path = job.run, job.path
    steps = train(run) if path is None else saving(train(run), run, job.source, path)
    began = time.perf_counter()
    with stop_requests() as request:
        show_progress(console, until_asked(steps, request), run)
        if request.signal_number:
            request.is_granted = True
            sentence = f"stopped after step {len(run.losses):,} of {run.config.steps:,}"
            if path is None:
                raise StoppedError(f"{sentence}; it is not saved (--no-save)", request.signal_number)
            save_checkpoint(run, job.source, path)
            raise StoppedError(f"{sentence}; to go on: {resume_command(path)}", request.signal_number)
    return time.perf_counter() - began


def _show_results(console: Console, job: _Job, seconds: float) -> None:
    run, config = job.run, job.run.config
    if console.quiet:
        for sample in invent(run):
            print(visible(sample))
        return
    known = Known.of(run.trained_on, [*run.documents, *run.held_out], config.block_size)
    show_samples(console, invent(run), config.samples, config.temperature, known)
    show_summary(console, run, seconds)
    show_evaluation(console, evaluate(run))
    if job.path:
        console.print(f"\nsaved in {visible(str(job.path))}", soft_wrap=True, markup=False)


def invent(run: Run) -> Iterator[str]:
    """Let a trained model invent as many documents as its dial says, one after the other."""
    model = as_floats(run.model)
    for _ in range(run.config.samples):
        yield generate(model, run.rng)


def _arguments() -> list[str]:
    """Take the command line as it is, but let --resume stand without a file."""
    given = sys.argv[1:]
    following = [*given, "-"][1:]
    return [
        "--resume=" if one == "--resume" and after.startswith("-") else one
        for one, after in zip(given, following, strict=True)
    ]


def outcome() -> tuple[int, str]:
    """Run the command line; return the exit status, and the sentence to end with if something went wrong."""
    try:
        status = app(_arguments(), standalone_mode=False) or 0
        sys.stdout.flush()
    except typer.TyperException as error:
        return 2, f"{error.format_message()} (--help shows what there is)"
    except ConfigError as error:
        return 2, str(error)
    except StoppedError as error:
        return 128 + error.signal_number, str(error)
    except (CheckpointError, DataError, DivergenceError, DrawError, PromptError) as error:
        return 1, str(error)
    except MemoryError:
        return 1, "a model or file of this size does not fit into memory; choose a smaller one"
    except OSError as error:
        return 1, f"the output cannot be written: {error.strerror}"
    except KeyboardInterrupt:
        status = 130
    return status, "interrupted" if status == 130 else ""


def main() -> None:
    """Run the command line, say in one sentence what went wrong if something did, and exit."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    status, sentence = outcome()
    if sentence:
        typer.echo(f"microgpt: {sentence}", err=True)
    sys.exit(status)
