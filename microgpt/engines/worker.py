"""A process that does steps on one rung and measures them, on demand. `microgpt.engines.race` starts it.

It reads a JSON object a line and answers with one. The first says what to train; each of the others asks for
so many steps, for as many as fit into some seconds, or for the exam at the end. A process of its own is the
only way to know how much memory a rung takes, and it keeps the time that one rung needs to start from being
another one's.
"""

import json
import sys
import time
from importlib.util import find_spec
from typing import Any

from microgpt.config import Config
from microgpt.engines.engine import Engine, adopt, find_engine
from microgpt.evaluation import evaluate
from microgpt.loss import predictions
from microgpt.training import Run, new_run, train_step


def do_steps(run: Run, steps: int, seconds: float = float("inf")) -> dict[str, Any]:
    """Do steps and measure them.

    Args:
        run: Changed in place.
        steps: How many, at most.
        seconds: After how long to stop; one step is done in any case.

    Returns:
        The `losses`, the `tokens` predicted, and the seconds: `cpu` of this process, and `wall`, by the
        clock.

    Examples:
        >>> run = new_run(Config(n_embd=4, n_head=2, steps=3), ["ava", "mia"])
        >>> done = do_steps(run, 2)
        >>> done["losses"] == run.losses, done["tokens"], done["cpu"] >= 0
        (True, 8, True)
    """
    before, tokens = len(run.losses), 0
    cpu, wall = time.process_time(), time.perf_counter()
    while len(run.losses) < before + steps:
        batch = train_step(run).batch
        tokens += sum(len(predictions(document, run.config.block_size)) for document in batch)
        if time.perf_counter() - wall > seconds:
            break
    spent = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    return {"losses": run.losses[before:], "tokens": tokens, **spent}


def peak_memory() -> float:
    """Say how many megabytes this process has needed at most; not a number where the system does not tell.

    Examples:
        >>> peak_memory() > 5
        True
    """
    try:
        import resource
    except ImportError:
        return float("nan")
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def operations_a_second(precision: str) -> float | None:
    """Measure how many operations a second one thread of this machine can do in a large matrix product.

    Nothing that a program does keeps the processor as busy as the product of two large matrices in a library
    that was written for it. So it serves as the yardstick.

    Args:
        precision: Of the numbers.

    Returns:
        Multiplications and additions a second; None if NumPy is not installed or does not know such numbers.

    Examples:
        >>> operations_a_second("float8") is None
        True
    """
    if precision not in ("float32", "float64") or find_spec("numpy") is None:
        return None
    import numpy as np

    size, best = 384, 0.0
    matrix = np.ones((size, size), precision)
    for _ in range(20):
        began = time.perf_counter()
        matrix @ matrix
        best = max(best, 2 * size**3 / (time.perf_counter() - began))
    return best


def held_out_loss(run: Run, engine: Engine) -> float | None:
    """Let the model sit the exam; None if there is nothing to ask.

    Examples:
        >>> run = new_run(Config(n_embd=4, n_head=2), ["ava", "mia"])
        >>> 1.0 < held_out_loss(run, find_engine("dot")) < 2.0
        True
    """
    scores = evaluate(run, surprises=engine.surprises)
    return scores["model"].loss if scores else None


def serve() -> None:
    """Do what standard input asks for, line by line."""
    run: Run | None = None
    for line in sys.stdin:
        asked = json.loads(line)
        if run is None:
            engine = find_engine(asked["engine"], asked["precision"], asked["device"])
            run = new_run(Config(**asked["config"]), asked["documents"])
            adopt(run, engine)
            answer: dict[str, Any] = {}
        elif asked.get("limit"):
            answer = {"limit": operations_a_second(engine.precision)}
        elif asked.get("exam"):
            answer = {"held_out": held_out_loss(run, engine), "peak": peak_memory()}
        else:
            answer = do_steps(run, asked["steps"], asked.get("seconds", float("inf")))
        print(json.dumps(answer), flush=True)  # noqa: T201 - the pipe is the only one who reads it


if __name__ == "__main__":
    serve()
