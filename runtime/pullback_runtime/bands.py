"""Band matrices as LAPACK stores them: element i, j in row `upper + i - j` of column j.

Places of the store that belong to no element, in its corners, are not read, and are zero in what is made here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np


def transposed_band(ab: Any, lower: int, upper: int) -> Any:
    """The transpose of a band matrix, which has `upper` diagonals below the main one, and `lower` above it.

    Args:
        ab: a band matrix.
        lower: how many diagonals it has below the main one.
        upper: how many above.

    >>> transposed_band(np.array([[0.0, 5.0], [1.0, 2.0]]), 0, 1)
    array([[1., 2.],
           [5., 0.]])
    """
    ab = np.asarray(ab)
    out = np.zeros_like(ab)
    for row, offset, start, stop in _diagonals(ab.shape[1], lower, upper):
        out[lower - offset, start + offset : stop + offset] = ab[row, start:stop]
    return out


def band_product(ab: Any, x: Any, lower: int, upper: int) -> Any:
    """The product of a band matrix and a vector, or a matrix of columns.

    >>> band_product(np.array([[0.0, 5.0], [1.0, 2.0]]), np.array([1.0, 10.0]), 0, 1)
    array([51., 20.])
    """
    ab, x = np.asarray(ab), np.asarray(x)
    out = np.zeros(x.shape, np.result_type(ab, x))
    for row, offset, start, stop in _diagonals(ab.shape[1], lower, upper):
        out[start + offset : stop + offset] += (ab[row, start:stop] * x[start:stop].T).T
    return out


def band_of_product(x: Any, y: Any, lower: int, upper: int) -> Any:
    """The band of the matrix `x @ y.T`, of two vectors or matrices of columns; the matrix itself is not made.

    >>> band_of_product(np.array([1.0, 2.0]), np.array([3.0, 4.0]), 0, 1)
    array([[0., 4.],
           [3., 8.]])
    """
    x, y = np.asarray(x), np.asarray(y)
    out = np.zeros((lower + upper + 1, len(x)), np.result_type(x, y))
    for row, offset, start, stop in _diagonals(len(x), lower, upper):
        product = x[start + offset : stop + offset] * y[start:stop]
        out[row, start:stop] = product if x.ndim == 1 else product.sum(axis=1)
    return out


def band_of_matrix(a: Any, lower: int, upper: int) -> Any:
    """The band of a square matrix.

    >>> band_of_matrix(np.array([[1.0, 5.0], [6.0, 2.0]]), 0, 1)
    array([[0., 5.],
           [1., 2.]])
    """
    a = np.asarray(a)
    out = np.zeros((lower + upper + 1, len(a)), a.dtype)
    for row, offset, start, stop in _diagonals(len(a), lower, upper):
        out[row, start:stop] = np.diagonal(a, -offset)
    return out


def matrix_of_band(ab: Any, lower: int, upper: int) -> Any:
    """The square matrix that has this band, and zeros elsewhere.

    >>> matrix_of_band(np.array([[0.0, 5.0], [1.0, 2.0]]), 0, 1)
    array([[1., 5.],
           [0., 2.]])
    """
    ab = np.asarray(ab)
    out = np.zeros((ab.shape[1], ab.shape[1]), ab.dtype)
    for row, offset, start, stop in _diagonals(ab.shape[1], lower, upper):
        out[np.arange(start + offset, stop + offset), np.arange(start, stop)] = ab[row, start:stop]
    return out


def both_sides(ab: Any, lower: bool) -> Any:
    """The band of a symmetric matrix, of which one side is given: with its main diagonal, that below it or above it.

    >>> both_sides(np.array([[1.0, 2.0], [5.0, 0.0]]), lower=True)
    array([[0., 5.],
           [1., 2.],
           [5., 0.]])
    """
    ab = np.asarray(ab)
    count = len(ab) - 1
    if lower:
        return np.concatenate([transposed_band(ab, count, 0)[:-1], ab])
    return np.concatenate([ab, transposed_band(ab, 0, count)[1:]])


def one_side(ab: Any, lower: bool) -> Any:
    """The transpose of `both_sides`: what each element of one side, which stands for two, adds up to.

    >>> one_side(np.array([[0.0, 5.0], [1.0, 2.0], [7.0, 0.0]]), lower=True)
    array([[ 1.,  2.],
           [12.,  0.]])
    """
    ab = np.asarray(ab)
    count = len(ab) // 2
    out = np.array(ab[count:] if lower else ab[: count + 1])
    if lower:
        out[1:] += transposed_band(ab[: count + 1], 0, count)[1:]
    else:
        out[:-1] += transposed_band(ab[count:], count, 0)[:-1]
    return out


def _diagonals(size: int, lower: int, upper: int) -> Iterator[tuple[int, int, int, int]]:
    """Each diagonal of a matrix of this size: its row of the store, i - j, and the columns that it has elements in."""
    for row in range(lower + upper + 1):
        offset = row - upper
        start, stop = max(0, -offset), min(size, size - offset)
        if start < stop:
            yield row, offset, start, stop
