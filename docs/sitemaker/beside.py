"""What takes long goes on beside the rest of a build: in processes of its own, with threads that wait.

A server that builds the site again has an older state of the modules in its memory, another process has not.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sitemaker.errors import SiteError

T = TypeVar("T")

_WAITING = ThreadPoolExecutor(8)

DOCS = Path(__file__).parents[1]

PATIENT = 5
"""How far a process gives way, in steps of `nice`: there are fewer processors than processes."""


def begin(make: Callable[..., T], *arguments: Any) -> "Future[T]":
    """Begin to make something. Whoever wants it from the cache meanwhile waits until it is there."""
    return _WAITING.submit(make, *arguments)


def apart(module: str, *arguments: str) -> Any:
    """Run a module that prints JSON, in a process that gives way to the pages, and return what it prints.

    Raises:
        SiteError: If it fails.
    """
    command = [sys.executable, "-m", module, *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=DOCS, stdout=pipe, stderr=pipe, encoding="utf-8") as process:
        if hasattr(os, "setpriority"):
            os.setpriority(os.PRIO_PROCESS, process.pid, PATIENT)
        printed, complaints = process.communicate()
    if process.returncode:
        raise SiteError(f"{' '.join(command[1:])}: {complaints}")
    return json.loads(printed)
