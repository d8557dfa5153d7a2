"""`scipy.ndimage`: filters that are linear in the array, with its ends extended by `mode`.

A correlation is y_i = sum_k w_k x_{i + k - c} over the extended array. So the cotangent of what it reads is the full
convolution of g and w; its ends are folded back onto what they are copies of (`fold_ends` of the runtime, the transpose
of `extend_ends`). That of w is the correlation of what is read with g. A convolution reverses the kernel.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from scipy import ndimage

import pullback_runtime
from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Type, dims_of, rank
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.padding import pad, unpad
from pullback.primitives.families.shapes import shape_operand_of
from pullback.primitives.families.shaping import expand_dims, flip, ravel
from pullback.primitives.inference import Infer, as_first, dtype_of, real, shape_dims, unknown_dim
from pullback.primitives.kinds import Shaped, linear, multilinear
from pullback.primitives.registry import NotCovered, means
from pullback.primitives.scipy.signal import convolve, overlap

MODES = ("reflect", "constant", "nearest", "mirror", "wrap")


def spelled(function: Callable[..., Any]) -> str:
    return f"scipy.ndimage.{function.__name__}"


def _same_type(function: Callable[..., Any]) -> Infer:
    """Filters give what they are given: integers are rounded."""
    return real(as_first(), spelled(function))


# Ends.


def as_shape(k: int) -> Infer:
    """An array of the shape that an operand holds."""
    return lambda operands, attrs: (Array(dtype_of(operands[0].type), shape_dims(operands[k])),)


def _extended(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims = dims_of(operands[0].type)
    return (Array(dtype_of(operands[0].type), None if dims is None else tuple(unknown_dim() for _ in dims)),)


extend_ends: Primitive = linear(
    pullback_runtime.extend_ends,
    lambda g, x, kernel, **attrs: Shaped(fold_ends(g, shape_operand_of(x), kernel, **attrs)),
    _extended,
    spelling="extend_ends",
    broadcasts=True,
)


def _fold_ends(g: Any, shape: Any, kernel: Any, origin: Any, mode: str, convolved: bool) -> Any:
    return pullback_runtime.fold_ends(g, shape, kernel, origin, mode, convolved)


fold_ends: Primitive = linear(
    _fold_ends,
    lambda h, g, shape, kernel, **attrs: Shaped(extend_ends(h, kernel, **attrs)),
    as_shape(1),
    name="fold_ends",
    spelling="fold_ends",
    broadcasts=True,
)


# Kernels that are given.


def _filter(function: Callable[..., Any], convolved: bool) -> Primitive:
    one_axis = function in (ndimage.convolve1d, ndimage.correlate1d)

    def read(x: Any, w: Any, mode: str, origin: Any, axis: int | None) -> tuple[Any, dict[str, Any]]:
        """The kernel with the rank of the array, and how far its centre is moved."""
        known = rank(type_of_operand(x))
        assert known is not None  # the meaning asks for it
        others = () if axis is None else tuple(k for k in range(known) if k != axis)
        if isinstance(origin, int):
            origin = tuple(0 if k in others else origin for k in range(known))
        return (expand_dims(w, axis=others) if others else w), {"origin": origin, "mode": mode, "convolved": convolved}

    def to_array(g: Any, x: Any, w: Any, mode: str, origin: Any, axis: int | None = None) -> Any:
        kernel, ends = read(x, w, mode, origin, axis)
        seen = convolve(g, flip(kernel, axis=None) if convolved else kernel, mode="full", method="direct")
        return Shaped(fold_ends(seen, shape_operand_of(x), shape_operand_of(kernel), **ends))

    def to_kernel(g: Any, x: Any, w: Any, mode: str, origin: Any, axis: int | None = None) -> Any:
        kernel, ends = read(x, w, mode, origin, axis)
        bar = overlap(extend_ends(x, shape_operand_of(kernel), **ends), g, method="direct")
        bar = flip(bar, axis=None) if convolved else bar
        return Shaped(bar if axis is None else ravel(bar))

    prim = multilinear(
        function,
        to_array,
        to_kernel,
        infer=_same_type(function),
        name=f"ndimage_{function.__name__}",
        spelling=spelled(function),
    )

    def arguments(input: Any, weights: Any, mode: Any, cval: Any, output: Any) -> tuple[Any, Any, int, str]:
        near = (input, weights)
        x, w = (meanings.arrayed(v, near) for v in near)
        return x, w, checked_rank(function, x, output, cval), known_mode(function, mode)

    if one_axis:

        @means(function)
        def along_an_axis(
            input: Any,
            weights: Any,
            axis: Any = -1,
            output: Any = None,
            mode: Any = "reflect",
            cval: Any = 0.0,
            origin: Any = 0,
        ) -> Any:
            x, w, known, mode = arguments(input, weights, mode, cval, output)
            axis = meanings.static(axis, "axis") % known
            return prim(x, w, axis=axis, mode=mode, origin=meanings.static(origin, "origin"))

    else:

        @means(function)
        def over_all_axes(
            input: Any,
            weights: Any,
            output: Any = None,
            mode: Any = "reflect",
            cval: Any = 0.0,
            origin: Any = 0,
            *,
            axes: Any = None,
        ) -> Any:
            if axes is not None:
                raise NotCovered(f"`axes=` of {spelled(function)}", "give the kernel axes of length one")
            x, w, known, mode = arguments(input, weights, mode, cval, output)
            if rank(type_of_operand(w)) != known:
                raise NotCovered(f"{spelled(function)} of arrays that are not known to be of one rank")
            return prim(x, w, mode=mode, origin=meanings.frozen(meanings.static(origin, "origin")))

    return prim


def without_output(function: Callable[..., Any], output: Any) -> None:
    if output is not None:
        raise NotCovered(f"`output=` of {spelled(function)}", "use what it returns")


def array(function: Callable[..., Any], input: Any, near: Any) -> Any:
    """An array whose rank is known, of one dimension at least."""
    x = meanings.arrayed(input, near)
    _ranked(function, x)
    return x


def _ranked(function: Callable[..., Any], x: Any) -> int:
    known = rank(type_of_operand(x))
    if not known:
        raise NotCovered(f"{spelled(function)} of an array that is not known to have dimensions")
    return known


def checked_rank(function: Callable[..., Any], x: Any, output: Any, cval: Any) -> int:
    """The rank of an array that a filter takes, all else being covered."""
    without_output(function, output)
    if meanings.static(cval, "cval") != 0:
        raise NotCovered(f"`cval=` of {spelled(function)} other than 0", "subtract it before, and add it after")
    return _ranked(function, x)


def known_mode(function: Callable[..., Any], mode: Any, modes: Sequence[str] = MODES) -> str:
    """What is beyond the ends of an axis."""
    mode = meanings.static(mode, "mode")
    if mode not in modes:
        raise NotCovered(f"`mode={mode!r}` of {spelled(function)}", f"use one of {', '.join(modes)}")
    return str(mode)


correlate = _filter(ndimage.correlate, convolved=False)
correlate1d = _filter(ndimage.correlate1d, convolved=False)
convolve_ = _filter(ndimage.convolve, convolved=True)
convolve1d = _filter(ndimage.convolve1d, convolved=True)


# Kernels that are known. With zeros outside, the adjoint of a filter is one of the same kind; for the other modes it
# filters g with zeros around it, and folds the ends back.


def _along(x: Any, axis: int, before: int, after: int) -> tuple[tuple[int, int], ...]:
    return tuple((before, after) if k == axis else (0, 0) for k in range(rank(type_of_operand(x)) or 0))


def _folded(prim: Primitive, g: Any, axis: int, mode: str, before: int, after: int, **attrs: Any) -> Any:
    if mode == "constant" or before == after == 0:
        return prim(g, axis=axis, mode="constant", **attrs)
    widths = _along(g, axis, before, after)
    seen = prim(pad(g, pad_width=widths), axis=axis, mode="constant", **attrs)
    return unpad(seen, shape_operand_of(g), pad_width=widths, mode=pullback_runtime.ends_of(mode))


def _uniform_transpose(g: Any, x: Any, size: int, axis: int, mode: str, origin: int) -> Any:
    before = size // 2 + origin
    mirrored = -origin if size % 2 else -origin - 1
    return _folded(uniform_filter1d, g, axis, mode, before, size - 1 - before, size=size, origin=mirrored)


uniform_filter1d: Primitive = linear(
    ndimage.uniform_filter1d,
    _uniform_transpose,
    _same_type(ndimage.uniform_filter1d),
    spelling="scipy.ndimage.uniform_filter1d",
)


def _gaussian_filter1d(x: Any, sigma: float, axis: int, order: int, mode: str, radius: int) -> Any:
    return ndimage.gaussian_filter1d(x, sigma, axis, order, mode=mode, radius=radius)


def _gaussian_transpose(g: Any, x: Any, sigma: float, axis: int, order: int, mode: str, radius: int) -> Any:
    # an odd derivative of the kernel is odd
    bar = _folded(gaussian_filter1d, g, axis, mode, radius, radius, sigma=sigma, order=order, radius=radius)
    return -bar if order % 2 else bar


gaussian_filter1d: Primitive = linear(
    _gaussian_filter1d,
    _gaussian_transpose,
    _same_type(ndimage.gaussian_filter1d),
    name="gaussian_filter1d",
    spelling="scipy.ndimage.gaussian_filter1d",
)


@means(ndimage.uniform_filter1d)
def uniform_filter1d_meaning(
    input: Any,
    size: Any,
    axis: Any = -1,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
) -> Any:
    function = ndimage.uniform_filter1d
    x, known = input, checked_rank(function, input, output, cval)
    size, axis, origin = (meanings.static(v, n) for v, n in ((size, "size"), (axis, "axis"), (origin, "origin")))
    return uniform_filter1d(x, size=size, axis=axis % known, mode=known_mode(function, mode), origin=origin)


@means(ndimage.uniform_filter)
def uniform_filter(
    input: Any,
    size: Any = 3,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    origin: Any = 0,
    *,
    axes: Any = None,
) -> Any:
    """One axis after another, as SciPy computes it."""
    x, known = input, _over_all(ndimage.uniform_filter, input, output, cval, axes)
    sizes, origins, modes = (
        each(meanings.static(v, n), known) for v, n in ((size, "size"), (origin, "origin"), (mode, "mode"))
    )
    out = x
    for axis, (s, o, m) in enumerate(zip(sizes, origins, modes, strict=True)):
        if s > 1:
            out = uniform_filter1d(out, size=s, axis=axis, mode=known_mode(ndimage.uniform_filter, m), origin=o)
    return _never_itself(out, x, ndimage.uniform_filter)


@means(ndimage.gaussian_filter1d)
def gaussian_filter1d_meaning(
    input: Any,
    sigma: Any,
    axis: Any = -1,
    order: Any = 0,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    truncate: Any = 4.0,
    *,
    radius: Any = None,
) -> Any:
    function = ndimage.gaussian_filter1d
    known = checked_rank(function, input, output, cval)
    axis, order = meanings.static(axis, "axis") % known, meanings.static(order, "order")
    sigma = meanings.static(sigma, "sigma")
    radius = _radius(sigma, truncate, radius)
    return gaussian_filter1d(input, sigma=sigma, axis=axis, order=order, mode=known_mode(function, mode), radius=radius)


@means(ndimage.gaussian_filter)
def gaussian_filter(
    input: Any,
    sigma: Any,
    order: Any = 0,
    output: Any = None,
    mode: Any = "reflect",
    cval: Any = 0.0,
    truncate: Any = 4.0,
    *,
    radius: Any = None,
    axes: Any = None,
) -> Any:
    """One axis after another, as SciPy computes it."""
    function = ndimage.gaussian_filter
    x, known = input, _over_all(function, input, output, cval, axes)
    sigmas = each(meanings.static(sigma, "sigma"), known)
    orders, modes, radii = (
        each(meanings.static(v, n), known) for v, n in ((order, "order"), (mode, "mode"), (radius, "radius"))
    )
    out = x
    for axis, (s, o, m, r) in enumerate(zip(sigmas, orders, modes, radii, strict=True)):
        if s > 1e-15:
            r = _radius(s, truncate, r)
            out = gaussian_filter1d(out, sigma=s, axis=axis, order=o, mode=known_mode(function, m), radius=r)
    return _never_itself(out, x, function)


def _over_all(function: Callable[..., Any], x: Any, output: Any, cval: Any, axes: Any) -> int:
    if axes is not None:
        raise NotCovered(f"`axes=` of {spelled(function)}", f"use {spelled(function)}1d along each")
    return checked_rank(function, x, output, cval)


def _never_itself(out: Any, x: Any, function: Callable[..., Any]) -> Any:
    if out is x:
        raise NotCovered(f"{spelled(function)} that filters along no axis", "use the array itself")
    return out


def each(value: Any, count: int) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value] * count


def _radius(sigma: float, truncate: Any, radius: Any) -> int:
    """How far SciPy lets the kernel reach."""
    if radius is not None:
        return int(meanings.static(radius, "radius"))
    return int(meanings.static(truncate, "truncate") * float(sigma) + 0.5)
