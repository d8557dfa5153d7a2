"""Values of an array between its elements, as `scipy.ndimage` interpolates: by B-splines at points that are given.

Thévenaz, Blu and Unser (2000), Interpolation revisited, IEEE Transactions on Medical Imaging 19: a spline is the sum of
its coefficients times B-splines of the distances, the derivative of which is a difference of two of an order less.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np


def spline_samples(
    coefficients: Any, points: Any, order: int, mode: str, derivative: tuple[int, ...], margin: int = 0
) -> Any:
    """The spline with these coefficients, or a derivative of it, at points; 0 outside where `mode` is constant.

    Args:
        coefficients: of B-splines that are centred at the elements.
        points: their coordinates, the first axis of them along those of the array.
        order: of the spline, 0 to 5.
        mode: what is beyond the ends, as in `scipy.ndimage.map_coordinates`.
        derivative: how often it is derived along each axis.
        margin: how many elements were added at each end of each axis.

    >>> spline_samples(np.array([1.0, 4.0, 9.0]), np.array([[0.5, 1.5]]), 1, "nearest", (0,))
    array([2.5, 6.5])
    """
    coefficients = np.asarray(coefficients)
    flat = np.append(coefficients.ravel(), 0.0)
    points = np.asarray(points)
    out = np.zeros(points.shape[1:])
    for places, weights in _terms(points, coefficients.shape, order, mode, derivative, margin):
        out += flat[places] * weights
    return out.astype(np.result_type(coefficients, np.float32), copy=False)


def add_spline_samples(
    g: Any, points: Any, shape: tuple[int, ...], order: int, mode: str, derivative: tuple[int, ...], margin: int = 0
) -> Any:
    """The transpose of `spline_samples` of an array of this shape with margins: an element gets its weights times g.

    >>> add_spline_samples(np.ones(2), np.array([[0.5, 1.5]]), (3,), 1, "nearest", (0,))
    array([0.5, 1. , 0.5])
    """
    g, shape = np.asarray(g), tuple(n + 2 * margin for n in shape)
    count = int(np.prod(shape, dtype=int))
    flat = np.zeros(count + 1)
    for places, weights in _terms(np.asarray(points), shape, order, mode, derivative, margin):
        np.add.at(flat, places, g * weights)
    return flat[:count].reshape(shape).astype(np.result_type(g, np.float32), copy=False)


def _terms(
    points: Any, shape: tuple[int, ...], order: int, mode: str, derivative: tuple[int, ...], margin: int
) -> Iterator[tuple[Any, Any]]:
    """Flat places and what is there multiplied by; that after the last one where nothing is there."""
    count = int(np.prod(shape, dtype=int))
    if count == 0:
        return
    inside = np.ones(points.shape[1:], bool)
    along = []
    for point, n, times in zip(points, shape, derivative, strict=True):
        at, sign, known = _folded(point + margin, n, mode)
        inside &= known
        middle = at if order % 2 else at + 0.5
        start = np.floor(middle)
        row = []
        for k, weight in enumerate(_b_splines(order, middle - start, times)):
            place = start.astype(np.intp) - order // 2 + k
            weight = sign**times * weight
            there = (place >= 0) & (place < n)
            if mode != "grid-constant":
                ends = mode if mode in ("reflect", "grid-wrap") else "mirror"
                beyond = place if mode == "nearest" else np.rint(_folded(place, n, ends)[0]).astype(np.intp)
                place, there = np.where(there, place, np.clip(beyond, 0, n - 1)), np.ones_like(there)
            row.append((place, there, weight))
        along.append(row)
    strides = [int(np.prod(shape[k + 1 :], dtype=int)) for k in range(len(shape))]
    for chosen in np.ndindex((order + 1,) * len(along)):
        terms = [row[k] for row, k in zip(along, chosen, strict=True)]
        there = inside
        weights = np.ones(points.shape[1:])
        places = np.zeros(points.shape[1:], np.intp)
        for (place, known, weight), stride in zip(terms, strides, strict=True):
            there, weights, places = there & known, weights * weight, places + stride * place
        yield np.where(there, places, count), weights


def _folded(at: Any, n: int, mode: str) -> tuple[Any, Any, Any]:
    """A coordinate inside of an axis of `n` elements, its slope by the one that is given, and whether there is one."""
    everywhere, beyond = np.ones(np.shape(at), bool), (at < 0) | (at > n - 1)
    if mode in ("grid-constant", "nearest"):  # which say what stands in for elements beyond the ends
        return at, 1.0, everywhere
    if mode == "constant":
        return np.where(beyond, 0, at), 1.0, ~beyond
    if n == 1:
        return np.where(beyond, 0, at), np.where(beyond, 0.0, 1.0), everywhere
    if mode == "grid-wrap":
        return np.where(beyond, np.mod(at, n), at), 1.0, everywhere
    if mode == "wrap":  # where the last element is before the first one: whole turns end there, from below
        turns = np.where(at < 0, np.trunc(-at / (n - 1)) + 1, -np.trunc(at / (n - 1)))
        return np.where(beyond, at + (n - 1) * turns, at), 1.0, everywhere
    shift = 0.5 if mode == "reflect" else 0.0
    period = 2 * n if mode == "reflect" else 2 * n - 2
    turned = np.mod(at + shift, period)
    back = turned > period / 2
    folded = np.where(back, period - turned, turned) - shift
    return np.where(beyond, folded, at), np.where(beyond & back, -1.0, 1.0), everywhere


def _b_splines(order: int, rest: Any, derivative: int) -> Iterator[Any]:
    """The B-splines of the elements around a point, or derivatives of them, from its distance to the lower knot.

    They are sums of powers of what is above each knot, with the signed binomials of order + 1: a polynomial each.
    """
    signed = np.poly(np.ones(order + 1)) / np.prod(np.arange(1, order + 1), dtype=float)
    for k in range(order + 1):
        polynomial = np.zeros(order + 1)
        for j in range(order + 1 - k):
            polynomial = polynomial + signed[j] * np.poly(np.full(order, -float(order - k - j)))
        yield np.polyval(np.polyder(polynomial, derivative), rest)


def affine_points(matrix: Any, offset: Any, like: Any) -> Any:
    """Where `scipy.ndimage.affine_transform` reads for each element of `like`: a matrix times indices, and an offset.

    A vector is the diagonal of a matrix. Products are added one by one, as SciPy does.

    >>> affine_points(np.array([2.0]), 0.5, np.zeros(3))
    array([[0.5, 2.5, 4.5]])
    """
    grid = np.indices(np.shape(like), float)
    matrix = np.asarray(matrix, float)
    if matrix.ndim == 1:
        points = [row * indices for row, indices in zip(matrix, grid, strict=True)]
    else:
        points = [sum(entry * indices for entry, indices in zip(row, grid, strict=True)) for row in matrix]
    offsets = np.broadcast_to(offset, (len(matrix),))
    return np.array([point + o for point, o in zip(points, offsets, strict=True)])


def zoomed_points(like: Any, shape: tuple[int, ...], grid_mode: bool = False) -> Any:
    """Where `scipy.ndimage.zoom` reads in an array of this shape for each element of `like`.

    >>> zoomed_points(np.zeros(3), (5,))
    array([[0., 2., 4.]])
    """
    edge = 0 if grid_mode else 1
    points = []
    for indices, n, m in zip(np.indices(np.shape(like), float), shape, np.shape(like), strict=True):
        ratio = (n - edge) / (m - edge) if m != edge else 1.0
        points.append((indices + 0.5) * ratio - 0.5 if grid_mode else indices * ratio)
    return np.array(points)


def rotated_points(like: Any, shape: tuple[int, ...], cos: float, sin: float, axes: tuple[int, int]) -> Any:
    """Where `scipy.ndimage.rotate` reads in an array of this shape for each element of `like`.

    >>> rotated_points(np.zeros((1, 2)), (2, 1), 0.0, 1.0, (0, 1))
    array([[[0., 1.]],
    <BLANKLINE>
           [[0., 0.]]])
    """
    matrix = np.array([[cos, sin], [-sin, cos]])
    first, second = sorted(axis % len(shape) for axis in axes)
    points = np.indices(np.shape(like), float)
    given, made = (np.array([s[first], s[second]]) for s in (shape, np.shape(like)))
    offset = (given - 1) / 2 - matrix @ ((made - 1) / 2)
    y, x = points[first].copy(), points[second].copy()
    points[first] = y * matrix[0, 0] + x * matrix[0, 1] + offset[0]
    points[second] = y * matrix[1, 0] + x * matrix[1, 1] + offset[1]
    return points
