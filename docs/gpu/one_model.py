"""One model on a GPU and on a CPU: how long a step takes at several sizes."""

from collections.abc import Iterator
from itertools import product
from random import Random
from typing import Any, NamedTuple

import torch

from gpu.notebook import Notebook, seconds_a_step
from microgpt import Config
from microgpt.adam import Adam
from microgpt.engines import launches, replays, tensors
from microgpt.engines.engine import Engine, find_engine
from microgpt.model import Model, new_model, parameter_shapes
from microgpt.tokenizer import Tokenizer

ALPHABET = Tokenizer("abcdefghijklmnopqrstuvwxyz")
"""An alphabet of the usual size."""


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


def measure_sizes(book: Notebook) -> None:
    """Measure one model on the device and on the CPU."""
    for mode, size in device_sizes(book.is_tiny):
        settings = {"device": book.device.type, "mode": mode.name, **size._asdict()}
        book.measure("one model", settings, on_device, mode, size, book.device)
    for name, precision, size, threads in cpu_sizes(book.is_tiny):
        who = {"device": "cpu", "engine": name, "mode": precision, "threads": threads}
        book.measure("one model", who | size._asdict(), on_cpu, name, precision, size, threads)
