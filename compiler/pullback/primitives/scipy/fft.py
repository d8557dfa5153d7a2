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
from pullback.ir.types import Array, Type, dims_of, rank
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families import fourier
from pullback.primitives.families.fourier import HALF, SAME, WHOLE, back_to, many, one
from pullback.primitives.inference import dtype_of, extent, real, sample_result, unknown_dim
from pullback.primitives.kinds import linear
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


def _transposed(name: str, doubled: tuple[float, float]) -> Transform:
    """`doubled` are the weights of the first and last operand of type III."""

    def transpose(g: Any, x: Any, *n: Any, type: int, axis: int, norm: Any) -> Any:
        prim, other = PRIMITIVES[f"scipy_{name}"], OTHER_TYPE[type]
        halved = tuple(1.0 / w for w in doubled)
        if norm == "ortho":
            out = prim(g, type=other, axis=axis, norm=norm)
        elif type == 2:
            out = prim(_weighted(g, doubled, axis), type=3, axis=axis, norm=norm)
        elif type == 3:
            out = _weighted(prim(g, type=2, axis=axis, norm=norm), halved, axis)
        elif type == 1 and name == "dct":
            out = _weighted(prim(_weighted(g, (2.0, 2.0), axis), type=1, axis=axis, norm=norm), (0.5, 0.5), axis)
        else:
            out = prim(g, type=type, axis=axis, norm=norm)
        return back_to(out, x, (axis,))

    return transpose


def _weighted(x: Any, weights: tuple[float, ...], axis: int) -> Any:
    return ends_weighted(x, first=weights[0], last=weights[1], axis=axis)


def _trigonometric(name: str, doubled: tuple[float, float]) -> Primitive:
    function, inverse = getattr(library, name), getattr(library, f"i{name}")
    spelling = f"scipy.fft.{name}"

    def compute(x: Any, *n: Any, type: int, axis: int, norm: Any) -> Any:
        return function(x, type, *(n or (None,)), axis, norm)

    def sampled(x: Any) -> Any:
        return function(np.stack([np.ravel(x)[0]] * 2))[0]

    def infer(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
        dims, result = dims_of(operands[0].type), sample_result(sampled, operands[:1])
        out = None if dims is None else list(dims)
        if out is not None and len(operands) > 1:
            known = extent(operands[1])
            out[attrs["axis"]] = unknown_dim() if known is None else known
        return (Array(None if result is None else dtype_of(result), None if out is None else tuple(out)),)

    prim = linear(
        compute,
        _transposed(name, doubled),
        real(infer, spelling),
        name=f"scipy_{name}",
        spelling=spelling,
        keywords={1: "n"},
    )

    def bound(x: Any, type: Any, axis: Any, norm: Any, more: dict[str, Any]) -> tuple[Any, int, int, Any]:
        unknown = [k for k, v in more.items() if k not in ("overwrite_x", "workers") and v is not None]
        if unknown:
            raise NotCovered(f"`{unknown[0]}=` of {spelling}")
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


dct = _trigonometric("dct", (2.0, 1.0))
dst = _trigonometric("dst", (1.0, 2.0))
