"""Functions that return from several places."""

import numpy as np
from support.corpus import Programs, normal

program = Programs()
V = normal(4)


@program((1.0,), (-1.0,))
def guard_clause(x):
    if x < 0:
        return 0.0
    y = x * 2
    return y * y


@program((-1.0,), (1.0,), (3.0,), (5.0,))
def several(x):
    if x < 0:
        return -x
    y = x + 1
    if x > 4:
        return y
    z = y * x
    if x > 2:
        return z
    return z - y


@program((1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0), wrt=(0, 1))
def in_an_inner_branch(x, y):
    a = 1.0
    if x > 0:
        a = a + x
        if y > 0:
            return a * 10
        a = a * 3
    else:
        a = a - x
    b = a * y
    return b + a


@program((1.0, 1.0), (0.3, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0), wrt=(0, 1))
def in_both_arms(x, y):
    if x > 0:
        if y > 0:
            return x
        z = x * y
    else:
        if y < 0:
            return y
        z = y - x
    if z > 0.5:
        return z * z
    return z


@program((V, 1e-3), (V, 10.0))
def of_arrays(v, tol):
    r = np.sum(v * v)
    if r < tol:
        return r
    s = np.sqrt(r)
    return s * np.sum(v)


@program(([1.0, -2.0, 3.0],), ([1.0, 2.0, 3.0],))
def out_of_a_loop_over_a_list(xs):
    total = 0.0
    for x in xs:
        if x < 0:
            return total * x
        total = total + x * x
    return total


@program((0.5, 0.2), (0.2, 0.5), (2.0, 3.0), wrt=(0, 1))
def clamp(x, low):
    if x < low:
        return low * 1.0
    if x > 1:
        return x - x + 1.0
    return x


@program((0.2, 1.0, 0.5), (0.9, 1.0, 0.5), (5.0, 1.0, 0.5), wrt=(0, 1, 2))
def smoothstep(x, high, low):
    t = (x - low) / (high - low)
    if t <= 0:
        return 0.0
    if t >= 1:
        return 1.0
    return t * t * (3 - 2 * t)


@program((1.0, None), (1.0, 2.0))
def a_static_early_return(x, k):
    if k is None:
        return x * x
    return x * k


@program((1.0, 1.0, 1.0), (1.0, -1.0, 1.0), (1.0, 1.0, -1.0), (-1.0, 1.0, 1.0), (1.0, -1.0, -1.0), wrt=(0, 1, 2))
def three_deep(x, y, z):
    r = x
    if x > 0:
        if y > 0:
            if z > 0:
                return r * 2 * y * z
            r = r + z
        r = r * y
    r = r * 3 + z
    return r


@program((2.0, 1.0, -3.0), (1.0, 2.0, 3.0), wrt=(0, 1, 2))
def quadratic_root(a, b, c):
    disc = b * b - 4 * a * c
    if disc < 0:
        return -b / (2 * a)
    root = np.sqrt(disc)
    if b > 0:
        return 2 * c / (-b - root)
    return (-b + root) / (2 * a)


@program((0.2, 0.7), (1.2, 0.7), wrt=(0, 1), has_aux=True)
def with_aux(x, k):
    if x > 1:
        return x * k, {"case": 1, "x": x}
    return x / k, {"case": 2, "x": x * 2}
