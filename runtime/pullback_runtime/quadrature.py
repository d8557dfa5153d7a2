"""The weights of quadrature formulas, and integrals of arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def simpson_weights(count: int) -> Any:
    """What `scipy.integrate.simpson` multiplies samples at distance one by.

    An even number of samples ends with the parabola through the last three, of which the last interval counts
    (Cartwright 2017, Simpson's rule cumulative integration).

    >>> np.round(simpson_weights(4) * 24)
    array([ 8., 30., 24., 10.])
    """
    if count < 2:
        return np.zeros(count)
    if count == 2:
        return np.array([0.5, 0.5])
    weights = np.zeros(count)
    odd = count - (count % 2 == 0)
    weights[0:odd:2] = 2.0 / 3.0
    weights[1:odd:2] = 4.0 / 3.0
    weights[[0, odd - 1]] -= 1.0 / 3.0
    if count % 2 == 0:
        weights[-3:] += np.array([-1.0, 8.0, 5.0]) / 12.0
    return weights


def romb_weights(count: int) -> Any:
    """What `scipy.integrate.romb` multiplies samples at distance one by: trapezoids of all widths, extrapolated.

    Args:
        count: how many samples there are, one more than a power of 2.

    >>> romb_weights(3) * 3
    array([1., 4., 1.])
    """
    row: list[Any] = []
    width = count - 1
    while width:
        trapezoids = np.zeros(count)
        trapezoids[::width] = width
        trapezoids[[0, -1]] /= 2.0
        finer = [trapezoids]
        for j, coarse in enumerate(row, start=1):
            finer.append(finer[-1] + (finer[-1] - coarse) / (4**j - 1))
        row = finer
        width //= 2
    return row[-1]


def vector_integral(quad_vec: Callable[..., Any], f: Callable[..., Any], a: Any, b: Any, **options: Any) -> Any:
    """`quad_vec(f, a, b, **options)[0]` of `scipy.integrate`, which does not say itself that it has not converged.

    What single precision cannot reach is let through: it is an error where not even three digits are right.

    >>> from scipy.integrate import quad_vec
    >>> vector_integral(quad_vec, lambda t: t ** np.array([1, 2]), 0, 1)
    array([0.5       , 0.33333333])
    """
    value, error, info = quad_vec(f, a, b, full_output=True, **options)
    if info.status == 1 and error > 1e-3 * np.linalg.norm(value):
        raise RuntimeError("the integral of a derivative does not converge")
    return value
