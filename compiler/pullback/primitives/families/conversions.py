"""Conversions between Python numbers, NumPy scalars and dtypes: linear where the result is inexact."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

import pullback_runtime
from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Array, Scalar, Type, dims_of
from pullback.primitives import meanings
from pullback.primitives.expr import Expr, type_of_operand
from pullback.primitives.inference import as_first, dtype_of, extent, has_dtype
from pullback.primitives.kinds import discrete, linear
from pullback.primitives.registry import MEANINGS, PRIMITIVES, NotCovered, means


def _handed_back(g: Any, x: Any, *rest: Any, **attrs: Any) -> Any:
    return g


def _number(kind: Any) -> Any:
    def infer(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
        measured = extent(operands[0]) if kind == "int" else None
        return (Scalar(kind, measured),)

    return infer


float_ = linear(float, _handed_back, _number("float"), name="float", spelling="float")
int_ = discrete(int, _number("int"), name="int", spelling="int")
bool_ = discrete(bool, _number("bool"), name="bool", spelling="bool")


def _number_meaning(prim: Primitive) -> Any:
    def meaning(x: Any, *rest: Any) -> Any:
        if rest or not isinstance(x, Expr):
            raise NotCovered(f"{prim.name}() of this value")
        if isinstance(x.type, Scalar) and x.type.kind == prim.name:
            return x
        return prim(x)

    return meaning


for _prim in (float_, int_, bool_):
    MEANINGS[getattr(builtins, _prim.name)] = _number_meaning(_prim)


@means(np.common_type)
def common_type(*arrays: Any) -> Any:
    """The type of floats that holds the elements of all."""
    dtypes = [dtype_of(type_of_operand(a)) for a in arrays]
    if any(dtype is None for dtype in dtypes):
        raise NotCovered("np.common_type of arrays of unknown dtype")
    return np.common_type(*(np.empty(0, dtype) for dtype in dtypes))


def _of_dtype(dtype: Any) -> Any:
    return lambda operands, attrs: (Array(np.dtype(dtype), dims_of(operands[0].type)),)


def scalar_type(function: Any) -> Primitive:
    """np.float32 and its kin: of a number a NumPy scalar, of an array an array."""
    kind = linear if np.dtype(function).kind in "fc" else discrete
    name = "bool_" if function is np.bool_ else np.dtype(function).name
    row: dict[str, Any] = {"name": name, "spelling": f"np.{name}"}
    if kind is discrete:
        prim = discrete(function, _of_dtype(function), **row)
    else:
        prim = linear(function, _handed_back, _of_dtype(function), **row)
    convert = meanings.ufunc(prim)

    def meaning(*operands: Any, **keywords: Any) -> Any:
        t = type_of_operand(operands[0]) if len(operands) == 1 else None
        if isinstance(t, Array) and t.shape and has_dtype(t, function):
            return operands[0]  # NumPy hands back the array itself
        return convert(*operands, **keywords)

    MEANINGS[function] = meaning
    return prim


for _function in (
    np.float16, np.float32, np.float64, np.complex64, np.complex128, np.bool_,
    np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64,
):  # fmt: skip
    scalar_type(_function)


def _astype(x: Any, dtype: Any) -> Any:
    return np.asarray(x).astype(dtype) if not isinstance(x, np.ndarray | np.generic) else x.astype(dtype)


def _to_dtype(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    return (Array(attrs["dtype"], dims_of(operands[0].type)),)


astype = linear(_astype, _handed_back, _to_dtype, name="astype", spelling="{0}.astype({dtype})")


def _as_like(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    like = operands[1].type
    return (Array(dtype_of(like), dims_of(operands[0].type)),)


cast_like = linear(
    pullback_runtime.cast_like, _handed_back, _as_like, name="cast_like", spelling="cast_like", view="maybe"
)
asarray = linear(np.asarray, _handed_back, as_first(), name="asarray", view="maybe")
copy = linear(np.copy, _handed_back, as_first(), np.copy, name="copy", accepts="x")


def to_dtype(x: Any, dtype: Any) -> Any:
    """`x.astype(dtype)`; the same array where it has that dtype already."""
    wanted = np.dtype(meanings.static(dtype, "dtype"))
    if isinstance(x, Expr) and isinstance(x.type, Array) and x.type.shape is not None:
        return PRIMITIVES["astype"](x, dtype=wanted)
    return PRIMITIVES["astype"](asarray(x), dtype=wanted)


@means(np.astype)
def astype_(x: Any, dtype: Any) -> Any:
    return to_dtype(x, dtype)


def as_array(x: Any, dtype: Any = None) -> Any:
    """np.asarray(x) for a pen: the pen itself where it is an array already."""
    t = type_of_operand(x)
    if dtype is not None and not has_dtype(t, dtype):
        return to_dtype(x, dtype)
    if isinstance(t, Array) and t.shape:
        return x
    return asarray(x)


def strong(x: Any, near: Any, dtype: Any = None) -> Any:
    """An operand that a function makes an array of first: beside a Python number, float32 is float64 then."""
    x = meanings.arrayed(x, near)
    if not isinstance(type_of_operand(x), Scalar):
        return x
    return as_array(x, dtype) if meanings.has_pen(x) else meanings.constant_array(meanings.first_pen(near), x, dtype)


__all__ = ["as_array", "asarray", "astype", "copy", "strong", "to_dtype"]
