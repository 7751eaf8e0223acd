"""The figures as the pages ask for them: by name, as HTML.

They are drawn in a process of its own (`python -m sitemaker.figures.gallery`). A server that builds the site
again has an older state of the modules in its memory, and a build that finds all in the cache needs no
matplotlib.
"""

import json
import subprocess
import sys
from pathlib import Path

from sitemaker.cache import cached
from sitemaker.errors import SiteError

IN_CHAPTERS = {
    "autograd": ("slopes",),
    "attention": ("attention-maps",),
    "model": ("embedding-map",),
    "loss": ("surprise",),
    "adam": ("adam-path",),
    "training": ("loss-curve", "gradient-sizes", "curves", "rates"),
    "sampling": ("temperature",),
    "evaluation": ("exam",),
}
"""Which figures stand in which chapter, before "What follows". Written pages ask for the others."""


def figure(name: str) -> str:
    """Return a figure.

    Raises:
        SiteError: If there is none of this name.
    """
    drawings: dict[str, str] = cached("figures", _all_figures)
    if name not in drawings:
        raise SiteError(f"there is no figure {name!r}; there are: {', '.join(drawings)}")
    return drawings[name]


def _all_figures() -> dict[str, str]:
    command = [sys.executable, "-m", "sitemaker.figures.gallery"]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[2], check=True, stdout=subprocess.PIPE, encoding="utf-8"
    )
    drawings: dict[str, str] = json.loads(done.stdout)
    return drawings
