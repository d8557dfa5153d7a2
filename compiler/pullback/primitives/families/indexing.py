"""Reading and adding to elements and slices.

An `Index` describes a key: static parts are in it, dynamic parts are holes, filled by operands in order. It is
frozen and hashable, so that equal reads are found equal.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field
from types import EllipsisType
from typing import Any, TypeAlias

import numpy as np

import pullback_runtime
from pullback.ir.core import Atom, Attrs, Op, Primitive
from pullback.ir.types import Array, Dim, Dims, Scalar, Shape, Sym, Type, broadcast, dims_of, rank, same_dims, shift_dim
from pullback.primitives import meanings
from pullback.primitives.expr import Expr, beside, type_of_operand
from pullback.primitives.families.shapes import an_int, shape_item, shape_operand_of, size_of
from pullback.primitives.inference import as_first, dtype_of, extent, unknown_dim
from pullback.primitives.kinds import discrete, linear
from pullback.primitives.registry import PRIMITIVES, NotCovered, means
from pullback.records import dataclass


@dataclass(frozen=True, slots=True)
class Hole:
    """A dynamic part of a key: an int, an array of ints, or a mask."""


@dataclass(frozen=True, slots=True)
class NewAxis:
    """None in a key."""


Bound: TypeAlias = int | Hole | None


@dataclass(frozen=True, slots=True)
class Slice:
    """A slice; its bounds are ints, None, or holes. `length` is what the dimension that it cuts out is called, if that
    does not follow from the bounds: reads and writes under one key agree on it. It says nothing about which elements.
    """

    start: Bound = None
    stop: Bound = None
    step: Bound = None
    length: Dim | None = field(default=None, compare=False)


Item: TypeAlias = int | Hole | Slice | NewAxis | EllipsisType


@dataclass(frozen=True, slots=True)
class Index:
    """A key as Python would pass it, one item per position."""

    items: tuple[Item, ...]

    def key(self, holes: Sequence[Any]) -> Any:
        """The key with its holes filled.

        >>> Index((Slice(None, Hole()), 0)).key([3])
        (slice(None, 3, None), 0)
        """
        filler = iter(holes)

        def filled(bound: Any) -> Any:
            return next(filler) if isinstance(bound, Hole) else bound

        key: list[Any] = []
        for item in self.items:
            match item:
                case Slice(start, stop, step):
                    key.append(slice(filled(start), filled(stop), filled(step)))
                case NewAxis():
                    key.append(None)
                case _:
                    key.append(filled(item))
        return tuple(key) if len(key) != 1 else key[0]

    def __str__(self) -> str:
        return ", ".join(map(_spelled, self.items))


def _spelled(item: Item | Bound) -> str:
    match item:
        case Slice(start, stop, step):
            text = f"{_spelled(start)}:{_spelled(stop)}"
            return text if step is None else f"{text}:{_spelled(step)}"
        case Hole():
            return "_"
        case NewAxis():
            return "None"
        case EllipsisType():
            return "..."
    return "" if item is None else str(item)


def sliced(start: Any, stop: Any, step: Any, length: Dim | None = None) -> tuple[Slice, list[Any]]:
    """A slice and the operands of its holes."""
    bounds: list[Bound] = []
    holes: list[Any] = []
    for bound in (start, stop, step):
        if isinstance(bound, Expr):
            bounds.append(Hole())
            holes.append(an_int(bound, "the bound of a slice"))
        else:
            bounds.append(None if bound is None else operator.index(bound))
    first, last, by = bounds
    if length is None and any(extent(hole.atom) is None for hole in holes):
        length = unknown_dim()
    return Slice(first, last, by, length), holes


# Types.


@dataclass(frozen=True, slots=True)
class _Part:
    """One item with the operands of its holes."""

    item: Item
    holes: tuple[Atom, ...]

    @property
    def is_advanced(self) -> bool:
        """Whether it is an array of ints or a mask (an int is, too, as soon as there is an array)."""
        return isinstance(self.item, Hole) and rank(self.holes[0].type) != 0

    @property
    def is_integer(self) -> bool:
        return isinstance(self.item, int) or (isinstance(self.item, Hole) and rank(self.holes[0].type) == 0)

    @property
    def consumes(self) -> int:
        """How many axes of the array it takes up."""
        if isinstance(self.item, NewAxis | EllipsisType):
            return 0
        if self.is_advanced and dtype_of(self.holes[0].type) == np.bool_:
            return rank(self.holes[0].type) or 0
        return 1


def _parts(index: Index, holes: Sequence[Atom]) -> Iterator[_Part]:
    rest = list(holes)
    for item in index.items:
        count = 1 if isinstance(item, Hole) else 0
        if isinstance(item, Slice):
            count = sum(isinstance(b, Hole) for b in (item.start, item.stop, item.step))
        taken, rest = rest[:count], rest[count:]
        yield _Part(item, tuple(taken))


def _got(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    x, *holes = operands
    return (Array(dtype_of(x.type), _result_dims(dims_of(x.type), list(_parts(attrs["index"], holes)))),)


def _result_dims(dims: Dims | None, parts: list[_Part]) -> Dims | None:
    if dims is None or any(_is_vague(hole) for part in parts for hole in part.holes):
        return None
    free = len(dims) - sum(part.consumes for part in parts)
    if free < 0:
        raise IndexError(f"too many indices for an array of {len(dims)} dimensions")
    if not any(isinstance(part.item, EllipsisType) for part in parts):
        parts = [*parts, _Part(Ellipsis, ())]
    has_arrays = any(part.is_advanced for part in parts)
    out: list[Dim] = []
    advanced: list[tuple[int, Dims]] = []  # where in `out`, and which dimensions
    places: list[int] = []
    axis = 0
    for place, part in enumerate(parts):
        match part.item:
            case NewAxis():
                out.append(1)
            case EllipsisType():
                out.extend(dims[axis : axis + free])
                axis += free
            case Slice() as cut:
                out.append(_slice_dim(dims[axis], cut, part.holes))
                axis += 1
            case _:
                if has_arrays:
                    advanced.append((len(out), _index_dims(part)))
                    places.append(place)
                axis += part.consumes
    if not has_arrays:
        return tuple(out)
    joint = broadcast(*(d for _, d in advanced)) or ()
    # NumPy: the broadcast dimensions stand where the indices stood if those are adjacent, else in front
    at = advanced[0][0] if places == list(range(places[0], places[0] + len(places))) else 0
    return (*out[:at], *joint, *out[at:])


def _is_vague(hole: Atom) -> bool:
    return isinstance(hole.type, Array) and (hole.type.shape is None or hole.type.dtype is None)


def _index_dims(part: _Part) -> Dims:
    if part.is_integer:
        return ()
    hole = part.holes[0]
    if dtype_of(hole.type) == np.bool_:
        return (unknown_dim(may_be_empty=True),)
    return dims_of(hole.type) or ()


def _slice_dim(dim: Dim, cut: Slice, holes: tuple[Atom, ...]) -> Dim:
    """The length of a slice of a dimension; a name for it where it is not known."""
    if cut.length is not None:
        return cut.length
    rest = iter(holes)
    start, stop, step = (extent(next(rest)) if isinstance(b, Hole) else b for b in (cut.start, cut.stop, cut.step))
    dynamic = [b for b in (cut.start, cut.stop, cut.step) if isinstance(b, Hole)]
    known = [
        b for b, raw in zip((start, stop, step), (cut.start, cut.stop, cut.step), strict=True) if isinstance(raw, Hole)
    ]
    if dynamic and None in known:
        return unknown_dim()
    start = None if start == 0 and (step is None or step == 1) else start
    stop = None if stop == dim and (step is None or step == 1) else stop
    step = None if step == 1 else step
    if start is None and stop is None and step in (None, -1):
        return dim
    if not any(isinstance(b, Sym) for b in (dim, start, stop, step)):
        assert isinstance(dim, int)
        return len(range(*slice(start, stop, step).indices(dim)))
    if step is None and isinstance(dim, Sym):
        low = 0 if start is None else start
        high = 0 if stop is None else stop
        if isinstance(low, int) and isinstance(high, int) and low >= 0 and (stop is None or high < 0):
            return shift_dim(dim, high - low)
    if any(isinstance(b, Sym) and "-" in b.name for b in (start, stop, step)):
        return unknown_dim()  # as an int it may be negative, and count from the end
    text = ":".join("" if b is None else str(b) for b in (start, stop) + ((step,) if step is not None else ()))
    return Sym(f"len({dim}[{text}])", may_be_one=True)


# The two operations.


def _getitem(x: Any, *holes: Any, index: Index) -> Any:
    return x[index.key(holes)]


def _index_add(base: Any, value: Any, *holes: Any, index: Index) -> Any:
    out = np.array(base)
    if any(np.ndim(h) and np.asarray(h).dtype != np.bool_ for h in holes):
        np.add.at(out, index.key(holes), value)
    else:
        out[index.key(holes)] += value
    return out


def _zeros_for(x: Any) -> Any:

    t = type_of_operand(x)
    dtype = dtype_of(t)
    if dtype is None or (isinstance(t, Array) and t.shape is None):
        return PRIMITIVES["zeros_like"](x)
    return beside(x, PRIMITIVES["zeros"], shape_operand_of(x), dtype=dtype)


getitem = linear(
    _getitem,
    lambda g, x, *holes, index: index_add(_zeros_for(x), g, *holes, index=index),
    _got,
    name="getitem",
    spelling="{0}[{index}]",
    view="maybe",
)


index_add: Primitive = linear(
    _index_add,
    lambda g, base, value, *holes, index: (g, getitem(g, *holes, index=index)),
    as_first(),
    name="index_add",
    operands=2,
    spelling="np.add.at",
    broadcasts=True,
)


def _setitem(base: Any, value: Any, *holes: Any, index: Index) -> Any:
    out = np.array(base)
    out[index.key(holes)] = value
    return out


def _setitem_transpose(g: Any, base: Any, value: Any, *holes: Any, index: Index) -> Any:
    # what was overwritten has no influence; with duplicated indices NumPy lets the last one win
    given = getitem(g, *holes, index=index)  # first: clearing may then happen in place
    if any(_may_repeat(h) for h in holes):
        given = given * PRIMITIVES["is_last_write"](PRIMITIVES["shape"](base), *holes, index=index)
    return setitem(g, 0.0, *holes, index=index), given


def _may_repeat(hole: Any) -> bool:
    t = type_of_operand(hole)
    return isinstance(t, Array) and t.shape != () and dtype_of(t) != np.bool_


def _is_last_write(shape: Any, *holes: Any, index: Index) -> Any:
    return pullback_runtime.is_last_write(shape, index.key(holes))


def _mask_of_writes(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    shape, *holes = operands
    dims = shape.type.dims if isinstance(shape.type, Shape) else None
    return (Array(np.dtype(np.bool_), _result_dims(dims, list(_parts(attrs["index"], holes)))),)


is_last_write = discrete(_is_last_write, _mask_of_writes, name="is_last_write", spelling="is_last_write")
setitem: Primitive = linear(
    _setitem,
    _setitem_transpose,
    as_first(),
    name="setitem",
    operands=2,
    spelling="{0}[{index}] = {1}",
    broadcasts=True,
)


def is_view(op: Op) -> bool:
    """Whether the result of a `getitem` shares memory with its operand: basic indices that leave an axis."""
    parts = _parts(op.attrs["index"], op.operands[1:])
    return takes_places(op) and (
        rank(op.result.type) != 0 or any(isinstance(part.item, EllipsisType) for part in parts)
    )


def reads_the_place(read: Op | None, write: Op) -> bool:
    """Whether an operation reads from an array just what a `setitem` or `index_add` writes to there."""
    base, _, *holes = write.operands
    return (
        read is not None
        and read.prim.name == "getitem"
        and read.operands == (base, *holes)
        and read.attrs == write.attrs
    )


def takes_places(op: Op) -> bool:
    """Whether a `getitem` names its elements by ints and slices only."""
    return not any(part.is_advanced for part in _parts(op.attrs["index"], op.operands[1:]))


def takes_a_run(op: Op) -> bool:
    """Whether what a `getitem` takes of an array in C order is one piece of its memory, in C order, too."""
    is_whole = False
    for part in _parts(op.attrs["index"], op.operands[1:]):
        match part.item:
            case NewAxis():
                continue
            case Slice(start=start, stop=stop, step=None | 1) if not is_whole or start is stop is None:
                is_whole = True
            case EllipsisType():
                is_whole = True
            case _ if is_whole or not part.is_integer:
                return False
    return True


def is_basic(op: Op) -> bool:
    """Whether an `index_add` or `setitem` names its elements by ints and slices only."""
    return not any(part.is_advanced for part in _parts(op.attrs["index"], op.operands[2:]))


def joined(
    outer: Index, outer_holes: Sequence[Atom], inner: Index, inner_holes: Sequence[Atom]
) -> tuple[Index | None, list[Atom]]:
    """The one key for `x[outer][inner]`: `x[i, j]` for `x[i][j]`. None where `outer` takes more than ints."""
    if not all(part.is_integer for part in _parts(outer, outer_holes)):
        return None, []
    if any(part.is_advanced for part in _parts(inner, inner_holes)):
        return None, []
    return Index((*outer.items, *inner.items)), [*outer_holes, *inner_holes]


def hits_once(op: Op, is_range: Callable[[Atom], bool] = lambda atom: False) -> bool:
    """Whether an `index_add` names each element at most once, so that `base[index] += value` does the same.

    Args:
        op: an `index_add`.
        is_range: whether an operand is known to hold distinct ints of one sign (an `arange`).
    """
    parts = [p for p in _parts(op.attrs["index"], op.operands[2:]) if p.is_advanced]
    if not parts:
        return True
    holes = [p.holes[0] for p in parts]
    if any(_is_vague(h) for h in holes):
        return False
    if all(dtype_of(h.type) == np.bool_ for h in holes):
        return len(holes) == 1
    joint = broadcast(*map(_index_dims, parts))
    return (
        joint is not None and len(joint) == 1 and any(is_range(h) and same_dims(dims_of(h.type), joint) for h in holes)
    )


# What `x[key]` means.


def index_of(key: Any, near: Any) -> tuple[Index, list[Any]]:
    """A key, as Python passes it, as a description and the operands of its holes.

    Raises:
        NotCovered: for a key that NumPy takes but no rule covers.
    """
    items: list[Item] = []
    holes: list[Any] = []
    for part in key if isinstance(key, tuple) else (key,):
        match part:
            case None:
                items.append(NewAxis())
            case EllipsisType():
                items.append(part)
            case slice():
                item, inside = sliced(part.start, part.stop, part.step)
                items.append(item)
                holes += inside
            case bool() | np.bool_():
                raise NotCovered("an index that is a bool")
            case int() | np.integer():
                items.append(int(part))
            case list() | tuple() | np.ndarray():
                items.append(Hole())
                holes.append(meanings.arrayed(part.tolist() if isinstance(part, np.ndarray) else part, (near, part)))
            case Expr():
                items.append(Hole())
                holes.append(_checked(part))
            case _:
                raise NotCovered(f"an index of type {type(part).__name__}")
    return Index(tuple(items)), holes


def _checked(pen: Expr) -> Expr:
    dtype = dtype_of(pen.type)
    if isinstance(pen.type, Shape) or (dtype is not None and dtype.kind not in "iub"):
        raise NotCovered(f"an index of type {pen.type}")
    if dtype == np.bool_ and pen.rank == 0:
        raise NotCovered("an index that is a bool")
    return pen


@means(operator.getitem)
def item_of(x: Any, key: Any) -> Any:
    """`x[key]` for an array, a shape, or a list of them under a static key."""
    if isinstance(x, Expr) and isinstance(x.type, Shape):
        if isinstance(key, int):
            return shape_item(x, index=key)
        raise NotCovered("a shape of unknown rank under this key")
    if isinstance(x, Expr) and isinstance(x.type, Scalar):
        raise NotCovered("an index into a Python number")
    if not isinstance(x, Expr):
        raise NotCovered("a list or array of constants under a dynamic key")
    index, holes = index_of(key, (x, key))
    return getitem(x, *holes, index=index)


@means(np.take)
def take(a: Any, indices: Any, axis: Any = None, out: Any = None, mode: Any = "raise") -> Any:
    a, indices = meanings.arrayed(a, (a, indices)), meanings.arrayed(indices, (a, indices))
    axis, mode = meanings.static(axis, "axis"), meanings.static(mode, "mode")
    known = rank(type_of_operand(a))
    if axis is None:
        a, axis = a if known == 1 else PRIMITIVES["reshape"](a, (-1,)), 0
    if axis < 0:
        if known is None:
            raise NotCovered("np.take along an axis counted from the end, of an array of unknown rank")
        axis += known
    indices = wrapped_or_clipped(indices, size_of(a, axis), mode)
    holes = () if isinstance(indices, int) else (_checked(indices),)
    taken = getitem(a, *holes, index=Index((Slice(),) * axis + (Hole() if holes else indices,)))
    is_view = isinstance(indices, int) or rank(type_of_operand(indices)) == 0
    return PRIMITIVES["copy"](taken) if is_view and rank(type_of_operand(taken)) != 0 else taken


def wrapped_or_clipped(indices: Any, count: Any, mode: str) -> Any:
    """The indices into `count` elements that `mode=` makes of given ones."""
    if mode == "wrap":
        return indices % count
    if mode == "clip":
        return PRIMITIVES["clip"](indices, 0, count - 1)
    return indices
