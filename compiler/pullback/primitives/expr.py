"""The pen that derivative rules are written with: an IR atom that answers to Python's operators.

>>> from pullback.ir.builder import Builder
>>> from pullback.ir.core import Value
>>> from pullback.ir.types import FLOAT
>>> builder, x = Builder(), Value(FLOAT, "x")
>>> y = 1 - Expr(builder, x) ** 2
>>> [op.prim.name for op in builder.ops]
['power', 'subtract']
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from pullback.ir.builder import Builder, atom
from pullback.ir.core import Atom, Const, Primitive
from pullback.ir.types import Dims, Type, dims_of, rank
from pullback.primitives.registry import PRIMITIVES
from pullback.records import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Expr:
    """An atom and the builder that operations on it go to. Two pens are never compared; `==` builds IR."""

    builder: Builder
    atom: Atom

    @property
    def type(self) -> Type:
        return self.atom.type

    @property
    def dims(self) -> Dims | None:
        return dims_of(self.type)

    @property
    def rank(self) -> int | None:
        return rank(self.type)

    def __pullback_build__(self, prim: Primitive, operands: tuple[Any, ...], attrs: Mapping[str, Any]) -> Any:
        atoms = tuple(map(self._atom_of, operands))
        results = tuple(Expr(self.builder, value) for value in self.builder.apply(prim, atoms, attrs))
        return results[0] if len(results) == 1 else results

    def _atom_of(self, operand: Any) -> Atom:
        """An operand of the operation that this pen builds; what is known beside it becomes a constant."""
        if isinstance(operand, Expr):
            return operand.atom
        is_array = isinstance(operand, np.ndarray)
        return known_array(self.builder, operand) if is_array else atom(operand)

    def __bool__(self) -> bool:
        raise TypeError("the truth of a pen is not known when a rule builds IR; use where")

    def __hash__(self) -> int:
        return id(self.atom)

    def __neg__(self) -> Any:
        return PRIMITIVES["negative"](self)

    def __add__(self, other: Any) -> Any:
        return PRIMITIVES["add"](self, other)

    def __radd__(self, other: Any) -> Any:
        return PRIMITIVES["add"](other, self)

    def __sub__(self, other: Any) -> Any:
        return PRIMITIVES["subtract"](self, other)

    def __rsub__(self, other: Any) -> Any:
        return PRIMITIVES["subtract"](other, self)

    def __mul__(self, other: Any) -> Any:
        return PRIMITIVES["multiply"](self, other)

    def __rmul__(self, other: Any) -> Any:
        return PRIMITIVES["multiply"](other, self)

    def __truediv__(self, other: Any) -> Any:
        return PRIMITIVES["divide"](self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return PRIMITIVES["divide"](other, self)

    def __floordiv__(self, other: Any) -> Any:
        return PRIMITIVES["floor_divide"](self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return PRIMITIVES["floor_divide"](other, self)

    def __mod__(self, other: Any) -> Any:
        return PRIMITIVES["remainder"](self, other)

    def __rmod__(self, other: Any) -> Any:
        return PRIMITIVES["remainder"](other, self)

    def __pow__(self, other: Any) -> Any:
        return PRIMITIVES["power"](self, other)

    def __rpow__(self, other: Any) -> Any:
        return PRIMITIVES["power"](other, self)

    def __matmul__(self, other: Any) -> Any:
        return PRIMITIVES["matmul"](self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return PRIMITIVES["matmul"](other, self)

    def __and__(self, other: Any) -> Any:
        return PRIMITIVES["bitwise_and"](self, other)

    def __or__(self, other: Any) -> Any:
        return PRIMITIVES["bitwise_or"](self, other)

    def __gt__(self, other: Any) -> Any:
        return PRIMITIVES["greater"](self, other)

    def __ge__(self, other: Any) -> Any:
        return PRIMITIVES["greater_equal"](self, other)

    def __lt__(self, other: Any) -> Any:
        return PRIMITIVES["less"](self, other)

    def __le__(self, other: Any) -> Any:
        return PRIMITIVES["less_equal"](self, other)

    def __eq__(self, other: object) -> Any:
        return PRIMITIVES["equal"](self, other)

    def __ne__(self, other: object) -> Any:
        return PRIMITIVES["not_equal"](self, other)


def known_array(builder: Builder, value: Any) -> Atom:
    """An array of numbers that are known when compiling, as the program makes it."""
    value = np.asarray(value)
    if value.size == 0 and value.ndim > 1:
        shape = Const(tuple(value.shape))
        return builder.apply(PRIMITIVES["zeros"], (shape,), {"dtype": value.dtype})[0]
    is_default = np.array(value.tolist()).dtype == value.dtype
    kwargs = () if is_default else (("dtype", value.dtype),)
    attrs = {"function": np.array, "args": (hashable(value.tolist()),), "kwargs": kwargs}
    return builder.apply(PRIMITIVES["create"], (), attrs)[0]


def hashable(value: Any) -> Any:
    """Nested lists as nested tuples."""
    return tuple(map(hashable, value)) if isinstance(value, list | tuple) else value


def beside(x: Any, prim: Primitive, *operands: Any, **attrs: Any) -> Any:
    """Apply a primitive to constants where `x` lives: built where it is a pen, computed where it is an array.

    A rule that calls a primitive on constants only would compute its result at compile time.
    """
    if isinstance(x, Expr):
        return x.__pullback_build__(prim, operands, attrs)
    return prim(*operands, **attrs)


def type_of_operand(x: Any) -> Type:
    """The type of a pen, or of a concrete value: rules run on both."""
    return atom(x.atom if isinstance(x, Expr) else x).type
