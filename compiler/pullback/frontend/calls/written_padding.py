"""`np.pad` where no row covers the mode: in Python, interpreted in its place, as in `written`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

STATISTICS: Mapping[str, Callable[..., Any]] = {
    "maximum": np.max,
    "minimum": np.min,
    "mean": np.mean,
    "median": np.median,
}


def pad(
    array: Any, pad_width: Any, mode: Any = "constant", *, constant_values: Any = 0, end_values: Any = 0,
    stat_length: Any = None, reflect_type: Any = "even",
) -> Any:  # fmt: skip
    """`np.pad`, one axis after the other: what is set along a later axis has the corners."""
    array = np.asarray(array)
    widths, lengths = pairs(pad_width, array.ndim), pairs(stat_length, array.ndim)
    values = pairs(constant_values if mode == "constant" else end_values, array.ndim)
    out = np.pad(array, widths)
    for axis in range(array.ndim):
        before, after = widths[axis]
        if before + after == 0:
            continue
        count = array.shape[axis]
        if mode != "constant" and count == 0:
            raise ValueError(f"can't extend empty axis {axis} using modes other than 'constant' or 'empty'")
        earlier: Any = (slice(None),) * axis
        later = tuple(slice(widths[k][0], widths[k][0] + array.shape[k]) for k in range(axis + 1, array.ndim))
        rows = out[(*earlier, slice(before, before + count), *later)]
        low, high = values[axis]
        if mode == "constant":
            head, tail = low, high
        elif mode == "linear_ramp":
            head = ramp(rows[(*earlier, 0)], low, before, axis)
            tail = np.flip(ramp(rows[(*earlier, -1)], high, after, axis), axis)
        elif mode in STATISTICS:
            first, last = lengths[axis]
            is_whole = first is None or first > count, last is None or last > count
            head = of_rows(mode, rows if is_whole[0] else rows[(*earlier, slice(None, first))], axis)
            tail = of_rows(mode, rows if is_whole[1] else rows[(*earlier, slice(count - last, None))], axis)
        elif mode in ("reflect", "symmetric") and reflect_type == "odd":
            head = turned(rows, before, mode, axis)
            tail = np.flip(turned(np.flip(rows, axis), after, mode, axis), axis)
        else:
            raise NotImplementedError(f"mode={mode!r} of np.pad")
        if before > 0:
            out[(*earlier, slice(None, before), *later)] = head
        if after > 0:
            out[(*earlier, slice(before + count, None), *later)] = tail
    return out


def pairs(given: Any, count: Any) -> Any:
    """What is before and after each axis: one value for all, a pair for all, or a pair per axis."""
    if not isinstance(given, list | tuple):
        return [(given, given)] * count
    if not isinstance(given[0], list | tuple):
        return [(given[0], given[-1])] * count
    return given if len(given) == count else list(given) * count


def ramp(edge: Any, end: Any, width: Any, axis: Any) -> Any:
    """Rows from an end value to the edge."""
    return np.linspace(end, edge, width, endpoint=False, dtype=edge.dtype, axis=axis)


def of_rows(mode: Any, rows: Any, axis: Any) -> Any:
    """What a statistic says of some rows."""
    value = STATISTICS[mode](rows, axis=axis, keepdims=True)
    return np.round(value) if rows.dtype.kind in "iu" else value


def turned(rows: Any, width: Any, mode: Any, axis: Any) -> Any:
    """The rows before the first one: those after it, turned by half around the edge."""
    earlier = (slice(None),) * axis
    if rows.shape[axis] == 1:
        return np.repeat(rows, width, axis=axis)
    start = 1 if mode == "reflect" else 0
    if start + width > rows.shape[axis]:
        raise NotImplementedError("np.pad by odd reflection wider than the array")
    return 2 * rows[(*earlier, slice(None, 1))] - np.flip(rows[(*earlier, slice(start, start + width))], axis)
