"""Which examples take long, and which cannot run here; the tests say so themselves."""

from pathlib import Path

import pytest

from tests.support.doctests import PACKAGE, has_its_library

LONG = {"microgpt", "microgpt.training", "microgpt.sampling", "microgpt.evaluation", "README.md", "trace.md"}
"""Chapters that train models to show what comes of it. The examples of their functions are quick."""

COMPILED = tuple(
    f"microgpt.engines.{name}." for name in ("ablations", "crowd", "loops", "loops_forward", "race", "sizes")
)
"""Modules whose examples wait for a model to be compiled, or for other processes."""


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Pass over the modules of rungs whose library is not installed."""
    is_rung = collection_path.parent == PACKAGE / "engines" and collection_path.suffix == ".py"
    return True if is_rung and not has_its_library(collection_path) else None


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark the examples that take long."""
    if isinstance(item, pytest.DoctestItem) and (item.name in LONG or f"{item.name}.".startswith(COMPILED)):
        item.add_marker(pytest.mark.slow)
