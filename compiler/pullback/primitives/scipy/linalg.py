"""`scipy.linalg` on single matrices: systems and factors. Stacks of matrices belong to `np.linalg`.

The rules are those of Giles (2008), An extended collection of matrix derivative results for forward and reverse mode
automatic differentiation, unless a row says otherwise. What LAPACK does not read, the other triangle of a triangular
or symmetric matrix, has derivative 0. `overwrite_a=` and `overwrite_b=` are not passed on, and nothing is overwritten;
an array that was handed over so is not read again (`Mutation.give_up` of the frontend). `check_finite=False` is not
passed on either, so that infinities raise ValueError.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import linalg

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Type, dims_of
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.linear_algebra import to_triangle
from pullback.primitives.families.shaping import mT, tril, triu
from pullback.primitives.kinds import general, total
from pullback.primitives.registry import NotCovered, means
from pullback.primitives.scipy.matrices import (
    dyad,
    like_first,
    like_right_side,
    matrix,
    right_side,
    spelled,
    told,
    unasked,
)

# Systems. With aᵀ w = g: <g, dx> = <w, db - da x>.

SYMMETRIC = ("sym", "symmetric", "her", "hermitian", "pos", "positive definite")


def mirrored(bar: Any, lower: bool) -> Any:
    """The cotangent of the triangle that is read of a symmetric matrix, from that of the matrix."""
    both = bar + mT(bar)
    return 0.5 * (to_triangle(both) if lower else mT(to_triangle(both)))


def whole(x: Any, lower: bool) -> Any:
    """The symmetric matrix of which one triangle is read."""
    x = x if lower else mT(x)
    return tril(x, k=0) + mT(tril(x, k=-1))


def _solve_vjp(g: Any, out: Any, a: Any, b: Any, assume_a: str | None, lower: bool) -> Any:
    if assume_a in SYMMETRIC:
        w = solve(a, g, assume_a=assume_a, lower=lower)
        return -mirrored(dyad(w, out), lower), w
    w = solve(mT(a), g, assume_a=assume_a, lower=lower)
    return -dyad(w, out), w


def _solve_jvp(tangents: Any, out: Any, a: Any, b: Any, assume_a: str | None, lower: bool) -> Any:
    ta, tb = tangents
    if ta is not None and assume_a in SYMMETRIC:
        ta = whole(ta, lower)
    moved = total([None if ta is None else -(ta @ out), tb])
    return solve(a, moved, assume_a=assume_a, lower=lower)


solve: Primitive = general(
    linalg.solve,
    _solve_vjp,
    _solve_jvp,
    like_right_side(linalg.solve, linalg.solve),
    name="scipy_solve",
    spelling="scipy.linalg.solve",
)


@means(linalg.solve)
def solve_meaning(
    a: Any,
    b: Any,
    lower: Any = False,
    overwrite_a: Any = False,
    overwrite_b: Any = False,
    check_finite: Any = True,
    assume_a: Any = None,
    transposed: Any = False,
) -> Any:
    assume_a, lower = meanings.static(assume_a, "assume_a"), told(lower, "lower")
    if assume_a not in (None, "gen", "general", *SYMMETRIC) or told(transposed, "transposed"):
        raise NotCovered(
            f"`assume_a={assume_a!r}` or `transposed=` of scipy.linalg.solve",
            "leave it out, transpose the matrix, or use scipy.linalg.solve_triangular",
        )
    return solve(matrix(a, linalg.solve), right_side(b, linalg.solve), assume_a=assume_a, lower=lower)


def _op(a: Any, trans: int) -> Any:
    return mT(a) if trans else a


def _triangle(x: Any, lower: bool, unit_diagonal: bool) -> Any:
    """What is read of a triangular matrix."""
    return tril(x, k=-int(unit_diagonal)) if lower else triu(x, k=int(unit_diagonal))


def _triangular_vjp(g: Any, out: Any, a: Any, b: Any, trans: int, lower: bool, unit_diagonal: bool) -> Any:
    w = solve_triangular(a, g, trans=1 - trans, lower=lower, unit_diagonal=unit_diagonal)
    return -_triangle(dyad(out, w) if trans else dyad(w, out), lower, unit_diagonal), w


def _triangular_jvp(tangents: Any, out: Any, a: Any, b: Any, trans: int, lower: bool, unit_diagonal: bool) -> Any:
    ta, tb = tangents
    moved = None if ta is None else -(_op(_triangle(ta, lower, unit_diagonal), trans) @ out)
    return solve_triangular(a, total([moved, tb]), trans=trans, lower=lower, unit_diagonal=unit_diagonal)


solve_triangular: Primitive = general(
    linalg.solve_triangular,
    _triangular_vjp,
    _triangular_jvp,
    like_right_side(linalg.solve_triangular, linalg.solve_triangular),
    spelling="scipy.linalg.solve_triangular",
)
TRANSPOSED = {0: 0, "N": 0, 1: 1, "T": 1, 2: 1, "C": 1}  # of real matrices


@means(linalg.solve_triangular)
def solve_triangular_meaning(
    a: Any,
    b: Any,
    trans: Any = 0,
    lower: Any = False,
    unit_diagonal: Any = False,
    overwrite_b: Any = False,
    check_finite: Any = True,
) -> Any:
    return solve_triangular(
        matrix(a, linalg.solve_triangular),
        right_side(b, linalg.solve_triangular),
        trans=TRANSPOSED[meanings.static(trans, "trans")],
        lower=told(lower, "lower"),
        unit_diagonal=told(unit_diagonal, "unit_diagonal"),
    )


# Cholesky factors: Murray (2016), Differentiation of the Cholesky decomposition. The factor L of a = L Lᵀ, or U of
# a = Uᵀ U; of `cho_factor` the other triangle is what `a` has there, up to SciPy 1.17, and zero since.


def cholesky_slope(g: Any, factor: Any, lower: bool) -> Any:
    """The cotangent of the triangle of `a` that is read, from that of the factor."""
    low, g = (factor, tril(g, k=0)) if lower else (mT(triu(factor, k=0)), tril(mT(g), k=0))
    low = tril(low, k=0)
    p = tril(mT(low) @ g, k=0)
    p = p + mT(tril(p, k=-1))
    inner = solve_triangular(low, p, trans=1, lower=True, unit_diagonal=False)
    s = mT(solve_triangular(low, mT(inner), trans=1, lower=True, unit_diagonal=False))
    bar = 0.5 * to_triangle(s)
    return bar if lower else mT(bar)


def cholesky_moved(tangent: Any, factor: Any, lower: bool) -> Any:
    # dL = L Φ(L⁻¹ da L⁻ᵀ), Φ taking the lower triangle and half the diagonal
    low = tril(factor if lower else mT(factor), k=0)
    inner = solve_triangular(low, whole(tangent, lower), trans=0, lower=True, unit_diagonal=False)
    p = solve_triangular(low, mT(inner), trans=0, lower=True, unit_diagonal=False)
    moved = 0.5 * (low @ (tril(p, k=0) + tril(p, k=-1)))
    return moved if lower else mT(moved)


LEAVES_THE_REST = bool(linalg.cho_factor(np.array([[1.0, 0.0], [1.0, 2.0]]))[0][1, 0])


def _and_beside(triangle: Any, x: Any, lower: bool) -> Any:
    """A triangle, and beside it what `x` has there, where SciPy leaves that as it was."""
    if not LEAVES_THE_REST:
        return triangle
    return triangle + (triu(x, k=1) if lower else tril(x, k=-1))


cholesky: Primitive = general(
    linalg.cholesky,
    lambda g, out, a, lower: cholesky_slope(g, out, lower),
    lambda tangents, out, a, lower: cholesky_moved(tangents[0], out, lower),
    like_first(linalg.cholesky),
    name="scipy_cholesky",
    spelling="scipy.linalg.cholesky",
)


@means(linalg.cholesky)
def cholesky_meaning(a: Any, lower: Any = False, overwrite_a: Any = False, check_finite: Any = True) -> Any:
    return cholesky(matrix(a, linalg.cholesky), lower=told(lower, "lower"))


def _cho_factor(a: Any, lower: bool) -> Any:
    return linalg.cho_factor(a, lower=lower)[0]


cho_factor: Primitive = general(
    _cho_factor,
    lambda g, out, a, lower: _and_beside(cholesky_slope(g, out, lower), g, lower),
    lambda tangents, out, a, lower: _and_beside(cholesky_moved(tangents[0], out, lower), tangents[0], lower),
    like_first(linalg.cholesky),
    name="cho_factor",
    spelling="scipy.linalg.cho_factor({0}, lower={lower})[0]",
)


@means(linalg.cho_factor)
def cho_factor_meaning(a: Any, lower: Any = False, overwrite_a: Any = False, check_finite: Any = True) -> Any:
    """The factor, and which triangle it is in: a bool, where SciPy 1.18 says it as an array without axes."""
    lower = told(lower, "lower")
    return cho_factor(matrix(a, linalg.cho_factor), lower=lower), lower


def _cho_solve(c: Any, b: Any, lower: bool) -> Any:
    return linalg.cho_solve((c, lower), b)


def _cho_solve_vjp(g: Any, out: Any, c: Any, b: Any, lower: bool) -> Any:
    # a = L Lᵀ and ā = -w outᵀ  =>  the cotangent of L is (ā + āᵀ) L
    w = cho_solve(c, g, lower=lower)
    a_bar = dyad(w, out)
    both = a_bar + mT(a_bar)
    return -(tril(both @ tril(c, k=0), k=0) if lower else triu(triu(c, k=0) @ both, k=0)), w


def _cho_solve_jvp(tangents: Any, out: Any, c: Any, b: Any, lower: bool) -> Any:
    tc, tb = tangents
    if tc is not None:
        low, tc = (tril(x if lower else mT(x), k=0) for x in (c, tc))
        tc = -(tc @ (mT(low) @ out) + low @ (mT(tc) @ out))
    return cho_solve(c, total([tc, tb]), lower=lower)


cho_solve: Primitive = general(
    _cho_solve,
    _cho_solve_vjp,
    _cho_solve_jvp,
    like_right_side(linalg.cho_solve, linalg.solve),
    name="cho_solve",
    spelling="scipy.linalg.cho_solve(({0}, {lower}), {1})",
)


@means(linalg.cho_solve)
def cho_solve_meaning(c_and_lower: Any, b: Any, overwrite_b: Any = False, check_finite: Any = True) -> Any:
    c, lower = c_and_lower
    return cho_solve(matrix(c, linalg.cho_solve), right_side(b, linalg.cho_solve), lower=told(lower, "lower"))


# LU factors of square matrices: P' a = L U. With Φ = tril(L' L̄, -1) + triu(Ū U'), ā = P L'⁻¹ Φ U'⁻¹.


def _upper(lu: Any) -> Any:
    return triu(lu, k=0)


def _solved_lower(lu: Any, b: Any, trans: int) -> Any:
    return solve_triangular(lu, b, trans=trans, lower=True, unit_diagonal=True)


def _solved_upper(lu: Any, b: Any, trans: int) -> Any:
    return solve_triangular(lu, b, trans=trans, lower=False, unit_diagonal=False)


def _lu_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    (t,) = like_first(linalg.cholesky)(operands, attrs)
    return (t, t, t)


def _lu_vjp(g: Any, out: Any, a: Any) -> Any:
    (_, g_l, g_u), (p, low, up) = g, out
    parts = [
        None if g_l is None else tril(mT(low) @ g_l, k=-1),
        None if g_u is None else triu(g_u @ mT(up), k=0),
    ]
    phi = total(parts)
    if phi is None:
        return None
    inner = mT(_solved_upper(up, mT(phi), 0))
    return p @ _solved_lower(low, inner, 1)


def _lu_jvp(tangents: Any, out: Any, a: Any) -> Any:
    p, low, up = out
    f = mT(_solved_upper(up, mT(_solved_lower(low, mT(p) @ tangents[0], 0)), 1))
    return None, low @ tril(f, k=-1), triu(f, k=0) @ up


lu: Primitive = general(linalg.lu, _lu_vjp, _lu_jvp, _lu_type, spelling="scipy.linalg.lu")


def _square(a: Any, function: Callable[..., Any]) -> Any:
    a = matrix(a, function)
    dims = dims_of(type_of_operand(a))
    if dims is not None and dims[0] != dims[1] and all(isinstance(n, int) for n in dims):
        raise NotCovered(f"{spelled(function)} of a matrix that is not square")
    return a


@means(linalg.lu)
def lu_meaning(
    a: Any, permute_l: Any = False, overwrite_a: Any = False, check_finite: Any = True, p_indices: Any = False
) -> Any:
    unasked(linalg.lu, permute_l=permute_l, p_indices=p_indices)
    return lu(_square(a, linalg.lu))


def _lu_factor_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    (t,) = like_first(linalg.cholesky)(operands, attrs)
    assert isinstance(t, Array)
    pivots = linalg.lu_factor(np.eye(1))[1].dtype
    return t, Array(pivots, None if t.shape is None else t.shape[:1])


def _lu_factor_vjp(g: Any, out: Any, a: Any) -> Any:
    packed, pivots = out
    if g[0] is None:
        return None
    low = tril(mT(packed), k=0)
    # L' L̄ of the packed factors, L with ones on its diagonal
    strict = tril(g[0], k=-1)
    phi = tril(strict + mT(tril(packed, k=-1)) @ strict, k=-1) + triu(triu(g[0], k=0) @ low, k=0)
    inner = mT(_solved_upper(packed, mT(phi), 0))
    return lu_solve(packed, mT(_upper(packed)) @ inner, pivots, trans=1)  # P L'⁻¹ = a'⁻¹ U'


def _lu_factor_jvp(tangents: Any, out: Any, a: Any) -> Any:
    packed, pivots = out
    # L⁻¹ P' da = U a⁻¹ da
    f = mT(_solved_upper(packed, mT(_upper(packed) @ lu_solve(packed, tangents[0], pivots, trans=0)), 1))
    strict = tril(f, k=-1)
    return strict + tril(packed, k=-1) @ strict + triu(f, k=0) @ _upper(packed), None


lu_factor: Primitive = general(
    linalg.lu_factor, _lu_factor_vjp, _lu_factor_jvp, _lu_factor_type, spelling="scipy.linalg.lu_factor"
)


@means(linalg.lu_factor)
def lu_factor_meaning(a: Any, overwrite_a: Any = False, check_finite: Any = True) -> Any:
    return lu_factor(_square(a, linalg.lu_factor))


def _lu_solve(packed: Any, b: Any, pivots: Any, trans: int) -> Any:
    return linalg.lu_solve((packed, pivots), b, trans=trans)


def _lu_solve_vjp(g: Any, out: Any, packed: Any, b: Any, pivots: Any, trans: int) -> Any:
    # ā = -w outᵀ (-out wᵀ where a is transposed), L̄ = tril(Pᵀ ā Uᵀ, -1), Ū = triu(Lᵀ Pᵀ ā), with
    # Lᵀ Pᵀ w = U⁻ᵀ g (Lᵀ Pᵀ out = U⁻ᵀ b)
    w = lu_solve(packed, g, pivots, trans=1 - trans)
    left = _solved_upper(packed, b if trans else g, 1)
    right = w if trans else out
    low = _solved_lower(packed, left, 1)
    return -(tril(dyad(low, _upper(packed) @ right), k=-1) + triu(dyad(left, right), k=0)), w, None


def _lu_solve_jvp(tangents: Any, out: Any, packed: Any, b: Any, pivots: Any, trans: int) -> Any:
    tp, tb = tangents[:2]
    moved = None if tb is None else lu_solve(packed, tb, pivots, trans=trans)
    if tp is None:
        return moved
    t_low, t_up, up = tril(tp, k=-1), triu(tp, k=0), _upper(packed)
    if trans:  # aᵀ = Uᵀ Lᵀ Pᵀ
        inner = _solved_upper(packed, b, 1)
        y = _solved_lower(packed, inner, 1)
        right = -(_solved_upper(packed, mT(t_up) @ inner, 1)) - mT(t_low) @ y
        turned = up_to_solution(packed, pivots, _solved_lower(packed, right, 1))
        return total([moved, turned])
    right = -(_solved_lower(packed, t_low @ (up @ out), 0) + t_up @ out)
    return total([moved, _solved_upper(packed, right, 0)])


def up_to_solution(packed: Any, pivots: Any, v: Any) -> Any:
    """P v, by the system with the transposed matrix: a'⁻¹ = P L'⁻¹ U'⁻¹."""
    low = v + mT(tril(packed, k=-1)) @ v
    return lu_solve(packed, mT(_upper(packed)) @ low, pivots, trans=1)


lu_solve: Primitive = general(
    _lu_solve,
    _lu_solve_vjp,
    _lu_solve_jvp,
    like_right_side(linalg.lu_solve, linalg.solve),
    name="lu_solve",
    spelling="scipy.linalg.lu_solve(({0}, {2}), {1}, trans={trans})",
)


@means(linalg.lu_solve)
def lu_solve_meaning(
    lu_and_piv: Any, b: Any, trans: Any = 0, overwrite_b: Any = False, check_finite: Any = True
) -> Any:
    packed, pivots = lu_and_piv
    trans = TRANSPOSED[meanings.static(trans, "trans")]
    return lu_solve(matrix(packed, linalg.lu_solve), right_side(b, linalg.lu_solve), pivots, trans=trans)
