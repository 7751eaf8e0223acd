r"""Extensions for Python-Markdown: examples, formulas, diagrams, names that become links, figures.

They work in pages and in docstrings alike, since mkdocstrings renders docstrings with the same extensions.
"""

import html
import re
from collections.abc import Collection
from itertools import takewhile
from typing import Any
from xml.etree import ElementTree

from markdown import Extension, Markdown
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from math_core import LatexError, LatexToMathML

from sitemaker import (
    bedside,
    diagrams,
    figures,
    home,
    live,
    machine,
    names,
    predicting,
    rungs,
    terminal,
    trace,
)
from sitemaker.errors import SiteError
from sitemaker.figures import comparison

FENCE = re.compile(r"(`{3,}|~{3,})[^`~]*")
NAME = re.compile(r"microgpt(\.[A-Za-z_]\w*)+")
FORMULA = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">\\[(\[](?P<tex>.*?)\\(?P<end>[)\]])</(?P=tag)>', re.DOTALL
)
EXAMPLES = re.compile(
    r'(<div class="language-pycon highlight"><pre>(?:<span></span>)?<code>)(.*?)(</code>)', re.DOTALL
)
TAG = re.compile(r"<[^>]*>")


class FormulaError(SiteError):
    """A formula that is no LaTeX; says which."""


class Examples(Preprocessor):
    """Turn each bare paragraph of examples into a highlighted block.

    To Markdown, `>>>` is a quotation in a quotation in a quotation.
    """

    def run(self, lines: list[str]) -> list[str]:
        """Put fences around what begins with `>>>` and ends with an empty line."""
        out: list[str] = []
        fence = ""
        rest = iter(lines)
        for line in rest:
            text = line.strip()
            if fence:
                fence = "" if re.fullmatch(f"{fence[0]}{{{len(fence)},}}", text) else fence
            elif opening := FENCE.fullmatch(text):
                fence = opening[1]
            elif text.startswith(">>>"):
                out += self._fenced([line, *takewhile(str.strip, rest)])
                continue
            out.append(line)
        return out

    @staticmethod
    def _fenced(block: list[str]) -> list[str]:
        """Fence a block, with more marks than stand in it."""
        indent = block[0][: len(block[0]) - len(block[0].lstrip())]
        marks = max(map(len, re.findall("`+", "\n".join(block))), default=0)
        fence = "`" * max(3, marks + 1)
        return ["", f"{indent}{fence}pycon", *block, f"{indent}{fence}", ""]


class Formulas(Postprocessor):
    """Turn LaTeX into MathML, which browsers draw themselves."""

    converter = LatexToMathML(annotation=True, fancy_error=False)

    def run(self, text: str) -> str:
        """Replace what pymdownx.arithmatex has marked."""
        return FORMULA.sub(self._formula, text)

    def _formula(self, match: re.Match[str]) -> str:
        tag, block, tex = match["tag"], match["end"] == "]", html.unescape(match["tex"]).strip()
        try:
            mathml = self.converter.convert_with_local_state(tex, displaystyle=block)
        except LatexError as error:
            raise FormulaError(f"the formula {tex!r} is not understood: {error}") from None
        scrolls = ' tabindex="0"' if block else ""
        return f'<{tag} class="arithmatex"{scrolls}>{mathml}</{tag}>'


class Results(Postprocessor):
    """Mark all that an example prints, errors too, so that a copy can leave it out.

    Pygments marks the parts of a traceback as what they are, and not as output.
    """

    def run(self, text: str) -> str:
        """Wrap the lines that are no statement, each with the end of its line."""
        return EXAMPLES.sub(lambda match: match[1] + self._marked(match[2]) + match[3], text)

    @staticmethod
    def _marked(block: str) -> str:
        lines = [
            line.removeprefix("</span>")  # of the result above, which has its own now
            if "</span>" in line and 'class="gp"' in line
            else f'<span class="go">{TAG.sub("", line)}</span>'
            for line in block.splitlines(keepends=True)
        ]
        return "".join(lines)


class Figures(Postprocessor):
    """Make what stands in the places that the fences named figure have left, but for the drawings.

    Those are still being drawn; `figures.put_in` puts them in their places when all pages are there.
    """

    def run(self, text: str) -> str:
        """Put each in its place."""
        return figures.PLACE.sub(self._made, text)

    @staticmethod
    def _made(place: re.Match[str]) -> str:
        tables = {
            "invented names": home.names,
            "table of what matters": comparison.table,
            "prediction": predicting.element,
            "table of rungs": rungs.table,
            "table of the crowd": rungs.crowd,
            "table of one model": rungs.table_of_one_model,
            "table of many models": rungs.table_of_many_models,
        }
        if place[1] in live.widgets():
            return live.drawing(place[1])
        made = {"machine": machine.drawing, **tables}.get(place[1])
        return made() if made else place[0]


class Names(Treeprocessor):
    """Make `microgpt.attention` and the like, in the prose, a link to where it is explained.

    Raises:
        SiteError: If there is nothing of that name.
    """

    def __init__(self, md: Markdown, homes: Collection[str]) -> None:
        super().__init__(md)
        self.homes = homes
        self.written = names.written()

    def run(self, root: ElementTree.Element) -> None:
        """Wrap each code span that is a name in the tag that mkdocs-autorefs resolves."""
        for index, child in enumerate(root):
            if child.tag in ("a", "h1", "h2", "h3", "h4", "h5", "h6", "autoref", "pre"):
                continue
            name = child.text or ""
            if child.tag == "code" and name in self.written:
                title, anchor = self.written[name]
                root[index] = ElementTree.Element("autoref", {"identifier": anchor, "optional": ""})
                root[index].text, root[index].tail = title, child.tail
                continue
            if child.tag != "code" or not NAME.fullmatch(name):
                self.run(child)
                continue
            if name not in self.homes:
                raise SiteError(f"`{name}` stands in the text, but there is nothing public of that name")
            link = ElementTree.Element("autoref", {"identifier": name, "optional": ""})
            link.tail, child.tail = child.tail, None
            root[index] = link
            self._say(name, link, child)

    @staticmethod
    def _say(name: str, link: ElementTree.Element, code: ElementTree.Element) -> None:
        """Call a chapter by its name, and let another name break behind its underscores."""
        module = name.removeprefix("microgpt.")
        if names.is_chapter(module):
            link.text = names.called(module)
            return
        link.append(code)
        code.text, *rest = re.split("(?<=[_.])", name)
        for part in rest:
            ElementTree.SubElement(code, "wbr").tail = part


class StudyExtension(Extension):
    """All of them together.

    Args:
        homes: The full names of all that has a place on the site.
    """

    def __init__(self, homes: Collection[str]) -> None:
        super().__init__()
        self.homes = homes

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (the name is Markdown's)
        """Register them."""
        md.preprocessors.register(Examples(md), "examples", 29)  # before superfences, 25
        md.treeprocessors.register(Names(md, self.homes), "names", 15)  # after inline, 20
        md.postprocessors.register(Formulas(md), "formulas", 5)  # after raw_html, 30
        md.postprocessors.register(Figures(md), "figures", 4)
        md.postprocessors.register(Results(md), "results", 3)


def fence_mermaid_custom(source: str, language: str, css_class: str, *rest: Any, **more: Any) -> str:
    """Keep a diagram's source as text, for Mermaid to draw in the browser, and tell it in words.

    mkdocs-mermaid2-plugin knows its diagrams by the name of this function; its own does not escape `<br/>`.
    """
    text, words = html.escape(source, quote=False), html.escape(diagrams.told(source))
    return (
        f'<div class="diagram" role="img" aria-label="{words}" tabindex="0" data-search-exclude>'
        f'<pre class="{css_class}"><code>{text}\n</code></pre></div>'
    )


def fence_terminal(source: str, *rest: Any, **more: Any) -> str:
    """Show a command and what it really prints."""
    return terminal.transcript(source.strip())


def fence_trace(source: str, *rest: Any, **more: Any) -> str:
    """Show a record of a real trace, by its kind."""
    return trace.shown(source.strip())


def fence_patient(source: str, *rest: Any, **more: Any) -> str:
    """Show what the probe of a patient shows, in the sick package or in the true one."""
    return bedside.shown(source.strip())


def fence_figure(source: str, *rest: Any, **more: Any) -> str:
    """Leave the place of a figure, until it is drawn; the fence holds its name."""
    return figures.place(source.strip())


FENCES = [
    {"name": "mermaid", "class": "mermaid", "format": fence_mermaid_custom},
    {"name": "terminal", "class": "terminal", "format": fence_terminal},
    {"name": "trace", "class": "trace", "format": fence_trace},
    {"name": "figure", "class": "figure", "format": fence_figure},
    {"name": "patient", "class": "patient", "format": fence_patient},
]
"""Fences of our own, for pymdownx.superfences."""
