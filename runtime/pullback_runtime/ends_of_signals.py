"""What filters that run back and forth put before and after a signal, and the transpose of that."""

from __future__ import annotations

from typing import Any

import numpy as np


def extend_signal(x: Any, edge: int, padtype: str | None, axis: int) -> Any:
    """A signal with as many samples more at both ends, as `scipy.signal.filtfilt` adds them.

    Args:
        x: the signal.
        edge: how many.
        padtype: odd, even, constant or zeros.
        axis: that of time.

    >>> extend_signal(np.array([1.0, 3.0, 4.0]), 1, "odd", 0)
    array([-1.,  1.,  3.,  4.,  5.])
    """
    x = np.moveaxis(np.asarray(x), axis, 0)
    count = len(x)
    if padtype == "zeros":
        before = after = np.zeros((edge, *x.shape[1:]), x.dtype)
    elif padtype == "constant":
        before, after = (np.broadcast_to(part, (edge, *x.shape[1:])) for part in (x[:1], x[-1:]))
    else:
        before, after = x[1 : edge + 1][::-1], x[count - 1 - edge : count - 1][::-1]
        if padtype == "odd":
            before, after = 2 * x[:1] - before, 2 * x[-1:] - after
    return np.moveaxis(np.concatenate((before, x, after)), 0, axis)


def fold_signal(g: Any, edge: int, padtype: str | None, axis: int) -> Any:
    """The transpose of `extend_signal`.

    >>> fold_signal(np.array([1.0, 0.0, 0.0, 0.0, 0.0]), 1, "odd", 0)
    array([ 2., -1.,  0.])
    """
    g = np.moveaxis(np.asarray(g), axis, 0)
    count = len(g) - 2 * edge
    out = np.array(g[edge : edge + count])
    before, after = g[:edge][::-1], g[edge + count :][::-1]
    if padtype in ("odd", "even"):
        sign = -1.0 if padtype == "odd" else 1.0
        out[1 : edge + 1] += sign * before
        out[count - 1 - edge : count - 1] += sign * after
    if padtype in ("odd", "constant"):
        weight = 2.0 if padtype == "odd" else 1.0
        out[:1] += weight * np.sum(before, axis=0)
        out[-1:] += weight * np.sum(after, axis=0)
    return np.moveaxis(out, 0, axis)


def reach_of_sections(sos: Any) -> int:
    """How many samples `scipy.signal.sosfiltfilt` adds at each end for these sections.

    >>> reach_of_sections(np.array([[1.0, 2.0, 0.0, 1.0, 0.5, 0.0]]))
    6
    """
    sos = np.asarray(sos)
    return 3 * int(2 * len(sos) + 1 - min(np.sum(sos[:, 2] == 0), np.sum(sos[:, 5] == 0)))
