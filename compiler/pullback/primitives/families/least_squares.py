"""Least squares by np.linalg.lstsq: the solution of least norm has a derivative where the rank is constant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Type, dims_of, rank
from pullback.primitives import meanings
from pullback.primitives.expr import Expr, beside, type_of_operand
from pullback.primitives.families.indexing import Hole, Index, Slice, getitem, index_add
from pullback.primitives.families.shapes import shape_operand, size_of
from pullback.primitives.families.shaping import expand_dims, mT
from pullback.primitives.inference import dtype_of, real, unknown_dim
from pullback.primitives.kinds import discrete, general, total
from pullback.primitives.registry import PRIMITIVES, NotCovered, means


def _part(k: int) -> Callable[..., Any]:
    return lambda a, b, *limit, rcond: np.linalg.lstsq(a, b, *limit or (rcond,))[k]


def _solved(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    a, b = (dims_of(o.type) for o in operands[:2])
    if a is None or b is None:
        return (Array(_dtype(operands), None),)
    if len(a) != 2 or len(b) not in (1, 2):
        raise np.linalg.LinAlgError("lstsq takes a matrix and a vector or matrix")
    return (Array(_dtype(operands), (a[1], *b[1:])),)


def _dtype(operands: tuple[Atom, ...]) -> Any:
    dtypes = [dtype_of(o.type) for o in operands[:2]]
    known = [np.dtype(float) if d.kind in "iub" else d for d in dtypes if d is not None]
    return np.result_type(*known) if len(known) == 2 else None


def _row(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (Array(_dtype(operands), (unknown_dim(),)),)


def _product(u: Any, v: Any) -> Any:
    """U v', for vectors or for matrices of as many columns."""
    if rank(type_of_operand(u)) == 1:
        return expand_dims(u, axis=1) * v
    return u @ mT(v)


def _solution_vjp(g: Any, out: Any, a: Any, b: Any, *limit: Any, rcond: Any) -> tuple[Any, Any]:
    # x = A+ b of constant rank, r = b - A x (Golub and Pereyra 1973, eq. 4.12):
    # dx = A+ (db - dA x) + A+ A+' dA' r + (I - A+ A) dA' A+' x.  With w = A+' g:
    # b_bar = w, A_bar = -w x' + r (A+ w)' + (A+' x) (g - A' w)'
    inverse = PRIMITIVES["pinv"](a)
    w = mT(inverse) @ g
    rest = b - a @ out
    return _product(rest, inverse @ w) - _product(w, out) + _product(mT(inverse) @ out, g - mT(a) @ w), w


def _solution_jvp(tangents: Any, out: Any, a: Any, b: Any, *limit: Any, rcond: Any) -> Any:
    ta, tb = tangents[:2]
    inverse = PRIMITIVES["pinv"](a)
    moved = None if tb is None else inverse @ tb
    if ta is None:
        return moved
    bent = mT(ta) @ (mT(inverse) @ out)
    by_a = inverse @ (mT(inverse) @ (mT(ta) @ (b - a @ out))) - inverse @ (ta @ out) + bent - inverse @ (a @ bent)
    return total([moved, by_a])


def _residuals_vjp(g: Any, out: Any, a: Any, b: Any, *limit: Any, rcond: Any) -> tuple[Any, Any]:
    # the sum of squares is stationary in x; NumPy returns none at all where the rank is not full
    x = lstsq_solution(a, b, *limit, rcond=rcond)
    columns = (1,) if rank(type_of_operand(b)) == 1 else (size_of(b, 1),)
    zeros = beside(a, PRIMITIVES["zeros"], shape_operand(columns), dtype=dtype_of(type_of_operand(g)))
    weights = index_add(zeros, g, size_of(g, 0), index=Index((Slice(None, Hole()),)))
    rest = 2.0 * weights * (b - a @ x)
    return -_product(rest, x), rest


def _residuals_jvp(tangents: Any, out: Any, a: Any, b: Any, *limit: Any, rcond: Any) -> Any:
    ta, tb = tangents[:2]
    x = lstsq_solution(a, b, *limit, rcond=rcond)
    moved = total([tb, None if ta is None else -(ta @ x)])
    sums = PRIMITIVES["sum"](2.0 * (b - a @ x) * moved, axis=0, keepdims=rank(type_of_operand(b)) == 1)
    return getitem(sums, size_of(out, 0), index=Index((Slice(None, Hole()),)))


def _values_vjp(g: Any, out: Any, a: Any, b: Any, *limit: Any, rcond: Any) -> tuple[Any, None]:
    u, _, vt = PRIMITIVES["svd"](a, full_matrices=False)
    return (u * g) @ vt, None


def _values_jvp(tangents: Any, out: Any, a: Any, b: Any, *limit: Any, rcond: Any) -> Any:
    if tangents[0] is None:
        return None
    u, _, vt = PRIMITIVES["svd"](a, full_matrices=False)
    return PRIMITIVES["sum"](u * (tangents[0] @ mT(vt)), axis=0, keepdims=False)


def part(name: str, k: int, infer: Any, *rules: Any) -> Primitive:
    """One of the four results of np.linalg.lstsq, which NumPy computes together: mostly the first alone is read.

    `rcond` is an attribute where it is known, else a third operand.
    """
    spelling = "np.linalg.lstsq"
    infer = real(infer, "np.linalg.lstsq")
    if not rules:
        return discrete(_part(k), infer, name=f"lstsq_{name}", spelling=spelling)
    return general(_part(k), *rules, infer, name=f"lstsq_{name}", spelling=spelling)


lstsq_solution = part("solution", 0, _solved, _solution_vjp, _solution_jvp)
lstsq_residuals = part("residuals", 1, _row, _residuals_vjp, _residuals_jvp)
lstsq_rank = part("rank", 2, lambda operands, attrs: (Array(np.dtype(np.int32), ()),))
lstsq_values = part("values", 3, _row, _values_vjp, _values_jvp)


@means(np.linalg.lstsq)
def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    near = (a, b)
    limit = (rcond,) if isinstance(rcond, Expr) else ()
    a, b = (meanings.arrayed(v, near) for v in near)
    if rank(type_of_operand(a)) is None or rank(type_of_operand(b)) is None:
        raise NotCovered("np.linalg.lstsq of arrays of unknown rank")
    given = None if limit else rcond
    return tuple(
        prim(a, b, *limit, rcond=given) for prim in (lstsq_solution, lstsq_residuals, lstsq_rank, lstsq_values)
    )


matrix_rank = discrete(
    np.linalg.matrix_rank,
    lambda operands, attrs: (Array(np.dtype(np.intp), (dims_of(operands[0].type) or ())[:-2]),),
    np.linalg.matrix_rank,
    accepts="A, tol=None, hermitian=False",
    spelling="np.linalg.matrix_rank",
)
