"""The same rules on other forms of the same operands: half precision, integers mixed in, strided and read-only memory,
no elements, one element along an axis. Generated from the cases of tests/primitives/cases.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from primitives.case import Case, active
from primitives.cases import SMOOTH
from primitives.cases_bands import OF_BANDS, OF_LAGS, TOEPLITZ_CASES
from primitives.cases_grids import GRID_CASES
from primitives.conftest import Comparisons
from primitives.test_rules import cotangent, each, forward, is_float, pulled_back, traced, wanted

from pullback.ir.evaluate import evaluate
from pullback.ir.types import ShapesDisagree
from pullback.primitives.registry import NotCovered

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

RAISES = (TypeError, ValueError, IndexError, NotImplementedError, RuntimeError, ZeroDivisionError)
ARRAYS = [
    c for c in SMOOTH if any(isinstance(o, np.ndarray) and active(o) for o in c.operands) and is_float(forward(c))
]
# operands that are sizes or shapes, and matrices that must stay square: a cut would make what no program does
RELATED = {
    "spsolve",
    "logsumexp",
    "lagged_products",
    "over_gaps",
    "lu",
    "lu_solve",
    "cholesky_banded",  # of no diagonals
    "without_complement",
    "splev",
    "subspace_angles",
    "solve_sylvester",
    "spline_samples",  # points have as many coordinates as an array has axes
    "affine_points",
    "extend_signal",  # a signal is longer than what is added at its ends
    "fold_signal",
    "histogram_between",
}
RELATED |= GRID_CASES.keys()
RELATED |= {*OF_BANDS, *OF_LAGS, *TOEPLITZ_CASES} - {"solve_circulant"}
RELATED |= {c.name for c in ARRAYS if any(isinstance(o, tuple) for o in c.operands)}
READS_BEYOND = {"map_coordinates"}  # of an image without elements SciPy reads whatever lies in memory there
SHORT = {"gaussian_filter1d", "uniform_filter1d", "bin_edges"}  # with nothing to extend, and between no numbers


def of_arrays(case: Case, change: Callable[[Any], Any]) -> Case:
    """The same application, its active arrays changed."""
    operands = tuple(change(o) if isinstance(o, np.ndarray) and active(o) else o for o in case.operands)
    return Case(case.name, operands, case.attrs)


def result_of(case: Case) -> Any:
    """What NumPy computes; the test is skipped where NumPy itself takes no such operands."""
    try:
        return forward(case)
    except RAISES as error:
        pytest.skip(f"NumPy raises: {error}")


@pytest.mark.parametrize("case", ARRAYS, ids=str)
def test_half_precision_stays_half_precision(case: Case, compare: Comparisons) -> None:
    narrow = of_arrays(case, lambda o: o.astype(np.float16))
    out = result_of(narrow)
    if not all(np.asarray(o).dtype == np.float16 for o in each(out)):
        pytest.skip("the result is wider, or no float")
    wide = of_arrays(narrow, lambda o: o.astype(np.float64))
    g = cotangent(out)
    widened = tuple(np.asarray(part, dtype=float)[()] for part in each(g))
    expected = pulled_back(wide, widened if isinstance(g, tuple) else widened[0])
    for bar, exact, operand in zip(pulled_back(narrow, g), expected, narrow.operands, strict=True):
        if bar is None or not isinstance(operand, np.ndarray):
            continue
        assert bar.dtype == np.float16
        assert bar.shape == operand.shape
        size = float(np.max(np.abs(exact), initial=1e-3))
        compare.close(bar, exact, rtol=0.03, atol=0.03 * size)


@pytest.mark.parametrize("case", ARRAYS, ids=str)
def test_strides_and_read_only_memory_change_nothing(case: Case, compare: Comparisons) -> None:
    def strided(o: Any) -> Any:
        """Every second element along each axis, the last one backwards, of a larger array in Fortran order."""
        index = tuple(slice(None, None, 2) for _ in o.shape[:-1])
        room = np.full(tuple(2 * n for n in o.shape), np.nan, order="F")
        view = room[(*index, slice(None, None, -2))]
        view[...] = o
        view.flags.writeable = False
        return view

    form = of_arrays(case, lambda o: strided(o) if o.ndim and o.dtype == np.float64 else o)
    before = [np.array(o) for o in form.operands if isinstance(o, np.ndarray)]
    g = cotangent(forward(case))
    for part in each(g):
        if isinstance(part, np.ndarray):
            part.flags.writeable = False
    for bar, exact in zip(pulled_back(form, g), pulled_back(case, g), strict=True):
        assert (bar is None) == (exact is None)
        if bar is not None:
            compare.close(bar, exact, rtol=1e-12, atol=1e-13)
    for o, copy in zip([o for o in form.operands if isinstance(o, np.ndarray)], before, strict=True):
        np.testing.assert_array_equal(o, copy)


SEVERAL = [c for c in ARRAYS if sum(map(active, c.operands)) > 1]


@pytest.mark.parametrize("case", SEVERAL, ids=str)
def test_integers_beside_floats_get_no_cotangent(case: Case, compare: Comparisons) -> None:
    for k, operand in enumerate(case.operands):
        if not active(operand):
            continue
        whole = np.round(3 * np.asarray(operand)).astype(int)
        whole = int(whole) if isinstance(operand, float) else whole
        mixed = Case(case.name, (*case.operands[:k], whole, *case.operands[k + 1 :]), case.attrs)
        floats = float(whole) if isinstance(operand, float) else whole.astype(float)
        wide = Case(case.name, (*case.operands[:k], floats, *case.operands[k + 1 :]), case.attrs)
        try:
            out, same = forward(mixed), forward(wide)
        except RAISES:
            continue
        if not is_float(out) or not all(map(np.array_equal, each(out), each(same))):
            continue
        found, exact = pulled_back(mixed, cotangent(out)), pulled_back(wide, cotangent(same))
        assert found[k] is None
        for j, bar in enumerate(found):
            assert j == k or (bar is None) == (exact[j] is None)
            if bar is not None:
                assert np.asarray(bar).dtype == np.asarray(case.operands[j]).dtype
                compare.close(bar, exact[j], rtol=1e-12, atol=1e-13)


def cut(case: Case, axis: int, length: int) -> Case:
    """Every operand cut to a length along an axis that all of them have, or do not have because they broadcast."""

    def shorter(o: Any) -> Any:
        if not isinstance(o, np.ndarray) or o.ndim <= axis or o.shape[axis] == 1:
            return o
        return o[(slice(None),) * axis + (slice(0, length),)]

    return Case(case.name, tuple(map(shorter, case.operands)), case.attrs)


@pytest.mark.filterwarnings("ignore:kernel_size exceeds")
@pytest.mark.parametrize("length", [0, 1])
@pytest.mark.parametrize(
    "case", [c for c in ARRAYS if c.name not in RELATED | SHORT and c.attrs.get("mode") != "full"], ids=str
)
def test_no_elements_and_one_element_along_an_axis(case: Case, length: int, compare: Comparisons) -> None:
    if not length and case.name in READS_BEYOND:
        pytest.skip("what it gives of nothing is undefined")
    ranks = [o.ndim for o in case.operands if isinstance(o, np.ndarray)]
    for axis in range(max(ranks)):
        form = cut(case, axis, length)
        try:
            out = forward(form)
        except RAISES:
            continue
        if not is_float(out) or (length and not all(np.all(np.isfinite(o)) for o in each(out))):
            continue
        g = cotangent(out)
        try:
            module, _ = traced(form)
        except (NotCovered, ShapesDisagree):
            continue
        bars = pulled_back(form, g)
        for bar, operand in zip(bars, form.operands, strict=True):
            if bar is not None:
                assert np.shape(bar) == np.shape(operand)
                assert np.asarray(bar).dtype == np.asarray(operand).dtype
        again = evaluate(module, [*form.operands, *each(g)])
        for bar, other in zip([b for b in bars if b is not None], again, strict=True):
            compare.close(bar, other, rtol=1e-15, atol=0.0)
        if length:
            directional(form, out, g, bars, compare)


def directional(form: Case, out: Any, g: Any, bars: tuple[Any, ...], compare: Comparisons) -> None:
    """The cotangents against differences along one direction, where the function is smooth there."""
    steps = [cotangent(o) if want else None for o, want in zip(form.operands, wanted(form), strict=True)]

    def at(h: float) -> float:
        moved = [o if s is None else o + h * s for o, s in zip(form.operands, steps, strict=True)]
        return sum(
            float(np.sum(w * o)) for w, o in zip(each(g), each(form.prim.evaluate(*moved, **form.attrs)), strict=True)
        )

    slopes = [(8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h) for h in (1e-3, 3e-4, 1e-4)]
    gaps = np.abs(np.diff(slopes))
    if not gaps.min() < 1e-7 * max(1.0, abs(slopes[-1])):
        return  # at a kink: ranks drop, or elements tie
    claimed = sum(float(np.sum(b * s)) for b, s in zip(bars, steps, strict=True) if b is not None)
    compare.close(claimed, slopes[int(np.argmin(gaps)) + 1], rtol=1e-6, atol=1e-6)
