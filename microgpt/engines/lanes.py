import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.datamodel import PrimitiveModel
from numba.extending import intrinsic, overload, register_model

REGISTER_BITS = 512
FREEDOM = ("contract",)


class Lanes(types.Type):
    def __init__(self, dtype: types.Float) -> None:
        self.dtype = dtype
        self.count = REGISTER_BITS // dtype.bitwidth
        super().__init__(f"Lanes({dtype})")


@register_model(Lanes)
class _LanesModel(PrimitiveModel):
    def __init__(self, dmm, fe_type):
        number = ir.FloatType() if fe_type.dtype is types.float32 else ir.DoubleType()
        super().__init__(dmm, fe_type, ir.VectorType(number, fe_type.count))


def _spread(builder, number, vector):
    index = ir.IntType(32)
    first = builder.insert_element(ir.Constant(vector, ir.Undefined), number, index(0))
    everywhere = ir.Constant(ir.VectorType(index, vector.count), [0] * vector.count)
    return builder.shuffle_vector(first, first, everywhere)


def _address(context, builder, array_type, array, row, column, vector):
    view = context.make_array(array_type)(context, builder, array)
    place = cgutils.get_item_pointer(context, builder, array_type, view, [row, column], wraparound=False)
    return builder.bitcast(place, vector.as_pointer())


def _llvm(builder, name, result, arguments):
    return builder.call(
        cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(result, [one.type for one in arguments]), name
        ),
        arguments,
        fastmath=("contract", "reassoc"),
    )


def _kind(vector):
    return f"v{vector.count}{'f64' if vector.element == ir.DoubleType() else 'f32'}"


def lanes_in(array):
    return 8 * array.itemsize and REGISTER_BITS // (8 * array.itemsize)


@overload(lanes_in)
def _lanes_in(array):
    count = REGISTER_BITS // array.dtype.bitwidth
    return lambda array: count


@intrinsic
def spread(typing, array, number):
    lanes = Lanes(array.dtype)

    def code(context, builder, signature, arguments):
        number_cast = context.cast(builder, arguments[1], number, lanes.dtype)
        return _spread(builder, number_cast, context.get_value_type(lanes))

    return lanes(array, number), code


@intrinsic
def load(typing, array, row, column):
    lanes = Lanes(array.dtype)

    def code(context, builder, signature, arguments):
        vector = context.get_value_type(lanes)
        place = _address(context, builder, array, arguments[0], arguments[1], arguments[2], vector)
        return builder.load(place, align=array.dtype.bitwidth // 8)

    return lanes(array, types.intp, types.intp), code


@intrinsic
def load_one(typing, array, row, column):
    lanes = Lanes(array.dtype)

    def code(context, builder, signature, arguments):
        vector = context.get_value_type(lanes)
        view = context.make_array(array)(context, builder, arguments[0])
        place = cgutils.get_item_pointer(context, builder, array, view, arguments[1:], wraparound=False)
        return _spread(builder, builder.load(place), vector)

    return lanes(array, types.intp, types.intp), code


@intrinsic
def store(typing, array, row, column, lanes):
    def code(context, builder, signature, arguments):
        place = _address(
            context, builder, array, arguments[0], arguments[1], arguments[2], arguments[3].type
        )
        builder.store(arguments[3], place, align=array.dtype.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(array, types.intp, types.intp, lanes), code


@intrinsic
def where_above(typing, a, b, yes, no):
    def code(context, builder, signature, arguments):
        return builder.select(builder.fcmp_ordered(">", *arguments[:2]), *arguments[2:])

    return a(a, a, a, a), code


@intrinsic
def root(typing, lanes):
    def code(context, builder, signature, arguments):
        (x,) = arguments
        return _llvm(builder, f"llvm.sqrt.{_kind(x.type)}", x.type, [x])

    return lanes(lanes), code


@intrinsic
def rounded(typing, lanes):
    def code(context, builder, signature, arguments):
        (x,) = arguments
        return _llvm(builder, f"llvm.rint.{_kind(x.type)}", x.type, [x])

    return lanes(lanes), code


@intrinsic
def power_of_two(typing, lanes):
    mantissa, bias = (52, 1023) if lanes.dtype is types.float64 else (23, 127)

    def code(context, builder, signature, arguments):
        (x,) = arguments
        whole = ir.VectorType(ir.IntType(lanes.dtype.bitwidth), lanes.count)
        biased = builder.add(builder.fptosi(x, whole), ir.Constant(whole, [bias] * lanes.count))
        bits = builder.shl(biased, ir.Constant(whole, [mantissa] * lanes.count))
        return builder.bitcast(bits, x.type)

    return lanes(lanes), code


@intrinsic
def sum_of(typing, lanes):
    def code(context, builder, signature, arguments):
        (x,) = arguments
        name = f"llvm.vector.reduce.fadd.{_kind(x.type)}"
        return _llvm(builder, name, x.type.element, [x.type.element(-0.0), x])

    return lanes.dtype(lanes), code


def _define(operation: Callable[[Any, Any], Any], instruction: str) -> None:
    @intrinsic
    def calculate(typing, a, b):
        lanes = a if isinstance(a, Lanes) else b

        def code(context, builder, signature, arguments):
            both = []
            for given, kind in zip(arguments, (a, b), strict=True):
                if kind != lanes:
                    number = context.cast(builder, given, kind, lanes.dtype)
                    given = _spread(builder, number, context.get_value_type(lanes))
                both.append(given)
            return getattr(builder, instruction)(*both, flags=FREEDOM)

        return lanes(a, b), code

    @overload(operation)
    def chosen(a, b):
        if isinstance(a, Lanes) or isinstance(b, Lanes):
            return lambda a, b: calculate(a, b)
        return None


for _operation, _instruction in (
    (operator.add, "fadd"),
    (operator.sub, "fsub"),
    (operator.mul, "fmul"),
    (operator.truediv, "fdiv"),
):
    _define(_operation, _instruction)


@intrinsic
def borrowed(typing, array):
    def code(context, builder, signature, arguments):
        view = context.make_array(array)(context, builder, arguments[0])
        view.meminfo = ir.Constant(view.meminfo.type, None)
        view.parent = ir.Constant(view.parent.type, None)
        return view._getvalue()

    return array(array), code
