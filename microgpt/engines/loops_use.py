r"""The compiled model in use: it sits an exam, and it invents names.

# The question

The kernel of the forward pass reads eight positions at a time. In training all tokens are known. When a name
is invented, the next token is not known before the last one has been drawn. **What do the other seven lanes
do then?**

# The picture

| drawn so far | lane 0 | lane 1 | lane 2 | lanes 3 to 7 |
|---|---|---|---|---|
| nothing | BOS | | | |
| m | BOS | m | | |
| mi | BOS | m | i | |

They repeat. To get the answer of position 2 the whole block is computed again, with what is known. The lanes
before come to the same results as last time; the lanes after compute nonsense that nobody reads. That sounds
like waste, but a register of one number takes as long as a register of eight. And nothing new has to be
written: no kernel for one position, no cache of keys and values that would have to be right as well.

# The same names

A name is drawn with one random number for each token (`microgpt.sampling.draw_token`). To get the names that
the chapters get, the same number has to hit the same token. Python's `choices` adds up the probabilities from
the first to the last, multiplies the random number by the sum, and takes the first token whose partial sum is
above it. `draw` does the same, in the same order.

>>> import random
>>> import numpy as np
>>> shares = np.array([0.5, 0.0, 1 / 3, 1 / 6])
>>> dice = random.Random(0), random.Random(0)
>>> ours = [draw(shares, dice[0].random()) for _ in range(6000)]
>>> ours == [dice[1].choices(range(4), weights=shares.tolist())[0] for _ in range(6000)]
True

The probabilities themselves may differ in the last digit from those of the chapters, since dot products are
added up in another order. A random number that falls just between the two would give another token, and from
there on another name. With sixteen digits that is next to impossible; in float32, with seven, it takes some
hundred thousand draws, or a million, until it happens once.

# What follows

`microgpt.engines.loops` puts it together.
"""

import math
from typing import Any

from microgpt.engines.compiling import compiled, exactly, kept
from microgpt.engines.flat import Array
from microgpt.engines.lanes import borrowed, lanes_in
from microgpt.engines.loops_forward import forward_block
from microgpt.engines.loops_layout import Sizes, cover_of, lay_out, places_of
from microgpt.engines.loops_softmax import softmax_into


@kept
def compiled_surprises(flat: Array, memory: Array, line: Array, sizes: Any, found: Array) -> None:
    """Find the surprise at each position of some documents.

    Args:
        flat: The parameters, `[n_parameters]`.
        memory: Room for all their positions.
        line: The documents; see `microgpt.engines.loops_layout.lay_out`.
        sizes: Those of `Sizes`, as a plain tuple.
        found: Where the surprises go, one after the other; infinite where the probability is 0.
    """
    flat, memory, sizes, lanes = borrowed(flat), borrowed(memory), Sizes(*sizes), lanes_in(memory)
    count = lay_out(borrowed(line), memory, sizes)
    for block in range(-(-count // lanes)):
        forward_block(flat, memory, block, count, sizes)
        shares, answer = cover_of(memory, block, sizes).scores, places_of(memory, block).answer
        softmax_into(shares)
        for lane in range(min(lanes, count - block * lanes)):
            found[block * lanes + lane] = -math.log(shares[int(answer[lane]), lane])


@kept
def compiled_names(
    flat: Array,
    memory: Array,
    sizes: Any,
    temperature: float,
    chances: Array,
    begun: int,
    names: Array,
    lengths: Array,
    shares: Array,
) -> Any:
    """Invent documents.

    Args:
        flat: The parameters, `[n_parameters]`.
        memory: Room for the positions of one document.
        sizes: Those of `Sizes`, as a plain tuple.
        temperature: See `microgpt.sampling.probabilities_at`.
        chances: Random numbers, enough for all documents at their longest.
        begun: How many tokens each document begins with.
        names: The documents, `[count][block_size + 1]`; their beginnings are there, the rest goes there.
        lengths: Where their lengths go, counted in tokens, `[count]`.
        shares: Room for the probabilities, `[vocab_size]`.

    Returns:
        How many documents were finished. If not all, then the scores in the next one were not finite, and
        they are in `shares`.
    """
    flat, memory, sizes, lanes, used = borrowed(flat), borrowed(memory), Sizes(*sizes), lanes_in(memory), 0
    for number in range(names.shape[0]):
        name, read, length, is_over = names[number], 0, begun, False
        while length <= sizes.block_size and not is_over:
            for block in range(read // lanes, (length - 1) // lanes + 1):
                read_block(flat, memory, block, name, length, sizes)
            scores = cover_of(memory, (length - 1) // lanes, sizes).scores[:, (length - 1) % lanes]
            if not shares_into(shares, scores, temperature):
                return number
            name[length] = draw(shares, chances[used])
            is_over = name[length] == sizes.vocab_size - 1
            used, read, length = used + 1, length, length + 1
        lengths[number] = length
    return names.shape[0]


@compiled
def read_block(flat: Array, memory: Array, block: int, tokens: Array, count: int, sizes: Sizes) -> None:
    """Go forward through a block of one document, of which `count` tokens are known."""
    places = places_of(memory, block)
    for lane in range(lanes_in(memory)):
        index = block * lanes_in(memory) + lane
        places.given[lane] = tokens[index] if index < count else 0
        places.place[lane] = min(index, sizes.block_size - 1)
        places.first[lane] = 0
    forward_block(flat, memory, block, count, sizes)


@exactly
def shares_into(shares: Array, scores: Array, temperature: float) -> bool:
    """Turn the scores of one position into probabilities, as `microgpt.sampling.probabilities_at` does.

    Args:
        shares: Where they go, `[vocab_size]`.
        scores: `[vocab_size]`.
        temperature: Above 0.

    Returns:
        Whether the scores divided by the temperature are finite. If not, `shares` holds the scores.

    Examples:
        >>> import numpy as np
        >>> from microgpt.sampling import probabilities_at
        >>> shares = np.zeros(3)
        >>> shares_into(shares, np.array([2.0, 1.0, 0.1]), 0.7)
        True
        >>> shares.tolist() == probabilities_at([2.0, 1.0, 0.1], 0.7)
        True
        >>> shares_into(shares, np.array([2.0, np.nan, 0.1]), 0.7)
        False
    """
    largest, whole = -math.inf, 0.0
    for token in range(scores.size):
        shares[token] = scores[token] * (1.0 / temperature)
        if not math.isfinite(shares[token]):
            shares[:] = scores
            return False
        largest = max(largest, shares[token])
    for token in range(scores.size):
        shares[token] = math.exp(shares[token] - largest)
        whole += shares[token]
    for token in range(scores.size):
        shares[token] *= 1.0 / whole
    return True


@exactly
def draw(shares: Array, chance: float) -> Any:
    """Draw a token as Python's `choices` does.

    Args:
        shares: The probabilities, `[vocab_size]`.
        chance: A random number from 0 to below 1.
    """
    whole = 0.0
    for share in shares:
        whole += share
    stop, below = chance * whole, 0.0
    for token in range(shares.size - 1):
        below += shares[token]
        if stop < below:
            return token
    return shares.size - 1
