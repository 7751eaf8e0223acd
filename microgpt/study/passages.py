r"""The text of a chapter, docstring by docstring and paragraph by paragraph.

Glossary, questions and the checks of the text all read the chapters. What they share is here: which texts
a page shows, and what in them is prose, an example, a diagram.

>>> chapter = '''
... \"\"\"A shop.
...
... It sells **tea**.
...
... >>> to_pay(2.0)
... 2.5
... \"\"\"
...
... def to_pay(price):
...     \"\"\"Add the tax to a price.\"\"\"
... '''
>>> for passage in passages(chapter):
...     for kind, text in paragraphs(passage.text):
...         print(f"{passage.owner or 'module':<8}{kind:<9}{text!r}")
module  prose    'A shop.'
module  prose    'It sells **tea**.'
module  example  '>>> to_pay(2.0)\n2.5'
to_pay  prose    'Add the tax to a price.'
"""

import ast
import inspect
import re
from collections.abc import Iterator
from typing import NamedTuple

from microgpt.study.source import module_source


class Passage(NamedTuple):
    """A docstring that stands on the page of a module.

    Attributes:
        owner: What it explains, like "Value.backward"; "" for the module itself.
        text: The docstring, without the indentation that its place in the code gives it.
    """

    owner: str
    text: str


def passages(source: str) -> list[Passage]:
    r"""List the docstrings of a module's page: its own, those of its public members and of their methods.

    Args:
        source: The text of a module.

    Examples:
        >>> passages("'The numbers.'\nONE = 1\n'A unit.'\ndef _hidden():\n    'Not shown.'\n")
        [Passage(owner='', text='The numbers.'), Passage(owner='ONE', text='A unit.')]
    """
    return list(_passages(ast.parse(source), ""))


def chapter_passages(module: str) -> list[Passage]:
    """List the docstrings on the page of one of our own modules.

    Examples:
        >>> [passage.owner for passage in chapter_passages("spelling")]
        ['', 'nearest']
    """
    return passages(module_source(module))


def _passages(owner: ast.Module | ast.ClassDef | ast.FunctionDef, name: str) -> Iterator[Passage]:
    if text := ast.get_docstring(owner):
        yield Passage(name, text)
    if isinstance(owner, ast.FunctionDef):
        return
    for node, after in zip(owner.body, [*owner.body[1:], None]):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            yield from _passages(node, f"{name}.{node.name}".lstrip("."))
        elif isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(after, ast.Expr):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and isinstance(after.value, ast.Constant) and target.id[0] != "_":
                yield Passage(f"{name}.{target.id}".lstrip("."), inspect.cleandoc(str(after.value.value)))


def paragraphs(text: str) -> Iterator[tuple[str, str]]:
    r"""Cut a docstring into paragraphs: ("prose", ...), ("example", ...), ("diagram", ...) or ("code", ...).

    Args:
        text: Markdown, with examples as doctest finds them.

    Examples:
        A fence is one piece, whatever stands in it. So is an example, up to the next empty line.

        >>> text = "Look:\n\n```mermaid\ngraph LR\n\n    a --> b\n```\n\n>>> 1 + 1\n2\n\nDone."
        >>> [kind for kind, _ in paragraphs(text)]
        ['prose', 'diagram', 'example', 'prose']
    """
    piece: list[str] = []
    fence = ""
    for line in [*text.splitlines(), ""]:
        mark = re.match(r"\s*(`{3,}|~{3,})", line)
        if mark and not piece:
            fence = mark[1]
        elif mark and mark[1] == fence:
            fence = ""
        if line.strip() or fence:
            piece.append(line)
        elif piece:
            yield _kind(piece), "\n".join(piece)
            piece = []


def _kind(piece: list[str]) -> str:
    first = piece[0].strip()
    if first.startswith(">>>"):
        return "example"
    if first.startswith(("```", "~~~")):
        return "diagram" if first.endswith("mermaid") else "code"
    return "prose"
