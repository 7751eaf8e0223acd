"""All figures: each is computed from a run, from the package, or from a committed record."""

import json
import sys

from sitemaker import idea_figures, record_figures, run_figures
from sitemaker.drawing import DRAWN, render

__all__ = ["DRAWN", "idea_figures", "record_figures", "render", "run_figures"]

if __name__ == "__main__":
    json.dump({name: render(name) for name in DRAWN}, sys.stdout)
