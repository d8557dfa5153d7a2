"""Twins of functions of `np.linalg`, which LAPACK may compute by other routines: their rules are those of the twins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scipy import linalg

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Dims, Type, dims_of, rank
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.linear_algebra import matrix_dtype, square_dims
from pullback.primitives.inference import Infer, real, reduced, unknown_dim
from pullback.primitives.kinds import general
from pullback.primitives.registry import PRIMITIVES, NotCovered, means
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
        linalg.eigh, b=b, type=type, subset_by_index=subset_by_index, subset_by_value=subset_by_value, driver=driver
    )
    a, lower = matrix(a, linalg.eigh), told(lower, "lower")
    if told(eigvals_only, "eigvals_only"):
        return eigvalsh(a, lower=lower)
    return eigh(a, lower=lower)


@means(linalg.eigvalsh)
def eigvalsh_meaning(
    a: Any, b: Any = None, *, lower: Any = True, overwrite_a: Any = False, check_finite: Any = True, **others: Any
) -> Any:
    unasked(linalg.eigvalsh, b=b, **others)
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
    dtype = matrix_dtype(lambda x: linalg.norm(x, keepdims=True))(operands)
    return (Array(dtype, reduced(dims_of(operands[0].type), attrs["axis"], attrs["keepdims"])),)


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
