r"""The matrices of a layer for all positions at once, and where their slopes go.

# The question

`microgpt.engines.list_layers` leads back through a layer with lists. **What changes if the operations are
those of `microgpt.engines.at_once`?** The order of the operations stays. Two things are new: the three
matrices of queries, keys and values are one, and slopes are not handed on in dictionaries but written to
their places.

# The picture

The attention half of a layer. The plain arrows lead forward; look at the dotted ones: they say where slopes
go on the way back.

```mermaid
graph TD
    rows["rows"] --> norm["rmsnorm"] --> wqkv["wqkv: one product"] --> att["attention"] --> wo["wo"]
    wo --> plus((+))
    wqkv -. "on the way back" .-> row["its part of the row of slopes"]
    wo -. "on the way back" .-> row
```

# In numbers

A layer of 2 heads with 3 numbers each, two documents, of 2 positions and of 1. A nudge of one number of
`wqkv` changes the sum of all outputs as the slope says; the number makes a part of the keys, so all of that
goes through the shares.

>>> from functools import partial
>>> from microgpt.engines.at_once import Stack, attention_at_once
>>> rng = np.random.default_rng(2)
>>> shapes = [(18, 6), (6, 6), (24, 6), (6, 24)]
>>> weights, found = (LayerWeights(*(rng.normal(size=shape) for shape in shapes)) for _ in range(2))
>>> rows, stack = rng.normal(size=(3, 6)), Stack.of([2, 1])
>>> def layer():
...     return layer_at_once(rows, weights, found, partial(attention_at_once, stack=stack, n_head=2))
>>> _ = layer()[1](np.ones((3, 6)))
>>> sums = []
>>> for nudge in (1e-6, -2e-6):
...     weights.wqkv[8, 3] += nudge
...     sums.append(float(layer()[0].sum()))
>>> round((sums[0] - sums[1]) / 2e-6, 5), round(float(found.wqkv[8, 3]), 5)
(0.82702, 0.82702)

# What follows

`microgpt.engines.matrices` runs the layers and trains them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np

from microgpt.config import Config
from microgpt.engines.at_once import (
    Back,
    linear_at_once,
    lookup_at_once,
    mlp_at_once,
    rmsnorm_at_once,
    shares_at_once,
)
from microgpt.engines.flat import Array, FlatModel, views

AttendRows: TypeAlias = Callable[[Array], tuple[Array, Back]]
"""What looks back with queries, keys and values side by side, and leads back to them."""


class LayerWeights(NamedTuple):
    """The matrices of one layer, or their slopes.

    Attributes:
        wqkv: Those that make queries, keys and values, on top of each other, `[3 * n_embd][n_embd]`.
        wo: `[n_embd][n_embd]`.
        fc1: `[4 * n_embd][n_embd]`.
        fc2: `[n_embd][4 * n_embd]`.
    """

    wqkv: Array
    wo: Array
    fc1: Array
    fc2: Array


class Weights(NamedTuple):
    """All matrices of a model, or their slopes: views of a row.

    Attributes:
        wte: `[vocab_size][n_embd]`.
        wpe: `[block_size][n_embd]`.
        lm_head: `[vocab_size][n_embd]`.
        layers: Those of each layer.
    """

    wte: Array
    wpe: Array
    lm_head: Array
    layers: list[LayerWeights]

    @classmethod
    def of(cls, flat: Array, config: Config, vocab_size: int) -> "Weights":
        """Cut a row into the matrices that this rung multiplies with.

        Args:
            flat: The parameters or their slopes, `[n_parameters]`.
            config: The dials.
            vocab_size: The number of tokens.
        """
        n = config.n_embd
        shapes = {"wte": (vocab_size, n), "wpe": (config.block_size, n), "lm_head": (vocab_size, n)}
        of_a_layer = {"wqkv": (3 * n, n), "wo": (n, n), "fc1": (4 * n, n), "fc2": (n, 4 * n)}
        for layer in range(config.n_layer):
            shapes |= {f"{name}{layer}": shape for name, shape in of_a_layer.items()}
        cut = views(flat, shapes)
        layers = [LayerWeights(*(cut[f"{name}{i}"] for name in of_a_layer)) for i in range(config.n_layer)]
        return cls(cut["wte"], cut["wpe"], cut["lm_head"], layers)


@dataclass(frozen=True, eq=False)
class MatrixModel(FlatModel):
    """A model in one row, with room for its slopes.

    Attributes:
        weights: Views of the row of parameters.
        flat_slopes: The slopes of the last batch, `[n_parameters]`.
        slopes: Views of the row of slopes.
    """

    weights: Weights
    flat_slopes: Array
    slopes: Weights


def layer_at_once(
    rows: Array, weights: LayerWeights, found: LayerWeights, attend: AttendRows
) -> tuple[Array, Back]:
    """Run one layer for all positions; see `microgpt.engines.list_layers.layer_and_back`.

    Args:
        rows: `[n_positions][n_embd]`.
        weights: The matrices.
        found: Where to put their slopes.
        attend: What looks back.

    Returns:
        `[n_positions][n_embd]`, and what turns its slopes into those of `rows`.
    """
    normed, first_back = rmsnorm_at_once(rows)
    made, made_back = linear_at_once(normed, weights.wqkv, found.wqkv)
    mixed, mixed_back = attend(made)
    between, report_back = linear_at_once(mixed, weights.wo, found.wo)
    between += rows
    normed_again, second_back = rmsnorm_at_once(between)
    outputs, mlp_back = mlp_at_once(normed_again, weights.fc1, weights.fc2, found.fc1, found.fc2)
    outputs += between

    def back(slopes: Array) -> Array:
        slopes = slopes + second_back(mlp_back(slopes))
        slopes += first_back(made_back(mixed_back(report_back(slopes))))
        return slopes

    return outputs, back


def scores_at_once(
    model: MatrixModel, tokens: list[int], places: list[int], attends: Sequence[AttendRows]
) -> tuple[Array, Callable[[Array], None]]:
    """Score what comes next at each position, and lead back to all parameters.

    Args:
        model: The model; the way back fills its slopes.
        tokens: What stands at each position, `[n_positions]`.
        places: Which place in its document each has, `[n_positions]`.
        attends: What looks back in each layer.

    Returns:
        The scores, `[n_positions][vocab_size]`, and what leads their slopes back.
    """
    weights, found = model.weights, model.slopes
    rows, token_back = lookup_at_once(weights.wte, tokens, found.wte)
    of_places, place_back = lookup_at_once(weights.wpe, places, found.wpe)
    rows += of_places
    rows, norm_back = rmsnorm_at_once(rows)
    backs = [norm_back]
    for layer, attend in enumerate(attends):
        rows, layer_back = layer_at_once(rows, weights.layers[layer], found.layers[layer], attend)
        backs.append(layer_back)
    scores, head_back = linear_at_once(rows, weights.lm_head, found.lm_head)
    backs.append(head_back)

    def back(slopes: Array) -> None:
        for one_back in reversed(backs):
            slopes = one_back(slopes)
        token_back(slopes)
        place_back(slopes)

    return scores, back


def on_a_matrix_shelf(model: MatrixModel) -> AttendRows:
    """Let one new position look back at all that came in earlier calls; nothing leads back from here."""
    config, kind = model.config, model.flat.dtype
    shelf = np.empty((2, config.n_head, config.block_size, config.head_dim), kind)
    seen, scale = 0, config.head_dim**-0.5

    def attend(made: Array) -> tuple[Array, Back]:
        nonlocal seen
        made = made.reshape(3, config.n_head, config.head_dim)
        shelf[:, :, seen] = made[1:]
        seen += 1
        keys, values = shelf[:, :, :seen]
        shares = shares_at_once(np.matmul(keys, made[0, :, :, None]).swapaxes(1, 2) * scale)
        return np.matmul(shares, values).reshape(1, -1), _no_way_back

    return attend


def _no_way_back(slopes: Array) -> Array:
    raise NotImplementedError("a model that speaks does not learn; slopes come from whole documents")
