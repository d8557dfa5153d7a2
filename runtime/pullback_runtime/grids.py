"""Multilinear interpolation between values on a grid: its slopes, and its transpose."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np


def grid_sample(points: Any, values: Any, grid: tuple[Any, ...], orders: tuple[int, ...], is_filled: bool) -> Any:
    """What lies between the values on a grid, or a derivative of it by some of the coordinates.

    Args:
        points: coordinates in the last axis.
        values: on the grid in the first axes; there may be more.
        grid: the coordinates of the values along each axis, rising or falling.
        orders: 1 for each coordinate that is differentiated by, else 0.
        is_filled: whether there is a constant beyond the grid, so that this is 0 there; else it is extrapolated.

    At a coordinate of the grid the slope is that of the cell above; on the last one, of the cell below.

    >>> grid_sample(np.array([[0.5], [1.0]]), np.array([0.0, 2.0, 3.0]), (np.array([0.0, 1.0, 2.0]),), (1,), True)
    array([2., 1.])
    """
    points, values = np.asarray(points), np.asarray(values)
    out = np.zeros(points.shape[:-1] + values.shape[len(grid) :])
    for index, weight in _corners(points, grid, orders, is_filled):
        out += values[index] * weight.reshape(weight.shape + (1,) * (values.ndim - len(grid)))
    return out


def grid_slope(points: Any, f: Any, orders: tuple[int, ...]) -> Any:
    """`grid_sample` of a `scipy.interpolate.RegularGridInterpolator` of method "linear".

    >>> from types import SimpleNamespace
    >>> f = SimpleNamespace(
    ...     values=np.array([0.0, 2.0]), grid=(np.array([0.0, 1.0]),), bounds_error=False, fill_value=None
    ... )
    >>> grid_slope(np.array([[0.5], [9.0]]), f, (1,))
    array([2., 2.])
    """
    return grid_sample(points, f.values, f.grid, orders, f.bounds_error or f.fill_value is not None)


def grid_spread(
    g: Any, points: Any, shape: tuple[int, ...], grid: tuple[Any, ...], orders: tuple[int, ...], is_filled: bool
) -> Any:
    """The transpose of `grid_sample` by the values, which have this shape.

    >>> grid_spread(np.array([1.0]), np.array([[0.25]]), (3,), (np.array([0.0, 1.0, 2.0]),), (0,), True)
    array([0.75, 0.25, 0.  ])
    """
    g, points, out = np.asarray(g), np.asarray(points), np.zeros(shape)
    for index, weight in _corners(points, grid, orders, is_filled):
        kept = np.where(np.isnan(weight), 0.0, weight)  # at a point that is not a number no value counts
        np.add.at(out, index, g * kept.reshape(kept.shape + (1,) * (out.ndim - len(grid))))
    return out


def _corners(
    points: Any, grid: tuple[Any, ...], orders: tuple[int, ...], is_filled: bool
) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """The corners of the cells in which points lie: their places in the values, and their weights."""
    outside: Any = False
    sides = []
    for k, (coordinates, order) in enumerate(zip(grid, orders, strict=True)):
        x, knots = points[..., k], np.asarray(coordinates, dtype=float)
        rising = knots[0] <= knots[-1]
        knots, last = (knots if rising else knots[::-1]), len(knots) - 1
        outside = outside | (x < knots[0]) | (x > knots[-1])
        below = np.clip(np.searchsorted(knots, x, side="right") - 1, 0, max(last - 1, 0))
        above = np.minimum(below + 1, last)
        width = np.where(above > below, knots[above] - knots[below], np.inf)
        share = (x - knots[below]) / width
        weights = (-1.0 / width, 1.0 / width) if order else (1.0 - share, share)
        places = (below, above) if rising else (last - below, last - above)
        sides.append([*zip(places, weights, strict=True)])
    for which in np.ndindex(*[2] * len(sides)):
        corner = [pair[k] for pair, k in zip(sides, which, strict=True)]
        weight = np.prod([w for _, w in corner], axis=0)
        yield tuple(place for place, _ in corner), np.where(outside, 0.0, weight) if is_filled else weight
