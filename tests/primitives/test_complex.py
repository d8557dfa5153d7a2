"""Every rule on complex operands: against differences in both directions, duality, IR, and what is refused by name.

Each smooth case of the tables is run with all its active operands complex, and with only one of them complex, in both
precisions. A cotangent g pairs with a tangent t by Re(sum(g * t)), as in JAX.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from primitives.case import Case, active
from primitives.cases import CASES, SMOOTH
from primitives.cases_fourier import FOURIER, SCIPY_FOURIER
from primitives.cases_scipy import AT_POINT
from primitives.conftest import Comparisons
from primitives.test_rules import each, reversed_sweep, traced

from pullback.ir.builder import Builder
from pullback.ir.core import Primitive, Value
from pullback.ir.evaluate import evaluate
from pullback.ir.types import type_of
from pullback.primitives import formulas
from pullback.primitives.registry import PRIMITIVES, NotCovered

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::numpy.exceptions.ComplexWarning")

# refused by name although NumPy has them, each with its reason
REFUSED = {
    "bincount", "interp", "median", "quantile", "nanmedian", "nanquantile", "unique", "nan_to_num", "unwrap",
    "masked_max", "masked_min", "masked_nanmax", "masked_nanmin",  # ordered by one number, or by parts
    "frexp", "ldexp", "modf",  # NumPy raises, too
    "masked_sum", "masked_prod",  # of real numbers from a complex one
    "masked_std", "masked_var", "lstsq_residuals", "lstsq_solution", "lstsq_values", "matvec", "vecdot", "vecmat",
}  # fmt: skip
PHASES = {"eigh", "svd", "phase_free"}  # in tests/programs, by what does not depend on the phases of vectors
WRITES = {"index_add", "setitem", "add_along_axis", "add_slice"}  # into a real array NumPy writes no complex number
FIRST_ONLY = {"over_gaps"}  # the eigenvalues are real
ABSOLUTE = {"tan"}  # 1 + tan(z)**2 cancels far from the real axis, and does not overflow
CONVERTED = {"float", "float32", "float64", "float16", "astype", "cast_like", "math_fsum"}  # to real numbers
PYTHON = ("math_", "builtin_")


def turned(operand: Any, k: int) -> Any:
    """A complex operand near a real one."""
    phase = np.exp(1j * (0.3 + 0.4 * k + 0.5 * np.arange(np.size(operand)) / max(np.size(operand), 1)))
    z = np.asarray(operand) * phase.reshape(np.shape(operand))
    return complex(z) if isinstance(operand, float) else z


def complexified(case: Case) -> Iterator[Case]:
    """All active operands complex; then each alone."""
    places = tuple(k for k, o in enumerate(case.operands) if active(o))
    first = case.name in FIRST_ONLY
    choices = [places[:1]] if first else [places, *((k,) for k in places if k == 0 or case.name not in WRITES)]
    for chosen in dict.fromkeys(choices):
        yield Case(
            case.name, tuple(turned(o, k) if k in chosen else o for k, o in enumerate(case.operands)), case.attrs
        )


def refused(case: Case) -> str | None:
    """Why a case has no complex version: NumPy raises, or the row does."""
    builder = Builder()
    try:
        builder.apply(case.prim, tuple(Value(type_of(o)) for o in case.operands), case.attrs)
    except NotCovered as error:
        return str(error)
    except TypeError as error:
        return f"TypeError: {error}"
    return None


OF_COMPLEX = {"real", "imag", "conj", "conjugate", "phase", "angle", "with_real", "with_imag"}
MIXED = [
    c
    for case in SMOOTH
    if case.name not in CONVERTED | PHASES | OF_COMPLEX and not case.name.startswith(PYTHON)
    for c in complexified(case)
]
OWN = (
    OF_COMPLEX
    | {"eigvals", "scipy_eigvals"}
    | set(FOURIER)
    | set(SCIPY_FOURIER)
    | set(AT_POINT)
    | {p.name for p in PRIMITIVES.values() if p.name.startswith("cmath_")}
)
MIXED += [case for case in CASES if case.prim.kind != "discrete" and case.name in OWN]
REFUSALS = {str(c): why for c in MIXED if (why := refused(c))}
TAKEN = [c for c in MIXED if str(c) not in REFUSALS]


def inexact(operand: Any) -> bool:
    return active(operand) or np.iscomplexobj(operand)


def wanted(case: Case) -> tuple[bool, ...]:
    return tuple(map(inexact, case.operands))


def forward(case: Case, operands: tuple[Any, ...] | None = None) -> Any:
    return case.prim.evaluate(*(case.operands if operands is None else operands), **case.attrs)


def cotangent(out: Any, shift: float = 0.0) -> Any:
    """A cotangent of the type of `out`, complex where that is, with no two elements equal."""
    if isinstance(out, tuple):
        return tuple(cotangent(o, shift) for o in out)
    angles = 1.0 + shift + np.arange(np.size(out)).reshape(np.shape(out))
    g = np.cos(angles) + (1j * np.sin(2.0 * angles) if np.iscomplexobj(out) else 0.0)
    if isinstance(out, float | complex):
        return type(out)(g)
    return g.astype(np.asarray(out).dtype)[()]


def pulled_back(case: Case, g: Any, operands: tuple[Any, ...] | None = None) -> tuple[Any, ...]:
    operands = case.operands if operands is None else operands
    assert case.prim.vjp is not None
    return case.prim.vjp(g, forward(case, operands), operands, case.attrs, wanted(case))


def pairing(a: Any, b: Any) -> float:
    """Re(sum(a * b))."""
    pairs = [(p, q) for p, q in zip(each(a), each(b), strict=True) if p is not None and q is not None]
    return math.fsum(float(np.sum(np.asarray(p) * np.asarray(q)).real) for p, q in pairs)


def richardson(at: Callable[[float], float]) -> float:
    """The derivative at 0, of the step at which its neighbours agree best."""
    found = [(8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h) for h in (1e-2, 3e-3, 1e-3, 3e-4)]
    gaps = np.abs(np.diff(found))
    assert gaps.min() < 1e-6 * max(1.0, abs(found[-1])), "the differences do not converge: the case is no test"
    return float(found[int(np.argmin(gaps)) + 1])


def slope(case: Case, g: Any, k: int, step: Any) -> float:
    """The derivative of the pairing with g along a direction in the k-th operand: Richardson, of the best step."""

    def at(h: float) -> float:
        moved = list(case.operands)
        moved[k] = moved[k] + h * step
        return pairing(g, forward(case, tuple(moved)))

    return richardson(at)


@pytest.mark.parametrize("case", TAKEN, ids=str)
def test_the_pullback_agrees_with_differences_in_both_directions(case: Case, compare: Comparisons) -> None:
    out = forward(case)
    g = cotangent(out)
    rng = np.random.default_rng(1)
    for k, bar in enumerate(pulled_back(case, g)):
        operand = case.operands[k]
        if not inexact(operand):
            assert bar is None
            continue
        if bar is not None:
            assert np.shape(bar) == np.shape(operand)
            assert np.asarray(bar).dtype == np.asarray(operand).dtype
        for unit in (1.0, 1j) if np.iscomplexobj(operand) else (1.0,):
            step = unit * rng.uniform(0.5, 1.0, np.shape(operand)) * rng.choice((-1.0, 1.0), np.shape(operand))
            claimed = 0.0 if bar is None else pairing(bar, step)
            compare.close(claimed, slope(case, g, k, step), rtol=2e-7, atol=2e-7)


@pytest.mark.parametrize("case", TAKEN, ids=str)
def test_the_pullback_is_the_transpose_of_the_pushforward(case: Case, compare: Comparisons) -> None:
    out = forward(case)
    tangents = tuple(cotangent(o, 0.7) if inexact(o) else None for o in case.operands)
    assert case.prim.jvp is not None
    pushed = case.prim.jvp(tangents, out, case.operands, case.attrs)
    g = cotangent(out)
    for moved, result in zip(each(pushed), each(out), strict=True):
        if moved is not None:
            assert np.shape(moved) == np.shape(result)
            assert np.iscomplexobj(result) or not np.iscomplexobj(moved)
    left = 0.0 if pushed is None else pairing(g, pushed)
    right = sum(pairing(bar, t) for bar, t in zip(pulled_back(case, g), tangents, strict=True) if bar is not None)
    compare.close(left, right, rtol=1e-10, atol=1e-11)


@pytest.mark.parametrize("case", TAKEN, ids=str)
def test_the_rule_as_ir_computes_what_the_rule_on_arrays_does(case: Case, compare: Comparisons) -> None:
    g = cotangent(forward(case))
    module, bars = traced(case, chosen=wanted(case))
    expected = pulled_back(case, g)
    assert [b is None for b in bars] == [b is None for b in expected]
    found = evaluate(module, [*case.operands, *each(g)])
    for actual, bar in zip(found, [b for b in expected if b is not None], strict=True):
        np.testing.assert_allclose(actual, bar, rtol=1e-15, atol=0.0)
        assert np.asarray(actual).dtype == np.asarray(bar).dtype
        compare.count += np.size(bar)


PRODUCTS = {"prod", "masked_prod"}  # over several axes they are refused by name
TWICE = [
    c
    for c in TAKEN
    if sum(map(np.size, c.operands)) <= 60 and not (c.name in PRODUCTS and isinstance(c.attrs["axis"], tuple))
]


@pytest.mark.parametrize("case", TWICE, ids=str)
def test_rules_of_rules_agree_with_differences_in_both_directions(case: Case, compare: Comparisons) -> None:
    """The second derivative, by the rules of the primitives that the rule builds, along both axes."""
    module, _ = traced(case, chosen=wanted(case))
    arguments = [*case.operands, *each(cotangent(forward(case)))]
    weights = tuple(cotangent(bar, 0.3) for bar in evaluate(module, arguments))
    second = reversed_sweep(module, arguments, list(weights))
    rng = np.random.default_rng(2)
    for k, argument in enumerate(arguments):
        if not inexact(argument):
            continue
        for unit in (1.0, 1j) if np.iscomplexobj(argument) else (1.0,):
            step = unit * rng.uniform(0.5, 1.0, np.shape(argument)) * rng.choice((-1.0, 1.0), np.shape(argument))

            def at(h: float, k: int = k, step: Any = step) -> float:
                return pairing(
                    weights, tuple(evaluate(module, [*arguments[:k], arguments[k] + h * step, *arguments[k + 1 :]]))
                )

            claimed = pairing(np.broadcast_to(second[k], np.shape(argument)), step)
            compare.close(claimed, richardson(at), rtol=1e-6, atol=1e-6)


def narrow(value: Any) -> Any:
    if not isinstance(value, np.ndarray | np.generic) or value.dtype.kind not in "fc":
        return value
    return value.astype(np.complex64 if np.iscomplexobj(value) else np.float32)


@pytest.mark.parametrize("case", [c for c in TAKEN if any(isinstance(o, np.ndarray) for o in c.operands)], ids=str)
def test_complex64_stays_complex64(case: Case, compare: Comparisons) -> None:
    operands = tuple(map(narrow, case.operands))
    for bar, operand in zip(pulled_back(case, cotangent(forward(case, operands)), operands), operands, strict=True):
        if bar is not None:
            assert np.shape(bar) == np.shape(operand)
            assert np.asarray(bar).dtype == np.asarray(operand).dtype
            compare.count += 1


def test_what_is_refused_is_refused_by_name_or_by_numpy() -> None:
    stated = {name.partition("[")[0] for name, why in REFUSALS.items() if not why.startswith("TypeError")}
    assert stated >= REFUSED
    assert len({c.name for c in TAKEN}) > 120


# Partials at complex points, against a difference quotient in 60 digits.

POINTS = [0.3 + 0.4j, -1.2 + 0.1j, -0.7 - 1.9j, 2.5 - 0.3j, 1e-5 + 1e-5j, 3.0 + 8.0j, -4.0 - 2.0j, 0.9 + 1e-3j]
HOLOMORPHIC = [
    p
    for p in PRIMITIVES.values()
    if p.kind == "elementwise"
    and not p.name.startswith((*PYTHON, "cmath_"))
    and p.name not in ("absolute", "abs", "where", "maximum", "minimum", "fmax", "fmin", "clip", "fabs")
    and refused(Case(p.name, tuple(POINTS[: p.doc["arity"]]))) is None
]


@pytest.mark.parametrize("prim", HOLOMORPHIC, ids=lambda p: p.name)
def test_holomorphic_partials_to_the_last_digits(prim: Primitive, compare: Comparisons) -> None:
    symbols = sympy.symbols("x y z")[: prim.doc["arity"]]
    f = sympy.lambdify(symbols, formulas.meaning(prim, *symbols), modules="mpmath")
    assert prim.vjp is not None
    with mpmath.workdps(60), np.errstate(all="ignore"):
        for shift in range(len(POINTS)):
            point = [np.complex128((POINTS * 2)[shift + 3 * k]) for k in range(prim.doc["arity"])]
            for k in range(len(point)):
                at = [mpmath.mpc(p) for p in point]
                h = mpmath.mpf(10) ** -25
                exact = (f(*at[:k], at[k] + h, *at[k + 1 :]) - f(*at[:k], at[k] - h, *at[k + 1 :])) / (2 * h)
                bars = prim.vjp(np.complex128(1), prim.evaluate(*point), point, {}, [j == k for j in range(len(point))])
                given = 0.0 if bars[k] is None else complex(bars[k])
                size = max(1.0, *(abs(complex(p)) for p in point)) ** len(point)
                scale = max(1.0, abs(exact)) if "accuracy" in prim.doc or prim.name in ABSOLUTE else abs(exact)
                assert abs(given - exact) <= 1e-14 * size * scale + mpmath.mpf(10) ** -20, (
                    prim.name,
                    point,
                    given,
                    exact,
                )
                compare.count += 1
