"""Complex arrays with one of their parts replaced."""

from __future__ import annotations

from typing import Any

import numpy as np


def with_real(z: Any, part: Any) -> Any:
    """A copy of `z` whose real part is `part`, broadcast to its shape.

    >>> with_real(np.array([1 + 2j, 3 + 4j]), 0.0)
    array([0.+2.j, 0.+4.j])
    """
    out = np.array(z)
    out.real = part
    return out[()]


def with_imag(z: Any, part: Any) -> Any:
    """A copy of `z` whose imaginary part is `part`, broadcast to its shape.

    >>> with_imag(np.array([1 + 2j, 3 + 4j]), 0.0)
    array([1.+0.j, 3.+0.j])
    """
    out = np.array(z)
    out.imag = part
    return out[()]
