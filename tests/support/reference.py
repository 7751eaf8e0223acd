"""The original microgpt, if somebody has told us where it is.

MICROGPT_REFERENCE names a folder with the original listing (microgpt_gist.py), a runner for it on any data
and settings (oracle.py), Karpathy's names.txt, and the record of a full run on it (golden_names_1000.json).
"""

import importlib.util
import json
import os
import random
import warnings
from pathlib import Path
from typing import Any

import pytest

FOLDER = os.environ.get("MICROGPT_REFERENCE")

needs_the_original = pytest.mark.skipif(
    not FOLDER,
    reason="compares with the original: set MICROGPT_REFERENCE to a folder with its listing and names.txt",
)


def reference_file(name: str) -> Path:
    assert FOLDER
    return Path(FOLDER, name)


def golden() -> dict[str, Any]:
    """Read the record of the original's full run on names.txt."""
    record: dict[str, Any] = json.loads(reference_file("golden_names_1000.json").read_text(encoding="utf-8"))
    return record


def run_original(path: Path, **settings: Any) -> tuple[dict[str, Any], object]:
    """Run the original on a file; return what it did and the final state of its random generator.

    The original uses the generator of the random module itself, so its state can be read there afterwards.
    """
    spec = importlib.util.spec_from_file_location("oracle", reference_file("oracle.py"))
    assert spec
    assert spec.loader
    oracle = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(oracle)
    before = random.getstate()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # the original leaves its input file open
            return oracle.run(path, **settings), random.getstate()
    finally:
        random.setstate(before)
