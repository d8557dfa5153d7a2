"""`scipy.ndimage`: arrays between their elements, which splines interpolate at points.

A sample is a sum of B-splines at the distances of a point from the elements, times the coefficients of a spline through
these. So it is linear in the array, and by the point its derivative is the sample of a derivative of the spline
(`spline_samples` of the runtime, with its transpose). The filter that finds the coefficients is the inverse of the
matrix of the B-splines at whole distances, which is symmetric; where the ends are mirrored, but for the first and the
last row, which count half (Unser, Aldroubi and Eden 1993, B-spline signal processing, IEEE Transactions on Signal
Processing 41).
At a kink, as where a point of a spline of order 1 is an element, the derivative is that to the right. Points that are
beyond the ends by mode "constant" have none. What is of order 0 takes elements, and SciPy itself says which: it is
given their numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import ndimage

import pullback_runtime
from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Type, dims_of, rank, shift_dim
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.indexing import Index, Slice, getitem
from pullback.primitives.families.joining import stack
from pullback.primitives.families.padding import pad, repeat_ends, unpad
from pullback.primitives.families.shapes import shape_operand_of
from pullback.primitives.inference import as_first, dtype_of, real, shape_dims
from pullback.primitives.kinds import Shaped, discrete, general, linear, total
from pullback.primitives.registry import PRIMITIVES, NotCovered, means
from pullback.primitives.scipy.fft import ends_weighted
from pullback.primitives.scipy.ndimage import array, known_mode, spelled, without_output
from pullback.primitives.scipy.ranks import add_at_places

MODES = ("reflect", "grid-mirror", "constant", "grid-constant", "nearest", "mirror", "wrap", "grid-wrap")
MARGINS = {"nearest": "edge", "grid-constant": "constant"}  # by which the array is extended before it is filtered
MARGIN = 12
SYMMETRIC = ("nearest", "grid-wrap")  # of whose ends the filter makes no difference
INEXACT = ("reflect", "grid-mirror")


# Coefficients.


def _filter_transpose(g: Any, x: Any, order: int, axis: int, mode: str) -> Any:
    if mode in SYMMETRIC or order < 2:
        return Shaped(spline_filter1d(g, order=order, axis=axis, mode=mode))
    once = spline_filter1d(ends_weighted(g, first=2.0, last=2.0, axis=axis), order=order, axis=axis, mode=mode)
    return Shaped(ends_weighted(once, first=0.5, last=0.5, axis=axis))


def _spline_filter1d(x: Any, order: int, axis: int, mode: str) -> Any:
    return ndimage.spline_filter1d(x, order, axis, mode=mode)


spline_filter1d: Primitive = linear(
    _spline_filter1d,
    _filter_transpose,
    real(as_first(float), "scipy.ndimage.spline_filter1d"),
    name="spline_filter1d",
    spelling="scipy.ndimage.spline_filter1d",
    broadcasts=True,
)


def _float_output(function: Any, output: Any) -> None:
    if output not in (np.float64, float, "float64", "d"):
        without_output(function, output)


def _filter_options(function: Any, order: Any, mode: Any) -> dict[str, Any]:
    known = {"order": meanings.static(order, "order"), "mode": known_mode(function, mode, MODES)}
    _exact(function, **known, inexact=(*INEXACT, "nearest"))
    return known


def _exact(function: Any, order: int, mode: str, inexact: Sequence[str]) -> None:
    if order > 1 and mode in inexact:
        raise NotCovered(
            f"mode {mode!r} of {spelled(function)} with splines of order 2 and above",
            "SciPy finds their coefficients with errors of 1e-3 on short axes; use 'mirror', or order 1",
        )


@means(ndimage.spline_filter1d)
def spline_filter1d_meaning(
    input: Any, order: Any = 3, axis: Any = -1, output: Any = np.float64, mode: Any = "mirror"
) -> Any:
    x, function = array(ndimage.spline_filter1d, input, input), ndimage.spline_filter1d
    _float_output(function, output)
    axis = meanings.static(axis, "axis") % (rank(type_of_operand(x)) or 1)
    return spline_filter1d(x, axis=axis, **_filter_options(function, order, mode))


@means(ndimage.spline_filter)
def spline_filter(input: Any, order: Any = 3, output: Any = np.float64, mode: Any = "mirror") -> Any:
    """One axis after another, as SciPy computes it."""
    x, function = array(ndimage.spline_filter, input, input), ndimage.spline_filter
    _float_output(function, output)
    known = _filter_options(function, order, mode)
    if known["order"] < 2:
        raise RuntimeError("spline order not supported")
    for axis in range(rank(type_of_operand(x)) or 0):
        x = spline_filter1d(x, axis=axis, **known)
    return x


def _margin(order: int, mode: str, prefilter: bool) -> int:
    return MARGIN if prefilter and order > 1 and mode in MARGINS else 0


def _widths(count: int) -> tuple[tuple[int, int], ...]:
    return ((MARGIN, MARGIN),) * count


def _coefficients(x: Any, order: int, mode: str, prefilter: bool) -> Any:
    """Those of the spline, with a margin around them where SciPy makes one."""
    if order < 2 or not prefilter:
        return x
    count = rank(type_of_operand(x)) or 0
    if mode in MARGINS:
        ends = MARGINS[mode]
        widths = _widths(count)
        x = repeat_ends(x, pad_width=widths, mode=ends) if ends == "edge" else pad(x, pad_width=widths)
    for axis in range(count):
        x = spline_filter1d(x, order=order, axis=axis, mode=mode)
    return x


def _from_coefficients(bar: Any, x: Any, order: int, mode: str, prefilter: bool) -> Any:
    """The cotangent of the array from that of its coefficients."""
    if order < 2 or not prefilter:
        return bar
    count = rank(type_of_operand(x)) or 0
    for axis in reversed(range(count)):
        bar = _filter_transpose(bar, bar, order, axis, mode).value
    if mode == "nearest":
        return unpad(bar, shape_operand_of(x), pad_width=_widths(count), mode="edge")
    if mode == "grid-constant":
        return getitem(bar, index=Index((Slice(MARGIN, -MARGIN),) * count))
    return bar


# Samples.


def _samples_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims = dims_of(operands[1].type)
    return (Array(dtype_of(operands[0].type), None if dims is None else dims[1:]),)


def _spread_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims = shape_dims(operands[2])
    margin = 2 * attrs["margin"]
    shape = None if dims is None else tuple(shift_dim(dim, margin) if margin else dim for dim in dims)
    return (Array(dtype_of(operands[0].type), shape),)


def _once_more(derivative: Sequence[int]) -> list[tuple[int, ...]]:
    """One derivative more, along each axis in turn."""
    return [tuple(times + (k == axis) for k, times in enumerate(derivative)) for axis in range(len(derivative))]


def _by_points(g: Any, coefficients: Any, points: Any, derivative: Sequence[int], **attrs: Any) -> Any:
    """The cotangent of the points, coordinate by coordinate."""
    slopes = [spline_samples(coefficients, points, derivative=d, **attrs) for d in _once_more(derivative)]
    return stack(*(g * slope for slope in slopes), axis=0)


def _along_points(moved: Any, coefficients: Any, points: Any, derivative: Sequence[int], **attrs: Any) -> Any:
    """What a change of the points adds to the samples."""
    return total(
        [
            getitem(moved, index=Index((axis,))) * spline_samples(coefficients, points, derivative=d, **attrs)
            for axis, d in enumerate(_once_more(derivative))
        ]
    )


def _samples_vjp(g: Any, out: Any, coefficients: Any, points: Any, margin: int, **attrs: Any) -> Any:
    there = points + float(margin) if margin else points
    bar = add_spline_samples(g, there, shape_operand_of(coefficients), margin=0, **attrs)
    return Shaped(bar), Shaped(_by_points(g, coefficients, points, margin=margin, **attrs))


def _samples_jvp(tangents: Any, out: Any, coefficients: Any, points: Any, **attrs: Any) -> Any:
    tc, tp = tangents
    changed = None if tc is None else spline_samples(tc, points, **attrs)
    return total([changed, None if tp is None else _along_points(tp, coefficients, points, **attrs)])


spline_samples: Primitive = general(
    pullback_runtime.spline_samples,
    _samples_vjp,
    _samples_jvp,
    real(_samples_type, "a sample"),
    spelling="spline_samples",
    broadcasts=True,
)


def _spread_vjp(h: Any, out: Any, g: Any, points: Any, shape: Any, **attrs: Any) -> Any:
    return Shaped(spline_samples(h, points, **attrs)), Shaped(_by_points(g, h, points, **attrs)), None


def _spread_jvp(tangents: Any, out: Any, g: Any, points: Any, shape: Any, derivative: Any, **attrs: Any) -> Any:
    tg, tp, _ = tangents
    changed = None if tg is None else add_spline_samples(tg, points, shape, derivative=derivative, **attrs)
    if tp is None:
        return changed
    moved = [
        add_spline_samples(g * getitem(tp, index=Index((axis,))), points, shape, derivative=d, **attrs)
        for axis, d in enumerate(_once_more(derivative))
    ]
    return total([changed, *moved])


add_spline_samples: Primitive = general(
    pullback_runtime.add_spline_samples,
    _spread_vjp,
    _spread_jvp,
    real(_spread_type, "a sample"),
    spelling="add_spline_samples",
    broadcasts=True,
)


def _plain(mode: str) -> str:
    return "reflect" if mode == "grid-mirror" else mode


def _splines(x: Any, order: int, mode: str, prefilter: bool) -> dict[str, Any]:
    """The attributes of samples of an array."""
    none = (0,) * (rank(type_of_operand(x)) or 0)
    return {"order": order, "mode": _plain(mode), "derivative": none, "margin": _margin(order, mode, prefilter)}


def to_array(g: Any, x: Any, points: Any, order: int, mode: str, prefilter: bool, **_: Any) -> Any:
    bar = add_spline_samples(g, points, shape_operand_of(x), **_splines(x, order, mode, prefilter))
    return Shaped(_from_coefficients(bar, x, order, mode, prefilter))


def to_points(g: Any, x: Any, points: Any, order: int, mode: str, prefilter: bool, **_: Any) -> Any:
    return _by_points(g, _coefficients(x, order, mode, prefilter), points, **_splines(x, order, mode, prefilter))


def moved(tp: Any, x: Any, points: Any, order: int, mode: str, prefilter: bool, **_: Any) -> Any:
    return _along_points(tp, _coefficients(x, order, mode, prefilter), points, **_splines(x, order, mode, prefilter))


def options_of(function: Any, order: Any, mode: Any, cval: Any, prefilter: Any, output: Any) -> dict[str, Any]:
    without_output(function, output)
    options = {
        "order": meanings.static(order, "order"),
        "mode": known_mode(function, mode, MODES),
        "cval": meanings.static(cval, "cval"),
        "prefilter": bool(meanings.static(prefilter, "prefilter")),
    }
    _exact(function, options["order"], options["mode"], INEXACT)
    if options["mode"] == "grid-constant" and options["cval"] != 0:
        raise NotCovered(
            f"`cval=` of {spelled(function)} beside mode 'grid-constant'", "subtract it before, and add it after"
        )
    return options


# Of order 0.


def _numbered(x: Any) -> Any:
    return np.arange(np.size(x), dtype=float).reshape(np.shape(x))


numbered: Primitive = discrete(
    _numbered, as_first(float), name="numbered", spelling="np.arange({0}.size, dtype=float).reshape({0}.shape)"
)


def nearest(prim: Primitive, g: Any, x: Any, *operands: Any, **attrs: Any) -> Any:
    """The cotangent of the array of what is of order 0: SciPy itself says which elements it takes."""
    taken = prim(numbered(x), *operands, **{**attrs, "cval": -1.0})
    places = PRIMITIVES["astype"](taken, dtype=np.dtype(np.intp))
    return Shaped(add_at_places(g, places, shape_operand_of(x)))


# Points that are given.


def _map_coordinates(x: Any, points: Any, order: int, mode: str, cval: float, prefilter: bool) -> Any:
    return ndimage.map_coordinates(x, points, order=order, mode=mode, cval=cval, prefilter=prefilter)


def _map_vjp(g: Any, out: Any, x: Any, points: Any, **attrs: Any) -> Any:
    if attrs["order"] == 0:
        return nearest(map_coordinates, g, x, points, **attrs), None
    return to_array(g, x, points, **attrs), Shaped(to_points(g, x, points, **attrs))


def _map_jvp(tangents: Any, out: Any, x: Any, points: Any, cval: float, **attrs: Any) -> Any:
    tx, tp = tangents
    changed = None if tx is None else map_coordinates(tx, points, cval=0.0, **attrs)
    by_points = None if tp is None or attrs["order"] == 0 else moved(tp, x, points, **attrs)
    return total([changed, by_points])


map_coordinates: Primitive = general(
    _map_coordinates,
    _map_vjp,
    _map_jvp,
    real(_samples_type, "scipy.ndimage.map_coordinates"),
    name="map_coordinates",
    spelling="scipy.ndimage.map_coordinates",
    broadcasts=True,
)


@means(ndimage.map_coordinates)
def map_coordinates_meaning(
    input: Any,
    coordinates: Any,
    output: Any = None,
    order: Any = 3,
    mode: Any = "constant",
    cval: Any = 0.0,
    prefilter: Any = True,
) -> Any:
    near, function = (input, coordinates), ndimage.map_coordinates
    x, points = array(function, input, near), meanings.arrayed(coordinates, near)
    options = options_of(function, order, mode, cval, prefilter, output)
    if rank(type_of_operand(points)) is None:
        raise NotCovered(f"{spelled(function)} at points that are not known to be an array")
    return map_coordinates(x, points, **options)
