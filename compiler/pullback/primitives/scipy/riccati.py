"""Algebraic Riccati equations: the derivative solves the Lyapunov equation of the closed loop.

Source: Kao and Hennequin (2020), Automatic differentiation of Sylvester, Lyapunov, and algebraic Riccati equations.
`q` and `r` must be symmetric, or SciPy raises: their cotangents are symmetric, and are those along such matrices.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scipy import linalg

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Type, dims_of
from pullback.primitives import meanings
from pullback.primitives.families.linear_algebra import matrix_dtype, solve
from pullback.primitives.families.shaping import mT
from pullback.primitives.inference import Infer, real
from pullback.primitives.kinds import general, total
from pullback.primitives.registry import means
from pullback.primitives.scipy.matrices import matrix, spelled, unasked
from pullback.primitives.scipy.matrix_functions import solve_continuous_lyapunov, solve_discrete_lyapunov


def _like_a(function: Callable[..., Any]) -> Infer:
    dtype = matrix_dtype(function)

    def infer(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
        return (Array(dtype(operands), dims_of(operands[0].type)),)

    return real(infer, spelled(function))


def _symmetric(g: Any) -> Any:
    return 0.5 * (g + mT(g))


# aᵀ x + x a - x b r⁻¹ bᵀ x + q = 0. With k = r⁻¹ bᵀ x and the closed loop c = a - b k:
# cᵀ dx + dx c + daᵀ x + x da + dq - x db k - kᵀ dbᵀ x + kᵀ dr k = 0


def _continuous_vjp(g: Any, out: Any, a: Any, b: Any, q: Any, r: Any) -> Any:
    k = solve(r, mT(b) @ out)
    w = solve_continuous_lyapunov(a - b @ k, -_symmetric(g))
    weighted, gained = out @ w, w @ mT(k)
    return 2.0 * weighted, -2.0 * (out @ gained), w, k @ gained


def _continuous_jvp(tangents: Any, out: Any, a: Any, b: Any, q: Any, r: Any) -> Any:
    k = solve(r, mT(b) @ out)
    right = _moved(tangents, k, out)
    return solve_continuous_lyapunov(mT(a - b @ k), -right)


def _moved(tangents: Any, k: Any, x: Any) -> Any:
    """What the tangents add to the equation, x times the closed loop where that is discrete."""
    ta, tb, tq, tr = tangents
    half = total([None if ta is None else x @ ta, None if tb is None else -(x @ tb @ k)])
    whole = total([None if tq is None else _symmetric(tq), None if tr is None else mT(k) @ _symmetric(tr) @ k])
    return total([None if half is None else half + mT(half), whole])


solve_continuous_are: Primitive = general(
    linalg.solve_continuous_are,
    _continuous_vjp,
    _continuous_jvp,
    _like_a(linalg.solve_continuous_are),
    spelling="scipy.linalg.solve_continuous_are",
)


# aᵀ x a - x - aᵀ x b (r + bᵀ x b)⁻¹ bᵀ x a + q = 0. With k = (r + bᵀ x b)⁻¹ bᵀ x a and c = a - b k:
# dx = cᵀ dx c + daᵀ x c + cᵀ x da + dq - kᵀ dbᵀ x c - cᵀ x db k + kᵀ dr k


def _gain(out: Any, a: Any, b: Any, r: Any) -> Any:
    across = mT(b) @ out
    return solve(r + across @ b, across @ a)


def _discrete_vjp(g: Any, out: Any, a: Any, b: Any, q: Any, r: Any) -> Any:
    k = _gain(out, a, b, r)
    closed = a - b @ k
    w = solve_discrete_lyapunov(closed, _symmetric(g))
    weighted, gained = out @ closed @ w, w @ mT(k)
    return 2.0 * weighted, -2.0 * (out @ closed @ gained), w, k @ gained


def _discrete_jvp(tangents: Any, out: Any, a: Any, b: Any, q: Any, r: Any) -> Any:
    k = _gain(out, a, b, r)
    closed = a - b @ k
    return solve_discrete_lyapunov(mT(closed), _moved(tangents, k, mT(closed) @ out))


solve_discrete_are: Primitive = general(
    linalg.solve_discrete_are,
    _discrete_vjp,
    _discrete_jvp,
    _like_a(linalg.solve_discrete_are),
    spelling="scipy.linalg.solve_discrete_are",
)


def _solution(prim: Primitive, function: Callable[..., Any]) -> None:
    @means(function)
    def meaning(a: Any, b: Any, q: Any, r: Any, e: Any = None, s: Any = None, balanced: Any = True) -> Any:
        near = (a, b, q, r)
        unasked(function, e=e, s=s)
        unasked(function, balanced=None if meanings.static(balanced, "balanced") is True else "False")
        return prim(*(matrix(meanings.arrayed(x, near), function) for x in near))


_solution(solve_continuous_are, linalg.solve_continuous_are)
_solution(solve_discrete_are, linalg.solve_discrete_are)
