"""Eigenvalues, singular values, QR: several results, whose cotangents may be absent.

Sources: Giles (2008) for eigenvalues and singular values; Townsend (2016), Differentiating the singular value
decomposition; Walter and Lehmann (2018), Algorithmic differentiation of linear algebra functions, for QR. Where
eigenvalues or singular values repeat, their vectors are a choice among many and have no derivative: what uses them is
NaN (`over_gaps` of the runtime), what uses the values or other vectors is right.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import pullback_runtime
from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Dim, Dims, Type, dims_of
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.complex_parts import conj, imag, real
from pullback.primitives.families.diagonals import diagonal
from pullback.primitives.families.indexing import Index, Slice, getitem, sliced
from pullback.primitives.families.joining import concatenate
from pullback.primitives.families.linear_algebra import from_triangle, matrix_dtype, square_dims, to_triangle
from pullback.primitives.families.linear_algebra import solve as solve_
from pullback.primitives.families.reductions import sum_
from pullback.primitives.families.shapes import size_of
from pullback.primitives.families.shaping import expand_dims, mH, mT, tril
from pullback.primitives.inference import as_first, is_complex, unknown_dim
from pullback.primitives.kinds import general, linear, total, zeros_like
from pullback.primitives.registry import PRIMITIVES, NotCovered, means

# Eigenvalues of symmetric matrices. Only the triangle that NumPy reads has a derivative.


def _gaps_vjp(g: Any, out: Any, p: Any, w: Any) -> Any:
    # out_ij = p_ij / (w_j - w_i)  =>  dout_ij = dp_ij / (w_j - w_i) - out_ij (dw_j - dw_i) / (w_j - w_i)
    weighted = over_gaps(g * out, w)
    rows, columns = (sum_(weighted, axis=k, keepdims=False) for k in (-1, -2))
    return over_gaps(g, w), rows - columns


def _gaps_jvp(tangents: Any, out: Any, p: Any, w: Any) -> Any:
    tp, tw = tangents
    moved = None if tw is None else out * (expand_dims(tw, axis=-1) - expand_dims(tw, axis=-2))
    return over_gaps(total([tp, moved]), w)


over_gaps: Primitive = general(pullback_runtime.over_gaps, _gaps_vjp, _gaps_jvp, as_first(), spelling="over_gaps")


def scaled_columns(x: Any, s: Any) -> Any:
    """The product of `x` and diag(s)."""
    return x * expand_dims(s, axis=-2)


def _triangle(x: Any, uplo: str) -> Any:
    """The operand of `eigh` with the triangle that it reads below."""
    return x if uplo == "L" else mH(x)


def _eigenvalues_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims = square_dims(operands[0])
    return (Array(_eigenvalues_dtype(operands), None if dims is None else dims[:-1]),)


_eigenvalues_dtype = matrix_dtype(np.linalg.eigvalsh)
_vectors_dtype = matrix_dtype(np.linalg.inv)  # as precise, and complex where the operand is


def _eigh_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    (w,) = _eigenvalues_type(operands, attrs)
    return (w, Array(_vectors_dtype(operands), square_dims(operands[0])))


def whatever_phase(p: Any, g_v: Any) -> Any:
    """The product vᴴ v̄ for complex vectors v: its diagonal is real where the phases of v do not matter.

    A complex eigenvector times exp(it) is as good an eigenvector, and which of them NumPy returns is not specified.
    Where the result depends on it there is no derivative: the column becomes NaN (`phase_free` of the runtime).
    """
    return phase_free(p, _lengths(g_v)) if is_complex(type_of_operand(p)) else p


def _lengths(columns: Any) -> Any:
    squares = real(columns * conj(columns))
    return PRIMITIVES["sqrt"](sum_(squares, axis=-2, keepdims=False))


phase_free: Primitive = linear(
    pullback_runtime.phase_free, lambda g, p, size: g, as_first(), name="phase_free", spelling="phase_free"
)


def _eigh_vjp(g: Any, out: Any, a: Any, UPLO: str) -> Any:
    # ā = v (diag(w̄) + F ∘ (vᴴ v̄)) vᴴ with F_ij = 1 / (w_j - w_i)
    (g_w, g_v), (w, v) = g, out
    from_values = None if g_w is None else scaled_columns(v, g_w)
    from_vectors = None if g_v is None else v @ over_gaps(whatever_phase(mH(v) @ conj(g_v), g_v), w)
    bar = total([from_values, from_vectors]) @ mH(v)
    if g_v is not None:
        bar = 0.5 * (bar + mH(bar))
    return conj(_triangle(to_triangle(bar), UPLO))


def _eigh_jvp(tangents: Any, out: Any, a: Any, UPLO: str) -> Any:
    w, v = out
    p = mH(v) @ from_triangle(_triangle(tangents[0], UPLO)) @ v
    return diagonal(p, offset=0, axis1=-2, axis2=-1), v @ over_gaps(p, w)


eigh: Primitive = general(np.linalg.eigh, _eigh_vjp, _eigh_jvp, _eigh_type, spelling="np.linalg.eigh")
EighResult = type(np.linalg.eigh(np.eye(1)))


@means(np.linalg.eigh)
def eigh_meaning(a: Any, UPLO: Any = "L") -> Any:
    return EighResult(*eigh(meanings.arrayed(a, a), UPLO=meanings.static(UPLO, "UPLO").upper()))


def _eigvalsh_vjp(g: Any, out: Any, a: Any, UPLO: str) -> Any:
    _, v = eigh(a, UPLO=UPLO)
    return conj(_triangle(to_triangle(scaled_columns(v, g) @ mH(v)), UPLO))


def _eigvalsh_jvp(tangents: Any, out: Any, a: Any, UPLO: str) -> Any:
    _, v = eigh(a, UPLO=UPLO)
    p = mH(v) @ from_triangle(_triangle(tangents[0], UPLO)) @ v
    return diagonal(p, offset=0, axis1=-2, axis2=-1)


eigvalsh: Primitive = general(
    np.linalg.eigvalsh,
    _eigvalsh_vjp,
    _eigvalsh_jvp,
    _eigenvalues_type,
    np.linalg.eigvalsh,
    accepts="a, UPLO='L'",
    spelling="np.linalg.eigvalsh",
)


# Singular values.


def shorter(dims: Dims) -> Dim:
    """The smaller of the last two dimensions."""
    rows, columns = dims[-2:]
    if isinstance(rows, int) and isinstance(columns, int):
        return min(rows, columns)
    return rows if rows == columns else unknown_dim()


def _matrix_dims(operand: Atom) -> Dims | None:
    dims = dims_of(operand.type)
    if dims is not None and len(dims) < 2:
        raise np.linalg.LinAlgError(f"{len(dims)}-dimensional array given. Array must be at least two-dimensional")
    return dims


def _singular_values_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims = _matrix_dims(operands[0])
    return (Array(_singular_dtype(operands), None if dims is None else (*dims[:-2], shorter(dims))),)


_singular_dtype = matrix_dtype(np.linalg.svdvals)


def _svd_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims, dtype, vectors = _matrix_dims(operands[0]), _singular_dtype(operands), _vectors_dtype(operands)
    if dims is None:
        return Array(vectors, None), Array(dtype, None), Array(vectors, None)
    batch, (rows, columns), k = dims[:-2], dims[-2:], shorter(dims)
    full = attrs["full_matrices"]
    return (
        Array(vectors, (*batch, rows, rows if full else k)),
        Array(dtype, (*batch, k)),
        Array(vectors, (*batch, columns if full else k, columns)),
    )


def _is_square(x: Any) -> bool:
    dims = dims_of(type_of_operand(x))
    return dims is not None and dims[-1] == dims[-2]


def _over_squares(p: Any, s: Any) -> Any:
    """The matrix of p_ij / (s_j² - s_i²), by the two factors: the squares would lose the small ones."""
    sums = expand_dims(s, axis=-1) + expand_dims(s, axis=-2)
    return over_gaps(p, s) / PRIMITIVES["where"](sums == 0, 1.0, sums)


def _check_vectors(a: Any, full_matrices: bool) -> None:
    if full_matrices and not _is_square(a):
        raise NotCovered(
            "the derivative of the vectors of np.linalg.svd(full_matrices=True) of a matrix that is not square",
            "use full_matrices=False",
        )


def _svd_vjp(g: Any, out: Any, a: Any, full_matrices: bool) -> Any:
    # ā = u [(F ∘ (uᴴū - ūᴴu)) s + s (F ∘ (vᴴv̄ - v̄ᴴv)) + diag(s̄ + i Im(uᴴū) s⁻¹)] vᴴ
    #     + (1 - u uᴴ) ū s⁻¹ vᴴ + u s⁻¹ v̄ᴴ (1 - v vᴴ)   with F_ij = 1 / (s_j² - s_i²)
    # the imaginary diagonal is that of the phases of u against those of v, which a common factor leaves as they are
    (g_u, g_s, g_vt), (u, s, vt) = g, out
    if g_u is None and g_vt is None:
        return conj(_with_values(g_s, a, u, vt, full_matrices))
    _check_vectors(a, full_matrices)
    inside, outside = [], []
    if is_complex(type_of_operand(a)):
        g_u, g_vt = (None if part is None else conj(part) for part in (g_u, g_vt))
        inside.append(1j * scaled_columns(_diagonal_matrix(_turns(u, vt, g_u, g_vt)), 1.0 / s))
    if g_u is not None:
        p = mH(u) @ g_u
        inside.append(scaled_columns(_over_squares(p - mH(p), s), s))
        if not _is_square(a):
            outside.append(scaled_columns(g_u - u @ p, 1.0 / s) @ vt)
    if g_vt is not None:
        p = vt @ mH(g_vt)
        inside.append(expand_dims(s, axis=-1) * _over_squares(p - mH(p), s))
        if not _is_square(a):
            outside.append(scaled_columns(u, 1.0 / s) @ (g_vt - mH(p) @ vt))
    middle = u @ total(inside)
    if g_s is not None:
        middle = middle + scaled_columns(u, g_s)
    return conj(total([middle @ vt, *outside]))


def _turns(u: Any, vt: Any, g_u: Any, g_vt: Any) -> Any:
    """What diagonal the phases of u against those of v have; NaN where a common phase of both matters."""
    p_u = None if g_u is None else mH(u) @ g_u
    p_v = None if g_vt is None else vt @ mH(g_vt)
    size = total([None if g_u is None else _lengths(g_u), None if g_vt is None else _lengths(mT(g_vt))])
    both = imag(phase_free(total([p_u, p_v]), size))
    return both if p_v is None else both - imag(p_v)


def _diagonal_matrix(p: Any) -> Any:
    """The diagonal of `p`, zeros elsewhere."""
    return tril(p, k=0) - tril(p, k=-1)


def _with_values(g_s: Any, a: Any, u: Any, vt: Any, full_matrices: bool) -> Any:
    """The product u diag(g) vᴴ; of full matrices the vectors that belong to singular values."""
    if full_matrices and not _is_square(a):
        k, holes = sliced(None, size_of(g_s, -1), None)
        u = getitem(u, *holes, index=Index((Ellipsis, k)))
        vt = getitem(vt, *holes, index=Index((Ellipsis, k, Slice())))
    return scaled_columns(u, g_s) @ vt


def _svd_jvp(tangents: Any, out: Any, a: Any, full_matrices: bool) -> Any:
    _check_vectors(a, full_matrices)
    (u, s, vt), t = out, tangents[0]
    p = mH(u) @ t @ mH(vt)
    right, left = scaled_columns(p, s), expand_dims(s, axis=-1) * p
    t_u = u @ _over_squares(right + mH(right), s)
    t_vt = mH(_over_squares(left + mH(left), s)) @ vt
    if not _is_square(a):
        across = t @ mH(vt)
        t_u = t_u + scaled_columns(across - u @ (mH(u) @ across), 1.0 / s)
        along = mH(u) @ t
        t_vt = t_vt + expand_dims(1.0 / s, axis=-1) * (along - (along @ mH(vt)) @ vt)
    if is_complex(type_of_operand(a)):
        t_u = t_u + u @ (1j * scaled_columns(_diagonal_matrix(imag(p)), 1.0 / s))
    return t_u, diagonal(p, offset=0, axis1=-2, axis2=-1), t_vt


svd: Primitive = general(np.linalg.svd, _svd_vjp, _svd_jvp, _svd_type, spelling="np.linalg.svd")


def _svdvals(a: Any) -> Any:
    return np.linalg.svd(a, compute_uv=False)


def _svdvals_vjp(g: Any, out: Any, a: Any) -> Any:
    u, _, vt = svd(a, full_matrices=False)
    return conj(scaled_columns(u, g) @ vt)


def _svdvals_jvp(tangents: Any, out: Any, a: Any) -> Any:
    u, _, vt = svd(a, full_matrices=False)
    return diagonal(mH(u) @ tangents[0] @ mH(vt), offset=0, axis1=-2, axis2=-1)


svdvals: Primitive = general(
    _svdvals,
    _svdvals_vjp,
    _svdvals_jvp,
    _singular_values_type,
    name="svdvals",
    spelling="np.linalg.svd({0}, compute_uv=False)",
)


@means(np.linalg.svdvals)
def svdvals_meaning(x: Any, /) -> Any:
    return svdvals(meanings.arrayed(x, x))


SVDResult = type(np.linalg.svd(np.eye(1)))


@means(np.linalg.svd)
def svd_meaning(a: Any, full_matrices: Any = True, compute_uv: Any = True, hermitian: Any = False) -> Any:
    if meanings.static(hermitian, "hermitian"):
        raise NotCovered("`hermitian=` of np.linalg.svd")
    a = meanings.arrayed(a, a)
    if not meanings.static(compute_uv, "compute_uv"):
        return svdvals(a)
    return SVDResult(*svd(a, full_matrices=bool(meanings.static(full_matrices, "full_matrices"))))


@means(np.linalg.cond)
def cond(x: Any, p: Any = None) -> Any:
    """The largest over the smallest singular value."""
    p = meanings.static(p, "p")
    if p not in (None, 2, -2):
        raise NotCovered("`p=` of np.linalg.cond", "write it with np.linalg.norm and np.linalg.inv")
    s = svdvals(meanings.arrayed(x, x))
    first, last = (getitem(s, index=Index((Ellipsis, k))) for k in (0, -1))
    return last / first if p == -2 else first / last


# QR.


def _qr_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims, dtype = _matrix_dims(operands[0]), _qr_dtype(operands)
    if dims is None:
        return (Array(dtype, None),) * 2
    batch, (rows, columns), k = dims[:-2], dims[-2:], shorter(dims)
    return Array(dtype, (*batch, rows, k)), Array(dtype, (*batch, k, columns))


_qr_dtype = _vectors_dtype


def _qr(a: Any) -> Any:
    return np.linalg.qr(a)


def _is_tall(a: Any) -> bool:
    """Whether there surely are no more columns than rows."""
    dims = dims_of(type_of_operand(a))
    if dims is None:
        raise NotCovered("np.linalg.qr of an array of unknown rank")
    return dims[-1] == dims[-2] or (isinstance(dims[-1], int) and isinstance(dims[-2], int) and dims[-1] <= dims[-2])


def _columns(x: Any, start: Any, stop: Any) -> Any:
    item, holes = sliced(start, stop, None)
    return getitem(x, *holes, index=Index((Ellipsis, item)))


def _qr_vjp(g: Any, out: Any, a: Any) -> Any:
    g_q, g_r = (None if part is None else conj(part) for part in g)
    q, r = out
    return conj(_qr_gradient(g_q, g_r, q, r, a))


def _qr_gradient(g_q: Any, g_r: Any, q: Any, r: Any, a: Any) -> Any:
    if _is_tall(a):
        return _tall_qr_vjp(g_q, g_r, q, r)
    # a = [x y], r = [u w]: x = q u is square, and y = q w
    k = size_of(q, -1)
    if g_r is None:
        x_bar = _tall_qr_vjp(g_q, None, q, _columns(r, None, k))
        return concatenate(x_bar, zeros_like(_columns(a, k, None)), axis=-1)
    g_w = _columns(g_r, k, None)
    g_q = total([g_q, _columns(a, k, None) @ mH(g_w)])
    x_bar = _tall_qr_vjp(g_q, _columns(g_r, None, k), q, _columns(r, None, k))
    return concatenate(x_bar, q @ g_w, axis=-1)


def _tall_qr_vjp(g_q: Any, g_r: Any, q: Any, r: Any) -> Any:
    # ā = (q̄ + q sym(m)) r⁻ᴴ with m = r r̄ᴴ - q̄ᴴ q, sym copying the lower triangle up; the diagonal of r is real
    m = total([None if g_r is None else r @ mH(g_r), None if g_q is None else -(mH(g_q) @ q)])
    bar = total([g_q, q @ from_triangle(m)])
    return mH(solve_(r, mH(bar)))


def _qr_jvp(tangents: Any, out: Any, a: Any) -> Any:
    (q, r), t = out, tangents[0]
    k = None if _is_tall(a) else size_of(q, -1)
    t_x, u = (t, r) if k is None else (_columns(t, None, k), _columns(r, None, k))
    over = mT(solve_(mT(u), mT(t_x)))  # t_x u⁻¹
    c = mH(q) @ over
    low = tril(c, k=-1)
    turn = low - mH(low)
    if is_complex(type_of_operand(a)):
        turn = turn + 1j * _diagonal_matrix(imag(c))
    t_q = q @ turn + over - q @ c
    t_u = (c - turn) @ u
    if k is None:
        return t_q, t_u
    t_w = mH(q) @ (_columns(t, k, None) - t_q @ _columns(r, k, None))
    return t_q, concatenate(t_u, t_w, axis=-1)


qr: Primitive = general(_qr, _qr_vjp, _qr_jvp, _qr_type, name="qr", spelling="np.linalg.qr")
QRResult = type(np.linalg.qr(np.eye(1)))


@means(np.linalg.qr)
def qr_meaning(a: Any, mode: Any = "reduced") -> Any:
    a = meanings.arrayed(a, a)
    match meanings.static(mode, "mode"):
        case "reduced":
            return QRResult(*qr(a))
        case "r":
            return qr(a)[1]
    raise NotCovered("`mode=` of np.linalg.qr but 'reduced' and 'r'")
