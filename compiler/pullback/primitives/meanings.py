"""How public functions come to mean primitives: nested lists become arrays, unknown keywords are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pullback.ir.core import Primitive
from pullback.ir.types import Array
from pullback.primitives.expr import Expr, type_of_operand
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
    kwargs = () if dtype is None else (("dtype", np.dtype(dtype)),)
    atoms = near.builder.apply(
        PRIMITIVES["create"], (), {"function": np.array, "args": (frozen(value),), "kwargs": kwargs}
    )
    return Expr(near.builder, atoms[0])


def frozen(value: Any) -> Any:
    """A static argument as something hashable: lists become tuples, arrays of numbers too."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return tuple(frozen(item) for item in value)
    return value


def static(value: Any, parameter: str) -> Any:
    """A parameter that must be known at compile time."""
    if has_pen(value):
        raise NeedsStatic(first_pen(value), parameter)
    return value


def refuse(prim: Primitive, keywords: dict[str, Any]) -> None:
    """Refuse the keywords of a public function that no rule covers."""
    for keyword, value in keywords.items():
        if value is not None:
            raise NotCovered(f"`{keyword}=` of {prim.spelling}")


def ufunc(prim: Primitive) -> Callable[..., Any]:
    """The meaning of a ufunc whose primitive is computed by that ufunc."""

    def meaning(*operands: Any, **keywords: Any) -> Any:
        refuse(prim, keywords)
        return prim(*(arrayed(o, operands) for o in operands))

    meaning.__name__ = prim.name
    return meaning


def ufunc_or_operator(operator: Primitive, twin: Primitive) -> Callable[..., Any]:
    """The meaning of a ufunc that Python's operator computes as well, except on Python numbers.

    np.add(1.0, 2.0) is a NumPy scalar, np.divide(1.0, 0.0) raises nothing, and np.power of single numbers rounds
    otherwise than `**`: there, and where an operand may be a number, the `twin` stands, which calls the ufunc.
    """

    def meaning(*operands: Any, **keywords: Any) -> Any:
        refuse(twin, keywords)
        values = [arrayed(o, operands) for o in operands]
        types = [type_of_operand(v) for v in values]
        known = any(isinstance(t, Array) and t.shape for t in types)
        return (operator if known else twin)(*values)

    meaning.__name__ = operator.name
    return meaning


def operator_of(prim: Primitive) -> Callable[..., Any]:
    """The meaning of Python's operator: an array converts a list on the other side."""

    def meaning(*operands: Any) -> Any:
        return prim(*(arrayed(o, operands) for o in operands))

    meaning.__name__ = prim.name
    return meaning
