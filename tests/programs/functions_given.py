"""Functions that are given to SciPy, beside everything else: writes before and after, loops, comprehensions, tables."""

import math

import numpy as np
from support.corpus import Programs, normal, positive

try:
    from scipy.integrate import odeint, quad, solve_ivp
    from scipy.optimize import brentq
except ImportError:  # SciPy is optional
    quad = None

program = Programs()


@program((positive(3), 0.7), wrt=(0, 1), tol=1e-5)
def written_before_and_after(x, k):
    y = x * 2
    y[0] = k * x[1]
    area = quad(lambda t: np.sum(y * t) * y[0], 0, k)[0]
    y[1] = area
    y *= 2.0
    return np.sum(y) * area


@program((positive(2), 0.7), wrt=(0, 1), tol=1e-5)
def starts_that_are_overwritten(x, k):
    state = x * 1.0
    end = odeint(lambda y, t: -k * y * state[1], state, [0.0, 1.0], rtol=1e-11, atol=1e-11)[-1]
    state[:] = end * x
    end[0] = 0.0
    return np.sum(state) + np.sum(end)


@program((positive(4), 0.3), wrt=(0, 1), tol=1e-5)
def rows_of_a_path(x, k):
    path = np.zeros((4, 2))
    path[0] = x[:2]
    for i in range(3):
        rate = x[i] * k
        path[i + 1] = odeint(lambda y, t: [-rate * y[0], y[0] - y[1]], path[i], [0.0, 0.5], rtol=1e-11, atol=1e-11)[-1]
    return np.sum(path**2)


@program((positive(3), 0.7), wrt=(0, 1))
def in_a_comprehension(limits, k):
    areas = [quad(lambda t: math.exp(-k * t), 0, b)[0] for b in limits]
    return np.sum(np.array(areas) ** 2)


@program((positive(3), 0.7), wrt=(0, 1))
def vectorized(limits, k):
    area = np.vectorize(lambda b: quad(lambda t: math.exp(-k * t), 0, b)[0])
    return np.sum(area(limits) ** 2)


def area_of(f, a, b):
    return quad(f, a, b)[0]


def twice(f):
    return lambda t: f(f(t))


@program((0.4, 0.7), wrt=(0, 1))
def functions_handed_on(a, b):
    table = {"line": lambda t: a * t, "wave": lambda t: math.sin(b * t)}
    total = 0.0
    for name in ("line", "wave"):
        total += area_of(table[name], 0, b) * area_of(twice(table[name]), a, 1)
    return total


@program((0.4, 3.0), wrt=(0, 1), tol=1e-5)
def late_binding(a, b):
    k = a
    f = lambda t: k * t * t
    k = b * a
    return quad(f, 0, 1)[0]


@program((1.2,), (0.8,), tol=1e-5)
def until_it_is_small(a):
    b, count = 4.0, 0
    while quad(lambda t: a * math.exp(-t), b, np.inf)[0] < 0.2:
        b = b * 0.7
        count += 1
    return b * quad(lambda t: a * math.exp(-t), b, np.inf)[0]


@program((0.9, 0.5), wrt=(0, 1), tol=1e-5)
def shooting(target, k):
    """A boundary value problem: the slope at the start with which the solution ends where it should."""

    def miss(slope):
        sol = solve_ivp(lambda t, y: [y[1], -k * y[0]], (0.0, 1.0), [0.0, slope], t_eval=[1.0], rtol=1e-11, atol=1e-11)
        return sol.y[0, 0] - target

    return brentq(miss, 0.1, 5.0, xtol=1e-13)


@program((normal(3), 0.5), wrt=(0, 1), has_aux=True)
def values_beside(x, b):
    area, error = quad(lambda t: np.sum(np.cos(x * t)), 0, b)
    return area, {"error": error, "count": len(x)}


@program((positive(3),), tol=1e-5)
def a_container_of_parameters(x):
    model = {"rates": [x[0], x[1]], "inflow": x[2]}

    def rhs(t, y, model):
        first, second = model["rates"]
        return [model["inflow"] - first * y[0], first * y[0] - second * y[1]]

    sol = solve_ivp(rhs, (0, 2), np.zeros(2), t_eval=[1, 2], args=(model,), rtol=1e-11, atol=1e-11)
    return np.sum(sol.y)


if quad is None:
    program.rows.clear()
