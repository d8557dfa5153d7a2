"""Models that step through time or through data: steppers, filters, recurrent cells, descent inside the function."""

import math

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()


@program((1.0, 0.5, 0.1, 20), wrt=(0, 1))
def explicit_euler(y, rate, h, steps):
    for k in range(steps):
        y = y + h * (-rate * y + math.sin(k * h))
    return y


def pendulum(state, damping):
    return np.array([state[1], -np.sin(state[0]) - damping * state[1]])


@program((np.array([1.0, 0.0]), 0.3, 0.05, 8), wrt=(0, 1, 2))
def runge_kutta_4(state, damping, h, steps):
    for _ in range(steps):
        k1 = pendulum(state, damping)
        k2 = pendulum(state + 0.5 * h * k1, damping)
        k3 = pendulum(state + 0.5 * h * k2, damping)
        k4 = pendulum(state + h * k3, damping)
        state = state + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return np.sum(state * state)


@program((normal(5, 2), normal(5, 2, seed=1), positive(5)), wrt=(0, 1, 2))
def velocity_verlet(x, v, m):
    dt = 0.01
    a = -x / m[:, None]
    for _ in range(5):
        x = x + v * dt + 0.5 * a * dt * dt
        new = -x / m[:, None]
        v = v + 0.5 * (a + new) * dt
        a = new
    return 0.5 * np.sum(m[:, None] * v * v) + np.sum(x * x)


@program((normal(4, 3), positive(4)), wrt=(0, 1))
def gravity_between_pairs(positions, masses):
    n = len(masses)
    energy = 0.0
    for i in range(n):
        for j in range(i + 1, n):
            d = positions[i] - positions[j]
            energy -= masses[i] * masses[j] / np.sqrt(d @ d + 1e-2)
    return energy


@program((normal(8), 0.3), wrt=(0, 1))
def exponential_smoothing(xs, alpha):
    s = xs[0]
    error = 0.0
    for x in xs[1:]:
        error += (x - s) ** 2
        s = alpha * x + (1.0 - alpha) * s
    return error


@program((normal(8), 0.3, 0.2), wrt=(0, 1, 2))
def holt_linear_trend(xs, alpha, beta):
    level, trend = xs[0], xs[1] - xs[0]
    total = 0.0
    for t in range(1, len(xs)):
        forecast = level + trend
        total += (xs[t] - forecast) ** 2
        last = level
        level = alpha * xs[t] + (1 - alpha) * forecast
        trend = beta * (level - last) + (1 - beta) * trend
    return total / (len(xs) - 1)


@program((normal(7), 0.5, 0.8, 1.0), wrt=(0, 1, 2, 3))
def kalman_filter_of_a_random_walk(ys, q, r, p):
    m = 0.0
    log_likelihood = 0.0
    for y in ys:
        p = p + q
        s = p + r
        v = y - m
        log_likelihood -= 0.5 * (np.log(2 * np.pi * s) + v * v / s)
        k = p / s
        m = m + k * v
        p = (1.0 - k) * p
    return log_likelihood


@program((normal(5, 2), 0.1 * normal(3, 3) + np.eye(3), normal(2, 3), 0.3, 0.4), wrt=(0, 1, 2, 3, 4))
def kalman_filter(ys, F, H, q, r):
    m = np.zeros(3)
    P = np.eye(3)
    Q, R = q * np.eye(3), r * np.eye(2)
    total = 0.0
    for y in ys:
        m = F @ m
        P = F @ P @ F.T + Q
        v = y - H @ m
        S = H @ P @ H.T + R
        det = S[0, 0] * S[1, 1] - S[0, 1] * S[1, 0]
        S_inv = np.array([[S[1, 1], -S[0, 1]], [-S[1, 0], S[0, 0]]]) / det
        K = P @ H.T @ S_inv
        m = m + K @ v
        P = P - K @ H @ P
        total += np.log(det) + v @ S_inv @ v
    return 0.5 * total


@program((normal(9), 0.1, 0.7), wrt=(0, 1, 2))
def random_walk_likelihood(xs, drift, sigma):
    total = 0.0
    for before, after in zip(xs[:-1], xs[1:]):
        z = (after - before - drift) / sigma
        total += -0.5 * z * z - np.log(sigma) - 0.5 * np.log(2 * np.pi)
    return total


@program((normal(10), 0.1, 0.2, 0.7), wrt=(0, 1, 2, 3))
def garch(returns, omega, alpha, beta):
    variance = np.var(returns)
    total = 0.0
    for r in returns:
        total += np.log(variance) + r * r / variance
        variance = omega + alpha * r**2 + beta * variance
    return 0.5 * total


@program((0.3, 1.7), wrt=(0, 1))
def simpson(a, b):
    n = 10
    h = (b - a) / n
    s = math.exp(a) + math.exp(b)
    for i in range(1, n, 2):
        s += 4 * math.exp(a + i * h)
    for i in range(2, n - 1, 2):
        s += 2 * math.exp(a + i * h)
    return s * h / 3


@program((0.3, 1.7, 12), wrt=(0, 1))
def trapezoid_with_a_lambda(a, b, n):
    f = lambda x: np.sin(x) * x
    h = (b - a) / n
    total = 0.5 * (f(a) + f(b))
    for i in range(1, n):
        total += f(a + i * h)
    return total * h


@program((normal(4, 3), normal(3, 3), normal(3, 3, seed=1), normal(3)), wrt=(0, 1, 2, 3))
def recurrent_network(xs, W, U, b):
    h = np.zeros(3)
    loss = 0.0
    for x in xs:
        h = np.tanh(W @ h + U @ x + b)
        loss += np.sum(h * h)
    return loss / len(xs)


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


@program((normal(4, 2), normal(12, 5), normal(12)), wrt=(0, 1, 2))
def lstm(xs, W, b):
    h, c = np.zeros(3), np.zeros(3)
    for x in xs:
        z = W @ np.concatenate([x, h]) + b
        i, f, o, g = sigmoid(z[0:3]), sigmoid(z[3:6]), sigmoid(z[6:9]), np.tanh(z[9:12])
        c = f * c + i * g
        h = o * np.tanh(c)
    return np.sum(h * h)


@program((normal(4, 2), normal(9, 2), normal(9, 3)), wrt=(0, 1, 2))
def gru(xs, W, U):
    h = np.zeros(3)
    for x in xs:
        a, b = W @ x, U @ h
        z = sigmoid(a[:3] + b[:3])
        r = sigmoid(a[3:6] + b[3:6])
        n = np.tanh(a[6:] + r * b[6:])
        h = (1 - z) * n + z * h
    return h @ h


@program((np.array([1.5, -0.5]), 0.1), wrt=(0, 1))
def gradient_descent_inside(w, rate):
    for _ in range(10):
        g = 2.0 * w + np.cos(w)
        w = w - rate * g
    return np.sum(w * w)


@program((np.array([1.5, -0.5]), 0.05, 0.9), wrt=(0, 1, 2))
def momentum_inside(w, rate, mu):
    v = np.zeros_like(w)
    for k in range(6):
        v = mu * v - rate * (4.0 * w**3 - 2.0 * w)
        w = w + v
    return np.sum(w * w)


@program((np.array([1.5, -0.5]), 0.05), wrt=(0, 1))
def adam_inside(w, rate):
    m = np.zeros(w.shape)
    v = np.zeros(w.shape)
    for t in range(1, 5):
        g = 4.0 * w**3 - 2.0 * w
        m = 0.9 * m + 0.1 * g
        v = 0.99 * v + 0.01 * g**2
        w = w - rate * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.99**t)) + 1e-3)
    return np.sum(w**2)


@program((normal(4, 4), normal(4)), wrt=(0, 1))
def power_iteration(a, v):
    a = a @ a.T
    for _ in range(5):
        v = a @ v
        v = v / np.sqrt(v @ v)
    return v @ a @ v


@program((normal(5, 3), np.array([0, 2, 1, 1, 0])), wrt=(0,))
def path_score(scores, tags):
    total = 0.0
    for t, tag in enumerate(tags):
        total += scores[t, tag]
    return total * total


@program((normal(5, 3), normal(3, 3)), wrt=(0, 1))
def forward_algorithm(emissions, transitions):
    alpha = emissions[0]
    for t in range(1, len(emissions)):
        scores = alpha[:, None] + transitions
        top = np.max(scores, axis=0)
        alpha = emissions[t] + top + np.log(np.sum(np.exp(scores - top), axis=0))
    return np.log(np.sum(np.exp(alpha)))


@program((0.8, 2.0), wrt=(0, 1))
def continued_fraction(x, y):
    f = x
    for k in range(8, 0, -1):
        f = k + y / f
    return f


@program((2.0, 8), (2.0, 3))
def agm(x, n):
    a, g = x, 1.0
    for _ in range(n):
        a, g = (a + g) / 2, math.sqrt(a * g)
    return a


@program((0.7, 4))
def chebyshev(x, n):
    a, b = 1.0, x
    for k in range(2, n + 1):
        a, b = b, 2 * x * b - a
    return b


@program(({"w": normal(3, 3), "b": normal(3)}, normal(4, 3)), wrt=(0, 1))
def parameters_in_a_dict(p, xs):
    h = np.zeros(3)
    for x in xs:
        h = np.tanh(p["w"] @ h + x + p["b"])
    return np.sum(h * h)


class Cell:
    def __init__(self, w):
        self.w = w
        self.h = 0.0

    def step(self, x):
        self.h = math.tanh(self.w * self.h + x)
        return self.h


@program((0.6, normal(4)), wrt=(0, 1))
def state_in_an_object(w, xs):
    cell = Cell(w)
    total = 0.0
    for x in xs:
        total += cell.step(x)
    return total
