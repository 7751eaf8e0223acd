"""Look at the pages of the built site in a headless Chromium."""

import functools
import html
import http.server
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

FLAGS = [
    *["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
    *["--disable-background-networking", "--disable-component-update", "--disable-sync"],
]

OPEN_SHADOWS = """(() => {
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (init) { return attach.call(this, {...init, mode: "open"}); };
})()"""
"""Material draws diagrams into closed shadow roots, where nobody could count them."""

PROBE = """() => {
  const hosts = [...document.querySelectorAll(".mermaid")];
  const root = host => host.shadowRoot || host;
  return {
    hosts: hosts.length,
    drawn: hosts.filter(host => root(host).querySelector("svg")).length,
    wrong: hosts.filter(host => /Syntax error/.test(root(host).textContent)).length,
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  };
}"""

SETTLED = """() => !document.getAnimations().some(animation =>
  animation instanceof CSSTransition && animation.effect.target.checkVisibility())"""
"""No color is on its way to another. What lies in a closed box is not drawn: its transitions stand still."""

GO = """address => {
  const link = Object.assign(document.createElement("a"), { href: address, textContent: "next" });
  document.querySelector("[data-md-component=container]").append(link);
  window.sameDocument = true;
  link.click();
}"""


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port: int = server.getsockname()[1]
        return port


def build(folder: Path, address: str) -> None:
    """Build the site as CI does: every warning is an error."""
    environment = {**os.environ, "SITE_URL": address, "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@contextmanager
def serving(folder: Path, port: int) -> Iterator[None]:
    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *message: Any) -> None:
            pass

    Handler.extensions_map = {**Handler.extensions_map, ".mjs": "text/javascript"}
    handler = functools.partial(Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield
        server.shutdown()
        thread.join()


@dataclass
class Visitor:
    """Somebody who goes through the site and writes down what is wrong.

    Attributes:
        page: Of Playwright.
        folder: Where the site lies.
        address: Where it is served.
        path: The page that is looked at, below the address.
    """

    page: Any
    folder: Path
    address: str
    path: str = ""
    said: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        self.page.route("**/*", self._route)

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.said.append(f"{message.type}: {message.text}")

    def _route(self, route: Any) -> None:
        if route.request.url.startswith((self.address, "data:", "blob:")):
            route.continue_()
        else:
            self.outside.append(route.request.url)
            route.abort()

    def visit(self, path: str, click: bool = False) -> list[str]:
        """Go to a page, directly or by a click on a link; return what is wrong with it."""
        self.said.clear()
        self.outside.clear()
        self.path = path
        if click:
            self._click(path)
        else:
            self.page.goto(self.address + path)
        return self.problems()

    def switch(self, scheme: str) -> list[str]:
        """Make the page light or dark; return what is wrong with it then."""
        self.page.emulate_media(color_scheme=scheme)
        self.wait_for(scheme)
        return self.problems()

    def wait_for(self, scheme: str) -> None:
        """Wait until the page has the colors of a scheme, and none is still on its way from another."""
        self.page.wait_for_selector(f"[data-md-color-scheme={'slate' if scheme == 'dark' else 'default'}]")
        self.page.wait_for_function(SETTLED)

    def problems(self) -> list[str]:
        """Wait until all diagrams are drawn, and look around."""
        source = (self.folder / self.path / "index.html").read_text(encoding="utf-8")
        expected = len(re.findall(r'<pre class="mermaid">', source))
        try:
            self.page.wait_for_function(f"() => ({PROBE})().drawn === {expected}", timeout=30_000)
        except Exception:
            self.said.append("error: not all diagrams are drawn in 30 seconds")
        with suppress(Exception):  # just after a click the page may still be laid out anew
            self.page.wait_for_function(f"() => ({PROBE})().overflow <= 0", timeout=5_000)
        found = self.page.evaluate(PROBE)
        problems = [*self.said, *(f"a request leaves the machine: {url}" for url in self.outside)]
        if not found["hosts"] == found["drawn"] == expected or found["wrong"]:
            problems.append(f"{expected} diagrams are in the page, but the browser shows {found}")
        if found["overflow"] > 0:
            problems.append(f"the page is {found['overflow']} pixels wider than the window")
        return problems

    def _click(self, path: str) -> None:
        """Follow a link inside the site, which must not load the page anew."""
        if not self.page.url.startswith(self.address):
            self.page.goto(self.address + "machine/", wait_until="networkidle")
        if not self._arrives(path):  # on a busy machine the theme has been seen to drop a click
            self.page.goto(self.address + "machine/", wait_until="networkidle")
            assert self._arrives(path), "instant navigation changes the address and not the page"
        if not self.page.evaluate("() => window.sameDocument"):
            self.said.append("error: the page was loaded anew; instant navigation does not work")

    def _arrives(self, path: str) -> bool:
        """Click on a link to a page, and say whether it comes."""
        from playwright.sync_api import TimeoutError as TookTooLong

        self.page.evaluate(GO, self.address + path)
        self.page.wait_for_url(self.address + path)
        text = (self.folder / path / "index.html").read_text(encoding="utf-8")
        title = re.search(r"<title>(.*?)</title>", text)
        assert title
        same = "title => document.title === title"
        try:
            self.page.wait_for_function(same, arg=html.unescape(title[1]), timeout=15_000)
        except TookTooLong:
            return False
        return True

    def axe(self, source: str, *rules: str) -> list[str]:
        """Check what people with a keyboard or a screen reader need; return what is serious or critical.

        Args:
            source: Of axe-core.
            rules: Which rules; all, if none is named.
        """
        self.page.evaluate(source)
        options = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
        results = self.page.evaluate("options => axe.run(document, options)", options)
        return [
            f"{violation['id']} ({violation['impact']}): {node['html'][:200]}"
            for violation in results["violations"]
            if violation["impact"] in ("serious", "critical")
            for node in violation["nodes"][:3]
        ]
