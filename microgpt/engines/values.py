"""What the two rungs that keep a graph have in common: an engine whose numbers are `Value`s."""

import random
from collections.abc import Iterator
from typing import Any

from microgpt.adam import Adam
from microgpt.autograd import Value
from microgpt.evaluation import model_surprises
from microgpt.loss import Batch, batch_loss
from microgpt.model import Model, as_floats, as_values, parameters_of
from microgpt.sampling import generate
from microgpt.training import backward, gc_paused


def own(model: Model[Any]) -> Model[Value]:
    """Make `Value`s of a model's numbers.

    Examples:
        >>> from microgpt.config import Config
        >>> from microgpt.training import new_run
        >>> model = as_floats(new_run(Config(), ["ava"]).model)
        >>> as_floats(own(model)) == model
        True
    """
    return as_values(as_floats(model))


def start(model: Model[Any], optimizer: Adam) -> Adam:
    """Give an Adam that goes on from the averages of an optimizer of any engine."""
    one = optimizer
    return Adam(
        [float(x) for x in one.m], [float(x) for x in one.v], one.beta1, one.beta2, one.eps, one.steps
    )


def gradient(model: Model[Value], batch: Batch) -> tuple[float, list[float]]:
    """Compute the loss of a batch and its slope for each parameter.

    Args:
        model: The model.
        batch: The documents.

    Returns:
        The loss in nats per token, and the slopes in the order of the parameters.

    Examples:
        >>> from microgpt.config import Config
        >>> from microgpt.training import new_run
        >>> loss, slopes = gradient(new_run(Config(), ["ava"]).model, [[2, 0, 1, 0, 2]])
        >>> round(loss, 4), len(slopes), any(slopes)
        (1.057, 3424, True)
    """
    parameters = parameters_of(model)
    with gc_paused():
        loss = batch_loss(model, batch)
        backward(loss, parameters)
    return loss.data, [parameter.grad for parameter in parameters]


def surprises(model: Model[Any], documents: Batch) -> list[list[float]]:
    """Find the surprise of a model at every token of many documents, with plain floats."""
    return model_surprises(as_floats(model), documents)


def samples(
    model: Model[Any], rng: random.Random, count: int, temperature: float, prompt: str = ""
) -> Iterator[str]:
    """Invent documents, with plain floats.

    Args:
        model: The model.
        rng: Where the chance comes from.
        count: How many.
        temperature: See `microgpt.sampling.probabilities_at`.
        prompt: How each begins.
    """
    plain = as_floats(model)
    for _ in range(count):
        yield generate(plain, rng, temperature, prompt)
