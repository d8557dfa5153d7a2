"""Hostile points: where naive adjoints overflow, divide by zero or multiply zero by infinity."""

import numpy as np
from support.corpus import Programs, normal

program = Programs()


@program((np.array([-2.0, 0.0, 1.0, 800.0]),))
def where_guards_a_log(x):
    safe = np.where(x > 0, x, 1.0)
    return np.sum(np.where(x > 0.5, np.log(safe), 0.0))


@program((np.array([1.0, -2.0, 4.0]),))
def where_guards_a_square_root(x):
    return np.sum(np.where(x > 0, np.sqrt(np.where(x > 0, x, 1.0)), x))


@program((np.array([-800.0, -1.0, 0.0, 1.0, 800.0]),), (-800.0,), xfail="the gradient is NaN where exp overflows")
@program((800.0,), (np.array([-1.0, 0.0, 800.0]),))
def sigmoid_of_large_arguments(z):
    return np.sum(1 / (1 + np.exp(-z)))


@program((np.array([-800.0, -1.0, 0.0, 1.0, 800.0]),))
def tanh_of_large_arguments(z):
    return np.sum(np.tanh(z) * 2)


@program((np.array([[1000.0, 0.0, -1000.0], [3.0, 3.0, 3.5]]),))
def softmax_of_large_arguments(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return np.sum(p * np.array([1.0, 2.0, 3.0]))


@program((np.array([1e-300, 1.0]),), (np.array([1e100, 1.0]),))
def logaddexp_of_far_arguments(x):
    return np.sum(np.logaddexp(x / 1e100, -x / 1e100))


@program((np.array([3.0, 4.0, 0.0]),))
def a_norm_with_a_zero_component(x):
    return np.sqrt(np.sum(x * x)) + np.hypot(x[0], x[2] + 1)


@program((0.0, 3), (0.0, 1), (0.0, 2))
def powers_at_zero(x, n):
    return x**n + (x + 1) ** n


@program((np.array([0.0, 1.0, -2.0]),))
def squares_at_zero(x):
    return np.sum(x**2 + x**3.0)


@program((np.array([0.0, 2.0]),))
def product_with_zeros(x):
    return np.prod(x + np.array([0.0, 1.0])) + x[0] * x[1]


@program((np.array([1e8, 1e8 + 1, 1e8 + 2]),), tol=1e-4)
def variance_far_from_zero(x):
    return np.var(x)


@program((1e-8,), (0.5,))
def expm1_and_log1p_near_zero(x):
    return np.expm1(x) / x + np.log1p(x)


@program((normal(4) * 100,))
def log_cosh(x):
    a = np.abs(x)
    return np.sum(a + np.log1p(np.exp(-2 * a)) - np.log(2.0))


@program((np.array([2.0, 2.0, 1.0]) + np.array([1e-3, 0.0, 0.0]),))
def nearly_tied_maximum(x):
    return np.max(x) * 2 + np.maximum(x, x[::-1] + 0.0005)[0]


@program((np.array([1.0, 2.0]), np.array([0.0, 1.0])), wrt=(0,))
def xlogy_by_hand(p, q):
    return np.sum(np.where(q > 0, q * np.log(p), 0.0))


@program((np.zeros(3), normal(3)), (normal(3), np.zeros(3)), wrt=(0, 1))
def distances_that_are_zero_and_masked(p, q):
    r = np.sqrt((p[:, None] - p[None]) ** 2 + (q[:, None] - q[None]) ** 2)
    r[r > 0] = 1.0 / r[r > 0]
    return np.sum(np.triu(r, 1))


@program(
    (np.array([0.0, 4.0, 9.0]), np.array([0.0, 1.0, 2.0])),
    wrt=(0,),
    smooth=lambda x, w: np.sum(w * (2 * np.sqrt(np.abs(x)) + np.cbrt(x))),
)
def roots_of_zero_that_are_weighted_by_zero(x, w):
    return np.sum(w * np.sqrt(x)) + np.sum(w * x**0.5) + np.sum(w * np.cbrt(x))


@program(
    (np.array([1.0, 0.3, -1.0]), np.array([0.0, 1.0, 0.0])),
    wrt=(0,),
    smooth=lambda x, w: np.sum(w * np.pi / 2),
)
def angles_at_the_ends_that_are_weighted_by_zero(x, w):
    return np.sum(w * np.arccos(x)) + np.sum(w * np.arcsin(x))


@program((np.zeros(3), 0.0), wrt=(0, 1))
def norms_at_zero(x, y):
    return np.sqrt(np.sum(x**2)) + np.sqrt(np.sum(x * x) / 3 + y * y) + np.sum(x * x) ** 0.5


@program((np.array([1e-30, 2.0]),), (np.array([0.0, 0.0]),))
def roots_that_cannot_be_zero(x):
    return np.sum(np.sqrt(x * x + 1e-3)) + np.sqrt(np.var(x) + 1.0)
