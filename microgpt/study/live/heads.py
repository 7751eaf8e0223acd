"""What the heads look at in a name, and what changes with parts of the model switched off, or another weight.

Nothing of the model is written a second time: its parameters are changed so that they do what is wanted.
Queries as many times longer as the root of head_dim make up for the division by it; a table of places full of
0 says nothing of places; a head whose columns in the last matrix of attention are 0 is not heard.

>>> seen = look_through("ada", True, True, [])
>>> seen.read, [round(weight, 2) for weight in seen.heads[1][2]]
(['BOS', 'a', 'd', 'a'], [0.17, 0.64, 0.19])
>>> look_through("ada", True, True, [0, 1, 2, 3]).loss > seen.loss
True
"""

from typing import NamedTuple

from microgpt.attention import Cache
from microgpt.autograd import total
from microgpt.config import Config
from microgpt.loss import predictions, surprise
from microgpt.model import Model, forward, new_caches
from microgpt.stages import Event, listening
from microgpt.study.live.names import taught
from microgpt.vectors import softmax

ChangedWeight = tuple[str, int, int, float | None]
"""A matrix by its name, a row, a column, and what stands there from now on; None leaves it."""


class Seen(NamedTuple):
    """How a model has read a name.

    Attributes:
        heads: For each head and each position that looks, its weights, `[n_head][positions][n_ctx]`.
        chances: Of each token after the name, `[vocab_size]`.
        loss: The mean surprise at the letters of the name and at its end, in nats.
    """

    heads: list[list[list[float]]]
    chances: list[float]
    loss: float


class SideBySide(NamedTuple):
    """A changed model and the one that was trained, before the same name.

    Attributes:
        read: The tokens that were read.
        heads: See `Seen`.
        chances: See `Seen`.
        loss: See `Seen`.
        trained: What the trained model gives.
        alphabet: What the ids stand for.
        shapes: The rows and columns of each matrix.
        weight: The trained weight in the place that was asked for.
    """

    read: list[str]
    heads: list[list[list[float]]]
    chances: list[float]
    loss: float
    trained: Seen
    alphabet: list[str]
    shapes: dict[str, tuple[int, int]]
    weight: float


def look_through(
    name: str, is_scaled: bool, is_placed: bool, silent: list[int], edit: ChangedWeight = ("wte", 0, 0, None)
) -> SideBySide:
    """Let a changed model read a name.

    Args:
        name: Of letters from a to z.
        is_scaled: Whether comparisons are divided by the root of head_dim.
        is_placed: Whether the model is told where a letter stands.
        silent: The heads that are not heard, from 0.
        edit: A weight that is changed.

    Raises:
        ValueError: If a letter is not in the alphabet, or the matrix has no such row or column.

    Examples:
        >>> found = look_through("ada", True, True, [], ("lm_head", 26, 0, 9.0))
        >>> found.trained.chances[26] == look_through("ada", True, True, []).chances[26] != found.chances[26]
        True
        >>> try:
        ...     look_through("ada", True, True, [], ("wpe", 16, 0, 1.0))
        ... except ValueError as error:
        ...     print(error)
        wpe has rows from 0 to 15 and columns from 0 to 15
    """
    trained = taught(Config().steps)
    tokenizer, matrices = trained.tokenizer, trained.parameters
    shapes = {title: (len(rows), len(rows[0])) for title, rows in matrices.items()}
    title, row, column, _ = edit
    rows, columns = shapes[title]
    if row not in range(rows) or column not in range(columns):
        raise ValueError(f"{title} has rows from 0 to {rows - 1} and columns from 0 to {columns - 1}")
    tokens = tokenizer.encode(name)
    return SideBySide(
        [tokenizer.name(token) for token in tokens[:-1]][: trained.config.block_size],
        *see(changed(trained, is_scaled, is_placed, silent, edit), tokens),
        see(trained, tokens),
        [tokenizer.name(token) for token in range(tokenizer.vocab_size)],
        shapes,
        matrices[title][row][column],
    )


def see(model: Model[float], tokens: list[int]) -> Seen:
    """Let a model read a name, and watch its heads."""
    weights: list[list[float]] = []

    def listener(event: Event) -> None:
        if event.stage == "attention_weights":
            weights.append(event.output)

    caches: list[Cache[float]] = new_caches(model.config)
    pairs = predictions(tokens, model.config.block_size)
    with listening(listener):
        chances = [
            softmax(forward(model, token, position, caches)) for position, (token, _) in enumerate(pairs)
        ]
    surprises = [surprise(one[answer]) for one, (_, answer) in zip(chances, pairs, strict=True)]
    n_head = model.config.n_head
    return Seen([weights[head::n_head] for head in range(n_head)], chances[-1], total(surprises) / len(pairs))


def changed(
    model: Model[float], is_scaled: bool, is_placed: bool, silent: list[int], edit: ChangedWeight
) -> Model[float]:
    """Copy a model with other parameters; see `look_through`."""
    config = model.config
    matrices = {title: [[*row] for row in rows] for title, rows in model.parameters.items()}
    title, row, column, number = edit
    if number is not None:
        matrices[title][row][column] = number
    head_dim = config.n_embd // config.n_head
    if not is_scaled:
        matrices["layer0.attn_wq"] = [
            [head_dim**0.5 * number for number in row] for row in matrices["layer0.attn_wq"]
        ]
    if not is_placed:
        matrices["wpe"] = [[0.0] * config.n_embd for _ in matrices["wpe"]]
    for head in silent:
        for report in matrices["layer0.attn_wo"]:
            report[head * head_dim : (head + 1) * head_dim] = [0.0] * head_dim
    return Model(config, model.tokenizer, matrices)
