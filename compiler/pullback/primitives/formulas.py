"""Partial derivatives, derived by SymPy from the formulas of the tables.

    python -m pullback.primitives.formulas        # writes derived.py

A derivative is `diff` of the formula with the formula itself replaced by `out`, and is never simplified: that would
turn 1 - tanh(x)**2 into cosh(x)**-2, which overflows.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from functools import reduce
from pathlib import Path
from typing import Any

import sympy

from pullback.ir.core import Primitive
from pullback.primitives import on_demand, tables
from pullback.primitives.registry import PRIMITIVES

x, y, z, w = SYMBOLS = sympy.symbols("x y z w", real=True)
OUT, G = sympy.symbols("out g", real=True)

FUNCTIONS = {
    "Abs": "absolute",
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
    "atan2": "arctan2",
    "ceiling": "ceil",
    "Max": "maximum",
    "Min": "minimum",
    "besselj": "jv",
    "bessely": "yv",
    "besseli": "iv",
    "besselk": "kv",
    "Ei": "expi",
    "expint": "expn",
    "elliptic_k": "ellipk",
    "elliptic_e": "ellipe",
}


def meaning(prim: Primitive, *operands: Any) -> Any:
    """The formula of an elementwise or discrete primitive, over x, y, z, w or the given expressions."""
    assert prim.formula is not None
    names = dict(zip("xyzw", operands or SYMBOLS, strict=False))
    trunc = {"trunc": lambda v: sympy.sign(v) * sympy.floor(sympy.Abs(v))}
    return eval(prim.formula, {**_VOCABULARY, **trunc, **names})


# functions that SymPy does not know, by the names that they have in mpmath
_CARLSON = ("elliprc", "elliprd", "elliprf", "elliprg", "elliprj", "agm")
_IN_MPMATH = ("struveh", "struvel", "ber", "bei", "ker", "kei", "hyperu", *_CARLSON)
_VOCABULARY = {
    **{name: getattr(sympy, name) for name in sympy.__all__},
    **{name: sympy.Function(name) for name in _IN_MPMATH},
    "Abs": sympy.Abs,
}


def derive() -> dict[str, tuple[str, ...]]:
    """The partials of every elementwise primitive that does not state all of its own."""
    return {
        name: partials(prim)
        for name, prim in PRIMITIVES.items()
        if prim.kind == "elementwise" and None in prim.doc["stated"] and "mirrors" not in prim.doc
    }


def partials(prim: Primitive) -> tuple[str, ...]:
    """The partials of one primitive, as text over x, y, z, out and g."""
    formula = meaning(prim)
    prefix = "math_" if prim.name.startswith("math_") else ""
    return tuple(contribution(sympy.diff(formula, v).subs(formula, OUT), prefix) for v in SYMBOLS[: prim.doc["arity"]])


def contribution(partial: sympy.Expr, prefix: str = "") -> str:
    """The text of a partial; of g times it, where the partial is a number over something.

    >>> contribution(1 / (1 + x**2)), contribution(1 - OUT**2)
    ('g / (x * x + 1.0)', '1.0 - out * out')
    """
    number, above, below = _fraction(partial)
    if partial.is_number:
        return _number(partial)
    if below and not above:
        return _Text(prefix).product(number, [G], below)
    return _Text(prefix).of(partial)


def _fraction(expr: sympy.Expr) -> tuple[sympy.Expr, list[sympy.Expr], list[sympy.Expr]]:
    """The numeric factor, the factors above and the factors below the line."""
    number: sympy.Expr = sympy.S.One
    above, below = [], []
    for factor in sympy.Mul.make_args(expr):
        if factor.is_number:
            number *= factor
        elif isinstance(factor, sympy.Pow) and factor.exp.is_number and factor.exp.is_negative:
            below.append(sympy.Pow(factor.base, -factor.exp))
        else:
            above.append(factor)
    return number, above, below


def _is_square(expr: sympy.Expr) -> bool:
    return isinstance(expr, sympy.Pow) and bool(expr.exp == 2)


def _number(value: sympy.Expr) -> str:
    return "1" if value == 1 else "-1" if value == -1 else "0" if value == 0 else repr(float(value))


class _Text:
    """Prints an expression as Python over the names of primitives. Numbers are floats, exponents ints."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix

    def of(self, expr: sympy.Expr) -> str:
        if expr.is_number:
            return repr(float(expr))
        match expr:
            case sympy.Symbol():
                return str(expr.name)
            case sympy.Add():
                terms = sorted(expr.args, key=lambda t: (t.could_extract_minus_sign(), t.is_number, str(t)))
                first, *rest = terms
                return self.of(first) + "".join(self._added(term) for term in rest)
            case sympy.Mul():
                return self.product(*_fraction(expr))
            case sympy.Pow(base=base, exp=exponent):
                return self._power(base, exponent)
            case sympy.Piecewise():
                return self._choice(list(expr.args))
            case sympy.Heaviside():
                return f"heaviside({self.of(expr.args[0])}, 0.5)"
            case sympy.Max() | sympy.Min():
                joined = [self.of(a) for a in expr.args]
                return reduce(lambda a, b: f"{FUNCTIONS[type(expr).__name__]}({a}, {b})", joined)
        name = type(expr).__name__
        return f"{self.prefix}{FUNCTIONS.get(name, name)}({', '.join(self.of(a) for a in expr.args)})"

    def _choice(self, arms: list[Any]) -> str:
        """`where` for `where`; the last condition of a Piecewise is True where it is defined everywhere."""
        (value, condition), *rest = arms
        if condition == sympy.true:
            return self.of(value)
        otherwise = self._choice(rest) if rest else "nan"
        return f"where({self._condition(condition)}, {self.of(value)}, {otherwise})"

    def _condition(self, condition: Any) -> str:
        if isinstance(condition, sympy.Rel) and condition.rel_op in ("<", "<=", ">", ">=", "==", "!="):
            return f"({self.of(condition.lhs)} {condition.rel_op} {self.of(condition.rhs)})"
        if isinstance(condition, sympy.And | sympy.Or):
            symbol = " & " if isinstance(condition, sympy.And) else " | "
            return f"({symbol.join(self._condition(c) for c in condition.args)})"
        raise NoText(f"the condition {condition} cannot be written as an array expression")

    def _added(self, term: sympy.Expr) -> str:
        if term.could_extract_minus_sign():
            return f" - {self.of(-term)}"
        return f" + {self.of(term)}"

    def product(self, number: sympy.Expr, above: list[sympy.Expr], below: list[sympy.Expr]) -> str:
        factors = [self._factor(f) for f in above]
        if abs(number) != 1 or not factors:
            factors.insert(0, repr(float(abs(number))))
        text = ("-" if number.is_negative else "") + " * ".join(factors)
        if not below:
            return text
        under = " * ".join(self._factor(f) for f in below)
        return f"{text} / ({under})" if len(below) > 1 or _is_square(below[0]) else f"{text} / {under}"

    def _factor(self, expr: sympy.Expr) -> str:
        text = self.of(expr)
        return f"({text})" if isinstance(expr, sympy.Add) else text

    def _power(self, base: sympy.Expr, exponent: sympy.Expr) -> str:
        if exponent == 2:
            return f"{self._factor(base)} * {self._factor(base)}"
        if exponent == sympy.Rational(1, 2):
            return f"{self.prefix}sqrt({self.of(base)})"
        if base == sympy.E or isinstance(base, sympy.exp):
            return f"{self.prefix}exp({self.of(exponent)})"
        inside = self._factor(base) if base.is_Symbol or isinstance(base, sympy.Add) else f"({self.of(base)})"
        return f"{inside} ** {int(exponent) if exponent.is_Integer else self.of(exponent)}"


class NoText(Exception):
    """A formula, or its derivative, cannot be written with primitives; the message says why."""


WORDS: Mapping[str, Any] = {
    **{name: getattr(sympy, word) for word, name in FUNCTIONS.items()},
    "log1p": lambda v: sympy.log(1 + v),
    "expm1": lambda v: sympy.exp(v) - 1,
    "exp2": lambda v: 2**v,
    "where": lambda c, a, b: sympy.Piecewise((a, c), (b, True)),
}
"""What formulas may say besides SymPy's own words: those of NumPy."""


def formula_of_user(formula: str, names: Sequence[str]) -> tuple[str, dict[str, str]]:
    """A formula over a function's own parameters, and its partials, over x, y, z, w.

    Raises:
        NoText: it cannot be read, says what is unknown, leaves a parameter out, or has no derivative in primitives.

    >>> formula_of_user("t * sigma", ["t", "sigma"])
    ('x*y', {'dx': 'y', 'dy': 'x'})
    """
    symbols = dict(zip(names, SYMBOLS, strict=False))
    try:
        words = {node.id for node in ast.walk(ast.parse(formula, mode="eval")) if isinstance(node, ast.Name)}
    except SyntaxError as error:
        raise NoText(f"`{formula}` is no Python expression: {error.msg}") from None
    if unknown := sorted(words - symbols.keys() - _VOCABULARY.keys() - WORDS.keys()):
        raise NoText(
            f"`{unknown[0]}` in `{formula}` is neither a parameter ({', '.join(names)}) nor a function of SymPy"
        )
    if missing := [name for name in names if name not in words]:
        raise NoText(f"the parameter `{missing[0]}` does not occur in `{formula}`")
    try:
        expression = sympy.sympify(eval(formula, {**_VOCABULARY, **WORDS, **symbols}))
    except Exception as error:  # whatever SymPy makes of it
        raise NoText(f"`{formula}` has no meaning in SymPy: {error}") from error
    texts = {}
    for symbol in [*symbols.values()]:
        partial = sympy.diff(expression, symbol)
        if expression != symbol and expression.args:
            partial = partial.subs(expression, OUT)
        if partial.has(sympy.Derivative, sympy.Subs, sympy.Integral, sympy.DiracDelta):
            raise NoText(f"SymPy knows no derivative of `{formula}` by `{symbol}` that can be computed")
        texts[f"d{symbol}"] = text = contribution(partial)
        called = {
            n.func.id for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
        }
        if unwritten := sorted(called - PRIMITIVES.keys()):
            raise NoText(
                f"the derivative of `{formula}` needs `{unwritten[0]}`, which is no primitive"
                + (", unless scipy.special is imported" if not on_demand.is_loaded("scipy.special") else "")
            )
    return str(expression), texts


def module_text(table: dict[str, tuple[str, ...]]) -> str:
    """The source of derived.py."""
    rows = "".join(f"    {name!r}: {texts!r},\n" for name, texts in sorted(table.items())).replace("'", '"')
    return (
        '"""Partial derivatives derived by SymPy from the formulas of the tables. Generated; run `make derive`."""\n\n'
        f"PARTIALS: dict[str, tuple[str, ...]] = {{\n{rows}}}\n"
    )


def main() -> None:
    """Write derived.py."""
    Path(__file__).with_name("derived.py").write_text(module_text(derive()))


# Every primitive on symbols.


__all__ = [
    "contribution",
    "derive",
    "meaning",
    "module_text",
    "partials",
    "tables",
]

if __name__ == "__main__":
    main()
