"""Arrays as sets."""

from __future__ import annotations

from typing import Any

import numpy as np


def first_places(values: Any, x: Any) -> Any:
    """Where each of `values`, all of which are elements of `x`, is met first in `x`, flattened.

    >>> first_places(np.array([1.0, 3.0]), np.array([[3.0, 1.0], [1.0, 3.0]]))
    array([1, 0])
    """
    found, first = np.unique(x, return_index=True)
    return first[np.searchsorted(found, values)]
