"""What goes into a function and what comes out, by shape, read from its docstring."""

import re

import griffe

SHAPE = re.compile(r"`((?:\[[^\]`]+\])+)`")


def shapes_of(docstring: griffe.Docstring | None) -> str:
    """Say the shapes of a function in a line, like "query [head_dim], keys [n_ctx][head_dim] to [n_ctx]".

    Returns:
        HTML; "" where nothing has a shape, or only one side.
    """
    sections = docstring.parse("google", warnings=False) if docstring else []
    taken: list[str] = []
    given = ""
    for section in sections:
        if section.kind is griffe.DocstringSectionKind.parameters:
            taken = [
                f"{one.name}&nbsp;<code>{shape[1]}</code>"
                for one in section.value
                if (shape := SHAPE.search(one.description))
            ]
        elif section.kind is griffe.DocstringSectionKind.returns and section.value:
            shape = SHAPE.search(section.value[0].description)
            given = f"<code>{shape[1]}</code>" if shape else ""
    return f"{', '.join(taken)} → {given}" if taken and given else ""
