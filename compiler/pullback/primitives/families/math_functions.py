"""The functions of `math`, and Python's builtins on numbers: their results are Python numbers.

A row takes formula and partials from the NumPy function of the same meaning, with `math` for NumPy inside.
"""

from __future__ import annotations

import builtins
import math
import re
from collections.abc import Callable
from typing import Any

from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import BOOL, FLOAT, INT, UNKNOWN, Array, Scalar, Type, rank
from pullback.primitives import inference
from pullback.primitives.expr import Expr, type_of_operand
from pullback.primitives.families.arithmetic import absolute, power
from pullback.primitives.inference import dtype_of, sample_result
from pullback.primitives.kinds import discrete, elementwise
from pullback.primitives.registry import MEANINGS, PRIMITIVES, NeedsStatic, NotCovered, means

LIKE_NUMPY: dict[Callable[..., Any], str] = {
    math.exp: "exp",
    math.exp2: "exp2",
    math.expm1: "expm1",
    math.log2: "log2",
    math.log10: "log10",
    math.log1p: "log1p",
    math.log: "log",
    math.sqrt: "sqrt",
    math.cbrt: "cbrt",
    math.sin: "sin",
    math.cos: "cos",
    math.tan: "tan",
    math.asin: "arcsin",
    math.acos: "arccos",
    math.atan: "arctan",
    math.atan2: "arctan2",
    math.sinh: "sinh",
    math.cosh: "cosh",
    math.tanh: "tanh",
    math.asinh: "arcsinh",
    math.acosh: "arccosh",
    math.atanh: "arctanh",
    math.hypot: "hypot",
    math.fabs: "fabs",
    math.copysign: "copysign",
    math.degrees: "degrees",
    math.radians: "radians",
    math.fmod: "fmod",
    math.pow: "float_power",
}
_TWINS = {numpy: f"math_{python.__name__}" for python, numpy in LIKE_NUMPY.items()}


def in_math(text: str) -> str:
    """A partial over NumPy's functions as one over those of `math`.

    >>> in_math("exp(x - out)")
    'math_exp(x - out)'
    """
    return re.sub(r"\b[a-z]\w*(?=\()", lambda m: _TWINS.get(m[0], m[0]), text)


def number_meaning(prim: Primitive, arity: int) -> Callable[..., Any]:
    """The meaning of a function that takes numbers only."""

    def meaning(*operands: Any) -> Any:
        if len(operands) != arity:
            raise NotCovered(f"{prim.spelling} of {len(operands)} arguments")
        for operand in operands:
            if rank(type_of_operand(operand)):
                raise NotCovered(f"{prim.spelling} of an array")
        return prim(*operands)

    return meaning


def _row(python: Callable[..., Any], numpy: str) -> None:
    source = PRIMITIVES[numpy]
    arity = source.doc["arity"]
    texts: dict[str, Any] = {f"d{v}": in_math(t) for v, t in zip("xyz", source.doc["partials"], strict=False)}
    elementwise(
        python,
        source.formula or "",
        name=f"math_{python.__name__}",
        spelling=f"math.{python.__name__}",
        infer=inference.fixed(FLOAT),
        meaning=lambda prim: number_meaning(prim, arity),
        doc={"mirrors": numpy} | {k: v for k, v in source.doc.items() if k in ("singular", "accuracy", "inexact")},
        **texts,
    )


for _python, _numpy in LIKE_NUMPY.items():
    _row(_python, _numpy)


def _special(python: Callable[..., Any], formula: str) -> None:
    elementwise(
        python,
        formula,
        name=f"math_{python.__name__}",
        spelling=f"math.{python.__name__}",
        infer=inference.fixed(FLOAT),
        meaning=lambda prim: number_meaning(prim, 1),
    )


_special(math.erf, "erf(x)")
_special(math.erfc, "erfc(x)")

for _python, _type, _formula in (
    (math.floor, INT, "floor(x)"),
    (math.ceil, INT, "ceiling(x)"),
    (math.trunc, INT, "sign(x)*floor(Abs(x))"),
    (math.isnan, BOOL, None),
    (math.isinf, BOOL, None),
    (math.isfinite, BOOL, None),
):
    _prim = discrete(
        _python,
        inference.fixed(_type),
        name=f"math_{_python.__name__}",
        spelling=f"math.{_python.__name__}",
        formula=_formula,
    )
    MEANINGS[_python] = number_meaning(_prim, 1)


_natural_log = MEANINGS[math.log]


@means(math.log)
def log_to_base(x: Any, base: Any = None) -> Any:
    if base is None:
        return _natural_log(x)
    return PRIMITIVES["divide"](_log(x), _log(base))


def _log(x: Any) -> Any:
    return _natural_log(x) if isinstance(x, Expr) else math.log(x)


# Builtins.


for _python, _type, _arity in (
    (math.ulp, FLOAT, 1),
    (math.isqrt, INT, 1),
    (math.factorial, INT, 1),
    (math.comb, INT, 2),
    (math.perm, INT, 2),
    (math.gcd, INT, 2),
    (math.lcm, INT, 2),
    (math.isclose, BOOL, 2),
):
    _prim = discrete(
        _python, inference.fixed(_type), name=f"math_{_python.__name__}", spelling=f"math.{_python.__name__}"
    )
    MEANINGS[_python] = number_meaning(_prim, _arity)

abs_ = elementwise(
    abs,
    "Abs(x)",
    name="abs",
    spelling="abs",
    dx="sign(x)",
    on_complex={"dx": "conj(phase(x))"},
    doc={"singular": "abs'(0) = 0"},
)


@means(builtins.abs)
def abs_meaning(x: Any) -> Any:
    return absolute(x) if rank(type_of_operand(x)) else abs_(x)


def _either(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    """`max` and `min` return one of their operands, which are numbers: the type that holds both."""
    types = [o.type for o in operands]
    if any(isinstance(t, Array) and t.shape is None for t in types):
        return (UNKNOWN,)
    result = sample_result(_sum, operands)
    if all(isinstance(t, Scalar) for t in types):
        return (result if isinstance(result, Scalar) else FLOAT,)
    return (Array(None if result is None else dtype_of(result), ()),)


def _sum(x: Any, y: Any) -> Any:
    return x + y


def _choice(python: Callable[..., Any], numpy: str) -> Callable[..., Any]:
    source = PRIMITIVES[numpy]
    dx, dy = source.doc["partials"]
    prim = elementwise(
        python,
        source.formula or "",
        name=f"builtin_{python.__name__}",
        spelling=python.__name__,
        infer=_either,
        constant=source.doc["constant"],
        doc={"singular": source.doc["singular"]},
        dx=dx,
        dy=dy,
    )

    def meaning(*operands: Any, key: Any = None, default: Any = None) -> Any:
        if key is not None or default is not None:
            raise NotCovered(f"`key=` and `default=` of {python.__name__}()")
        items = operands[0] if len(operands) == 1 else operands
        if isinstance(items, Expr):
            raise NotCovered(f"{python.__name__}() over the elements of an array", f"use np.{python.__name__}")
        if any(rank(type_of_operand(item)) for item in items):
            raise NotCovered(f"{python.__name__}() of arrays", f"use np.{numpy}")
        best = items[0]
        for item in items[1:]:
            best = prim(best, item)
        return best

    return meaning


MEANINGS[builtins.max] = _choice(builtins.max, "maximum")
MEANINGS[builtins.min] = _choice(builtins.min, "minimum")


@means(builtins.pow)
def pow_meaning(base: Any, exp: Any, mod: Any = None) -> Any:
    if mod is not None:
        raise NotCovered("pow() of three arguments")
    return power(base, exp)


def _round(x: Any, ndigits: int | None = None) -> Any:
    return round(x, ndigits) if ndigits is not None else round(x)


def _rounded(operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Type, ...]:
    t = operands[0].type
    return (INT if attrs["ndigits"] is None and rank(t) == 0 else t,)


builtin_round = discrete(_round, _rounded, name="builtin_round", spelling="round")


@means(builtins.round)
def round_meaning(number: Any, ndigits: Any = None) -> Any:
    if isinstance(ndigits, Expr):
        raise NeedsStatic(ndigits, "ndigits")
    if rank(type_of_operand(number)):
        raise NotCovered("round() of an array", "use np.round")
    return builtin_round(number, ndigits=ndigits)
