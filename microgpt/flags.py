"""A flag for each dial, made from `microgpt.config`, so that there is one list of dials and one help."""

import functools
import inspect
from collections.abc import Callable
from dataclasses import fields
from typing import Annotated, Any

import typer

from microgpt.config import Config, summary

__all__ = ["with_dials"]

_PANELS = {
    "Architecture": ("n_layer", "n_embd", "block_size", "n_head"),
    "Training": ("init_std", "steps", "learning_rate", "beta1", "beta2", "eps"),
    "Chance and output": ("seed", "samples", "temperature"),
    "Judging and keeping": ("hold_out", "save_every"),
}


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
