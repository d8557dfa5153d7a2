"""Loops whose gradient costs what the loop costs: a constant factor, whatever the number of trips."""

import numpy as np


def recurrence(x, k):
    """A nonlinear recurrence, element by element in place."""
    for i in range(1, len(x)):
        x[i] = x[i] + k * np.sin(x[i - 1])
    return np.sum(x * x)


def conditional_recurrence(x, k):
    """Updates under a condition that depends on the data."""
    for i in range(1, len(x)):
        if x[i] > 0.0:
            x[i] = x[i] * x[i - 1] + k
        else:
            x[i - 1] = k * x[i]
    return np.sum(x * x)


def gauss_seidel(a, k):
    """Three sweeps over a square grid, in place: linear, so nothing is saved."""
    n = a.shape[0]
    for _ in range(3):
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                a[i, j] = k * (a[i - 1, j] + a[i, j - 1] + a[i, j] + a[i, j + 1] + a[i + 1, j])
    return np.sum(a * a)


def rows(a, k):
    """Elements of the rows of a matrix, through views."""
    for row in a:
        for j in range(1, len(row)):
            row[j] = row[j] * k + np.tanh(row[j - 1])
    return np.sum(a * a)


def rnn(xs, k):
    """A small recurrent network over many steps."""
    w = np.eye(4) * k + 0.1
    h = np.zeros(4)
    for x in xs:
        h = np.tanh(w @ h + x)
    return np.sum(h * h)


def arguments(name, n):
    """Arguments of size `n`: so many elements, or steps."""
    rng = np.random.default_rng(n)
    if name in ("gauss_seidel", "rows"):
        side = max(3, round(n**0.5))
        return rng.normal(size=(side, side)), 0.2
    if name == "rnn":
        return rng.normal(size=(n, 4)), 0.2
    return rng.normal(size=n), 0.2
