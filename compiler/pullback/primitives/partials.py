"""Partial derivatives as texts: over x, y, z, w and out, where every function name is a primitive."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from pullback.ir.core import Const
from pullback.primitives.expr import Expr
from pullback.primitives.fitting import cast_to
from pullback.primitives.registry import PRIMITIVES, NoDerivative

VARIABLES = ("x", "y", "z", "w")
UNDEFINED = "undefined: "
NEIGHBOURS = f"{UNDEFINED}the neighbour of a floating-point number is no function of real numbers"


@cache
def _compiled(text: str) -> Callable[..., Any]:
    code: Callable[..., Any] = eval(f"lambda x, y, z, w, out, g: {text}", _Namespace())
    return code


@cache
def _mentions_g(text: str) -> bool:
    return "g" in names_in(text)


class _Namespace(dict[str, Any]):
    """Names in partials are primitives; `cast_to(x, out)` makes a real base complex where the power is."""

    def __missing__(self, name: str) -> Any:
        return cast_to if name == "cast_to" else PRIMITIVES[name]


def partial(text: str, operands: Sequence[Any], out: Any, g: Any = 1.0) -> Any:
    """Evaluate a partial derivative, given as text over x, y, z, w, out (and g)."""
    x, y, z, w = [*operands, None, None, None][:4]
    return _compiled(text)(x, y, z, w, out, g)


def refuse_undefined(k: int, text: str, spelling: str) -> None:
    """Refuse a partial that does not exist, or of which no formula is known: the text says why."""
    if text.startswith(UNDEFINED):
        ordinal = ("first", "second", "third", "fourth")[k]
        raise NoDerivative(f"`{spelling}` by its {ordinal} argument", text.removeprefix(UNDEFINED))


def scaled(g: Any, text: str, operands: Sequence[Any], out: Any) -> Any:
    """The product g * partial; None where the partial is structurally zero."""
    match text:
        case "0":
            return None
        case "1":
            return g
        case "-1":
            return -g
    if _mentions_g(text):
        return partial(text, operands, out, g)
    return g * partial(text, operands, out)


def chosen_text(k: int, text: str, operands: Sequence[Any], constant: Mapping[str, str | Callable[..., str]]) -> str:
    """The k-th partial: the one for literal constants where all the other operands are such."""
    special = constant.get(f"d{VARIABLES[k]}")
    others = [literal(o) for o in (*operands[:k], *operands[k + 1 :])]
    if special is None or None in others:
        return text
    return special if isinstance(special, str) else special(*others)


def literal(operand: Any) -> int | float | None:
    value = operand.atom if isinstance(operand, Expr) else operand
    value = value.value if isinstance(value, Const) else value
    return value if isinstance(value, int | float) and not isinstance(value, np.generic) else None


@cache
def names_in(formula: str) -> frozenset[str]:
    """The names of variables and functions.

    >>> sorted(names_in("1e5*x**2 - log(y)"))
    ['log', 'x', 'y']
    """
    return frozenset(re.findall(r"\b[A-Za-z_]\w*", formula))
