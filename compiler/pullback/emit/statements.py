"""A planned block in, the statements that will be printed for it out: still values, not names.

Each statement knows the values that it reads (through the expressions nested into it) and those that it defines, which
is all that live ranges, and so names, depend on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from pullback.emit.plan import Plan
from pullback.emit.tail import ends_in_conditional
from pullback.ir.core import Atom, Block, Op, Undefined, Value
from pullback.ir.interface import Path
from pullback.ir.regions import CALL, IF, PACK


@dataclass(eq=False)
class Bind:
    """A leaf of a container parameter gets a name: `W1 = params["W1"]`."""

    result: Value
    parameter: Value
    path: Path
    hint: str


@dataclass(eq=False)
class Compute:
    """One operation."""

    op: Op


@dataclass(eq=False)
class Copy:
    """What an arm yields takes the name of the conditional's result. None is yielded for the undefined."""

    result: Value
    source: Atom
    op: Op


@dataclass(eq=False)
class Branch:
    """A conditional; `returns` says that its arms end in return statements."""

    op: Op
    then: list[Statement]
    orelse: list[Statement]
    returns: bool


@dataclass(eq=False)
class Return:
    """The results of the function. `reads` has the parameters that rebuilding the result tree needs."""

    atoms: tuple[Atom, ...]
    reads: tuple[Value, ...] = field(default=())


Statement: TypeAlias = Bind | Compute | Copy | Branch | Return


class Statements:
    """Lists the statements of a function's block; `plan` says which operations are nested."""

    def __init__(self, plan: Plan, needs_binding: set[Value], return_reads: tuple[Value, ...] = ()) -> None:
        self.plan = plan
        self._needs_binding = needs_binding
        self._return_reads = return_reads

    def function(self, block: Block) -> list[Statement]:
        """The statements of a function, which end in its returns."""
        last = block.ops[-1] if block.ops else None
        if last is None or not ends_in_conditional(block) or last in self.plan.ternary:
            return [*self._ops(block.ops), Return(block.results, self._return_reads)]
        then, orelse = (self.function(arm) for arm in last.blocks)
        return [*self._ops(block.ops[:-1]), Branch(last, then, orelse, returns=True)]

    def _ops(self, ops: tuple[Op, ...]) -> list[Statement]:
        found: list[Statement] = []
        for op in ops:
            if self.plan.is_dead(op) or (len(op.results) == 1 and op.result in self.plan.nested):
                continue
            if op.prim is IF and op not in self.plan.ternary:
                then, orelse = (self._arm(op, arm) for arm in op.blocks)
                found.append(Branch(op, then, orelse, returns=False))
            else:
                found.append(Compute(op))
        return found

    def _arm(self, op: Op, arm: Block) -> list[Statement]:
        found = self._ops(arm.ops)
        for result, source in zip(op.results, arm.results, strict=True):
            if result not in self.plan.reads:
                continue
            if not isinstance(source, Undefined) or result in self._needs_binding:
                found.append(Copy(result, source, op))
        return found

    def reads(self, statement: Statement) -> Iterator[Value]:
        """The values that a statement reads by name, through what is nested into it."""
        match statement:
            case Bind(parameter=parameter):
                yield parameter
            case Compute(op) | Branch(op):
                yield from self._op_reads(op)
            case Copy(source=source):
                yield from self._atom_reads(source)
            case Return(atoms, reads):
                for atom in atoms:
                    yield from self._atom_reads(atom)
                yield from reads

    def _op_reads(self, op: Op) -> Iterator[Value]:
        for operand in op.operands:
            yield from self._atom_reads(operand)
        if op in self.plan.ternary:
            for arm in op.blocks:
                yield from self._atom_reads(arm.results[0])

    def _atom_reads(self, atom: Atom) -> Iterator[Value]:
        if isinstance(atom, Value):
            if atom in self.plan.nested:
                yield from self._op_reads(self.plan.nested[atom])
            else:
                yield atom

    def definitions(self, statement: Statement) -> tuple[Value, ...]:
        """The values that a statement defines by itself (a branch defines through the copies in its arms)."""
        match statement:
            case Bind(result=result):
                return (result,)
            case Compute(op):
                return op.results
            case Copy(result=result):
                return (result,)
        return ()


def carried_undefined(block: Block) -> set[Value]:
    """Results of conditionals that an arm leaves undefined and that are handed on where that arm ran too:
    packed, passed to a call, yielded or returned. They need a binding in that arm.
    """
    undefined: set[Value] = set()
    carried: set[Atom] = set()

    def visit(inner: Block) -> None:
        carried.update(inner.results)
        for op in inner.ops:
            if op.prim in (PACK, CALL):
                carried.update(op.operands)
            for arm in op.blocks:
                visit(arm)
                undefined.update(r for r, y in zip(op.results, arm.results, strict=True) if isinstance(y, Undefined))

    visit(block)
    return {value for value in undefined if value in carried}
