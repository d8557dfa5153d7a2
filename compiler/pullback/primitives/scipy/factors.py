"""`scipy.linalg`: QR and RQ, by the rules of np.linalg.qr (Walter and Lehmann 2018), and polar factors.

A complement of the columns of a matrix is a choice among many, and has no derivative: where a result depends on those
columns of a square Q, that is an error at run time (`without_complement` of the runtime).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg

import pullback_runtime
from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Dims, Type, dims_of
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.decompositions import scaled_columns, svd
from pullback.primitives.families.indexing import Hole, Index, Slice, getitem, sliced
from pullback.primitives.families.joining import concatenate
from pullback.primitives.families.linear_algebra import matrix_dtype
from pullback.primitives.families.reductions import sum_
from pullback.primitives.families.shapes import size_of
from pullback.primitives.families.shaping import expand_dims, flip, mT
from pullback.primitives.inference import dtype_of, extent, real, sample_result, unknown_dim
from pullback.primitives.kinds import general, linear, total, zeros_like
from pullback.primitives.registry import MEANINGS, PRIMITIVES, NotCovered, means
from pullback.primitives.scipy.linalg import mirrored, whole
from pullback.primitives.scipy.matrices import like_first, matrix, told, unasked
from pullback.primitives.scipy.twins import shorter


def _dims(operands: tuple[Atom, ...]) -> Dims:
    return dims_of(operands[0].type) or (unknown_dim(), unknown_dim())


def _rows(x: Any, start: Any, stop: Any) -> Any:
    item, holes = sliced(start, stop, None)
    return getitem(x, *holes, index=Index((item,)))


def _columns(x: Any, start: Any, stop: Any) -> Any:
    item, holes = sliced(start, stop, None)
    return getitem(x, *holes, index=Index((Slice(), item)))


def _is_unique(a: Any, is_tall: bool) -> bool:
    """Whether a square Q is surely no more than what the matrix determines."""
    rows, columns = dims_of(type_of_operand(a)) or (0, 1)
    if isinstance(rows, int) and isinstance(columns, int):
        return rows >= columns if is_tall else rows <= columns
    return rows == columns


def _check_complement(a: Any, function: str, is_tall: bool) -> None:
    if not _is_unique(a, is_tall):
        raise NotCovered(
            f"the square Q of scipy.linalg.{function} of a matrix that is not known to be square",
            "use mode='economic'",
        )


# QR: the modes "full", "economic" and "r", and columns in an order that the factorisation chooses.


def _qr(a: Any, mode: str, pivoting: bool) -> Any:
    return linalg.qr(a, mode=mode, pivoting=pivoting)


def _qr_types(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    (rows, columns), dtype = _dims(operands), _qr_dtype(operands)
    k = shorter(rows, columns) if attrs["mode"] == "economic" else rows
    places = (Array(np.dtype(np.int32), (columns,)),) if attrs["pivoting"] else ()
    return (Array(dtype, (rows, k)), Array(dtype, (k, columns)), *places)


_qr_dtype = matrix_dtype(lambda a: linalg.qr(a)[1])


def _permuted(x: Any, places: Any) -> Any:
    return getitem(x, places, index=Index((Slice(), Hole())))


def _narrow(q: Any, r: Any, a: Any, mode: str) -> tuple[Any, Any]:
    """The economic factors of `a`, of those of a mode."""
    if mode == "economic":
        return q, r
    columns = size_of(a, 1)  # where there are fewer rows, all of them are taken
    return _columns(q, None, columns), _rows(r, None, columns)


def _narrow_bars(g_q: Any, g_r: Any, a: Any, mode: str) -> tuple[Any, Any]:
    """Their cotangents; an error at run time where the complement of the columns matters."""
    if mode == "economic":
        return g_q, g_r
    columns = size_of(a, 1)
    if g_q is not None and not _is_unique(a, is_tall=False):
        g_q = without_complement(g_q, columns)
    return g_q, None if g_r is None else _rows(g_r, None, columns)


def _kept_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    t, dims = operands[0].type, dims_of(operands[0].type)
    return (Array(dtype_of(t), None if dims is None else (dims[0], shorter(dims[1], extent(operands[1])))),)


without_complement: Primitive = linear(
    pullback_runtime.without_complement,
    lambda g, bar, count: concatenate(g, zeros_like(_columns(bar, count, None)), axis=1),
    _kept_type,
    spelling="without_complement",
)


def _qr_vjp(g: Any, out: Any, a: Any, mode: str, pivoting: bool) -> Any:
    if g[0] is None and g[1] is None:
        return None
    at = _permuted(a, out[2]) if pivoting else a
    rule = PRIMITIVES["qr"].vjp
    assert rule is not None
    (bar,) = rule(_narrow_bars(g[0], g[1], a, mode), _narrow(out[0], out[1], a, mode), (at,), {}, (True,))
    return _permuted(bar, MEANINGS[np.argsort](out[2])) if pivoting else bar


def _qr_jvp(tangents: Any, out: Any, a: Any, mode: str, pivoting: bool) -> Any:
    if mode == "full":
        _check_complement(a, "qr", is_tall=False)
    at, moved = (_permuted(x, out[2]) if pivoting else x for x in (a, tangents[0]))
    rule = PRIMITIVES["qr"].jvp
    assert rule is not None
    return (*rule((moved,), out[:2], (at,), {}), *([None] if pivoting else []))


qr: Primitive = general(
    _qr,
    _qr_vjp,
    _qr_jvp,
    real(_qr_types, "scipy.linalg.qr"),
    name="scipy_qr",
    spelling="scipy.linalg.qr({0}, mode={mode}, pivoting={pivoting})",
)


@means(linalg.qr)
def qr_meaning(
    a: Any,
    overwrite_a: Any = False,
    lwork: Any = None,
    mode: Any = "full",
    pivoting: Any = False,
    check_finite: Any = True,
) -> Any:
    a, mode, pivoting = matrix(a, linalg.qr), meanings.static(mode, "mode"), told(pivoting, "pivoting")
    match mode:
        case "full" | "economic":
            return tuple(qr(a, mode=mode, pivoting=pivoting))
        case "r":
            return tuple(qr(a, mode="full", pivoting=pivoting)[1:])
    raise NotCovered(f"`mode={mode!r}` of scipy.linalg.qr", "use 'full', 'economic' or 'r'")


# RQ. With F the transposition about the other diagonal, a = R Q  <=>  F(a) = F(Q) F(R), which is a QR factorisation.


def _turned(x: Any) -> Any:
    return None if x is None else flip(mT(x), axis=(0, 1))


def _rq(a: Any, mode: str) -> Any:
    return linalg.rq(a, mode=mode)


def _rq_types(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    (rows, columns), dtype = _dims(operands), _qr_dtype(operands)
    k = shorter(rows, columns) if attrs["mode"] == "economic" else columns
    return Array(dtype, (rows, k)), Array(dtype, (k, columns))


def _rq_vjp(g: Any, out: Any, a: Any, mode: str) -> Any:
    rule, at = PRIMITIVES["qr"].vjp, _turned(a)
    assert rule is not None
    (g_r, g_q), (r, q) = map(_turned, g), map(_turned, out)
    (bar,) = rule(_narrow_bars(g_q, g_r, at, mode), _narrow(q, r, at, mode), (at,), {}, (True,))
    return _turned(bar)


def _rq_jvp(tangents: Any, out: Any, a: Any, mode: str) -> Any:
    if mode == "full":
        _check_complement(a, "rq", is_tall=True)
    rule, (r, q) = PRIMITIVES["qr"].jvp, map(_turned, out)
    assert rule is not None
    t_q, t_r = rule((_turned(tangents[0]),), (q, r), (_turned(a),), {})
    return _turned(t_r), _turned(t_q)


rq: Primitive = general(
    _rq,
    _rq_vjp,
    _rq_jvp,
    real(_rq_types, "scipy.linalg.rq"),
    name="rq",
    spelling="scipy.linalg.rq({0}, mode={mode})",
)


@means(linalg.rq)
def rq_meaning(
    a: Any, overwrite_a: Any = False, lwork: Any = None, mode: Any = "full", check_finite: Any = True
) -> Any:
    a, mode = matrix(a, linalg.rq), meanings.static(mode, "mode")
    match mode:
        case "full" | "economic":
            return tuple(rq(a, mode=mode))
        case "r":
            return rq(a, mode="full")[0]
    raise ValueError("Mode argument should be one of ['full', 'r', 'economic']")


# Polar factors: a = u p with p = uᵀ a symmetric, or a = p u with p = a uᵀ. Of a matrix without full rank u is a choice
# among many: there what uses it is NaN (`over_sums` of the runtime).


def _sums_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    result = sample_result(lambda y, p: y / p, operands)
    return (Array(None if result is None else dtype_of(result), dims_of(operands[0].type)),)


def _sums_vjp(g: Any, out: Any, y: Any, p: Any) -> Any:
    # p dx + dx p = dy - dp x - x dp, of the symmetric part of p
    w = over_sums(g, p)
    bar = w @ mT(out) + mT(out) @ w
    return w, -0.5 * (bar + mT(bar))


def _sums_jvp(tangents: Any, out: Any, y: Any, p: Any) -> Any:
    ty, tp = tangents
    moved = None
    if tp is not None:
        tp = 0.5 * (tp + mT(tp))
        moved = -(tp @ out + out @ tp)
    return over_sums(total([ty, moved]), p)


over_sums: Primitive = general(
    pullback_runtime.over_sums, _sums_vjp, _sums_jvp, real(_sums_type, "over_sums"), spelling="over_sums"
)


def _polar_types(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    (rows, columns), dtype = _dims(operands), _polar_dtype(operands)
    side = columns if attrs["side"] == "right" else rows
    return Array(dtype, (rows, columns)), Array(dtype, (side, side))


_polar_dtype = matrix_dtype(lambda a: linalg.polar(a)[0])


def _polar(a: Any, side: str) -> Any:
    return linalg.polar(a, side=side)


def factor_slope(g: Any, u: Any, a: Any) -> Any:
    """The derivative of the polar factor u along `g`; and its transpose, as u is the gradient of the nuclear norm.

    Of a square matrix, du = u x with p x + x p = uᵀ da - daᵀ u. Else by singular values, a = w diag(s) vᵀ: then
    du = w (F ∘ (wᵀ da v - vᵀ daᵀ w)) vᵀ + (1 - w wᵀ) da v s⁻¹ vᵀ + w s⁻¹ wᵀ da (1 - v vᵀ) with F_ij = 1 / (s_i + s_j).
    """
    if _is_square(a):
        across = mT(u) @ g
        return u @ over_sums(across - mT(across), mT(u) @ a)
    w, s, vt = svd(a, full_matrices=False)
    along, across = mT(w) @ g, g @ mT(vt)
    inner = along @ mT(vt)
    inside = (inner - mT(inner)) / (expand_dims(s, axis=1) + s)
    below = scaled_columns(across - w @ inner, 1.0 / s) @ vt
    return w @ inside @ vt + below + scaled_columns(w, 1.0 / s) @ (along - inner @ vt)


def _is_square(a: Any) -> bool:
    dims = dims_of(type_of_operand(a))
    return dims is not None and dims[0] == dims[1]


def _polar_vjp(g: Any, out: Any, a: Any, side: str) -> Any:
    (g_u, g_p), u = g, out[0]
    if g_p is None:
        return factor_slope(g_u, u, a)
    by_u, direct = (a @ mT(g_p), u @ g_p) if side == "right" else (mT(g_p) @ a, g_p @ u)
    return factor_slope(total([g_u, by_u]), u, a) + direct


def _polar_jvp(tangents: Any, out: Any, a: Any, side: str) -> Any:
    u, t = out[0], tangents[0]
    moved = factor_slope(t, u, a)
    return moved, mT(moved) @ a + mT(u) @ t if side == "right" else t @ mT(u) + a @ mT(moved)


polar: Primitive = general(
    _polar,
    _polar_vjp,
    _polar_jvp,
    real(_polar_types, "scipy.linalg.polar"),
    name="polar",
    spelling="scipy.linalg.polar({0}, side={side})",
)


@means(linalg.polar)
def polar_meaning(a: Any, side: Any = "right") -> Any:
    if meanings.static(side, "side") not in ("right", "left"):
        raise ValueError("`side` must be either 'right' or 'left'")
    return tuple(polar(matrix(a, linalg.polar), side=side))


# The orthogonal matrix r next to b aᵀ: the polar factor of aᵀ b, beside its nuclear norm.


def _procrustes_types(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims, dtype = dims_of(operands[0].type), _procrustes_dtype(operands)
    return Array(dtype, None if dims is None else (dims[1], dims[1])), Array(dtype, ())


_procrustes_dtype = matrix_dtype(lambda a, b: linalg.orthogonal_procrustes(a, b)[0])


def _procrustes_vjp(g: Any, out: Any, a: Any, b: Any) -> Any:
    (g_r, g_scale), (r, _) = g, out
    bar = total([None if g_r is None else factor_slope(g_r, r, mT(a) @ b), None if g_scale is None else g_scale * r])
    return b @ mT(bar), a @ bar


def _procrustes_jvp(tangents: Any, out: Any, a: Any, b: Any) -> Any:
    (ta, tb), (r, _) = tangents, out
    moved = total([None if ta is None else mT(ta) @ b, None if tb is None else mT(a) @ tb])
    return factor_slope(moved, r, mT(a) @ b), sum_(r * moved, axis=None, keepdims=False)


procrustes: Primitive = general(
    linalg.orthogonal_procrustes,
    _procrustes_vjp,
    _procrustes_jvp,
    real(_procrustes_types, "scipy.linalg.orthogonal_procrustes"),
    spelling="scipy.linalg.orthogonal_procrustes",
)


@means(linalg.orthogonal_procrustes)
def procrustes_meaning(A: Any, B: Any, check_finite: Any = True) -> Any:
    near = (A, B)
    a, b = (matrix(meanings.arrayed(x, near), linalg.orthogonal_procrustes) for x in near)
    return tuple(procrustes(a, b))


# The pseudoinverse of a symmetric matrix, of which one triangle is read: the rule of np.linalg.pinv.


def _pinvh(a: Any, lower: bool) -> Any:
    return linalg.pinvh(a, lower=lower)


def _pinvh_vjp(g: Any, out: Any, a: Any, lower: bool) -> Any:
    rule = PRIMITIVES["pinv"].vjp
    assert rule is not None
    (bar,) = rule(g, out, (whole(a, lower),), {}, (True,))
    return mirrored(bar, lower)


def _pinvh_jvp(tangents: Any, out: Any, a: Any, lower: bool) -> Any:
    rule = PRIMITIVES["pinv"].jvp
    assert rule is not None
    return rule((whole(tangents[0], lower),), out, (whole(a, lower),), {})


pinvh: Primitive = general(
    _pinvh,
    _pinvh_vjp,
    _pinvh_jvp,
    like_first(linalg.pinvh),
    name="pinvh",
    spelling="scipy.linalg.pinvh({0}, lower={lower})",
)


@means(linalg.pinvh)
def pinvh_meaning(
    a: Any, atol: Any = None, rtol: Any = None, lower: Any = True, return_rank: Any = False, check_finite: Any = True
) -> Any:
    unasked(linalg.pinvh, atol=atol, rtol=rtol, return_rank=return_rank)
    return pinvh(matrix(a, linalg.pinvh), lower=told(lower, "lower"))
