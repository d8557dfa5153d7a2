"""What depends on the order of elements: sorting, running sums and products, neighbours, and arrays taken apart."""

import numpy as np
from support.corpus import Programs, normal

program = Programs()


@program((normal(6),), (normal(1),))
def order_statistics(x):
    s = np.sort(x)
    return np.sum(s * s * np.arange(float(len(s)))) + x[np.argsort(x)[0]]


@program((normal(3, 4), 0), (normal(3, 4), -1))
def sort_along_an_axis(a, axis):
    return np.sum(np.sort(a, axis=axis)[1:] ** 3)


@program((normal(6),))
def trimmed_mean(x):
    return np.mean(np.partition(x, (1, 4))[1:5] ** 2)


@program((normal(6),))
def sort_some_of_it_in_place(x):
    y = x * x
    y[1:5].sort()
    return np.sum(y * np.arange(6.0))


@program((normal(5),), (np.array([0.5, 0.0, 2.0, 0.0]),))
def running_products_with_zeros(x):
    return np.sum(np.cumprod(x) * np.arange(1.0, len(x) + 1)) + np.sum(np.cumsum(x * x)[::2])


@program((normal(3, 4),))
def running_extrema(a):
    return np.sum(np.maximum.accumulate(a, axis=1) ** 2) - np.sum(np.minimum.accumulate(a) ** 3)


@program((normal(3, 5),))
def total_variation(a):
    return np.sum(np.diff(a, axis=0) ** 2) + np.sum(np.diff(a, n=2) ** 2) + np.sum(np.diff(a[0], prepend=0.0) ** 3)


@program((normal(5), normal(3)), wrt=(0, 1))
def ufuncs_of_all_pairs(x, y):
    return np.sum(np.subtract.outer(x, y) ** 2) + np.max(np.multiply.outer(x, y)) + np.maximum.reduce(x * x)


@program((normal(7),), (normal(6),))
def nearly_equal_parts(x):
    a, b, c = np.array_split(x, 3)
    return np.sum(a[:2] * b) + np.sum(c**3)


@program((normal(6, 2), 0.3), wrt=(0, 1))
def parts_of_a_state_in_a_loop(state, h):
    position, velocity, force = np.vsplit(state, 3)
    for _ in range(3):
        velocity += h * force
        position += h * velocity
        force[:] = -position
    return np.sum(state**2)


@program((normal(4, 3),))
def padded(a):
    ghost = np.pad(a, 1, mode="edge")
    lap = ghost[2:, 1:-1] + ghost[:-2, 1:-1] + ghost[1:-1, 2:] + ghost[1:-1, :-2] - 4 * a
    return np.sum(lap**2) + np.sum(np.pad(a, ((0, 1), (2, 0)))[1:] ** 3)


@program((normal(4), 0.5), wrt=(0, 1))
def padded_with_a_value(x, c):
    return np.sum(np.pad(x, 2, constant_values=c) ** 2) + np.sum(np.pad(x, (1, 2), mode="reflect") ** 3)


@program((normal(3, 4), normal(4)), wrt=(0, 1))
def repetitions(a, x):
    tiled, spread = np.tile(a, (2, 1)), np.repeat(x, 3)
    return np.sum(tiled[1:4] ** 2) + np.sum(spread * np.arange(12.0)) + np.sum(np.roll(x, 1) * x**2)


@program((normal(4), normal(3)), wrt=(0, 1))
def a_function_on_a_grid(x, y):
    u, v = np.meshgrid(x, y)
    return np.sum(u * v**2) + np.sum(np.rot90(u * u)[0] ** 2)


@program((normal(2, 2), normal(2, 3)), wrt=(0, 1))
def blocks(a, b):
    whole = np.block([[a, b], [b.T, np.eye(3)]])
    return np.sum(whole @ whole)


@program((normal(5),), (normal(6),), (normal(3, 4),))
def robust_statistics(x):
    return np.median(x) ** 2 + np.ptp(x) + np.sum(np.median(x, axis=0) ** 2)


@program((normal(4), np.array([0.1, 0.5, 1.0, 2.0])), wrt=(0, 1))
def integral_and_mean(y, x):
    return np.trapezoid(y**2, x) + np.average(y, weights=x) ** 2


@program((np.array([1.0, np.nan, 3.0]),))
def statistics_with_gaps(x):
    return np.nansum(x) ** 2 + np.nanmean(x) ** 2 + np.nanprod(x)


@program((normal(6), 0.5), wrt=(0, 1))
def pieces_by_conditions(x, s):
    y = np.select([x > 1.0, x > 0.0, x < -1.0], [s * x, x**2, -x], s)
    return np.sum(y**2) + np.sum(np.compress(x > 0, x) ** 2) + np.sum(np.extract(x < 0, s * x))
