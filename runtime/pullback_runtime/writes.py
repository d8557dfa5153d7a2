"""What became of the elements that an assignment wrote."""

from __future__ import annotations

from typing import Any

import numpy as np


def is_last_write(shape: tuple[int, ...], key: Any) -> Any:
    """Which elements written by `base[key] = values` are still what was written.

    Where `key` names an element more than once, NumPy lets the last value win, and the others have no influence.

    Args:
        shape: the shape of `base`.
        key: the index, as NumPy takes it.

    Returns:
        A boolean array of the shape of `base[key]`.

    >>> is_last_write((3,), np.array([0, 0, 2]))
    array([False,  True,  True])
    """
    writer = np.full(shape, -1)
    order = np.arange(writer[key].size).reshape(np.shape(writer[key]))
    writer[key] = order
    return writer[key] == order
