"""The command line: flags in, a run on the screen, an exit status out.

`python -m microgpt` does the whole thing: read the documents, train, invent. Every dial of
`microgpt.config` is a flag, and its help is the first sentence of its explanation there.

Exit status: 0 if all went well, 2 if the command line asks for something impossible, 1 if something else
goes wrong, and 130 after Ctrl-C. Each error is one sentence on standard error.
"""

import contextlib
import errno
import io
import os
import re
import sys
from typing import NoReturn

import typer

from microgpt.checkpoint import CheckpointError
from microgpt.config import ConfigError
from microgpt.data import DataError
from microgpt.engines import processes
from microgpt.engines.engine import EngineError, LostError
from microgpt.sampling import DrawError, PromptError
from microgpt.study.exercises import ExerciseError
from microgpt.study.patients import PatientError
from microgpt.terminal import clinic, exercises, listings
from microgpt.terminal.ablate import ablate
from microgpt.terminal.desk import DeskError
from microgpt.terminal.evaluate import evaluate
from microgpt.terminal.expansion import with_flags
from microgpt.terminal.ladder import ladder
from microgpt.terminal.resume import resume
from microgpt.terminal.sample import sample
from microgpt.terminal.screen import visible
from microgpt.terminal.signals import StoppedError
from microgpt.terminal.traces import OutputError, TraceError
from microgpt.terminal.train import train
from microgpt.training import DivergenceError

app = typer.Typer(pretty_exceptions_enable=False, context_settings={"help_option_names": ["-h", "--help"]})
app.callback(invoke_without_command=True)(with_flags(train))
for command in (resume, sample, evaluate, ladder, ablate, listings.runs, listings.datasets, listings.config):
    app.command()(with_flags(command))

app.add_typer(exercises.exercises_app, name="exercises")
app.add_typer(clinic.clinic_app, name="clinic")

_REFUSALS = (
    *(CheckpointError, ConfigError, DataError, DeskError, DivergenceError, ExerciseError),
    *(DrawError, EngineError, OutputError, PatientError, PromptError, TraceError),
)


def outcome() -> tuple[int, str]:
    """Run the command line; return the exit status, and the sentence to end with if something went wrong."""
    try:
        status = app(standalone_mode=False) or 0
        sys.stdout.flush()
    except typer.TyperException as error:
        return 2, f"{error.format_message()} (--help shows what there is)"
    except StoppedError as error:
        return 128 + error.signal_number, str(error)
    except LostError as error:
        sys.stderr = sys.__stderr__ or sys.stderr  # the first may be the one that is gone
        return 1, str(error)
    except _REFUSALS as error:
        return 2 if isinstance(error, ConfigError) else 1, str(error)
    except MemoryError as error:
        return 1, str(error) or "a model or file of this size does not fit into memory; choose a smaller one"
    except BrokenPipeError:
        return 1, ""  # whoever reads the output has seen enough
    except OSError as error:
        gone = "the working folder is gone" if error.errno == errno.ENOENT else "the output cannot be written"
        what = f"{error.filename!r} cannot be used" if error.filename else gone
        return 1, f"{what}: {error.strerror}"
    except (KeyboardInterrupt, typer.Abort):
        status = 130
    return status, "interrupted" if status == 130 else ""


def main() -> None:
    """Run the command line, say in one sentence what went wrong if something did, and exit."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started us
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w"))  # noqa: SIM115
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace" if stream is sys.stdin else "backslashreplace")
    for name in ("COLUMNS", "LINES", "TERMINAL_WIDTH"):
        if not re.fullmatch(r"[0-9]{1,4}", os.environ.get(name, "80")):
            del os.environ[name]
    if processes.count() > 1:  # what its log would say of a failed meeting is ours to say, in one sentence
        os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "FATAL")
    if not processes.is_first():
        sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    status, sentence = outcome()
    if sentence:
        typer.echo(f"microgpt: {visible(sentence)}", err=True)
    if processes.count() > 1:
        _leave(status)
    sys.exit(status)


def _leave(status: int) -> NoReturn:
    """End at once: in an orderly end, threads that wait for processes which are gone may abort this one."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):
            stream.flush()
    os._exit(status)
