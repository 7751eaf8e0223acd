"""The command line: flags in, a run on the screen, an exit status out.

`python -m microgpt` does the whole thing: read the documents, train, invent. Every dial of
`microgpt.config` is a flag, and its help is the first sentence of its explanation there.

Exit status: 0 if all went well, 2 if the command line asks for something impossible, 1 if something else
goes wrong, and 130 after Ctrl-C. Each error is one sentence on standard error.
"""

import io
import os
import sys
from pathlib import Path
from typing import Any

import typer

from microgpt import commands
from microgpt.checkpoint import CheckpointError
from microgpt.config import ConfigError
from microgpt.data import DataError
from microgpt.terminal.options import (
    Compact,
    ConfigFile,
    Dataset,
    InputFile,
    NoSave,
    Pause,
    Quiet,
    Resume,
    Save,
    Stages,
    TraceFile,
    Verbose,
    VerboseEvery,
    VerbosePosition,
    with_dials,
)
from microgpt.terminal.session import resumed, started
from microgpt.sampling import DrawError, PromptError
from microgpt.terminal.screen import new_console, visible
from microgpt.terminal.config_files import read_settings
from microgpt.terminal.signals import StoppedError
from microgpt.training import DivergenceError
from microgpt.terminal.watch import TraceError, Watch

_NEWEST = "\0"
"""What `--resume` without a file stands for: no file can be called so."""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.command()(commands.datasets)
app.command()(commands.sample)
app.command(name="evaluate")(commands.evaluate_checkpoint)
app.command()(commands.config)


@app.callback(invoke_without_command=True)
@with_dials
def run(
    context: typer.Context,
    *,
    dataset: Dataset = None,
    input_file: InputFile = None,
    config_file: ConfigFile = None,
    resume: Resume = None,
    save: Save = None,
    no_save: NoSave = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    verbose_every: VerboseEvery = None,
    verbose_position: VerbosePosition = None,
    stages: Stages = None,
    compact: Compact = False,
    pause: Pause = False,
    trace: TraceFile = None,
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
    if save == "":
        raise ConfigError("--save needs a name, but an empty one was given; leave it out for one in runs/")
    if save is not None and no_save:
        raise ConfigError("--save and --no-save contradict each other; give one of them")
    watch = Watch.of(verbose, verbose_every, verbose_position, stages, compact, pause, trace)
    given = {**(read_settings(config_file) if config_file is not None else {}), **dials}
    if resume is None:
        job = started(given, dataset, input_file)
    else:
        job = resumed(None if resume == _NEWEST else Path(resume), given, dataset, input_file)
    if no_save or save is not None:
        job.keep_in(None if save is None else Path(save))
    job.do(new_console(quiet), watch)


def _refuse_flags(context: typer.Context) -> None:
    """Refuse what stands before the name of a command: it would be ignored."""
    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name or "")
        if source and source.name == "COMMANDLINE":
            name = context.invoked_subcommand
            raise ConfigError(
                f"{parameter.opts[0]} stands before {name!r} and is a flag of training; "
                f"put the flags of a command after it: python -m microgpt {name} --help"
            )


def _arguments() -> list[str]:
    """Take the command line as it is, but let --resume stand without a file."""
    given = sys.argv[1:]
    following = [*given, "-"][1:]
    return [
        f"--resume={_NEWEST}" if one == "--resume" and after.startswith("-") else one
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
    except (CheckpointError, DataError, DivergenceError, DrawError, PromptError, TraceError) as error:
        return 1, str(error)
    except MemoryError:
        return 1, "a model or file of this size does not fit into memory; choose a smaller one"
    except OSError as error:
        return 1, f"the output cannot be written: {error.strerror}"
    except (KeyboardInterrupt, typer.Abort):
        status = 130
    return status, "interrupted" if status == 130 else ""


def main() -> None:
    """Run the command line, say in one sentence what went wrong if something did, and exit."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started us
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    status, sentence = outcome()
    if sentence:
        typer.echo(f"microgpt: {visible(sentence)}", err=True)
    sys.exit(status)
