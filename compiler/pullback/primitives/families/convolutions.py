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
from pullback.primitives.families.indexing import Hole, Index, getitem
from pullback.primitives.families.shapes import shape_operand_of, size_of
from pullback.primitives.families.shaping import expand_dims, flip
from pullback.primitives.inference import dtype_of, real, sample_result, shape_dims, unknown_dim
from pullback.primitives.kinds import linear, multilinear
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


@means(np.lib.stride_tricks.sliding_window_view)
def sliding_window_view(x: Any, window_shape: Any, axis: Any = None) -> Any:
    """x[arange(n - w + 1)[:, None] + arange(w)]: the windows of a vector, copied."""
    x, window = meanings.arrayed(x, x), meanings.static(window_shape, "window_shape")
    window = window[0] if isinstance(window, list | tuple) and len(window) == 1 else window
    if rank(type_of_operand(x)) != 1 or not isinstance(window, int) or axis not in (None, 0, -1, (0,), (-1,)):
        raise NotCovered("sliding_window_view of an array that is not a vector", "index the windows")
    count = size_of(x, 0) - (window - 1)
    starts, inside = (beside(x, PRIMITIVES["arange"], 0, n, 1, dtype=None) for n in (count, window))
    return getitem(x, expand_dims(starts, axis=1) + inside, index=Index((Hole(),)))


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


@means(np.bincount)
def bincount_meaning(x: Any, weights: Any = None, minlength: Any = 0) -> Any:
    if weights is None:
        raise NotCovered("np.bincount without weights of an array that is known at run time only")
    near = (x, weights)
    return bincount(
        meanings.arrayed(weights, near), meanings.arrayed(x, near), minlength=meanings.static(minlength, "minlength")
    )
