"""The command line: flags in, a run on the screen, an exit status out.

`python -m microgpt` does the whole thing: read the documents, train, invent. Every dial of
`microgpt.config` is a flag, and its help is the first sentence of its explanation there.

Exit status: 0 if all went well, 2 if the command line asks for something impossible, 1 if something else
goes wrong, and 130 after Ctrl-C. Each error is one sentence on standard error.
"""

import functools
import inspect
import io
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from microgpt.config import Config, ConfigError, summary
from microgpt.data import DataError, bundled_documents, read_documents
from microgpt.model import as_floats
from microgpt.narrate import show_data, show_progress, show_samples, show_settings, show_summary
from microgpt.sampling import generate
from microgpt.training import DivergenceError, Run, start, train

__all__ = ["app", "errors_as_sentences", "fail", "invent", "main", "run", "with_dials"]

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

_PANELS = {
    "Architecture": ("n_layer", "n_embd", "block_size", "n_head"),
    "Training": ("init_std", "steps", "learning_rate", "beta1", "beta2", "eps"),
    "Chance and output": ("seed", "samples", "temperature"),
}


def with_dials(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command a flag for each dial, and hand it the checked `Config` that they make."""

    @functools.wraps(command)
    def wrapper(**given: Any) -> None:
        dials = {dial.name: _parsed(given.pop(dial.name), dial.type) for dial in fields(Config)}
        try:
            config = Config(**dials)
        except ConfigError as error:
            fail(str(error), status=2)
        command(**given, config=config)

    own = [p for p in inspect.signature(command).parameters.values() if p.name != "config"]
    flags = [_flag(dial.name, dial.type, dial.default) for dial in fields(Config)]
    wrapper.__signature__ = inspect.Signature(own + flags)  # type: ignore[attr-defined]
    return wrapper


def _flag(name: str, kind: Any, default: Any) -> inspect.Parameter:
    option = typer.Option(
        f"--{name.replace('_', '-')}",
        help=summary(name),
        metavar="INTEGER" if kind is int else "NUMBER",
        rich_help_panel=next(panel for panel, names in _PANELS.items() if name in names),
    )
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=str(default), annotation=Annotated[str, option]
    )


def _parsed(text: str, kind: Any) -> Any:
    """Read a number; what is none stays text, and Config says what it wants instead."""
    try:
        return kind(text)
    except ValueError:
        return text


def fail(message: str, status: int) -> NoReturn:
    """Print one sentence on standard error and end with a status."""
    print(f"microgpt: {message}", file=sys.stderr)
    raise typer.Exit(status)


@app.command()
@with_dials
def run(
    *,
    input_file: Annotated[
        Path | None,
        typer.Option("--input", metavar="FILE", help="Learn from this text file, one document a line."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the samples and nothing else.")] = False,
    config: Config,
) -> None:
    """Train a small GPT, in plain Python, and let it invent names.

    Without flags: the bundled first names and the settings of the original microgpt.
    """
    console = Console(highlight=False, quiet=quiet)
    with errors_as_sentences():
        source = str(input_file) if input_file else "bundled first names"
        the_run = start(config, read_documents(input_file) if input_file else bundled_documents())
        show_settings(console, config)
        show_data(console, source, the_run)
        began = time.perf_counter()
        show_progress(console, train(the_run), the_run)
        seconds = time.perf_counter() - began
        samples = invent(the_run)
    if quiet:
        print(*samples, sep="\n", end="\n" if samples else "")
    else:
        show_samples(console, samples, config.temperature)
        show_summary(console, the_run, seconds)


@contextmanager
def errors_as_sentences() -> Iterator[None]:
    """Turn what a user may cause into one sentence and a status, without a traceback."""
    try:
        yield
    except (DataError, DivergenceError) as error:
        fail(str(error), status=1)
    except KeyboardInterrupt:
        fail("interrupted", status=130)


def invent(run: Run) -> list[str]:
    """Let a trained model invent as many documents as its dial says."""
    model = as_floats(run.model)
    return [generate(model, run.rng) for _ in range(run.config.samples)]


def main() -> None:
    """Run the command line; what the terminal's encoding cannot show is written as an escape."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    app()
