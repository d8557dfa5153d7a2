"""The functions of `math`, and Python's builtins on numbers: their results are Python numbers.

A row takes formula and partials from the NumPy function of the same meaning, with `math` for NumPy inside.
"""

from __future__ import annotations

import builtins
import functools
import math
import re
from collections.abc import Callable
from typing import Any

import pullback_runtime
from pullback.ir.core import Atom, Attrs, Primitive
from pullback.ir.types import BOOL, FLOAT, INT, UNKNOWN, Array, Scalar, Type, rank
from pullback.primitives import inference, meanings
from pullback.primitives.expr import Expr, type_of_operand
from pullback.primitives.families.arithmetic import absolute, power
from pullback.primitives.inference import dtype_of, has_dtype, sample_result
from pullback.primitives.kinds import discrete, elementwise, general, total
from pullback.primitives.partials import NEIGHBOURS
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


def _special(python: Callable[..., Any], formula: str, doc: Any = None, **partials: Any) -> None:
    elementwise(
        python,
        formula,
        name=f"math_{python.__name__}",
        spelling=f"math.{python.__name__}",
        infer=inference.fixed(FLOAT),
        meaning=lambda prim: number_meaning(prim, prim.doc["arity"]),
        doc=doc,
        **partials,
    )


_special(math.erf, "erf(x)")
_special(math.erfc, "erfc(x)")

# The gamma function: DLMF 5.
elementwise(
    pullback_runtime.polygamma,
    "polygamma(x, y)",
    name="math_polygamma",
    spelling="polygamma",
    infer=inference.fixed(FLOAT),
    doc={"domain": ((1, 3), (0.3, 3.0)), "singular": "poles at 0, -1, -2, ..."},
    dx="undefined: its order is a count",
    dy="math_polygamma(x + 1, y)",
)
del MEANINGS[pullback_runtime.polygamma]  # it serves the rules only
_VANISHING = {"accuracy": "absolute: the digamma function has a zero at 1.46"}
_GAMMA = {"domain": ((0.3, 3.0),), "singular": "poles at 0, -1, -2, ...", **_VANISHING}
_special(math.gamma, "gamma(x)", _GAMMA, dx="out * math_polygamma(0, x)")
_special(math.lgamma, "log(Abs(gamma(x)))", _GAMMA, dx="math_polygamma(0, x)")
if hasattr(math, "fma"):
    _special(math.fma, "x*y + z", dx="y", dy="x", dz="1")
_special(math.nextafter, "x + 0*y", {"domain": ((0.3, 3.0),) * 2}, dx=NEIGHBOURS, dy=NEIGHBOURS)

# A power of two times a number, and the parts of a number.

math_ldexp: Primitive = general(
    math.ldexp,
    lambda g, out, x, i: (math_ldexp(g, i), None),
    lambda tangents, out, x, i: None if tangents[0] is None else math_ldexp(tangents[0], i),
    inference.fixed(FLOAT),
    name="math_ldexp",
    spelling="math.ldexp",
)
math_frexp: Primitive = general(
    math.frexp,
    lambda g, out, x: None if g[0] is None else math_ldexp(g[0], -out[1]),
    lambda tangents, out, x: (math_ldexp(tangents[0], -out[1]), None),
    inference.fixed(FLOAT, INT),
    name="math_frexp",
    spelling="math.frexp",
)
math_modf: Primitive = general(
    math.modf,
    lambda g, out, x: g[0],  # the integral part is constant between integers
    lambda tangents, out, x: (tangents[0], None),
    inference.fixed(FLOAT, FLOAT),
    name="math_modf",
    spelling="math.modf",
)


def _quotient(out: Any, x: Any, y: Any) -> Any:
    """The integer n of out = x - n y, which is infinite where it is beside a `y` that is nothing to `x`."""
    return builtin_round((x - out) / y, ndigits=None)


math_remainder: Primitive = general(
    math.remainder,
    lambda g, out, x, y: (g, -g * _quotient(out, x, y)),
    lambda tangents, out, x, y: total(
        [tangents[0], None if tangents[1] is None else -tangents[1] * _quotient(out, x, y)]
    ),
    inference.fixed(FLOAT),
    name="math_remainder",
    spelling="math.remainder",
)


for _prim, _arity in ((math_ldexp, 2), (math_frexp, 1), (math_modf, 1), (math_remainder, 2)):
    MEANINGS[_prim.evaluate] = number_meaning(_prim, _arity)


# The length of a vector of three and more numbers.

math_length: Primitive = general(
    math.hypot,
    lambda g, out, *xs: tuple(g * (x / _not_zero(out)) for x in xs),
    lambda tangents, out, *xs: total(
        [t * (x / _not_zero(out)) for t, x in zip(tangents, xs, strict=True) if t is not None]
    ),
    inference.fixed(FLOAT),
    name="math_length",
    spelling="math.hypot",
)
math_dist: Primitive = general(
    math.dist,
    lambda g, out, p, q: (g * ((p - q) / _not_zero(out)), g * ((q - p) / _not_zero(out))),
    lambda tangents, out, p, q: total(
        [
            None if t is None else PRIMITIVES["float"](PRIMITIVES["sum"](t * side / _not_zero(out)))
            for t, side in zip(tangents, (p - q, q - p), strict=True)
        ]
    ),
    inference.fixed(FLOAT),
    name="math_dist",
    spelling="math.dist",
)
_hypot = MEANINGS[math.hypot]


@means(math.dist)
def dist_meaning(p: Any, q: Any, /) -> Any:
    """Of vectors, which may be arrays."""
    return math_dist(meanings.arrayed(p, (p, q)), meanings.arrayed(q, (p, q)))


def _not_zero(length: Any) -> Any:
    return PRIMITIVES["float"](PRIMITIVES["where"](length == 0.0, 1.0, length))


@means(math.hypot)
def hypot_meaning(*coordinates: Any) -> Any:
    match len(coordinates):
        case 1:
            return MEANINGS[math.fabs](*coordinates)
        case 2:
            return _hypot(*coordinates)
    return number_meaning(math_length, len(coordinates))(*coordinates)


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


# Of ints.


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


def _folded(python: Callable[..., Any]) -> Callable[..., Any]:
    """`math.gcd` and `math.lcm` take any number of ints."""
    pair = MEANINGS[python]

    def meaning(first: Any, *rest: Any) -> Any:
        if not rest:
            return pair(first, first)
        return functools.reduce(pair, rest, first)

    return meaning


MEANINGS[math.gcd], MEANINGS[math.lcm] = _folded(math.gcd), _folded(math.lcm)
_arrangements = MEANINGS[math.perm]


@means(math.perm)
def perm_meaning(n: Any, k: Any = None, /) -> Any:
    return MEANINGS[math.factorial](n) if k is None else _arrangements(n, k)


# Builtins.

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
    dtype = None if result is None else dtype_of(result)
    is_told = dtype is not None and all(has_dtype(t, dtype) or (dtype == "f8" and _is_int(t)) for t in types)
    return (Array(dtype if is_told else None, ()),)  # functions of a Python float are float64, beside float32 too


def _is_int(t: Type) -> bool:
    return isinstance(t, Scalar) and t.kind in ("int", "bool")


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
            if rank(items.type) != 1:
                raise NotCovered(
                    f"{python.__name__}() of what is not known to be a vector", f"use np.{python.__name__}"
                )
            return PRIMITIVES[f"builtin_{python.__name__}_of"](items)
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
