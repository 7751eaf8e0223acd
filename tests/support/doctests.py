"""The examples of the modules, each in a process of its own with the stock doctest, as a reader runs them.

    python tests/support/doctests.py chapters     # those of the book, which need the standard library alone
    python tests/support/doctests.py all          # those of every module that can run here, but `__main__`

It imports nothing but the standard library, and finds the package that is installed.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

PACKAGE = Path(find_spec("microgpt").origin).parent  # type: ignore[union-attr, arg-type]


def modules(which: str) -> list[Path]:
    """List the files of modules: those of the book and of `study`, or all."""
    chapters = [*PACKAGE.glob("*.py"), *PACKAGE.glob("study/*.py")]
    found = chapters if which == "chapters" else PACKAGE.rglob("*.py")
    return sorted(path for path in found if path.stem != "__main__" and has_its_library(path))


def has_its_library(path: Path) -> bool:
    """Say whether the library that a module of the ladder needs is installed."""
    needed = re.findall(
        r"^(?:import|from) (numpy|numba|torch)\b", path.read_text(encoding="utf-8"), re.MULTILINE
    )
    return all(find_spec(library) for library in needed)


def failures(paths: Iterable[Path]) -> list[str]:
    """Run the examples of some modules; return what doctest says of those that fail."""

    def report(path: Path) -> str:
        command = [sys.executable, "-m", "doctest", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr if done.returncode else ""

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return [text for text in pool.map(report, paths) if text]


def main() -> None:
    paths = modules(sys.argv[1])
    wrong = failures(paths)
    print("\n".join([*wrong, f"{len(paths) - len(wrong)} modules whose examples hold, {len(wrong)} others"]))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
