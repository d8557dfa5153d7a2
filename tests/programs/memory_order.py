"""Elements counted by columns, arrays that lie in memory by columns, and what is a copy whatever it looks like."""

import numpy as np
from support.corpus import Programs, normal

program = Programs()


@program((normal(2, 3),))
def counted_by_columns(a):
    flat = a.ravel(order="F") * np.arange(6)
    wide = np.reshape(a, (-1, 2), order="F") @ a
    return np.sum(flat**2) + np.sum(wide[0] * a.reshape(3, 2, order="F").T[1]) + a.flatten("F")[1]


@program((normal(6), 2))
def unpacked_by_columns(theta, n):
    """Parameters in one vector, by columns: as MATLAB and R lay them out."""
    w = theta.reshape((n, -1), order="F")
    return np.sum(np.tanh(w @ w.T)) + np.sum(w.ravel("F") * theta)


@program((normal(2, 3), 0.4), wrt=(0, 1))
def flatten_by_columns_is_a_copy(a, y):
    flat = a.flatten("F")
    flat[2] = y
    return np.sum(a**2) + np.sum(flat**3)


@program((normal(3, 4), 0.4), wrt=(0, 1))
def take_is_a_copy(a, y):
    row = np.take(a, 1, axis=0)
    row *= y
    column = a.take(-1, axis=1)
    column[0] = y
    return np.sum(a**2) + np.sum(row**3) + np.sum(column**3)


@program((normal(3, 4), 0.4, 2), wrt=(0, 1))
def take_in_a_loop_is_a_copy(a, y, n):
    total = 0.0
    for i in range(n):
        row = np.take(a, i, axis=0)
        row *= y
        total += np.sum(row * a[i])
    return total + np.sum(a**2)


@program((normal(3, 4), 5))
def places_past_the_ends(a, k):
    wrapped = np.take(a, [k, -k], axis=1, mode="wrap")
    return np.sum(wrapped**2) + a.take(k, mode="clip") * a.item(k) * a.item(-1) + np.sum(np.take(a, [0, k]) ** 2)


@program((normal(3, 4), 0.4), wrt=(0, 1))
def write_through_a_plain_view(a, y):
    v = a.view()
    v[1] *= y
    return np.sum(a**2) + v[1, 0]


@program((normal(3, 3), 0.4), wrt=(0, 1))
def filled_by_columns(a, y):
    b = np.zeros((3, 3), order="F")
    b += a
    b[0] *= y
    return np.sum(b * b.ravel().reshape(3, 3))


@program((normal(5),))
def extremes_of_the_elements(x):
    low, high = min(x), max(x)
    return (high - low) * np.sum((x - low) ** 2) + max(x[1:]) * min(x * x)


@program((normal(3),))
def classes_joined_by_a_bar(x):
    scale = 2.0 if isinstance(x, list | tuple) else 3.0
    number = int | float
    return np.sum(x**2) * scale if isinstance(scale, number) and not isinstance(x, number | None) else x[0]


@program((normal(4, 3), 0.4), wrt=(0, 1))
def padded_by_what_is_there(a, y):
    ramp = np.pad(a, ((1, 2), (0, 3)), "linear_ramp", end_values=((y, 2.0), (3.0, 4.0)))
    means = np.pad(a, ((1, 0), (2, 3)), mode="mean", stat_length=2)
    extremes = np.pad(a[0], (1, 2), mode="maximum") - np.pad(a[1], (1, 2), "minimum", stat_length=(2, 1))
    middle = np.pad(a, 1, "median", stat_length=((1, 2), (9, 2)))
    odd = np.pad(a, (2, 1), mode="reflect", reflect_type="odd") * np.pad(a, (1, 2), "symmetric", reflect_type="odd")
    around = np.pad(a, (1, 2), constant_values=(a[0, 0], y)) * np.pad(a, (2, 1), constant_values=y)
    padded = (ramp, means, extremes, middle, odd, around)
    return sum(np.sum(p * np.cos(np.arange(p.size)).reshape(p.shape)) for p in padded)


@program((normal(4, 3),))
def folded_by_ufuncs(a):
    r = np.multiply.reduceat(a, [0, 2, 1], axis=0)
    s = np.maximum.reduceat(a, [0, 1], axis=1)
    t = np.logaddexp.reduce(a, axis=None) + np.hypot.reduce(a, axis=(0, 1)) + np.logaddexp2.reduce(a[0])
    return np.sum(r**2) + np.sum(s**3) + t * np.sum(np.logaddexp.reduce(a, 1, keepdims=True) * a)
