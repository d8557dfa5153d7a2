"""Elements chosen by conditions: np.select as choices in choices, np.compress and np.extract as masks."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Scalar, Type, broadcast, dims_of, rank
from pullback.primitives import meanings
from pullback.primitives.expr import Expr, type_of_operand
from pullback.primitives.families.conversions import strong
from pullback.primitives.families.elementwise import where
from pullback.primitives.families.indexing import Hole, Index, Slice, getitem, wrapped_or_clipped
from pullback.primitives.families.shaping import ravel
from pullback.primitives.fitting import zeros_like
from pullback.primitives.inference import dtype_of, sample_result
from pullback.primitives.kinds import general
from pullback.primitives.registry import PRIMITIVES, NotCovered, means


def _mask(condition: Any, near: Any, what: str) -> Any:
    condition = meanings.arrayed(condition, near)
    if dtype_of(type_of_operand(condition)) != np.bool_:
        raise NotCovered(f"{what} by what is not known to be an array of truth values", "compare with 0")
    return condition


def _truths(condition: Any, near: Any, what: str) -> Any:
    """A mask, where NumPy takes numbers other than 0 for true as well."""
    if isinstance(condition, list | tuple) and not meanings.has_pen(condition):
        return _mask([bool(item) for item in condition], near, what)
    condition = meanings.arrayed(condition, near)
    dtype = dtype_of(type_of_operand(condition))
    return condition != 0 if dtype is not None and dtype.kind in "iufc" else _mask(condition, near, what)


@means(np.select)
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """The first choice whose condition holds."""
    if isinstance(condlist, Expr) or isinstance(choicelist, Expr):
        raise NotCovered("np.select of one array of conditions or choices", "pass a list")
    if len(condlist) != len(choicelist):
        raise ValueError("list of cases must be same length as list of conditions")
    near = (condlist, choicelist, default)
    *choices, out = (meanings.arrayed(choice, near) for choice in (*choicelist, default))
    arrays = [choice for choice in (*choices, out) if not _is_number(choice)]
    for condition, choice in zip(reversed(condlist), reversed(choices), strict=True):
        mask = _mask(condition, near, "np.select")
        if not rank(type_of_operand(mask)):
            raise NotCovered("np.select by single numbers", "use a conditional expression")
        if arrays and _is_number(choice) and _is_number(out):
            choice = _number_beside(choice, out, arrays)
        out = where(mask, choice, out)
    return out


def _is_number(choice: Any) -> bool:
    return isinstance(type_of_operand(choice), Scalar)


def _number_beside(number: Any, other: Any, arrays: list[Any]) -> Any:
    """A Python number in the dtype that it takes on beside arrays, as long as only another number is at hand."""
    dtypes = [dtype_of(type_of_operand(a)) for a in arrays]
    known = [dtype for dtype in dtypes if dtype is not None]
    if len(known) < len(dtypes):
        raise NotCovered("np.select of several numbers beside arrays of unknown dtype", "use np.where")
    weak = [getattr(builtins, t.kind)() for v in (number, other) if isinstance(t := type_of_operand(v), Scalar)]
    dtype = np.result_type(*known, *weak)
    return strong(number, arrays, dtype)


@means(np.compress)
def compress(condition: Any, a: Any, axis: Any = None) -> Any:
    near = (condition, a)
    mask, a, axis = _truths(condition, near, "np.compress"), meanings.arrayed(a, near), meanings.static(axis, "axis")
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
    mask, arr = _truths(condition, near, "np.extract"), meanings.arrayed(arr, near)
    flat = [v if rank(type_of_operand(v)) == 1 else ravel(v) for v in (arr, mask)]
    return getitem(*flat, index=Index((Hole(),)))


# np.choose: one of several arrays for each element.


def _choose(index: Any, *choices: Any, mode: str) -> Any:
    return np.choose(index, choices, mode=mode)  # type: ignore[call-overload]  # a name


def _choose_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    result = sample_result(_promoted, operands[1:])
    return (Array(None if result is None else dtype_of(result), broadcast(*(dims_of(o.type) for o in operands))),)


def _promoted(*choices: Any) -> Any:
    return np.choose([0], choices)


def _choose_vjp(g: Any, out: Any, index: Any, *choices: Any, mode: str) -> tuple[Any, ...]:
    found = wrapped_or_clipped(index, len(choices), mode)
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
    arrays = [meanings.arrayed(c, near) for c in choices]
    return choose(meanings.arrayed(a, near), *arrays, mode=meanings.static(mode, "mode"))
