"""`python -m sitemaker.figures.default_run`: the default run, watched, for `measured.default_run`."""

import json
import sys

from sitemaker.figures.measured import watched_run

if __name__ == "__main__":
    json.dump(watched_run(), sys.stdout)
