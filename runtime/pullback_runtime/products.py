"""Products of all elements but one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def prod_others(x: Any, axis: int | tuple[int, ...] | None = None) -> Any:
    """For each element the product of the others along `axis`: the gradient of `np.prod`, exact also at zeros.

    >>> prod_others(np.array([2.0, 3.0, 4.0])), prod_others(np.array([2.0, 0.0, 4.0]))
    (array([12.,  8.,  6.]), array([0., 8., 0.]))
    """
    x = np.asarray(x)
    axes = tuple(range(x.ndim)) if axis is None else np.lib.array_utils.normalize_axis_tuple(axis, x.ndim)
    kept = [k for k in range(x.ndim) if k not in axes]
    count = math.prod(x.shape[k] for k in axes)
    flat = np.transpose(x, (*kept, *axes)).reshape(*(x.shape[k] for k in kept), count)
    before = np.ones_like(flat)
    np.cumprod(flat[..., :-1], axis=-1, out=before[..., 1:])
    after = np.ones_like(flat)
    np.cumprod(flat[..., :0:-1], axis=-1, out=after[..., -2::-1])
    moved = (before * after).reshape(*(x.shape[k] for k in kept), *(x.shape[k] for k in axes))
    return np.transpose(moved, np.argsort((*kept, *axes)))
