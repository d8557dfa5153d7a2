"""The transpose of padding with what is there."""

from __future__ import annotations

from typing import Any

import numpy as np


def unpad(g: Any, shape: tuple[int, ...], pad_width: Any, mode: str) -> Any:
    """The transpose of np.pad for the modes that repeat elements: each element gets what its copies got.

    Args:
        g: the cotangent of the padded array.
        shape: that of the array before.
        pad_width: a pair per axis.
        mode: edge, reflect, symmetric or wrap.

    >>> unpad(np.ones(5), (3,), ((1, 1),), "edge")
    array([2., 1., 2.])
    """
    out = np.asarray(g)
    for axis, (length, widths) in enumerate(zip(shape, pad_width, strict=True)):
        summed = np.zeros((*out.shape[:axis], length, *out.shape[axis + 1 :]), out.dtype)
        if length:
            source = np.pad(np.arange(length), widths, mode=mode)  # type: ignore[call-overload]
            np.add.at(np.moveaxis(summed, axis, 0), source, np.moveaxis(out, axis, 0))
        out = summed
    return out
