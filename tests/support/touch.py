"""A figure that one can touch, as a test touches it."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from tests.support.browser import Visitor

CLOSE = 1e-9


def complaints(visitor: Visitor) -> list[str]:
    """List what is wrong with the page as it is, in light and in dark."""
    from sitemaker.vendor import AXE, npm_package

    axe = (npm_package(AXE) / "axe.min.js").read_text(encoding="utf-8")
    return [*visitor.problems(), *visitor.axe(axe), *visitor.switch("dark"), *visitor.axe(axe)]


class Figure:
    """A figure in the page."""

    def __init__(self, visitor: Visitor, name: str) -> None:
        self.page = visitor.page
        self.element = self.page.locator(f"study-{name}")

    def numbers(self) -> list[float]:
        """Read all numbers that are shown, with all of their digits."""
        found = self.element.locator("[data-value]").evaluate_all("all => all.map(one => one.dataset.value)")
        return [float("inf") if text == "null" else float(text) for text in found]

    def shows(self, *columns: Sequence[float]) -> bool:
        """Say whether a table of these columns is shown."""
        return self.numbers() == pytest.approx(
            [one for row in zip(*columns, strict=True) for one in row], abs=CLOSE
        )

    def press(self, button: str) -> None:
        self.element.get_by_role("button", name=button, exact=True).press("Enter")

    def slide(self, slider: str, key: str) -> None:
        self.element.get_by_role("slider", name=slider, exact=True).press(key)

    def waits_for(self, *arguments: Any) -> None:
        """Wait until the result for these arguments is drawn."""
        drawn = "([element, args]) => element.dataset.args === args"
        text = json.dumps(arguments, separators=(",", ":"))
        self.page.wait_for_function(drawn, arg=[self.element.element_handle(), text], timeout=120_000)

    def says(self) -> str:
        return str(self.element.locator(".touch-told").inner_text())
