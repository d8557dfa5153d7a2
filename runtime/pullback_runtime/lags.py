"""Sums over the diagonals of a product: what the derivative by a Toeplitz matrix comes down to."""

from __future__ import annotations

from typing import Any

import numpy as np


def lag_sums(x: Any, y: Any) -> Any:
    """The sums over the diagonals of `x @ y.T`, from the upper right corner to the lower left one.

    They are computed by fast Fourier transforms, as products with Toeplitz matrices are.

    Args:
        x: a vector, or a matrix of columns.
        y: another one, with as many columns.

    >>> lag_sums(np.array([1.0, 10.0]), np.array([2.0, 3.0])).round(12)
    array([ 3., 32., 20.])
    """
    x, y = np.asarray(x), np.asarray(y)
    count = len(x) + len(y) - 1
    if not x.size or not y.size:
        return np.zeros(max(count, 0), np.result_type(x, y))
    product = np.fft.rfft(x, count, axis=0) * np.fft.rfft(y[::-1], count, axis=0)
    return np.fft.irfft(product if x.ndim == 1 else product.sum(axis=1), count).astype(np.result_type(x, y), copy=False)
