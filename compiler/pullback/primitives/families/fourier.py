"""np.fft: linear maps, and each other's transposes.

With w = exp(-2 pi i / n), `fft` is the symmetric matrix of w**(jk): under the pairing Re(sum(g * t)) it is its own
transpose, without a conjugate, and so is `ifft`. An operand that the transform cuts or fills up with zeros is brought
back to its length by the same (`resized` of the runtime).

`rfft` keeps the entries 0 ... n // 2 of the spectrum of real numbers. Its transpose gives Re sum_k g_k w**(jk), while
`hfft` of c is the sum over the whole Hermitian spectrum: c_0 + 2 Re sum_k c_k w**(jk) + c_(n/2) (-1)**j, the last for
even n only. So the transpose of `rfft` is `hfft` of g, halved where an entry stands for two, and that of `hfft` is
`rfft`, doubled there; `irfft` and `ihfft`, their inverses, are such a pair, too (Sorensen et al. 1987, Real-valued fast
Fourier transform algorithms, for the symmetry). `norm=` scales both alike.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import pullback_runtime
from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Dim, Dims, Sym, Type, dims_of, rank, shift_dim
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.reductions import sum_
from pullback.primitives.families.shapes import shape_operand, size_of
from pullback.primitives.inference import dtype_of, extent, sample_result, shape_dims, unknown_dim
from pullback.primitives.kinds import general, linear
from pullback.primitives.registry import PRIMITIVES, NotCovered, means


def known_axes(x: Any, axes: Any, count: Any, what: str) -> tuple[int, ...]:
    """The axes of a transform, counted from the front; of an array of known rank."""
    known = rank(type_of_operand(x))
    if known is None:
        raise NotCovered(f"{what} of an array of unknown rank")
    if axes is None:
        axes = range(known) if count is None else range(known - count, known)
    found = tuple(np.lib.array_utils.normalize_axis_tuple(tuple(axes), known, allow_duplicate=True))
    if len(set(found)) != len(found):
        raise NotCovered(f"{what} along one axis twice", "transform twice")
    return found


def _half(n: Dim) -> Dim:
    if isinstance(n, int):
        return n // 2 + 1
    base = n.name if n.name.isidentifier() else f"({n.name})"
    return shift_dim(Sym(f"{base} // 2", may_be_one=True), 1)


def _whole(m: Dim) -> Dim:
    if isinstance(m, int):
        return 2 * (m - 1)
    return unknown_dim()


SAME, HALF, WHOLE = "same", "half", "whole"


def _transformed(function: Callable[..., Any], last: str) -> Callable[..., Any]:
    """The type of a transform: along `axes` the lengths that are asked for, on the last one half of it plus one where
    the result is half a spectrum, and twice what half a spectrum stands for where it is an operand.
    """

    def infer(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
        dims = dims_of(operands[0].type)
        result = sample_result(_sampled(function, last), operands[:1])
        if dims is None:
            return (Array(None if result is None else dtype_of(result), None),)
        asked: Dims | None = None
        if len(operands) > 1:
            asked = shape_dims(operands[1]) if "axes" in attrs else _length_of(operands[1])
        axes = attrs["axes"] if "axes" in attrs else (attrs["axis"],)
        out = list(dims)
        for k, axis in enumerate(axes):
            given = dims[axis] if asked is None else asked[k]
            at_end = k == len(axes) - 1
            if at_end and last == HALF:
                given = _half(given)
            elif at_end and last == WHOLE and asked is None:
                given = _whole(given)
            out[axis] = given
        return (Array(None if result is None else dtype_of(result), tuple(out)),)

    return infer


def _length_of(operand: Atom) -> Dims:
    known = extent(operand)
    return (unknown_dim() if known is None else known,)


def _sampled(function: Callable[..., Any], last: str) -> Callable[..., Any]:
    key = (function, last)
    if key not in _SAMPLES:
        _SAMPLES[key] = lambda x: np.ravel(function(np.reshape([x, x], (2,)).astype(np.asarray(x).dtype)))[0]
    return _SAMPLES[key]


_SAMPLES: dict[Any, Callable[..., Any]] = {}


# Lengths brought back.


def _resized_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims, wanted = dims_of(operands[0].type), shape_dims(operands[1])
    if dims is None or wanted is None:
        return (Array(dtype_of(operands[0].type), None),)
    out = list(dims)
    for axis, dim in zip(attrs["axes"], wanted, strict=True):
        out[axis] = dim
    return (Array(dtype_of(operands[0].type), tuple(out)),)


resized: Primitive = linear(
    pullback_runtime.resized,
    lambda g, x, lengths, axes: back_to(g, x, axes),
    _resized_type,
    name="resized",
    spelling="resized",
)


def back_to(g: Any, x: Any, axes: tuple[int, ...]) -> Any:
    """`g`, cut or filled up to the lengths of `x` along axes."""
    have, want = (dims_of(type_of_operand(v)) for v in (g, x))
    if have is not None and want is not None:
        axes = tuple(k for k in axes if have[k] != want[k])
    if not axes:
        return g
    return resized(g, shape_operand([size_of(x, k) for k in axes]), axes=axes)


def _same_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (operands[0].type,)


weighted: Primitive = linear(
    pullback_runtime.weighted,
    lambda g, spectrum, n, weight, axis: weighted(g, n, weight=weight, axis=axis),
    _same_type,
    name="weighted",
    spelling="weighted",
)


# Transforms along one axis.


def _along(function: Callable[..., Any]) -> Callable[..., Any]:
    def compute(x: Any, *n: Any, axis: int, norm: Any) -> Any:
        return function(x, *(n or (None,)), axis, norm)

    return compute


def one(library: Any, name: str, last: str, transpose: Callable[..., Any], prefix: str = "") -> Primitive:
    """A transform along one axis, of np.fft or a library that has the same; there, names have a prefix."""
    function, spelled = getattr(library, name), f"{'scipy.fft' if prefix else 'np.fft'}.{name}"
    prim = linear(_along(function), transpose, _transformed(function, last), name=f"{prefix}{name}", spelling=spelled)

    def meaning(a: Any, n: Any = None, axis: Any = -1, norm: Any = None) -> Any:
        a, axis = meanings.arrayed(a, a), meanings.static(axis, "axis")
        (axis,) = known_axes(a, (axis,), None, spelled)
        axis = -1 if axis + 1 == rank(type_of_operand(a)) else axis  # as one writes it
        norm = meanings.static(norm, "norm")
        return prim(a, *(() if n is None else (n,)), axis=axis, norm=norm)

    meaning.__name__ = name
    means(function)(meaning if not prefix else _as_in_scipy(meaning))
    return prim


def _as_in_scipy(meaning: Callable[..., Any]) -> Callable[..., Any]:
    """The same with what SciPy adds: how many threads run, and whether the operand may be overwritten: it is not."""

    def with_workers(
        x: Any, *given: Any, overwrite_x: Any = False, workers: Any = None, plan: Any = None, **more: Any
    ) -> Any:
        if len(given) > 3 or plan is not None:
            raise NotCovered("`overwrite_x` by position, and `plan=` of scipy.fft", "leave them out")
        return meaning(x, *given, **more)

    return with_workers


def own_transpose(name: str) -> Callable[..., Any]:
    """Of a transform whose matrix is symmetric."""
    return lambda g, x, *n, axis, norm: back_to(PRIMITIVES[name](g, axis=axis, norm=norm), x, (axis,))


fft: Primitive = one(np.fft, "fft", SAME, own_transpose("fft"))
ifft: Primitive = one(np.fft, "ifft", SAME, own_transpose("ifft"))


def real_transpose(adjoint: str) -> Callable[..., Any]:
    """Of a transform of real numbers to half a spectrum."""

    def transpose(g: Any, x: Any, *n: Any, axis: int, norm: Any) -> Any:
        length = n[0] if n else size_of(x, axis)
        halved = weighted(g, length, weight=0.5, axis=axis)
        return back_to(PRIMITIVES[adjoint](halved, length, axis=axis, norm=norm), x, (axis,))

    return transpose


def half_transpose(adjoint: str) -> Callable[..., Any]:
    """Of a transform of half a spectrum to real numbers."""

    def transpose(g: Any, x: Any, *n: Any, axis: int, norm: Any) -> Any:
        spectrum = PRIMITIVES[adjoint](g, axis=axis, norm=norm)
        return back_to(weighted(spectrum, size_of(g, axis), weight=2.0, axis=axis), x, (axis,))

    return transpose


rfft = one(np.fft, "rfft", HALF, real_transpose("hfft"))
ihfft = one(np.fft, "ihfft", HALF, real_transpose("irfft"))
irfft = one(np.fft, "irfft", WHOLE, half_transpose("ihfft"))
hfft = one(np.fft, "hfft", WHOLE, half_transpose("rfft"))


# Transforms along several axes.


def _several(function: Callable[..., Any]) -> Callable[..., Any]:
    def compute(x: Any, *s: Any, axes: tuple[int, ...], norm: Any) -> Any:
        return function(x, *(s or (None,)), axes, norm)

    return compute


def many(library: Any, name: str, last: str, transpose: Callable[..., Any], prefix: str = "") -> Primitive:
    """A transform along several axes, as `one`."""
    function, module = getattr(library, f"{name}n"), "scipy.fft" if prefix else "np.fft"
    infer = _transformed(getattr(library, name), last)
    prim = linear(_several(function), transpose, infer, name=f"{prefix}{name}n", spelling=f"{module}.{name}n")

    def register(public: str, default: Any) -> None:
        def meaning(a: Any, s: Any = None, axes: Any = default, norm: Any = None) -> Any:
            a, axes = meanings.arrayed(a, a), meanings.static(axes, "axes")
            known = known_axes(a, axes, None if s is None else len(s), f"{module}.{public}")
            given = () if s is None else (shape_operand(list(s)),)
            if s is not None and (len(s) != len(known) or -1 in s):
                raise NotCovered(f"`s=` of {module}.{public} with other lengths than axes, or with -1")
            return prim(a, *given, axes=known, norm=meanings.static(norm, "norm"))

        meaning.__name__ = public
        means(getattr(library, public))(meaning if not prefix else _as_in_scipy(meaning))

    register(f"{name}n", None)
    register(f"{name}2", (-2, -1))
    return prim


def own_transposes(name: str) -> Callable[..., Any]:
    """Of a transform whose matrix is symmetric."""
    return lambda g, x, *s, axes, norm: back_to(PRIMITIVES[name](g, axes=axes, norm=norm), x, axes)


def real_transposes(prefix: str, others: str = "fftn", adjoint: str = "hfft") -> Callable[..., Any]:
    """Of a transform of real numbers to half a spectrum; `others` is that along the other axes."""

    def transpose(g: Any, x: Any, *s: Any, axes: tuple[int, ...], norm: Any) -> Any:
        # one along the last axis, then others; the length of the former is not seen in g
        n = size_of(x, axes[-1]) if not s else _last(s[0], axes)
        inner = PRIMITIVES[prefix + others](g, axes=axes[:-1], norm=norm) if axes[:-1] else g
        halved = weighted(inner, n, weight=0.5, axis=axes[-1])
        return back_to(PRIMITIVES[prefix + adjoint](halved, n, axis=axes[-1], norm=norm), x, axes)

    return transpose


def _last(lengths: Any, axes: tuple[int, ...]) -> Any:
    return lengths[-1] if isinstance(lengths, tuple) else PRIMITIVES["shape_item"](lengths, index=len(axes) - 1)


def half_transposes(prefix: str, others: str = "ifftn", adjoint: str = "ihfft") -> Callable[..., Any]:
    """Of a transform of half a spectrum to real numbers; `others` is that along the other axes."""

    def transpose(g: Any, x: Any, *s: Any, axes: tuple[int, ...], norm: Any) -> Any:
        spectrum = PRIMITIVES[prefix + adjoint](g, axis=axes[-1], norm=norm)
        doubled = weighted(spectrum, size_of(g, axes[-1]), weight=2.0, axis=axes[-1])
        inner = PRIMITIVES[prefix + others](doubled, axes=axes[:-1], norm=norm) if axes[:-1] else doubled
        return back_to(inner, x, axes)

    return transpose


fftn: Primitive = many(np.fft, "fft", SAME, own_transposes("fftn"))
ifftn: Primitive = many(np.fft, "ifft", SAME, own_transposes("ifftn"))
rfftn = many(np.fft, "rfft", HALF, real_transposes(""))
irfftn = many(np.fft, "irfft", WHOLE, half_transposes(""))


# Shifts and frequencies.


def _shift(name: str, other: str) -> Primitive:
    function = getattr(np.fft, name)

    def compute(x: Any, axes: tuple[int, ...]) -> Any:
        return function(x, axes)

    prim = linear(
        compute,
        lambda g, x, axes: PRIMITIVES[other](g, axes=axes),
        _same_type,
        name=name,
        spelling=f"np.fft.{name}",
    )

    def meaning(x: Any, axes: Any = None) -> Any:
        x, axes = meanings.arrayed(x, x), meanings.static(axes, "axes")
        return prim(x, axes=known_axes(x, (axes,) if isinstance(axes, int) else axes, None, f"np.fft.{name}"))

    meaning.__name__ = name
    means(function)(meaning)
    return prim


fftshift = _shift("fftshift", "ifftshift")
ifftshift = _shift("ifftshift", "fftshift")


def _frequencies(name: str, count: Callable[[Dim], Dim]) -> Primitive:
    function = getattr(np.fft, name)

    def infer(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
        return (Array(np.dtype(float), (count(_length_of(operands[0])[0]),)),)

    prim = general(
        function,
        lambda g, out, n, d: (None, -sum_(g * out, axis=None, keepdims=False) / d),  # integers over n * d
        lambda tangents, out, n, d: None if tangents[1] is None else -out * (tangents[1] / d),
        infer,
        name=name,
        spelling=f"np.fft.{name}",
    )

    def meaning(n: Any, d: Any = 1.0) -> Any:
        return prim(n, d)

    meaning.__name__ = name
    means(function)(meaning)
    return prim


fftfreq = _frequencies("fftfreq", lambda n: n)
rfftfreq = _frequencies("rfftfreq", _half)


__all__ = ["fft", "fftn", "hfft", "ifft", "ifftn", "ihfft", "irfft", "irfftn", "rfft", "rfftn"]
