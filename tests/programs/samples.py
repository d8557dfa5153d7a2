"""Sampled signals and polynomials: convolution, interpolation, quantiles, covariances, parts of numbers."""

import numpy as np
from support.corpus import Programs, normal

program = Programs()


@program((normal(6), normal(3)), (normal(3), normal(6)), wrt=(0, 1))
def smoothing_by_convolution(x, kernel):
    return np.sum(np.convolve(x, kernel, "same") ** 2) + np.convolve(x, kernel)[1] * np.correlate(x, kernel, "full")[0]


@program((np.array([0.3, 1.7, 5.0]), np.array([0.0, 1.0, 2.5]), normal(3)), wrt=(0, 1, 2))
def a_table_that_is_looked_up(x, knots, values):
    return np.sum(np.interp(x, knots, values) ** 2)


@program((normal(4), np.array([0.1, 0.4, 0.8])), wrt=(0,))
def a_spline_in_a_loop(values, xs):
    total = 0.0
    for x in xs:
        total += np.interp(x, np.linspace(0.0, 1.0, 4), values) ** 2
    return total


@program((normal(7),))
def robust_statistics(x):
    low, high = np.percentile(x, [25, 75])
    return (high - low) * np.quantile(x, 0.4) + np.median(x)


@program((normal(3, 5),))
def quantiles_of_rows(x):
    return np.sum(np.quantile(x, 0.3, axis=1) * np.percentile(x, 80, axis=1, keepdims=True)[:, 0])


@program((normal(6), 0.1), wrt=(0,))
def slopes_of_samples(f, h):
    return np.sum(np.gradient(f, h) ** 2)


@program((normal(4, 5),))
def slopes_of_a_field(f):
    dy, dx = np.gradient(f, 0.5)
    return np.sum(dx**2 + dy**2)


@program((normal(3, 6),))
def covariances_and_correlations(x):
    return np.sum(np.cov(x) ** 2) + np.corrcoef(x)[0, 1]


@program((normal(5),))
def polynomials_by_coefficients(x):
    cubic = [1.0, -2.0, 0.5, 3.0]
    return np.sum(np.polyval(cubic, x) * np.polynomial.polynomial.polyval(x, [1.0, 2.0])) + np.sum(np.vander(x, 3))


@program((normal(3), normal(2)), wrt=(0, 1))
def products_of_polynomials(p, q):
    return np.sum(np.polymul(p, q) ** 2)


@program((np.array([1.5, -0.3, 2.7]),))
def fractions_and_powers_of_two(x):
    fraction, whole = np.modf(x)
    mantissa, exponent = np.frexp(x)
    return np.sum(fraction * whole) + np.sum(mantissa**2) + np.sum(np.ldexp(x, exponent))


@program((np.array([1.0, np.nan, 3.0, -2.0]),), smooth=lambda x: x[2] - x[3] + np.nanstd(x) + np.nanvar(x))
def statistics_with_gaps(x):
    return np.nanmax(x) - np.nanmin(x) + np.nanstd(x) + np.nanvar(x)


@program((normal(7),))
def windows(x):
    return np.sum(np.lib.stride_tricks.sliding_window_view(x, 3).mean(axis=1) ** 2)


@program((normal(5), np.array([0, 2, 2, 1, 0])))
def sums_by_label(x, labels):
    return np.sum(np.bincount(labels, x) ** 2)


@program((normal(3, 3), normal(3)), wrt=(0, 1))
def functions_that_write(a, v):
    b = a * v
    np.fill_diagonal(b, v[0] * 2)
    np.copyto(b, a, where=b > 1.0)
    np.putmask(b, a < -0.5, 0.25)
    np.place(b, a > 1.2, [v[1]])
    c = v.copy()
    np.put(c, [0, 2], v[1] * 3)
    return np.sum(b**2) + np.sum(c**3)


@program((normal(4, 3),))
def a_view_that_is_written_under_a_mask(a):
    b = a.copy()
    for i in range(3):
        np.copyto(b[i], b[i + 1] * 2, where=a[i] > 0)
    return np.sum(b**2)
