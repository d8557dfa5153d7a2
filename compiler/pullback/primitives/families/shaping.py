"""Operations that move elements without computing: all linear, each other's transposes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import pullback_runtime
from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Dim, Dims, Scalar, Shape, Sym, Type, dims_of, may_be_one, product_dim, rank
from pullback.primitives import meanings
from pullback.primitives.expr import Expr, type_of_operand
from pullback.primitives.families.complex_parts import conj
from pullback.primitives.families.shapes import shape_operand, shape_operand_of, size_of
from pullback.primitives.inference import dtype_of, normalize_axes, shape_dims, unknown_dim
from pullback.primitives.kinds import linear
from pullback.primitives.registry import NotCovered, means


def _like(operands: tuple[Atom, ...], dims: Dims | None) -> tuple[Type, ...]:
    return (Array(dtype_of(operands[0].type), dims),)


def _reshaped(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    wanted, given = shape_dims(operands[1]), dims_of(operands[0].type)
    if wanted is None:
        return _like(operands, None)
    # `n - 1` as an int may be -1, which here means another thing
    wanted = tuple(unknown_dim() if isinstance(d, Sym) and "-" in d.name else d for d in wanted)
    if -1 in wanted:
        k = wanted.index(-1)
        rest = wanted[:k] + wanted[k + 1 :]
        inferred = unknown_dim() if given is None else _quotient(given, rest)
        wanted = (*wanted[:k], inferred, *wanted[k + 1 :])
    return _like(operands, wanted)


def _quotient(whole: Dims, part: Dims) -> Dim:
    """The dimension that -1 stands for."""
    left, divisor = list(whole), 1
    for d in part:
        if isinstance(d, Sym) and d in left:
            left.remove(d)
        elif isinstance(d, int):
            divisor *= d
        else:
            return unknown_dim()
    count = int(np.prod([d for d in left if isinstance(d, int)], dtype=int))
    symbols: Dims = tuple(d for d in left if isinstance(d, Sym))
    if divisor == 0 or count % divisor:
        return unknown_dim()
    return product_dim((*symbols, count // divisor))


reshape: Primitive = linear(
    np.reshape, lambda g, x, shape: reshape(g, shape_operand_of(x)), _reshaped, name="reshape", view="maybe"
)


@means(np.reshape)
def reshape_meaning(a: Any, /, shape: Any, order: str = "C") -> Any:
    a = meanings.arrayed(a, a)
    if not by_columns(order):
        return reshape(a, shape_operand(shape))
    if isinstance(shape, Expr) and isinstance(shape.type, Shape):
        raise NotCovered('`order="F"` with a shape of unknown length')
    if not isinstance(shape, list | tuple):
        return reshape(_turned(a), shape_operand(shape))
    return _turned(reshape(_turned(a), shape_operand(shape[::-1])))


@means(np.ravel)
def ravel(a: Any, order: str = "C") -> Any:
    a = meanings.arrayed(a, a)
    return reshape(_turned(a) if by_columns(order) else a, (-1,))


def by_columns(order: Any) -> bool:
    """Whether elements are counted with the first index running first: in C order, of the transpose."""
    order = meanings.static(order, "order")
    if order not in ("C", "F", None):
        raise NotCovered(f"`order={order!r}`, by how the array lies in memory,", 'say `order="C"` or `order="F"`')
    return bool(order == "F")


def _turned(a: Any) -> Any:
    return a if rank(type_of_operand(a)) in (0, 1) else transpose(a, axes=None)


def _transposed(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims, axes = dims_of(operands[0].type), attrs["axes"]
    if dims is None:
        return _like(operands, None)
    return _like(operands, dims[::-1] if axes is None else tuple(dims[k] for k in axes))


def _inverse(axes: tuple[int, ...] | None) -> tuple[int, ...] | None:
    return None if axes is None else tuple(int(k) for k in np.argsort([a % len(axes) for a in axes]))


transpose: Primitive = linear(
    np.transpose, lambda g, x, axes: transpose(g, axes=_inverse(axes)), _transposed, name="transpose", view="always"
)


def permuted(x: Any, axes: Sequence[int] | None = None) -> Any:
    """np.transpose; plain reversal is written without axes."""
    known = rank(type_of_operand(x))
    if axes is None:
        return x if known in (0, 1) else transpose(x, axes=None)
    order = tuple(int(a) % len(axes) for a in axes)
    if order == tuple(range(len(order))):
        return x
    return transpose(x, axes=None if order == tuple(range(len(order)))[::-1] else order)


@means(np.transpose, np.permute_dims)
def transpose_meaning(a: Any, axes: Any = None) -> Any:
    axes = meanings.static(axes, "axes")
    return transpose(meanings.arrayed(a, a), axes=None if axes is None else tuple(map(int, axes)))


def _swapped(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims = dims_of(operands[0].type)
    if dims is None:
        return _like(operands, None)
    order = list(dims)
    i, j = attrs["axis1"], attrs["axis2"]
    order[i], order[j] = order[j], order[i]
    return _like(operands, tuple(order))


swapaxes: Primitive = linear(
    np.swapaxes,
    lambda g, x, axis1, axis2: swapaxes(g, axis1=axis1, axis2=axis2),
    _swapped,
    name="swapaxes",
    spelling="np.swapaxes({0}, {axis1}, {axis2})",
    view="always",
)


@means(np.swapaxes)
def swapaxes_meaning(a: Any, axis1: Any, axis2: Any) -> Any:
    axis1, axis2 = meanings.static(axis1, "axis1"), meanings.static(axis2, "axis2")
    return swapaxes(meanings.arrayed(a, a), axis1=axis1, axis2=axis2)


def mT(x: Any) -> Any:
    """The matrix transpose of the last two axes; `.T` for a matrix."""
    return transpose(x, axes=None) if rank(type_of_operand(x)) == 2 else swapaxes(x, axis1=-1, axis2=-2)


def mH(x: Any) -> Any:
    """The conjugate transpose of matrices; of real ones the transpose."""
    return conj(mT(x))


@means(np.matrix_transpose)
def matrix_transpose(x: Any) -> Any:
    return mT(meanings.arrayed(x, x))


@means(np.moveaxis)
def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    source, destination = meanings.static(source, "source"), meanings.static(destination, "destination")
    a = meanings.arrayed(a, a)
    known = rank(type_of_operand(a))
    if known is None:
        raise NotCovered("np.moveaxis of an array of unknown rank")
    sources = np.lib.array_utils.normalize_axis_tuple(source, known)
    targets = np.lib.array_utils.normalize_axis_tuple(destination, known)
    order = [k for k in range(known) if k not in sources]
    for target, moved in sorted(zip(targets, sources, strict=True)):
        order.insert(target, moved)
    return transpose(a, axes=tuple(order))


def _expanded(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims = dims_of(operands[0].type)
    if dims is None:
        return _like(operands, None)
    axis = attrs["axis"]
    total = len(dims) + (len(axis) if isinstance(axis, tuple) else 1)
    new, rest = normalize_axes(axis, total), iter(dims)
    return _like(operands, tuple(1 if k in new else next(rest) for k in range(total)))


expand_dims = linear(
    np.expand_dims, lambda g, x, axis: squeeze(g, axis=axis), _expanded, name="expand_dims", view="always"
)


@means(np.expand_dims)
def expand_dims_meaning(a: Any, axis: Any) -> Any:
    axis = meanings.static(axis, "axis")
    return expand_dims(meanings.arrayed(a, a), axis=tuple(axis) if isinstance(axis, list) else axis)


def _squeezed(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims = dims_of(operands[0].type)
    if dims is None:
        return _like(operands, None)
    gone = normalize_axes(attrs["axis"], len(dims)) if dims else ()
    return _like(operands, tuple(d for k, d in enumerate(dims) if k not in gone))


squeeze: Primitive = linear(
    np.squeeze, lambda g, x, axis: expand_dims(g, axis=axis), _squeezed, name="squeeze", view="always"
)


@means(np.squeeze)
def squeeze_meaning(a: Any, axis: Any = None) -> Any:
    a, axis = meanings.arrayed(a, a), meanings.static(axis, "axis")
    if axis is not None:
        return squeeze(a, axis=axis if isinstance(axis, tuple) else (int(axis),))
    dims = dims_of(type_of_operand(a))
    if dims is None or any(isinstance(d, Sym) and d.may_be_one for d in dims):
        raise NotCovered("np.squeeze without `axis=`, where it is not known which dimensions are 1")
    units = tuple(k for k, d in enumerate(dims) if d == 1)
    return squeeze(a, axis=units) if units else a


# Broadcasting.


def _broadcasted(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return _like(operands, shape_dims(operands[1]))


broadcast_to = linear(
    np.broadcast_to, lambda g, x, shape: g, _broadcasted, name="broadcast_to", view="always", broadcasts=True
)


@means(np.broadcast_to)
def broadcast_to_meaning(array: Any, shape: Any) -> Any:
    return broadcast_to(meanings.arrayed(array, array), shape_operand(shape))


@means(np.broadcast_arrays)
def broadcast_arrays(*args: Any, subok: Any = False) -> Any:
    """Each array under the shape of all of them: each dimension is that of an array where it is not 1."""
    arrays = [meanings.arrayed(a, args) for a in args]
    dims = [dims_of(type_of_operand(a)) for a in arrays]
    if any(d is None for d in dims):
        raise NotCovered("np.broadcast_arrays of an array of unknown rank")
    shape: list[Any] = []
    for k in range(-max(len(d or ()) for d in dims), 0):
        wide = [
            (a, (d or ())[k]) for a, d in zip(arrays, dims, strict=True) if len(d or ()) >= -k and (d or ())[k] != 1
        ]
        if any(may_be_one(dim) for _, dim in wide) and len(wide) > 1:
            raise NotCovered("np.broadcast_arrays where a dimension may be 1 or not")
        shape.append(size_of(wide[0][0], k) if wide else 1)
    return tuple(broadcast_to(a, shape_operand(shape)) for a in arrays)


def _unbroadcasted(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    t = operands[0].type
    if isinstance(t, Scalar):
        return (t,)
    return _like(operands, shape_dims(operands[1]))


unbroadcast = linear(
    pullback_runtime.unbroadcast,
    lambda g, x, shape: broadcast_to(g, shape_operand_of(x)),
    _unbroadcasted,
    name="unbroadcast",
    spelling="unbroadcast",
    view="maybe",
)


def _kept(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return _like(operands, dims_of(operands[0].type))


flip: Primitive = linear(
    np.flip,
    lambda g, x, axis: flip(g, axis=axis),
    _kept,
    np.flip,
    name="flip",
    accepts="m, axis=None",
    view="always",
)


asfortranarray: Primitive = linear(
    np.asfortranarray, lambda g, x: g, _kept, np.asfortranarray, accepts="a", view="maybe"
)


@means(np.flipud)
def flipud(m: Any) -> Any:
    return flip(meanings.arrayed(m, m), axis=0)


@means(np.fliplr)
def fliplr(m: Any) -> Any:
    return flip(meanings.arrayed(m, m), axis=1)


triu: Primitive = linear(np.triu, lambda g, x, k: triu(g, k=k), _kept)
tril: Primitive = linear(np.tril, lambda g, x, k: tril(g, k=k), _kept)


@means(np.triu)
def upper_triangle(m: Any, k: Any = 0) -> Any:
    return triu(_matrix(m, "np.triu"), k=meanings.static(k, "k"))


@means(np.tril)
def lower_triangle(m: Any, k: Any = 0) -> Any:
    return tril(_matrix(m, "np.tril"), k=meanings.static(k, "k"))


def _matrix(m: Any, what: str) -> Any:
    m = meanings.arrayed(m, m)
    if (rank(type_of_operand(m)) or 0) < 2:  # a vector is repeated
        raise NotCovered(f"{what} of an array that is not known to be a matrix")
    return m


@means(np.atleast_1d)
def atleast_1d(x: Any) -> Any:
    return _at_least(x, 1)


@means(np.atleast_2d)
def atleast_2d(x: Any) -> Any:
    return _at_least(x, 2)


def _at_least(x: Any, count: int) -> Any:
    x = meanings.arrayed(x, x)
    known = rank(type_of_operand(x))
    if known is None:
        raise NotCovered(f"np.atleast_{count}d of an array of unknown rank")
    if known >= count:
        return x
    return reshape(x, (1,) * count) if known == 0 else expand_dims(x, axis=0)
