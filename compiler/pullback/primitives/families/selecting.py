"""Elements chosen by conditions: np.select as choices in choices, np.compress and np.extract as masks."""

from __future__ import annotations

from typing import Any

import numpy as np

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Type, broadcast, dims_of, rank
from pullback.primitives import meanings
from pullback.primitives.expr import Expr, type_of_operand
from pullback.primitives.families.conversions import as_array
from pullback.primitives.families.elementwise import where
from pullback.primitives.families.indexing import Hole, Index, Slice, getitem
from pullback.primitives.families.shaping import ravel
from pullback.primitives.fitting import zeros_like
from pullback.primitives.inference import dtype_of
from pullback.primitives.kinds import general
from pullback.primitives.registry import PRIMITIVES, NotCovered, means


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
        a, axis = a if known == 1 else ravel(a), 0
    axis %= known
    lengths = [(dims_of(type_of_operand(v)) or (None,) * (k + 1))[k] for v, k in ((a, axis), (mask, 0))]
    if lengths[0] is None or lengths[0] != lengths[1]:
        mask = PRIMITIVES["flatnonzero"](mask)  # it may be shorter than the axis
    return getitem(a, mask, index=Index((Slice(),) * axis + (Hole(),)))


@means(np.extract)
def extract(condition: Any, arr: Any) -> Any:
    near = (condition, arr)
    mask, arr = _mask(condition, near, "np.extract"), meanings.arrayed(arr, near)
    flat = [v if rank(type_of_operand(v)) == 1 else ravel(v) for v in (arr, mask)]
    return getitem(*flat, index=Index((Hole(),)))


# np.choose: one of several arrays for each element.


def _choose(index: Any, *choices: Any, mode: str) -> Any:
    return np.choose(index, choices, mode=mode)  # type: ignore[call-overload]  # a name


def _choose_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dtypes = [dtype_of(o.type) for o in operands[1:]]
    known = [d for d in dtypes if d is not None]
    dtype = np.result_type(*known) if len(known) == len(dtypes) else None
    return (Array(dtype, broadcast(*(dims_of(o.type) for o in operands))),)


def _places(index: Any, count: int, mode: str) -> Any:
    if mode == "wrap":
        return index % count
    return PRIMITIVES["clip"](index, 0, count - 1) if mode == "clip" else index


def _choose_vjp(g: Any, out: Any, index: Any, *choices: Any, mode: str) -> tuple[Any, ...]:
    found = _places(index, len(choices), mode)
    return (None, *(where(found == k, g, 0.0) for k in range(len(choices))))


def _choose_jvp(tangents: Any, out: Any, index: Any, *choices: Any, mode: str) -> Any:
    moved = [zeros_like(c) if t is None else t for t, c in zip(tangents[1:], choices, strict=True)]
    return choose(index, *moved, mode=mode)


choose: Primitive = general(_choose, _choose_vjp, _choose_jvp, _choose_type, name="choose", broadcasts=True)


@means(np.choose)
def choose_meaning(a: Any, choices: Any, out: Any = None, mode: Any = "raise") -> Any:
    near = (a, choices)
    if isinstance(choices, Expr):
        count = (dims_of(choices.type) or (None,))[0]
        if not isinstance(count, int):
            raise NotCovered("np.choose from the rows of one array", "pass a list of arrays")
        choices = [getitem(choices, index=Index((k,))) for k in range(count)]
    arrays = [as_array(meanings.arrayed(c, near)) if isinstance(c, Expr | list | tuple) else c for c in choices]
    return choose(meanings.arrayed(a, near), *arrays, mode=meanings.static(mode, "mode"))
