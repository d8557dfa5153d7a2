"""`scipy.linalg` on Toeplitz and circulant matrices, which are given by their first column and row.

The derivative by a diagonal is the sum over that diagonal of the derivative by the matrix, a product of two vectors:
`lag_sums` of the runtime, at the cost of a product with such a matrix. The first element of the row is not read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import linalg

import pullback_runtime
from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Type, dims_of
from pullback.primitives import meanings
from pullback.primitives.families.indexing import Index, getitem, sliced
from pullback.primitives.families.joining import concatenate
from pullback.primitives.families.shapes import size_of
from pullback.primitives.families.shaping import flip
from pullback.primitives.inference import Infer, dtype_of, real, sample_result, unknown_dim
from pullback.primitives.kinds import general, multilinear, total, zeros_like
from pullback.primitives.registry import NotCovered, means
from pullback.primitives.scipy.matrices import right_side, spelled
from pullback.primitives.scipy.structured import vector


def _part(v: Any, start: Any, stop: Any) -> Any:
    item, holes = sliced(start, stop, None)
    return getitem(v, *holes, index=Index((item,)))


def _rest(v: Any) -> Any:
    return _part(v, 1, None)


def _transposed(c: Any, r: Any) -> tuple[Any, Any]:
    """The first column and row of the transposed matrix."""
    if getattr(c, "atom", c) is getattr(r, "atom", r):
        return c, c
    return concatenate(_part(c, None, 1), _rest(r), axis=0), c


def _by_diagonals(x: Any, y: Any, r: Any) -> tuple[Any, Any]:
    """The cotangents of the first column and row, from that of the matrix, x yᵀ."""
    sums, columns = lag_sums(x, y), size_of(y, 0)
    row = flip(_part(sums, None, columns - 1), axis=0)
    return _part(sums, columns - 1, None), concatenate(zeros_like(_part(r, None, 1)), row, axis=0)


def _typed(function: Callable[..., Any], sample: Callable[..., Any]) -> Infer:
    """The shape of the last operand, with as many rows as the first has; the dtype is asked of SciPy."""

    def sampled(*operands: Any) -> Any:
        return np.ravel(sample(*(np.reshape(o, (1,)) for o in operands)))[0]

    def infer(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
        result, dims, first = sample_result(sampled, operands), dims_of(operands[-1].type), dims_of(operands[0].type)
        if dims is not None:
            dims = (unknown_dim() if first is None else first[0], *dims[1:])
        return (Array(None if result is None else dtype_of(result), dims),)

    return real(infer, spelled(function))


def _column_and_row(c_or_cr: Any, near: Any, function: Callable[..., Any]) -> tuple[Any, Any]:
    """A tuple is both; without a row the matrix is symmetric."""
    c, r = c_or_cr if isinstance(c_or_cr, tuple) else (c_or_cr, c_or_cr)
    return vector(c, near, function), vector(r, near, function)


def _lags_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    result = sample_result(lambda x, y: x * y, operands)
    sizes = [None if (dims := dims_of(o.type)) is None else dims[0] for o in operands]
    known = all(isinstance(n, int) for n in sizes)
    count = max(sum(sizes) - 1, 0) if known else unknown_dim()  # type: ignore[arg-type]  # ints by the line above
    return (Array(None if result is None else dtype_of(result), (count,)),)


def _as_matrix(sums: Any, columns: Any) -> tuple[Any, Any]:
    """The first column and row of the matrix that has these numbers on its diagonals."""
    return _part(sums, columns - 1, None), flip(_part(sums, None, columns), axis=0)


lag_sums: Primitive = multilinear(
    pullback_runtime.lag_sums,
    lambda g, x, y: matmul_toeplitz(*_as_matrix(g, size_of(y, 0)), y),
    lambda g, x, y: matmul_toeplitz(*reversed(_as_matrix(g, size_of(y, 0))), x),
    infer=real(_lags_type, "lag_sums"),
    spelling="lag_sums",
)


# Products.


def _product(c: Any, r: Any, x: Any) -> Any:
    return linalg.matmul_toeplitz((c, r), x)


def _product_vjp(g: Any, out: Any, c: Any, r: Any, x: Any) -> Any:
    return *_by_diagonals(g, x, r), matmul_toeplitz(*_transposed(c, r), g)


def _moved(tangents: Any, c: Any, r: Any, x: Any) -> Any:
    """The product of the tangent of the matrix and `x`."""
    tc, tr = tangents
    if tc is None and tr is None:
        return None
    return matmul_toeplitz(zeros_like(c) if tc is None else tc, zeros_like(r) if tr is None else tr, x)


def _product_jvp(tangents: Any, out: Any, c: Any, r: Any, x: Any) -> Any:
    tx = tangents[2]
    return total([_moved(tangents[:2], c, r, x), None if tx is None else matmul_toeplitz(c, r, tx)])


matmul_toeplitz: Primitive = general(
    _product,
    _product_vjp,
    _product_jvp,
    _typed(linalg.matmul_toeplitz, _product),
    name="matmul_toeplitz",
    spelling="scipy.linalg.matmul_toeplitz(({0}, {1}), {2})",
)


@means(linalg.matmul_toeplitz)
def matmul_toeplitz_meaning(c_or_cr: Any, x: Any, check_finite: Any = False, workers: Any = None) -> Any:
    near = (c_or_cr, x)
    x = right_side(meanings.arrayed(x, near), linalg.matmul_toeplitz)
    return matmul_toeplitz(*_column_and_row(c_or_cr, near, linalg.matmul_toeplitz), x)


# Systems. With aᵀ w = g: <g, dx> = <w, db - da x>.


def _solve(c: Any, r: Any, b: Any) -> Any:
    return linalg.solve_toeplitz((c, r), b)


def _solve_vjp(g: Any, out: Any, c: Any, r: Any, b: Any) -> Any:
    w = solve_toeplitz(*_transposed(c, r), g)
    by_column, by_row = _by_diagonals(w, out, r)
    return -by_column, -by_row, w


def _solve_jvp(tangents: Any, out: Any, c: Any, r: Any, b: Any) -> Any:
    moved = _moved(tangents[:2], c, r, out)
    return solve_toeplitz(c, r, total([None if moved is None else -moved, tangents[2]]))


solve_toeplitz: Primitive = general(
    _solve,
    _solve_vjp,
    _solve_jvp,
    _typed(linalg.solve_toeplitz, _solve),
    name="solve_toeplitz",
    spelling="scipy.linalg.solve_toeplitz(({0}, {1}), {2})",
)


@means(linalg.solve_toeplitz)
def solve_toeplitz_meaning(c_or_cr: Any, b: Any, check_finite: Any = True) -> Any:
    near = (c_or_cr, b)
    b = right_side(meanings.arrayed(b, near), linalg.solve_toeplitz)
    return solve_toeplitz(*_column_and_row(c_or_cr, near, linalg.solve_toeplitz), b)


# Circulant matrices: Toeplitz matrices whose first row is the first column, read backwards around.


def _around(c: Any) -> Any:
    """The first row, and the first column of the transposed matrix."""
    return concatenate(_part(c, None, 1), flip(_rest(c), axis=0), axis=0)


def _circulant(c: Any, b: Any) -> Any:
    return linalg.solve_circulant(c, b)


def _circulant_vjp(g: Any, out: Any, c: Any, b: Any) -> Any:
    w, count = solve_circulant(_around(c), g), size_of(c, 0)
    sums = lag_sums(w, out)
    around = concatenate(zeros_like(_part(c, None, 1)), _part(sums, None, count - 1), axis=0)
    return -(_part(sums, count - 1, None) + around), w


def _circulant_jvp(tangents: Any, out: Any, c: Any, b: Any) -> Any:
    tc, tb = tangents
    moved = None if tc is None else -matmul_toeplitz(tc, _around(tc), out)
    return solve_circulant(c, total([moved, tb]))


solve_circulant: Primitive = general(
    _circulant,
    _circulant_vjp,
    _circulant_jvp,
    _typed(linalg.solve_circulant, lambda c, b: _circulant(c + 1, b)),
    name="solve_circulant",
    spelling="scipy.linalg.solve_circulant",
)


@means(linalg.solve_circulant)
def solve_circulant_meaning(
    c: Any, b: Any, singular: Any = "raise", tol: Any = None, caxis: Any = -1, baxis: Any = 0, outaxis: Any = 0
) -> Any:
    axes = tuple(meanings.static(axis, "axis") for axis in (caxis, baxis, outaxis))
    if axes not in ((-1, 0, 0), (0, 0, 0)) or meanings.static(singular, "singular") != "raise" or tol is not None:
        raise NotCovered(
            "scipy.linalg.solve_circulant with axes of its own, `tol=`, or a `singular=` other than 'raise'",
            "use scipy.linalg.circulant and np.linalg.solve or np.linalg.lstsq",
        )
    near = (c, b)
    b = right_side(meanings.arrayed(b, near), linalg.solve_circulant)
    return solve_circulant(vector(c, near, linalg.solve_circulant), b)
