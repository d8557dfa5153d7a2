"""The corpus in other forms: in single precision, and of arguments that do not lie in C order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from programs.test_programs import ROWS
from support.corpus import Row
from support.laws import assert_belongs, assert_same_bits, copied, generators_of, leaves, mapped, once

from pullback import differentiate
from pullback.errors import DifferentiationError

SINGLE = {"d": np.float32, "D": np.complex64}
KNOWN = (
    "local_classes-enums_of_all_kinds",  # NumPy takes a member of an IntEnum for an int64: float32 becomes float64
    "quadrature-",  # where float32 does not converge SciPy halves its intervals up to their limit: minutes
)


def in_single_precision(leaf: Any) -> Any:
    is_wide = isinstance(leaf, np.ndarray) and leaf.dtype.char in SINGLE
    with np.errstate(all="ignore"):
        return leaf.astype(SINGLE[leaf.dtype.char]) if is_wide else leaf


def by_columns(leaf: Any) -> Any:
    return np.asfortranarray(leaf) if isinstance(leaf, np.ndarray) and leaf.ndim > 1 else leaf


def changed_by(form: Callable[[Any], Any]) -> list[Any]:
    """The rows that the form changes."""
    return [
        pytest.param(p.values[0], id=p.id)
        for p in ROWS
        if not p.values[0].xfail
        and not p.id.startswith(KNOWN)
        and any(form(leaf) is not leaf for leaf in leaves(p.values[0].args))
    ]


def check(row: Row, form: Callable[[Any], Any], same: Callable[[Any, Any], None]) -> None:
    """The value is the function's, and gradients have the dtypes of what they are gradients by."""
    args = mapped(row.args, form)
    generators = generators_of(row.function, args)
    with np.errstate(all="ignore"):
        try:
            expected, _ = once(generators, lambda: row.function(*mapped(copied(args, generators), form)))
        except (ArithmeticError, TypeError, ValueError, IndexError, RuntimeError) as error:
            pytest.skip(f"the function itself does not take them: {error}")
        try:
            differentiable = differentiate(row.function, wrt=row.wrt, has_aux=row.has_aux)
            (value, gradient), _ = once(generators, lambda: differentiable.value_and_grad(*args))
        except (DifferentiationError, NotImplementedError) as error:
            pytest.skip(f"refused: {error}")
    same(value, expected)
    for k, part in zip(row.wrt, gradient, strict=True):
        assert_belongs(part, args[k])


def assert_close(value: Any, expected: Any) -> None:
    """Alike but for the last bits: what is computed in place lies as its operand, and its sum runs in that order."""
    for a, b in zip(leaves(value), leaves(expected), strict=True):
        if isinstance(b, np.ndarray | np.generic | float | complex):
            np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-13)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("row", changed_by(in_single_precision))
def test_in_single_precision(row: Row) -> None:
    check(row, in_single_precision, assert_same_bits)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("row", changed_by(by_columns))
def test_of_arrays_by_columns(row: Row) -> None:
    check(row, by_columns, assert_close)
