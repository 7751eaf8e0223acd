"""Results that take time, kept in a folder that git ignores, under a hash of all that they depend on."""

import ast
import hashlib
import json
import platform
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from sitemaker.source import without_docstrings

ROOT = Path(__file__).resolve().parents[2]
"""The repository."""

FOLDER = ROOT / ".cache"
DEPENDED_ON = ("microgpt/**/*.py", "microgpt/datasets/*.txt", "docs/sitemaker/*.py", "docs/records/*.json")


def cached(name: str, make: Callable[[], Any]) -> Any:
    """Return what `make` returns (anything that JSON can hold), from the cache if nothing has changed.

    Args:
        name: Says what it is, with all of its settings.
        make: Computes it.
    """
    path = FOLDER / "computed" / f"{key(name)}.json"
    if not path.exists():
        result = make()
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
            json.dump(result, file)
        Path(file.name).replace(path)  # another build may be reading
    return json.loads(path.read_text(encoding="utf-8"))


def key(name: str) -> str:
    """Hash a name together with all that results depend on."""
    return hashlib.sha256(f"{_sources()} {name}".encode()).hexdigest()[:24]


def _sources() -> str:
    """Hash the code of the package and of the site, and its data."""
    digest = hashlib.sha256(platform.python_version().encode())
    for pattern in DEPENDED_ON:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(_content(path, path.stat().st_mtime_ns))
    return digest.hexdigest()


@lru_cache(maxsize=200)
def _content(path: Path, changed: int) -> bytes:
    """Return what a file does to a result: all of it, but for the docstrings and comments of code."""
    text = path.read_text(encoding="utf-8")
    if (
        path.suffix != ".py" or path.stem == "config"
    ):  # what config's docstrings say is what the program prints
        return text.encode()
    return ast.unparse(without_docstrings(ast.parse(text))).encode()
