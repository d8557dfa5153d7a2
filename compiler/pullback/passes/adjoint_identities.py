"""Identities of real arithmetic, for the adjoint sweep only.

They may change the last bits of a derivative, or its value where it was infinite or NaN: a cotangent that is zero
stays zero whatever it is multiplied by, which keeps the arm of a `where` that was not selected from poisoning the
gradient.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pullback.ir.core import Atom, Const, Op, Value
from pullback.ir.types import Scalar, dims_of, is_inexact, same_dims
from pullback.passes.identities import is_const, is_number
from pullback.passes.simplify import Rules, Simplifier, rule
from pullback.primitives.families.indexing import getitem, hits_once, is_basic, joined, setitem
from pullback.primitives.inference import dtype_of, is_complex, is_real
from pullback.primitives.registry import PRIMITIVES

ADJOINT: Rules = {}


def full(x: Atom, op: Op) -> bool:
    """Whether an operand alone has the shape of the result, so that the other one may be dropped."""
    if dims_of(op.result.type) is None:
        other = op.operands[1] if x is op.operands[0] else op.operands[0]
        return is_number(other.type)
    return same_dims(dims_of(x.type), dims_of(op.result.type)) or (is_number(x.type) and is_number(op.result.type))


PARTS = ("real", "imag", "conj", "astype", "float")
LINEAR = (*PARTS, "sum", "reshape", "expand_dims", "squeeze", "broadcast_to", "unbroadcast", "transpose")


def is_zero(b: Simplifier, atom: Atom) -> bool:
    """Whether an atom is structurally zero, of whatever shape."""
    if is_const(atom, 0) or b.definition(atom, "zeros", "zeros_like"):
        return True
    cleared = b.definition(atom, "setitem")
    if cleared and cleared.attrs["index"].items == (Ellipsis,) and is_const(cleared.operands[1], 0):
        return True
    moved = b.definition(atom, *LINEAR)
    return moved is not None and is_zero(b, moved.operands[0])


def zero_like(b: Simplifier, op: Op) -> Any:
    """A structural zero of the type of a result."""
    if is_number(op.result.type):
        return Const(0j if op.result.type == Scalar("complex") else 0.0)
    for operand in op.operands:
        if isinstance(operand, Value) and same_dims(dims_of(operand.type), dims_of(op.result.type)):
            return PRIMITIVES["broadcast_to"](b.pen(Const(0.0)), PRIMITIVES["shape"](b.pen(operand)))
    return None


@rule(ADJOINT, "add")
def add(b: Simplifier, op: Op) -> Any:
    x, y = op.operands
    if is_zero(b, y) and full(x, op):
        return x
    if is_zero(b, x) and full(y, op):
        return y
    if x is y and isinstance(x, Value):
        return 2.0 * b.pen(x)
    if minus := b.definition(y, "negative"):
        return b.pen(x) - b.pen(minus.operands[0])
    if minus := b.definition(x, "negative"):
        return b.pen(y) - b.pen(minus.operands[0])
    for scattered, other in ((x, y), (y, x)):
        hit = b.definition(scattered, "index_add")
        if hit and is_zero(b, hit.operands[0]) and same_dims(dims_of(other.type), dims_of(scattered.type)):
            return b.apply(hit.prim, (other, *hit.operands[1:]), hit.attrs)[0]
    return None


@rule(ADJOINT, "astype")
def cast_of_number(b: Simplifier, op: Op) -> Any:
    """s.astype(np.float32) -> np.float32(s) where s is one number, which may have become a Python float."""
    name = op.attrs["dtype"].name
    return PRIMITIVES[name](b.pen(op.operands[0])) if is_number(op.result.type) and name in PRIMITIVES else None


@rule(ADJOINT, "complex128")
def complex_constant(b: Simplifier, op: Op) -> Any:
    """np.complex128(1.0) -> (1 + 0j): arithmetic makes it a NumPy number where it meets one."""
    (x,) = op.operands
    return Const(complex(x.value)) if isinstance(x, Const) else None


@rule(ADJOINT, "subtract")
def subtract(b: Simplifier, op: Op) -> Any:
    x, y = op.operands
    if is_zero(b, y) and full(x, op):
        return x
    if is_zero(b, x) and full(y, op) and is_inexact(y.type):
        return -b.pen(y)
    if x is y:
        return zero_like(b, op)
    if minus := b.definition(y, "negative"):
        return b.pen(x) + b.pen(minus.operands[0])
    return None


@rule(ADJOINT, "negative")
def negative(b: Simplifier, op: Op) -> Any:
    (x,) = op.operands
    if is_zero(b, x):
        return x
    if difference := b.definition(x, "subtract"):
        return b.pen(difference.operands[1]) - b.pen(difference.operands[0])
    product = b.definition(x, "multiply", "divide")
    if product and isinstance(product.operands[0], Const) and not b.is_shared(x):
        return b.apply(product.prim, (Const(-product.operands[0].value), product.operands[1]), {})[0]
    return None


@rule(ADJOINT, "multiply", "add", "subtract", "divide")
def widened_by_the_other(b: Simplifier, op: Op) -> Any:
    """x.astype(complex128) * z -> x * z: NumPy makes x complex where z is."""
    x, y = op.operands
    for made, other in ((x, y), (y, x)):
        cast = b.definition(made, "astype", "complex") if is_complex(other.type) else None
        if cast is None or len(cast.operands) != 1 or not is_real(cast.operands[0].type):
            continue
        if dtype_of(made.type) != dtype_of(op.result.type) or dtype_of(other.type) != dtype_of(made.type):
            continue
        pair = (cast.operands[0], y) if made is x else (x, cast.operands[0])
        plain = b.apply(op.prim, pair, {})[0]
        return plain if plain.type == op.result.type else None
    return None


@rule(ADJOINT, "multiply")
def multiply(b: Simplifier, op: Op) -> Any:
    x, y = op.operands
    if is_zero(b, x) or is_zero(b, y):
        return zero_like(b, op)
    if is_const(x, -1) and dtype_of(y.type) != np.bool_:  # NumPy negates no booleans
        return -b.pen(y)
    if is_const(y, -1) and dtype_of(x.type) != np.bool_:
        return -b.pen(x)
    if is_number(y.type) and not is_number(x.type):
        return b.pen(y) * b.pen(x)
    if isinstance(y, Const) and not isinstance(x, Const):
        return b.pen(y) * b.pen(x)
    if minus := b.definition(x, "negative"):
        return -(b.pen(minus.operands[0]) * b.pen(y))
    if minus := b.definition(y, "negative"):
        return -(b.pen(x) * b.pen(minus.operands[0]))
    if (one := b.definition(y, "divide")) and is_const(one.operands[0], 1) and full(x, op):
        return b.pen(x) / b.pen(one.operands[1])
    if (one := b.definition(x, "divide")) and is_const(one.operands[0], 1) and full(y, op):
        return b.pen(y) / b.pen(one.operands[1])
    return cancelled(b, x, y) or gathered(b, x, y)


def cancelled(b: Simplifier, x: Atom, y: Atom) -> Any:
    """S * (c / s) -> c, for numbers and arrays of one shape."""
    for factor, other in ((x, y), (y, x)):
        ratio = b.definition(other, "divide")
        if (
            ratio
            and ratio.operands[1] is factor
            and (is_number(factor.type) or same_dims(dims_of(ratio.operands[0].type), dims_of(factor.type)))
        ):
            return ratio.operands[0]
    return None


def gathered(b: Simplifier, x: Atom, y: Atom) -> Any:
    """Numbers meet before they meet an array: s * (t * X) -> (s * t) * X, s * (t / X) -> (s * t) / X."""
    if not is_number(x.type):
        return None
    inner = b.definition(y, "multiply", "divide")
    if inner is None:
        return None
    t, rest = inner.operands
    if (isinstance(x, Const) and isinstance(t, Const)) or (is_number(t.type) and not is_number(y.type)):
        product = b.pen(x) * b.pen(t)
        return product * b.pen(rest) if inner.prim.name == "multiply" else product / b.pen(rest)
    if inner.prim.name == "divide" and is_number(rest.type) and not is_number(t.type):
        return (b.pen(x) / b.pen(rest)) * b.pen(t)
    return None


@rule(ADJOINT, "divide")
def divide(b: Simplifier, op: Op) -> Any:
    x, y = op.operands
    if is_zero(b, x):
        return zero_like(b, op)
    if minus := b.definition(x, "negative"):
        return -(b.pen(minus.operands[0]) / b.pen(y))
    if is_number(y.type) and (scaled := b.definition(x, "multiply")):
        t, rest = scaled.operands
        if is_number(t.type) and not is_number(rest.type):
            return (b.pen(t) / b.pen(y)) * b.pen(rest)
    return None


@rule(ADJOINT, "multiply", "divide")
def keep_masked(b: Simplifier, op: Op) -> Any:
    """where(c, g, 0) / y -> where(c, g / y, 0), also for a product with an array.

    The side that was not selected then contributes zero, even where the partial is infinite or NaN there.
    """
    x, y = op.operands
    for masked, other, first in ((x, y, True), (y, x, False)):
        chosen = b.definition(masked, "where")
        if chosen is None or (op.prim.name == "divide" and not first):
            continue
        if op.prim.name == "multiply" and isinstance(other, Const):
            continue
        c, kept, dropped = chosen.operands
        if is_zero(b, dropped) and same_dims(dims_of(c.type), dims_of(op.result.type)):
            pair = (kept, other) if first else (other, kept)
            return PRIMITIVES["where"](b.pen(c), b.pen(b.apply(op.prim, pair, {})[0]), 0.0)
        if is_zero(b, kept) and same_dims(dims_of(c.type), dims_of(op.result.type)):
            pair = (dropped, other) if first else (other, dropped)
            return PRIMITIVES["where"](b.pen(c), 0.0, b.pen(b.apply(op.prim, pair, {})[0]))
    return None


@rule(ADJOINT, *LINEAR)
def sign_moves_outwards(b: Simplifier, op: Op) -> Any:
    """A linear operation of -x is minus that of x: further out the sign may meet another."""
    x, rest = op.operands[0], op.operands[1:]
    if is_zero(b, x) and is_number(op.result.type):
        return Const(0.0)
    if is_number(x.type):
        return None  # the sign of a number belongs to the number
    if minus := b.definition(x, "negative"):
        return -b.pen(b.apply(op.prim, (minus.operands[0], *rest), op.attrs)[0])
    return None


def since_written(b: Simplifier, op: Op) -> tuple[Op, list[Op]] | None:
    """What wrote to the place that is added to, and what was added to other places, or to it, since then."""
    base, _, *holes = op.operands
    between: list[Op] = []
    while (addition := b.definition(base, "index_add")) and not b.is_shared(base):
        between.insert(0, addition)
        base = addition.operands[0]
    written = b.definition(base, "setitem")
    if written is None or b.is_shared(base):
        return None
    is_same = written.operands[2:] == tuple(holes) and written.attrs == op.attrs
    return (written, between) if is_same else None


@rule(ADJOINT, "index_add")
def index_add(b: Simplifier, op: Op) -> Any:
    """What is added may be one number for all elements; adding zero does nothing, adding to what was cleared writes."""
    base, value, *holes = op.operands
    if is_zero(b, value):
        return base
    if hits_once(op) and (found := since_written(b, op)):
        written, between = found
        before, put = written.operands[:2]
        if is_const(put, 0):
            changed = b.apply(written.prim, (before, value, *holes), op.attrs)[0]
        elif (
            (taken := b.definition(value, "getitem")) and taken.operands == (before, *holes) and taken.attrs == op.attrs
        ):
            changed = b.apply(op.prim, (before, put, *holes), op.attrs)[0]
        else:
            return None
        for addition in between:
            changed = b.apply(op.prim, (changed, *addition.operands[1:]), addition.attrs)[0]
        return changed
    inner = b.definition(value, "index_add")
    if inner and is_zero(b, inner.operands[0]) and is_basic(op):
        # x[i][j] is added to where it is: part = x_bar[i]; part[j] += ...
        _, added, *inner_holes = inner.operands
        whole, places = joined(op.attrs["index"], holes, inner.attrs["index"], inner_holes)
        if whole is not None:
            return b.apply(op.prim, (base, added, *places), {"index": whole})[0]
        part = getitem(b.pen(base), *map(b.pen, holes), index=op.attrs["index"])
        if dims_of(part.type) == dims_of(value.type):
            changed = b.apply(op.prim, (part.atom, *inner.operands[1:]), inner.attrs)[0]
            return setitem(b.pen(base), b.pen(changed), *map(b.pen, holes), index=op.attrs["index"])
    spread = b.definition(value, "broadcast_to")
    if spread and is_number(spread.operands[0].type):
        return b.apply(op.prim, (base, spread.operands[0], *holes), op.attrs)[0]
    return None
