"""`scipy.ndimage`: shifts, affine maps, zooms and rotations: samples at points that are those of the result, moved.

The derivatives are those of samples at these points (`samples.py`), by the array and by what the points are made of.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import ndimage, special

import pullback_runtime
from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Type, dims_of, rank
from pullback.primitives import meanings
from pullback.primitives.expr import Expr, type_of_operand
from pullback.primitives.families.contractions import tensordot
from pullback.primitives.families.reductions import sum_
from pullback.primitives.families.shapes import shape_operand_of
from pullback.primitives.inference import Infer, as_first, dtype_of, real, unknown_dim
from pullback.primitives.kinds import Shaped, discrete, general, linear, total, zeros_like
from pullback.primitives.registry import NotCovered, means
from pullback.primitives.scipy.ndimage import array, each, spelled
from pullback.primitives.scipy.samples import moved, nearest, options_of, to_array, to_points

# Points.


def _grid_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims = dims_of(operands[0].type)
    return (Array(np.dtype(float), None if dims is None else (len(dims), *dims)),)


def _grid_of(x: Any) -> Any:
    return np.indices(np.shape(x), float)


grid_of: Primitive = discrete(_grid_of, _grid_type, name="grid_of", spelling="np.indices({0}.shape, float)")


# Affine maps.


def _points_type(like: int) -> Any:
    def infer(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
        dims = dims_of(operands[like].type)
        rows = dims_of(operands[0].type) if like else dims
        count = len(dims or ()) if not like else (rows or (None,))[0]
        return (Array(np.dtype(float), None if dims is None or count is None else (count, *dims)),)

    return infer


def _axes(x: Any) -> tuple[int, ...]:
    return tuple(range(1, rank(type_of_operand(x)) or 1))


def _affine_transpose(bar: Any, matrix: Any, offset: Any, like: Any) -> Any:
    grid, over = grid_of(like), _axes(bar)
    if rank(type_of_operand(matrix)) == 1:
        by_matrix = sum_(bar * grid, axis=over, keepdims=False)
    else:
        by_matrix = tensordot(bar, grid, axes=(over, over))
    by_offset = sum_(bar, axis=None if rank(type_of_operand(offset)) == 0 else over, keepdims=False)
    return Shaped(by_matrix), Shaped(by_offset)


affine_points: Primitive = linear(
    pullback_runtime.affine_points,
    _affine_transpose,
    real(_points_type(2), "an affine map"),
    operands=2,
    spelling="affine_points",
    broadcasts=True,
)


def _affine_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    x = operands[0].type
    return (Array(dtype_of(x), attrs["output_shape"] or dims_of(x)),)


def _affine(x: Any, matrix: Any, offset: Any, **attrs: Any) -> Any:
    return ndimage.affine_transform(x, matrix, offset, **attrs)


def _affine_vjp(g: Any, out: Any, x: Any, matrix: Any, offset: Any, output_shape: Any, **attrs: Any) -> Any:
    if attrs["order"] == 0:
        return (nearest(affine_transform, g, x, matrix, offset, output_shape=output_shape, **attrs),)
    points = affine_points(matrix, offset, g)
    return to_array(g, x, points, **attrs), *_affine_transpose(to_points(g, x, points, **attrs), matrix, offset, g)


def _affine_jvp(tangents: Any, out: Any, x: Any, matrix: Any, offset: Any, **attrs: Any) -> Any:
    tx, tm, to = tangents
    changed = None if tx is None else affine_transform(tx, matrix, offset, **{**attrs, "cval": 0.0})
    if (tm is None and to is None) or attrs["order"] == 0:
        return changed
    points = affine_points(matrix, offset, out)
    tp = affine_points(*(zeros_like(o) if t is None else t for t, o in ((tm, matrix), (to, offset))), out)
    attrs = {name: value for name, value in attrs.items() if name != "output_shape"}
    return total([changed, moved(tp, x, points, **attrs)])


affine_transform: Primitive = general(
    _affine,
    _affine_vjp,
    _affine_jvp,
    real(_affine_type, "scipy.ndimage.affine_transform"),
    name="affine_transform",
    spelling="scipy.ndimage.affine_transform",
    broadcasts=True,
)


@means(ndimage.affine_transform)
def affine_transform_meaning(
    input: Any,
    matrix: Any,
    offset: Any = 0.0,
    output_shape: Any = None,
    output: Any = None,
    order: Any = 3,
    mode: Any = "constant",
    cval: Any = 0.0,
    prefilter: Any = True,
) -> Any:
    near, function = (input, matrix, offset), ndimage.affine_transform
    x, matrix, offset = (meanings.arrayed(v, near) for v in near)
    x = array(function, x, near)
    shape = meanings.frozen(meanings.static(output_shape, "output_shape"))
    given, made = rank(type_of_operand(x)), len(shape) if shape else rank(type_of_operand(x))
    dims = dims_of(type_of_operand(matrix))
    if dims not in ((given,), (given, made)):
        raise NotCovered(
            f"{spelled(function)} by a matrix that is not known to have a row and a column for each axis",
            "make it in the function; of homogeneous coordinates pass `M[:n, :n]` and `M[:n, n]`",
        )
    return affine_transform(
        x, matrix, offset, output_shape=shape, **options_of(function, order, mode, cval, prefilter, output)
    )


def _shift(x: Any, shift: Any, **attrs: Any) -> Any:
    return ndimage.shift(x, shift, **attrs)


def _ones(x: Any) -> Any:
    return meanings.constant_array(x, [1.0] * len(x.dims or ())) if isinstance(x, Expr) else np.ones(np.ndim(x))


def _shift_vjp(g: Any, out: Any, x: Any, shift: Any, **attrs: Any) -> Any:
    if attrs["order"] == 0:
        return (nearest(shift_, g, x, shift, **attrs),)
    points = affine_points(_ones(x), -shift, g)
    _, by_offset = _affine_transpose(to_points(g, x, points, **attrs), _ones(x), shift, g)
    return to_array(g, x, points, **attrs), Shaped(-by_offset.value)


def _shift_jvp(tangents: Any, out: Any, x: Any, shift: Any, **attrs: Any) -> Any:
    tx, ts = tangents
    changed = None if tx is None else shift_(tx, shift, **{**attrs, "cval": 0.0})
    if ts is None or attrs["order"] == 0:
        return changed
    points = affine_points(_ones(x), -shift, out)
    return total([changed, moved(affine_points(0.0 * _ones(x), -ts, out), x, points, **attrs)])


shift_: Primitive = general(
    _shift,
    _shift_vjp,
    _shift_jvp,
    real(as_first(), "scipy.ndimage.shift"),
    name="ndimage_shift",
    spelling="scipy.ndimage.shift",
    broadcasts=True,
)


@means(ndimage.shift)
def shift_meaning(
    input: Any,
    shift: Any,
    output: Any = None,
    order: Any = 3,
    mode: Any = "constant",
    cval: Any = 0.0,
    prefilter: Any = True,
) -> Any:
    near, function = (input, shift), ndimage.shift
    x, shift = array(function, input, near), meanings.arrayed(shift, near)
    if rank(type_of_operand(shift)) not in (0, 1):
        raise NotCovered(f"{spelled(function)} by what is not known to be a number or a vector")
    return shift_(x, shift, **options_of(function, order, mode, cval, prefilter, output))


# Zooms and rotations, by what is known.


def _resampled(name: str, infer: Infer, compute: Any, points_of: Any) -> Primitive:
    """A primitive that is linear in an array; `points_of` makes the points where it is sampled."""
    function = getattr(ndimage, name)

    def vjp(g: Any, out: Any, x: Any, **attrs: Any) -> Any:
        if attrs["order"] == 0:
            return nearest(prim, g, x, **attrs)
        options = {name: attrs[name] for name in ("order", "mode", "prefilter")}
        return to_array(g, x, points_of(g, x, attrs), **options)

    def jvp(tangents: Any, out: Any, x: Any, **attrs: Any) -> Any:
        return prim(tangents[0], **{**attrs, "cval": 0.0})

    prim = general(
        compute,
        vjp,
        jvp,
        real(infer, spelled(function)),
        name=f"ndimage_{name}",
        spelling=spelled(function),
        broadcasts=True,
    )
    return prim


zoomed_points: Primitive = discrete(pullback_runtime.zoomed_points, _points_type(0), spelling="zoomed_points")
rotated_points: Primitive = discrete(pullback_runtime.rotated_points, _points_type(0), spelling="rotated_points")


def _zoom_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims = dims_of(operands[0].type)
    if dims is None:
        return (Array(dtype_of(operands[0].type), None),)
    factors = each(attrs["zoom"], len(dims))
    made = tuple(round(n * z) if isinstance(n, int) else unknown_dim() for n, z in zip(dims, factors, strict=True))
    return (Array(dtype_of(operands[0].type), made),)


def _zoom(x: Any, zoom: Any, **attrs: Any) -> Any:
    return ndimage.zoom(x, zoom, **attrs)


zoom_ = _resampled(
    "zoom",
    _zoom_type,
    _zoom,
    lambda g, x, attrs: zoomed_points(g, shape_operand_of(x), grid_mode=attrs["grid_mode"]),
)


@means(ndimage.zoom)
def zoom_meaning(
    input: Any,
    zoom: Any,
    output: Any = None,
    order: Any = 3,
    mode: Any = "constant",
    cval: Any = 0.0,
    prefilter: Any = True,
    *,
    grid_mode: Any = False,
) -> Any:
    x = array(ndimage.zoom, input, input)
    factors = meanings.frozen(meanings.static(zoom, "zoom"))
    options = options_of(ndimage.zoom, order, mode, cval, prefilter, output)
    return zoom_(x, zoom=factors, grid_mode=bool(meanings.static(grid_mode, "grid_mode")), **options)


def _rotate_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims = dims_of(operands[0].type)
    if dims is None or not attrs["reshape"]:
        return (Array(dtype_of(operands[0].type), dims),)
    turned = [axis % len(dims) for axis in attrs["axes"]]
    made = tuple(unknown_dim() if k in turned else n for k, n in enumerate(dims))
    return (Array(dtype_of(operands[0].type), made),)


def _rotate(x: Any, angle: float, **attrs: Any) -> Any:
    return ndimage.rotate(x, angle, **attrs)


def _rotated_points(g: Any, x: Any, attrs: Attrs) -> Any:
    cos, sin = float(special.cosdg(attrs["angle"])), float(special.sindg(attrs["angle"]))
    return rotated_points(g, shape_operand_of(x), cos=cos, sin=sin, axes=attrs["axes"])


rotate_ = _resampled("rotate", _rotate_type, _rotate, _rotated_points)


@means(ndimage.rotate)
def rotate_meaning(
    input: Any,
    angle: Any,
    axes: Any = (1, 0),
    reshape: Any = True,
    output: Any = None,
    order: Any = 3,
    mode: Any = "constant",
    cval: Any = 0.0,
    prefilter: Any = True,
) -> Any:
    x, function = array(ndimage.rotate, input, input), ndimage.rotate
    options = options_of(function, order, mode, cval, prefilter, output)
    if rank(type_of_operand(x)) != 2 and options["order"] > 1 and not options["prefilter"]:
        raise NotCovered(f"`prefilter=False` of {spelled(function)} of more than matrices", "rotate each matrix")
    return rotate_(
        x,
        angle=meanings.static(angle, "angle"),
        axes=meanings.frozen(meanings.static(axes, "axes")),
        reshape=bool(meanings.static(reshape, "reshape")),
        **options,
    )
