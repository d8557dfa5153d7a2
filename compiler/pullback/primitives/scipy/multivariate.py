"""`scipy.stats.multivariate_normal.logpdf`: with r = x - mean and cov w = r, d = -<w, dx - dmean> + (w' dcov w -
tr(cov⁻¹ dcov)) / 2. SciPy reads the lower triangle of the covariance; the other one has derivative 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Type, dims_of, rank
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.linear_algebra import to_triangle
from pullback.primitives.families.reductions import sum_
from pullback.primitives.families.shaping import expand_dims, mT, tril
from pullback.primitives.inference import real
from pullback.primitives.kinds import general, total
from pullback.primitives.registry import PRIMITIVES, NotCovered, means


def _logpdf(x: Any, mean: Any, cov: Any) -> Any:
    return stats.multivariate_normal.logpdf(x, mean, cov)


def _logpdf_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims = dims_of(operands[0].type)
    return (Array(np.dtype(float), None if dims is None else dims[:-1]),)


def _inverse(cov: Any) -> Any:
    """Of the matrix whose lower triangle is read."""
    return PRIMITIVES["inv"](tril(cov, k=0) + mT(tril(cov, k=-1)))


def _logpdf_vjp(g: Any, out: Any, x: Any, mean: Any, cov: Any) -> Any:
    inverse = _inverse(cov)
    w = (x - mean) @ inverse
    if rank(type_of_operand(x)) == 1:
        x_bar = -(g * w)
        cov_bar = 0.5 * g * (expand_dims(w, axis=1) * w - inverse)
        mean_bar = -x_bar
    else:
        weighted = expand_dims(g, axis=1) * w
        x_bar, mean_bar = -weighted, sum_(weighted, axis=0, keepdims=False)
        cov_bar = 0.5 * (mT(weighted) @ w - sum_(g, axis=None, keepdims=False) * inverse)
    return x_bar, mean_bar, to_triangle(cov_bar)


def _logpdf_jvp(tangents: Any, out: Any, x: Any, mean: Any, cov: Any) -> Any:
    tx, tm, tc = tangents
    inverse = _inverse(cov)
    w = (x - mean) @ inverse
    terms = [None if t is None else sum_(w * t, axis=-1, keepdims=False) for t in (tx, tm)]
    moved = [None if terms[0] is None else -terms[0], terms[1]]
    if tc is not None:
        tc = tril(tc, k=0) + mT(tril(tc, k=-1))
        volume = sum_(inverse * tc, axis=None, keepdims=False)
        moved.append(0.5 * (sum_((w @ tc) * w, axis=-1, keepdims=False) - volume))
    return total(moved)


logpdf: Primitive = general(
    _logpdf,
    _logpdf_vjp,
    _logpdf_jvp,
    real(_logpdf_type, "`scipy.stats.multivariate_normal.logpdf`"),
    name="multivariate_normal_logpdf",
    spelling="scipy.stats.multivariate_normal.logpdf",
)


@means(stats.multivariate_normal.logpdf)
def logpdf_meaning(x: Any, mean: Any = None, cov: Any = 1, allow_singular: Any = False) -> Any:
    near = (x, mean, cov)
    if mean is None or allow_singular is not False:
        raise NotCovered("multivariate_normal.logpdf without `mean=`, or with `allow_singular=`", "write the zeros")
    x, mean, cov = (meanings.arrayed(v, near) for v in near)
    ranks = [rank(type_of_operand(v)) for v in (x, mean, cov)]
    if ranks[0] not in (1, 2) or ranks[1:] != [1, 2]:
        raise NotCovered(
            "multivariate_normal.logpdf of what is not known to be one or several vectors, a mean and a matrix",
            "write the covariance as a matrix",
        )
    return logpdf(x, mean, cov)
