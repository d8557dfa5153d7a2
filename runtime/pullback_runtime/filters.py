"""What the adjoints of filters ask for beside filters: cuts put back, ends folded in, lagged products."""

from __future__ import annotations

from typing import Any

import numpy as np

from pullback_runtime.padding import unpad


def ends_of(mode: str) -> str:
    """What np.pad calls a mode of `scipy.ndimage`.

    >>> ends_of("mirror")
    'reflect'
    """
    return {"reflect": "symmetric", "nearest": "edge", "mirror": "reflect"}.get(mode, mode)


def cut(full: Any, shape: tuple[int, ...], kernel: tuple[int, ...], mode: str) -> Any:
    """What `scipy.signal.convolve(a, v, mode)` keeps of the full convolution, from the shapes of `a` and `v`.

    `scipy.signal.correlate2d` with mode "same" keeps the later of two middles: mode "later".

    >>> cut(np.array([1.0, 2.0, 3.0, 4.0]), (3,), (2,), "same")
    array([1., 2., 3.])
    """
    return np.asarray(full)[_kept(shape, kernel, mode)]


def uncut(g: Any, shape: tuple[int, ...], kernel: tuple[int, ...], mode: str) -> Any:
    """The transpose of `cut`: `g` put back among zeros.

    >>> uncut(np.array([1.0, 2.0, 3.0]), (3,), (2,), "same")
    array([1., 2., 3., 0.])
    """
    full = np.zeros([n + m - 1 for n, m in zip(shape, kernel, strict=True)], np.asarray(g).dtype)
    full[_kept(shape, kernel, mode)] = g
    return full


def _kept(shape: tuple[int, ...], kernel: tuple[int, ...], mode: str) -> tuple[slice, ...]:
    if mode in ("same", "later"):
        first = 0 if mode == "later" else 1
        return tuple(slice((m - first) // 2, (m - first) // 2 + n) for n, m in zip(shape, kernel, strict=True))
    return tuple(slice(min(n, m) - 1, max(n, m)) for n, m in zip(shape, kernel, strict=True))


def extend_ends(x: Any, kernel: tuple[int, ...], origin: tuple[int, ...], mode: str, convolved: bool = False) -> Any:
    """What a filter of `scipy.ndimage` reads: the array, extended by `mode` as far as the kernel reaches.

    Args:
        x: the array.
        kernel: the shape of the kernel.
        origin: how far its centre is moved, per axis.
        mode: reflect, nearest, mirror, wrap or constant, by which there are zeros outside.
        convolved: whether the filter is a convolution, whose kernel is reversed.

    >>> extend_ends(np.array([1.0, 2.0]), (3,), (0,), "nearest")
    array([1., 1., 2., 2.])
    """
    widths = _reach(kernel, origin, convolved)
    return np.pad(x, widths, mode=ends_of(mode))  # type: ignore[call-overload]


def fold_ends(
    g: Any, shape: tuple[int, ...], kernel: tuple[int, ...], origin: tuple[int, ...], mode: str, convolved: bool = False
) -> Any:
    """The transpose of `extend_ends` of an array of this shape: each element gets what its copies got.

    >>> fold_ends(np.ones(4), (2,), (3,), (0,), "nearest")
    array([2., 2.])
    """
    widths = _reach(kernel, origin, convolved)
    if mode != "constant":
        return unpad(g, shape, widths, ends_of(mode))
    return np.asarray(g)[tuple(slice(before, before + n) for n, (before, _) in zip(shape, widths, strict=True))]


def _reach(kernel: tuple[int, ...], origin: tuple[int, ...], convolved: bool) -> list[tuple[int, int]]:
    """How far a filter reads before and after an element, per axis."""
    before = [(m - 1) // 2 - o if convolved else m // 2 + o for m, o in zip(kernel, origin, strict=True)]
    return [(b, m - 1 - b) for m, b in zip(kernel, before, strict=True)]


def lagged_products(p: Any, x: Any, count: int, axis: int) -> Any:
    """The sums over all n of p[n] * x[n - k], for k below `count`; the other axes are summed over.

    >>> lagged_products(np.array([1.0, 2.0]), np.array([3.0, 4.0]), 3, 0)
    array([11.,  6.,  0.])
    """
    p, x = np.moveaxis(p, axis, -1), np.moveaxis(x, axis, -1)
    length = p.shape[-1]
    lags = [np.sum(p[..., k:] * x[..., : max(length - k, 0)]) for k in range(count)]
    return np.array(lags, np.result_type(p, x))
