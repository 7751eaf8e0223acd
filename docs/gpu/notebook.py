"""Where measurements of a GPU are written down, and how a step is timed."""

import json
import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import torch

from microgpt.engines import launches

BEGAN = time.perf_counter()
"""When the program began."""


@dataclass
class Notebook:
    """What was measured so far, and the file that has it."""

    path: Path
    is_tiny: bool
    deadline: float
    device: torch.device
    results: list[dict[str, Any]] = field(default_factory=list)

    def measure(
        self, what: str, settings: dict[str, Any], measured: Callable[..., dict[str, Any]], *of: Any
    ) -> None:
        """Measure one thing; whatever goes wrong is written down, and the rest goes on.

        Args:
            what: What it is called.
            settings: What else the file is to say of it.
            measured: Measures it.
            of: What that is given.
        """
        began = time.perf_counter() - BEGAN
        found: dict[str, Any]
        if began > self.deadline:
            found = {"left_out": "the time is over"}
        else:
            try:
                found = measured(*of)
            except Exception as error:  # one that fails must not lose the others
                found = {"error": f"{type(error).__name__}: {error}"[:300]}
        result = {"what": what, **settings, **found, "at": round(began, 1)}
        self.results.append(result)
        self.path.write_text("[\n" + ",\n".join(map(json.dumps, self.results)) + "\n]\n", encoding="utf-8")
        sys.stderr.write(f"{json.dumps(result)}\n")
        if self.device.type == "cuda":
            torch.cuda.empty_cache()


def finished(device: torch.device) -> None:
    """Wait until the device has done what was ordered."""
    if device.type == "cuda":
        torch.cuda.synchronize()


def machine(device: torch.device) -> dict[str, Any]:
    """Say what is measured on."""
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    ]
    found = {
        "cpu": names[0] if names else platform.processor(),
        "cores": len(os.sched_getaffinity(0)),
        "torch": torch.__version__,
        "python": platform.python_version(),
        "threads": launches.THREADS,
    }
    if device.type == "cuda":
        found |= {"gpu": torch.cuda.get_device_name(), "cuda": torch.version.cuda}
        found |= {"memory_gib": round(torch.cuda.get_device_properties(0).total_memory / 2**30, 1)}
    return found


def seconds_a_step(step: Callable[[], object], device: torch.device, seconds: float) -> dict[str, Any]:
    """Repeat a step for a while, after three to warm up; give the median, and how often."""
    for _ in range(3):
        step()
    finished(device)
    times: list[float] = []
    while len(times) < 3 or (sum(times) < seconds and len(times) < 400):
        began = time.perf_counter()
        step()
        finished(device)
        times.append(time.perf_counter() - began)
    return {"seconds": median(times), "fastest": min(times), "steps": len(times)}
