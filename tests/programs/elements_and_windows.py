"""Functions applied to elements, rows and windows; indices that are made; choices by conditions."""

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()


def clipped_line(v):
    return 2.0 * v if v > 0 else -v


CLIPPED = np.vectorize(clipped_line)


@program((normal(5),), (normal(2, 3),))
def a_function_of_elements(x):
    return np.sum(CLIPPED(x) ** 2) + np.sum(np.vectorize(lambda v: np.sin(v) * v)(x))


@program((normal(4), 0.3), wrt=(0, 1))
def a_function_of_elements_and_a_number(x, a):
    compare = np.vectorize(lambda v, w: v * w if v > w else v - w)
    return np.sum(compare(x, a)) + np.sum(compare(x[:, None], x[None, :] * 0.5))


@program((normal(4),))
def truths_of_elements(x):
    positive_ones = np.vectorize(lambda v: v > 0)(x)
    return np.sum(x[positive_ones] ** 2) + np.sum(np.vectorize(lambda v: int(v > 1))(x) * x)


@program((normal(3, 4),))
def rows_by_a_function(m):
    spread = np.apply_along_axis(lambda row: row.max() - row.min(), 1, m)
    scaled = np.apply_along_axis(lambda row: row / np.linalg.norm(row), 0, m)
    return np.sum(spread**2) + np.sum(np.sin(scaled))


@program((normal(3, 4),))
def sums_over_several_axes(m):
    return np.sum(np.apply_over_axes(np.sum, m[None] ** 2, [0, 2]) * np.apply_over_axes(np.max, m[None], (1, 2)))


@program((0.7,))
def a_matrix_from_a_formula(a):
    m = np.fromfunction(lambda i, j: np.exp(-a * np.abs(i - j)), (3, 3))
    return np.linalg.slogdet(m)[1] + np.sum(np.fromfunction(lambda i: i * a, (4,)))


@program((normal(3, 4),))
def coordinates_of_a_grid(m):
    rows, columns = np.indices(m.shape)
    return np.sum(m * rows) / np.sum(m**2) + np.sum(m[rows % 2 == 0] * 2.0) + np.sum(m * columns)


@program((normal(4, 4), np.array([0, 2])))
def submatrices(m, keep):
    block = m[np.ix_(keep, [1, 3])]
    dropped = m[np.ix_([True, False, True, False], [0, 1])]
    m = m.copy()
    m[np.ix_([0, 1], [2, 3])] *= 2.0
    return np.linalg.det(block) + np.sum(dropped**2) + np.sum(m**2)


@program((normal(3), normal(3)), wrt=(0, 1))
def a_design_matrix(x, y):
    design = np.c_[np.ones(3), x, x**2]
    padded = np.r_[0.0, y, 1.0, x[:2]]
    return np.sum(np.linalg.solve(design.T @ design + np.eye(3), design.T @ y)) + np.sum(padded**3)


@program((normal(8), normal(3)), wrt=(0, 1))
def moving_averages(x, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(x, 3)
    return np.sum((windows @ kernel) ** 2) + np.sum(windows.max(axis=-1)) + np.sum(windows.std(axis=1))


@program((normal(4, 5), normal(2, 2)), wrt=(0, 1))
def a_convolution_by_windows(image, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(image, (2, 2))
    out = np.einsum("ijkl,kl->ij", windows, kernel)
    along = np.lib.stride_tricks.sliding_window_view(image, 3, axis=1)
    return np.sum(np.maximum(out, 0.0)) + np.sum(along.mean(axis=-1) ** 2)


@program((normal(3, 4),))
def elements_put_along_an_axis(m):
    best = np.argmax(m, axis=1, keepdims=True)
    out = np.zeros_like(m)
    np.put_along_axis(out, best, np.take_along_axis(m, best, axis=1) ** 2, axis=1)
    return np.sum(out * m)


@program((normal(3, 3), normal(3)), wrt=(0, 1))
def diagonals_that_are_filled(m, d):
    shifted = m.copy()
    np.fill_diagonal(shifted, d)
    np.fill_diagonal(m, 1.0)
    return np.linalg.det(shifted) + np.sum(m**2)


@program((normal(6),))
def pieces_by_conditions(x):
    by_select = np.select([x < -0.5, x < 0.5], [x**2, np.sin(x)], default=1.0)
    by_piecewise = np.piecewise(x, [x < 0, x >= 0], [lambda v: -v, lambda v: v**3])
    by_choose = np.choose((x > 0).astype(int), [x, x**2])
    return np.sum(by_select) + np.sum(by_piecewise) + np.sum(by_choose)


@program((positive(4),))
def functions_with_complex_domains(x):
    z = np.emath.sqrt(x - 1.0 + 0j)
    return np.sum(np.abs(np.emath.log(-x + 0j))) + np.sum(z.real + z.imag)


@program((normal(4), normal(4)), wrt=(0, 1))
def samples_in_boxes(weights, shift):
    places = np.array([0.1, 0.4, 0.6, 0.9])
    table, _, _ = np.histogram2d(places, places[::-1], bins=[2, 3], range=[[0, 1], [0, 1]], weights=weights * shift)
    whole, _ = np.histogramdd([places, places], bins=2, weights=weights, density=True)
    counts = np.histogramdd(np.stack([places, places], axis=1), bins=(2, 2))[0]
    return np.sum(table**2) + np.sum(whole**2) + np.sum(counts) * shift[0]


@program((normal(3, 4),))
def places_in_a_table(m):
    row, column = np.unravel_index(np.argmax(m), m.shape)
    flat = np.ravel_multi_index(([0, 2], [1, 3]), (3, 4))
    return m[row, column] ** 2 + np.sum(m.ravel()[flat]) + np.sum(m.flat[2:5]) + m.flat[3]


@program((np.array([1.0, -2.0, 0.5, 1.5]),), (np.array([2.0, 0.0, -1.0, 0.0]),))
def roots_of_a_polynomial(p):
    r = np.roots(p + 0j)
    return np.sum(np.abs(r - 0.3) ** 2) + np.sum(r).real


@program((normal(4),))
def modified_bessel_functions(x):
    return np.sum(np.i0(x) * np.i0(6.0 * x))


@program((normal(5), normal(5)), wrt=(0,))
def slopes_between_coordinates(f, steps):
    x = np.cumsum(np.abs(steps) + 0.1)
    return np.sum(np.gradient(f, x) ** 2) + np.sum(np.gradient(f, x, edge_order=2) * np.gradient(f, 0.5, edge_order=2))


@program((normal(4, 3), np.array([0.0, 0.5, 1.0, 1.5]), np.array([0.0, 1.0, 3.0])), wrt=(0, 1, 2))
def slopes_of_a_field_on_coordinates(f, y, x):
    dy, dx = np.gradient(f, y, x)
    return np.sum(dy**2 * dx) + np.sum(np.gradient(f, y, axis=0, edge_order=2))


@program((0.3, 2.0), (0.0, 0.0), wrt=(0, 1))
def points_between_ends(a, b):
    points, step = np.linspace(a, b, 5, retstep=True)
    table = np.linspace(np.array([a, 1.0]), b, 3)
    return (
        np.sum(points**2) * step + np.sum(table**3) + np.sum(np.logspace(a, b, 4)) + np.sum(np.linspace(a, b, 3, False))
    )


@program((0.3, 2.0), wrt=(0, 1))
def ratios_between_ends(a, b):
    return np.sum(np.geomspace(a, b, 5)) + np.sum(np.geomspace(-a, -b, 3, endpoint=False))


@program((normal(4),))
def differences_with_ends(x):
    return np.sum(np.ediff1d(x, to_begin=x[0], to_end=[1.0, 2.0]) ** 2)


@program((normal(3), normal(2, 2)), wrt=(0, 1))
def frames_of_several_values(x, m):
    line = np.pad(x, (2, 1), constant_values=(x[0], 2.0))
    frame = np.pad(m, ((1, 0), (2, 1)), constant_values=((1.0, 2.0), (3.0, 4.0)))
    return np.sum(line**2) + np.sum(frame**3)


@program((normal(2, 5), positive(5)), wrt=(0, 1))
def weighted_covariances(x, w):
    plain = np.cov(x, fweights=[1, 2, 1, 3, 1])
    return np.sum(np.cov(x, aweights=w) ** 2) + plain[0, 1] + np.sum(np.cov(x, aweights=w, ddof=0))


@program((normal(4),))
def checked_arrays(x):
    y = np.asarray_chkfinite(x)
    return np.sum(y * np.asfortranarray(np.outer(x, x)))
