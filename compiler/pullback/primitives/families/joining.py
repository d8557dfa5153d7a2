"""Arrays put together: concatenate, stack, np.array of nested lists. Linear; the transposes take the pieces out."""

from __future__ import annotations

from typing import Any

import numpy as np

from pullback.ir.core import Atom, Attrs
from pullback.ir.types import Array, Dim, Dims, Type, broadcast, dims_of, rank, sum_dim
from pullback.primitives import meanings
from pullback.primitives.expr import Expr, type_of_operand
from pullback.primitives.families.conversions import as_array, copy, to_dtype
from pullback.primitives.families.indexing import Index, Slice, getitem, sliced
from pullback.primitives.families.list_arrays import array_of, concatenation_of, element_rank, is_list, stack_of
from pullback.primitives.families.shapes import size_of
from pullback.primitives.families.shaping import atleast_1d, atleast_2d, expand_dims, ravel
from pullback.primitives.inference import dtype_of, has_dtype, sample_result
from pullback.primitives.kinds import linear
from pullback.primitives.registry import NotCovered, means


def _sample_join(*samples: Any) -> Any:
    return np.concatenate([np.ravel(s) for s in samples])


def _dtype(operands: tuple[Atom, ...]) -> Any:
    result = sample_result(_sample_join, operands)
    return None if result is None else dtype_of(result)


# concatenate


def _concatenate(*arrays: Any, axis: int) -> Any:
    return np.concatenate(arrays, axis=axis)


def _concatenated(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    shapes = [dims_of(o.type) for o in operands]
    known = [s for s in shapes if s is not None]
    if len(known) != len(shapes):
        return (Array(_dtype(operands), None),)
    axis = attrs["axis"] % len(known[0])
    dims = [_agreed(*column) for column in zip(*known, strict=True)]
    dims[axis] = sum_dim(tuple(s[axis] for s in known))
    return (Array(_dtype(operands), tuple(dims)),)


def _agreed(*dims: Dim) -> Dim:
    """Dimensions that NumPy requires to be equal: an int says most."""
    return next((d for d in dims if isinstance(d, int)), dims[0])


def _along(axis: int, item: Any) -> Index:
    """An index of `item` along an axis, everything along the others."""
    if axis >= 0:
        return Index((Slice(),) * axis + (item,))
    return Index((Ellipsis, item) + (Slice(),) * (-1 - axis))


def _pieces(g: Any, *arrays: Any, axis: int) -> tuple[Any, ...]:
    """g[:n], g[n:n + m], ... along the axis."""
    pieces, start = [], None
    for k, x in enumerate(arrays):
        length = size_of(x, axis)
        stop = None if k == len(arrays) - 1 else length if start is None else start + length
        pieces.append(_piece(g, axis, start, stop, length))
        start = stop
    return tuple(pieces)


def _piece(g: Any, axis: int, start: Any, stop: Any, length: Any) -> Any:

    measured = length if isinstance(length, int) else getattr(type_of_operand(length), "extent", None)
    item, holes = sliced(start, stop, None, length=measured)
    return getitem(g, *holes, index=_along(axis, item))


concatenate = linear(_concatenate, _pieces, _concatenated, name="concatenate", operands=None)


@means(np.concatenate, np.concat)
def concatenate_meaning(arrays: Any, axis: Any = 0) -> Any:
    if is_list(arrays):
        return concatenation_of(arrays, axis)
    if isinstance(arrays, Expr):
        raise NotCovered("np.concatenate of one array")
    axis = meanings.static(axis, "axis")
    items = [as_array(meanings.arrayed(a, arrays)) for a in arrays]
    if axis is None:
        items, axis = [ravel(a) for a in items], 0
    return concatenate(*items, axis=axis)


# stack


def _stack(*arrays: Any, axis: int) -> Any:
    return np.stack(arrays, axis=axis)


def _stacked(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    shapes = [dims_of(o.type) for o in operands]
    known = next((s for s in shapes if s is not None), None)
    if known is None:
        return (Array(_dtype(operands), None),)
    axis = attrs["axis"] % (len(known) + 1)
    return (Array(_dtype(operands), (*known[:axis], len(shapes), *known[axis:])),)


def _layers(g: Any, *arrays: Any, axis: int) -> tuple[Any, ...]:
    return tuple(getitem(g, index=_along(axis, k)) for k in range(len(arrays)))


stack = linear(_stack, _layers, _stacked, name="stack", operands=None)


@means(np.stack)
def stack_meaning(arrays: Any, axis: Any = 0) -> Any:
    if is_list(arrays):
        return stack_of(arrays, axis)
    if isinstance(arrays, Expr):
        raise NotCovered("np.stack of one array")
    return stack(*(meanings.arrayed(a, arrays) for a in arrays), axis=meanings.static(axis, "axis"))


@means(*(getattr(np, name) for name in ("vstack", "row_stack") if name in vars(np)))
def vstack(tup: Any) -> Any:
    if is_list(tup):
        return _stacked_rows(tup)
    return concatenate(*(atleast_2d(meanings.arrayed(a, tup)) for a in _container(tup, "np.vstack")), axis=0)


def _stacked_rows(xs: Any) -> Any:
    """`np.vstack` of a list: numbers become rows of one element."""
    if element_rank(xs) == 0:
        return expand_dims(array_of(xs, None), axis=1)
    return stack_of(xs, 0) if element_rank(xs) == 1 else concatenation_of(xs, 0)


@means(np.hstack)
def hstack(tup: Any) -> Any:
    if is_list(tup):
        return (
            array_of(tup, None) if element_rank(tup) == 0 else concatenation_of(tup, 0 if element_rank(tup) == 1 else 1)
        )
    items = [atleast_1d(meanings.arrayed(a, tup)) for a in _container(tup, "np.hstack")]
    return concatenate(*items, axis=0 if rank(type_of_operand(items[0])) == 1 else 1)


@means(np.column_stack)
def column_stack(tup: Any) -> Any:
    if is_list(tup) and element_rank(tup) == 1:
        return stack_of(tup, 1)
    items = [atleast_1d(meanings.arrayed(a, tup)) for a in _container(tup, "np.column_stack")]
    columns = [expand_dims(a, axis=1) if rank(type_of_operand(a)) == 1 else a for a in items]
    return concatenate(*columns, axis=1)


def _container(value: Any, what: str) -> Any:
    if isinstance(value, Expr):
        raise NotCovered(f"{what} of one array")
    return value


@means(np.append)
def append(arr: Any, values: Any, axis: Any = None) -> Any:
    near = (arr, values)
    axis = meanings.static(axis, "axis")
    arr, values = as_array(meanings.arrayed(arr, near)), as_array(meanings.arrayed(values, near))
    if axis is None:
        return concatenate(_flat(arr), _flat(values), axis=0)
    return concatenate(arr, values, axis=axis)


def _flat(x: Any) -> Any:
    return x if rank(type_of_operand(x)) == 1 else ravel(x)


# np.array of nested lists


def _array(*leaves: Any, nest: tuple[int, ...]) -> Any:
    items: list[Any] = list(leaves)
    for width in reversed(nest[1:]):
        items = [items[k : k + width] for k in range(0, len(items), width)]
    return np.array(items)


def _nested(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    shapes = [dims_of(o.type) for o in operands]
    dims: Dims | None = None if None in shapes else broadcast(*shapes)
    return (Array(_dtype(operands), None if dims is None else (*attrs["nest"], *dims)),)


def _entries(g: Any, *leaves: Any, nest: tuple[int, ...]) -> tuple[Any, ...]:
    return tuple(getitem(g, index=Index(tuple(map(int, place)))) for place in np.ndindex(*nest))


array = linear(_array, _entries, _nested, name="array", operands=None)


def nested(value: Any) -> tuple[tuple[int, ...], list[Any]]:
    """How deep and how wide nested lists are, and their leaves in order; refused where they are ragged."""
    if not isinstance(value, list | tuple):
        return (), [value]
    parts = [nested(item) for item in value]
    if not parts or any(depth != parts[0][0] for depth, _ in parts):
        raise NotCovered("np.array of a ragged or empty list")
    return (len(parts), *parts[0][0]), [leaf for _, leaves in parts for leaf in leaves]


def _rows_beside_arrays(a: Any) -> list[Any] | None:
    """The items of a list where some are lists, and others arrays: all of them as arrays."""
    if not isinstance(a, list | tuple) or not any(isinstance(item, list | tuple) for item in a):
        return None
    if all(isinstance(item, list | tuple) for item in a):
        return None
    return [as_array(meanings.arrayed(item, a)) for item in a]


@means(np.array, np.asarray, np.asanyarray)
def array_meaning(a: Any, dtype: Any = None) -> Any:
    dtype = meanings.static(dtype, "dtype")
    if is_list(a):
        return array_of(a, dtype)
    if isinstance(a, Expr):
        return as_array(a, dtype)
    if (rows := _rows_beside_arrays(a)) is not None:
        return stack_meaning(rows) if dtype is None else to_dtype(stack_meaning(rows), dtype)
    nest, leaves = nested(a)
    ranks = {rank(type_of_operand(leaf)) for leaf in leaves}
    if len(ranks) > 1 and None not in ranks:
        raise NotCovered("np.array of items of different ranks")
    out = array(*leaves, nest=nest)
    return out if dtype is None or has_dtype(type_of_operand(out), dtype) else to_dtype(out, dtype)


@means(np.ascontiguousarray)
def in_order(a: Any, dtype: Any = None) -> Any:
    return atleast_1d(array_meaning(a, dtype))


@means(np.array)
def copied(
    object: Any, dtype: Any = None, *, copy: Any = True, order: Any = "K", subok: Any = False, ndmin: Any = 0
) -> Any:
    made = array_meaning(object, dtype)
    known, ndmin = rank(type_of_operand(made)), meanings.static(ndmin, "ndmin")
    if known is None and ndmin > 0:
        raise NotCovered("`ndmin=` of np.array, of an array of unknown rank")
    out = made if known is None or known >= ndmin else expand_dims(made, axis=tuple(range(ndmin - known)))
    return _copied(out) if made is object and meanings.static(copy, "copy") is True else out


_copied = copy
