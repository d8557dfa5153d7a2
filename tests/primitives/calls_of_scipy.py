"""Calls of SciPy's functions for the tests of meanings: of elementwise rows, made from their domains."""

# ruff: noqa: RUF005
from __future__ import annotations

import math
from typing import Any

import numpy as np
from primitives.case import array
from primitives.cases_bands import band, column
from primitives.cases_filters import CALLS as CALLS_OF_FILTERS
from primitives.cases_grids import GRID, points
from primitives.cases_matrices import definite, regular
from primitives.cases_ranks import CALLS as CALLS_OF_RANKS
from primitives.cases_resampling import CALLS as CALLS_OF_RESAMPLING
from primitives.cases_scipy import AT_POINT, COUNTS, STATS
from primitives.cases_splines import KNOTS, VALUES

from pullback.ir.core import Primitive
from pullback.primitives.registry import PRIMITIVES

Call = tuple[tuple[Any, ...], dict[str, Any]]
SHAPES = ((3, 2), (2,), (3, 1), ())


def call(*args: Any, **kwargs: Any) -> Call:
    return args, kwargs


def calls_in_domain(prim: Primitive) -> list[Call]:
    """Arrays that broadcast, float32, numbers, and both at once; an order is a number."""
    undefined = [text.startswith("undefined") for text in prim.doc["partials"]]
    spans = list(zip(prim.doc["domain"], undefined, SHAPES, strict=False))
    arrays = [math.ceil(low) if whole else array(*s, low=low, high=high) for (low, high), whole, s in spans]
    numbers = [math.ceil(low) if whole else low + 0.3 * (high - low) for (low, high), whole, _ in spans]
    narrow = [x.astype(np.float32) if isinstance(x, np.ndarray) else x for x in arrays]
    mixed = [x if k else n for k, (x, n) in enumerate(zip(narrow, numbers, strict=True))]
    lists = [x.tolist() if isinstance(x, np.ndarray) and k == 1 else x for k, x in enumerate(arrays)]
    empty = [x[:0] if isinstance(x, np.ndarray) and x.ndim else x for x in arrays[:1]] + numbers[1:]
    return [call(*arrays), call(*numbers), call(*narrow), call(*mixed), call(*lists), call(*empty)]


CALLS: dict[Any, list[Call]] = {
    prim.evaluate: calls_in_domain(prim)
    for prim in PRIMITIVES.values()
    if "domain" in prim.doc and prim.spelling.startswith("scipy.")
}
if CALLS:
    from scipy import integrate, interpolate, linalg, special, stats
    from scipy.sparse.linalg import spsolve
    from scipy.spatial.distance import cdist

    from pullback.primitives.scipy import curves, grids
    from pullback.primitives.scipy.builders import CONSTANTS as OF_A_SIZE
    from pullback.primitives.scipy.frozen import fixed_in
    from pullback.primitives.scipy.special_derivatives import TABLES as TABLES_OF_SPECIAL
    from pullback.primitives.scipy.special_families import UNKNOWN

    X, V = array(3, 4), array(4)
    SOFTMAX = [call(X), call(X, axis=0), call(X, 1), call(V), call([0.5, 1.5]), call(X.astype(np.float32), axis=-1)]
    CALLS |= {
        special.logsumexp: [*SOFTMAX, call(X, axis=(0, 1), keepdims=True), call(X, None, array(4, low=0.3))]
        + [call(X, 0, array(3, 4, low=0.3), keepdims=True)],
        special.softmax: SOFTMAX,
        special.log_softmax: SOFTMAX,
        special.multigammaln: [call(3.5, 2), call(array(3, low=2.0, high=4.0), 3)]
        + [call(array(3, low=2.0, high=4.0).astype(np.float32), 2)],
        special.comb: [
            call(4.5, 2.5),
            call(array(3, low=3.2, high=5.0), 2),
            call(array(3, low=3.2, high=5.0), [1.5, 2.5, 0.5]),
        ],
        special.zeta: [call(2.5), call(2, array(3, low=0.3, high=2.0)), call(2.0, 1.5)],
    }

    T = np.cumsum(array(4, low=0.3, high=1.0))
    AREAS = [call(X), call(V, T), call(X, T), call(X, X**2), call(X, dx=0.3, axis=0), call([0.5, 1, 2], None, 0.7)]
    AREAS += [call(X.astype(np.float32), T), call(np.arange(4), T), call(V, None, 0.7), call(X, np.arange(3), axis=0)]
    SUMS = [*AREAS, call(X, initial=0), call(V, T, initial=0), call(X, axis=0, initial=0)]
    CALLS |= {
        integrate.trapezoid: AREAS,
        integrate.cumulative_trapezoid: SUMS,
        integrate.romb: [call(array(5)), call(array(3, 5), 0.3), call(array(3, 5), dx=0.3, axis=0), call([0.5, 1.5])]
        + [call(array(5).astype(np.float32)), call(np.arange(5))],
        integrate.newton_cotes: [],  # as a creation
        integrate.simpson: [call(X), call(X, axis=0), call(V, dx=0.3), call(np.arange(5)), call([0.5, 1.0])],
    }

    A, S, N = regular(3, 3), definite(3, 3), array(3, 3, low=-1.0, high=1.0)
    B, B2, LOW = array(3), array(3, 2, low=-1.7), np.tril(regular(3, 3))
    ONE = [call(A), call(A.astype(np.float32)), call(A.tolist())]
    EITHER = [call(S), call(S, lower=True), call(S.astype(np.float32))]
    NARROW = [call(N), call(N.astype(np.float32)), call(N.tolist())]
    B32 = B.astype(np.float32)
    PACKED, PIVOTS = linalg.lu_factor(A[[2, 0, 1]])
    CALLS |= {
        linalg.solve: [call(A, B), call(A, B2, overwrite_a=True), call(S, B, assume_a="pos")]
        + [call(A.astype(np.float32), B), call(S, B2, lower=True, assume_a="sym")],
        linalg.solve_triangular: [call(LOW, B, lower=True), call(LOW, B2, "T", True), call(LOW.T, B, trans=1)]
        + [call(LOW, B.astype(np.float32), lower=True, unit_diagonal=True, check_finite=False)],
        linalg.inv: ONE,
        linalg.det: ONE,
        linalg.cholesky: EITHER,
        linalg.cho_factor: EITHER,
        linalg.cho_solve: [call((linalg.cho_factor(S)[0], False), B), call((LOW, True), B2)],
        linalg.lu: ONE,
        linalg.lu_factor: ONE,
        linalg.lu_solve: [call((PACKED, PIVOTS), B), call((PACKED, PIVOTS), B2, trans=1)],
        linalg.pinv: ONE,
        linalg.eigh: [*EITHER, call(S, eigvals_only=True), call(A, S), call(A, S, eigvals_only=True, lower=False)],
        linalg.eigvalsh: [*EITHER, call(A, S, type=1)],
        linalg.subspace_angles: [call(X.T, A[[0, 1, 2, 0]]), call(B[:, None], B2)],
        linalg.svd: [call(A), call(X), call(X, full_matrices=False), call(X, compute_uv=False)],
        linalg.svdvals: [*ONE, call(X)],
        linalg.norm: [call(X), call(V), call(V, 2), call(X, "fro"), call(X, axis=0), call(X, axis=1, keepdims=True)]
        + [call(X.astype(np.float32))],
        linalg.toeplitz: [call(V), call(B, V), call(V.astype(np.float32), [0.5, 1.0]), call([1.5, 2.5])],
        linalg.hankel: [call(V), call(B, V), call([1.5, 2.5], B)],
        linalg.circulant: [call(V), call([1.5, 2.5, 0.5])],
        linalg.block_diag: [call(A, B2), call(A, B), call(A.astype(np.float32), [[1.0, 2.0]])],
        linalg.solve_banded: [call((2, 1), band(2, 1, 5), array(5)), call((1, 1), band(1, 1, 4), array(4, 2))]
        + [call((0, 1), band(0, 1, 3).astype(np.float32), B32), call((1, 1), band(1, 1, 3).tolist(), [1.0, 2.0, 0.5])]
        + [call([1, 0], band(1, 0, 3), B2, check_finite=False), call((1, 1), band(1, 1, 3), np.arange(3))],
        linalg.solveh_banded: [call(band(0, 2, 3), B), call(band(1, 0, 3), B2, lower=True)]
        + [call(band(0, 1, 3).astype(np.float32), B32), call(band(0, 1, 3), [1, 2, 3])],
        linalg.cholesky_banded: [call(band(0, 2, 4)), call(band(1, 0, 4), lower=True), call(band(0, 1, 2).tolist())]
        + [call(band(0, 1, 3).astype(np.float32))],
        linalg.cho_solve_banded: [call((band(0, 2, 3), False), B), call((band(1, 0, 3), True), B2)]
        + [call((band(0, 1, 3).astype(np.float32), False), B32)],
        linalg.matmul_toeplitz: [
            call((V, B), B),
            call(B, B2),
            call((B, V), array(4, 2), workers=2),
            call([1.5, 2.5], [1.0, 2.0]),
        ]
        + [call(B32, B32)],
        linalg.solve_toeplitz: [call(column(3), B), call((column(3), B), B2), call(column(3).astype(np.float32), B32)]
        + [call((column(3), [0.5, 1.0, 2]), B)],
        linalg.solve_circulant: [call(column(3), B), call(column(3), B2), call(column(3).astype(np.float32), B32)]
        + [call([4.5, 2.5, 0.5], B)],
        linalg.qr: [call(A), call(X), call(X.T), call(X, mode="economic"), call(X.T, mode="economic", pivoting=True)]
        + [call(X, mode="r"), call(X, pivoting=True, mode="r"), call(A.astype(np.float32)), call(A.tolist())],
        linalg.rq: [
            call(A),
            call(X),
            call(X.T),
            call(X, mode="economic"),
            call(X, mode="r"),
            call(A.astype(np.float32)),
        ],
        linalg.polar: [*ONE, call(X), call(X.T, side="left"), call(X, "left")],
        linalg.orthogonal_procrustes: [call(X, 0.5 * X + 1.0), call(X.astype(np.float32), X), call(A, A.tolist())],
        linalg.pinvh: [call(S), call(S, lower=False), call(S.astype(np.float32))],
        linalg.eigvals: [*ONE, call(A + 1j * N)],
        linalg.eig: [call(A + 1j * N), call(A, right=False), call((A + 1j * N).astype(np.complex64))],
        linalg.eigh_tridiagonal: [call(B, B[:2]), call(B, [0.5, 1.5], eigvals_only=True), call(B32, B32[:2])]
        + [call(B[:1], B[:0])],
        linalg.eigvalsh_tridiagonal: [call(B, B[:2]), call(B32, B32[:2], lapack_driver="stemr")],
        **dict.fromkeys((linalg.cosm, linalg.sinm, linalg.tanm, linalg.coshm, linalg.sinhm, linalg.tanhm), NARROW),
        linalg.fractional_matrix_power: [call(S, 0.5), call(S, 2), call(S, -1.3), call(S.astype(np.float32), 0.5)],
        linalg.signm: [call(A), call(-A), call(A.astype(np.float32))],
        linalg.solve_continuous_are: [call(N, A, S, S)],
        linalg.solve_discrete_are: [call(N, A, S, S)],
        linalg.issymmetric: [call(A), call(S), call(S, atol=1e-9)],
        linalg.ishermitian: [call(A), call(S + 0j), call(S, rtol=1e-9)],
        linalg.bandwidth: [call(A), call(LOW), call(np.diag(B))],
        **{function: [] for function in OF_A_SIZE},  # as creations
        linalg.null_space: [],
        linalg.orth: [],
        linalg.expm: [call(N), call(N.astype(np.float32))],
        linalg.expm_frechet: [call(N, A, compute_expm=False)],
        linalg.sqrtm: [call(S), call(S.astype(np.float32))],
        linalg.logm: [call(S)],
        linalg.solve_sylvester: [call(A, regular(2, 2, by=6.0), B2)],
        linalg.solve_continuous_lyapunov: [call(A, S)],
        linalg.solve_discrete_lyapunov: [call(0.2 * A, S)],
    }

    CALLS[stats.multivariate_normal.logpdf] = [
        call(X[:, :3], B, S),
        call(B, [0.5, 1.5, 0.0], S),
        call(B, mean=B, cov=S),
        call(X[:, :3], cov=S),
        call(B, B, 2.0),
        call(X[:, :3], B, np.abs(B) + 0.5),
    ]
    CALLS[stats.multivariate_normal.pdf] = CALLS[stats.multivariate_normal.logpdf]
    CALLS[stats.multivariate_normal.entropy] = [
        call(B, S),
        call(cov=S),
        call(B, 0.7),
        call(None, [[2.0, 0.5], [0.5, 1]]),
    ]
    CALLS[special.gammasgn] = [call(X), call(-1.5), call(X.astype(np.float32))]
    POINT = array(3, low=0.6, high=2.5)
    CALLS |= {
        getattr(special, name): [call(1, POINT), call(2.0, 0.7), call(1, POINT.astype(np.float32)), call(1, [0.5, 1.5])]
        for name in AT_POINT
    }
    CALLS |= {
        f: [call(POINT), call(0.7), call([0.5, 1.5]), call(POINT.astype(np.float32))]
        for f in (special.lambertw, special.wofz)
    }
    CALLS[special.jvp] += [call(1, POINT, 3), call(1, 0.7, n=0)]
    CALLS[special.spherical_jn] = [call(1, POINT), call(2, 0.7, True), call(1, [0.5, 1.5], derivative=True)]
    CALLS |= {getattr(special, f"spherical_{n}n"): CALLS[special.spherical_jn] for n in "yik"}
    CALLS[cdist] = [
        call(X, X[:2]),
        call(X, A[:, [0, 1, 2, 0]], "cityblock"),
        call(X.astype(np.float32), X, metric="sqeuclidean"),
    ]
    CURVE = [
        call(X, KNOTS, VALUES),
        call(0.5, KNOTS, VALUES),
        call(0.5, KNOTS, array(6, 2), 1),
        call([0.5, 1.5], KNOTS, VALUES.tolist(), nu=2),
    ]
    CALLS |= dict.fromkeys((curves.cubic_spline_value, curves.b_spline_value), CURVE)
    CALLS |= dict.fromkeys((curves.pchip_value, curves.akima_value), CURVE)
    GRIDDED = (points(2, 3), (GRID[0].astype(float), GRID[1]), array(4, 3))
    CALLS[grids.regular_grid_value] = [
        call(*GRIDDED),
        call(3.0 * GRIDDED[0], *GRIDDED[1:], False, 0.5),
        call(3.0 * GRIDDED[0], *GRIDDED[1:], bounds_error=False, fill_value=None),
        call((0.5, 0.7), *GRIDDED[1:]),
        call((array(3), 0.7), GRIDDED[1], array(4, 3, 2)),
        call(array(3), GRID[:1], array(4)),
        call([0.5, 1.5], [[-1.0, 2.0], [0.0, 1.0, 3.0]], array(2, 3).tolist()),
    ]
    TCK = interpolate.splrep(KNOTS, VALUES)
    CALLS[interpolate.splev] = [call(X, TCK), call(0.5, TCK, 1), call([0.5, 1.5], TCK, der=2, ext=1)]
    CALLS[interpolate.splev] += [call(3.0 * X, list(TCK))]
    CALLS[spsolve] = []  # of objects: tests/programs/sparse_matrices.py
    CALLS[fixed_in] = []  # of objects, too, for what is written
    CALLS |= {getattr(special, name): [] for name in (*UNKNOWN, *TABLES_OF_SPECIAL)}
    for _name, _cases in (STATS | COUNTS).items():
        _numbers = [call(*case.operands) for case in _cases()]
        _narrow = [
            call(*(x.astype(np.float32) if isinstance(x, np.ndarray) else x for x in args)) for args, _ in _numbers
        ]
        _first = 2 if _name in COUNTS else 0.4
        CALLS[PRIMITIVES[_name].evaluate] = [*_numbers, *_narrow, call(_first, *_numbers[0][0][1:])]
    CALLS[stats.norm.logpdf] += [call(V, scale=2.0), call(V, loc=0.5), call(V.tolist(), 0.5), call(V, scale=1.5, loc=V)]
CALLS |= CALLS_OF_FILTERS | CALLS_OF_RANKS | CALLS_OF_RESAMPLING
CREATED: dict[Any, list[Call]] = {}
if CALLS:
    CREATED |= {
        integrate.newton_cotes: [call(4), call(3, 1)],
        linalg.dft: [call(3), call(4, "sqrtn")],
        linalg.hadamard: [call(4), call(2, dtype=float)],
        linalg.helmert: [call(3), call(3, full=True)],
        linalg.hilbert: [call(3)],
        linalg.invhilbert: [call(3), call(2, exact=True)],
        linalg.pascal: [call(3), call(3, kind="lower", exact=False)],
        linalg.invpascal: [call(3)],
    }
