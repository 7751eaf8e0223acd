r"""Compiled loops: the same additions and multiplications, without Python between them.

# What you will be able to do

- Say what Python does around a multiplication, and what is left of it when a loop is compiled.
- Estimate the shortest time that a step could take.
- Predict what float32 and wider registers bring, and where not.

# The question

The rungs before went around Python's slowness: fewer nodes, no nodes, whole matrices at a time. **What if the
loops themselves were fast?**

# The picture

At the top is what Python calls, at the bottom what translates it. Look at the two ways down, one to train the
model and one to use it, and at where they meet.

```mermaid
graph TD
    loops["this module: what Python calls"] --> step["loops_step: a whole step"]
    loops --> use["loops_use: exam, names"]
    step --> fb["loops_forward, loops_backward"]
    use --> fb
    fb --> parts["loops_attention, loops_softmax, loops_vectors"]
    parts --> words["lanes: eight numbers at once"]
    parts --> layout["loops_layout: where everything lies"]
    words --> compiling["compiling: Numba and LLVM"]
```

The loops are written out, down to the single number, as in the first rung. Numba translates them into
instructions of the processor. This is what the first rung spends its time on, and what becomes of it:

| in Python, for each multiplication | compiled |
|---|---|
| look up what kind of things are multiplied, and how | known once for all: two floats |
| make an object for the result, with room for slope and parents | the result stays in a register |
| find the number: a list has the address of the object that has it | the next number is the next in memory |
| read the next instruction of Python's own machine, decide what to do | the processor's next instruction |
| remember it, sort all of it, walk back through it | the way back is a program, too |
| one number | eight, or sixteen, in one instruction |
| ask for memory, give it back, look for cycles in it | none is asked for |

A *register* is a place inside the processor in which it computes. A wide one holds several numbers, each in
its *lane*, and one instruction multiplies them all: single instruction, multiple data, *SIMD*.

None of these alone makes a thousand. They multiply: a step of the default run takes 0.042 seconds on the
first rung and 0.000018 on this one (`docs/pages/ladder.md`), over two thousand times less.

# How much is there to do?

By default each position of a document is multiplied with 3,504 weights on its way forward. On the way back
each weight is used twice more: for the slope of its input, and for its own. A multiplication and the addition
after it count as two operations.

>>> from microgpt.config import Config
>>> from microgpt.model import parameter_shapes
>>> shapes = parameter_shapes(Config(), vocab_size=27)
>>> weights = sum(rows * columns for name, (rows, columns) in shapes.items() if name not in ("wte", "wpe"))
>>> weights, 2 * 3 * weights
(3504, 21024)

A name has about seven positions. With two units that multiply and add eight lanes each in every tick, a
processor that ticks four billion times a second could in the best case do its part of the matrices in:

>>> lanes, units, ticks_in_a_microsecond = 8, 2, 4000
>>> round(7 * 2 * 3 * weights / (2 * lanes * units * ticks_in_a_microsecond), 2)
1.15

microseconds. The 18 microseconds that a step takes are more: attention has short rows, softmax its
exponentials, Adam its roots and divisions; everything must be loaded and stored; and around it Python chooses
the next document.

# Thirty steps, on this rung

>>> from microgpt.engines.engine import adopt
>>> from microgpt.training import new_run, train
>>> names = ["emma", "ava", "mia", "liam"]
>>> runs = [new_run(Config(steps=30), names) for _ in range(2)]
>>> adopt(runs[1], engine())
>>> both = [[step.loss for step in train(run)] for run in runs]
>>> max(abs(a - b) for a, b in zip(*both)) < 1e-13
True

# Half the bytes

In float32 a number takes four bytes: sixteen fit into a register, and the memory is half. Seven digits are
left, and the losses agree with those of the original in the first digits only. A step is a guess from one
document, and a guess does not need sixteen.

>>> run = new_run(Config(steps=30), names)
>>> adopt(run, engine("float32"))
>>> both.append([step.loss for step in train(run)])
>>> 1e-8 < max(abs(a - b) for a, b in zip(both[0], both[2])) < 1e-5
True

It pays in batches: a short name fills no register of sixteen.

# What it costs

- *The first call.* Translating takes seconds (`microgpt.engines.compiling`); what was translated is kept.
- *A dependency* of some size, with a compiler inside, that has to fit the version of Python.
- *Errors.* A wrong row number is no error but a wrong result. So the referee of this rung is not the reader's
  eye but the first rung, with every parameter's slope.
- *Simplicity.* The book says the model in a hundred lines. This rung needs several times that, and one must
  know what a register is.

# Pitfalls

What compiled code does not complain about can be seen with arrays, which behave alike.

- *Small steps are lost in few digits.* In float32 a sum that has grown large no longer notices a 1. The same
  happens to a sum of many losses.

>>> bool(np.float32(2**24) + np.float32(1) == np.float32(2**24))
True

- *Whole numbers run over.* Python's have as many digits as they need. Those of the processor have 64 bits,
  and what does not fit falls off, in silence.

>>> (np.array([2**62]) * 4).tolist()
[0]

# Check yourself

??? question why "Why are sixteen documents in a batch cheaper than sixteen steps?"

    Adam walks once, and not sixteen times, through all parameters. Python is called once. And the blocks are
    full: of sixteen short names laid end to end the last block may be half empty, and not sixteen blocks.

??? question how "Twice as many lanes, twice as fast?"

    Only what is in lanes. Say a step is three quarters lanes and one quarter the rest: with twice as many
    lanes it takes 3/8 + 1/4 of the time. That is Amdahl's law.

    >>> 3 / 4 / 2 + 1 / 4
    0.625

??? question deeper "Could the lanes hold eight numbers of one vector, and not of eight positions?"

    Yes, and 16 numbers would fill two registers exactly, however short the document. But each dot product
    would end with adding up the lanes of a register, and so would rmsnorm; that is slow, for lanes are made
    to stay apart. Here each lane is a position of its own, and what the empty lanes compute is thrown away.

# To keep

- Compiling does not make the arithmetic less; it removes what Python does around it.
- Lanes, registers, memory in order, no objects: the factors multiply.
- What is not in lanes bounds what more lanes can bring.

# What follows

The slopes were derived by hand up to here. Can a library find them and still compute with whole matrices?
`microgpt.engines.tensors` is that rung. (`microgpt.engines.crowd` trains a thousand models of this one side
by side.)

Sources: Lam, Pitrou and Seibert, "Numba: A LLVM-based Python JIT Compiler" (2015). Gene Amdahl's law is of
1967.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

import numpy as np

from microgpt.config import Config
from microgpt.engines.compiling import is_ready
from microgpt.engines.engine import Engine
from microgpt.engines.flat import Array, FlatAdam, FlatModel, flat_model
from microgpt.engines.lanes import REGISTER_BITS
from microgpt.engines.loops_layout import Sizes, rows_needed
from microgpt.engines.loops_step import compiled_gradient, compiled_step
from microgpt.engines.loops_use import compiled_names, compiled_surprises
from microgpt.loss import Batch, ImpossibleError
from microgpt.model import Model
from microgpt.sampling import probabilities_at, prompt_tokens
from microgpt.training import finite

TOGETHER = 64
"""How many documents sit the exam, and how many names at most are drawn, in one call."""


class Room:
    """The memory of a model's steps. It grows when a batch needs more, and is made anew for that.

    Examples:
        >>> room = Room(Sizes(1, 16, 4, 16, 27), np.dtype("float64"))
        >>> room.for_positions(9).shape
        (3, 367, 8)
        >>> room.for_positions(1) is room.for_positions(9)
        True
    """

    def __init__(self, sizes: Sizes, kind: Any) -> None:
        self._sizes, self._kind, self._positions = sizes, kind, 0
        self._memory = new_memory(sizes, 0, kind)

    def for_positions(self, positions: int) -> Array:
        """Give memory for at least so many positions."""
        if positions > self._positions:
            self._positions = positions
            self._memory = new_memory(self._sizes, positions, self._kind)
        return self._memory


@dataclass(frozen=True, eq=False)
class CompiledModel(FlatModel):
    """A model in one row, with room for all that a step computes.

    Attributes:
        slopes: Room for the slopes, `[n_parameters]`.
        sizes: Those of `Sizes`, as a plain tuple.
        room: Room for everything else.
    """

    slopes: Array
    sizes: tuple[int, ...]
    room: Room


def new_memory(sizes: Sizes, positions: int, kind: Any) -> Array:
    """Make memory for so many positions, all zeros, each row beginning where a register's would.

    Args:
        sizes: The dials that decide about shapes.
        positions: How many.
        kind: NumPy's name for the kind of number.

    Returns:
        `[n_blocks + 1][rows][lanes]`; see `microgpt.engines.loops_layout`.

    Examples:
        >>> memory = new_memory(Sizes(1, 16, 4, 16, 27), 17, np.dtype("float32"))
        >>> memory.shape, memory.ctypes.data % 64
        ((3, 399, 16), 0)
    """
    register = REGISTER_BITS // 8
    lanes = register // kind.itemsize
    shape = (-(-positions // lanes) + 1, rows_needed.py_func(sizes, lanes), lanes)
    size = math.prod(shape) * kind.itemsize
    raw = np.zeros(size + register, np.uint8)
    start = -raw.ctypes.data % register
    memory: Array = raw[start : start + size].view(kind).reshape(shape)
    return memory


def engine(precision: str = "float64", device: str | None = None) -> Engine:
    """Give the engine of this rung.

    Args:
        precision: `float64` or `float32`.
        device: It has one only.

    Examples:
        >>> engine("float32").precision
        'float32'
    """
    owner = partial(own, precision=precision)
    compiles = "" if is_ready(compiled_step, precision) else "compiling the loops; later runs find them ready"
    others: tuple[Any, ...] = (FlatAdam.start, gradient, learn, surprises, samples, compiles)
    return Engine("numba", precision, owner, *others)


def own(model: Model[Any], precision: str = "float64") -> CompiledModel:
    """Copy a model of any rung into one row, and make room for its steps.

    Examples:
        >>> from microgpt.model import as_floats
        >>> from microgpt.training import new_run
        >>> model = new_run(Config(n_embd=6, n_head=2), ["ava"]).model
        >>> as_floats(own(model)) == as_floats(model)
        True
    """
    flat = flat_model(model, precision)
    sizes = sizes_of(flat.config, flat.tokenizer.vocab_size)
    slopes, room = np.zeros_like(flat.flat), Room(sizes, flat.flat.dtype)
    return CompiledModel(flat.config, flat.tokenizer, flat.parameters, flat.flat, slopes, tuple(sizes), room)


def sizes_of(config: Config, vocab_size: int) -> Sizes:
    """Pick the dials that decide about shapes.

    Examples:
        >>> sizes_of(Config(n_layer=2), vocab_size=27)
        Sizes(n_layer=2, n_embd=16, n_head=4, block_size=16, vocab_size=27)
    """
    return Sizes(config.n_layer, config.n_embd, config.n_head, config.block_size, vocab_size)


def line_of(documents: Batch) -> Array:
    """Put documents one after the other, each after the number of its tokens.

    Raises:
        ValueError: If a document holds nothing to predict.

    Examples:
        >>> line_of([[4, 0, 1, 4], [4, 2, 4]]).tolist()
        [4, 4, 0, 1, 4, 3, 4, 2, 4]
        >>> line_of([[4]])
        Traceback (most recent call last):
            ...
        ValueError: 1 tokens hold nothing to predict; give at least two
    """
    line: list[int] = []
    for tokens in documents:
        if len(tokens) < 2:
            raise ValueError(f"{len(tokens)} tokens hold nothing to predict; give at least two")
        line.append(len(tokens))
        line += tokens
    return np.array(line)


def gradient(model: CompiledModel, batch: Batch) -> tuple[float, list[float]]:
    """Compute the loss of a batch and its slope for each parameter.

    Args:
        model: The model.
        batch: The documents.

    Returns:
        The loss in nats per token, and the slopes in the order of the parameters.

    Raises:
        ArithmeticError: If loss or slopes leave the range of floats.
    """
    line = line_of(batch)
    memory = model.room.for_positions(line.size)
    loss = _judged(*compiled_gradient(model.flat, model.slopes, memory, line, model.sizes))
    return loss, model.slopes.tolist()


def learn(model: CompiledModel, optimizer: FlatAdam, batch: Batch, learning_rate: float) -> float:
    """Do a step; see `microgpt.training.learn`."""
    line, steps = line_of(batch), optimizer.steps + 1
    beta1, beta2 = optimizer.beta1, optimizer.beta2
    dials = beta1, beta2, optimizer.eps, learning_rate / (1 - beta1**steps), 1 / (1 - beta2**steps)
    memory = model.room.for_positions(line.size)
    loss, size = compiled_step(
        model.flat, model.slopes, optimizer.m, optimizer.v, memory, line, model.sizes, dials
    )
    _judged(loss, size)
    optimizer.steps = steps
    return loss  # type: ignore[no-any-return]


def _judged(loss: float, size: float) -> float:
    if loss == math.inf:
        raise ImpossibleError("the right answer got a probability of 0, which has no logarithm")
    finite("the loss", loss)
    finite("the squared size of the gradient", size)
    return loss


def surprises(model: CompiledModel, documents: Batch) -> list[list[float]]:
    """Find the surprise of a model at every token of many documents.

    Examples:
        >>> from microgpt.evaluation import model_surprises
        >>> from microgpt.model import as_floats
        >>> from microgpt.training import new_run
        >>> model = new_run(Config(), ["maria", "mario"]).model
        >>> documents = [model.tokenizer.encode(name) for name in ("mario", "ria")]
        >>> found, expected = surprises(own(model), documents), model_surprises(as_floats(model), documents)
        >>> max(abs(a - b) for pair in zip(found, expected) for a, b in zip(*pair)) < 1e-14
        True
    """
    found: list[list[float]] = []
    for first in range(0, len(documents), TOGETHER):
        some = documents[first : first + TOGETHER]
        line = line_of(some)
        numbers = np.empty(line.size)
        compiled_surprises(model.flat, model.room.for_positions(line.size), line, model.sizes, numbers)
        rest = iter(numbers.tolist())
        found += [list(islice(rest, min(len(one) - 1, model.config.block_size))) for one in some]
    return found


def samples(
    model: CompiledModel, rng: random.Random, count: int, temperature: float, prompt: str = ""
) -> Iterator[str]:
    """Invent documents, the same as `microgpt.sampling.generate` one after the other.

    Args:
        model: The model.
        rng: Where the chance comes from. When a document is given, it stands where it would stand if the
            others had not been drawn yet.
        count: How many.
        temperature: See `microgpt.sampling.probabilities_at`.
        prompt: How each begins.

    Raises:
        PromptError: See `microgpt.sampling.sample_tokens`.
        DrawError: See `microgpt.sampling.sample_tokens`.

    Pitfalls:
        - Many are drawn at once. Whoever takes random numbers between two of them gets the next ones as if he
          had not.

    Examples:
        >>> from microgpt.sampling import generate
        >>> from microgpt.training import new_run
        >>> model = new_run(Config(), ["maria", "mario"]).model
        >>> dice = random.Random(1), random.Random(1)
        >>> list(samples(own(model), dice[0], 3, 0.5)) == [generate(model, dice[1], 0.5) for _ in range(3)]
        True
        >>> dice[0].getstate() == dice[1].getstate()
        True
    """
    probabilities_at([0.0], temperature)  # is it one?
    tokens, together = prompt_tokens(model, prompt), 1
    while count > 0:
        together = min(2 * together, TOGETHER, count)
        state = rng.getstate()
        names, scores = _drawn(model, rng, tokens, together, temperature)
        rng.setstate(state)
        for name in names:
            for _ in range(len(name) - len(tokens)):
                rng.random()
            yield model.tokenizer.decode(name)
        if len(names) < together:
            probabilities_at(scores, temperature)  # says what is wrong with them
        count -= together


def _drawn(
    model: CompiledModel, rng: random.Random, tokens: list[int], count: int, temperature: float
) -> tuple[list[list[int]], list[float]]:
    longest, begun = model.config.block_size + 1, len(tokens)
    names = np.zeros((count, longest), np.int64)
    names[:, :begun] = tokens
    lengths, shares = np.zeros(count, np.int64), np.zeros(model.tokenizer.vocab_size)
    chances = np.array([rng.random() for _ in range(count * (longest - begun))])
    memory = model.room.for_positions(longest)
    done = compiled_names(
        model.flat, memory, model.sizes, temperature, chances, begun, names, lengths, shares
    )
    finished = zip(names[:done].tolist(), lengths[:done].tolist(), strict=True)
    return [name[:length] for name, length in finished], shares.tolist()
