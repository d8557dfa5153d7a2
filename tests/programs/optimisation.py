"""Optimisation and numerical analysis as it is written: solvers, line searches, quadrature, test functions."""

import math
from collections.abc import Callable
from functools import partial

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()


@program((normal(5),), (normal(2),))
def rosenbrock(x):
    total = 0.0
    for i in range(len(x) - 1):
        total += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2
    return total


@program((normal(3),))
def rastrigin(x, A=10):
    n = len(x)
    return A * n + sum([xi**2 - A * np.cos(2 * math.pi * xi) for xi in x])


def newton(f: Callable, df: Callable, x0: float, tol: float = 1e-12, max_iter: int = 50) -> float:
    x = x0
    for _ in range(max_iter):
        fx = f(x)
        if abs(fx) < tol:
            return x
        x = x - fx / df(x)
    return x


@program((2.0, 0.3), wrt=(0, 1))
def root_by_newton(a, b):
    f = lambda x: x**3 + b * x - a
    df = lambda x: 3 * x**2 + b
    return newton(f, df, 1.0)


@program((0.3, 0.8), wrt=(0, 1))
def kepler_equation(mean_anomaly, eccentricity):
    E = mean_anomaly
    delta = 1.0
    iterations = 0
    while abs(delta) > 1e-13 and iterations < 100:
        delta = (E - eccentricity * math.sin(E) - mean_anomaly) / (1 - eccentricity * math.cos(E))
        E -= delta
        iterations += 1
    return math.sqrt(1 - eccentricity**2) * math.sin(E)


@program((3.0, 1.5), wrt=(0, 1))
def secant(a, b):
    def f(x):
        return math.exp(b * x) - a

    x0, x1 = 0.0, 1.0
    for _ in range(30):
        f0, f1 = f(x0), f(x1)
        if f1 == f0 or abs(f1) < 1e-14:
            break
        x0, x1 = x1, x1 - f1 * (x1 - x0) / (f1 - f0)
    return x1


@program((normal(4), normal(4, 4)), wrt=(0, 1))
def conjugate_gradient(b, M):
    A = M @ M.T + 4 * np.eye(4)
    x = np.zeros_like(b)
    r = b - A @ x
    p = r.copy()
    rs = r @ r
    for i in range(len(b)):
        Ap = A @ p
        alpha = rs / (p @ Ap)
        x += alpha * p
        r -= alpha * Ap
        rs_new = r @ r
        if np.sqrt(rs_new) < 1e-9:
            break
        p = r + (rs_new / rs) * p
        rs = rs_new
    return x.sum()


@program((normal(3),))
def backtracking_descent(x0):
    def f(x):
        return np.sum((x - 1) ** 2) + 0.5 * np.sum(x**4)

    def gradient(x):
        return 2 * (x - 1) + 2 * x**3

    x = x0
    for _ in range(4):
        g = gradient(x)
        step = 1.0
        while f(x - step * g) > f(x) - 0.3 * step * np.dot(g, g):
            step *= 0.5
        x = x - step * g
    return f(x)


def simpson(f, a, b, n=20):
    """Composite Simpson rule."""
    if n % 2:
        raise ValueError("n must be even")
    h = (b - a) / n
    s = f(a) + f(b)
    for i in range(1, n):
        s += f(a + i * h) * (4 if i % 2 else 2)
    return s * h / 3


@program((0.5, 2.0), wrt=(0, 1))
def integral_with_parameters(lower, frequency):
    def integrand(x, w):
        return math.exp(-x) * math.sin(w * x)

    return simpson(partial(integrand, w=frequency), lower, 3.0)


@program((normal(6), 0.3), wrt=(0, 1))
def lagrange_interpolation(values, x):
    nodes = [math.cos((2 * k + 1) * math.pi / 12) for k in range(6)]
    result = 0.0
    for j, (xj, yj) in enumerate(zip(nodes, values)):
        basis = 1.0
        for m, xm in enumerate(nodes):
            if m != j:
                basis *= (x - xm) / (xj - xm)
        result += yj * basis
    return result


@program((0.7, normal(5)), wrt=(0, 1))
def horner_and_derivative(x, coefficients):
    p, dp = 0.0, 0.0
    for c in reversed(coefficients):
        dp = dp * x + p
        p = p * x + c
    return p * dp


@program((positive(3), 1.7), wrt=(0, 1))
def penalty_method(x, mu):
    constraints = [lambda v: v[0] + v[1] - 1, lambda v: v[2] - v[0] * 2]
    objective = float(np.sum(x**2))
    violation = 0.0
    for g in constraints:
        value = g(x)
        violation += max(0.0, value) ** 2
    return objective + 0.5 * mu * violation


@program((positive(4), positive(4, seed=7)), wrt=(0, 1))
def sinkhorn(a, b, reg=0.5, n_iter=20):
    a, b = a / a.sum(), b / b.sum()
    x = np.arange(4.0)
    cost = (x[:, None] - x[None, :]) ** 2 / 4
    K = np.exp(-cost / reg)
    u = np.ones_like(a)
    for _ in range(n_iter):
        v = b / (K.T @ u)
        u = a / (K @ v)
    plan = np.diag(u) @ K @ np.diag(v)
    return np.sum(plan * cost)


@program((2.0, 5.0), (10.0, 3.0), wrt=(0, 1))
def agm(a, b):
    """Arithmetic-geometric mean."""
    while abs(a - b) > 1e-12 * a:
        a, b = (a + b) / 2, math.sqrt(a * b)
    return a


@program((0.4, 0.9), wrt=(0, 1))
def golden_section(a, b):
    """The least value of a function on an interval."""
    f = lambda t: (t - a) ** 2 * b + math.cos(t)
    lo, hi = -1.0, 1.5
    phi = (math.sqrt(5) - 1) / 2
    x1, x2 = hi - phi * (hi - lo), lo + phi * (hi - lo)
    f1, f2 = f(x1), f(x2)
    for k in range(40):
        if f1 < f2:
            hi, x2, f2 = x2, x1, f1
            x1 = hi - phi * (hi - lo)
            f1 = f(x1)
        else:
            lo, x1, f1 = x1, x2, f2
            x2 = lo + phi * (hi - lo)
            f2 = f(x2)
    return min(f1, f2)
