"""What the transposes of Fourier transforms need: other lengths, and the weights of half spectra."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def resized(x: Any, lengths: Sequence[int], axes: Sequence[int]) -> Any:
    """`x` cut to these lengths along axes, or filled up with zeros: what a transform does to its operand.

    >>> resized(np.array([1.0, 2.0, 3.0]), (2,), (0,)), resized(np.array([1.0, 2.0, 3.0]), (4,), (0,))
    (array([1., 2.]), array([1., 2., 3., 0.]))
    """
    x = np.asarray(x)
    for axis, length in zip(axes, lengths, strict=True):
        if x.shape[axis] > length:
            x = np.moveaxis(np.moveaxis(x, axis, 0)[:length], 0, axis)
        elif x.shape[axis] < length:
            wide = np.zeros([length if k == axis % x.ndim else n for k, n in enumerate(x.shape)], x.dtype)
            np.moveaxis(wide, axis, 0)[: x.shape[axis]] = np.moveaxis(x, axis, 0)
            x = wide
    return x


def weighted(spectrum: Any, n: int, weight: float, axis: int) -> Any:
    """The half spectrum of `n` real numbers, times a weight where an entry stands for its mirror image, too.

    The first entry, and for an even `n` the last, are their own mirror images.

    >>> weighted(np.ones(3), 4, 2.0, 0), weighted(np.ones(3), 5, 2.0, 0)
    (array([1., 2., 1.]), array([1., 2., 2.]))
    """
    out = np.array(spectrum)
    inside = np.moveaxis(out, axis, 0)[1 : (n + 1) // 2]
    inside *= weight
    return out


def ends_weighted(x: Any, first: float, last: float, axis: int) -> Any:
    """`x` with the first and the last entry along an axis times a weight each; a single entry times both.

    >>> ends_weighted(np.ones(3), 2.0, 0.5, 0)
    array([2. , 1. , 0.5])
    """
    out = np.array(x)
    along = np.moveaxis(out, axis, 0)
    along[:1] *= first
    along[-1:] *= last
    return out
