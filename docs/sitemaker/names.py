"""The public names of the package, and where each is explained."""

from functools import cache

import griffe

from sitemaker.cache import ROOT

PACKAGE = ROOT / "microgpt"


def modules() -> list[str]:
    """List the modules that have a page: all but the two that only pass on."""
    return sorted(path.stem for path in PACKAGE.glob("*.py") if not path.stem.startswith("__"))


@cache
def homes() -> tuple[str, ...]:
    """List the full name of all that has a place on the site; it is also the anchor of that place."""
    package = griffe.load(PACKAGE.name, search_paths=[ROOT])
    found = [package, *(package[module] for module in modules())]
    for member in found:
        if member.is_class or (member.is_module and member is not package):
            found += public_members(member)
    return tuple(member.path for member in found)


def public_members(owner: griffe.Object | griffe.Alias) -> list[griffe.Object | griffe.Alias]:
    """List what a module offers and has made itself; of a class, what is explained beside the class."""
    return [
        member
        for member in owner.members.values()
        if member.is_public and not member.is_alias and not member.name.startswith("_")
        if owner.is_module or member.has_docstring
    ]
