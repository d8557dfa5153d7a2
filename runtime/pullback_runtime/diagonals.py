"""The transpose of taking a diagonal."""

from __future__ import annotations

from typing import Any

import numpy as np


def spread_diagonal(g: Any, shape: tuple[int, ...], offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Zeros of a shape with `g` on a diagonal: the transpose of `np.diagonal(x, offset, axis1, axis2)`.

    Args:
        g: the diagonals in the last axis.
        shape: that of `x`.
        offset: as of np.diagonal.
        axis1: as of np.diagonal.
        axis2: as of np.diagonal.

    >>> spread_diagonal(np.array([1.0, 2.0]), (2, 3), offset=1)
    array([[0., 1., 0.],
           [0., 0., 2.]])
    """
    out = np.zeros(shape, np.asarray(g).dtype)
    moved = np.moveaxis(out, (axis1, axis2), (-2, -1))
    n = np.shape(g)[-1]
    rows, columns = np.arange(n) - min(offset, 0), np.arange(n) + max(offset, 0)
    moved[..., rows, columns] = g
    return out
