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
from dataclasses import fields
from typing import Annotated, Any

import typer

from microgpt.config import Config, ConfigError, summary
from microgpt.data import DataError, bundled_documents, read_documents
from microgpt.model import as_floats
from microgpt.narrate import (
    new_console,
    show_data,
    show_progress,
    show_samples,
    show_settings,
    show_summary,
    visible,
)
from microgpt.sampling import DrawError, generate
from microgpt.training import DivergenceError, Run, start, train

__all__ = ["app", "invent", "main", "outcome", "run", "with_dials"]

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
        command(**given, config=Config(**dials))

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
    """Read a number. Text that is no number is passed on as it is, and Config says what it wants instead."""
    try:
        return kind(text)
    except ValueError:
        return text


@app.command()
@with_dials
def run(
    *,
    input_file: Annotated[
        str | None,
        typer.Option("--input", metavar="FILE", help="Learn from this text file, one document a line."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the samples and nothing else.")] = False,
    config: Config,
) -> None:
    """Train a small GPT, in plain Python, and let it invent names.

    Without flags: the bundled first names and the settings of the original microgpt.
    """
    console = new_console(quiet)
    source = "bundled first names" if input_file is None else input_file
    documents = bundled_documents() if input_file is None else read_documents(input_file)
    show_settings(console, config)
    the_run = start(config, documents)
    show_data(console, source, the_run)
    began = time.perf_counter()
    show_progress(console, train(the_run), the_run)
    seconds = time.perf_counter() - began
    if quiet:
        for sample in invent(the_run):
            print(visible(sample))
    else:
        show_samples(console, invent(the_run), config.samples, config.temperature)
    show_summary(console, the_run, seconds)


def invent(run: Run) -> Iterator[str]:
    """Let a trained model invent as many documents as its dial says, one after the other."""
    model = as_floats(run.model)
    for _ in range(run.config.samples):
        yield generate(model, run.rng)


def outcome() -> tuple[int, str]:
    """Run the command line; return the exit status, and the sentence to end with if something went wrong."""
    try:
        status = app(standalone_mode=False) or 0
        sys.stdout.flush()
    except typer.TyperException as error:
        return 2, f"{error.format_message()} (--help shows what there is)"
    except ConfigError as error:
        return 2, str(error)
    except (DataError, DivergenceError, DrawError) as error:
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
