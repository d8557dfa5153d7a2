"""Norms of vectors and matrices. At 0 the derivative of a norm is 0, the subgradient of least size."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from pullback.ir.core import Primitive
from pullback.ir.types import rank
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.complex_parts import conj
from pullback.primitives.families.decompositions import svdvals
from pullback.primitives.families.reductions import (
    Axis,
    max_,
    may_take_nothing,
    min_,
    over,
    reduction,
    restored,
    sum_,
    takes_nothing,
)
from pullback.primitives.families.shaping import expand_dims, moveaxis, ravel
from pullback.primitives.kinds import general
from pullback.primitives.registry import MEANINGS, PRIMITIVES, NotCovered, means


def _norm(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    return np.linalg.norm(x, axis=axis, keepdims=keepdims)


def _norm_vjp(g: Any, out: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
    return restored(over(g, out), x, axis, keepdims) * conj(x)


def _norm_jvp(tangents: Any, out: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
    return over(sum_(tangents[0] * conj(x), axis=axis, keepdims=keepdims), out)


norm: Primitive = general(_norm, _norm_vjp, _norm_jvp, reduction(_norm), name="norm", spelling="np.linalg.norm")


# The p-norms: d|x| / dx = sign(x) (|x| / |x|_p)^(p - 1).


def _p_norm(x: Any, p: float, axis: Axis = None, keepdims: bool = False) -> Any:
    return np.linalg.norm(x, p, axis=axis, keepdims=keepdims)


def _shares(out: Any, x: Any, p: float, axis: Axis, keepdims: bool) -> Any:
    size = restored(out, x, axis, keepdims)
    ratio = PRIMITIVES["absolute"](x) / PRIMITIVES["where"](size == 0, 1.0, size)
    if p < 1:
        ratio = PRIMITIVES["where"](ratio == 0, 1.0, ratio)  # its power is infinite, and the sign 0
    return conj(MEANINGS[np.sign](x)) * ratio ** (p - 1.0)


def _p_norm_vjp(g: Any, out: Any, x: Any, p: float, axis: Axis, keepdims: bool) -> Any:
    return restored(g, x, axis, keepdims) * _shares(out, x, p, axis, keepdims)


def _p_norm_jvp(tangents: Any, out: Any, x: Any, p: float, axis: Axis, keepdims: bool) -> Any:
    return sum_(tangents[0] * _shares(out, x, p, axis, keepdims), axis=axis, keepdims=keepdims)


def _sample(x: Any) -> Any:
    return np.linalg.norm(np.reshape(x, (1,)), 3.0)


p_norm: Primitive = general(
    _p_norm,
    _p_norm_vjp,
    _p_norm_jvp,
    reduction(_sample),
    name="p_norm",
    spelling="np.linalg.norm({0}, {p}, axis={axis}, keepdims={keepdims})",
)


def _extreme(sizes: Any, largest: bool, axis: Axis, keepdims: bool) -> Any:
    """The largest or the smallest of magnitudes. The largest of none is 0 where NumPy says so."""
    if largest and (takes_nothing(sizes, axis) or may_take_nothing(sizes, axis)) and _is_known_of_nothing():
        return MEANINGS[np.max](sizes, axis=axis, keepdims=keepdims, initial=0.0)
    return (max_ if largest else min_)(sizes, axis=axis, keepdims=keepdims)


@functools.cache
def _is_known_of_nothing() -> bool:
    try:
        return bool(np.linalg.norm(np.empty(0), np.inf) == 0)
    except ValueError:
        return False


def _vector_norm(x: Any, ord: Any, axis: Any, keepdims: bool) -> Any:
    size = PRIMITIVES["absolute"]
    match ord:
        case None | 2:
            return norm(x, axis=axis, keepdims=keepdims)
        case 1:
            return sum_(size(x), axis=axis, keepdims=keepdims)
        case 0:
            raise NotCovered("np.linalg.norm with ord=0", "count with np.count_nonzero: it has no derivative")
        case float() if np.isinf(ord):
            return _extreme(size(x), ord > 0, axis, keepdims)
        case int() | float():
            return p_norm(x, p=float(ord), axis=axis, keepdims=keepdims)
    raise ValueError(f"Invalid norm order '{ord}' for vectors")


def _matrix_norm(x: Any, ord: Any, axes: tuple[int, int], keepdims: bool) -> Any:
    """As NumPy computes them: by sums of magnitudes, or by singular values."""
    rows, columns = axes
    if ord in (1, -1, np.inf, -np.inf):
        first, then = (rows, columns) if abs(ord) == 1 else (columns, rows)
        sums = sum_(PRIMITIVES["absolute"](x), axis=first, keepdims=keepdims)
        after = then - (0 if keepdims or then < first else 1)
        return _extreme(sums, ord > 0, after, keepdims)
    s = svdvals(moveaxis(x, (rows, columns), (-2, -1)))
    reduce = {2: max_, -2: min_, "nuc": sum_}.get(ord)
    if reduce is None:
        raise ValueError("Invalid norm order for matrices.")
    out = reduce(s, axis=-1, keepdims=False)
    return expand_dims(out, axis=tuple(sorted(axes))) if keepdims else out


@means(np.linalg.norm)
def norm_meaning(x: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Any:
    x = meanings.arrayed(x, x)
    ord, axis = meanings.static(ord, "ord"), meanings.static(axis, "axis")
    keepdims = meanings.static(keepdims, "keepdims")
    known = rank(type_of_operand(x))
    if ord is None:
        return norm(x, axis=axis, keepdims=keepdims)
    if known is None:
        raise NotCovered(f"np.linalg.norm with ord={ord!r} of an array of unknown rank")
    axes = tuple(range(known)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = tuple(k % known for k in axes)
    if len(axes) == 1:
        return _vector_norm(x, ord, axis, keepdims)
    if len(axes) != 2:
        raise ValueError("Improper number of dimensions to norm.")
    if ord in ("fro", "f"):
        return norm(x, axis=axis, keepdims=keepdims)
    return _matrix_norm(x, ord, (axes[0], axes[1]), keepdims)


@means(np.linalg.matrix_norm)
def matrix_norm(x: Any, /, *, keepdims: Any = False, ord: Any = "fro") -> Any:
    return MEANINGS[np.linalg.norm](x, ord, (-2, -1), keepdims)


@means(np.linalg.vector_norm)
def vector_norm(x: Any, /, *, axis: Any = None, keepdims: Any = False, ord: Any = 2) -> Any:
    x = meanings.arrayed(x, x)
    known = rank(type_of_operand(x))
    if axis is None:
        if (keepdims and known != 1) or known is None:
            raise NotCovered("np.linalg.vector_norm of this array without `axis=`")
        return MEANINGS[np.linalg.norm](x if known == 1 else ravel(x), ord, 0, keepdims)
    if isinstance(axis, tuple):
        raise NotCovered("np.linalg.vector_norm over several axes")
    return MEANINGS[np.linalg.norm](x, ord, axis, keepdims)
