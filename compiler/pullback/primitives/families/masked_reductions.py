"""Reductions with `where=`, `initial=`, `dtype=`, `mean=`: each is NumPy's own call, so that it rounds as NumPy does.

`keywords` names what the operands after the first are. Elements that a mask leaves out have no derivative; a starting
value counts as one more element, but for extrema, where it wins ties against elements, as a literal does.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

import numpy as np

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Type, dims_of, rank
from pullback.primitives import meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.reductions import (
    Axis,
    all_,
    any_,
    count_of,
    max_,
    mean,
    min_,
    nanmax,
    nanmin,
    over,
    per,
    prod,
    restored,
    std,
    sum_,
    unsum,
    var,
)
from pullback.primitives.families.shapes import shape_operand_of
from pullback.primitives.families.shaping import broadcast_to
from pullback.primitives.fitting import cast_to
from pullback.primitives.inference import Infer, dtype_of, has_dtype, is_complex, real, reduced, sample_result
from pullback.primitives.kinds import discrete, general
from pullback.primitives.registry import MEANINGS, PRIMITIVES, NotCovered, checked

Given = Mapping[str, Any]


def _computed_by(function: Callable[..., Any]) -> Callable[..., Any]:
    def compute(x: Any, *given: Any, keywords: Sequence[str], **attrs: Any) -> Any:
        attrs = {k: v for k, v in attrs.items() if v is not None}
        return function(x, **attrs, **dict(zip(keywords, given, strict=True)))

    return compute


@lru_cache
def _in_dtype(function: Callable[..., Any], dtype: Any) -> Callable[..., Any]:
    return function if dtype is None else partial(function, dtype=dtype)


EXTREMA = (np.max, np.min, np.nanmax, np.nanmin)


def _masked(function: Callable[..., Any]) -> Infer:
    """The shape of the reduction; its dtype is what NumPy makes of the operand's, or is told."""

    def infer(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
        complex_ones = [is_complex(o.type) for o in operands]
        if any(complex_ones) and (function in EXTREMA or not complex_ones[0]):
            raise NotCovered("`initial=` or `where=` of a reduction that orders complex numbers")
        result = sample_result(_in_dtype(function, attrs.get("dtype")), operands[:1])
        dims = reduced(dims_of(operands[0].type), attrs["axis"], attrs["keepdims"])
        return (Array(dtype_of(result) if result is not None else None, dims),)

    return infer


# What the rules are made of.


def _kept(value: Any, given: Given, instead: float = 0.0) -> Any:
    """The elements that the mask selects."""
    return PRIMITIVES["where"](given["where"], value, instead) if "where" in given else value


def _count(x: Any, out: Any, axis: Axis, keepdims: bool, given: Given) -> Any:
    """How many elements are taken together."""
    if "where" not in given:
        return count_of(x, axis)
    mask = broadcast_to(given["where"], shape_operand_of(x))
    return cast_to(sum_(mask, axis=axis, keepdims=keepdims), out)


def _wide(x: Any, dtype: Any) -> Any:
    return x if dtype is None or has_dtype(type_of_operand(x), dtype) else PRIMITIVES["astype"](x, dtype=dtype)


def _as_narrow(bar: Any, like: Any) -> Any:
    """Counts are ints, and widen what nothing is known of."""
    return bar if bar is None or dtype_of(type_of_operand(like)) is not None else PRIMITIVES["cast_like"](bar, like)


def _sum_vjp(g: Any, out: Any, x: Any, given: Given, axis: Axis, keepdims: bool, dtype: Any) -> Any:
    return _kept(unsum(g, x, axis, keepdims), given), {"initial": sum_(g, axis=None, keepdims=False)}


def _sum_jvp(t: Any, ts: Given, out: Any, x: Any, given: Given, axis: Axis, keepdims: bool, dtype: Any) -> Any:
    start = ts.get("initial")
    if t is None:
        return broadcast_to(start, shape_operand_of(out))
    options = {**given, "initial": 0.0 if start is None else start} if "initial" in given else given
    return PRIMITIVES["masked_sum"](
        t, *options.values(), axis=axis, keepdims=keepdims, dtype=dtype, keywords=tuple(options)
    )


def _mean_vjp(g: Any, out: Any, x: Any, given: Given, axis: Axis, keepdims: bool, dtype: Any) -> Any:
    return _kept(unsum(per(g, _count(x, out, axis, keepdims, given)), x, axis, keepdims), given), {}


def _mean_jvp(t: Any, ts: Given, out: Any, x: Any, given: Given, axis: Axis, keepdims: bool, dtype: Any) -> Any:
    return PRIMITIVES["masked_mean"](t, *given.values(), axis=axis, keepdims=keepdims, dtype=dtype, keywords=(*given,))


def _prod_vjp(g: Any, out: Any, x: Any, given: Given, axis: Axis, keepdims: bool, dtype: Any) -> Any:
    factors = _kept(_wide(x, dtype), given, 1.0)
    scaled = g * given["initial"] if "initial" in given else g
    bars = {}
    if "initial" in given:
        bars["initial"] = sum_(g * prod(factors, axis=axis, keepdims=keepdims), axis=None, keepdims=False)
    return _kept(restored(scaled, x, axis, keepdims) * _all_others(factors, axis), given), bars


def _all_others(x: Any, axis: Axis) -> Any:
    if axis is None and rank(type_of_operand(x)) != 1:
        return PRIMITIVES["reshape"](
            PRIMITIVES["prod_others"](PRIMITIVES["reshape"](x, (-1,)), axis=0), shape_operand_of(x)
        )
    return PRIMITIVES["prod_others"](x, axis=axis)


def _prod_jvp(t: Any, ts: Given, out: Any, x: Any, given: Given, axis: Axis, keepdims: bool, dtype: Any) -> Any:
    factors = _kept(_wide(x, dtype), given, 1.0)
    moved: Any = None
    if t is not None:
        moved = sum_(_kept(t * _all_others(factors, axis), given), axis=axis, keepdims=keepdims)
        moved = moved * given["initial"] if "initial" in given else moved
    if ts.get("initial") is not None:
        started = ts["initial"] * prod(factors, axis=axis, keepdims=keepdims)
        moved = started if moved is None else moved + started
    return moved


def _selected(out: Any, x: Any, given: Given, axis: Axis, keepdims: bool) -> tuple[Any, Any]:
    """Where x attains the extremum, unless the start does, and how often: at least once, for a quotient."""
    spread = restored(out, x, axis, keepdims)
    mask = x == spread
    if "where" in given:
        mask = mask & given["where"]
    if "initial" in given:
        mask = mask & (spread != given["initial"])
    count = sum_(mask, axis=axis, keepdims=keepdims)
    if "initial" in given:
        count = PRIMITIVES["maximum"](count, 1)
    return mask, cast_to(count, out)


def _extremum_vjp(g: Any, out: Any, x: Any, given: Given, axis: Axis, keepdims: bool) -> Any:
    mask, count = _selected(out, x, given, axis, keepdims)
    bars = {}
    if "initial" in given:
        bars["initial"] = sum_(PRIMITIVES["where"](out == given["initial"], g, 0.0), axis=None, keepdims=False)
    return restored(g / count, x, axis, keepdims) * mask, bars


def _extremum_jvp(t: Any, ts: Given, out: Any, x: Any, given: Given, axis: Axis, keepdims: bool) -> Any:
    mask, count = _selected(out, x, given, axis, keepdims)
    moved = None if t is None else sum_(t * mask, axis=axis, keepdims=keepdims) / count
    if ts.get("initial") is not None:
        started = PRIMITIVES["where"](out == given["initial"], ts["initial"], 0.0)
        moved = started if moved is None else moved + started
    return moved


def _centred(x: Any, given: Given, axis: Axis, dtype: Any) -> Any:
    wide = _wide(x, dtype)
    if "mean" in given:
        return wide - given["mean"]
    if "where" not in given:
        return wide - mean(wide, axis=axis, keepdims=True)
    middle = PRIMITIVES["masked_mean"](wide, given["where"], axis=axis, keepdims=True, dtype=None, keywords=("where",))
    return wide - middle


def _degrees(x: Any, out: Any, given: Given, axis: Axis, keepdims: bool, ddof: Any) -> Any:
    count = _count(x, out, axis, keepdims, given)
    return count - ddof if ddof else count


def _var_vjp(g: Any, out: Any, x: Any, given: Given, axis: Axis, keepdims: bool, dtype: Any, ddof: Any) -> Any:
    scale = restored(g * per(2.0, _degrees(x, out, given, axis, keepdims, ddof)), x, axis, keepdims)
    bar = _kept(scale * _centred(x, given, axis, dtype), given)
    return bar, {"mean": -sum_(bar, axis=axis, keepdims=True)} if "mean" in given else {}


def _var_jvp(
    t: Any, ts: Given, out: Any, x: Any, given: Given, axis: Axis, keepdims: bool, dtype: Any, ddof: Any
) -> Any:
    moved = t
    if ts.get("mean") is not None:
        moved = -ts["mean"] if t is None else t - ts["mean"]
    products = _kept(moved * _centred(x, given, axis, dtype), given)
    return sum_(products, axis=axis, keepdims=keepdims) * per(2.0, _degrees(x, out, given, axis, keepdims, ddof))


def _std_vjp(g: Any, out: Any, x: Any, given: Given, **attrs: Any) -> Any:
    return _var_vjp(over(0.5 * g, out), out, x, given, **attrs)


def _std_jvp(t: Any, ts: Given, out: Any, x: Any, given: Given, **attrs: Any) -> Any:
    return over(0.5 * _var_jvp(t, ts, out, x, given, **attrs), out)


# The rows.


def masked(plain: Primitive, vjp: Callable[..., Any], jvp: Callable[..., Any], infer: Infer) -> Primitive:
    """A reduction with keywords, beside the plain one."""

    def pulled(g: Any, out: Any, x: Any, *operands: Any, keywords: Sequence[str], **attrs: Any) -> tuple[Any, ...]:
        given = dict(zip(keywords, operands, strict=True))
        bar, bars = vjp(g, out, x, given, **attrs)
        return (_as_narrow(bar, x), *(_as_narrow(bars.get(name), value) for name, value in given.items()))

    def pushed(tangents: Any, out: Any, x: Any, *operands: Any, keywords: Sequence[str], **attrs: Any) -> Any:
        given = dict(zip(keywords, operands, strict=True))
        return jvp(tangents[0], dict(zip(keywords, tangents[1:], strict=True)), out, x, given, **attrs)

    function = plain.evaluate
    return general(_computed_by(function), pulled, pushed, infer, name=f"masked_{plain.name}", broadcasts=True)


WITH_KEYWORDS: Mapping[Any, tuple[Primitive, Primitive]] = {
    np.sum: (sum_, masked(sum_, _sum_vjp, _sum_jvp, _masked(np.sum))),
    np.mean: (mean, masked(mean, _mean_vjp, _mean_jvp, _masked(np.mean))),
    np.prod: (prod, masked(prod, _prod_vjp, _prod_jvp, _masked(np.prod))),
    np.max: (max_, masked(max_, _extremum_vjp, _extremum_jvp, _masked(np.max))),
    np.min: (min_, masked(min_, _extremum_vjp, _extremum_jvp, _masked(np.min))),
    np.nanmax: (nanmax, masked(nanmax, _extremum_vjp, _extremum_jvp, _masked(np.nanmax))),
    np.nanmin: (nanmin, masked(nanmin, _extremum_vjp, _extremum_jvp, _masked(np.nanmin))),
    np.var: (var, masked(var, _var_vjp, _var_jvp, real(_masked(np.var), "np.var"))),
    np.std: (std, masked(std, _std_vjp, _std_jvp, real(_masked(np.std), "np.std"))),
    np.all: (all_, discrete(_computed_by(np.all), _masked(np.all), name="masked_all")),
    np.any: (any_, discrete(_computed_by(np.any), _masked(np.any), name="masked_any")),
}


def _meaning(function: Any, plain: Primitive, full: Primitive) -> Callable[..., Any]:
    """The function with all of its parameters: the plain primitive where nothing more is given."""
    parameters = inspect.signature(function).parameters
    takes = [name for name in ("dtype", "ddof") if name in parameters]
    defaults = {"axis": None, "keepdims": False, "ddof": 0}

    def meaning(a: Any, **given: Any) -> Any:
        if given.pop("out", None) is not None:
            raise NotCovered(f"`out=` of {plain.spelling} that is no array")
        if "correction" in given:
            given["ddof"] = given.pop("correction")
        given = {k: v for k, v in given.items() if v is not np._NoValue and not (k == "where" and v is True)}
        operands = {k: given.pop(k) for k in ("initial", "where", "mean") if given.get(k) is not None}
        attrs = {k: meanings.static(given.pop(k, defaults.get(k)), k) for k in ("axis", "keepdims", *takes)}
        attrs["axis"] = tuple(attrs["axis"]) if isinstance(attrs["axis"], list) else attrs["axis"]
        attrs["keepdims"] = bool(attrs["keepdims"])
        if attrs.get("dtype") is not None:
            attrs["dtype"] = np.dtype(attrs["dtype"])
        near = (a, *operands.values())
        a = meanings.arrayed(a, near)
        if not operands and attrs.get("dtype") is None:
            attrs.pop("dtype", None)
            return plain(a, **attrs)
        operands = {k: meanings.arrayed(v, near) for k, v in operands.items()}
        if rank(type_of_operand(operands.get("initial", 0.0))) != 0:
            raise NotCovered(f"`initial=` of {plain.spelling} that is not known to be a number")
        if "where" in operands and dtype_of(type_of_operand(operands["where"])) != np.bool_:
            raise NotCovered(f"`where=` of {plain.spelling} that is not known to hold truth values", "compare with 0")
        return full(a, *operands.values(), keywords=tuple(operands), **attrs)

    signature = inspect.signature(function)

    def bound(*args: Any, **kwargs: Any) -> Any:
        arguments = signature.bind(*args, **kwargs).arguments
        return meaning(arguments.pop(next(iter(arguments))), **arguments)

    bound.__name__ = plain.name
    bound.__signature__ = signature  # type: ignore[attr-defined]  # what `checked` binds
    return checked(bound)


ALIASES = {np.max: (np.amax,), np.min: (np.amin,)}
for _function, (_plain, _full) in WITH_KEYWORDS.items():
    for _public in (_function, *ALIASES.get(_function, ())):
        MEANINGS[_public] = _meaning(_function, _plain, _full)
