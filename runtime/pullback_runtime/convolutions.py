"""The transpose of a convolution of vectors."""

from __future__ import annotations

from typing import Any

import numpy as np


def unconvolve(g: Any, v: Any, shape: tuple[int, ...], mode: str) -> Any:
    """The cotangent of `a` of this shape, where `g` is that of `np.convolve(a, v, mode)`.

    `g` is put back where `mode` cut it out of the full convolution; then a_bar[k] = sum of full[k + m] * v[m].

    >>> unconvolve(np.array([1.0, 0.0, 0.0]), np.array([2.0, 3.0]), (2,), "full")
    array([2., 0.])
    """
    n, m = shape[0], len(v)
    start = {"full": 0, "same": (min(n, m) - 1) // 2, "valid": min(n, m) - 1}[mode]
    full = np.zeros(n + m - 1, np.result_type(g, v))
    full[start : start + len(g)] = g
    return np.correlate(full, np.conj(v), "valid")  # which conjugates it again
