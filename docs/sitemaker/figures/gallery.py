"""All figures: each is computed from a run, from the package, or from a committed measurement."""

import json
import sys

from sitemaker.figures import ideas, of_curves, of_measurements, of_patients, of_run, snapshots
from sitemaker.figures.plotting import DRAWN, render

__all__ = ["DRAWN", "ideas", "of_curves", "of_measurements", "of_patients", "of_run", "render", "snapshots"]

if __name__ == "__main__":
    json.dump({**{name: render(name) for name in DRAWN}, "snapshots": snapshots.shown()}, sys.stdout)
