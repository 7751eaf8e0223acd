"""Measure anew what is kept in docs/measurements: `python docs/measure.py dials` (an hour), or `makemore`."""

import sys

from sitemaker.experiments import EXPERIMENTS, measure

if __name__ == "__main__":
    if sys.argv[1:] not in ([name] for name in EXPERIMENTS):
        sys.exit(f"measure.py: give the name of one experiment: {', '.join(EXPERIMENTS)}")
    measure(sys.argv[1])
