"""All primitives by name, and what each public function of NumPy, `math` and `operator` means.

A *meaning* is a function over pens (`pullback.primitives.expr.Expr`) and static Python values, with the parameters
of the function that it stands for. A primitive is its own meaning when it has no attributes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pullback.ir.core import Primitive

PRIMITIVES: dict[str, Primitive] = {}
MEANINGS: dict[Any, Callable[..., Any]] = {}


class NeedsStatic(Exception):
    """A meaning needs a parameter's value at compile time: an axis, a count. `pen` is what it was given."""

    def __init__(self, pen: Any, parameter: str) -> None:
        self.pen = pen
        self.parameter = parameter
        super().__init__(parameter)


class NotCovered(Exception):
    """A supported function is used in a way that has no rule yet; the message says which."""


def register(prim: Primitive, *functions: Any) -> Primitive:
    """Add a primitive to the table; `functions` are the public functions that mean it."""
    if prim.name in PRIMITIVES:
        raise ValueError(f"primitive {prim.name} is defined twice")
    PRIMITIVES[prim.name] = prim
    for function in functions:
        MEANINGS[function] = prim
    return prim


def means(*functions: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator: the decorated function over pens is what `functions` mean."""

    def decorate(meaning: Callable[..., Any]) -> Callable[..., Any]:
        for function in functions:
            MEANINGS[function] = meaning
        return meaning

    return decorate
