"""Matrices of `scipy.linalg` that are made of vectors or blocks: every element is one of theirs, or zero."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import linalg

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Type, dims_of, rank, sum_dim
from pullback.primitives import meanings
from pullback.primitives.expr import beside, type_of_operand
from pullback.primitives.families.indexing import Hole, Index, Slice, getitem
from pullback.primitives.families.shapes import size_of
from pullback.primitives.families.shaping import expand_dims, flip
from pullback.primitives.fitting import zeros_like
from pullback.primitives.inference import dtype_of, sample_result, unknown_dim
from pullback.primitives.kinds import linear
from pullback.primitives.registry import MEANINGS, PRIMITIVES, NotCovered, means
from pullback.primitives.scipy.matrix_functions import part


def vector(v: Any, near: Any, function: Callable[..., Any]) -> Any:
    v = meanings.arrayed(v, near)
    if rank(type_of_operand(v)) != 1:
        raise NotCovered(f"scipy.linalg.{function.__name__} of what is not known to be a vector", "make it one")
    return v


def _places(near: Any, count: Any) -> Any:
    return beside(near, PRIMITIVES["arange"], 0, count, 1, dtype=None)


def _selected(values: Any, places: Any) -> Any:
    return getitem(values, places, index=Index((Hole(),)))


def _rest(v: Any) -> Any:
    return getitem(v, index=Index((Slice(1, None),)))


def _joined(first: Any, second: Any) -> Any:
    return MEANINGS[np.concatenate]([first, second])


@means(linalg.toeplitz)
def toeplitz(c: Any, r: Any = None) -> Any:
    """Element i, j is number i - j of `c`, and number j - i of `r` above the diagonal."""
    near = (c, r)
    c = vector(c, near, linalg.toeplitz)
    r = MEANINGS[np.conj](c) if r is None else vector(r, near, linalg.toeplitz)
    rows, columns = size_of(c, 0), size_of(r, 0)
    values = _joined(flip(c, axis=0), _rest(r))
    down = expand_dims(flip(_places(values, rows), axis=0), axis=1)
    return _selected(values, down + _places(values, columns))


@means(linalg.hankel)
def hankel(c: Any, r: Any = None) -> Any:
    """Element i, j is number i + j of `c`, followed by `r` without its first."""
    near = (c, r)
    c = vector(c, near, linalg.hankel)
    r = zeros_like(c) if r is None else vector(r, near, linalg.hankel)
    values = _joined(c, _rest(r))
    return _selected(values, expand_dims(_places(values, size_of(c, 0)), axis=1) + _places(values, size_of(r, 0)))


@means(linalg.circulant)
def circulant(c: Any) -> Any:
    """Element i, j is number i - j of `c`, counted around."""
    c = vector(c, c, linalg.circulant)
    count = size_of(c, 0)
    places = _places(c, count)
    return _selected(c, (expand_dims(places, axis=1) - places) % count)


def _sample(*blocks: Any) -> Any:
    return linalg.block_diag(*(np.atleast_2d(b) for b in blocks))


def _block_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    result = sample_result(_sample, operands)
    known = [dims for o in operands if (dims := dims_of(o.type)) is not None]
    dims = tuple(sum_dim(tuple(d[k] for d in known)) if len(known) == len(operands) else unknown_dim() for k in (0, 1))
    return (Array(None if result is None else dtype_of(result), dims),)


def _blocks(g: Any, *blocks: Any) -> tuple[Any, ...]:
    bars: list[Any] = []
    row: Any = None
    column: Any = None
    for block in blocks:
        rows, columns = size_of(block, 0), size_of(block, 1)
        down = rows if row is None else row + rows
        right = columns if column is None else column + columns
        bars.append(part(g, (row, down), (column, right)))
        row, column = down, right
    return tuple(bars)


block_diag: Primitive = linear(
    linalg.block_diag, _blocks, _block_type, operands=None, spelling="scipy.linalg.block_diag"
)


@means(linalg.block_diag)
def block_diag_meaning(*arrs: Any) -> Any:
    blocks = [MEANINGS[np.atleast_2d](meanings.arrayed(a, arrs)) if meanings.has_pen(a) else a for a in arrs]
    blocks = [meanings.arrayed(np.atleast_2d(a).tolist(), arrs) if not meanings.has_pen(a) else a for a in blocks]
    if any(rank(type_of_operand(b)) != 2 for b in blocks):
        raise NotCovered("scipy.linalg.block_diag of what is not known to be matrices")
    return block_diag(*blocks)
