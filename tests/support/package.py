"""What lies in the package, found by walking through it."""

import ast
from pathlib import Path
from pkgutil import walk_packages

import microgpt
from microgpt.contents import CHAPTERS

FOLDER = Path(microgpt.__file__).parent
READING_ORDER = [chapter.module for chapter in CHAPTERS]
MODULES = sorted(
    found.name.removeprefix("microgpt.")
    for found in walk_packages(microgpt.__path__, "microgpt.")
    if not found.ispkg and not found.name.endswith("__main__")
)
"""All modules below `microgpt`: of the book, and in the packages around it."""


def source(module: str) -> str:
    return FOLDER.joinpath(*module.split(".")).with_suffix(".py").read_text(encoding="utf-8")


def public_names(module: str) -> set[str]:
    """List what a module defines itself without an underscore."""
    defined: set[str] = set()
    for node in ast.parse(source(module)).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            defined.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            defined |= {target.id for target in targets if isinstance(target, ast.Name)}
    return {name for name in defined if not name.startswith("_")}
