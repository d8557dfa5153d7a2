"""Functions of matrices by their definitions, in arithmetic alone: for matrices of expressions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def _each(function: Callable[[Any], Any], stack: Any) -> Any:
    """A function of one matrix on each of a stack."""
    stack = np.asarray(stack, dtype=object)
    batch = stack.shape[:-2]
    found = [np.asarray(function(stack[place]), dtype=object) for place in np.ndindex(batch)]
    out = np.empty((len(found), *found[0].shape), dtype=object)
    for k, value in enumerate(found):
        out[k] = value[()]
    return out.reshape((*batch, *found[0].shape))


def _minor(a: Any, i: int, j: int) -> Any:
    return np.delete(np.delete(a, i, axis=0), j, axis=1)


def _determinant(a: Any) -> Any:
    if a.shape == (1, 1):
        return a[0, 0]
    return sum((-1) ** j * a[0, j] * _determinant(_minor(a, 0, j)) for j in range(len(a)))


def _cofactors(a: Any) -> Any:
    if a.shape == (1, 1):
        return np.ones((1, 1), dtype=object)
    n = len(a)
    return np.array([[(-1) ** (i + j) * _determinant(_minor(a, i, j)) for j in range(n)] for i in range(n)])


def determinant(a: Any) -> Any:
    """By expansion along the first row.

    >>> int(determinant(np.array([[1, 2], [3, 4]])))
    -2
    """
    return _each(_determinant, a)


def cofactors(a: Any) -> Any:
    """The matrix of signed minors.

    >>> cofactors(np.array([[1, 2], [3, 4]])).tolist()
    [[4, -3], [-2, 1]]
    """
    return _each(_cofactors, a)


def inverse(a: Any) -> Any:
    """Cramer's rule."""
    return np.swapaxes(cofactors(a), -1, -2) / determinant(a)[..., None, None]


def solution(a: Any, b: Any) -> Any:
    """The inverse times `b`, a vector or a stack of matrices."""
    return (inverse(a) @ b[:, None])[..., 0] if np.ndim(b) == 1 else inverse(a) @ b


def cholesky(a: Any, root: Callable[[Any], Any]) -> Any:
    """The lower factor, column by column, from the lower triangle; `root` is the square root."""

    def factor(x: Any) -> Any:
        n = len(x)
        out = np.zeros((n, n), dtype=object)
        for j in range(n):
            out[j, j] = root(x[j, j] - sum(out[j, k] ** 2 for k in range(j)))
            for i in range(j + 1, n):
                out[i, j] = (x[i, j] - sum(out[i, k] * out[j, k] for k in range(j))) / out[j, j]
        return out

    return _each(factor, a)
