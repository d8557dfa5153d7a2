"""Every public function with `axis`: each axis by both of its names, tuples of axes, None, and keepdims."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import primitives.case  # noqa: F401  # loads the tables
import pytest
from primitives.case import array
from primitives.conftest import Comparisons

import pullback
from pullback.primitives.registry import MEANINGS

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::DeprecationWarning")

RAISES = (TypeError, ValueError, NotImplementedError, IndexError, np.linalg.LinAlgError)
X = array(3, 2, 4)
AXES = (0, 2, (0,), (0, 1), (2, 0), (0, 1, 2), None)

# one array in place of a list of them; axes as a tuple, several of them, or along which what is unique is found
REFUSED = {"concatenate", "stack", "cumulative_prod", "cumulative_sum", "vector_norm", "unique"}


def parameters(function: Any) -> set[str]:
    try:
        return set(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return set()


def of_one_array(function: Any) -> bool:
    """Whether a function of NumPy takes one array, and says which axis."""
    if not str(getattr(function, "__module__", "")).startswith("numpy") or "axis" not in parameters(function):
        return False
    needed = [p for p in inspect.signature(function).parameters.values() if p.default is p.empty]
    return len(needed) == 1 and needed[0].kind is not needed[0].VAR_POSITIONAL


FUNCTIONS = sorted({f for f in MEANINGS if of_one_array(f)}, key=lambda f: f.__name__)


def calls(function: Any) -> Iterator[dict[str, Any]]:
    kept = ({}, {"keepdims": True}) if "keepdims" in parameters(function) else ({},)
    yield from ({"axis": axis, **more} for axis, more in itertools.product(AXES, kept))


def below(axis: Any) -> Any:
    """The same axes, counted from the end."""
    return tuple(a - X.ndim for a in axis) if isinstance(axis, tuple) else axis - X.ndim


def gradient(function: Any, keywords: dict[str, Any], weights: Any) -> Any:
    return pullback.grad(lambda x: np.sum(function(x, **keywords) * weights))(X)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_axes_by_every_name(function: Any, compare: Comparisons) -> None:
    for keywords in calls(function):
        try:
            out = function(X, **keywords)
        except RAISES:
            continue  # NumPy takes no such axes
        if isinstance(out, tuple | list) or np.asarray(out).dtype.kind != "f":
            return
        weights = array(*np.shape(out), low=0.3, high=1.7)
        try:
            found = gradient(function, keywords, weights)
        except pullback.DifferentiationError:
            assert function.__name__ in REFUSED
            continue
        step = array(*X.shape, low=-1.0, high=1.1)

        def at(h: float, keywords: dict[str, Any] = keywords, weights: Any = weights, step: Any = step) -> float:
            return float(np.sum(function(X + h * step, **keywords) * weights))

        slope = (8 * (at(1e-4) - at(-1e-4)) - (at(2e-4) - at(-2e-4))) / 12e-4
        assert found.shape == X.shape
        compare.close(float(np.sum(found * step)), slope, rtol=1e-7, atol=1e-7)
        if keywords["axis"] is not None:
            same = gradient(function, {**keywords, "axis": below(keywords["axis"])}, weights)
            compare.identical(same, found)


def test_there_are_functions_with_axes() -> None:
    assert len(FUNCTIONS) > 25
