"""Between samples: np.interp.

np.interp is linear in its values, and piecewise linear in the point, where it has the slope of the piece to the right
of a knot; it is constant outside the knots, and everywhere where there is one knot only.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Type, dims_of
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.conversions import as_array
from pullback.primitives.families.indexing import Hole, Index, Slice, getitem, index_add
from pullback.primitives.families.joining import concatenate
from pullback.primitives.families.reductions import sum_
from pullback.primitives.families.shapes import size_of
from pullback.primitives.families.shaping import reshape
from pullback.primitives.inference import dtype_of, real
from pullback.primitives.kinds import general, total, zeros_like
from pullback.primitives.registry import MEANINGS, PRIMITIVES, means


def _interpolated(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (Array(np.dtype(float), dims_of(operands[0].type)),)


def _at(x: Any, places: Any) -> Any:
    return getitem(x, places, index=Index((Hole(),)))


def _piece(x: Any, xp: Any, fp: Any) -> tuple[Any, Any, Any]:
    """The knot to the left of each point, how far it is on the way to the next, and the slope between them."""
    found = PRIMITIVES["searchsorted"](xp, x, side="right") - 1
    left = PRIMITIVES["clip"](found, 0, size_of(xp, 0) - 2)
    start, step = _at(xp, left), _at(xp, left + 1) - _at(xp, left)
    along = PRIMITIVES["where"](found > left, 1.0, PRIMITIVES["clip"]((x - start) / step, 0.0, 1.0))
    rise = _at(fp, left + 1) - _at(fp, left)
    inside = (found == left) & (along < 1.0)
    return left, along, PRIMITIVES["where"](inside, rise / step, 0.0)


def _scattered(base: Any, left: Any, along: Any, g: Any) -> Any:
    out = index_add(PRIMITIVES["zeros_like"](base), g * (1.0 - along), left, index=Index((Hole(),)))
    return index_add(out, g * along, left + 1, index=Index((Hole(),)))


def _is_one(xp: Any) -> bool:
    """Whether there is one knot, before and after which the values are equal."""
    return dims_of(type_of_operand(xp)) == (1,)


def _interp_vjp(g: Any, out: Any, x: Any, xp: Any, fp: Any) -> tuple[Any, Any, Any]:
    if _is_one(xp):
        return zeros_like(x), zeros_like(xp), reshape(sum_(g, axis=None, keepdims=False), (1,))
    left, along, slope = _piece(x, xp, fp)
    # moving the knots by d moves the piece to the right by d where it stands: -slope * d
    return g * slope, _scattered(xp, left, along, -g * slope), _scattered(fp, left, along, g)


def _interp_jvp(tangents: Any, out: Any, x: Any, xp: Any, fp: Any) -> Any:
    tx, txp, tfp = tangents
    if _is_one(xp):
        return zeros_like(out) if tfp is None else getitem(tfp, index=Index((0,))) * PRIMITIVES["ones_like"](out)
    left, along, slope = _piece(x, xp, fp)

    def between(t: Any) -> Any:
        return _at(t, left) * (1.0 - along) + _at(t, left + 1) * along

    return total(
        [
            None if tx is None else tx * slope,
            None if txp is None else -slope * between(txp),
            None if tfp is None else between(tfp),
        ]
    )


interp: Primitive = general(np.interp, _interp_vjp, _interp_jvp, real(_interpolated, "np.interp"), name="interp")


@means(np.interp)
def interp_meaning(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Any:
    near = (x, xp, fp, left, right, period)
    x, xp, fp = (meanings.arrayed(v, near) for v in near[:3])
    if period is not None:
        return interp(*_in_one_period(x, xp, fp, MEANINGS[np.abs](period) if meanings.has_pen(period) else abs(period)))
    out = interp(x, xp, fp)
    if right is not None:
        out = PRIMITIVES["where"](x > getitem(xp, index=Index((-1,))), right, out)
    return out if left is None else PRIMITIVES["where"](x < getitem(xp, index=Index((0,))), left, out)


def _in_float64(x: Any) -> Any:
    """What np.interp computes in."""
    dtype = dtype_of(type_of_operand(x))
    return as_array(x, np.float64) if dtype is not None and dtype.kind == "f" and dtype != np.float64 else x


def _in_one_period(x: Any, xp: Any, fp: Any, period: Any) -> tuple[Any, Any, Any]:
    """The points and knots moved into one period, with one more knot on either side."""
    x, xp = (_in_float64(v) % period for v in (x, xp))
    order = PRIMITIVES["argsort"](xp, axis=-1, kind=None)
    xp, fp = _at(xp, order), _at(fp, order)
    last, first = Index((Slice(-1, None),)), Index((Slice(0, 1),))
    knots = concatenate(getitem(xp, index=last) - period, xp, getitem(xp, index=first) + period, axis=0)
    return x, knots, concatenate(getitem(fp, index=last), fp, getitem(fp, index=first), axis=0)
