"""Straight-line code: formulas of physics, finance and statistics, on numbers and on arrays."""

import numpy as np
from support.corpus import Programs, normal, positive, read_only

program = Programs()
X, Y, V, W = normal(3, 4), positive(3, 4, seed=1), normal(4, seed=2), positive(4, seed=3)


@program((2.0, 3.0, 1.0, 4.0), wrt=(0, 1, 2, 3))
def walkthrough(w, x, b, y):
    u = w * x
    z = u + b
    r = z - y
    return r**2


@program((1.7,), (np.float64(1.7),), (np.array(1.7),))
def the_argument_itself(x):
    return x


@program((1.7,), (np.float64(1.7),))
def the_argument_twice(x):
    y = x
    return x + y


@program((1.5, 2.0), wrt=(0,))
def unused_argument(x, y):
    return 3.0 * x


@program((1.5, 2.0), (np.ones(3), 2.0), wrt=(0, 1))
def wrt_an_unused_argument(x, y):
    return y * y


@program((1.5,), (normal(3),), (np.zeros((0, 2)),))
def a_constant(x):
    return 2.5


@program((0.3, 1.0, 9.81), wrt=(0, 1, 2))
def pendulum_energy(theta, length, gravity):
    height = length * (1 - np.cos(theta))
    speed = 0.7
    return 0.5 * (length * speed) ** 2 + gravity * height


@program((0.3, 4.0, 0.2, 0.1), wrt=(0, 1, 2, 3))
def ballistic_range(angle, speed, height, drag):
    v = speed * (1 - drag)
    vx, vy = v * np.cos(angle), v * np.sin(angle)
    t = (vy + np.sqrt(vy * vy + 2 * 9.81 * height)) / 9.81
    return vx * t


@program((positive(2, 3), positive(2, 3, seed=1)), wrt=(0, 1))
@program((positive(3), positive(2, 3, seed=1)), wrt=(0, 1))
@program((1.2, positive(2, 3, seed=1)), wrt=(0, 1))
@program((positive(2, 1), positive(1, 3)), wrt=(0, 1))
@program((positive(1), positive(3)), wrt=(0, 1))
def lennard_jones(r, sigma):
    q = (sigma / r) ** 6
    return np.sum(4.0 * (q * q - q))


@program((100.0, 95.0, 0.02, 0.3, 1.5), wrt=(0, 2, 3, 4))
def black_scholes_digital(spot, strike, rate, vol, t):
    d1 = (np.log(spot / strike) + (rate + vol**2 / 2) * t) / (vol * np.sqrt(t))
    d2 = d1 - vol * np.sqrt(t)
    logistic = 1 / (1 + np.exp(-1.7 * d2))
    return np.exp(-rate * t) * logistic


@program((positive(5), 0.03), (positive(5, dtype=np.float32), 0.03), wrt=(0, 1), tol=3e-5)
def present_value(cash, rate):
    times = np.arange(5) + 1
    return np.sum(cash / (1 + rate) ** times)


@program((normal(6), positive(6, seed=1), 0.3), wrt=(0, 1, 2))
def gaussian_log_likelihood(x, sigma, mu):
    z = (x - mu) / sigma
    return -0.5 * np.sum(z**2 + 2 * np.log(sigma) + np.log(2 * np.pi))


@program((X, Y), wrt=(0, 1))
@program((X, V), wrt=(0, 1))
@program((X, 1.5), wrt=(0, 1))
@program((X, Y[:, :1].copy()), wrt=(0, 1))
@program((X[:1].copy(), Y), wrt=(0, 1))
@program((normal(2, 1, 4), positive(3, 1)), wrt=(0, 1))
@program((X.T, Y.T), wrt=(0, 1))
@program((X[:, ::2], Y[:, 1::2]), wrt=(0, 1))
@program((X[::-1], read_only(Y)), wrt=(0, 1))
@program((np.asfortranarray(X), Y), wrt=(0, 1))
@program((np.broadcast_to(V, (3, 4)), Y), wrt=(0, 1))
@program((np.zeros((0, 4)), np.zeros((0, 4))), wrt=(0, 1))
def every_operator(a, b):
    c = a + b
    d = c - 2 * a
    e = d * b
    f = e / (b + 4)
    g = -f
    h = +g
    return np.sum(h**3 + h * b**2.0)


@program((2.0,), (np.float32(2.0),), tol=1e-5)
def reassignment(x):
    x = x * 2
    x = x + 1
    x = x * x
    return x


@program((2.0, 3.0), wrt=(0, 1))
def augmented_assignment_of_numbers(x, y):
    x += y
    x *= x
    x -= y * 3
    x /= y
    x **= 2
    return x


@program((2.0, 3.0), wrt=(0, 1))
def swap(x, y):
    x, y = y, x
    return x * x - 2 * y


@program((2.0,))
def chained_assignment(x):
    a = b = x * x
    c = a * b
    return c + a


@program((2.0,))
def walrus(x):
    return (y := x * x) * 3 + y


@program((1.5,), (positive(3),))
def reuse_of_a_subexpression(x):
    a = np.exp(x) * np.sin(x)
    b = np.exp(x) * np.cos(x)
    return np.sum(a * b + a / b)


@program((X,), (V,), (np.float64(0.3),), (0.3,))
def names_of_the_compiler(np_, value=1.0):
    out = np_ * value
    g = out * 2
    x_bar = g + 1
    saved = x_bar * out
    return np.sum(saved)


@program((0.4, 0.6), wrt=(0, 1))
def names_that_clash(x, x_bar):
    value = x * x_bar
    gradient = value + x_bar * x_bar
    return gradient * x


@program((normal(4), 0.1), wrt=(0, 1))
def dead_code(x, k):
    unused = np.exp(x * 1000)
    also = unused * k
    y = x * k
    del also
    return np.sum(y * y)


@program((positive(3), positive(3, seed=1), positive(3, seed=2)), wrt=(2, 0))
def wrt_in_another_order(a, b, c):
    return np.sum(a * b**2 * c**3)


@program((0.5, 1.2, -0.4, 0.8, 0.3), wrt=(0, 1, 2, 3, 4))
def two_link_arm(q1, q2, x, y, reach):
    px = np.cos(q1) + reach * np.cos(q1 + q2)
    py = np.sin(q1) + reach * np.sin(q1 + q2)
    return (px - x) ** 2 + (py - y) ** 2


@program((np.array([0.9, 0.1, -0.2, 0.3]), normal(3)), wrt=(0, 1))
def rotate_by_a_quaternion(q, v):
    q = q / np.sqrt(np.sum(q * q))
    w, u = q[0], q[1:]
    a = np.stack([u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]])
    b = np.stack([u[1] * a[2] - u[2] * a[1], u[2] * a[0] - u[0] * a[2], u[0] * a[1] - u[1] * a[0]])
    rotated = v + 2 * (w * a + b)
    return rotated[0] * rotated[1] + rotated[2]


@program((normal(5, 3), normal(3, 2), normal(2), normal(5, 2)), wrt=(1, 2))
def mean_squared_error(x, w, b, y):
    pred = x @ w + b
    return np.mean((pred - y) ** 2)


@program((X,), (X.astype(np.float32),), tol=1e-4)
def a_function_of_the_size(x):
    n, d = x.shape
    return np.sum(x * x) / (n * d) + x.size * np.sum(x) / len(x)
