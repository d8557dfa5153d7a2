"""The implicit function theorem."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

FARTHEST = 1e-4  # a step of Newton's that is longer than this leads away from what is no root


def root_pullback(
    f: Callable[..., Any], f_pullback: Callable[..., Any], x: Any, x_bar: Any, args: Sequence[Any] = ()
) -> Any:
    """The cotangents of what a root of `f(x, *args) = 0` depends on.

    `df/dx dx + df/dp dp = 0`, so `p_bar = w df/dp` with `w df/dx = -x_bar` (Griewank and Walther 2008, Evaluating
    Derivatives, 2nd ed., section 15.2).

    Args:
        f: gives as many numbers as `x` has.
        f_pullback: (x, f_bar, *args) -> the cotangent of x, then those of `args` as far as it gives them.
        x: the root, a vector.
        x_bar: its cotangent.
        args: what both functions are handed on.

    Returns:
        What `f_pullback` gives besides the cotangent of x.

    Raises:
        RuntimeError: `x` is no root.

    >>> f, pulled = lambda x, a: x * x - a, lambda x, g, a: (2 * x * g, -g)  # x = sqrt(a)
    >>> root_pullback(f, pulled, np.array([3.0]), np.array([1.0]), (np.array([9.0]),))
    array([0.16666667])
    """
    x = np.asarray(x, float)
    jacobian = np.array([f_pullback(x, row, *args)[0] for row in np.eye(x.size)]).reshape(x.size, x.size)
    step = np.linalg.solve(jacobian, np.asarray(f(x, *args), float))
    if not np.all(np.abs(step) <= FARTHEST * (1.0 + np.abs(x))):
        raise RuntimeError("the root was not found, so that it has no derivative")
    _, *bars = f_pullback(x, np.linalg.solve(jacobian.T, -np.asarray(x_bar, float)), *args)
    return tuple(bars) if len(bars) > 1 else bars[0]
