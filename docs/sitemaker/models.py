"""The models of the default run between its beginning and its end, for the figures that one can touch.

A page fetches one when it is needed, and hands it to Python (`microgpt.study.live.names.keep`).
"""

import json
from typing import Any, cast

from microgpt import Config, as_floats, bundled_documents, new_run, train
from microgpt.study.live.names import STOPPED
from sitemaker.cache import cached
from sitemaker.inpage import package_uri


def between() -> dict[str, Any]:
    """Return the parameters after each number of steps in `STOPPED`, but for the first and the last."""
    return cast(dict[str, Any], cached("models in between", _between, "docs/sitemaker/models.py"))


def _between() -> dict[str, Any]:
    run = new_run(Config(), bundled_documents())
    return {
        str(step.number): as_floats(run.model).parameters
        for step in train(run)
        if step.number in STOPPED[1:-1]
    }


def addressed(package: bytes) -> dict[str, str]:
    """List the files of the site that hold them, with all digits, by their addresses.

    Args:
        package: The package, packed; another state of it has other addresses.
    """
    stem = package_uri(package).removesuffix(".zip")
    return {
        f"{stem}-after-{step}.json": json.dumps(parameters, separators=(",", ":"))
        for step, parameters in between().items()
    }
