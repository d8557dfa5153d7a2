"""Methods of ufuncs: `outer` is the ufunc on operands that broadcast, `reduce` and `accumulate` functions of NumPy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from pullback.ir.core import Primitive
from pullback.ir.types import rank
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.conversions import strong
from pullback.primitives.families.reductions import Axis, reduction, restored, sum_
from pullback.primitives.families.shaping import expand_dims
from pullback.primitives.kinds import general
from pullback.primitives.partials import scaled
from pullback.primitives.registry import MEANINGS, PRIMITIVES, NotCovered, checked


def _outer(ufunc: Any) -> Callable[..., Any]:
    """f(a[..., None, ...], b) with one new axis for each of b."""
    meaning = MEANINGS[ufunc]

    def outer(a: Any, b: Any, /, **keywords: Any) -> Any:
        a, b = strong(a, (a, b)), strong(b, (a, b))
        count = rank(type_of_operand(b))
        if count is None:
            raise NotCovered(f"np.{ufunc.__name__}.outer of an array of unknown rank")
        if count and rank(type_of_operand(a)) != 0:
            a = expand_dims(a, axis=tuple(range(-count, 0)))
        return meaning(a, b, **keywords)

    outer.__name__ = f"{ufunc.__name__}.outer"
    return outer


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


def _of_many(ufunc: Any) -> Primitive:
    """The reduction by a ufunc whose derivative by one term is told by that term and the result, as that of two is."""
    (text, *_) = PRIMITIVES[ufunc.__name__].doc["partials"]

    def evaluate(x: Any, axis: Axis = 0, keepdims: bool = False) -> Any:
        return ufunc.reduce(x, axis=axis, keepdims=keepdims)

    def vjp(g: Any, out: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
        return scaled(restored(g, x, axis, keepdims), text, (x,), restored(out, x, axis, keepdims))

    def jvp(tangents: Any, out: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
        moved = scaled(tangents[0], text, (x,), restored(out, x, axis, keepdims))
        return sum_(moved, axis=axis, keepdims=keepdims)

    prim = general(
        evaluate,
        vjp,
        jvp,
        reduction(ufunc.reduce),
        name=f"{ufunc.__name__}_reduce",
        spelling=f"np.{ufunc.__name__}.reduce",
    )

    def meaning(array: Any, axis: Any = 0, dtype: Any = None, out: Any = None, keepdims: Any = False) -> Any:
        if dtype is not None:
            raise NotCovered(f"`dtype=` of np.{ufunc.__name__}.reduce", "use astype before")
        array, axis = meanings.arrayed(array, array), meanings.static(axis, "axis")
        return prim(array, axis=axis, keepdims=bool(meanings.static(keepdims, "keepdims")))

    MEANINGS[ufunc.reduce] = checked(meaning)
    return prim


logaddexp_reduce = _of_many(np.logaddexp)
logaddexp2_reduce = _of_many(np.logaddexp2)
hypot_reduce = _of_many(np.hypot)
MEANINGS[np.add.accumulate] = _along_first(np.cumsum)
MEANINGS[np.multiply.accumulate] = _along_first(np.cumprod)
