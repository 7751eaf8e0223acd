r"""A layer forward and back, for all positions of some documents at once.

# The question

The operations of `microgpt.engines.by_hand` each know their way back. **How do their ways make the way back
of a whole layer?**

# The picture

Read the arrows against their direction, and every fork becomes a sum.

```mermaid
graph TD
    x["rows"] --> n1["rmsnorm"] --> qkv["wq, wk, wv"] --> a["attention"] --> wo["wo"] --> p1((+))
    x --> p1
    p1 --> n2["rmsnorm"] --> mlp["fc1, relu, fc2"] --> p2((+))
    p1 --> p2
```

Whoever has the slopes of what goes out goes through the operations in the opposite order. Where the rows went
two ways, to the part and past it, two slopes come back, and they are added. The normalized rows went three
ways, to queries, keys and values, so there are three to add.

# In numbers

A number that is used twice, by $2x$ and by $x$ itself: the slope of $2x + x$ is $2 + 1$. The same in a layer
of width 1, for a document of one position, with an MLP that does nothing. Nudged and derived:

>>> one, off = [[1.0]], [[0.0]]
>>> matrices = {"attn": {"wq": off, "wk": off, "wv": one, "wo": [[3.0]]}}
>>> matrices["mlp"] = {"fc1": [[0.0]] * 4, "fc2": [[0.0] * 4]}
>>> def layer(x):
...     return layer_and_back([[x]], matrices, whole_documents([slice(0, 1)], n_head=1))
>>> round((layer(0.004001)[0][0][0] - layer(0.003999)[0][0][0]) / 0.000002, 2)
227.29
>>> [[round(slope, 2) for slope in row] for row in layer(0.004)[1]([[1.0]])[0]]
[[227.29]]

Through the part comes three times the slope of rmsnorm, which is steep so close to 0; past it comes just 1.

>>> round(1e-5 / (0.004**2 + 1e-5) ** 1.5, 2), round(3 * 75.43 + 1, 2)
(75.43, 227.29)

Without the part, the 1 is left.

>>> matrices["attn"]["wo"] = [[0.0]]
>>> layer(0.004)[1]([[1.0]])[0]
[[1.0]]

# What follows

`microgpt.engines.lists` runs the layers and trains them.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

from microgpt.engines.by_hand import (
    Numbers,
    Rows,
    added,
    attention_and_back,
    linear_and_back,
    mlp_and_back,
    rmsnorm_and_back,
    row_products,
)
from microgpt.loss import Batch
from microgpt.model import Model, layer_matrices

Attend: TypeAlias = Callable[[Rows, Rows, Rows], tuple[Rows, Callable[[Rows], Sequence[Rows]]]]
"""What looks back with queries, keys and values, and leads back to all three."""


class Positions(NamedTuple):
    """The positions of all documents of a batch in one row.

    Attributes:
        tokens: What stands there, `[n_positions]`.
        answers: What comes next, `[n_positions]`.
        places: Which place in its document each has, `[n_positions]`.
        counts: The share that each has in the mean of the documents' means, `[n_positions]`.
        documents: Which positions belong to each document.
    """

    tokens: list[int]
    answers: list[int]
    places: list[int]
    counts: list[float]
    documents: list[slice]


def positions_of(batch: Batch, block_size: int) -> Positions:
    """Put the documents of a batch one behind the other.

    Examples:
        Two documents, of two and four positions, cut to three: each counts one half.

        >>> one = positions_of([[9, 1, 9], [9, 2, 3, 4, 9]], block_size=3)
        >>> one.tokens, one.answers, one.places
        ([9, 1, 9, 2, 3], [1, 9, 2, 3, 4], [0, 1, 0, 1, 2])
        >>> [round(count, 3) for count in one.counts], one.documents
        ([0.25, 0.25, 0.167, 0.167, 0.167], [slice(0, 2, None), slice(2, 5, None)])
    """
    found = Positions([], [], [], [], [])
    for document in batch:
        start, n = len(found.tokens), min(len(document) - 1, block_size)
        found.documents.append(slice(start, start + n))
        found.tokens.extend(document[:n])
        found.answers.extend(document[1 : n + 1])
        found.places.extend(range(n))
        found.counts.extend([1 / (n * len(batch))] * n)
    return found


def embed_and_back(
    model: Model[float], tokens: Sequence[int], places: Sequence[int]
) -> tuple[Rows, Callable[[Rows], tuple[Rows, Rows]]]:
    r"""Look each token and each place up, and lead back: a row gets the slopes of all who looked it up.

    Args:
        model: The model.
        tokens: `[n_positions]`.
        places: `[n_positions]`.

    Returns:
        The embedded positions, `[n_positions][n_embd]`, and what turns their slopes into those of `wte` and
        `wpe`.

    Examples:
        Rows of two numbers, so large that rmsnorm almost divides by 5. Token 1 stands at both places.

        >>> from microgpt.config import Config
        >>> from microgpt.tokenizer import Tokenizer
        >>> tables = {"wte": [[0.0, 0.0], [5.0, 5.0]], "wpe": [[0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]}
        >>> model = Model(Config(n_embd=2, n_head=1, block_size=3), Tokenizer("a"), tables)
        >>> rows, back = embed_and_back(model, [1, 1], [0, 1])
        >>> [[round(x, 4) for x in row] for row in rows]
        [[1.0, 1.0], [1.0, 1.0]]
        >>> of_tokens, of_places = back([[1.0, -1.0], [2.0, 0.0]])
        >>> [[round(x, 4) for x in row] for row in of_tokens]
        [[0.0, 0.0], [0.4, -0.4]]
        >>> [[round(x, 4) for x in row] for row in of_places]
        [[0.2, -0.2], [0.2, -0.2], [0.0, 0.0]]
    """
    wte, wpe = model.parameters["wte"], model.parameters["wpe"]
    rows, norm_back = rmsnorm_and_back(added([wte[one] for one in tokens], [wpe[one] for one in places]))

    def back(slopes: Rows) -> tuple[Rows, Rows]:
        of_tokens, of_places = ([[0.0] * len(table[0]) for _ in table] for table in (wte, wpe))
        for token, place, slope in zip(tokens, places, norm_back(slopes)):
            (of_tokens[token],) = added([of_tokens[token]], [slope])
            (of_places[place],) = added([of_places[place]], [slope])
        return of_tokens, of_places

    return rows, back


def layer_and_back(
    rows: Rows, matrices: dict[str, dict[str, Any]], attend: Attend
) -> tuple[Rows, Callable[[Rows], tuple[Rows, dict[str, Rows]]]]:
    r"""Run one layer for all positions, and lead back.

    The residual connections are the two sums. On the way back each passes its slope on to both sides, so the
    slopes of the stream are those that came, plus what the part beside it adds.

    Args:
        rows: `[n_positions][n_embd]`.
        matrices: Those of this layer, as `microgpt.model.layer_matrices` picks them.
        attend: What looks back.

    Returns:
        `[n_positions][n_embd]`, and what turns its slopes into those of `rows` and of each matrix by name.

    Examples:
        With matrices of zeros the layer adds nothing, and the slopes pass it as they are.

        >>> attn = {name: [[0.0] * 2 for _ in range(2)] for name in ("wq", "wk", "wv", "wo")}
        >>> mlp = {"fc1": [[0.0] * 2 for _ in range(8)], "fc2": [[0.0] * 8 for _ in range(2)]}
        >>> attend = whole_documents([slice(0, 1)], n_head=1)
        >>> rows, back = layer_and_back([[3.0, -1.0]], {"attn": attn, "mlp": mlp}, attend)
        >>> rows, back([[5.0, 7.0]])[0]
        ([[3.0, -1.0]], [[5.0, 7.0]])
    """
    attn, mlp = matrices["attn"], matrices["mlp"]
    normed, first_back = rmsnorm_and_back(rows)
    made = {name: linear_and_back(normed, attn[name]) for name in ("wq", "wk", "wv")}
    mixed, mixed_back = attend(*(output for output, _ in made.values()))
    report, report_back = linear_and_back(mixed, attn["wo"])
    between = added(report, rows)
    normed_again, second_back = rmsnorm_and_back(between)
    change, mlp_back = mlp_and_back(normed_again, mlp["fc1"], mlp["fc2"])

    def back(slopes: Rows) -> tuple[Rows, dict[str, Rows]]:
        found: dict[str, Rows] = {}
        of_normed, found["mlp_fc1"], found["mlp_fc2"] = mlp_back(slopes)
        slopes = added(slopes, second_back(of_normed))
        of_mixed, found["attn_wo"] = report_back(slopes)
        parts = []
        for (name, (_, one_back)), one_slopes in zip(made.items(), mixed_back(of_mixed)):
            part, found[f"attn_{name}"] = one_back(one_slopes)
            parts.append(part)
        return added(slopes, first_back(added(added(parts[0], parts[1]), parts[2]))), found

    return added(change, between), back


def whole_documents(documents: Sequence[slice], n_head: int) -> Attend:
    """Let the positions of each document look back within it.

    Args:
        documents: Which positions belong to each document.
        n_head: The number of heads.

    Examples:
        Two documents of one position: each can look at itself only.

        >>> attend = whole_documents([slice(0, 1), slice(1, 2)], n_head=1)
        >>> mixed, back = attend([[1.0], [1.0]], [[9.0], [0.0]], [[3.0], [4.0]])
        >>> mixed, back([[1.0], [2.0]])[2]
        ([[3.0], [4.0]], [[1.0], [2.0]])
    """

    def attend(queries: Rows, keys: Rows, values: Rows) -> tuple[Rows, Callable[[Rows], Sequence[Rows]]]:
        parts = [attention_and_back(queries[one], keys[one], values[one], n_head) for one in documents]

        def back(slopes: Rows) -> Sequence[Rows]:
            found = [part_back(slopes[one]) for (_, part_back), one in zip(parts, documents)]
            return [[row for rows in several for row in rows] for several in zip(*found)]

        return [row for rows, _ in parts for row in rows], back

    return attend


def on_a_shelf(n_head: int) -> Attend:
    """Let new positions look back at all that came before them, in this call and in earlier ones.

    Args:
        n_head: The number of heads.

    Examples:
        The second position gives half of its attention to the first, which came in an earlier call.

        >>> attend = on_a_shelf(n_head=1)
        >>> _ = attend([[0.0]], [[1.0]], [[10.0]])
        >>> attend([[0.0]], [[7.0]], [[30.0]])[0]
        [[20.0]]
    """
    all_keys: list[Numbers] = []
    all_values: list[Numbers] = []

    def attend(queries: Rows, keys: Rows, values: Rows) -> tuple[Rows, Callable[[Rows], Sequence[Rows]]]:
        all_keys.extend(keys)
        all_values.extend(values)
        return attention_and_back(queries, all_keys, all_values, n_head)

    return attend


def layers_of(model: Model[float]) -> list[dict[str, dict[str, Any]]]:
    """Pick the matrices of all layers."""
    return [layer_matrices(model.parameters, layer) for layer in range(model.config.n_layer)]


def all_scores(model: Model[float], rows: Rows, *attends: Attend) -> list[list[float]]:
    """Run embedded positions through all layers, and score what comes next.

    Args:
        model: The model.
        rows: `[n_positions][n_embd]`.
        attends: What looks back, one for all layers or one for each.

    Returns:
        `[n_positions][vocab_size]`.
    """
    for layer, matrices in enumerate(layers_of(model)):
        rows, _ = layer_and_back(rows, matrices, attends[layer % len(attends)])
    return row_products(rows, model.parameters["lm_head"])
