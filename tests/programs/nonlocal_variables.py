"""Variables of a function that functions inside it assign: one variable, whoever holds it."""

from __future__ import annotations

import numpy as np
from support.corpus import Programs, normal

program = Programs()
X = normal(5)
SCALE = 1.5


@program((3.0,), (-0.5,))
def accumulated_in_a_helper(x):
    total = 0.0

    def add(v):
        nonlocal total
        total += v * x

    add(1.0)
    add(x)
    for k in range(3):
        add(float(k))
    return total


@program((X,), (-X,))
def under_a_condition_in_a_loop(x):
    total = 0.0
    for v in x:

        def add():
            nonlocal total
            if v > 0:
                total = total + v * v

        add()
    return total


def product_from(start):
    total = start

    def times(v):
        nonlocal total
        total = total * v
        return total

    return times


@program((3.0,), (0.5,))
def two_closures_of_their_own(x):
    first, second = product_from(x), product_from(2.0 * x)
    first(x)
    second(3.0)
    if x > 1.0:
        first(4.0)
    return first(1.0) + second(x)


def repeat(f, n):
    for _ in range(n):
        f(1.5)


@program((3.0, 4), (3.0, 0))
def written_by_a_callee_of_a_callee(x, n):
    times = product_from(x)
    repeat(times, n)
    return times(1.0)


@program((1.5,))
def counted_in_a_recursion(x):
    count = 0

    def fib(v, n):
        nonlocal count
        count += 1
        return v if n < 2 else fib(v, n - 1) + fib(v * v, n - 2)

    r = fib(x, 4)
    return r * count


@program((2.0,))
def two_levels_up(x):
    t = x

    def outer():
        def inner():
            nonlocal t
            t = t * x

        inner()
        inner()
        return t

    return outer() + t


@program((X,))
def read_and_written_by_two_functions(x):
    best = x[0]
    where = 0

    def offer(v, k):
        nonlocal best, where
        if v > best:
            best, where = v, k

    def score():
        return best * (1.0 + where)

    for k in range(len(x)):
        offer(x[k], k)
    return score() + best


@program((X, 2.0), wrt=(0, 1))
def an_array_that_is_replaced(x, k):
    state = np.zeros(5)

    def step():
        nonlocal state
        state = state * 0.5 + x

    for _ in range(4):
        step()
        state[0] += k
    return np.sum(state * state)


@program((2.0, 9.0), (20.0, 9.0))
def a_parameter_that_is_assigned(x, limit):
    def grow():
        nonlocal x
        x = x * x + 1.0

    while x < limit:
        grow()
    return x


@program((0.7,))
def a_global_that_is_read(x):
    global SCALE
    return SCALE * x


@program((1.2,))
def a_lambda_sees_what_is_assigned(x):
    y = x

    def square():
        nonlocal y
        y = y * y

    read = lambda: y + x  # noqa: E731
    before = read()
    square()
    return before * read()


@program((X,), (-X,))
def assigned_before_an_early_return(x):
    seen = 0.0

    def look(v):
        nonlocal seen
        seen = seen + v
        return v

    if look(x[0]) > 0.0:
        return seen * look(x[1])
    look(x[2])
    return seen * seen


@program((X,))
def broken_out_of(x):
    total = 0.0

    def add(v):
        nonlocal total
        total = total + v * v
        return total > 0.5

    for v in x:
        if add(v):
            break
    else:
        total = -total
    return total * x[0]
