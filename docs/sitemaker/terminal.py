"""Commands, and what they really print, for pages that show a terminal."""

import html
import os
import shlex
import subprocess
import sys
import tempfile

from sitemaker.cache import cached

PROMPT, FROM = "$ ", "from "


def transcript(source: str) -> str:
    """Run commands, one after the other in an empty folder, and show what they print.

    Args:
        source: Lines that begin with `$ python`. If the line after one says `from TEXT`, what is printed
            before the first line that begins with the text is left out.

    Raises:
        ValueError: If a line is something else, or nothing printed begins with the text.
        RuntimeError: If a command fails; says what it printed.
    """
    commands: dict[str, str] = {}
    for line in source.splitlines():
        if commands and line.startswith(FROM):
            commands[list(commands)[-1]] = line.removeprefix(FROM)
        elif line.startswith(f"{PROMPT}python "):
            commands[line.removeprefix(PROMPT)] = ""
        else:
            raise ValueError(
                f"a terminal block has lines like '$ python -m microgpt' and 'from step', not {line!r}"
            )
    printed = cached(f"terminal {list(commands)}", lambda: _run(list(commands)))
    shown = "\n".join(
        f'<span class="gp">{PROMPT}</span><span class="cmd">{html.escape(command)}</span>\n'
        f'<span class="go">{html.escape(_cut(output, start))}</span>'
        for (command, start), output in zip(commands.items(), printed, strict=True)
    )
    return f'<div class="terminal highlight"><pre tabindex="0"><code>{shown}</code></pre></div>'


def _cut(output: str, start: str) -> str:
    """Leave out what comes before a line."""
    lines = output.splitlines()
    first = next((number for number, line in enumerate(lines) if line.startswith(start)), None)
    if first is None:
        raise ValueError(f"nothing that is printed begins with {start!r}")
    return "\n".join(["[...]", *lines[first:]] if first else lines)


def _run(commands: list[str]) -> list[str]:
    environment = {**os.environ, "COLUMNS": "80", "PYTHONUTF8": "1", "NO_COLOR": "1"}
    printed = []
    with tempfile.TemporaryDirectory() as folder:
        for command in commands:
            done = subprocess.run(
                [sys.executable, *shlex.split(command)[1:]],
                cwd=folder,
                env=environment,
                capture_output=True,
                encoding="utf-8",
                check=False,
            )
            if done.returncode:
                raise RuntimeError(f"{command}: {done.stderr}")
            printed.append(done.stdout)
    return printed
