r"""A whole training in one call, and a whole exam.

# The question

With one call a step, Python still chooses each document and keeps each loss. **What is left for Python if the
compiled part gets all documents at once?**

# The picture

| given | shape | what |
|---|---|---|
| `tokens` | `[n_tokens]` | all distinct documents, one after the other |
| `starts` | `[n_documents + 1]` | where each begins, and where the last ends |
| `order` | `[steps * batch_size]` | which document comes when |
| `rates` | `[steps][2]` | what of Adam depends on the step |

The first two are the same for every model; they are a library, of which each training reads what its order
says. A call that takes so long and needs nothing of Python lets Python go on meanwhile, in another thread.
That is all that it takes to use every core: a thread for each, and each of them nearly always in such a call.

# What follows

`microgpt.engines.crowd` is who calls.
"""

import math
from typing import Any

import numpy as np

from microgpt.engines.compiling import compiled, kept
from microgpt.engines.flat import Array
from microgpt.engines.lanes import borrowed, lanes_in
from microgpt.engines.loops_forward import forward_block
from microgpt.engines.loops_layout import Sizes, cover_of, lay_out
from microgpt.engines.loops_softmax import softmax_into
from microgpt.engines.loops_step import adam_into, batch_slopes, block_loss, squared_size


@kept
def compiled_training(
    flat: Array,
    memory: Array,
    tokens: Array,
    starts: Array,
    order: Array,
    rates: Array,
    sizes: Any,
    dials: Any,
    losses: Array,
) -> Any:
    """Train a model from its first step to its last.

    Args:
        flat: The parameters, `[n_parameters]`. They move.
        memory: Room for the positions of a batch.
        tokens: All documents.
        starts: Where each begins.
        order: Which are used, in the order of the steps; from the end it goes on with the first.
        rates: The learning rate divided by its correction, and 1 over that of `v`, for each step.
        sizes: Those of `Sizes`, as a plain tuple.
        dials: beta1, beta2, eps and the size of a batch.
        losses: Where the losses go, `[steps]`.

    Returns:
        How many steps were done: fewer, if a loss or a slope was not finite.
    """
    slopes, m, v = np.zeros_like(flat), np.zeros_like(flat), np.zeros_like(flat)
    flat, memory, (beta1, beta2, eps, batch_size) = borrowed(flat), borrowed(memory), dials
    line = np.empty(batch_size * (longest(starts) + 1), np.int64)
    for step in range(losses.size):
        end = 0
        for place in range(step * batch_size, (step + 1) * batch_size):
            end = append(line, end, tokens, starts, order[place % order.size])
        loss = batch_slopes(flat, borrowed(slopes), memory, borrowed(line[:end]), Sizes(*sizes))
        if not (math.isfinite(loss) and math.isfinite(squared_size(slopes))):
            return step
        adam_into(flat, slopes, m, v, (beta1, beta2, eps, rates[step, 0], rates[step, 1]))
        losses[step] = loss
    return losses.size


@kept
def compiled_exam(
    flat: Array, memory: Array, tokens: Array, starts: Array, exam: Array, sizes: Any, answers: Array
) -> None:
    """Find the surprise of a model at each document of an exam, added up over its tokens.

    Args:
        flat: The parameters, `[n_parameters]`.
        memory: Room for the positions of one document.
        tokens: All documents.
        starts: Where each begins.
        exam: Which are asked.
        sizes: Those of `Sizes`, as a plain tuple.
        answers: Where the surprises go, `[n_exam]`.
    """
    line = np.empty(longest(starts) + 1, np.int64)
    flat, memory, sizes = borrowed(flat), borrowed(memory), Sizes(*sizes)
    for number in range(exam.size):
        end = append(line, 0, tokens, starts, exam[number])
        count = lay_out(line[:end], memory, sizes)
        mean = 0.0
        for block in range(-(-count // lanes_in(memory))):
            forward_block(flat, memory, block, count, sizes)
            softmax_into(cover_of(memory, block, sizes).scores)
            mean += block_loss(memory, block, count, sizes)
        answers[number] = mean * count


@compiled
def longest(starts: Array) -> Any:
    """Count the tokens of the longest document.

    Examples:
        >>> longest(np.array([0, 4, 9, 12]))
        5
    """
    most = 0
    for place in range(starts.size - 1):
        most = max(most, starts[place + 1] - starts[place])
    return most


@compiled
def append(line: Array, end: int, tokens: Array, starts: Array, place: int) -> Any:
    """Write a document after those of a line, and give the new end.

    Examples:
        >>> line = np.zeros(6, np.int64)
        >>> append(line, 0, np.array([5, 1, 5, 5, 2, 3, 5]), np.array([0, 3, 7]), 1)
        5
        >>> line.tolist()
        [4, 5, 2, 3, 5, 0]
    """
    length = starts[place + 1] - starts[place]
    line[end] = length
    for i in range(length):
        line[end + 1 + i] = tokens[starts[place] + i]
    return end + 1 + length
