"""The figures, each computed from a run, from the package, or from a committed record.

`python -m sitemaker.figures` draws all of them; pages ask for one by its name.
"""

import json
import subprocess
import sys
from pathlib import Path

from sitemaker import idea_figures, record_figures, run_figures
from sitemaker.cache import cached
from sitemaker.drawing import DRAWN, render
from sitemaker.errors import SiteError

__all__ = ["figure", "idea_figures", "record_figures", "run_figures"]


def figure(name: str) -> str:
    """Return a figure as HTML.

    They are drawn in a process of its own: a server that builds the site again has an older state of the
    modules in its memory.

    Raises:
        SiteError: If there is no such figure.
    """
    if name not in DRAWN:
        raise SiteError(f"there is no figure {name!r}; there are: {', '.join(DRAWN)}")
    return str(cached("figures", _all_figures)[name])


def _all_figures() -> dict[str, str]:
    command = [sys.executable, "-m", "sitemaker.figures"]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[1], check=True, capture_output=True, encoding="utf-8"
    )
    drawings: dict[str, str] = json.loads(done.stdout)
    return drawings


if __name__ == "__main__":
    json.dump({name: render(name) for name in DRAWN}, sys.stdout)
