"""The models of the default run between its beginning and its end, for the figures that one can touch.

A page fetches one when it is needed, and hands it to Python (`keep`, `keep_run`).
"""

import json
import sys
from pathlib import Path
from typing import Any, cast

from microgpt import Config, as_floats, bundled_documents, new_run, train
from microgpt.study.live.names import STOPPED
from microgpt.training import Run
from sitemaker.beside import apart
from sitemaker.cache import cached
from sitemaker.inpage import package_uri

WALKED = (10, 100, 1000)
"""After how many steps Adam's averages are wanted, too: the machine shows what the next step would do."""


def stops() -> dict[str, Any]:
    """Return what `keep` and `keep_run` want to know after each number of steps in `STOPPED` but 0."""
    made_by = "docs/sitemaker/models.py microgpt/study/live/names.py"
    return cast(dict[str, Any], cached("stops of the run", lambda: apart("sitemaker.models"), made_by))


def _stops() -> dict[str, Any]:
    run = new_run(Config(), bundled_documents())
    return {str(step.number): _stop(run) for step in train(run) if step.number in STOPPED}


def _stop(run: Run) -> dict[str, Any]:
    parameters = as_floats(run.model).parameters
    averages = {"m": list(run.optimizer.m), "v": list(run.optimizer.v)}
    return {"parameters": parameters, **(averages if len(run.losses) in WALKED else {})}


def write(folder: Path, package: bytes) -> None:
    """Write the files that hold them, with all digits.

    Args:
        folder: Of the site.
        package: The package, packed; another state of it has other addresses.
    """
    stem = package_uri(package).removesuffix(".zip")
    for step, stop in stops().items():
        files = {"after": stop["parameters"], **({"run-after": [*stop.values()]} if "m" in stop else {})}
        for kind, content in files.items():
            path = folder / f"{stem}-{kind}-{step}.json"
            path.write_text(json.dumps(content, separators=(",", ":")), encoding="utf-8")


if __name__ == "__main__":
    json.dump(_stops(), sys.stdout)
