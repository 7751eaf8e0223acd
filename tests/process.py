"""Run the program as a user does: in a process of its own, with or without a terminal."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

CLEAN = {key: value for key, value in os.environ.items() if key not in ("FORCE_COLOR", "NO_COLOR", "COLUMNS")}
SMALL = ["--steps", "3", "--n-embd", "8", "--n-head", "2", "--samples", "2"]


def microgpt(*arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run it to the end, with its output going into pipes."""
    command = [sys.executable, "-m", "microgpt", *map(str, arguments)]
    given = {"capture_output": True, "text": True, "env": CLEAN, "encoding": "utf-8", **options}
    return subprocess.run(command, check=False, **given)


def in_a_terminal(*arguments: str | Path, keys: str = "", **environment: str) -> str:
    """Run in a pseudo-terminal of 80 columns, press keys, and return all that it has shown."""
    pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")
    main, inner = pty.openpty()
    env = {**CLEAN, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "40", **environment}
    command = [sys.executable, "-m", "microgpt", *map(str, arguments)]
    with subprocess.Popen(command, stdout=inner, stderr=inner, stdin=inner, env=env):
        os.close(inner)
        os.write(main, keys.encode())
        received = b""
        with contextlib.suppress(OSError):  # the end of a pseudo-terminal is an error on Linux
            while chunk := os.read(main, 65536):
                received += chunk
    os.close(main)
    return received.decode()


def assert_refused(done: subprocess.CompletedProcess[str], status: int, *words: str) -> None:
    """Check that it ended with one clear sentence."""
    assert done.returncode == status, done.stderr
    assert re.fullmatch(r"microgpt: .+\n", done.stderr)
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
