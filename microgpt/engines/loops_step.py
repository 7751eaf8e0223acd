import math

from microgpt.engines.compiling import compiled, kept
from microgpt.engines.lanes import borrowed, lanes_in
from microgpt.engines.loops_backward import backward_block
from microgpt.engines.loops_forward import forward_block
from microgpt.engines.loops_layout import Sizes, cover_of, lay_out, places_of
from microgpt.engines.loops_vectors import softmax_into


@kept
def compiled_step(flat, slopes, m, v, memory, line, sizes, dials):
    loss = slopes_of_batch(borrowed(flat), borrowed(slopes), borrowed(memory), borrowed(line), Sizes(*sizes))
    size = squared_size(slopes)
    if math.isfinite(loss) and math.isfinite(size):
        adam_into(flat, slopes, m, v, dials)
    return loss, size


@kept
def compiled_gradient(flat, slopes, memory, line, sizes):
    loss = slopes_of_batch(borrowed(flat), borrowed(slopes), borrowed(memory), borrowed(line), Sizes(*sizes))
    return loss, squared_size(slopes)


@compiled
def slopes_of_batch(flat, slopes, memory, line, sizes):
    count = lay_out(line, memory, sizes)
    blocks = -(-count // lanes_in(memory))
    slopes[:] = 0.0
    loss = 0.0
    for block in range(blocks):
        forward_block(flat, memory, block, count, sizes)
        softmax_into(cover_of(memory, block, sizes).scores)
        loss += loss_of_block(memory, block, count, sizes)
    for block in range(blocks - 1, -1, -1):
        backward_block(flat, slopes, memory, block, count, sizes)
    return loss


@compiled
def loss_of_block(memory, block, count, sizes):
    places, shares, lanes = places_of(memory, block), cover_of(memory, block, sizes).scores, lanes_in(memory)
    loss = 0.0
    for lane in range(min(lanes, count - block * lanes)):
        loss -= math.log(shares[int(places.answer[lane]), lane]) * places.share[lane]
    return loss


@compiled
def squared_size(slopes):
    size = 0.0
    for i in range(slopes.size):
        size += slopes[i] * slopes[i]
    return size


@compiled
def adam_into(flat, slopes, m, v, dials):
    kind = flat.dtype.type
    beta1, beta2, eps = kind(dials[0]), kind(dials[1]), kind(dials[2])
    rate, correction2 = kind(dials[3]), kind(dials[4])
    share1, share2 = kind(1.0 - dials[0]), kind(1.0 - dials[1])
    for i in range(flat.size):
        slope = slopes[i]
        m_i = beta1 * m[i] + share1 * slope
        v_i = beta2 * v[i] + share2 * (slope * slope)
        m[i], v[i] = m_i, v_i
        flat[i] -= rate * m_i / (math.sqrt(v_i * correction2) + eps)
