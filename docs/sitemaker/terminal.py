"""Commands, and what they really print, for pages that show a terminal."""

import html
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from sitemaker.cache import FOLDER, alone, key
from sitemaker.errors import SiteError

PROMPT, FROM, HIDDEN = "$ ", "from ", "hidden"


def transcript(source: str) -> str:
    """Run commands, one after the other in one folder that is empty at first, and show what they print.

    Args:
        source: Lines that begin with `$ python`. If the line after one says `from TEXT`, what is printed
            before the first line that begins with the text is left out; if it says `hidden`, all of it.

    Raises:
        SiteError: If a line is something else, nothing printed begins with the text, or a command fails.
    """
    commands: list[str] = []
    shown: list[str] = []
    for line in source.splitlines():
        if line.startswith(f"{PROMPT}python "):
            commands.append(line.removeprefix(PROMPT))
            shown.append(_block(commands[-1], _after(commands)))
        elif commands and line == HIDDEN:
            shown.pop()
        elif commands and line.startswith(FROM):
            shown[-1] = _block(commands[-1], _after(commands), line.removeprefix(FROM))
        else:
            raise SiteError(
                f"a terminal block has lines like '$ python -m microgpt' and 'from step', not {line!r}"
            )
    return f'<div class="terminal highlight"><pre tabindex="0"><code>{"".join(shown)}</code></pre></div>'


def printed(command: str) -> list[str]:
    """Return the lines that a command prints in an empty folder."""
    return (_after([command]) / "printed.txt").read_text(encoding="utf-8").splitlines()


def _block(command: str, folder: Path, start: str = "") -> str:
    lines = (folder / "printed.txt").read_text(encoding="utf-8").splitlines()
    first = next((number for number, line in enumerate(lines) if line.startswith(start)), None)
    if first is None and lines:
        raise SiteError(f"nothing that is printed begins with {start!r}")
    output = "\n".join(["[...]", *lines[first:]] if first else lines)
    return (
        f'<span class="gp">{PROMPT}</span><span class="cmd">{html.escape(command)}</span>\n'
        f'<span class="go">{html.escape(output)}\n</span>'
    )


def _after(commands: Sequence[str]) -> Path:
    """Return a folder of the cache: what the last command printed, and the files there are after it."""
    folder = FOLDER / "terminal" / key(f"terminal {list(commands)}", "docs/sitemaker/terminal.py")
    with alone(folder):
        if not folder.exists():
            _run(commands, folder)
    return folder


def _run(commands: Sequence[str], folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent) as name:
        new = Path(name, "new")
        if commands[:-1]:
            shutil.copytree(_after(commands[:-1]), new)
        (new / "files").mkdir(parents=True, exist_ok=True)
        (new / "printed.txt").write_text(_printed(commands[-1], new / "files"), encoding="utf-8")
        if not folder.exists():  # another process may have been faster
            new.replace(folder)


def _printed(command: str, folder: Path) -> str:
    """Run a command in a folder, and return what it prints."""
    environment = {**os.environ, "COLUMNS": "80", "PYTHONUTF8": "1", "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, *shlex.split(command)[1:]],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise SiteError(f"{command}: {done.stderr}")
    return done.stdout
