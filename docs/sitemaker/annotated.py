"""The annotated source: a page for each module, prose at the left, the code that it explains at the right."""

import re

from microgpt.study.source import module_source, rows
from sitemaker.names import path

SECTION = re.compile(r"^(Args|Attributes|Examples|Pitfalls|Raises|Returns|Yields):$")
FIGURE = re.compile(r"^```figure\n.*\n```$", re.MULTILINE)
TERM = re.compile(r"^(\*{0,2}\w+):(?= )", re.MULTILINE)


def page(module: str) -> str:
    """Write the page of a module, as Markdown."""
    file = f"{path(module)}.py"
    parts = [f"---\ntitle: {file}\nhide: [toc]\nsearch: {{exclude: true}}\n---\n\n# {file}\n"]
    parts.append(
        f"What the code says, and beside it what is said of it. As a page to read: `microgpt.{module}`.\n"
    )
    for row in rows(module_source(module)):
        parts += [
            '<div class="annotated" markdown="1">\n<div class="annotated-prose" markdown="1">\n',
            "\n\n".join(as_markdown(text) for text in row.texts),
            '\n</div>\n<div class="annotated-code" markdown="1">\n',
            f'```python title="from line {row.line}"',
            *row.code,
            "```\n\n</div>\n</div>\n",
        ]
    return "\n".join(parts)


def as_markdown(docstring: str) -> str:
    """Turn the sections of a docstring into Markdown, and its headings into lines of bold type."""
    out: list[str] = []
    section = None
    for line in FIGURE.sub("*(Here the chapter has a figure.)*", docstring).splitlines():
        heading = SECTION.match(line)
        if heading:
            section = heading[1]
            out += ["", f"**{section}**", ""]
            continue
        if section and line.startswith("    "):
            line = line[4:]
            if section in ("Args", "Attributes", "Raises") and not line.startswith(" "):
                line = TERM.sub(r"- `\1`:", line)
        elif line.strip():
            section = None
        out.append(re.sub(r"^#+ (.*)$", r"**\1**", line))
    return "\n".join(out)
