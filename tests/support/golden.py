"""Run the engine, or the original, and write down what happened such that all bits can be compared.

    MICROGPT_REFERENCE=... python -m tests.support.golden

makes the committed record anew: the original's run of 1,000 steps on the bundled names.
"""

import hashlib
import json
import platform
import random
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from microgpt import Config, as_floats, generate, new_run, train
from microgpt.checkpoint import Checkpoint
from microgpt.model import Model, parameters_of
from microgpt.training import train_step
from tests.support.fingerprint import fingerprint, hash_of
from tests.support.reference import run_original

RECORD = Path(__file__).with_name("golden_bundled_names.json")


def run_ours(documents: Sequence[str], config: Config) -> tuple[dict[str, Any], object]:
    """Train and sample; return the same things in the same form as the original's runner."""
    run = new_run(config, documents)
    first_grads: list[str] = []
    for step in train(run):
        if step.number == 1:
            first_grads = [parameter.grad.hex() for parameter in parameters_of(run.model)]
    return written_down(as_floats(run.model), run.losses, run.documents, first_grads, run.rng)


def run_in(checkpoint: Checkpoint, documents: Sequence[str]) -> tuple[dict[str, Any], object]:
    """Do the same for a run that is finished and saved; only its first step is done again."""
    begun = new_run(checkpoint.model.config, documents)
    train_step(begun)
    first_grads = [parameter.grad.hex() for parameter in parameters_of(begun.model)]
    begun.rng.setstate(checkpoint.random_state)
    return written_down(checkpoint.model, checkpoint.losses, begun.documents, first_grads, begun.rng)


def written_down(
    model: Model[float],
    losses: Sequence[float],
    documents: Sequence[str],
    first_grads: list[str],
    rng: random.Random,
) -> tuple[dict[str, Any], object]:
    """Sample from a trained model, and write everything down."""
    result = {
        "num_docs": len(documents),
        "vocab_size": model.tokenizer.vocab_size,
        "num_params": len(parameters_of(model)),
        "losses": [loss.hex() for loss in losses],
        "first_doc": documents[0],
        "first_grads": first_grads,
        "params": [parameter.hex() for parameter in parameters_of(model)],
        "samples": [generate(model, rng) for _ in range(model.config.samples)],
    }
    return result, rng.getstate()


def shortened(result: dict[str, Any], state: object) -> dict[str, Any]:
    """Keep what a reader may want to see, and hashes of the rest."""
    return {
        "first losses": [float.fromhex(loss) for loss in result["losses"][:10]],
        "last loss": float.fromhex(result["losses"][-1]),
        "losses": hash_of(result["losses"]),
        "parameters": hash_of(result["params"]),
        "samples": result["samples"],
        "random state": hash_of([repr(state)]),
    }


def main() -> None:
    names = resources.files("microgpt").joinpath("datasets", "names.txt")
    with resources.as_file(names) as path:
        data = path.read_bytes()
        result = shortened(*run_original(path))
    record = {
        "command": "python -m tests.support.golden",
        "settings": "the original's defaults: 1,000 steps, 20 samples, seed 42, on the bundled names",
        "versions": {"python": platform.python_version(), "machine": platform.machine()},
        "fingerprint": fingerprint(),
        "data": hashlib.sha256(data).hexdigest(),
        "results": result,
    }
    RECORD.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
