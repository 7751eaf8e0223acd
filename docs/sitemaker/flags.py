"""The flags of the program in tables: what each is by default, what it means, and an example of it.

The tables of a command stand among all commands, and on the page of the module that it comes from.
"""

import html
import importlib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import cache
from inspect import unwrap
from typing import Annotated, Any, get_args, get_origin

from typer.core import TyperArgument
from typer.main import get_group
from typer.models import ArgumentInfo, OptionInfo

from microgpt.config import Config
from microgpt.terminal.cli import app
from sitemaker.names import homes

DIALS = frozenset(f"--{field.name.replace('_', '-')}" for field in fields(Config))

EXAMPLES = {
    "--dataset": "minerals",
    "--input": "mine.txt",
    "--config": "mine.toml",
    "--save": "first.run",
    "--engine": "lists",
    "--engines": "dot,lists",
    "--precision": "float64",
    "--device": "cpu",
    "--stages": "attention,loss",
    "--trace": "steps.jsonl",
    "--verbose-every": "100",
    "--verbose-position": "2",
    "--prompt": "mar",
    "-n": "5",
    "--temperature": "0.9",
    "--seed": "7",
    "--only": '"no residuals, 1 head"',
    "--seeds": "4",
    "--explain": "beta1",
    "--folder": "here",
    "--steps": "40",
    "[FILE]": "first.run",
    "[NAME]": "softmax",
    "[NAME|all]": "softmax",
    "NAME": "softmax",
    "[NUMBER]": "2",
    "N": "1",
}
"""What somebody could give to a flag, or in the place of an argument."""


@cache
def every() -> Mapping[str, Any]:
    """Find all commands by their names; that of the first, which trains, is ""."""
    return dict(_below(get_group(app)))


def _below(one: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Go through a command and those below it."""
    yield name, one
    for below, part in getattr(one, "commands", {}).items():
        yield from _below(part, f"{name} {below}".strip())


def line(name: str) -> str:
    """Write a command as somebody would type it."""
    return f"python -m microgpt {name}".strip()


def place(name: str) -> str:
    """Name the place of a command on the page of all commands."""
    return f"command-{name.replace(' ', '-') or 'train'}"


def module_of(one: Any) -> str:
    """Name the module that a command comes from, below `microgpt`."""
    return str(unwrap(one.callback).__module__).partition(".")[2]


def about(one: Any) -> str:
    """Say what a command does."""
    return " ".join(one.help.split())


def of_module(module: str) -> str:
    """List the flags of a module as Markdown: of its commands, or those that it makes for others.

    Args:
        module: Below `microgpt`.

    Returns:
        A section with tables; "" if the module has nothing to do with flags.
    """
    members = {name: one for name, one in every().items() if module_of(one) == module}
    parts = _of_commands(module, members) if members else _of_types(module)
    return "\n".join(["\n## The flags\n", *parts]) if parts else ""


BASE = "../../reference/"
"""The way from the page of a module to the reference."""


def _of_commands(module: str, members: Mapping[str, Any]) -> list[str]:
    """Write a table for each command; in the first that has it, a flag gets the place of its type."""
    types, lines = flags_of(module), []
    for name, one in members.items():
        found = {_flag(parameter): _type_of(parameter, types) for parameter in one.params}
        ids = {flag: f"microgpt.{module}.{known}" for flag, known in found.items() if known}
        types = {known: flag for known, flag in types.items() if known not in found.values()}
        lines += [f"### {line(name)}\n"] if len(members) > 1 else []
        lines += [f"{about(one)}\n", table(one, BASE, ids) if one.params else "It has no flags.\n"]
    anchor = place(next(iter(members)))
    return [*lines, f"[The commands]({BASE}commands.md#{anchor}) show what is printed then.\n"]


def _of_types(module: str) -> list[str]:
    """Write a table of the flags that a module makes for commands."""
    used = [parameter for one in every().values() for parameter in one.params]
    rows = []
    for name, flag in flags_of(module).items():
        same = [parameter for parameter in used if _type_of(parameter, {name: flag})]
        default = " or ".join(dict.fromkeys(filter(None, map(_default, same))))
        shown = _code(" ".join(filter(None, [", ".join(_names(flag)), flag.metavar])))
        anchor = f'<code id="microgpt.{module}.{name}">{name}</code>'
        rows.append(f"| {anchor} | {shown} | {default} | {flag.help} | {_code(example(same[0]))} |")
    heads = ["| type | flag | default | what it means | example |", "|---|---|---|---|---|"]
    end = f"\n[The commands]({BASE}commands.md) show them at work.\n"
    return [*heads, *rows, end] if rows else []


def _type_of(parameter: Any, types: Mapping[str, Any]) -> str:
    """Find the type that a flag or an argument was made from; "" if it is none of these."""
    for name, flag in types.items():
        if (_names(flag) or [flag.metavar])[0] == _flag(parameter) and flag.help == parameter.help:
            return name
    return ""


def _flag(parameter: Any) -> str:
    return str(parameter.metavar if isinstance(parameter, TyperArgument) else parameter.opts[0])


def _names(flag: Any) -> list[str]:
    """List how a flag can be written; the first way stands in the place of a default."""
    return [
        name
        for name in (flag.default, *(flag.param_decls or ()))
        if isinstance(name, str) and name.startswith("-")
    ]


def table(one: Any, base: str = "", ids: Mapping[str, str] | None = None) -> str:
    """List the flags of a command; its dials, which have a page, and what training has, too, in a line.

    Args:
        one: The command.
        base: The way to the pages of the reference.
        ids: The places on the page that flags get, by the flags.
    """
    shown = [parameter for parameter in one.params if parameter.opts[0] not in elsewhere(one)]
    rows = [_row(parameter, (ids or {}).get(_flag(parameter), "")) for parameter in shown]
    lines = ["| flag | default | what it means | example |", "|---|---|---|---|", *rows]
    more = _more(one, base)
    return "\n".join([*(lines if shown else ()), *([f"\n{more}"] if more else ()), ""])


def elsewhere(one: Any) -> frozenset[str]:
    """Name the flags of a command that are explained in another table."""
    own = {option.opts[0]: option for option in one.params}
    dials = DIALS & own.keys() if "--n-layer" in own else frozenset()
    types = flags_of(module_of(one))
    shared = {
        flag
        for flag, option in own.items()
        if getattr(option, "rich_help_panel", "") in ("Watching", "Computing") and not _type_of(option, types)
    }
    return dials | (shared if "--config" not in own else frozenset())


def _more(one: Any, base: str) -> str:
    """Say which flags there are besides those of the table."""
    left_out = elsewhere(one)
    dials = f"Every [dial]({base}dials.md) is a flag, too: `--n-layer 2`." if "--n-layer" in left_out else ""
    shared = sorted(left_out - DIALS)
    training = f"[training]({base}commands.md#{place('')})"
    same = f"As in {training}: {', '.join(f'`{flag}`' for flag in shared)}." if shared else ""
    return f"{dials} {same}".strip()


def _row(parameter: Any, anchor: str = "") -> str:
    is_argument = isinstance(parameter, TyperArgument)
    flag = "" if is_argument else ", ".join(parameter.opts)
    takes_value = is_argument or not parameter.is_flag
    shown = " ".join(filter(None, [flag, parameter.metavar if takes_value else None]))
    first = (
        f'<code id="{anchor}">{html.escape(shown)}</code>'.replace("|", "&#124;") if anchor else _code(shown)
    )
    return f"| {first} | {_default(parameter)} | {parameter.help} | {_code(example(parameter))} |"


def _default(parameter: Any) -> str:
    return "" if parameter.default in (None, False) else _code(str(parameter.default))


def example(parameter: Any) -> str:
    """Write a flag as somebody would type it.

    Args:
        parameter: A flag or an argument of a command.
    """
    if isinstance(parameter, TyperArgument):
        return EXAMPLES[str(parameter.metavar)]
    if parameter.is_flag:
        return str(parameter.opts[0])
    return f"{parameter.opts[0]} {EXAMPLES[parameter.opts[0]]}"


def _code(text: str) -> str:
    return f"`{text}`"


def flags_of(module: str) -> dict[str, Any]:
    """Find the flags that a module of the terminal defines as types, by their names there.

    Args:
        module: Below `microgpt`.
    """
    if not module.startswith("terminal."):
        return {}
    found = vars(importlib.import_module(f"microgpt.{module}"))
    types = {name: get_args(one)[1] for name, one in found.items() if get_origin(one) is Annotated}
    return {
        name: flag
        for name, flag in types.items()
        if isinstance(flag, OptionInfo | ArgumentInfo) and f"microgpt.{module}.{name}" in homes()
    }
