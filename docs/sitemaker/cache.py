"""Results that take time, kept in a folder that git ignores, under a hash of all that they depend on."""

import ast
import contextlib
import hashlib
import json
import platform
import shutil
import time
from collections.abc import Callable
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

from microgpt.study.source import without_docstrings

ROOT = Path(__file__).resolve().parents[2]
"""The repository."""

FOLDER = ROOT / ".cache"
PACKAGE = (
    "microgpt/**/*.py",
    "microgpt/datasets/*.*",
    "microgpt/study/catalog/*.t*",  # exercises ...
    "microgpt/study/ward/*.t*",  # ... and patients; quizzes show nothing that other results depend on
    "docs/measurements/*.json",
)
"""What every result depends on; beside it, a result depends on the part of the site that makes it."""

LIVE = "microgpt/study/live/*.py"
"""What only the figures depend on that one can touch: the rest of the package does not import it."""

_LOCKS: dict[Path, Lock] = {}

SITE = "docs/sitemaker/*.py docs/sitemaker/figures/*.py docs/sitemaker/machine/*.py"


def cached(name: str, make: Callable[[], Any], made_by: str = SITE) -> Any:
    """Return what `make` returns (anything that JSON can hold), from the cache if nothing has changed.

    Args:
        name: Says what it is, with all of its settings.
        make: Computes it.
        made_by: The files of the site whose code it takes: a pattern, or several with blanks between.
    """
    path = FOLDER / "computed" / f"{key(name, made_by)}.json"
    with alone(path):
        with contextlib.suppress(OSError, ValueError):  # not there, or damaged
            return json.loads(path.read_text(encoding="utf-8"))
        return _kept(path, make())


def alone(path: Path) -> Lock:
    """Return what lets one thread at a time make what belongs to a path: the others will find it."""
    return _LOCKS.setdefault(path, Lock())


def _kept(path: Path, made: Any) -> Any:
    """Write a result down, and return it as it will be read."""
    result = json.dumps(made)
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=path.parent) as folder:
        new = Path(folder, path.name)
        new.write_text(result, encoding="utf-8")
        new.replace(path)  # in one piece: another process may be reading
    return json.loads(result)


def begin() -> None:
    """Begin a build: look at the sources anew, and remove what was computed more than a month ago."""
    _sources.cache_clear()
    for path in (*FOLDER.glob("computed/*"), *FOLDER.glob("terminal/*")):
        if path.stat().st_mtime < time.time() - 30 * 24 * 3600:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def key(name: str, made_by: str = SITE) -> str:
    """Hash a name together with all that results depend on."""
    return hashlib.sha256(f"{_sources(made_by)} {name}".encode()).hexdigest()[:24]


@cache
def _sources(made_by: str) -> str:
    """Hash the code of the package and of a part of the site, and the data."""
    digest = hashlib.sha256(_versions().encode())
    for pattern in (*PACKAGE, *made_by.split()):
        aside = set(ROOT.glob(LIVE)) if pattern in PACKAGE else set()
        for path in sorted(set(ROOT.glob(pattern)) - aside):
            digest.update(_content(path, path.stat().st_mtime_ns))
    return digest.hexdigest()


@cache
def _versions() -> str:
    """Name Python and the libraries that have a hand in what is computed."""
    libraries = ("matplotlib", "numpy", "Pygments", "rich", "typer")
    return " ".join([platform.python_version(), *(f"{name} {version(name)}" for name in libraries)])


@lru_cache(maxsize=2000)  # far more files than there are: a build asks for each many times
def _content(path: Path, changed: int) -> bytes:
    """Return what a file does to a result: all of it, but for the docstrings and comments of code."""
    text = path.read_text(encoding="utf-8")
    prints_docstrings = path.stem == "config" or path.parent.name == "terminal"  # --help, --explain
    if path.suffix != ".py" or prints_docstrings:
        return text.encode()
    return ast.unparse(without_docstrings(ast.parse(text))).encode()
