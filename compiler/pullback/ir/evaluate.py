"""Runs IR directly, one operation at a time, copying every result: the oracle for what is generated from it.

Parametrised by how a primitive is applied, so that the same walk runs on NumPy arrays and on arrays of SymPy
expressions.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from pullback.ir.core import Atom, Block, Const, Module, Op, Undefined, Value
from pullback.ir.effects import EFFECT
from pullback.ir.functionals import is_functional
from pullback.ir.regions import CALL, DEFINED, IF, LOOPS, PACK, UNPACK, Loop

Apply = Callable[[Op, list[Any]], Any]


def apply_numpy(op: Op, operands: list[Any]) -> Any:
    """Apply a primitive to NumPy values."""
    return op.prim.evaluate(*operands, **op.attrs)


def evaluate(module: Module, arguments: Sequence[Any], apply: Apply = apply_numpy) -> tuple[Any, ...]:
    """Run a module's entry on concrete arguments, one per parameter, and return its results."""
    return _Interpreter(module, apply).call(module.entry, arguments)


class _Interpreter:
    def __init__(self, module: Module, apply: Apply) -> None:
        self.module = module
        self.apply = apply

    def call(self, name: str, arguments: Sequence[Any]) -> tuple[Any, ...]:
        fn = self.module.functions[name]
        return self.block(fn.block, dict(zip(fn.params, arguments, strict=True)))

    def block(self, block: Block, env: dict[Value, Any]) -> tuple[Any, ...]:
        for op in block.ops:
            env.update(zip(op.results, self.op(op, env), strict=True))
        return tuple(self.read(r, env) for r in block.results)

    def op(self, op: Op, env: dict[Value, Any]) -> Sequence[Any]:
        operands = [self.read(o, env) for o in op.operands]
        if op.prim is IF:
            return self.block(op.blocks[0 if operands[0] else 1], dict(env))
        if op.prim in LOOPS:
            return self.loop(Loop(op), operands, env)
        if op.prim is CALL:
            return self.call(op.attrs["callee"], operands)
        if is_functional(op):
            names = {key: op.attrs[key] for key in ("callee", "pullback") if key in op.attrs}
            op = replace(op, attrs={**op.attrs, **{key: partial(self.given, name) for key, name in names.items()}})
        if op.prim is UNPACK:
            return tuple(operands[0])
        if op.prim is DEFINED:
            return (not isinstance(operands[0], Undefined),)
        if op.prim is not PACK:
            for operand in operands:
                assert not isinstance(operand, Undefined), f"{op.prim.name} reads what this path has not computed"
        out = self.apply(op, operands)
        if op.prim is EFFECT:
            return (out,) if op.results else ()
        return out if len(op.results) > 1 else (out,)

    def given(self, name: str, *arguments: Any) -> Any:
        """What a function that a library calls gives it."""
        results = self.call(name, arguments)
        return results if len(results) > 1 else results[0]

    def loop(self, loop: Loop, operands: list[Any], env: dict[Value, Any]) -> Sequence[Any]:
        first = len(loop.bounds)
        carried = operands[first : first + loop.count]
        sequences = operands[first + loop.count :]
        reverse = loop.op.attrs.get("reverse", False)
        indices = itertools.repeat(None) if not first else iter(range(*operands[:3])[:: -1 if reverse else 1])
        records: list[list[Any]] = [[] for _ in loop.records]
        trips = 0
        for index in indices:
            if not first:
                test = loop.op.blocks[0]
                (going,) = self.block(test, env | dict(zip(test.params, carried, strict=True)))
                if not going:
                    break
            position = -1 - trips if reverse else trips
            elements = [sequence[position] for sequence in sequences]
            given = [*([index] if first else []), *carried, *elements]
            leave, *out = self.block(loop.body, env | dict(zip(loop.body.params, given, strict=True)))
            carried = out[: loop.count]
            for record, element in zip(records, out[loop.count :], strict=True):
                record.append(element)
            trips += 1
            if leave:
                break
        return [trips, *carried, *records]

    @staticmethod
    def read(atom: Atom, env: dict[Value, Any]) -> Any:
        match atom:
            case Const(value):
                return value
            case Undefined():
                return atom
        return env[atom]
