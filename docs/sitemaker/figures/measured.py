"""What the figures show, measured: one trained model, and what it does with a name."""

import random
from collections.abc import Sequence
from typing import Any, cast

from microgpt import Config, as_floats, bundled_documents, evaluate, new_run, train
from microgpt.attention import Cache
from microgpt.evaluation import held_out_documents
from microgpt.graphs import gradient_sizes
from microgpt.loss import document_loss
from microgpt.model import Model, forward, new_caches
from microgpt.sampling import generate, probabilities_at, sample_tokens
from microgpt.stages import Event, listening
from microgpt.study.live.walk import walk as through
from sitemaker import walk
from sitemaker.beside import apart
from sitemaker.cache import cached

NAME = "emma"
"""The name whose attention is drawn; a test sees to it that the model was not trained on it."""

TEMPERATURES = (0.25, 0.5, 1.0, 2.0)

STOPS = (0, 10, 25, 50, 100, 200, 400, 700, 1000)
"""After how many steps of the run everything is looked at."""

EXAM = 200
"""How many names of the exam the model is asked at each of these; at the end it is asked all."""

BEGINNING = "em"
"""After which letters the chances of the next are shown."""

NAMES, SEED = 5, 42
"""How many names the model invents at each stop, and with which seed."""


def default_run() -> dict[str, Any]:
    """Train as `python -m microgpt` does, in a process of its own; keep what figures and the machine show."""
    made_by = "docs/sitemaker/figures/measured.py docs/sitemaker/walk.py microgpt/study/live/walk.py"
    return cast(
        dict[str, Any], cached("default run", lambda: apart("sitemaker.figures.default_run"), made_by)
    )


def watched_run() -> dict[str, Any]:
    """Train, and look at the model on its way and at its end."""
    run = new_run(Config(), bundled_documents())
    losses, gradients, models = [], [], [as_floats(run.model)]
    walks = {"0": through(run, walk.NAME)}
    for step in train(run):
        if step.number in STOPS:
            models.append(as_floats(run.model))
        if step.number in walk.STEPS:
            walks[str(step.number)] = through(run, walk.NAME)
        losses.append(step.loss)
        gradients.append({name: size.norm for name, size in gradient_sizes(run.model).items()})
    tokenizer, exam = run.model.tokenizer, held_out_documents(run)
    return {
        "losses": losses,
        "gradients": gradients,
        "scores": {name: (score.loss, score.standard_error) for name, score in evaluate(run).items()},
        "characters": [tokenizer.name(token) for token in range(tokenizer.vocab_size)],
        "exam": len(exam),
        "stops": [snapshot(model, exam[:EXAM]) for model in models],
        "walks": walks,
        **_reading(as_floats(run.model)),
    }


def snapshot(model: Model[float], exam: Sequence[str]) -> dict[str, Any]:
    """Look at a model in the middle of its run: what it says, how wrong it is, what it looks at.

    Args:
        model: As it is now.
        exam: Names that it is never trained on.
    """
    tokens, rng = [model.tokenizer.encode(name) for name in exam], random.Random(SEED)
    surprises = sum(document_loss(model, one) * (len(one) - 1) for one in tokens)
    reading = _reading(model)
    return {
        "loss": surprises / sum(len(one) - 1 for one in tokens),
        "names": [generate(model, rng) for _ in range(NAMES)],
        "next": next(sample_tokens(model, random.Random(SEED), 1.0, BEGINNING)).probabilities,
        "embeddings": reading["embeddings"],
        "attention": reading["attention"],
    }


def _reading(model: Model[float]) -> dict[str, Any]:
    """Let a trained model read the name, and note what its heads look at."""
    tokens, n_head = model.tokenizer.encode(NAME)[:-1], model.config.n_head
    weights: list[list[float]] = []

    def listener(event: Event) -> None:
        if event.stage == "attention_weights":
            weights.append(event.output)

    caches: list[Cache[float]] = new_caches(model.config)
    with listening(listener):
        logits = [forward(model, token, position, caches) for position, token in enumerate(tokens)]
    return {
        "embeddings": model.parameters["wte"],
        "seen": [model.tokenizer.name(token) for token in tokens],
        "attention": [weights[head::n_head] for head in range(n_head)],
        "first": {str(t): probabilities_at(logits[0], t) for t in TEMPERATURES},
    }
