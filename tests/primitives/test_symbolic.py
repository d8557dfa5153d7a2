"""Rules against SymPy: the Jacobian of the primitive on symbols, which no rule has a part in."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import sympy
from primitives.case import Case, active
from primitives.cases import SMOOTH
from primitives.cases_grids import GRID_CASES
from primitives.cases_ranks import RANKS
from primitives.cases_resampling import RESAMPLING
from primitives.cases_scipy import AT_POINT, COUNTS, FAMILIES, LINALG, STATS
from primitives.cases_splines import SPLINE_CASES
from primitives.conftest import Comparisons
from primitives.test_rules import cotangent, each, forward, is_float, pulled_back, wanted
from support.symbols import NoSymbolicMeaning, sympy_meaning

from pullback.primitives import derived, formulas
from pullback.primitives.registry import PRIMITIVES

# SymPy compares all arguments of a Max with each other; an inverse has many terms
SLOW = {"max", "min", "nanmax", "nanmin", "var", "std", "solve", "inv"}
# the symbols are real: complex results and what makes them have their oracles in test_complex.py
COMPLEX = {
    *dir(np.fft),
    *(f"scipy_{name}" for name in (*dir(np.fft), "hfftn", "ihfftn")),
    "complex",
    "with_real",
    "with_imag",
    "phase_free",
}
# computed in compiled code, or by an inverse: their oracles are differences and duality, in test_rules.py
COMPILED = {
    "sum_of",
    "simpson",
    "romb",
    "lfilter",
    "fftconvolve",
    "convolve2d",
    "correlate2d",
    "signal_convolve",
    "signal_correlate",
}
COMPILED |= {"ndimage_convolve", "ndimage_correlate", "ndimage_convolve1d", "ndimage_correlate1d"}
COMPILED |= {"gaussian_filter1d", "uniform_filter1d", "overlap", "lag_sums"}
COMPILED |= {"scipy_dct", "scipy_dst", "scipy_dctn", "scipy_dstn"}
COMPILED |= {"sosfilt", "filtfilt", "sosfiltfilt"}
COMPILED |= RESAMPLING.keys()
COMPILED |= RANKS.keys() - {"at_places", "add_at_places"}
COMPILED |= GRID_CASES.keys()
STRUCTURAL = [
    c
    for c in SMOOTH
    if c.prim.kind != "elementwise"
    and c.name not in COMPLEX | COMPILED
    and sum(map(np.size, c.operands)) <= (12 if c.name in SLOW else 40)
]
# symbols cannot say how many elements there are, nor in which order; eigenvectors have no formula
WITHOUT_MEANING = {"arange", "eigh", "eigvalsh", "svd", "svdvals", "qr", "pinv", "over_gaps"}
WITHOUT_MEANING |= {"sort", "partition", "maximum_accumulate", "minimum_accumulate", "p_norm", "median"}
WITHOUT_MEANING |= {name for name in PRIMITIVES if name.startswith("masked_")}
WITHOUT_MEANING |= {
    "unique_values",
    "choose",
    "lstsq_solution",
    "lstsq_residuals",
    "lstsq_values",
    *(f"lstsq_{part}of_scipy" for part in ("", "residues_", "values_")),
    "nanmedian",
    "nanquantile",
    *SPLINE_CASES,
    "cdist",
    "multivariate_normal_logpdf",
    "unique",
}
WITHOUT_MEANING |= {"interp", "quantile", "nanmax", "nanmin", "modf", "frexp", "ldexp", "unwrap", "trim_trailing"}
WITHOUT_MEANING |= {"gradient_by_coordinates"}
WITHOUT_MEANING |= {"math_modf", "math_frexp", "math_ldexp", "math_remainder", "math_length", "math_dist"}
WITHOUT_MEANING |= {"histogram_sums", "histogram_between", "bin_edges"}
WITHOUT_MEANING |= {"logaddexp_reduce", "logaddexp2_reduce", "hypot_reduce", "builtin_max_of", "builtin_min_of"}
WITHOUT_MEANING |= {"multigammaln", "comb", *LINALG, *STATS, *FAMILIES, *AT_POINT}
WITHOUT_MEANING |= COUNTS.keys() | {"multivariate_normal_entropy"}


def on_symbols(case: Case) -> tuple[Any, list[Any]]:
    """The primitive on symbols in place of its active operands, and those symbols."""
    operands = []
    for k, operand in enumerate(case.operands):
        if not active(operand):
            operands.append(operand)
            continue
        names = sympy.symbols(f"s{k}_:{np.size(operand)}", real=True)
        array = np.array(names, dtype=object).reshape(np.shape(operand))
        operands.append(array if np.ndim(operand) or not isinstance(operand, float) else names[0])
    return sympy_meaning(case.prim, operands, case.attrs), operands


def flattened(results: Any) -> Any:
    """All numbers of one or several results."""
    return np.concatenate([np.ravel(np.asarray(r)) for r in each(results)])


@pytest.mark.parametrize("case", STRUCTURAL, ids=str)
def test_rules_agree_with_the_symbolic_jacobian(case: Case, compare: Comparisons) -> None:
    if case.name in WITHOUT_MEANING:
        with pytest.raises(NoSymbolicMeaning):
            on_symbols(case)
        return
    out = forward(case)
    if not is_float(out):
        with pytest.raises(NoSymbolicMeaning):
            on_symbols(case)
        return
    symbolic, operands = on_symbols(case)
    symbols = [s for o in operands for s in np.ravel(np.asarray(o, dtype=object)) if isinstance(s, sympy.Symbol)]
    numbers = [float(v) for o in case.operands if active(o) for v in np.ravel(o)]
    g = flattened(cotangent(out))
    flat = [sympy.sympify(v) for v in flattened(symbolic)]
    value = sympy.lambdify(symbols, flat, "math")
    compare.close(np.array(value(*numbers), dtype=float), flattened(out), rtol=1e-13)
    assert list(map(np.shape, each(symbolic))) == list(map(np.shape, each(out)))
    loss = sum(float(weight) * v for weight, v in zip(g, flat, strict=True))
    slopes = [sympy.diff(loss, s) for s in symbols]
    expected = np.array(
        sympy.lambdify(symbols, slopes, ["math", STEPS])(*numbers),
        dtype=float,
    )
    bars = [
        np.zeros(np.shape(o)) if bar is None else bar
        for bar, o, w in zip(pulled_back(case, cotangent(out)), case.operands, wanted(case), strict=True)
        if w
    ]
    compare.close(np.concatenate([np.ravel(b) for b in bars]), expected, rtol=1e-11)


def _half_step(x: float, at_zero: float = 0.5) -> float:
    return at_zero if x == 0 else float(x > 0)


STEPS = {"Heaviside": _half_step, "DiracDelta": lambda x: 0.0}


def test_the_derived_table_is_what_sympy_derives() -> None:
    assert formulas.derive() == derived.PARTIALS


def test_a_derivative_is_never_simplified() -> None:
    x = sympy.Symbol("x", real=True)
    assert formulas.contribution(1 - formulas.OUT**2) == "1.0 - out * out"
    assert formulas.contribution(1 / sympy.sqrt(1 + x**2)) == "g / sqrt(x * x + 1.0)"
    assert formulas.contribution(-x / (2 * (x + 1) ** 3)) == "-0.5 * x / (x + 1.0) ** 3"
    assert math.isclose(eval(formulas.contribution(sympy.pi / 180)), math.pi / 180)


@pytest.mark.parametrize(
    ("name", "operands", "attrs"),
    [
        ("argmax", (np.array(sympy.symbols("a b"), dtype=object),), {"axis": None, "keepdims": False}),
        ("int", (sympy.Symbol("a"),), {}),
        ("left_shift", (sympy.Symbol("a"), 2), {}),
    ],
)
def test_what_has_no_meaning_on_symbols_is_refused(name: str, operands: Any, attrs: Any) -> None:
    with pytest.raises(NoSymbolicMeaning):
        sympy_meaning(PRIMITIVES[name], operands, attrs)


def test_masks_are_conditions_and_numbers() -> None:
    a, b = sympy.symbols("a b", real=True)
    prim = PRIMITIVES
    mask = sympy_meaning(prim["greater"], [np.array([a, b], dtype=object), 0.0], {})
    masked = sympy_meaning(prim["multiply"], [np.array([a, b], dtype=object), mask], {})
    chosen = sympy_meaning(prim["where"], [mask, np.array([a, b], dtype=object), 0.0], {})
    for values in ((1.5, -2.0), (-0.5, 3.0)):
        numbers = dict(zip((a, b), values, strict=True))
        expected = [max(v, 0.0) for v in values]
        assert [float(e.subs(numbers)) for e in masked] == expected
        assert [float(e.subs(numbers)) for e in chosen] == expected
