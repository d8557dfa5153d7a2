"""What is refused of SciPy's functions, and what is an error at run time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import pullback

pytest.importorskip("scipy")
from scipy import integrate, interpolate, linalg, ndimage, optimize, signal, stats

X, V = np.arange(12.0).reshape(3, 4), np.arange(1.0, 6.0)


@pytest.mark.parametrize("function", [linalg.sqrtm, linalg.logm])
def test_a_function_of_a_real_matrix_that_is_complex_is_an_error(function: Callable[..., Any]) -> None:
    def trace(a: Any) -> Any:
        return np.trace(function(a))

    with pytest.raises(ValueError, match="complex here"):
        pullback.grad(trace)(np.diag([1.0, -2.0]))


REFUSED: list[tuple[Callable[..., Any], Any, str]] = [
    (lambda x: np.sum(ndimage.convolve1d(x, [1.0, 2.0], cval=1.0, mode="constant")), X, "`cval=`"),
    (lambda x: np.sum(ndimage.correlate(x, X, mode="grid-wrap")), X, "mode='grid-wrap'"),
    (lambda x: np.sum(ndimage.gaussian_filter(x, 0.0)), X, "along no axis"),
    (lambda x: np.sum(ndimage.gaussian_filter(X, x)), 1.5, "`sigma`"),
    (lambda x: np.sum(ndimage.maximum_filter(x, 3, footprint=X > 0)), X, "`size=`"),
    (lambda x: np.sum(ndimage.maximum_filter(x, 3, output=X)), X, "`output=`"),
    (lambda x: np.sum(ndimage.median_filter(x, 3, mode="grid-wrap")), X, "mode='grid-wrap'"),
    (lambda x: np.sum(ndimage.zoom(x, 2, mode="reflect")), X, "mode 'reflect'"),
    (lambda x: np.sum(ndimage.zoom(X, x)), 1.5, "`zoom`"),
    (lambda x: np.sum(ndimage.shift(x, 1, mode="grid-constant", cval=1.0)), X, "`cval=`"),
    (lambda x: np.sum(ndimage.affine_transform(x, np.eye(3))), X, "homogeneous"),
    (lambda x: np.sum(signal.sosfilt(x, V)), np.ones((1, 6)), "by its coefficients"),
    (lambda x: np.sum(signal.filtfilt(x, 1.0, V, padlen=1)), V[:1], "by its coefficients"),
    (lambda x: np.sum(signal.filtfilt([1.0], 1.0, x, method="gust")), V, "gust"),
    (lambda x: np.sum(signal.windows.kaiser(5, x)), 1.5, "`beta`"),
    (lambda x: np.sum(signal.convolve2d(x, X, boundary="wrap")), X, "boundary='wrap'"),
    (lambda x: np.sum(signal.fftconvolve(x, X, axes=0)), X, "`axes=`"),
    (lambda x: np.sum(signal.convolve(x, 1j * V)), V, "complex"),
    (lambda x: np.sum(signal.lfilter([1.0], [2.0], x, zi=V[:0])[0]), V, "`zi=`"),
    (lambda x: integrate.simpson(x, x=V), V.astype(np.float32), "float32"),
    (lambda x: integrate.romb(x, show=True), V, "`show=`"),
    (lambda x: integrate.simpson(x), V.astype(np.float32), "float32"),
    (lambda x: integrate.nquad(lambda y, t: t * x, [[0, 1], [0, 1]])[0], 1.5, "scipy.integrate.quad"),
    (lambda x: np.sum(optimize.minimize(lambda t: np.sum((t - x) ** 2), V).x), V, "implicit function theorem"),
    (lambda x: np.sum(linalg.qr(x, mode="raw")[1]), X, "mode='raw'"),
    (lambda x: np.sum(np.abs(linalg.eig(x)[1])), X, "`a + 0j`"),
    (lambda x: np.sum(np.abs(linalg.eig(x + 0j, left=True)[1])), X, "`left=`"),
    (lambda x: np.sum(linalg.polar(x)[0]), X[None], "one matrix after the other"),
    (lambda x: np.sum(linalg.eigvalsh_tridiagonal(x, x[1:], select="i", select_range=(0, 1))), V, "`select=`"),
    (lambda x: np.sum(linalg.solve_circulant(x, x, singular="lstsq")), V, "`singular=`"),
    (lambda x: np.sum(linalg.solve_continuous_are(x, x, X, X, s=X)), X, "`s=`"),
    (lambda x: np.sum(stats.poisson.logpmf(x, 2.0)), V, "by `k`"),
    (lambda x: np.sum(stats.poisson.logpmf(3, x, 1)), V, "`loc=`"),
    (lambda x: np.sum(stats.poisson.pmf(x, 2.0)), V, "by `k`"),
    (lambda x: np.sum(stats.multivariate_normal.logpdf(x)), V, "without a mean"),
]


KNOTS = np.linspace(0.0, 3.0, 4)
GRID = (KNOTS, KNOTS)
T, C, _ = interpolate.splrep(KNOTS, KNOTS**2)
INSIDE: list[tuple[Callable[..., Any], Any, str]] = [
    (lambda y: np.sum(interpolate.PchipInterpolator(KNOTS, y)(0.5)), KNOTS**2, "by its samples"),
    (lambda x: np.sum(interpolate.CubicSpline(x, KNOTS)(0.5)), KNOTS.copy(), "by its coordinates"),
    (lambda x: np.sum(interpolate.RegularGridInterpolator((x, KNOTS), X[:, :4])(X[:1, :2])), KNOTS[:3], "of its grid"),
    (lambda v: interpolate.RegularGridInterpolator(GRID, v, method="cubic")((0.5, 0.5)), np.eye(4), "`method=`"),
    (lambda c: interpolate.splev(0.5, (T, c, 3)), C, "knots or coefficients"),
    (lambda x: interpolate.splev(x, (T, C, 3), ext=3), 0.5, "`ext=3`"),
    (lambda v: interpolate.interpn(GRID, v, (0.5, 0.5), "nearest"), np.eye(4), "`method=`"),
    (lambda v: interpolate.interpn(GRID, v, (0.5, 0.5)), np.eye(4, dtype=np.float32), "float32"),
]


@pytest.mark.parametrize(("function", "argument", "words"), INSIDE)
def test_what_is_refused_inside_of_a_librarys_source_is_refused_where_that_is_called(
    function: Callable[..., Any], argument: Any, words: str
) -> None:
    with pytest.raises(pullback.DifferentiationError) as refusal:
        pullback.grad(function)(argument)
    assert words in str(refusal.value)
    assert refusal.value.loc is not None
    assert refusal.value.loc.file == __file__
    assert refusal.value.loc.line == function.__code__.co_firstlineno


def test_a_complement_of_columns_has_no_derivative() -> None:
    def cubes(a: Any) -> Any:
        return np.sum(linalg.qr(a)[0] ** 3)

    with pytest.raises(ValueError, match="complement"):
        pullback.grad(cubes)(X.T + np.eye(4, 3))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_polar_factor_of_a_matrix_without_full_rank_has_no_derivative() -> None:
    def cubes(a: Any) -> Any:
        return np.sum(linalg.polar(a)[0] ** 3)

    for a in (np.diag([1.0, 0.0, 0.0]), np.ones((4, 2))):
        assert np.all(np.isnan(pullback.grad(cubes)(a)))


@pytest.mark.parametrize(("function", "argument", "words"), REFUSED)
def test_what_has_no_rule_is_refused_by_name(function: Callable[..., Any], argument: Any, words: str) -> None:
    with pytest.raises(pullback.DifferentiationError) as refusal:
        pullback.grad(function)(argument)
    assert words in str(refusal.value)
