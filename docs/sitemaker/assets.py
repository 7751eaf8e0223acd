"""The styles and the scripts of the site."""

from pathlib import Path

from sitemaker.cache import ROOT

FIRST = ("base", "page", "formulas", "examples", "boxes", "figures", "functions")
LAST = ("trace", "print")


def style() -> str:
    """Join the style sheets to one, each behind those that it builds on."""
    folder = ROOT / "docs/styles"
    middle = sorted(path.stem for path in folder.glob("*.css") if path.stem not in (*FIRST, *LAST))
    return "\n".join(
        (folder / f"{name}.css").read_text(encoding="utf-8") for name in (*FIRST, *middle, *LAST)
    )


def scripts() -> list[Path]:
    """List the scripts; each element of the site has one."""
    return sorted((ROOT / "docs/scripts").glob("*.js"))
