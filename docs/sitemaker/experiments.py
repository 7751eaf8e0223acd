"""Experiments that take minutes, and what they measured, which is kept in docs/measurements.

`python docs/measure.py NAME` does one anew. The file says how it was made, and a test computes a part of it
again.
"""

import json
import platform
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from typing import Any, NamedTuple, cast

from microgpt import Config, as_floats, bundled_documents, evaluate, generate, new_run, train
from microgpt.evaluation import novelty_in
from microgpt.terminal.documents import data_set
from sitemaker.cache import ROOT

MEASUREMENTS = ROOT / "docs" / "measurements"

SEEDS = tuple(range(42, 50))
HOLD_OUT = 0.3
"""The share of the bundled names that the runs of `dials` are judged by: 875 of 2,917."""

DIALS: dict[str, tuple[Any, ...]] = {
    "steps": (100, 300, 3000),
    "learning_rate": (0.001, 0.003, 0.03, 0.1),
    "init_std": (0.001, 0.02, 0.25, 0.5, 1.0),
    "n_embd": (4, 8, 32),
    "n_layer": (2, 4),
    "n_head": (1, 2, 8, 16),
    "beta1": (0.0, 0.5, 0.9, 0.95),
    "beta2": (0.9, 0.95, 0.999),
}
"""What is tried in place of the default, one dial at a time."""


class Trial(NamedTuple):
    """One run of an experiment: the default, with one dial turned."""

    dial: str
    value: Any
    seed: int


def trials() -> Iterator[Trial]:
    """List the runs of `dials`: each value, and the default, with each seed."""
    for seed in SEEDS:
        yield Trial("default", None, seed)
    for dial, values in DIALS.items():
        for value in values:
            for seed in SEEDS:
                yield Trial(dial, value, seed)


def held_out_loss(trial: Trial) -> float:
    """Train on seven tenths of the bundled names, and measure the loss on the rest, in nats per token."""
    turned = {} if trial.dial == "default" else {trial.dial: trial.value}
    run = new_run(Config(**{"seed": trial.seed, "hold_out": HOLD_OUT, **turned}), bundled_documents())
    for _ in train(run):
        pass
    return evaluate(run)["model"].loss


def dials() -> dict[str, Any]:
    """Turn one dial at a time, with eight seeds each."""
    everything = list(trials())
    with ProcessPoolExecutor() as workers:
        losses = list(workers.map(held_out_loss, everything))
    results: list[dict[str, Any]] = []
    for trial, loss in zip(everything, losses, strict=True):
        if not results or (results[-1]["dial"], results[-1]["value"]) != trial[:2]:
            results.append({"dial": trial.dial, "value": trial.value, "losses": []})
        results[-1]["losses"].append(round(loss, 6))
    return {"settings": {**_defaults(), "hold_out": HOLD_OUT, "seeds": SEEDS}, "results": results}


def makemore() -> dict[str, Any]:
    """Do the original's own run: its 32,033 names, its settings."""
    config = Config()
    run = new_run(config, data_set("makemore"))
    for _ in train(run):
        pass
    model = as_floats(run.model)
    novelty = novelty_in(run.trained_on, run.documents, config.block_size)
    samples = [generate(model, run.rng) for _ in range(config.samples)]
    return {
        "settings": _defaults(),
        "results": {
            "losses": [round(loss, 6) for loss in run.losses],
            "scores": {
                name: {"loss": round(score.loss, 6), "standard_error": round(score.standard_error, 6)}
                for name, score in evaluate(run).items()
            },
            "samples": [[sample, novelty(sample).value] for sample in samples],
        },
    }


EXPERIMENTS: dict[str, Callable[[], dict[str, Any]]] = {"dials": dials, "makemore": makemore}


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
