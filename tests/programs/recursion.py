"""Recursion: over a count, over a structure, mutual, with arrays."""

import numpy as np
from support.corpus import Programs, normal

program = Programs()


@program((1.3, 11), (1.3, 0), (1.3, 1), (1.3, 8))
def power(x, n):
    if n == 0:
        return 1.0
    half = power(x, n // 2)
    if n % 2 == 0:
        return half * half
    return x * half * half


def is_even(n, x):
    return x if n == 0 else is_odd(n - 1, x * 1.5)


def is_odd(n, x):
    return -x * x if n == 0 else is_even(n - 1, x + 1.0)


@program((4, 2.0), (5, 2.0), wrt=(1,))
def mutual(n, x):
    return is_even(n, x)


def chebyshev(n, x):
    if n == 0:
        return 1.0
    if n == 1:
        return x
    return 2 * x * chebyshev(n - 1, x) - chebyshev(n - 2, x)


@program((5, 0.3), (0, 0.3), (1, 0.3), wrt=(1,))
def two_recursive_calls(n, x):
    return chebyshev(n, x)


def forward(layers, x):
    if not layers:
        return x
    return forward(layers[1:], np.tanh(x @ layers[0]))


@program(([normal(3, 4), normal(4, 2), normal(2, 2)], normal(5, 3)), wrt=(0, 1))
def over_a_list(layers, x):
    return np.sum(forward(layers, x) ** 2)


def total(tree):
    if isinstance(tree, dict):
        return sum(total(v) for v in tree.values())
    if isinstance(tree, (list, tuple)):
        return sum(total(v) for v in tree)
    return np.sum(tree * tree)


@program(({"a": normal(2, 3), "b": [normal(4), {"c": 2.0}], "d": (1.5, normal(1))},))
def over_a_tree(tree):
    return total(tree)


@program((0.7, 3), (0.7, 0))
def a_recursive_local_function(x, n):
    def fall(k):
        return x if k <= 0 else fall(k - 1) * x

    return fall(n)


def halve(x):
    if x < 1:
        return x * x
    return halve(x / 2) * 1.1


@program((0.5,), (1.5,), (13.0,))
def until_a_condition_on_the_argument(x):
    return halve(x)


def smooth(v, n):
    if n == 0:
        return v
    return smooth(0.5 * v + 0.5 * np.sin(v), n - 1)


@program((normal(4), 3), (normal(4), 0))
def of_an_array(v, n):
    return np.sum(smooth(v, n) ** 2)


def compound(balance, rate, years):
    if years == 0:
        return balance
    return compound(balance * (1 + rate), rate, years - 1)


@program((100.0, 0.03, 5), wrt=(0, 1))
def compound_interest(balance, rate, years):
    return compound(balance, rate, years)


def newton(x, a, steps):
    if steps == 0:
        return x
    return newton(0.5 * (x + a / x), a, steps - 1)


@program((2.0,), (7.3,))
def square_root_by_newton(a):
    return newton(a, a, 6)


@program((normal(8),))
def pairwise_sum(v):
    if len(v) == 1:
        return v[0] * v[0]
    return pairwise_sum(v[:4]) if len(v) == 8 else np.sum(v * 3)
