"""Polynomials: of `numpy.polynomial` NumPy's own source is interpreted, but for what is written here.

These helpers of it catch exceptions, look at objects, or loop where a slice says the same; written plainly they compute
the same, bit for bit. So do the functions of descending coefficients (`np.poly*`).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

ROOMS = ("polynomial", "chebyshev", "legendre", "hermite", "hermite_e", "laguerre", "polyutils")
UTILITIES = "numpy.polynomial.polyutils"
ENTERED = frozenset(f"numpy.polynomial.{room}" for room in ROOMS)
BESSEL = ("_i0_1", "_i0_2", "_chbevl")  # what NumPy computes np.i0 by


def is_series(function: Any) -> bool:
    """Whether a public function computes with series."""
    module = getattr(function, "__module__", None)
    return module in ENTERED and module != UTILITIES and callable(function) and not isinstance(function, type)


def source_of_series(function: Any) -> Callable[..., Any] | None:
    """The Python function that says what a function of polynomials does; None for any other."""
    if (written := DESCENDING.get(function)) is not None:
        return written
    module = getattr(function, "__module__", None)
    plain: Callable[..., Any] = getattr(function, "__wrapped__", function)
    if function is np.i0 or (module == "numpy.lib._function_base_impl" and plain.__name__ in BESSEL):
        return plain
    if module not in ENTERED or not inspect.isfunction(plain):
        return None
    return HELPERS.get(plain.__name__, plain) if module == UTILITIES else plain


def as_series(alist: Any, trim: Any = True) -> Any:
    """Vectors of one dtype, copied."""
    arrays = [np.array(a, ndmin=1) for a in alist]
    for a in arrays:
        if a.size == 0:
            raise ValueError("Coefficient array is empty")
        if a.ndim != 1:
            raise ValueError("Coefficient array is not 1-d")
    if trim:
        arrays = [np.polynomial.polyutils.trimseq(a) for a in arrays]
    dtype = np.common_type(*arrays)
    return [np.array(a, copy=True, dtype=dtype) for a in arrays]


def as_int(x: Any, desc: Any) -> Any:
    """A count."""
    return x


def vander_nd(vander_fs: Any, points: Any, degrees: Any) -> Any:
    """Products of the powers of each variable, each along an axis of its own."""
    count = len(vander_fs)
    points = [np.asarray(point) + 0.0 for point in points]
    total = None
    for k in range(count):
        powers = vander_fs[k](points[k], degrees[k])
        rest = powers[(..., *(None,) * k, slice(None), *(None,) * (count - 1 - k))]
        total = rest if total is None else total * rest
    return total


def valnd(val_f: Any, c: Any, *args: Any) -> Any:
    """One variable after the other; only the first one makes axes."""
    points = [np.asanyarray(a) for a in args]
    for point in points[1:]:
        if point.shape != points[0].shape:
            raise ValueError("x, y, z are incompatible")
    value = val_f(points[0], c)
    for point in points[1:]:
        value = val_f(point, value, tensor=False)
    return value


def getdomain(x: Any) -> Any:
    """The smallest and the largest point; of complex ones, of their parts."""
    [points] = as_series([x], trim=False)
    if np.iscomplexobj(points):
        raise NotImplementedError("the domain of complex points")
    return np.array((points.min(), points.max()))


def fit(vander_f: Any, x: Any, y: Any, deg: Any, rcond: Any = None, full: Any = False, w: Any = None) -> Any:
    """Least squares on the columns of a Vandermonde matrix, scaled."""
    x = np.asarray(x) + 0.0
    y = np.asarray(y) + 0.0
    lhs = vander_f(x, as_int(deg, "deg")).T
    rhs = y.T
    if w is not None:
        weights = np.asarray(w) + 0.0
        lhs = lhs * weights
        rhs = rhs * weights
    if rcond is None:
        rcond = len(x) * np.finfo(x.dtype).eps
    scale = np.sqrt(np.square(lhs).sum(1))
    scale = np.where(scale == 0, 1, scale)
    solution, residuals, rank, values = np.linalg.lstsq(lhs.T / scale, rhs.T, rcond)
    solution = (solution.T / scale).T
    return (solution, [residuals, rank, values, rcond]) if full else solution


# Descending coefficients: `np.poly*`.


def polyval(p: Any, x: Any) -> Any:
    """`np.polyval`: Horner's scheme."""
    x = np.asanyarray(x)
    value = np.zeros_like(x)
    for coefficient in p:
        value = value * x + coefficient
    return value


def polyfit(x: Any, y: Any, deg: Any, rcond: Any = None, full: Any = False, w: Any = None) -> Any:
    """`np.polyfit`: least squares on scaled powers."""
    x = np.asarray(x) + 0.0
    y = np.asarray(y) + 0.0
    powers = np.vander(x, deg + 1)
    if w is not None:
        weights = np.asarray(w) + 0.0
        powers = powers * weights[:, None]
        y = y * weights[:, None] if y.ndim == 2 else y * weights
    scale = np.sqrt((powers * powers).sum(axis=0))
    limit = len(x) * np.finfo(x.dtype).eps if rcond is None else rcond
    solution, residuals, rank, values = np.linalg.lstsq(powers / scale, y, limit)
    solution = (solution.T / scale).T
    return (solution, residuals, rank, values, limit) if full else solution


def polydiv(u: Any, v: Any) -> Any:
    """`np.polydiv`: the quotient, and what is left without its leading zeros."""
    u = np.atleast_1d(u) + 0.0
    v = np.atleast_1d(v) + 0.0
    m, n = len(u) - 1, len(v) - 1
    scale = 1.0 / v[0]
    quotient = np.zeros(max(m - n + 1, 1), (u[0] + v[0]).dtype)
    rest = u.copy()
    for k in range(m - n + 1):
        quotient[k] = scale * rest[k]
        rest[k : k + n + 1] -= quotient[k] * v
    small = np.isclose(rest, 0.0, rtol=1e-14)
    first = len(rest) - 1 if np.all(small) else np.argmin(small)
    return quotient, rest[first:]


def polyadd(a1: Any, a2: Any) -> Any:
    """`np.polyadd`: the shorter one after zeros."""
    a = np.atleast_1d(a1)
    b = np.atleast_1d(a2)
    a = np.concatenate((np.zeros(max(len(b) - len(a), 0), a.dtype), a))
    return a + np.concatenate((np.zeros(max(len(a) - len(b), 0), b.dtype), b))


def polysub(a1: Any, a2: Any) -> Any:
    """`np.polysub`."""
    a = np.atleast_1d(a1)
    b = np.atleast_1d(a2)
    a = np.concatenate((np.zeros(max(len(b) - len(a), 0), a.dtype), a))
    return a - np.concatenate((np.zeros(max(len(a) - len(b), 0), b.dtype), b))


def polyder(p: Any, m: Any = 1) -> Any:
    """`np.polyder`."""
    value = np.asarray(p)
    for _ in range(m):
        value = value[:-1] * np.arange(len(value) - 1, 0, -1)
    return value


def polyint(p: Any, m: Any = 1, k: Any = None) -> Any:
    """`np.polyint`: a constant for each integration, from `k`."""
    value = np.asarray(p)
    constants = np.zeros(m) if k is None else np.broadcast_to(np.atleast_1d(k), (m,))
    for j in range(m):
        value = np.concatenate((value / np.arange(len(value), 0, -1), constants[j : j + 1]))
    return value


def poly(seq_of_zeros: Any) -> Any:
    """`np.poly` of a vector of real roots."""
    roots = np.atleast_1d(seq_of_zeros)
    if roots.ndim != 1 or np.iscomplexobj(roots):
        raise NotImplementedError("np.poly of a matrix or of complex roots")
    value = np.ones(1, dtype=roots.dtype)
    for root in roots:
        value = np.convolve(value, np.array([1, -root], dtype=roots.dtype), mode="full")
    return value


# helpers of numpy.polynomial.polyutils, by name: that module is imported only where the program does so
HELPERS: Mapping[str, Callable[..., Any]] = {
    "as_series": as_series,
    "_as_int": as_int,
    "_vander_nd": vander_nd,
    "_valnd": valnd,
    "_fit": fit,
    "getdomain": getdomain,
}
DESCENDING: Mapping[Any, Callable[..., Any]] = {
    np.polyval: polyval,
    np.polyfit: polyfit,
    np.polydiv: polydiv,
    np.polyadd: polyadd,
    np.polysub: polysub,
    np.polyder: polyder,
    np.polyint: polyint,
    np.poly: poly,
}
