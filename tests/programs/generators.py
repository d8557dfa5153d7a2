"""Generators: consumed at once, or in turns with a loop, whose trips happen where the generator yields."""

from __future__ import annotations

import numpy as np
from support.corpus import Programs, normal

program = Programs()
X = normal(5)


def powers(x, n):
    for k in range(n):
        yield x**k


def walk(x):
    for v in x:
        if v > 0:
            yield v
        yield v * v


def parts(x):
    yield from powers(x, 3)
    yield x
    yield from [x, 2.0]


@program((3.0,), (-0.5,))
def summed(x):
    return sum(powers(x, 4))


@program((1.5,))
def made_a_list_a_tuple_and_unpacked(x):
    first, *rest = powers(x, 4)
    a, b = powers(x * x, 2)
    return list(powers(x, 3))[2] * tuple(powers(x, 5))[4] + first + sum(rest) * a * b + max(*powers(x, 3))


@program((2.0, 4), (2.0, 0))
def a_loop_over_a_generator(x, n):
    total = 0.0
    for y in powers(x, n):
        total = total + y * x
    return total


@program((X,), (-X,))
def yields_under_a_condition(x):
    total, last = 0.0, 0.0
    for y in walk(x):
        total += y * last
        last = y
    return total + last


@program((X,), (X[:1],))
def enumerated_broken_and_else(x):
    t = 1.0
    for k, y in enumerate(walk(x)):
        if k > 3:
            break
        t = t * (1 + y) + k
    else:
        t = -t
    return t


@program((X,))
def continued(x):
    t = 0.0
    for y in walk(x):
        if y < 0.3:
            continue
        t = t + np.sin(y)
    return t


@program((2.0,))
def delegated(x):
    return sum(v * w for v, w in zip(parts(x), powers(x, 9), strict=False)) + len(list(parts(x)))


@program((2.0,))
def delegated_in_a_loop(x):
    t = 1.0
    for k, v in enumerate(parts(x), start=1):
        t = t * v + k
    return t


@program((2.0,))
def begun_by_next(x):
    g = powers(x, 4)
    next(g)
    a = next(g)
    r = 0.0
    for v in g:
        r += v
    return a * r + next(g, 0.5)


def newton(x):
    y = x
    while True:
        y = 0.5 * (y + x / y)
        yield y


@program((2.0,), (9.0,))
def without_end(x):
    y = previous = x
    for y in newton(x):
        if abs(y - previous) < 1e-12:
            break
        previous = y
    return y


@program((3.0,))
def returned_out_of(x):
    for k, y in enumerate(powers(x, 5)):
        if k == 2:
            return y * x
    return 0.0


def two_sums(xs):
    total = 0.0
    for v in xs:
        total += v
        yield total, total * v
    return


@program((X,))
def yields_pairs_and_carries(x):
    t = 0.0
    for a, b in two_sums(x):
        t += a * b
    return t


@program((X,))
def in_a_comprehension(x):
    return sum([a * b for a, b in two_sums([x[0], x[1], x[2]]) if True])


@program((1.3,))
def a_generator_inside(x):
    scale = 2.0

    def scaled(n):
        for k in range(n):
            yield k * scale * x

    total = 0.0
    for v in scaled(4):
        total += v
        scale = scale + x
    return total


@program((X,))
def it_sees_what_the_loop_writes(x):
    state = np.zeros(3)

    def states():
        for k in range(3):
            yield k, state[k] * 2.0

    for k, seen in states():
        if k < 2:
            state[k + 1] = seen + x[k] * x[k + 1]
    return np.sum(state) * x[0]


@program((X,))
def the_loop_sees_what_it_writes(x):
    def filling(buffer):
        for k in range(len(x)):
            buffer[k] = x[k] * x[k]
            yield k

    buffer = np.zeros(5)
    total = 0.0
    for k in filling(buffer):
        total += buffer[k] * np.sum(buffer)
    return total


@program((X,))
def nested_generators(x):
    def pairs(v):
        for a in walk(v):
            yield a, a * 2.0

    t = 0.0
    for a, b in pairs(x):
        t += a * b
    return t


@program((X,))
def a_loop_in_the_loop(x):
    t = 0.0
    for y in walk(x):
        for k in range(3):
            if k > 1:
                break
            t += y * k
        t = t * 0.9
    return t


class Net:
    """Yields its layers' results."""

    def __init__(self, ws):
        self.ws = ws

    def activations(self, x):
        for w in self.ws:
            x = np.tanh(w * x)
            yield x


@program((X, [0.5, 1.5, 2.0]), wrt=(0, 1))
def a_method_that_yields(x, ws):
    total = 0.0
    for h in Net(ws).activations(x):
        total += np.sum(h * h)
    return total


@program((2.0,), (-2.0,))
def quantified(x):
    chosen = 1.0 if any(v > 3.0 for v in powers(x, 4)) else x
    return chosen * (x if all(v > 0 for v in powers(x, 3)) else x * x)


def down(n, x):
    if n > 0:
        yield n * x
        yield from down(n - 1, x * x)


@program((1.1,))
def recursive(x):
    return sum(down(3, x)) * x


@program((1.1,))
def handed_to_a_function(x):
    def total(items):
        t = 0.0
        for item in items:
            t += item * t + 1.0
        return t

    return total(powers(x, 3)) + total([x, x])


@program((X, 3))
def a_loop_around_a_generator(x, n):
    t = 0.0
    for k in range(n):
        for v in walk(x):
            t += v * (k + 1)
    return t


@program((1.3,))
def in_turns_with_a_comprehension(x):
    scale = x

    def grow():
        nonlocal scale
        scale = scale * 2.0
        return scale

    def scaled():
        for k in range(3):
            yield k * scale

    return sum([v * grow() for v in scaled()]) * scale


def numbered(n):
    yield from range(n)


@program((2.0,))
def a_delegated_range_that_must_be_known(x):
    parts = (x, "a", x * x)
    total = 0.0
    for k in numbered(3):
        total += len(parts[k]) if k == 1 else parts[k]
    return total


def squares_of_positives_and_all(x):
    for v in x:
        if v > 0:
            yield v * v
        yield v


@program((normal(5),))
def all_at_once(x):
    least, most = min(squares_of_positives_and_all(x)), max(squares_of_positives_and_all(x))
    items = list(squares_of_positives_and_all(x * 2.0))
    return sum(squares_of_positives_and_all(x)) + sum(items) * len(items) + least * most
