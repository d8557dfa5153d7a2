"""Operands for the products with sparse matrices, and for systems."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from primitives.case import Case, array

FORMATS = ("bsr", "coo", "csc", "csr", "dia", "dok", "lil")


def thinned(*shape: int) -> np.ndarray:
    """A matrix with zeros in it."""
    return np.where(np.arange(np.prod(shape)).reshape(shape) % 3 == 1, 0.0, array(*shape))


if importlib.util.find_spec("scipy"):
    from scipy import sparse

    MATRICES = [getattr(sparse, f"{form}_{kind}")(thinned(3, 4)) for form in FORMATS for kind in ("matrix", "array")]
    SQUARE = sparse.csc_matrix(thinned(3, 3) + 4.0 * np.eye(3))


def _of_matrices(name: str, **attrs: int) -> list[Case]:
    return [Case(name, (matrix,), attrs) for matrix in MATRICES]


SPARSE: Mapping[str, Callable[[], list[Case]]] = {
    "sparse_product": lambda: [
        *[Case("sparse_product", (array(4), matrix)) for matrix in MATRICES],
        *[Case("sparse_product", (array(4, k), MATRICES[7])) for k in (1, 2)],
    ],
    "spsolve": lambda: [Case("spsolve", (array(3, *s), matrix)) for s in ((), (2,)) for matrix in (SQUARE, SQUARE.T)],
    "sparse_transpose": partial(_of_matrices, "sparse_transpose"),
    "sparse_toarray": partial(_of_matrices, "sparse_toarray"),
    "sparse_size": lambda: [*_of_matrices("sparse_size", axis=0), *_of_matrices("sparse_size", axis=1)],
}
