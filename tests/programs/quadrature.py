"""scipy.integrate of functions: areas, moments, transforms, lengths of curves, expected values."""

import math
from functools import partial

import numpy as np
from support.corpus import Programs, normal, positive

try:
    from scipy import integrate
    from scipy.integrate import quad, quad_vec
    from scipy.stats import norm
except ImportError:  # SciPy is optional
    integrate = None

program = Programs()


@program((1.3,))
def one_parameter(k):
    return quad(lambda t: np.exp(-k * t), 0, 2)[0]


@program((0.2, 1.7), (1.7, 0.2), (0.5, 0.5), wrt=(0, 1))
def limits(a, b):
    return quad(np.sin, a, b)[0] ** 2


@program((0.1, 2.0, 1.3), wrt=(0, 1, 2))
def limits_and_a_parameter(a, b, k):
    def integrand(t):
        return np.exp(-k * t) * t**2

    value, error = quad(integrand, a, b)
    return math.log(value)


def damped(t, rate, omega):
    return math.exp(-rate * t) * math.cos(omega * t)


@program((0.7, 2.0), wrt=(0, 1))
def arguments(rate, omega):
    return quad(damped, 0.0, 5.0, args=(rate, omega))[0]


@program((0.7, 2.0), wrt=(0, 1))
def one_argument_alone(rate, omega):
    return quad(lambda t, k: math.exp(-k * t), 0, omega, args=rate)[0]


@program((0.7,))
def to_infinity(rate):
    return quad(damped, 0.0, np.inf, args=(rate, 2.0))[0] + quad(lambda t: np.exp(-rate * t * t), -np.inf, np.inf)[0]


@program((1.5,), (-0.4,))
def from_minus_infinity(b):
    return quad(lambda t: np.exp(-t * t / 2), -np.inf, b)[0]


@program((1.2, 0.3), wrt=(0, 1))
def moments(sigma, mu):
    density = lambda t: math.exp(-0.5 * ((t - mu) / sigma) ** 2)
    mass, _ = quad(density, -10, 10)
    mean = quad(lambda t: t * density(t), -10, 10)[0] / mass
    return quad(lambda t: (t - mean) ** 2 * density(t), -10, 10)[0] / mass


@program((positive(3), normal(3)), wrt=(0, 1))
def arrays_that_are_read(x, w):
    return quad(lambda t: np.sum(w * np.sin(t * x)), 0.0, np.pi)[0] ** 2


@program((positive(3, dtype=np.float32), normal(3)), wrt=(0, 1), tol=1e-3)
def arrays_in_single_precision(x, w):
    return quad(lambda t: np.sum(w * np.sin(t * x)), 0.0, 1.0)[0]


@program((normal(2, 2),))
def a_matrix_that_is_read(A):
    v = np.array([1.0, -1.0])
    return quad(lambda t: v @ (A @ A.T) @ v * math.exp(-t), 0, 1, epsabs=1e-12)[0]


@program((np.zeros(0), 2.0), wrt=(0, 1))
def nothing_that_is_read(x, b):
    return quad(lambda t: np.sum(x * t) + t * t, 0.0, b)[0]


@program((positive(1), 2.0), wrt=(0, 1))
def one_element(x, b):
    return quad(lambda t: x[0] * t**3, 0.0, b)[0]


class Kernel:
    def __init__(self, width, height):
        self.width = width
        self.height = height

    def __call__(self, t):
        return self.height * np.exp(-((t / self.width) ** 2))

    def moment(self, t, order):
        return t**order * self(t)


@program((0.8, 2.0), wrt=(0, 1))
def objects_and_methods(width, height):
    kernel = Kernel(width, height)
    return quad(kernel, -1, 1)[0] + quad(kernel.moment, 0, 1, args=(2,))[0]


@program((0.8, 2.0), wrt=(0, 1))
def partial_functions(rate, omega):
    return quad(partial(damped, omega=omega, rate=rate), 0, 1)[0]


@program((positive(4),))
def a_loop_of_integrals(x):
    total = 0.0
    for k in range(len(x)):
        total += quad(lambda t: np.cos(x[k] * t), 0.0, x[k])[0] * (k + 1)
    return total


@program((positive(3),))
def a_loop_in_the_integrand(c):
    def polynomial(t):
        value = 0.0
        for k in range(len(c)):
            value = value * t + c[k]
        return value

    return quad(polynomial, -1.0, 2.0)[0] ** 2


@program((0.3, 1.2), wrt=(0, 1))
def a_branch_in_the_integrand(a, b):
    def piecewise(t):
        if t < 0.5:
            return a * t * t
        return b * math.sin(t)

    return quad(piecewise, 0, 1, points=[0.5])[0]


@program((0.3,), (2.5,))
def a_branch_on_the_parameter(a):
    def chosen(t):
        if a > 1:
            return a * t * t
        return math.sin(a * t)

    return quad(chosen, 0, 1)[0]


@program((0.3,), (-0.4,))
def kinks_that_move(a):
    return quad(lambda t: max(t - a, 0.0) + abs(t + a) + np.maximum(0.1, t * a), -1, 1, points=[a, -a, 0.1 / a])[0]


@program((0.3, 1.2), wrt=(0, 1))
def under_a_condition(a, b):
    if a < b:
        return quad(lambda t: math.exp(a * t), a, b)[0]
    return a * b


@program((0.7, 1.1), wrt=(0, 1))
def double_integral(a, b):
    inner = lambda y: quad(lambda x: math.exp(-a * x * y), 0, b * y)[0]
    return quad(inner, 0, b)[0]


def helper(t, k):
    values = np.array([math.sin(k * t), math.cos(k * t), k * t])
    total = 0.0
    for value in values:
        total += value * value * value
    return total


@program((0.7,))
def integrand_that_calls(k):
    return quad(lambda t: helper(t, k) + helper(t * t, 2 * k), 0, 1)[0]


@program((0.7, 0.2), wrt=(0, 1))
def integrand_that_is_called_too(k, t):
    f = lambda s: math.exp(-k * s) * s
    return quad(f, 0, t)[0] / f(t)


@program((0.7, 3.0), wrt=(0, 1))
def integrands_that_ignore(a, b):
    return (
        quad(lambda t: 2.0, a, b)[0]
        + quad(lambda t: a, 0, 1)[0] * quad(lambda t: t, 0, 1)[0]
        + quad(lambda t: 1, a, b)[0]
    )


@program((0.7, 0.3), wrt=(0, 1))
def expected_value(mu, strike):
    return quad(lambda t: max(math.exp(t) - strike, 0.0) * norm.pdf(t, mu, 0.5), -4, 5)[0]


@program((np.float64(0.4), np.float32(1.5)), wrt=(0, 1), tol=1e-3)
def numpy_numbers(a, b):
    return quad(lambda t: np.sqrt(t) * a, a, b)[0]


@program((positive(2),))
def the_length_of_a_curve(p):
    a, b = p
    speed = lambda t: math.hypot(a * math.sin(t), b * math.cos(t))
    return quad(speed, 0, 2 * math.pi, epsabs=1e-10, epsrel=1e-10, limit=100)[0]


SCALE = np.array([0.5, 1.5])


@program((0.6,))
def arrays_from_outside(k):
    return quad(lambda t: float(np.sum(SCALE * np.sin(k * t))), 0, 1)[0]


@program((positive(3), 0.5), wrt=(0, 1))
def integral_of_vectors(x, b):
    value, error = quad_vec(lambda t: np.exp(-x * t) * t, 0, b)
    return np.sum(value * np.arange(3)) + quad_vec(lambda t: t * b, 0, 1)[0]


@program((normal(2, 3), normal(3)), wrt=(0, 1))
def integral_of_matrices(A, v):
    value = quad_vec(lambda t: np.outer(A @ v, A[0]) * math.cos(t), 0, 1, epsrel=1e-10, norm="max")[0]
    return np.sum(value**2)


@program((0.2, 1.4, 0.7), wrt=(0, 1, 2))
def gauss(a, b, k):
    value, _ = integrate.fixed_quad(lambda t: np.exp(-k * t) * t, a, b)
    return value + integrate.fixed_quad(np.sin, 0, b, n=3)[0]


@program((positive(3), normal(2, 3)), wrt=(0, 1))
def gauss_with_arguments(x, A):
    def rows(t, x, A):
        return (A @ np.sin(np.outer(x, t))) ** 2

    return np.sum(integrate.fixed_quad(rows, 0.0, x[0], args=(x, A), n=7)[0])


@program((np.float64(0.4),), (0.4,))
def returns_what_it_reads(a):
    return quad(lambda t: a, 0, 2)[0] * a


@program((0.7, 1.1), wrt=(0, 1))
def over_a_triangle(a, b):
    value, _ = integrate.dblquad(lambda y, x: math.exp(-a * x * y), 0, b, 0.0, lambda x: b * x)
    return value**2


@program((0.7, positive(2)), wrt=(0, 1), tol=1e-5)
def over_a_tetrahedron(a, w):
    def density(z, y, x, a):
        return a * x + w[0] * y * z + w[1] * z**2

    return integrate.tplquad(density, 0, a, 0, lambda x: a - x, 0, lambda x, y: a - x - y, args=(a,))[0]


@program((0.7,))
def a_step_that_stays_inside(a):
    return integrate.dblquad(lambda y, x: a * y if y < 0.5 else a * a, 0, 1, 0, lambda x: 0.4 * a * x)[0]


if integrate is None:
    program.rows.clear()
