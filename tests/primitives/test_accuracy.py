"""Every elementwise partial against mpmath at 60 digits and more, at regular and hostile points.

The oracle is a difference quotient of the row's formula in high precision; it knows nothing of the partials. Where
the left and the right quotient disagree there is no derivative, and the row must say which convention holds.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import mpmath
import numpy as np
import primitives.case  # noqa: F401  # loads the tables of SciPy, too
import pytest
import sympy
from primitives.conftest import Comparisons

from pullback.ir.core import Primitive
from pullback.primitives import formulas
from pullback.primitives.registry import PRIMITIVES

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

POINTS = [0.0, 1.0, -1.0, 0.5, -0.5, 1.7, -2.3, 30.0, -30.0, 1e-8, -1e-8, 1e-200, -1e-200, 1e200, -1e200, 700.0, -700.0]
POINTS += [1.0 - 2**-30, 1.0 + 2**-30, 0.04999, 0.05001]
NOT_INTERVALS = {"where"}  # its first operand is a truth value
PYTHON_RAISES = (OverflowError, ValueError, ZeroDivisionError)  # `math` and Python floats, where NumPy has inf or nan
ELEMENTWISE = [
    p
    for p in PRIMITIVES.values()
    if p.kind == "elementwise" and p.name not in NOT_INTERVALS and "reference" not in p.doc
]
ELEMENTWISE = [p for p in ELEMENTWISE if not p.name.startswith("cmath_")]  # tests/primitives/test_complex.py
ROWS = [p for p in ELEMENTWISE if "domain" not in p.doc]
IN_DOMAIN = [p for p in ELEMENTWISE if "domain" in p.doc]
GRID = (0.0, 0.13, 0.31, 0.5, 0.62, 0.87, 1.0)
DIGITS = 900  # exp(700) - exp(700 - h) needs as many


@cache
def in_mpmath(formula: str, arity: int) -> Callable[..., Any]:
    symbols = sympy.symbols("x y z w", real=True)[:arity]
    prim = next(p for p in ELEMENTWISE if p.formula == formula)
    return sympy.lambdify(symbols, formulas.meaning(prim, *symbols), modules="mpmath")  # type: ignore[no-any-return]


@cache
def quotients(formula: str, point: tuple[float, ...], k: int, step: int = 260) -> tuple[Any, Any] | None:
    """The left and right difference quotients in the k-th operand; None outside the domain."""
    f, at = in_mpmath(formula, len(point)), [mpmath.mpf(p) for p in point]
    h = mpmath.mpf(10) ** -step * max(abs(at[k]), 1)
    try:
        middle = f(*at)
        right = (f(*at[:k], at[k] + h, *at[k + 1 :]) - middle) / h
        left = (middle - f(*at[:k], at[k] - h, *at[k + 1 :])) / h
    except (ValueError, ZeroDivisionError, TypeError, OverflowError, NotImplementedError):
        return None
    values = [middle, left, right]
    if any(isinstance(v, mpmath.mpc) and v.imag != 0 for v in values) or not all(map(mpmath.isfinite, values)):
        return None
    return mpmath.re(left), mpmath.re(right)


@pytest.mark.parametrize("prim", ROWS, ids=lambda p: p.name)
def test_partials_at_hostile_points(prim: Primitive, compare: Comparisons) -> None:
    assert prim.vjp is not None
    assert prim.formula is not None
    points = POINTS if prim.doc["arity"] < 3 else POINTS[:7]
    with mpmath.workdps(DIGITS), np.errstate(all="ignore"):
        for point in itertools.product(points, repeat=prim.doc["arity"]):
            for k in range(prim.doc["arity"]):
                if eval(prim.doc.get("inexact", "False"), dict(zip("xyz", point, strict=False))):
                    continue
                given = computed(prim, point, k)
                found = None if given is None else quotients(prim.formula, point, k)
                if given is None or found is None:
                    continue
                left, right = found
                singular = "singular" in prim.doc
                if singular and abs(left) > mpmath.mpf(10) ** 150:
                    continue
                if abs(left - right) > abs(left + right) * mpmath.mpf(10) ** -20 + mpmath.mpf(10) ** -200:
                    assert singular, f"{prim.name} has a kink at {point} that its row does not state"
                    continue
                assert_near(prim, point, k, given, (left + right) / 2)
                compare.count += 1
    assert compare.count > 0


@pytest.mark.parametrize("prim", IN_DOMAIN, ids=lambda p: p.name)
def test_partials_in_the_domain_of_a_row(prim: Primitive, compare: Comparisons, record_property: Any) -> None:
    """Special functions at 50 digits: the worst error in units of the last place, unless the row says otherwise."""
    assert prim.formula is not None
    undefined = [text.startswith("undefined") for text in prim.doc["partials"]]
    axes = [
        range(math.ceil(low), math.floor(high) + 1) if whole else [low + (high - low) * t for t in GRID]
        for (low, high), whole in zip(prim.doc["domain"], undefined, strict=True)
    ]
    worst = 0.0
    with mpmath.workdps(75), np.errstate(all="ignore"):
        for point in itertools.product(*axes):
            for k in range(len(point)):
                if undefined[k]:
                    continue
                given, found = computed(prim, point, k), quotients(prim.formula, point, k, step=25)
                assert given is not None
                assert found is not None
                exact = (found[0] + found[1]) / 2
                absolute = "accuracy" in prim.doc or abs(exact) < 1e-20
                scale = max(1.0, abs(exact)) if absolute else abs(exact)
                worst = max(worst, float(abs(given - exact) / scale) / 2**-52)
                compare.count += 1
    record_property("ulp", worst)
    assert worst <= prim.doc.get("ulp", 4), f"{prim.name}: {worst:.0f} units of the last place"


def computed(prim: Primitive, point: Sequence[float], k: int) -> float | None:
    """The partial that the rule computes; None where the forward itself fails."""
    python = prim.name.startswith(("math_", "builtin_")) or prim.name == "abs"
    operands = list(point) if python else [p if isinstance(p, int) else np.float64(p) for p in point]
    try:
        out = prim.evaluate(*operands)
    except PYTHON_RAISES:
        return None
    if not np.isfinite(out):
        return None
    wanted = [j == k for j in range(len(point))]
    try:
        bar = prim.vjp(1.0, out, operands, {}, wanted)[k]  # type: ignore[misc]  # checked by the caller
    except PYTHON_RAISES:
        return float("inf")
    return 0.0 if bar is None else float(bar)


def assert_near(prim: Primitive, point: Sequence[float], k: int, given: float, exact: Any) -> None:
    """Within a few units of the last place of what the operands allow; overflow where the true value overflows."""
    where = f"{prim.name} d{'xyz'[k]} at {point}: {given} for {mpmath.nstr(exact, 17)}"
    if abs(exact) > 1.7e308:
        assert abs(given) == np.inf or abs(given) > 1e307, where
        return
    conditioning = max([1.0, *(abs(p) for p in point if abs(p) < 1e3), *(abs(np.log(abs(p))) for p in point if p)])
    scale = max(1, abs(exact)) if "accuracy" in prim.doc else abs(exact)
    assert abs(given - exact) <= 4e-15 * conditioning * scale + mpmath.mpf(1e-300), where
