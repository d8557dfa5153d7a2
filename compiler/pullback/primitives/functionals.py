"""What is known of a function of a library that is given a function: `scipy.integrate.quad`.

The function becomes one of the generated code, which the library calls: the first of its parameters are the library's,
the others are what it is handed on by `args` and what it reads around it. The derivative is the library's function
again, of the derivative of that function, so that such rows are closed under differentiation.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from pullback.ir.core import Primitive
from pullback.ir.types import Type
from pullback.primitives.registry import FUNCTIONALS, NotCovered

Types = tuple[Type, ...]


class Functional:
    """One row.

    Args:
        prim: the primitive (`pullback.ir.functionals`).
        accepts: the parameters of the library's function.
        operands: those of them that are numbers or arrays; besides these there are the function, which comes first, and
            `args`. What is left are options, known when compiling,
        named: but for those of them that may be computed.
        refused: options that are not covered, and what to do instead.
        variables: the types of what the function is called with, from those of the operands.
        results: the types of the results, from those of what the function gives, of the operands, and of those `named`;
            `size` is a dimension that the library chooses.
        stem: what a function without a name is called.
        swapped: the option that changes the order of the two variables.
        pairs: those of the operands that are given as a pair, `(t0, t1)`.
        as_array: whether the function gives an array, or a sequence of numbers, else a number.
        attributes: where the result is an object: the attribute that is computed, and the parameters that others are.
        unknown: its other attributes.
        unpacks: whether `args` may be any sequence; else what is no tuple is the one argument.
    """

    def __init__(
        self,
        prim: Primitive,
        accepts: str,
        operands: tuple[str, ...],
        refused: Mapping[str, str],
        variables: Callable[..., Types],
        results: Callable[..., Types],
        stem: str,
        swapped: str = "",
        named: tuple[str, ...] = (),
        pairs: tuple[str, ...] = (),
        as_array: bool = False,
        attributes: Mapping[str, str] | None = None,
        unknown: tuple[str, ...] = (),
        unpacks: bool = False,
    ) -> None:
        self.prim = prim
        self.accepts = accepts
        self.operands = operands
        self.refused = refused
        self.variables = variables
        self.results = results
        self.stem = stem
        self.swapped = swapped
        self.named = named
        self.pairs = pairs
        self.as_array = as_array
        self.attributes = attributes or {}
        self.unknown = unknown
        self.unpacks = unpacks

    @property
    def wanted(self) -> str:
        """What the function has to return."""
        return "an array, or a list of numbers" if self.as_array else "a number"

    @cached_property
    def signature(self) -> inspect.Signature:
        """The parameters of the library's function."""
        return inspect.signature(eval(f"lambda {self.accepts}: None", {"np": np}))

    def options(self, given: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
        """The options that are given and differ from their defaults.

        Raises:
            NotCovered: one of them is refused.
        """
        found = []
        for name, value in given.items():
            if type(value) is type(default := self.signature.parameters[name].default) and value == default:
                continue
            if name in self.refused:
                raise NotCovered(f"`{name}=` of {self.prim.spelling}", self.refused[name])
            found.append((name, value))
        return tuple(found)


class Repeated:
    """A row of what calls such a function in turn: `written` is Python for the interpreter, and gives the value; the
    error beside it is not followed.
    """

    def __init__(self, written: Callable[..., Any]) -> None:
        self.written = written


def takes_function(function: Any, row: Functional | Repeated) -> None:
    """Enter a row for a public function."""
    FUNCTIONALS[function] = row
