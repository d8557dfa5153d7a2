"""Elements moved around and repeated: what is repeated adds up in the transpose."""

from __future__ import annotations

from typing import Any

import numpy as np

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Dims, Scalar, Type, dims_of, product_dim, rank
from pullback.primitives import meanings
from pullback.primitives.expr import Expr, type_of_operand
from pullback.primitives.families.conversions import as_array, copy
from pullback.primitives.families.creation import zeros_like
from pullback.primitives.families.indexing import Hole, Index, Slice, getitem, index_add
from pullback.primitives.families.joining import concatenate
from pullback.primitives.families.reductions import sum_
from pullback.primitives.families.shapes import shape_of, shape_operand, size_of
from pullback.primitives.families.shaping import broadcast_to, expand_dims, flip, moveaxis, ravel, reshape, swapaxes
from pullback.primitives.inference import dtype_of, unknown_dim
from pullback.primitives.kinds import discrete, linear
from pullback.primitives.registry import NotCovered, means


def known_rank(x: Any, what: str) -> int:
    known = rank(type_of_operand(x))
    if known is None:
        raise NotCovered(f"{what} of an array of unknown rank")
    return known


def _like(operands: tuple[Atom, ...], dims: Dims | None) -> tuple[Type, ...]:
    return (Array(dtype_of(operands[0].type), dims),)


def _negated(shift: Any) -> Any:
    return tuple(-s for s in shift) if isinstance(shift, tuple) else -shift


roll: Primitive = linear(
    np.roll,
    lambda g, x, shift, axis: roll(g, shift=_negated(shift), axis=axis),
    lambda operands, attrs: _like(operands, dims_of(operands[0].type)),
    spelling="np.roll",
)


def _hashable(value: Any, parameter: str) -> Any:
    value = meanings.static(value, parameter)
    return tuple(value) if isinstance(value, list) else value


@means(np.roll)
def roll_meaning(a: Any, shift: Any, axis: Any = None) -> Any:
    return roll(meanings.arrayed(a, a), shift=_hashable(shift, "shift"), axis=_hashable(axis, "axis"))


@means(np.rot90)
def rot90(m: Any, k: Any = 1, axes: Any = (0, 1)) -> Any:
    m, axes = meanings.arrayed(m, m), meanings.static(axes, "axes")
    match meanings.static(k, "k") % 4:
        case 0:
            return getitem(m, index=Index((Slice(),)))
        case 1:
            return swapaxes(flip(m, axis=axes[1]), axis1=axes[0], axis2=axes[1])
        case 2:
            return flip(flip(m, axis=axes[0]), axis=axes[1])
    return flip(swapaxes(m, axis1=axes[0], axis2=axes[1]), axis=axes[1])


@means(np.rollaxis)
def rollaxis(a: Any, axis: Any, start: Any = 0) -> Any:
    a, axis, start = meanings.arrayed(a, a), meanings.static(axis, "axis"), meanings.static(start, "start")
    known = known_rank(a, "np.rollaxis")
    axis %= known
    start = start + known if start < 0 else start
    return moveaxis(a, axis, start - 1 if axis < start else start)


# Repetitions.


def _tile(x: Any, reps: tuple[int, ...]) -> Any:
    return np.tile(x, reps)


def _tiled(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims, reps = dims_of(operands[0].type), attrs["reps"]
    if dims is None:
        return _like(operands, None)
    count = max(len(dims), len(reps))
    padded = (1,) * (count - len(dims)) + dims, (1,) * (count - len(reps)) + reps
    return _like(operands, tuple(product_dim((r, d)) for d, r in zip(*padded, strict=True)))


def _tile_transpose(g: Any, x: Any, reps: tuple[int, ...]) -> Any:
    known = known_rank(x, "np.tile")
    lengths = list(shape_of(x))
    lengths = [1] * (len(reps) - known) + lengths
    counts = [1] * (known - len(reps)) + list(reps)
    table = reshape(g, shape_operand([n for pair in zip(counts, lengths, strict=True) for n in pair]))
    summed = sum_(table, axis=tuple(range(0, 2 * len(counts), 2)), keepdims=False)
    return reshape(summed, shape_operand(list(shape_of(x)))) if len(lengths) > known else summed


tile: Primitive = linear(_tile, _tile_transpose, _tiled, name="tile", spelling="np.tile({0}, {reps})")


@means(np.tile)
def tile_meaning(A: Any, reps: Any) -> Any:
    reps = meanings.static(reps, "reps")
    return tile(as_array(meanings.arrayed(A, A)), reps=(int(reps),) if isinstance(reps, int) else tuple(map(int, reps)))


def _repeat(x: Any, repeats: int, axis: int) -> Any:
    return np.repeat(x, repeats, axis=axis)


def _repeated(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims = dims_of(operands[0].type)
    if dims is None:
        return _like(operands, None)
    k = attrs["axis"] % len(dims)
    return _like(operands, (*dims[:k], product_dim((attrs["repeats"], dims[k])), *dims[k + 1 :]))


def _repeat_transpose(g: Any, x: Any, repeats: int, axis: int) -> Any:
    k = axis % known_rank(x, "np.repeat")
    lengths = list(shape_of(x))
    table = reshape(g, shape_operand([*lengths[: k + 1], repeats, *lengths[k + 1 :]]))
    return sum_(table, axis=k + 1, keepdims=False)


repeat: Primitive = linear(
    _repeat, _repeat_transpose, _repeated, name="repeat", spelling="np.repeat({0}, {repeats}, axis={axis})"
)


def _repeated_places(count: int, repeats: Any) -> Any:
    return np.repeat(np.arange(count), repeats)


repeated_places: Primitive = discrete(
    _repeated_places,
    lambda operands, attrs: (Array(np.dtype(np.intp), (unknown_dim(),)),),
    name="repeated_places",
    spelling="np.repeat(np.arange({0}), {1})",
)


def _repeat_each(x: Any, repeats: Any, axis: int) -> Any:
    return np.repeat(x, repeats, axis=axis)


def _repeated_each(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dims = dims_of(operands[0].type)
    if dims is None:
        return _like(operands, None)
    k = attrs["axis"] % len(dims)
    return _like(operands, (*dims[:k], unknown_dim(), *dims[k + 1 :]))


def _repeat_each_transpose(g: Any, x: Any, repeats: Any, axis: int) -> Any:
    k = axis % known_rank(x, "np.repeat")
    places = repeated_places(size_of(x, k), repeats)
    return index_add(zeros_like(x, dtype=None), g, places, index=Index((Slice(),) * k + (Hole(),)))


repeat_each: Primitive = linear(
    _repeat_each,
    _repeat_each_transpose,
    _repeated_each,
    name="repeat_each",
    spelling="np.repeat({0}, {1}, axis={axis})",
)


@means(np.repeat)
def repeat_meaning(a: Any, repeats: Any, axis: Any = None) -> Any:
    a = as_array(meanings.arrayed(a, a))
    axis = meanings.static(axis, "axis")
    repeats = meanings.arrayed(repeats, (a, repeats))
    if isinstance(type_of_operand(repeats), Scalar):
        repeats = meanings.static(repeats, "repeats")
    if axis is None:
        a, axis = (a if rank(type_of_operand(a)) == 1 else ravel(a)), 0
    if isinstance(repeats, int):
        return repeat(a, repeats=repeats, axis=axis)
    return repeat_each(a, repeats, axis=axis)


# Arrays of more axes, and of arrays.


@means(np.atleast_3d)
def atleast_3d(x: Any) -> Any:
    x = meanings.arrayed(x, x)
    match known_rank(x, "np.atleast_3d"):
        case 0:
            return reshape(x, (1, 1, 1))
        case 1:
            return expand_dims(x, axis=(0, 2))
        case 2:
            return expand_dims(x, axis=2)
    return x


@means(np.dstack)
def dstack(tup: Any) -> Any:
    if isinstance(tup, Expr):
        raise NotCovered("np.dstack of one array")
    return concatenate(*(atleast_3d(meanings.arrayed(a, tup)) for a in tup), axis=2)


@means(np.block)
def block(arrays: Any) -> Any:
    """Nested lists joined along the last axis first; all with as many axes as the deepest list or array has."""
    depth = _depth(arrays)
    leaves = list(_leaves(arrays))
    count = max(depth, *(known_rank(leaf, "np.block") for leaf in leaves))
    out = _joined(arrays, depth, count)
    return copy(out) if not isinstance(arrays, list) else out


def _depth(nest: Any) -> int:
    return 1 + max(map(_depth, nest)) if isinstance(nest, list) else 0


def _leaves(nest: Any) -> Any:
    for item in nest if isinstance(nest, list) else ():
        yield from _leaves(item)
    if not isinstance(nest, list):
        yield nest


def _joined(nest: Any, depth: int, count: int) -> Any:
    if not isinstance(nest, list):
        missing = count - known_rank(nest, "np.block")
        return expand_dims(nest, axis=tuple(range(missing))) if missing else nest
    return concatenate(*(_joined(item, depth - 1, count) for item in nest), axis=-depth)


@means(np.meshgrid)
def meshgrid(*xi: Any, indexing: Any = "xy") -> tuple[Any, ...]:
    vectors = [meanings.arrayed(x, xi) for x in xi]
    if any(rank(type_of_operand(v)) != 1 for v in vectors):
        raise NotCovered("np.meshgrid of what is not known to be vectors")
    places = list(range(len(vectors)))
    if meanings.static(indexing, "indexing") == "xy" and len(vectors) > 1:
        places[0], places[1] = 1, 0
    lengths: list[Any] = [0] * len(vectors)
    for v, place in zip(vectors, places, strict=True):
        lengths[place] = size_of(v)
    shape = shape_operand(lengths)
    grids = []
    for v, place in zip(vectors, places, strict=True):
        others = tuple(k for k in range(len(vectors)) if k != place)
        grids.append(copy(broadcast_to(expand_dims(v, axis=others) if others else v, shape)))
    return tuple(grids)
