"""Unpacking of tuples, lists, shapes and arrays of known length."""

import numpy as np
from support.corpus import Programs, normal

program = Programs()


@program((1.0, 2.0, 3.0), wrt=(0, 1, 2))
def starred(x, y, z):
    first, *rest = (x, y, z)
    *init, last = [x, y, z]
    (p, q), r = (x, y), z
    return first * len(rest) + rest[1] - last * init[0] + p * q * r


@program(((1.0, (2.0, [3.0, normal(3)])),))
def nested(p):
    a, (b, [c, d]) = p
    return a * b * c * np.sum(d)


@program((normal(3, 4),), (normal(1, 4),))
def a_shape(a):
    n, d = a.shape
    rows = a.shape[0]
    return np.sum(a * a) / (n * d) + rows * a[0, 0]


@program(([1.0, 2.0, 3.0],))
def in_a_loop(xs):
    total = 0.0
    for k, (a, b) in enumerate(zip(xs, xs[1:])):
        total = total + (b - a) * k * a
    return total


@program((normal(2, 3),))
def a_stacked_pair(a):
    x, y = a[0], a[1]
    return x @ y


@program((np.array([0.3, 1.2]),), (np.array([0.3, 1.2], np.float32),), tol=1e-4)
def elements_by_index(q):
    theta, omega = q[0], q[1]
    return 0.5 * omega**2 - np.cos(theta)


@program(({"a": 1.0, "b": 2.0},))
def dict_views(p):
    (a, b) = p.values()
    (first, second) = p
    return a * b * len(first + second)


@program((1.0, 2.0), wrt=(0, 1))
def rotation_of_three(x, y):
    a, b, c = x, y, x * y
    a, b, c = b, c, a
    a, b, c = b, c, a
    return a * 2 + b * 3 + c * c


@program((1.0, 2.0), wrt=(0, 1))
def into_subscripts_and_attributes(x, y):
    d = {}
    items = [0.0, 0.0]
    d["a"], items[1] = x, y
    items[0], d["b"] = d["a"] * y, items[1]
    return items[0] * items[1] + d["b"] * d["a"]


@program((normal(3), 2.0), wrt=(0, 1))
def spread_into_a_call(v, k):
    parts = (v, k)

    def f(a, b, *more, c=1.0):
        return np.sum(a) * b + c * len(more)

    return f(*parts) + f(*parts, *parts, **{"c": k})


@program((normal(4, 2),), (normal(0, 2),))
def points_in_a_loop(points):
    s = 0.0
    for x, y in points:
        s += x**2 * y
    return s


@program((normal(3).astype(np.float32),))
def numbers_in_single_precision(theta):
    a, _, c = theta
    return a * np.sin(c) * a


@program((normal(2), 3), (normal(2), 0))
def a_state_of_two_numbers(z, n):
    for _ in range(n):
        a, b = z
        z = np.array([b, np.sin(a) * b])
    return z.sum()


@program((normal(2),))
def an_update_after_unpacking(z):
    z = z * 2.0
    a, b = z
    z[0] = b * b
    c, _ = z
    return a * c * b
