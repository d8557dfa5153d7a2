"""Diagonals: taken, spread out, summed. All linear."""

from __future__ import annotations

from typing import Any

import numpy as np

import pullback_runtime
from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Dim, Type, dims_of, rank, shift_dim
from pullback.primitives import meanings
from pullback.primitives.expr import beside, type_of_operand
from pullback.primitives.families.shapes import shape_operand_of, size_of
from pullback.primitives.families.shaping import expand_dims, ravel
from pullback.primitives.inference import dtype_of, sample_result, shape_dims, unknown_dim
from pullback.primitives.kinds import linear
from pullback.primitives.registry import MEANINGS, PRIMITIVES, NotCovered, means


def _diagonal_length(rows: Dim, columns: Dim, offset: int) -> Dim:
    """How many elements a diagonal has."""
    if isinstance(rows, int) and isinstance(columns, int):
        return max(min(rows + min(offset, 0), columns - max(offset, 0)), 0)
    return shift_dim(rows, -abs(offset)) if rows == columns else unknown_dim()


def _diagonal_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    t = operands[0].type
    dims = dims_of(t)
    if dims is None:
        return (Array(dtype_of(t), None),)
    if len(dims) < 2:
        raise ValueError("diag requires an array of at least two dimensions")
    first, second = attrs["axis1"] % len(dims), attrs["axis2"] % len(dims)
    kept = tuple(d for k, d in enumerate(dims) if k not in (first, second))
    return (Array(dtype_of(t), (*kept, _diagonal_length(dims[first], dims[second], attrs["offset"]))),)


def _spread_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (Array(dtype_of(operands[0].type), shape_dims(operands[1])),)


diagonal: Primitive = linear(
    np.diagonal,
    lambda g, x, **places: spread_diagonal(g, shape_operand_of(x), **places),
    _diagonal_type,
    np.diagonal,
    accepts="a, offset=0, axis1=0, axis2=1",
    view="always",
)
spread_diagonal: Primitive = linear(
    pullback_runtime.spread_diagonal,
    lambda h, g, shape, **places: diagonal(h, **places),
    _spread_type,
    spelling="spread_diagonal",
)


@means(np.linalg.diagonal)
def matrix_diagonal(x: Any, /, *, offset: Any = 0) -> Any:
    x, offset = meanings.arrayed(x, x), meanings.static(offset, "offset")
    return diagonal(x, offset=offset, axis1=-2, axis2=-1)


def _diag_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    t = operands[0].type
    dims = dims_of(t)
    if dims is None:
        return (Array(dtype_of(t), None),)
    side = shift_dim(dims[0], abs(attrs["k"]))
    return (Array(dtype_of(t), (side, side)),)


diag: Primitive = linear(np.diag, lambda g, x, k: diagonal(g, offset=k, axis1=0, axis2=1), _diag_type)


@means(np.diag)
def diag_meaning(v: Any, k: Any = 0) -> Any:
    v, k = meanings.arrayed(v, v), meanings.static(k, "k")
    match rank(type_of_operand(v)):
        case 1:
            return diag(v, k=k)
        case 2:
            return diagonal(v, offset=k, axis1=0, axis2=1)
    raise NotCovered("np.diag of an array that is not known to be a vector or a matrix")


@means(np.diagflat)
def diagflat(v: Any, k: Any = 0) -> Any:
    v = meanings.arrayed(v, v)
    return diag(v if rank(type_of_operand(v)) == 1 else ravel(v), k=meanings.static(k, "k"))


def _trace_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    (taken,) = _diagonal_type(operands, attrs)
    result = sample_result(_trace_sample, operands)
    dims = dims_of(taken)
    return (Array(None if result is None else dtype_of(result), None if dims is None else dims[:-1]),)


def _trace_sample(x: Any) -> Any:
    return np.trace(np.reshape(x, (1, 1)))


def _trace_transpose(g: Any, x: Any, offset: int, axis1: int, axis2: int) -> Any:
    known = rank(type_of_operand(x))
    if known is None:
        raise NotCovered("np.trace of an array of unknown rank")
    rows, columns = size_of(x, axis1), size_of(x, axis2)
    dtype = dtype_of(type_of_operand(x))
    # the unit matrix, shifted, with its axes where those of x are
    unit = beside(x, PRIMITIVES["eye"], rows, columns, dtype=dtype, k=offset)
    first, second = axis1 % known, axis2 % known
    if first > second:
        unit = PRIMITIVES["transpose"](unit, axes=None)
    others = tuple(k for k in range(known) if k not in (first, second))
    if not others:
        return g * unit
    return expand_dims(g, axis=tuple(sorted((first, second)))) * expand_dims(unit, axis=others)


trace: Primitive = linear(np.trace, _trace_transpose, _trace_type, np.trace, accepts="a, offset=0, axis1=0, axis2=1")


@means(np.linalg.trace)
def matrix_trace(x: Any, /, *, offset: Any = 0) -> Any:
    x, offset = meanings.arrayed(x, x), meanings.static(offset, "offset")
    return trace(x, offset=offset, axis1=-2, axis2=-1)


MEANINGS[np.linalg.matrix_transpose] = MEANINGS[np.matrix_transpose]

__all__ = ["diag", "diagonal", "spread_diagonal", "trace"]
