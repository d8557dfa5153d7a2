"""Lists of arrays: the transposes of `xs[start:stop:step]` and of `np.concatenate(xs)`."""

from __future__ import annotations

from typing import Any

import numpy as np


def add_slice(xs: list[Any], ys: list[Any], start: int | None, stop: int | None, step: int | None) -> list[Any]:
    """A list like `xs` whose elements `[start:stop:step]` are those of `xs` plus those of `ys`.

    >>> add_slice([1.0, 2.0, 3.0], [10.0, 20.0], 1, None, None)
    [1.0, 12.0, 23.0]
    """
    out = list(xs)
    for k, y in zip(range(len(xs))[start:stop:step], ys, strict=True):
        out[k] = out[k] + y
    return out


def split_like(g: Any, xs: list[Any], axis: int) -> list[Any]:
    """The parts of `g` along an axis that have the lengths of the arrays `xs`.

    >>> split_like(np.arange(5.0), [np.zeros(2), np.zeros(3)], 0)
    [array([0., 1.]), array([2., 3., 4.])]
    """
    ends = np.cumsum([np.shape(x)[axis] for x in xs], dtype=int)
    return np.split(g, ends[:-1], axis=axis)
