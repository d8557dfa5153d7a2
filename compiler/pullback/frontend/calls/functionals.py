"""Calls of what is given a function: the function is traced, and the library calls it in the generated code."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from pullback.errors import MissingRuleError
from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.patterns import Pattern
from pullback.frontend.abstract.state import Callee
from pullback.frontend.abstract.values import AbstractValue, Container, Ref, is_none
from pullback.frontend.calls.arguments import Activation
from pullback.frontend.calls.callees import Callees
from pullback.ir.builder import Builder
from pullback.ir.core import Atom, Block, Const, Op, Value, walk
from pullback.ir.effects import EFFECT
from pullback.ir.functionals import callee_of
from pullback.ir.rewrite import inline_block
from pullback.ir.types import Sym, is_numeric, rank
from pullback.primitives.expr import Expr, hashable
from pullback.primitives.functionals import Functional, Repeated
from pullback.primitives.registry import MEANINGS, NotCovered

LEAVES = ("dynamic", "array", "number", "cell", "view of")


def given(function: Any, args: Any, *variables: Any) -> Any:
    """What a library calls, where that is no function that is written down."""
    return function(*variables, *args)


def given_anew(function: Any, args: Any, *variables: Any) -> Any:
    """What a library calls, where that returns what it is given."""
    return np.array(function(*variables, *args))


class Functionals(Callees):
    """Calls of functions of libraries that are given a function."""

    def call_functional(
        self, row: Functional | Repeated, function: Any, args: list[AbstractValue], kwargs: dict[str, AbstractValue]
    ) -> AbstractValue:
        """Call a function of a library that is given a function."""
        name = self.spelling(function)
        if isinstance(row, Repeated):
            return av.Tuple(
                (self.as_written(row.written, *args, **kwargs), unfollowed(f"the error that `{name}` gives"))
            )
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
        if is_none(extra):
            extra = av.Tuple(())
        operands = [
            self.number_or_array(v, k, name) for k in row.operands for v in self.parts_given(row, k, values.pop(k))
        ]
        count = len(operands)
        named = [k for k in row.named if k in values and not self.is_option(row, k, values[k])]
        operands += [self.number_or_array(self.call(av.Known(np.array), [values.pop(k)], {}), k, name) for k in named]
        try:
            options = row.options({k: hashable(self.static_value(v)) for k, v in values.items()})
            types_ = [o.type for o in operands[:count]]
            variables = [Value(t) for t in row.variables(*types_)]
            if row.swapped and dict(options).get(row.swapped):
                variables.reverse()
            is_tuple = issubclass(self.class_of(extra) or object, tuple)
            handed_on = self.items_of(extra, "`args`") if is_tuple or row.unpacks else [extra]
            label, captured, result = self.function_of(called, variables, handed_on, row, name)
            times = [o.type for o in operands[count:]]
            kinds = row.results(result.type, *types_, *times, size=Sym(self.session.fresh_dimension()))
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
        if row.attributes:
            return self.result_object(row, name, dict(zip(named, operands[count:], strict=True)), found)
        return found[0] if len(found) == 1 else av.Tuple(found)

    def parts_given(self, row: Functional, parameter: str, value: AbstractValue) -> list[AbstractValue]:
        """What stands for an operand: itself, or the two parts of a pair."""
        if parameter not in row.pairs:
            return [value]
        items = self.items_of(self.checked(value), f"`{parameter}`")
        if len(items) != 2:
            raise self.users_error(ValueError(f"`{parameter}` must be a pair"))
        return items

    def is_option(self, row: Functional, parameter: str, value: AbstractValue) -> bool:
        """Whether a parameter that may be computed is left out, or known."""
        return is_none(value) or (parameter not in row.attributes.values() and self.is_static(value))

    def result_object(
        self, row: Functional, name: str, named: dict[str, Atom], found: tuple[AbstractValue, ...]
    ) -> AbstractValue:
        """What has attributes: the first is what is computed, others are operands, and what is left is not followed."""
        first, *_ = row.attributes
        values: dict[str, AbstractValue] = {first: found[0]}
        for attribute, parameter in row.attributes.items():
            if attribute != first and parameter in named:
                values[attribute] = self.value_of(named[parameter])
        for attribute in (*row.unknown, *(a for a in row.attributes if a not in values)):
            values[attribute] = unfollowed(f"`.{attribute}` of what `{name}` gives")
        return self.heap.new("object", Container(types.SimpleNamespace, tuple(values), tuple(values.values())))

    def number_or_array(self, value: AbstractValue, parameter: str, name: str) -> Atom:
        """What a library is given besides the function."""
        value = self.checked(value)
        if isinstance(value, av.Tuple | Ref) and (not isinstance(value, Ref) or value.kind == "list"):
            value = self.call(av.Known(np.array), [value], {})
        atom = self.leaf(value)
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
        values = [self.value_of(v) for v in variables]
        self.heap.numbers |= {ref: True for ref in values if isinstance(ref, Ref) and rank(self.atom(ref).type) == 0}
        activation = self.activation_of(called, values, extra)
        made = self.function_for(activation)
        if made is not None and made[0].result is not None and made[0].result.kind == "again":
            activation = self.activation(av.Known(given_anew), [called, av.Tuple(tuple(extra)), *values], {})
            made = self.function_for(activation)  # what it returns is what it was given
        if made is None:
            raise self.refusal(
                f"`{name}` is given `{activation.code.name}`, which changes or hands on what its caller sees",
                "how often it is called, and where, is the library's choice",
                f"give it a function that returns {row.wanted}, and changes nothing",
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
        parts = numbers_in(callee.result, callee.function.results, row.as_array)
        if parts is None:
            raise self.refusal(
                f"`{name}` is given `{activation.code.name}`, which does not return {row.wanted}",
                "Python raises TypeError here, or it is not understood",
                f"return {row.wanted}",
            )
        atoms: list[Atom] = [*flattener.atoms, *(self.hidden_value(key) for key in callee.hidden)]
        places = [atoms.index(v) for v in variables]
        others = [k for k in range(len(atoms)) if k not in places]
        order = [*places, *others]
        as_called = self.as_called(callee, order, parts, row)
        assert as_called.function is not None
        return as_called.label, tuple(atoms[k] for k in others), as_called.function.results[0]

    def as_called(self, callee: Callee, order: list[int], parts: list[Atom], row: Functional) -> Callee:
        """The same function with its parameters in the order in which the library calls it, and one result."""
        assert callee.function is not None
        block = callee.function.block
        is_one = len(parts) == 1 and not (row.as_array and rank(parts[0].type) == 0)
        same = order == list(range(len(order))) and is_one and parts[0] in block.results
        if same and callee.stem != "function":
            return callee
        stem = row.stem if callee.stem == "function" else callee.stem
        made = replace(callee, number=len(self.session.functions_traced), stem=stem, active=False)
        params = tuple(replace(p) for p in block.params)
        builder = Builder()
        with builder.region() as ops:
            out = inline_block(replace(block, results=tuple(parts)), params, builder)
            if not is_one:
                joined = MEANINGS[np.array]([Expr(builder, atom) for atom in out])
                out = (joined.atom,)
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
            case av.Closure():
                return self.activation(called, [*variables, *extra], {})
            case av.Known(value=types.FunctionType() as known) if known not in MEANINGS and not self.is_library(known):
                return self.activation(called, [*variables, *extra], {})
        return self.activation(av.Known(given), [called, av.Tuple(tuple(extra)), *variables], {})


def unfollowed(what: str) -> av.Conflict:
    """What tells how a library came to its result."""
    return av.Conflict(
        f"{what} is read",
        "it tells how the library came to its result, which the generated code does not look at",
        "read the result only",
    )


def numbers_in(result: Pattern, leaves: tuple[Atom, ...], several: bool) -> list[Atom] | None:
    """What a function returns: one number or array, or, where they may be several, a flat sequence of numbers."""
    given = iter(leaves)

    def number(part: Pattern) -> Atom | None:
        if part.kind in LEAVES:
            return next(given)
        known = part.tag.value if part.kind == "known" else None
        return Const(known) if isinstance(known, int | float) else None

    is_sequence = result.kind == "tuple" or (result.kind == "container" and result.tag[0] == "list")
    parts = [number(part) for part in (result.children if several and is_sequence else (result,))]
    found = [part for part in parts if part is not None]
    if len(found) < len(parts) or (len(parts) > 1 and any(rank(part.type) != 0 for part in found)):
        return None
    return found or None
