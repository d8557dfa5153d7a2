"""Every rule of every row: against differences, against each other, as IR, in float32."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from primitives.cases import CASES, COMPLEX, NARROW, SMOOTH, Case, active
from primitives.conftest import Comparisons

from pullback.ir.builder import Builder, atom
from pullback.ir.core import Block, Const, Function, Module, Value
from pullback.ir.evaluate import evaluate
from pullback.ir.types import type_of
from pullback.primitives.expr import Expr
from pullback.primitives.registry import PRIMITIVES

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def wanted(case: Case) -> tuple[bool, ...]:
    return tuple(active(o) for o in case.operands)


def forward(case: Case, operands: tuple[Any, ...] | None = None) -> Any:
    return case.prim.evaluate(*(case.operands if operands is None else operands), **case.attrs)


def cotangent(out: Any) -> Any:
    """A cotangent of the type of `out`, with no two elements equal."""
    if isinstance(out, float):
        return 1.3
    g = np.cos(1.0 + np.arange(np.size(out))).reshape(np.shape(out))
    return g.astype(out.dtype)[()] if isinstance(out, np.generic) else g.astype(out.dtype)


def pulled_back(case: Case, g: Any, operands: tuple[Any, ...] | None = None) -> tuple[Any, ...]:
    operands = case.operands if operands is None else operands
    assert case.prim.vjp is not None
    return case.prim.vjp(g, forward(case, operands), operands, case.attrs, wanted(case))


def inner(a: Any, b: Any) -> float:
    return float(np.sum(np.asarray(a, dtype=float) * np.asarray(b, dtype=float)))


def test_every_primitive_has_a_case() -> None:
    untested = {"empty", "empty_like"} | COMPLEX | NARROW  # no value to compare; no differences of that width
    assert set(PRIMITIVES) - {case.name for case in CASES} == untested


@pytest.mark.parametrize("case", SMOOTH, ids=str)
def test_the_pullback_agrees_with_differences(case: Case, compare: Comparisons) -> None:
    out = forward(case)
    if np.asarray(out).dtype.kind != "f":
        pytest.skip("a cast to integers has no derivative")
    g = cotangent(out)
    for k, bar in enumerate(pulled_back(case, g)):
        if not wanted(case)[k]:
            assert bar is None
            continue
        slopes = np.array([differences(case, g, k, place) for place in np.ndindex(np.shape(case.operands[k]))])
        estimate, spread = slopes[:, 0], slopes[:, 1]
        given = np.zeros(np.shape(case.operands[k])) if bar is None else bar
        compare.close(np.ravel(given), estimate, rtol=2e-8, atol=2e-8 + 10 * float(np.max(spread, initial=0.0)))


def differences(case: Case, g: Any, k: int, place: tuple[int, ...]) -> tuple[float, float]:
    """Richardson's central difference by one element: the value of the best step, and how well neighbours agree."""

    def at(h: float) -> float:
        moved = list(case.operands)
        if isinstance(moved[k], float):
            moved[k] += h
        else:
            moved[k] = np.array(moved[k])
            moved[k][place] += h
        return inner(g, forward(case, tuple(moved)))

    def slope(h: float) -> float:
        return (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)

    ladder = [slope(h) for h in (1e-2, 3e-3, 1e-3, 3e-4)]
    gaps = [abs(a - b) for a, b in pairwise(ladder)]
    best = int(np.argmin(gaps))
    assert gaps[best] < 1e-7, "the differences do not converge: the case is no test"
    return ladder[best + 1], gaps[best]


@pytest.mark.parametrize("case", SMOOTH, ids=str)
def test_the_pullback_is_the_transpose_of_the_pushforward(case: Case, compare: Comparisons) -> None:
    out = forward(case)
    tangents = tuple(cotangent(o) * 0.7 if w else None for o, w in zip(case.operands, wanted(case), strict=True))
    assert case.prim.jvp is not None
    pushed = case.prim.jvp(tangents, out, case.operands, case.attrs)
    if np.asarray(out).dtype.kind != "f":
        pytest.skip("a cast to integers has no derivative")
    g = cotangent(out)
    if pushed is not None:
        assert np.shape(pushed) == np.shape(out)
    left = 0.0 if pushed is None else inner(g, pushed)
    right = sum(inner(bar, t) for bar, t in zip(pulled_back(case, g), tangents, strict=True) if bar is not None)
    compare.close(left, right, rtol=1e-11, atol=1e-12)


def narrow(value: Any) -> Any:
    return value.astype(np.float32) if isinstance(value, np.ndarray | np.generic) and active(value) else value


@pytest.mark.parametrize("case", [c for c in SMOOTH if any(isinstance(o, np.ndarray) for o in c.operands)], ids=str)
def test_float32_stays_float32_and_shapes_are_fitted(case: Case, compare: Comparisons) -> None:
    operands = tuple(map(narrow, case.operands))
    out = forward(case, operands)
    if np.asarray(out).dtype.kind != "f":
        pytest.skip("a cast to integers has no derivative")
    for given, operand in zip(pulled_back(case, cotangent(out), operands), operands, strict=True):
        if given is None:
            continue
        assert np.shape(given) == np.shape(operand)
        if isinstance(operand, float):
            assert type(given) is float
        else:
            assert np.asarray(given).dtype == np.asarray(operand).dtype
        compare.count += 1


def traced(case: Case) -> tuple[Module, list[Any]]:
    """The rule as IR: a function of the operands and g to the cotangents that are wanted."""
    builder = Builder()
    params = [Value(type_of(o), f"x{k}") for k, o in enumerate(case.operands)]
    pens = [Expr(builder, p) for p in params]
    out = Expr(builder, builder.apply(case.prim, tuple(params), case.attrs)[0])
    g = Value(out.type, "g")
    assert case.prim.vjp is not None
    bars = case.prim.vjp(Expr(builder, g), out, pens, case.attrs, wanted(case))
    results = [atom(b.atom if isinstance(b, Expr) else b) for b in bars if b is not None]
    block = Block((*params, g), tuple(builder.ops), tuple(results))
    return Module({"rule": Function("rule", block)}, "rule"), list(bars)


@pytest.mark.parametrize("case", SMOOTH, ids=str)
def test_the_rule_as_ir_computes_what_the_rule_on_arrays_does(case: Case, compare: Comparisons) -> None:
    out = forward(case)
    g = cotangent(out) if np.asarray(out).dtype.kind == "f" else out
    module, bars = traced(case)
    literals = [o.value for op in module.main.block.ops for o in op.operands if isinstance(o, Const)]
    assert not any(isinstance(v, np.ndarray | np.generic) for v in literals), "an array was computed at compile time"
    expected = pulled_back(case, g)
    assert [b is None for b in bars] == [b is None for b in expected]
    for actual, bar in zip(evaluate(module, [*case.operands, g]), [b for b in expected if b is not None], strict=True):
        compare.close(actual, bar, rtol=1e-15, atol=0.0)
