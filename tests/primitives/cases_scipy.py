"""Operands for the primitives of SciPy that are no elementwise rows."""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from primitives.case import Case, array
from primitives.cases_bands import BAND_CASES, OF_BANDS, OF_LAGS, TOEPLITZ_CASES
from primitives.cases_factors import FACTOR_CASES, LOOKS, OF_COLUMNS, OF_SPECTRA
from primitives.cases_filters import FILTERS
from primitives.cases_fourier import SCIPY_FOURIER
from primitives.cases_grids import GRID_CASES
from primitives.cases_matrices import definite, regular
from primitives.cases_ranks import RANKS
from primitives.cases_resampling import RESAMPLING
from primitives.cases_sparse import SPARSE
from primitives.cases_splines import SPLINE_CASES

from pullback.primitives.registry import PRIMITIVES

if importlib.util.find_spec("scipy"):
    from pullback.primitives.scipy.special_derivatives import TABLES

AXES = (None, 0, -1)


def _softmaxes(name: str) -> list[Case]:
    return [Case(name, (array(3, 2),), {"axis": axis}) for axis in AXES] + [Case(name, (array(4),), {"axis": 0})]


def _logsumexps() -> list[Case]:
    plain = [
        Case("logsumexp", (array(3, 2),), {"axis": axis, "keepdims": keepdims})
        for axis in (*AXES, (0, 1))
        for keepdims in (False, True)
    ]
    weighted = [
        Case("logsumexp", (array(3, 2), array(*shape, low=0.3)), {"axis": axis, "keepdims": False})
        for shape in ((3, 2), (2,), (3, 1))
        for axis in AXES
    ]
    return [*plain, *weighted]


def _systems(name: str, make: Callable[..., Any] = regular, **attrs: Any) -> list[Case]:
    return [Case(name, (make(3, 3), array(*s, low=-1.7)), attrs) for s in ((3,), (3, 2))]


def _packed(*rest: Any, **attrs: Any) -> list[Case]:
    """Systems with LU factors, rows exchanged."""
    packed = np.array([[4.1, 0.3, -1.2], [0.4, 3.2, 0.7], [-0.3, 0.25, 2.9]])
    pivots = np.array([2, 1, 2], dtype=np.int32)
    return [Case("lu_solve", (packed, array(*s, low=-1.7), pivots), attrs) for s in ((3,), (3, 2))]


SQUARES = ((3, 3), (1, 1))


def _squares(name: str, make: Callable[..., Any] = regular, **attrs: Any) -> list[Case]:
    return [Case(name, (make(*s),), attrs) for s in SQUARES]


def _equations(name: str) -> list[Case]:
    return [Case(name, (regular(*s), array(*s, low=-1.3))) for s in SQUARES]


LINALG: Mapping[str, Callable[[], list[Case]]] = {
    **BAND_CASES,
    **TOEPLITZ_CASES,
    **FACTOR_CASES,
    **OF_SPECTRA,
    "scipy_solve": lambda: [
        case
        for kind, make in ((None, regular), ("gen", regular), ("pos", definite), ("sym", definite))
        for lower in (False, True)
        for case in _systems("scipy_solve", make, assume_a=kind, lower=lower)
    ],
    "solve_triangular": lambda: [
        case
        for trans in (0, 1)
        for lower in (False, True)
        for unit in (False, True)
        for case in _systems("solve_triangular", trans=trans, lower=lower, unit_diagonal=unit)
    ],
    "scipy_cholesky": lambda: [c for low in (False, True) for c in _squares("scipy_cholesky", definite, lower=low)],
    "cho_factor": lambda: [c for low in (False, True) for c in _squares("cho_factor", definite, lower=low)],
    "cho_solve": lambda: [c for low in (False, True) for c in _systems("cho_solve", lower=low)],
    "lu": lambda: [*_squares("lu"), Case("lu", (regular(3, 3)[[2, 0, 1]],))],
    "lu_factor": lambda: [*_squares("lu_factor"), Case("lu_factor", (regular(3, 3)[[2, 0, 1]],))],
    "lu_solve": lambda: [*_packed(trans=0), *_packed(trans=1)],
    "scipy_inv": lambda: _squares("scipy_inv"),
    "scipy_det": lambda: [Case("scipy_det", (regular(*s, by=1.5),)) for s in SQUARES],
    "scipy_pinv": lambda: [Case("scipy_pinv", (array(*s) + 4 * np.eye(*s),)) for s in ((3, 3), (4, 2), (2, 3))],
    "scipy_eigh": lambda: [Case("scipy_eigh", (definite(2, 2),), {"lower": low}) for low in (False, True)],
    "scipy_eigvalsh": lambda: [c for low in (False, True) for c in _squares("scipy_eigvalsh", lower=low)],
    "scipy_svd": lambda: [
        Case("scipy_svd", (array(*s) + 4 * np.eye(*s),), {"full_matrices": False}) for s in ((3, 3), (4, 2), (2, 3))
    ],
    "scipy_svdvals": lambda: [Case("scipy_svdvals", (array(*s) + 4 * np.eye(*s),)) for s in ((3, 3), (4, 2), (2, 3))],
    "scipy_norm": lambda: [
        Case("scipy_norm", (array(*s),), {"axis": a, "keepdims": k})
        for s, a, k in (((4,), None, False), ((3, 2), None, True), ((3, 2), 0, False), ((3, 2), -1, True))
    ],
    "expm": lambda: [Case("expm", (array(*s, low=-1.0, high=1.0),)) for s in SQUARES],
    "expm_frechet": lambda: [Case("expm_frechet", (array(*s, low=-1.0, high=1.0), array(*s))) for s in SQUARES],
    "sqrtm": lambda: _squares("sqrtm", definite),
    "logm": lambda: _squares("logm", definite),
    "solve_sylvester": lambda: [
        Case("solve_sylvester", (regular(3, 3), regular(2, 2, by=6.0), array(3, 2, low=-1.3))),
    ],
    "solve_continuous_lyapunov": lambda: _equations("solve_continuous_lyapunov"),
    "solve_discrete_lyapunov": lambda: [
        Case("solve_discrete_lyapunov", (0.2 * regular(*s), array(*s, low=-1.3))) for s in SQUARES
    ],
}
# the argument, the shapes, loc and scale
DISTRIBUTIONS: Mapping[str, tuple[tuple[float, float], tuple[float, ...]]] = {
    **dict.fromkeys(["norm", "cauchy", "laplace", "logistic"], ((-2.0, 2.0), ())),
    **dict.fromkeys(["expon"], ((0.5, 2.5), ())),
    "uniform": ((0.2, 1.2), ()),
    **dict.fromkeys(["gamma", "chi2"], ((0.5, 2.5), (2.0,))),
    "lognorm": ((0.5, 2.5), (0.8,)),
    "t": ((-2.0, 2.0), (4.0,)),
    "beta": ((0.3, 1.2), (2.0, 3.0)),
    **dict.fromkeys(["gumbel_r", "gumbel_l", "moyal", "hypsecant"], ((-2.0, 2.0), ())),
    **dict.fromkeys(["halfnorm", "rayleigh", "maxwell", "halfcauchy", "halflogistic", "levy"], ((0.5, 2.5), ())),
    "wald": ((0.5, 2.5), ()),
    "arcsine": ((0.3, 1.2), ()),
    "powerlaw": ((0.3, 1.2), (2.0,)),
    **dict.fromkeys(["invgauss", "weibull_min", "invgamma", "fisk", "gompertz", "nakagami"], ((0.5, 2.5), (2.0,))),
    "chi": ((0.5, 2.5), (3.0,)),
    "pareto": ((2.0, 4.0), (2.0,)),
    **dict.fromkeys(["loggamma", "vonmises", "skewnorm", "gennorm"], ((-2.0, 2.0), (2.0,))),
    "johnsonsu": ((-2.0, 2.0), (1.0, 2.0)),
    "f": ((0.5, 2.5), (3.0, 4.0)),
    "truncnorm": ((-0.5, 2.0), (-2.5, 3.0)),
    "loguniform": ((2.0, 3.5), (0.5, 6.0)),
}


def _distribution(name: str) -> list[Case]:
    """By x, loc and scale; densities by their shapes, too."""
    _, family, method = name.split(".")
    (low, high), shapes = DISTRIBUTIONS[family]
    x = array(3, 2, low=low, high=high)
    if "pdf" not in method:
        whole = [1 + int(s) for s in shapes]
        x = array(3, 2, low=0.35, high=0.6) if method in ("ppf", "isf") else x
        return [Case(name, (0.75 * x, *whole)), Case(name, (x, *whole, 0.13, array(2, low=1.2, high=1.5)))]
    spread = [s + 0.1 * array(2) for s in shapes]
    return [Case(name, (0.75 * x, *spread)), Case(name, (x, *shapes, array(3, 1, low=0.11, high=0.19), 1.3))]


METHODS = ("logpdf", "pdf", "cdf", "sf", "logcdf", "logsf", "ppf", "isf")
DENSITIES_ONLY = ("invgauss", "vonmises", "skewnorm")
NAMES_OF_STATS = [
    f"stats.{family}.{method}"
    for family in DISTRIBUTIONS
    for method in (METHODS[:2] if family in DENSITIES_ONLY else METHODS)
]
STATS = {name: partial(_distribution, name) for name in NAMES_OF_STATS}
WHOLE = np.array([[0, 1], [2, 3], [5, 1]])


def _counted(name: str) -> list[Case]:
    if ".poisson." in name:
        return [Case(name, (WHOLE, array(*s, low=0.5, high=3.0))) for s in ((3, 2), (2,))]
    if ".bernoulli." in name:
        return [Case(name, (WHOLE % 2, array(2, low=0.2, high=0.8)))]
    return [Case(name, (WHOLE, 5, array(3, 1, low=0.2, high=0.8)))]


COUNTS: Mapping[str, Callable[[], list[Case]]] = {
    f"stats.{distribution}.{method}": partial(_counted, f"stats.{distribution}.{method}")
    for distribution in ("poisson", "bernoulli", "binom")
    for method in ("logpmf", "pmf", "cdf", "sf")
}


def _in_domain(name: str) -> list[Case]:
    """Points in the domain of a row; counts and orders are whole numbers, one each."""
    doc = PRIMITIVES[name].doc
    undefined = [text.startswith("undefined") for text in doc["partials"]]
    spans = list(zip(doc["domain"], undefined, ((3, 2), (2,), (3, 1)), strict=False))
    counts = [math.ceil(low) if count else array(*shape, low=low, high=high) for (low, high), count, shape in spans]
    highest = [math.floor(high) if count else low + 0.3 * (high - low) for (low, high), count, _ in spans]
    return [Case(name, tuple(counts)), Case(name, tuple(highest))]


def _at_point(name: str) -> list[Case]:
    """By a point, and an order before it where there is one."""
    orders = (1, 2) if name not in ("lambertw", "wofz") else ()
    spherical = [{"derivative": False}, {"derivative": True}] if name.startswith("spherical") else []
    steps = [{"n": 0}, {"n": 2}] if name.endswith("vp") else []
    attrs = spherical or steps or ([{"k": 0}, {"k": -1}] if name == "lambertw" else [{}])
    points = (array(3, low=0.6, high=2.5), 1.7)
    return [Case(name, (*([v] if v else []), x), a) for v in orders or (0,) for a in attrs for x in points]


def _tables(name: str) -> list[Case]:
    more = {"roots_jacobi": (0.5, 0.3), "roots_sh_jacobi": (1.5, 0.7), "roots_gegenbauer": (0.6,)}
    pair = name in ("jn_zeros", "jnp_zeros", "yn_zeros", "ynp_zeros", "jnyn_zeros")
    return [Case(name, (3, *((2,) if pair else more.get(name, (0.5,) if name == "roots_genlaguerre" else ()))))]


AT_POINT = (
    "jvp",
    "yvp",
    "ivp",
    "kvp",
    "h1vp",
    "h2vp",
    "lambertw",
    "wofz",
    "hankel1",
    "hankel2",
    "hankel1e",
    "hankel2e",
)
AT_POINT += ("spherical_jn", "spherical_yn", "spherical_in", "spherical_kn")
FAMILIES = {
    name: partial(_in_domain, name)
    for name, prim in PRIMITIVES.items()
    if prim.kind == "general" and "domain" in prim.doc
}
SCIPY: Mapping[str, Callable[[], list[Case]]] = {
    **LINALG,
    **OF_BANDS,
    **OF_LAGS,
    **LOOKS,
    **OF_COLUMNS,
    **STATS,
    **COUNTS,
    **FILTERS,
    **RANKS,
    **RESAMPLING,
    **FAMILIES,
    **{name: partial(_at_point, name) for name in AT_POINT},
    **{name: partial(_tables, name) for name in TABLES},
    **SCIPY_FOURIER,
    **SPARSE,
    **SPLINE_CASES,
    **GRID_CASES,
    "block_diag": lambda: [Case("block_diag", (array(2, 2), array(1, 3))), Case("block_diag", (array(2, 1),))],
    "multivariate_normal_entropy": lambda: [Case("multivariate_normal_entropy", (definite(n, n),)) for n in (1, 3)],
    "gammasgn": lambda: [Case("gammasgn", (array(3, 2),)), Case("gammasgn", (-1.5,))],
    "multivariate_normal_logpdf": lambda: [
        Case("multivariate_normal_logpdf", (array(*s), array(3, low=-1.3), definite(3, 3))) for s in ((3,), (2, 3))
    ],
    "cdist": lambda: [
        Case("cdist", (array(*s), array(*t, low=-1.7)), {"metric": metric})
        for s, t in (((3, 2), (2, 2)), ((1, 3), (2, 3)))
        for metric in ("euclidean", "sqeuclidean", "cityblock")
    ],
    "simpson": lambda: [
        Case("simpson", (array(*s), 0.7), {"axis": axis})
        for s, axis in (((2,), 0), ((3,), 0), ((4,), 0), ((6,), 0), ((5, 2), 0), ((2, 4), 1))
    ],
    "romb": lambda: [
        Case("romb", (array(*s), 0.7), {"axis": axis}) for s, axis in (((2,), 0), ((3,), 0), ((5, 2), 0), ((2, 5), 1))
    ],
    "romb_weights": lambda: [Case("romb_weights", (n,)) for n in (2, 3, 9)],
    "simpson_weights": lambda: [Case("simpson_weights", (n,)) for n in (2, 5, 6)],
    "logsumexp": _logsumexps,
    "softmax": lambda: _softmaxes("softmax"),
    "log_softmax": lambda: _softmaxes("log_softmax"),
    "multigammaln": lambda: [Case("multigammaln", (array(3, 2, low=2.5, high=4.0),), {"d": d}) for d in (1, 3)],
    "comb": lambda: [
        Case("comb", (array(*s, low=3.2, high=5.0), array(*t, low=0.3, high=2.5)))
        for s, t in (((3, 2), (3, 2)), ((3, 2), (2,)), ((2,), (3, 2)))
    ],
}
