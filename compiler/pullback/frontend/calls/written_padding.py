"""`np.pad` where no row covers the mode: in Python, interpreted in its place, as in `written`."""

from __future__ import annotations

from typing import Any

import numpy as np

STATISTICS = {"maximum": np.max, "minimum": np.min, "mean": np.mean, "median": np.median}


def pad(
    array: Any, pad_width: Any, mode: Any = "constant", *, constant_values: Any = 0, end_values: Any = 0,
    stat_length: Any = None, reflect_type: Any = "even",
) -> Any:  # fmt: skip
    """`np.pad`, one axis after the other: what is set along a later axis has the corners."""
    out = np.asarray(array)
    widths = pairs(pad_width, out.ndim)
    values = pairs(constant_values if mode == "constant" else end_values, out.ndim)
    lengths = pairs(stat_length, out.ndim)
    for axis in range(out.ndim):
        before, after = widths[axis]
        if before + after == 0:
            continue
        rows = np.moveaxis(out, axis, 0)
        if mode != "constant" and len(rows) == 0:
            raise ValueError(f"can't extend empty axis {axis} using modes other than 'constant' or 'empty'")
        low, high = values[axis]
        if mode == "constant":
            ends = constants(rows, low, before), constants(rows, high, after)
        elif mode == "linear_ramp":
            ends = ramp(rows[0], low, before), ramp(rows[-1], high, after)[::-1]
        elif mode in STATISTICS:
            first, last = lengths[axis]
            count = len(rows)
            head = rows if first is None or first > count else rows[:first]
            tail = rows if last is None or last > count else rows[count - last :]
            ends = repeated(STATISTICS[mode], head, before), repeated(STATISTICS[mode], tail, after)
        elif mode in ("reflect", "symmetric") and reflect_type == "odd":
            ends = turned(rows, before, mode), turned(rows[::-1], after, mode)[::-1]
        else:
            raise NotImplementedError(f"mode={mode!r} of np.pad")
        out = np.moveaxis(np.concatenate((ends[0], rows, ends[1])), 0, axis)
    return out


def pairs(given: Any, count: Any) -> Any:
    """What is before and after each axis: one value for all, a pair for all, or a pair per axis."""
    if not isinstance(given, list | tuple):
        return [(given, given)] * count
    if not isinstance(given[0], list | tuple):
        return [(given[0], given[-1])] * count
    return given if len(given) == count else list(given) * count


def constants(rows: Any, value: Any, width: Any) -> Any:
    """A block of one value."""
    return np.broadcast_to(value, (width, *rows.shape[1:])).astype(rows.dtype)


def ramp(edge: Any, end: Any, width: Any) -> Any:
    """Rows from an end value to the edge."""
    return np.linspace(end, edge, width, endpoint=False, dtype=edge.dtype)


def repeated(statistic: Any, rows: Any, width: Any) -> Any:
    """Rows that all are what the statistic says of some."""
    value = statistic(rows, axis=0, keepdims=True)
    if rows.dtype.kind in "iu":
        value = np.round(value).astype(rows.dtype)
    return np.repeat(value, width, axis=0)


def turned(rows: Any, width: Any, mode: Any) -> Any:
    """The rows before the first one: those after it, turned by half around the edge."""
    if len(rows) == 1:
        return np.repeat(rows, width, axis=0)
    start = 1 if mode == "reflect" else 0
    if start + width > len(rows):
        raise NotImplementedError("np.pad by odd reflection wider than the array")
    return 2 * rows[:1] - rows[start : start + width][::-1]
