"""What the derivatives of eigenvectors divide by."""

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
    return np.where((p == 0) | np.eye(w.shape[-1], dtype=bool), 0, p / gaps).astype(w.dtype, copy=False)
