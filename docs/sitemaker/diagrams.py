"""Diagrams in words, for those who cannot see them: each arrow becomes a part of a sentence."""

import html
import re
from typing import NamedTuple

from sitemaker.errors import SiteError

NODE = re.compile(
    r'(\w+)(?:(?P<open>\(\(|\[|\{)(?:"(?P<quoted>[^"]*)"|(?P<plain>[^\]})]*))(?:\)\)|\]|\}))?\s*'
)
ARROW = re.compile(r'(?:--\s*"(?P<label>[^"]*)"\s*-->|-\.\s*"(?P<dashed>[^"]*)"\s*\.->|-->|---|-\.->)\s*')
VALUE = re.compile(r"(?:\S+ )?[\[−-]?\d")
BREAK = re.compile(r"\s*<br\s*/?>\s*")
TAG = re.compile(r"<[^>]*>")


class Arrow(NamedTuple):
    """An arrow of a diagram, and what stands beside it."""

    start: str
    end: str
    label: str


class Diagram(NamedTuple):
    """A diagram: what stands in its boxes, by their short names, and its arrows."""

    nodes: dict[str, str]
    arrows: list[Arrow]


def read(source: str) -> Diagram:
    """Read the part of Mermaid's language that the book uses: boxes, arrows, frames.

    Raises:
        SiteError: If a line is something else.
    """
    diagram = Diagram({}, [])
    for line in map(str.strip, source.strip().splitlines()[1:]):
        if line and line != "end" and not line.startswith("subgraph "):
            _read_line(line, diagram)
    return diagram


def _read_line(line: str, diagram: Diagram) -> None:
    """Read a box, or a chain of boxes with arrows between them."""
    before, label, place = "", "", 0
    while node := NODE.match(line, place):
        name, text = node[1], node["quoted"] or node["plain"]
        diagram.nodes[name] = _words(text) if text else diagram.nodes.get(name, name)
        if before:
            diagram.arrows.append(Arrow(before, name, label))
        arrow = ARROW.match(line, node.end())
        if not arrow and node.end() == len(line):
            return
        if not arrow:
            break
        before, label, place = name, _words(arrow["label"] or arrow["dashed"] or ""), arrow.end()
    raise SiteError(f"{line!r} in a diagram is not understood")


def _words(label: str) -> str:
    """Say a label in one line: a value in a line of its own gets a colon, another value a comma."""
    first, *rest = (" ".join(html.unescape(TAG.sub("", line)).split()) for line in BREAK.split(label))
    words, before = first, first
    for line in rest:
        between = (
            "" if not VALUE.match(line) or words.endswith((",", ":")) else "," if VALUE.match(before) else ":"
        )
        words, before = f"{words}{between} {line}", line
    return words


def told(source: str) -> str:
    """Tell a diagram: from each box, to which others its arrows lead, and what stands beside them.

    What stands in a box is told in full when it comes first, and then without its value.
    """
    nodes, arrows = read(source)
    leads: dict[str, list[Arrow]] = {name: [] for name in nodes}
    for arrow in arrows:
        leads[arrow.start].append(arrow)
    said: set[str] = set()

    def called(name: str) -> str:
        text = nodes[name].partition(": ")[0] if name in said else nodes[name]
        said.add(name)
        return text

    def part(start: str) -> str:
        begin = called(start)
        ends = [called(end) + (f" ({label})" if label else "") for _, end, label in leads[start]]
        return f"{begin} leads to {' and to '.join(ends)}"

    parts = [part(name) for name in nodes if leads[name]]
    alone = [nodes[name] for name in nodes if name not in said]
    return f"Diagram: {'; '.join(parts + alone)}."
