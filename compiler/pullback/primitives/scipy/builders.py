"""Matrices of `scipy.linalg` that are made of coefficients, in Python for the interpreter, and those made of a size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import linalg

from pullback.ir.core import Primitive
from pullback.ir.types import INT, Scalar
from pullback.primitives import meanings
from pullback.primitives.families.creation import constructor
from pullback.primitives.inference import fixed
from pullback.primitives.kinds import discrete
from pullback.primitives.registry import CREATIONS, computes, means
from pullback.primitives.scipy.matrices import matrix, spelled


@computes(linalg.companion)
def companion(a: Any) -> Any:
    """The matrix whose eigenvalues are the roots of a polynomial."""
    a = np.atleast_1d(a)
    if a.ndim != 1:
        raise NotImplementedError("companion of more than one polynomial")
    n = a.shape[0]
    if n < 2:
        raise ValueError("The length of `a` along the last axis must be at least 2.")
    if np.any(a[0] == 0):
        raise ValueError("The first coefficient(s) of `a` (i.e. elements of `a[..., 0]`) must not be zero.")
    first_row = -a[1:] / (1.0 * a[:1])
    c = np.zeros((n - 1, n - 1), dtype=first_row.dtype)
    c[0] = first_row
    c[np.arange(1, n - 1), np.arange(0, n - 2)] = 1
    return c


@computes(linalg.leslie)
def leslie(f: Any, s: Any) -> Any:
    """The matrix of a population by ages: fertilities in its first row, survival below the diagonal."""
    f, s = np.atleast_1d(f), np.atleast_1d(s)
    if f.ndim != 1 or s.ndim != 1:
        raise NotImplementedError("leslie of more than one population")
    n = f.shape[0]
    if n != s.shape[0] + 1:
        raise ValueError(
            "Incorrect lengths for f and s. The length of s along the last axis must be one less than the length of f."
        )
    a = np.zeros((n, n), dtype=(f[0] + s[0]).dtype)
    a[0] = f
    a[np.arange(1, n), np.arange(0, n - 1)] = s
    return a


@computes(linalg.convolution_matrix)
def convolution_matrix(a: Any, n: Any, mode: Any = "full") -> Any:
    """The matrix whose product with a vector is the convolution with `a`."""
    a = np.asarray(a)
    if a.ndim != 1:
        raise NotImplementedError("convolution_matrix of more than one vector")
    if n <= 0:
        raise ValueError("n must be a positive integer.")
    below = np.pad(a, (0, n - 1))
    beside = np.pad(a[::-1], (0, n - 1))
    if mode == "full":
        return linalg.toeplitz(below, beside[len(beside) - n :])
    if mode not in ("valid", "same"):
        raise ValueError("'mode' argument must be one of ('full', 'valid', 'same')")
    trim = min(n, len(a)) - 1
    first = trim // 2 if mode == "same" else trim
    last = trim - first if mode == "same" else trim
    column = below[first : len(below) - last]
    return linalg.toeplitz(column, beside[len(beside) - n - first : len(beside) - first])


@computes(linalg.fiedler)
def fiedler(a: Any) -> Any:
    """The distances between numbers."""
    a = np.atleast_1d(a)
    if a.ndim != 1:
        raise NotImplementedError("fiedler of more than one vector")
    return np.abs(a[:, None] - a[None, :])


@computes(linalg.khatri_rao)
def khatri_rao(a: Any, b: Any) -> Any:
    """The Kronecker products of columns."""
    a, b = np.asarray(a), np.asarray(b)
    if a.ndim != 2 or b.ndim != 2:
        raise NotImplementedError("khatri_rao of stacks of matrices")
    if a.shape[1] != b.shape[1]:
        raise ValueError("The number of columns for both arrays should be equal.")
    return (a[:, None, :] * b[None, :, :]).reshape((a.shape[0] * b.shape[0], a.shape[1]))


@computes(linalg.diagsvd)
def diagsvd(s: Any, M: Any, N: Any) -> Any:
    """A matrix of the shape (M, N) with singular values on its diagonal."""
    part = np.diag(s)
    if len(s) == M:
        return np.hstack((part, np.zeros((M, N - M), dtype=part.dtype)))
    if len(s) == N:
        return np.concatenate((part, np.zeros((M - N, N), dtype=part.dtype)))
    raise ValueError("Length of s must be M or N.")


# Matrices that are made of a size: constants, called as they stand.


def refuse_unknown(function: Callable[..., Any]) -> None:
    """Let a function that makes an array of what is known ask for what is not."""

    @means(function)
    def meaning(*args: Any, **kwargs: Any) -> Any:
        for value in (*args, *kwargs.values()):
            meanings.static(value, "the argument")
        raise AssertionError("made where all arguments are known")


CONSTANTS = (
    linalg.dft,
    linalg.hadamard,
    linalg.helmert,
    linalg.hilbert,
    linalg.invhilbert,
    linalg.invpascal,
    linalg.pascal,
)
for _function in CONSTANTS:
    CREATIONS[_function] = constructor(_function)
    refuse_unknown(_function)


# What a matrix looks like.


def _looks(function: Callable[..., Any]) -> Primitive:
    prim = discrete(
        lambda a, atol, rtol: bool(function(a, atol=atol, rtol=rtol)),
        fixed(Scalar("bool")),
        name=function.__name__,
        spelling=f"{spelled(function)}({{0}}, atol={{atol}}, rtol={{rtol}})",
    )

    @means(function)
    def meaning(a: Any, atol: Any = None, rtol: Any = None) -> Any:
        return prim(matrix(a, function), atol=meanings.static(atol, "atol"), rtol=meanings.static(rtol, "rtol"))

    return prim


issymmetric = _looks(linalg.issymmetric)
ishermitian = _looks(linalg.ishermitian)
bandwidth: Primitive = discrete(linalg.bandwidth, fixed(INT, INT), name="bandwidth", spelling=spelled(linalg.bandwidth))


@means(linalg.bandwidth)
def bandwidth_meaning(a: Any) -> Any:
    return tuple(bandwidth(matrix(a, linalg.bandwidth)))
