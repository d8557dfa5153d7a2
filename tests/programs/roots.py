"""scipy.optimize's roots: orbits, yields, equilibria, implicit steps, crossings."""

import math

import numpy as np
from support.corpus import Programs, normal, positive

try:
    from scipy import optimize
    from scipy.integrate import quad
    from scipy.optimize import brentq, fsolve, newton
except ImportError:  # SciPy is optional
    optimize = None

program = Programs()


@program((0.3, 0.8), wrt=(0, 1))
def kepler(mean_anomaly, eccentricity):
    E = brentq(lambda E: E - eccentricity * math.sin(E) - mean_anomaly, 0.0, math.pi)
    return math.sqrt(1 - eccentricity**2) * math.sin(E)


@program((positive(4), 2.5), wrt=(0, 1), tol=1e-5)
def internal_rate(flows, price):
    years = np.arange(1, len(flows) + 1)
    return newton(lambda r: np.sum(flows / (1 + r) ** years) - price, 0.1, tol=1e-13)


@program((0.7, 2.0), wrt=(0, 1))
def arguments(a, b):
    def f(x, a, b):
        return a * math.exp(x) - b

    return optimize.bisect(f, -5, 5, args=(a, b), xtol=1e-13) ** 2


@program((1.3, 4.0), wrt=(0, 1))
def brackets_that_move(a, b):
    return optimize.root_scalar(lambda x: x**3 - a, bracket=[-a, b]).root * optimize.ridder(np.cos, 0.0, b / 2)


@program((np.array([2.0, 0.5]), np.array([[0.0, 0.5], [0.3, 1.0]])), wrt=(0, 1))
def several_equations(c, A):
    x, y = fsolve(lambda v: [v[0] ** 2 + v[1] - c[0], A[0, 1] * v[0] - v[1] ** 3 + c[1]], [1.0, 1.0], xtol=1e-11)
    return x * y**2


@program((np.array([2.0, 0.5, 0.1]), positive(3, 3)), wrt=(0, 1))
def equilibrium(load, K):
    def residual(u, load):
        return K @ K.T @ u + u + np.sin(u) - load

    sol = optimize.root(residual, np.zeros(3), args=(load,), tol=1e-13)
    return sol.x @ sol.x


@program((positive(3), 0.2), wrt=(0, 1), tol=1e-5)
def implicit_steps(rates, y):
    for k in range(len(rates)):
        before = y
        y = newton(lambda new: new - before + 0.1 * rates[k] * new**3, before, tol=1e-13)
    return y


@program((0.8,))
def where_an_integral_is(level):
    return brentq(lambda b: quad(lambda t: np.exp(-t * t), 0, b, epsabs=1e-13)[0] - level, 0.0, 3.0)


@program((0.5, 2.0), (2.0, 0.5), wrt=(0, 1))
def under_a_condition(a, b):
    if a < b:
        return brentq(lambda x: math.tanh(x) - a / b, -3.0, 3.0)
    return fsolve(lambda x: x * x - a * b, 0.7, xtol=1e-11)[0]


@program((np.float64(0.4), np.float32(1.5)), wrt=(0, 1), tol=1e-3)
def numpy_numbers(a, b):
    return newton(lambda x: x * x * x + a * x - b, b)


@program((normal(3),))
def nothing_to_solve_for(c):
    return brentq(lambda x: x - 0.5, 0, 1) + np.sum(c)


if optimize is None:
    program.rows.clear()
