"""Closures: late binding, captured arrays and parameters, functions that make functions."""

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()
V = normal(4)


def make_quadratic(a, b):
    def f(x):
        return np.sum(x * a * x) + np.sum(b * x)

    return f


program((normal(3),))(make_quadratic(2.0, 1.0))
program((normal(3),), (1.3,))(make_quadratic(positive(3), np.ones(3)))
program((normal(3),))(make_quadratic(2, -1))


@program((3.0,))
def a_local_variable(x):
    k = 2.0

    def scale(v, by=k):
        return v * by + k + offset

    offset = x * 10
    k = 5.0
    return scale(x) + scale(1.0, by=x)


@program((3.0,))
def late_binding(x):
    fs = [lambda v: v + k for k in range(3)]
    return sum(f(x) * f(x) for f in fs)


@program((3.0,))
def binding_by_default(x):
    fs = [lambda v, k=k: v**k for k in range(3)]
    return sum(f(x) for f in fs)


@program((3.0,), (V,))
def functions_that_make_functions(x):
    def make(power):
        def apply(v):
            return v**power * x

        return apply

    square, cube = make(2), make(3)
    return np.sum(square(x) + cube(2.0))


def compose(f, g):
    return lambda x: f(g(x))


@program((0.5,), (V,))
def composition(x):
    f = compose(np.sin, lambda v: v * v)
    table = {"tanh": np.tanh, "exp": lambda t: np.exp(t) * x}
    return np.sum(f(x) + table["tanh"](x) * table["exp"](x))


@program((0.5, V), wrt=(0, 1))
def captures_a_parameter(k, v):
    def model(w):
        return k * w * w

    def loss(w):
        return np.sum(model(w)) + k

    return loss(v) * loss(2 * v)


@program((0.3, 2.0), (-0.3, 2.0), wrt=(0, 1))
def chosen_at_run_time(x, k):
    def f(t):
        return t * k if x > 0 else t * t

    return f(x) + f(k)


def gaussian(mu, sigma):
    return lambda x: np.exp(-0.5 * ((x - mu) / sigma) ** 2) / sigma


@program((0.2, 1.1, positive(4)), wrt=(0, 1, 2))
def a_density_as_a_closure(mu, sigma, x):
    density = gaussian(mu, sigma)
    return -np.sum(np.log(density(x) + 0.5 * density(0.0)))


def polynomial(*coefficients):
    def p(x):
        total = 0.0
        for c in reversed(coefficients):
            total = total * x + c
        return total

    return p


program((0.7,))(polynomial(1.0, -2.0, 0.5, 3.0))


@program((0.7, 0.2), wrt=(0, 1))
def variadic_closure(x, c):
    return polynomial(c, 1.0, c * c)(x)


@program((2.0,))
def a_counter_in_a_list(x):
    calls = [0]

    def f(t):
        calls[0] += 1
        return t * calls[0]

    return f(x) + f(x) * f(x * x)


@program((2.0, 3.0), wrt=(0, 1))
def reassigned_after_definition(x, y):
    f = lambda: x * y
    x = x * x
    return f() + x
