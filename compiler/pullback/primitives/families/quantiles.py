"""Quantiles by linear interpolation between order statistics, and order statistics that pass over NaN."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Type, dims_of, may_be_one, rank
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.complex_parts import conj
from pullback.primitives.families.conversions import as_array
from pullback.primitives.families.indexing import Hole, Index, Slice, getitem
from pullback.primitives.families.joining import concatenate, stack
from pullback.primitives.families.reductions import Axis, mean, reduction, restored, takes_nothing
from pullback.primitives.families.shapes import shape_operand_of, size_of
from pullback.primitives.families.shaping import expand_dims, reshape
from pullback.primitives.families.sorting import add_along_axis, order_of, take_along_axis
from pullback.primitives.families.statistics import count_present, divided_by_count, over_axes, refuse_scrambling
from pullback.primitives.fitting import cast_to
from pullback.primitives.inference import Infer, dtype_of, is_complex, real
from pullback.primitives.kinds import general
from pullback.primitives.registry import MEANINGS, PRIMITIVES, NotCovered, means


def _quantile(x: Any, q: float, axis: Axis, keepdims: bool, method: Any) -> Any:
    return np.quantile(x, q, axis=axis, keepdims=keepdims, method=method)


def _place(x: Any, q: float, count: Any, method: str) -> Any:
    """Where in the order the quantile lies, of `count` elements: the quantile of 0, 1, 2, ... themselves."""
    if method == "linear":
        return (count - 1) * q
    if isinstance(count, int):
        return float(np.quantile(np.arange(float(count)), q, method=method))  # type: ignore[call-overload]  # a name
    order = PRIMITIVES["arange"](0.0, count, 1, dtype=None)
    return PRIMITIVES["float"](quantile(order, q=q, axis=None, keepdims=False, method=method))


def _neighbours(x: Any, q: float, axis: int, method: str) -> tuple[list[Any], Any]:
    """Where the two elements are between which the quantile lies, along a kept axis; the weight of the second."""
    order, count = order_of(x, axis), size_of(x, axis)
    place = _place(x, q, count, method)
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


def _quantile_vjp(g: Any, out: Any, x: Any, q: float, axis: Axis, keepdims: bool, method: str) -> Any:
    rows, along = _rows(x, axis)
    (low, high), weight = _neighbours(rows, q, along, method)
    spread = restored(g, x, axis, keepdims) if axis is not None else reshape(g, (1,))
    spread = expand_dims(spread, axis=0) if axis == 0 and not keepdims else spread
    bar = add_along_axis(PRIMITIVES["zeros_like"](rows), spread * (1.0 - weight), low, axis=along)
    bar = add_along_axis(bar, spread * weight, high, axis=along)
    return bar if rows is x else reshape(bar, shape_operand_of(x))


def _quantile_jvp(tangents: Any, out: Any, x: Any, q: float, axis: Axis, keepdims: bool, method: str) -> Any:
    rows, along = _rows(x, axis)
    moved = tangents[0] if rows is x else reshape(tangents[0], (-1,))
    (low, high), weight = _neighbours(rows, q, along, method)
    near = take_along_axis(moved, low, axis=along) * (1.0 - weight) + take_along_axis(moved, high, axis=along) * weight
    return reshape(near, shape_operand_of(out))


def _quantile_type(function: Callable[..., Any]) -> Infer:
    """As a median, and in float64 by a fraction that is a NumPy number."""
    plain = reduction(np.median)

    def infer(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
        (t,) = plain(operands, attrs)
        dtype = dtype_of(t)
        if not isinstance(attrs["q"], np.float64) or dtype is None:
            return (t,)
        return (Array(np.result_type(dtype, np.float64), dims_of(t)),)

    return real(infer, f"np.{function.__name__}")


quantile: Primitive = general(
    _quantile,
    _quantile_vjp,
    _quantile_jvp,
    _quantile_type(np.quantile),
    name="quantile",
    spelling="np.quantile",
)


def _fractions(q: Any) -> Any:
    q = meanings.static(q, "q")
    return q.tolist() if isinstance(q, np.ndarray | np.generic) else q


def _of_hundred(q: Any) -> Any:
    q = _fractions(q)
    return [fraction / 100 for fraction in q] if isinstance(q, list | tuple) else q / 100


def _each(fraction: float, q: Any, a: Any) -> float:
    """One of several fractions: a NumPy number, which makes NumPy interpolate in float64 as an array of them does."""
    widens = isinstance(q, list | tuple) and any(isinstance(f, float) for f in q)
    return np.float64(fraction) if widens and dtype_of(type_of_operand(a)) != np.float64 else float(fraction)


@means(np.quantile)
def quantile_meaning(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: Any = False,
    method: Any = "linear",
    keepdims: Any = False,
    *,
    weights: Any = None,
) -> Any:
    if weights is not None:
        raise NotCovered("`weights=` of np.quantile")
    refuse_scrambling(overwrite_input, "np.quantile")
    q = _fractions(q)
    a = meanings.arrayed(a, a)
    axis, keepdims = meanings.static(axis, "axis"), bool(meanings.static(keepdims, "keepdims"))
    axis, method = tuple(axis) if isinstance(axis, list) else axis, meanings.static(method, "method")

    def at(fraction: float) -> Any:
        return over_axes(
            a,
            axis,
            keepdims,
            lambda x, k, keep: quantile(x, q=_each(fraction, q, a), axis=k, keepdims=keep, method=method),
        )

    return stack(*map(at, q), axis=0) if isinstance(q, list | tuple) else at(q)


@means(np.percentile)
def percentile(a: Any, q: Any, *args: Any, **keywords: Any) -> Any:
    return MEANINGS[np.quantile](a, _of_hundred(q), *args, **keywords)


# Without NaN.


@means(np.nanvar)
def nanvar(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = False,
    *,
    where: Any = True,
    mean: Any = np._NoValue,
    correction: Any = np._NoValue,
) -> Any:
    """The mean square of what is left of the deviations when NaN is put to zero."""
    axis, keepdims = meanings.static(axis, "axis"), bool(meanings.static(keepdims, "keepdims"))
    ddof = meanings.static(ddof if correction is np._NoValue else correction, "ddof")
    a = meanings.arrayed(a, a)
    mask = PRIMITIVES["isnan"](a)
    count = count_present(mask, axis, True, where)
    if mean is np._NoValue:
        total = MEANINGS[np.sum](PRIMITIVES["where"](mask, 0.0, a), axis, dtype, keepdims=True, where=where)
        mean = divided_by_count(total, count)
    deviations = PRIMITIVES["where"](mask, 0.0, cast_to(a - mean, a))
    squares = MEANINGS[np.sum](deviations * deviations, axis, dtype, keepdims=keepdims, where=where)
    degrees = count if keepdims else count_present(mask, axis, False, where)
    return divided_by_count(squares, degrees - ddof if ddof else degrees)


@means(np.nanstd)
def nanstd(a: Any, *args: Any, **keywords: Any) -> Any:
    return PRIMITIVES["sqrt"](MEANINGS[np.nanvar](a, *args, **keywords))


# Order statistics of what is no NaN: NaN is sorted to the end, and each row has a count of its own.


def _present(x: Any, axis: int) -> Any:
    return count_present(PRIMITIVES["isnan"](x), axis, True)


def _nan_neighbours(x: Any, q: float, axis: int) -> tuple[Any, Any, Any]:
    """Where the two elements are between which the quantile lies, along a kept axis; the weight of the second."""
    order, count = order_of(x, axis), _present(x, axis)
    place = (PRIMITIVES["maximum"](count, 1) - 1) * q
    low = PRIMITIVES["astype"](PRIMITIVES["floor"](place), dtype=np.dtype(np.intp))
    high = PRIMITIVES["minimum"](low + 1, PRIMITIVES["maximum"](count, 1) - 1)
    weight = cast_to(place - low, x)
    return take_along_axis(order, low, axis=axis), take_along_axis(order, high, axis=axis), weight


def _nan_quantile(x: Any, q: float, axis: Axis, keepdims: bool) -> Any:
    return np.nanquantile(x, q, axis=axis, keepdims=keepdims)


def _nan_quantile_vjp(g: Any, out: Any, x: Any, q: float, axis: Axis, keepdims: bool) -> Any:
    if takes_nothing(x, axis):
        return PRIMITIVES["zeros_like"](x)
    rows, along = _rows(x, axis)
    low, high, weight = _nan_neighbours(rows, q, along)
    spread = reshape(g, shape_operand_of(low))
    bar = add_along_axis(PRIMITIVES["zeros_like"](rows), spread * (1.0 - weight), low, axis=along)
    bar = add_along_axis(bar, spread * weight, high, axis=along)
    return bar if rows is x else reshape(bar, shape_operand_of(x))


def _nan_quantile_jvp(tangents: Any, out: Any, x: Any, q: float, axis: Axis, keepdims: bool) -> Any:
    if takes_nothing(x, axis):
        return PRIMITIVES["zeros_like"](out)
    rows, along = _rows(x, axis)
    moved = tangents[0] if rows is x else reshape(tangents[0], (-1,))
    low, high, weight = _nan_neighbours(rows, q, along)
    near = take_along_axis(moved, low, axis=along) * (1.0 - weight) + take_along_axis(moved, high, axis=along) * weight
    return reshape(near, shape_operand_of(out))


nanquantile: Primitive = general(
    _nan_quantile,
    _nan_quantile_vjp,
    _nan_quantile_jvp,
    _quantile_type(np.nanquantile),
    name="nanquantile",
    spelling="np.nanquantile",
)


def _nan_median(x: Any, axis: Axis, keepdims: bool) -> Any:
    return np.nanmedian(x, axis=axis, keepdims=keepdims)


nanmedian: Primitive = general(
    _nan_median,
    lambda g, out, x, **attrs: _nan_quantile_vjp(g, out, x, 0.5, **attrs),
    lambda tangents, out, x, **attrs: _nan_quantile_jvp(tangents, out, x, 0.5, **attrs),
    real(reduction(np.median), "np.nanmedian"),
    name="nanmedian",
    spelling="np.nanmedian",
)


def _reduces(a: Any, axis: Any, keepdims: Any) -> tuple[Any, Any, bool]:
    axis, keepdims = meanings.static(axis, "axis"), bool(meanings.static(keepdims, "keepdims"))
    return meanings.arrayed(a, a), tuple(axis) if isinstance(axis, list) else axis, keepdims


@means(np.nanmedian)
def nanmedian_meaning(
    a: Any, axis: Any = None, out: Any = None, overwrite_input: Any = False, keepdims: Any = False
) -> Any:
    refuse_scrambling(overwrite_input, "np.nanmedian")
    a, axis, keepdims = _reduces(a, axis, keepdims)
    return over_axes(a, axis, keepdims, lambda x, k, keep: nanmedian(x, axis=k, keepdims=keep))


@means(np.nanquantile)
def nanquantile_meaning(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: Any = False,
    method: Any = "linear",
    keepdims: Any = False,
) -> Any:
    refuse_scrambling(overwrite_input, "np.nanquantile")
    if meanings.static(method, "method") != "linear":
        raise NotCovered("`method=` of np.nanquantile other than 'linear'")
    a, axis, keepdims = _reduces(a, axis, keepdims)
    q = _fractions(q)

    def at(fraction: float) -> Any:
        return over_axes(
            a, axis, keepdims, lambda x, k, keep: nanquantile(x, q=_each(fraction, q, a), axis=k, keepdims=keep)
        )

    return stack(*map(at, q), axis=0) if isinstance(q, list | tuple) else at(q)


@means(np.nanpercentile)
def nanpercentile(a: Any, q: Any, *args: Any, **keywords: Any) -> Any:
    return MEANINGS[np.nanquantile](a, _of_hundred(q), *args, **keywords)


# Covariances.


def _variables(m: Any, rowvar: bool) -> Any:
    """A row per variable, in float64 at least."""
    dtype = dtype_of(type_of_operand(m))
    m = as_array(m, np.result_type(dtype, np.float64)) if dtype is not None else m
    known = rank(type_of_operand(m))
    if known not in (1, 2):
        raise NotCovered("np.cov of what is not known to be a vector or matrix", "use np.var")
    if known == 1:
        return expand_dims(m, axis=0)
    return m if rowvar else PRIMITIVES["transpose"](m, axes=None)


def _covariances(m: Any, y: Any, rowvar: Any, bias: Any, ddof: Any) -> Any:
    near, rowvar = (m, y), bool(meanings.static(rowvar, "rowvar"))
    rows = _variables(meanings.arrayed(m, near), rowvar)
    if y is not None:
        rows = concatenate(rows, _variables(meanings.arrayed(y, near), rowvar), axis=0)
    ddof = meanings.static(ddof, "ddof")
    lost = ddof if ddof is not None else 0 if meanings.static(bias, "bias") else 1
    centred = rows - expand_dims(mean(rows, axis=1, keepdims=False), axis=1)
    degrees = size_of(rows, 1) - lost if lost else size_of(rows, 1)
    return MEANINGS[np.dot](centred, conj(PRIMITIVES["transpose"](centred, axes=None))) * (1.0 / degrees)


def _is_alone(m: Any, y: Any, rowvar: Any) -> bool:
    """Whether there is one variable only, so that NumPy returns a number."""
    if y is not None:
        return False
    dims = dims_of(type_of_operand(meanings.arrayed(m, m)))
    if dims is None or len(dims) < 2:
        return True
    variables = dims[0 if meanings.static(rowvar, "rowvar") else 1]
    if variables != 1 and may_be_one(variables):
        raise NotCovered("np.cov of what may be one variable or several")
    return bool(variables == 1)


@means(np.cov)
def cov(m: Any, y: Any = None, rowvar: Any = True, bias: Any = False, ddof: Any = None) -> Any:
    """Products of the centred rows."""
    c = _covariances(m, y, rowvar, bias, ddof)
    return PRIMITIVES["squeeze"](c, axis=(0, 1)) if _is_alone(m, y, rowvar) else c


@means(np.corrcoef)
def corrcoef(x: Any, y: Any = None, rowvar: Any = True) -> Any:
    """Covariances divided by the deviations; the ones on the diagonal are constant."""
    if _is_alone(x, y, rowvar):
        raise NotCovered("np.corrcoef of one variable, which is 1")
    c = _covariances(x, y, rowvar, False, None)
    deviations = PRIMITIVES["sqrt"](MEANINGS[np.real](MEANINGS[np.diagonal](c)))
    scaled = c / expand_dims(deviations, axis=1) / expand_dims(deviations, axis=0)
    if is_complex(type_of_operand(c)):
        raise NotCovered("np.corrcoef of complex numbers", "divide np.cov by the deviations")
    return PRIMITIVES["clip"](scaled, -1, 1)
