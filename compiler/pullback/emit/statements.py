"""A planned block in, the statements that will be printed for it out: still values, not names.

Each statement knows the values that it reads (through the expressions nested into it) and those that it defines, which
is all that live ranges, and so names, depend on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import TypeAlias

from pullback.emit.plan import Plan
from pullback.emit.tail import ends_in_conditional, tails
from pullback.ir.core import Atom, Block, Const, Op, Undefined, Value
from pullback.ir.effects import has_effects
from pullback.ir.interface import Path
from pullback.ir.regions import CALL, DEFINED, IF, LOOPS, PACK, WHILE, Loop
from pullback.records import dataclass


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
    """A conditional; `returns` says that its arms end in return statements, `moves` what both assign by themselves."""

    op: Op
    then: list[Statement]
    orelse: list[Statement]
    returns: bool
    moves: tuple[Value, ...] = field(default=())


@dataclass(eq=False)
class Move:
    """What a loop carries gets its first or next values, all at once."""

    pairs: tuple[tuple[Value, Atom], ...]
    op: Op


@dataclass(eq=False)
class Begin:
    """What grows trip by trip, before the first: a sequence that is written, the count of trips."""

    result: Value
    op: Op


@dataclass(eq=False)
class Trips:
    """How many trips a `for` will have."""

    result: Value
    loop: Loop


@dataclass(eq=False)
class Count:
    """One more trip."""

    loop: Loop


@dataclass(eq=False)
class Pop:
    """An element of a sequence: taken from its end, or `at` so many trips."""

    element: Value
    sequence: Value
    loop: Loop
    at: Value | None


@dataclass(eq=False)
class Append:
    """An element of a sequence is written; `op` is what computed it, or the loop."""

    record: Value
    source: Atom
    op: Op


@dataclass(eq=False)
class Leave:
    """The end of a loop if `atom` is, or is not, true. After a `Move`, what has `moved` goes by its new variable."""

    atom: Atom
    if_true: bool
    op: Op
    moved: tuple[tuple[Value, Value], ...] = field(default=())


@dataclass(eq=False)
class Repeat:
    """A loop. `test` ends in a Leave, and is empty for a `for`, which walks through the `walked` sequences. Of what is
    `carried`, the `first` ones have a value before.
    """

    loop: Loop
    test: list[Statement]
    body: list[Statement]
    carried: tuple[Value, ...]
    first: tuple[Value, ...]
    walked: tuple[tuple[Value, Value], ...]
    moved: tuple[tuple[Value, Value], ...]

    @property
    def bound(self) -> tuple[Value, ...]:
        """What the header binds."""
        return (*self.loop.index, *(element for element, _ in self.walked))


@dataclass(eq=False)
class Return:
    """The results of the function. `reads` has the parameters that rebuilding the result tree needs."""

    atoms: tuple[Atom, ...]
    reads: tuple[Value, ...] = field(default=())


Statement: TypeAlias = (
    Bind | Compute | Copy | Branch | Return | Move | Begin | Trips | Count | Pop | Append | Leave | Repeat
)


_NONE: Mapping[Value, list[Value]] = {}


class Statements:
    """Lists the statements of a function's block; `plan` says which operations are nested."""

    def __init__(self, plan: Plan, needs_binding: set[Value], return_reads: tuple[Value, ...] = ()) -> None:
        self.plan = plan
        self._needs_binding = needs_binding
        self._return_reads = return_reads

    def function(self, block: Block) -> list[Statement]:
        """The statements of a function, which end in its returns."""
        last = block.ops[-1] if block.ops else None
        if not block.results and has_effects(block):
            return self._ops(block.ops)
        if last is None or not ends_in_conditional(block) or last in self.plan.ternary:
            return [*self._ops(block.ops), Return(block.results, self._return_reads)]
        then, orelse = (self.function(arm) for arm in last.blocks)
        return [*self._ops(block.ops[:-1]), Branch(last, then, orelse, returns=True)]

    def _ops(self, ops: tuple[Op, ...], appends: Mapping[Value, list[Value]] = _NONE) -> list[Statement]:
        """The statements of operations, each followed by the appends of what it computes to sequences."""
        found: list[Statement] = []
        for op in ops:
            if self.plan.is_dead(op):
                continue
            if op.prim is IF and op not in self.plan.ternary:
                then, orelse = (self._arm(op, arm) for arm in op.blocks)
                found.append(Branch(op, then, orelse, returns=False))
            elif op.prim in LOOPS:
                found += self._loop(Loop(op))
            elif not (len(op.results) == 1 and op.result in self.plan.nested):
                found.append(Compute(op))
            for result in op.results:
                found += [Append(record, result, op) for record in appends.get(result, ())]
        return found

    def _arm(self, op: Op, arm: Block) -> list[Statement]:
        found = self._ops(arm.ops)
        for result, source in zip(op.results, arm.results, strict=True):
            if result not in self.plan.reads:
                continue
            if not isinstance(source, Undefined) or result in self._needs_binding:
                found.append(Copy(result, source, op))
        return found

    def _loop(self, loop: Loop) -> list[Statement]:
        found: list[Statement] = [Begin(record, loop.op) for record in loop.records if record in self.plan.reads]
        if self.plan.counts_trips(loop):
            found.append(Begin(loop.trips, loop.op))
        elif loop.trips in self.plan.reads:
            found.append(Trips(loop.trips, loop))
        carried = tuple(param for param in loop.carried if self.plan.is_carried(param))
        first = self._pairs(loop, loop.initial, self._needs_binding)
        if first:
            found.append(Move(first, loop.op))
        walked = []
        body: list[Statement] = []
        for element, sequence in zip(loop.elements, loop.sequences, strict=True):
            if element not in self.plan.reads:
                continue
            assert isinstance(sequence, Value)
            if self.plan.pops(loop, sequence):
                body.append(Pop(element, sequence, loop, None))
            elif loop.op.prim is WHILE:
                body.append(Pop(element, sequence, loop, loop.trips))
            else:
                walked.append((element, sequence))
        if self.plan.counts_trips(loop):
            body.append(Count(loop))
        body += self._trip(loop.body, loop, frozenset())
        tests: list[Statement] = []
        for test in loop.op.blocks[:-1]:
            tests = [*self._ops(test.ops), Leave(test.results[0], False, loop.op)]
        starts = tuple(param for param, _ in first)
        found.append(Repeat(loop, tests, body, carried, starts, tuple(walked), self._moved(first)))
        return found

    def _pairs(self, loop: Loop, atoms: tuple[Atom, ...], binding: set[Value]) -> tuple[tuple[Value, Atom], ...]:
        """What a loop carries with what it becomes; the undefined only where `binding` needs it."""
        pairs = zip(loop.carried, atoms, strict=True)
        return tuple(
            (param, atom)
            for param, atom in pairs
            if self.plan.is_carried(param) and (not isinstance(atom, Undefined) or param in binding)
        )

    def _trip(self, block: Block, loop: Loop, appended: frozenset[Value]) -> list[Statement]:
        """The statements of a loop's body, or of an arm that ends it; `appended` says which sequences have grown."""
        here = {result for op in block.ops for result in op.results}
        handed_on = [tail.results[1 + loop.count :] for tail in tails(block) if not ends_in_conditional(tail)]
        at_start: list[Statement] = []
        appends: dict[Value, list[Value]] = {}
        for record, *sources in zip(loop.records, *handed_on, strict=True):
            if record not in self.plan.reads or record in appended or any(s is not sources[0] for s in sources):
                continue
            appended |= {record}
            if sources[0] in here:
                appends.setdefault(sources[0], []).append(record)
            else:
                at_start.append(Append(record, sources[0], loop.op))
        if not ends_in_conditional(block):
            return [*at_start, *self._ops(block.ops, appends), *self._trip_end(block, loop)]
        last = block.ops[-1]
        then, orelse = (self._trip(arm, loop, appended) for arm in last.blocks)
        moves = tuple(param for param in loop.carried if self.plan.is_carried(param))
        branch = Branch(last, then, orelse, _ends_in_break(then), moves)
        return [*at_start, *self._ops(block.ops[:-1], appends), branch]

    def _trip_end(self, block: Block, loop: Loop) -> list[Statement]:
        """What is carried moves on, and the loop ends if this was its last trip."""
        found: list[Statement] = []
        leave, following = block.results[0], block.results[1 : 1 + loop.count]
        pairs = self._pairs(loop, following, set())
        if isinstance(leave, Value) and any(leave is param and source is not param for param, source in pairs):
            kept = Value(leave.type, "leave")
            self.plan.reads[kept] = 1
            found.append(Move(((kept, leave),), loop.op))
            leave = kept
        if pairs:
            found.append(Move(pairs, loop.op))
        if isinstance(leave, Value) or (isinstance(leave, Const) and leave.value):
            found.append(Leave(leave, True, loop.op, self._moved(pairs)))
        return found

    def _moved(self, pairs: tuple[tuple[Value, Atom], ...]) -> tuple[tuple[Value, Value], ...]:
        """The variables that go by another one after a move."""
        return tuple(
            (self.plan.variable(source), param)
            for param, source in pairs
            if isinstance(source, Value) and source not in self.plan.nested
        )

    def reads(self, statement: Statement) -> Iterator[Value]:
        """The values that a statement reads by name, through what is nested into it."""
        match statement:
            case Bind(parameter=parameter):
                yield parameter
            case Compute(op) | Branch(op):
                yield from self._op_reads(op)
            case Copy(source=source):
                yield from self._atom_reads(source)
            case Move(pairs):
                for _, source in pairs:
                    yield from self._atom_reads(source)
            case Trips(loop=loop):
                for bound in loop.bounds:
                    yield from self._atom_reads(bound)
            case Count(loop):
                yield loop.trips
            case Pop(_, sequence, _, at):
                yield sequence
                if at is not None:
                    yield at
            case Append(record, source):
                yield record
                yield from self._atom_reads(source)
            case Leave(atom, moved=moved):
                now = dict(moved)
                yield from (now.get(value, value) for value in self._atom_reads(atom))
            case Repeat(loop, walked=walked, moved=moved):
                if loop.op in self.plan.drained:
                    yield self.plan.drained[loop.op]
                    return
                if loop.op not in self.plan.unranged:
                    now = dict(moved)
                    for bound in loop.bounds:
                        yield from (now.get(value, value) for value in self._atom_reads(bound))
                yield from (sequence for _, sequence in walked)
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
            elif atom in self.plan.popped:
                yield self.plan.popped[atom]
            else:
                yield self.plan.variable(atom)

    def definitions(self, statement: Statement) -> tuple[Value, ...]:
        """The values that a statement defines by itself (a branch defines through the copies in its arms)."""
        match statement:
            case Bind(result=result):
                return (result,)
            case Compute(op):
                return op.results
            case Copy(result=result) | Begin(result) | Trips(result) | Pop(result):
                return (result,)
            case Move(pairs):
                return tuple(result for result, _ in pairs)
        return ()


def _ends_in_break(statements: list[Statement]) -> bool:
    return bool(statements) and isinstance(statements[-1], Leave) and isinstance(statements[-1].atom, Const)


def carried_undefined(block: Block) -> set[Value]:
    """Results of conditionals that an arm leaves undefined, and what a loop carries that is undefined at first, if they
    are handed on where that arm ran too (packed, passed to a call, yielded or returned), or if something asks whether
    they are defined. They need a binding there.
    """
    undefined: set[Value] = set()
    carried: set[Atom] = set()
    finals: dict[Value, Value] = {}

    def visit(inner: Block) -> None:
        carried.update(inner.results)
        for op in inner.ops:
            if op.prim in (PACK, CALL, DEFINED, *LOOPS):
                carried.update(op.operands)
            for arm in op.blocks:
                visit(arm)
            if op.prim is IF:
                for arm in op.blocks:
                    pairs = zip(op.results, arm.results, strict=True)
                    undefined.update(r for r, y in pairs if isinstance(y, Undefined))
            if op.prim in LOOPS:
                loop = Loop(op)
                finals.update(zip(loop.final, loop.carried, strict=True))
                firsts = zip(loop.carried, loop.initial, strict=True)
                undefined.update(param for param, first in firsts if isinstance(first, Undefined))

    visit(block)
    carried.update(param for final, param in finals.items() if final in carried)
    return {value for value in undefined if value in carried}
