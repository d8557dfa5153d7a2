"""Polynomials by their coefficients, as NumPy itself computes them: Horner's scheme, slices and products."""

from __future__ import annotations

from typing import Any

import numpy as np

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Scalar, Type, dims_of, rank
from pullback.primitives import meanings
from pullback.primitives.expr import Expr, beside, type_of_operand
from pullback.primitives.families.conversions import as_array, strong
from pullback.primitives.families.convolutions import convolve
from pullback.primitives.families.creation import zeros_like
from pullback.primitives.families.indexing import Index, Slice, getitem
from pullback.primitives.families.joining import concatenate
from pullback.primitives.families.shapes import size_of
from pullback.primitives.families.shaping import expand_dims, flip
from pullback.primitives.inference import dtype_of, unknown_dim
from pullback.primitives.kinds import general
from pullback.primitives.registry import PRIMITIVES, NotCovered, means


def coefficients_of(p: Any, what: str) -> list[Any]:
    """The coefficients one by one: their number must be known."""
    if not isinstance(p, Expr):
        return list(np.atleast_1d(np.asarray(p))) if not isinstance(p, list | tuple) else list(p)
    dims = dims_of(type_of_operand(p))
    if dims is None or len(dims) != 1 or not isinstance(dims[0], int):
        raise NotCovered(f"{what} of an array whose length is not known when compiling", "pass a list of coefficients")
    return [getitem(p, index=Index((k,))) for k in range(dims[0])]


def point_of(x: Any, near: Any, what: str) -> Any:
    x = meanings.arrayed(x, near)
    if isinstance(type_of_operand(x), Scalar):
        raise NotCovered(f"{what} at a Python number", "write Horner's scheme as a loop")
    return x


def points_and_coefficients(x: Any, p: Any, what: str) -> tuple[Any, list[Any]]:
    """Both as they meet: of a list of coefficients NumPy makes an array, beside which float32 is float64."""
    coefficients, known = coefficients_of(p, what), dtype_of(type_of_operand(x))
    if isinstance(p, Expr):
        return x, coefficients
    if known is None:
        return x, [strong(c, x) for c in coefficients]
    return as_array(
        x, np.result_type(known, *(dtype_of(type_of_operand(c)) or known for c in coefficients))
    ), coefficients


@means(np.polyval)
def polyval(p: Any, x: Any) -> Any:
    """Horner's scheme, from zeros of the shape of `x` on."""
    x, coefficients = points_and_coefficients(point_of(x, (p, x), "np.polyval"), p, "np.polyval")
    value = zeros_like(x, dtype=None)
    for coefficient in coefficients:
        value = value * x + coefficient
    return value


def _aligned(a: Any, b: Any, what: str) -> tuple[Any, Any]:
    """Both as arrays of one length, the shorter one after zeros."""
    pair = [meanings.arrayed(v, (a, b)) for v in (a, b)]
    lengths = [(dims_of(type_of_operand(v)) or (None,)) for v in pair]
    if any(len(dims) != 1 for dims in lengths):
        raise NotCovered(f"{what} of what is not known to be two vectors")
    counts = [dims[0] for dims in lengths]
    if counts[0] == counts[1] and counts[0] is not None:
        return pair[0], pair[1]
    if not all(isinstance(n, int) for n in counts):
        raise NotCovered(f"{what} of vectors whose lengths are not known when compiling")
    longest = max(n for n in counts if isinstance(n, int))
    padded = []
    for v, n in zip(pair, counts, strict=True):
        assert isinstance(n, int)
        dtype = dtype_of(type_of_operand(v))
        zeros = beside(v, PRIMITIVES["zeros"], (longest - n,), dtype=dtype) if n < longest else None
        padded.append(v if zeros is None else concatenate(zeros, v, axis=0))
    return padded[0], padded[1]


@means(np.polyadd)
def polyadd(a1: Any, a2: Any) -> Any:
    a, b = _aligned(a1, a2, "np.polyadd")
    return a + b


@means(np.polysub)
def polysub(a1: Any, a2: Any) -> Any:
    a, b = _aligned(a1, a2, "np.polysub")
    return a - b


@means(np.polymul)
def polymul(a1: Any, a2: Any) -> Any:
    a, b = (meanings.arrayed(v, (a1, a2)) for v in (a1, a2))
    return convolve(a, b, mode="full")


def _vector(p: Any, what: str) -> tuple[Any, int]:
    p = meanings.arrayed(p, p)
    dims = dims_of(type_of_operand(p))
    if dims is None or len(dims) != 1 or not isinstance(dims[0], int):
        raise NotCovered(f"{what} of an array whose length is not known when compiling")
    return p, dims[0]


def _descending(p: Any, first: int) -> Any:
    return meanings.constant_array(meanings.first_pen(p), list(range(first, 0, -1)))


@means(np.polyder)
def polyder(p: Any, m: Any = 1) -> Any:
    for _ in range(meanings.static(m, "m")):
        p, n = _vector(p, "np.polyder")
        if n < 2:
            raise NotCovered("np.polyder of a constant")
        p = getitem(p, index=Index((Slice(None, -1),))) * _descending(p, n - 1)
    return p


@means(np.polyint)
def polyint(p: Any, m: Any = 1, k: Any = None) -> Any:
    if k is not None:
        raise NotCovered("`k=` of np.polyint", "add the constant")
    for _ in range(meanings.static(m, "m")):
        p, n = _vector(p, "np.polyint")
        constant = beside(p, PRIMITIVES["zeros"], (1,), dtype=dtype_of(type_of_operand(p)))
        p = concatenate(p / _descending(p, n), constant, axis=0)
    return p


# Roots: of p(r) = 0 follows p'(r) dr = -dp(r), so that dr = -sum_j r^(n-j) dp_j / p'(r) for a simple root.


def _roots_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dtype = dtype_of(operands[0].type)
    if dtype is not None and dtype.kind != "c":
        raise NotCovered(
            "np.roots of coefficients that are not known to be complex, which are real or complex by their values,",
            "pass `p + 0j`",
        )
    return (Array(dtype, (unknown_dim(),)),)


def _shares(r: Any, p: Any) -> Any:
    """How much each root moves with each coefficient."""
    exponents = beside(r, PRIMITIVES["arange"], size_of(p, 0) - 1, -1, -1, dtype=None)
    powers = expand_dims(r, axis=1) ** exponents
    lower = expand_dims(r, axis=1) ** PRIMITIVES["maximum"](exponents - 1, 0)
    slope = PRIMITIVES["matmul"](lower, p * exponents)
    return -powers / expand_dims(slope, axis=1)


roots: Primitive = general(
    np.roots,
    lambda g, out, p: PRIMITIVES["matmul"](g, _shares(out, p)),
    lambda tangents, out, p: PRIMITIVES["matmul"](_shares(out, p), tangents[0]),
    _roots_type,
    np.roots,
    accepts="p",
)


@means(np.vander)
def vander(x: Any, N: Any = None, increasing: Any = False) -> Any:
    """Columns of powers: running products of ones, x, x, ..."""
    x, count = meanings.arrayed(x, x), meanings.static(N, "N")
    dims = dims_of(type_of_operand(x))
    count = dims[0] if count is None and dims and isinstance(dims[0], int) else count
    if rank(type_of_operand(x)) != 1 or count is None or count < 1:
        raise NotCovered("np.vander of an array that is not a vector, without `N=`")
    column = expand_dims(x, axis=1)
    ones = PRIMITIVES["ones_like"](column, dtype=np.dtype(int))  # ints: as NumPy promotes the powers
    columns = concatenate(ones, *[column] * max(count - 1, 1), axis=1)
    powers = PRIMITIVES["cumprod"](columns, axis=1)
    powers = getitem(powers, index=Index((Slice(), Slice(None, 1)))) if count == 1 else powers
    return powers if meanings.static(increasing, "increasing") else flip(powers, axis=1)
