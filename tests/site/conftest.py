"""What the tests of the site share."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import CHROMIUM, FLAGS, OPEN_SHADOWS, Visitor, build, free_port, serving


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """Build the study site once, serve it where it says that it is, and give its folder and its address."""
    folder, port = tmp_path_factory.mktemp("site"), free_port()
    address = f"http://127.0.0.1:{port}/"
    build(folder, address)
    with serving(folder, port):
        yield folder, address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Start the browser once."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="needs Playwright: pip install -e '.[dev]'"
    )
    if not CHROMIUM:
        pytest.skip("there is no Chromium here")
    with playwright.sync_playwright() as api:
        browser = api.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def wide(site: tuple[Path, str], chromium: Any) -> Visitor:
    return visitor(site, chromium, color_scheme="light", viewport={"width": 1600, "height": 900})


@pytest.fixture(scope="session")
def phone(site: tuple[Path, str], chromium: Any) -> Visitor:
    return visitor(site, chromium, color_scheme="dark", viewport={"width": 390, "height": 800})


def visitor(site: tuple[Path, str], chromium: Any, **options: Any) -> Visitor:
    context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"], **options)
    context.add_init_script(OPEN_SHADOWS)
    return Visitor(context.new_page(), *site)


@pytest.fixture(scope="module")
def reader(site: tuple[Path, str], chromium: Any, request: pytest.FixtureRequest) -> Iterator[Visitor]:
    """Open the page that a module of tests names PAGE, on a small screen."""
    with chromium.new_context(color_scheme="light", viewport={"width": 390, "height": 800}) as context:
        context.add_init_script(OPEN_SHADOWS)
        one = Visitor(context.new_page(), *site)
        assert one.visit(request.module.PAGE) == []
        yield one
