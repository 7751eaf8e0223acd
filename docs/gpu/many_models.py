"""How many models a GPU trains at once, and whether they are the right ones."""

import time
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any, NamedTuple

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

from gpu.notebook import Notebook, finished
from microgpt import Config, bundled_documents, new_run, train
from microgpt.engines import swarm


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
