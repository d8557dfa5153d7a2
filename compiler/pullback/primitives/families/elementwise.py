"""Elementwise functions of NumPy: a row each, given by the scalar meaning.

Partials that are not stated here are derived from the formula, in derived.py. They are stated where the derived form
overflows, cancels, or is singular where a convention holds, or costs more; the row says which.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pullback.ir.core import Atom, Attrs
from pullback.ir.types import Array, Type
from pullback.primitives import inference, meanings
from pullback.primitives.expr import type_of_operand
from pullback.primitives.families.complex_parts import phase
from pullback.primitives.kinds import discrete, elementwise
from pullback.primitives.registry import MEANINGS, PRIMITIVES, NotCovered, means


def _in_float64(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    """float_power computes in float64 whatever it is given, as far as that is real."""
    (result,) = inference.elementwise(np.float_power)(operands, attrs)
    return (Array(np.dtype(float), result.shape),) if isinstance(result, Array) and result.dtype is None else (result,)


# Exponentials and logarithms.

exp = elementwise(np.exp, "exp(x)")
exp2 = elementwise(np.exp2, "2**x")
expm1 = elementwise(
    np.expm1,
    "exp(x) - 1",
    dx="out + 1.0",  # no second exponential
    doc={"accuracy": "absolute: out + 1 cancels where x is far below 0"},
)
log = elementwise(np.log, "log(x)")
log2 = elementwise(np.log2, "log(x)/log(2)")
log10 = elementwise(np.log10, "log(x)/log(10)")
log1p = elementwise(np.log1p, "log(1 + x)")
logaddexp = elementwise(
    np.logaddexp,
    "log(exp(x) + exp(y))",
    dx="exp(x - where(out == -1e999, 0.0, out))",  # the derived quotient overflows; -1e999 is -inf
    dy="exp(y - where(out == -1e999, 0.0, out))",
    constant={"dx": "exp(x - out)", "dy": "exp(y - out)"},
    doc={
        "singular": "0 where both are -inf; not a number where one is inf",
        "inexact": "max(abs(x), abs(y)) > 1e3",  # relative error abs(x) * eps, by the rounding of out
    },
)
logaddexp2 = elementwise(
    np.logaddexp2,
    "log(2**x + 2**y)/log(2)",
    dx="exp2(x - where(out == -1e999, 0.0, out))",
    dy="exp2(y - where(out == -1e999, 0.0, out))",
    constant={"dx": "exp2(x - out)", "dy": "exp2(y - out)"},
    doc={
        "singular": "0 where both are -inf; not a number where one is inf",
        "inexact": "max(abs(x), abs(y)) > 1e3",  # relative error abs(x) * eps, by the rounding of out
    },
)

# Powers and roots. Where a value is finite and its derivative is not, a cotangent of 0 stays 0: the other factor of the
# product is replaced there. (Where the value is infinite, too, the program says what it guards by `where`.)

sqrt = elementwise(
    np.sqrt, "sqrt(x)", dx="0.5 * g / where(g == 0, 1.0, out)", doc={"singular": "infinite at 0; of a norm 0"}
)
cbrt = elementwise(
    np.cbrt,
    "sign(x)*Abs(x)**Rational(1, 3)",
    dx="g / (3.0 * where(g == 0, 1.0, out * out))",  # the formula is complex for negative x
    doc={"singular": "infinite at 0"},
)
square = elementwise(np.square, "x**2")
reciprocal = elementwise(np.reciprocal, "1/x")
hypot = elementwise(
    np.hypot,
    "sqrt(x**2 + y**2)",
    dx="g * x / where(out == 0, 1, out)",
    dy="g * y / where(out == 0, 1, out)",
    doc={"singular": "0 at (0, 0)"},
)
float_power = elementwise(
    np.float_power,
    "x ** y",
    infer=_in_float64,
    dx="y * float_power(x, where(y == 0, 1, y - 1))",
    dy="out * log(where(x == 0, 1, x))",
    on_complex={"dy": "out * log(cast_to(where(x == 0, 1, x), out))"},
    doc={"singular": "as of power", "inexact": "x < 0 and abs(y) > 2**53"},
)

# Trigonometry.

sin = elementwise(np.sin, "sin(x)")
cos = elementwise(np.cos, "cos(x)")
tan = elementwise(np.tan, "tan(x)")
arcsin = elementwise(
    np.arcsin,
    "asin(x)",
    np.asin,
    dx="g / where(g == 0, 1.0, sqrt((1.0 - x) * (1.0 + x)))",  # 1 - x*x cancels near 1
    doc={"singular": "infinite at -1 and 1"},
)
arccos = elementwise(
    np.arccos,
    "acos(x)",
    np.acos,
    dx="-g / where(g == 0, 1.0, sqrt((1.0 - x) * (1.0 + x)))",
    doc={"singular": "infinite at -1 and 1"},
)
arctan = elementwise(np.arctan, "atan(x)", np.atan)
arctan2 = elementwise(
    np.arctan2,
    "atan2(x, y)",
    np.atan2,
    dx="g * y / where(hypot(x, y) == 0, 1, hypot(x, y)) / where(hypot(x, y) == 0, 1, hypot(x, y))",
    dy="-g * x / where(hypot(x, y) == 0, 1, hypot(x, y)) / where(hypot(x, y) == 0, 1, hypot(x, y))",
    doc={"singular": "0 at (0, 0)"},
)
sinh = elementwise(np.sinh, "sinh(x)")
cosh = elementwise(np.cosh, "cosh(x)")
tanh = elementwise(np.tanh, "tanh(x)", doc={"accuracy": "absolute: 1 - out**2 cancels where |x| is large"})
arcsinh = elementwise(
    np.arcsinh,
    "asinh(x)",
    np.asinh,
    dx="g / hypot(x, 1.0)",  # x*x overflows
    on_complex={"dx": "g / (sqrt(1.0 + 1j * x) * sqrt(1.0 - 1j * x))"},
)
arccosh = elementwise(
    np.arccosh,
    "acosh(x)",
    np.acosh,
    dx="g / where(g == 0, 1.0, sqrt(x - 1.0) * sqrt(x + 1.0))",
    doc={"singular": "infinite at 1"},
)
arctanh = elementwise(np.arctanh, "atanh(x)", np.atanh, dx="g / ((1.0 - x) * (1.0 + x))")
degrees = elementwise(np.degrees, "180*x/pi", np.rad2deg)
radians = elementwise(np.radians, "pi*x/180", np.deg2rad)
sinc = elementwise(
    np.sinc,
    "sin(pi*x)/(pi*x)",
    # the difference cancels near 0, where its series stands
    dx="where(absolute(x) < 0.05, -3.289868133696453 * x * (1.0 - 0.9869604401089358 * x * x * ("
    "1.0 - 0.3524858714674771 * x * x * (1.0 - 0.18276982224239552 * x * x * (1.0 - 0.11215459546692453 * x * x)))), "
    "(cos(3.141592653589793 * x) - out) / where(absolute(x) < 0.05, 1.0, x))",
    doc={"accuracy": "absolute: the difference cancels at the extrema"},
)

# Choices.

where = elementwise(
    np.where,
    "Piecewise((y, Ne(x, 0)), (z, True))",
    name="where",
    dx="0",
    dy="where(x, g, 0.0)",  # a product would let an infinity of g through the mask
    dz="where(x, 0.0, g)",
)
TIES = {"singular": "ties are shared equally; against a literal they count as the literal (relu'(0) = 0)"}
maximum = elementwise(
    np.maximum,
    "Max(x, y)",
    dx="g * (x > y) + 0.5 * g * (x == y)",
    dy="g * (y > x) + 0.5 * g * (x == y)",
    # Python compares no complex numbers; NumPy does, by the real part and then by the imaginary one
    on_complex={
        "dx": "g * ufunc_greater(x, y) + 0.5 * g * (x == y)",
        "dy": "g * ufunc_greater(y, x) + 0.5 * g * (x == y)",
    },
    constant={"dx": "out > y", "dy": "out > x"},
    doc=TIES,
)
minimum = elementwise(
    np.minimum,
    "Min(x, y)",
    dx="g * (x < y) + 0.5 * g * (x == y)",
    dy="g * (y < x) + 0.5 * g * (x == y)",
    on_complex={
        "dx": "g * ufunc_less(x, y) + 0.5 * g * (x == y)",
        "dy": "g * ufunc_less(y, x) + 0.5 * g * (x == y)",
    },
    constant={"dx": "out < y", "dy": "out < x"},
    doc=TIES,
)
fmax = elementwise(
    np.fmax,
    "Max(x, y)",
    dx="g * (x == out) - 0.5 * g * (x == y)",  # the other may be NaN, and compares false with all
    dy="g * (y == out) - 0.5 * g * (x == y)",
    constant={"dx": "out > y", "dy": "out > x"},
    doc=TIES,
)
fmin = elementwise(
    np.fmin,
    "Min(x, y)",
    dx="g * (x == out) - 0.5 * g * (x == y)",
    dy="g * (y == out) - 0.5 * g * (x == y)",
    constant={"dx": "out < y", "dy": "out < x"},
    doc=TIES,
)
clip = elementwise(
    np.clip,
    "Min(Max(x, y), z)",
    dx="(x > y) & (x < z)",
    dy="(x <= y) & (y < z)",
    dz="maximum(x, y) >= z",
    on_complex={
        "dx": "ufunc_greater(x, y) & ufunc_less(x, z)",
        "dy": "ufunc_less_equal(x, y) & ufunc_less(y, z)",
        "dz": "ufunc_greater_equal(maximum(x, y), z)",
    },
    doc={"singular": "at a bound the derivative is that of the bound"},
)
copysign = elementwise(
    np.copysign,
    "Abs(x)*Piecewise((1, y >= 0), (-1, True))",
    dx="sign(x) * copysign(1.0, y)",
    dy="0",
    doc={"singular": "0 at x = 0"},
)
heaviside = elementwise(
    np.heaviside,
    "Piecewise((0, x < 0), (y, Eq(x, 0)), (1, True))",
    dx="0",
    dy="x == 0",
    doc={"singular": "jumps at x = 0"},
)
nan_to_num = elementwise(
    np.nan_to_num,
    "x",
    infer=inference.real(inference.elementwise(np.nan_to_num), "np.nan_to_num"),
    dx="isfinite(x)",
)


@means(np.where)
def where_meaning(condition: Any, x: Any = None, y: Any = None) -> Any:
    if x is None or y is None:
        raise NotCovered("np.where with a condition only")
    return where(*(meanings.arrayed(v, (condition, x, y)) for v in (condition, x, y)))


@means(np.clip)
def clip_meaning(a: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Any:
    low, high = (a_min if min is None else min), (a_max if max is None else max)
    near = (a, low, high)
    a, low, high = (meanings.arrayed(v, near) for v in near)
    if low is None and high is None:
        return MEANINGS[np.positive](a)
    if low is None or high is None:
        return MEANINGS[np.minimum if low is None else np.maximum](a, high if low is None else low)
    return clip(a, low, high)


@means(np.nan_to_num)
def nan_to_num_meaning(x: Any, copy: Any = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    x = meanings.arrayed(x, x)
    if not meanings.static(copy, "copy"):
        raise NotCovered("`copy=False` of np.nan_to_num", "assign its result to the elements (`x[...] = ...`)")
    if posinf is None and neginf is None and nan == 0.0:
        return nan_to_num(x)
    dtype = inference.dtype_of(type_of_operand(x))
    if dtype is None or dtype.kind != "f":
        raise NotCovered("np.nan_to_num with values to put in, of what is not known to be real")
    limits = np.finfo(dtype)
    high, low = (float(limits.max) if posinf is None else posinf), (float(limits.min) if neginf is None else neginf)
    out = where(PRIMITIVES["isnan"](x), nan, x)
    out = where(x == np.inf, high, out)
    return where(x == -np.inf, low, out)


# Steps: their derivative is zero wherever there is one.


def step(ufunc: Any, formula: str) -> Any:
    prim = discrete(ufunc, inference.real(inference.elementwise(ufunc), f"np.{ufunc.__name__}"), formula=formula)
    MEANINGS[ufunc] = meanings.ufunc(prim)
    return prim


sign = step(np.sign, "sign(x)")


@means(np.sign)
def sign_meaning(x: Any) -> Any:
    x = meanings.arrayed(x, x)
    return phase(x) if inference.is_complex(type_of_operand(x)) else sign(x)


floor = step(np.floor, "floor(x)")
ceil = step(np.ceil, "ceiling(x)")
trunc = step(np.trunc, "sign(x)*floor(Abs(x))")
MEANINGS[np.fix] = MEANINGS[np.trunc]  # the same numbers; newer NumPy deprecates the name
rint = step(np.rint, "floor(x + Rational(1, 2))")


def _rounded(operands: Any, attrs: Any) -> Any:
    return inference.elementwise(np.round)(operands, attrs)


round_ = discrete(np.round, _rounded, np.round, np.around, name="round", accepts="a, decimals=0")
