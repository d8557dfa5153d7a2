"""`scipy.interpolate`: curves that are made inside the function, through samples that move.

A curve of these classes is linear in its samples: s(p) = sum_j b_j(p) y_j, where b_j is the curve through the j-th unit
vector. So the cotangent of y is that of the values times the basis, and SciPy's own `nu=` differentiates both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy import interpolate

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Type, dims_of, rank
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.reductions import sum_
from pullback.primitives.families.shaping import expand_dims
from pullback.primitives.fitting import shaped, total
from pullback.primitives.inference import real
from pullback.primitives.registry import MEANINGS, NotCovered, computes, means, register

CONDITIONS = ("not-a-knot", "clamped", "natural")


def _known_rank(x: Any, what: str) -> int:
    known = rank(type_of_operand(x))
    if known is None:
        raise NotCovered(f"{what} of an array of unknown rank")
    return known


def _curve(name: str, made: Callable[..., Any], spelling: str, is_linear: bool = True) -> Primitive:
    """The value at `points` of the curve that `made` makes of coordinates and samples."""

    def values_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
        points, _, y = (dims_of(o.type) for o in operands)
        return (Array(np.dtype(float), None if points is None or y is None else (*points, *y[1:])),)

    def basis_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
        points, x = (dims_of(o.type) for o in operands)
        return (Array(np.dtype(float), None if points is None or x is None else (*points, *x)),)

    def refuse(moved: Sequence[bool]) -> None:
        """Of the coordinates and the samples, those that have no rule."""
        if moved[0]:
            raise NotCovered(f"{spelling.partition('(')[0]} by its coordinates `x`")
        if not is_linear and moved[1]:
            raise NotCovered(
                f"{spelling.partition('(')[0]} by its samples, in which it is not linear,",
                "use CubicSpline or make_interp_spline",
            )

    def tails(points: Any, out: Any) -> tuple[int, ...]:
        return tuple(range(_known_rank(points, name), _known_rank(out, name)))

    def vjp(g: Any, out: Any, ops: Sequence[Any], attrs: Attrs, wanted: Sequence[bool]) -> tuple[Any, ...]:
        points, x, y = ops
        refuse(wanted[1:])
        axes, before = tails(points, out), tuple(range(_known_rank(points, name)))
        points_bar = y_bar = None
        if wanted[0]:
            slope = g * value(points, x, y, **{**attrs, "nu": attrs["nu"] + 1})
            points_bar = shaped(sum_(slope, axis=axes, keepdims=False) if axes else slope, points)
        if wanted[2]:
            b = basis(points, x, **attrs)
            if before:
                y_bar = MEANINGS[np.tensordot](b, g, axes=(before, before))
            else:
                y_bar = (expand_dims(b, axis=tuple(k + 1 for k in axes)) if axes else b) * g
            y_bar = shaped(y_bar, y)
        return points_bar, None, y_bar

    def jvp(tangents: Sequence[Any], out: Any, ops: Sequence[Any], attrs: Attrs) -> Any:
        points, x, y = ops
        refuse([t is not None for t in tangents[1:]])
        moved = tangents[0]
        if moved is not None:
            axes = tails(points, out)
            along = expand_dims(moved, axis=axes) if axes and rank(type_of_operand(moved)) != 0 else moved
            moved = along * value(points, x, y, **{**attrs, "nu": attrs["nu"] + 1})
        return total([moved, None if tangents[2] is None else value(points, x, tangents[2], **attrs)])

    def basis_vjp(g: Any, out: Any, ops: Sequence[Any], attrs: Attrs, wanted: Sequence[bool]) -> tuple[Any, ...]:
        refuse((wanted[1], False))
        slope = g * basis(*ops, **{**attrs, "nu": attrs["nu"] + 1})
        return shaped(sum_(slope, axis=-1, keepdims=False), ops[0]), None

    def basis_jvp(tangents: Sequence[Any], out: Any, ops: Sequence[Any], attrs: Attrs) -> Any:
        refuse((tangents[1] is not None, False))
        moved = tangents[0]
        along = moved if rank(type_of_operand(moved)) == 0 else expand_dims(moved, axis=-1)
        return along * basis(*ops, **{**attrs, "nu": attrs["nu"] + 1})

    def value_at(points: Any, x: Any, y: Any, nu: int, **how: Any) -> Any:
        return made(x, y, **how)(points, nu)

    def basis_at(points: Any, x: Any, nu: int, **how: Any) -> Any:
        return made(x, np.eye(len(x)), **how)(points, nu)

    value = Primitive(
        name, "general", value_at, real(values_type, name), vjp, jvp, None, spelling, doc={"keywords": {}}
    )
    register(value)
    if is_linear:
        unit = spelling.replace("{2}", "np.eye(len({1}))")
        basis = Primitive(
            f"{name}_basis",
            "general",
            basis_at,
            real(basis_type, name),
            basis_vjp,
            basis_jvp,
            None,
            unit,
            doc={"keywords": {}},
        )
        register(basis)
    return value


def _checked(points: Any, x: Any, y: Any, nu: Any) -> tuple[Any, Any, Any, int]:
    near = (points, x, y)
    points, x, y = (meanings.arrayed(v, near) for v in near)
    if rank(type_of_operand(x)) != 1 or not rank(type_of_operand(y)):
        raise NotCovered("a curve through what is not known to be samples at the elements of a vector")
    return points, x, y, meanings.static(nu, "nu")


# Functions of points, coordinates and samples: what a call of a curve computes.


def cubic_spline_value(
    points: Any, x: Any, y: Any, nu: int = 0, bc_type: str = "not-a-knot", extrapolate: Any = None
) -> Any:
    """The value of a `CubicSpline`, made for it."""
    return interpolate.CubicSpline(x, y, bc_type=bc_type, extrapolate=extrapolate)(points, nu)


def b_spline_value(points: Any, x: Any, y: Any, nu: int = 0, k: int = 3) -> Any:
    """The value of what `make_interp_spline` makes."""
    return interpolate.make_interp_spline(x, y, k)(points, nu)


def pchip_value(points: Any, x: Any, y: Any, nu: int = 0, extrapolate: Any = None) -> Any:
    """The value of a `PchipInterpolator`."""
    return interpolate.PchipInterpolator(x, y, extrapolate=extrapolate)(points, nu)


def akima_value(points: Any, x: Any, y: Any, nu: int = 0) -> Any:
    """The value of an `Akima1DInterpolator`."""
    return interpolate.Akima1DInterpolator(x, y)(points, nu)


cubic_spline = _curve(
    "cubic_spline_value",
    interpolate.CubicSpline,
    "scipy.interpolate.CubicSpline({1}, {2}, bc_type={bc_type}, extrapolate={extrapolate})({0}, nu={nu})",
)
b_spline = _curve(
    "b_spline_value",
    interpolate.make_interp_spline,
    "scipy.interpolate.make_interp_spline({1}, {2}, k={k})({0}, nu={nu})",
)
pchip = _curve(
    "pchip_value",
    interpolate.PchipInterpolator,
    "scipy.interpolate.PchipInterpolator({1}, {2}, extrapolate={extrapolate})({0}, nu={nu})",
    is_linear=False,
)
akima = _curve(
    "akima_value",
    interpolate.Akima1DInterpolator,
    "scipy.interpolate.Akima1DInterpolator({1}, {2})({0}, nu={nu})",
    is_linear=False,
)


@means(cubic_spline_value)
def cubic_spline_meaning(
    points: Any, x: Any, y: Any, nu: Any = 0, bc_type: Any = "not-a-knot", extrapolate: Any = None
) -> Any:
    points, x, y, nu = _checked(points, x, y, nu)
    if meanings.static(bc_type, "bc_type") not in CONDITIONS:
        raise NotCovered(f"`bc_type={bc_type!r}` of scipy.interpolate.CubicSpline", f"use {', '.join(CONDITIONS)}")
    extrapolate = meanings.static(extrapolate, "extrapolate")
    if extrapolate not in (None, True, False):
        raise NotCovered(f"`extrapolate={extrapolate!r}` of scipy.interpolate.CubicSpline")
    return cubic_spline(points, x, y, nu=nu, bc_type=bc_type, extrapolate=extrapolate)


@means(b_spline_value)
def b_spline_meaning(points: Any, x: Any, y: Any, nu: Any = 0, k: Any = 3) -> Any:
    points, x, y, nu = _checked(points, x, y, nu)
    return b_spline(points, x, y, nu=nu, k=meanings.static(k, "k"))


@means(pchip_value)
def pchip_meaning(points: Any, x: Any, y: Any, nu: Any = 0, extrapolate: Any = None) -> Any:
    points, x, y, nu = _checked(points, x, y, nu)
    return pchip(points, x, y, nu=nu, extrapolate=meanings.static(extrapolate, "extrapolate"))


@means(akima_value)
def akima_meaning(points: Any, x: Any, y: Any, nu: Any = 0) -> Any:
    points, x, y, nu = _checked(points, x, y, nu)
    return akima(points, x, y, nu=nu)


# Curves, for the interpreter: functions of the points. They keep copies of what they are made of, as SciPy does.


@computes(interpolate.CubicSpline)
def make_cubic_spline(x: Any, y: Any, axis: Any = 0, bc_type: Any = "not-a-knot", extrapolate: Any = None) -> Any:
    """`CubicSpline(x, y)`."""
    if axis != 0:
        raise NotImplementedError("`axis=` of CubicSpline other than 0")
    coordinates, samples = np.array(x, dtype=float), np.array(y, dtype=float)

    def curve(x: Any, nu: Any = 0) -> Any:
        return cubic_spline_value(x, coordinates, samples, nu, bc_type, extrapolate)

    return curve


@computes(interpolate.make_interp_spline)
def make_b_spline(x: Any, y: Any, k: Any = 3) -> Any:
    """`make_interp_spline(x, y)`."""
    coordinates, samples = np.array(x, dtype=float), np.array(y, dtype=float)

    def curve(x: Any, nu: Any = 0) -> Any:
        return b_spline_value(x, coordinates, samples, nu, k)

    return curve


@computes(interpolate.PchipInterpolator)
def make_pchip(x: Any, y: Any, axis: Any = 0, extrapolate: Any = None) -> Any:
    """`PchipInterpolator(x, y)`."""
    if axis != 0:
        raise NotImplementedError("`axis=` of PchipInterpolator other than 0")
    coordinates, samples = np.array(x, dtype=float), np.array(y, dtype=float)

    def curve(x: Any, nu: Any = 0) -> Any:
        return pchip_value(x, coordinates, samples, nu, extrapolate)

    return curve


@computes(interpolate.Akima1DInterpolator)
def make_akima(x: Any, y: Any) -> Any:
    """`Akima1DInterpolator(x, y)`."""
    coordinates, samples = np.array(x, dtype=float), np.array(y, dtype=float)

    def curve(x: Any, nu: Any = 0) -> Any:
        return akima_value(x, coordinates, samples, nu)

    return curve


@computes(interpolate.interp1d)
def make_interp1d(
    x: Any, y: Any, kind: Any = "linear", bounds_error: Any = None, fill_value: Any = np.nan, assume_sorted: Any = False
) -> Any:
    """`interp1d(x, y)` of vectors: straight lines between the samples, beyond them an error, a number, or a line."""
    if kind != "linear":
        raise NotImplementedError("`kind=` of interp1d other than 'linear'")
    coordinates, samples = np.array(x, dtype=float), np.array(y)
    if samples.dtype.kind in "iub":
        samples = samples.astype(float)
    if samples.ndim != 1:
        raise NotImplementedError("interp1d through samples that are no vector")
    if not assume_sorted:
        order = np.argsort(coordinates, kind="mergesort")
        coordinates, samples = coordinates[order], samples[order]

    def line(x: Any) -> Any:
        points = np.asarray(x, dtype=float)
        above = np.clip(np.searchsorted(coordinates, points), 1, len(coordinates) - 1)
        start, height = coordinates[above - 1], samples[above - 1]
        slope = (samples[above] - height) / (coordinates[above] - start)
        return np.asarray(slope * (points - start) + height)

    if isinstance(fill_value, str):
        return line
    below, beyond = fill_value if isinstance(fill_value, tuple) else (fill_value, fill_value)
    is_strict = (np.isnan(below) and np.isnan(beyond)) if bounds_error is None else bounds_error

    def curve(x: Any) -> Any:
        points = np.asarray(x, dtype=float)
        if is_strict and (np.any(points < coordinates[0]) or np.any(points > coordinates[-1])):
            raise ValueError("A value in x_new is beyond the interpolation range.")
        value = np.interp(points, coordinates, samples) if samples.dtype == float else line(points)
        inside = np.where(points < coordinates[0], below, value)
        return np.asarray(np.where(points > coordinates[-1], beyond, inside))

    return curve
