"""`scipy.sparse`: products with matrices that are constant, and systems; the adjoint of `A @ x` is `A.T @ g`.

A matrix is an object (`ir/opaque.py`): read at each call, so that its entries may change between calls, and nothing is
differentiated by them. `*` is a product for the classes of matrices, `csr_matrix`, and elementwise for those of arrays,
`csr_array`, where it gives another sparse array.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse import linalg

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.opaque import Opaque
from pullback.ir.types import Array, Scalar, Type, dims_of, may_be_one, rank
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.shaping import mT
from pullback.primitives.inference import dtype_of
from pullback.primitives.kinds import discrete, linear
from pullback.primitives.registry import MEANINGS, OBJECTS, NotCovered, checked

KIND = "sparse matrix"
Meaning = Callable[..., Any]


def use(*names: str) -> Callable[[Meaning], Meaning]:
    """Decorator: what a method, an attribute or an operator of sparse matrices means."""

    def decorate(meaning: Meaning) -> Meaning:
        OBJECTS.update({(KIND, name): checked(meaning) for name in names})
        return meaning

    return decorate


def opaque_of(operand: Any) -> Opaque:
    t = type_of_operand(operand)
    assert isinstance(t, Opaque)
    return t


def is_sparse(operand: Any) -> bool:
    t = type_of_operand(operand) if not isinstance(operand, list | tuple) else None
    return isinstance(t, Opaque) and t.kind == KIND


@lru_cache(maxsize=256)
def product_dtype(matrix: Opaque, dtype: np.dtype[Any]) -> np.dtype[Any]:
    """SciPy's own, which knows no float16."""
    return (matrix.cls((1, 1), dtype=matrix.dtype) @ np.ones(1, dtype)).dtype  # type: ignore[no-any-return]


def _transposed_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    t = operands[0].type
    assert isinstance(t, Opaque)
    return (dataclasses.replace(t, cls=type(t.cls((1, 1)).T), shape=t.shape[::-1]),)


transposed: Primitive = discrete(lambda matrix: matrix.T, _transposed_type, name="sparse_transpose", spelling="{0}.T")


def _product_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    x, matrix = operands
    assert isinstance(matrix.type, Opaque)
    dtype, dims = dtype_of(x.type), dims_of(x.type)
    found = None if dtype is None else product_dtype(dataclasses.replace(matrix.type, shape=(1, 1)), dtype)
    if dims is None:
        return (Array(found, None),)
    sizes = dims[0], matrix.type.shape[1]
    if all(isinstance(n, int) for n in sizes) and sizes[0] != sizes[1]:
        raise ValueError(f"dimension mismatch: {matrix.type.shape} and {dims}")
    return (Array(found, (matrix.type.shape[0], *dims[1:])),)


product: Primitive = linear(
    lambda x, matrix: matrix @ x,
    lambda g, x, matrix: product(g, transposed(matrix)),
    _product_type,
    name="sparse_product",
    spelling="{1} @ {0}",
)


def left_product(matrix: Any, x: Any) -> Any:
    return product(_vector_or_matrix(x, matrix)[0], matrix)


def _vector_or_matrix(x: Any, matrix: Any) -> tuple[Any, int]:
    """What a sparse matrix is multiplied with, and its rank."""
    x = meanings.arrayed(x, matrix)
    known = rank(type_of_operand(x))
    if known not in (1, 2):
        raise NotCovered("the product of a sparse matrix with what is not known to be a vector or a matrix")
    return x, known


def right_product(x: Any, matrix: Any) -> Any:
    """What SciPy does, too: the transpose of the product of the transposes."""
    x, known = _vector_or_matrix(x, matrix)
    if known == 1:
        return product(x, transposed(matrix))
    return mT(product(mT(x), transposed(matrix)))


@use("@", ".dot")
def matmul(a: Any, b: Any) -> Any:
    if is_sparse(a) and is_sparse(b):
        raise NotCovered(
            "the product of two sparse matrices", "multiply them outside the function, or one after the other"
        )
    return left_product(a, b) if is_sparse(a) else right_product(a, b)


@use("*")
def multiply(a: Any, b: Any) -> Any:
    matrix, other = (a, b) if is_sparse(a) else (b, a)
    is_product = issubclass(opaque_of(matrix).cls, sparse.spmatrix)
    if is_sparse(other) or not is_product or dims_of(type_of_operand(meanings.arrayed(other, matrix))) == ():
        raise NotCovered(
            "`*` of a sparse matrix that gives a sparse matrix",
            "write `@` for the product; scale the vector instead of the matrix",
        )
    return matmul(a, b)


def _dense_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    t = operands[0].type
    assert isinstance(t, Opaque)
    return (Array(t.dtype, t.shape),)


dense: Primitive = discrete(
    lambda matrix: matrix.toarray(), _dense_type, name="sparse_toarray", spelling="{0}.toarray()"
)


@use(".toarray")
def toarray(matrix: Any) -> Any:
    return dense(matrix)


@use("T", ".transpose")
def transpose(matrix: Any) -> Any:
    return transposed(matrix)


def _size_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    t = operands[0].type
    assert isinstance(t, Opaque)
    return (Scalar("int", extent=t.shape[attrs["axis"]]),)


size: Primitive = discrete(
    lambda matrix, axis: int(matrix.shape[axis]), _size_type, name="sparse_size", spelling="{0}.shape[{axis}]"
)


@use("shape")
def shape(matrix: Any) -> Any:
    return size(matrix, axis=0), size(matrix, axis=1)


@use("ndim")
def ndim(matrix: Any) -> Any:
    return 2


@use("dtype")
def dtype(matrix: Any) -> Any:
    return opaque_of(matrix).dtype


# Systems: with Aᵀ w = g, <g, dx> = <w, db>.


@lru_cache(maxsize=256)
def solution_dtype(matrix: Opaque, dtype: np.dtype[Any]) -> np.dtype[Any]:
    return linalg.spsolve(sparse.csc_array(np.ones((1, 1), matrix.dtype)), np.ones(1, dtype)).dtype  # type: ignore[no-any-return]


def _solution_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    b, matrix = operands
    assert isinstance(matrix.type, Opaque)
    dtype = dtype_of(b.type)
    found = None if dtype is None else solution_dtype(dataclasses.replace(matrix.type, shape=(1, 1)), dtype)
    return (Array(found, dims_of(b.type)),)


spsolve: Primitive = linear(
    lambda b, matrix: linalg.spsolve(matrix, b),
    lambda g, b, matrix: spsolve(g, transposed(matrix)),
    _solution_type,
    name="spsolve",
    spelling="scipy.sparse.linalg.spsolve({1}, {0})",
)


def spsolve_meaning(A: Any, b: Any, permc_spec: Any = None, use_umfpack: Any = True) -> Any:
    if not is_sparse(A):
        raise NotCovered("scipy.sparse.linalg.spsolve of a matrix that is not a constant sparse one")
    if permc_spec is not None or use_umfpack is not True:
        raise NotCovered("`permc_spec=` and `use_umfpack=` of scipy.sparse.linalg.spsolve")
    if is_sparse(b):
        raise NotCovered("scipy.sparse.linalg.spsolve with a sparse right side")
    b = meanings.arrayed(b, A)
    dims = dims_of(type_of_operand(b))
    if dims is None or len(dims) not in (1, 2) or (len(dims) == 2 and may_be_one(dims[1])):
        raise NotCovered("scipy.sparse.linalg.spsolve of what is not known to be a vector, or several columns")
    return spsolve(b, A)


OBJECTS[linalg.spsolve] = checked(spsolve_meaning)
MEANINGS[linalg.spsolve] = checked(spsolve_meaning)  # of what is no sparse matrix: it says so
