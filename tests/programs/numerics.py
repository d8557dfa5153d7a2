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


@program((np.array([-800.0, -1.0, 0.0, 1.0, 800.0]),), (-800.0,), (800.0,), (np.array([-1.0, 0.0, 800.0]),))
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


def sigmoid(x):
    return np.exp(-np.logaddexp(0.0, -x))


FAR = np.array([-1000.0, -800.0, -400.0, -40.0, -1.0, 0.0, 1.0, 40.0, 400.0])


@program((FAR,), (FAR.astype(np.float32),), smooth=lambda x: np.sum(sigmoid(x)))
def sigmoids_in_many_spellings(x):
    e = np.exp(-x)
    return np.sum((1.0 + e) ** -1) / 2 + np.sum(np.reciprocal(e + 1)) / 4 + np.sum(1 - 1 / (1 + np.exp(x))) / 4


@program((FAR,), smooth=lambda x: np.sum(np.logaddexp(0.0, x)) + np.sum(np.logaddexp(x, -x)))
def softplus_in_many_spellings(x):
    half = np.sum(np.log(1 + np.exp(x))) + np.sum(np.log1p(np.exp(x)))
    return half / 2 + np.sum(np.where(x > 30, np.abs(x), np.log(np.exp(x) + np.exp(-x))))


@program((FAR,), smooth=lambda x: np.sum(sigmoid(x)))
def a_sigmoid_chosen_by_sign(x):
    return np.sum(np.where(x >= 0, 1 / (1 + np.exp(-x)), np.exp(x) / (1 + np.exp(x))))


@program((np.array([[1.0, 2.0], [3.0, 600.0]]),), smooth=lambda x: np.sum(np.logaddexp(x[:, 0], x[:, 1])))
def log_sum_exp_as_it_stands(x):
    return np.sum(np.log(np.sum(np.exp(x), axis=1)))


@program((np.array([1.0, np.nan, 2.0]),), smooth=lambda x: np.nansum(x * x))
def not_a_number_is_masked(x):
    return np.sum(np.where(np.isnan(x), 0.0, x * x))


@program((np.array([1000.0, -1.0, 2.0]),))
def an_exponential_that_overflows_is_masked(x):
    return np.sum(np.where(x > 100, x, np.exp(np.minimum(x, 700.0)) + np.exp(x) * x))


@program((np.zeros(3),), smooth=lambda x: 0.0 * np.sum(x))
def norms_at_zero_in_a_loop(x):
    total = 0.0
    for i in range(3):
        total += np.sqrt(np.sum((x - i * 0.0) ** 2))
    return total


@program((np.array([-900.0, 0.0, 3.0, 500.0]),))
def sigmoids_in_a_loop(x):
    h = x
    for _ in range(3):
        h = h / (1 + np.exp(-h)) + 0.1 * np.log(1 + np.exp(h))
    return np.sum(h)


@program((0.0, 0.5), (-2.0, 0.5), wrt=(0, 1))
def powers_of_zero_and_of_negative_numbers(x, y):
    v = np.array([x, x])
    return np.sum(v**0 + v**1 + v**2 + v**3) + np.sum(v ** np.array([2.0, 3.0])) + y * x**2
