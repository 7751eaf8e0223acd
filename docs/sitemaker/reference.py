"""The reference: tables and lists made from the package, each entry beside or linked to its explanation."""

from dataclasses import Field, fields
from itertools import groupby
from typing import Any

from microgpt.config import Config, group, summary
from microgpt.study.components import SIGNS, Place, elements_of
from microgpt.study.questions import COMPONENTS, DEPTHS
from sitemaker import names


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


def taught() -> str:
    """Show what is taught about each part of the machine, and where, as Markdown."""
    lines = [
        "---\ntitle: What is taught where\n---\n\n# What is taught where\n",
        "Each part of the machine is explained in the same ways: by a picture, as a formula, with numbers "
        "that run, by what is worth knowing and by what goes wrong. Each entry leads to the place.\n",
        f"| part | {' | '.join(SIGNS)} |",
        f"|---|{'---|' * len(SIGNS)}",
    ]
    for component, title in COMPONENTS.items():
        found = elements_of(component)
        lines.append(f"| {title} | {' | '.join(_place(found[element][0]) for element in SIGNS)} |")
    lines.append("\n## The questions\n\nEach part is also asked about, at four depths.\n")
    heads = " | ".join(DEPTHS.values())
    lines += [f"| part | {heads} |", f"|---|{'---|' * len(DEPTHS)}"]
    for component, title in COMPONENTS.items():
        found = elements_of(component)
        lines.append(f"| {title} | {' | '.join(_asked(found[depth][0]) for depth in DEPTHS)} |")
    return "\n".join([*lines, ""])


def _asked(place: Place) -> str:
    """Link a question to the place where it stands."""
    own = f"microgpt.{place.chapter}.{place.name}"
    return f"[{place.text}][{names.section(place.chapter, place.name) if place.is_section else own}]"


def _place(place: Place) -> str:
    return section(place.chapter, place.name) if place.is_section else _name(place.chapter, place.name)


def section(chapter: str, heading: str) -> str:
    """Link to a section of a chapter, or to what is explained there."""
    if f"microgpt.{chapter}.{heading}" in names.homes():
        return _name(chapter, heading)
    return f"[{heading}][{names.section(chapter, heading)}]"


def _name(chapter: str, name: str) -> str:
    return f"[`{name}`][microgpt.{chapter}.{name}]"
