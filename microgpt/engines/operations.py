r"""How much work a step is, counted from the dials, whoever does it.

# What you will be able to do

- Count the operations of a step from the dials.
- Use the rule 6 N D, and say what it leaves out.
- Say from which length on attention costs more than the matrices.

# The question

A rung takes some milliseconds for a step. **Is that much or little?** It depends on how much there is to do.
That can be counted beforehand: the dials say how large the matrices are, and the document says how many
positions there are.

# The picture

Each matrix is met three times in a step, and each meeting is a multiplication and an addition for every
number in it:

```mermaid
graph LR
    x["input"] -- "1: forward" --> y["output"]
    x --> dw["slope of<br/>the weights"]
    dy["slope of<br/>the output"] -- "3: back" --> dw
    dy -- "2: back" --> dx["slope of<br/>the input"]
```

# The count

The unit is the *floating-point operation*, FLOP: one multiplication or one addition of two floats. A matrix
of $r$ rows and $c$ columns meets a vector: $r c$ multiplications and as many additions, $2 r c$ operations.
Each position meets every matrix once, but for the two tables of vectors, `wte` and `wpe`, of which it takes a
row.

On the way back each matrix is met twice: once to find the slope of its input, once to find its own. That is
twice as much again, so a step costs about three times the way forward. With $N$ numbers in the matrices and
$D$ positions this is the rule of thumb $6 N D$ for the cost of training. $D$ counts every position of every
step, a thousand times about seven in a default run. (Some put all parameters for $N$; in a large model the
tables are a small part.)

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

# Counted by the numbers themselves

Is the rule true? Let the numbers count. A float that notes each multiplication and each addition goes through
the derived slopes of `microgpt.engines.by_hand`: an MLP of the default size at one position, forward and
back. The rule holds to the digit if all its units are on. If half of them are off, they are left out, and it
is less.

>>> from microgpt.engines import by_hand, lists
>>> made = []
>>> class Counted(float):
...     def __mul__(self, other):
...         made.append("*")
...         return Counted(float(self) * float(other))
...     def __add__(self, other):
...         made.append("+")
...         return Counted(float(self) + float(other))
...     __rmul__, __radd__ = __mul__, __add__
>>> ones = [Counted(1.0)] * 16
>>> def counted(units_off):
...     made.clear()
...     detectors = [[Counted(-1.0)] * 16] * units_off + [ones] * (64 - units_off)
...     _, back = by_hand.mlp_and_back([ones], detectors, [[Counted(1.0)] * 64] * 16)
...     _ = back([ones])
...     return len(made)
>>> 6 * (2 * 64 * 16), counted(units_off=0), counted(units_off=32)
(12288, 12288, 7168)

Now a whole step: the first parameters of the default run, and one name of five predictions.

>>> from microgpt.data import bundled_documents
>>> from microgpt.model import as_floats
>>> from microgpt.training import new_run
>>> model = as_floats(new_run(config, bundled_documents()).model)
>>> for matrix in model.parameters.values():
...     for row in matrix:
...         row[:] = map(Counted, row)
>>> made.clear()
>>> _ = lists.gradient(model, [model.tokenizer.encode("emma")])
>>> rule = step_operations(config, 27, lengths=[5])
>>> 6 * matrices * 5, rule.matrices + rule.attention, len(made)
(105120, 108000, 87320)

The plain lists make fewer than the rule says, although their normalizing was counted too: of a model with
random numbers about half of the units are off.

# What is left out

Exponentials, roots and divisions count as one operation each where they are counted at all, although they
take as long as ten or twenty. Normalizing, softmax and ReLU are left out: they touch each number of a vector
once or twice, where a matrix touches it as often as it has rows.

# Pitfalls

- *The wrong N.* In a model as small as ours, the tables are no small part. With all parameters for $N$ the
  rule counts a fifth too much:

>>> round(4192 / matrices, 2)
1.2

- *Operations for time.* The same step takes one rung two thousand times as long as
  another (`docs/pages/ladder.md`). The count says what is to be done, not how long it takes.

>>> step_operations(config, 27, [8]).all
225408

# Check yourself

??? question what "Which parameters does a step multiply with, and which not?"

    With all matrices of the layers and the last one. Of `wte` and `wpe` each position takes one row and adds.

    >>> 27 * 16 + 16 * 16, 4192 - matrices
    (688, 688)

??? question how "From how many predictions on does attention cost more than all matrices?"

    Guess first. The matrices take $6 N$ operations a position, attention $12 \cdot n_{embd}$ for each pair of
    positions.

    >>> def attention_leads(length):
    ...     counted = step_operations(config, 27, [length])
    ...     return counted.attention > counted.matrices
    >>> next(length for length in range(1, 1000) if attention_leads(length))
    219

??? question why "Why is the way back twice as much work as the way forward?"

    A product has two inputs, and each wants its slope. The data get theirs by one product with the matrix,
    the matrix gets its own by one product with the data, and each is as large as the product forward.

??? question deeper "How many default runs is the training of GPT-3?"

    It has 175 billion parameters and was trained on 300 billion tokens, as its authors write. The answer is
    two million billion.

    >>> default = 6 * matrices * 7 * 1000
    >>> large = 6 * (175 * 10**9) * (300 * 10**9)
    >>> f"{large:.1e}", f"{large / default:.0e}"
    ('3.2e+23', '2e+15')

# To keep

- A weight costs six operations a position: two forward, four back.
- Attention grows with the square of the length, the matrices with the length.
- Adam's work depends on the parameters alone, and a batch shares it.

# What follows

Which rung is faster, and does it compute the same? `microgpt.engines.race` lets them run side by side.

Sources: the rule is from Kaplan et al., "Scaling Laws for Neural Language Models" (2020); the sizes of GPT-3
from Brown et al., "Language Models are Few-Shot Learners" (2020).
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
