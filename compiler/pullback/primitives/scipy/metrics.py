"""`scipy.spatial.distance` between two vectors, in Python for the interpreter: each computes what SciPy computes.

Conventions are those of the operations: the derivative of the Euclidean distance of a point to itself is 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg import norm
from scipy.spatial import distance
from scipy.special import rel_entr

from pullback.primitives.registry import computes


def weighing(w: Any) -> Any:
    """Weights are in float64, whatever the vectors are in."""
    return np.asarray(w, dtype=float)


@computes(distance.euclidean)
def euclidean(u: Any, v: Any, w: Any = None) -> Any:
    """The Euclidean distance."""
    difference = np.asarray(u) - np.asarray(v)
    return norm(difference if w is None else np.sqrt(weighing(w)) * difference, ord=2)


@computes(distance.sqeuclidean)
def sqeuclidean(u: Any, v: Any, w: Any = None) -> Any:
    """Its square."""
    difference = np.asarray(u) - np.asarray(v)
    return np.dot(difference, difference if w is None else weighing(w) * difference)


@computes(distance.cityblock)
def cityblock(u: Any, v: Any, w: Any = None) -> Any:
    """The sum of the absolute differences."""
    difference = abs(np.asarray(u) - np.asarray(v))
    return (difference if w is None else weighing(w) * difference).sum()


@computes(distance.chebyshev)
def chebyshev(u: Any, v: Any) -> Any:
    """The largest absolute difference."""
    return np.max(abs(np.asarray(u) - np.asarray(v)))


@computes(distance.minkowski)
def minkowski(u: Any, v: Any, p: Any = 2, w: Any = None) -> Any:
    """The p-norm of the difference."""
    difference = np.asarray(u) - np.asarray(v)
    if w is not None:
        w = weighing(w)
        difference = (w if p == 1 else np.sqrt(w) if p == 2 else np.power(w, 1 / p)) * difference
    return norm(difference, ord=2) if p == 2 else np.linalg.norm(difference, ord=p)


@computes(distance.cosine)
def cosine(u: Any, v: Any, w: Any = None) -> Any:
    """One less the cosine of the angle."""
    u, v = np.asarray(u), np.asarray(v)
    shares = 1.0 if w is None else weighing(w) / np.sum(weighing(w))
    scaled_v, scaled_u = (v, u) if w is None else (v * shares, u * shares)
    distance = 1.0 - np.dot(u, scaled_v) / np.sqrt(np.dot(u, scaled_u) * np.dot(v, scaled_v))
    return np.clip(distance, 0.0, 2.0)


@computes(distance.correlation)
def correlation(u: Any, v: Any) -> Any:
    """One less the correlation."""
    u, v = np.asarray(u), np.asarray(v)
    u, v = u - np.mean(u), v - np.mean(v)
    distance = 1.0 - np.dot(u, v) / np.sqrt(np.dot(u, u) * np.dot(v, v))
    return np.clip(distance, 0.0, 2.0)


@computes(distance.canberra)
def canberra(u: Any, v: Any, w: Any = None) -> Any:
    """The sum of the differences, each relative to the sizes; 0 of two zeros."""
    u, v = np.asarray(u), np.asarray(v, dtype=float)
    sizes = abs(u) + abs(v)
    shares = np.where(sizes == 0, 0.0, abs(u - v) / np.where(sizes == 0, 1.0, sizes))
    return np.sum(shares if w is None else weighing(w) * shares)


@computes(distance.braycurtis)
def braycurtis(u: Any, v: Any, w: Any = None) -> Any:
    """The sum of the differences relative to that of the sums."""
    u, v = np.asarray(u), np.asarray(v, dtype=float)
    differences, sums = abs(u - v), abs(u + v)
    if w is not None:
        differences, sums = weighing(w) * differences, weighing(w) * sums
    return differences.sum() / sums.sum()


@computes(distance.mahalanobis)
def mahalanobis(u: Any, v: Any, VI: Any) -> Any:
    """The length of the difference in the metric of an inverse covariance."""
    difference = np.asarray(u) - np.asarray(v)
    return np.sqrt(np.dot(np.dot(difference, np.atleast_2d(VI)), difference))


@computes(distance.seuclidean)
def seuclidean(u: Any, v: Any, V: Any) -> Any:
    """The Euclidean distance of what is divided by standard deviations."""
    return norm(np.sqrt(1 / np.asarray(V, dtype=float)) * (np.asarray(u) - np.asarray(v)), ord=2)


@computes(distance.jensenshannon)
def jensenshannon(p: Any, q: Any, base: Any = None, *, axis: Any = 0, keepdims: Any = False) -> Any:
    """The square root of the Jensen-Shannon divergence."""
    p, q = np.asarray(p), np.asarray(q)
    p = p / np.sum(p, axis=axis, keepdims=True)
    q = q / np.sum(q, axis=axis, keepdims=True)
    middle = (p + q) / 2.0
    left = np.sum(rel_entr(p, middle), axis=axis, keepdims=keepdims)
    divergence = left + np.sum(rel_entr(q, middle), axis=axis, keepdims=keepdims)
    if base is not None:
        divergence = divergence / np.log(base)
    return np.sqrt(divergence / 2.0)


@computes(distance.pdist)
def pdist(X: Any, metric: Any = "euclidean") -> Any:
    """The distances of all pairs of rows."""
    X = np.asarray(X, dtype=float)
    first, second = np.triu_indices(len(X), 1)
    return distance.cdist(X, X, metric)[first, second]


@computes(distance.squareform)
def squareform(X: Any, force: Any = "no", checks: Any = True) -> Any:
    """A vector of distances as a symmetric matrix, and a matrix as such a vector."""
    X = np.ascontiguousarray(X)
    if X.ndim == 2:
        if checks and (np.any(X != X.T) or np.any(np.diagonal(X) != 0)):
            raise ValueError("the matrix of distances is not symmetric, or not zero along its diagonal")
        return X[np.triu_indices(len(X), 1)]
    count = int(np.ceil(np.sqrt(len(X) * 2)))
    if count * (count - 1) != len(X) * 2:
        raise ValueError("Incompatible vector size. It must be a binomial coefficient n choose 2.")
    first, second = np.triu_indices(count, 1)
    matrix = np.zeros((count, count), dtype=X.dtype)
    matrix[first, second] = X
    matrix[second, first] = X
    return matrix
