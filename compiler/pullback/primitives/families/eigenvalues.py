"""Eigenvalues and eigenvectors of matrices without symmetry, which must be complex.

Source: Boeddeker et al. (2017), On the computation of complex-valued gradients with application to statistically
optimum beamforming, section 4.8, for vectors of length one. Eigenvalues are taken to be simple: where two agree, what
uses their vectors is NaN, and what uses the values apart has no derivative. Of a matrix that is not diagonalisable
the derivatives are infinite; what is computed is of the size of 1 / eps, or NumPy finds a singular matrix.

NumPy decides by the values of a real matrix whether its eigenvalues are real or complex; so real ones are refused.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import pullback_runtime
from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Type
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.complex_parts import conj, real
from pullback.primitives.families.decompositions import over_gaps, scaled_columns, whatever_phase
from pullback.primitives.families.diagonals import diagonal
from pullback.primitives.families.linear_algebra import solve, square_dims
from pullback.primitives.families.reductions import sum_
from pullback.primitives.families.shaping import expand_dims, mH
from pullback.primitives.inference import dtype_of, is_complex
from pullback.primitives.kinds import general, total
from pullback.primitives.registry import NotCovered, means


def _values_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims = square_dims(operands[0])
    return (Array(dtype_of(operands[0].type), None if dims is None else dims[:-1]),)


def _eig_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    (values,) = _values_type(operands, attrs)
    return values, Array(dtype_of(operands[0].type), square_dims(operands[0]))


def _along(v: Any, x: Any) -> Any:
    """The real parts of v_jᴴ x_j, column by column: what of `x` would change the lengths of `v`."""
    return sum_(real(conj(v) * x), axis=-2, keepdims=False)


def eig_slope(g: Any, out: Any, a: Any, like: Any = None) -> Any:
    # ā = v⁻ᴴ (diag(w̄) + F ∘ vᴴ (v̄ - v Re diag(vᴴ v̄))) vᴴ with F_ij = 1 / conj(w_j - w_i)
    (g_w, g_v), (w, v) = (None if part is None else conj(part) for part in g), out
    from_values = None if g_w is None else _diagonal_times(g_w, mH(v))
    from_vectors = None
    if g_v is not None:
        across = mH(v) @ (g_v - scaled_columns(v, _along(v, g_v)))
        from_vectors = over_gaps(whatever_phase(across, g_v), conj(w)) @ mH(v)
    return conj(solve(mH(v), total([from_values, from_vectors])))


def _diagonal_times(s: Any, x: Any) -> Any:
    """The product of diag(s) and `x`."""
    return expand_dims(s, axis=-1) * x


def eig_moved(tangents: Any, out: Any, a: Any, like: Any = None) -> Any:
    w, v = out
    if tangents[0] is None:
        return None, None
    p = solve(v, tangents[0] @ v)
    moved = v @ over_gaps(p, w)
    return _diagonal(p), moved - scaled_columns(v, _along(v, moved))


def _diagonal(p: Any) -> Any:
    return diagonal(p, offset=0, axis1=-2, axis2=-1)


eig: Primitive = general(np.linalg.eig, eig_slope, eig_moved, _eig_type, spelling="np.linalg.eig")
# without vectors LAPACK computes otherwise, and may find the values in another order
eig_in_order: Primitive = general(
    pullback_runtime.eig_in_order, eig_slope, eig_moved, _eig_type, spelling="eig_in_order"
)


def _eigvals_vjp(g: Any, out: Any, a: Any) -> Any:
    _, v = eig_in_order(a, out)
    return conj(solve(mH(v), _diagonal_times(conj(g), mH(v))))


def _eigvals_jvp(tangents: Any, out: Any, a: Any) -> Any:
    _, v = eig_in_order(a, out)
    return _diagonal(solve(v, tangents[0] @ v))


eigvals: Primitive = general(np.linalg.eigvals, _eigvals_vjp, _eigvals_jvp, _values_type, spelling="np.linalg.eigvals")
EigResult = type(np.linalg.eig(np.eye(1)))


def _complex_matrix(a: Any) -> Any:
    a = meanings.arrayed(a, a)
    if not is_complex(type_of_operand(a)):
        raise NotCovered(
            "a matrix that is not known to be complex, whose eigenvalues are real or complex by its values,",
            "pass `a + 0j`, or use np.linalg.eigh where it is symmetric",
        )
    return a


@means(np.linalg.eigvals)
def eigvals_meaning(a: Any) -> Any:
    return eigvals(_complex_matrix(a))


@means(np.linalg.eig)
def eig_meaning(a: Any) -> Any:
    return EigResult(*eig(_complex_matrix(a)))
