"""Shapes as values: what they are of arrays of known and of unknown rank, and as arguments."""

from __future__ import annotations

from typing import Any

import numpy as np

from pullback.ir.core import Atom, Attrs
from pullback.ir.types import INT, Dim, Scalar, Shape, Type, dims_of, product_dim, rank
from pullback.primitives import inference, meanings
from pullback.primitives.expr import Expr, type_of_operand
from pullback.primitives.inference import dtype_of, extent, shape_dims, unknown_dim
from pullback.primitives.kinds import discrete
from pullback.primitives.registry import NeedsStatic, NotCovered, means


def _shape_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (Shape(dims_of(operands[0].type)),)


shape = discrete(np.shape, _shape_type, name="shape", spelling="np.shape")


def _dim(x: Any, axis: int) -> int:
    return int(np.shape(x)[axis])


def _dim_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims = dims_of(operands[0].type)
    return (INT if dims is None else Scalar("int", dims[attrs["axis"]]),)


dim = discrete(_dim, _dim_type, name="dim", spelling="{0}.shape[{axis}]")


def _size_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims = dims_of(operands[0].type)
    return (INT if dims is None else Scalar("int", product_dim(dims)),)


size = discrete(np.size, _size_type, name="size", spelling="{0}.size")
ndim = discrete(np.ndim, inference.fixed(INT), name="ndim", spelling="{0}.ndim")


def _shape_item(shape: tuple[int, ...], index: int) -> int:
    return shape[index]


def _shape_item_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims = shape_dims(operands[0])
    return (INT if dims is None else Scalar("int", dims[attrs["index"]]),)


shape_item = discrete(_shape_item, _shape_item_type, name="shape_item", spelling="{0}[{index}]")


def _make_shape(*lengths: Any) -> tuple[int, ...]:
    return tuple(map(int, lengths))


def _made_shape(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (Shape(tuple(_measured(o) for o in operands)),)


def _measured(operand: Atom) -> Dim:
    measured = extent(operand)
    return unknown_dim() if measured is None else measured


make_shape = discrete(_make_shape, _made_shape, name="make_shape", spelling="tuple")


def _unpack_shape(x: Any, count: int) -> Any:
    lengths = np.shape(x)
    if len(lengths) != count:
        many = "too many" if len(lengths) > count else "not enough"
        raise ValueError(f"{many} values to unpack (expected {count}, got {len(lengths)})")
    return lengths if count > 1 else lengths[0]


def _unpacked(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims = dims_of(operands[0].type)
    if dims is None or len(dims) != attrs["count"]:
        dims = tuple(unknown_dim() for _ in range(attrs["count"]))
    return tuple(Scalar("int", d) for d in dims)


unpack_shape = discrete(_unpack_shape, _unpacked, name="unpack_shape", spelling="{0}.shape")


def an_int(pen: Expr, what: str) -> Expr:
    """A number where Python takes no float. What is an int before a loop and a float after it counts as a float."""
    dtype = dtype_of(pen.type)
    if dtype is not None and dtype.kind not in "iub":
        raise NotCovered(f"{what} that is a float, or becomes one in a loop; convert it by int(...)")
    return pen


def shape_operand(value: Any, parameter: str = "shape") -> Any:
    """A shape argument as an operand: a tuple of ints, or a pen over a shape. It may hold pens over ints."""
    match value:
        case list() | tuple():
            if not meanings.has_pen(value):
                return tuple(map(int, value))
            return make_shape(*(an_int(v, parameter) if isinstance(v, Expr) else v for v in value))
        case Expr() if isinstance(value.type, Shape):
            return value
        case Expr() if isinstance(value.type, Scalar) or rank(value.type) == 0:
            return make_shape(an_int(value, parameter))
        case Expr():
            raise NeedsStatic(value, parameter)
    return (int(value),)


def shape_of(x: Any) -> Any:
    """What `x.shape` is: a tuple of ints and pens where the rank is known, else a shape pen."""
    dims = dims_of(type_of_operand(x))
    if dims is None:
        return shape(x)
    return tuple(d if isinstance(d, int) else dim(x, axis=k) for k, d in enumerate(dims))


@means(np.shape)
def shape_meaning(a: Any) -> Any:
    return shape_of(meanings.arrayed(a, a))


@means(np.size)
def size_of(a: Any, axis: Any = None) -> Any:
    dims = dims_of(type_of_operand(a))
    if axis is not None:
        return dims[axis] if dims is not None and isinstance(dims[axis], int) else dim(a, axis=axis)
    count = product_dim(dims) if dims is not None else None
    return count if isinstance(count, int) else size(a)


@means(np.iterable)
def iterable(y: Any) -> bool:
    if isinstance(y, list | tuple):
        return True
    known = rank(type_of_operand(y))
    if known is None:
        raise NotCovered("np.iterable of what may have no axes")
    return known > 0


@means(np.ndim)
def ndim_of(a: Any) -> Any:
    known = rank(type_of_operand(a))
    return ndim(a) if known is None else known


@means(len)
def length(x: Any) -> Any:
    dims = dims_of(type_of_operand(x))
    if dims is None:
        return dim(x, axis=0)
    if not dims:
        raise NotCovered("len() of a number")
    return dims[0] if isinstance(dims[0], int) else dim(x, axis=0)


def shape_operand_of(x: Any) -> Any:
    """The shape of `x` as an operand: constant where the dimensions are ints."""
    dims = dims_of(type_of_operand(x))
    if dims is not None and all(isinstance(d, int) for d in dims):
        return dims
    return shape(x)
