"""`scipy.linalg` on band matrices, as LAPACK stores them: element i, j in row `upper + i - j` of column j.

Places of the store that belong to no element are not read, and have derivative 0. The rules of the systems stay within
the band: they cost what a solution costs. That of the Cholesky factor (Murray 2016) goes by whole matrices.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import linalg

import pullback_runtime
from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Type, dims_of, rank
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.linear_algebra import matrix_dtype
from pullback.primitives.families.shapes import size_of
from pullback.primitives.inference import Infer, dtype_of, extent, real, sample_result, unknown_dim
from pullback.primitives.kinds import general, linear, multilinear, total
from pullback.primitives.registry import NotCovered, means
from pullback.primitives.scipy.linalg import cholesky_moved, cholesky_slope
from pullback.primitives.scipy.matrices import right_side, spelled, told


def _band_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (operands[0].type,)


def _square_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims = dims_of(operands[0].type)
    return (Array(dtype_of(operands[0].type), None if dims is None else (dims[1], dims[1])),)


def _of_matrix_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims = dims_of(operands[0].type)
    return (Array(dtype_of(operands[0].type), None if dims is None else (_rows(operands[1:]), dims[1])),)


def _rows(operands: tuple[Atom, ...]) -> Any:
    lower, upper = map(extent, operands[:2])
    return lower + upper + 1 if isinstance(lower, int) and isinstance(upper, int) else unknown_dim()


def _product_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    result = sample_result(lambda x, y: x * y, operands[:2])
    return (Array(None if result is None else dtype_of(result), dims_of(operands[1].type)),)


def _of_product_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    (t,), dims = _product_type(operands, attrs), dims_of(operands[0].type)
    return (Array(dtype_of(t), None if dims is None else (_rows(operands[2:]), dims[0])),)


transposed_band: Primitive = linear(
    pullback_runtime.transposed_band,
    lambda g, ab, lower, upper: transposed_band(g, upper, lower),
    _band_type,
    spelling="transposed_band",
)
band_product: Primitive = multilinear(
    pullback_runtime.band_product,
    lambda g, ab, x, lower, upper: band_of_product(g, x, lower, upper),
    lambda g, ab, x, lower, upper: band_product(transposed_band(ab, lower, upper), g, upper, lower),
    infer=_product_type,
    spelling="band_product",
)
band_of_product: Primitive = multilinear(
    pullback_runtime.band_of_product,
    lambda g, x, y, lower, upper: band_product(g, y, lower, upper),
    lambda g, x, y, lower, upper: band_product(transposed_band(g, lower, upper), x, upper, lower),
    infer=_of_product_type,
    spelling="band_of_product",
)
matrix_of_band: Primitive = linear(
    pullback_runtime.matrix_of_band,
    lambda g, ab, lower, upper: band_of_matrix(g, lower, upper),
    _square_type,
    spelling="matrix_of_band",
)
band_of_matrix: Primitive = linear(
    pullback_runtime.band_of_matrix,
    lambda g, a, lower, upper: matrix_of_band(g, lower, upper),
    _of_matrix_type,
    spelling="band_of_matrix",
)


def _band(ab: Any, function: Callable[..., Any]) -> Any:
    ab = meanings.arrayed(ab, ab)
    if rank(type_of_operand(ab)) != 2:
        raise NotCovered(f"{spelled(function)} of what is not known to be one band matrix, in two dimensions,")
    return ab


def _solution(function: Callable[..., Any], sample: Callable[..., Any]) -> Infer:
    """The shape of the right side."""
    dtype = matrix_dtype(sample)

    def infer(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
        return (Array(dtype(operands[:2]), dims_of(operands[1].type)),)

    return real(infer, spelled(function))


# General band matrices.


def _solve_banded(ab: Any, b: Any, lower: int, upper: int) -> Any:
    return linalg.solve_banded((lower, upper), ab, b)


def _two_equations(ab: Any, b: Any) -> Any:
    """A sample of them; one equation is not solved by LAPACK, and has the dtype of `b`."""
    band = np.zeros((3, 2), np.asarray(ab).dtype)
    band[1] = 1
    return _solve_banded(band, np.repeat(b, 2), 1, 1)


def _solve_vjp(g: Any, out: Any, ab: Any, b: Any, lower: Any, upper: Any) -> Any:
    # with aᵀ w = g: <g, dx> = <w, db - da x>
    w = solve_banded(transposed_band(ab, lower, upper), g, upper, lower)
    return -band_of_product(w, out, lower, upper), w


def _solve_jvp(tangents: Any, out: Any, ab: Any, b: Any, lower: Any, upper: Any) -> Any:
    ta, tb = tangents[:2]
    moved = None if ta is None else -band_product(ta, out, lower, upper)
    return solve_banded(ab, total([moved, tb]), lower, upper)


solve_banded: Primitive = general(
    _solve_banded,
    _solve_vjp,
    _solve_jvp,
    _solution(linalg.solve_banded, _two_equations),
    name="solve_banded",
    spelling="scipy.linalg.solve_banded(({2}, {3}), {0}, {1})",
)


@means(linalg.solve_banded)
def solve_banded_meaning(
    l_and_u: Any, ab: Any, b: Any, overwrite_ab: Any = False, overwrite_b: Any = False, check_finite: Any = True
) -> Any:
    lower, upper = l_and_u
    ab, b = meanings.arrayed(ab, (ab, b)), meanings.arrayed(b, (ab, b))
    return solve_banded(_band(ab, linalg.solve_banded), right_side(b, linalg.solve_banded), lower, upper)


# Symmetric positive definite ones: one side of the band, `ab`, stands for both.


def _with_rows(count: Callable[[int], int]) -> Infer:
    """A band with as many rows as `count` makes of those that it had."""

    def infer(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
        dtype, dims = dtype_of(operands[0].type), dims_of(operands[0].type)
        if dims is None:
            return (Array(dtype, None),)
        return (Array(dtype, (count(dims[0]) if isinstance(dims[0], int) else unknown_dim(), dims[1])),)

    return infer


both_sides: Primitive = linear(
    pullback_runtime.both_sides,
    lambda g, ab, lower: one_side(g, lower=lower),
    _with_rows(lambda rows: 2 * rows - 1),
    spelling="both_sides({0}, lower={lower})",
)
one_side: Primitive = linear(
    pullback_runtime.one_side,
    lambda g, ab, lower: both_sides(g, lower=lower),
    _with_rows(lambda rows: rows // 2 + 1),
    spelling="one_side({0}, lower={lower})",
)


def _width(ab: Any) -> Any:
    """How many diagonals there are on each side of the main one."""
    return size_of(ab, 0) - 1


def _solveh_banded(ab: Any, b: Any, lower: bool) -> Any:
    return linalg.solveh_banded(ab, b, lower=lower)


def _solveh_vjp(g: Any, out: Any, ab: Any, b: Any, lower: bool) -> Any:
    w, width = solveh_banded(ab, g, lower=lower), _width(ab)
    return -one_side(band_of_product(w, out, width, width), lower=lower), w


def _solveh_jvp(tangents: Any, out: Any, ab: Any, b: Any, lower: bool) -> Any:
    (ta, tb), width = tangents, _width(ab)
    moved = None if ta is None else -band_product(both_sides(ta, lower=lower), out, width, width)
    return solveh_banded(ab, total([moved, tb]), lower=lower)


solveh_banded: Primitive = general(
    _solveh_banded,
    _solveh_vjp,
    _solveh_jvp,
    _solution(linalg.solveh_banded, lambda ab, b: _solveh_banded(ab, b, False)),
    name="solveh_banded",
    spelling="scipy.linalg.solveh_banded({0}, {1}, lower={lower})",
)


@means(linalg.solveh_banded)
def solveh_banded_meaning(
    ab: Any,
    b: Any,
    overwrite_ab: Any = False,
    overwrite_b: Any = False,
    lower: Any = False,
    check_finite: Any = True,
) -> Any:
    ab, b = meanings.arrayed(ab, (ab, b)), meanings.arrayed(b, (ab, b))
    lower = told(lower, "lower")
    return solveh_banded(_band(ab, linalg.solveh_banded), right_side(b, linalg.solveh_banded), lower=lower)


# Cholesky factors in a band: what is in the corners of the store stays there.


def _cholesky_banded(ab: Any, lower: bool) -> Any:
    return linalg.cholesky_banded(ab, lower=lower)


def _sides(ab: Any, lower: bool) -> tuple[Any, Any]:
    """How many diagonals of the store are below the main one, and above."""
    return (_width(ab), 0) if lower else (0, _width(ab))


def _corners(ab: Any, below: Any, above: Any) -> Any:
    """What belongs to no element, zeros elsewhere."""
    return ab - transposed_band(transposed_band(ab, below, above), above, below)


def _banded_slope(g: Any, out: Any, ab: Any, lower: bool) -> Any:
    sides = _sides(ab, lower)
    g_whole, factor = (matrix_of_band(x, *sides) for x in (g, out))
    return band_of_matrix(cholesky_slope(g_whole, factor, lower), *sides) + _corners(g, *sides)


def _banded_moved(tangents: Any, out: Any, ab: Any, lower: bool) -> Any:
    sides = _sides(ab, lower)
    t_whole, factor = (matrix_of_band(x, *sides) for x in (tangents[0], out))
    return band_of_matrix(cholesky_moved(t_whole, factor, lower), *sides) + _corners(tangents[0], *sides)


def _factor_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (Array(_factor_dtype(operands), dims_of(operands[0].type)),)


_factor_dtype = matrix_dtype(linalg.cholesky_banded)
cholesky_banded: Primitive = general(
    _cholesky_banded,
    _banded_slope,
    _banded_moved,
    real(_factor_type, "scipy.linalg.cholesky_banded"),
    name="cholesky_banded",
    spelling="scipy.linalg.cholesky_banded({0}, lower={lower})",
)


@means(linalg.cholesky_banded)
def cholesky_banded_meaning(ab: Any, overwrite_ab: Any = False, lower: Any = False, check_finite: Any = True) -> Any:
    return cholesky_banded(_band(ab, linalg.cholesky_banded), lower=told(lower, "lower"))


def _cho_solve_banded(cb: Any, b: Any, lower: bool) -> Any:
    return linalg.cho_solve_banded((cb, lower), b)


def _cho_solve_vjp(g: Any, out: Any, cb: Any, b: Any, lower: bool) -> Any:
    # a = l lᵀ and ā = -w outᵀ  =>  the cotangent of l is (ā + āᵀ) l = -(w (lᵀ out)ᵀ + out (lᵀ w)ᵀ); u = lᵀ
    w, sides, (_, up) = cho_solve_banded(cb, g, lower=lower), _sides(cb, lower), _low_and_up(cb, lower)
    pairs = [(w, band_product(up, out, 0, _width(cb))), (out, band_product(up, w, 0, _width(cb)))]
    first, second = (band_of_product(*(pair if lower else reversed(pair)), *sides) for pair in pairs)
    return -(first + second), w


def _cho_solve_jvp(tangents: Any, out: Any, cb: Any, b: Any, lower: bool) -> Any:
    (tc, tb), width = tangents, _width(cb)
    moved = None
    if tc is not None:
        low, up = _low_and_up(cb, lower)
        t_low, t_up = _low_and_up(tc, lower)
        first = band_product(t_low, band_product(up, out, 0, width), width, 0)
        moved = -(first + band_product(low, band_product(t_up, out, 0, width), width, 0))
    return cho_solve_banded(cb, total([moved, tb]), lower=lower)


def _low_and_up(cb: Any, lower: bool) -> tuple[Any, Any]:
    """A factor and its transpose, the lower one first."""
    other = transposed_band(cb, *_sides(cb, lower))
    return (cb, other) if lower else (other, cb)


cho_solve_banded: Primitive = general(
    _cho_solve_banded,
    _cho_solve_vjp,
    _cho_solve_jvp,
    _solution(linalg.cho_solve_banded, lambda cb, b: _cho_solve_banded(cb, b, False)),
    name="cho_solve_banded",
    spelling="scipy.linalg.cho_solve_banded(({0}, {lower}), {1})",
)


@means(linalg.cho_solve_banded)
def cho_solve_banded_meaning(cb_and_lower: Any, b: Any, overwrite_b: Any = False, check_finite: Any = True) -> Any:
    cb, lower = cb_and_lower
    cb, b = meanings.arrayed(cb, (cb, b)), meanings.arrayed(b, (cb, b))
    lower = told(lower, "lower")
    return cho_solve_banded(_band(cb, linalg.cho_solve_banded), right_side(b, linalg.cho_solve_banded), lower=lower)
