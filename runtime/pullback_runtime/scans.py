"""Recurrences along an axis."""

from __future__ import annotations

from typing import Any

import numpy as np


def recurrence(g: Any, x: Any, axis: int, reverse: bool = False) -> Any:
    """The first-order linear recurrence s[i] = g[i] + x[i] * s[i - 1]; its transpose with `reverse`.

    The transpose is s[i] = g[i] + x[i + 1] * s[i + 1]. Derivatives of running products are such sums, exact at zeros.

    >>> recurrence(np.array([1.0, 0.0, 0.0]), np.array([5.0, 2.0, 3.0]), 0)
    array([1., 2., 6.])
    >>> recurrence(np.array([0.0, 0.0, 1.0]), np.array([5.0, 2.0, 3.0]), 0, reverse=True)
    array([6., 3., 1.])
    """
    out = np.array(g)
    sums, factors = np.moveaxis(out, axis, 0), np.moveaxis(np.asarray(x), axis, 0)
    for i in range(len(sums) - 1):
        if reverse:
            sums[-2 - i] += factors[-1 - i] * sums[-1 - i]
        else:
            sums[i + 1] += factors[i + 1] * sums[i]
    return out


def running_argmax(x: Any, axis: int) -> Any:
    """Where the largest element so far was first met.

    >>> running_argmax(np.array([1.0, 3.0, 2.0, 3.0, 4.0]), 0)
    array([0, 1, 1, 1, 4])
    """
    rows = np.moveaxis(np.asarray(x), axis, 0)
    before = np.maximum.accumulate(rows, axis=0)[:-1]
    place = np.arange(1, len(rows)).reshape(-1, *(1,) * (rows.ndim - 1))
    found = np.zeros(rows.shape, np.intp)
    found[1:] = np.maximum.accumulate(np.where(rows[1:] > before, place, 0), axis=0)
    return np.moveaxis(found, 0, axis)
