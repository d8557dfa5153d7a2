"""SymPy and mpmath: numbers that carry their expression along, derivatives of expressions, and their exact values.

Formulas are evaluated on such numbers, and choices are made by the number: the expression of `max(x, 0)` at x = 2 is x,
which is what holds around this point. Where a choice is at a tie there is no derivative to speak of, and `AtKink` is
raised.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import mpmath
import numpy as np
import sympy

from pullback.verify.subject import Unusable

PRECISION = 50  # digits of the result
DIGITS = 60  # of constants
MOST_OPERATIONS = 20_000  # of the expression as a tree


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


# Derivatives, by SymPy and mpmath.


def symbol(serial: int) -> sympy.Symbol:
    """The symbol of an entry."""
    return sympy.Symbol(f"v{serial}", real=True)


def gradient(expr: sympy.Expr, at_point: Mapping[sympy.Symbol, float]) -> tuple[Any, dict[sympy.Symbol, Any]]:
    """The value of an expression at a point, and its partial derivatives there, to 50 digits.

    Raises:
        Unusable: the expression is too large, or they are not finite real numbers.
    """
    if (size := tree_size(expr)) > MOST_OPERATIONS:
        raise Unusable(f"the expression has {size} operations (at most {MOST_OPERATIONS}); give `small` arguments")
    order = list(at_point)
    with mpmath.workdps(PRECISION):
        run = sympy.lambdify([order], [expr, *(expr.diff(s) for s in order)], modules="mpmath", cse=True)
        value, *partials = _evaluated(run, [mpmath.mpf(at_point[s]) for s in order])
    return value, dict(zip(order, partials, strict=True))


def tree_size(expr: sympy.Expr) -> int:
    """The number of operations in an expression, shared ones counted as often as they occur."""
    sizes: dict[sympy.Basic, int] = {}
    stack: list[sympy.Basic] = [expr]
    while stack:
        e = stack[-1]
        missing = [a for a in e.args if a not in sizes]
        if missing:
            stack += missing
        else:
            sizes[stack.pop()] = (1 if e.args else 0) + sum(sizes[a] for a in e.args)
    return sizes[expr]


def ulps(got: float, exact: Any, dtype: Any, value: Any) -> float | None:
    """The error of a number in units in the last place of the exact one.

    None where there is no such thing: the exact one is zero but for rounding, in view of the function's `value`.
    """
    if not (math.isfinite(got) and mpmath.isfinite(exact)) or abs(exact) <= mpmath.mpf(10) ** (20 - PRECISION) * value:
        return None
    with mpmath.workdps(PRECISION):
        unit = np.spacing(np.abs(np.asarray(float(exact), dtype)))
        return float(abs(mpmath.mpf(got) - exact) / mpmath.mpf(float(unit)))


def _evaluated(run: Callable[..., Any], numbers: list[Any]) -> list[Any]:
    try:
        out = run(numbers)
    except ZeroDivisionError:
        raise Unusable("the derivative is infinite at this point") from None
    except (NameError, TypeError, ValueError) as error:
        raise Unusable(f"mpmath cannot evaluate the derivative: {error}") from error
    if not all(isinstance(v, int | mpmath.mpf) for v in out):
        raise Unusable("the derivative is not real at this point")
    return [mpmath.mpf(v) for v in out]
