"""The transpose of taking elements along an axis."""

from __future__ import annotations

from typing import Any

import numpy as np


def add_along_axis(base: Any, values: Any, indices: Any, axis: int) -> Any:
    """A copy of `base` with `values` added where np.take_along_axis(base, indices, axis) reads; repeated places add up.

    >>> add_along_axis(np.zeros((2, 3)), np.ones((2, 2)), np.array([[0, 0], [1, 2]]), axis=1)
    array([[2., 0., 0.],
           [0., 1., 1.]])
    """
    out = np.array(base)
    around = [1 if k == axis % out.ndim else n for k, n in enumerate(out.shape)]
    places = list(np.ogrid[tuple(map(slice, around))])
    places[axis % out.ndim] = indices
    np.add.at(out, tuple(places), values)
    return out
