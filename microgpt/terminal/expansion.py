"""Dataclasses become flags: a command that takes one has a flag for each of its fields.

So there is one list of dials, `microgpt.config.Config`, and one help.
"""

import contextlib
import functools
import gc
import inspect
from collections.abc import Callable
from dataclasses import Field, fields, is_dataclass
from typing import Annotated, Any, get_args, get_type_hints

from microgpt.config import Config, group, summary
from microgpt.terminal.options import option


def with_flags(command: Callable[..., None]) -> Callable[..., None]:
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
        gc.enable()  # `__main__` has put it off until a command begins
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
    return Annotated[str | None, option(names, text, group(field.name), show_default=False)]


def _parsed(texts: dict[str, str | None]) -> dict[str, Any]:
    """Read numbers. Text that is no number is passed on as it is, and Config says what it wants instead."""
    kinds = {field.name: field.type for field in fields(Config)}
    given: dict[str, Any] = {name: text for name, text in texts.items() if text is not None}
    for name, text in given.items():
        with contextlib.suppress(ValueError):
            given[name] = kinds[name](text)  # type: ignore[operator]
    return given
