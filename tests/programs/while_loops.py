"""While loops: how many trips there are is known at run time only."""

import math

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()


@program((5.0, 2.0), wrt=(0, 1))
def newton_to_a_tolerance(a, x):
    step = 1.0
    while abs(step) > 1e-10:
        step = (x * x - a) / (2.0 * x)
        x = x - step
    return x


@program((5.0,))
def newton_with_break(a):
    x = a
    while True:
        new = 0.5 * (x + a / x)
        if abs(new - x) < 1e-12:
            break
        x = new
    return new


@program((5.0, 6), (5.0, 0))
def newton_with_a_limit(a, limit):
    x, k = a, 0
    while k < limit and abs(x * x - a) > 1e-9:
        x = (x + a / x) / 2
        k += 1
    return x


@program((2.0,))
def newton_that_returns_inside(a):
    x = 1.0
    while True:
        fx = x**3 - a
        if abs(fx) < 1e-11:
            return x
        x -= fx / (3 * x**2)


@program((2.0, 3.0), wrt=(0, 1))
def secant(a, b):
    x0, x1 = 1.0, 2.0
    f0 = x0 * x0 * b - a
    for _ in range(100):
        f1 = x1 * x1 * b - a
        if abs(f1) < 1e-12 or f1 == f0:
            break
        x0, x1, f0 = x1, x1 - f1 * (x1 - x0) / (f1 - f0), f1
    return x1


@program((0.2, 1.7), wrt=(0, 1), tol=1e-5)
def bisection_then_one_newton_step(a, b):
    lo, hi = 0.0, 3.0
    while hi - lo > 0.25:
        mid = 0.5 * (lo + hi)
        if math.exp(a * mid) - b - 0.5 > 0.0:
            hi = mid
        else:
            lo = mid
    x = 0.5 * (lo + hi)
    return x - (math.exp(a * x) - b) / (a * math.exp(a * x))


@program((1.3,), (0.2,))
def the_body_may_not_run(x):
    while x > 1.0:
        x = x * 0.5
    return x * x


@program((100.0,), (0.5,))
def counting_halvings(x):
    n = 0
    while x > 1.0:
        x /= 2.0
        n += 1
    return x * (n + 1)


@program((0.3,))
def a_series_until_it_is_small(x):
    term = total = 1.0
    k = 1
    while abs(term) > 1e-12:
        term *= x / k
        total += term
        k += 1
    return total


@program((0.3,))
def arctan_by_its_series_with_continue(x):
    total, power, k = 0.0, x, 0
    while k < 30:
        k += 1
        if k % 2 == 0:
            continue
        total += power / k * (1 if k % 4 == 1 else -1)
        power *= x * x
    return total


@program((np.array([3.0, -2.0]), 0.2), wrt=(0, 1))
def descend_until_flat(w, rate):
    g = w
    while np.sum(g * g) > 1e-2:
        g = 2.0 * w - np.sin(w)
        w = w - rate * g
    return np.sum(w * w) * 1e3


@program((np.array([3.0, -2.0]), 1.0), wrt=(0, 1))
def backtracking_line_search(w, rate):
    def f(w):
        return np.sum(w**4)

    g = 4.0 * w**3
    while f(w - rate * g) > f(w) - 0.1 * rate * (g @ g):
        rate = rate * 0.5
    return f(w - rate * g)


@program((normal(3, 3) + 4 * np.eye(3), normal(3)), wrt=(0, 1))
def conjugate_gradients(a, b):
    a = a @ a.T
    x = np.zeros_like(b)
    r = b - a @ x
    p = r
    rr = r @ r
    k = 0
    while rr > 1e-20 and k < 2:
        ap = a @ p
        alpha = rr / (p @ ap)
        x = x + alpha * p
        r = r - alpha * ap
        new = r @ r
        p = r + new / rr * p
        rr = new
        k += 1
    return x @ x


@program((1.0, 0.5, 0.3), wrt=(0, 1, 2))
def adaptive_step(y, rate, h):
    t = 0.0
    while t < 1.0:
        h = min(h, 1.0 - t)
        full = y - h * rate * y
        half = y - 0.5 * h * rate * y
        two = half - 0.5 * h * rate * half
        error = abs(two - full)
        if error < 1e-2:
            t += h
            y = 2 * two - full
        else:
            h = h * 0.5
    return y


@program((10.0, 4.0), wrt=(0, 1))
def projectile_until_it_lands(v, height):
    x = 0.0
    dt = 0.05
    vy = v * 0.5
    while height > 0.0:
        x += v * dt
        height += vy * dt
        vy -= 9.81 * dt
    return x - height * v / vy


@program((48.3, 18.0), wrt=(0, 1))
def remainders(a, b):
    while b > 1.0:
        a, b = b, a % b
    return a * a


@program((7.0, 3), (7.0, 12))
def power_by_squaring(x, n):
    result = 1.0
    while n > 0:
        if n % 2 == 1:
            result *= x
        x *= x
        n //= 2
    return result**0.1


@program((normal(6), 0.4), (normal(6), 50.0))
def search_along_an_array(xs, level):
    i = 0
    s = 0.0
    while i < len(xs) and s < level:
        s += xs[i] * xs[i]
        i += 1
    return s * i


@program((2.0, 5.0), (0.1, 5.0), wrt=(0, 1))
def else_of_while(x, y):
    while x > 1.0:
        x = x * 0.7
        if x < 0.8:
            break
    else:
        y = y * 2
    return x * y


@program((2.0, 3), wrt=(0,))
def while_in_for(x, n):
    total = 0.0
    for k in range(n):
        y = x + k
        while y > 1.0:
            y = y / 1.5
        total += y * y
    return total


@program((20.0,))
def for_in_while(x):
    s = 0.0
    while x > 1.0:
        for k in range(3):
            x = x - 0.3 * math.sqrt(x)
            s += x * k
    return s


@program((20.0, 1.4), wrt=(0, 1))
def while_in_while_with_breaks(x, y):
    s = 0.0
    while True:
        x = x * 0.6
        z = x
        while z > y:
            z = z - y
            if z < 0.5:
                break
            s += z * y
        if x < 1.0:
            break
        s += x
    return s


@program((0.9, 0.2), wrt=(0, 1))
def fixed_point(x, a):
    while True:
        new = math.cos(x) * a + 0.5
        if abs(new - x) < 1e-13:
            return new
        x = new


@program((np.array([0.3, 0.9]),))
def fixed_point_of_a_vector(x):
    y = np.zeros_like(x)
    change = 1.0
    while change > 1e-12:
        new = 0.3 * np.sin(y) + x
        change = np.max(np.abs(new - y))
        y = new
    return np.sum(y * y)


@program((0.4, 0.7), wrt=(0, 1))
def kepler(eccentricity, mean):
    e = mean
    while True:
        delta = (e - eccentricity * math.sin(e) - mean) / (1 - eccentricity * math.cos(e))
        e -= delta
        if abs(delta) < 1e-12:
            break
    return e


@program((-0.1, 0.2), wrt=(0, 1))
def escape_time_with_a_smooth_count(cx, cy):
    x = y = 0.0
    n = 0
    while x * x + y * y < 4.0 and n < 6:
        x, y = x * x - y * y + cx, 2 * x * y + cy
        n += 1
    return n + x * x + y * y


@program((positive(4), 1.5), wrt=(0, 1))
def a_stack_pointer_in_a_buffer(xs, y):
    buffer = np.zeros(10)
    top = 0
    for x in xs:
        buffer[top] = x * y
        top += 1
    total = 1.0
    while top > 0:
        top -= 1
        total = total * 0.5 + buffer[top]
    return total


@program((3.7,))
def not_in_the_test(x):
    done = False
    while not done:
        x = math.sqrt(x)
        done = x < 1.1
    return x


@program((3.7,))
def walrus_in_the_test(x):
    while (y := x * x) > 2.0:
        x = x * 0.8
    return y + x


@program(([3.0, 2.0, 1.0],))
def popping_a_list(xs):
    xs = list(xs)
    total = 0.0
    while xs:
        total = total * 0.5 + xs.pop() ** 2
    return total


@program((2.5,))
def the_test_calls_a_function(x):
    def far(x):
        return x * x - 2.0 > 1e-9

    while far(x):
        x = 0.5 * (x + 2.0 / x)
    return x
