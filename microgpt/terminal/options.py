"""The flags of the command line.

There is one for each dial, made from `microgpt.config`, so that there is one list of dials and one help. The
others stand here as types, to be used in the signatures of the commands.
"""

import functools
import inspect
from collections.abc import Callable
from dataclasses import fields
from typing import Annotated, Any

import typer

from microgpt.config import Config, summary
from microgpt.records import KINDS

_PANELS = {
    "Architecture": ("n_layer", "n_embd", "block_size", "n_head"),
    "Training": ("init_std", "steps", "learning_rate", "beta1", "beta2", "eps"),
    "Chance and output": ("seed", "samples", "temperature"),
    "Judging and keeping": ("hold_out", "save_every"),
}


Dataset = Annotated[
    str | None,
    typer.Option("--dataset", metavar="NAME", help="Learn from this data set; `datasets` lists them."),
]
InputFile = Annotated[
    str | None,
    typer.Option("--input", metavar="FILE", help="Learn from this text file, one document per line."),
]
ConfigFile = Annotated[
    str | None,
    typer.Option("--config", metavar="FILE", help="Take dials from this TOML file; flags win over it."),
]
Resume = Annotated[
    str | None,
    typer.Option(
        "--resume",
        metavar="[FILE]",
        help="Go on with this run, or with the newest unfinished one in runs/. It has its own dials.",
    ),
]
Save = Annotated[
    str | None,
    typer.Option("--save", metavar="FILE", help="Write the run to this file, not to one in runs/."),
]
NoSave = Annotated[
    bool,
    typer.Option("--no-save", help="Do not write the run to a file."),
]
Quiet = Annotated[
    bool,
    typer.Option("--quiet", "-q", help="Print the samples and nothing else."),
]
CheckpointFile = Annotated[
    str | None,
    typer.Argument(metavar="[CHECKPOINT]", help="The file of a run; the newest one in runs/ if not given."),
]
Prompt = Annotated[
    str | None,
    typer.Option(
        "--prompt", metavar="TEXT", help="Begin every sample like this. On a terminal, asks if not given."
    ),
]
Number = Annotated[
    int,
    typer.Option("-n", metavar="INTEGER", min=1, help="How many samples."),
]
Temperature = Annotated[
    float | None,
    typer.Option("--temperature", metavar="NUMBER", help="How boldly to choose; as in the run if not given."),
]
Seed = Annotated[
    int | None,
    typer.Option(
        "--seed", metavar="INTEGER", help="Where chance starts; where training left it if not given."
    ),
]
Probabilities = Annotated[
    bool, typer.Option("--probabilities", help="Show what each character was chosen from.")
]
Explain = Annotated[
    str | None, typer.Option("--explain", metavar="DIAL", help="Print all there is to say about a dial.")
]


_WATCHING = "Watching"
Verbose = Annotated[
    bool,
    typer.Option("--verbose", "-v", help="Tell what happens, step by step.", rich_help_panel=_WATCHING),
]
VerboseEvery = Annotated[
    int | None,
    typer.Option(
        "--verbose-every",
        metavar="INTEGER",
        help="Tell every so many steps in full, not only the first and the last.",
        rich_help_panel=_WATCHING,
    ),
]
VerbosePosition = Annotated[
    int | None,
    typer.Option(
        "--verbose-position",
        metavar="INTEGER",
        help="Tell this position only.",
        rich_help_panel=_WATCHING,
    ),
]
Stages = Annotated[
    str | None,
    typer.Option(
        "--stages",
        metavar="NAMES",
        help=f"Tell or write these stages only, of {', '.join(KINDS)}.",
        rich_help_panel=_WATCHING,
    ),
]
Compact = Annotated[
    bool, typer.Option("--compact", help="Tell each step in one row.", rich_help_panel=_WATCHING)
]
Pause = Annotated[
    bool, typer.Option("--pause", help="Wait for Enter after each stage.", rich_help_panel=_WATCHING)
]
TraceFile = Annotated[
    str | None,
    typer.Option(
        "--trace",
        metavar="FILE",
        help="Write what happens to this file, one JSON object a line.",
        rich_help_panel=_WATCHING,
    ),
]


def with_dials(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command a flag for each dial, and hand it those that were given, as a dictionary `dials`."""

    @functools.wraps(command)
    def wrapper(**given: Any) -> None:
        texts = {dial.name: (given.pop(dial.name), dial.type) for dial in fields(Config)}
        dials = {name: _parsed(text, kind) for name, (text, kind) in texts.items() if text is not None}
        command(**given, dials=dials)

    own = [p for p in inspect.signature(command).parameters.values() if p.name != "dials"]
    flags = [_flag(dial.name, dial.type, dial.default) for dial in fields(Config)]
    wrapper.__signature__ = inspect.Signature(own + flags)  # type: ignore[attr-defined]
    return wrapper


def _flag(name: str, kind: Any, default: Any) -> inspect.Parameter:
    option = typer.Option(
        f"--{name.replace('_', '-')}",
        help=f"{summary(name)} (default {default})",
        metavar="INTEGER" if kind is int else "NUMBER",
        show_default=False,
        rich_help_panel=next(panel for panel, names in _PANELS.items() if name in names),
    )
    annotation = Annotated[str | None, option]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def _parsed(text: str, kind: Any) -> Any:
    """Read a number. Text that is no number is passed on as it is, and Config says what it wants instead."""
    try:
        return kind(text)
    except ValueError:
        return text
