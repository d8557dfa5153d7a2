"""The arithmetic operators. Each has a twin that calls the ufunc, for operands that may all be Python numbers."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import Dim, Scalar, Sym, Type, product_dim, shift_dim, sum_dim
from pullback.primitives import inference, meanings
from pullback.primitives.inference import Infer, extent
from pullback.primitives.kinds import discrete, elementwise
from pullback.primitives.registry import MEANINGS, means


def operation(
    python: Callable[..., Any], ufunc: Any, formula: str, spelling: str, measure: Any = None, **rules: Any
) -> Primitive:
    """An operator and its ufunc twin. `measure` gives the extent of an int result from those of the operands."""
    name = ufunc.__name__
    prim = elementwise(
        python,
        formula,
        name=name,
        spelling=spelling,
        infer=measured(python, measure) if measure else None,
        meaning=meanings.operator_of,
        **rules,
    )
    twin = elementwise(ufunc, formula, name=f"ufunc_{name}", spelling=f"np.{name}", **rules)
    MEANINGS[ufunc] = meanings.ufunc_or_operator(prim, twin)
    return prim


def measured(function: Callable[..., Any], measure: Callable[[Dim, Dim], Dim | None]) -> Infer:
    """Elementwise inference that also follows what ints measure: n + 1, n * d, n // 2."""
    plain = inference.elementwise(function)

    def infer(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
        (result,) = plain(operands, attrs)
        if isinstance(result, Scalar) and result.kind == "int":
            x, y = map(extent, operands)
            if x is not None and y is not None:
                return (Scalar("int", measure(x, y)),)
        return (result,)

    return infer


def _natural(*dims: Dim) -> bool:
    """Whether the ints are surely what their names say: `n - 1` as a dimension stops at 0, as an int it does not."""
    return all(d >= 0 if isinstance(d, int) else "-" not in d.name for d in dims)


def _added(x: Dim, y: Dim) -> Dim | None:
    if isinstance(y, int) and y < 0:
        return _subtracted(x, -y)
    if isinstance(x, int) and x < 0:
        return _subtracted(y, -x)
    return sum_dim((x, y)) if _natural(x, y) else None


def _subtracted(x: Dim, y: Dim) -> Dim | None:
    if isinstance(x, int) and isinstance(y, int):
        return x - y if x >= y else None
    if x == y:
        return 0
    if isinstance(x, Sym) and isinstance(y, int):
        return shift_dim(x, -y) if y >= 0 else _added(x, -y)
    return None


def _multiplied(x: Dim, y: Dim) -> Dim | None:
    return product_dim((x, y)) if _natural(x, y) else None


def _floor_divided(x: Dim, y: Dim) -> Dim | None:
    if isinstance(x, int) and isinstance(y, int):
        return x // y if y else None
    if not isinstance(x, Sym) or not isinstance(y, int) or y < 1 or not _natural(x):
        return None
    base = x.name if x.name.isidentifier() else f"({x.name})"
    return x if y == 1 else Sym(f"{base} // {y}", may_be_one=True)


add = operation(operator.add, np.add, "x + y", "+", _added, dx="1", dy="1")
subtract = operation(operator.sub, np.subtract, "x - y", "-", _subtracted, dx="1", dy="-1")
multiply = operation(operator.mul, np.multiply, "x * y", "*", _multiplied, dx="y", dy="x")
divide = operation(operator.truediv, np.divide, "x / y", "/", dx="g / y", dy="-out / y")
remainder = operation(
    operator.mod,
    np.remainder,
    "Mod(x, y)",
    "%",
    dx="1",
    dy="-(x // y)",
    doc={"singular": "jumps where x is a multiple of y; the derivative is that of the piece to the right"},
)
negative = operation(operator.neg, np.negative, "-x", "-", dx="-1")
positive = operation(operator.pos, np.positive, "x", "+", dx="1")


# 0 * 0**-1 is not a number: where y is 0 the exponent is made 1
GENERAL_POWER = "y * x ** where(y == 0, 1, y - 1)"


def _literal_power(exponent: float) -> str:
    """D x**c / dx for a literal c."""
    match exponent:
        case 0:
            return "0"
        case 1:
            return "1"
        case 2:
            return "2.0 * x"
    if not np.isfinite(exponent):
        return GENERAL_POWER
    if 0 < exponent < 1:
        return f"{float(exponent)!r} * g * where(g == 0, 1.0, x) ** {exponent - 1!r}"  # infinite at 0, where x**c is 0
    return f"{float(exponent)!r} * x ** {exponent - 1!r}"


power = operation(
    operator.pow,
    np.power,
    "x ** y",
    "**",
    dx=GENERAL_POWER,
    dy="out * log(where(x == 0, 1, x))",
    on_complex={"dy": "out * log(cast_to(where(x == 0, 1, x), out))"},
    constant={"dx": _literal_power},
    doc={
        "singular": "d/dy at x = 0 is 0; d/dy at x < 0 is not a number",
        "inexact": "x < 0 and abs(y) > 2**53",  # y - 1 rounds to y, and the sign is lost
    },
)
MEANINGS[np.pow] = MEANINGS[np.power]
MEANINGS[np.true_divide] = MEANINGS[np.divide]
MEANINGS[np.mod] = MEANINGS[np.remainder]

floor_divide = discrete(
    operator.floordiv,
    measured(operator.floordiv, _floor_divided),
    name="floor_divide",
    formula="floor(x / y)",
    spelling="//",
)
ufunc_floor_divide = discrete(
    np.floor_divide,
    inference.elementwise(np.floor_divide),
    name="ufunc_floor_divide",
    spelling="np.floor_divide",
    formula="floor(x / y)",
)
MEANINGS[operator.floordiv] = meanings.operator_of(floor_divide)
MEANINGS[np.floor_divide] = meanings.ufunc_or_operator(floor_divide, ufunc_floor_divide)

fmod = elementwise(
    np.fmod,
    "x - y*trunc(x/y)",
    dx="1",
    dy="-rint((x - out) / y)",  # x / y may round up to the next integer
    doc={"singular": "jumps where x is a multiple of y; the derivative is that of the piece farther from 0"},
)

absolute = elementwise(
    np.absolute,
    "Abs(x)",
    name="absolute",
    spelling="np.abs",
    dx="sign(x)",
    on_complex={"dx": "conj(phase(x))"},  # d|z| = Re(conj(z) dz) / |z|
    doc={"singular": "abs'(0) = 0"},
)
fabs = elementwise(np.fabs, "Abs(x)", dx="sign(x)", doc={"singular": "fabs'(0) = 0"})


@means(divmod)
def divmod_(x: Any, y: Any) -> Sequence[Any]:
    return floor_divide(x, y), remainder(x, y)
