"""What the derivatives of eigenvectors divide by, and eigenvectors that belong to eigenvalues at hand."""

from __future__ import annotations

from typing import Any

import numpy as np


def over_gaps(p: Any, w: Any) -> Any:
    """The matrix of p[i, j] / (w[j] - w[i]), with zeros on the diagonal and wherever `p` is zero.

    Computed eigenvalues have an error of about eps * max(abs(w)). Where two agree within that, their eigenvectors are
    an arbitrary basis, and have no derivative: there a `p` other than zero gives NaN.

    Args:
        p: square matrices in the last two axes.
        w: eigenvalues, or singular values, in the last axis.

    >>> over_gaps(np.ones((2, 2)), np.array([1.0, 3.0]))
    array([[ 0. ,  0.5],
           [-0.5,  0. ]])
    """
    w = np.asarray(w)
    gaps = w[..., None, :] - w[..., :, None]
    noise = w.shape[-1] * np.finfo(w.dtype).eps * np.max(np.abs(w), axis=-1, initial=0.0)[..., None, None]
    gaps = np.where(np.abs(gaps) > noise, gaps, np.nan)
    kept = (p == 0) | np.eye(w.shape[-1], dtype=bool)
    dtype = np.result_type(p) if np.iscomplexobj(p) else w.dtype
    with np.errstate(invalid="ignore"):  # of complex numbers, NumPy warns where it divides by NaN
        return np.where(kept, 0, p / gaps).astype(dtype, copy=False)


def over_sums(y: Any, p: Any) -> Any:
    """The matrix x with `p @ x + x @ p == y`, for the symmetric part of `p`.

    It is that of z[i, j] / (w[i] + w[j]) in the basis of the eigenvectors of `p`, w its eigenvalues. Where two add up
    to zero, within rounding, there is none: a z other than zero gives NaN.

    >>> over_sums(np.array([[2.0, 4.0], [4.0, 6.0]]), np.diag([1.0, 3.0]))
    array([[1., 1.],
           [1., 1.]])
    """
    p = np.asarray(p)
    w, v = np.linalg.eigh(0.5 * (p + p.T))
    sums = w[:, None] + w
    noise = len(w) * np.finfo(w.dtype).eps * np.max(np.abs(w), initial=0.0)
    z = v.T @ y @ v
    small = len(w) * np.finfo(w.dtype).eps * np.max(np.abs(z), initial=0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(np.abs(sums) > noise, z / sums, np.where(np.abs(z) > small, np.nan, 0.0))
    return v @ z.astype(w.dtype, copy=False) @ v.T


def phase_free(p: Any, size: Any) -> Any:
    """`p`, with NaN in the columns whose diagonal element is not real.

    Of unit vectors v and the gradient v_bar by them, p = v^H v_bar: the imaginary part of p[j, j] is the derivative by
    the phase of vector j, which is arbitrary. It must vanish, up to rounding.

    Args:
        p: square matrices in the last two axes.
        size: the norms of the columns of v_bar, beside which rounding is told.

    >>> phase_free(np.array([[2.0 + 0j, 1.0], [1j, 1j]]), np.array([2.0, 1.0]))
    array([[ 2. +0.j, nan+nanj],
           [ 0. +1.j, nan+nanj]])
    """
    p = np.asarray(p)
    turn = np.abs(np.diagonal(p, axis1=-2, axis2=-1).imag)
    turns = turn > 8.0 * np.sqrt(np.finfo(p.dtype).eps) * np.asarray(size)
    return np.where(turns[..., None, :], p.dtype.type(complex(np.nan, np.nan)), p)


def eig_in_order(a: Any, w: Any) -> Any:
    """`np.linalg.eig(a)`, with the eigenvalues in the order of `w`.

    Args:
        a: square matrices in the last two axes.
        w: their eigenvalues, in any order.

    >>> a = np.array([[1.0, 1.0], [0.0, 3.0]])
    >>> eig_in_order(a, np.array([3.0, 1.0]))[0]
    array([3., 1.])
    """
    values, vectors = np.linalg.eig(a)
    distances = np.abs(np.asarray(w)[..., :, None] - values[..., None, :])
    order = np.empty(values.shape, dtype=np.intp)
    for k in range(values.shape[-1]):
        nearest = np.argmin(distances[..., k, :], axis=-1)
        order[..., k] = nearest
        np.put_along_axis(distances, nearest[..., None, None], np.inf, axis=-1)  # each is taken once
    return np.take_along_axis(values, order, axis=-1), np.take_along_axis(vectors, order[..., None, :], axis=-1)


def without_complement(bar: Any, count: int) -> Any:
    """The first columns of a cotangent of a square orthogonal factor, those that the matrix determines.

    Args:
        bar: the cotangent.
        count: how many columns the matrix has.

    Raises:
        ValueError: others are not zero: a complement of the columns is a choice among many, and has no derivative.

    >>> without_complement(np.array([[1.0, 2.0, 0.0]]), 2)
    array([[1., 2.]])
    """
    if np.any(np.asarray(bar)[:, count:] != 0):
        raise ValueError("the complement of the columns of a matrix has no derivative; use mode='economic'")
    return bar[:, :count]


def real_valued(x: Any) -> Any:
    """A function of a real matrix, which must be real: derivatives are taken in real numbers.

    Raises:
        ValueError: it is complex, as the square root of a matrix with a negative eigenvalue.

    >>> real_valued(np.eye(1))
    array([[1.]])
    """
    if np.iscomplexobj(x):
        raise ValueError("a function of a real matrix is complex here, and has no derivative in real numbers")
    return x
