"""The styles and the scripts of the site."""

import re
from pathlib import Path

from sitemaker.cache import ROOT

FIRST = ("base", "page", "formulas", "examples", "boxes", "figures", "functions")
LAST = ("controls", "trace", "print")
WORDLESS = re.compile(r"/\*.*?\*/|^\s+", re.DOTALL | re.MULTILINE)


def style() -> str:
    """Join the style sheets to one, each behind those that it builds on, without comments and indentation."""
    folder = ROOT / "docs/styles"
    middle = sorted(path.stem for path in folder.glob("*.css") if path.stem not in (*FIRST, *LAST))
    sheets = [(folder / f"{name}.css").read_text(encoding="utf-8") for name in (*FIRST, *middle, *LAST)]
    return WORDLESS.sub("", "\n".join(sheets))


def scripts() -> list[Path]:
    """List the scripts; each element of the site has one."""
    return sorted((ROOT / "docs/scripts").glob("*.js"))
