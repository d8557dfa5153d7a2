"""Arrays taken apart: slices along an axis, which are views as NumPy's are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Type, dims_of, rank
from pullback.primitives import meanings
from pullback.primitives.expr import Expr, type_of_operand
from pullback.primitives.families.indexing import Index, Slice, getitem, sliced
from pullback.primitives.families.joining import array
from pullback.primitives.families.shapes import shape_of, shape_operand, size_of
from pullback.primitives.families.shaping import reshape
from pullback.primitives.inference import dtype_of
from pullback.primitives.kinds import general
from pullback.primitives.registry import PRIMITIVES, NeedsStatic, NotCovered, means

Bounds = Sequence[Any]


def _unpack(x: Any, count: int) -> tuple[Any, ...]:
    items = tuple(x)
    if len(items) != count:
        few = f"not enough values to unpack (expected {count}, got {len(items)})"
        raise ValueError(few if len(items) < count else f"too many values to unpack (expected {count})")
    return items


def _numbers(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (Array(dtype_of(operands[0].type), ()),) * int(attrs["count"])


def _packed(g: Any, out: Any, x: Any, count: int) -> Any:
    return array(*(0.0 if part is None else part for part in g), nest=(count,))


# a, b, c = x
unpack: Primitive = general(
    _unpack,
    _packed,
    lambda tangents, out, x, count: unpack(tangents[0], count=count),
    _numbers,
    name="unpack",
    spelling="{0}",
)


def known_rank(x: Any, what: str) -> int:
    known = rank(type_of_operand(x))
    if known is None:
        raise NotCovered(f"{what} of an array of unknown rank")
    return known


def along(axis: int, item: Any) -> Index:
    """An index of `item` along a non-negative axis, everything along the others."""
    return Index((Slice(),) * axis + (item,))


def between(x: Any, axis: int, start: Any, stop: Any) -> Any:
    item, holes = sliced(start, stop, None)
    return getitem(x, *holes, index=along(axis, item))


def split_at(x: Any, bounds: Bounds, axis: int) -> list[Any]:
    """x[:b0], x[b0:b1], ..., x[bn:] along the axis."""
    ends = [None, *bounds, None]
    return [between(x, axis, start, stop) for start, stop in pairwise(ends)]


def split_evenly(x: Any, count: int, axis: int) -> list[Any]:
    """The rows of a table of `count` rows: where the length is no multiple of it, NumPy raises, and so does reshape."""
    dims = dims_of(type_of_operand(x)) or ()
    length = dims[axis]
    if isinstance(length, int):
        if length % count:
            raise ValueError("array split does not result in an equal division")
        return split_at(x, [length // count * k for k in range(1, count)], axis)
    shape = shape_of(x)
    table = reshape(x, shape_operand([*shape[:axis], count, -1, *shape[axis + 1 :]]))
    return [getitem(table, index=along(axis, k)) for k in range(count)]


def split_nearly_evenly(x: Any, count: int, axis: int) -> list[Any]:
    """The first `length % count` pieces are longer by one."""
    length = size_of(x, axis)
    if isinstance(length, int):
        return split_at(x, [length // count * k + min(k, length % count) for k in range(1, count)], axis)
    each, longer = length // count, length % count
    smaller = PRIMITIVES["builtin_min"]
    return split_at(x, [each * k + smaller(longer, k) for k in range(1, count)], axis)


def _split(ary: Any, sections: Any, axis: Any, what: str, evenly: bool = True) -> list[Any]:
    ary, axis = meanings.arrayed(ary, (ary, sections)), meanings.static(axis, "axis")
    axis = np.lib.array_utils.normalize_axis_index(axis, known_rank(ary, what))
    if isinstance(sections, Expr):
        if sections.rank != 0:
            raise NotCovered(f"{what} at indices that are an array", "write the slices out")
        raise NeedsStatic(sections, "indices_or_sections")
    if isinstance(sections, list | tuple | np.ndarray):
        return split_at(ary, list(sections), axis)
    return (split_evenly if evenly else split_nearly_evenly)(ary, int(sections), axis)


@means(np.split)
def split(ary: Any, indices_or_sections: Any, axis: Any = 0) -> list[Any]:
    return _split(ary, indices_or_sections, axis, "np.split")


@means(np.array_split)
def array_split(ary: Any, indices_or_sections: Any, axis: Any = 0) -> list[Any]:
    return _split(ary, indices_or_sections, axis, "np.array_split", evenly=False)


@means(np.vsplit)
def vsplit(ary: Any, indices_or_sections: Any) -> list[Any]:
    if known_rank(ary, "np.vsplit") < 2:
        raise ValueError("vsplit only works on arrays of 2 or more dimensions")
    return _split(ary, indices_or_sections, 0, "np.vsplit")


@means(np.hsplit)
def hsplit(ary: Any, indices_or_sections: Any) -> list[Any]:
    return _split(ary, indices_or_sections, 1 if known_rank(ary, "np.hsplit") > 1 else 0, "np.hsplit")


@means(np.dsplit)
def dsplit(ary: Any, indices_or_sections: Any) -> list[Any]:
    if known_rank(ary, "np.dsplit") < 3:
        raise ValueError("dsplit only works on arrays of 3 or more dimensions")
    return _split(ary, indices_or_sections, 2, "np.dsplit")


def unstack(x: Any, /, *, axis: Any = 0) -> tuple[Any, ...]:
    """The layers along an axis whose length is known."""
    x, axis = meanings.arrayed(x, x), meanings.static(axis, "axis")
    axis = np.lib.array_utils.normalize_axis_index(axis, known_rank(x, "np.unstack"))
    length = size_of(x, axis)
    if not isinstance(length, int):
        raise NotCovered("np.unstack along an axis whose length is not known")
    return tuple(getitem(x, index=along(axis, k)) for k in range(length))


if hasattr(np, "unstack"):  # NumPy 2.1
    means(np.unstack)(unstack)
