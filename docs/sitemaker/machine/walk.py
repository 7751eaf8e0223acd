"""One name on its way through the machine, measured after some steps of the default run."""

from typing import Any, cast

from microgpt import Config, bundled_documents, new_run
from microgpt.study.live.walk import walk
from microgpt.training import train_step
from sitemaker.cache import cached

NAME = "emma"
"""The name that goes in; the bundled names do not have it."""

STEPS = (0, 10, 100, 1000)
"""After how many steps the machine is looked at."""


def walks() -> dict[str, Any]:
    """Return what `walk` finds, by the number of steps as a text."""
    return cast(dict[str, Any], cached("walks through the machine", _walks, "docs/sitemaker/machine/walk.py"))


def _walks() -> dict[str, Any]:
    run, found = new_run(Config(), bundled_documents()), {}
    for step in STEPS:
        while len(run.losses) < step:
            train_step(run)
        found[str(step)] = walk(run, NAME)
    return found
