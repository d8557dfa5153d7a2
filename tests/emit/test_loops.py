"""Golden texts of loops: what a careful engineer would have written; it computes what interpreting the IR does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from emit.support import UNDEFINED, Writer, array, check, prim, program
from emit.test_python import body, text

from pullback.ir.core import Loc
from pullback.ir.types import BOOL, FLOAT, INT, Seq, Tape
from pullback.primitives.families.indexing import Hole, Index, Slice

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


RNN = text("""
    def loss(W, h, xs):
        for x in xs:
            u = W @ h
            h = np.tanh(
                u + x
            )
        return 0.5 * np.sum(h * h)
""")


def test_a_reversed_statement_says_what_it_reverses(tmp_path: Path) -> None:
    file = tmp_path / "model.py"
    file.write_text(RNN)
    f = Writer("loss_value_and_grad", W=array(4, 4), h=array(4), xs=array("n", 4))

    def at(line: int, sweep: Any = "primal", last: int = 0) -> Any:
        loc = Loc(str(file), line, 0, last or line, 1, (line, last or line), "loss")
        return f.builder.at(loc, sweep)

    def step(i: Any, h: Any) -> Any:
        with at(2):
            x = f.named("x", get(f["xs"], i, index=ONE))
        with at(3):
            u = f.named("u", f["W"] @ h)
        with at(4, last=6):
            following = f.named("h", f.into(tanh(f.into(u + x))))
        return False, [following], [h, following]

    with at(2):
        n = prim("dim")(f["xs"], axis=0)
        _, (h,), (before, after) = f.for_((0, n, 1), step, [("h", f["h"], array(4))], written=[("", array(4))] * 2)
    with at(7):
        value = 0.5 * prim("sum")(h * h, axis=None, keepdims=False)
    with at(3, "adjoint"):
        W_bar = f.named("W_bar", prim("zeros_like")(f["W"]))

    def back(i: Any, h_bar: Any, W_bar: Any, previous: Any, h: Any) -> Any:
        with at(4, "adjoint", last=6):
            u_bar = f.named("u_bar", h_bar * (1.0 - h * h))
        with at(3, "adjoint"):
            W_bar = f.into(W_bar + prim("outer")(u_bar, previous))
            h_bar = prim("transpose")(f["W"], axes=None) @ u_bar
        return False, [h_bar, W_bar], []

    with at(2, "adjoint"):
        start = [("h_bar", h, array(4)), ("W_bar", W_bar, array(4, 4))]
        _, bars, _ = f.for_((0, n, 1), back, start, [("h_1", before), ("h", after)], reverse=True)
    arguments = RNG.normal(size=(4, 4)), RNG.normal(size=4), RNG.normal(size=(5, 4))
    emitted = check(program(f.function(value, *bars)), *arguments)
    assert body(emitted.source) == text("""
        n = xs.shape[0]
        h_saved = []
        hs = []
        for i in range(n):
            h_saved.append(h)
            x = xs[i]
            u = W @ h
            # h = np.tanh( u + x )
            u += x
            np.tanh(u, out=u)
            hs.append(u)
            h = u
        value = 0.5 * np.sum(h * h)

        h_bar = h
        # u = W @ h
        W_bar = np.zeros_like(W)
        for _ in range(n):
            h_1 = h_saved.pop()
            h = hs.pop()
            # h = np.tanh( u + x )
            u_bar = h_bar * (1.0 - h * h)
            # u = W @ h
            W_bar += np.outer(u_bar, h_1)
            h_bar = W.T @ u_bar
        return value, h_bar, W_bar
    """)
    lines = emitted.source.splitlines()
    located = {lines[k - 1].strip(): loc.line for k, loc in emitted.line_map.items()}
    assert located["h_bar = W.T @ u_bar"] == 3


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
    assert body(emitted.source) == text("""
        x_saved = []
        n = 0
        while n < 100:
            x_saved.append(x)
            step = (x * x * x - a) / (3.0 * x * x)
            x = x - step
            if np.abs(step) < 1e-12:
                break
            n += 1

        a_bar = 0.0
        x_bar = 1.0
        while x_saved:
            x_before = x_saved.pop()
            a_bar += x_bar * (1.0 / (3.0 * x_before * x_before))
            x_bar *= 0.6666666666666666 * (1.0 - a / (x_before * x_before * x_before))
        return x, a_bar, x_bar
    """)


def test_what_is_carried_in_a_circle_moves_at_once() -> None:
    f = Writer("f", a=FLOAT, b=FLOAT, n=INT)

    def trip(i: Any, a: Any, b: Any) -> Any:
        return False, [b, a], []

    _, (a, b), _ = f.for_((0, f["n"], 1), trip, [("a", f["a"], FLOAT), ("b", f["b"], FLOAT)])
    for n in (0, 1, 2):
        emitted = check(program(f.function(a - b)), 3.0, 1.0, n)
    assert body(emitted.source) == text("""
        for _ in range(n):
            a, b = b, a
        value = a - b
        return value
    """)


def test_what_is_carried_moves_in_turn_where_it_can() -> None:
    f = Writer("fibonacci", n=INT)
    _, (a, _), _ = f.for_((0, f["n"], 1), lambda i, a, b: (False, [b, a + b], []), [("a", 0, INT), ("b", 1, INT)])
    for n in (0, 1, 10):
        emitted = check(program(f.function(a)), n)
    assert body(emitted.source) == text("""
        a = 0
        b = 1
        for _ in range(n):
            a, b = b, a + b
        return a
    """)


def test_a_test_that_needs_lines_of_its_own() -> None:
    f = Writer("f", x=FLOAT)

    def test(x: Any) -> Any:
        size = f.named("size", prim("absolute")(x))
        return size * size > 0.5

    _, (x,), _ = f.while_(test, lambda x: (False, [f.named("x", x / 2.0)], []), [("x", f["x"], FLOAT)])
    emitted = check(program(f.function(x)), 30.0)
    assert body(emitted.source) == text("""
        while True:
            size = np.abs(x)
            if not size * size > 0.5:
                break
            x = x / 2.0
        return x
    """)


def test_a_flag_that_is_carried_ends_the_loop_a_trip_later() -> None:
    f = Writer("f", x=FLOAT)

    def trip(i: Any, x: Any, done: Any) -> Any:
        return done, [f.named("x", x / 2.0), x < 1.0], []

    trips, (x, _), _ = f.for_((0, 100, 1), trip, [("x", f["x"], FLOAT), ("done", False, BOOL)])
    emitted = check(program(f.function(x, trips)), 30.0)
    assert body(emitted.source) == text("""
        result = 0
        done = False
        for _ in range(100):
            result += 1
            x_2 = x / 2.0
            leave = done
            done = x < 1.0
            x = x_2
            if leave:
                break
        return x, result
    """)


def test_leaving_is_asked_of_the_new_values() -> None:
    f = Writer("f", x=FLOAT)

    def trip(x: Any) -> Any:
        following = f.named("x", x / 2.0)
        return following * following < 1.0, [following], []

    _, (x,), _ = f.while_(lambda x: x > -1.0, trip, [("x", f["x"], FLOAT)])
    emitted = check(program(f.function(x)), 30.0)
    assert body(emitted.source) == text("""
        while x > -1.0:
            x = x / 2.0
            if x * x < 1.0:
                break
        return x
    """)


def test_leaving_that_depends_on_the_old_values_is_decided_first() -> None:
    f = Writer("f", x=FLOAT)

    def trip(x: Any, y: Any) -> Any:
        return prim("absolute")(x - y) < 0.1, [f.named("x", x / 2.0), x], []

    _, (x, y), _ = f.while_(lambda x, y: x > -1.0, trip, [("x", f["x"], FLOAT), ("y", 0.0, FLOAT)])
    emitted = check(program(f.function(x, y)), 30.0)
    assert body(emitted.source) == text("""
        y = 0.0
        while x > -1.0:
            condition = np.abs(x - y) < 0.1
            x_2 = x / 2.0
            y = x
            x = x_2
            if condition:
                break
        return x, y
    """)


def test_nested_loops_share_one_stack() -> None:
    f = Writer("f", x=FLOAT, n=INT)

    def outer(i: Any, x: Any) -> Any:
        def inner(j: Any, x: Any) -> Any:
            return False, [f.named("x", prim("sin")(x))], [x]

        _, (x,), (xs,) = f.for_((0, i, 1), inner, [("x", x, FLOAT)], written=[("", FLOAT)], index="j")
        return False, [x], [xs]

    _, (x,), (xss,) = f.for_((0, f["n"], 1), outer, [("x", f["x"], FLOAT)], written=[("", Seq(FLOAT))])
    with f.at(0, "adjoint"):

        def outer_back(i: Any, x_bar: Any, xs: Any) -> Any:
            def inner_back(j: Any, x_bar: Any, x: Any) -> Any:
                return False, [x_bar * prim("cos")(x)], []

            start = [("x_bar", x_bar, FLOAT)]
            _, bars, _ = f.for_((0, i, 1), inner_back, start, [("x", xs)], reverse=True, index="j")
            return False, bars, []

        start = [("x_bar", 1.0, FLOAT)]
        _, bars, _ = f.for_((0, f["n"], 1), outer_back, start, [("xs", xss)], reverse=True)
    emitted = check(program(f.function(x, *bars)), 0.5, 4)
    assert body(emitted.source) == text("""
        x_saved = []
        for i in range(n):
            for _ in range(i):
                x_saved.append(x)
                x = np.sin(x)

        x_bar = 1.0
        for i in range(n - 1, -1, -1):
            for _ in range(i):
                x_before = x_saved.pop()
                x_bar = x_bar * np.cos(x_before)
        return x, x_bar
    """)


def test_a_sequence_that_two_loops_read_stays_whole() -> None:
    f = Writer("f", x=FLOAT)

    def save(i: Any, x: Any) -> Any:
        return False, [f.named("x", x * 2.0)], [x, x + 1.0]

    trips, _, (xs, ys) = f.for_((0, 5, 2), save, [("x", f["x"], FLOAT)], written=[("", FLOAT), ("ys", FLOAT)])
    total = lambda i, s, x, y: (False, [s + x * y], [])
    weighted = lambda i, s, x: (False, [s + i * x], [])
    _, (s,), _ = f.for_((0, 5, 2), total, [("s", 0.0, FLOAT)], [("x", xs), ("y", ys)], reverse=True)
    _, (t,), _ = f.for_((0, trips, 1), weighted, [("t", 0.0, FLOAT)], [("x", xs)], index="k")
    _, (u,), _ = f.for_((0, 5, 2), weighted, [("u", 0.0, FLOAT)], [("x", xs)], index="k", reverse=True)
    emitted = check(program(f.function(s, t, u)), 0.5)
    assert body(emitted.source) == text("""
        x_saved = []
        ys_saved = []
        trips = 3
        for _ in range(0, 5, 2):
            x_saved.append(x)
            x_2 = x * 2.0
            ys_saved.append(x + 1.0)
            x = x_2
        s = 0.0
        for x in reversed(x_saved):
            y = ys_saved.pop()
            s = s + x * y
        t = 0.0
        for k, x in zip(range(trips), x_saved):
            t = t + k * x
        u = 0.0
        for k, x in zip(reversed(range(0, 5, 2)), reversed(x_saved)):
            u = u + k * x
        return s, t, u
    """)


def test_what_a_trip_leaves_undefined_is_none() -> None:
    f = Writer("f", x=FLOAT, n=INT)

    def trip(i: Any, y: Any) -> Any:
        odd = f.named("odd", prim("equal")(i % 2, 1))
        kept = f.branch(odd, lambda: prim("exp")(f["x"]), lambda: UNDEFINED, [FLOAT], ["kept"])
        return False, [kept], [odd, kept, UNDEFINED, y]

    types = [BOOL, FLOAT, FLOAT, FLOAT]
    written = [(name, t) for name, t in zip(["odds", "kepts", "", "ys"], types, strict=True)]
    _, _, records = f.for_((0, f["n"], 1), trip, [("y", UNDEFINED, FLOAT)], written=written)

    def back(i: Any, s: Any, odd: Any, kept: Any, nothing: Any, y: Any) -> Any:
        first = f.branch(odd, lambda: kept, lambda: 1.0, [FLOAT])
        second = f.branch(prim("equal")(i, 2), lambda: y, lambda: 2.0, [FLOAT])
        third = f.branch(i < 0, lambda: nothing, lambda: 3.0, [FLOAT])
        return False, [s + first + second + third], []

    elements = list(zip(["odd", "kept", "nothing", "y"], records, strict=True))
    _, (s,), _ = f.for_((0, f["n"], 1), back, [("s", 0.0, FLOAT)], elements, reverse=True)
    emitted = check(program(f.function(s)), 0.5, 3)
    assert body(emitted.source) == text("""
        odds = []
        kepts = []
        saved = []
        ys = []
        y = None
        for i in range(n):
            saved.append(None)
            ys.append(y)
            odd = i % 2 == 1
            odds.append(odd)
            if odd:
                kept = np.exp(x)
            else:
                kept = None
            kepts.append(kept)
            y = kept
        s = 0.0
        for i in range(n - 1, -1, -1):
            odd = odds.pop()
            kept = kepts.pop()
            nothing = saved.pop()
            y = ys.pop()
            result = kept if odd else 1.0
            result_2 = y if i == 2 else 2.0
            result_3 = nothing if i < 0 else 3.0
            s = s + result + result_2 + result_3
        return s
    """)


def test_elements_are_written_to_a_copy_unless_the_memory_is_free() -> None:
    f = Writer("f", x=array("n"), v=FLOAT, i=INT)
    y = put(f["x"], f["v"], f["i"], index=ONE)
    z = f.named("z", put(y, get(y, 0, index=ONE) * 2.0, index=Index((Slice(1, 3, None),))))
    z = f.named("z", f.into(add(z, f["v"], 0, index=ONE)))
    emitted = check(program(f.function(y, z)), np.arange(4.0), 7.0, 2)
    assert body(emitted.source) == text("""
        value = x.copy()
        value[i] = v
        z = value.copy()
        z[1:3] = value[0] * 2.0
        z[0] += v
        return value, z
    """)


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ((0, 5, 1), "range(4, -1, -1)"),
        ((5, 0, -1), "range(1, 6)"),
        ((0, 7, 2), "reversed(range(0, 7, 2))"),
        ((2, None, 1), "range(n - 1, 1, -1)"),
        ((None, -3, -1), "range(-2, n + 1)"),
        ((0, None, 3), "reversed(range(0, n, 3))"),
    ],
)
def test_ranges_are_reversed(bounds: Any, expected: str) -> None:
    f = Writer("f", n=INT)
    given = tuple(f["n"] if b is None else b for b in bounds)
    _, (s,), _ = f.for_(given, lambda i, s: (False, [3 * s + i], []), [("s", 0, INT)], reverse=True)
    for n in (-4, 0, 1, 6):
        emitted = check(program(f.function(s)), n)
    assert f"for i in {expected}:" in emitted.source


def test_a_while_loop_reads_sequences_by_the_count_of_trips() -> None:
    f = Writer("f", x=FLOAT)
    save = lambda i, x: (False, [f.named("x", x * 2.0)], [x])
    _, _, (xs,) = f.for_((0, 5, 1), save, [("x", f["x"], FLOAT)], written=[("", FLOAT)])
    for options in ({}, {"reverse": True}):
        trip = lambda k, s, x, y: (False, [k + 1, s + x * y], [])
        start = [("k", 0, INT), ("s", 0.0, FLOAT)]
        _, (_, s), _ = f.while_(lambda k, s: k < 3, trip, start, [("x", xs), ("y", xs)], **options)
    emitted = check(program(f.function(s)), 0.5)
    assert body(emitted.source) == text("""
        x_saved = []
        for _ in range(5):
            x_saved.append(x)
            x = x * 2.0
        trips = 0
        k = 0
        s = 0.0
        while k < 3:
            x = x_saved[-1 - trips]
            y = x_saved[-1 - trips]
            trips += 1
            k += 1
            s = s + x * y
        return s
    """)


def test_a_computation_is_not_repeated_in_a_loop() -> None:
    f = Writer("f", x=array(3), n=INT)
    with f.at(0, "adjoint"):
        scale = prim("exp")(f["x"])
        _, (y,), _ = f.for_((0, f["n"], 1), lambda i, y: (False, [y + scale], []), [("y", f["x"], array(3))])
    emitted = check(program(f.function(y)), np.arange(3.0), 3)
    assert body(emitted.source) == text("""
        exp_x = np.exp(x)
        y = x
        for _ in range(n):
            y = y + exp_x
        return y
    """)


def test_what_a_callee_saved_is_read_but_not_taken_apart() -> None:
    """The backward of a call may run twice on one tape."""
    g = Writer("g_forward", x=FLOAT)
    save = lambda i, x: (False, [g.named("x", prim("sin")(x))], [x])
    trips, (y,), (xs,) = g.for_((0, 3, 1), save, [("x", g["x"], FLOAT)], written=[("x", FLOAT)])
    forward = g.function(y, g.pack(trips, xs))

    b = Writer("g_backward", saved=Tape(), y_bar=FLOAT)
    with b.at(0, "adjoint"):
        trips, xs = b.unpack(b["saved"], trips=INT, x=Seq(FLOAT))
        back = lambda i, x_bar, x: (False, [x_bar * prim("cos")(x)], [])
        _, bars, _ = b.for_((0, trips, 1), back, [("x_bar", b["y_bar"], FLOAT)], [("x", xs)], reverse=True)
    backward = b.function(*bars)

    e = Writer("g_value_and_grad", x=FLOAT)
    value, saved = e.call("g_forward", e["x"], types=[FLOAT, Tape()])
    with e.at(0, "adjoint"):
        first = e.call("g_backward", saved, 1.0, types=[FLOAT])[0]
        second = e.call("g_backward", saved, 2.0, types=[FLOAT])[0]
    emitted = check(program(e.function(value, first, second), forward, backward), 0.7)
    assert ".pop()" not in emitted.source
