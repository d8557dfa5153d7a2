"""The transpose of broadcasting."""

from __future__ import annotations

from typing import Any

import numpy as np


def unbroadcast(g: Any, shape: tuple[int, ...]) -> Any:
    """Sum `g` down to `shape`: the transpose of `np.broadcast_to(x, g.shape)` for `x.shape == shape`.

    Args:
        g: a number or array; it is returned as it is when it has that shape already.
        shape: a shape that broadcasts to that of `g`.

    Raises:
        ValueError: when it does not.

    >>> unbroadcast(np.ones((2, 3)), (3,))
    array([2., 2., 2.])
    >>> unbroadcast(np.ones((2, 3)), (2, 1))
    array([[3.],
           [3.]])
    """
    given = np.shape(g)
    if given == shape:
        return g
    lead = len(given) - len(shape)
    if lead < 0 or any(w not in (1, n) for n, w in zip(given[lead:], shape, strict=True)):
        raise ValueError(f"shape {shape} does not broadcast to {given}")
    unit = tuple(k + lead for k, length in enumerate(shape) if length == 1 and given[k + lead] != 1)
    return np.reshape(np.sum(g, axis=tuple(range(lead)) + unit), shape)
