"""For loops that stay loops: over ranges, arrays and several things at once, with what they carry."""

import math

import numpy as np

from support.corpus import Programs, normal, positive

program = Programs()


@program((0.9, 5), (0.9, 0), (0.9, 1))
def power_by_repeated_products(x, n):
    y = 1.0
    for _ in range(n):
        y *= x
    return y


@program((normal(6), 0.7), wrt=(0, 1))
def horner(coefficients, x):
    p = 0.0
    for c in coefficients:
        p = p * x + c
    return p


@program((normal(6), 0.7), wrt=(0, 1))
def horner_backwards_over_indices(coefficients, x):
    p = coefficients[-1]
    for k in range(len(coefficients) - 2, -1, -1):
        p = p * x + coefficients[k]
    return p


@program((normal(6), 0.7), wrt=(0, 1))
def horner_with_derivative(coefficients, x):
    p = dp = 0.0
    for c in coefficients[::-1]:
        p, dp = p * x + c, dp * x + p
    return p * dp


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


@program((normal(6), normal(6, seed=1)), wrt=(0, 1))
def dot_product_by_hand(a, b):
    s = 0
    for i in range(a.shape[0]):
        s = s + a[i] * b[i]
    return s


@program((normal(3, 4), normal(4, 2)), wrt=(0, 1))
def matrix_product_by_hand(a, b):
    c = np.zeros((a.shape[0], b.shape[1]))
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            for k in range(a.shape[1]):
                c[i, j] += a[i, k] * b[k, j]
    return np.sum(c * c)


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


@program((normal(4), 0.8), wrt=(0, 1), xfail="refused: after the loop its variable may have no value")
def the_loop_variable_after_the_loop(xs, y):
    for x in xs:
        y = y * 0.5 + x
    return y * x


@program((1.3, 4), (1.3, 1), xfail="refused: after the loop its variable may have no value")
def the_index_after_the_loop(x, n):
    total = 0.0
    for i in range(n):
        total += x**i
    return total * (i + 1)


@program((normal(5),), (np.zeros(0),))
def a_loop_that_may_run_no_time(xs):
    total = 1.0
    for x in xs:
        total += x * x
    return total


@program((normal(6), 0.4), wrt=(0, 1))
def continue_where_it_is_negative(xs, w):
    total = 0.0
    for x in xs:
        if x < 0:
            continue
        total += w * x * x
    return total


@program((positive(6), 3.0), (positive(6), 100.0))
def break_where_the_sum_is_enough(xs, enough):
    total = 0.0
    product = 1.0
    for x in xs:
        total += x
        if total > enough:
            break
        product *= x
    return product * total


@program((positive(6), 3.0), (positive(6), 100.0))
def else_of_a_loop_that_may_break(xs, enough):
    total = 0.0
    for x in xs:
        total += x * x
        if total > enough:
            break
    else:
        total = total * 10.0
    return total


@program((positive(6), 3.0), (positive(6), 100.0))
def return_from_a_loop(xs, enough):
    total = 0.0
    for k, x in enumerate(xs):
        total += x * x
        if total > enough:
            return total * k
    return -total


@program((positive(3, 4), 4.0), (positive(3, 4), 100.0))
def return_from_a_nested_loop(rows, enough):
    total = 0.0
    for row in rows:
        for x in row:
            total += x
            if total > enough:
                return total * x
        total *= 0.5
    return total


@program((positive(3, 5), 2.0))
def break_of_the_inner_loop(rows, enough):
    best = 0.0
    for row in rows:
        partial = 0.0
        for x in row:
            if partial > enough:
                break
            partial += x * x
        best += np.sqrt(partial)
    return best


@program((normal(4, 3), 0.3), wrt=(0, 1))
def rows_of_a_matrix(m, w):
    total = 0.0
    for row in m:
        total += np.sum(np.tanh(w * row)) ** 2
    return total


@program((normal(4, 3),))
def columns_by_transposing(m):
    total = 0.0
    for column in m.T:
        total += np.sqrt(column @ column)
    return total


@program((normal(5), normal(5, seed=1), normal(5, seed=2)), wrt=(0, 1, 2))
def zip_of_three(a, b, c):
    total = 0.0
    for x, y, z in zip(a, b, c):
        total += x * y - y * z * total
    return total


@program((normal(5), normal(4, seed=1)), wrt=(0, 1))
def zip_with_enumerate(a, b):
    total = 0.0
    for k, (x, y) in enumerate(zip(a, b)):
        total += (k + 1) * x * y
    return total


@program((normal(5),))
def reversed_array(xs):
    s = 0.0
    for x in reversed(xs):
        s = 0.5 * s + x * x
    return s


@program((normal(5),))
def enumerate_from_one(xs):
    s = 0.0
    for k, x in enumerate(xs, 1):
        s += x / k
    return s * s


@program((normal(7),))
def range_by_steps(xs):
    s = 0.0
    for i in range(0, len(xs), 2):
        s += xs[i] ** 2
    for i in range(len(xs) - 1, 0, -3):
        s *= 1.0 + 0.1 * xs[i]
    return s


@program((normal(5),))
def an_int_that_becomes_a_float(xs):
    s = 0
    for x in xs:
        s += x
    return s * s


@program((positive(6),))
def a_running_maximum(xs):
    best = xs[0]
    for x in xs:
        if x > best:
            best = x
    return best**2


@program((normal(6),))
def where_the_largest_is(xs):
    at = 0
    for i in range(1, len(xs)):
        if xs[i] > xs[at]:
            at = i
    return xs[at] ** 3


@program((normal(5),))
def bound_in_one_branch_of_a_trip(xs):
    total = 0.0
    scale = 1.0
    for x in xs:
        if x > 0:
            scale = x
        total += scale * x
    return total


@program((1.0, 1.0, 10), wrt=(0, 1))
def fibonacci_swap(a, b, n):
    for _ in range(n):
        a, b = b, a + 0.5 * b
    return a * b


@program((normal(3), normal(3, seed=1), 5), (normal(3), normal(3, seed=1), 0), wrt=(0, 1))
def arrays_that_change_places(a, b, n):
    for _ in range(n):
        a, b = b, np.sin(a) + 0.5 * b
    return np.sum(a * a) + np.sum(b)


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


@program((normal(3), 2.0), wrt=(0, 1))
def nested_three_deep(xs, y):
    total = 0.0
    for a in xs:
        for b in xs:
            for i in range(2):
                total += a * b * y**i
    return total


@program((normal(4), 3))
def triangle_of_bounds(xs, n):
    total = 0.0
    for i in range(n):
        inner = 1.0
        for j in range(i, len(xs)):
            inner *= xs[j] + 2.0
        total += inner
    return total


@program((normal(5),), xfail="a list that grows in a loop is refused")
def appended_then_stacked(xs):
    out = []
    s = 0.0
    for x in xs:
        s = s * 0.5 + x
        out.append(s)
    return np.sum(np.array(out) ** 2)


@program((normal(5),), xfail="a list that grows in a loop is refused")
def appended_then_read_by_index(xs):
    out = [1.0]
    for x in xs:
        out.append(out[-1] * 0.5 + x)
    return out[-1] * out[2]


@program((normal(5, 2), normal(2, 2)), wrt=(0, 1), xfail="a list that grows in a loop is refused")
def appended_rows_stacked(xs, w):
    rows = []
    for x in xs:
        rows.append(np.tanh(w @ x))
    return np.sum(np.stack(rows) ** 2)


@program((normal(5),), xfail="refused: a comprehension over an array whose length is not known")
def a_comprehension_over_an_array(xs):
    ys = [x * x for x in xs]
    return sum(ys)


@program((normal(4), 0.5), wrt=(0, 1))
def walrus_in_a_loop(xs, y):
    total = 0.0
    for x in xs:
        if (d := x - y) > 0:
            total += d * d
    return total


@program((normal(4), 0.5), wrt=(0, 1))
def ternary_and_boolean_operators(xs, y):
    total = 0.0
    for x in xs:
        total += x * y if x > 0 and (y > 0 or x > 1) else -x
    return total


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


@program((positive(5), 3))
def loop_over_a_callee_with_its_own_loop(xs, n):
    def partial(k):
        s = 0.0
        for x in xs:
            s += x ** (k + 1)
        return s

    total = 0.0
    for k in range(n):
        total += np.log(partial(k))
    return total


@program((normal(4), np.array([True, False, True, True])))
def flags_of_another_array(xs, use):
    total = 0.0
    for x, u in zip(xs, use):
        if u:
            total += x**2
    return total


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


@program((normal(3), 4))
def state_in_a_dict(x, n):
    state = {"x": x, "t": 0.0}
    for _ in range(n):
        state["x"] = state["x"] + 0.1 * np.sin(state["x"])
        state["t"] += 0.1
    return np.sum(state["x"]) * state["t"]


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
