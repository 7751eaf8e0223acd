"""The reference: tables and lists made from the package, each entry beside or linked to its explanation."""

from dataclasses import Field, fields
from itertools import groupby
from typing import Any

from typer.main import get_group

from microgpt.config import Config, group, summary
from microgpt.terminal.cli import app


def dials() -> str:
    """List the dials, group by group, as Markdown."""
    lines = [
        "---\ntitle: The dials\n---\n\n# The dials\n",
        "Every dial is a field of `microgpt.config.Config` and a flag of the command line: `n_layer` is "
        "`--n-layer`. Its name leads to all there is to say about it: why this default, what happens up and "
        "down, and where it is from.",
    ]
    for title, members in groupby(fields(Config), lambda dial: group(dial.name)):
        lines += [f"\n## {title}\n", "| dial | default | it can be | what it does |", "|---|---|---|---|"]
        lines += map(_row, members)
    return "\n".join([*lines, ""])


def _row(dial: "Field[Any]") -> str:
    kind = "a whole number" if dial.type is int else "a number"
    allowed = f"{kind} {dial.metadata['allowed'].words}"
    return (
        f"| [`{dial.name}`][microgpt.config--{dial.name}] | {dial.default} | {allowed} | "
        f"{summary(dial.name)} |"
    )


def commands() -> str:
    """Show what every command says of itself, as Markdown."""
    lines = ["---\ntitle: The commands\n---\n\n# The commands\n", "What each says of itself.\n"]
    for name in ("", *get_group(app).commands):
        command = f"python -m microgpt {name}".strip()
        lines.append(f"## {command}\n\n```terminal\n$ {command} --help\n```\n")
    return "\n".join(lines)
