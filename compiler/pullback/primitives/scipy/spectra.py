"""`scipy.linalg`: eigenvalues of matrices without symmetry, of tridiagonal ones, and of pairs of symmetric ones.

SciPy's eigenvalues of a matrix without symmetry are complex whatever they are; its eigenvectors are real or complex by
their values, so that of a real matrix the vectors are refused.
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
from pullback.primitives.families.complex_parts import conj
from pullback.primitives.families.conversions import as_array
from pullback.primitives.families.decompositions import over_gaps, qr, scaled_columns, svd
from pullback.primitives.families.diagonals import diagonal
from pullback.primitives.families.eigenvalues import eig_in_order, eig_moved, eig_slope
from pullback.primitives.families.indexing import Index, Slice, getitem
from pullback.primitives.families.linear_algebra import matrix_dtype, solve, square_dims
from pullback.primitives.families.reductions import sum_
from pullback.primitives.families.shaping import expand_dims, flip, mH, mT
from pullback.primitives.inference import dtype_of, is_complex, real, sample_result, unknown_dim
from pullback.primitives.kinds import general, total
from pullback.primitives.registry import PRIMITIVES, NotCovered, means
from pullback.primitives.scipy.matrices import matrix, spelled, told, unasked
from pullback.primitives.scipy.structured import vector
from pullback.primitives.scipy.twins import shorter

# Without symmetry. The values are found again beside their vectors, in the order in which they came.


def _values_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims = square_dims(operands[0])
    return (Array(_values_dtype(operands), None if dims is None else dims[:-1]),)


_values_dtype = matrix_dtype(linalg.eigvals)


def _eig_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    (values,) = _values_type(operands, attrs)
    return values, Array(dtype_of(values), square_dims(operands[0]))


def _vectors(a: Any, out: Any) -> Any:
    dtype = dtype_of(type_of_operand(out))
    return eig_in_order(a if is_complex(type_of_operand(a)) else as_array(a, dtype), out)[1]


def _eigvals_vjp(g: Any, out: Any, a: Any) -> Any:
    v = _vectors(a, out)
    return conj(solve(mH(v), expand_dims(conj(g), axis=-1) * mH(v)))


def _eigvals_jvp(tangents: Any, out: Any, a: Any) -> Any:
    v = _vectors(a, out)
    return diagonal(solve(v, tangents[0] @ v), offset=0, axis1=-2, axis2=-1)


eigvals: Primitive = general(
    linalg.eigvals, _eigvals_vjp, _eigvals_jvp, _values_type, name="scipy_eigvals", spelling="scipy.linalg.eigvals"
)
eig: Primitive = general(linalg.eig, eig_slope, eig_moved, _eig_type, name="scipy_eig", spelling="scipy.linalg.eig")


@means(linalg.eigvals)
def eigvals_meaning(
    a: Any, b: Any = None, overwrite_a: Any = False, check_finite: Any = True, homogeneous_eigvals: Any = False
) -> Any:
    unasked(linalg.eigvals, b=b, homogeneous_eigvals=homogeneous_eigvals)
    return eigvals(matrix(a, linalg.eigvals))


@means(linalg.eig)
def eig_meaning(
    a: Any,
    b: Any = None,
    left: Any = False,
    right: Any = True,
    overwrite_a: Any = False,
    overwrite_b: Any = False,
    check_finite: Any = True,
    homogeneous_eigvals: Any = False,
) -> Any:
    unasked(linalg.eig, b=b, left=left, homogeneous_eigvals=homogeneous_eigvals)
    a = matrix(a, linalg.eig)
    if not told(right, "right"):
        return eigvals(a)
    if not is_complex(type_of_operand(a)):
        raise NotCovered(
            "scipy.linalg.eig of a matrix that is not known to be complex, whose vectors are real or complex by its "
            "values,",
            "pass `a + 0j`, use scipy.linalg.eigvals for the values alone, or scipy.linalg.eigh where it is symmetric",
        )
    return tuple(eig(a))


# Symmetric tridiagonal matrices, by their diagonal d and the one beside it, e.


def _tridiagonal(d: Any, e: Any, lapack_driver: str) -> Any:
    return linalg.eigh_tridiagonal(d, e, lapack_driver=lapack_driver)


def _values_of_tridiagonal(d: Any, e: Any, lapack_driver: str) -> Any:
    return linalg.eigvalsh_tridiagonal(d, e, lapack_driver=lapack_driver)


def _sampled(d: Any, e: Any) -> Any:
    return linalg.eigvalsh_tridiagonal(np.repeat(np.ravel(d), 2), np.ravel(e))[0]


def _tridiagonal_types(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    result, dims = sample_result(_sampled, operands), dims_of(operands[0].type)
    dtype = None if result is None else dtype_of(result)
    return Array(dtype, dims), Array(dtype, None if dims is None else (dims[0], dims[0]))


def _rows(x: Any, start: int | None, stop: int | None) -> Any:
    return getitem(x, index=Index((Slice(start, stop),)))


def _tridiagonal_vjp(g: Any, out: Any, d: Any, e: Any, lapack_driver: str) -> Any:
    # ā = v (diag(w̄) + F ∘ (vᵀ v̄)) vᵀ with F_ij = 1 / (w_j - w_i), as of eigh; of it, what stands beside the diagonal
    (g_w, g_v), (w, v) = g, out
    if g_v is None:
        return _by_values(g_w, v)
    from_values = None if g_w is None else scaled_columns(v, g_w)
    bar = total([from_values, v @ over_gaps(mT(v) @ g_v, w)]) @ mT(v)
    above, below = (diagonal(bar, offset=k, axis1=0, axis2=1) for k in (1, -1))
    return diagonal(bar, offset=0, axis1=0, axis2=1), above + below


def _by_values(g: Any, v: Any) -> tuple[Any, Any]:
    return (v * v) @ g, 2.0 * ((_rows(v, None, -1) * _rows(v, 1, None)) @ g)


def _in_basis(tangents: Any, v: Any) -> Any:
    """The tangent of the matrix, in the basis of the eigenvectors."""
    td, te = tangents
    side = None if te is None else mT(_rows(v, None, -1)) @ (expand_dims(te, axis=1) * _rows(v, 1, None))
    both = None if side is None else side + mT(side)
    return total([None if td is None else mT(v) @ (expand_dims(td, axis=1) * v), both])


def _tridiagonal_jvp(tangents: Any, out: Any, d: Any, e: Any, lapack_driver: str) -> Any:
    w, v = out
    p = _in_basis(tangents, v)
    return diagonal(p, offset=0, axis1=0, axis2=1), v @ over_gaps(p, w)


eigh_tridiagonal: Primitive = general(
    _tridiagonal,
    _tridiagonal_vjp,
    _tridiagonal_jvp,
    real(_tridiagonal_types, "scipy.linalg.eigh_tridiagonal"),
    name="eigh_tridiagonal",
    spelling="scipy.linalg.eigh_tridiagonal({0}, {1}, lapack_driver={lapack_driver})",
)


def _values_vjp(g: Any, out: Any, d: Any, e: Any, lapack_driver: str) -> Any:
    return _by_values(g, eigh_tridiagonal(d, e, lapack_driver="auto")[1])


def _values_jvp(tangents: Any, out: Any, d: Any, e: Any, lapack_driver: str) -> Any:
    _, v = eigh_tridiagonal(d, e, lapack_driver="auto")
    return diagonal(_in_basis(tangents, v), offset=0, axis1=0, axis2=1)


eigvalsh_tridiagonal: Primitive = general(
    _values_of_tridiagonal,
    _values_vjp,
    _values_jvp,
    real(lambda operands, attrs: _tridiagonal_types(operands, attrs)[:1], "scipy.linalg.eigvalsh_tridiagonal"),
    name="eigvalsh_tridiagonal",
    spelling="scipy.linalg.eigvalsh_tridiagonal({0}, {1}, lapack_driver={lapack_driver})",
)


def _all_of_tridiagonal(
    function: Callable[..., Any], d: Any, e: Any, select: Any, select_range: Any, tol: Any, lapack_driver: Any
) -> tuple[Any, Any, str]:
    near = (d, e)
    if meanings.static(select, "select") not in ("a", "all", 0) or select_range is not None or tol != 0.0:
        raise NotCovered(
            f"`select=`, `select_range=` or `tol=` of {spelled(function)}", "take them all, and choose among them"
        )
    return vector(d, near, function), vector(e, near, function), meanings.static(lapack_driver, "lapack_driver")


@means(linalg.eigh_tridiagonal)
def eigh_tridiagonal_meaning(
    d: Any,
    e: Any,
    eigvals_only: Any = False,
    select: Any = "a",
    select_range: Any = None,
    check_finite: Any = True,
    tol: Any = 0.0,
    lapack_driver: Any = "auto",
) -> Any:
    d, e, driver = _all_of_tridiagonal(linalg.eigh_tridiagonal, d, e, select, select_range, tol, lapack_driver)
    if told(eigvals_only, "eigvals_only"):
        return eigvalsh_tridiagonal(d, e, lapack_driver=driver)
    return tuple(eigh_tridiagonal(d, e, lapack_driver=driver))


@means(linalg.eigvalsh_tridiagonal)
def eigvalsh_tridiagonal_meaning(
    d: Any,
    e: Any,
    select: Any = "a",
    select_range: Any = None,
    check_finite: Any = True,
    tol: Any = 0.0,
    lapack_driver: Any = "auto",
) -> Any:
    d, e, driver = _all_of_tridiagonal(linalg.eigvalsh_tridiagonal, d, e, select, select_range, tol, lapack_driver)
    return eigvalsh_tridiagonal(d, e, lapack_driver=driver)


# Angles between the spaces of the columns of two matrices, by orthonormal bases q and the cosines of the angles, which
# are the singular values: qₐᵀ q_b = u diag(cos) vᵀ. With p = qₐ u and s = q_b v, the columns of s - p diag(cos) are
# normal to the first space: d cos_k = (s_k - cos_k p_k)ᵀ da rₐ⁻¹ u_k + the same the other way round. The smallest
# angle is last. At an angle of 0, within rounding, the derivative is taken to be 0, as that of a norm.


def _angles_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    columns = [(dims_of(o.type) or (unknown_dim(), unknown_dim()))[1] for o in operands]
    return (Array(_angles_dtype(operands), (shorter(*columns),)),)


_angles_dtype = matrix_dtype(linalg.subspace_angles)


def _principal(a: Any, b: Any) -> tuple[Any, Any, Any]:
    """What normals and coefficients the derivatives by `a` and by `b` consist of; 1 / sin."""
    (q_a, r_a), (q_b, r_b) = qr(a), qr(b)
    u, cos, vt = svd(mT(q_a) @ q_b, full_matrices=False)
    p, s = q_a @ u, q_b @ mT(vt)
    by_a = s - scaled_columns(p, cos), solve(r_a, u)
    by_b = p - scaled_columns(s, cos), solve(r_b, mT(vt))
    sin = PRIMITIVES["sqrt"](sum_(by_a[0] * by_a[0], axis=0, keepdims=False))
    noise = 64.0 * float(np.finfo(dtype_of(type_of_operand(sin)) or float).eps)
    return by_a, by_b, 1.0 / PRIMITIVES["where"](sin > noise, sin, np.inf)


def _angles_vjp(g: Any, out: Any, a: Any, b: Any) -> Any:
    by_a, by_b, scale = _principal(a, b)
    weights = flip(g, axis=0) * scale
    return tuple(-(scaled_columns(normal, weights) @ mT(along)) for normal, along in (by_a, by_b))


def _angles_jvp(tangents: Any, out: Any, a: Any, b: Any) -> Any:
    by_a, by_b, scale = _principal(a, b)
    moved = [
        None if t is None else sum_(normal * (t @ along), axis=0, keepdims=False)
        for t, (normal, along) in zip(tangents, (by_a, by_b), strict=True)
    ]
    return -flip(total(moved) * scale, axis=0)


subspace_angles: Primitive = general(
    linalg.subspace_angles,
    _angles_vjp,
    _angles_jvp,
    real(_angles_type, "scipy.linalg.subspace_angles"),
    spelling="scipy.linalg.subspace_angles",
)


@means(linalg.subspace_angles)
def subspace_angles_meaning(A: Any, B: Any) -> Any:
    near = (A, B)
    return subspace_angles(*(matrix(meanings.arrayed(x, near), linalg.subspace_angles) for x in near))
