"""Medians by order, and what NumPy itself computes by sums: averages, trapezoids, reductions without NaN."""

from __future__ import annotations

from typing import Any

import numpy as np

from pullback.ir.core import Primitive
from pullback.ir.types import rank
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.conversions import as_array
from pullback.primitives.families.indexing import Hole, Index, Slice, getitem
from pullback.primitives.families.reductions import Axis, max_, mean, min_, prod, reduction, restored, sum_
from pullback.primitives.families.scans import diff
from pullback.primitives.families.shapes import shape_operand_of, size_of
from pullback.primitives.families.shaping import expand_dims, reshape
from pullback.primitives.families.sorting import add_along_axis, order_of, take_along_axis
from pullback.primitives.inference import dtype_of, real
from pullback.primitives.kinds import general
from pullback.primitives.registry import MEANINGS, PRIMITIVES, NotCovered, means


def _reduces(x: Any, axis: Any, keepdims: Any) -> tuple[Any, Any, bool]:
    axis, keepdims = meanings.static(axis, "axis"), meanings.static(keepdims, "keepdims")
    return meanings.arrayed(x, x), tuple(axis) if isinstance(axis, list) else axis, bool(keepdims)


def _at(axis: int, item: Any) -> Index:
    return Index((Slice(),) * axis + (item,))


# Medians: half of the derivative for each of the middle elements, which are one for an odd count.


def _middle(x: Any, axis: int) -> list[Any]:
    """Where the two middle elements are along an axis, which is kept."""
    order, count = order_of(x, axis), size_of(x, axis)
    found = []
    for place in ((count - 1) // 2, count // 2):
        item, holes = (place, ()) if isinstance(place, int) else (Hole(), (place,))
        found.append(expand_dims(getitem(order, *holes, index=_at(axis, item)), axis=axis))
    return found


def _rows(x: Any, axis: Axis) -> tuple[Any, int]:
    """The array that is ordered, and along which axis: of all elements the flat one."""
    known = rank(type_of_operand(x))
    if known is None or isinstance(axis, tuple):
        raise NotCovered("np.median over several axes, or of an array of unknown rank")
    if axis is None:
        return (x if known == 1 else reshape(x, (-1,))), 0
    return x, axis % known


def _median_vjp(g: Any, out: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
    rows, along = _rows(x, axis)
    low, high = _middle(rows, along)
    half = restored(0.5 * g, x, axis, keepdims) if axis is not None else reshape(0.5 * g, (1,))
    half = expand_dims(half, axis=0) if axis == 0 and not keepdims else half
    bar = add_along_axis(PRIMITIVES["zeros_like"](rows), half, low, axis=along)
    bar = add_along_axis(bar, half, high, axis=along)
    return bar if rows is x else reshape(bar, shape_operand_of(x))


def _median_jvp(tangents: Any, out: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
    rows, along = _rows(x, axis)
    moved = tangents[0] if rows is x else reshape(tangents[0], (-1,))
    middle = sum(0.5 * take_along_axis(moved, place, axis=along) for place in _middle(rows, along))
    return reshape(middle, shape_operand_of(out))


median: Primitive = general(
    np.median,
    _median_vjp,
    _median_jvp,
    real(reduction(np.median), "np.median"),
    np.median,
    accepts="a, axis=None, *, keepdims=False",
)


# By sums.


@means(np.ptp)
def ptp(a: Any, axis: Any = None, *, keepdims: Any = False) -> Any:
    a, axis, keepdims = _reduces(a, axis, keepdims)
    return max_(a, axis=axis, keepdims=keepdims) - min_(a, axis=axis, keepdims=keepdims)


@means(np.average)
def average(a: Any, axis: Any = None, weights: Any = None, returned: Any = False, *, keepdims: Any = False) -> Any:
    if meanings.static(returned, "returned"):
        raise NotCovered("`returned=True` of np.average")
    near = (a, weights)
    a, axis, keepdims = _reduces(meanings.arrayed(a, near), axis, keepdims)
    if weights is None:
        return mean(a, axis=axis, keepdims=keepdims)
    weights = meanings.arrayed(weights, near)
    m, n = rank(type_of_operand(a)), rank(type_of_operand(weights))
    if m is None or n is None or dtype_of(type_of_operand(a)) != dtype_of(type_of_operand(weights)):
        raise NotCovered("np.average of arrays of unknown rank, or of two dtypes")
    if m != n:
        if n != 1 or not isinstance(axis, int):
            raise NotCovered("np.average with weights for several axes")
        k = axis % m
        weights = expand_dims(weights, axis=tuple(j for j in range(m) if j != k))
    scale = sum_(weights, axis=axis, keepdims=keepdims)
    return sum_(a * weights, axis=axis, keepdims=keepdims) / scale


@means(np.trapezoid)
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: Any = -1) -> Any:
    near = (y, x, dx)
    y, x, axis = meanings.arrayed(y, near), meanings.arrayed(x, near), meanings.static(axis, "axis")
    known = rank(type_of_operand(y))
    if known is None:
        raise NotCovered("np.trapezoid of an array of unknown rank")
    k = axis % known
    steps = dx
    if x is not None:
        wide = rank(type_of_operand(x))
        steps = diff(x, n=1, axis=-1 if wide == 1 else k)
        if wide == 1 and known > 1:
            steps = expand_dims(steps, axis=tuple(j for j in range(known) if j != k))
    ends = getitem(y, index=_at(k, Slice(1, None))) + getitem(y, index=_at(k, Slice(None, -1)))
    return sum_(steps * ends / 2.0, axis=k, keepdims=False)


# Without NaN.


def _without_nan(x: Any, instead: float) -> tuple[Any, Any]:
    x = as_array(x)
    mask = PRIMITIVES["isnan"](x)
    return PRIMITIVES["where"](mask, instead, x), mask


def _counted(mask: Any, axis: Any, keepdims: bool) -> Any:
    return sum_(PRIMITIVES["invert"](mask), axis=axis, keepdims=keepdims)


@means(np.nansum)
def nansum(a: Any, axis: Any = None, *, keepdims: Any = False) -> Any:
    a, axis, keepdims = _reduces(a, axis, keepdims)
    return sum_(_without_nan(a, 0.0)[0], axis=axis, keepdims=keepdims)


@means(np.nanprod)
def nanprod(a: Any, axis: Any = None, *, keepdims: Any = False) -> Any:
    a, axis, keepdims = _reduces(a, axis, keepdims)
    return prod(_without_nan(a, 1.0)[0], axis=axis, keepdims=keepdims)


@means(np.nanmean)
def nanmean(a: Any, axis: Any = None, *, keepdims: Any = False) -> Any:
    a, axis, keepdims = _reduces(a, axis, keepdims)
    kept, mask = _without_nan(_only_double(a, "np.nanmean"), 0.0)
    return sum_(kept, axis=axis, keepdims=keepdims) / _counted(mask, axis, keepdims)


def _only_double(x: Any, what: str) -> Any:
    if dtype_of(type_of_operand(x)) != np.float64:  # NumPy divides in the dtype of the array
        raise NotCovered(f"{what} of an array that is not known to be float64")
    return x


@means(np.nancumsum)
def nancumsum(a: Any, axis: Any = None) -> Any:
    return MEANINGS[np.cumsum](_without_nan(meanings.arrayed(a, a), 0.0)[0], axis)


@means(np.nancumprod)
def nancumprod(a: Any, axis: Any = None) -> Any:
    return MEANINGS[np.cumprod](_without_nan(meanings.arrayed(a, a), 1.0)[0], axis)
