"""What the pages need to run Python: the package itself, as the wheel has it, and where everything lies."""

import hashlib
import io
import json
import zipfile
from functools import cache
from pathlib import Path

from sitemaker.cache import ROOT
from sitemaker.vendor import EDITOR, PYODIDE, npm_package

VENDOR = "assets/vendor"
KINDS = {".py", ".toml", ".txt", ".json", ".typed"}


def package() -> bytes:
    """Pack the package, with its data; the same files lead to the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted((ROOT / "microgpt").rglob("*")):
            if path.suffix in KINDS:
                entry = zipfile.ZipInfo(path.relative_to(ROOT).as_posix())
                archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def package_uri(content: bytes) -> str:
    """Name the address of the package; another state has another, so that no browser mixes them up."""
    return f"{VENDOR}/microgpt-{hashlib.sha256(content).hexdigest()[:12]}.zip"


def vendored() -> dict[str, Path]:
    """Find the files of Python and of the editor, by their addresses."""
    return {
        f"{VENDOR}/{short}/{path.relative_to(home).as_posix()}": path
        for short, home in (("pyodide", npm_package(PYODIDE)), ("editor", npm_package(EDITOR)))
        for path in sorted(home.rglob("*"))
        if path.is_file()
    }


def script(content: bytes) -> str:
    """Write the module `places.js`: where the scripts find Python and the package, and how much that is.

    Args:
        content: The package, packed.
    """
    places = {
        "pyodide": "../vendor/pyodide/",
        "editor": "../vendor/editor/dist/",
        "book": f"../{package_uri(content).removeprefix('assets/')}",
        "megabytes": round((len(content) + _weight()) / 1e6, 1),
    }
    return f"export default {json.dumps(places, indent=1)};\n"


@cache
def _weight() -> int:
    return sum(path.stat().st_size for uri, path in vendored().items() if "/pyodide/" in uri)
