"""Dtypes that are known at run time only."""

from __future__ import annotations

from typing import Any

import numpy as np


def cast_like(g: Any, like: Any) -> Any:
    """`g` in the dtype of `like`; a Python float where `like` is one, and the real part where `like` is real.

    >>> cast_like(np.ones(2), np.zeros(3, np.float32)).dtype
    dtype('float32')
    >>> cast_like(np.float64(2.0), 1.5)
    2.0
    """
    if np.iscomplexobj(g) and not np.iscomplexobj(like):
        g = np.real(g)
    if isinstance(like, np.ndarray | np.generic):
        return np.asarray(g).astype(like.dtype, copy=False)[()]
    return float(g) if isinstance(like, float) else g
