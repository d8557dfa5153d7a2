"""Slopes of samples: np.gradient, by one spacing or by coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Type, dims_of, rank
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.conversions import as_array
from pullback.primitives.families.indexing import Index, Slice, getitem
from pullback.primitives.families.joining import concatenate
from pullback.primitives.families.reductions import sum_
from pullback.primitives.families.scans import diff
from pullback.primitives.families.shaping import expand_dims
from pullback.primitives.inference import dtype_of, is_complex
from pullback.primitives.kinds import general, zeros_like
from pullback.primitives.registry import NotCovered, means


def _part(x: Any, k: int, start: Any, stop: Any) -> Any:
    return getitem(x, index=Index((Slice(),) * k + (Slice(start, stop),)))


def _element(x: Any, k: int, at: int) -> Any:
    return getitem(x, index=Index((Slice(),) * k + (at,)))


# By one spacing.


def _slopes(f: Any, k: int, h: Any, edge_order: int) -> Any:
    """Central differences inside, one-sided ones at the ends."""
    inside = (_part(f, k, 2, None) - _part(f, k, None, -2)) / (2.0 * h)
    if edge_order == 1:
        ends = [(_element(f, k, i) - _element(f, k, i - 1)) / h for i in (1, -1)]
    else:
        weights = ((-1.5, 2.0, -0.5), (0.5, -2.0, 1.5))
        ends = [_weighted(f, k, places, [w / h for w in ws]) for places, ws in zip(ENDS, weights, strict=True)]
    first, last = (expand_dims(end, axis=k) for end in ends)
    return concatenate(first, inside, last, axis=k)


ENDS = ((0, 1, 2), (-3, -2, -1))


def _weighted(f: Any, k: int, places: Sequence[int], weights: Sequence[Any]) -> Any:
    a, b, c = (w * _element(f, k, i) for w, i in zip(weights, places, strict=True))
    return a + b + c


# By coordinates.


def _by_coordinates(f: Any, x: Any, axis: int, edge_order: int) -> Any:
    slopes: Any = np.gradient
    return slopes(f, x, axis=axis, edge_order=edge_order)


def _sloped(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    if is_complex(operands[1].type):
        raise NotCovered("np.gradient by complex coordinates")
    dtype = dtype_of(operands[0].type)
    wide = None if dtype is None else dtype if dtype.kind in "fc" else np.dtype(np.float64)
    return (Array(wide, dims_of(operands[0].type)),)


def _steps(f: Any, x: Any, k: int) -> tuple[Any, Any]:
    """The steps d between coordinates, along the axis, and the slopes s of the chords."""
    d = diff(x, n=1, axis=-1)
    others = _others(f, k)
    d = expand_dims(d, axis=others) if others else d
    return d, diff(f, n=1, axis=k) / d


def _others(f: Any, k: int) -> tuple[int, ...]:
    known = rank(type_of_operand(f))
    if known is None:
        raise NotCovered("np.gradient of an array of unknown rank")
    return tuple(j for j in range(known) if j != k)


def _end_weights(d: Any, k: int) -> list[tuple[Any, Any]]:
    """At each end the step of the chord there, and the step of the next one."""
    return [(_part(d, k, 0, 1), _part(d, k, 1, 2)), (_part(d, k, -1, None), _part(d, k, -2, -1))]


def _moved(s_dot: Any, d_dot: Any, out: Any, s: Any, d: Any, k: int, edge_order: int) -> Any:
    # inside, out_i = (d_i s_(i-1) + d_(i-1) s_i) / (d_(i-1) + d_i); at an end s, or s + (s - s_next) d / (d + d_next)
    before, after = (None, -1), (1, None)
    d0, d1, s0, s1 = (_part(v, k, *at) for v in (d, s) for at in (before, after))
    moved = d1 * _part(s_dot, k, *before) + d0 * _part(s_dot, k, *after)
    inner = _part(out, k, 1, -1)
    if d_dot is not None:
        moved = moved + _part(d_dot, k, *after) * (s0 - inner) + _part(d_dot, k, *before) * (s1 - inner)
    inside = moved / (d0 + d1)
    chords = [(_part(v, k, 0, 1), _part(v, k, -1, None)) for v in (s_dot, s)]
    if edge_order == 1:
        return concatenate(chords[0][0], inside, chords[0][1], axis=k)
    ends = []
    nexts = [(_part(v, k, 1, 2), _part(v, k, -2, -1)) for v in (s_dot, s)]
    for e, (h, further) in enumerate(_end_weights(d, k)):
        share = h / (h + further)
        end = chords[0][e] + (chords[0][e] - nexts[0][e]) * share
        if d_dot is not None:
            h_dot, further_dot = _end_weights(d_dot, k)[e]
            end = end + (chords[1][e] - nexts[1][e]) * (h_dot * further - h * further_dot) / (h + further) ** 2
        ends.append(end)
    return concatenate(ends[0], inside, ends[1], axis=k)


def _by_coordinates_jvp(tangents: Any, out: Any, f: Any, x: Any, axis: int, edge_order: int) -> Any:
    f_dot, x_dot = tangents
    d, s = _steps(f, x, axis)
    s_dot = None if f_dot is None else diff(f_dot, n=1, axis=axis) / d
    d_dot = None
    if x_dot is not None:
        d_dot, _ = _steps(f, x_dot, axis)
        change = zeros_like(s) - s * d_dot / d
        s_dot = change if s_dot is None else s_dot + change
    return _moved(s_dot, d_dot, out, s, d, axis, edge_order)


def _placed(v: Any, k: int, before: Any, after: Any) -> Any:
    """Among zeros of the shape of what lies before and after it."""
    parts = [zeros_like(before)] if before is not None else []
    parts += [v] + ([zeros_like(after)] if after is not None else [])
    return concatenate(*parts, axis=k)


def _by_coordinates_vjp(g: Any, out: Any, f: Any, x: Any, axis: int, edge_order: int) -> Any:
    k = axis
    d, s = _steps(f, x, k)
    d0, d1, s0, s1 = (_part(v, k, *at) for v in (d, s) for at in ((None, -1), (1, None)))
    inner = _part(out, k, 1, -1)
    share = _part(g, k, 1, -1) / (d0 + d1)
    first, last = _part(s, k, 0, 1), _part(s, k, -1, None)
    s_bar = _placed(share * d1, k, None, last) + _placed(share * d0, k, first, None)
    d_bar = _placed(share * (s1 - inner), k, None, last) + _placed(share * (s0 - inner), k, first, None)
    rest = {0: (None, _part(s, k, 1, None)), 1: (_part(s, k, None, -1), None)}
    nexts = {0: (first, _part(s, k, 2, None)), 1: (_part(s, k, None, -2), last)}
    for e, (h, further) in enumerate(_end_weights(d, k)):
        end = _part(g, k, 0, 1) if e == 0 else _part(g, k, -1, None)
        s_bar = s_bar + _placed(end, k, *rest[e])
        if edge_order == 2:
            slope, following = (first, _part(s, k, 1, 2)) if e == 0 else (last, _part(s, k, -2, -1))
            lever = end * h / (h + further)
            s_bar = s_bar + _placed(lever, k, *rest[e]) - _placed(lever, k, *nexts[e])
            turn = end * (slope - following) / (h + further) ** 2
            d_bar = d_bar + _placed(turn * further, k, *rest[e]) - _placed(turn * h, k, *nexts[e])
    per_step = s_bar / d
    d_bar = d_bar - per_step * s
    others = _others(f, k)
    along = sum_(d_bar, axis=others, keepdims=False) if others else d_bar
    return _undiff(per_step, k), _undiff(along, 0)


def _undiff(v: Any, k: int) -> Any:
    """The transpose of a difference of neighbours."""
    end = zeros_like(_part(v, k, 0, 1))
    return concatenate(end, v, axis=k) - concatenate(v, end, axis=k)


by_coordinates: Primitive = general(
    _by_coordinates,
    _by_coordinates_vjp,
    _by_coordinates_jvp,
    _sloped,
    name="gradient_by_coordinates",
    spelling="np.gradient({0}, {1}, axis={axis}, edge_order={edge_order})",
)


@means(np.gradient)
def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: Any = 1) -> Any:
    f = as_array(meanings.arrayed(f, (f, varargs)))
    axis, edge_order = meanings.static(axis, "axis"), meanings.static(edge_order, "edge_order")
    known, dtype = rank(type_of_operand(f)), dtype_of(type_of_operand(f))
    if known is None:
        raise NotCovered("np.gradient of an array of unknown rank")
    if edge_order not in (1, 2):
        raise ValueError("'edge_order' greater than 2 not supported")
    if dtype is not None and dtype.kind in "biu":
        f = as_array(f, np.float64)
    axes = range(known) if axis is None else [k % known for k in (axis if isinstance(axis, list | tuple) else (axis,))]
    spacing = [meanings.arrayed(h, (f, h)) for h in varargs]
    if len(spacing) == 1 and rank(type_of_operand(spacing[0])) == 0:
        spacing = spacing * len(axes)
    if len(spacing) not in (0, len(axes)):
        raise TypeError("invalid number of arguments")
    steps = spacing or [1.0] * len(axes)
    slopes = tuple(_along(f, k, h, edge_order) for k, h in zip(axes, steps, strict=True))
    return slopes[0] if len(slopes) == 1 else slopes


def _along(f: Any, k: int, h: Any, edge_order: int) -> Any:
    match rank(type_of_operand(h)):
        case 0:
            return _slopes(f, k, h, edge_order)
        case 1:
            if (dtype := dtype_of(type_of_operand(h))) is not None and dtype.kind in "biu":
                h = as_array(h, np.float64)
            return by_coordinates(f, h, axis=k, edge_order=edge_order)
    raise NotCovered("np.gradient by spacings of unknown rank")
