"""`scipy.signal`: linear filters that SciPy composes of others, in Python for the interpreter."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import fft, linalg, ndimage, signal

from pullback.ir.core import Atom, Attrs, Const, Primitive
from pullback.ir.types import Array, Type
from pullback.primitives import meanings
from pullback.primitives.inference import unknown_dim
from pullback.primitives.kinds import discrete
from pullback.primitives.registry import CREATIONS, computes, means


def weights_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    length = operands[0]
    known = isinstance(length, Const) and isinstance(length.value, int)
    return (Array(np.dtype(float), (length.value if known else unknown_dim(),)),)  # type: ignore[union-attr]


savgol_coeffs: Primitive = discrete(
    signal.savgol_coeffs, weights_type, name="savgol_coeffs", spelling="scipy.signal.savgol_coeffs"
)


def _savgol_weights(lift: Any, window_length: Any, polyorder: Any, deriv: Any = 0, delta: Any = 1.0) -> Any:
    return savgol_coeffs(lift(window_length), polyorder, deriv=deriv, delta=delta)


CREATIONS[signal.savgol_coeffs] = _savgol_weights


@means(signal.savgol_coeffs)
def savgol_weights_of_what_varies(*args: Any, **kwargs: Any) -> Any:
    """Its parameters are known when compiling."""
    for arg in (*args, *kwargs.values()):
        meanings.static(arg, "a parameter")
    raise AssertionError("made where all arguments are known")


@computes(signal.detrend)
def detrend(data: Any, axis: Any = -1, type: Any = "linear", bp: Any = 0) -> Any:
    """What is left of data without its mean, or without the line through it."""
    data = np.asarray(data) * 1.0
    if type in ("constant", "c"):
        return data - np.mean(data, axis=axis, keepdims=True)
    if type not in ("linear", "l"):
        raise ValueError("Trend type must be 'linear' or 'constant'.")
    if not isinstance(bp, int) or bp != 0:
        raise NotImplementedError("`bp=` of scipy.signal.detrend")
    columns = np.moveaxis(data, axis, 0)
    count = len(columns)
    line = np.ones((count, 2), data.dtype)
    line[:, 0] = np.arange(1, count + 1, dtype=data.dtype) / count
    rows = columns.reshape(count, -1)
    coefficients = linalg.lstsq(line, rows)[0]
    return np.moveaxis((rows - line @ coefficients).reshape(columns.shape), 0, axis)


@computes(signal.hilbert)
def hilbert(x: Any, N: Any = None, axis: Any = -1) -> Any:
    """The analytic signal: negative frequencies are dropped, positive ones doubled."""
    x = np.asarray(x)
    if np.iscomplexobj(x):
        raise ValueError("x must be real.")
    count = x.shape[axis] if N is None else N
    spectrum = np.moveaxis(fft.fft(x, count, axis=axis), axis, -1)
    kept = np.arange(count)
    half = (count + 1) // 2
    shares = np.where(kept == 0, 1.0, np.where(kept < half, 2.0, np.where(2 * kept == count, 1.0, 0.0)))
    return fft.ifft(np.moveaxis(spectrum * shares.astype(x.dtype), -1, axis), axis=axis)


@computes(signal.savgol_filter)
def savgol_filter(
    x: Any,
    window_length: Any,
    polyorder: Any,
    deriv: Any = 0,
    delta: Any = 1.0,
    axis: Any = -1,
    mode: Any = "interp",
) -> Any:
    """Polynomials fitted to windows: a convolution, and for "interp" at each end the polynomial of the last window."""
    x = np.asarray(x) * 1.0
    if mode not in ("mirror", "constant", "nearest", "interp", "wrap"):
        raise ValueError("mode must be 'mirror', 'constant', 'nearest' 'wrap' or 'interp'.")
    weights = signal.savgol_coeffs(window_length, polyorder, deriv=deriv, delta=delta)
    if mode != "interp":
        return ndimage.convolve1d(x, weights, axis=axis, mode=mode)
    if window_length > x.shape[axis]:
        raise ValueError("If mode is 'interp', window_length must be less than or equal to the size of x.")
    half = window_length // 2
    smooth = np.moveaxis(ndimage.convolve1d(x, weights, axis=axis, mode="constant"), axis, 0).copy()
    rows = np.moveaxis(x, axis, 0)
    places = np.arange(window_length)
    scale = delta**deriv
    if half > 0:
        for start, first in ((0, 0), (len(rows) - window_length, window_length - half)):
            window = rows[start : start + window_length].reshape(window_length, -1)
            fitted = np.polyfit(places, window, polyorder)
            for k in range(deriv):
                fitted = fitted[:-1] * np.arange(polyorder - k, 0, -1)[:, None]
            values = np.zeros((half, window.shape[1]))
            for coefficients in fitted:
                values = values * places[first : first + half, None] + coefficients
            smooth[start + first : start + first + half] = (values / scale).reshape(half, *rows.shape[1:])
    return np.moveaxis(smooth, 0, axis)
