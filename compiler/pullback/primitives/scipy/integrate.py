"""`scipy.integrate` of samples: trapezoids, as SciPy sums them, and Simpson's rule, a sum with fixed weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import integrate

import pullback_runtime
from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Type, dims_of, rank
from pullback.primitives import meanings
from pullback.primitives.expr import beside, type_of_operand
from pullback.primitives.families.indexing import Index, Slice, getitem
from pullback.primitives.families.padding import pad
from pullback.primitives.families.scans import diff
from pullback.primitives.families.shapes import size_of
from pullback.primitives.families.shaping import expand_dims
from pullback.primitives.inference import dtype_of, real, reduced, sample_result, shape_dims
from pullback.primitives.kinds import discrete, multilinear
from pullback.primitives.registry import MEANINGS, NotCovered, means


def spelled(function: Callable[..., Any]) -> str:
    return f"scipy.integrate.{function.__name__}"


def _samples(function: Callable[..., Any], y: Any, x: Any, axis: Any) -> tuple[Any, int, int]:
    """The samples, their rank and the axis; `x` must be a vector or of the same rank."""
    known = rank(type_of_operand(y))
    if not known or dtype_of(type_of_operand(y)) is None:
        raise NotCovered(f"{spelled(function)} of an array of unknown rank or dtype")
    if x is not None and rank(type_of_operand(x)) not in (1, known):
        raise NotCovered(f"`x=` of {spelled(function)} of another rank than the samples", "give it the same")
    return y, known, meanings.static(axis, "axis") % known


def _panels(y: Any, x: Any, dx: Any, known: int, axis: int) -> Any:
    """The area of each trapezoid."""
    steps = dx
    if x is not None:
        wide = rank(type_of_operand(x))
        steps = diff(x, n=1, axis=-1 if wide == 1 else axis)
        if wide == 1 and known > 1:
            steps = expand_dims(steps, axis=tuple(k for k in range(known) if k != axis))
    return steps * (_part(y, axis, Slice(1, None)) + _part(y, axis, Slice(None, -1))) / 2.0


def _part(y: Any, axis: int, part: Slice) -> Any:
    return getitem(y, index=Index((*[Slice()] * axis, part)))


@means(integrate.trapezoid)
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: Any = -1) -> Any:
    near = (y, x, dx)
    y, x = meanings.arrayed(y, near), meanings.arrayed(x, near)
    y, known, axis = _samples(integrate.trapezoid, y, x, axis)
    given = dtype_of(type_of_operand(y))
    dtype = given if given is not None and given.kind == "f" else np.dtype(float)
    return MEANINGS[np.sum](_panels(y, x, dx, known, axis), axis=axis, dtype=dtype)


@means(integrate.cumulative_trapezoid)
def cumulative_trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: Any = -1, initial: Any = None) -> Any:
    near = (y, x, dx)
    y, x = meanings.arrayed(y, near), meanings.arrayed(x, near)
    y, known, axis = _samples(integrate.cumulative_trapezoid, y, x, axis)
    out = MEANINGS[np.cumsum](_panels(y, x, dx, known, axis), axis=axis)
    if meanings.static(initial, "initial") is None:
        return out
    if initial != 0:
        raise ValueError("`initial` must be `None` or `0`.")
    return pad(out, pad_width=tuple((int(k == axis), 0) for k in range(known)))


# Simpson's rule: linear in the samples and in their distance.


def _simpson(y: Any, dx: Any, axis: int) -> Any:
    return integrate.simpson(y, dx=dx, axis=axis)


def _simpson_sample(y: Any, dx: Any) -> Any:
    return integrate.simpson(np.ones(3, np.asarray(y).dtype), dx=dx)


def _simpson_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    result = sample_result(_simpson_sample, operands)
    dtype = None if result is None else dtype_of(result)
    return (Array(dtype, reduced(dims_of(operands[0].type), attrs["axis"], False)),)


def _weights_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (Array(np.dtype(float), shape_dims(operands[0])),)


simpson_weights: Primitive = discrete(
    lambda count: pullback_runtime.simpson_weights(count),
    _weights_type,
    name="simpson_weights",
    spelling="simpson_weights",
)
romb_weights: Primitive = discrete(
    lambda count: pullback_runtime.romb_weights(count), _weights_type, name="romb_weights", spelling="romb_weights"
)


def _to_samples(weights: Primitive) -> Callable[..., Any]:
    """The transpose of a sum of weighted samples."""

    def transpose(g: Any, y: Any, dx: Any, axis: int) -> Any:
        known = rank(type_of_operand(y))
        assert known is not None  # the meaning asks for it
        w = beside(y, weights, size_of(y, axis))
        others = tuple(k for k in range(known) if k != axis)
        if others:
            w = expand_dims(w, axis=others)
        return expand_dims(g * dx, axis=axis) * w

    return transpose


simpson: Primitive = multilinear(
    _simpson,
    _to_samples(simpson_weights),
    lambda g, y, dx, axis: g * simpson(y, 1.0, axis=axis),
    infer=real(_simpson_type, "scipy.integrate.simpson"),
    name="simpson",
    spelling="scipy.integrate.simpson({0}, dx={1}, axis={axis})",
)


@means(integrate.simpson)
def simpson_meaning(y: Any, x: Any = None, *, dx: Any = 1.0, axis: Any = -1) -> Any:
    y = meanings.arrayed(y, (y, dx))
    if x is not None:
        raise NotCovered("`x=` of scipy.integrate.simpson", "use even distances, `dx=`, or scipy.integrate.trapezoid")
    y, _, axis = _samples(integrate.simpson, y, None, axis)
    given = dtype_of(type_of_operand(y))
    if given is None or (given.kind == "f" and given != np.float64):
        raise NotCovered(
            f"scipy.integrate.simpson of {given}, whose result is of another dtype for an even number of samples",
            "convert the samples by .astype(float)",
        )
    if rank(type_of_operand(dx)) != 0:
        raise NotCovered("`dx=` of scipy.integrate.simpson that is not known to be a number")
    return simpson(y, dx, axis=axis)


def _romb_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    result = sample_result(lambda y, dx: integrate.romb(np.ones(3, np.asarray(y).dtype), dx=dx), operands)
    dtype = None if result is None else dtype_of(result)
    return (Array(dtype, reduced(dims_of(operands[0].type), attrs["axis"], False)),)


romb: Primitive = multilinear(
    lambda y, dx, axis: integrate.romb(y, dx=dx, axis=axis),
    _to_samples(romb_weights),
    lambda g, y, dx, axis: g * romb(y, 1.0, axis=axis),
    infer=real(_romb_type, "scipy.integrate.romb"),
    name="romb",
    spelling="scipy.integrate.romb({0}, dx={1}, axis={axis})",
)


@means(integrate.romb)
def romb_meaning(y: Any, dx: Any = 1.0, axis: Any = -1, show: Any = False) -> Any:
    y = meanings.arrayed(y, (y, dx))
    if meanings.static(show, "show") or rank(type_of_operand(dx)) != 0:
        raise NotCovered("`show=` of scipy.integrate.romb, or a `dx=` that is not known to be a number")
    y, _, axis = _samples(integrate.romb, y, None, axis)
    return romb(y, dx, axis=axis)
