"""What functions of samples do where no row covers the call: in Python, interpreted in their place, as in `written`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from pullback.frontend.calls.written_padding import pad

# Points between ends.


def linspace(
    start: Any, stop: Any, num: Any = 50, endpoint: Any = True, retstep: Any = False, dtype: Any = None, axis: Any = 0
) -> Any:
    """`np.linspace`, of arrays too."""
    count = num - 1 if endpoint else num
    first = start * 1.0 if isinstance(start, int | float) else np.asanyarray(start) * 1.0
    last = stop * 1.0 if isinstance(stop, int | float) else np.asanyarray(stop) * 1.0
    delta = np.asanyarray(last - first)
    steps = np.reshape(np.arange(0.0, num).astype(delta.dtype), (-1,) + (1,) * delta.ndim)
    if count > 0:
        step = delta / count
        points = steps / count * delta if np.any(step == 0) else steps * step
    else:
        step = delta * np.nan
        points = steps * delta
    points = points + first
    if endpoint and num > 1:
        points[-1] = last
    if axis != 0:
        points = np.moveaxis(points, 0, axis)
    if dtype is not None:
        if np.issubdtype(dtype, np.integer):
            points = np.floor(points)
        points = points.astype(dtype)
    return (points, step) if retstep else points


def logspace(start: Any, stop: Any, num: Any = 50, endpoint: Any = True, base: Any = 10.0) -> Any:
    """`np.logspace`."""
    return np.power(base, np.linspace(start, stop, num, endpoint))


def geomspace(start: Any, stop: Any, num: Any = 50, endpoint: Any = True) -> Any:
    """`np.geomspace` of real numbers."""
    sign = np.sign(start)
    first = start / sign
    last = stop / sign
    points = np.power(10.0, np.linspace(np.log10(first), np.log10(last), num, endpoint))
    if num > 0:
        points[0] = first
        if num > 1 and endpoint:
            points[-1] = last
    return points * sign


def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    """`np.ediff1d`: differences, with what is given before and after them."""
    flat = np.ravel(ary)
    parts = [np.diff(flat)]
    if to_begin is not None:
        parts.insert(0, np.ravel(to_begin).astype(flat.dtype))
    if to_end is not None:
        parts.append(np.ravel(to_end).astype(flat.dtype))
    return np.concatenate(parts)


def cov(
    m: Any, y: Any = None, rowvar: Any = True, bias: Any = False, ddof: Any = None, fweights: Any = None,
    aweights: Any = None,
) -> Any:  # fmt: skip
    """`np.cov` with weights."""
    rows = np.array(m, ndmin=2) + np.float64(0.0)
    if not rowvar and np.ndim(m) != 1:
        rows = rows.T
    if y is not None:
        others = np.array(y, ndmin=2) + np.float64(0.0)
        rows = np.concatenate((rows, others if rowvar or np.ndim(y) == 1 else others.T), axis=0)
    less = (0 if bias else 1) if ddof is None else ddof
    weights: Any = 1.0
    if fweights is not None:
        weights = np.asarray(fweights, dtype=float) * weights
    if aweights is not None:
        weights = np.asarray(aweights, dtype=float) * weights
    average, total = np.average(rows, axis=1, weights=weights, returned=True)
    scale = total[0]
    if less != 0:
        scale = scale - (
            less if aweights is None else less * np.sum(weights * np.asarray(aweights, dtype=float)) / scale
        )
    centred = rows - average[:, None]
    return np.squeeze(np.dot(centred, (centred * weights).T.conj()) * np.true_divide(1, scale))


# Complex numbers: parts, and their order.


def median(a: Any, axis: Any = None) -> Any:
    """`np.median` of complex numbers, which are in order by their real parts, then by the others."""
    array = np.asarray(a)
    rows = np.sort(np.ravel(array) if axis is None else np.moveaxis(array, axis, -1), axis=-1)
    count = rows.shape[-1]
    if count % 2 == 1:
        middle = np.mean(rows[..., count // 2 : count // 2 + 1], axis=-1)
    else:
        middle = np.mean(rows[..., count // 2 - 1 : count // 2 + 1], axis=-1)
    return np.where(np.isnan(rows[..., -1]), rows[..., -1], middle)[()]


def interp(x: Any, xp: Any, fp: Any) -> Any:
    """`np.interp` of complex values: each part by itself."""
    values = np.asarray(fp)
    if not np.iscomplexobj(values):
        raise NotImplementedError("this use of np.interp")
    return np.interp(x, xp, values.real) + 1j * np.interp(x, xp, values.imag)


def nan_to_num(x: Any, copy: Any = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """`np.nan_to_num` of complex numbers: each part by itself."""
    values = np.asarray(x)
    if not np.iscomplexobj(values) or not copy:
        raise NotImplementedError("this use of np.nan_to_num")
    real = np.nan_to_num(values.real, nan=nan, posinf=posinf, neginf=neginf)
    return real + 1j * np.nan_to_num(values.imag, nan=nan, posinf=posinf, neginf=neginf)


# Checks, and counts in boxes.


def asarray_chkfinite(a: Any, dtype: Any = None) -> Any:
    """`np.asarray_chkfinite`."""
    array = np.asarray(a, dtype=dtype)
    if not np.isfinite(array).all():
        raise ValueError("array must not contain infs or NaNs")
    return array


def histogramdd(sample: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    """`np.histogramdd`: the box of each sample, and sums by boxes."""
    columns = sample.T if isinstance(sample, np.ndarray) else [np.asarray(column) for column in sample]
    count = len(columns)
    sizes = [bins] * count if isinstance(bins, int) else bins
    ranges = [None] * count if range is None else range
    edges = [np.histogram_bin_edges(columns[k], sizes[k], ranges[k]) for k, _ in enumerate(sizes)]
    boxes = 0
    total = 1
    for k, ends in enumerate(edges):
        place = np.searchsorted(ends, columns[k], side="right")
        place = place - (columns[k] == ends[-1])
        boxes = boxes * (len(ends) + 1) + place
        total = total * (len(ends) + 1)
    sums = np.bincount(boxes, weights, minlength=total)
    sums = np.reshape(sums, [len(ends) + 1 for ends in edges]).astype(float)
    sums = sums[(slice(1, -1),) * count]
    if density:
        whole = sums.sum()
        for k, ends in enumerate(edges):
            sums = sums / np.reshape(np.diff(ends), (1,) * k + (-1,) + (1,) * (count - 1 - k))
        sums = sums / whole
    return sums, edges


def histogram2d(x: Any, y: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    """`np.histogram2d`."""
    sums, (along_x, along_y) = histogramdd([x, y], bins, range, density, weights)
    return sums, along_x, along_y


SAMPLES: Mapping[Any, Callable[..., Any]] = {
    np.linspace: linspace,
    np.logspace: logspace,
    np.geomspace: geomspace,
    np.ediff1d: ediff1d,
    np.median: median,
    np.interp: interp,
    np.nan_to_num: nan_to_num,
    np.pad: pad,
    np.cov: cov,
    np.asarray_chkfinite: asarray_chkfinite,
    np.histogramdd: histogramdd,
    np.histogram2d: histogram2d,
}
