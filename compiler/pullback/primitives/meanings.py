"""How public functions come to mean primitives: nested lists become arrays, unknown keywords are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pullback.ir.core import Primitive
from pullback.ir.types import Array, Scalar
from pullback.primitives.expr import Expr, hashable, known_array, type_of_operand
from pullback.primitives.inference import has_dtype, is_complex
from pullback.primitives.registry import MEANINGS, PRIMITIVES, NeedsStatic, NotCovered


def has_pen(value: Any) -> bool:
    """Whether a value is a pen, or a list or tuple with one inside."""
    if isinstance(value, list | tuple):
        return any(has_pen(item) for item in value)
    return isinstance(value, Expr)


def first_pen(*values: Any) -> Expr:
    """Some pen in the values: it knows the builder."""
    for value in values:
        if isinstance(value, Expr):
            return value
        if isinstance(value, list | tuple) and has_pen(value):
            return first_pen(*value)
    raise AssertionError("a meaning is asked for static values only")


def arrayed(value: Any, near: Any) -> Any:
    """What NumPy does to an argument that is a list: an array. `near` is a value that holds a pen."""
    if not isinstance(value, list | tuple):
        return value
    if has_pen(value):
        return MEANINGS[np.array](value)
    return constant_array(first_pen(near), value)


def constant_array(near: Expr, value: Any, dtype: Any = None) -> Any:
    """An array of numbers that are known at compile time."""
    return Expr(near.builder, known_array(near.builder, np.array(value, dtype=dtype)))


def frozen(value: Any) -> Any:
    """A static argument as something hashable: lists become tuples, arrays of numbers too."""
    return hashable(value.tolist() if isinstance(value, np.ndarray) else value)


def static(value: Any, parameter: str) -> Any:
    """A parameter that must be known at compile time."""
    if has_pen(value):
        raise NeedsStatic(first_pen(value), parameter)
    return value


ORDERS = (None, "K", "A", "C", "F")  # how the result lies in memory: no element depends on it


def computed_in(function: Any, operands: list[Any], keywords: dict[str, Any]) -> list[Any]:
    """The operands of a ufunc as the loop takes them that `dtype=` and `casting=` choose: NumPy says which that is.

    Raises:
        NotCovered: for the other keywords, as `where=` without `out=`.
    """
    given = {k: v for k, v in keywords.items() if v is not None and not (k == "where" and v is True)}
    if "where" in given:
        raise NotCovered(
            f"`where=` of np.{function.__name__} without `out=`",
            "elements that are not selected would be uninitialised memory; give the array that they are to keep",
        )
    if given.pop("order", None) not in ORDERS:
        raise ValueError("order must be one of 'C', 'F', 'A', or 'K'")
    given.pop("subok", None)
    dtype, casting = static(given.pop("dtype", None), "dtype"), static(given.pop("casting", "same_kind"), "casting")
    if given:
        raise NotCovered(f"`{next(iter(given))}=` of np.{function.__name__}")
    if dtype is None and casting == "same_kind":
        return operands
    types = [_as_resolved(operand) for operand in operands]
    signature = None if dtype is None else (None,) * function.nin + (np.dtype(dtype),) * function.nout
    loop = function.resolve_dtypes((*types, *(None,) * function.nout), signature=signature, casting=casting)
    return [_converted(operand, wanted) for operand, wanted in zip(operands, loop, strict=False)]


def _as_resolved(operand: Any) -> Any:
    """What `resolve_dtypes` is told of an operand: the type of a Python number, the dtype of anything else."""
    match type_of_operand(operand):
        case Scalar(kind):
            return {"bool": np.dtype(bool), "int": int, "float": float, "complex": complex}[kind]
        case Array(dtype) if dtype is not None:
            return dtype
    raise NotCovered("`dtype=` where the dtype of an operand is not known")


def _converted(operand: Any, wanted: np.dtype[Any]) -> Any:
    t = type_of_operand(operand)
    if isinstance(t, Array):
        return operand if has_dtype(t, wanted) else PRIMITIVES["astype"](operand, dtype=wanted)
    if isinstance(operand, Expr) or np.result_type(wanted, type(operand)) != wanted:
        return PRIMITIVES["bool_" if wanted == np.bool_ else wanted.name](operand)
    return operand  # a literal does not widen the others


def ufunc(prim: Primitive) -> Callable[..., Any]:
    """The meaning of a ufunc whose primitive is computed by that ufunc."""

    def meaning(*operands: Any, **keywords: Any) -> Any:
        values = [arrayed(o, operands) for o in operands]
        if isinstance(prim.evaluate, np.ufunc):
            return prim(*computed_in(prim.evaluate, values, keywords))
        for keyword, value in keywords.items():
            if value is not None:
                raise NotCovered(f"`{keyword}=` of {prim.spelling}")
        return prim(*values)

    meaning.__name__ = prim.name
    return meaning


def ufunc_or_operator(operator: Primitive, twin: Primitive) -> Callable[..., Any]:
    """The meaning of a ufunc that Python's operator computes as well, except on Python numbers.

    np.add(1.0, 2.0) is a NumPy scalar, np.divide(1.0, 0.0) raises nothing, and np.power of single numbers, and of
    complex ones, rounds otherwise than `**`: there, and where an operand may be a number, the `twin` stands, which
    calls the ufunc.
    """

    def meaning(*operands: Any, **keywords: Any) -> Any:
        values = computed_in(twin.evaluate, [arrayed(o, operands) for o in operands], keywords)
        types = [type_of_operand(v) for v in values]
        known = any(isinstance(t, Array) and t.shape for t in types)
        rounds_otherwise = operator.name == "power" and any(map(is_complex, types))
        return (operator if known and not rounds_otherwise else twin)(*values)

    meaning.__name__ = operator.name
    return meaning


def operator_of(prim: Primitive) -> Callable[..., Any]:
    """The meaning of Python's operator: an array converts a list on the other side."""

    def meaning(*operands: Any) -> Any:
        return prim(*(arrayed(o, operands) for o in operands))

    meaning.__name__ = prim.name
    return meaning
