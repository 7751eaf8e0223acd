"""Measure what a GPU does with this model: `python docs/measure_gpu.py FILE`, some minutes.

FILE is written anew after every measurement, so nothing is lost if the time is over. `--tiny` tries the
program out in a moment, on a machine without a GPU too; `--seconds N` says when to begin nothing new (330).
"""

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import torch
from gpu.many_models import measure_swarm
from gpu.notebook import Notebook, machine
from gpu.one_model import measure_sizes
from gpu.other_ways import measure_compiled, measure_usual_runs


def main() -> None:
    """Read the command line and measure, the most wanted first."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--seconds", type=float, default=330.0)
    asked = parser.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    book = Notebook(asked.file, asked.tiny, asked.seconds, device)
    book.measure("machine", {}, machine, device)
    cores = len(os.sched_getaffinity(0))
    with ProcessPoolExecutor(max(1, cores - 1), mp_context=get_context("spawn")) as workers:
        measure_swarm(book, workers)
    measure_usual_runs(book)
    measure_sizes(book)
    measure_compiled(book)


if __name__ == "__main__":
    main()
