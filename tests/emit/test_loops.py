"""Golden texts of loops: what a careful engineer would have written; it computes what interpreting the IR does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from emit.support import UNDEFINED, Writer, array, check, prim, program
from emit.test_python import body, text

from pullback.ir.types import BOOL, FLOAT, INT, Array, Scalar
from pullback.primitives.indexing import Hole, Index, Slice

RNG = np.random.default_rng(0)
get, put, add = prim("getitem"), prim("setitem"), prim("index_add")
ONE, PAIR = Index((Hole(),)), Index((Hole(), Hole()))


def tanh(pen: Any) -> Any:
    return prim("tanh")(pen)


def test_a_recurrence_saves_its_states_and_is_reversed() -> None:
    f = Writer("loss_value_and_grad", W=array(4, 4), U=array(4, 3), h=array(4), xs=array(7, 3))
    W, U, xs = f["W"], f["U"], f["xs"]

    def step(i: Any, h: Any) -> Any:
        x = f.named("x", get(xs, i, index=ONE))
        following = f.named("h", tanh(W @ h + U @ x))
        return False, [following], [following, h]

    _, (h,), (after, before) = f.for_(
        (0, 7, 1), step, [("h", f["h"], array(4))], written=[("", array(4)), ("", array(4))]
    )
    value = f.named("value", prim("sum")(h * h, axis=None, keepdims=False))
    with f.at(0, "adjoint"):
        start = [f.named("h_bar", 2.0 * h), *(f.named(n, prim("zeros_like")(f[n[0]])) for n in ("W_bar", "U_bar"))]

        def back(i: Any, h_bar: Any, W_bar: Any, U_bar: Any, h: Any, previous: Any) -> Any:
            x = get(xs, i, index=ONE)
            z_bar = f.named("z_bar", h_bar * (1.0 - h * h))
            W_bar = f.into(W_bar + prim("outer")(z_bar, previous))
            U_bar = f.into(U_bar + prim("outer")(z_bar, x))
            return False, [prim("transpose")(W, axes=None) @ z_bar, W_bar, U_bar], []

        names = ["h_bar", "W_bar", "U_bar"]
        types = [array(4), array(4, 4), array(4, 3)]
        initial = list(zip(names, start, types, strict=True))
        _, bars, _ = f.for_((0, 7, 1), back, initial, [("h", after), ("previous", before)], reverse=True)
    given = program(f.function(value, *bars))
    emitted = check(given, *(RNG.normal(size=s) / 2 for s in [(4, 4), (4, 3), (4,), (7, 3)]))
    assert body(emitted.source) == text("""
        hs = []
        h_saved = []
        for i in range(7):
            h_saved.append(h)
            x = xs[i]
            h = np.tanh(W @ h + U @ x)
            hs.append(h)
        value = np.sum(h * h)

        h_bar = 2.0 * h
        W_bar = np.zeros_like(W)
        U_bar = np.zeros_like(U)
        for i in range(6, -1, -1):
            h = hs.pop()
            previous = h_saved.pop()
            z_bar = h_bar * (1.0 - h * h)
            W_bar += np.outer(z_bar, previous)
            U_bar += np.outer(z_bar, xs[i])
            h_bar = W.T @ z_bar
        return value, h_bar, W_bar, U_bar
    """)


def test_a_stencil_is_written_in_place() -> None:
    A = array("n", "n")
    f = Writer("seidel", A=A, sweeps=INT)
    n = f.named("n", prim("dim")(f["A"], axis=0))
    first = f.named("A", prim("copy")(f["A"]))

    def cell(i: Any, j: Any, A: Any) -> Any:
        around = get(A, i - 1, j, index=PAIR) + get(A, i, j - 1, index=PAIR) + get(A, i, j, index=PAIR)
        around = around + get(A, i, j + 1, index=PAIR) + get(A, i + 1, j, index=PAIR)
        return f.named("A", f.into(put(A, around / 5.0, i, j, index=PAIR)))

    def back(i: Any, j: Any, A_bar: Any) -> Any:
        d = f.named("d", get(A_bar, i, j, index=PAIR) / 5.0)
        A_bar = f.into(put(A_bar, d, i, j, index=PAIR))
        for a, b in ((i - 1, j), (i, j - 1), (i, j + 1), (i + 1, j)):
            A_bar = f.into(add(A_bar, d, a, b, index=PAIR))
        return A_bar

    def nest(name: str, start: Any, step: Any, **options: Any) -> Any:
        def columns(i: Any, X: Any) -> Any:
            inner = lambda j, X: (False, [step(i, j, X)], [])
            return f.for_((1, n - 1, 1), inner, [(name, X, A)], index="j", **options)[1][0]

        def rows(X: Any) -> Any:
            return f.for_((1, n - 1, 1), lambda i, X: (False, [columns(i, X)], []), [(name, X, A)], **options)[1][0]

        body = lambda t, X: (False, [rows(X)], [])
        return f.for_((0, f["sweeps"], 1), body, [(name, start, A)], index="t", **options)[1][0]

    last = nest("A", first, cell)
    value = f.named("value", prim("sum")(last * last, axis=None, keepdims=False))
    with f.at(0, "adjoint"):
        A_bar = f.named("A_bar", f.into(last * 2.0))
        A_bar = nest("A_bar", A_bar, back, reverse=True)
    emitted = check(program(f.function(value, A_bar)), RNG.normal(size=(6, 6)), 3)
    assert body(emitted.source) == text("""
        n = A.shape[0]
        A = A.copy()
        for _ in range(sweeps):
            for i in range(1, n - 1):
                for j in range(1, n - 1):
                    A[i, j] = (A[i - 1, j] + A[i, j - 1] + A[i, j] + A[i, j + 1] + A[i + 1, j]) / 5.0
        value = np.sum(A * A)

        A_bar = A
        A_bar *= 2.0
        for _ in range(sweeps):
            for i in range(n - 2, 0, -1):
                for j in range(n - 2, 0, -1):
                    d = A_bar[i, j] / 5.0
                    A_bar[i, j] = d
                    A_bar[i - 1, j] += d
                    A_bar[i, j - 1] += d
                    A_bar[i, j + 1] += d
                    A_bar[i + 1, j] += d
        return value, A_bar
    """)


def newton() -> Any:
    f = Writer("cube_root_value_and_grad", a=FLOAT, x=FLOAT)
    a = f["a"]

    def trip(n: Any, x: Any) -> Any:
        step = f.named("step", (x * x * x - a) / (3.0 * x * x))
        following = f.named("x", x - step)
        done = prim("less")(prim("absolute")(step), 1e-12)
        count = f.branch(done, lambda: n, lambda: n + 1, [INT], ["n"])
        return done, [count, following], [x]

    initial = [("n", 0, INT), ("x", f["x"], FLOAT)]
    trips, (_, x), (xs,) = f.while_(lambda n, x: n < 100, trip, initial, written=[("", FLOAT)])
    with f.at(0, "adjoint"):

        def back(i: Any, a_bar: Any, x_bar: Any, x: Any) -> Any:
            d = f.named("d", 1.0 / (3.0 * x * x))
            return False, [a_bar + x_bar * d, x_bar * (2.0 / 3.0 * (1.0 - a / (x * x * x)))], []

        initial = [("a_bar", 0.0, FLOAT), ("x_bar", 1.0, FLOAT)]
        _, bars, _ = f.for_((0, trips, 1), back, initial, [("x", xs)], reverse=True)
    return program(f.function(x, *bars))


def test_a_loop_is_left_where_the_user_left_it() -> None:
    emitted = check(newton(), 5.0, 2.0)
    print(emitted.source)
