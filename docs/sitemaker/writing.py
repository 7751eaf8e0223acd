"""Pieces of Markdown for pages that are made: what is folded, fences, and texts that are no Markdown."""

import html
import json
import re
import textwrap
from collections.abc import Collection

CODE = re.compile(r"(`[^`]+`|\bmicrogpt(?:\.[A-Za-z_]\w*)+)")
MARKS = re.compile(r"[\\*_\[\]#$|]")

SECTION = re.compile(r"^(Args|Attributes|Examples|Pitfalls|Raises|Returns|Yields):$")
TERM = re.compile(r"^(\*{0,2}\w+):(?= )", re.MULTILINE)
FIGURE = re.compile(r"```figure\n.*?\n```\n", re.DOTALL)


def front(title: str, more: str = "") -> str:
    """Write the head of a page.

    Args:
        title: The title of the page.
        more: Other lines of the head, each with its end.
    """
    return f"---\ntitle: {json.dumps(title)}\n{more}---\n\n"


def folded(kind: str, title: str, text: str) -> str:
    """Fold a text away under its title.

    Args:
        kind: A kind of box of the theme.
        title: What is read before it is opened.
        text: Markdown.
    """
    title = title.replace('"', "'")
    return f'??? {kind} "{title}"\n\n{textwrap.indent(text.strip(chr(10)), "    ")}\n'


def folded_wide(kind: str, title: str, text: str) -> str:
    """Do the same as HTML, in which other HTML can stand.

    Args:
        kind: A kind of box of the theme.
        title: What is read before it is opened.
        text: Markdown at the left margin.
    """
    summary = f"<summary>{html.escape(title)}</summary>"
    return f'<details class="{kind}" markdown="1">\n{summary}\n\n{text}\n</details>\n'


def fenced(language: str, text: str) -> str:
    """Fence code, with more marks than stand in it."""
    marks = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    lines = text.strip("\n")
    return f"{marks}{language}\n{lines}\n{marks}\n"


def prose(text: str, homes: Collection[str]) -> str:
    """Let a text stand as it is; code between backticks becomes code, and names of the package links.

    Args:
        text: Sentences that are no Markdown: their stars and underscores are meant.
        homes: The names that have a place on the site.
    """
    parts = CODE.split(text.strip())
    return "".join(
        _code(part.strip("`"), homes) if number % 2 else _plain(part) for number, part in enumerate(parts)
    )


def _plain(text: str) -> str:
    """Write what Markdown would take for its own as HTML does."""
    return MARKS.sub(lambda mark: f"&#{ord(mark[0])};", html.escape(text, quote=False))


def _code(code: str, homes: Collection[str]) -> str:
    """Write a piece of code; a name that leads nowhere as HTML, which makes no link."""
    if code in homes or not code.startswith("microgpt."):
        return f"`{code}`"
    return f"<code>{html.escape(code)}</code>"


def as_markdown(docstring: str) -> str:
    """Turn the sections of a docstring into Markdown; its figures stay where they are shown already."""
    out: list[str] = []
    section = None
    for line in FIGURE.sub("", docstring).splitlines():
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
        out.append(line)
    return "\n".join(out)
