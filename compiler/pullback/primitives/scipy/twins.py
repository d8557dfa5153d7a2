"""Twins of functions of `np.linalg`, which LAPACK may compute by other routines: their rules are those of the twins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import linalg

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Dims, Type, dims_of, rank
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.decompositions import over_gaps, scaled_columns
from pullback.primitives.families.diagonals import diagonal
from pullback.primitives.families.linear_algebra import matrix_dtype, square_dims
from pullback.primitives.families.shaping import mT
from pullback.primitives.inference import Infer, dtype_of, real, reduced, unknown_dim
from pullback.primitives.kinds import general, total
from pullback.primitives.registry import PRIMITIVES, NotCovered, means
from pullback.primitives.scipy.linalg import mirrored, whole
from pullback.primitives.scipy.matrices import (
    like_first,
    matrix,
    spelled,
    told,
    unasked,
)


def twin(
    function: Callable[..., Any], name: str, infer: Infer, called: str = "", spelling: str = "", **fixed: Any
) -> Primitive:
    """A function with the rules of the primitive `name`; `fixed` are attributes that those rules ask for."""
    other = PRIMITIVES[name]

    def vjp(g: Any, out: Any, *operands: Any, **attrs: Any) -> Any:
        assert other.vjp is not None
        return other.vjp(g, out, operands, {**fixed, **_translated(attrs)}, (True,) * len(operands))

    def jvp(tangents: Any, out: Any, *operands: Any, **attrs: Any) -> Any:
        assert other.jvp is not None
        return other.jvp(tangents, out, operands, {**fixed, **_translated(attrs)})

    return general(function, vjp, jvp, infer, name=called or f"scipy_{name}", spelling=spelling or spelled(function))


def _translated(attrs: dict[str, Any]) -> dict[str, Any]:
    """`lower=` is `UPLO=` there."""
    return {"UPLO": "L" if attrs.pop("lower") else "U", **attrs} if "lower" in attrs else attrs


def _dims(operands: tuple[Atom, ...]) -> Dims:
    """The shape of an operand that must be one matrix."""
    return dims_of(operands[0].type) or (unknown_dim(), unknown_dim())


def _type_of_det(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    square_dims(operands[0])
    return (Array(matrix_dtype(linalg.det)(operands), ()),)


def _eigh_types(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims, dtype = square_dims(operands[0]), matrix_dtype(linalg.eigvalsh)(operands)
    return Array(dtype, None if dims is None else dims[1:]), Array(dtype, dims)


def _svd_types(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    (rows, columns), dtype = _dims(operands), matrix_dtype(linalg.svdvals)(operands)
    k = shorter(rows, columns)
    full = attrs["full_matrices"]
    shapes: list[Dims] = [(rows, rows if full else k), (k,), (columns if full else k, columns)]
    return tuple(Array(dtype, shape) for shape in shapes)


def shorter(rows: Any, columns: Any) -> Any:
    if isinstance(rows, int) and isinstance(columns, int):
        return min(rows, columns)
    return rows if rows == columns else unknown_dim()


def _singular_values(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (Array(matrix_dtype(linalg.svdvals)(operands), (shorter(*_dims(operands)),)),)


def _pinv_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (Array(matrix_dtype(linalg.pinv)(operands), _dims(operands)[::-1]),)


inv = twin(linalg.inv, "inv", like_first(linalg.inv))
det = twin(linalg.det, "det", real(_type_of_det, "scipy.linalg.det"))
pinv = twin(linalg.pinv, "pinv", real(_pinv_type, "scipy.linalg.pinv"))
eigh = twin(linalg.eigh, "eigh", real(_eigh_types, "scipy.linalg.eigh"))
eigvalsh = twin(
    linalg.eigvalsh,
    "eigvalsh",
    real(lambda operands, attrs: _eigh_types(operands, attrs)[:1], "scipy.linalg.eigvalsh"),
)
svd = twin(linalg.svd, "svd", real(_svd_types, "scipy.linalg.svd"))
svdvals = twin(linalg.svdvals, "svdvals", real(_singular_values, "scipy.linalg.svdvals"))


# Pairs of symmetric matrices, the second one positive definite: a v = b v diag(w) with vᵀ b v = 1. With
# p = vᵀ da v - vᵀ db v diag(w): dw = diag(p) and dv = v (F ∘ p) - ½ v diag(vᵀ db v), F_ij = 1 / (w_j - w_i).


def _pair(a: Any, b: Any, lower: bool) -> Any:
    return linalg.eigh(a, b, lower=lower)


def _values_of_pair(a: Any, b: Any, lower: bool) -> Any:
    return linalg.eigh(a, b, lower=lower, eigvals_only=True)


def _pair_types(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims, dtype = square_dims(operands[0]), _pair_dtype(operands)
    return Array(dtype, None if dims is None else dims[1:]), Array(dtype, dims)


_pair_dtype = matrix_dtype(lambda a, b: linalg.eigvalsh(a, b))


def _pair_vjp(g: Any, out: Any, a: Any, b: Any, lower: bool) -> Any:
    (g_w, g_v), (w, v) = g, out
    across = None if g_v is None else mT(v) @ g_v
    columns = total(
        [None if g_w is None else scaled_columns(v, g_w), None if across is None else v @ over_gaps(across, w)]
    )
    by_b = scaled_columns(columns, w)
    if across is not None:
        by_b = by_b + scaled_columns(v, 0.5 * diagonal(across, offset=0, axis1=-2, axis2=-1))
    return mirrored(columns @ mT(v), lower), -mirrored(by_b @ mT(v), lower)


def _pair_jvp(tangents: Any, out: Any, a: Any, b: Any, lower: bool) -> Any:
    (ta, tb), (w, v) = tangents, out
    by_a, by_b = (None if t is None else mT(v) @ whole(t, lower) @ v for t in (ta, tb))
    p = total([by_a, None if by_b is None else -scaled_columns(by_b, w)])
    moved = v @ over_gaps(p, w)
    if by_b is not None:
        moved = moved - scaled_columns(v, 0.5 * diagonal(by_b, offset=0, axis1=-2, axis2=-1))
    return diagonal(p, offset=0, axis1=-2, axis2=-1), moved


eigh_pair: Primitive = general(
    _pair,
    _pair_vjp,
    _pair_jvp,
    real(_pair_types, "scipy.linalg.eigh of two matrices"),
    name="eigh_pair",
    spelling="scipy.linalg.eigh({0}, {1}, lower={lower})",
)
eigvalsh_pair: Primitive = general(
    _values_of_pair,
    lambda g, out, a, b, lower: _pair_vjp((g, None), eigh_pair(a, b, lower=lower), a, b, lower),
    lambda tangents, out, a, b, lower: _pair_jvp(tangents, eigh_pair(a, b, lower=lower), a, b, lower)[0],
    real(lambda operands, attrs: _pair_types(operands, attrs)[:1], "scipy.linalg.eigh of two matrices"),
    name="eigvalsh_pair",
    spelling="scipy.linalg.eigh({0}, {1}, lower={lower}, eigvals_only=True)",
)


@means(linalg.inv)
def inv_meaning(
    a: Any, overwrite_a: Any = False, check_finite: Any = True, *, assume_a: Any = None, lower: Any = False
) -> Any:
    unasked(linalg.inv, assume_a=assume_a, lower=lower)
    return inv(matrix(a, linalg.inv))


@means(linalg.det)
def det_meaning(a: Any, overwrite_a: Any = False, check_finite: Any = True) -> Any:
    return det(matrix(a, linalg.det))


@means(linalg.pinv)
def pinv_meaning(
    a: Any, *, atol: Any = None, rtol: Any = None, return_rank: Any = False, check_finite: Any = True
) -> Any:
    unasked(linalg.pinv, atol=atol, rtol=rtol, return_rank=return_rank)
    return pinv(matrix(a, linalg.pinv))


def eigh_of(a: Any, b: Any, lower: Any, values_only: bool) -> Any:
    """The eigenvalues of a pair of matrices, and its vectors."""
    a, b = (matrix(meanings.arrayed(x, (a, b)), linalg.eigh) for x in (a, b))
    lower = told(lower, "lower")
    return eigvalsh_pair(a, b, lower=lower) if values_only else tuple(eigh_pair(a, b, lower=lower))


@means(linalg.eigh)
def eigh_meaning(
    a: Any,
    b: Any = None,
    *,
    lower: Any = True,
    eigvals_only: Any = False,
    overwrite_a: Any = False,
    overwrite_b: Any = False,
    check_finite: Any = True,
    type: Any = None,
    subset_by_index: Any = None,
    subset_by_value: Any = None,
    driver: Any = None,
) -> Any:
    unasked(
        linalg.eigh,
        type=None if type == 1 else type,
        subset_by_index=subset_by_index,
        subset_by_value=subset_by_value,
        driver=driver,
    )
    if b is not None:
        return eigh_of(a, b, lower, told(eigvals_only, "eigvals_only"))
    a, lower = matrix(a, linalg.eigh), told(lower, "lower")
    if told(eigvals_only, "eigvals_only"):
        return eigvalsh(a, lower=lower)
    return eigh(a, lower=lower)


@means(linalg.eigvalsh)
def eigvalsh_meaning(
    a: Any, b: Any = None, *, lower: Any = True, overwrite_a: Any = False, check_finite: Any = True, **others: Any
) -> Any:
    unasked(linalg.eigvalsh, **{k: v for k, v in others.items() if (k, v) not in (("overwrite_b", True), ("type", 1))})
    if b is not None:
        return eigh_of(a, b, lower, True)
    return eigvalsh(matrix(a, linalg.eigvalsh), lower=told(lower, "lower"))


@means(linalg.svd)
def svd_meaning(
    a: Any,
    full_matrices: Any = True,
    compute_uv: Any = True,
    overwrite_a: Any = False,
    check_finite: Any = True,
    lapack_driver: Any = "gesdd",
) -> Any:
    if meanings.static(lapack_driver, "lapack_driver") != "gesdd":
        raise NotCovered("`lapack_driver=` of scipy.linalg.svd")
    if not told(compute_uv, "compute_uv"):
        return svdvals(matrix(a, linalg.svd))
    return svd(matrix(a, linalg.svd), full_matrices=told(full_matrices, "full_matrices"))


@means(linalg.svdvals)
def svdvals_meaning(a: Any, overwrite_a: Any = False, check_finite: Any = True) -> Any:
    return svdvals(matrix(a, linalg.svdvals))


def _norm(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return linalg.norm(x, axis=axis, keepdims=keepdims)


def _norm_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    t, axis, keepdims = operands[0].type, attrs["axis"], attrs["keepdims"]
    dims, dtype = reduced(dims_of(t), axis, keepdims), dtype_of(t)
    if dtype is None:
        return (Array(None, dims),)
    sample = linalg.norm(
        np.ones((1,) * (rank(t) or 2), dtype), axis=axis, keepdims=keepdims
    )  # BLAS gives float64 of float32
    return (Array(np.asarray(sample).dtype, dims),)


norm: Primitive = general(
    _norm,
    lambda g, out, x, **attrs: PRIMITIVES["norm"].vjp(g, out, (x,), attrs, (True,)),  # type: ignore[misc]
    lambda tangents, out, x, **attrs: PRIMITIVES["norm"].jvp(tangents, out, (x,), attrs),  # type: ignore[misc]
    real(_norm_type, "scipy.linalg.norm"),
    name="scipy_norm",
    spelling="scipy.linalg.norm",
)


@means(linalg.norm)
def norm_meaning(a: Any, ord: Any = None, axis: Any = None, keepdims: Any = False, check_finite: Any = True) -> Any:
    a, ord, axis = meanings.arrayed(a, a), meanings.static(ord, "ord"), meanings.static(axis, "axis")
    vector = isinstance(axis, int) or rank(type_of_operand(a)) == 1
    if ord not in (None, "fro", *([2] if vector else [])):
        raise NotCovered(f"`ord={ord!r}` of scipy.linalg.norm", "use np.linalg.norm")
    return norm(a, axis=axis, keepdims=told(keepdims, "keepdims"))


@means(linalg.null_space, linalg.orth)
def basis(*args: Any, **kwargs: Any) -> Any:
    raise NotCovered(
        "the basis of a space, which is a choice among many and has no derivative,",
        "use what does not depend on the choice, as the projection onto the space",
    )
