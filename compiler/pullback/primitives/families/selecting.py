"""Elements chosen by conditions: np.select as choices in choices, np.compress and np.extract as masks."""

from __future__ import annotations

from typing import Any

import numpy as np

from pullback.ir.types import rank
from pullback.primitives import meanings
from pullback.primitives.expr import Expr, type_of_operand
from pullback.primitives.families.elementwise import where
from pullback.primitives.families.indexing import Hole, Index, Slice, getitem
from pullback.primitives.families.shaping import ravel
from pullback.primitives.inference import dtype_of
from pullback.primitives.registry import NotCovered, means


def _mask(condition: Any, near: Any, what: str) -> Any:
    condition = meanings.arrayed(condition, near)
    if dtype_of(type_of_operand(condition)) != np.bool_:
        raise NotCovered(f"{what} by what is not known to be an array of truth values", "compare with 0")
    return condition


@means(np.select)
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """The first choice whose condition holds."""
    if isinstance(condlist, Expr) or isinstance(choicelist, Expr):
        raise NotCovered("np.select of one array of conditions or choices", "pass a list")
    if len(condlist) != len(choicelist):
        raise ValueError("list of cases must be same length as list of conditions")
    near = (condlist, choicelist, default)
    out = meanings.arrayed(default, near)
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        mask = _mask(condition, near, "np.select")
        if not rank(type_of_operand(mask)):
            raise NotCovered("np.select by single numbers", "use a conditional expression")
        out = where(mask, meanings.arrayed(choice, near), out)
    return out


@means(np.compress)
def compress(condition: Any, a: Any, axis: Any = None) -> Any:
    near = (condition, a)
    mask, a, axis = _mask(condition, near, "np.compress"), meanings.arrayed(a, near), meanings.static(axis, "axis")
    known = rank(type_of_operand(a))
    if known is None or rank(type_of_operand(mask)) != 1:
        raise NotCovered("np.compress of an array of unknown rank")
    if axis is None:
        return getitem(a if known == 1 else ravel(a), mask, index=Index((Hole(),)))
    return getitem(a, mask, index=Index((Slice(),) * (axis % known) + (Hole(),)))


@means(np.extract)
def extract(condition: Any, arr: Any) -> Any:
    near = (condition, arr)
    mask, arr = _mask(condition, near, "np.extract"), meanings.arrayed(arr, near)
    flat = [v if rank(type_of_operand(v)) == 1 else ravel(v) for v in (arr, mask)]
    return getitem(*flat, index=Index((Hole(),)))
