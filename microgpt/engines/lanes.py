r"""Eight numbers in one register: one instruction, eight results.

# The question

A processor adds two numbers in one instruction. Its registers, the places that it computes in, are wider
than a number: in the widest kind, of 512 bits, there is room for eight of 64. Adding two such registers is
one instruction, too, and gives eight sums. **How does a program that is written for one number come to use
all eight places?**

# The picture

Look at the middle: it is one instruction, for eight sums.

```mermaid
graph LR
    a["a: 8 numbers"] --> plus["one +"]
    b["b: 8 numbers"] --> plus
    plus --> c["c: 8 sums"]
```

Eight positions of a document march in step. Position 0 is in the first *lane* of every register, position 1
in the second, and so on. The program is the one for a single position; only what it calls a number is eight
numbers, one for each position. All lanes do the same at the same time. In float32 a number takes half the
room, and sixteen positions march.

>>> import numba, numpy as np
>>> @numba.njit
... def double_and_one(x):
...     store(x, 1, 0, load(x, 0, 0) * 2.0 + 1.0)
>>> x = np.zeros((2, 8))
>>> x[0] = range(8)
>>> double_and_one(x)
>>> x[1].tolist()
[1.0, 3.0, 5.0, 7.0, 9.0, 11.0, 13.0, 15.0]

Where a program for one number says "if", lanes cannot part. Both answers are computed, and each lane keeps
its own: that is `where_above`.

>>> @numba.njit
... def positive_part(x):
...     zero = spread(x, 0.0)
...     store(x, 1, 0, where_above(load(x, 0, 0), zero, load(x, 0, 0), zero))
>>> x[0] = [-3, -2, -1, 0, 1, 2, 3, 4]
>>> positive_part(x)
>>> x[1].tolist()
[0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 4.0]

# Why not leave it to the compiler?

A compiler tries to find such eights in ordinary loops. It takes the innermost loop only, it has to prove
that no result is written to where the next input is read, and it adds code for what is left over when the
length is no multiple of eight. For long loops that is worth it. The loops of this model run over 4, 7 or 16
numbers. So the eights are said here, and the compiler is left with what it does best: which register holds
what, and in which order the instructions are given.

# The words

| word | what it does |
|---|---|
| `load`, `store` | take a register full of neighbors from a matrix, put it there |
| `load_one`, `spread` | the same number in every lane: one of a matrix, or any |
| `+`, `-`, `*`, `/` | lane by lane; a plain number beside a register is spread |
| `where_above` | lane by lane, one of two |
| `sum_of` | all lanes added up: the only word with which lanes meet |
| `root`, `to_whole`, `power_of_two` | lane by lane |

The type below tells Numba what a register is, and each word which instruction of LLVM it stands for. LLVM is
the compiler that Numba hands the program to. Where a processor has narrower registers, LLVM makes several
instructions of one, and the numbers stay the same.

# Pitfalls

- *No fence.* `load` and `store` do not look whether the place exists. A row too many reads, or overwrites,
  what happens to lie there.
- *Other sums.* `sum_of` adds in the order that suits the processor. Floating-point sums depend on their
  order, in the last digits.
- *Multiply and add.* A product and a sum may become one instruction that rounds once where Python rounds
  twice. The result is closer to the truth, and in its last digit another one.

# Check yourself

??? question "A document has 5 predictions. What do the other three lanes do?"

    They march along with copies of the last position, and what they find is weighed with 0. Sending them
    home would cost more than letting them walk.

# What follows

`microgpt.engines.loops_vectors` builds the functions of `microgpt.vectors` from these words.

Sources: LLVM's language reference describes the vector types. Numba's manual, "Extending Numba", shows how a
type and its operations are added.
"""

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.datamodel.models import PrimitiveModel
from numba.extending import intrinsic, overload, register_model

from microgpt.engines.flat import Array

REGISTER_BITS = 512
"""How wide a register is, for which the program is written; LLVM makes do with what there is."""

_FUSED = ("contract",)
_IN_ANY_ORDER = ("contract", "reassoc")


def _word(function: Callable[..., Any]) -> Any:
    return intrinsic(function)


class Lanes(types.Type):
    """The type of a register full of numbers of one kind.

    Attributes:
        dtype: The kind: Numba's float64 or float32.
        count: How many there are.

    Examples:
        >>> Lanes(types.float64).count, Lanes(types.float32).count
        (8, 16)
    """

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype
        self.count: int = REGISTER_BITS // dtype.bitwidth
        super().__init__(f"Lanes({dtype})")


@register_model(Lanes)
class _Register(PrimitiveModel):
    def __init__(self, manager: Any, lanes: Lanes) -> None:
        number = ir.DoubleType() if lanes.dtype == types.float64 else ir.FloatType()
        super().__init__(manager, lanes, ir.VectorType(number, lanes.count))


def lanes_in(array: Array) -> int:
    """Say how many numbers of an array fit into a register.

    Examples:
        >>> import numpy as np
        >>> lanes_in(np.zeros(1)), lanes_in(np.zeros(1, np.float32))
        (8, 16)
    """
    return REGISTER_BITS // 8 // int(array.itemsize)


@overload(lanes_in)
def _lanes_in(array: Any) -> Any:
    count: int = Lanes(array.dtype).count

    def _constant(array: Any) -> int:
        return count

    return _constant


@_word
def borrowed(typing: Any, array: Any) -> Any:
    """Give an array whose owner is not told: it must live on elsewhere.

    Numba counts who uses an array, as Python does, and so each view of it would be counted in and out. A step
    makes dozens of views of arrays that outlive it.
    """

    def _code(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        view = context.make_array(array)(context, builder, given[0])
        view.meminfo = ir.Constant(view.meminfo.type, None)
        view.parent = ir.Constant(view.parent.type, None)
        return view._getvalue()

    return array(array), _code


@_word
def load(typing: Any, array: Any, row: Any, column: Any) -> Any:
    """Take a register full of neighbors from a row of a matrix, beginning at a column."""
    lanes = Lanes(array.dtype)

    def _code(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        place = _place(context, builder, array, *given)
        vector = context.get_value_type(lanes).as_pointer()
        return builder.load(builder.bitcast(place, vector), align=array.dtype.bitwidth // 8)

    return lanes(array, types.intp, types.intp), _code


@_word
def store(typing: Any, array: Any, row: Any, column: Any, lanes: Any) -> Any:
    """Put a register full of numbers into a row of a matrix, beginning at a column."""

    def _code(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        place = _place(context, builder, array, *given[:3])
        vector = given[3].type.as_pointer()
        builder.store(given[3], builder.bitcast(place, vector), align=array.dtype.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(array, types.intp, types.intp, lanes), _code


@_word
def load_one(typing: Any, array: Any, row: Any, column: Any) -> Any:
    """Take one number from a matrix into every lane."""
    lanes = Lanes(array.dtype)

    def _code(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        number = builder.load(_place(context, builder, array, *given))
        return _spread(builder, number, context.get_value_type(lanes))

    return lanes(array, types.intp, types.intp), _code


@_word
def spread(typing: Any, array: Any, number: Any) -> Any:
    """Put a number into every lane; the array only says of which kind."""
    lanes = Lanes(array.dtype)

    def _code(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        cast = context.cast(builder, given[1], number, lanes.dtype)
        return _spread(builder, cast, context.get_value_type(lanes))

    return lanes(array, number), _code


@_word
def where_above(typing: Any, a: Any, b: Any, yes: Any, no: Any) -> Any:
    """Give `yes` in the lanes in which `a` is above `b`, and `no` in the others."""

    def _code(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return builder.select(builder.fcmp_ordered(">", *given[:2]), *given[2:])

    return a(a, a, a, a), _code


@_word
def sum_of(typing: Any, lanes: Any) -> Any:
    """Add up all lanes."""

    def _code(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        number = given[0].type.element
        return _call(builder, "vector.reduce.fadd", number, [number(-0.0), given[0]])

    return lanes.dtype(lanes), _code


@_word
def root(typing: Any, lanes: Any) -> Any:
    """Take the square root in each lane."""

    def _code(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return _call(builder, "sqrt", given[0].type, given)

    return lanes(lanes), _code


@_word
def to_whole(typing: Any, lanes: Any) -> Any:
    """Round to the next whole number in each lane."""

    def _code(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return _call(builder, "rint", given[0].type, given)

    return lanes(lanes), _code


@_word
def power_of_two(typing: Any, lanes: Any) -> Any:
    """Raise 2 to a whole number in each lane, by writing it where a float keeps its exponent."""
    fraction, offset = (52, 1023) if lanes.dtype == types.float64 else (23, 127)

    def _code(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        whole = ir.VectorType(ir.IntType(lanes.dtype.bitwidth), lanes.count)
        exponent = builder.add(builder.fptosi(given[0], whole), ir.Constant(whole, [offset] * lanes.count))
        bits = builder.shl(exponent, ir.Constant(whole, [fraction] * lanes.count))
        return builder.bitcast(bits, given[0].type)

    return lanes(lanes), _code


def _place(context: Any, builder: Any, kind: Any, array: Any, row: Any, column: Any) -> Any:
    view = context.make_array(kind)(context, builder, array)
    return cgutils.get_item_pointer(context, builder, kind, view, [row, column], wraparound=False)


def _spread(builder: Any, number: Any, vector: Any) -> Any:
    index = ir.IntType(32)
    first = builder.insert_element(ir.Constant(vector, ir.Undefined), number, index(0))
    return builder.shuffle_vector(first, first, ir.Constant(ir.VectorType(index, vector.count), None))


def _call(builder: Any, name: str, result: Any, given: Any) -> Any:
    vector = given[-1].type
    kind = f"v{vector.count}{'f64' if vector.element == ir.DoubleType() else 'f32'}"
    function = ir.FunctionType(result, [one.type for one in given])
    declared = cgutils.get_or_insert_function(builder.module, function, f"llvm.{name}.{kind}")
    return builder.call(declared, given, fastmath=_IN_ANY_ORDER)


def _define(operation: Callable[[Any, Any], Any], instruction: str) -> None:
    @_word
    def _lane_by_lane(typing: Any, a: Any, b: Any) -> Any:
        lanes = a if isinstance(a, Lanes) else b

        def _code(context: Any, builder: Any, signature: Any, given: Any) -> Any:
            both = list(given)
            for place, kind in enumerate((a, b)):
                if kind != lanes:
                    number = context.cast(builder, given[place], kind, lanes.dtype)
                    both[place] = _spread(builder, number, context.get_value_type(lanes))
            return getattr(builder, instruction)(*both, flags=_FUSED)

        return lanes(a, b), _code

    @overload(operation)
    def _chosen(a: Any, b: Any) -> Any:
        def _computed(a: Any, b: Any) -> Any:
            return _lane_by_lane(a, b)

        return _computed if isinstance(a, Lanes) or isinstance(b, Lanes) else None


_define(operator.add, "fadd")
_define(operator.sub, "fsub")
_define(operator.mul, "fmul")
_define(operator.truediv, "fdiv")
