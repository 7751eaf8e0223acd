r"""All numbers in one row of memory: what the rungs that leave Python's lists have in common.

# The question

A list of Python floats is a list of addresses; the numbers themselves lie wherever there was room for them.
**How should thousands of numbers lie in memory, so that one instruction can take the next one without
looking for it?**

# The picture

Side by side, all parameters of the model in one row, matrix after matrix, row after row. It is the order of
`microgpt.model.parameters_of`, so the number 30 of the row is the parameter 30 of every other rung.

```mermaid
graph TD
    flat["flat [n_parameters]"] --> wte["wte<br/>[vocab_size]<br/>[n_embd]"]
    flat --> wpe["wpe<br/>[block_size]<br/>[n_embd]"]
    flat --> rest["lm_head, then<br/>the matrices<br/>of each layer"]
```

A *view* is a second way to address the same memory: a starting place and a shape, and no number of its own.
Each matrix is a view of its part of the row. Who changes the view changes the row, and the other way round,
so there is nothing to be copied back and forth, and nothing to be forgotten.

>>> from random import Random
>>> from microgpt.config import Config
>>> from microgpt.model import new_model
>>> from microgpt.tokenizer import Tokenizer
>>> model = flat_model(new_model(Config(n_embd=6, n_head=2, block_size=3), Tokenizer("abc"), Random(1)))
>>> model.flat.shape, model.parameters["wte"].shape, model.parameters["wpe"].shape
((498,), (4, 6), (3, 6))
>>> model.parameters["wpe"][1][0] = 7.0
>>> float(model.flat[4 * 6 + 1 * 6 + 0])
7.0

# Why one row

| who | meets the numbers as | because |
|---|---|---|
| the model | matrices | it multiplies them |
| Adam | one row | it treats all alike, and does not care where a row of a matrix ends |
| the slopes | both | the backward pass writes matrices, Adam reads a row |

With one array for each matrix, Adam would be called once for each, nine times for one layer. With one row it
is called once, and runs through memory from one end to the other, which is what memory is best at.

# What a number costs

A float is 8 bytes. In an array it takes 8 bytes; in Python it is an object of its own, to which a list adds
an address of 8; a `Value` needs several of both.

>>> import sys
>>> sys.getsizeof(1.5) + 8, model.flat.itemsize
(32, 8)

# float64 and float32

Eight bytes, float64, hold about 16 digits, four, float32, about 7: half the memory, and twice as many numbers
in each instruction of the processor. A model of float32 is not the original's to the last digit any more.

>>> float(flat_model(model, "float32").flat[30]), 1 / 3 - float(np.float32(1 / 3))
(7.0, -9.934107481068821e-09)

# Check yourself

??? question "The model is a view of the row. What happens to a matrix after `model.flat *= 2`?"

    It is doubled, since it has no numbers of its own. What would *not* reach it is `flat = flat * 2`, which
    makes a new row and leaves the old one, and its views, as they are.

    >>> before = float(model.parameters["wpe"][1][0])
    >>> model.flat[:] *= 2
    >>> before, float(model.parameters["wpe"][1][0])
    (7.0, 14.0)

# What follows

`microgpt.engines.matrices` computes with whole matrices, `microgpt.engines.loops` with compiled loops; both
keep their numbers here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microgpt.adam import Adam
from microgpt.model import Model, parameter_shapes, parameters_of

Array = NDArray[Any]
"""Numbers side by side in memory, all of one kind."""


@dataclass(frozen=True, eq=False)
class FlatModel(Model[Any]):
    """A model whose parameters lie in one row.

    Attributes:
        parameters: The matrices by name, each a view `[rows][columns]` of its part of the row.
        flat: The row, `[n_parameters]`, in the order of `microgpt.model.parameters_of`.
    """

    parameters: dict[str, Any]
    flat: Array


def views(flat: Array, shapes: Mapping[str, tuple[int, int]]) -> dict[str, Array]:
    """Cut a row into matrices, without copying a number.

    Args:
        flat: The row, `[n_parameters]`.
        shapes: Rows and columns of each matrix by name, in the order in which they lie in the row.

    Returns:
        The matrices by name, `[rows][columns]`.

    Examples:
        >>> matrices = views(np.arange(8.0), {"a": (1, 2), "b": (2, 3)})
        >>> matrices["b"].tolist()
        [[2.0, 3.0, 4.0], [5.0, 6.0, 7.0]]
        >>> matrices["b"].base is matrices["a"].base
        True
    """
    found, start = {}, 0
    for name, (rows, columns) in shapes.items():
        found[name] = flat[start : start + rows * columns].reshape(rows, columns)
        start += rows * columns
    return found


def flat_model(model: Model[Any], precision: str = "float64") -> FlatModel:
    """Copy a model of any rung into one row.

    Args:
        model: Any model.
        precision: What kind of number: `float64` or `float32`.

    Examples:
        >>> from random import Random
        >>> from microgpt.config import Config
        >>> from microgpt.model import as_floats, new_model
        >>> from microgpt.tokenizer import Tokenizer
        >>> model = new_model(Config(n_embd=6, n_head=2), Tokenizer("abc"), Random(1))
        >>> as_floats(flat_model(model)) == as_floats(model)
        True
    """
    numbers = model.flat if isinstance(model, FlatModel) else [float(one) for one in parameters_of(model)]
    with np.errstate(over="ignore"):  # what is too large for float32 becomes infinite, and training says so
        flat = np.array(numbers, dtype="float64").astype(precision)
    shapes = parameter_shapes(model.config, model.tokenizer.vocab_size)
    return FlatModel(model.config, model.tokenizer, views(flat, shapes), flat)


@dataclass(eq=False)
class FlatAdam:
    r"""Adam for a row: `microgpt.adam` explains it, here all parameters take each part of the step together.

    Attributes:
        m: The average slopes, `[n_parameters]`.
        v: The average squared slopes, `[n_parameters]`.
        beta1: How much of `m` is kept in each step.
        beta2: How much of `v` is kept in each step.
        eps: What is added to the root of `v` before dividing.
        steps: How many updates were made.
    """

    m: Array
    v: Array
    beta1: float
    beta2: float
    eps: float
    steps: int = 0
    _scratch: Array = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._scratch = np.empty_like(self.m)

    @classmethod
    def start(cls, model: FlatModel, optimizer: Adam) -> "FlatAdam":
        """Take over the averages of another optimizer, of any rung.

        Args:
            model: Whose parameters will be updated; the averages are kept in the same precision.
            optimizer: Where to go on from; it is left as it is.

        Examples:
            >>> from microgpt.config import Config
            >>> from microgpt.tokenizer import Tokenizer
            >>> pair = FlatModel(Config(), Tokenizer("a"), {}, np.array([5.0, 6.0]))
            >>> FlatAdam.start(pair, Adam([0.5, 0.25], [1.0, 2.0], 0.85, 0.99, 1e-8, steps=7))
            FlatAdam(m=array([0.5 , 0.25]), v=array([1., 2.]), beta1=0.85, beta2=0.99, eps=1e-08, steps=7)
        """
        m, v = (
            np.array([float(one) for one in numbers], model.flat.dtype)
            for numbers in (optimizer.m, optimizer.v)
        )
        return cls(m, v, optimizer.beta1, optimizer.beta2, optimizer.eps, optimizer.steps)

    def update(self, flat: Array, slopes: Array, learning_rate: float) -> None:
        r"""Move every parameter one step against its slope, all of them at once.

        Each line of NumPy is one walk through the row, so the formula is rearranged to need fewer of them.
        The corrections are the same for all parameters, and can be moved out of the fraction. With
        $c_1 = 1 - \beta_1^t$ and $c_2 = 1 - \beta_2^t$:

        $$\eta \cdot \frac{m / c_1}{\sqrt{v / c_2} + \varepsilon}
        = \frac{\eta \sqrt{c_2}}{c_1} \cdot \frac{m}{\sqrt{v} + \varepsilon \sqrt{c_2}}$$

        Args:
            flat: The parameters, `[n_parameters]`. They move.
            slopes: Their slopes, `[n_parameters]`.
            learning_rate: $\eta$ of this step.

        Examples:
            The two steps of `microgpt.adam`, with another parameter beside the one there.

            >>> flat = np.array([5.0, 1.0])
            >>> adam = FlatAdam(np.zeros(2), np.zeros(2), beta1=0.85, beta2=0.99, eps=1e-8)
            >>> adam.update(flat, np.array([0.1, -3.0]), learning_rate=0.01)
            >>> flat.round(9).tolist()
            [4.990000001, 1.01]
            >>> adam.update(flat, np.array([0.12, 3.0]), learning_rate=0.01)
            >>> flat.round(7).tolist(), adam.m.round(6).tolist(), adam.v.round(6).tolist()
            ([4.9799722, 1.0091892], [0.03075, 0.0675], [0.000243, 0.1791])

            An epsilon as large as the slope halves the step.

            >>> adam = FlatAdam(np.zeros(1), np.zeros(1), beta1=0.85, beta2=0.99, eps=1.0)
            >>> adam.update(flat[:1], np.ones(1), learning_rate=0.01)
            >>> flat.round(7).tolist()
            [4.9749722, 1.0091892]
        """
        self.steps += 1
        m, v, scratch = self.m, self.v, self._scratch
        correction1, root2 = 1 - self.beta1**self.steps, (1 - self.beta2**self.steps) ** 0.5
        m *= self.beta1
        m += np.multiply(slopes, 1 - self.beta1, out=scratch)
        v *= self.beta2
        np.multiply(slopes, slopes, out=scratch)
        scratch *= 1 - self.beta2
        v += scratch
        np.sqrt(v, out=scratch)
        scratch += self.eps * root2
        np.divide(m, scratch, out=scratch)
        scratch *= learning_rate * root2 / correction1
        flat -= scratch
