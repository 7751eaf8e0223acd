"""The annotated source: a page for each module, prose at the left, the code that it explains at the right."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from microgpt.study.source import bare, docstring_lines, docstrings
from sitemaker.names import PACKAGE, path

SECTION = re.compile(r"^(Args|Attributes|Examples|Pitfalls|Raises|Returns|Yields):$")
TERM = re.compile(r"^(\*{0,2}\w+):(?= )", re.MULTILINE)


class Row(NamedTuple):
    """A piece of a module.

    Attributes:
        prose: What is said of it, as Markdown.
        line: The number of its first line of code.
        code: The code, without docstrings.
    """

    prose: str
    line: int
    code: list[str]


def page(module: str) -> str:
    """Write the page of a module, as Markdown."""
    file = f"{path(module)}.py"
    source = (PACKAGE / file).read_text(encoding="utf-8")
    parts = [f"---\ntitle: {file}\nhide: [toc]\nsearch: {{exclude: true}}\n---\n\n# {file}\n"]
    parts.append(
        f"What the code says, and beside it what is said of it. As a page to read: `microgpt.{module}`.\n"
    )
    for row in rows(source):
        parts += [
            '<div class="annotated" markdown="1">\n<div class="annotated-prose" markdown="1">\n',
            row.prose,
            '\n</div>\n<div class="annotated-code" markdown="1">\n',
            f'```python title="from line {row.line}"',
            *row.code,
            "```\n\n</div>\n</div>\n",
        ]
    return "\n".join(parts)


def rows(source: str) -> Iterator[Row]:
    """Cut a module into pieces: its top, then each function, class and method that is explained."""
    tree = ast.parse(source)
    lines, skipped = source.splitlines(), docstring_lines(tree)
    texts = {text.lineno: inspect.cleandoc(ast.literal_eval(text.value)) for text in docstrings(tree)}
    starts = [1, *sorted(_starts(tree)), len(lines) + 1]
    for start, end in pairwise(starts):
        code = bare(lines[start - 1 : end - 1], start, skipped)
        prose = "\n\n".join(_as_markdown(text) for line, text in sorted(texts.items()) if start <= line < end)
        if code or prose:
            yield Row(prose, start, textwrap.dedent("\n".join(code)).splitlines())


def _starts(tree: ast.Module) -> Iterator[int]:
    """Find the lines where what is explained begins."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            yield min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _as_markdown(docstring: str) -> str:
    """Turn the sections of a docstring into Markdown, and its headings into lines of bold type."""
    out: list[str] = []
    section = None
    for line in docstring.splitlines():
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
