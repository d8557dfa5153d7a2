"""Functions of NumPy that write to their first argument: what it is afterwards."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from pullback.ir.types import dims_of, rank, same_dims
from pullback.primitives import meanings
from pullback.primitives.expr import beside, type_of_operand
from pullback.primitives.families.conversions import as_array
from pullback.primitives.families.indexing import Hole, Index, getitem, setitem
from pullback.primitives.families.shapes import shape_operand_of, size_of
from pullback.primitives.fitting import cast_to
from pullback.primitives.inference import dtype_of
from pullback.primitives.registry import MEANINGS, PRIMITIVES, NotCovered


def chosen(x: Any, mask: Any, value: Any, what: str) -> Any:
    """`x` with `value` where the mask holds."""
    mask, value = meanings.arrayed(mask, (x, mask)), meanings.arrayed(value, (x, value))
    if dtype_of(type_of_operand(mask)) != np.bool_:
        raise NotCovered(f"{what} by what is not known to be an array of truth values", "compare with 0")
    return cast_to(PRIMITIVES["where"](mask, value, x), x)


def _cycled(values: Any, places: Any) -> Any:
    """Elements of `values` at `places`, from the first one again after the last."""
    flat = values if rank(type_of_operand(values)) == 1 else PRIMITIVES["reshape"](values, (-1,))
    return getitem(flat, places % size_of(flat), index=Index((Hole(),)))


def _putmask(a: Any, mask: Any, values: Any) -> Any:
    values = meanings.arrayed(values, (a, values))
    dims = dims_of(type_of_operand(values))
    if dims is None or rank(type_of_operand(a)) is None:
        raise NotCovered("np.putmask of arrays of unknown rank")
    if dims != () and not same_dims(dims, dims_of(type_of_operand(a))):
        places = beside(a, PRIMITIVES["arange"], 0, size_of(a), 1, dtype=None)
        values = PRIMITIVES["reshape"](_cycled(values, places), shape_operand_of(a))
    return chosen(a, mask, values, "np.putmask")


def _place(arr: Any, mask: Any, vals: Any) -> Any:
    if isinstance(vals, list | tuple) and len(vals) == 1:
        vals = vals[0]
    values, mask = meanings.arrayed(vals, (arr, vals)), meanings.arrayed(mask, (arr, mask))
    if rank(type_of_operand(values)) == 0:
        return chosen(arr, mask, values, "np.place")
    if dtype_of(type_of_operand(mask)) != np.bool_ or not same_dims(
        dims_of(type_of_operand(mask)), dims_of(type_of_operand(arr))
    ):
        raise NotCovered("np.place by what is not known to be an array of truth values of that shape", "compare with 0")
    count = PRIMITIVES["count_nonzero"](mask, axis=None, keepdims=False)
    places = beside(arr, PRIMITIVES["arange"], 0, count, 1, dtype=None)
    return setitem(arr, _cycled(values, places), mask, index=Index((Hole(),)))


def _fill_diagonal(a: Any, val: Any, wrap: Any = False) -> Any:
    value = meanings.arrayed(val, (a, val))
    dims = dims_of(type_of_operand(a))
    if dims is None or len(dims) != 2 or wrap or rank(type_of_operand(value)) is None:
        raise NotCovered("np.fill_diagonal of what is not a matrix, or with `wrap=`")
    if rank(type_of_operand(value)) == 0:
        mask = beside(a, PRIMITIVES["eye"], size_of(a, 0), size_of(a, 1), dtype=np.dtype(bool), k=0)
        return chosen(a, mask, value, "np.fill_diagonal")
    length = size_of(a, 0) if dims[0] == dims[1] else MEANINGS[builtins.min](size_of(a, 0), size_of(a, 1))
    places = beside(a, PRIMITIVES["arange"], 0, length, 1, dtype=None)
    return setitem(a, _cycled(value, places), places, places, index=Index((Hole(), Hole())))


def _constant_places(a: Any, ind: Any) -> Any:
    return meanings.arrayed(ind if isinstance(ind, list | tuple) else [ind], (a, ind))


def _put(a: Any, ind: Any, v: Any, mode: Any = "raise") -> Any:
    value = meanings.arrayed(v, (a, v))
    places = as_array(ind) if meanings.has_pen(ind) and not isinstance(ind, list | tuple) else _constant_places(a, ind)
    known = rank(type_of_operand(a))
    if known is None or rank(type_of_operand(value)) is None:
        raise NotCovered("np.put with arrays of unknown rank")
    mode = meanings.static(mode, "mode")
    if mode != "raise":
        last = size_of(a) - 1
        places = places % size_of(a) if mode == "wrap" else PRIMITIVES["clip"](places, 0, last)
    sizes = [dims_of(type_of_operand(x)) for x in (value, places)]
    if rank(type_of_operand(places)) != 1:
        places = PRIMITIVES["reshape"](places, (-1,))
    if sizes[0] != () and not (same_dims(*sizes) and len(sizes[0] or ()) == 1):
        value = _cycled(value, beside(a, PRIMITIVES["arange"], 0, size_of(places), 1, dtype=None))
    flat = a if known == 1 else PRIMITIVES["reshape"](a, (-1,))
    written = setitem(flat, value, places, index=Index((Hole(),)))
    return written if known == 1 else PRIMITIVES["reshape"](written, shape_operand_of(a))


def _put_along_axis(arr: Any, indices: Any, values: Any, axis: Any = -1) -> Any:
    near, axis = (arr, indices, values), meanings.static(axis, "axis")
    places, values = meanings.arrayed(indices, near), meanings.arrayed(values, near)
    known = rank(type_of_operand(arr))
    if known is None or (axis is None and known != 1):
        raise NotCovered("np.put_along_axis of an array of unknown rank, or of a flattened one")
    axis = 0 if axis is None else axis % known
    holes = []
    for k in range(known):
        around = tuple(j for j in range(known) if j != k)
        row = beside(arr, PRIMITIVES["arange"], 0, size_of(arr, k), 1, dtype=None)
        holes.append(places if k == axis else PRIMITIVES["expand_dims"](row, axis=around) if around else row)
    return setitem(arr, values, *holes, index=Index((Hole(),) * known))


WRITES: Mapping[Any, Callable[..., Any]] = {
    np.putmask: _putmask,
    np.place: _place,
    np.fill_diagonal: _fill_diagonal,
    np.put: _put,
    np.put_along_axis: _put_along_axis,
}
