"""Make the records in docs/records anew: `python docs/record.py dials` (about an hour), or `makemore`."""

import sys

from sitemaker.experiments import EXPERIMENTS, record

if __name__ == "__main__":
    if sys.argv[1:] not in ([name] for name in EXPERIMENTS):
        sys.exit(f"record.py: give the name of one experiment: {', '.join(EXPERIMENTS)}")
    record(sys.argv[1])
