"""Fetching ahead: asking the processor for numbers from memory while there is other work, in a compiled loop."""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic, overload

_WRITTEN_OUT: Any = {"_nrt": False, "forceinline": True}
LINE = 64
"""Bytes that the processor fetches at a time."""


def fetch_ahead(row):
    """Have a row of numbers brought near, for what will look them up soon; nothing is waited for, nothing changes.

    A loop that looks numbers up at random in a table larger than the processor's cache waits for most of them. Where
    it knows a while before which row is next, this takes the wait away.

    Parameters
    ----------
    row
        Numbers that lie side by side, shape (numbers,).
    """


@overload(fetch_ahead, jit_options=_WRITTEN_OUT)
def _fetch_ahead(row):
    step = LINE * 8 // row.dtype.bitwidth

    def fetch(row):
        for place in range(0, row.size, step):
            _prefetch(row, place)  # type: ignore[call-arg]  # numba itself gives the typing context

    return fetch


@intrinsic
def _prefetch(typing_context, row, place):
    def generate(context, builder, signature, given):
        array = context.make_array(signature.args[0])(context, builder, given[0])
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        address = builder.bitcast(builder.gep(array.data, [given[1]]), byte)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        prefetch = builder.module.declare_intrinsic("llvm.prefetch", [byte], kind)
        # To read, keep it in the second cache, numbers not code.
        builder.call(prefetch, [address, number(0), number(2), number(1)])
        return context.get_dummy_value()

    return types.void(row, types.intp), generate
