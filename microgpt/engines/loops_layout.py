from collections import namedtuple

from microgpt.engines.compiling import compiled, inlined
from microgpt.engines.lanes import lanes_in

Sizes = namedtuple("Sizes", "n_layer n_embd n_head block_size vocab_size")
OuterMatrices = namedtuple("OuterMatrices", "wte wpe lm_head")
LayerMatrices = namedtuple("LayerMatrices", "wqkv wo fc1 fc2")
Places = namedtuple("Places", "given answer place first share")
Cover = namedtuple("Cover", "scale embedded x scores")
Page = namedtuple("Page", "scale1 normed1 qkv heads scale2 normed2 hidden weights qkv_slopes")
Scratch = namedtuple("Scratch", "x report heads hidden weights turned")


@inlined
def matrix_at(flat, start, rows, columns):
    return flat[start : start + rows * columns].reshape(rows, columns)


@inlined
def outer_matrices(flat, sizes):
    width, vocabulary, block_size = sizes.n_embd, sizes.vocab_size, sizes.block_size
    return OuterMatrices(
        matrix_at(flat, 0, vocabulary, width),
        matrix_at(flat, vocabulary * width, block_size, width),
        matrix_at(flat, (vocabulary + block_size) * width, vocabulary, width),
    )


@inlined
def matrices_of(flat, layer, sizes):
    width, square = sizes.n_embd, sizes.n_embd**2
    start = (2 * sizes.vocab_size + sizes.block_size) * width + layer * 12 * square
    return LayerMatrices(
        matrix_at(flat, start, 3 * width, width),
        matrix_at(flat, start + 3 * square, width, width),
        matrix_at(flat, start + 4 * square, 4 * width, width),
        matrix_at(flat, start + 8 * square, width, 4 * width),
    )


@inlined
def rows_of_rim(sizes):
    return 6 + 2 * sizes.n_embd + sizes.vocab_size


@inlined
def keys_in_sight(memory, sizes):
    return sizes.block_size + lanes_in(memory) - 1


@inlined
def rows_of_page(memory, sizes):
    return 2 + 13 * sizes.n_embd + sizes.n_head * keys_in_sight(memory, sizes)


@inlined
def places_of(memory, block):
    rows = memory[block]
    return Places(rows[0], rows[1], rows[2], rows[3], rows[4])


@inlined
def cover_of(memory, block, sizes):
    rows, width = memory[block], sizes.n_embd
    end = 6 + 2 * width
    return Cover(rows[5:6], rows[6 : 6 + width], rows[6 + width : end], rows[end : end + sizes.vocab_size])


@inlined
def page_start(memory, layer, sizes):
    return rows_of_rim(sizes) + layer * rows_of_page(memory, sizes)


@inlined
def queries_at(memory, layer, sizes):
    return page_start(memory, layer, sizes) + 2 + sizes.n_embd


@inlined
def slopes_at(memory, layer, sizes):
    return page_start(memory, layer, sizes) + 2 + 10 * sizes.n_embd


@inlined
def page_of(memory, block, layer, sizes):
    width = sizes.n_embd
    size = rows_of_page(memory, sizes)
    start = page_start(memory, layer, sizes)
    rows = memory[block, start : start + size]
    return Page(
        rows[0:1],
        rows[2 : 2 + width],
        rows[2 + width : 2 + 4 * width],
        rows[2 + 4 * width : 2 + 5 * width],
        rows[1:2],
        rows[2 + 5 * width : 2 + 6 * width],
        rows[2 + 6 * width : 2 + 10 * width],
        rows[2 + 13 * width : size],
        rows[2 + 10 * width : 2 + 13 * width],
    )


@inlined
def scratch_of(memory, sizes):
    rows, width = memory[memory.shape[0] - 1], sizes.n_embd
    keys = keys_in_sight(memory, sizes)
    return Scratch(
        rows[:width],
        rows[width : 2 * width],
        rows[2 * width : 3 * width],
        rows[3 * width : 7 * width],
        rows[11 * width : 11 * width + keys],
        rows[7 * width : 11 * width],
    )


@compiled
def lay_out(line, memory, sizes):
    count, at, documents = 0, 0, 0
    while at < line.size:
        at += line[at] + 1
        documents += 1
    at = 0
    lanes = lanes_in(memory)
    while at < line.size:
        length = min(line[at] - 1, sizes.block_size)
        first = count
        for place in range(length):
            _put(memory, count, line[at + 1 + place], line[at + 2 + place], place, first, 1.0 / (length * documents))
            count += 1
        at += line[at] + 1
    last = count - 1
    rows = memory[last // lanes]
    for lane in range(count % lanes, lanes if count % lanes else 0):
        for row in range(4):
            rows[row, lane] = rows[row, last % lanes]
        rows[4, lane] = 0.0
    return count


@compiled
def _put(memory, index, given, answer, place, first, share):
    lanes = lanes_in(memory)
    rows, lane = memory[index // lanes], index % lanes
    rows[0, lane] = given
    rows[1, lane] = answer
    rows[2, lane] = place
    rows[3, lane] = first
    rows[4, lane] = share


def rows_needed(sizes: tuple[int, int, int, int, int], lanes: int) -> int:
    n_layer, n_embd, n_head, block_size, vocab_size = sizes
    cover = 6 + 2 * n_embd + vocab_size
    return cover + n_layer * (2 + 13 * n_embd + n_head * (block_size + lanes - 1))
