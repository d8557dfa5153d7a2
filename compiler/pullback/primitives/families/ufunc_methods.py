"""Methods of ufuncs: `outer` is the ufunc on operands that broadcast, `reduce` and `accumulate` functions of NumPy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from pullback.ir.types import Scalar, rank
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.conversions import as_array
from pullback.primitives.families.shaping import expand_dims
from pullback.primitives.registry import MEANINGS, NotCovered


def _outer(ufunc: Any) -> Callable[..., Any]:
    """f(a[..., None, ...], b) with one new axis for each of b."""
    meaning = MEANINGS[ufunc]

    def outer(a: Any, b: Any, /, **keywords: Any) -> Any:
        a, b = (_strong(meanings.arrayed(v, (a, b)), (a, b)) for v in (a, b))
        count = rank(type_of_operand(b))
        if count is None:
            raise NotCovered(f"np.{ufunc.__name__}.outer of an array of unknown rank")
        if count and rank(type_of_operand(a)) != 0:
            a = expand_dims(a, axis=tuple(range(-count, 0)))
        return meaning(a, b, **keywords)

    outer.__name__ = f"{ufunc.__name__}.outer"
    return outer


def _strong(x: Any, near: Any) -> Any:
    """A Python number as an array: `outer` makes one first, and float32 with a number is float64 then."""
    if not isinstance(type_of_operand(x), Scalar):
        return x
    return as_array(x) if meanings.has_pen(x) else meanings.constant_array(meanings.first_pen(near), x)


for _ufunc in [f for f in MEANINGS if isinstance(f, np.ufunc) and f.nin == 2 and f.nout == 1 and not f.signature]:
    MEANINGS[_ufunc.outer] = _outer(_ufunc)


def _along_first(function: Any) -> Callable[..., Any]:
    """A reduction over the first axis unless another one is given."""
    meaning = MEANINGS[function]

    def method(
        array: Any, axis: Any = 0, dtype: Any = None, out: Any = None, keepdims: Any = False, **keywords: Any
    ) -> Any:
        if keepdims:
            keywords["keepdims"] = keepdims
        if dtype is not None:
            keywords["dtype"] = dtype
        return meaning(array, axis=axis, **keywords)

    return method


REDUCTIONS: Mapping[Any, Any] = {
    np.add: np.sum,
    np.multiply: np.prod,
    np.maximum: np.max,
    np.minimum: np.min,
    np.fmax: np.nanmax,
    np.fmin: np.nanmin,
    np.logical_and: np.all,
    np.logical_or: np.any,
}
for _ufunc, _function in REDUCTIONS.items():
    MEANINGS[_ufunc.reduce] = _along_first(_function)
MEANINGS[np.add.accumulate] = _along_first(np.cumsum)
MEANINGS[np.multiply.accumulate] = _along_first(np.cumprod)
