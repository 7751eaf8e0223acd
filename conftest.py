"""Which examples take long; the tests say so themselves."""

import pytest

LONG = {"microgpt", "microgpt.training", "microgpt.sampling", "microgpt.evaluation", "README.md"}
"""Chapters that train models to show what comes of it. The examples of their functions are quick."""

COMPILED = ("microgpt.engines.loops.", "microgpt.engines.loops_forward.", "microgpt.engines.crowd.")
"""Modules whose examples wait for a model to be compiled."""


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark the examples that take long."""
    if isinstance(item, pytest.DoctestItem) and (item.name in LONG or f"{item.name}.".startswith(COMPILED)):
        item.add_marker(pytest.mark.slow)
