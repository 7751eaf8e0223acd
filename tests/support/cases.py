"""Data and settings that several tests learn from."""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from microgpt import Config, Source, new_run, save_checkpoint, train
from microgpt.recorder import Recorder
from microgpt.records import Record
from microgpt.stages import listening
from microgpt.training import Run, train_step

FRIENDS = ["anna", "bob", "carlotta", "dee", "eve", "fritz", "gudrun", "hal", "ida", "jo", "bob"]
SOURCE = Source.of("names of friends", FRIENDS)
SMALL = Config(n_embd=4, n_head=2, block_size=6, steps=40)
ODD = Config(n_layer=2, n_embd=6, n_head=3, block_size=5, steps=4, samples=3, learning_rate=0.05)
"""Two layers, three heads, and documents that are too long for the block."""


def random_case(number: int) -> tuple[list[str], dict[str, Any]]:
    """Draw small data and settings that visit the corners: odd sizes, long documents, tiny alphabets."""
    rng = random.Random(number)
    alphabet = rng.choice(["a", "ab", "abcdefghij", "äß字é z", "xyzXYZ0 -"])
    documents = [
        "".join(rng.choice(alphabet) for _ in range(rng.randint(1, 9))).strip() or "a" for _ in range(12)
    ]
    n_head = rng.choice([1, 2, 3, 5])
    settings = {
        "steps": rng.randint(1, 8),
        "samples": 4,
        "n_layer": rng.randint(1, 3),
        "n_head": n_head,
        "n_embd": n_head * rng.choice([1, 2, 3, 5]),
        "block_size": rng.choice([1, 2, 4, 8, 16]),
        "seed": rng.randrange(10**6),
        "temperature": rng.choice([0.3, 0.5, 0.7, 1.0, 1.9]),
        "learning_rate": rng.choice([0.001, 0.01, 0.1]),
    }
    return documents, settings


def begun(steps: int, config: Config = SMALL, documents: Sequence[str] = FRIENDS) -> Run:
    """Make a run and do its first steps."""
    run = new_run(config, documents)
    for _ in range(steps):
        train_step(run)
    return run


def saved(path: Path, steps: int = 7) -> Run:
    """Make the small run, do its first steps, and save it."""
    run = begun(steps)
    save_checkpoint(run, SOURCE, path)
    return run


def recorded(run: Run) -> list[Record]:
    """Train a run to its end and return all records."""
    recorder = Recorder(run.model, run.optimizer)
    records = []
    with listening(recorder):
        for _ in train(run):
            records += recorder.take()
    return records
