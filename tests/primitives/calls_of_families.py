"""Calls of the public functions of linear algebra, sorting, splitting, padding and scans, for the tests of meanings."""

# ruff: noqa: RUF005
from __future__ import annotations

from typing import Any

import numpy as np
from primitives.case import array
from primitives.cases_matrices import definite, regular

Call = tuple[tuple[Any, ...], dict[str, Any]]


def call(*args: Any, **kwargs: Any) -> Call:
    return args, kwargs


X, V, CUBE = array(3, 4), array(4), array(2, 3, 4)
HOLES = np.where(X > 1.5, np.nan, X)
A, S = regular(3, 3), definite(3, 3)
SCAN = [call(X, 1, np.float32), call(X), call(X, 1), call(V), call(X, axis=-1)]
SPLIT = [call(X, 2, axis=1), call(V, 2), call(V, [1, 3]), call(X, (1,))]
CALLS: dict[Any, list[Call]] = {
    np.linalg.norm: [call(X), call(X, axis=0), call(X, axis=(0, 1), keepdims=True), call(X, "fro")]
    + [call(V, ord=p) for p in (1, 2, np.inf, -np.inf, 3, 2.5, -1)]
    + [call(X, ord=p) for p in (1, -1, np.inf, -np.inf, 2, -2, "nuc")]
    + [call(CUBE, p, (2, 0), keepdims=k) for p in (1, np.inf, 2) for k in (False, True)],
    np.linalg.matrix_norm: [call(X), call(CUBE, ord=1)],
    np.linalg.vector_norm: [call(V), call(X), call(X, axis=1, ord=3)],
    np.linalg.inv: [call(A), call(regular(2, 3, 3)), call(A.tolist())],
    np.linalg.solve: [call(A, array(3)), call(A, array(3, 2)), call(regular(2, 3, 3), array(3, 2))],
    np.linalg.det: [call(A), call(regular(2, 3, 3)), call(A.astype(np.float32))],
    np.linalg.slogdet: [call(A)],
    np.linalg.cholesky: [call(S)],
    np.linalg.pinv: [call(X)],
    np.linalg.multi_dot: [call([X, X.T, X]), call([X, V]), call([V, X.T, A, array(3)])],
    np.linalg.matrix_power: [call(A, n) for n in (1, 2, 3, 6, 7, -2)],
    np.linalg.tensorinv: [call(array(4, 6, 8, 3) + np.eye(24).reshape(4, 6, 8, 3)), call(A, ind=1)],
    np.linalg.tensorsolve: [call(np.eye(6).reshape(2, 3, 6) + 0.1 * array(2, 3, 6), array(2, 3))],
    np.linalg.matmul: [call(A, S)],
    np.linalg.tensordot: [call(A, S, axes=1)],
    np.linalg.outer: [call(V, array(3))],
    np.linalg.diagonal: [call(CUBE), call(X, offset=1)],
    np.linalg.trace: [call(CUBE), call(X, offset=-1)],
    np.linalg.matrix_transpose: [call(CUBE)],
    np.linalg.eigh: [call(S), call(S, UPLO="u")],
    np.linalg.eigvalsh: [call(S), call(S, "U")],
    np.linalg.eig: [call(S + 1j * X[:3, :3])],
    np.linalg.eigvals: [call(S + 1j * X[:3, :3])],
    np.linalg.svd: [call(X, full_matrices=False), call(X), call(X, compute_uv=False)],
    np.linalg.svdvals: [call(X)],
    np.linalg.cond: [call(A), call(X, 2), call(X, p=-2)],
    np.linalg.qr: [call(A), call(X), call(X.T), call(A, mode="r")],
    np.diagonal: [call(X), call(CUBE, 1, 0, 2), call(X, offset=-1)],
    np.diag: [call(V), call(X), call(V, k=1), call(X, -1)],
    np.diagflat: [call(V), call(X, 1)],
    np.trace: [call(X), call(CUBE, 0, 1, 2), call(np.array([[1, 2], [3, 4]]))],
    np.sort: [call(X), call(X, 0), call(X, axis=None), call(V, kind="stable"), call([2.0, 1.0, 3.0])],
    np.argsort: [call(X), call(X, axis=0), call(V, stable=True)],
    np.partition: [call(V, kth=1), call(X, kth=(0, 2), axis=1), call(X, kth=1, axis=None)],
    np.argpartition: [call(V, kth=1)],
    np.searchsorted: [call(np.sort(V), 0.3), call(np.sort(V), X, side="right")],
    np.take_along_axis: [call(X, np.argsort(X, 0), axis=0), call(V, np.array([2, 0]), axis=None)],
    np.split: SPLIT,
    np.array_split: [*SPLIT, call(X, 3, axis=1), call(V, 3)],
    np.vsplit: [call(X, 3), call(X, [1])],
    np.hsplit: [call(X, 2), call(V, 2), call(X, [1, 2])],
    np.dsplit: [call(CUBE, 2)],
    np.einsum: [call("ij,kj->ik", X, X), call("ij,kj", X, X), call("ii", A), call("ii->i", A), call("i,i", V, V)]
    + [call("...ij,jk->...ik", CUBE, X.T), call(X, [0, 1], V, [1], [0]), call("ij,jk,kl->il", A, S, A)],
    np.kron: [call(X, A), call(V, V), call(A, V), call(2.0, X)],
    np.cross: [call(array(3), array(3, low=-1.0)), call(array(4, 3), array(3))],
    np.linalg.cross: [call(array(4, 3), array(1, 3))],
    np.select: [call([X > 1, X < 0], [X, 2 * X], 0.5), call([X > 1, X < 0], [X, 0.0]), call([V > 0], [V])],
    np.compress: [call(V > 0, V), call(V > 0, X, axis=1), call(V > 0, X, -1)]
    + [call(condition, X, 0) for condition in ([2, 0, 1], np.array([2, 0, 1]))],
    np.extract: [call(X > 0, X), call(V > 0, V), call(np.arange(4), V)],
    np.roll: [call(X, shift=1), call(X, shift=(1, 2), axis=(0, 1)), call(V, shift=-1, axis=0)],
    np.rot90: [call(X), call(X, k=2), call(CUBE, k=3, axes=(1, 2)), call(X, k=0)],
    np.rollaxis: [call(CUBE, 2), call(CUBE, 0, 2), call(CUBE, 1, 3)],
    np.tile: [call(V, reps=2), call(X, reps=(2, 3)), call(X, reps=(2, 1, 1))],
    np.repeat: [call(X, 2), call(X, 2, axis=1), call(V, 3), call(X, [1, 0, 2], 0), call(V, np.arange(4))],
    np.atleast_3d: [call(1.5), call(V), call(X), call(CUBE)],
    np.dstack: [call([X, X]), call([V, V])],
    np.block: [call([[X, X], [X, X]]), call([V, V]), call([[X], [V]])],
    np.meshgrid: [call(V, array(3)), call(V, array(3), indexing="ij"), call(V, array(3), array(2)), call(V)],
    np.median: [call(X), call(X, axis=0), call(V), call(X, axis=1, keepdims=True)]
    + [call(CUBE, a, keepdims=k) for a in ((0, 2), (-1, 1), (0, 1, 2), (1,)) for k in (False, True)],
    np.ptp: [call(X), call(X, axis=0)],
    np.average: [call(X), call(X, 0, array(3, low=0.1)), call(X, None, array(3, 4, low=0.1))]
    + [call(X, 0, returned=True), call(X, returned=True, weights=array(3, 4, low=0.1), axis=1), call(X, keepdims=True)]
    + [call(CUBE, (2, 0), array(4, 2, low=0.1)), call(X.astype(np.float32), 0, array(3, low=0.1), keepdims=True)],
    np.trapezoid: [call(V), call(V, np.sort(V)), call(X, dx=0.5, axis=0), call(X, np.sort(array(3)), axis=0)],
    np.nansum: [call(HOLES), call(HOLES, axis=0), call(HOLES, where=X > 0, initial=0.5), call(HOLES, dtype=np.float32)],
    np.nanprod: [call(HOLES), call(HOLES, axis=0), call(HOLES, 1, keepdims=True, initial=0.5)],
    np.nanmean: [call(HOLES), call(HOLES, axis=0), call(HOLES.astype(np.float32), 0), call(HOLES, where=X > 0)],
    np.nancumsum: [call(HOLES), call(HOLES, axis=1), call(HOLES, dtype=np.float32)],
    np.nancumprod: [call(HOLES), call(HOLES, axis=1)],
    np.cumsum: [*SCAN, call(np.array([[1, 2], [3, 4]])), call(np.array([True, True]))],
    np.cumprod: SCAN,
    np.maximum.accumulate: SCAN[1:],
    np.minimum.accumulate: SCAN[1:],
    np.add.reduce: [*SCAN, call(X, (0, 1)), call(X, None), call(X, 0, None, None, True, initial=0.5, where=V > 0)],
    np.multiply.reduce: [*SCAN, call(X, axis=1, initial=0.5)],
    np.maximum.reduce: [*SCAN[1:], call(X, initial=0.5)],
    np.minimum.reduce: SCAN[1:],
    np.fmax.reduce: SCAN[1:],
    np.fmin.reduce: SCAN[1:],
    np.logical_and.reduce: SCAN[1:],
    np.logical_or.reduce: SCAN[1:],
    np.logaddexp.reduce: [*SCAN[1:], call(X, None), call(CUBE, (0, 2), keepdims=True)],
    np.logaddexp2.reduce: SCAN[1:],
    np.hypot.reduce: [*SCAN[1:], call(CUBE, (2, 1))],
    np.add.accumulate: SCAN,
    np.multiply.accumulate: SCAN,
    np.diff: [call(X), call(X, n=2, axis=0), call(V, prepend=0.5), call(V, append=[1.5, 2.0]), call(X, n=0)],
    np.ediff1d: [call(V), call(X)],
    np.pad: [call(V, 1), call(X, (1, 2)), call(X, [(0, 1), (2, 0)], constant_values=1.5), call(V, ((1, 2),))]
    + [call(X, 2, mode=mode) for mode in ("edge", "reflect", "symmetric", "wrap")],
}  # fmt: skip
for _name, _calls in {
    "unstack": [call(X), call(X, axis=1)],
    "cumulative_sum": [call(V), call(X, axis=1), call(X, axis=-1, include_initial=True), call(V, dtype=np.float32)],
    "cumulative_prod": [call(V), call(X, axis=0), call(X, axis=0, include_initial=True)],
}.items():
    if hasattr(np, _name):
        CALLS[getattr(np, _name)] = _calls
