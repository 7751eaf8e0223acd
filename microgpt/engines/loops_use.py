import math

from microgpt.engines.compiling import compiled, exactly, kept
from microgpt.engines.lanes import borrowed, lanes_in
from microgpt.engines.loops_forward import forward_block
from microgpt.engines.loops_layout import Sizes, cover_of, lay_out, places_of
from microgpt.engines.loops_vectors import softmax_into


@kept
def compiled_surprises(flat, memory, line, sizes, found):
    flat, memory, sizes, lanes = borrowed(flat), borrowed(memory), Sizes(*sizes), lanes_in(memory)
    count = lay_out(borrowed(line), memory, sizes)
    for block in range(-(-count // lanes)):
        forward_block(flat, memory, block, count, sizes)
        shares, answer = cover_of(memory, block, sizes).scores, places_of(memory, block).answer
        softmax_into(shares)
        for lane in range(min(lanes, count - block * lanes)):
            found[block * lanes + lane] = -math.log(shares[int(answer[lane]), lane])


@kept
def compiled_names(flat, memory, sizes, temperature, chances, begun, names, lengths, chosen):
    flat, memory, sizes = borrowed(flat), borrowed(memory), Sizes(*sizes)
    used, lanes = 0, lanes_in(memory)
    for number in range(names.shape[0]):
        name, length = names[number], begun
        for block in range((begun - 1) // lanes):
            read_block(flat, memory, block, name, length, sizes)
        while length <= sizes.block_size:
            block, lane = (length - 1) // lanes, (length - 1) % lanes
            read_block(flat, memory, block, name, length, sizes)
            if not shares_at(temperature, cover_of(memory, block, sizes).scores[:, lane], chosen):
                return number
            name[length] = draw(chosen, chances[used])
            used, length = used + 1, length + 1
            if name[length - 1] == sizes.vocab_size - 1:
                break
        lengths[number] = length
    return names.shape[0]


@compiled
def read_block(flat, memory, block, tokens, count, sizes):
    places = places_of(memory, block)
    for lane in range(lanes_in(memory)):
        index = block * lanes_in(memory) + lane
        places.given[lane] = tokens[index] if index < count else 0
        places.place[lane] = min(index, sizes.block_size - 1)
        places.first[lane] = 0
    forward_block(flat, memory, block, count, sizes)


@exactly
def shares_at(temperature, scores, shares):
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
def draw(shares, chance):
    whole = 0.0
    for share in shares:
        whole += share
    stop, below = chance * whole, 0.0
    for token in range(shares.size - 1):
        below += shares[token]
        if stop < below:
            return token
    return shares.size - 1
