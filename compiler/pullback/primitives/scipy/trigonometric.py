"""Circular and hyperbolic functions of matrices, powers, and the sign.

The derivatives of the first two are corners of their values on block matrices, as in matrix_functions.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import linalg

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Type, rank
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.linear_algebra import matrix_dtype, square_dims
from pullback.primitives.families.reductions import sum_
from pullback.primitives.families.shapes import size_of
from pullback.primitives.families.shaping import mT
from pullback.primitives.inference import real
from pullback.primitives.kinds import general, total
from pullback.primitives.registry import MEANINGS, NotCovered, means
from pullback.primitives.scipy.matrices import like_first, matrix, spelled, unasked
from pullback.primitives.scipy.matrix_functions import block, corner, expm_frechet, logm, solve_sylvester
from pullback_runtime import real_valued


def _by_blocks(function: Callable[..., Any]) -> Primitive:
    prim: Primitive = general(
        function,
        lambda g, out, a: corner(prim(block(mT(a), g)), size_of(a, 0)),
        lambda tangents, out, a: corner(prim(block(a, tangents[0])), size_of(a, 0)),
        like_first(function),
        spelling=spelled(function),
    )

    @means(function)
    def meaning(A: Any) -> Any:
        return prim(matrix(A, function))

    return prim


cosm, sinm, tanm, coshm, sinhm, tanhm = map(
    _by_blocks, (linalg.cosm, linalg.sinm, linalg.tanm, linalg.coshm, linalg.sinhm, linalg.tanhm)
)


# Powers exp(t log(a)), where they are real: their derivative is that of the exponential along that of the logarithm
# (Higham and Lin 2013). Whole powers are products.


def _power(a: Any, t: Any) -> Any:
    return real_valued(linalg.fractional_matrix_power(a, t))


def _power_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (Array(_power_dtype(operands[:1]), square_dims(operands[0])),)


_power_dtype = matrix_dtype(lambda a: linalg.fractional_matrix_power(a, 0.5))


def _power_vjp(g: Any, out: Any, a: Any, t: Any) -> Any:
    x = logm(a)
    bar = expm_frechet(mT(t * x), g)
    return corner(logm(block(mT(a), t * bar)), size_of(a, 0)), sum_(bar * x, axis=None, keepdims=False)


def _power_jvp(tangents: Any, out: Any, a: Any, t: Any) -> Any:
    (ta, tt), x = tangents, logm(a)
    moved = None if ta is None else t * corner(logm(block(a, ta)), size_of(a, 0))
    return expm_frechet(t * x, total([moved, None if tt is None else tt * x]))


power: Primitive = general(
    _power,
    _power_vjp,
    _power_jvp,
    real(_power_type, "scipy.linalg.fractional_matrix_power"),
    name="fractional_matrix_power",
    spelling="real_valued(scipy.linalg.fractional_matrix_power({0}, {1}))",
)


@means(linalg.fractional_matrix_power)
def power_meaning(A: Any, t: Any) -> Any:
    near = (A, t)
    if rank(type_of_operand(t)) != 0:
        raise NotCovered("scipy.linalg.fractional_matrix_power by what is not known to be a number")
    if not meanings.has_pen(t) and t == int(t):
        return MEANINGS[np.linalg.matrix_power](matrix(A, linalg.fractional_matrix_power), int(t))
    return power(matrix(meanings.arrayed(A, near), linalg.fractional_matrix_power), t)


# The sign s, with s s = 1 and s a = a s. With n = (a a)^½ = s a: n ds + ds n = da - s da s (Higham 2008, theorem 5.7).


def _signm(a: Any) -> Any:
    return real_valued(linalg.signm(a))


def _signm_vjp(g: Any, out: Any, a: Any) -> Any:
    root = mT(out @ a)
    w = solve_sylvester(root, root, g)
    return w - mT(out) @ w @ mT(out)


def _signm_jvp(tangents: Any, out: Any, a: Any) -> Any:
    root, t = out @ a, tangents[0]
    return solve_sylvester(root, root, t - out @ t @ out)


signm: Primitive = general(
    _signm,
    _signm_vjp,
    _signm_jvp,
    like_first(linalg.signm),
    name="signm",
    spelling="real_valued(scipy.linalg.signm({0}))",
)


@means(linalg.signm)
def signm_meaning(A: Any, disp: Any = None) -> Any:
    unasked(linalg.signm, disp=disp)
    return signm(matrix(A, linalg.signm))
