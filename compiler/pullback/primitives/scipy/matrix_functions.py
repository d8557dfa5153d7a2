"""Functions of matrices, and linear matrix equations.

The Fréchet derivative of a function of a matrix is the corner of its value on a block matrix (Mathias 1996, A chain
rule for matrix functions): f([[a, e], [0, a]]) has L(a, e) there, and its transpose is L(aᵀ, ·). That of the
exponential is computed as it is, by scaling and squaring (Al-Mohy and Higham 2009).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg

from pullback.ir.core import Primitive
from pullback.ir.types import Array, dims_of
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.conversions import as_array
from pullback.primitives.families.indexing import Index, getitem, sliced
from pullback.primitives.families.joining import concatenate
from pullback.primitives.families.linear_algebra import matrix_dtype
from pullback.primitives.families.shapes import size_of
from pullback.primitives.families.shaping import mT
from pullback.primitives.fitting import cast_to, zeros_like
from pullback.primitives.inference import dtype_of, is_complex
from pullback.primitives.kinds import general, total
from pullback.primitives.registry import NotCovered, means
from pullback.primitives.scipy.matrices import like_first, matrix, unasked
from pullback_runtime import real_valued


def block(a: Any, corner: Any) -> Any:
    """The matrix [[a, corner], [0, a]]."""
    above = concatenate(a, corner, axis=1)
    return concatenate(above, concatenate(zeros_like(a), a, axis=1), axis=0)


def part(x: Any, rows: tuple[Any, Any], columns: tuple[Any, Any]) -> Any:
    (first, up), (second, down) = sliced(*rows, None), sliced(*columns, None)
    return getitem(x, *up, *down, index=Index((first, second)))


def corner(x: Any, n: Any) -> Any:
    """What stands beside the first of two diagonal blocks."""
    return part(x, (None, n), (n, None))


# The exponential.


def _expm_frechet(a: Any, e: Any) -> Any:
    return linalg.expm_frechet(a, e, compute_expm=False)


def _along(a: Any, e: Any) -> Any:
    """The derivative at `a` along `e`. In half precision the constants that SciPy works with overflow."""
    if dtype_of(type_of_operand(a)) != np.float16:
        return expm_frechet(a, e)
    return cast_to(expm_frechet(as_array(a, np.dtype(np.float32)), as_array(e, np.dtype(np.float32))), a)


def _frechet_vjp(g: Any, out: Any, a: Any, e: Any) -> Any:
    n = size_of(a, 0)
    bar = expm_frechet(mT(block(a, e)), block(zeros_like(a), g))
    return part(bar, (None, n), (None, n)) + part(bar, (n, None), (n, None)), expm_frechet(mT(a), g)


def _frechet_jvp(tangents: Any, out: Any, a: Any, e: Any) -> Any:
    ta, te = tangents
    moved = None if te is None else expm_frechet(a, te)
    if ta is None:
        return moved
    turned = corner(expm_frechet(block(a, e), block(ta, zeros_like(a))), size_of(a, 0))
    return total([moved, turned])


expm_frechet: Primitive = general(
    _expm_frechet,
    _frechet_vjp,
    _frechet_jvp,
    like_first(_expm_frechet),
    name="expm_frechet",
    spelling="scipy.linalg.expm_frechet({0}, {1}, compute_expm=False)",
)
expm: Primitive = general(
    linalg.expm,
    lambda g, out, a: _along(mT(a), g),
    lambda tangents, out, a: _along(a, tangents[0]),
    like_first(linalg.expm),
    name="expm",
    spelling="scipy.linalg.expm",
)


@means(linalg.expm)
def expm_meaning(A: Any) -> Any:
    return expm(matrix(A, linalg.expm))


@means(linalg.expm_frechet)
def expm_frechet_meaning(A: Any, E: Any, method: Any = None, compute_expm: Any = True, check_finite: Any = True) -> Any:
    unasked(linalg.expm_frechet, method=method)
    a, e = matrix(A, linalg.expm_frechet), matrix(E, linalg.expm_frechet)
    if meanings.static(compute_expm, "compute_expm"):
        raise NotCovered("`compute_expm=True` of scipy.linalg.expm_frechet", "use compute_expm=False, and expm")
    return expm_frechet(a, e)


# The principal square root and logarithm, where they are real; elsewhere SciPy's are complex, which is an error.


def _sqrtm(a: Any) -> Any:
    return real_valued(linalg.sqrtm(a))


def _logm(a: Any) -> Any:
    return real_valued(linalg.logm(a))


sqrtm: Primitive = general(
    _sqrtm,
    # x x = a  =>  x dx + dx x = da
    lambda g, out, a: solve_sylvester(mT(out), mT(out), g),
    lambda tangents, out, a: solve_sylvester(out, out, tangents[0]),
    like_first(linalg.sqrtm),
    name="sqrtm",
    spelling="real_valued(scipy.linalg.sqrtm({0}))",
)
logm: Primitive = general(
    _logm,
    lambda g, out, a: corner(logm(block(mT(a), g)), size_of(a, 0)),
    lambda tangents, out, a: corner(logm(block(a, tangents[0])), size_of(a, 0)),
    like_first(linalg.logm),
    name="logm",
    spelling="real_valued(scipy.linalg.logm({0}))",
)


@means(linalg.sqrtm)
def sqrtm_meaning(A: Any) -> Any:
    return sqrtm(matrix(A, linalg.sqrtm))


@means(linalg.logm)
def logm_meaning(A: Any) -> Any:
    return logm(matrix(A, linalg.logm))


# Linear equations for a matrix: the equation with the transposed coefficients gives the cotangent of the right side.


def _sylvester_vjp(g: Any, out: Any, a: Any, b: Any, q: Any) -> Any:
    # da x + a dx + dx b + x db = dq
    w = solve_sylvester(mT(a), mT(b), g)
    return -(w @ mT(out)), -(mT(out) @ w), w


def _sylvester_jvp(tangents: Any, out: Any, a: Any, b: Any, q: Any) -> Any:
    ta, tb, tq = tangents
    return solve_sylvester(a, b, total([tq, None if ta is None else -(ta @ out), None if tb is None else -(out @ tb)]))


def _sylvester_type(operands: Any, attrs: Any) -> Any:
    if len({is_complex(o.type) for o in operands}) > 1:
        # SciPy takes real Schur forms there, whose blocks its complex solver does not know
        raise NotCovered("solve_sylvester of real and complex matrices", "make all of them complex")
    return (Array(_sylvester_dtype(operands), dims_of(operands[2].type)),)


_sylvester_dtype = matrix_dtype(linalg.solve_sylvester)


solve_sylvester: Primitive = general(
    linalg.solve_sylvester,
    _sylvester_vjp,
    _sylvester_jvp,
    _sylvester_type,
    name="solve_sylvester",
    spelling="scipy.linalg.solve_sylvester",
)


@means(linalg.solve_sylvester)
def solve_sylvester_meaning(a: Any, b: Any, q: Any) -> Any:
    return solve_sylvester(*(matrix(x, linalg.solve_sylvester) for x in (a, b, q)))


def _continuous_vjp(g: Any, out: Any, a: Any, q: Any) -> Any:
    # da x + x daᵀ + a dx + dx aᵀ = dq
    w = solve_continuous_lyapunov(mT(a), g)
    return -(w @ mT(out) + mT(w) @ out), w


def _continuous_jvp(tangents: Any, out: Any, a: Any, q: Any) -> Any:
    ta, tq = tangents
    return solve_continuous_lyapunov(a, total([tq, None if ta is None else -(ta @ out + out @ mT(ta))]))


solve_continuous_lyapunov: Primitive = general(
    linalg.solve_continuous_lyapunov,
    _continuous_vjp,
    _continuous_jvp,
    like_first(linalg.solve_continuous_lyapunov),
    linalg.solve_continuous_lyapunov,
    accepts="a, q",
    spelling="scipy.linalg.solve_continuous_lyapunov",
)


def _discrete(a: Any, q: Any) -> Any:
    return linalg.solve_discrete_lyapunov(0.5 * a, q)


def _discrete_vjp(g: Any, out: Any, a: Any, q: Any) -> Any:
    # a x aᵀ - x + q = 0  =>  dx - a dx aᵀ = da x aᵀ + a x daᵀ + dq
    w = solve_discrete_lyapunov(mT(a), g)
    return w @ a @ mT(out) + mT(w) @ a @ out, w


def _discrete_jvp(tangents: Any, out: Any, a: Any, q: Any) -> Any:
    ta, tq = tangents
    moved = None if ta is None else ta @ out @ mT(a) + a @ out @ mT(ta)
    return solve_discrete_lyapunov(a, total([tq, moved]))


solve_discrete_lyapunov: Primitive = general(
    linalg.solve_discrete_lyapunov,
    _discrete_vjp,
    _discrete_jvp,
    like_first(_discrete),
    name="solve_discrete_lyapunov",
    spelling="scipy.linalg.solve_discrete_lyapunov",
)


@means(linalg.solve_discrete_lyapunov)
def solve_discrete_lyapunov_meaning(a: Any, q: Any, method: Any = None) -> Any:
    unasked(linalg.solve_discrete_lyapunov, method=method)
    return solve_discrete_lyapunov(*(matrix(x, linalg.solve_discrete_lyapunov) for x in (a, q)))
