"""Loops: the IR of each construct computes what Python does, and stays a loop."""

# ruff: noqa: B905  # plain zip is the point here

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from frontend.oracle import check

from pullback.ir.core import walk

X = np.array([0.3, 0.5, -0.2, 0.8])
Y = np.array([1.0, 2.0, 3.0, 4.0])
M = np.arange(16.0).reshape(4, 4)
NONE = np.zeros(0)
CASES: list[Any] = []


def computes(*argument_sets: tuple[Any, ...], loops: int = 1) -> Any:
    """Register a function with arguments; `loops` are the loops that its IR has."""

    def register(function: Any) -> Any:
        CASES.extend(
            pytest.param(function, args, loops, id=f"{function.__name__}-{k}") for k, args in enumerate(argument_sets)
        )
        return function

    return register


@computes((X, 3))
def counter_becomes_float(x, n):
    acc = 0
    for i in range(n):
        acc = acc + x[i] * i
    return acc


@computes((X,), (NONE + 0.0,))
def recurrence_into_a_buffer(x):
    y = np.zeros(len(x))
    for i in range(1, len(x)):
        y[i] = y[i - 1] * 0.5 + x[i]
    return y.sum()


@computes((9.0,), (0.5,))
def while_with_a_counter(x):
    k = 0
    while x > 1.0:
        x = x / 2
        k += 1
    return x * k


@computes((M,))
def rows_of_an_array(x):
    t = 0.0
    for row in x:
        t = t + row.sum()
    return t


@computes((X, Y, 3), (X, Y, 0))
def buffers_are_swapped(u, v, n):
    u = u.copy()
    v = v.copy()
    for _ in range(n):
        v[1:-1] = 0.5 * (u[:-2] + u[2:])
        u, v = v, u
    return u.sum() + 2 * v.sum()


@computes((X,), (Y,), (-Y,))
def break_continue_and_else(x):
    for i in range(len(x)):
        if x[i] > 1.0:
            break
        if x[i] < 0:
            continue
        x[i] = x[i] * 2
    else:
        x[0] = 100.0
    return x


@computes((X,), (Y,), (Y[::-1].copy(),), loops=2)
def return_from_a_nested_loop(x):
    for i in range(len(x)):
        for j in range(i):
            if x[j] > x[i]:
                return x[j] * i
    return x.sum()


@computes((M,))
def slices_are_updated(a):
    n = a.shape[0]
    for k in range(n):
        a[k, k + 1 :] -= a[k, k] * a[k, : n - k - 1]
        a[k + 1 :, k] *= 2.0
    return a


@computes((M,), loops=0)
def writes_through_views(x):
    row = x[0]
    row += 1.0
    row[1] = 5.0
    x.T[0] = 7.0
    return x, row


@computes((X,), (Y,))
def while_with_a_short_circuit(x):
    i = 0
    while i < len(x) and x[i] > 0:
        x[i] *= 2
        i += 1
    return x, i


@computes((9.0,), (0.5,))
def walrus_in_the_test_of_while(x):
    while (y := x * 0.5) > 1:
        x = y
    return x, y


@computes((X, Y), (X, Y[:2]), loops=3)
def zip_enumerate_and_reversed(x, y):
    t = 0.0
    for i, (a, b) in enumerate(zip(x, y)):
        t += a * b * i
    for a in reversed(x):
        t = t * 0.5 + a
    for i in reversed(range(len(x))):
        t = t * 0.5 + x[i]
    return t


@computes((M,))
def rows_are_written_to(x):
    for r in x:
        r *= 2.0
        r[0] = 1.0
    return x


@pytest.mark.parametrize(("function", "args", "loops"), CASES)
def test_the_ir_computes_what_the_function_does(function, args, loops):
    program = check(function, *args)
    assert sum(op.prim.name in ("for", "while") for op in walk(program.module.main.block)) == loops
