"""How fast, how big? A measurement for anyone to repeat; not a test, since times are a machine's.

    MICROGPT_REFERENCE=... python -m tests.benchmark

compares the CPU time of a training step with the original's, on names.txt, in fresh processes that take
turns. `ladder` does so for every rung that is installed (with `--json` as one object). Without a word, it
measures more: what the marks of the stages cost while nobody listens, the import, the peak memory of the
default run, and a step at several sizes. Without MICROGPT_REFERENCE the comparison is left out and the
bundled names are used.
"""

import argparse
import contextlib
import gc
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from microgpt import Config, as_floats, bundled_documents, generate, new_run, read_documents, train
from microgpt.engines.engine import RUNGS, adopt, find_engine, is_installed
from microgpt.engines.race import ONE_THREAD
from microgpt.study.edits import Edit, altered
from tests.support.reference import FOLDER, reference_file

STEPS = 50
UNMARKED = Edit("stages", "    return watched\n", "    return function\n")
"""Turns off the mark of the stages."""


class EnoughError(Exception):
    """Raised to leave the original's loop."""


def original_step() -> float:
    """Run the original's first steps; return the CPU milliseconds of one. Its printing is the clock."""
    clock: list[float] = []

    def printed(text: str = "", **_: Any) -> None:
        if text.startswith(("num params", "step")):
            clock.append(time.process_time())
        if len(clock) > STEPS:
            raise EnoughError

    listing = reference_file("microgpt_gist.py").read_text(encoding="utf-8")
    listing = listing.replace("'input.txt'", repr(str(reference_file("names.txt"))))
    with contextlib.suppress(EnoughError):
        exec(compile(listing, "original", "exec"), {"__name__": "__main__", "print": printed})
    return 1000 * (clock[-1] - clock[0]) / STEPS


def our_step(engine: str = "dot", precision: str = "float64", **dials: int) -> float:
    """Run steps on one engine; return the CPU milliseconds of one.

    The book's own engine does the first steps, as the original does. The others do as many after twenty steps
    in which libraries are loaded and loops compiled, and more if those take less than half a second.
    """
    documents = read_documents(reference_file("names.txt")) if FOLDER else bundled_documents()
    run = new_run(Config(**{"steps": 10**6, **dials}), documents)
    adopt(run, find_engine(engine, precision))
    steps, done = train(run), 0
    for _ in range(0 if engine == "dot" else 20):
        next(steps)
    began = time.process_time()
    while done < STEPS or time.process_time() - began < 0.5:
        for _ in range(STEPS):
            next(steps)
        done += STEPS
    return 1000 * (time.process_time() - began) / done


def rungs() -> list[tuple[str, str, int]]:
    """List what the ladder is made of: engine, precision, size of the batch."""
    single = [(name, one) for name, rung in RUNGS.items() if is_installed(name) for one in rung.tolerances]
    batches = [("numpy", "float64"), ("numba", "float64"), ("numba", "float32"), ("torch", "float32")]
    return [
        *((name, one, 1) for name, one in single),
        *((name, one, size) for name, one in batches if (name, one) in single for size in (16, 64)),
    ]


def ladder(rounds: int) -> dict[str, Any]:
    """Let the original and all rungs take turns; return the CPU milliseconds of a step, round by round."""
    found: dict[str, Any] = {"original": [], "rungs": [(*rung, []) for rung in rungs()]}
    for _ in range(rounds):
        if FOLDER:
            found["original"].append(in_a_fresh_process("original"))
        for engine, precision, size, times in found["rungs"]:
            dials = (f"engine={engine}", f"precision={precision}", f"batch_size={size}")
            times.append(in_a_fresh_process("ours", *dials))
    return found


def report_ladder(rounds: int, as_json: bool) -> None:
    found = ladder(rounds)
    if as_json:
        print(json.dumps(found))
        return
    for engine, precision, size, times in found["rungs"]:
        ratios = [theirs / ours * size for theirs, ours in zip(found["original"], times)]
        faster = f"{statistics.median(ratios):9,.1f} times the original, each document" if ratios else ""
        took = f"{1000 * statistics.median(times):12,.1f} us a step"
        print(f"{engine:7}{precision:9} batch {size:<3} {took} {faster}")


def silent_cost() -> float:
    """Measure what the marks of the stages cost while nobody listens: 0.01 is a hundredth of a step.

    Two copies of the package, one of them with a `stage` that returns the function as it is, take turns in 20
    pairs of ten steps.
    """
    marked, unmarked = altered(), altered(UNMARKED)
    assert hasattr(marked.model.forward, "__wrapped__")
    assert not hasattr(unmarked.model.forward, "__wrapped__")
    runs = [
        package.train(package.new_run(package.Config(), package.bundled_documents()))
        for package in (marked, unmarked)
    ]

    def ten_steps(steps: Iterator[object]) -> float:
        began = time.process_time()
        for _ in range(10):
            next(steps)
        return time.process_time() - began

    ratios = [ten_steps(runs[0]) / ten_steps(runs[1]) for _ in range(20)]
    return statistics.median(ratios) - 1


def import_time() -> float:
    """Return the milliseconds that `import microgpt` takes in a fresh process."""
    code = "import time; t = time.perf_counter(); import microgpt; print(1000 * (time.perf_counter() - t))"
    return float(
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    )


def peak_memory() -> float:
    """Train and sample with the default settings; return the peak memory of this process in megabytes."""
    import resource

    run = new_run(Config(), bundled_documents())
    for _ in train(run):
        pass
    model = as_floats(run.model)
    for _ in range(run.config.samples):
        generate(model, run.rng)
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


MEASURES: dict[str, Callable[..., float]] = {
    "original": original_step,
    "ours": our_step,
    "silent": silent_cost,
    "import": import_time,
    "memory": peak_memory,
}


def in_a_fresh_process(measure: str, *dials: str) -> float:
    command = [sys.executable, "-m", "tests.benchmark", measure, *dials]
    environment = os.environ | ONE_THREAD
    return float(subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout)


def report(rounds: int) -> None:
    print(
        f"Python {platform.python_version()} on {platform.machine()}, garbage collector {gc.get_threshold()}"
    )
    if FOLDER:
        pairs = [(in_a_fresh_process("original"), in_a_fresh_process("ours")) for _ in range(rounds)]
        for theirs, ours in pairs:
            print(f"original {theirs:6.1f} ms a step   ours {ours:5.2f} ms   {theirs / ours:4.1f} times")
        print(f"median: {statistics.median(theirs / ours for theirs, ours in pairs):.1f} times as fast")
    print(f"marks of the stages while nobody listens: {100 * in_a_fresh_process('silent'):.1f} % of a step")
    imports = statistics.median(in_a_fresh_process("import") for _ in range(rounds))
    print(f"import microgpt: {imports:.0f} ms")
    print(f"peak memory of the default run: {in_a_fresh_process('memory'):.0f} MB")
    print("CPU ms a step    " + "".join(f"n_embd {n_embd:<6}" for n_embd in (16, 32, 64)))
    for n_layer in (1, 2, 4):
        times = [in_a_fresh_process("ours", f"n_layer={n_layer}", f"n_embd={n}") for n in (16, 32, 64)]
        print(f"n_layer {n_layer}        " + "".join(f"{ms:6.1f}       " for ms in times))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    choices = [*MEASURES, "ladder"]
    parser.add_argument(
        "measure", nargs="?", choices=choices, help="measure one thing; all but the ladder here"
    )
    parser.add_argument("dials", nargs="*", metavar="dial=value", help="settings for 'ours'")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="print the ladder as JSON")
    given = parser.parse_args()
    if given.measure == "ladder":
        report_ladder(given.rounds, given.json)
    elif given.measure:
        pairs = (dial.split("=") for dial in given.dials)
        dials = {name: int(value) if value.isdigit() else value for name, value in pairs}
        print(MEASURES[given.measure](**dials))
    else:
        report(given.rounds)


if __name__ == "__main__":
    main()
