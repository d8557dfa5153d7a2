"""Arrays made of lists whose length is known at run time only, and the lists that they are taken apart into."""

from __future__ import annotations

from typing import Any

import numpy as np

import pullback_runtime
from pullback.ir.core import Atom, Attrs, Primitive, Value
from pullback.ir.types import Array, List, Scalar, Type, dims_of, rank
from pullback.primitives import meanings
from pullback.primitives.expr import Expr, type_of_operand
from pullback.primitives.families.conversions import to_dtype
from pullback.primitives.families.lists import element_of, length_of, list_zeros
from pullback.primitives.inference import dtype_of, has_dtype, sample_result, unknown_dim
from pullback.primitives.kinds import linear
from pullback.primitives.registry import NotCovered


def is_list(x: Any) -> bool:
    """Whether it is a pen of a list."""
    return isinstance(x, Expr) and isinstance(x.type, List)


def element_rank(xs: Any) -> int | None:
    """The rank of the elements of a list."""
    t = type_of_operand(xs)
    assert isinstance(t, List), t
    return rank(t.element)


def _join(*samples: Any) -> Any:
    return np.array([np.ravel(s)[0] for s in samples])


def _dtype(*elements: Type) -> Any:
    result = sample_result(_join, tuple(Value(t) for t in elements))
    return None if result is None else dtype_of(result)


# One array per element along a new axis.


def _arrayed(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    t = element_of(operands[0].type)
    dims = dims_of(t)
    return (Array(_dtype(t), None if dims is None else (length_of(operands[0].type), *dims)),)


def _parts_of(g: Any, xs: Any, axis: int = 0) -> Any:
    t = type_of_operand(xs)
    assert isinstance(t, List), t
    return list_unstack(g, axis=axis, element=t.element)


list_array: Primitive = linear(np.array, _parts_of, _arrayed, name="list_array", spelling="np.array")


def _stacked(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    t = element_of(operands[0].type)
    dims = dims_of(t)
    if dims is None:
        return (Array(_dtype(t), None),)
    axis = attrs["axis"] % (len(dims) + 1)
    return (Array(_dtype(t), (*dims[:axis], length_of(operands[0].type), *dims[axis:])),)


list_stack: Primitive = linear(
    lambda xs, axis: np.stack(xs, axis=axis), _parts_of, _stacked, name="list_stack", spelling="np.stack"
)


def _unstack(a: Any, axis: int, element: Type) -> list[Any]:
    if np.ndim(a) == 1 and isinstance(element, Scalar):
        return list(np.asarray(a).tolist())
    return list(np.moveaxis(np.asarray(a), axis, 0))


def _restacked(g: Any, a: Any, axis: int, element: Type) -> Any:
    return list_array(g) if axis == 0 else list_stack(g, axis=axis)


def _unstacked(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims = dims_of(operands[0].type)
    return (List(attrs["element"], None if not dims else dims[attrs["axis"]]),)


list_unstack: Primitive = linear(_unstack, _restacked, _unstacked, name="list_unstack")


# Elements of any length along an axis.


def _concatenated(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    t = element_of(operands[0].type)
    dims = dims_of(t)
    if dims is None:
        return (Array(_dtype(t), None),)
    axis = attrs["axis"] % len(dims)
    return (Array(_dtype(t), (*dims[:axis], unknown_dim(), *dims[axis + 1 :])),)


list_concatenate: Primitive = linear(
    lambda xs, axis: np.concatenate(xs, axis=axis),
    lambda g, xs, axis: list_split(g, xs, axis=axis),
    _concatenated,
    name="list_concatenate",
    spelling="np.concatenate",
)

list_split: Primitive = linear(
    lambda g, xs, axis: pullback_runtime.split_like(g, xs, axis),
    lambda h, g, xs, axis: list_concatenate(h, axis=axis),
    lambda operands, attrs: (operands[1].type,),
    name="list_split",
    spelling="split_like",
)


# One row per element, of several lists: `np.array([(t, x), ...])`.


def _rows(*columns: Any) -> Any:
    return np.array(list(zip(*columns, strict=False)))


def _rowed(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    elements = [element_of(o.type) for o in operands]
    dims = dims_of(elements[0])
    length = length_of(operands[0].type)
    return (Array(_dtype(*elements), None if dims is None else (length, len(operands), *dims)),)


def _columns_of(g: Any, *columns: Any) -> tuple[Any, ...]:
    types = [type_of_operand(c) for c in columns]
    return tuple(
        list_column(g, k=k, width=len(columns), element=t.element) for k, t in enumerate(types) if isinstance(t, List)
    )


list_rows: Primitive = linear(_rows, _columns_of, _rowed, name="list_rows", operands=None)


def _column(g: Any, k: int, width: int, element: Type) -> list[Any]:
    return [float(row[k]) if isinstance(element, Scalar) else row[k] for row in g]


def _recolumned(h: Any, g: Any, k: int, width: int, element: Type) -> Any:
    none = list_zeros(h)
    return list_rows(*(h if j == k else none for j in range(width)))


list_column: Primitive = linear(
    _column,
    _recolumned,
    lambda operands, attrs: (List(attrs["element"]),),
    name="list_column",
)


# What functions of NumPy mean, given such a list.


def array_of(xs: Any, dtype: Any) -> Any:
    """`np.array(xs, dtype)`."""
    t = type_of_operand(xs)
    assert isinstance(t, List), t
    if not isinstance(t.element, Scalar | Array):
        raise NotCovered("np.array of a list of lists whose lengths are known at run time only")
    out = list_array(xs)
    return out if dtype is None or has_dtype(type_of_operand(out), dtype) else to_dtype(out, dtype)


def stack_of(xs: Any, axis: Any) -> Any:
    """`np.stack(xs, axis)`."""
    return list_stack(_arrays(xs, "np.stack"), axis=meanings.static(axis, "axis"))


def concatenation_of(xs: Any, axis: Any) -> Any:
    """`np.concatenate(xs, axis)`."""
    axis = meanings.static(axis, "axis")
    t = type_of_operand(_arrays(xs, "np.concatenate"))
    assert isinstance(t, List), t
    if axis is None or not dims_of(t.element):
        raise NotCovered("np.concatenate of a list of what may be no arrays, or with axis=None")
    return list_concatenate(xs, axis=axis)


def _arrays(xs: Any, what: str) -> Any:
    t = type_of_operand(xs)
    if not (isinstance(t, List) and isinstance(t.element, Scalar | Array)):
        raise NotCovered(f"{what} of a list of lists")
    return xs
