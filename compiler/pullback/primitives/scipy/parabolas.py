"""`scipy.integrate` of samples at distances that differ, and step by step: in Python for the interpreter.

Each computes what SciPy computes, operation by operation: parabolas through three samples each (Cartwright 2017).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import integrate

from pullback.primitives.families.creation import created
from pullback.primitives.registry import CREATIONS, NotCovered, computes
from pullback.primitives.scipy.builders import refuse_unknown


def _quotient(a: Any, b: Any) -> Any:
    """The quotient, and 0 where nothing is divided by."""
    return np.where(b != 0, np.true_divide(a, np.where(b != 0, b, 1.0)), 0.0)


def _three_by_three(y: Any, h: Any, axis: int) -> Any:
    """The sum of the integrals of parabolas, each over two of the distances `h`."""
    rows = (slice(None),) * axis
    h0, h1 = (
        np.asarray(h[(*rows, slice(0, None, 2))], dtype=float),
        np.asarray(h[(*rows, slice(1, None, 2))], dtype=float),
    )
    first, second, third = (y[(*rows, slice(k, stop, 2))] for k, stop in ((0, -2), (1, -1), (2, None)))
    hsum, hprod, ratio = h0 + h1, h0 * h1, _quotient(h0, h1)
    pieces = first * (2.0 - _quotient(1.0, ratio)) + second * (hsum * _quotient(hsum, hprod)) + third * (2.0 - ratio)
    return np.sum(hsum / 6.0 * pieces, axis=axis)


@computes(integrate.simpson)
def simpson(y: Any, x: Any = None, *, dx: Any = 1.0, axis: Any = -1) -> Any:
    """Simpson's rule at the points `x`."""
    y = np.asarray(y)
    if x is None:
        raise NotImplementedError(f"simpson of {y.dtype}, or by distances that are no number")
    x = np.asarray(x)
    if y.dtype.kind == "f" and y.dtype != np.float64:
        raise NotImplementedError(f"simpson of {y.dtype}: convert the samples by .astype(float)")
    axis = axis % y.ndim
    rows = (slice(None),) * axis
    if x.ndim == 1 and y.ndim > 1:
        x = np.reshape(x, (1,) * axis + (-1,) + (1,) * (y.ndim - axis - 1))
    if x.shape[axis] != y.shape[axis]:
        raise ValueError("If given, length of x along axis must be the same as y.")
    h = np.diff(x, axis=axis)
    if y.shape[axis] % 2 == 1:
        return _three_by_three(y, h, axis)
    if y.shape[axis] == 2:
        return 0.5 * (x[(*rows, -1)] - x[(*rows, -2)]) * (y[(*rows, -1)] + y[(*rows, -2)])
    start = _three_by_three(y[(*rows, slice(None, -1))], h[(*rows, slice(None, -1))], axis)
    h0, h1 = np.asarray(h[(*rows, -2)], dtype=float), np.asarray(h[(*rows, -1)], dtype=float)
    last = _quotient(2 * h1**2 + 3 * h0 * h1, 6 * (h1 + h0)) * y[(*rows, -1)]
    last = last + _quotient(h1**2 + 3.0 * h0 * h1, 6 * h0) * y[(*rows, -2)]
    return start + (last - _quotient(1 * h1**3, 6 * h0 * (h0 + h1)) * y[(*rows, -3)])


def _steps_of_one_distance(y: Any, h: Any) -> Any:
    return h[..., :-1] / 3 * (5 * y[..., :-2] / 4 + 2 * y[..., 1:-1] - y[..., 2:] / 4)


def _steps(y: Any, h: Any) -> Any:
    """The integral over the first of every two distances."""
    x21, x32 = h[..., :-1], h[..., 1:]
    x31 = x21 + x32
    first, share = x21 / x31, x21 / x32
    both = first * share
    return x21 / 6 * ((3 - first) * y[..., :-2] + (3 + both + first) * y[..., 1:-1] + -both * y[..., 2:])


@computes(integrate.cumulative_simpson)
def cumulative_simpson(y: Any, *, x: Any = None, dx: Any = 1.0, axis: Any = -1, initial: Any = None) -> Any:
    """The integral up to every sample."""
    y = np.asarray(y)
    y = y if y.dtype.kind == "f" else np.asarray(y, dtype=float)
    axis = axis % y.ndim
    samples = np.swapaxes(y, axis, -1)
    count = samples.shape[-1]
    if x is not None:
        x = np.asarray(x)
        x = x if x.dtype.kind == "f" else np.asarray(x, dtype=float)
        h = np.diff(x if x.ndim == 1 else np.swapaxes(x, axis, -1), axis=-1)
        if np.any(h <= 0):
            raise ValueError("Input x must be strictly increasing.")
        h = np.broadcast_to(h, (*samples.shape[:-1], count - 1))
        steps = _steps
    else:
        dx = np.asarray(dx, dtype=float)
        h = np.broadcast_to(dx if dx.ndim == 0 else np.swapaxes(dx, axis, -1), (*samples.shape[:-1], count - 1))
        steps = _steps_of_one_distance
    if count < 3:
        out = np.swapaxes(integrate.cumulative_trapezoid(y, x, dx=dx, axis=axis), axis, -1)
    else:
        ahead = steps(samples, h)
        back = np.flip(steps(np.flip(samples, axis=-1), np.flip(h, axis=-1)), axis=-1)
        parts = np.zeros((*samples.shape[:-1], count - 1), dtype=ahead.dtype)
        parts[..., :-1:2] = ahead[..., ::2]
        parts[..., 1::2] = back[..., ::2]
        parts[..., -1] = back[..., -1]
        out = np.cumsum(parts, axis=-1)
    if initial is not None:
        initial = np.asarray(initial, dtype=float)
        initial = initial if initial.ndim == 0 else np.swapaxes(initial, axis, -1)
        initial = np.broadcast_to(initial, (*samples.shape[:-1], 1))
        out = np.concatenate((initial, out + initial), axis=-1)
    return np.swapaxes(out, -1, axis)


# Weights are constants.


def _newton_cotes(lift: Any, rn: Any, equal: Any = 0) -> Any:
    if not isinstance(rn, int):
        raise NotCovered("scipy.integrate.newton_cotes of positions", "give it the number of intervals")
    builder = lift(0).builder
    return tuple(created(builder, integrate.newton_cotes, (rn, equal), {}, part=k) for k in (0, 1))


CREATIONS[integrate.newton_cotes] = _newton_cotes
refuse_unknown(integrate.newton_cotes)
