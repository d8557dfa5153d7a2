"""Loops that overwrite arrays which their own derivatives read: in nests, under conditions, with exits and aliases."""

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()
X, Y, P = normal(7), normal(7, seed=1), positive(7)
A, B = normal(5, 4), normal(4, 4, seed=1)
SPD = B @ B.T + 5.0 * np.eye(4)


@program((A, 2), (A, 0), (A[:2], 3))
def seidel_squares(a, sweeps):
    for _ in range(sweeps):
        for i in range(1, a.shape[0] - 1):
            for j in range(1, a.shape[1] - 1):
                up, left = a[i - 1, j], a[i, j - 1]
                a[i, j] = np.sin(up) * left + a[i, j] ** 2 / 5.0 + a[i, j + 1] * a[i + 1, j]
    return np.sum(a * a)


@program((A, 2))
def only_some_elements(a, sweeps):
    for _ in range(sweeps):
        for i in range(1, a.shape[0] - 1):
            for j in range(1, a.shape[1] - 1):
                if a[i, j] > 0.0:
                    a[i, j] = a[i - 1, j] * a[i + 1, j] * a[i, j]
                else:
                    a[i, j - 1] = a[i, j] * a[i - 1, j + 1] * a[i, j - 1]
    return np.sum(a * a)


@program((P, 1.2, 3), (P, 0.1, 3), (P, 9.0, 3), wrt=(0, 1))
def leaves_early(x, limit, sweeps):
    for _ in range(sweeps):
        for i in range(1, len(x) - 1):
            x[i] = x[i - 1] * x[i + 1] * x[i] + limit
            if x[i] > 2.0:
                break
            x[i - 1] = x[i] * x[i + 1] * x[i - 1]
    return np.sum(x)


@program((P, 40.0), (P, 0.0))
def while_it_grows(x, bound):
    k = 0
    while np.sum(x * x) < bound:
        for i in range(1, len(x)):
            x[i] = x[i] * x[i - 1] + x[i - 1] * 0.5 + x[i] * x[i]
        k += 1
        if k > 5:
            break
    return np.sum(x)


@program((X, 0.1, 4), (X, 0.1, 0), wrt=(0, 1))
def explicit_steps(u, dt, steps):
    for _ in range(steps):
        u[1:-1] = u[1:-1] - dt * u[1:-1] * (u[2:] - u[:-2]) + dt * u[2:] * u[:-2]
        u[0] = u[1] * u[2]
    return np.sum(u * u)


@program((X, Y, 0.1, 4), (X, Y, 0.1, 1), wrt=(0, 1))
def swapped_buffers(u, v, dt, steps):
    for _ in range(steps):
        v[1:-1] = u[1:-1] - dt * u[1:-1] * (u[2:] - u[:-2]) * v[1:-1]
        u, v = v, u
    return np.sum(u * u) + np.sum(v)


@program((SPD,))
def cholesky_in_place(a):
    n = a.shape[0]
    for i in range(n):
        for j in range(i):
            for k in range(j):
                a[i, j] -= a[i, k] * a[j, k]
            a[i, j] /= a[j, j]
        for k in range(i):
            a[i, i] -= a[i, k] * a[i, k]
        a[i, i] = np.sqrt(a[i, i])
    return np.sum(a**3)


@program((SPD,))
def lu_in_place(a):
    n = a.shape[0]
    for i in range(n):
        for j in range(i):
            for k in range(j):
                a[i, j] -= a[i, k] * a[k, j]
            a[i, j] /= a[j, j]
        for j in range(i, n):
            for k in range(i):
                a[i, j] -= a[i, k] * a[k, j]
    return np.sum(a**3)


@program((normal(5, 3),))
def gram_schmidt_in_place(a):
    q, r = np.zeros_like(a), np.zeros((a.shape[1], a.shape[1]))
    for k in range(a.shape[1]):
        r[k, k] = np.sqrt(np.sum(a[:, k] ** 2))
        q[:, k] = a[:, k] / r[k, k]
        for j in range(k + 1, a.shape[1]):
            r[k, j] = np.sum(q[:, k] * a[:, j])
            a[:, j] -= q[:, k] * r[k, j]
    return np.sum(q[0] ** 3) + np.sum(r * r)


@program((P, 2), has_aux=True)
def handed_out_as_well(x, sweeps):
    for _ in range(sweeps):
        for i in range(1, len(x) - 1):
            x[i] = x[i - 1] * x[i] * x[i + 1]
    return np.sum(x * x), x


@program((P, 2))
def written_between_loops_and_after(x, sweeps):
    first = 0.0
    for _ in range(sweeps):
        for i in range(1, len(x) - 1):
            x[i] = 0.3 * x[i - 1] * x[i] * x[i + 1]
    first += np.sum(x**3)
    x[2] = x[1] * x[3]
    for _ in range(sweeps):
        for i in range(len(x) - 2, 0, -1):
            x[i] = 0.3 * x[i - 1] * x[i] + 0.1 * np.tanh(x[i + 1] * x[i])
    x[3] = 0.5
    x *= 2.0
    return first + np.sum(x * x)


@program((P, 2))
def other_names(x, sweeps):
    y = x
    for _ in range(sweeps):
        row = y[1:]
        for i in range(1, len(y) - 1):
            row[i] = x[i - 1] * y[i] * row[i - 1] * x[i + 1]
    return np.sum(x * y)


@program((A, 2))
def through_rows(a, sweeps):
    for _ in range(sweeps):
        for i in range(1, a.shape[0]):
            row, above = a[i], a[i - 1]
            for j in range(1, len(row)):
                row[j] = row[j] * above[j] * row[j - 1] + above[j - 1] * row[j]
    return np.sum(a * a)


@program((P, Y), wrt=(0, 1))
def a_table_that_does_not_vary(x, w):
    table = np.ones(7)
    for _ in range(3):
        for i in range(1, 6):
            table[i] = table[i - 1] + table[i] * table[i + 1]
            x[i] = x[i] * w[i] * table[i] + table[i - 1] * x[i - 1] * w[i - 1]
    return np.sum(x)


@program((P, np.array([0, 2, 2, 5])))
def several_at_once(x, where):
    for k in range(1, 4):
        x[where] = x[where - 1] * x[where] * x[k]
        x[x > 1.0] *= x[k]
        x[:k] = x[k] * x[:k] ** 2
    return np.sum(x**2)


@program((P, 2), (P, 0))
def new_in_each_trip(x, sweeps):
    s = 0.0
    for t in range(sweeps):
        y = x * (t + 1.0)
        for i in range(1, len(y) - 1):
            y[i] = y[i - 1] * y[i] * y[i + 1]
        s += np.sum(y * y)
    return s


def relax(x, k):
    y = x.copy()
    for i in range(1, len(y) - 1):
        for _ in range(k):
            y[i] = np.cos(y[i - 1] * y[i] * y[i + 1]) + 0.1 * y[i] ** 2
    return y


@program((P, 2))
def in_a_function_that_is_called(x, k):
    for _ in range(2):
        x = relax(x, k) * 0.5
    return np.sum(x * relax(x, 1))


@program((positive(7, dtype=np.float32), 2), tol=5e-2)
def single_precision(x, sweeps):
    for _ in range(sweeps):
        for i in range(1, len(x) - 1):
            x[i] = x[i - 1] * x[i] * 0.5 + x[i + 1] * x[i]
    return np.sum(x)


@program((P, 2))
def read_before_and_after(x, sweeps):
    s = 0.0
    for _ in range(sweeps):
        for i in range(1, len(x) - 1):
            old = x[i]
            x[i] = old * x[i - 1] * x[i + 1]
            s += old * x[i] * x[i - 1]
            x[i - 1] = old * s * 0.1
    return s + np.sum(x)
