"""The modules of the package and its public names: what has a place on the site, and where it is."""

import ast
import re
from collections.abc import Collection
from functools import cache
from pathlib import Path

import griffe
from markdown.extensions.toc import slugify

from microgpt import contents
from sitemaker.cache import ROOT

PACKAGE = ROOT / "microgpt"


def modules() -> list[str]:
    """List the modules that have a page, below `microgpt`: the chapters in reading order, then the others.

    Modules with underscores have none; they only pass on.
    """
    found = {_dotted(file.with_suffix("")) for file in PACKAGE.rglob("*.py") if "__" not in file.stem}
    book = [chapter.module for chapter in contents.CHAPTERS]
    return book + sorted(found - set(book), key=lambda module: (folder(module), module))


def others() -> list[str]:
    """List the modules that are no chapters, folder by folder."""
    return modules()[len(contents.CHAPTERS) :]


def packages() -> list[str]:
    """List the packages inside the package."""
    return sorted(_dotted(file.parent) for file in PACKAGE.glob("*/**/__init__.py"))


def _dotted(place: Path) -> str:
    return ".".join(place.relative_to(PACKAGE).parts)


def is_chapter(module: str) -> bool:
    """Ask whether a module is one of the book."""
    return module in [chapter.module for chapter in contents.CHAPTERS]


def number(module: str) -> int:
    """Return the number of a chapter, counted from 1."""
    return 1 + [chapter.module for chapter in contents.CHAPTERS].index(module)


def called(module: str) -> str:
    """Name a chapter, the same everywhere: "Chapter 6, Attention"."""
    place = number(module)
    return f"Chapter {place}, {contents.CHAPTERS[place - 1].title}"


def chapter_at(uri: str) -> str:
    """Return the chapter whose page this is, or ""."""
    return next((one.module for one in contents.CHAPTERS if page(one.module) == uri), "")


def section(module: str, heading: str) -> str:
    """Name a section of a module: its heading as the theme makes an anchor of it."""
    return f"{PACKAGE.name}.{module}--{slugify(heading, '-')}"


@cache
def written() -> dict[str, tuple[str, str]]:
    """List the pages that are written by hand: by their files, the title of each and its anchor."""
    found = {}
    for file in sorted((ROOT / "docs/pages").glob("*.md")):
        if heading := re.search(r"^# ([^{\n]+)$", file.read_text(encoding="utf-8"), re.MULTILINE):
            name = file.relative_to(ROOT).as_posix()
            found[name] = (heading[1], slugify(heading[1], "-"))
    return found


def path(module: str) -> str:
    """Name the file of a module, without its ending, below the package."""
    return module.replace(".", "/")


def folder(module: str) -> str:
    """Name the folder that a module lies in."""
    return "/".join([PACKAGE.name, *module.split(".")[:-1], ""])


def page(module: str) -> str:
    """Name the page of a module."""
    return f"{'chapters' if is_chapter(module) else 'program'}/{path(module)}.md"


@cache
def first_line(module: str) -> str:
    """Return what a module that is no chapter says of itself in a line."""
    source = (PACKAGE / f"{path(module)}.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or module).splitlines()[0]


def title(module: str) -> str:
    """Name a module that is no chapter: by its first line, up to the first mark."""
    return re.split(r"[:,.](?=\s|$)", first_line(module).replace("`", ""))[0]


@cache
def homes() -> tuple[str, ...]:
    """List the full name of all that has a place on the site; it is also the anchor of that place."""
    package = griffe.load(PACKAGE.name, search_paths=[ROOT])
    found = [package[module] for module in modules()]
    for member in found:
        if member.is_class or member.is_module:
            found += public_members(member)
    return (PACKAGE.name, *(f"{PACKAGE.name}.{name}" for name in packages()), *(one.path for one in found))


def shown(module: str, hidden: Collection[str]) -> list[str]:
    """List the public names that a module has itself, but for some."""
    name = f"{PACKAGE.name}.{module}."
    below = [home.removeprefix(name) for home in homes() if home.startswith(name)]
    return [one for one in below if "." not in one and one not in hidden]


def public_members(owner: griffe.Object | griffe.Alias) -> list[griffe.Object | griffe.Alias]:
    """List what a module offers and has made itself; of a class, what is explained beside the class."""
    return [
        member
        for member in owner.members.values()
        if member.is_public and not member.is_alias and not member.name.startswith("_")
        if owner.is_module or member.has_docstring
    ]
