"""Run the program: in a process of its own, in a terminal, or, where only its words count, in this one."""

import contextlib
import io
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from microgpt.terminal.cli import main

CLEAN = {key: value for key, value in os.environ.items() if key not in ("FORCE_COLOR", "NO_COLOR", "COLUMNS")}
SMALL = ["--steps", "3", "--n-embd", "8", "--n-head", "2", "--samples", "2"]
"""A run that takes a moment."""

FEW = [*SMALL, "--dataset", "elements"]
"""The same, with a short exam."""

Done = subprocess.CompletedProcess[str]


def in_process(*arguments: str | Path, **options: Any) -> Done:
    """Run it to the end in a process of its own, with its output going into pipes."""
    command = [sys.executable, "-m", "microgpt", *map(str, arguments)]
    given = {"capture_output": True, "text": True, "env": CLEAN, "encoding": "utf-8", **options}
    return subprocess.run(command, check=False, **given)


def microgpt(
    *arguments: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: bytes = b"",
) -> Done:
    """Run it to the end in this process, many times as fast: same command line, same output, same status."""
    out, errors = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
    status: int | str | None = None
    with (
        _standing_in(cwd, {**CLEAN, **(env or {})}),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(errors),
    ):
        before = sys.argv, sys.stdin
        sys.argv, sys.stdin = ["microgpt", *map(str, arguments)], io.TextIOWrapper(io.BytesIO(stdin), "utf-8")
        try:
            main()
        except SystemExit as ended:
            status = ended.code
        finally:
            sys.argv, sys.stdin = before
    texts = [stream.buffer.getvalue().decode("utf-8") for stream in (out, errors)]
    return Done(["microgpt", *map(str, arguments)], int(status or 0), *texts)


@contextlib.contextmanager
def _standing_in(cwd: Path | None, env: Mapping[str, str]) -> Iterator[None]:
    """Be in another folder with another environment for a while."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name not in env]:
            patch.delenv(name)
        for name, value in env.items():
            patch.setenv(name, value)
        if cwd is not None:
            patch.chdir(cwd)
        yield


def in_a_terminal(
    *arguments: str | Path,
    keys: Sequence[str | bytes] = (),
    at: str = "",
    columns: int = 80,
    **environment: str,
) -> str:
    """Run in a pseudo-terminal, and return all that it has shown.

    Args:
        arguments: Of the program.
        keys: What to press, one after the other, each when `at` is shown once more.
        at: What is shown when somebody should press something.
        columns: Of the terminal.
        environment: More of it.
    """
    pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")
    terminal, inner = pty.openpty()
    env = {**CLEAN, "TERM": "xterm-256color", "COLUMNS": str(columns), "LINES": "40", **environment}
    command = [sys.executable, "-m", "microgpt", *map(str, arguments)]
    waiting = list(keys)
    with subprocess.Popen(command, stdout=inner, stderr=inner, stdin=inner, env=env) as process:
        alarm = threading.Timer(60, process.kill)  # one that waits for a key for ever is a failure, too
        alarm.start()
        os.close(inner)
        received = b""
        with contextlib.suppress(OSError):  # the end of a pseudo-terminal is an error on Linux
            while chunk := os.read(terminal, 65536):
                received += chunk
                if waiting and received.count(at.encode()) > len(keys) - len(waiting):
                    time.sleep(0.05)  # the prompt is there, but its line editor may not be
                    key = waiting.pop(0)
                    os.write(terminal, key if isinstance(key, bytes) else key.encode())
        alarm.cancel()
    os.close(terminal)
    return received.decode(errors="replace")


def assert_refused(done: Done, status: int, *words: str) -> None:
    """Check that it ended with one clear sentence."""
    assert done.returncode == status, done.stderr
    assert re.fullmatch(r"microgpt: .+\n", done.stderr), done.stderr
    for word in words:
        assert word in done.stderr


def signalled(*arguments: str, signals: tuple[int, ...], wait: float = 0.0) -> tuple[int, str]:
    """Run it, send signals a moment after its first step, and return its status and what it said of it."""

    def listen() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # what starts the tests may have told us to ignore it

    command = [sys.executable, "-m", "microgpt", *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=CLEAN, preexec_fn=listen
    ) as process:
        assert process.stdout
        while not re.match(r"step +\d", process.stdout.readline()):
            pass
        for number in signals:
            time.sleep(wait)
            process.send_signal(number)
        _, errors = process.communicate(timeout=60)
    return process.returncode, errors
