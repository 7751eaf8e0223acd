"""The bundled parameters are those of the default run, made again."""

import json
import sys
from dataclasses import asdict

import pytest

from microgpt.config import Config
from microgpt.data import bundled_documents
from microgpt.model import as_floats
from microgpt.trained import trained_parameters
from microgpt.training import new_run, train
from tests.support.fingerprint import fingerprint
from tests.support.package import FOLDER

RECORD = FOLDER / "datasets" / "trained.json"


def measured() -> dict[str, object]:
    run = new_run(Config(), bundled_documents())
    for _ in train(run):
        pass
    return {
        "command": "python -m tests.chapters.test_trained",
        "versions": {"python": sys.version.split()[0], "arithmetic": fingerprint()},
        "settings": asdict(Config()),
        "results": {"parameters": as_floats(run.model).parameters},
    }


@pytest.mark.slow
def test_the_bundled_parameters_are_those_of_the_default_run() -> None:
    again, kept = measured(), json.loads(RECORD.read_text(encoding="utf-8"))
    assert again["settings"] == kept["settings"]
    parameters = again["results"]["parameters"]  # type: ignore[index]
    if kept["versions"]["arithmetic"] == fingerprint():
        assert parameters == trained_parameters()
    for name, matrix in trained_parameters().items():
        for row, kept_row in zip(parameters[name], matrix, strict=True):
            assert row == pytest.approx(kept_row, abs=1e-6)


if __name__ == "__main__":
    RECORD.write_text(json.dumps(measured()) + "\n", encoding="utf-8")
