"""The commands of the program: what each is for, its flags with an example of each, and what it prints."""

import importlib
from collections.abc import Iterator
from dataclasses import fields
from typing import Annotated, Any, get_args, get_origin

from typer.core import TyperArgument
from typer.main import get_group
from typer.models import ArgumentInfo, OptionInfo

from microgpt.config import Config
from microgpt.terminal.cli import app
from sitemaker.names import homes
from sitemaker.writing import folded, front

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

TRIES = {
    "": "--steps 10 --no-exam --samples 3 --no-save",
    "sample": "--prompt mar -n 3 --seed 7 --quiet",
    "evaluate": "--json",
    "runs": "",
    "config": "--explain beta1",
    "exercises": "start softmax",
    "clinic": "start 1",
}
"""What is run while the site is built, and shown; those that need a run begin with a short one."""

_SHORT_RUN = "python -m microgpt --steps 10 --no-exam --quiet"


def commands() -> str:
    """Write the page, as Markdown."""
    lines = [
        front("The commands"),
        "# The commands\n",
        "`python -m microgpt` alone does the whole thing: it reads the names, trains, and invents. Every "
        "command has `--help`, which prints what stands here.\n",
        "| command | what it does |\n|---|---|",
    ]
    found = dict(_commands(get_group(app)))
    lines += [f"| [`{_line(name)}`](#{_place(name)}) | {_summary(one)} |" for name, one in found.items()]
    for name, one in found.items():
        lines += [_heading(name), f"{_about(one)}\n", table(one)]
        lines += _seen(name) if " " not in name else ()
    return "\n".join(lines)


def _heading(name: str) -> str:
    label = f' data-toc-label="{name}"' if name else ""
    return f"\n{'###' if ' ' in name else '##'} {_line(name)} {{ #{_place(name)}{label} }}\n"


def _commands(one: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Go through a command and those below it."""
    yield name, one
    for below, part in getattr(one, "commands", {}).items():
        yield from _commands(part, f"{name} {below}".strip())


def _line(name: str) -> str:
    return f"python -m microgpt {name}".strip()


def _place(name: str) -> str:
    return f"command-{name.replace(' ', '-') or 'train'}"


def _about(one: Any) -> str:
    return " ".join(one.help.split())


def _summary(one: Any) -> str:
    return str(one.help.split("\n")[0])


def table(one: Any) -> str:
    """List the flags of a command; its dials, which have a page, and what training has, too, in a line.

    Args:
        one: The command.
    """
    shown = [parameter for parameter in one.params if parameter.opts[0] not in _elsewhere(one)]
    lines = ["| flag | default | what it means | example |", "|---|---|---|---|", *map(_row, shown)]
    more = _more(one)
    return "\n".join([*(lines if shown else ()), *([f"\n{more}"] if more else ()), ""])


def _elsewhere(one: Any) -> frozenset[str]:
    """Name the flags that are explained in another table."""
    own = {option.opts[0]: option for option in one.params}
    dials = DIALS & own.keys() if "--n-layer" in own else frozenset()
    shared = {flag for flag, option in own.items() if _panel(option) in ("Watching", "Computing")}
    return dials | (shared if "--config" not in own else frozenset())


def _panel(parameter: Any) -> str | None:
    return getattr(parameter, "rich_help_panel", None)


def _more(one: Any) -> str:
    """Say which flags there are besides those of the table."""
    left_out = _elsewhere(one)
    dials = "Every [dial](dials.md) is a flag, too: `--n-layer 2`." if "--n-layer" in left_out else ""
    shared = sorted(left_out - DIALS)
    same = f"As in [training](#{_place('')}): {', '.join(f'`{flag}`' for flag in shared)}." if shared else ""
    return f"{dials} {same}".strip()


def _row(parameter: Any) -> str:
    is_argument = isinstance(parameter, TyperArgument)
    flag = "" if is_argument else ", ".join(parameter.opts)
    takes_value = is_argument or not parameter.is_flag
    shown = _with_value(flag, parameter.metavar if takes_value else None)
    default = "" if parameter.default in (None, False) else f"`{parameter.default}`"
    return f"| {_code(shown)} | {default} | {parameter.help} | {_code(example(parameter))} |"


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


def _seen(name: str) -> list[str]:
    """Show the command at work, and what it says of itself."""
    asked = f"```terminal\n$ {_line(name)} --help\n```\n"
    lines = ["", folded("note", "What --help prints", asked)]
    if name in TRIES:
        first = f"$ {_SHORT_RUN}\nhidden\n" if name in ("sample", "evaluate", "runs") else ""
        lines.insert(0, f"\n```terminal\n{first}$ {_line(name)} {TRIES[name]}".rstrip() + "\n```\n")
    return lines


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


def flags(module: str) -> str:
    """List the flags of a module as Markdown, each where its name has its place on the site; "" for none."""
    rows = [
        f'| <code id="microgpt.{module}.{name}">{name}</code> | {_code(_typed(flag))} | {flag.help} |'
        for name, flag in flags_of(module).items()
    ]
    head = ["\n## The flags\n", "| type | flag | what it means |", "|---|---|---|"]
    return (
        "\n".join([*head, *rows, "", "The [commands](../../reference/commands.md) show them at work.", ""])
        if rows
        else ""
    )


def _typed(flag: Any) -> str:
    """Write a flag with the word for its value."""
    names = (flag.default, *(flag.param_decls or ()))  # the first stands in the place of a default
    decls = [name for name in names if isinstance(name, str) and name.startswith("-")]
    return _with_value(", ".join(decls), flag.metavar)


def _with_value(flag: str, value: str | None) -> str:
    return " ".join(filter(None, [flag, value])).replace("|", "\\|")


def first(content: str, uri: str) -> str:
    """Move the flags of a module's page before its code.

    Args:
        content: The page's HTML.
        uri: Its file.
    """
    head, found, table = content.partition('<h2 id="the-flags"')
    module = uri.removeprefix("program/").removesuffix(".md").replace("/", ".")
    code = f'<h2 id="microgpt.{module}-code"'
    return head.replace(code, f"{found}{table}{code}", 1) if found and code in head else content
