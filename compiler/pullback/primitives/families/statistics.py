"""Medians by order, and what NumPy itself computes by sums: averages, trapezoids, reductions without NaN."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pullback.ir.core import Primitive
from pullback.ir.types import rank
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.conversions import as_array
from pullback.primitives.families.creation import full_like
from pullback.primitives.families.indexing import Hole, Index, Slice, getitem
from pullback.primitives.families.reductions import (
    Axis,
    max_,
    may_take_nothing,
    mean,
    min_,
    reduction,
    restored,
    sum_,
    takes_nothing,
)
from pullback.primitives.families.scans import diff
from pullback.primitives.families.shapes import shape_operand, shape_operand_of, size_of
from pullback.primitives.families.shaping import broadcast_to, expand_dims, reshape
from pullback.primitives.families.sorting import add_along_axis, order_of, take_along_axis
from pullback.primitives.fitting import cast_to
from pullback.primitives.inference import dtype_of, normalize_axes, real
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
        if may_take_nothing(x, axis):  # then the axis has no middle
            found.append(getitem(order, place, place + 1, index=_at(axis, Slice(Hole(), Hole()))))
            continue
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
    if takes_nothing(x, axis):
        return PRIMITIVES["zeros_like"](x)
    rows, along = _rows(x, axis)
    low, high = _middle(rows, along)
    half = restored(0.5 * g, x, axis, keepdims) if axis is not None else reshape(0.5 * g, (1,))
    half = expand_dims(half, axis=0) if axis == 0 and not keepdims else half
    bar = add_along_axis(PRIMITIVES["zeros_like"](rows), half, low, axis=along)
    bar = add_along_axis(bar, half, high, axis=along)
    return bar if rows is x else reshape(bar, shape_operand_of(x))


def _median_jvp(tangents: Any, out: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
    if takes_nothing(x, axis):
        return PRIMITIVES["zeros_like"](out)
    rows, along = _rows(x, axis)
    moved = tangents[0] if rows is x else reshape(tangents[0], (-1,))
    middle = sum(0.5 * take_along_axis(moved, place, axis=along) for place in _middle(rows, along))
    if may_take_nothing(rows, along):
        return sum_(middle, axis=along, keepdims=keepdims and axis is not None)
    return reshape(middle, shape_operand_of(out))


median: Primitive = general(np.median, _median_vjp, _median_jvp, real(reduction(np.median), "np.median"))


def over_axes(x: Any, axis: Any, keepdims: bool, along: Callable[[Any, Axis, bool], Any]) -> Any:
    """What takes one axis, over several: as NumPy does, those axes are moved to the end and made one."""
    if not isinstance(axis, tuple):
        return along(x, axis, keepdims)
    known = rank(type_of_operand(x))
    if known is None:
        raise NotCovered("order statistics over several axes of an array of unknown rank")
    taken = normalize_axes(axis, known)
    kept = tuple(k for k in range(known) if k not in taken)
    moved = PRIMITIVES["transpose"](x, axes=kept + taken)
    rows = reshape(moved, shape_operand([*(size_of(x, k) for k in kept), -1]))
    out = along(rows, len(kept), False)
    return expand_dims(out, axis=taken) if keepdims else out


@means(np.median)
def median_meaning(
    a: Any, axis: Any = None, out: Any = None, overwrite_input: Any = False, keepdims: Any = False
) -> Any:
    refuse_scrambling(overwrite_input, "np.median")
    a, axis, keepdims = _reduces(a, axis, keepdims)
    return over_axes(a, axis, keepdims, lambda x, k, keep: median(x, axis=k, keepdims=keep))


def refuse_scrambling(overwrite_input: Any, what: str) -> None:
    if meanings.static(overwrite_input, "overwrite_input"):
        raise NotCovered(f"`overwrite_input=True` of {what}", "the array would be scrambled")


# By sums.


@means(np.ptp)
def ptp(a: Any, axis: Any = None, *, keepdims: Any = False) -> Any:
    a, axis, keepdims = _reduces(a, axis, keepdims)
    return max_(a, axis=axis, keepdims=keepdims) - min_(a, axis=axis, keepdims=keepdims)


@means(np.average)
def average(a: Any, axis: Any = None, weights: Any = None, returned: Any = False, *, keepdims: Any = False) -> Any:
    near = (a, weights)
    a, axis, keepdims = _reduces(meanings.arrayed(a, near), axis, keepdims)
    returned = meanings.static(returned, "returned")
    if weights is None:
        out = mean(a, axis=axis, keepdims=keepdims)
        return (out, full_like(out, size_of(a) / size_of(out), dtype=None)) if returned else out
    weights = meanings.arrayed(weights, near)
    m, n = rank(type_of_operand(a)), rank(type_of_operand(weights))
    dtypes = [dtype_of(type_of_operand(v)) for v in (a, weights)]
    if m is None or n is None or any(d is None for d in dtypes):
        raise NotCovered("np.average of arrays of unknown rank or dtype")
    wide = np.result_type(*dtypes, *([np.float64] if dtypes[0].kind in "iub" else []))  # type: ignore[union-attr]
    a, weights = as_array(a, wide), as_array(weights, wide)
    if m != n:
        if axis is None:
            raise TypeError("Axis must be specified when shapes of a and weights differ.")
        axes = [k % m for k in (axis if isinstance(axis, tuple) else (axis,))]
        if len(axes) > 1:
            weights = PRIMITIVES["transpose"](weights, axes=tuple(map(int, np.argsort(axes))))
        weights = expand_dims(weights, axis=tuple(j for j in range(m) if j not in axes))
    scale = sum_(weights, axis=axis, keepdims=keepdims)
    out = sum_(a * weights, axis=axis, keepdims=keepdims) / scale
    return (out, PRIMITIVES["copy"](broadcast_to(scale, shape_operand_of(out)))) if returned else out


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


def divided_by_count(total: Any, count: Any) -> Any:
    """Counts are int64, but the quotient has the dtype of the total."""
    if dtype_of(type_of_operand(total)) is None:
        raise NotCovered("a mean that passes over NaN, of an array of unknown dtype")
    return cast_to(total / count, total)


def _folded(function: Any, neutral: float) -> Callable[..., Any]:
    """A sum or product that passes over NaN, with all keywords of the function that does not."""

    def meaning(a: Any, *args: Any, **keywords: Any) -> Any:
        return MEANINGS[function](_without_nan(meanings.arrayed(a, a), neutral)[0], *args, **keywords)

    return meaning


MEANINGS[np.nansum] = _folded(np.sum, 0.0)
MEANINGS[np.nanprod] = _folded(np.prod, 1.0)


@means(np.nanmean)
def nanmean(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, *, where: Any = True
) -> Any:
    a, axis, keepdims = _reduces(a, axis, keepdims)
    kept, mask = _without_nan(a, 0.0)
    total = MEANINGS[np.sum](kept, axis, dtype, None, keepdims, where=where)
    return divided_by_count(total, count_present(mask, axis, keepdims, where))


def count_present(mask: Any, axis: Any, keepdims: bool, where: Any = True) -> Any:
    """How many elements are no NaN."""
    return MEANINGS[np.sum](PRIMITIVES["invert"](mask), axis, keepdims=keepdims, where=where)


@means(np.nancumsum)
def nancumsum(a: Any, axis: Any = None, dtype: Any = None) -> Any:
    return MEANINGS[np.cumsum](_without_nan(meanings.arrayed(a, a), 0.0)[0], axis, dtype)


@means(np.nancumprod)
def nancumprod(a: Any, axis: Any = None, dtype: Any = None) -> Any:
    return MEANINGS[np.cumprod](_without_nan(meanings.arrayed(a, a), 1.0)[0], axis, dtype)
