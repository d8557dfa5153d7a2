"""Determinants of what is left of a matrix without a row and a column."""

from __future__ import annotations

from typing import Any

import numpy as np

from pullback_runtime.products import prod_others


def cofactors(a: Any) -> Any:
    """The matrix of cofactors, det(a) * inv(a).T, which is the gradient of the determinant; exact at singular matrices.

    With a = U diag(s) Vt it is det(U) det(V) U diag(products of the other s) Vt, the matrices conjugated.

    Args:
        a: square matrices in the last two axes.

    >>> cofactors(np.array([[1.0, 2.0], [2.0, 4.0]])).round(12)
    array([[ 4., -2.],
           [-2.,  1.]])
    """
    u, s, vt = np.linalg.svd(a)
    sign = np.linalg.det(u) * np.linalg.det(vt)
    scaled = np.conj(u) * (np.sign(sign)[..., None] * prod_others(s, axis=-1))[..., None, :]
    return (scaled @ np.conj(vt)).astype(u.dtype, copy=False)
