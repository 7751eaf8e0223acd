"""One name on its way through the machine, measured after some steps of the default run."""

import random
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from microgpt import as_floats
from microgpt.attention import Cache
from microgpt.autograd import Value, relu
from microgpt.graphs import gradient_sizes
from microgpt.loss import document_loss, predictions, surprise
from microgpt.model import Model, as_values, forward, new_caches, parameters_of
from microgpt.sampling import draw_token, generate, probabilities_at
from microgpt.stages import Call, calls, listening
from microgpt.training import Run, backward
from microgpt.vectors import softmax

NAME = "emma"
"""The name that goes in; the bundled names do not have it."""

STEPS = (0, 10, 100, 1000)
"""After how many steps the machine is looked at."""

DRAWS, NAMES = 10, 5
"""How often chance is asked at a position, and how many whole names the model speaks."""


def walk(run: Run, name: str) -> dict[str, Any]:
    """Send a name through the model of a run, and the slopes back; the run itself is left as it is.

    Returns:
        What is seen at each position, what the model speaks, and what one step on this name would do.
    """
    model = as_floats(run.model)
    tokens = model.tokenizer.encode(name)
    rng = random.Random(run.config.seed)
    return {
        "positions": reading(model, tokens),
        "spoken": [generate(model, rng) for _ in range(NAMES)],
        **one_step(run, tokens),
    }


def reading(model: Model[float], tokens: Sequence[int]) -> list[dict[str, Any]]:
    """Let a model read, and note what goes through each part at each position."""
    heard: list[Call] = []
    caches: list[Cache[float]] = new_caches(model.config)
    with listening(calls(heard.append)):
        for position, (token, _) in enumerate(predictions(tokens, model.config.block_size)):
            forward(model, token, position, caches)
    passes = [call for call in heard if call.event.stage == "forward"]
    pairs = zip(passes, predictions(tokens, model.config.block_size), strict=True)
    return [_at_position(model, call, token, answer) for call, (token, answer) in pairs]


def _at_position(model: Model[float], call: Call, token: int, answer: int) -> dict[str, Any]:
    position, logits = call.event.inputs["position"], call.event.output
    probabilities = softmax(logits)
    rng = random.Random(model.config.seed + position)
    chances = probabilities_at(logits, model.config.temperature)
    return {
        "token": token,
        "answer": answer,
        "wte": model.parameters["wte"][token],
        "wpe": model.parameters["wpe"][position],
        "x": call.one("embed").event.output,
        **_in_block(call.one("block")),
        "logits": logits,
        "probabilities": probabilities,
        "surprise": surprise(probabilities[answer]),
        "drawn": [draw_token(chances, rng) for _ in range(DRAWS)],
    }


def _in_block(block: Call) -> dict[str, Any]:
    """Note what a block does; the default run has one."""
    attention, mlp = block.one("attention"), block.one("mlp")
    _, key, value, _ = (call.event.output for call in attention.all("linear"))
    after_attention, after_mlp = (call.event.output for call in block.all("add"))
    return {
        "key": key,
        "value": value,
        "heads": [head.one("attention_weights").event.output for head in attention.all("attention_head")],
        "attention adds": attention.event.output,
        "after attention": after_attention,
        "detectors": [relu(number) for number in mlp.all("linear")[0].event.output],
        "mlp adds": mlp.event.output,
        "after mlp": after_mlp,
    }


def one_step(run: Run, tokens: Sequence[int]) -> dict[str, Any]:
    """Take one step of training on a document, with copies of the model and of the averages of a run.

    The rate is the one that the run begins with.
    """
    model = as_values(as_floats(run.model))
    loss, parameters = document_loss(model, tokens), parameters_of(model)
    backward(loss, parameters)
    before = _rows(model, tokens)
    slopes = [[number.grad for number in model.parameters["wte"][token]] for token in tokens[:-1]]
    deepcopy(run.optimizer).update(parameters, run.config.learning_rate)
    return {
        "loss": loss.data,
        "loss after": document_loss(as_floats(model), tokens),
        "sizes": {name: size.norm for name, size in gradient_sizes(model).items()},
        "sloping": sum(parameter.grad != 0 for parameter in parameters),
        "parameters": len(parameters),
        "slopes": slopes,
        "before": before,
        "after": _rows(model, tokens),
    }


def _rows(model: Model[Value], tokens: Sequence[int]) -> list[list[float]]:
    return [[number.data for number in model.parameters["wte"][token]] for token in tokens[:-1]]
