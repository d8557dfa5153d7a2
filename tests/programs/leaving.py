"""Ways out of `try`, `with`, `finally` and loops over generators that depend on what only the run tells."""

# The statements are the point here.
# ruff: noqa: SIM107, B012, RET505, RET504

from __future__ import annotations

import contextlib

from support.corpus import Programs, normal

program = Programs()
X = normal(5)


class Scope:
    """Keeps a log."""

    def __init__(self, log, value):
        self.log = log
        self.value = value

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.log.append(self.value)


def steps(x, n):
    for k in range(n):
        yield x * (k + 1.0)


@program((2.0,), (-2.0,))
def returns_before_finally(x):
    n = [0.0]

    def inner():
        try:
            if x > 0:
                return x * x
            n[0] = 5.0
        finally:
            n[0] = n[0] + x
        return 3.0 * x

    return inner() * n[0]


@program((X,), (-X,))
def breaks_out_of_finally(xs):
    count, total = 0.0, 0.0
    for v in xs:
        try:
            if v > 0.5:
                break
            total += v * v
        finally:
            count += 1.0
    return total + count * xs[0]


@program((X,), (-X,))
def continues_through_finally(xs):
    weight, total = 1.0, 0.0
    for v in xs:
        try:
            if v < 0:
                continue
            total += v * weight
        finally:
            weight *= 0.5
    return total


@program((2.0,), (-2.0,))
def returns_out_of_with(x):
    log = []

    def inner(v):
        with Scope(log, v):
            if v > 0:
                return v * v
            v = v * 3.0
        return v

    y = inner(x)
    return y * log[0]


@program((X,))
def breaks_out_of_with(xs):
    @contextlib.contextmanager
    def scaled(v):
        yield 2.0 * v

    total = 0.0
    for v in xs:
        with scaled(v) as w:
            if w > 1.0:
                break
            total += w * w
    return total


@program((2.0,), (0.35,), (0.8,))
def returns_out_of_a_generator_loop(x):
    for v in steps(x, 5):
        if v > 3.0:
            return v * v
    return 0.5 * x


@program((2.0,), (0.35,), (0.1,))
def breaks_out_of_a_generator_loop(x):
    total = 0.0
    for v in steps(x, 5):
        total += v
        if total > 3.0:
            break
    else:
        total = total * 2.0
    return total * x


@program((X,))
def raises_through_finally(xs):
    total, seen = 0.0, 0.0
    for v in xs:
        try:
            try:
                if v < 0:
                    raise ValueError
                total += v
            finally:
                seen += v * v
        except ValueError:
            total -= 2.0 * v
    return total * seen


@program((2.0,), (-2.0,), (0.5,))
def ways_out_of_two_blocks(x):
    n = [0.0]

    def inner(v):
        for k in range(4):
            try:
                try:
                    if v * k > 1.5:
                        return v * k
                    if v < 0.0:
                        continue
                finally:
                    n[0] += v
                if v * k > 0.9:
                    break
            finally:
                n[0] += 1.0
        return v * v

    return inner(x) * n[0]


@program((2.0,), (-2.0,))
def a_finally_that_returns_under_a_condition(x):
    try:
        y = x * x
        if x > 1.0:
            return y
    finally:
        if x > 0.0:
            return 3.0 * x
    return -y


@program((X,), (-X,))
def a_return_out_of_nested_generators(xs):
    def pairs(ys):
        for k in range(len(ys) - 1):
            yield ys[k], ys[k + 1]

    def search():
        for a, b in pairs(xs):
            for v in steps(a, 3):
                if v > b:
                    return v * b
        return xs[0] * xs[1]

    return search() * 2.0


@program((2.0,), (-2.0,))
def a_return_inside_a_manager_in_a_loop(x):
    log = [0.0]

    def inner(v):
        for k in range(3):
            with Scope(log, v * k):
                if v > 1.0 and k == 1:
                    return v * len(log)
        return v

    return inner(x) * (log[0] + log[-1] + 1.0)
