"""numpy.polynomial: coefficients that begin with the constant. Loads when that module has been imported."""

from __future__ import annotations

from typing import Any

import numpy as np

from pullback.primitives.families.polynomials import coefficients_of, point_of
from pullback.primitives.registry import NotCovered, means


@means(np.polynomial.polynomial.polyval)
def ascending_polyval(x: Any, c: Any, tensor: Any = True) -> Any:
    """Horner's scheme for coefficients that begin with the constant."""
    x = point_of(x, (x, c), "polyval")
    if isinstance(c, list | tuple) and any(isinstance(row, list | tuple) for row in c):
        raise NotCovered("polyval of coefficients of several polynomials")
    coefficients = coefficients_of(c, "polyval")
    value = coefficients[-1] + x * 0
    for coefficient in reversed(coefficients[:-1]):
        value = coefficient + value * x
    return value
