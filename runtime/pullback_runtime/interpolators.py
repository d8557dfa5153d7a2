"""Slopes of interpolators that do not give them themselves."""

from __future__ import annotations

from typing import Any

import numpy as np


def slope_between_samples(x: Any, f: Any) -> Any:
    """The slope of a `scipy.interpolate.interp1d` of kind "linear": that of the piece to the right of a sample.

    Beyond the samples it is that of the last piece where they are extrapolated, 0 where the value is constant, and not
    a number where that is none.

    Args:
        x: the points.
        f: the interpolator.

    >>> from types import SimpleNamespace
    >>> f = SimpleNamespace(x=np.array([0.0, 1.0, 3.0]), y=np.array([0.0, 2.0, 1.0]), fill_value=0.0)
    >>> slope_between_samples(np.array([-1.0, 0.5, 1.0, 3.0, 4.0]), f)
    array([ 0. ,  2. , -0.5, -0.5,  0. ])
    """
    x = np.asarray(x, dtype=float)
    knots, values = f.x, f.y
    right = np.clip(np.searchsorted(knots, x, side="right"), 1, len(knots) - 1)
    slope = (values[right] - values[right - 1]) / (knots[right] - knots[right - 1])
    fill = f.fill_value
    if isinstance(fill, str):
        return slope
    below, above = fill if isinstance(fill, tuple) else (fill, fill)
    return np.where(x < knots[0], 0.0 * below, np.where(x > knots[-1], 0.0 * above, slope))
