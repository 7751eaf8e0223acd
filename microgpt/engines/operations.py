r"""How much work a step is, counted from the dials, whoever does it.

# The question

A rung takes some milliseconds for a step. **Is that much or little?** It depends on how much there is to do.
That can be counted beforehand: the dials say how large the matrices are, and the document says how many
positions there are.

# The count

A matrix of $r$ rows and $c$ columns meets a vector: $r c$ multiplications and as many additions, $2 r c$
operations. Each position meets every matrix once, but for the two tables of vectors, `wte` and `wpe`, of
which it takes a row.

On the way back each matrix is met twice: once to find the slope of its input, once to find its own. That is
twice as much again, so a step costs about three times the way forward. With $N$ numbers in the matrices and
$D$ positions this is the rule of thumb $6 N D$ for the cost of training (Kaplan et al., "Scaling Laws for
Neural Language Models", 2020).

>>> config = Config()
>>> matrices = matrix_parameters(config, vocab_size=27)
>>> matrices
3504
>>> learning = step_operations(config, vocab_size=27, lengths=[7])
>>> learning.matrices == 6 * matrices * 7
True

Attention adds something that grows with the square of the length: position $t$ compares its query with $t$
keys and mixes $t$ values, in each layer $2 \cdot 2 \cdot n_{embd} \cdot t$ operations, and again three times
as much with the way back.

>>> learning.attention == 3 * 4 * 16 * (1 + 2 + 3 + 4 + 5 + 6 + 7)
True

Adam handles every parameter once a step, whether it has a slope or not, with about twelve operations. In a
model as small as ours that is a large part; it does not grow with the documents, which is one reason for
batches.

>>> learning.adam == 12 * 4192
True
>>> [round(step_operations(config, 27, [7] * size).adam_share, 2) for size in (1, 16)]
[0.25, 0.02]

# What is left out

Exponentials, roots and divisions count as one operation each where they are counted at all, although they
take as long as ten or twenty. Normalizing, softmax and ReLU are left out: they touch each number of a vector
once, where a matrix touches it as often as it has rows.

# What follows

`microgpt.engines.race` lets the rungs run side by side.
"""

from collections.abc import Sequence
from typing import NamedTuple

from microgpt.config import Config
from microgpt.model import parameter_shapes

ADAM = 12
"""Operations of Adam for each parameter: averages, corrections, a root, a division, a subtraction."""


class Operations(NamedTuple):
    """The floating-point operations of a step.

    Attributes:
        matrices: Of the products of matrices and vectors, forward and back.
        attention: Of comparing queries with keys and mixing values, forward and back.
        adam: Of the update.
    """

    matrices: int
    attention: int
    adam: int

    @property
    def all(self) -> int:
        """Of the whole step."""
        return sum(self)

    @property
    def adam_share(self) -> float:
        """Which share of all the update is."""
        return self.adam / self.all


def matrix_parameters(config: Config, vocab_size: int) -> int:
    """Count the parameters that multiply: those of all matrices but the two tables.

    Examples:
        >>> matrix_parameters(Config(n_layer=2), 27) - matrix_parameters(Config(), 27) == 12 * 16**2
        True
    """
    shapes = parameter_shapes(config, vocab_size)
    return sum(rows * columns for name, (rows, columns) in shapes.items() if name not in ("wte", "wpe"))


def step_operations(config: Config, vocab_size: int, lengths: Sequence[int]) -> Operations:
    """Count the operations of a step.

    Args:
        config: The dials.
        vocab_size: The number of tokens.
        lengths: The number of predictions of each document of the batch.

    Returns:
        The operations of its parts.

    Examples:
        Twice the width is nearly four times the matrices, and twice the attention.

        >>> small, wide = (step_operations(Config(n_embd=n), 27, [8]) for n in (16, 32))
        >>> round(wide.matrices / small.matrices, 2), wide.attention / small.attention
        (3.75, 2.0)
    """
    parameters = sum(rows * columns for rows, columns in parameter_shapes(config, vocab_size).values())
    pairs = sum(length * (length + 1) // 2 for length in lengths)
    return Operations(
        6 * matrix_parameters(config, vocab_size) * sum(lengths),
        3 * 4 * config.n_embd * config.n_layer * pairs,
        ADAM * parameters,
    )
