"""Experiments that take minutes, and what they measured, which is kept in docs/measurements.

`python docs/measure.py NAME` does one anew. The file says how it was made, and a test computes a part of it
again.
"""

import json
import math
import os
import platform
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from microgpt import Config, as_floats, generate, new_run, train
from microgpt.engines.ablations import ABLATIONS, UNCHANGED, tried
from microgpt.engines.engine import RUNGS, is_installed
from microgpt.engines.race import Runner, race
from microgpt.engines.sizes import sweep
from microgpt.engines.trials import fixed_exam
from microgpt.engines.worker import operations_a_second
from microgpt.evaluation import OPPONENTS, Score, difference, exam_surprises, novelty_in, score_of
from microgpt.model import Model, parameter_shapes
from microgpt.terminal.documents import data_set
from microgpt.tokenizer import Tokenizer
from sitemaker.cache import ROOT
from sitemaker.curves import curves, rates
from sitemaker.heads import attention_shares

MEASUREMENTS = ROOT / "docs" / "measurements"

SEEDS = range(1, 33)
SETUPS = ((1000, 1), (10_000, 1), (1000, 4), (10_000, 4))
"""Steps and layers of the runs of `matters`."""

LOOKED_AT = 200
"""How many documents of the exam the trained heads are watched at."""


def matters() -> dict[str, Any]:
    """Try every ablation with 32 seeds, on the original's names, at two lengths and two depths."""
    documents = data_set("makemore")
    rest, exam = fixed_exam(documents, Config())
    results = []
    for steps, n_layer in SETUPS:
        config, losses = Config(steps=steps, n_layer=n_layer), dict[str, list[float | None]]()
        for name, ablation in {"unchanged": UNCHANGED, **ABLATIONS}.items():
            found = tried(ablation, config, rest, exam, SEEDS)
            losses[name] = [None if math.isnan(loss) else round(loss, 5) for loss in found]
            print(f"{steps} steps, {n_layer} layers, {name}: {sum(found) / len(found):.4f}", flush=True)  # noqa: T201
        results.append({"steps": steps, "n_layer": n_layer, "losses": losses})
    return {"settings": {**_defaults(), "seeds": [*SEEDS], "exam": len(exam)}, "results": results}


def heads() -> dict[str, Any]:
    """Watch what the heads of trained models look at, with 32 seeds, on the original's names."""
    from microgpt.engines.crowd import train_crowd

    rest, exam = fixed_exam(data_set("makemore"), Config())
    results = []
    for steps, n_layer in SETUPS:
        config = Config(steps=steps, n_layer=n_layer)
        crowd = train_crowd(config, rest, SEEDS, exam[:1])
        tokenizer = Tokenizer.from_documents(rest)
        shares = [
            attention_shares(model_of(config, tokenizer, numbers), exam[:LOOKED_AT])
            for numbers in crowd.parameters.tolist()
        ]
        results.append({"steps": steps, "n_layer": n_layer, "shares": shares})
    uniform = attention_shares(None, exam[:LOOKED_AT])
    return {"settings": {**_defaults(), "seeds": [*SEEDS]}, "uniform": uniform, "results": results}


def model_of(config: Config, tokenizer: Tokenizer, numbers: Sequence[float]) -> Model[float]:
    """Cut a row of parameters into the matrices of a model."""
    rest, shapes = iter(numbers), parameter_shapes(config, tokenizer.vocab_size)
    matrices = {
        name: [[next(rest) for _ in range(columns)] for _ in range(rows)]
        for name, (rows, columns) in shapes.items()
    }
    return Model(config, tokenizer, matrices)


def ladder() -> dict[str, Any]:
    """Let the rungs take turns with the original, then show how they grow."""
    if "MICROGPT_REFERENCE" not in os.environ:
        sys.exit(
            "measure.py: the ladder is compared with the original; MICROGPT_REFERENCE must say where it is"
        )
    command = [sys.executable, "-m", "tests.benchmark", "ladder", "--rounds", "7", "--json"]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    documents = data_set("makemore")
    runners = [
        Runner(name, one) for name, rung in RUNGS.items() if is_installed(name) for one in rung.tolerances
    ]
    race_results = race([one for one in runners if one.precision != "bfloat16"], Config(), documents)
    sizes = [
        asdict(one)
        for one in sweep([one for one in runners if one.precision == "float64"], Config(), documents)
    ]
    libraries = {name: version(name) for name in ("numpy", "numba", "torch") if find_spec(name)}
    return {
        "machine": {"processor": processor(), "cores": os.cpu_count(), **libraries},
        "settings": _defaults(),
        "results": {
            "turns": json.loads(done.stdout),
            "race": [{**asdict(one), "losses": one.losses[-1:]} for one in race_results],
            "sizes": sizes,
            "limits": {precision: operations_a_second(precision) for precision in ("float64", "float32")},
            "crowd": crowd(),
        },
    }


def crowd(models: int = 1000) -> dict[str, Any]:
    """Train the usual run with many seeds side by side, one model in each thread."""
    from microgpt.engines.crowd import train_crowd

    documents = data_set("makemore")
    rest, exam = fixed_exam(documents, Config())
    train_crowd(Config(steps=1), rest, [1], exam)  # so that the loops are compiled
    began = time.perf_counter()
    found = train_crowd(Config(), rest, range(models), exam)
    seconds = time.perf_counter() - began
    held_out = found.held_out.tolist()
    return {
        "models": models,
        "seconds": round(seconds, 2),
        "mean": round(statistics.fmean(held_out), 5),
        "scatter": round(statistics.stdev(held_out), 5),
        "best": round(min(held_out), 5),
        "worst": round(max(held_out), 5),
    }


def processor() -> str:
    """Name the processor, where the system tells."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    names = re.findall(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return f"{names[0] if names else platform.machine()}{' with AVX-512' if 'avx512f' in text else ''}"


def makemore() -> dict[str, Any]:
    """Do the original's own run, its 32,033 names, its settings; then one of ten times its length."""
    config = Config()
    run = new_run(config, data_set("makemore"))
    for _ in train(run):
        pass
    model = as_floats(run.model)
    novelty = novelty_in(run.trained_on, run.documents, config.block_size)
    samples = [generate(model, run.rng) for _ in range(config.samples)]
    found, all_others = exam_surprises(run), exam_surprises(run, limit=len(run.documents))
    return {
        "settings": _defaults(),
        "results": {
            "losses": [round(loss, 6) for loss in run.losses],
            "scores": {name: _rounded(score_of(one)) for name, one in found.items()},
            "ahead": _ahead(found),
            "ahead_on_all_others": {"documents": len(all_others["model"]), **_ahead(all_others)},
            "longer": _longer_run(),
            "samples": [[sample, novelty(sample).value] for sample in samples],
        },
    }


def _rounded(score: Score) -> dict[str, float]:
    return {"loss": round(score.loss, 6), "standard_error": round(score.standard_error, 6)}


def _longer_run() -> dict[str, Any]:
    """Do the original's run at ten times its length; the exam is made of all other names."""
    run = new_run(Config(steps=10_000), data_set("makemore"))
    for _ in train(run):
        pass
    found = exam_surprises(run, limit=len(run.documents))
    return {
        "steps": run.config.steps,
        "documents": len(found["model"]),
        "scores": {name: _rounded(score_of(one)) for name, one in found.items()},
        "ahead": _ahead(found),
    }


def _ahead(found: dict[str, list[list[float]]]) -> dict[str, Any]:
    """Say how far the model is ahead of each opponent; below 0 it is behind."""
    return {name: _rounded(difference(found["model"], found[name])) for name in OPPONENTS}


EXPERIMENTS: dict[str, Callable[[], dict[str, Any]]] = {
    "curves": curves,
    "rates": rates,
    "matters": matters,
    "heads": heads,
    "ladder": ladder,
    "makemore": makemore,
}


def _defaults() -> dict[str, Any]:
    return asdict(Config())


def measure(name: str) -> None:
    """Make an experiment and keep its results."""
    content = {
        "command": f"python docs/measure.py {name}",
        "versions": {"python": platform.python_version(), "system": platform.platform(terse=True)},
        **EXPERIMENTS[name](),
    }
    MEASUREMENTS.mkdir(exist_ok=True)
    lines = ",\n".join(f' "{key}": {json.dumps(value)}' for key, value in content.items())
    (MEASUREMENTS / f"{name}.json").write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


def measurements(name: str) -> dict[str, Any]:
    """Read what an experiment has measured."""
    return cast(dict[str, Any], json.loads((MEASUREMENTS / f"{name}.json").read_text(encoding="utf-8")))
