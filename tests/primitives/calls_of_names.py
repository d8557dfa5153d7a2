"""Calls of stacked products, tests, sets, least squares and statistics without NaN, for the tests of meanings."""

# ruff: noqa: RUF005
from __future__ import annotations

import math
from typing import Any

import numpy as np
from primitives.case import array

Call = tuple[tuple[Any, ...], dict[str, Any]]


def call(*args: Any, **kwargs: Any) -> Call:
    return args, kwargs


X, V, W, CUBE = array(3, 4), array(4), array(3, low=-1.0), array(2, 3, 4)
HOLES = np.where(X > 1.5, np.nan, X)
ROUND = np.round(X)
Z = np.append(X[0], -1.0) + 1j * np.append(X[1], 0.0)
EDGES = np.array([-1.1, -0.2, 0.7, 1.6])
PLACES = np.array([[5, 2], [3, 1]])
BITS = np.array([1, 0, 1, 1, 0, 0, 0, 1, 1], np.uint8)
GAPS = [call(HOLES), call(HOLES, axis=0), call(HOLES, axis=-1, keepdims=True), call(X, (0, 1)), call(V)]
PAIRS = [call(ROUND, np.round(V)), call(V, V), call(V, [1.0, 2.0])]
CALLS: dict[Any, list[Call]] = {
    np.spacing: [call(X), call(1.5), call(X.astype(np.float32))],
    np.gcd: [call(PLACES, 2)],
    np.lcm: [call(PLACES, 2)],
    np.gcd.outer: [call(PLACES, PLACES)],
    np.lcm.outer: [call(PLACES, PLACES)],
    np.nanargmax: [call(HOLES), call(HOLES, 0), call(X, axis=1, keepdims=True)],
    np.nanargmin: [call(HOLES), call(HOLES, 0)],
    np.isclose: [call(X, X + 1e-9), call(X, 0.3, atol=1.0), call(HOLES, HOLES, equal_nan=True)],
    np.isin: [call(ROUND, np.array([1.0, 0.0])), call(ROUND, ROUND[0], invert=True)],
    np.isposinf: [call(X)],
    np.isneginf: [call(X)],
    np.isreal: [call(X)],
    np.iscomplex: [call(X)],
    np.digitize: [call(X, np.array([-1.0, 0.5])), call(V, np.sort(W), right=True)],
    np.allclose: [call(X, X), call(X, V, atol=9.0)],
    np.array_equal: [call(X, X), call(X, V)],
    np.array_equiv: [call(X, X), call(X, V)],
    np.flatnonzero: [call(ROUND)],
    np.argwhere: [call(ROUND), call(V > 0)],
    np.nonzero: [call(ROUND), call(V > 0), call(CUBE > 1.0)],
    np.lexsort: [call((V, np.round(V)))],
    np.packbits: [call(BITS), call(BITS, bitorder="little")],
    np.unpackbits: [call(BITS)],
    np.unique: [call(ROUND), call(V), call(ROUND, return_index=True, return_counts=True), call(V, return_inverse=True)]
    + [call(ROUND, return_inverse=True), call(HOLES), call(HOLES, equal_nan=False)],
    np.union1d: PAIRS,
    np.unique_values: [call(V)],
    np.unique_all: [call(V)],
    np.unique_counts: [call(ROUND)],
    np.unique_inverse: [call(V)],
    math.ulp: [call(1.7)],
    math.isqrt: [call(17)],
    math.factorial: [call(5)],
    math.comb: [call(5, 2)],
    math.perm: [call(5, 2), call(5)],
    math.gcd: [call(12, 18), call(12), call(12, 18, 27)],
    math.lcm: [call(12, 18), call(4, 6, 10)],
    math.gamma: [call(1.7)],
    np.histogram: [call(X), call(X, 5, (-1, 1)), call(X, EDGES), call(X, EDGES.tolist(), None, True)]
    + [call(X, 4, weights=X * X), call(X, EDGES, weights=X), call(X, 4, (-1, 1), True, X * X), call(ROUND, 3)]
    + [call(X.astype(np.float32), 4, weights=X)],
    np.histogram_bin_edges: [call(X), call(X, 4, (-1, 1)), call(X, EDGES)],
    np.sort_complex: [call(X), call(X + 1j), call(X.astype(np.float32)), call(V)],
    np.emath.power: [call(Z, 2), call(Z, -0.5)],
    np.emath.logn: [call(2, Z), call(10, Z)],
    **{f: [call(Z), call(Z[0])] for f in (np.emath.sqrt, np.emath.log, np.emath.log2, np.emath.log10)},
    **{f: [call(Z)] for f in (np.emath.arccos, np.emath.arcsin, np.emath.arctanh)},
    math.lgamma: [call(1.7), call(-0.4)],
    math.nextafter: [call(1.7, 2.0)],
    math.ldexp: [call(1.7, 3)],
    math.frexp: [call(5.3)],
    math.modf: [call(-5.3)],
    math.remainder: [call(5.3, 2.0)],
    math.dist: [call(V, V[::-1].copy()), call(V, [1.0, 2.0, 3.0, 4.0])],
    math.isclose: [call(1.5, 1.5)],
    np.choose: [call(PLACES % 3, [X[:2, :2], V[:2], 1.5]), call(PLACES, [X[:2, :2], 1.5], mode="wrap")]
    + [call(PLACES, X[:, :2], mode="clip")],
    np.linalg.lstsq: [call(X, W), call(X.T, V), call(X.T, array(4, 2)), call(X, W, rcond=0.1)],
    np.linalg.matrix_rank: [call(X), call(np.ones((3, 3)))],
    np.nanmedian: GAPS,
    np.nanquantile: [call(HOLES, 0), call(HOLES, q=0.3, axis=0), call(HOLES, q=[0.1, 0.9], axis=1), call(V, q=0.3)]
    + [call(CUBE, q=0.3, axis=(0, 2), keepdims=True)],
    np.nanpercentile: [call(HOLES, 10), call(HOLES, q=30, axis=0, keepdims=True)],
}  # fmt: skip
for _name, _calls in {
    "bitwise_count": [call(PLACES)],
    "vecdot": [call(V, V), call(X, V), call(CUBE, X), call(X, array(3, 1), axis=0)],
    "matvec": [call(X, V), call(CUBE, V), call(CUBE, array(2, 4))],
    "vecmat": [call(W, X), call(W, CUBE), call(array(2, 3), CUBE)],
}.items():
    if hasattr(np, _name):
        CALLS[getattr(np, _name)] = _calls
if hasattr(math, "fma"):
    CALLS[math.fma] = [call(1.7, -0.4, 2.5)]
if hasattr(np, "vecdot"):
    CALLS[np.linalg.vecdot] = [call(V, V), call(X, V)]
