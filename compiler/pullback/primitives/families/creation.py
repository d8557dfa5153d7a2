"""Arrays that are made, not computed: zeros, ones, full, arange, eye, and other constructors on static arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from pullback.ir.builder import Builder
from pullback.ir.core import Atom, Attrs, Const, Primitive
from pullback.ir.types import Array, Dim, Sym, Type, dims_of, rank, type_of
from pullback.primitives import meanings
from pullback.primitives.expr import Expr, beside, type_of_operand
from pullback.primitives.families.shapes import shape_operand, size_of
from pullback.primitives.inference import dtype_of, extent, sample_result, shape_dims, unknown_dim
from pullback.primitives.kinds import discrete, general, linear
from pullback.primitives.registry import CREATIONS, PRIMITIVES, NotCovered, creates, means

_FLOAT = np.dtype(np.float64)


def _of_shape(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (Array(attrs["dtype"] or _FLOAT, shape_dims(operands[0])),)


zeros = discrete(np.zeros, _of_shape, name="zeros")
ones = discrete(np.ones, _of_shape, name="ones")
empty = discrete(np.empty, _of_shape, name="empty")


def _filled(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    dtype = attrs["dtype"] or dtype_of(operands[1].type)
    return (Array(dtype, shape_dims(operands[0])),)


full: Primitive = general(
    np.full,
    lambda g, out, shape, value, dtype: (None, g),
    lambda tangents, out, shape, value, dtype: full(shape, tangents[1], dtype=dtype_of(type_of_operand(out))),
    _filled,
    name="full",
    broadcasts=True,
)


def _of_like(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    t = operands[0].type
    return (Array(attrs.get("dtype") or dtype_of(t), dims_of(t)),)


zeros_like = discrete(np.zeros_like, _of_like)
ones_like = discrete(np.ones_like, _of_like)
empty_like = discrete(np.empty_like, _of_like)


full_like: Primitive = general(
    np.full_like,
    lambda g, out, x, value, dtype: (None, g),
    lambda tangents, out, x, value, dtype: None if tangents[1] is None else full_like(x, tangents[1], dtype=dtype),
    _of_like,
    broadcasts=True,
)


def _like(prim: Primitive, plain: Any) -> Callable[..., Any]:
    """An array of the shape and dtype of another one, or of those given instead."""

    def meaning(a: Any, *value: Any, dtype: Any, shape: Any) -> Any:
        near = (a, *value)
        a = meanings.arrayed(a, near)
        if shape is not None:
            dtype = dtype_of(type_of_operand(a)) if dtype is None else dtype
            if dtype is None:
                raise NotCovered(f"`shape=` of {prim.spelling} for an array of unknown dtype")
            builder = meanings.first_pen(a).builder
            return CREATIONS[plain](
                lambda v: v if isinstance(v, Expr) else Expr(builder, Const(v)), shape, *value, dtype
            )
        return prim(a, *(meanings.arrayed(v, near) for v in value), dtype=_optional(dtype))

    return meaning


@means(np.zeros_like)
def zeros_like_meaning(a: Any, dtype: Any = None, order: Any = "K", subok: Any = True, *, shape: Any = None) -> Any:
    return _like(zeros_like, np.zeros)(a, dtype=dtype, shape=shape)


@means(np.ones_like)
def ones_like_meaning(a: Any, dtype: Any = None, order: Any = "K", subok: Any = True, *, shape: Any = None) -> Any:
    return _like(ones_like, np.ones)(a, dtype=dtype, shape=shape)


@means(np.empty_like)
def empty_like_meaning(
    prototype: Any, dtype: Any = None, order: Any = "K", subok: Any = True, *, shape: Any = None
) -> Any:
    return _like(empty_like, np.empty)(prototype, dtype=dtype, shape=shape)


@means(np.full_like)
def full_like_meaning(
    a: Any, fill_value: Any, dtype: Any = None, order: Any = "K", subok: Any = True, *, shape: Any = None
) -> Any:
    return _like(full_like, np.full)(a, fill_value, dtype=dtype, shape=shape)


def _arange(start: Any, stop: Any, step: Any, dtype: Any = None) -> Any:
    return np.arange(start, stop, step, dtype=dtype)


def _arange_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    if all(isinstance(o, Const) for o in operands):
        start, stop, step = (o.value for o in operands if isinstance(o, Const))
        return (type_of(_arange(start, stop, step, attrs["dtype"])),)
    result = sample_result(_arange, operands)
    dtype = attrs["dtype"] or (None if result is None else dtype_of(result))
    return (Array(dtype, (_arange_length(*map(extent, operands)),)),)


def _arange_length(start: Dim | None, stop: Dim | None, step: Dim | None) -> Dim:
    if isinstance(start, int) and isinstance(stop, int) and isinstance(step, int) and step:
        return len(range(start, stop, step))
    if start == 0 and step == 1 and isinstance(stop, Sym):
        return stop
    return unknown_dim()


def _counted(out: Any) -> Any:
    """0, 1, 2, ... of the length and dtype of `out`."""
    return beside(out, arange, 0, size_of(out), 1, dtype=dtype_of(type_of_operand(out)))


def _arange_vjp(g: Any, out: Any, start: Any, stop: Any, step: Any, dtype: Any) -> tuple[Any, ...]:
    # out[k] = start + k * step; the count of elements is locally constant
    return g, None, g * _counted(out)


def _arange_jvp(tangents: Any, out: Any, start: Any, stop: Any, step: Any, dtype: Any) -> Any:
    terms = [tangents[0] * PRIMITIVES["ones_like"](out)] if tangents[0] is not None else []
    terms += [tangents[2] * _counted(out)] if tangents[2] is not None else []
    return sum(terms[1:], terms[0]) if terms else None


arange = general(_arange, _arange_vjp, _arange_jvp, _arange_type, name="arange", spelling="np.arange", broadcasts=True)


def _eye(n: int, m: int, dtype: Any, k: int = 0) -> Any:
    return np.eye(n, m, k, dtype=dtype)


def _eye_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    rows, columns = (extent(o) for o in operands)
    unknown = unknown_dim()
    return (
        Array(attrs["dtype"] or _FLOAT, (unknown if rows is None else rows, unknown if columns is None else columns)),
    )


eye = discrete(_eye, _eye_type, name="eye", spelling="np.eye")


def _linspace(start: Any, stop: Any, num: int, endpoint: bool) -> Any:
    return np.linspace(start, stop, num, endpoint=endpoint)


def _linspace_type(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    result = sample_result(_linspace_sample, operands[:2])
    length = extent(operands[2])
    return (Array(None if result is None else dtype_of(result), (unknown_dim() if length is None else length,)),)


def _linspace_sample(start: Any, stop: Any) -> Any:
    return np.linspace(start, stop, 2)[:1]


def _linspace_transpose(g: Any, start: Any, stop: Any, num: Any, endpoint: bool) -> tuple[Any, Any]:
    steps = beside(g, linspace, 0.0, 1.0, num, endpoint=endpoint)
    return g * (1.0 - steps), g * steps


linspace = linear(_linspace, _linspace_transpose, _linspace_type, name="linspace", operands=2, broadcasts=True)


# What the public functions mean.


@creates(np.zeros)
def zeros_meaning(lift: Any, shape: Any, dtype: Any = None) -> Any:
    return zeros(lift(shape_operand(shape)), dtype=_optional(dtype))


@creates(np.ones)
def ones_meaning(lift: Any, shape: Any, dtype: Any = None) -> Any:
    return ones(lift(shape_operand(shape)), dtype=_optional(dtype))


@creates(np.empty)
def empty_meaning(lift: Any, shape: Any, dtype: Any = None) -> Any:
    return empty(lift(shape_operand(shape)), dtype=_optional(dtype))


@creates(np.ndarray)
def ndarray_meaning(lift: Any, shape: Any, dtype: Any = None) -> Any:
    return empty(lift(shape_operand(shape)), dtype=_optional(dtype))


@creates(np.full)
def full_meaning(lift: Any, shape: Any, fill_value: Any, dtype: Any = None) -> Any:
    pen = lift(shape_operand(shape))
    if not isinstance(fill_value, Expr | list | tuple):
        return full(pen, fill_value, dtype=_optional(dtype))
    return full(pen, meanings.arrayed(fill_value, (pen, fill_value)), dtype=_optional(dtype))


def _optional(dtype: Any) -> np.dtype[Any] | None:
    return None if dtype is None else np.dtype(meanings.static(dtype, "dtype"))


@creates(np.arange)
def arange_meaning(lift: Any, start: Any, stop: Any = None, step: Any = 1, dtype: Any = None) -> Any:
    if stop is None:
        start, stop = 0, start
    return arange(lift(start), stop, step, dtype=_optional(dtype))


@creates(np.eye)
def eye_meaning(lift: Any, N: Any, M: Any = None, k: Any = 0, dtype: Any = None) -> Any:
    return eye(lift(N), N if M is None else M, dtype=_optional(dtype), k=meanings.static(k, "k"))


@creates(np.identity)
def identity_meaning(lift: Any, n: Any, dtype: Any = None) -> Any:
    return eye(lift(n), n, dtype=_optional(dtype), k=0)


@creates(np.linspace)
def linspace_meaning(lift: Any, start: Any, stop: Any, num: Any = 50, endpoint: Any = True, dtype: Any = None) -> Any:
    if dtype is not None:
        raise NotCovered("`dtype=` of np.linspace")
    if rank(type_of_operand(start)) != 0 or rank(type_of_operand(stop)) != 0:
        raise NotCovered("np.linspace between arrays")
    return linspace(lift(start), stop, num, endpoint=meanings.static(endpoint, "endpoint"))


# Constructors on static arguments, called as they stand.


def _create(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: tuple[tuple[str, Any], ...], part: int | None = None
) -> Any:
    made = function(*args, **dict(kwargs))
    return made if part is None else made[part]


def _created(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (type_of(_create(**attrs)),)


create = discrete(_create, _created, name="create", spelling="{function}")

CONSTRUCTORS: Mapping[Any, str] = {
    np.array: "np.array",
    np.asarray: "np.asarray",
    np.logspace: "np.logspace",
    np.geomspace: "np.geomspace",
    np.tri: "np.tri",
    np.hanning: "np.hanning",
    np.hamming: "np.hamming",
    np.blackman: "np.blackman",
    np.bartlett: "np.bartlett",
    np.kaiser: "np.kaiser",
    np.vander: "np.vander",
}


def constructor(function: Callable[..., Any]) -> Callable[..., Any]:
    """What a function means as a creation: the call as it stands."""

    def meaning(lift: Callable[[object], Expr], *args: Any, **kwargs: Any) -> Any:
        return created(lift(0).builder, function, args, kwargs)

    return meaning


def created(
    builder: Builder, function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any], **part: int
) -> Expr:
    """An array that a function gives for known arguments, or one `part` of what it gives: the call as it stands."""
    attrs = {
        "function": function,
        "args": meanings.frozen(args),
        "kwargs": tuple((k, meanings.frozen(v)) for k, v in kwargs.items()),
        **part,
    }
    (value,) = builder.apply(create, (), attrs)
    return Expr(builder, value)


for _function in CONSTRUCTORS:
    CREATIONS[_function] = constructor(_function)
