"""The usual run on every rung, and what compiling is worth."""

import time
from itertools import product
from statistics import median
from typing import Any

import torch

from gpu.notebook import Notebook, seconds_a_step
from gpu.one_model import Size, batches_of, begun, rates
from microgpt import Config, bundled_documents, new_run, train
from microgpt.engines import launches, tensors
from microgpt.engines.engine import adopt, find_engine


def usual_run(name: str, precision: str, device: str | None, steps: int) -> dict[str, Any]:
    """Do the run of the book, names and all, and give its losses too."""
    engine = find_engine(name, precision, device)
    run = new_run(Config(steps=1000), bundled_documents())
    adopt(run, engine)
    began, times = time.perf_counter(), []
    for step in train(run):
        times.append(time.perf_counter() - began)
        began = time.perf_counter()
        if step.number == steps:
            break
    return {
        "seconds": median(times[5:]),
        "first": times[0],
        "sum": sum(times),
        "losses": run.losses[:steps:50],
    }


def measure_usual_runs(book: Notebook) -> None:
    """Let every rung that may be fast do the run of the book."""
    rungs: list[tuple[str, str, str | None]] = [
        *(("torch", precision, book.device.type) for precision in ("float32", "bfloat16", "float64")),
        *(("numpy", "float64", None), ("numba", "float64", None), ("numba", "float32", None)),
        ("torch", "float64", "cpu"),
    ]
    for name, precision, where in rungs:
        settings = {"engine": name, "precision": precision, "device": where or "cpu"}
        steps = 30 if book.is_tiny else 1000
        book.measure("the usual run", settings, usual_run, name, precision, where, steps)


def compiled(size: Size, device: torch.device, mode: str | None, precision: str) -> dict[str, Any]:
    """Let `torch.compile` make kernels of its own for the loss and its slopes; Adam is fused anyway."""
    torch.set_num_threads(1)  # of a CPU, where a small model has nothing to divide
    module: Any = launches
    plain, began = module.loss_of, time.perf_counter()
    engine = launches.plain_engine(precision, device)
    model, optimizer = begun(engine, size, device)
    batches = batches_of(size)
    by_row = torch.compile(lambda flat, padded: _loss_with(model, flat, padded), mode=mode, dynamic=False)
    module.loss_of = lambda model, padded: by_row(model.flat, padded)
    try:
        engine.learn(model, optimizer, next(batches), 1e-5)
        first = time.perf_counter() - began
        found = seconds_a_step(lambda: engine.learn(model, optimizer, next(batches), 1e-5), device, 0.25)
        return found | rates(size, found["seconds"]) | {"first": round(first, 2)}
    finally:
        module.loss_of = plain


def _loss_with(model: Any, flat: torch.Tensor, padded: tensors.Padded) -> torch.Tensor:
    with torch.autocast(flat.device.type, torch.bfloat16, enabled=model.precision == tensors.BFLOAT16):
        scores = tensors.scores_of(model, flat, padded.tokens)
    chances = scores.to(flat.dtype).softmax(-1).gather(-1, padded.answers.unsqueeze(-1)).squeeze(-1)
    return -(chances.masked_fill(padded.shares == 0, 1).log() * padded.shares).sum()


def measure_compiled(book: Notebook) -> None:
    """Measure what compiling is worth; it comes last, since it takes long."""
    sizes = [Size(16, 1, 16, 1), Size(256, 1, 16, 64), Size(1024, 4, 64, 64)]
    ways: list[tuple[str | None, str]] = [("reduce-overhead", "bfloat16"), (None, "bfloat16")]
    if book.is_tiny:
        sizes, ways = sizes[:1], [(None, "float32")]
    for size, (mode, precision) in product(sizes, ways):
        name = f"{precision}, compiled{f', {mode}' if mode else ''}"
        settings = {"device": book.device.type, "mode": name, **size._asdict()}
        book.measure("one model, compiled", settings, compiled, size, book.device, mode, precision)
