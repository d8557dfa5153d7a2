"""`scipy.stats`: distributions of vectors.

multivariate_normal.logpdf: with r = x - mean and cov w = r, d = -<w, dx - dmean> + (w' dcov w - tr(cov⁻¹ dcov)) / 2.
SciPy reads the lower triangle of the covariance; the other one has derivative 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special, stats

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Type, dims_of, rank
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.elementwise import exp
from pullback.primitives.families.indexing import Index, getitem
from pullback.primitives.families.linear_algebra import to_triangle
from pullback.primitives.families.reductions import sum_
from pullback.primitives.families.shaping import expand_dims, mT, tril
from pullback.primitives.inference import fixed, real
from pullback.primitives.kinds import general, total, zeros_like
from pullback.primitives.registry import MEANINGS, PRIMITIVES, NotCovered, computes, means


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
    if allow_singular is not False:
        raise NotCovered("multivariate_normal with `allow_singular=`", "leave it out")
    x, cov = (meanings.arrayed(v, near) for v in (x, cov))
    if rank(type_of_operand(x)) not in (1, 2):
        raise NotCovered(
            "multivariate_normal.logpdf of what is not known to be one or several vectors", "use scipy.stats.norm"
        )
    if mean is None and rank(type_of_operand(cov)) != 2:
        raise NotCovered("multivariate_normal.logpdf without a mean and a matrix", "write a mean of zeros")
    if mean is None:
        mean = zeros_like(x if rank(type_of_operand(x)) == 1 else getitem(x, index=Index((0,))))
    mean = meanings.arrayed(mean, near)
    if rank(type_of_operand(mean)) != 1 or dims_of(type_of_operand(mean)) == (1,):
        raise NotCovered(
            "multivariate_normal.logpdf of a mean that is not known to be several numbers", "use scipy.stats.norm"
        )
    return logpdf(x, mean, _matrix(cov, mean))


def _matrix(cov: Any, mean: Any) -> Any:
    """A covariance as a matrix, from a variance or a vector of them."""
    known = rank(type_of_operand(cov))
    if known == 2:
        return cov
    if known not in (0, 1):
        raise NotCovered("multivariate_normal of what is not known to be a covariance", "write a matrix")
    return MEANINGS[np.diag](cov if known == 1 else cov * MEANINGS[np.ones_like](mean, dtype=float))


@means(stats.multivariate_normal.pdf)
def pdf_meaning(x: Any, mean: Any = None, cov: Any = 1, allow_singular: Any = False) -> Any:
    return exp(logpdf_meaning(x, mean, cov, allow_singular))


# Its entropy: half the logarithm of the determinant of the covariance, and a constant.


def _entropy(cov: Any) -> Any:
    return stats.multivariate_normal.entropy(cov=cov)


def _entropy_jvp(tangents: Any, out: Any, cov: Any) -> Any:
    (tc,) = tangents
    return 0.5 * sum_(_inverse(cov) * (tril(tc, k=0) + mT(tril(tc, k=-1))), axis=None, keepdims=False)


entropy: Primitive = general(
    _entropy,
    lambda g, out, cov: to_triangle(0.5 * g * _inverse(cov)),
    _entropy_jvp,
    real(fixed(Array(np.dtype(float), ())), "`scipy.stats.multivariate_normal.entropy`"),
    name="multivariate_normal_entropy",
    spelling="scipy.stats.multivariate_normal.entropy(cov={0})",
)


@means(stats.multivariate_normal.entropy)
def entropy_meaning(mean: Any = None, cov: Any = 1) -> Any:
    near = (mean, cov)
    cov = meanings.arrayed(cov, near)
    if mean is not None:
        cov = _matrix(cov, meanings.arrayed(mean, near))
    if rank(type_of_operand(cov)) != 2:
        raise NotCovered("multivariate_normal.entropy of what is not known to be a matrix", "write a matrix")
    return entropy(cov)


# Dirichlet's distribution, as SciPy computes it.


def _log_beta(alpha: Any) -> Any:
    return np.sum(special.gammaln(alpha)) - special.gammaln(np.sum(alpha))


@computes(stats.dirichlet.logpdf)
def dirichlet_logpdf(x: Any, alpha: Any) -> Any:
    """The logarithm of the density at points of the simplex, the last coordinate of which may be left out."""
    alpha, x = np.asarray(alpha), np.asarray(x)
    if np.min(alpha) <= 0:
        raise ValueError("All parameters must be greater than 0")
    if len(x) + 1 != len(alpha) and len(x) != len(alpha):
        raise ValueError("Vector 'x' must have either the same number of entries as 'a', or one entry fewer")
    if len(x) != len(alpha):
        x = np.concatenate((x, 1 - np.sum(x, 0, keepdims=True)))
    if np.min(x) < 0:
        raise ValueError("Each entry in 'x' must be greater than or equal to zero.")
    if np.max(x) > 1:
        raise ValueError("Each entry in 'x' must be smaller or equal one.")
    if np.any((x.T == 0) & (alpha < 1)):
        raise ValueError("Each entry in 'x' must be greater than zero if its alpha is less than one.")
    if np.any(np.abs(np.sum(x, 0) - 1.0) > 10e-10):
        raise ValueError("The input vector 'x' must lie within the normal simplex.")
    return -_log_beta(alpha) + np.sum(special.xlogy(alpha - 1, x.T).T, 0)


@computes(stats.dirichlet.pdf)
def dirichlet_pdf(x: Any, alpha: Any) -> Any:
    """The density."""
    return np.exp(dirichlet_logpdf(x, alpha))


@computes(stats.dirichlet.entropy)
def dirichlet_entropy(alpha: Any) -> Any:
    """The differential entropy."""
    alpha = np.asarray(alpha)
    if np.min(alpha) <= 0:
        raise ValueError("All parameters must be greater than 0")
    total = np.sum(alpha)
    spread = (total - len(alpha)) * special.psi(total)
    return _log_beta(alpha) + spread - np.sum((alpha - 1) * special.psi(alpha))
