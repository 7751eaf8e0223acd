"""Measure what a GPU does with this model: `python docs/measure_gpu.py FILE`, some minutes.

FILE is written anew after every measurement, so nothing is lost if the time is over. `--tiny` tries the
program out in a moment, on a machine without a GPU too; `--seconds N` says when to begin nothing new (330).
"""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, NamedTuple

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

from microgpt import Config, bundled_documents, new_run, train
from microgpt.adam import Adam
from microgpt.engines import launches, replays, swarm, tensors
from microgpt.engines.engine import Engine, adopt, find_engine
from microgpt.model import Model, new_model, parameter_shapes
from microgpt.tokenizer import Tokenizer

BEGAN = time.perf_counter()
ALPHABET = Tokenizer("abcdefghijklmnopqrstuvwxyz")


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


# One model


class Size(NamedTuple):
    """A model and a batch: every document fills the block."""

    n_embd: int
    n_layer: int
    block_size: int
    batch_size: int

    @property
    def config(self) -> Config:
        """Its dials; small first numbers, so that a wide model stays in the range of floats."""
        return Config(**self._asdict(), init_std=0.02, learning_rate=1e-5)

    @property
    def operations(self) -> int:
        """How many operations a step has, about: six for each parameter and token, and attention."""
        shapes = parameter_shapes(self.config, ALPHABET.vocab_size)
        multiplying = sum(a * b for name, (a, b) in shapes.items() if name not in ("wte", "wpe"))
        attention = 2 * self.n_layer * self.block_size * self.n_embd
        return 6 * (multiplying + attention) * self.block_size * self.batch_size


def batches_of(size: Size) -> Iterator[list[list[int]]]:
    """Make documents at random, endlessly: of the same four batches, since only the time matters."""
    rng, bos = Random(1), ALPHABET.bos
    made = [
        [[bos, *rng.choices(range(bos), k=size.block_size)] for _ in range(size.batch_size)] for _ in range(4)
    ]
    while True:
        yield from made


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


def begun(engine: Engine, size: Size, device: torch.device) -> tuple[Model[Any], Any]:
    """Give a new model and its optimizer to an engine; those of PyTorch are made where they are needed."""
    shapes = parameter_shapes(size.config, ALPHABET.vocab_size)
    count = sum(rows * columns for rows, columns in shapes.values())
    empty = Adam([0.0] * count, [0.0] * count, 0.85, 0.99, 1e-8)
    if engine.name != "torch":
        model = engine.own(new_model(size.config, ALPHABET, Random(1)))
        return model, engine.start(model, empty)
    numbers = torch.float64 if engine.precision == "float64" else torch.float32
    flat = torch.nn.Parameter(0.02 * torch.randn(count, dtype=numbers, device=device))
    fresh = tensors.TensorModel(size.config, ALPHABET, {}, flat, engine.precision)
    empty.m, empty.v = [], []
    optimizer = engine.start(fresh, empty)
    optimizer.optimizer.state[flat] |= {name: torch.zeros_like(flat) for name in ("exp_avg", "exp_avg_sq")}
    return fresh, optimizer


def one_model(engine: Engine, size: Size, device: torch.device, seconds: float = 0.25) -> dict[str, Any]:
    """Let an engine do whole steps: sending the batch, forward, backward, Adam, and fetching the loss."""
    model, optimizer = begun(engine, size, device)
    batches = batches_of(size)
    found = seconds_a_step(lambda: engine.learn(model, optimizer, next(batches), 1e-5), device, seconds)
    found |= rates(size, found["seconds"])
    records = list(getattr(optimizer, "records", {}).values())
    if records:  # and the device alone: the recorded orders, with nothing sent and nothing fetched
        alone = seconds_a_step(lambda: (records[0].graph.replay(), optimizer.graph.replay()), device, 0.1)
        found |= {"device_seconds": alone["seconds"]}
    if device.type == "cuda":
        found |= {"peak_gib": round(torch.cuda.max_memory_allocated() / 2**30, 3)}
        torch.cuda.reset_peak_memory_stats()
    return found


def rates(size: Size, seconds: float) -> dict[str, Any]:
    """Say how much work is done in a second."""
    tokens = size.block_size * size.batch_size
    return {"tokens_per_second": round(tokens / seconds), "operations_per_second": size.operations / seconds}


class Mode(NamedTuple):
    """One way for a device to do a step."""

    name: str
    precision: str
    is_recorded: bool
    is_tf32: bool = False


EAGER = Mode("float32, each order anew", "float32", False)
RECORDED = Mode("float32, recorded", "float32", True)
TF32 = Mode("tf32, recorded", "float32", True, True)
BF16 = Mode("bfloat16, recorded", "bfloat16", True)
BF16_EAGER = Mode("bfloat16, each order anew", "bfloat16", False)


def on_device(mode: Mode, size: Size, device: torch.device) -> dict[str, Any]:
    """Measure a model on the device in one of the modes."""
    can_record = mode.is_recorded and device.type == "cuda"
    engine = (replays.recording_engine if can_record else launches.plain_engine)(mode.precision, device)
    torch.set_float32_matmul_precision("high" if mode.is_tf32 else "highest")
    try:
        return one_model(engine, size, device)
    finally:
        torch.set_float32_matmul_precision("highest")


def device_sizes(is_tiny: bool) -> Iterator[tuple[Mode, Size]]:
    """List what is measured on the device: the usual depth in all modes, then deeper and longer."""
    if is_tiny:
        yield from product((EAGER, RECORDED, TF32, BF16), (Size(16, 1, 16, 1), Size(64, 4, 64, 2)))
        return
    for n_embd, batch_size in product((16, 64, 256, 512, 1024), (1, 16, 64, 512, 2048)):
        for mode in (EAGER, RECORDED, TF32, BF16):
            yield mode, Size(n_embd, 1, 16, batch_size)
    for n_embd, batch_size in product((64, 256, 1024), (1, 64, 512)):
        for mode in (RECORDED, TF32, BF16):
            yield mode, Size(n_embd, 4, 64, batch_size)


CPU_RUNGS = (("torch", "float32"), ("numpy", "float32"), ("numba", "float32"), ("numpy", "float64"))


def on_cpu(name: str, precision: str, size: Size, threads: int) -> dict[str, Any]:
    """Measure a rung of the ladder on the CPU."""
    engine = find_engine(name, precision, "cpu" if name == "torch" else None)
    torch.set_num_threads(threads)
    try:
        return one_model(engine, size, torch.device("cpu"), seconds=0.3)
    finally:
        torch.set_num_threads(launches.THREADS)


def cpu_sizes(is_tiny: bool) -> Iterator[tuple[str, str, Size, int]]:
    """List what is measured on the CPU: the rungs, with one thread, and PyTorch with all."""
    sizes = [Size(16, 1, 16, 1), Size(16, 1, 16, 64)]
    if not is_tiny:
        sizes += [Size(64, 1, 16, 64), Size(256, 1, 16, 1), Size(256, 1, 16, 64), Size(1024, 1, 16, 64)]
    for size in sizes:
        for name, precision in CPU_RUNGS:
            if size.n_embd < 1000 or name == "torch":
                yield name, precision, size, 1
        yield "torch", "float32", size, launches.THREADS


# The usual run


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


# Compiled


def compiled(size: Size, device: torch.device, mode: str | None, precision: str) -> dict[str, Any]:
    """Let `torch.compile` make kernels of its own for the loss and its slopes; Adam is fused anyway."""
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


# Many models


def prepared(seeds: range, steps: int) -> tuple[Any, Any]:
    """Prepare the runs of some seeds, as arrays; in a process of its own."""
    torch.set_num_threads(1)
    names = bundled_documents()
    runs = [new_run(Config(seed=seed, steps=steps), names) for seed in seeds]
    rows, documents = zip(*map(swarm.packed, runs), strict=True)
    return torch.stack(rows).float().numpy(), torch.stack(documents, dim=1).numpy()


def referee(seed: int, steps: int) -> list[float]:
    """Train one seed with the engine of the book."""
    run = new_run(Config(seed=seed, steps=steps), bundled_documents())
    return [step.loss for step in train(run)]


class Prepared(NamedTuple):
    """The runs that are ready: as many as there are seeds."""

    rows: torch.Tensor
    documents: torch.Tensor


def gathered(parts: list[Future[tuple[Any, Any]]]) -> Prepared:
    """Put together what the processes have prepared."""
    done = [part.result() for part in parts]
    rows, documents = ([torch.from_numpy(part[which]) for part in done] for which in (0, 1))
    return Prepared(torch.cat(rows), torch.cat(documents, dim=1))


def many_models(
    count: int, ready: Prepared, steps: int, device: torch.device, kernels: list[SDPBackend] | None = None
) -> tuple[dict[str, Any], torch.Tensor]:
    """Train models side by side; of more than are ready, each seed is taken several times."""
    times = -(-count // len(ready.rows))
    rows = ready.rows.repeat(times, 1)[:count]
    documents = ready.documents.repeat(1, times, 1)[:, :count]
    one = new_run(Config(steps=steps), bundled_documents())
    together = swarm.swarm_of(one, rows, documents, device, "float32")
    finished(device)
    began = time.perf_counter()
    if kernels is None:
        swarm.train_swarm(together)
    else:
        with sdpa_kernel(kernels):
            swarm.train_swarm(together)
    finished(device)
    seconds = time.perf_counter() - began
    found = {"seconds": seconds, "models_per_minute": round(60 * count / seconds), "steps": steps}
    found |= {"seeds": min(count, len(ready.rows)), "mean_last_100": together.losses[-100:].mean().item()}
    if device.type == "cuda":
        found |= {"peak_gib": round(torch.cuda.max_memory_allocated() / 2**30, 2)}
        torch.cuda.reset_peak_memory_stats()
    return found, together.losses.cpu()


def compared(losses: torch.Tensor, expected: list[list[float]]) -> dict[str, Any]:
    """Compare the losses of the first seeds with those of the book's engine."""
    found = {}
    for seed, true in enumerate(expected):
        mine = losses[:, seed].tolist()
        apart = [abs(a - b) for a, b in zip(mine, true, strict=True)]
        found[f"seed_{seed}"] = {
            "furthest_in_100": max(apart[:100]),
            "furthest": max(apart),
            "mean_last_100": [sum(losses[-100:]) / len(losses[-100:]) for losses in (mine, true)],
        }
    return found


def measure_swarm(book: Notebook, workers: ProcessPoolExecutor) -> None:
    """Train ever more models at once, and look whether they are the right ones."""
    steps, counts = (20, (1, 3, 6)) if book.is_tiny else (1000, (1, 100, 1000, 10_000, 30_000))
    total, chunk = (4, 2) if book.is_tiny else (10_000, 100)
    began = time.perf_counter()
    true = [workers.submit(referee, seed, steps) for seed in (0, 1)]
    parts = [workers.submit(prepared, range(start, start + chunk), steps) for start in range(0, total, chunk)]
    ready = gathered(parts)
    preparing = {"seconds": time.perf_counter() - began, "seeds": total}
    book.measure("preparing the runs of many seeds, all cores", {}, dict, preparing)
    losses: dict[int, torch.Tensor] = {}

    def trained(count: int, kernels: list[SDPBackend] | None = None) -> dict[str, Any]:
        found, losses[count] = many_models(count, ready, steps, book.device, kernels)
        return found

    for count in counts:
        book.measure("many models", {"models": count}, trained, count)
    middle = counts[2]
    book.measure(
        "many models", {"models": middle, "attention": "written out"}, trained, middle, [SDPBackend.MATH]
    )
    book.measure(
        "many models and the book's engine",
        {"models": middle},
        lambda: compared(losses[middle], [one.result() for one in true]),
    )


def measure_all(book: Notebook, workers: ProcessPoolExecutor) -> None:
    """Measure everything, the most wanted first."""
    device = book.device
    book.measure("machine", {}, machine, device)
    measure_swarm(book, workers)
    rungs: list[tuple[str, str, str | None]] = [
        *(("torch", precision, device.type) for precision in ("float32", "bfloat16", "float64")),
        *(("numpy", "float64", None), ("numba", "float64", None), ("numba", "float32", None)),
        ("torch", "float64", "cpu"),
    ]
    for name, precision, where in rungs:
        settings = {"engine": name, "precision": precision, "device": where or "cpu"}
        steps = 30 if book.is_tiny else 1000
        book.measure("the usual run", settings, usual_run, name, precision, where, steps)
    for mode, size in device_sizes(book.is_tiny):
        settings = {"device": device.type, "mode": mode.name, **size._asdict()}
        book.measure("one model", settings, on_device, mode, size, device)
    for name, precision, size, threads in cpu_sizes(book.is_tiny):
        settings = {"device": "cpu", "engine": name, "mode": precision, "threads": threads}
        book.measure("one model", settings | size._asdict(), on_cpu, name, precision, size, threads)
    measure_compiled(book)


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


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--seconds", type=float, default=330.0)
    asked = parser.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    cores = len(os.sched_getaffinity(0))
    with ProcessPoolExecutor(max(1, cores - 1), mp_context=get_context("spawn")) as workers:
        measure_all(Notebook(asked.file, asked.tiny, asked.seconds, device), workers)


if __name__ == "__main__":
    main()
