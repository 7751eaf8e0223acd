import math

import numpy as np

from microgpt.engines.compiling import compiled, kept
from microgpt.engines.lanes import borrowed, lanes_in
from microgpt.engines.loops_forward import forward_block
from microgpt.engines.loops_layout import Sizes, cover_of, lay_out, places_of
from microgpt.engines.loops_step import adam_into, loss_of_block, slopes_of_batch, squared_size
from microgpt.engines.loops_vectors import softmax_into


@kept
def compiled_run(flat, memory, tokens, starts, order, rates, sizes, dials, batch_size, losses):
    slopes, m, v = np.zeros_like(flat), np.zeros_like(flat), np.zeros_like(flat)
    line = np.empty(batch_size * (longest(starts) + 1), np.int64)
    for step in range(losses.size):
        end = 0
        for place in range(step * batch_size, (step + 1) * batch_size):
            end = append(line, end, tokens, starts, order[place % order.size])
        loss = slopes_of_batch(
            borrowed(flat), borrowed(slopes), borrowed(memory), borrowed(line[:end]), Sizes(*sizes)
        )
        if not (math.isfinite(loss) and math.isfinite(squared_size(slopes))):
            return step
        adam_into(flat, slopes, m, v, (dials[0], dials[1], dials[2], rates[step, 0], rates[step, 1]))
        losses[step] = loss
    return losses.size


@kept
def compiled_exam(flat, memory, tokens, starts, exam, sizes, answers):
    line = np.empty(longest(starts) + 1, np.int64)
    lanes = lanes_in(memory)
    for number in range(exam.size):
        end = append(line, 0, tokens, starts, exam[number])
        count = lay_out(line[:end], memory, Sizes(*sizes))
        answers[number] = 0.0
        for block in range(-(-count // lanes)):
            forward_block(borrowed(flat), borrowed(memory), block, count, Sizes(*sizes))
            softmax_into(cover_of(borrowed(memory), block, Sizes(*sizes)).scores)
            answers[number] += loss_of_block(borrowed(memory), block, count, Sizes(*sizes)) * count


@compiled
def longest(starts):
    most = 0
    for place in range(starts.size - 1):
        most = max(most, starts[place + 1] - starts[place])
    return most


@compiled
def append(line, end, tokens, starts, place):
    length = starts[place + 1] - starts[place]
    line[end] = length
    for i in range(length):
        line[end + 1 + i] = tokens[starts[place] + i]
    return end + 1 + length
