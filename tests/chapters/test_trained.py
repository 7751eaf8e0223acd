"""The bundled parameters are those of the default run, made again."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from microgpt.checkpoint import load_checkpoint
from microgpt.config import Config
from microgpt.trained import trained_parameters
from tests.conftest import FinishedRun, finished_run
from tests.support.fingerprint import fingerprint
from tests.support.package import FOLDER

RECORD = FOLDER / "datasets" / "trained.json"


def record_of(run: FinishedRun) -> dict[str, Any]:
    """Tell how a run ended, and how it was made."""
    return {
        "command": "python -m tests.chapters.test_trained",
        "versions": {"python": sys.version.split()[0], "arithmetic": fingerprint()},
        "settings": asdict(Config()),
        "results": {"parameters": load_checkpoint(run.checkpoint).model.parameters},
    }


def test_the_bundled_parameters_are_those_of_the_default_run(default_run: FinishedRun) -> None:
    again, kept = record_of(default_run), json.loads(RECORD.read_text(encoding="utf-8"))
    assert again["settings"] == kept["settings"]
    parameters = again["results"]["parameters"]
    if kept["versions"]["arithmetic"] == fingerprint():
        assert parameters == trained_parameters()
    for name, matrix in trained_parameters().items():
        for row, kept_row in zip(parameters[name], matrix, strict=True):
            assert row == pytest.approx(kept_row, abs=1e-6)


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        made = record_of(finished_run(Path(folder)))
    RECORD.write_text(json.dumps(made) + "\n", encoding="utf-8")
