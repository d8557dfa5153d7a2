"""`scipy.fft`: the transforms of np.fft by the rules that they have there, and cosine and sine transforms.

With K the symmetric matrix of cosines, each cosine transform of type I to IV is K between weights of the first and the
last entry: `dct` of type II is the transpose of that of type III with its first operand doubled, and sine transforms
likewise with the last. With norm="ortho" they are orthogonal. An inverse is the transform of the other type, II for
III, scaled by the other norm.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import fft as library

import pullback_runtime
from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import INT, Array, Dims, Type, dims_of, rank
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families import fourier
from pullback.primitives.families.fourier import HALF, SAME, WHOLE, back_to, many, one
from pullback.primitives.families.shapes import shape_operand
from pullback.primitives.inference import Infer, dtype_of, extent, fixed, real, sample_result, shape_dims, unknown_dim
from pullback.primitives.kinds import discrete, linear
from pullback.primitives.registry import MEANINGS, PRIMITIVES, NotCovered, means

PREFIX = "scipy_"
for _name in ("fft", "ifft"):
    one(library, _name, SAME, fourier.own_transpose(PREFIX + _name), PREFIX)
    many(library, _name, SAME, fourier.own_transposes(f"{PREFIX}{_name}n"), PREFIX)
one(library, "rfft", HALF, fourier.real_transpose(f"{PREFIX}hfft"), PREFIX)
one(library, "ihfft", HALF, fourier.real_transpose(f"{PREFIX}irfft"), PREFIX)
one(library, "irfft", WHOLE, fourier.half_transpose(f"{PREFIX}ihfft"), PREFIX)
one(library, "hfft", WHOLE, fourier.half_transpose(f"{PREFIX}rfft"), PREFIX)
many(library, "rfft", HALF, fourier.real_transposes(PREFIX), PREFIX)
many(library, "irfft", WHOLE, fourier.half_transposes(PREFIX), PREFIX)
many(library, "ihfft", HALF, fourier.real_transposes(PREFIX, "ifftn", "irfft"), PREFIX)
many(library, "hfft", WHOLE, fourier.half_transposes(PREFIX, "fftn", "rfft"), PREFIX)
for _name in ("fftshift", "ifftshift", "fftfreq", "rfftfreq"):
    MEANINGS[getattr(library, _name)] = MEANINGS[getattr(np.fft, _name)]


# Cosine and sine transforms.


def _same_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (operands[0].type,)


ends_weighted: Primitive = linear(
    pullback_runtime.ends_weighted,
    lambda g, x, first, last, axis: ends_weighted(g, first=first, last=last, axis=axis),
    _same_type,
    name="ends_weighted",
    spelling="ends_weighted",
)
Transform = Callable[..., Any]
OTHER_NORM = {None: "forward", "backward": "forward", "forward": "backward", "ortho": "ortho"}
OTHER_TYPE = {1: 1, 2: 3, 3: 2, 4: 4}


def _transposed(name: str, doubled: tuple[float, float], several: bool) -> Transform:
    """`doubled` are the weights of the first and last operand of type III."""

    def transpose(g: Any, x: Any, *lengths: Any, type: int, norm: Any, **along: Any) -> Any:
        prim, other = PRIMITIVES[f"scipy_{name}n" if several else f"scipy_{name}"], OTHER_TYPE[type]
        axes = along["axes"] if several else (along["axis"],)
        halved = tuple(1.0 / w for w in doubled)
        if norm == "ortho":
            out = prim(g, type=other, norm=norm, **along)
        elif type == 2:
            out = prim(_weighted(g, doubled, axes), type=3, norm=norm, **along)
        elif type == 3:
            out = _weighted(prim(g, type=2, norm=norm, **along), halved, axes)
        elif type == 1 and name == "dct":
            out = _weighted(prim(_weighted(g, (2.0, 2.0), axes), type=1, norm=norm, **along), (0.5, 0.5), axes)
        else:
            out = prim(g, type=type, norm=norm, **along)
        return back_to(out, x, axes)

    return transpose


def _weighted(x: Any, weights: tuple[float, ...], axes: tuple[int, ...]) -> Any:
    for axis in axes:
        x = ends_weighted(x, first=weights[0], last=weights[1], axis=axis)
    return x


def _inferred(function: Callable[..., Any], spelling: str) -> Infer:
    """The type of the operand, with the lengths that are asked for."""

    def sampled(x: Any) -> Any:
        return function(np.stack([np.ravel(x)[0]] * 2))[0]

    def infer(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
        dims, result = dims_of(operands[0].type), sample_result(sampled, operands[:1])
        out = None if dims is None else list(dims)
        if out is not None and len(operands) > 1:
            for axis, length in zip(attrs.get("axes") or (attrs["axis"],), _lengths(operands[1], attrs), strict=True):
                out[axis] = length
        return (Array(None if result is None else dtype_of(result), None if out is None else tuple(out)),)

    return real(infer, spelling)


def _lengths(operand: Atom, attrs: Attrs) -> Dims:
    if "axes" in attrs:
        return shape_dims(operand) or tuple(unknown_dim() for _ in attrs["axes"])
    known = extent(operand)
    return (unknown_dim() if known is None else known,)


def _refuse(more: dict[str, Any], spelling: str) -> None:
    """Threads and memory change no value; what else SciPy has is refused."""
    unknown = [k for k, v in more.items() if k not in ("overwrite_x", "workers") and v is not None]
    if unknown:
        raise NotCovered(f"`{unknown[0]}=` of {spelling}")


def _trigonometric(name: str, doubled: tuple[float, float]) -> Primitive:
    """A transform along one axis, and its inverse."""
    function, inverse = getattr(library, name), getattr(library, f"i{name}")
    spelling = f"scipy.fft.{name}"

    def compute(x: Any, *n: Any, type: int, axis: int, norm: Any) -> Any:
        return function(x, type, *(n or (None,)), axis, norm)

    prim = linear(
        compute,
        _transposed(name, doubled, several=False),
        _inferred(function, spelling),
        name=f"scipy_{name}",
        spelling=spelling,
        keywords={1: "n"},
    )

    def bound(x: Any, type: Any, axis: Any, norm: Any, more: dict[str, Any]) -> tuple[Any, int, int, Any]:
        _refuse(more, spelling)
        x, axis = meanings.arrayed(x, x), meanings.static(axis, "axis")
        (axis,) = fourier.known_axes(x, (axis,), None, spelling)
        axis = -1 if axis + 1 == rank(type_of_operand(x)) else axis
        return x, meanings.static(type, "type"), axis, meanings.static(norm, "norm")

    @means(function)
    def meaning(x: Any, type: Any = 2, n: Any = None, axis: Any = -1, norm: Any = None, **more: Any) -> Any:
        x, type, axis, norm = bound(x, type, axis, norm, more)
        return prim(x, *(() if n is None else (n,)), type=type, axis=axis, norm=norm)

    @means(inverse)
    def meaning_of_inverse(x: Any, type: Any = 2, n: Any = None, axis: Any = -1, norm: Any = None, **more: Any) -> Any:
        x, type, axis, norm = bound(x, type, axis, norm, more)
        return prim(x, *(() if n is None else (n,)), type=OTHER_TYPE[type], axis=axis, norm=OTHER_NORM[norm])

    return prim


def _along_several(name: str, doubled: tuple[float, float]) -> Primitive:
    """A transform along several axes, and its inverse."""
    function, inverse = getattr(library, f"{name}n"), getattr(library, f"i{name}n")
    spelling = f"scipy.fft.{name}n"

    def compute(x: Any, *s: Any, type: int, axes: tuple[int, ...], norm: Any) -> Any:
        return function(x, type, *(s or (None,)), axes, norm)

    prim = linear(
        compute,
        _transposed(name, doubled, several=True),
        _inferred(function, spelling),
        name=f"scipy_{name}n",
        spelling=spelling,
        keywords={1: "s"},
    )

    def register(public: Callable[..., Any], types: dict[int, int], norms: dict[Any, Any]) -> None:
        @means(public)
        def meaning(x: Any, type: Any = 2, s: Any = None, axes: Any = None, norm: Any = None, **more: Any) -> Any:
            _refuse(more, spelling)
            x, axes = meanings.arrayed(x, x), meanings.static(axes, "axes")
            known = fourier.known_axes(
                x, (axes,) if isinstance(axes, int) else axes, None if s is None else len(s), spelling
            )
            if s is not None and (len(s) != len(known) or -1 in s):
                raise NotCovered(f"`s=` of {spelling} with other lengths than axes, or with -1")
            given = () if s is None else (shape_operand(list(s)),)
            norm = norms[meanings.static(norm, "norm")]
            return prim(x, *given, type=types[meanings.static(type, "type")], axes=known, norm=norm)

    register(function, {k: k for k in OTHER_TYPE}, {k: k for k in OTHER_NORM})
    register(inverse, OTHER_TYPE, OTHER_NORM)
    return prim


dct, dctn = _trigonometric("dct", (2.0, 1.0)), _along_several("dct", (2.0, 1.0))
dst, dstn = _trigonometric("dst", (1.0, 2.0)), _along_several("dst", (1.0, 2.0))


# Lengths that are fast.


def _fast(function: Callable[..., Any]) -> None:
    name = function.__name__
    prim = discrete(
        lambda target, real: function(target, real),
        fixed(INT),
        name=name,
        spelling=f"scipy.fft.{name}({{0}}, real={{real}})",
    )

    @means(function, getattr(function, "__wrapped__", function))  # results are cached
    def meaning(target: Any, real: Any = False) -> Any:
        return prim(target, real=bool(meanings.static(real, "real")))


for _function in (library.next_fast_len, library.prev_fast_len):
    _fast(_function)
