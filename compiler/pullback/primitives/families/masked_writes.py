"""Functions of NumPy that write to their first argument: what it is afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from pullback.ir.types import dims_of, rank, same_dims
from pullback.primitives import meanings
from pullback.primitives.expr import beside, type_of_operand
from pullback.primitives.families.indexing import index_of, setitem
from pullback.primitives.families.shapes import size_of
from pullback.primitives.fitting import cast_to
from pullback.primitives.inference import dtype_of
from pullback.primitives.registry import PRIMITIVES, NotCovered


def chosen(x: Any, mask: Any, value: Any, what: str) -> Any:
    """`x` with `value` where the mask holds."""
    mask, value = meanings.arrayed(mask, (x, mask)), meanings.arrayed(value, (x, value))
    if dtype_of(type_of_operand(mask)) != np.bool_:
        raise NotCovered(f"{what} by what is not known to be an array of truth values", "compare with 0")
    return cast_to(PRIMITIVES["where"](mask, value, x), x)


def _putmask(a: Any, mask: Any, values: Any) -> Any:
    values = meanings.arrayed(values, (a, values))
    dims = dims_of(type_of_operand(values))
    if dims != () and not same_dims(dims, dims_of(type_of_operand(a))):
        raise NotCovered("np.putmask with values that are not known to have the shape of the array")
    return chosen(a, mask, values, "np.putmask")


def _place(arr: Any, mask: Any, vals: Any) -> Any:
    if isinstance(vals, list | tuple) and len(vals) == 1:
        vals = vals[0]
    if rank(type_of_operand(meanings.arrayed(vals, (arr, vals)))) != 0:
        raise NotCovered("np.place with more than one value", "assign to x[mask]")
    return chosen(arr, mask, vals, "np.place")


def _fill_diagonal(a: Any, val: Any, wrap: Any = False) -> Any:
    value = meanings.arrayed(val, (a, val))
    if rank(type_of_operand(a)) != 2 or wrap or rank(type_of_operand(value)) != 0:
        raise NotCovered("np.fill_diagonal of what is not a matrix, with `wrap=`, or with several values")
    mask = beside(a, PRIMITIVES["eye"], size_of(a, 0), size_of(a, 1), dtype=np.dtype(bool), k=0)
    return chosen(a, mask, value, "np.fill_diagonal")


def _put(a: Any, ind: Any, v: Any, mode: Any = "raise") -> Any:
    value = meanings.arrayed(v, (a, v))
    places = meanings.arrayed(ind, (a, ind))
    sizes = [dims_of(type_of_operand(x)) for x in (value, places)]
    if rank(type_of_operand(a)) != 1 or mode != "raise" or not (sizes[0] == () or same_dims(sizes[0], sizes[1])):
        raise NotCovered("np.put into what is not a vector, or with values to repeat", "assign to x[indices]")
    index, holes = index_of(ind, (a, ind))
    return setitem(a, value, *holes, index=index)


WRITES: Mapping[Any, Callable[..., Any]] = {
    np.putmask: _putmask,
    np.place: _place,
    np.fill_diagonal: _fill_diagonal,
    np.put: _put,
}
