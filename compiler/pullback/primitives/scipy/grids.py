"""`scipy.interpolate`: multilinear interpolation between values on a regular grid, which are given or move.

It is linear in the values, and in each coordinate of a point within a cell: `grid_sample` of the runtime is its slope,
and `grid_spread` its transpose. The coordinates of the grid are constant.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy import interpolate

import pullback_runtime
from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.opaque import Opaque
from pullback.ir.types import Array, Type, dims_of, rank
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.indexing import Index, getitem
from pullback.primitives.families.reductions import sum_
from pullback.primitives.families.shapes import shape_operand_of
from pullback.primitives.families.shaping import expand_dims, reshape, squeeze
from pullback.primitives.fitting import shaped, total, zeros_like
from pullback.primitives.inference import Infer, dtype_of, real, shape_dims
from pullback.primitives.kinds import general
from pullback.primitives.registry import MEANINGS, PRIMITIVES, NotCovered, computes, means, register
from pullback.primitives.scipy.interpolate import opaque_of, use

DIMENSIONS = (1, 2, 3, 4)
NAME = "scipy.interpolate.RegularGridInterpolator"


def _register(
    name: str,
    compute: Callable[..., Any],
    infer: Infer,
    vjp: Callable[..., Any],
    jvp: Callable[..., Any],
    spelling: str,
    ruled: int = 2,
) -> Primitive:
    """A primitive with a rule for its first operands, and none for those after them."""

    def pulled(g: Any, out: Any, ops: Sequence[Any], attrs: Attrs, wanted: Sequence[bool]) -> tuple[Any, ...]:
        _refuse(any(wanted[ruled:]))
        bars = vjp(g, *ops, **attrs)
        fitted = (shaped(bar, op) if want else None for bar, op, want in zip(bars, ops, wanted, strict=False))
        return (*fitted, *[None] * (len(ops) - ruled))

    def pushed(tangents: Sequence[Any], out: Any, ops: Sequence[Any], attrs: Attrs) -> Any:
        _refuse(any(t is not None for t in tangents[ruled:]))
        return jvp(tangents[:ruled], *ops, **attrs)

    return register(
        Primitive(name, "general", compute, real(infer, NAME), pulled, pushed, None, spelling, doc={"keywords": {}})
    )


def _refuse(is_active: bool) -> None:
    if is_active:
        raise NotCovered(f"{NAME} by the coordinates of its grid", "keep them constant")


def _sample_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    points, values = (dims_of(o.type) for o in operands[:2])
    known = points is not None and values is not None
    return (Array(np.dtype(float), (*points[:-1], *values[len(operands) - 2 :]) if known else None),)  # type: ignore[index]


def _spread_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (Array(np.dtype(float), shape_dims(operands[2])),)


def _sampled(points: Any, values: Any, grid: Sequence[Any], orders: tuple[int, ...], is_filled: bool) -> Any:
    return PRIMITIVES[f"grid_sample_{len(grid)}"](points, values, *grid, orders=orders, is_filled=is_filled)


def _spread(g: Any, points: Any, values: Any, grid: Sequence[Any], orders: tuple[int, ...], is_filled: bool) -> Any:
    shape = shape_operand_of(values)
    return PRIMITIVES[f"grid_spread_{len(grid)}"](g, points, shape, *grid, orders=orders, is_filled=is_filled)


def _slopes(points: Any, values: Any, grid: Sequence[Any], orders: tuple[int, ...], is_filled: bool) -> list[Any]:
    """The derivatives by each coordinate; None where there is one already, as it is linear in that."""
    return [
        None if order else _sampled(points, values, grid, (*orders[:k], 1, *orders[k + 1 :]), is_filled)
        for k, order in enumerate(orders)
    ]


def _by_points(g: Any, points: Any, values: Any, grid: Sequence[Any], orders: tuple[int, ...], is_filled: bool) -> Any:
    axes = tuple(range(len(grid) - _known_rank(values), 0))
    bars = [
        zeros_like(_coordinate(points, k))
        if slope is None
        else sum_(g * slope, axis=axes, keepdims=False)
        if axes
        else g * slope
        for k, slope in enumerate(_slopes(points, values, grid, orders, is_filled))
    ]
    return MEANINGS[np.stack](bars, axis=-1)


def _along_points(
    t: Any, points: Any, values: Any, grid: Sequence[Any], orders: tuple[int, ...], is_filled: bool
) -> Any:
    """The tangent of a sample, for tangents of the points."""
    axes = tuple(range(len(grid) - _known_rank(values), 0))
    terms = [
        None if slope is None else slope * (expand_dims(_coordinate(t, k), axis=axes) if axes else _coordinate(t, k))
        for k, slope in enumerate(_slopes(points, values, grid, orders, is_filled))
    ]
    return total(terms)


def _coordinate(points: Any, k: int) -> Any:
    return getitem(points, index=Index((Ellipsis, k)))


def _known_rank(values: Any) -> int:
    known = rank(type_of_operand(values))
    if known is None:
        raise NotCovered(f"{NAME} of values of unknown rank")
    return known


def _sample_vjp(g: Any, points: Any, values: Any, *grid: Any, orders: tuple[int, ...], is_filled: bool) -> Any:
    at = (grid, orders, is_filled)
    return _by_points(g, points, values, *at), _spread(g, points, values, *at)


def _sample_jvp(tangents: Any, points: Any, values: Any, *grid: Any, orders: tuple[int, ...], is_filled: bool) -> Any:
    at = (grid, orders, is_filled)
    moved = None if tangents[0] is None else _along_points(tangents[0], points, values, *at)
    return total([moved, None if tangents[1] is None else _sampled(points, tangents[1], *at)])


def _spread_vjp(c: Any, g: Any, points: Any, shape: Any, *grid: Any, orders: tuple[int, ...], is_filled: bool) -> Any:
    # <c, spread(g, points)> = <g, sample(points, c)>
    at = (grid, orders, is_filled)
    return _sampled(points, c, *at), _by_points(g, points, c, *at)


def _spread_jvp(
    tangents: Any, g: Any, points: Any, shape: Any, *grid: Any, orders: tuple[int, ...], is_filled: bool
) -> Any:
    tg, tp = tangents
    spread, attrs = PRIMITIVES[f"grid_spread_{len(grid)}"], {"is_filled": is_filled}
    axes = tuple(range(_known_rank(points) - 1 - _known_rank(g), 0))
    terms = [None if tg is None else spread(tg, points, shape, *grid, orders=orders, **attrs)]
    for k, order in enumerate(orders):
        if tp is not None and not order:
            along = _coordinate(tp, k)
            moved = g * (expand_dims(along, axis=axes) if axes else along)
            terms.append(spread(moved, points, shape, *grid, orders=(*orders[:k], 1, *orders[k + 1 :]), **attrs))
    return total(terms)


# What SciPy computes: with a number beyond the grid, or extrapolated.


def _interpolated(points: Any, values: Any, fill: Any, *grid: Any, bounds_error: bool) -> Any:
    return interpolate.RegularGridInterpolator(grid, values, bounds_error=bounds_error, fill_value=fill)(points)


def _extrapolated(points: Any, values: Any, *grid: Any) -> Any:
    return interpolate.RegularGridInterpolator(grid, values, bounds_error=False, fill_value=None)(points)


def _value_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return _sample_type((*operands[:2], *operands[3:]), attrs)


def _value_vjp(g: Any, points: Any, values: Any, fill: Any, *grid: Any, bounds_error: bool) -> Any:
    # the weights of a point add up to 1, or to 0 where the fill counts
    by_points, by_values = _sample_vjp(g, points, values, *grid, orders=(0,) * len(grid), is_filled=True)
    all_of_them, inside = (sum_(x, axis=None, keepdims=False) for x in (g, by_values))
    return by_points, by_values, all_of_them - inside


def _value_jvp(tangents: Any, points: Any, values: Any, fill: Any, *grid: Any, bounds_error: bool) -> Any:
    at = {"orders": (0,) * len(grid), "is_filled": True}
    moved = _sample_jvp(tangents[:2], points, values, *grid, **at)  # type: ignore[arg-type]  # as they are named
    if tangents[2] is None:
        return moved
    inside = _sampled(points, PRIMITIVES["ones_like"](values), grid, (0,) * len(grid), True)
    return total([moved, tangents[2] * (1.0 - inside)])


def _extrapolated_vjp(g: Any, points: Any, values: Any, *grid: Any) -> Any:
    return _sample_vjp(g, points, values, *grid, orders=(0,) * len(grid), is_filled=False)


def _extrapolated_jvp(tangents: Any, points: Any, values: Any, *grid: Any) -> Any:
    return _sample_jvp(tangents, points, values, *grid, orders=(0,) * len(grid), is_filled=False)


def _tuple_of(count: int, first: int) -> str:
    """How a grid of so many operands prints, in a template."""
    inner = ", ".join(f"{{{first + k}}}" for k in range(count))
    return f"({inner},)" if count == 1 else f"({inner})"


HOW = "orders={orders}, is_filled={is_filled}"
for _count in DIMENSIONS:
    _register(
        f"grid_sample_{_count}",
        lambda points, values, *grid, orders, is_filled: pullback_runtime.grid_sample(
            points, values, grid, orders, is_filled
        ),
        _sample_type,
        _sample_vjp,
        _sample_jvp,
        f"grid_sample({{0}}, {{1}}, {_tuple_of(_count, 2)}, {HOW})",
    )
    _register(
        f"grid_spread_{_count}",
        lambda g, points, shape, *grid, orders, is_filled: pullback_runtime.grid_spread(
            g, points, shape, grid, orders, is_filled
        ),
        _spread_type,
        _spread_vjp,
        _spread_jvp,
        f"grid_spread({{0}}, {{1}}, {{2}}, {_tuple_of(_count, 3)}, {HOW})",
    )
    _register(
        f"grid_value_{_count}",
        _interpolated,
        _value_type,
        _value_vjp,
        _value_jvp,
        f"{NAME}({_tuple_of(_count, 3)}, {{1}}, bounds_error={{bounds_error}}, fill_value={{2}})({{0}})",
        ruled=3,
    )
    _register(
        f"grid_extrapolated_{_count}",
        _extrapolated,
        _sample_type,
        _extrapolated_vjp,
        _extrapolated_jvp,
        f"{NAME}({_tuple_of(_count, 2)}, {{1}}, bounds_error=False, fill_value=None)({{0}})",
    )


# What a call of an interpolator computes.


def regular_grid_value(xi: Any, points: Any, values: Any, bounds_error: bool = True, fill_value: Any = np.nan) -> Any:
    """The value of a `RegularGridInterpolator`, made for it."""
    return interpolate.RegularGridInterpolator(points, values, bounds_error=bounds_error, fill_value=fill_value)(xi)


@means(regular_grid_value)
def regular_grid_meaning(xi: Any, points: Any, values: Any, bounds_error: Any = True, fill_value: Any = np.nan) -> Any:
    near = (xi, points, values)
    values = meanings.arrayed(values, near)
    grid = [meanings.arrayed(axis, near) for axis in points]
    dtype = dtype_of(type_of_operand(values))
    if dtype is None or (dtype.kind == "f" and dtype != np.float64):
        raise NotCovered(f"{NAME} of values of {dtype}", "convert them by .astype(float)")
    if len(grid) not in DIMENSIONS or _known_rank(values) < len(grid):
        raise NotCovered(f"{NAME} on a grid of {len(grid)} dimensions")
    bounds_error = bool(meanings.static(bounds_error, "bounds_error"))
    where, is_one = _points(xi, len(grid), near)
    if fill_value is None and not bounds_error:
        out = PRIMITIVES[f"grid_extrapolated_{len(grid)}"](where, values, *grid)
    else:
        fill = np.nan if bounds_error else fill_value
        out = PRIMITIVES[f"grid_value_{len(grid)}"](where, values, fill, *grid, bounds_error=bounds_error)
    return squeeze(out, axis=(0,)) if is_one else out


def _points(xi: Any, count: int, near: Any) -> tuple[Any, bool]:
    """The coordinates in the last axis, as SciPy takes them; and whether they are those of one point."""
    if isinstance(xi, tuple) and len(xi) == 1:
        xi = xi[0]
    if isinstance(xi, tuple):
        parts = MEANINGS[np.broadcast_arrays](*(meanings.arrayed(x, near) for x in xi))
        xi = MEANINGS[np.stack](parts, axis=-1)
        is_one = rank(type_of_operand(xi)) == 1
        return (expand_dims(xi, axis=0) if is_one else xi), is_one
    xi = meanings.arrayed(xi, near)
    known = rank(type_of_operand(xi))
    if known is None:
        raise NotCovered(f"{NAME} at points of unknown rank")
    return (reshape(xi, (-1, count)) if known < 2 else xi), False


@computes(interpolate.RegularGridInterpolator)
def make_regular_grid(
    points: Any, values: Any, method: Any = "linear", bounds_error: Any = True, fill_value: Any = np.nan
) -> Any:
    """`RegularGridInterpolator(points, values)`, of method "linear"."""
    if method != "linear":
        raise NotImplementedError("`method=` of RegularGridInterpolator other than 'linear'")
    samples = np.asarray(values)

    def interpolated(xi: Any) -> Any:
        return regular_grid_value(xi, points, samples, bounds_error, fill_value)

    return interpolated


@computes(interpolate.interpn)
def interpn(
    points: Any,
    values: Any,
    xi: Any,
    method: Any = "linear",
    bounds_error: Any = True,
    fill_value: Any = np.nan,
) -> Any:
    """`interpn`, of method "linear"."""
    if method != "linear":
        raise NotImplementedError("`method=` of interpn other than 'linear'")
    return regular_grid_value(xi, points, values, bounds_error, fill_value)


# Interpolators that are made outside: constant, at points that move.


def _object_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    points, t = dims_of(operands[0].type), operands[1].type
    assert isinstance(t, Opaque)
    return (Array(np.dtype(float), None if points is None else (*points[:-1], *t.shape)),)


def _slope_of(points: Any, f: Any, orders: tuple[int, ...], k: int) -> Any:
    return None if orders[k] else object_slope(points, f, orders=(*orders[:k], 1, *orders[k + 1 :]))


def _object_vjp(g: Any, out: Any, points: Any, f: Any, orders: tuple[int, ...] = ()) -> Any:
    t = opaque_of(f)
    count, axes = t.facts[0], tuple(range(-len(t.shape), 0))
    slopes = [_slope_of(points, f, orders or (0,) * count, k) for k in range(count)]
    bars = [None if s is None else sum_(g * s, axis=axes, keepdims=False) if axes else g * s for s in slopes]
    return MEANINGS[np.stack](
        [zeros_like(_coordinate(points, k)) if b is None else b for k, b in enumerate(bars)], axis=-1
    )


def _object_jvp(tangents: Any, out: Any, points: Any, f: Any, orders: tuple[int, ...] = ()) -> Any:
    t = opaque_of(f)
    count, axes = t.facts[0], tuple(range(-len(t.shape), 0))
    along = [_coordinate(tangents[0], k) for k in range(count)]
    slopes = [_slope_of(points, f, orders or (0,) * count, k) for k in range(count)]
    pairs = zip(slopes, along, strict=True)
    return total([None if s is None else s * (expand_dims(a, axis=axes) if axes else a) for s, a in pairs])


object_value: Primitive = general(
    lambda points, f: f(points),
    _object_vjp,
    _object_jvp,
    real(_object_type, NAME),
    name="grid_object_value",
    spelling="{1}({0})",
)
object_slope: Primitive = general(
    lambda points, f, orders: pullback_runtime.grid_slope(points, f, orders),
    _object_vjp,
    _object_jvp,
    real(_object_type, NAME),
    name="grid_object_slope",
    spelling="grid_slope({0}, {1}, orders={orders})",
)


@use("grid interpolator", ".__call__")
def call_grid(f: Any, xi: Any, method: Any = None, *, nu: Any = None) -> Any:
    if meanings.static(method, "method") not in (None, "linear") or nu is not None:
        raise NotCovered(f"`method=` or `nu=` of the call of {NAME}")
    where, is_one = _points(xi, opaque_of(f).facts[0], f)
    out = object_value(where, f)
    return squeeze(out, axis=(0,)) if is_one else out
