import math

from microgpt.engines.compiling import compiled, kept
from microgpt.engines.lanes import borrowed, lanes_in
from microgpt.engines.loops_backward import backward
from microgpt.engines.loops_forward import forward
from microgpt.engines.loops_layout import Sizes, lay_out, rim_of, task_of


@compiled
def gradient(flat, slopes, memory, line, sizes):
    count = lay_out(line, memory, sizes)
    blocks = -(-count // lanes_in(memory))
    slopes[:] = 0.0
    loss = 0.0
    for block in range(blocks):
        forward(flat, memory, block, count, sizes)
        loss += loss_of(memory, block, count, sizes)
    for block in range(blocks - 1, -1, -1):
        backward(flat, slopes, memory, block, count, sizes)
    return loss


@compiled
def loss_of(memory, block, count, sizes):
    task, shares, lanes = task_of(memory, block), rim_of(memory, block, sizes).scores, lanes_in(memory)
    loss = 0.0
    for lane in range(min(lanes, count - block * lanes)):
        loss -= math.log(shares[int(task.answer[lane]), lane]) * task.share[lane]
    return loss


@compiled
def adam(flat, slopes, m, v, beta1, beta2, eps, rate, correction2):
    share1, share2 = 1.0 - beta1, 1.0 - beta2
    for i in range(flat.size):
        slope = slopes[i]
        m_i = beta1 * m[i] + share1 * slope
        v_i = beta2 * v[i] + share2 * slope * slope
        m[i] = m_i
        v[i] = v_i
        flat[i] -= rate * m_i / (math.sqrt(v_i * correction2) + eps)


@kept
def step(flat, slopes, m, v, memory, line, shape, dials):
    sizes = Sizes(*shape)
    flat, slopes, memory, line = borrowed(flat), borrowed(slopes), borrowed(memory), borrowed(line)
    loss = gradient(flat, slopes, memory, line, sizes)
    size = squared(slopes)
    if math.isfinite(loss) and math.isfinite(size):
        kind = flat.dtype.type
        beta1, beta2, eps, rate, correction2 = dials
        adam(flat, slopes, m, v, kind(beta1), kind(beta2), kind(eps), kind(rate), kind(correction2))
    return loss, size


@compiled
def squared(slopes):
    size = 0.0
    for i in range(slopes.size):
        size += slopes[i] * slopes[i]
    return size
