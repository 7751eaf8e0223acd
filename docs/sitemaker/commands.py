"""The commands of the program: what each is for, its flags with an example of each, and what it prints."""

from typing import Any

from sitemaker.flags import about, every, line, place, table
from sitemaker.writing import folded, front

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
    lines += [f"| [`{line(name)}`](#{place(name)}) | {_summary(one)} |" for name, one in every().items()]
    for name, one in every().items():
        lines += [_heading(name), f"{about(one)}\n", table(one)]
        lines += _seen(name) if " " not in name else ()
    return "\n".join(lines)


def _heading(name: str) -> str:
    label = f' data-toc-label="{name}"' if name else ""
    return f"\n{'###' if ' ' in name else '##'} {line(name)} {{ #{place(name)}{label} }}\n"


def _summary(one: Any) -> str:
    return str(one.help.split("\n")[0])


def _seen(name: str) -> list[str]:
    """Show the command at work, and what it says of itself."""
    asked = f"```terminal\n$ {line(name)} --help\n```\n"
    lines = ["", folded("note", "What --help prints", asked)]
    if name in TRIES:
        first = f"$ {_SHORT_RUN}\nhidden\n" if name in ("sample", "evaluate", "runs") else ""
        lines.insert(0, f"\n```terminal\n{first}$ {line(name)} {TRIES[name]}".rstrip() + "\n```\n")
    return lines


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
