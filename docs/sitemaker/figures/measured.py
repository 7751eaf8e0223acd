"""What the figures show, measured: one trained model, and what it does with a name."""

from typing import Any, cast

from microgpt import Config, as_floats, bundled_documents, evaluate, new_run, train
from microgpt.adam import Adam
from microgpt.attention import Cache
from microgpt.autograd import Value
from microgpt.graphs import gradient_sizes
from microgpt.model import Model, forward, new_caches
from microgpt.sampling import probabilities_at
from microgpt.stages import Event, listening
from sitemaker.cache import cached

NAME = "emma"
"""The name whose attention is drawn; a test sees to it that the model was not trained on it."""

TEMPERATURES = (0.25, 0.5, 1.0, 2.0)


def default_run() -> dict[str, Any]:
    """Train as `python -m microgpt` does, and keep what the figures need."""
    return cast(dict[str, Any], cached("default run", _default_run, "docs/sitemaker/figures/measured.py"))


def _default_run() -> dict[str, Any]:
    run = new_run(Config(), bundled_documents())
    losses, gradients = [], []
    for step in train(run):
        losses.append(step.loss)
        gradients.append({name: size.norm for name, size in gradient_sizes(run.model).items()})
    tokenizer = run.model.tokenizer
    return {
        "losses": losses,
        "gradients": gradients,
        "scores": {name: (score.loss, score.standard_error) for name, score in evaluate(run).items()},
        "characters": [tokenizer.name(token) for token in range(tokenizer.vocab_size)],
        **_reading(as_floats(run.model)),
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


def valley(x: Any, y: Any) -> Any:
    """Measure the height of a long valley, fifty times as steep across as along; for any kind of number."""
    return x**2 * 0.5 + y**2 * 25.0


def descent(learning_rate: float, steps: int, adaptive: bool) -> list[tuple[float, float]]:
    """Walk down the valley from (-4, 1), by Adam or by plain steps against the slope.

    Returns:
        The places, `[steps + 1]` pairs.
    """
    x, y = Value(-4.0), Value(1.0)
    adam = Adam.start([x, y])
    path = [(x.data, y.data)]
    for _ in range(steps):
        for value in (x, y):
            value.grad = 0.0
        valley(x, y).backward()
        if adaptive:
            adam.update([x, y], learning_rate)
        else:
            for value in (x, y):
                value.data -= learning_rate * value.grad
        path.append((x.data, y.data))
    return path
