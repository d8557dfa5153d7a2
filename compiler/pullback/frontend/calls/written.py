"""What functions of NumPy do that take a function, grow an array, or loop: in Python, interpreted in their place.

Each computes what NumPy computes, bit for bit, by operations that have rules. The interpreter reads the source of
these; nobody runs them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

# Arrays that grow and shrink.


def insert(arr: Any, obj: Any, values: Any, axis: Any = None) -> Any:
    """`np.insert`: at one place what is given as a block, at several places an element or row each."""
    arr = np.asarray(arr)
    if axis is None:
        arr, axis = arr.ravel(), 0
    rows = np.moveaxis(arr, axis, 0)
    if isinstance(obj, int):
        block = np.asarray(values, dtype=arr.dtype)
        block = np.reshape(block, (1,) * (arr.ndim - block.ndim) + block.shape)
        block = np.broadcast_to(block, (block.shape[0], *rows.shape[1:]))
        return np.moveaxis(np.concatenate((rows[:obj], block, rows[obj:])), 0, axis)
    places = np.asarray(obj)
    places = np.where(places < 0, places + len(rows), places)
    order = np.argsort(places, kind="stable")
    shifted = np.zeros_like(places)
    shifted[order] = places[order] + np.arange(len(places))
    keep = np.ones(len(rows) + len(places), dtype=bool)
    keep[shifted] = False
    out = np.empty((len(rows) + len(places), *rows.shape[1:]), dtype=arr.dtype)
    out[shifted] = values
    out[keep] = rows
    return np.moveaxis(out, 0, axis)


def delete(arr: Any, obj: Any, axis: Any = None) -> Any:
    """`np.delete`."""
    arr = np.asarray(arr)
    if axis is None:
        arr, axis = arr.ravel(), 0
    keep = np.ones(arr.shape[axis], dtype=bool)
    keep[obj] = False
    return np.compress(keep, arr, axis=axis)


def resize(a: Any, new_shape: Any) -> Any:
    """`np.resize`: elements are repeated as often as it takes."""
    flat = np.ravel(a)
    size = np.zeros(new_shape).size
    return np.reshape(flat[np.arange(size) % len(flat)], new_shape)


def trim_zeros(filt: Any, trim: Any = "fb") -> Any:
    """`np.trim_zeros` of a vector."""
    places = np.flatnonzero(filt)
    first = last = 0
    if len(places) > 0:
        first = places[0] if "f" in trim.lower() else 0
        last = places[-1] + 1 if "b" in trim.lower() else len(filt)
    return filt[first:last]


# Sets.


def intersect1d(ar1: Any, ar2: Any) -> Any:
    """`np.intersect1d`: what is there twice."""
    both = np.sort(np.concatenate((np.unique(ar1), np.unique(ar2))))
    return both[:-1][both[1:] == both[:-1]]


def setdiff1d(ar1: Any, ar2: Any) -> Any:
    """`np.setdiff1d`."""
    values = np.unique(ar1)
    return values[np.isin(values, np.unique(ar2), invert=True)]


def setxor1d(ar1: Any, ar2: Any) -> Any:
    """`np.setxor1d`: what is there once."""
    both = np.sort(np.concatenate((np.unique(ar1), np.unique(ar2))))
    ends = np.ones(1, dtype=bool)
    changes = np.concatenate((ends, both[1:] != both[:-1], ends))
    return both[changes[1:] & changes[:-1]]


# Functions of elements and rows.


def apply_along_axis(func1d: Any, axis: Any, arr: Any, *args: Any, **kwargs: Any) -> Any:
    """`np.apply_along_axis`: the results for all rows, in the place of the axis where they are rows themselves."""
    arr = np.asarray(arr)
    moved = np.moveaxis(arr, axis, -1)
    rows = np.reshape(moved, (-1, moved.shape[-1]))
    results = np.array([func1d(row, *args, **kwargs) for row in rows])
    out = np.reshape(results, (*moved.shape[:-1], *results.shape[1:]))
    count, place = results.ndim - 1, axis + arr.ndim if axis < 0 else axis
    ends = tuple(range(out.ndim - count, out.ndim))
    return np.moveaxis(out, ends, tuple(range(place, place + count))) if count else out


def apply_over_axes(func: Any, a: Any, axes: Any) -> Any:
    """`np.apply_over_axes`."""
    value = np.asarray(a)
    count = value.ndim
    for axis in (axes,) if isinstance(axes, int) else axes:
        place = axis + count if axis < 0 else axis
        result = func(value, place)
        value = result if result.ndim == value.ndim else np.expand_dims(result, place)
    return value


def piecewise(x: Any, condlist: Any, funclist: Any, *args: Any, **kw: Any) -> Any:
    """`np.piecewise` with a list of conditions."""
    out = np.zeros_like(x)
    conditions = [np.asarray(condition) for condition in condlist]
    if len(funclist) == len(conditions) + 1:
        met = conditions[0]
        for condition in conditions[1:]:
            met = met | condition
        conditions.append(~met)
    for condition, function in zip(conditions, funclist, strict=True):
        if not callable(function):
            out[condition] = function
        else:
            values = x[condition]
            if len(values) > 0:
                out[condition] = function(values, *args, **kw)
    return out


def fromfunction(function: Any, shape: Any, *, dtype: Any = float, **kwargs: Any) -> Any:
    """`np.fromfunction`."""
    return function(*np.indices(shape, dtype=dtype), **kwargs)


def vectorized_as_first(function: Any, x: Any, *rest: Any) -> Any:
    """What `np.vectorize(function)` computes: one call more, on the first elements, tells the dtype."""
    arrays = np.broadcast_arrays(x, *rest)
    columns = [np.ravel(a) for a in arrays]
    first = function(*[column[0] for column in columns])
    out = np.empty(len(columns[0]), dtype=np.asarray(first).dtype)
    for k in range(len(out)):
        out[k] = function(*[column[k].item() for column in columns])
    return np.reshape(out, np.shape(arrays[0]))


def vectorized(function: Any, dtype: Any, x: Any, *rest: Any) -> Any:
    """What `np.vectorize(function, otypes=[dtype])` computes: the function is given Python numbers."""
    arrays = np.broadcast_arrays(x, *rest)
    columns = [np.ravel(a) for a in arrays]
    out = np.empty(len(columns[0]), dtype=dtype)
    for k in range(len(out)):
        out[k] = function(*[column[k].item() for column in columns])
    return np.reshape(out, np.shape(arrays[0]))


# Indices.


def indices(dimensions: Any, dtype: Any = int, sparse: Any = False) -> Any:
    """`np.indices`."""
    count = len(dimensions)
    axes = [
        np.reshape(np.arange(size, dtype=dtype), (1,) * k + (-1,) + (1,) * (count - 1 - k))
        for k, size in enumerate(dimensions)
    ]
    return tuple(axes) if sparse else np.stack([np.broadcast_to(axis, dimensions) for axis in axes])


def ix_(*args: Any) -> Any:
    """`np.ix_`: each vector along an axis of its own; truth values stand for the places where they hold."""
    places = []
    for k, given in enumerate(args):
        vector = np.asarray(given)
        if vector.dtype == bool:
            vector = np.flatnonzero(vector)
        places.append(np.reshape(vector, (1,) * k + (-1,) + (1,) * (len(args) - k - 1)))
    return tuple(places)


def normalize_axis_index(axis: Any, ndim: Any) -> Any:
    """`np.lib.array_utils.normalize_axis_index`: an axis counted from the start."""
    if not -ndim <= axis < ndim:
        raise ValueError("axis is out of bounds")
    return axis % ndim


def ravel_multi_index(multi_index: Any, dims: Any) -> Any:
    """`np.ravel_multi_index`: places counted along the last axis first."""
    total = 0
    for index, size in zip(multi_index, dims, strict=True):
        place = np.asarray(index)
        if np.any((place < 0) | (place >= size)):
            raise ValueError("invalid entry in coordinates array")
        total = total * size + place
    return total


def unravel_index(indices: Any, shape: Any) -> Any:
    """`np.unravel_index`."""
    rest = np.asarray(indices)
    count = 1
    for size in shape:
        count = count * size
    if np.any((rest < 0) | (rest >= count)):
        raise ValueError("index is out of bounds for array")
    places = []
    for size in reversed(shape):
        places.append(rest % size)
        rest = rest // size
    return tuple(reversed(places))


def triu_indices(n: Any, k: Any = 0, m: Any = None) -> Any:
    """`np.triu_indices`."""
    return np.nonzero(np.arange(n if m is None else m) - np.arange(n)[:, None] >= k)


def tril_indices(n: Any, k: Any = 0, m: Any = None) -> Any:
    """`np.tril_indices`."""
    return np.nonzero(np.arange(n if m is None else m) - np.arange(n)[:, None] <= k)


def triu_indices_from(arr: Any, k: Any = 0) -> Any:
    """`np.triu_indices_from`."""
    return np.nonzero(np.triu(np.ones_like(arr, dtype=bool), k))


def tril_indices_from(arr: Any, k: Any = 0) -> Any:
    """`np.tril_indices_from`."""
    return np.nonzero(np.tril(np.ones_like(arr, dtype=bool), k))


def diag_indices(n: Any, ndim: Any = 2) -> Any:
    """`np.diag_indices`."""
    return (np.arange(n),) * ndim


def diag_indices_from(arr: Any) -> Any:
    """`np.diag_indices_from`."""
    return (np.arange(arr.shape[0]),) * arr.ndim


# ufuncs, element by element: what `reduce`, `accumulate`, `reduceat` and `at` do where no rule of their own stands.


def reduce_ufunc(ufunc: Any, array: Any, axis: Any = 0) -> Any:
    """`ufunc.reduce` along one axis."""
    rows = np.moveaxis(np.asarray(array), axis, 0)
    total = rows[0]
    for k in range(1, len(rows)):
        total = ufunc(total, rows[k])
    return total


def accumulate_ufunc(ufunc: Any, array: Any, axis: Any = 0) -> Any:
    """`ufunc.accumulate`."""
    array = np.asarray(array)
    out = array.copy()
    rows = np.moveaxis(out, axis, 0)
    for k in range(1, len(rows)):
        rows[k] = ufunc(rows[k - 1], rows[k])
    return out


def reduceat_ufunc(ufunc: Any, array: Any, indices: Any, axis: Any = 0) -> Any:
    """`ufunc.reduceat`: from each index to the next one, or one row where that is not ahead."""
    rows = np.moveaxis(np.asarray(array), axis, 0)
    starts = np.asarray(indices)
    out = np.empty((len(starts), *rows.shape[1:]), dtype=rows.dtype)
    for k in range(len(starts)):
        stop = starts[k + 1] if k + 1 < len(starts) else len(rows)
        total = rows[starts[k]]
        for j in range(starts[k] + 1, stop):
            total = ufunc(total, rows[j])
        out[k] = total
    return np.moveaxis(out, 0, axis)


def at_ufunc(ufunc: Any, a: Any, indices: Any, b: Any) -> None:
    """`ufunc.at` of two operands under an array of ints: each index in turn."""
    places = np.asarray(indices)
    values = np.ravel(np.broadcast_to(np.asarray(b), places.shape))
    places = np.ravel(places)
    for k in range(len(places)):
        a[places[k]] = ufunc(a[places[k]], values[k])


def at_unary_ufunc(ufunc: Any, a: Any, indices: Any) -> None:
    """`ufunc.at` of one operand."""
    places = np.ravel(np.asarray(indices))
    for k in range(len(places)):
        a[places[k]] = ufunc(a[places[k]])


WRITTEN: Mapping[Any, Callable[..., Any]] = {
    np.insert: insert,
    np.delete: delete,
    np.resize: resize,
    np.trim_zeros: trim_zeros,
    np.intersect1d: intersect1d,
    np.setdiff1d: setdiff1d,
    np.setxor1d: setxor1d,
    np.apply_along_axis: apply_along_axis,
    np.apply_over_axes: apply_over_axes,
    np.piecewise: piecewise,
    np.fromfunction: fromfunction,
    np.lib.array_utils.normalize_axis_index: normalize_axis_index,
    np.indices: indices,
    np.ix_: ix_,
    np.ravel_multi_index: ravel_multi_index,
    np.unravel_index: unravel_index,
    np.triu_indices: triu_indices,
    np.tril_indices: tril_indices,
    np.triu_indices_from: triu_indices_from,
    np.tril_indices_from: tril_indices_from,
    np.diag_indices: diag_indices,
    np.diag_indices_from: diag_indices_from,
}
# NumPy's vector loops of these two fold with the first element again and again, on processors with AVX-512
UNCHAINED = frozenset({np.power, np.arctan2})
FOLDS: Mapping[str, Callable[..., Any]] = {
    "reduce": reduce_ufunc,
    "accumulate": accumulate_ufunc,
    "reduceat": reduceat_ufunc,
}
