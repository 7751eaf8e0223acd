r"""A whole step in one call: forward, backward, Adam.

# The question

Calling a compiled function from Python costs more than a small one takes: each argument has to be looked at,
each array unpacked. **How much can be done in one call?**

# The picture

Follow the one call from Python until it comes back, and look at what is asked before anything moves.

```mermaid
graph TD
    python["Python: the next documents, the rate"] -- "one call" --> forward["every block forward"]
    forward --> backward["every block backward, the last first"]
    backward --> check{"all finite?"}
    check -- "yes" --> adam["Adam: one walk<br/>through all parameters"]
    check -- "no" --> nothing["nothing moves"]
    adam -- "loss" --> back["Python"]
    nothing -- "loss, size" --> back
```

Everything. What is left for Python is to choose the documents and to keep the losses.

# Adam, one walk

For each parameter Adam reads four numbers and writes three. Written for whole rows, as with NumPy, it walks
through memory a dozen times. Here it is one loop, the compiler finds the eights in it by itself (it is long,
and no result is needed by the next), and each number is loaded once. The two corrections are the same for all
parameters, so Python computes them:

$$\theta \leftarrow \theta - \frac{\eta}{1 - \beta_1^t} \cdot
\frac{m}{\sqrt{v \cdot \frac{1}{1 - \beta_2^t}} + \varepsilon}$$

One root and one division are left, and they are the slowest that a processor can do with a float. With one
short document a step, the 4,192 roots and divisions are a good part of the step. With a batch of sixteen they
are made once for all sixteen: that is why a batch is cheaper, for each document, than sixteen steps. It is
not the same training, though: sixteen documents are then worth one step.

>>> import numpy as np
>>> flat, m, v = np.array([5.0, 1.0]), np.zeros(2), np.zeros(2)
>>> adam_into(flat, np.array([0.1, -3.0]), m, v, (0.85, 0.99, 1e-8, 0.01 / (1 - 0.85), 1 / (1 - 0.99)))
>>> flat.round(9).tolist(), m.round(6).tolist(), v.round(6).tolist()
([4.990000001, 1.01], [0.015, -0.45], [0.0001, 0.09])

The first of these is the example of `microgpt.adam`.

# What follows

`microgpt.engines.loops_use` judges and invents.
"""

import math
from typing import Any

from microgpt.engines.compiling import compiled, kept
from microgpt.engines.flat import Array
from microgpt.engines.lanes import borrowed, lanes_in
from microgpt.engines.loops_backward import backward_block
from microgpt.engines.loops_forward import forward_block
from microgpt.engines.loops_layout import Sizes, cover_of, lay_out, places_of
from microgpt.engines.loops_softmax import softmax_into


@kept
def compiled_step(
    flat: Array, slopes: Array, m: Array, v: Array, memory: Array, line: Array, sizes: Any, dials: Any
) -> Any:
    """Do a step. If the loss or the size of the slopes is not finite, nothing but the slopes has moved.

    Args:
        flat: The parameters, `[n_parameters]`.
        slopes: Room for the slopes, `[n_parameters]`.
        m: Adam's average slopes, `[n_parameters]`.
        v: Adam's average squared slopes, `[n_parameters]`.
        memory: Room for everything else; see `microgpt.engines.loops_layout`.
        line: The documents; see `microgpt.engines.loops_layout.lay_out`.
        sizes: Those of `Sizes`, as a plain tuple, which Numba unpacks faster.
        dials: See `adam_into`.

    Returns:
        The loss before the update, and the squared size of the slopes.
    """
    loss = batch_slopes(borrowed(flat), borrowed(slopes), borrowed(memory), borrowed(line), Sizes(*sizes))
    size = squared_size(slopes)
    if math.isfinite(loss) and math.isfinite(size):
        adam_into(flat, slopes, m, v, dials)
    return loss, size


@kept
def compiled_gradient(flat: Array, slopes: Array, memory: Array, line: Array, sizes: Any) -> Any:
    """Find the slopes, and move nothing else; see `compiled_step`."""
    loss = batch_slopes(borrowed(flat), borrowed(slopes), borrowed(memory), borrowed(line), Sizes(*sizes))
    return loss, squared_size(slopes)


@compiled
def batch_slopes(flat: Array, slopes: Array, memory: Array, line: Array, sizes: Sizes) -> Any:
    """Go forward and back through a batch, and give its loss."""
    count = lay_out(line, memory, sizes)
    blocks = -(-count // lanes_in(memory))
    slopes[:] = 0.0
    loss = 0.0
    for block in range(blocks):
        forward_block(flat, memory, block, count, sizes)
        softmax_into(cover_of(memory, block, sizes).scores)
        loss += block_loss(memory, block, count, sizes)
    for block in range(blocks - 1, -1, -1):
        backward_block(flat, slopes, memory, block, count, sizes)
    return loss


@compiled
def block_loss(memory: Array, block: int, count: int, sizes: Sizes) -> Any:
    """Add up the surprises of a block's positions, each times what it counts."""
    places, shares, lanes = places_of(memory, block), cover_of(memory, block, sizes).scores, lanes_in(memory)
    loss = 0.0
    for lane in range(min(lanes, count - block * lanes)):
        loss -= math.log(shares[int(places.answer[lane]), lane]) * places.share[lane]
    return loss


@compiled
def squared_size(slopes: Array) -> Any:
    """Add up the squares of all slopes."""
    size = 0.0
    for i in range(slopes.size):
        size += slopes[i] * slopes[i]
    return size


@compiled
def adam_into(flat: Array, slopes: Array, m: Array, v: Array, dials: Any) -> None:
    """Move every parameter one step against its slope.

    Args:
        flat: The parameters.
        slopes: Their slopes.
        m: The average slopes.
        v: The average squared slopes.
        dials: beta1, beta2, eps, the learning rate divided by its correction, and 1 over that of `v`.
    """
    kind = flat.dtype.type  # a float64 beside a float32 would make all of it float64
    beta1, beta2, eps = kind(dials[0]), kind(dials[1]), kind(dials[2])
    rate, correction2 = kind(dials[3]), kind(dials[4])
    share1, share2 = kind(1.0 - dials[0]), kind(1.0 - dials[1])
    for i in range(flat.size):
        slope = slopes[i]
        m_i = beta1 * m[i] + share1 * slope
        v_i = beta2 * v[i] + share2 * (slope * slope)
        m[i], v[i] = m_i, v_i
        flat[i] -= rate * m_i / (math.sqrt(v_i * correction2) + eps)
