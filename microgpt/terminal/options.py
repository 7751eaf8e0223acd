"""The flags of the command line.

There is one for each dial, made from `microgpt.config`, so that there is one list of dials and one help. The
others stand here as types, each once, to be used in the signatures of the commands.
"""

import contextlib
import functools
import inspect
from collections.abc import Callable
from dataclasses import Field, fields, is_dataclass
from typing import Annotated, Any, TypeAlias, get_args, get_type_hints

import typer

from microgpt.config import Config, group, summary
from microgpt.records import KINDS

_Text: TypeAlias = str | None
_Whole: TypeAlias = int | None
_WATCHING = "Watching"


def _option(names: str, text: str, panel: str | None = None, **more: Any) -> Any:
    """Make an option: its names with the word for its value behind them, what help says, where it stands."""
    flags, _, metavar = names.partition(" ")
    return typer.Option(*flags.split(","), metavar=metavar or None, help=text, rich_help_panel=panel, **more)


def _file(metavar: str, text: str) -> Any:
    return typer.Argument(metavar=metavar, help=text)


Dataset = Annotated[_Text, _option("--dataset NAME", "Learn from this data set; `datasets` lists them.")]
InputFile = Annotated[_Text, _option("--input FILE", "Learn from this text file, one document per line.")]
ConfigFile = Annotated[_Text, _option("--config FILE", "Take dials from this TOML file; flags win over it.")]
Save = Annotated[_Text, _option("--save FILE", "Write the run to this file, not to one in runs/.")]
NoSave = Annotated[bool, _option("--no-save", "Do not write the run to a file.")]
Quiet = Annotated[bool, _option("--quiet,-q", "Print the samples and nothing else.")]
CheckpointFile = Annotated[_Text, _file("[FILE]", "The file of a run; else the newest one in runs/.")]
UnfinishedFile = Annotated[_Text, _file("[FILE]", "The file of a run; else the newest unfinished one.")]
Prompt = Annotated[_Text, _option("--prompt TEXT", "Begin each like this. On a terminal, asks if not given.")]
Number = Annotated[int, _option("-n INTEGER", "How many samples.", min=1)]
Temperature = Annotated[float | None, _option("--temperature NUMBER", "How boldly; else as in the run.")]
Seed = Annotated[_Whole, _option("--seed INTEGER", "Where chance starts; else where training left it.")]
Probabilities = Annotated[bool, _option("--probabilities", "Show what each character was chosen from.")]
Explain = Annotated[_Text, _option("--explain DIAL", "Print all there is to say about a dial.")]

Verbose = Annotated[bool, _option("--verbose,-v", "Tell what happens, step by step.", _WATCHING)]
VerboseEvery = Annotated[_Whole, _option("--verbose-every INTEGER", "Tell every nth in full.", _WATCHING)]
VerbosePosition = Annotated[_Whole, _option("--verbose-position INTEGER", "Tell this one only.", _WATCHING)]
_STAGES = f"Tell or write these stages only, of {', '.join(KINDS)}."
Stages = Annotated[_Text, _option("--stages NAMES", _STAGES, _WATCHING)]
Compact = Annotated[bool, _option("--compact", "Tell each step in one row.", _WATCHING)]
Pause = Annotated[bool, _option("--pause", "Wait for Enter after each stage.", _WATCHING)]
TraceTo = Annotated[_Text, _option("--trace FILE", "Write here what happens, as JSON lines.", _WATCHING)]
Dials = Annotated[dict[str, Any], Config]
"""The dials that were given, by name: a flag for each field of `Config`."""


def with_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command a flag for each field of its parameters that are dataclasses, and for each dial.

    Args:
        command: A parameter of type `Dials` gets the dials that were given; one whose type is a dataclass
            gets an object of it.
    """
    parameters = inspect.signature(command).parameters
    groups = {name: group for name, one in parameters.items() if (group := _dataclass_in(one.annotation))}

    @functools.wraps(command)
    def wrapper(**given: Any) -> None:
        for name, options in groups.items():
            values = {field.name: given.pop(field.name) for field in fields(options)}
            given[name] = _parsed(values) if options is Config else options(**values)
        command(**given)

    flags = [
        f for name, one in parameters.items() for f in (_flags(groups[name]) if name in groups else [one])
    ]
    wrapper.__signature__ = inspect.Signature(flags)  # type: ignore[attr-defined]
    return wrapper


def _dataclass_in(annotation: Any) -> Any:
    """Find the dataclass whose fields a parameter stands for, if it does."""
    return next((one for one in (annotation, *get_args(annotation)) if is_dataclass(one)), None)


def _flags(options: Any) -> list[inspect.Parameter]:
    """Make a parameter for each field of a dataclass."""
    types = get_type_hints(options, include_extras=True)
    flags = {field.name: (field.default, types[field.name]) for field in fields(options)}
    if options is Config:  # its fields are read as texts, so that it is Config that refuses them
        flags = {field.name: (None, _dial(field)) for field in fields(Config)}
    kind = inspect.Parameter.KEYWORD_ONLY
    return [inspect.Parameter(name, kind, default=one[0], annotation=one[1]) for name, one in flags.items()]


def _dial(field: "Field[Any]") -> Any:
    names = f"--{field.name.replace('_', '-')} {'INTEGER' if field.type is int else 'NUMBER'}"
    text = f"{summary(field.name)} (default {field.default})"
    return Annotated[_Text, _option(names, text, group(field.name), show_default=False)]


def _parsed(texts: dict[str, str | None]) -> dict[str, Any]:
    """Read numbers. Text that is no number is passed on as it is, and Config says what it wants instead."""
    kinds = {field.name: field.type for field in fields(Config)}
    given: dict[str, Any] = {name: text for name, text in texts.items() if text is not None}
    for name, text in given.items():
        with contextlib.suppress(ValueError):
            given[name] = kinds[name](text)  # type: ignore[operator]
    return given
