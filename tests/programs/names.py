"""Functions of NumPy that take a function, grow an array, or go through elements one by one."""

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()

ROWS = np.array([2, 0, 2])


@program((normal(5), 0.7), wrt=(0, 1))
def elements_put_in(x, a):
    return np.sum(np.insert(x, 1, a) ** 2) + np.insert(x, [0, 3], [a, 2 * a])[3] + np.sum(np.insert(x, -1, x[:2]) ** 3)


@program((normal(3, 4), normal(3)), wrt=(0, 1))
def a_column_put_in(x, column):
    return np.sum(np.insert(x, 2, column, axis=1) ** 2 * np.arange(5.0)) + np.sum(np.insert(x, 0, 1.5, axis=0)[1] ** 3)


@program((normal(6),))
def elements_left_out(x):
    return np.sum(np.delete(x, 2) ** 2) + np.delete(x, [0, -1])[1] + np.sum(np.delete(x, slice(1, 3)) ** 3)


@program((normal(3, 4),))
def rows_left_out(x):
    return np.sum(np.delete(x, 1, axis=0) ** 2 * np.arange(4.0)) + np.sum(np.delete(x, [0, 2], axis=1) ** 3)


@program((normal(5),))
def repeated_to_fit(x):
    return np.sum(np.resize(x, (3, 4)) ** 2 * np.arange(4.0))


@program((np.array([0.0, 0.0, 1.5, 0.0, -2.5, 0.0]),), smooth=lambda x: x[2] ** 2 + x[4] ** 2)
def zeros_trimmed(x):
    return np.sum(np.trim_zeros(x) ** 2)


@program((np.array([1.0, 2.0, 2.0, 3.5]), np.array([2.0, 3.5, 4.0])), wrt=(0,), smooth=lambda a, b: a[0] ** 2)
def what_is_not_there_too(a, b):
    return np.sum(np.setdiff1d(a, b) ** 2)


@program((normal(5),))
def a_set(x):
    return np.sum(np.unique(x) ** 2 * np.arange(5.0)) + np.union1d(x[:2], x[2:])[0]


@program((normal(3, 4),))
def statistics_of_rows(x):
    spreads = np.apply_along_axis(lambda row: row.max() - row.min(), 1, x)
    tables = np.apply_along_axis(lambda row: np.outer(row, row[:2]), -2, x)
    weights = np.arange(24.0).reshape(tables.shape)
    return (
        np.sum(spreads**2)
        + np.sum(np.apply_along_axis(lambda c, k: np.cumsum(c) ** k, 0, x, 2) * x)
        + np.sum(tables * weights)
    )


@program((normal(2, 3, 4),))
def sums_over_axes(x):
    return np.sum(np.apply_over_axes(np.sum, x, (0, -1)) ** 2)


@program((normal(6) * 2.0, 0.3), wrt=(0, 1))
def in_pieces(x, a):
    return np.sum(np.piecewise(x, [x < -1.0, x > 1.0], [lambda v: a * v**2, np.sqrt, 0.5]) * x)


@program((0.7,))
def a_table_by_its_indices(a):
    return np.sum(np.fromfunction(lambda i, j: np.sin(a * i + j), (3, 4)))


@program((normal(4), 0.7), wrt=(0, 1))
def element_by_element(x, a):
    def step(v, w):
        return v * w if v > 0.0 else a * v**2

    return np.sum(np.vectorize(step, otypes=[float])(x, 1.5) ** 2)


@program((np.linspace(-1.0, 1.0, 7), normal(7)), wrt=(0, 1))
def a_parabola_that_fits(x, y):
    return np.sum(np.polyval(np.polyfit(x, y, 2), [0.3, 0.6]) ** 2)


@program((normal(5), np.array([1.5, -0.5, 2.0])), wrt=(0, 1))
def division_of_polynomials(u, v):
    quotient, rest = np.polydiv(u, v)
    return np.sum(quotient**2) + np.sum(rest**3)


@program((normal(4, 2), normal(4)), wrt=(0, 1))
def least_squares(a, b):
    solution, residuals, rank, values = np.linalg.lstsq(a, b)
    return np.sum(solution**2) + residuals[0] + rank + values[1]


@program((normal(3, 3),))
def a_triangle_as_a_vector(x):
    return np.sum(x[np.triu_indices(3, 1)] ** 2) + np.sum(x[np.tril_indices_from(x)] * np.arange(6.0))


@program((normal(5),))
def folds_of_ufuncs(x):
    total = np.logaddexp.reduce(x) + np.hypot.reduce(x) - np.subtract.reduce(x)
    return total * np.logaddexp.accumulate(x)[3] + np.sum(np.maximum.reduceat(x, [0, 2, 4]) ** 2)


@program((positive(4), positive(3)), wrt=(0, 1))
def products_at_places(x, v):
    out = x.copy()
    np.multiply.at(out, ROWS, v)
    np.maximum.at(out, [0, 1], 1.1)
    return np.sum(out**2)


@program((np.array([[1.0, np.nan, 3.0], [4.0, -2.0, np.nan]]),), smooth=lambda x: (x[0, 0] + x[0, 2]) / 2)
def a_median_of_what_is_there(x):
    return np.nanmedian(x[0])


@program((normal(2, 3), normal(4)), wrt=(0, 1))
def elements_put(x, v):
    out = x.copy()
    np.put(out, [0, 4, 2], v[:2])
    out.put([5, 7], v[2:], mode="wrap")
    np.put(out, 1, 0.25)
    np.put(out, [3, 3], 1.5)
    np.putmask(out, out > 1.0, v)
    np.place(out, out < -1.0, v[1:])
    return np.sum(out**2)


@program((normal(3, 4), normal(3, 2)), wrt=(0, 1))
def elements_put_along_rows(x, v):
    order = np.argsort(x, axis=1)[:, :2]
    np.put_along_axis(x, order, v, axis=1)
    x.partition(2, axis=0)
    return np.sum(x**2 * np.arange(4.0))


@program((normal(4), normal(4), np.array([0, 1, 2, 1])), wrt=(0, 1))
def chosen_by_number(x, y, which):
    return np.sum(np.choose(which, [x, y, 0.5]) ** 2) + np.sum(which.choose([x, x * y, y]) * x)


@program((normal(3, 4), normal(4)), wrt=(0, 1))
def stacked_products(a, v):
    return np.sum(np.matvec(a, v) ** 2) + np.sum(np.vecmat(a[:, 0], a) * v) + np.sum(np.vecdot(a, v) ** 3)


@program((normal(3), 0.7), wrt=(0, 1))
def joined_in_brackets(x, a):
    return np.sum(np.r_[x, a, 1:3] ** 2) + np.sum(np.c_[x, x * a] ** 3) + np.sum(np.r_[0.0:1.0:5j] * a)


@program((0.7, normal(3, 4)), wrt=(0, 1))
def grids(a, x):
    i, j = np.mgrid[0:3, 0:4]
    rows, columns = np.ogrid[0:3, 0:8:2]
    return np.sum(np.sin(a * i + j) * x) + np.sum(np.cos(a * rows - columns) * x[np.s_[:, 1:]].sum())
