"""A number that carries its SymPy expression along: formulas are evaluated on it, choices are made by the number.

So the expression of `max(x, 0)` at x = 2 is x: what holds around this point. Where a choice is at a tie there is no
derivative to speak of, and `AtKink` is raised.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import mpmath
import sympy

DIGITS = 60


class AtKink(Exception):
    """The point is where two branches of the function meet."""


class Unknown(Exception):
    """A formula uses a function that SymPy has not."""


class Both:
    """An expression and its value. Objects of this class fill NumPy arrays of objects."""

    __slots__ = ("expr", "number")

    def __init__(self, expr: sympy.Expr, number: float) -> None:
        self.expr = expr
        self.number = number

    def __neg__(self) -> Both:
        return Both(-self.expr, -self.number)

    def __pos__(self) -> Both:
        return self

    def __add__(self, other: Any) -> Both:
        other = lift(other)
        return Both(self.expr + other.expr, self.number + other.number)

    def __sub__(self, other: Any) -> Both:
        other = lift(other)
        return Both(self.expr - other.expr, self.number - other.number)

    def __mul__(self, other: Any) -> Both:
        other = lift(other)
        return Both(self.expr * other.expr, self.number * other.number)

    def __truediv__(self, other: Any) -> Both:
        other = lift(other)
        return Both(self.expr / other.expr, _quiet(lambda x, y: x / y, self.number, other.number))

    def __pow__(self, other: Any) -> Both:
        other = lift(other)
        return Both(self.expr**other.expr, _quiet(math.pow, self.number, other.number))

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: Any) -> Both:
        return lift(other) - self

    def __rtruediv__(self, other: Any) -> Both:
        return lift(other) / self

    def __rpow__(self, other: Any) -> Both:
        return lift(other) ** self

    def __lt__(self, other: Any) -> bool:
        return self.number < self._apart(other).number

    def __le__(self, other: Any) -> bool:
        return self.number <= self._apart(other).number

    def __gt__(self, other: Any) -> bool:
        return self.number > self._apart(other).number

    def __ge__(self, other: Any) -> bool:
        return self.number >= self._apart(other).number

    def _apart(self, other: Any) -> Both:
        """The other side of a comparison, which must not be a tie between two different expressions."""
        there = lift(other)
        if self.number == there.number and self.expr != there.expr:
            raise AtKink
        return there

    # What NumPy calls on the entries of an array of objects.

    def sqrt(self) -> Both:
        return function("sqrt")(self)

    def conjugate(self) -> Both:
        return self


def lift(value: Any) -> Both:
    """A number as a constant expression, with its binary value exactly."""
    if isinstance(value, Both):
        return value
    number = float(value)
    if not math.isfinite(number):
        raise Unknown("a constant that is not finite")
    exact = sympy.Integer(int(value)) if number.is_integer() else sympy.Float(number, DIGITS)
    return Both(exact, number)


@cache
def function(name: str) -> Callable[..., Both]:
    """A function of SymPy's on such numbers."""
    symbolic, numeric = getattr(sympy, name, None), getattr(mpmath, name, None)
    if symbolic is None:
        raise Unknown(f"{name} is no function of SymPy")

    def apply(*operands: Any) -> Both:
        lifted = [lift(o) for o in operands]
        number = math.nan if numeric is None else _quiet(numeric, *(o.number for o in lifted))
        return Both(symbolic(*(o.expr for o in lifted)), number)

    return apply


@cache
def compiled(formula: str) -> Callable[..., Any]:
    """A formula as a function of the operands x, y, z."""
    code: Callable[..., Any] = eval(f"lambda x=None, y=None, z=None: {formula}", _Names())
    return code


def _quiet(numeric: Callable[..., Any], *numbers: float) -> float:
    try:
        return float(numeric(*numbers))
    except (ArithmeticError, ValueError, TypeError):
        return math.nan


def _largest(*operands: Any) -> Both:
    best, *others = (lift(o) for o in operands)
    for other in others:
        best = other if other > best else best
    return best


def _smallest(*operands: Any) -> Both:
    return -_largest(*(-lift(o) for o in operands))


def _magnitude(x: Any) -> Both:
    return -lift(x) if lift(x) < 0 else lift(x)


def _stepwise(step: Callable[[float], float]) -> Callable[[Any], Both]:
    def constant(x: Any) -> Both:
        x = lift(x)
        if x.expr.free_symbols and x.number == round(x.number) and step is not math.trunc:
            raise AtKink
        return lift(step(x.number))

    return constant


def _sign(x: Any) -> Both:
    return lift(-1 if lift(x) < 0 else 1 if lift(x) > 0 else 0)


def _piecewise(*pieces: tuple[Any, Any]) -> Both:
    return next(lift(value) for value, condition in pieces if condition)


def _equal(x: Any, y: Any) -> bool:
    x = lift(x)
    return bool(x.number == x._apart(y).number)


def _remainder(x: Any, y: Any) -> Both:
    return lift(x) - lift(y) * _stepwise(math.floor)(lift(x) / y)


class _Names(dict[str, Any]):
    """The words of formulas: choices are made by the numbers, everything else is SymPy's."""

    def __missing__(self, name: str) -> Any:
        choices: dict[str, Any] = {
            "Max": _largest,
            "Min": _smallest,
            "Abs": _magnitude,
            "sign": _sign,
            "floor": _stepwise(math.floor),
            "ceiling": _stepwise(math.ceil),
            "trunc": _stepwise(math.trunc),
            "Mod": _remainder,
            "Piecewise": _piecewise,
            "Eq": _equal,
            "Ne": lambda x, y: not _equal(x, y),
            "Rational": lambda p, q: Both(sympy.Rational(p, q), p / q),
            "pi": Both(sympy.pi, math.pi),
            "E": Both(sympy.E, math.e),
        }
        return choices[name] if name in choices else function(name)
