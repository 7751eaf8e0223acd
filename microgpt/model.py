r"""The whole model: a token and its position go in, a score for every possible next token comes out.

# The question

The parts are ready: vectors to mix and to calm down, attention to look back. **How do they fit together
so that from "what stands here" comes "what stands next"?**

# The picture

```mermaid
graph TD
    t["token id, position"] --> e["embed: two rows added, rmsnorm [n_embd]"]
    e --> a["x + attention(rmsnorm(x))"]
    a --> m["x + mlp(rmsnorm(x))"]
    m -- "next layer" --> a
    m --> head["lm_head: linear"]
    head --> logits["logits [vocab_size]"]
```

Think of the vector as a notebook that is carried down a corridor of offices. At the entrance, two facts
are written into it: which letter, which place. Each office reads it, *adds* a vector of its own, and
passes it on. It may cancel an earlier remark by adding its opposite, but it never replaces the page. This
is the *residual stream*. Attention is the office that may look into the notebooks of earlier visitors;
the MLP is the one that thinks alone. At the exit, 27 judges each read the whole notebook and give a score
for one token.

# The parameters

| name | shape | what one row is |
|---|---|---|
| `wte` | `[vocab_size][n_embd]` | the vector of one token |
| `wpe` | `[block_size][n_embd]` | the vector of one position |
| `lm_head` | `[vocab_size][n_embd]` | the judge of one token |
| `layer0.attn_wq`, `.attn_wk`, `.attn_wv` | `[n_embd][n_embd]` | makes one number of a query, key or value |
| `layer0.attn_wo` | `[n_embd][n_embd]` | makes one number of the heads' report |
| `layer0.mlp_fc1` | `[4 * n_embd][n_embd]` | one detector |
| `layer0.mlp_fc2` | `[n_embd][4 * n_embd]` | makes one number of the detectors' report |

Every further layer has six matrices of its own. All are filled with small random numbers, in this order.

>>> from microgpt.config import Config
>>> shapes = parameter_shapes(Config(), vocab_size=27)
>>> for name, (rows, columns) in shapes.items():
...     print(f"{name:15} {rows:2} x {columns:2} = {rows * columns:4}")
wte             27 x 16 =  432
wpe             16 x 16 =  256
lm_head         27 x 16 =  432
layer0.attn_wq  16 x 16 =  256
layer0.attn_wk  16 x 16 =  256
layer0.attn_wv  16 x 16 =  256
layer0.attn_wo  16 x 16 =  256
layer0.mlp_fc1  64 x 16 = 1024
layer0.mlp_fc2  16 x 64 = 1024
>>> sum(rows * columns for rows, columns in shapes.values())
4192

# Shapes on the way

| where | shape | by default |
|---|---|---|
| token id, position | two whole numbers | |
| after `embed` | `[n_embd]` | 16 |
| queries, keys, values | `[n_head][head_dim]` | 4 x 4 |
| attention weights, each head | `[n_ctx]` | 1 at the first position, up to 16 |
| inside the MLP | `[4 * n_embd]` | 64 |
| logits | `[vocab_size]` | 27 |

# One position at a time

`forward` handles one position. It is called in order, and what must be remembered of earlier calls is in
the caches, one for each layer. So training and inventing run the same code. In training the next token is
already known, from the document; when inventing, it is drawn from the model's answer.

# What is different from GPT-2

RMS normalization, without learned factors, instead of layer normalization, which has them; one more of it
after the embedding, and none before the last matrix. No *biases* (numbers added after each matrix). ReLU
instead of GELU, its rounded sister. A last matrix of its own, where GPT-2 uses the token embedding a
second time. No *dropout* (switching off random numbers while training, against learning by heart). And
size: GPT-2 has up to 1.5 billion parameters.

# Check yourself

??? question "What does the residual path do to a slope?"

    The result is $x + f(x)$, so its slope is $1 + f'(x)$. However small the slope of the layer is, the 1
    remains. Through ten layers with $f' = 0.1$, a stack without the path keeps 0.1 to the tenth power,
    next to nothing:

    >>> 0.1**10 < 1e-9, round(1.1**10, 2)
    (True, 2.59)

??? question "Which parameters learn from the name 'emma'?"

    All of `lm_head` and of the attention matrices. Of the MLP, all that belongs to detectors which go off
    at least once; one that ReLU silences at every position gets no slope, and neither does its column of
    `mlp_fc2`. Of `wte` only the rows of BOS, e, m and a; of `wpe` only the first five.

??? question "What is the smallest model that this file can describe?"

    One number wide, with one head and room for one position. For an alphabet of one letter it has 17
    parameters:

    >>> from microgpt.config import Config
    >>> tiny = Config(n_embd=1, n_head=1, block_size=1)
    >>> sum(rows * columns for rows, columns in parameter_shapes(tiny, vocab_size=2).values())
    17

# What follows

`microgpt.loss` says how good the scores are.

Sources: the block is GPT-2's, with the normalization before each part (Radford et al., "Language Models are
Unsupervised Multitask Learners", 2019). The stack of attention and MLP is Vaswani et al.'s, "Attention Is All
You Need" (2017).
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic

from microgpt.attention import Cache, attention, new_cache
from microgpt.autograd import Matrix, Scalar, Value, Vector, relu
from microgpt.config import Config
from microgpt.stages import stage
from microgpt.tokenizer import Tokenizer
from microgpt.vectors import add, linear, rmsnorm


@dataclass(frozen=True)
class Model(Generic[Scalar]):
    """All that is needed to use a model: its dials, its alphabet and its parameters.

    Attributes:
        config: The dials it was made with.
        tokenizer: Its alphabet.
        parameters: Its matrices by name, each `[rows][columns]`, of `Value`s to train or of floats to use.

    Examples:
        >>> model = new_model(Config(n_embd=8, n_head=2), Tokenizer("abc"), random.Random(1))
        >>> len(model.parameters["wte"]), len(model.parameters["wte"][0])
        (4, 8)
    """

    config: Config
    tokenizer: Tokenizer
    parameters: dict[str, list[list[Scalar]]]


def parameter_shapes(config: Config, vocab_size: int) -> dict[str, tuple[int, int]]:
    """List every matrix with its rows and columns, in the order in which they are made.

    Args:
        config: The dials.
        vocab_size: The number of tokens, the mark included.

    Returns:
        Name to (rows, columns).

    Examples:
        Twice the layers, twice the layer matrices.

        >>> [len(parameter_shapes(Config(n_layer=n), vocab_size=27)) for n in (1, 2, 3)]
        [9, 15, 21]
        >>> parameter_shapes(Config(n_embd=10, n_head=5), vocab_size=3)["layer0.mlp_fc1"]
        (40, 10)
    """
    width, hidden = config.n_embd, 4 * config.n_embd
    shapes = {"wte": (vocab_size, width), "wpe": (config.block_size, width), "lm_head": (vocab_size, width)}
    of_one_layer = {f"attn_{name}": (width, width) for name in ("wq", "wk", "wv", "wo")}
    of_one_layer |= {"mlp_fc1": (hidden, width), "mlp_fc2": (width, hidden)}
    for layer in range(config.n_layer):
        shapes |= {f"layer{layer}.{name}": shape for name, shape in of_one_layer.items()}
    return shapes


def layer_matrices(
    parameters: Mapping[str, Matrix[Scalar]], layer: int
) -> dict[str, dict[str, Matrix[Scalar]]]:
    """Pick the matrices of one layer, for each of its two parts by their short names.

    Args:
        parameters: All matrices of a model by name.
        layer: Which layer, from 0.

    Returns:
        `attn` with `wq`, `wk`, `wv` and `wo`, and `mlp` with `fc1` and `fc2`.

    Examples:
        >>> model = new_model(Config(n_layer=2, n_embd=4, n_head=2), Tokenizer("ab"), random.Random(1))
        >>> second = layer_matrices(model.parameters, 1)
        >>> {part: list(matrices) for part, matrices in second.items()}
        {'attn': ['wq', 'wk', 'wv', 'wo'], 'mlp': ['fc1', 'fc2']}
        >>> second["mlp"]["fc1"] is model.parameters["layer1.mlp_fc1"]
        True
    """
    found: dict[str, dict[str, Matrix[Scalar]]] = {"attn": {}, "mlp": {}}
    for name, matrix in parameters.items():
        owner, _, rest = name.partition(".")
        if owner == f"layer{layer}":
            part, _, short = rest.partition("_")
            found[part][short] = matrix
    return found


def new_model(config: Config, tokenizer: Tokenizer, rng: random.Random) -> Model[Value]:
    r"""Make a model that knows nothing: every parameter drawn at random around 0.

    $$w \sim \mathcal N(0, \text{init\_std}^2)$$

    Why random? Two units that start equal get equal slopes and stay equal. With all zeros every product is
    zero, and so is every slope: nothing would ever move. `microgpt.loss` shows it.

    Args:
        config: The dials; `init_std` is the size of the random numbers.
        tokenizer: The alphabet.
        rng: Where the random numbers come from. It moves on by one draw for each parameter.

    Returns:
        The model, of `Value`s.

    Pitfalls:
        - The order of the draws is part of the result: another order is another model.

    Examples:
        As many numbers as the shapes say, with about the spread that was asked for.

        >>> config = Config(n_layer=2, n_embd=4, n_head=2, block_size=3, init_std=0.5)
        >>> model = new_model(config, Tokenizer("ab"), random.Random(42))
        >>> numbers = [value.data for value in parameters_of(model)]
        >>> len(numbers), round((sum(x * x for x in numbers) / len(numbers)) ** 0.5, 2)
        (420, 0.5)
    """
    shapes = parameter_shapes(config, tokenizer.vocab_size)
    parameters = {
        name: [[Value(rng.gauss(0, config.init_std)) for _ in range(columns)] for _ in range(rows)]
        for name, (rows, columns) in shapes.items()
    }
    return Model(config, tokenizer, parameters)


def parameters_of(model: Model[Scalar]) -> list[Scalar]:
    """List all parameters in one row: matrix by matrix, row by row.

    Examples:
        >>> model = new_model(Config(n_embd=4, n_head=1), Tokenizer("ab"), random.Random(1))
        >>> parameters_of(model)[0] is model.parameters["wte"][0][0]
        True
        >>> parameters_of(model)[-1] is model.parameters["layer0.mlp_fc2"][3][15]
        True
    """
    return [number for matrix in model.parameters.values() for row in matrix for number in row]


def as_floats(model: Model[Scalar]) -> Model[float]:
    """Copy a model without the machinery for learning: the same numbers as plain floats.

    It gives the same answers to the last bit, several times faster, and cannot be trained.

    Examples:
        >>> model = new_model(Config(), Tokenizer("ab"), random.Random(1))
        >>> plain = as_floats(model)
        >>> slow = forward(model, 0, 0, new_caches(model.config))
        >>> fast = forward(plain, 0, 0, new_caches(plain.config))
        >>> [value.data for value in slow] == fast
        True
    """
    parameters = {
        name: [[float(number) for number in row] for row in matrix]
        for name, matrix in model.parameters.items()
    }
    return Model(model.config, model.tokenizer, parameters)


def as_values(model: Model[float]) -> Model[Value]:
    """Copy a model so that it can be trained: the same numbers, as `Value`s.

    Examples:
        >>> model = as_floats(new_model(Config(), Tokenizer("ab"), random.Random(1)))
        >>> as_floats(as_values(model)) == model
        True
    """
    parameters = {
        name: [[Value(number) for number in row] for row in matrix]
        for name, matrix in model.parameters.items()
    }
    return Model(model.config, model.tokenizer, parameters)


def new_caches(config: Config) -> list[Cache[Scalar]]:
    """Make the empty memory for one document: a cache for each layer.

    Examples:
        >>> new_caches(Config(n_layer=2, n_head=2))
        [Cache(keys=[[], []], values=[[], []]), Cache(keys=[[], []], values=[[], []])]
    """
    return [new_cache(config.n_head) for _ in range(config.n_layer)]


@stage
def embed(model: Model[Scalar], token: int, position: int) -> list[Scalar]:
    r"""Describe a token at a position by one vector: the two learned rows added, then normalized.

    The token's row can say "vowel", the position's row can say "near the start". Nobody writes such facts
    in; they form while training, since they help. Without the position's row, a model of one layer would
    nearly lose the order: attention sees a heap of earlier letters, and "ab" and "ba" are the same heap.
    See the last example. (With more layers some order shows even so, since each earlier vector was made
    by somebody who had seen only what came before it.)

    $$x = \mathrm{rmsnorm}(\text{wte}_{token} + \text{wpe}_{position})$$

    Args:
        model: The model.
        token: An id, from 0 to vocab_size - 1.
        position: A place, from 0 to block_size - 1.

    Returns:
        `[n_embd]`, with a mean square of 1.

    Pitfalls:
        - This normalization is not made superfluous by the one at the start of the first layer. That one
          feeds attention only; this one also feeds the residual stream, and it shapes the slopes that
          come back.

    Examples:
        Rows 1 of both tables: [3, 4] is [1, 4] + [2, 0], and its root mean square is 3.5355.

        >>> tables = {"wte": [[0.0, 0.0], [1.0, 4.0]], "wpe": [[0.0, 0.0], [2.0, 0.0]]}
        >>> model = Model(Config(n_embd=2, n_head=1, block_size=2), Tokenizer("a"), tables)
        >>> [round(number, 4) for number in embed(model, token=1, position=1)]
        [0.8485, 1.1314]
        >>> round(3 / (12.5**0.5), 4), round(4 / (12.5**0.5), 4)
        (0.8485, 1.1314)

        What follows "ab" and then c, and what follows "ba" and then c? With positions, two answers.
        Without them, one.

        >>> model = as_floats(new_model(Config(), Tokenizer("abc"), random.Random(1)))
        >>> def scores_after(tokens):
        ...     caches = new_caches(model.config)
        ...     return [forward(model, t, i, caches) for i, t in enumerate(tokens)][-1]
        >>> def distance(a, b):
        ...     return round(sum(abs(x - y) for x, y in zip(a, b)), 4)
        >>> distance(scores_after([3, 0, 1, 2]), scores_after([3, 1, 0, 2]))
        0.006
        >>> model.parameters["wpe"] = [[0.0] * 16 for _ in range(16)]
        >>> distance(scores_after([3, 0, 1, 2]), scores_after([3, 1, 0, 2]))
        0.0
    """
    return rmsnorm(add(model.parameters["wte"][token], model.parameters["wpe"][position]))


@stage
def mlp(x: Vector[Scalar], fc1: Matrix[Scalar], fc2: Matrix[Scalar]) -> list[Scalar]:
    r"""Think about one position alone: many small detectors, and a report of which went off.

    Each row of `fc1` is a detector: its dot product with `x` is large when `x` has the pattern it looks
    for. ReLU silences the rest. Each column of `fc2` is what to write down when that detector goes off.
    The bend of the ReLU is essential: without it the two matrices would be one. The name is *multi-layer
    perceptron*.

    $$\mathrm{mlp}(x) = W_2\, \mathrm{relu}(W_1 x)$$

    Args:
        x: `[n_embd]`.
        fc1: The detectors, `[4 * n_embd][n_embd]`.
        fc2: The report, `[n_embd][4 * n_embd]`.

    Returns:
        `[n_embd]`.

    Examples:
        Three detectors for two numbers: "the first is positive", "the second is", "the sum is negative". The
        first and second go off for [3, 1] and write 10·3 and 1·1 into different places. For [-3, 1] the
        second and third do: the second writes 1·1, and the third, which sees 2, writes 5·2 and 7·2.

        >>> fc1 = [[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]]
        >>> fc2 = [[10.0, 0.0, 5.0], [0.0, 1.0, 7.0]]
        >>> mlp([3.0, 1.0], fc1, fc2), mlp([-3.0, 1.0], fc1, fc2)
        ([30.0, 1.0], [10.0, 15.0])

    Source: four times the width is Vaswani et al.'s (2017). ReLU units are Nair and Hinton's (2010); Glorot,
    Bordes and Bengio (2011) brought them into deep networks like this one.
    """
    return linear([relu(number) for number in linear(x, fc1)], fc2)


@stage
def block(
    x: Vector[Scalar], matrices: dict[str, dict[str, Matrix[Scalar]]], cache: Cache[Scalar]
) -> list[Scalar]:
    r"""Run one layer: add what attention finds, then add what the MLP makes of it.

    $$x \leftarrow x + \mathrm{attention}(\mathrm{rmsnorm}(x)) \qquad
    x \leftarrow x + \mathrm{mlp}(\mathrm{rmsnorm}(x))$$

    ```mermaid
    graph LR
        x["x"] --> n1[rmsnorm] --> att[attention] --> p1((+))
        x --> p1
        p1 --> n2[rmsnorm] --> mlp[mlp] --> p2((+))
        p1 --> p2
    ```

    The plain arrows around the two parts are the residual connections. Slopes come back along them
    undiminished.

    Args:
        x: `[n_embd]`.
        matrices: Those of this layer, as `layer_matrices` picks them.
        cache: The memory of this layer; it grows by one position.

    Returns:
        `[n_embd]`.

    Pitfalls:
        - *The residual forgotten.* The layer would have to carry everything itself, and slopes fade.
        - *The old x added.* The second addition adds to the result of the first, not to the block's input.

    Examples:
        A layer whose matrices are all zero writes nothing down: what goes in comes out.

        >>> config = Config(n_embd=2, n_head=1)
        >>> shapes = parameter_shapes(config, vocab_size=2)
        >>> zeros = {name: [[0.0] * columns for _ in range(rows)] for name, (rows, columns) in shapes.items()}
        >>> block([3.0, -1.0], layer_matrices(zeros, 0), new_cache(n_head=1))
        [3.0, -1.0]

        One detector for "the second is negative", which raises the second number by 100 times what it
        sees: the normalized -1 is -0.4472.

        >>> zeros["layer0.mlp_fc1"][5], zeros["layer0.mlp_fc2"][1][5] = [0.0, -1.0], 100.0
        >>> x = block([3.0, -1.0], layer_matrices(zeros, 0), new_cache(n_head=1))
        >>> [round(number, 2) for number in x]
        [3.0, 43.72]
    """
    x = add(attention(rmsnorm(x), cache, **matrices["attn"]), x)
    return add(mlp(rmsnorm(x), **matrices["mlp"]), x)


@stage
def forward(model: Model[Scalar], token: int, position: int, caches: Sequence[Cache[Scalar]]) -> list[Scalar]:
    r"""Score every token as the successor of this one, given what the caches hold of the ones before.

    Args:
        model: The model.
        token: The id at this position.
        position: Its place, from 0 to block_size - 1. Call in order: 0, 1, 2, ...
        caches: One for each layer; each grows by this position.

    Returns:
        The scores, called *logits*, `[vocab_size]`. `softmax` makes them probabilities.

    Raises:
        ValueError: If there are more or fewer caches than layers.

    Pitfalls:
        - *Stale caches.* A new document needs new ones.
        - *Skipped positions.* The model sees what is in the caches, not what you meant.

    Examples:
        Two positions: the mark, then an a. The last line asks about the same a without the past.

        >>> model = as_floats(new_model(Config(), Tokenizer("ab"), random.Random(3)))
        >>> caches = new_caches(model.config)
        >>> [round(score, 4) for score in forward(model, model.tokenizer.bos, 0, caches)]
        [0.1971, 0.2362, 0.3696]
        >>> [round(score, 4) for score in forward(model, 0, 1, caches)]
        [0.3886, -0.1238, 0.1769]
        >>> [round(score, 4) for score in forward(model, 0, 1, new_caches(model.config))]
        [0.3446, -0.1357, 0.1442]

        Written out, it is embed, the blocks, and one matrix.

        >>> x = embed(model, token=1, position=0)
        >>> x = block(x, layer_matrices(model.parameters, 0), new_cache(n_head=4))
        >>> linear(x, model.parameters["lm_head"]) == forward(model, 1, 0, new_caches(model.config))
        True

        With two layers, the second works on what the first one made, and each has its own cache.

        >>> model = as_floats(new_model(Config(n_layer=2), Tokenizer("ab"), random.Random(3)))
        >>> caches = new_caches(model.config)
        >>> scores = forward(model, 1, 0, caches)
        >>> first, second = (layer_matrices(model.parameters, layer) for layer in (0, 1))
        >>> x = block(embed(model, token=1, position=0), first, new_cache(n_head=4))
        >>> x = block(x, second, new_cache(n_head=4))
        >>> linear(x, model.parameters["lm_head"]) == scores
        True
        >>> [len(cache.keys[0]) for cache in caches]
        [1, 1]
    """
    x = embed(model, token, position)
    for layer, cache in zip(range(model.config.n_layer), caches, strict=True):
        x = block(x, layer_matrices(model.parameters, layer), cache)
    return linear(x, model.parameters["lm_head"])
