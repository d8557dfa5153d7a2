"""Quantiles by linear interpolation between order statistics, and order statistics that pass over NaN."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pullback.ir.core import Primitive
from pullback.ir.types import rank
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.indexing import Hole, Index, Slice, getitem
from pullback.primitives.families.joining import stack
from pullback.primitives.families.reductions import Axis, extremum, mean, reduction, restored, sum_
from pullback.primitives.families.shapes import shape_operand_of, size_of
from pullback.primitives.families.shaping import expand_dims, reshape
from pullback.primitives.families.sorting import add_along_axis, order_of, take_along_axis
from pullback.primitives.inference import real
from pullback.primitives.kinds import general
from pullback.primitives.registry import MEANINGS, PRIMITIVES, NotCovered, means


def _quantile(x: Any, q: float, axis: Axis, keepdims: bool) -> Any:
    return np.quantile(x, q, axis=axis, keepdims=keepdims)


def _neighbours(x: Any, q: float, axis: int) -> tuple[list[Any], Any]:
    """Where the two elements are between which the quantile lies, along a kept axis; the weight of the second."""
    order, count = order_of(x, axis), size_of(x, axis)
    place = (count - 1) * q
    whole = math.floor(place) if isinstance(place, float | int) else PRIMITIVES["int"](place)
    after = min(whole + 1, count - 1) if isinstance(whole, int) else PRIMITIVES["builtin_min"](whole + 1, count - 1)
    found = []
    for k in (whole, after):
        item, holes = (k, ()) if isinstance(k, int) else (Hole(), (k,))
        at = getitem(order, *holes, index=Index((Slice(),) * axis + (item,)))
        found.append(expand_dims(at, axis=axis))
    return found, place - whole


def _rows(x: Any, axis: Axis) -> tuple[Any, int]:
    known = rank(type_of_operand(x))
    if known is None or isinstance(axis, tuple):
        raise NotCovered("np.quantile over several axes, or of an array of unknown rank")
    if axis is None:
        return (x if known == 1 else reshape(x, (-1,))), 0
    return x, axis % known


def _quantile_vjp(g: Any, out: Any, x: Any, q: float, axis: Axis, keepdims: bool) -> Any:
    rows, along = _rows(x, axis)
    (low, high), weight = _neighbours(rows, q, along)
    spread = restored(g, x, axis, keepdims) if axis is not None else reshape(g, (1,))
    spread = expand_dims(spread, axis=0) if axis == 0 and not keepdims else spread
    bar = add_along_axis(PRIMITIVES["zeros_like"](rows), spread * (1.0 - weight), low, axis=along)
    bar = add_along_axis(bar, spread * weight, high, axis=along)
    return bar if rows is x else reshape(bar, shape_operand_of(x))


def _quantile_jvp(tangents: Any, out: Any, x: Any, q: float, axis: Axis, keepdims: bool) -> Any:
    rows, along = _rows(x, axis)
    moved = tangents[0] if rows is x else reshape(tangents[0], (-1,))
    (low, high), weight = _neighbours(rows, q, along)
    near = take_along_axis(moved, low, axis=along) * (1.0 - weight) + take_along_axis(moved, high, axis=along) * weight
    return reshape(near, shape_operand_of(out))


quantile: Primitive = general(
    _quantile,
    _quantile_vjp,
    _quantile_jvp,
    real(reduction(np.median), "np.quantile"),
    name="quantile",
    spelling="np.quantile({0}, {q}, axis={axis}, keepdims={keepdims})",
)


def _fractions(q: Any) -> Any:
    q = meanings.static(q, "q")
    return q.tolist() if isinstance(q, np.ndarray | np.generic) else q


@means(np.quantile)
def quantile_meaning(a: Any, q: Any, axis: Any = None, *, method: Any = "linear", keepdims: Any = False) -> Any:
    if meanings.static(method, "method") != "linear":
        raise NotCovered("`method=` of np.quantile other than 'linear'")
    a, q = meanings.arrayed(a, a), _fractions(q)
    axis, keepdims = meanings.static(axis, "axis"), bool(meanings.static(keepdims, "keepdims"))
    if isinstance(q, list | tuple):
        return stack(*(quantile(a, q=float(f), axis=axis, keepdims=keepdims) for f in q), axis=0)
    return quantile(a, q=float(q), axis=axis, keepdims=keepdims)


@means(np.percentile)
def percentile(a: Any, q: Any, axis: Any = None, *, method: Any = "linear", keepdims: Any = False) -> Any:
    q = _fractions(q)
    fractions = [f / 100 for f in q] if isinstance(q, list | tuple) else q / 100
    return quantile_meaning(a, fractions, axis, method=method, keepdims=keepdims)


# Without NaN.

nanmax = extremum(np.nanmax)
nanmin = extremum(np.nanmin)


@means(np.nanvar)
def nanvar(a: Any, axis: Any = None, *, ddof: Any = 0, keepdims: Any = False) -> Any:
    """The mean square of what is left of the deviations when NaN is put to zero."""
    axis, keepdims, ddof = (meanings.static(v, "axis") for v in (axis, keepdims, ddof))
    a = meanings.arrayed(a, a)
    mask = PRIMITIVES["isnan"](a)
    present = PRIMITIVES["invert"](mask)
    count = sum_(present, axis=axis, keepdims=True)
    middle = sum_(PRIMITIVES["where"](mask, 0.0, a), axis=axis, keepdims=True) / count
    deviations = PRIMITIVES["where"](mask, 0.0, a - middle)
    degrees = sum_(present, axis=axis, keepdims=keepdims)
    squares = sum_(deviations * deviations, axis=axis, keepdims=keepdims)
    return squares / (degrees - ddof if ddof else degrees)


@means(np.nanstd)
def nanstd(a: Any, axis: Any = None, *, ddof: Any = 0, keepdims: Any = False) -> Any:
    return PRIMITIVES["sqrt"](nanvar(a, axis, ddof=ddof, keepdims=keepdims))


# Covariances.


@means(np.cov)
def cov(m: Any, y: Any = None, rowvar: Any = True, bias: Any = False, ddof: Any = None) -> Any:
    """Products of the centred rows."""
    if y is not None or not meanings.static(rowvar, "rowvar"):
        raise NotCovered("`y=` and `rowvar=False` of np.cov", "stack the variables as rows")
    m = meanings.arrayed(m, m)
    if rank(type_of_operand(m)) != 2:
        raise NotCovered("np.cov of what is not known to be a matrix", "use np.var")
    ddof = meanings.static(ddof, "ddof")
    lost = ddof if ddof is not None else 0 if meanings.static(bias, "bias") else 1
    centred = m - expand_dims(mean(m, axis=1, keepdims=False), axis=1)
    degrees = size_of(m, 1) - lost if lost else size_of(m, 1)
    return MEANINGS[np.dot](centred, PRIMITIVES["transpose"](centred, axes=None)) * (1.0 / degrees)


@means(np.corrcoef)
def corrcoef(x: Any, y: Any = None, rowvar: Any = True) -> Any:
    """Covariances divided by the deviations; the ones on the diagonal are constant."""
    c = cov(x, y, rowvar)
    deviations = PRIMITIVES["sqrt"](MEANINGS[np.diagonal](c))
    scaled = c / expand_dims(deviations, axis=1) / expand_dims(deviations, axis=0)
    return PRIMITIVES["clip"](scaled, -1, 1)
