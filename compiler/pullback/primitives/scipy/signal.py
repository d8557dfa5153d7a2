"""`scipy.signal`: convolutions and correlations of arrays of any rank, and linear filters along an axis.

Every mode keeps a part of the full convolution (`cut` of the runtime). With `full_n = sum_k a_k v_{n-k}`, the cotangent
of `a` is the correlation of g, put back among zeros, with v, where they overlap wholly: bilinear again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import signal

import pullback_runtime
from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Dim, Type, dims_of, rank, shift_dim, sum_dim
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.shapes import shape_operand_of, size_of
from pullback.primitives.families.shaping import flip
from pullback.primitives.inference import Infer, dtype_of, real, sample_result, shape_dims, unknown_dim
from pullback.primitives.kinds import Shaped, general, linear, multilinear, total
from pullback.primitives.registry import NotCovered, means

MODES = ("full", "same", "valid")
# what gives the dtype of functions that take matrices only
SAMPLES = {signal.convolve2d: signal.convolve, signal.correlate2d: signal.convolve}


def _length(n: Dim, m: Dim, mode: str) -> Dim:
    if mode == "same":
        return n
    if isinstance(n, int) and isinstance(m, int):
        return n + m - 1 if mode == "full" else max(n, m) - min(n, m) + 1
    return shift_dim(sum_dim((n, m)), -1) if mode == "full" else unknown_dim()


def _convolved(function: Callable[..., Any], mode: str | None = None) -> Infer:
    def infer(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
        result = sample_result(SAMPLES.get(function, function), operands[:2])
        dtype = None if result is None else dtype_of(result)
        a, v = (dims_of(o.type) for o in operands[:2])
        if a is None or v is None:
            return (Array(dtype, None),)
        if len(a) != len(v) or not a or 0 in (*a, *v):
            raise NotCovered(f"scipy.signal.{function.__name__} of numbers, of nothing, or of arrays of different rank")
        return (Array(dtype, tuple(_length(n, m, mode or attrs["mode"]) for n, m in zip(a, v, strict=True))),)

    return real(infer, f"scipy.signal.{function.__name__}")


def _like(shape: Callable[[tuple[Atom, ...]], Any]) -> Infer:
    """The dtype of the first operand, and a shape."""
    return lambda operands, attrs: (Array(dtype_of(operands[0].type), shape(operands)),)


def _full_dims(operands: tuple[Atom, ...]) -> Any:
    a, v = (shape_dims(o) for o in operands[1:])
    return None if a is None or v is None else tuple(_length(n, m, "full") for n, m in zip(a, v, strict=True))


def _cut_dims(operands: tuple[Atom, ...]) -> Any:
    dims = shape_dims(operands[1])
    return None if dims is None else tuple(unknown_dim() for _ in dims)


# The part that is kept, and what is left of it at the transpose.

uncut: Primitive = linear(
    pullback_runtime.uncut,
    lambda h, g, shape, kernel, mode: Shaped(cut(h, shape, kernel, mode=mode)),
    _like(_full_dims),
    spelling="uncut",
    broadcasts=True,
)
cut: Primitive = linear(
    pullback_runtime.cut,
    lambda g, full, shape, kernel, mode: Shaped(uncut(g, shape, kernel, mode=mode)),
    _like(_cut_dims),
    spelling="cut",
    broadcasts=True,
)


def _put_back(g: Any, a: Any, v: Any, mode: str) -> Any:
    return g if mode == "full" else uncut(g, shape_operand_of(a), shape_operand_of(v), mode=mode)


def _overlap(g: Any, v: Any, method: str) -> Any:
    return signal.correlate(g, v, "valid", method)


overlap: Primitive = multilinear(
    _overlap,
    lambda h, g, v, method: Shaped(convolve(h, v, mode="full", method=method)),
    lambda h, g, v, method: Shaped(overlap(g, h, method=method)),
    infer=_convolved(signal.correlate, "valid"),
    name="overlap",
    spelling="scipy.signal.correlate({0}, {1}, mode='valid', method={method})",
)


# A convolution by any of its names.


def _by(method: str | None, attrs: dict[str, Any]) -> str:
    return method or attrs.get("method", "auto")


def _convolution(function: Callable[..., Any], name: str, spelling: str, method: str | None = None) -> Primitive:
    """`method` is that of the correlations in its adjoint, where the function itself takes none."""
    return multilinear(
        function,
        lambda g, a, v, mode, **attrs: Shaped(overlap(_put_back(g, a, v, mode), v, method=_by(method, attrs))),
        lambda g, a, v, mode, **attrs: Shaped(overlap(_put_back(g, a, v, mode), a, method=_by(method, attrs))),
        infer=_convolved(function),
        name=name,
        spelling=spelling,
    )


def _correlation(
    function: Callable[..., Any], name: str, spelling: str, method: str | None = None, same: str = "same"
) -> Primitive:
    """The convolution with the kernel reversed; `same` is what it keeps by that mode."""

    def full(g: Any, a: Any, v: Any, mode: str) -> Any:
        return _put_back(g, a, v, same if mode == "same" else mode)

    def to_array(g: Any, a: Any, v: Any, mode: str, **attrs: Any) -> Any:
        return Shaped(overlap(full(g, a, v, mode), flip(v, axis=None), method=_by(method, attrs)))

    def to_kernel(g: Any, a: Any, v: Any, mode: str, **attrs: Any) -> Any:
        return Shaped(flip(overlap(full(g, a, v, mode), a, method=_by(method, attrs)), axis=None))

    return multilinear(function, to_array, to_kernel, infer=_convolved(function), name=name, spelling=spelling)


convolve: Primitive = _convolution(signal.convolve, "signal_convolve", "scipy.signal.convolve")
fftconvolve = _convolution(signal.fftconvolve, "fftconvolve", "scipy.signal.fftconvolve", "fft")
convolve2d = _convolution(signal.convolve2d, "convolve2d", "scipy.signal.convolve2d", "direct")
correlate = _correlation(signal.correlate, "signal_correlate", "scipy.signal.correlate")
correlate2d = _correlation(signal.correlate2d, "correlate2d", "scipy.signal.correlate2d", "direct", "later")


def _pair(function: Callable[..., Any], a: Any, v: Any, mode: Any) -> tuple[Any, Any, str]:
    mode = meanings.static(mode, "mode")
    if mode not in MODES:
        raise NotCovered(f"mode {mode!r} of scipy.signal.{function.__name__}", "write 'full', 'same' or 'valid'")
    return meanings.arrayed(a, (a, v)), meanings.arrayed(v, (a, v)), mode


def _of_any_rank(prim: Primitive, function: Callable[..., Any]) -> None:
    @means(function)
    def meaning(in1: Any, in2: Any, mode: Any = "full", method: Any = "auto") -> Any:
        a, v, mode = _pair(function, in1, in2, mode)
        return prim(a, v, mode=mode, method=meanings.static(method, "method"))


def _of_matrices(prim: Primitive, function: Callable[..., Any]) -> None:
    @means(function)
    def meaning(in1: Any, in2: Any, mode: Any = "full", boundary: Any = "fill", fillvalue: Any = 0) -> Any:
        a, v, mode = _pair(function, in1, in2, mode)
        if meanings.static(boundary, "boundary") != "fill" or meanings.static(fillvalue, "fillvalue") != 0:
            raise NotCovered(
                f"`boundary={boundary!r}` or `fillvalue=` of scipy.signal.{function.__name__}",
                "extend the array with np.pad, and convolve with mode='valid'",
            )
        return prim(a, v, mode=mode)


_of_any_rank(convolve, signal.convolve)
_of_any_rank(correlate, signal.correlate)
_of_matrices(convolve2d, signal.convolve2d)
_of_matrices(correlate2d, signal.correlate2d)


@means(signal.fftconvolve)
def fftconvolve_meaning(in1: Any, in2: Any, mode: Any = "full", axes: Any = None) -> Any:
    if axes is not None:
        raise NotCovered("`axes=` of scipy.signal.fftconvolve", "use scipy.signal.convolve on each part")
    a, v, mode = _pair(signal.fftconvolve, in1, in2, mode)
    return fftconvolve(a, v, mode=mode)


# Linear filters: a(D) y = b(D) x, with D the delay. With a(D⁻¹) p = g, the same filter reversed in time,
# <g, dy> = <p, db(D) x + b(D) dx - da(D) y>.


def _filtered(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    result = sample_result(_filter_sample, operands)
    b, a, x = (dims_of(o.type) for o in operands)
    if x == () or any(len(dims) != 1 for dims in (a, b) if dims is not None):
        raise NotCovered("scipy.signal.lfilter of a number, or with coefficients that are not vectors")
    return (Array(None if result is None else dtype_of(result), x),)


def _filter_sample(b: Any, a: Any, x: Any) -> Any:
    b, a, x = (np.atleast_1d(v) for v in (b, a, x))
    return signal.lfilter(b, a, x if np.result_type(b, a, x).kind in "fc" else 1.0 * x)


def _reversed_in_time(numerator: Any, a: Any, g: Any, axis: int) -> Any:
    return flip(lfilter(numerator, a, flip(g, axis=axis), axis=axis), axis=axis)


def _one(a: Any) -> Any:
    """The numerator 1."""
    return meanings.constant_array(a, [1.0]) if meanings.has_pen(a) else np.ones(1)


def _lfilter_vjp(g: Any, out: Any, b: Any, a: Any, x: Any, axis: int) -> Any:
    p = _reversed_in_time(_one(a), a, g, axis)
    b_bar = lagged_products(p, x, size_of(b, 0), axis=axis)
    a_bar = -lagged_products(p, out, size_of(a, 0), axis=axis)
    return Shaped(b_bar), Shaped(a_bar), Shaped(_reversed_in_time(b, a, g, axis))


def _lfilter_jvp(tangents: Any, out: Any, b: Any, a: Any, x: Any, axis: int) -> Any:
    tb, ta, tx = tangents
    moved = None if tx is None else lfilter(b, a, tx, axis=axis)
    by_b = None if tb is None else lfilter(tb, a, x, axis=axis)
    by_a = None if ta is None else -lfilter(ta, a, out, axis=axis)
    return total([moved, by_b, by_a])


lfilter: Primitive = general(
    signal.lfilter,
    _lfilter_vjp,
    _lfilter_jvp,
    real(_filtered, "scipy.signal.lfilter"),
    spelling="scipy.signal.lfilter",
    broadcasts=True,
)


def _lags(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    result = sample_result(_lag_sample, operands[:2])
    return (Array(None if result is None else dtype_of(result), shape_dims(operands[2])),)


def _lag_sample(p: Any, x: Any) -> Any:
    return p * x


lagged_products: Primitive = multilinear(
    pullback_runtime.lagged_products,
    lambda h, p, x, count, axis: Shaped(lfilter(h, _one(x), x, axis=axis)),
    lambda h, p, x, count, axis: Shaped(_reversed_in_time(h, _one(p), p, axis)),
    infer=real(_lags, "scipy.signal.lfilter"),
    spelling="lagged_products",
)


@means(signal.lfilter)
def lfilter_meaning(b: Any, a: Any, x: Any, axis: Any = -1, zi: Any = None) -> Any:
    near = (b, a, x)
    if zi is not None:
        raise NotCovered("`zi=` of scipy.signal.lfilter", "write the loop, or filter what was before as well")
    b, a = (meanings.arrayed([v] if _is_number(v) else v, near) for v in (b, a))
    x = meanings.arrayed(x, near)
    return lfilter(b, a, x, axis=meanings.static(axis, "axis"))


def _is_number(value: Any) -> bool:
    return not isinstance(value, list | tuple) and rank(type_of_operand(value)) == 0
