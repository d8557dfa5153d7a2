"""np.pad: linear in the array (and in constant values). What it repeats adds up in the transpose."""

from __future__ import annotations

from typing import Any

import numpy as np

import pullback_runtime
from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Type, dims_of, rank, shift_dim
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.indexing import Index, Slice, getitem
from pullback.primitives.families.reductions import sum_
from pullback.primitives.families.shapes import shape_operand_of
from pullback.primitives.inference import dtype_of, shape_dims
from pullback.primitives.kinds import Shaped, general, linear, zeros_like
from pullback.primitives.registry import PRIMITIVES, NotCovered, means

Widths = tuple[tuple[int, int], ...]


def _padded(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    t = operands[0].type
    dims = dims_of(t)
    if dims is None:
        return (Array(dtype_of(t), None),)
    widths = attrs["pad_width"]
    return (Array(dtype_of(t), tuple(shift_dim(d, b + a) for d, (b, a) in zip(dims, widths, strict=True))),)


def _inside(g: Any, widths: Widths) -> Any:
    """The part of a padded array that was there before."""
    cuts = [Slice(before or None, -after or None) for before, after in widths]
    while cuts and cuts[-1] == Slice():
        cuts.pop()
    return getitem(g, index=Index(tuple(cuts))) if cuts else g


def _pad(x: Any, pad_width: Widths) -> Any:
    return np.pad(x, pad_width)


pad: Primitive = linear(
    _pad,
    lambda g, x, pad_width: _inside(g, pad_width),
    _padded,
    name="pad",
    spelling="np.pad({0}, {pad_width})",
)


def _repeat_ends(x: Any, pad_width: Widths, mode: str) -> Any:
    return np.pad(x, pad_width, mode=mode)  # type: ignore[call-overload]  # the modes are checked by the meaning


def _unpadded(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (Array(dtype_of(operands[0].type), shape_dims(operands[1])),)


repeat_ends: Primitive = linear(
    _repeat_ends,
    lambda g, x, pad_width, mode: unpad(g, shape_operand_of(x), pad_width=pad_width, mode=mode),
    _padded,
    name="repeat_ends",
    spelling="np.pad({0}, {pad_width}, mode={mode})",
)
unpad: Primitive = linear(
    pullback_runtime.unpad,
    lambda h, g, shape, pad_width, mode: repeat_ends(h, pad_width=pad_width, mode=mode),
    _unpadded,
    spelling="unpad",
)


def _pad_with(x: Any, value: Any, pad_width: Widths) -> Any:
    return np.pad(x, pad_width, constant_values=value)


def _pad_with_vjp(g: Any, out: Any, x: Any, value: Any, pad_width: Widths) -> Any:
    is_inside = pad(PRIMITIVES["ones_like"](x, dtype=np.dtype(bool)), pad_width=pad_width)
    around = sum_(PRIMITIVES["where"](is_inside, 0.0, g), axis=None, keepdims=False)
    return Shaped(_inside(g, pad_width)), around


def _pad_with_jvp(tangents: Any, out: Any, x: Any, value: Any, pad_width: Widths) -> Any:
    tx, tv = (zeros_like(o) if t is None else t for t, o in zip(tangents, (x, value), strict=True))
    return pad_with(tx, tv, pad_width=pad_width)


pad_with: Primitive = general(
    _pad_with,
    _pad_with_vjp,
    _pad_with_jvp,
    _padded,
    name="pad_with",
    spelling="np.pad({0}, {pad_width}, constant_values={1})",
    broadcasts=True,
)
REPEATING = ("edge", "reflect", "symmetric", "wrap")


def _widths(pad_width: Any, count: int) -> Widths:
    """A pair per axis, from what NumPy takes: an int, a pair, one pair in a tuple, or a pair per axis."""
    pairs = np.broadcast_to(np.asarray(pad_width), (count, 2))
    return tuple((int(before), int(after)) for before, after in pairs)


@means(np.pad)
def pad_meaning(
    array: Any,
    pad_width: Any,
    mode: Any = "constant",
    *,
    constant_values: Any = 0,
    reflect_type: Any = "even",
    **by: Any,
) -> Any:
    array = meanings.arrayed(array, (array, constant_values))
    pad_width, mode = meanings.static(pad_width, "pad_width"), meanings.static(mode, "mode")
    known = rank(type_of_operand(array))
    if known is None or isinstance(pad_width, dict):
        raise NotCovered("np.pad of an array of unknown rank, or by a dict")
    widths = _widths(pad_width, known)
    if mode in REPEATING and meanings.static(reflect_type, "reflect_type") == "even":
        return repeat_ends(array, pad_width=widths, mode=mode)
    if mode != "constant":
        raise NotCovered(f"`mode={mode!r}` of np.pad")
    if isinstance(constant_values, list | tuple) or rank(type_of_operand(constant_values)) != 0:
        raise NotCovered("several `constant_values=` of np.pad")
    if isinstance(constant_values, int | float) and constant_values == 0:
        return pad(array, pad_width=widths)
    return pad_with(array, constant_values, pad_width=widths)
