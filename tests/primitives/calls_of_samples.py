"""Calls of functions of polynomials, samples, quantiles and parts of numbers, for the tests of meanings."""

# ruff: noqa: RUF005
from __future__ import annotations

from typing import Any

import numpy as np
from primitives.case import array

Call = tuple[tuple[Any, ...], dict[str, Any]]


def call(*args: Any, **kwargs: Any) -> Call:
    return args, kwargs


X, V, W, CUBE = array(3, 4), array(4), array(3, low=-1.0), array(2, 3, 4)
HOLES = np.where(X > 1.5, np.nan, X)
LABELS = np.array([0, 2, 2, 1])
SPREAD = [call(X), call(X, axis=0), call(X, 1, keepdims=True), call(V)]
GAPS = [call(HOLES), call(HOLES, axis=0), call(HOLES, axis=1, ddof=1, keepdims=True), call(HOLES.astype(np.float32), 0)]
GAPS += [call(HOLES, where=X > -1.0), call(HOLES, axis=0, correction=1), call(HOLES, dtype=np.float32)]
CALLS: dict[Any, list[Call]] = {
    np.polyval: [call(V, X), call([1.5, 2.0, 0.5], X), call(V, W.astype(np.float32))],
    np.polynomial.polynomial.polyval: [call(X, [1.5, 2.0, 0.5]), call(X, V)],
    np.polynomial.polyutils.trimseq: [call(V), call(np.array([1.5, 0.0, 2.5, 0.0]))],
    np.common_type: [],
    np.iterable: [],
    np.polyadd: [call(V, W), call(W, V), call(V, V), call([1.0, 2.0], V)],
    np.polysub: [call(V, W), call(W, V)],
    np.polymul: [call(V, W), call(W, [1.0, 2.0])],
    np.polyder: [call(V), call(V, m=2), call(W)],
    np.polyint: [call(V), call(W, m=2)],
    np.vander: [call(V), call(V, 3), call(V, N=5, increasing=True), call(V, 1)],
    np.convolve: [call(p, q, m) for m in ("full", "same", "valid") for p, q in ((V, W), (W, V), (array(7), V))],
    np.correlate: [call(p, q, m) for m in ("full", "valid") for p, q in ((V, W), (W, V), (array(7), V))]
    + [call(array(7), V, "same"), call(V, W, mode="same")],
    np.lib.stride_tricks.sliding_window_view: [call(array(7), 3), call(array(7), (2,)), call(array(7), 7)]
    + [call(X, (2, 3)), call(X, 2, axis=0), call(X, [2], axis=(-1,))],
    np.roots: [call(np.array([1.0 + 1j, 2.0, 0.5j])), call(np.array([0j, 2.0, 1.0, 0.0]))],
    np.asfortranarray: [call(X), call(V)],
    np.bincount: [call(LABELS, V), call(LABELS, weights=V, minlength=5)]
    + [call(LABELS), call(LABELS, minlength=5)],
    np.interp: [call(X, np.sort(V), array(4)), call(W, np.sort(array(5)), array(5)), call(0.3, np.sort(V), array(4))]
    + [call(X, np.sort(V), array(4), left=-9.0, right=9), call(X * 3, np.sort(V), array(4), period=2)],
    np.gradient: [call(V), call(V, 0.5), call(X), call(X, 0.5, axis=1), call(X, 0.5, 2.0), call(X, axis=(0,))]
    + [call(V, edge_order=2), call(X, 0.5, axis=1, edge_order=2), call(V, np.sort(V)), call(X, W, [0.0, 1.0, 2.0, 4.0])]
    + [call(V, [0, 1, 3, 4], edge_order=2), call(X, 2.0, np.arange(4.0), edge_order=2), call(np.arange(4), V)],
    np.quantile: [call(X, 0), call(X, 1, axis=0), call(V, [0, 1]), call(X, q=0, axis=1, keepdims=True)]
    + [call(CUBE, 0, axis=a, keepdims=k) for a in ((0, 2), (-1, 1), (0, 1, 2)) for k in (False, True)]
    + [call(X, q=0.75, axis=1, method=m) for m in ("lower", "nearest", "midpoint", "hazen", "median_unbiased")],
    np.percentile: [call(X, 30), call(X, 10, axis=1), call(V, [5, 50, 100], axis=0)],
    np.nanmax: [call(HOLES), call(HOLES, axis=0), *SPREAD, call(HOLES, initial=0.5, where=X < 1.7)],
    np.nanmin: [call(HOLES), call(HOLES, axis=0), *SPREAD, call(HOLES, axis=1, initial=0.5)],
    np.nanvar: GAPS,
    np.nanstd: GAPS,
    np.cov: [call(X), call(X, ddof=0), call(X, bias=True), call(array(2, 6)), call(X, rowvar=False), call(V)]
    + [call(V, array(4, low=-1.0)), call(X, V), call(X.astype(np.float32)), call(X[:1])],
    np.corrcoef: [call(X), call(array(2, 6)), call(V, array(4, low=-1.0)), call(X, rowvar=False)],
    np.modf: [call(X), call(1.7), call(X.astype(np.float32))],
    np.frexp: [call(X), call(1.7)],
    np.ldexp: [call(X, 2), call(X, np.array([1, 2, 3, -1])), call(1.5, 3)],
    np.ldexp.outer: [call(X, LABELS), call(V, 2)],
    np.nextafter: [call(X, 0.0), call(X, V)],
    np.unwrap: [call(X * 3), call(np.cumsum(np.abs(V)) * 2.0), call(X * 3, axis=0)]
    + [call(X * 3, discont=4), call(X * 99, period=180)],
    np.divmod: [call(X, 0.7), call(X, np.abs(V)), call(7.5, 2.0)],
    np.real_if_close: [call(X)],
}  # fmt: skip
