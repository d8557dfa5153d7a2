"""Every rule of every row: against differences, against each other, as IR, in float32."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from primitives.case import Case, active
from primitives.cases import CASES, COMPLEX, NARROW, SMOOTH
from primitives.cases_bands import OF_BANDS, OF_LAGS
from primitives.cases_factors import OF_COLUMNS
from primitives.cases_filters import KERNELS
from primitives.cases_grids import GRID_CASES
from primitives.cases_resampling import NEEDS_RANKS
from primitives.cases_scipy import LINALG
from primitives.cases_splines import CURVES, SPLINE_CASES
from primitives.conftest import Comparisons

from pullback.ir.builder import Builder, atom
from pullback.ir.core import Block, Const, Function, Module, Value
from pullback.ir.evaluate import evaluate
from pullback.ir.types import UNKNOWN, is_inexact, type_of
from pullback.primitives.expr import Expr
from pullback.primitives.registry import PRIMITIVES, NotCovered

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def wanted(case: Case) -> tuple[bool, ...]:
    return tuple(active(o) for o in case.operands)


def forward(case: Case, operands: tuple[Any, ...] | None = None) -> Any:
    return case.prim.evaluate(*(case.operands if operands is None else operands), **case.attrs)


def is_float(out: Any) -> bool:
    """Whether a result, or every one of several, is of floats."""
    return all(map(is_float, out)) if isinstance(out, tuple) else np.asarray(out).dtype.kind == "f"


def each(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def cotangent(out: Any) -> Any:
    """A cotangent of the type of `out`, with no two elements equal."""
    if isinstance(out, tuple):
        return tuple(map(cotangent, out))
    if isinstance(out, float):
        return 1.3
    g = np.cos(1.0 + np.arange(np.size(out))).reshape(np.shape(out))
    return g.astype(out.dtype)[()] if isinstance(out, np.generic) else g.astype(out.dtype)


def pulled_back(case: Case, g: Any, operands: tuple[Any, ...] | None = None) -> tuple[Any, ...]:
    operands = case.operands if operands is None else operands
    assert case.prim.vjp is not None
    return case.prim.vjp(g, forward(case, operands), operands, case.attrs, wanted(case))


def inner(a: Any, b: Any) -> float:
    pairs = [(p, q) for p, q in zip(each(a), each(b), strict=True) if p is not None and q is not None]
    return sum(float(np.sum(np.asarray(p, dtype=float) * np.asarray(q, dtype=float))) for p, q in pairs)


def test_every_primitive_has_a_case() -> None:
    untested = {"empty", "empty_like"} | COMPLEX | NARROW  # no value to compare; no differences of that width
    untested |= {name for name in PRIMITIVES if name.startswith("list_")}  # tests/primitives/test_lists.py
    untested |= {
        name for name, prim in PRIMITIVES.items() if "reference" in prim.doc
    }  # the user's: tests/test_rules.py
    assert set(PRIMITIVES) - {case.name for case in CASES} == untested


@pytest.mark.parametrize("case", SMOOTH, ids=str)
def test_the_pullback_agrees_with_differences(case: Case, compare: Comparisons) -> None:
    out = forward(case)
    if not is_float(out):
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
    if not is_float(out):
        pytest.skip("a cast to integers has no derivative")
    g = cotangent(out)
    for moved, result in zip(each(pushed), each(out), strict=True):
        assert moved is None or np.shape(moved) == np.shape(result)
    left = 0.0 if pushed is None else inner(g, pushed)
    right = sum(inner(bar, t) for bar, t in zip(pulled_back(case, g), tangents, strict=True) if bar is not None)
    compare.close(left, right, rtol=1e-11, atol=1e-12)


def narrow(value: Any) -> Any:
    return value.astype(np.float32) if isinstance(value, np.ndarray | np.generic) and active(value) else value


@pytest.mark.parametrize("case", [c for c in SMOOTH if any(isinstance(o, np.ndarray) for o in c.operands)], ids=str)
def test_float32_stays_float32_and_shapes_are_fitted(case: Case, compare: Comparisons) -> None:
    operands = tuple(map(narrow, case.operands))
    out = forward(case, operands)
    if not is_float(out):
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


def traced(case: Case, unknown: bool = False, chosen: tuple[bool, ...] | None = None) -> tuple[Module, list[Any]]:
    """The rule as IR: a function of the operands and g to the cotangents that are wanted."""
    builder = Builder()
    params = [Value(UNKNOWN if unknown and active(o) else type_of(o), f"x{k}") for k, o in enumerate(case.operands)]
    pens = [Expr(builder, p) for p in params]
    outs = tuple(Expr(builder, a) for a in builder.apply(case.prim, tuple(params), case.attrs))
    seeds = [Value(o.type, f"g{k}") for k, o in enumerate(outs)]
    gs = tuple(Expr(builder, seed) for seed in seeds)
    assert case.prim.vjp is not None
    out, g = (outs, gs) if len(outs) > 1 else (outs[0], gs[0])
    bars = case.prim.vjp(g, out, pens, case.attrs, chosen or wanted(case))
    results = [atom(b.atom if isinstance(b, Expr) else b) for b in bars if b is not None]
    block = Block((*params, *seeds), tuple(builder.ops), tuple(results))
    return Module({"rule": Function("rule", block)}, "rule"), list(bars)


@pytest.mark.parametrize("case", SMOOTH, ids=str)
def test_the_rule_as_ir_computes_what_the_rule_on_arrays_does(case: Case, compare: Comparisons) -> None:
    out = forward(case)
    g = cotangent(out) if is_float(out) else out
    module, bars = traced(case)
    literals = [o.value for op in module.main.block.ops for o in op.operands if isinstance(o, Const)]
    assert not any(isinstance(v, np.ndarray | np.generic) for v in literals), "an array was computed at compile time"
    expected = pulled_back(case, g)
    assert [b is None for b in bars] == [b is None for b in expected]
    for actual, bar in zip(
        evaluate(module, [*case.operands, *each(g)]), [b for b in expected if b is not None], strict=True
    ):
        compare.close(actual, bar, rtol=1e-15, atol=0.0)


REFUSED_WITHOUT_RANKS = {"tensordot", "inner", "prod_others", "trace", "solve", "multi_dot", "qr"}
REFUSED_WITHOUT_RANKS |= {
    "diff",
    "tile",
    "repeat",
    "repeat_each",
    "gradient_by_coordinates",
    "sliding_windows",
    "median",
    "einsum",
    "einsum_view",
}
REFUSED_WITHOUT_RANKS |= {"quantile", "nanquantile", "nanmedian"}
# compute in float64, as SciPy's functions do beside integers; without types nothing says what to narrow a gradient to
WIDENED = {"float_power", "interp", "lagged_products", "sparse_product"}


REFUSED_WITHOUT_RANKS |= OF_BANDS.keys() | OF_LAGS.keys() | OF_COLUMNS.keys() | LINALG.keys() - {"scipy_norm"}
REFUSED_WITHOUT_RANKS |= {
    *GRID_CASES,
    "splev",
    *KERNELS,
    *NEEDS_RANKS,
    "filtfilt",
    "sosfiltfilt",
    "uniform_filter1d",
    "gaussian_filter1d",
    "simpson",
    "romb",
    "block_diag",
    "multivariate_normal_logpdf",
    "multivariate_normal_entropy",
    *(name for name in SPLINE_CASES if name.removesuffix("_basis") in CURVES),
}


def needs_ranks(case: Case) -> bool:
    return case.name in REFUSED_WITHOUT_RANKS or case.name.startswith("lstsq") or case.attrs.get("full_matrices", False)


@pytest.mark.parametrize("case", [c for c in SMOOTH if not needs_ranks(c)], ids=str)
def test_rules_for_unknown_ranks(case: Case, compare: Comparisons) -> None:
    """Without types a rule finds shapes and ranks at run time, and float32 is not widened."""
    module, _ = traced(case, unknown=True)
    assert case.prim.vjp is not None
    for operands in (case.operands, tuple(map(narrow, case.operands))):
        out = forward(case, operands)
        if not is_float(out):
            return
        g = cotangent(out)
        expected = [b for b in pulled_back(case, g, operands) if b is not None]
        for actual, bar in zip(evaluate(module, [*operands, *each(g)]), expected, strict=True):
            compare.close(actual, bar, rtol=1e-15 if np.asarray(bar).dtype == float else 1e-6, atol=1e-7)
            assert np.shape(actual) == np.shape(bar)
            if np.ndim(bar) and case.name not in WIDENED and not case.prim.spelling.startswith("scipy."):
                assert actual.dtype == bar.dtype


TWICE = [
    c
    for c in SMOOTH
    if not (c.name == "prod" and isinstance(c.attrs["axis"], tuple))
    and sum(map(np.size, c.operands)) <= 12
    and is_float(forward(c))
]


def reversed_sweep(module: Module, arguments: list[Any], cotangents: list[Any]) -> list[Any]:
    """Reverse mode over straight-line IR, on arrays: the rules of what a rule is made of."""
    values: dict[Any, Any] = dict(zip(module.main.params, arguments, strict=True))
    block = module.main.block

    def read(a: Any) -> Any:
        return a.value if isinstance(a, Const) else values[a]

    for op in block.ops:
        found = op.prim.evaluate(*map(read, op.operands), **op.attrs)
        values.update(zip(op.results, found if len(op.results) > 1 else (found,), strict=True))
    bars: dict[Any, Any] = {}

    def accumulate(a: Any, bar: Any) -> None:
        if isinstance(a, Value) and bar is not None:
            bars[a] = bars[a] + bar if a in bars else bar

    for atom_, bar in zip(block.results, cotangents, strict=True):
        accumulate(atom_, bar)
    for op in reversed(block.ops):
        if not any(r in bars for r in op.results):
            continue
        assert PRIMITIVES[op.prim.name] is op.prim
        assert op.prim.vjp is not None, f"{op.prim} is used by a rule and has none"
        want = [isinstance(o, Value) and is_inexact(o.type) for o in op.operands]
        operands = list(map(read, op.operands))
        g, out = tuple(bars.get(r) for r in op.results), tuple(values[r] for r in op.results)
        if len(out) == 1:
            g, out = g[0], out[0]
        for operand, bar in zip(op.operands, op.prim.vjp(g, out, operands, op.attrs, want), strict=True):
            accumulate(operand, bar)
    return [bars.get(p, 0.0) for p in module.main.params]


@pytest.mark.parametrize("case", TWICE, ids=str)
def test_rules_of_rules(case: Case, compare: Comparisons) -> None:
    """The second derivative, by the rules of the primitives that the rule builds: the tables are closed."""
    module, _ = traced(case)
    g = cotangent(forward(case))
    arguments = [*case.operands, *each(g)]
    first = evaluate(module, arguments)
    weights = [cotangent(b) if isinstance(b, float) else np.asarray(cotangent(np.asarray(b))) for b in first]
    second = reversed_sweep(module, arguments, weights)
    for k, argument in enumerate(arguments):
        if not active(argument):
            continue
        for place in np.ndindex(np.shape(argument)):

            def at(h: float, k: int = k, place: tuple[int, ...] = place) -> float:
                moved = list(arguments)
                moved[k] = moved[k] + h if isinstance(moved[k], float) else np.array(moved[k])
                if not isinstance(moved[k], float):
                    moved[k][place] += h
                return sum(inner(w, b) for w, b in zip(weights, evaluate(module, moved), strict=True))

            h = 1e-4
            slope = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)
            found = np.broadcast_to(second[k], np.shape(argument))[place]
            compare.close(found, slope, rtol=2e-7, atol=2e-7)


def test_second_derivatives_of_products_over_several_axes_are_refused() -> None:
    case = Case("prod_others", (np.ones((2, 2)),), {"axis": (0, 1)})
    with pytest.raises(NotCovered):
        pulled_back(case, np.ones((2, 2)))
