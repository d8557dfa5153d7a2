"""Sorting, and what takes elements by their order: linear once the order is known.

Equal elements are told apart by their position, as a stable sort does: the derivative is that of the element which
`np.argsort(x, kind="stable")` puts there.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import pullback_runtime
from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Type, broadcast, dims_of, rank
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.indexing import Hole, Index, getitem
from pullback.primitives.families.shaping import ravel
from pullback.primitives.inference import as_first, dtype_of
from pullback.primitives.kinds import discrete, general, linear
from pullback.primitives.registry import PRIMITIVES, NotCovered, means

# Elements by index along an axis.


def _taken(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims, places = (dims_of(o.type) for o in operands)
    dtype = dtype_of(operands[0].type)
    if dims is None or places is None or len(dims) != len(places):
        return (Array(dtype, None),)
    axis = attrs["axis"] % len(dims)
    around = broadcast((*dims[:axis], 1, *dims[axis + 1 :]), (*places[:axis], 1, *places[axis + 1 :])) or ()
    return (Array(dtype, (*around[:axis], places[axis], *around[axis + 1 :])),)


def _take_transpose(g: Any, x: Any, indices: Any, axis: int) -> Any:
    return add_along_axis(PRIMITIVES["zeros_like"](x), g, indices, axis=axis)


take_along_axis: Primitive = linear(
    np.take_along_axis,
    _take_transpose,
    _taken,
    spelling="np.take_along_axis({0}, {1}, axis={axis})",
    broadcasts=True,
)
add_along_axis: Primitive = linear(
    pullback_runtime.add_along_axis,
    lambda g, base, values, indices, axis: (g, along(g, indices, axis)),
    as_first(),
    operands=2,
    spelling="add_along_axis",
    broadcasts=True,
)


def along(x: Any, indices: Any, axis: int) -> Any:
    """np.take_along_axis; of a vector `x[indices]`."""
    if rank(type_of_operand(x)) == 1 and rank(type_of_operand(indices)) == 1:
        return getitem(x, indices, index=Index((Hole(),)))
    return take_along_axis(x, indices, axis=axis)


@means(np.take_along_axis)
def take_along_axis_meaning(arr: Any, indices: Any, axis: Any = -1) -> Any:
    near = (arr, indices)
    arr, indices, axis = meanings.arrayed(arr, near), meanings.arrayed(indices, near), meanings.static(axis, "axis")
    if axis is None:
        arr, axis = ravel(arr), 0
    return along(arr, indices, axis)


# Orders.


def _order_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims = dims_of(operands[0].type)
    if dims == ():
        raise np.exceptions.AxisError(attrs["axis"], 0)
    return (Array(np.dtype(np.intp), dims),)


def _sorted_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    t = operands[0].type
    if dims_of(t) == ():
        raise np.exceptions.AxisError(attrs["axis"], 0)
    return (Array(dtype_of(t), dims_of(t)),)


argsort: Primitive = discrete(np.argsort, _order_type)
argpartition: Primitive = discrete(np.argpartition, _order_type)


def _sort(x: Any, axis: int) -> Any:
    return np.sort(x, axis=axis)


def order_of(x: Any, axis: int) -> Any:
    return argsort(x, axis=axis, kind="stable")


def inverse_order(order: Any, axis: int) -> Any:
    """Where each element went."""
    return argsort(order, axis=axis, kind=None)


def _sort_vjp(g: Any, out: Any, x: Any, axis: int) -> Any:
    return along(g, inverse_order(order_of(x, axis), axis), axis)


def _sort_jvp(tangents: Any, out: Any, x: Any, axis: int) -> Any:
    return along(tangents[0], order_of(x, axis), axis)


sort: Primitive = general(_sort, _sort_vjp, _sort_jvp, _sorted_type, name="sort", spelling="np.sort")


def _partition(x: Any, kth: Any, axis: int) -> Any:
    return np.partition(x, kth, axis=axis)


def _partition_vjp(g: Any, out: Any, x: Any, kth: Any, axis: int) -> Any:
    # both x and out, sorted, are the same: from the k-th smallest in out to the k-th smallest in x
    smallest_first = along(g, order_of(out, axis), axis)
    return along(smallest_first, inverse_order(order_of(x, axis), axis), axis)


def _partition_jvp(tangents: Any, out: Any, x: Any, kth: Any, axis: int) -> Any:
    smallest_first = along(tangents[0], order_of(x, axis), axis)
    return along(smallest_first, inverse_order(order_of(out, axis), axis), axis)


partition: Primitive = general(
    _partition,
    _partition_vjp,
    _partition_jvp,
    _sorted_type,
    name="partition",
    spelling="np.partition({0}, {kth}, axis={axis})",
)


def _flat_or_along(a: Any, axis: Any) -> tuple[Any, int]:
    """The array and the axis of what takes `axis=None` for the flattened array."""
    a, axis = meanings.arrayed(a, a), meanings.static(axis, "axis")
    if axis is not None:
        return a, int(axis)
    return (a if rank(type_of_operand(a)) == 1 else ravel(a)), -1


def _no_fields(order: Any, what: str) -> None:
    if order is not None:
        raise NotCovered(f"`order=` of {what}")


@means(np.sort)
def sort_meaning(a: Any, axis: Any = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> Any:
    _no_fields(order, "np.sort")  # equal numbers look the same: the kind does not matter
    a, axis = _flat_or_along(a, axis)
    return sort(a, axis=axis)


@means(np.argsort)
def argsort_meaning(a: Any, axis: Any = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> Any:
    _no_fields(order, "np.argsort")
    a, axis = _flat_or_along(a, axis)
    kind, stable = meanings.static(kind, "kind"), meanings.static(stable, "stable")
    return argsort(a, axis=axis, kind="stable" if stable else kind)


@means(np.partition)
def partition_meaning(a: Any, kth: Any, axis: Any = -1, kind: Any = "introselect", order: Any = None) -> Any:
    _no_fields(order, "np.partition")
    a, axis = _flat_or_along(a, axis)
    kth = meanings.static(kth, "kth")
    return partition(a, kth=tuple(kth) if isinstance(kth, list) else kth, axis=axis)


@means(np.argpartition)
def argpartition_meaning(a: Any, kth: Any, axis: Any = -1, kind: Any = "introselect", order: Any = None) -> Any:
    _no_fields(order, "np.argpartition")
    a, axis = _flat_or_along(a, axis)
    kth = meanings.static(kth, "kth")
    return argpartition(a, kth=tuple(kth) if isinstance(kth, list) else kth, axis=axis)


def _searched(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (Array(np.dtype(np.intp), dims_of(operands[1].type)),)


searchsorted: Primitive = discrete(np.searchsorted, _searched, np.searchsorted, accepts="a, v, side='left'")
