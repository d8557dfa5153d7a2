"""What holds where there is no derivative, at zeros and ties, and behind masks: stated numbers, row by row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import pullback.primitives.tables  # noqa: F401  # fills the registry
from pullback.primitives.registry import PRIMITIVES

pytestmark = pytest.mark.filterwarnings("error")


def slopes(name: str, *operands: Any, wanted: int = 0, g: Any = None, **attrs: Any) -> Any:
    prim = PRIMITIVES[name]
    out = prim.evaluate(*operands, **attrs)
    g = np.ones(np.shape(out)) if g is None else g
    assert prim.vjp is not None
    bar = prim.vjp(g, out, operands, attrs, [k == wanted for k in range(len(operands))])[wanted]
    return 0.0 if bar is None else bar


Z = np.array([-1.0, 0.0, 2.0])
WHOLE: dict[str, Any] = {"axis": None, "keepdims": False}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (slopes("maximum", Z, 0.0), [0, 0, 1]),  # relu'(0) = 0
        (slopes("maximum", 0.0, Z, wanted=1), [0, 0, 1]),
        (slopes("minimum", Z, 0.0), [1, 0, 0]),
        (slopes("maximum", Z, np.zeros(3)), [0, 0.5, 1]),  # ties of two arrays are shared
        (slopes("maximum", Z, np.zeros(3), wanted=1), [1, 0.5, 0]),
        (slopes("fmax", Z, np.array([np.nan, 0.0, 3.0])), [1, 0.5, 0]),
        (slopes("fmin", Z, np.array([np.nan, 0.0, 3.0])), [1, 0.5, 1]),
        (slopes("clip", Z, -1.0, 1.0), [0, 1, 0]),
        (slopes("absolute", Z), [-1, 0, 1]),
        (slopes("copysign", Z, -1.0), [1, 0, -1]),
        (slopes("power", Z, 2), [-2, 0, 4]),
        (slopes("power", Z, 1), [1, 1, 1]),
        (slopes("power", Z, 0), [0, 0, 0]),
        (slopes("power", Z, np.array([3.0, 0.0, 0.0])), [3, 0, 0]),
        (slopes("power", np.array([0.0, 1.0]), np.array([2.0, 2.0]), wanted=1), [0, 0]),
        (slopes("hypot", np.array([0.0, 3.0]), np.array([0.0, 4.0])), [0, 0.6]),
        (slopes("arctan2", np.array([0.0, 1.0]), np.array([0.0, 0.0])), [0, 0]),
        (slopes("sinc", np.array([0.0, 1.0])), [0, -1]),
        (slopes("norm", np.zeros(2), **WHOLE), [0, 0]),
        (slopes("p_norm", np.zeros(2), p=3.0, **WHOLE), [0, 0]),
        (slopes("sqrt", np.zeros(1), g=np.zeros(1)), [0]),  # the value is finite: no cotangent, no derivative
        (slopes("cbrt", np.zeros(1), g=np.zeros(1)), [0]),
        (slopes("power", np.zeros(1), 0.5, g=np.zeros(1)), [0]),
        (slopes("arcsin", np.ones(1), g=np.zeros(1)), [0]),
        (slopes("arccos", np.ones(1), g=np.zeros(1)), [0]),
        (slopes("arccosh", np.ones(1), g=np.zeros(1)), [0]),
        (slopes("cumprod", np.array([2.0, 0.0, 3.0, 0.0]), axis=0), [1, 8, 0, 0]),
        (slopes("sort", np.array([1.0, 0.0, 1.0]), g=np.array([1.0, 2.0, 3.0]), axis=0), [2, 1, 3]),  # as if stable
        (slopes("maximum_accumulate", np.array([1.0, 1.0, 2.0]), axis=0), [2, 0, 1]),  # the first of equal ones
        (slopes("det", np.array([[1.0, 2.0], [2.0, 4.0]])).round(12), [[4, -2], [-2, 1]]),
        (slopes("std", np.ones(3), ddof=0, **WHOLE), [0, 0, 0]),
        (slopes("max", np.array([2.0, 1.0, 2.0]), **WHOLE), [0.5, 0, 0.5]),
        (slopes("min", np.array([[1.0, 1.0], [0.0, 3.0]]), axis=1, keepdims=True), [[0.5, 0.5], [1, 0]]),
        (slopes("prod", np.array([0.0, 2.0, 3.0]), **WHOLE), [6, 0, 0]),
        (slopes("prod", np.array([0.0, 0.0, 3.0]), **WHOLE), [0, 0, 0]),
        (slopes("where", Z > 0, np.array([1.0, 2.0, 3.0]), 0.0, wanted=1, g=np.array([np.inf, 1, 1])), [0, 0, 1]),
        (slopes("remainder", np.array([5.0, -5.0]), 3.0), [1, 1]),
        (slopes("remainder", np.array([5.0, -5.0]), 3.0, wanted=1), 1.0),
        (slopes("float64", np.float32(1.5)), 1.0),
    ],
)
def test_conventions(found: Any, expected: Any) -> None:
    np.testing.assert_array_equal(found, expected)


def test_second_derivative_of_a_product_with_two_zeros() -> None:
    """d²(xyz) / dx dy = z also where x = y = 0, where dividing the product by its factors has lost it."""
    x = np.array([0.0, 0.0, 3.0])
    by_first = slopes("prod_others", x, axis=None, g=np.array([1.0, 0.0, 0.0]))
    np.testing.assert_array_equal(by_first, [0.0, 3.0, 0.0])


def test_duplicated_indices_add_up() -> None:
    from pullback.primitives.families.indexing import Hole, Index

    found = slopes("getitem", np.zeros(3), np.array([1, 1, 2]), index=Index((Hole(),)), g=np.array([1.0, 2.0, 4.0]))
    np.testing.assert_array_equal(found, [0.0, 3.0, 4.0])


@pytest.mark.parametrize(
    ("name", "x", "attrs", "expected"),
    [
        ("maximum_filter", np.ones((2, 3)), {"mode": "nearest"}, [[4, 2, 0], [0, 0, 0]]),
        ("maximum_filter", np.ones((2, 3)), {"mode": "wrap"}, [[1, 1, 1], [1, 1, 1]]),
        ("median_filter", np.array([1.0, 0.0, 1.0, 0.0]), {"mode": "reflect"}, [2, 1, 0, 1]),
        ("grey_erosion", np.array([1.0, 0.0, 0.0]), {"mode": "constant", "cval": -1.0}, [0, 1, 0]),
        ("grey_dilation", np.array([1.0, 1.0, 0.0]), {"mode": "constant"}, [2, 1, 0]),
    ],
)
def test_the_first_of_equal_elements_in_a_window_is_chosen(name: str, x: Any, attrs: Any, expected: Any) -> None:
    pytest.importorskip("scipy.ndimage")
    pytest.importorskip("pullback.primitives.scipy.ranks")
    found = slopes(f"ndimage_{name}", x, **{"size": 3, "cval": 0.0, "origin": 0, **attrs})
    np.testing.assert_array_equal(found, expected)
