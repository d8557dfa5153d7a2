"""What a program says beside its values: functions and their names, names of values, places, guards, hidden inputs."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from frontend.oracle import check, interpreted, same, traced

from pullback.frontend import NeedsStaticParameter, trace
from pullback.ir.core import Value, walk
from pullback.ir.interface import Leaf, Node, Program, Static, Tree, node
from pullback.ir.printer import print_module
from pullback.ir.regions import CALL, IF
from pullback.ir.types import FLOAT, INT, UNKNOWN, Array, Sym
from pullback.ir.verify import verify_module

A = np.random.default_rng(2).normal(size=(3, 4))
RATE = 0.5
OFFSETS = np.array([1.0, 2.0, 3.0, 4.0])
CONFIG: dict[str, Any] = {"power": 2, "table": OFFSETS}


def relu(z):
    return np.maximum(z, 0.0)


def layer(p, x, activation=None):
    z = x @ p["W"] + p["b"]
    return z if activation is None else activation(z)


def network(params, x):
    for p in params[:-1]:
        x = layer(p, x, relu)
    return layer(params[-1], x)


def parameters(*sizes: int) -> list[dict[str, Any]]:
    return [{"W": np.ones((m, n)), "b": np.ones(n)} for m, n in pairwise(sizes)]


def test_a_function_is_traced_once_per_signature_whatever_the_sizes():
    program = check(network, parameters(4, 5, 6, 7, 2), A)
    assert list(program.module.functions) == ["relu", "layer_relu", "layer", "network"]
    calls = [op.attrs["callee"] for op in walk(program.module.main.block) if op.prim is CALL]
    assert calls == ["layer_relu"] * 3 + ["layer"]


def test_dimensions_of_a_callee_are_its_own_and_those_of_its_result_are_the_callers():
    program = traced(network, parameters(4, 5, 2), A)
    assert print_module(program.module).splitlines()[4:6] == [
        "def layer_relu(W: float64[W_dim0, W_dim1], b: float64[b_dim0], x: float64[x_dim0, x_dim1]):",
        "    %0: float64[x_dim0, W_dim1] = matmul(x, W)",
    ]
    result = program.module.main.results[0]
    assert str(result.type) == "float64[x_0, params_1_W_1]"


def test_unknown_dimensions_of_two_calls_differ():
    def shorter(x, y):
        def pick(v, mask):
            return v[mask > 0]

        return pick(x, y), pick(y, y)

    first, second = traced(shorter, A[0], A[1]).module.main.results
    assert first.type != second.type


def test_names_of_values():
    def f(params, layers, x):
        h = x @ params["W1"]
        a, b = h.sum(), h.mean()
        layers[0]["cached"] = a * 2
        return a + b + layers[0]["W"].sum() + layers[0]["cached"]

    program = traced(f, {"W1": A.T}, [{"W": A}], A)
    main = program.module.main
    assert [p.name for p in main.params] == ["W1", "W0", "x"]
    assert [r.name for op in main.block.ops for r in op.results if r.name] == ["h", "a", "b", "cached"]


def test_places():
    # fmt: off
    def f(x):
        y = (
            np.sin(x)
            * 2
        )
        return y  # noqa: RET504
    # fmt: on

    sin, multiply = traced(f, 1.0).module.main.block.ops
    line = f.__code__.co_firstlineno
    assert sin.loc is not None
    assert multiply.loc is not None
    assert (sin.loc.line, sin.loc.column, sin.loc.end_column) == (line + 2, 12, 21)
    assert sin.loc.statement == multiply.loc.statement == (line + 1, line + 4)
    assert (multiply.loc.line, multiply.loc.end_line, multiply.loc.function) == (line + 2, line + 3, "f")
    assert sin.loc.file == __file__


def test_guards_hold_until_the_world_changes(monkeypatch):
    def f(x):
        return x * RATE + CONFIG["power"] + OFFSETS + CONFIG["table"]

    program = traced(f, OFFSETS)

    def broken() -> list[str]:
        def holds(now: Any, then: Any) -> bool:
            return now is then or (isinstance(then, str | float) and now == then)

        return [g.description for g in program.guards if not holds(g.read(), g.value)]

    assert broken() == []
    monkeypatch.setitem(CONFIG, "power", 3)
    assert broken() == ["the content of the global `CONFIG`"]
    monkeypatch.undo()
    monkeypatch.setitem(globals(), "RATE", 0.25)
    assert broken() == ["the global `RATE`"]
    monkeypatch.undo()
    monkeypatch.setitem(globals(), "OFFSETS", np.ones((1, 4)))
    assert broken() == ["the global `OFFSETS` (the same array as the global `CONFIG`['table'])"]
    monkeypatch.undo()
    monkeypatch.setitem(CONFIG, "table", np.ones((1, 4)))
    assert "the kind of the global `CONFIG`['table']" in broken()


def test_hidden_inputs_are_read_anew(monkeypatch):
    def f(OFFSETS_, v):
        return v * OFFSETS + OFFSETS_

    program = traced(f, 1.0, A[0])
    assert [(p.name, p.kind) for p in program.parameters] == [
        ("OFFSETS_", "positional"),
        ("v", "positional"),
        ("OFFSETS", "keyword_only"),
    ]
    monkeypatch.setitem(globals(), "OFFSETS", OFFSETS * 3)
    assert same(interpreted(program, f, 1.0, A[0]), f(1.0, A[0]))


def test_a_hidden_input_does_not_take_the_name_of_a_parameter():
    def helper(v):
        return v * OFFSETS

    def f(OFFSETS):
        return helper(OFFSETS * 2)

    program = check(f, A[0])
    assert [p.name for p in program.parameters] == ["OFFSETS", "OFFSETS_global"]


def test_closures_over_arrays_and_numbers():
    table, scale = A.copy(), 2.0

    def f(x):
        return x * scale + table

    program = check(f, 1.5)
    assert [p.name for p in program.parameters] == ["x", "table"]
    assert [g.description for g in program.guards] == [
        "the closure variable `scale`",
        "the kind of the closure variable `table`",
    ]


def test_parameters_and_results_are_trees():
    def f(x, *rest, flag, **more):
        return {"sum": (x, rest[0] if flag else None), "more": [more["k"], 1.0, "text"]}

    program = traced_with(f)
    assert [(p.name, p.kind) for p in program.parameters] == [
        ("x", "positional"),
        ("rest", "var_positional"),
        ("flag", "keyword_only"),
        ("more", "var_keyword"),
    ]
    assert program.result == node(
        "dict",
        {
            "sum": node("tuple", (Leaf(FLOAT), Leaf(FLOAT))),
            "more": node("list", (Leaf(FLOAT), Leaf(FLOAT), Static("text"))),
        },
    )


def traced_with(f: Any) -> Program:
    trees: dict[str, Tree] = {
        "x": Leaf(FLOAT),
        "rest": node("tuple", (Leaf(FLOAT),)),
        "flag": Static(True),
        "more": node("dict", {"k": Leaf(FLOAT)}),
    }
    return trace(f, trees)


def test_the_parameter_that_must_be_static_is_named():
    def f(x, config):
        def total(v, axis):
            return v.sum(axis=axis)

        return total(x, config["axis"] - 1)

    trees: dict[str, Tree] = {
        "x": Leaf(Array(np.dtype(float), (Sym("n"), Sym("m")))),
        "config": Node("dict", dict, ("axis",), (Leaf(INT, 1),)),
    }
    with pytest.raises(NeedsStaticParameter) as caught:
        trace(f, trees)
    assert (caught.value.parameter, caught.value.path) == ("config", ("axis",))


def test_the_generic_form():
    def f(w, x, y):
        r = np.tanh(x @ w) - y
        if r.sum() > 0:
            r = r * 2
        return np.mean(r**2) / x.shape[0]

    program = trace(f, {name: Leaf(UNKNOWN) for name in ("w", "x", "y")})
    verify_module(program.module)
    args = (A.T, A, A @ A.T)
    assert same(interpreted(program, f, *args), f(*args))


def test_an_early_return_needs_no_flag():
    def f(x):
        if x < 0:
            return 0.0
        y = x * x
        if y > 4:
            return y
        return y * x

    main = check(f, 1.0).module.main
    outer = [op for op in main.block.ops if op.prim is IF]
    assert len(outer) == 1
    assert [len(op.results) for op in walk(main.block) if op.prim is IF] == [1, 1]
    assert [op.prim.name for op in outer[0].blocks[1].ops][:1] == ["multiply"]


def test_the_sides_of_an_argument_are_not_shared_with_the_caller():
    def f(params):
        params["W"] = params["W"] * 2
        params["n"] = 1.0
        return params["W"].sum()

    given = {"W": A.copy()}
    program = traced(f, given)
    assert list(given) == ["W"]
    assert float(interpreted(program, f, given)) == pytest.approx(2 * A.sum())


def test_the_result_of_an_op_is_a_value():
    program = traced(relu, A)
    assert all(isinstance(r, Value) for r in program.module.main.results)
