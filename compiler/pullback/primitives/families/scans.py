"""Running sums, products and extrema, and differences of neighbours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import pullback_runtime
from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Type, dims_of, is_empty, may_be_one, rank, shift_dim
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.conversions import as_array
from pullback.primitives.families.indexing import Index, Slice, getitem, sliced
from pullback.primitives.families.joining import concatenate
from pullback.primitives.families.padding import pad
from pullback.primitives.families.shapes import size_of
from pullback.primitives.families.shaping import flip, ravel
from pullback.primitives.families.sorting import add_along_axis, along
from pullback.primitives.inference import Infer, dtype_of, sample_result
from pullback.primitives.kinds import discrete, general, linear, total, zeros_like
from pullback.primitives.registry import MEANINGS, PRIMITIVES, NotCovered, means


def scan(function: Callable[..., Any]) -> Infer:
    """The shape of the operand; the dtype is what NumPy makes of it."""

    def infer(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
        result = sample_result(function, operands)
        return (Array(None if result is None else dtype_of(result), dims_of(operands[0].type)),)

    return infer


def _flat_or_along(a: Any, axis: Any) -> tuple[Any, int]:
    """np.cumsum and its kin flatten where no axis is given."""
    a, axis = meanings.arrayed(a, a), meanings.static(axis, "axis")
    if axis is not None:
        return a, int(axis)
    return (a if rank(type_of_operand(a)) == 1 else ravel(as_array(a))), 0


def _scans(prim: Primitive, *functions: Any) -> None:
    def meaning(a: Any, axis: Any = None, dtype: Any = None) -> Any:
        a, axis = _flat_or_along(a, axis)
        return prim(a if dtype is None else as_array(a, meanings.static(dtype, "dtype")), axis=axis)

    means(*functions)(meaning)


# Sums.


def _cumsum(x: Any, axis: int) -> Any:
    return np.cumsum(x, axis=axis)


def _cumsum_transpose(g: Any, x: Any, axis: int) -> Any:
    return flip(cumsum(flip(g, axis=axis), axis=axis), axis=axis)


cumsum: Primitive = linear(
    _cumsum, _cumsum_transpose, scan(np.cumsum), name="cumsum", spelling="np.cumsum({0}, axis={axis})"
)
_scans(cumsum, np.cumsum)


# Products: derivatives by a recurrence, which does not divide.


def neighbours(x: Any, axis: int, first: float) -> Any:
    """What stands before each element; `first` before the first one."""
    axis_index = (Slice(),) * axis if axis >= 0 else (Ellipsis,)
    after = () if axis >= 0 else (Slice(),) * (-1 - axis)
    start = getitem(x, index=Index((*axis_index, Slice(None, 1), *after)))
    rest = getitem(x, index=Index((*axis_index, Slice(None, -1), *after)))
    filled = PRIMITIVES["zeros_like"](start) if first == 0 else PRIMITIVES["ones_like"](start)
    return concatenate(filled, rest, axis=axis)


def _later(x: Any, axis: int) -> Any:
    """What stands after each element; 0 after the last one."""
    return flip(neighbours(flip(x, axis=axis), axis, 0.0), axis=axis)


def _recurrence_vjp(h: Any, out: Any, g: Any, x: Any, axis: int, reverse: bool) -> Any:
    bar = recurrence(h, x, axis=axis, reverse=not reverse)
    return bar, neighbours(bar, axis, 0.0) * out if reverse else bar * neighbours(out, axis, 0.0)


def _recurrence_jvp(tangents: Any, out: Any, g: Any, x: Any, axis: int, reverse: bool) -> Any:
    tg, tx = tangents
    moved = None if tx is None else _later(tx * out, axis) if reverse else tx * neighbours(out, axis, 0.0)
    return recurrence(total([tg, moved]), x, axis=axis, reverse=reverse)


recurrence: Primitive = general(
    pullback_runtime.recurrence, _recurrence_vjp, _recurrence_jvp, scan(np.positive), spelling="recurrence"
)


def _cumprod(x: Any, axis: int) -> Any:
    return np.cumprod(x, axis=axis)


cumprod: Primitive = general(
    _cumprod,
    lambda g, out, x, axis: neighbours(out, axis, 1.0) * recurrence(g, x, axis=axis, reverse=True),
    lambda tangents, out, x, axis: recurrence(tangents[0] * neighbours(out, axis, 1.0), x, axis=axis, reverse=False),
    scan(np.cumprod),
    name="cumprod",
    spelling="np.cumprod({0}, axis={axis})",
)
_scans(cumprod, np.cumprod)


def _inclusive(function: Any) -> Callable[..., Any]:
    """np.cumulative_sum and np.cumulative_prod."""

    def meaning(x: Any, /, *, axis: Any = None, dtype: Any = None, include_initial: Any = False) -> Any:
        x = meanings.arrayed(x, x)
        known = rank(type_of_operand(x))
        if axis is None and known != 1:
            raise NotCovered("a running sum of more than one dimension without `axis=`")
        axis = 0 if axis is None else meanings.static(axis, "axis")
        out = MEANINGS[function](x, axis, dtype)
        if not meanings.static(include_initial, "include_initial"):
            return out
        first = getitem(x, index=Index((*((Slice(),) * (axis % (known or 1))), Slice(None, 1))))
        if known is None or dtype_of(type_of_operand(out)) is None:
            raise NotCovered("`include_initial=` of a running sum of what is known at run time only")
        like = PRIMITIVES["zeros_like" if function is np.cumsum else "ones_like"](first, dtype=dtype_of(out.type))
        return concatenate(like, out, axis=axis)

    return meaning


if hasattr(np, "cumulative_sum"):  # NumPy 2.1
    means(np.cumulative_sum)(_inclusive(np.cumsum))
    means(np.cumulative_prod)(_inclusive(np.cumprod))


# Extrema.


running_argmax: Primitive = discrete(
    pullback_runtime.running_argmax,
    lambda operands, attrs: (Array(np.dtype(np.intp), dims_of(operands[0].type)),),
    spelling="running_argmax",
)


def _running(ufunc: Any, sign: int) -> Primitive:
    """A running maximum or minimum: the first of equal ones has the derivative."""
    name = f"{ufunc.__name__}_accumulate"

    def function(x: Any, axis: int) -> Any:
        return ufunc.accumulate(x, axis=axis)

    def places(x: Any, axis: int) -> Any:
        return running_argmax(x if sign > 0 else -x, axis=axis)

    def vjp(g: Any, out: Any, x: Any, axis: int) -> Any:
        return add_along_axis(PRIMITIVES["zeros_like"](x), g, places(x, axis), axis=axis)

    def jvp(tangents: Any, out: Any, x: Any, axis: int) -> Any:
        return along(tangents[0], places(x, axis), axis)

    prim = general(
        function,
        vjp,
        jvp,
        scan(np.positive),
        name=name,
        spelling=f"np.{ufunc.__name__}.accumulate({{0}}, axis={{axis}})",
    )

    def meaning(array: Any, axis: Any = 0, dtype: Any = None) -> Any:
        if dtype is not None:
            raise NotCovered(f"`dtype=` of np.{ufunc.__name__}.accumulate")
        return prim(meanings.arrayed(array, array), axis=int(meanings.static(axis, "axis")))

    means(ufunc.accumulate)(meaning)
    return prim


running_maximum = _running(np.maximum, 1)
running_minimum = _running(np.minimum, -1)


# Differences.


def _diff(x: Any, n: int, axis: int) -> Any:
    return np.diff(x, n=n, axis=axis)


def _diff_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    t = operands[0].type
    dims, dtype = dims_of(t), dtype_of(t)
    if dims is None:
        return (Array(dtype, None),)
    if not dims:
        raise ValueError("diff requires input that is at least one dimensional")
    axis = attrs["axis"] % len(dims)
    return (Array(dtype, (*dims[:axis], shift_dim(dims[axis], -attrs["n"]), *dims[axis + 1 :])),)


def _diff_transpose(g: Any, x: Any, n: int, axis: int) -> Any:
    known = rank(type_of_operand(x))
    if known is None:
        raise NotCovered("np.diff of an array of unknown rank")
    length = (dims_of(type_of_operand(x)) or ())[axis]
    if is_empty(length) or (isinstance(length, int) and length < n):
        return zeros_like(x)  # no differences: the result is empty
    along = axis % known
    widths = tuple((n, n) if k == along else (0, 0) for k in range(known))
    back = diff(pad(g, pad_width=widths), n=n, axis=axis)
    if not isinstance(length, int) and (n > 2 or may_be_one(length)):  # it may be shorter than n, and `back` is not
        bound, holes = sliced(None, size_of(x, along), None)
        back = getitem(back, *holes, index=Index((Slice(),) * along + (bound,)))
    return back if n % 2 == 0 else -back


diff: Primitive = linear(_diff, _diff_transpose, _diff_type, name="diff", spelling="np.diff")


@means(np.diff)
def diff_meaning(a: Any, n: Any = 1, axis: Any = -1, prepend: Any = None, append: Any = None) -> Any:
    near = (a, prepend, append)
    a, n, axis = meanings.arrayed(a, near), meanings.static(n, "n"), meanings.static(axis, "axis")
    dtype = dtype_of(type_of_operand(a))
    if dtype == np.bool_:
        raise NotCovered("np.diff of truth values")
    around = [_edge(meanings.arrayed(v, near), a, axis) for v in (prepend, append) if v is not None]
    if around:
        ends = list(around)
        parts = ([ends.pop(0)] if prepend is not None else []) + [a] + ends
        a = concatenate(*parts, axis=axis)
    return a if n == 0 else diff(a, n=n, axis=axis)


def _edge(value: Any, a: Any, axis: int) -> Any:
    """One number to put before or after means a layer of it."""
    if rank(type_of_operand(value)) != 0:
        return value
    if rank(type_of_operand(a)) != 1:
        raise NotCovered("np.diff with a number before or after an array that is not a vector")
    return PRIMITIVES["reshape"](as_array(value, None), (1,)) if meanings.has_pen(value) else _one(a, value)


def _one(a: Any, value: Any) -> Any:
    return meanings.constant_array(a, [value])


@means(np.ediff1d)
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    if to_end is not None or to_begin is not None:
        raise NotCovered("`to_end=` and `to_begin=` of np.ediff1d", "use np.diff")
    ary = meanings.arrayed(ary, ary)
    return diff(ary if rank(type_of_operand(ary)) == 1 else ravel(as_array(ary)), n=1, axis=-1)
