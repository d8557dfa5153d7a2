"""Sums over shifts: np.convolve and np.correlate of vectors, sums by labels, windows.

With `convolve(a, v)_n = sum_k a_k v_{n-k}`, cut to the middle by `mode`, the cotangent of `a` is the correlation of g,
put back among zeros, with v (`unconvolve` of the runtime); that is bilinear too, and its transposes are the two again.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import pullback_runtime
from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Dim, Type, dims_of, rank, shift_dim, sum_dim
from pullback.primitives import meanings
from pullback.primitives.expr import beside, type_of_operand
from pullback.primitives.families.complex_parts import conj
from pullback.primitives.families.indexing import Hole, Index, Slice, getitem, index_add
from pullback.primitives.families.shapes import shape_operand, shape_operand_of, size_of
from pullback.primitives.families.shaping import expand_dims, flip, moveaxis
from pullback.primitives.inference import dtype_of, real, sample_result, shape_dims, unknown_dim
from pullback.primitives.kinds import discrete, linear, multilinear
from pullback.primitives.registry import PRIMITIVES, NotCovered, means


def _length(n: Dim, m: Dim, mode: str) -> Dim:
    if isinstance(n, int) and isinstance(m, int):
        return {"full": n + m - 1, "same": max(n, m), "valid": max(n, m) - min(n, m) + 1}[mode]
    return shift_dim(sum_dim((n, m)), -1) if mode == "full" else unknown_dim()


def _convolved(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims = [dims_of(o.type) for o in operands]
    result = sample_result(np.convolve, operands)
    dtype = None if result is None else dtype_of(result)
    if dims[0] is None or dims[1] is None:
        return (Array(dtype, (unknown_dim(),)),)
    if len(dims[0]) != 1 or len(dims[1]) != 1:
        raise NotCovered("np.convolve or np.correlate of what are not two vectors")
    return (Array(dtype, (_length(dims[0][0], dims[1][0], attrs["mode"]),)),)


def _like_the_third(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    result = sample_result(np.convolve, operands[:2])
    return (Array(None if result is None else dtype_of(result), shape_dims(operands[2])),)


def _convolve(a: Any, v: Any, mode: Any) -> Any:
    return np.convolve(a, v, mode)


def _correlate(a: Any, v: Any, mode: Any) -> Any:
    return np.correlate(a, v, mode)


convolve: Primitive = multilinear(
    _convolve,
    lambda g, a, v, mode: unconvolve(g, v, shape_operand_of(a), mode=mode),
    lambda g, a, v, mode: unconvolve(g, a, shape_operand_of(v), mode=mode),
    infer=_convolved,
    name="convolve",
    spelling="np.convolve({0}, {1}, {mode})",
)
unconvolve: Primitive = multilinear(
    pullback_runtime.unconvolve,
    lambda h, g, v, shape, mode: convolve(h, v, mode=mode),
    lambda h, g, v, shape, mode: unconvolve(g, h, shape_operand_of(v), mode=mode),
    infer=_like_the_third,
    name="unconvolve",
    spelling="unconvolve",
)
correlate: Primitive = multilinear(
    _correlate,
    lambda g, a, v, mode: unconvolve(g, flip(conj(v), axis=0), shape_operand_of(a), mode=mode),
    lambda g, a, v, mode: conj(flip(unconvolve(g, a, shape_operand_of(v), mode=mode), axis=0)),
    infer=_convolved,
    name="correlate",
    spelling="np.correlate({0}, {1}, {mode})",
)


def _pair(a: Any, v: Any, mode: Any) -> tuple[Any, Any, str]:
    mode = meanings.static(mode, "mode")
    if mode not in ("full", "same", "valid"):
        raise NotCovered(f"mode {mode} of np.convolve", "write 'full', 'same' or 'valid'")
    return meanings.arrayed(a, (a, v)), meanings.arrayed(v, (a, v)), mode


@means(np.convolve)
def convolve_meaning(a: Any, v: Any, mode: Any = "full") -> Any:
    a, v, mode = _pair(a, v, mode)
    return convolve(a, v, mode=mode)


@means(np.correlate)
def correlate_meaning(a: Any, v: Any, mode: Any = "valid") -> Any:
    a, v, mode = _pair(a, v, mode)
    if mode == "same":
        lengths = [(dims_of(type_of_operand(x)) or (None,))[0] for x in (a, v)]
        if not all(isinstance(n, int) for n in lengths) or lengths[0] < lengths[1]:  # type: ignore[operator]
            raise NotCovered(
                "np.correlate with mode 'same' of vectors that are not known to be in order of length",
                "use np.convolve(a, v[::-1], 'same')",
            )
    return correlate(a, v, mode=mode)


# Windows.


def _windows(x: Any, window_shape: tuple[int, ...], axis: tuple[int, ...]) -> Any:
    return np.lib.stride_tricks.sliding_window_view(x, window_shape, axis)


def _windowed(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    t = operands[0].type
    dims = dims_of(t)
    if dims is None:
        return (Array(dtype_of(t), None),)
    left = list(dims)
    for k, w in zip(attrs["axis"], attrs["window_shape"], strict=True):
        left[k] = shift_dim(left[k], 1 - w)
    return (Array(dtype_of(t), (*left, *attrs["window_shape"])),)


def _windows_transpose(g: Any, x: Any, window_shape: tuple[int, ...], axis: tuple[int, ...]) -> Any:
    # one window after the other goes back among zeros, where it overlaps with its neighbours
    known = rank(type_of_operand(g))
    if known is None:
        raise NotCovered("sliding_window_view of an array of unknown rank")
    for place in reversed(range(len(axis))):
        k, width = axis[place], window_shape[place]
        count = size_of(g, k)
        long = [*(size_of(g, j) for j in range(k)), count + (width - 1)]
        long += [size_of(g, j) for j in range(k + 1, known - 1)]
        starts, inside = (beside(g, PRIMITIVES["arange"], 0, n, 1, dtype=None) for n in (count, width))
        zeros = beside(g, PRIMITIVES["zeros"], shape_operand(long), dtype=dtype_of(type_of_operand(g)))
        index = Index((Slice(),) * k + (Hole(),))
        g = index_add(zeros, moveaxis(g, -1, k + 1), expand_dims(starts, axis=1) + inside, index=index)
        known -= 1
    return g


sliding_windows: Primitive = linear(
    _windows,
    _windows_transpose,
    _windowed,
    name="sliding_windows",
    spelling="np.lib.stride_tricks.sliding_window_view({0}, {window_shape}, {axis})",
    view="always",
)


@means(np.lib.stride_tricks.sliding_window_view)
def sliding_window_view(x: Any, window_shape: Any, axis: Any = None) -> Any:
    x, window = meanings.arrayed(x, x), meanings.static(window_shape, "window_shape")
    window = tuple(window) if isinstance(window, list | tuple) else (window,)
    known = rank(type_of_operand(x))
    if known is None:
        raise NotCovered("sliding_window_view of an array of unknown rank")
    axes = meanings.static(axis, "axis")
    axes = tuple(range(known)) if axes is None else tuple(axes) if isinstance(axes, list | tuple) else (axes,)
    if len(axes) != len(window):
        raise ValueError("Since axis is None, must provide window_shape for all dimensions of `x`")
    return sliding_windows(x, window_shape=window, axis=tuple(k % known for k in axes))


# Sums by labels.


def _bincount(weights: Any, labels: Any, minlength: int) -> Any:
    return np.bincount(labels, weights, minlength)


bincount: Primitive = linear(
    _bincount,
    lambda g, weights, labels, minlength: getitem(g, labels, index=Index((Hole(),))),
    real(lambda operands, attrs: (Array(np.dtype(float), (unknown_dim(),)),), "np.bincount"),
    name="bincount",
    spelling="np.bincount({1}, {0}, {minlength})",
)


label_counts: Primitive = discrete(
    lambda labels, minlength: np.bincount(labels, minlength=minlength),
    lambda operands, attrs: (Array(np.dtype(np.intp), (unknown_dim(),)),),
    name="label_counts",
    spelling="np.bincount({0}, minlength={minlength})",
)


@means(np.bincount)
def bincount_meaning(x: Any, weights: Any = None, minlength: Any = 0) -> Any:
    if weights is None:
        return label_counts(meanings.arrayed(x, x), minlength=meanings.static(minlength, "minlength"))
    near = (x, weights)
    return bincount(
        meanings.arrayed(weights, near), meanings.arrayed(x, near), minlength=meanings.static(minlength, "minlength")
    )
