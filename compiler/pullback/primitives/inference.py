"""Types of results. Dtypes are asked of NumPy itself, on samples of one element; shapes are symbolic."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import lru_cache
from itertools import count
from typing import Any

import numpy as np

from pullback.ir.core import Atom, Attrs, Const
from pullback.ir.types import (
    UNKNOWN,
    Array,
    Dim,
    Dims,
    Scalar,
    Shape,
    Sym,
    Type,
    broadcast,
    dims_of,
    is_numeric,
    type_of,
)
from pullback.primitives.registry import NotCovered

Infer = Callable[[tuple[Atom, ...], Attrs], tuple[Type, ...]]

_SAMPLES = {"bool": True, "int": 1, "float": 1.0, "complex": 1j}


def as_first(dtype: Any = None) -> Infer:
    """The shape of the first operand, and its dtype unless another one is given."""

    def infer(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
        t = operands[0].type
        return (Array(dtype_of(t) if dtype is None else np.dtype(dtype), dims_of(t)),)

    return infer


def sample(operand: Atom) -> Any:
    """A value of one element with the operand's dtype; a constant stands for itself."""
    if isinstance(operand, Const):
        return operand.value
    return _sample_of_type(operand.type)


def _sample_of_type(t: Type) -> Any:
    match t:
        case Scalar(kind):
            return _SAMPLES[kind]
        case Array(dtype, shape) if dtype is not None:
            return np.ones((1,) * len(shape or ()), dtype)[()]
    raise TypeError(f"no sample of {t}")


def sample_result(function: Callable[..., Any], operands: tuple[Atom, ...]) -> Type | None:
    """The type of `function` on samples of the operands; None where an operand's dtype is unknown.

    Python numbers stay Python numbers where the function keeps them (weak promotion is NumPy's own).
    """
    for operand in operands:
        if isinstance(operand.type, Array) and operand.type.dtype is None:
            return None
    keys = tuple((type(o.value), o.value) if isinstance(o, Const) else _kind_key(o.type) for o in operands)
    return _sample_result(function, keys)


def _kind_key(t: Type) -> Type:
    """The part of a type that promotion depends on."""
    match t:
        case Scalar(kind):
            return Scalar(kind)
        case Array(dtype, shape):
            return Array(dtype, () if shape == () else (1,))
    return t


@lru_cache(maxsize=4096)
def _sample_result(function: Callable[..., Any], keys: tuple[Any, ...]) -> Type:
    exact = [key[1] if isinstance(key, tuple) else _sample_of_type(key) for key in keys]
    if any(type(v) is complex for v in exact):
        # times a np.float64 it stays Python's, times an array of rank 0 it does not, and one type stands for both
        exact = [np.asarray(v) if isinstance(v, np.floating) else v for v in exact]
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", np.exceptions.ComplexWarning)  # the program itself will give it
        try:
            out = function(*exact)
        except (ArithmeticError, ValueError):  # a constant outside the domain: its own error comes at run time
            ones = [type(v)(1) if isinstance(v, int | float) else v for v in exact]
            out = function(*ones)
    return type_of(out)


def elementwise(function: Callable[..., Any]) -> Infer:
    """The result broadcasts the operands; its dtype is what NumPy promotes to."""

    def infer(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
        shape = broadcast(*(dims_of(o.type) for o in operands if is_numeric(o.type)))
        if shape is None and any(o.type == UNKNOWN for o in operands):
            result = sample_result(function, operands)
            return (Array(result.dtype if isinstance(result, Array) else None, None),)
        result = sample_result(function, operands)
        if isinstance(result, Scalar):
            return (result,)
        return (Array(result.dtype if isinstance(result, Array) else None, shape),)

    return infer


def real(infer: Infer, what: str) -> Infer:
    """The same types, refused for complex operands: the row's rules hold for real numbers only."""

    def checked(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
        for operand in operands:
            if is_complex(operand.type):
                raise NotCovered(f"{what} of complex numbers")
        return infer(operands, attrs)

    return checked


def dtype_of(t: Type) -> np.dtype[Any] | None:
    """The NumPy dtype that a number or array of this type has or takes; None where unknown."""
    match t:
        case Scalar(kind):
            return np.dtype(kind)
        case Array(dtype, _):
            return dtype
    return None


def has_dtype(t: Type, dtype: Any) -> bool:
    """Whether values of a type surely have a dtype. (NumPy finds float64 equal to None, so `==` will not do.)"""
    known = dtype_of(t)
    return known is not None and known == np.dtype(dtype)


def is_complex(t: Type) -> bool:
    """Whether values of this type are known to be complex."""
    dtype = dtype_of(t)
    return dtype is not None and dtype.kind == "c"


def is_real(t: Type) -> bool:
    """Whether values of this type are known to be real floats."""
    dtype = dtype_of(t)
    return dtype is not None and dtype.kind == "f"


def normalize_axes(axis: int | tuple[int, ...] | None, rank: int) -> tuple[int, ...]:
    """Axes as sorted non-negative ints; None means all of them. NumPy takes a single number for a row of one.

    >>> normalize_axes(-1, 3), normalize_axes(None, 2)
    ((2,), (0, 1))
    """
    if axis is None:
        return tuple(range(rank))
    axes = axis if isinstance(axis, tuple) else (axis,)
    if rank == 0 and axes in ((0,), (-1,)):
        return ()
    return tuple(sorted(np.lib.array_utils.normalize_axis_tuple(axes, rank)))


def reduced(dims: Dims | None, axis: int | tuple[int, ...] | None, keepdims: bool) -> Dims | None:
    """The shape after a reduction over `axis`."""
    if dims is None:
        return () if axis is None and not keepdims else None
    axes = normalize_axes(axis, len(dims))
    if keepdims:
        return tuple(1 if k in axes else dim for k, dim in enumerate(dims))
    return tuple(dim for k, dim in enumerate(dims) if k not in axes)


_serial = count(1)


def unknown_dim(may_be_empty: bool = False) -> Sym:
    """A dimension that nothing is known of: equal to no other, and perhaps 1."""
    return Sym(f"?{next(_serial)}", may_be_one=True, may_be_empty=may_be_empty)


def extent(operand: Atom) -> Dim | None:
    """The dimension that an int measures; None where it is not known to measure one."""
    match operand:
        case Const(bool()):
            return None
        case Const(int() as value):
            return value
    t = operand.type
    return t.extent if isinstance(t, Scalar) else None


def shape_dims(operand: Atom) -> Dims | None:
    """The dimensions that a shape operand spells: a tuple, an int, or a shape value. -1 stands for itself."""
    match operand:
        case Const(tuple() as dims):
            return dims
        case Const(int() as length):
            return (length,)
    match operand.type:
        case Shape(known):
            return known
        case Scalar("int", measured):
            return (unknown_dim() if measured is None else measured,)
    return None


def fixed(*types: Type) -> Infer:
    """Result types that do not depend on the operands."""
    return lambda operands, attrs: types
