"""The transposes of `matmul` and `dot` for operands of any rank.

`left` hands back the cotangent of the first operand, `right` that of the second. Generated code calls them only where
the ranks are not known; where they are, the products are written out.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pullback_runtime.broadcasting import unbroadcast


def matmul_left(g: Any, b: Any, shape: tuple[int, ...]) -> Any:
    """The cotangent of `a` in `a @ b`, for `a.shape == shape`.

    >>> matmul_left(np.ones(2), np.array([1.0, 2.0, 3.0]), (2, 3))
    array([[1., 2., 3.],
           [1., 2., 3.]])
    """
    if np.ndim(b) == 1:
        return unbroadcast(np.asarray(g)[..., None] * b, shape)
    if len(shape) == 1:
        return unbroadcast(np.matmul(b, np.asarray(g)[..., None])[..., 0], shape)
    return unbroadcast(np.matmul(g, np.swapaxes(b, -1, -2)), shape)


def matmul_right(g: Any, a: Any, shape: tuple[int, ...]) -> Any:
    """The cotangent of `b` in `a @ b`, for `b.shape == shape`.

    >>> matmul_right(np.ones(2), np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), (3,))
    array([5., 7., 9.])
    """
    if np.ndim(a) == 1:
        tail = np.asarray(g)[..., None] if len(shape) == 1 else np.asarray(g)[..., None, :]
        left = a if len(shape) == 1 else a[:, None]
        return unbroadcast(left * tail, shape)
    if len(shape) == 1:
        return unbroadcast(np.matmul(np.swapaxes(a, -1, -2), np.asarray(g)[..., None])[..., 0], shape)
    return unbroadcast(np.matmul(np.swapaxes(a, -1, -2), g), shape)


def dot_left(g: Any, b: Any, shape: tuple[int, ...]) -> Any:
    """The cotangent of `a` in `np.dot(a, b)`, for `a.shape == shape`.

    >>> dot_left(2.0, np.array([1.0, 2.0]), (2,))
    array([2., 4.])
    """
    if not shape or np.ndim(b) == 0:
        return unbroadcast(np.multiply(g, b), shape)
    outer = len(shape) - 1
    kept = [k for k in range(np.ndim(b)) if k != max(np.ndim(b) - 2, 0)]
    return np.tensordot(g, b, (list(range(outer, np.ndim(g))), kept))


def dot_right(g: Any, a: Any, shape: tuple[int, ...]) -> Any:
    """The cotangent of `b` in `np.dot(a, b)`, for `b.shape == shape`.

    >>> dot_right(np.ones(2), np.array([[1.0, 2.0], [3.0, 4.0]]), (2,))
    array([4., 6.])
    """
    if not shape or np.ndim(a) == 0:
        return unbroadcast(np.multiply(g, a), shape)
    outer = np.ndim(a) - 1
    product = np.tensordot(a, g, (list(range(outer)), list(range(outer))))
    return np.moveaxis(product, 0, max(len(shape) - 2, 0))
