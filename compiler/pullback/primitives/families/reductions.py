"""Reductions. A cotangent is spread back over the reduced axes; ties of max and min share it equally."""

from __future__ import annotations

import builtins
import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import pullback_runtime
from pullback.ir.core import Atom, Attrs, Primitive, Value
from pullback.ir.types import Array, Dims, Scalar, Type, dims_of, is_empty, may_be_empty, rank
from pullback.primitives.expr import beside, type_of_operand
from pullback.primitives.families.complex_parts import conj
from pullback.primitives.families.shapes import shape_operand, shape_operand_of, size_of
from pullback.primitives.families.shaping import broadcast_to, expand_dims, reshape, squeeze, swapaxes
from pullback.primitives.inference import Infer, as_first, dtype_of, elementwise, normalize_axes, reduced, sample_result
from pullback.primitives.kinds import cast_to, discrete, general, linear, zeros_like
from pullback.primitives.registry import MEANINGS, PRIMITIVES, NotCovered, means

Axis = int | tuple[int, ...] | None


def reduction(function: Callable[..., Any]) -> Infer:
    """The result loses the reduced axes; its dtype is what NumPy makes of the operand's."""

    def infer(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
        result = sample_result(function, operands)
        dims = reduced(dims_of(operands[0].type), attrs["axis"], attrs["keepdims"])
        if isinstance(result, Scalar) and dims == ():
            return (result,)
        return (Array(dtype_of(result) if result is not None else None, dims),)

    return infer


def restored(g: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
    """`g`, a reduction of `x`, with axes of length 1 where it needs them to broadcast against `x`."""
    known = rank(type_of_operand(x))
    if keepdims or axis is None or axis == 0:
        return g
    if known is not None:
        axes = normalize_axes(axis, known)
        if axes == tuple(range(len(axes))):  # leading axes are added by broadcasting itself
            return g
    return expand_dims(g, axis=axis)


def unsum(g: Any, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Broadcast `g` back over the axes that a reduction of `x` summed over."""
    return broadcast_to(restored(g, x, axis, keepdims), shape_operand_of(x))


def takes_nothing(x: Any, axis: Axis) -> bool:
    """Whether a reduction of `x` over `axis` is known to have no elements. Then its cotangent has none either."""
    return any(map(is_empty, taken_by(x, axis)))


def count_of(x: Any, axis: Axis) -> Any:
    """How many elements a reduction of `x` over `axis` takes together: an int, or a pen over one."""
    if takes_nothing(x, axis):
        return 0
    if axis is None:
        return size_of(x)
    known = rank(type_of_operand(x))
    if known is not None and known > 0 and normalize_axes(axis, known) == tuple(range(known)):
        return size_of(x)
    count: Any = 1
    for k in axis if isinstance(axis, tuple) else (axis,):
        length = size_of(x, k)
        count = length if isinstance(count, int) and count == 1 else count * length
    return count


def sharers_of(x: Any, axis: Axis) -> Any:
    """`count_of`, but 1 where a mask has selected nothing: what is shared then goes to no element."""
    count = count_of(x, axis)
    return MEANINGS[max](count, 1) if may_take_nothing(x, axis) else count


def may_take_nothing(x: Any, axis: Axis) -> bool:
    """Whether a reduction of `x` over `axis` may turn out to have no elements."""
    return any(map(may_be_empty, taken_by(x, axis)))


def taken_by(x: Any, axis: Axis) -> Dims:
    """The dimensions that a reduction over `axis` takes away, as far as they are known."""
    dims = dims_of(type_of_operand(x)) or ()
    return dims if axis is None or not dims else tuple(dims[k] for k in normalize_axes(axis, len(dims)))


def per(value: Any, count: Any) -> Any:
    """A share of `value`: infinite where nothing is known to share it, as NumPy divides by zero."""
    return value * math.inf if isinstance(count, int) and count <= 0 else value / count


sum_ = linear(np.sum, unsum, reduction(np.sum), np.sum, name="sum", accepts="a, axis=None, *, keepdims=False")


def _mean_transpose(g: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
    return zeros_like(x) if takes_nothing(x, axis) else unsum(g / sharers_of(x, axis), x, axis, keepdims)


mean = linear(np.mean, _mean_transpose, reduction(np.mean), np.mean, accepts="a, axis=None, *, keepdims=False")


# Extrema.


def _selected(out: Any, x: Any, axis: Axis, keepdims: bool) -> tuple[Any, Any]:
    """Where x attains the extremum, and how often along the axes: a count that does not widen float32."""
    mask = x == restored(out, x, axis, keepdims)
    dtype = dtype_of(type_of_operand(out))
    if dtype is None:
        return mask, sum_(PRIMITIVES["ones_like"](x) * mask, axis=axis, keepdims=keepdims)
    count = sum_(mask, axis=axis, keepdims=keepdims)
    return mask, count if dtype in (np.float64, np.complex128) else cast_to(count, out)


def _extremum_vjp(g: Any, out: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
    mask, count = _selected(out, x, axis, keepdims)
    return restored(g / count, x, axis, keepdims) * mask


def _extremum_jvp(tangents: Any, out: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
    mask, count = _selected(out, x, axis, keepdims)
    return sum_(tangents[0] * mask, axis=axis, keepdims=keepdims) / count


def extremum(function: Callable[..., Any], *aliases: Any, name: str | None = None) -> Primitive:
    """A maximum or minimum over axes."""
    accepts = "a, axis=None, *, keepdims=False"
    rules = _extremum_vjp, _extremum_jvp, reduction(function)
    return general(function, *rules, function, *aliases, name=name, accepts=accepts)


max_ = extremum(np.max, np.amax, name="max")
min_ = extremum(np.min, np.amin, name="min")
nanmax = extremum(np.nanmax)
nanmin = extremum(np.nanmin)


def _element(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (Array(dtype_of(operands[0].type), ()),)


def _of_elements(function: Callable[..., Any]) -> Primitive:
    """Python's max() or min() over the elements of a vector."""
    return general(
        function,
        lambda g, out, x: _extremum_vjp(g, out, x, None, False),
        lambda tangents, out, x: _extremum_jvp(tangents, out, x, None, False),
        _element,
        name=f"builtin_{function.__name__}_of",
        spelling=function.__name__,
    )


max_of = _of_elements(builtins.max)
min_of = _of_elements(builtins.min)


# Products.


def _others(x: Any, axis: Axis) -> Any:
    if axis is None and rank(type_of_operand(x)) != 1:
        return reshape(prod_others(reshape(x, (-1,)), axis=0), shape_operand_of(x))
    return prod_others(x, axis=axis)


def _prod_vjp(g: Any, out: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
    return restored(g, x, axis, keepdims) * _others(x, axis)


def _prod_jvp(tangents: Any, out: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
    return sum_(tangents[0] * _others(x, axis), axis=axis, keepdims=keepdims)


prod = general(np.prod, _prod_vjp, _prod_jvp, reduction(np.prod), np.prod, accepts="a, axis=None, *, keepdims=False")


def _leave_one_out(x: Any, axis: Axis) -> tuple[Any, Any, int]:
    """A table, one axis in front, whose product along axis k + 1 is `prod_others`: row i is x with element i made 1.

    Its derivative is exact at zeros to any order, where dividing the product by x is not. Returned with the mask of
    the ones, and k.
    """
    known = rank(type_of_operand(x))
    if known is None or isinstance(axis, tuple):
        raise NotCovered("the second derivative of np.prod over several axes, or of an array of unknown rank")
    k = 0 if axis is None else normalize_axes(axis, known)[0]
    n = size_of(x, k)
    shape = shape_operand([n, *(n if j == k else 1 for j in range(known))])
    diagonal = reshape(beside(x, PRIMITIVES["eye"], n, n, dtype=np.dtype(bool), k=0), shape)
    return PRIMITIVES["where"](diagonal, 1.0, x), diagonal, k


def _others_vjp(g: Any, out: Any, x: Any, axis: Axis) -> Any:
    table, diagonal, k = _leave_one_out(x, axis)
    rows = swapaxes(expand_dims(g, axis=0), axis1=0, axis2=k + 1)
    contributions = rows * prod_others(table, axis=k + 1)
    return sum_(PRIMITIVES["where"](diagonal, 0.0, contributions), axis=0, keepdims=False)


def _others_jvp(tangents: Any, out: Any, x: Any, axis: Axis) -> Any:
    table, diagonal, k = _leave_one_out(x, axis)
    moved = PRIMITIVES["where"](diagonal, 0.0, tangents[0]) * prod_others(table, axis=k + 1)
    rows = sum_(moved, axis=k + 1, keepdims=True)
    return squeeze(swapaxes(rows, axis1=0, axis2=k + 1), axis=(0,))


prod_others = general(
    pullback_runtime.prod_others, _others_vjp, _others_jvp, as_first(), name="prod_others", spelling="prod_others"
)


# Spread.


def _spread_vjp(g: Any, out: Any, x: Any, axis: Axis, keepdims: bool, ddof: int) -> Any:
    if takes_nothing(x, axis):
        return zeros_like(x)
    centred = x - mean(x, axis=axis, keepdims=True)
    return restored(g * _slope(x, axis, ddof), x, axis, keepdims) * conj(centred)


def _slope(x: Any, axis: Axis, ddof: int) -> Any:
    """What multiplies a deviation: 2 by the degrees of freedom. Where there are none NumPy divides by 0."""
    if not ddof:
        return per(2.0, sharers_of(x, axis))
    count = count_of(x, axis) - ddof
    return PRIMITIVES["ufunc_divide"](2.0, count) if may_take_nothing(x, axis) else per(2.0, count)


def _var_jvp(tangents: Any, out: Any, x: Any, axis: Axis, keepdims: bool, ddof: int) -> Any:
    if takes_nothing(x, axis):
        return zeros_like(out)
    centred = x - mean(x, axis=axis, keepdims=True)
    return sum_(tangents[0] * conj(centred), axis=axis, keepdims=keepdims) * _slope(x, axis, ddof)


var = general(
    np.var,
    _spread_vjp,
    _var_jvp,
    reduction(np.var),
    np.var,
    accepts="a, axis=None, *, ddof=0, keepdims=False",
)


def over(g: Any, out: Any) -> Any:
    """The quotient g / out of a norm. Where `out` is 0 so is what it multiplies, and norm'(0) = 0."""
    return g / PRIMITIVES["where"](out == 0, 1.0, out)


def _std_vjp(g: Any, out: Any, x: Any, axis: Axis, keepdims: bool, ddof: int) -> Any:
    return _spread_vjp(over(0.5 * g, out), out, x, axis, keepdims, ddof)


def _std_jvp(tangents: Any, out: Any, x: Any, axis: Axis, keepdims: bool, ddof: int) -> Any:
    return over(0.5 * _var_jvp(tangents, out, x, axis, keepdims, ddof), out)


std = general(
    np.std,
    _std_vjp,
    _std_jvp,
    reduction(np.std),
    np.std,
    accepts="a, axis=None, *, ddof=0, keepdims=False",
)


# Discrete reductions.


def discrete_reduction(function: Callable[..., Any]) -> Primitive:
    return discrete(function, reduction(function), function, accepts="a, axis=None, *, keepdims=False")


argmax = discrete_reduction(np.argmax)
argmin = discrete_reduction(np.argmin)
all_ = discrete_reduction(np.all)
any_ = discrete_reduction(np.any)
count_nonzero = discrete_reduction(np.count_nonzero)


# Python's own.


def _summed(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    t = operands[0].type
    dims = dims_of(t)
    item = Array(dtype_of(t), None if dims is None else dims[1:])
    return (item,) if len(operands) == 1 else PRIMITIVES["add"].infer((Value(item), operands[1]), attrs)


def _unsummed(g: Any, x: Any, *start: Any) -> tuple[Any, ...]:
    return (broadcast_to(g, shape_operand_of(x)), *(g for _ in start))


builtin_sum = linear(
    builtins.sum, _unsummed, _summed, name="builtin_sum", spelling="sum", operands=None, broadcasts=True
)


def _sum_of(*numbers: Any) -> Any:
    return builtins.sum(numbers)


def _tangents_added(tangents: Any, out: Any, *numbers: Any) -> Any:
    return functools.reduce(PRIMITIVES["add"], (t for t in tangents if t is not None))


sum_of = general(
    _sum_of,
    lambda g, out, *numbers: tuple(g for _ in numbers),
    _tangents_added,
    elementwise(_sum_of),
    name="sum_of",
)


def compensates(numbers: Sequence[Any]) -> bool:
    """Whether `sum` may round otherwise than a chain of `+`: from Python 3.12 on it does for several Python floats."""
    types = [type_of_operand(number) for number in numbers]
    return len(types) > 2 and builtins.sum(t == Scalar("float") for t in types) > 1


@means(builtins.sum)
def sum_of_items(items: Any, /, start: Any = 0) -> Any:
    """sum() of a container adds its items in order; of an array, its rows."""
    if not isinstance(items, list | tuple):
        if isinstance(start, int) and start == 0:
            return builtin_sum(items)
        if rank(type_of_operand(start)) != 0:
            raise NotCovered("sum() of an array must start with a number; add the other one to the result")
        return builtin_sum(items, start)
    terms = [start, *items]
    count = next((k for k, term in enumerate(terms) if rank(type_of_operand(term)) != 0), len(terms))
    first = 1 if type(start) is int and start == 0 and count > 1 else 0
    if not compensates(terms[first:count]):
        count = 1
    total = sum_of(*terms[first:count]) if count > 1 else start
    for term in terms[count:]:
        total = PRIMITIVES["add"](total, term)
    return total


math_fsum = linear(
    math.fsum,
    lambda g, x: broadcast_to(g, shape_operand_of(x)),
    lambda operands, attrs: (Scalar("float"),),
    name="math_fsum",
    spelling="math.fsum",
)


@means(math.fsum)
def fsum_of_items(items: Any, /) -> Any:
    """fsum() of an array, rounded once."""
    return math_fsum(items)
