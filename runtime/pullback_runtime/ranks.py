"""Which element a filter of `scipy.ndimage` has chosen in each window, and what comes of it in derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np

from pullback_runtime.filters import ends_of


def at_places(x: Any, places: Any) -> Any:
    """The elements of an array at flat places; beyond its last element there is a zero.

    >>> at_places(np.array([1.5, 2.5]), np.array([1, 1, 2]))
    array([2.5, 2.5, 0. ])
    """
    x = np.asarray(x)
    return np.append(x.ravel(), x.dtype.type(0))[places]


def add_at_places(g: Any, places: Any, shape: tuple[int, ...]) -> Any:
    """The transpose of `at_places` of an array of this shape: what lies beyond its last element is dropped.

    >>> add_at_places(np.ones(3), np.array([1, 1, 2]), (2,))
    array([0., 2.])
    """
    count = int(np.prod(shape, dtype=int))
    flat = np.zeros(count + 1, np.asarray(g).dtype)
    np.add.at(flat, places, g)
    return flat[:count].reshape(shape)


def chosen_places(
    x: Any,
    out: Any,
    chooses: str,
    size: Any = None,
    footprint: Any = None,
    structure: Any = None,
    axes: tuple[int, ...] | None = None,
    mode: Any = "reflect",
    cval: float = 0.0,
    origin: Any = 0,
    within: str = "array",
) -> Any:
    """The flat place of the element that a filter has chosen in each window; that after the last one is `cval`.

    Of equal elements it is the first one in the window; where a box is filtered axis by axis, the first one along each.

    Args:
        x: the array.
        out: what the filter gives.
        chooses: "maximum", "minimum", "dilation" (a maximum, of which SciPy reflects the window), "erosion" or "rank".
        size: of the box, a number or one per axis.
        footprint: which elements of the box belong to the window.
        structure: what is added to them.
        axes: those of the box.
        mode: what is beyond the ends.
        cval: the value there in mode "constant".
        origin: how far the middle of the box is moved.
        within: "structure" for the places in it, of what was added to the element that was chosen.

    >>> x = np.array([3.0, 1.0, 2.0])
    >>> chosen_places(x, np.array([3.0, 3.0, 2.0]), "maximum", size=3)
    array([0, 0, 2])
    """
    x, out = np.asarray(x), np.asarray(out)
    if x.size == 0:
        return np.zeros(x.shape, np.intp)
    axes = tuple(range(x.ndim)) if axes is None else tuple(axis % x.ndim for axis in axes)
    box = next((np.asarray(a) for a in (footprint, structure) if a is not None), None)
    sizes = _each(size, len(axes)) if box is None else list(box.shape)
    origins = _each(origin, len(axes))
    inside = np.ones(sizes, bool) if footprint is None else np.asarray(footprint, bool)
    added = np.zeros(sizes) if structure is None else np.asarray(structure, float)
    if chooses == "dilation":
        inside, added = np.flip(inside), np.flip(added)
        origins = [-o - (n % 2 == 0) for n, o in zip(sizes, origins, strict=True)]
    windows = list(zip(axes, sizes, origins, _each(mode, len(axes)), strict=True))
    places = np.arange(x.size).reshape(x.shape)
    values = np.append(x.ravel(), cval)
    if chooses == "rank":
        return _first_equal(places, values.astype(out.dtype), out, windows, inside)
    sign = 1.0 if chooses in ("maximum", "dilation") else -1.0
    if structure is None and inside.all():
        for axis, n, o, ends in windows:
            places = _largest(places, sign * values, [(axis, n, o, ends)], np.ones(n, bool), np.zeros(n))[0]
        return places
    chosen, offsets = _largest(places, sign * values, windows, inside, added)
    if within == "array":
        return chosen
    return added.size - 1 - offsets if chooses == "dilation" else offsets


Window = tuple[int, int, int, str]


def _each(value: Any, count: int) -> list[Any]:
    return list(value) if isinstance(value, list | tuple | np.ndarray) else [value] * count


def _extended(places: Any, windows: list[Window]) -> Any:
    """The places of what the windows read, beyond the ends as well."""
    beyond = places.size
    for axis, n, origin, mode in windows:
        before = n // 2 + origin
        widths = [(before, n - 1 - before) if k == axis else (0, 0) for k in range(places.ndim)]
        if mode == "constant":
            places = np.pad(places, widths, constant_values=beyond)
        else:
            places = np.pad(places, widths, mode=ends_of(mode))  # type: ignore[call-overload]
    return places


def _read(extended: Any, windows: list[Window], shape: tuple[int, ...], offset: tuple[int, ...]) -> Any:
    """What is at one place of each window."""
    starts = dict(zip((axis for axis, *_ in windows), offset, strict=True))
    return extended[tuple(slice(starts.get(k, 0), starts.get(k, 0) + n) for k, n in enumerate(shape))]


def _largest(places: Any, values: Any, windows: list[Window], inside: Any, added: Any) -> tuple[Any, Any]:
    """The place of the first largest element of each window, and where in the window it is."""
    extended = _extended(places, windows)
    best = np.full(places.shape, -np.inf)
    chosen, offsets = np.full(places.shape, -1), np.zeros(places.shape, np.intp)
    for flat, offset in enumerate(np.ndindex(inside.shape)):
        if not inside[offset]:
            continue
        there = _read(extended, windows, places.shape, offset)
        value = values[there] + added[offset]
        better = (value > best) | (chosen < 0)
        best, chosen = np.where(better, value, best), np.where(better, there, chosen)
        offsets[better] = flat
    return chosen, offsets


def _first_equal(places: Any, values: Any, out: Any, windows: list[Window], inside: Any) -> Any:
    """The place of the first element of each window that is what was chosen.

    The window without holes is searched last: filters of vectors read it whatever the footprint.
    """
    extended = _extended(places, windows)
    chosen = np.full(places.shape, -1)
    for offset in sorted(np.ndindex(inside.shape), key=lambda offset: not inside[offset]):
        there = _read(extended, windows, places.shape, offset)
        value = values[there]
        same = (value == out) | ((value != value) & (out != out))
        chosen = np.where((chosen < 0) & same, there, chosen)
    if np.any(chosen < 0):
        raise ValueError("a filter has chosen a value that is not in its window")
    return chosen
