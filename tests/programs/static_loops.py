"""Loops over known structures and counts: unrolled."""

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()
X, V = normal(5, 3), normal(3)


@program((2.0, 3), (2.0, 0), (2.0, 1))
def an_int_parameter_counts(x, n):
    y = 1.0
    for k in range(n):
        y = y * x + k
    return y


@program(([normal(3, 4), normal(4, 4), normal(4, 1)], X))
def a_list_of_layers(ws, x):
    for k, w in enumerate(ws):
        x = x @ w
        if k < len(ws) - 1:
            x = np.maximum(x, 0.1 * x)
    return np.mean(x**2)


@program(([1.0, 2.0, 3.0],))
def continue_break_else(xs):
    total = 0.0
    for k, x in enumerate(xs):
        if k == 1:
            continue
        total = total + x * k
    else:
        total = total * 2
    for x, y in zip(xs, reversed(xs)):
        total = total + x * y
        if len(xs) > 2:
            break
    else:
        total = 0.0
    return total * x


@program((0.7,), (V,))
def euler_steps(x):
    h = 0.1
    for _ in range(4):
        x = x + h * (np.sin(x) - x)
    return np.sum(x * x)


@program((positive(3), positive(3, seed=1)), wrt=(0, 1))
def runge_kutta(y, k):
    f = lambda y: -k * y * y
    h = 0.05
    for _ in range(2):
        k1 = f(y)
        k2 = f(y + h / 2 * k1)
        k3 = f(y + h / 2 * k2)
        k4 = f(y + h * k3)
        y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return np.sum(y)


@program((np.array([0.2, -0.4, 0.6]),))
def horner(c):
    x = 1.3
    total = 0.0
    for k in reversed(range(3)):
        total = total * x + c[k]
    return total * total


@program((0.9, (("sin", 2.0), ("cos", 3.0), ("exp", 0.5))), wrt=(0,))
def a_table_of_names(x, terms):
    functions = {"sin": np.sin, "cos": np.cos, "exp": np.exp}
    return sum(weight * functions[name](x) for name, weight in terms)


@program((2.3,), (-2.3,))
def a_branch_in_a_loop(x):
    y = x
    for k in range(3):
        if y > k:
            y = y * 0.5
        else:
            y = y + 1.5 * x
    return y


@program((normal(4, 4), V[:1]), wrt=(0,))
def rows_by_a_constant_range(a, v):
    total = 0.0
    for i in range(4):
        for j in range(i):
            total = total + a[i, j] * a[j, i] * (i + j)
    return total


@program((X, 2), (X, 0), wrt=(0,))
def repeated_smoothing(x, times):
    for _ in range(times):
        x = 0.5 * x + 0.25 * (np.concatenate([x[1:], x[:1]]) + np.concatenate([x[-1:], x[:-1]]))
    return np.sum(x**3)


@program(([positive(2), positive(2, seed=1)], [0.3, 0.7]), wrt=(0, 1))
def zip_of_two_parameters(means, weights):
    total = 0.0
    for m, w in zip(means, weights, strict=True):
        total = total + w * np.log(m)
    return np.sum(total)
