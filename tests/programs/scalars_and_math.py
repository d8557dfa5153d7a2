"""Python floats, the math module, and the elementwise functions of NumPy."""

import math

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()
P, V = positive(4), normal(4)


@program((0.7, 1.3), wrt=(0, 1))
def math_functions(x, y):
    a = math.exp(x) + math.log(y) * math.sqrt(x + y) - math.sin(x) * math.cos(y) + math.tan(x)
    b = math.atan2(x, y) + math.hypot(x, y) + math.pow(x, y) + math.tanh(x) * math.sinh(y) / math.cosh(x)
    c = math.log1p(x) + math.expm1(y) + math.erf(x) - math.erfc(y) + math.log2(x) * math.log10(y) + math.log(x, 3)
    return a * b + c


@program((0.3, 0.4), wrt=(0, 1))
def inverse_functions(x, y):
    return math.asin(x) * math.acos(y) + math.atan(x) * math.asinh(y) + math.acosh(1 + x) - math.atanh(y)


@program((0.7, 2.3), wrt=(0, 1))
def degrees_radians_fabs(x, y):
    return math.degrees(x) * 0.01 + math.radians(y) + math.fabs(-x) + math.copysign(x, -y) + math.fmod(y, x)


@program((P,), (0.7,), (np.float64(0.7),), (P.astype(np.float32),), tol=1e-4)
def exponentials(x):
    a = np.exp(x) + np.exp2(x) + np.expm1(x)
    b = np.log(x) + np.log2(x) + np.log10(x) + np.log1p(x)
    return np.sum(a * b)


@program((P,), (0.7,), (normal(2, 3),))
def trigonometry(x):
    return np.sum(np.sin(x) * np.cos(x) + np.tan(x / 4) + np.arctan(x) + np.sinc(x))


@program((P / 4,), (0.3,))
def inverse_trigonometry(x):
    return np.sum(np.arcsin(x) + np.arccos(x) + np.arcsinh(x) + np.arccosh(x + 2) * np.arctanh(x))


@program((V,), (-0.7,))
def hyperbolic(x):
    return np.sum(np.sinh(x) + np.cosh(x) * np.tanh(x))


@program((P, positive(4, seed=1)), (0.7, P), (P, 1.3), (0.7, 1.3), wrt=(0, 1))
def two_arguments(x, y):
    a = np.arctan2(x, y) + np.hypot(x, y) + np.power(x, y) + np.logaddexp(x, y)
    return np.sum(a * np.maximum(x, y) - np.minimum(x, y * 2))


@program((V,), (-0.7,))
def absolute_and_sign(x):
    return np.sum(np.abs(x) * np.sign(x) * x + np.fabs(x) + abs(x) ** 3)


@program((P,), (0.7,))
def roots(x):
    return np.sum(np.sqrt(x) + np.cbrt(x) + np.square(x) + np.reciprocal(x) + x**0.5 + x**-1.5 + 2**x + x**3)


@program((V,), (0.7,))
def rounding_has_no_slope(x):
    return np.sum(np.floor(x) * x + np.ceil(x) * x**2 + np.round(x, 1) + np.trunc(x) + np.rint(x))


@program((V, 0.3), (V, P), wrt=(0, 1))
def where_and_clip(x, y):
    a = np.where(x > y, x * y, x - y)
    return np.sum(a * np.clip(x, -0.5, 0.5) + np.clip(x, None, 0.2))


@program((V,), (1.5,))
def where_with_numbers(x):
    return np.sum(np.where(x > 0, x, 0.0) + np.where(x > 0.1, 1.0, x * x))


@program((V, 0.1), wrt=(0, 1))
def leaky_relu(x, slope):
    return np.sum(np.where(x > 0, x, slope * x)) + np.sum(np.maximum(x, slope * x) ** 2)


@program((V,), (0.3,), (normal(2, 3),))
def gelu(x):
    return np.sum(0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))))


@program((V,), (0.3,))
def sigmoid(x):
    s = 1 / (1 + np.exp(-x))
    return np.sum(s * (1 - s) * np.arange(np.size(x)) + s)


@program((V,), (0.3,))
def softplus_and_swish(x):
    return np.sum(np.log1p(np.exp(x)) * x / (1 + np.exp(-x)))


@program((7.3, 2.1), (-7.3, 2.1), (7.3, -2.1), wrt=(0, 1))
def modulo_and_floor_division(x, y):
    return x % y * x + x // y * y + divmod(x, y)[1]


@program((positive(4) * 5, 1.7), wrt=(0, 1))
def modulo_of_arrays(x, y):
    return np.sum(x % y * x + np.mod(x, y) + np.fmod(x, y))


@program((2.5, 3), (2.5, -2), (2.5, 0), (2.5, 1), (-2.5, 3))
def integer_powers(x, n):
    return x**n + x**2 * n


@program((1.7, 2.2), wrt=(0, 1))
def a_power_of_two_floats(x, y):
    return x**y + pow(x, 2) * pow(y, x) + 2**x + x**0.5


@program((P, 2), (P, 3), (P, 2.5), wrt=(0,))
def a_power_of_an_array(x, k):
    return np.sum(x**k + k**x)


@program((0.7, 3), (0.7, True), wrt=(0,))
def numbers_of_other_kinds(x, n):
    return x * n + n / 2 + float(n) * x + int(2.7) * x + bool(n) * x


@program((2.0, 3.0), wrt=(0, 1))
def builtins(x, y):
    return max(x, y, 2.5) - min(x, y) + abs(-x) * float(y) + pow(x, 2) + sum([x, y], 1.0) + round(x) * y + x.real


@program((0.7,))
def constants(x):
    return x * math.pi + math.e * x**2 + np.pi * np.e + (math.inf > x) * x + math.tau


@program((V, 0.5), wrt=(0, 1))
def comparisons_as_numbers(x, t):
    return np.sum((x > t) * x + (x <= t) * x * t) + np.sum(np.logical_and(x > 0, x < 1) * x)


@program((V,))
def nan_to_num_and_heaviside(x):
    return np.sum(np.nan_to_num(x) * 2 + np.heaviside(x, 0.5) * x + np.copysign(x, -1.0))


@program((P,), (0.7,))
def float_power_and_degrees(x):
    return np.sum(np.float_power(x, 1.5) + np.degrees(x) / 100 + np.deg2rad(x) + np.fmax(x, 1.0) * np.fmin(x, 1.0))


@program((V,))
def numpy_on_a_python_float(v):
    k = np.sqrt(2.0) * np.exp(0.5)
    return np.sum(v) * k + np.float64(2.0) * v[0]


@program((0.2, 1.0, 0.3), wrt=(0, 1, 2))
def normal_cdf(x, mu, sigma):
    z = (x - mu) / (sigma * math.sqrt(2))
    return 0.5 * (1 + math.erf(z))


@program((np.float64(3.0), 1.0), (3.0, 1.0), wrt=(0, 1))
def a_number_with_two_names_is_updated(x, d):
    e = x
    e -= d
    return e * e * x


@program((np.array([0.2, 0.4]),), (np.array([0.2, 1.4]),))
def the_greater_of_a_python_number_and_one_of_numpy(x):
    bound = max(1.0, np.max(x))
    return np.sum(0.0) + 2.0 * bound


@program((normal(3), 0.4, True), (normal(3), -0.4, False), wrt=(0, 1))
def numbers_with_two_names_under_conditions(x, y, flag):
    t = x.sum() if flag else y
    s = t
    s += 1.0
    if y > 0.0:
        t = np.max(x) * s
    u = t
    u *= y
    return s * t + u


@program((normal(3), 0.4, 0), (normal(3), 0.4, 3), wrt=(0, 1))
def numbers_with_two_names_in_a_loop(x, y, n):
    h = 0.5
    total = np.float64(0.0)
    for i in range(n):
        before = h
        h += np.sin(x[i]) * y
        total += before * h
    last = total
    last -= h
    return total * last


def grown(s, x):
    t = s
    t += x.sum()
    return s * t


@program((np.float64(0.7), normal(3)), wrt=(0, 1))
def numbers_with_two_names_in_a_callee(s, x):
    t = s
    t *= 2.0
    return grown(s, x) + grown(x[0], x) + t


@program((0.7, normal(3), 3), (0.7, normal(3), 0), wrt=(0, 1))
def an_array_without_axes_in_a_loop(y, x, n):
    c = np.array(y)
    for i in range(n):
        d = c
        d += x[i]
        if x[i] > 0.0:
            c *= 2.0
    return c * c


@program((0.1, 0.2, 0.3), (1e3, 0.1, -999.7), (-0.0, -0.0, -0.0), wrt=(0, 1, 2))
def a_sum_of_python_floats(x, y, z):
    return sum([x, y, z]) * 2.0 + 0.0 * x * x


@program((0.1, 0.2), (1e3, 0.7), wrt=(0, 1))
def a_sum_with_a_start_and_ints(x, y):
    return sum([x, 3, y, x * y, 0.1, 2], 0.7) * sum((0.1, 0.2, 0.3, 0.4))


@program((0.1, 0.2, normal(3)), wrt=(0, 1, 2))
def a_sum_of_floats_and_then_an_array(x, y, v):
    return np.sum(sum([x, y, x * y, 0.1, v, y]) * v)


@program((0.1, normal(3)), wrt=(0, 1))
def a_sum_of_floats_and_numbers_of_numpy(x, v):
    return sum([x, 0.1, 0.3, v[0], x, 0.7, v[1], 1]) * x


@program(([0.1, 0.2, 0.3, 1e3, 0.7, -1e3],))
def a_sum_of_squares_of_a_list(xs):
    return sum(x / 3.0 for x in xs) + sum(xs[k] for k in range(1, 4)) * 0.1


@program((1.3, 2.4, 3.7), (2.6, 0.7, -1.2), wrt=(0, 1, 2))
def gamma_functions_and_parts_of_numbers(x, y, z):
    mantissa, exponent = math.frexp(z)
    fraction, whole = math.modf(y * 3)
    a = math.gamma(x) * math.lgamma(y) + math.lgamma(-x) + math.remainder(7.3 * x, y) + math.ldexp(x, exponent)
    return a + mantissa * exponent + fraction * whole + math.hypot(x, y, z) ** 2 + math.hypot(x) * math.gcd(4, 6, 8)


@program(([1.0, 2.5, 0.3], np.array([0.4, 2.0, 1.1])), (np.array([3.0]), np.array([1.0])), wrt=(0, 1))
def distances(p, q):
    between = math.dist(p, q)
    return between * math.dist([between, 1.0], (p[0], q[0])) + math.dist(q * q, q)


@program((np.array([1.2, 0.8, 2.3]),))
def log_likelihood_of_a_gamma_distribution(shapes):
    total = 0.0
    for shape in shapes:
        if shape > 1.0:
            total += (shape - 1.0) * math.log(2.0) - math.lgamma(shape)
        else:
            total -= math.gamma(shape) * math.perm(4)
    return total
