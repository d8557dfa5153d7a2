"""Calls of what is given a function: the function is traced, and the library calls it in the generated code."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from pullback.errors import MissingRuleError
from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.state import Callee, is_library
from pullback.frontend.abstract.values import AbstractValue
from pullback.frontend.calls.arguments import Activation
from pullback.frontend.calls.callees import Callees
from pullback.ir.builder import Builder
from pullback.ir.core import Atom, Block, Const, Op, Value, walk
from pullback.ir.effects import EFFECT
from pullback.ir.functionals import callee_of
from pullback.ir.rewrite import inline_block
from pullback.ir.types import is_numeric
from pullback.primitives.expr import hashable
from pullback.primitives.functionals import Functional
from pullback.primitives.registry import MEANINGS, NotCovered

LEAVES = ("dynamic", "array", "number", "cell")


def given(function: Any, args: Any, *variables: Any) -> Any:
    """What a library calls, where that is no function that is written down."""
    return function(*variables, *args)


class Functionals(Callees):
    """Calls of functions of libraries that are given a function."""

    def call_functional(
        self, row: Functional, function: Any, args: list[AbstractValue], kwargs: dict[str, AbstractValue]
    ) -> AbstractValue:
        """Call a function of a library that is given a function."""
        name = self.spelling(function)
        if self.tries:
            raise self.refusal(
                f"`{name}` is called in a `try`",
                "what the function raises that it is given would go to the handler, and is not followed there",
                "call it outside the `try`",
            )
        try:
            bound = row.signature.bind(*args, **kwargs)
        except TypeError as error:
            raise self.users_error(error) from None
        values = dict(bound.arguments)
        called, extra = values.pop(next(iter(values))), self.checked(values.pop("args", av.Tuple(())))
        if isinstance(extra, av.Known) and extra.value in ((), None):
            extra = av.Tuple(())
        operands = [self.number_or_array(values.pop(k), k, name) for k in row.operands]
        named = [k for k in row.named if k in values and not self.is_static(values[k])]
        operands += [self.number_or_array(self.call(av.Known(np.array), [values.pop(k)], {}), k, name) for k in named]
        try:
            options = row.options({k: hashable(self.static_value(v)) for k, v in values.items()})
            types_ = [o.type for o in operands[: len(row.operands)]]
            variables = [Value(t) for t in row.variables(*types_)]
            handed_on: list[AbstractValue] = list(extra.items) if isinstance(extra, av.Tuple) else [extra]
            label, captured, result = self.function_of(called, variables, handed_on, row, name)
            kinds = row.results(result.type, *types_)
        except NotCovered as error:
            raise self.refusal(
                f"`{name}` is used in a way that has no derivative rule",
                str(error),
                error.instead,
                kind=MissingRuleError,
            ) from None
        attrs = {
            "callee": label,
            "own": len(operands),
            "named": tuple(named),
            "variables": len(variables),
            "types": kinds,
            "options": options,
        }
        made = self.builder.append(row.prim, (*operands, *captured), attrs, kinds)
        found = tuple(map(self.value_of, made))
        return found[0] if len(found) == 1 else av.Tuple(found)

    def number_or_array(self, value: AbstractValue, parameter: str, name: str) -> Atom:
        """What a library is given besides the function."""
        atom = self.leaf(self.checked(value))
        if atom is None or not is_numeric(atom.type):
            raise self.refusal(
                f"`{parameter}` of `{name}` is {self.describe(value)}",
                "a number or an array is expected",
                "pass one",
            )
        return atom

    def function_of(
        self, called: AbstractValue, variables: list[Value], extra: list[AbstractValue], row: Functional, name: str
    ) -> tuple[str, tuple[Atom, ...], Atom]:
        """The label of the function that a library calls, what else it is handed on, and its result."""
        activation = self.activation_of(called, [self.value_of(v) for v in variables], extra)
        made = self.function_for(activation)
        if made is None:
            raise self.refusal(
                f"`{name}` is given `{activation.code.name}`, which changes or hands on what its caller sees",
                "how often it is called, and where, is the library's choice",
                "give it a function that computes a number and changes nothing",
            )
        callee, flattener = made
        if callee.function is None or callee.result is None:
            raise self.refusal(
                f"`{name}` is given `{activation.code.name}`, which calls it",
                "such a recursion is not followed",
                "write it without recursion",
            )
        if any(op.prim is EFFECT for op in self.operations_of(callee)):
            raise self.refusal(
                f"`{name}` is given `{activation.code.name}`, which prints, raises, or draws at random",
                "how often it is called, and where, is the library's choice",
                "do so before the call",
            )
        constant = callee.result.tag.value if callee.result.kind == "known" else None
        if callee.result.kind not in LEAVES and not isinstance(constant, int | float):
            raise self.refusal(
                f"`{name}` is given `{activation.code.name}`, which does not return a number",
                "Python raises TypeError here, or it is not understood",
                "return one number",
            )
        atoms: list[Atom] = [*flattener.atoms, *(self.hidden_value(key) for key in callee.hidden)]
        places = [atoms.index(v) for v in variables]
        others = [k for k in range(len(atoms)) if k not in places]
        order = [*places, *others]
        results: tuple[Atom, ...] = (Const(constant),) if constant is not None else callee.function.results
        label = callee.label
        if order != list(range(len(atoms))) or constant is not None or callee.stem == "function":
            label = self.as_called(callee, order, results, row).label
        return label, tuple(atoms[k] for k in others), results[0]

    def as_called(self, callee: Callee, order: list[int], results: tuple[Atom, ...], row: Functional) -> Callee:
        """The same function with its parameters in the order in which the library calls it."""
        assert callee.function is not None
        stem = row.stem if callee.stem == "function" else callee.stem
        made = replace(callee, number=len(self.session.functions_traced), stem=stem, active=False)
        block = callee.function.block
        params = tuple(replace(p) for p in block.params)
        builder = Builder()
        with builder.region() as ops:
            out = inline_block(replace(block, results=results), params, builder)
        made.function = replace(callee.function, block=Block(tuple(params[k] for k in order), tuple(ops), out))
        self.session.functions_traced.append(made)
        return made

    def operations_of(self, callee: Callee) -> Iterator[Op]:
        """All operations that a function runs, in functions that it calls too."""
        by_label = {made.label: made for made in self.session.functions_traced}
        waiting, seen = [callee.label], {callee.label}
        while waiting:
            function = by_label[waiting.pop()].function
            for op in walk(function.block) if function is not None else ():
                yield op
                label = callee_of(op)
                if label is not None and label not in seen:
                    seen.add(label)
                    waiting.append(label)

    def activation_of(
        self, called: AbstractValue, variables: list[AbstractValue], extra: list[AbstractValue]
    ) -> Activation:
        """The call that the library makes."""
        called = self.used(called, "is called")
        match called:
            case av.Closure(code=code) if not is_library(code.file):
                return self.activation(called, [*variables, *extra], {})
            case av.Known(value=types.FunctionType() as known) if known not in MEANINGS and not self.is_library(known):
                return self.activation(called, [*variables, *extra], {})
        return self.activation(av.Known(given), [called, av.Tuple(tuple(extra)), *variables], {})
