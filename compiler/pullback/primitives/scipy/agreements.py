"""`scipy.spatial.distance` of truths: counts of where two vectors agree, in Python for the interpreter.

Of numbers, `hamming` and `jaccard` ask whether they are equal, or zero, which does not change as they move: their
derivative by them is 0, and by the weights it is not. The others are polynomials of truth values, and SciPy computes
these of any numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.spatial import distance

from pullback.primitives.registry import computes
from pullback.primitives.scipy.metrics import weighing


@computes(distance.hamming)
def hamming(u: Any, v: Any, w: Any = None) -> Any:
    """The share of the elements that differ."""
    differs = np.asarray(u) != np.asarray(v)
    if w is None:
        return np.mean(differs)
    weights = weighing(w)
    return np.dot(differs, weights / weights.sum())


@computes(distance.jaccard)
def jaccard(u: Any, v: Any, w: Any = None) -> Any:
    """The share of the elements that are zero on one side, among those that are not on both."""
    u, v = np.asarray(u) != 0, np.asarray(v) != 0
    unequal, nonzero = u ^ v, u | v
    if w is None:
        differing, count = 1.0 * unequal.sum(), 1.0 * nonzero.sum()
    else:
        weights = weighing(w)
        differing, count = (weights * unequal).sum(), (weights * nonzero).sum()
    return np.where(count != 0, differing / np.where(count != 0, count, 1.0), 0.0)[()]


def _counts(u: Any, v: Any, w: Any) -> tuple[Any, Any, Any, Any]:
    """How often none is true, the second alone, the first alone, and both."""
    whole = np.ones(1, dtype=int)  # an array of ints makes ints of truths, and float64 of float32
    u, v = whole * u, whole * v
    not_u, not_v = 1.0 - u, 1.0 - v
    if w is not None:
        not_u, u = weighing(w) * not_u, weighing(w) * u
    return (not_u * not_v).sum(), (not_u * v).sum(), (u * not_v).sum(), (u * v).sum()


def _both(u: Any, v: Any, w: Any) -> Any:
    """Where both are true."""
    u, v = 1 * np.asarray(u), 1 * np.asarray(v)
    return (u * v).sum() if w is None else (u * v * weighing(w)).sum()


@computes(distance.dice)
def dice(u: Any, v: Any, w: Any = None) -> Any:
    """Differences among all that is true."""
    _, second, first, both = _counts(u, v, w)
    return float((first + second) / (2.0 * both + first + second))


@computes(distance.rogerstanimoto)
def rogerstanimoto(u: Any, v: Any, w: Any = None) -> Any:
    """Differences, which count twice, among all."""
    neither, second, first, both = _counts(u, v, w)
    return float(2.0 * (first + second)) / float(both + neither + (2.0 * (first + second)))


@computes(distance.russellrao)
def russellrao(u: Any, v: Any, w: Any = None) -> Any:
    """The share of what is not true of both."""
    count = float(len(u)) if w is None else np.asarray(w, dtype=float).sum()
    return float(count - _both(u, v, w)) / count


@computes(distance.sokalsneath)
def sokalsneath(u: Any, v: Any, w: Any = None) -> Any:
    """Differences, which count twice, among all that is true of one."""
    _, second, first, _ = _counts(u, v, w)
    among = np.asarray(_both(u, v, w) + 2.0 * (first + second))
    if among == 0:
        raise ValueError("Sokal-Sneath dissimilarity is not defined for vectors that are entirely false.")
    return float(2.0 * (first + second)) / among


@computes(distance.yule)
def yule(u: Any, v: Any, w: Any = None) -> Any:
    """Twice the product of the differences of either kind, relative to it and that of the agreements."""
    neither, second, first, both = _counts(u, v, w)
    half = first * second
    if half == 0:
        return 0.0
    return float(2.0 * half / (both * neither + half))
