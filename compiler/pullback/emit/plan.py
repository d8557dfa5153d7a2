"""Decides which values are nested into the expression of their one reader, and which get a statement of their own.

Two questions in turn. May it be nested: read once, in its own block, with no write in between to memory that it reads?
(Asked backwards, since where an expression is evaluated depends on whether its reader is nested too.) Should it be:
is the result short enough to read, and did the user not give it a name and a line? (Asked forwards, since the length
of an expression depends on what was nested into it.)
"""

from __future__ import annotations

from collections.abc import Callable

from pullback.emit.memory import Memory
from pullback.emit.needed import carried_variables, needed_values, never_leaves
from pullback.emit.sequences import Ownership
from pullback.emit.spelling import BINARY, short_circuit
from pullback.emit.tail import ends_in_conditional, tails
from pullback.ir.core import Atom, Block, Const, Op, Undefined, Value, walk
from pullback.ir.effects import EFFECT, has_effect
from pullback.ir.regions import CALL, FOR, IF, LOOPS, PACK, WHILE, Loop
from pullback.ir.types import Scalar
from pullback.records import dataclass

ELEMENT_WRITES = frozenset(["index_add", "setitem"])
FIRST_HOLE = {"getitem": 1, "index_add": 2, "setitem": 2}
STATEMENTS = ELEMENT_WRITES | {"unpack", "unpack_shape"}  # these have no form as an expression
LONGEST = 64  # characters of an expression into which others are nested
LONGEST_LINE = 84  # of a return, or a write of an element, which bind no name
LONGEST_ARM = 16  # of each side of `a if c else b`
DEEPEST = 5
SUMS = frozenset("+-")

Reader = Op | Block


@dataclass(frozen=True, slots=True)
class _Use:
    reader: Reader
    home: Block
    operand: int


def _is_int(value: Value) -> bool:
    return isinstance(value.type, Scalar) and value.type.kind == "int"


def _is_place(use: _Use) -> bool:
    """Whether a value is read as an index of an element, or as a bound of a loop."""
    if not isinstance(use.reader, Op):
        return False
    if use.reader.prim is FOR:
        return use.operand < 3
    return use.operand >= FIRST_HOLE.get(use.reader.prim.name, use.operand + 1)


class Plan:
    """For one function: `nested` values, `ternary` conditionals, how often values are read, and what loops need.

    Args:
        block: the function's block, after `sink_tail` and `sink_leaves`.
        in_place: whether an operation will be printed as an in-place update of its `into` operand.
        named_results: whether what is returned keeps a line of its own (in the entry).
    """

    def __init__(self, block: Block, in_place: Callable[[Op], bool], named_results: bool) -> None:
        self.nested: dict[Value, Op] = {}
        self.ternary: set[Op] = set()
        self.popped: dict[Value, Value] = {}  # what is read where it is taken off a sequence
        self.reads: dict[Value, int] = {}
        self.needed = needed_values(block)
        self._variable = carried_variables(block)
        self._trips = {tail: Loop(op) for op in walk(block) if op.prim in LOOPS for tail in tails(op.blocks[-1])}
        self._trip_ends = {trip.ops[-1] for trip in self._trips if ends_in_conditional(trip)}
        self._in_place = in_place
        self._named_results = named_results
        self._memory = Memory(block, in_place)
        self._body = block
        self._uses: dict[Value, _Use] = {}
        self._computed_with: set[Value] = set()  # read otherwise than as a place
        self._own_reads: set[Value] = set()  # of parameters of loops: in the body, not afterwards
        self._evaluated: dict[Reader, int] = {}
        self._may_nest: dict[Value, Op] = {}
        self._size: dict[Value, int] = {}
        self._depth: dict[Value, int] = {}
        self._tails = frozenset(tails(block))
        self._returns = {self._memory.position[tail] for tail in self._tails}
        self._effects = [
            self._memory.position[op] for op in walk(block) if op.prim in (EFFECT, CALL) and has_effect(op)
        ]
        writes = (op for op in walk(block) if op.prim.name in ELEMENT_WRITES)
        self._wide = self._returns.union(self._memory.position[op] for op in writes)
        self._backward(block, [True] * len(block.results))
        self.ownership = Ownership(block, self.reads)
        self.drained: dict[Op, Value] = {}
        self.unranged: set[Op] = set()
        for op in walk(block):
            if op.prim is FOR and not self.is_dead(op):
                self._spare_range(Loop(op))
        self._forward(block)

    def is_dead(self, op: Op) -> bool:
        """Whether it has no effect and nothing reads what it computes."""
        return bool(op.results) and not has_effect(op) and not any(r in self.needed for r in op.results)

    def variable(self, value: Value) -> Value:
        """The value whose variable a value has by design: what a loop carries is one variable from start to end."""
        return self._variable.get(value, value)

    def is_carried(self, param: Value) -> bool:
        """Whether a parameter of a loop's body is needed: by another trip, or as what is left in the end."""
        return param in self.reads

    def counts_trips(self, loop: Loop) -> bool:
        """Whether a loop needs a variable that counts its trips."""
        return loop.trips in self.reads and (loop.op.prim is WHILE or not never_leaves(loop))

    def defines_early(self, op: Op) -> bool:
        """Whether the result has its name before all operands are read: a copy or an alias comes first."""
        return op.prim.name in ELEMENT_WRITES or self._in_place(op)

    def _spare_range(self, loop: Loop) -> None:
        """A loop that reads its index nowhere may walk through a sequence itself, or empty one."""
        if loop.index[0] in self.reads:
            return
        pairs = [pair for pair in zip(loop.elements, loop.sequences, strict=True) if pair[0] in self.reads]
        popped = [sequence for _, sequence in pairs if self.pops(loop, sequence)]
        walked = [sequence for _, sequence in pairs if not self.pops(loop, sequence)]
        if any(self.ownership.has_as_many(sequence, loop) for sequence in walked):
            self.unranged.add(loop.op)
        elif not walked:
            counted = (s for s in popped if isinstance(s, Value) and self.ownership.counts(s, loop))
            sequence = next(counted, None)
            if sequence is not None:
                self.drained[loop.op] = sequence
        if loop.op in self.unranged or loop.op in self.drained:
            for bound in loop.bounds:
                if isinstance(bound, Value):
                    value = self.variable(bound)
                    self.reads[value] -= 1
                    if not self.reads[value]:
                        del self.reads[value]

    def pops(self, loop: Loop, sequence: Atom) -> bool:
        """Whether a loop takes the elements off a sequence, from its end."""
        return bool(loop.op.attrs.get("reverse", False)) and self.ownership.is_owned(sequence)

    # May it be nested?

    def _backward(self, block: Block, wanted: list[bool]) -> None:
        self._evaluated[block] = self._memory.position[block]
        for k, (result, is_wanted) in enumerate(zip(block.results, wanted, strict=True)):
            if is_wanted:
                self._read(result, _Use(block, block, k))
        for op in reversed(block.ops):
            if self.is_dead(op):
                continue
            self._evaluated[op] = self._evaluation(op, block)
            if self._is_offset(op, block):
                self._may_nest[op.result] = op
                self._read(op.operands[0], _Use(op, block, 0))  # once more: it is not computed wherever this is printed
            if op.prim in LOOPS:
                self._loop(Loop(op), block)
                continue
            for k, operand in enumerate(op.operands):
                for _ in range(max(1, op.prim.spelling.count(f"{{{k}}}"))):  # what is written twice needs a name
                    self._read(operand, _Use(op, block, k))
            word = short_circuit(op)
            for inner in op.blocks:
                again = word is not None and inner.results[0] is op.operands[0]  # `c or x` names `c` once
                self._backward(inner, [r in self.needed and not again for r in op.results])

    def _loop(self, loop: Loop, home: Block) -> None:
        carried = [
            param in self.needed or final in self.needed for param, final in zip(loop.carried, loop.final, strict=True)
        ]
        elements = [element in self.needed for element in loop.elements]
        wanted = [True] * len(loop.bounds) + carried + elements
        for k, (operand, is_wanted) in enumerate(zip(loop.op.operands, wanted, strict=True)):
            if is_wanted:
                self._read(operand, _Use(loop.op, home, k))
        if loop.trips in self.needed and not self.counts_trips(loop):
            for k, bound in enumerate(loop.bounds):
                self._read(bound, _Use(loop.op, home, k))
        if loop.op.prim is WHILE and any(elements):
            self._read(loop.trips, _Use(loop.op, home, 0))
        self._backward(loop.body, [True, *carried, *(record in self.needed for record in loop.records)])
        for test in loop.op.blocks[:-1]:
            self._backward(test, [True])

    def _read(self, atom: Atom, use: _Use) -> None:
        if isinstance(atom, Value):
            if atom not in self._variable and not self._is_written(use):
                self._own_reads.add(atom)
            value = self.variable(atom)
            self.reads[value] = self.reads.get(value, 0) + 1
            self._uses[value] = use
            if not _is_place(use):
                self._computed_with.add(value)

    def _evaluation(self, op: Op, home: Block) -> int:
        """The position at which an operation is evaluated: its own, or its reader's if it may be nested there."""
        own = self._memory.position[op]
        if len(op.results) != 1 or op.prim in LOOPS or op.prim.name in STATEMENTS or self._in_place(op):
            return own
        if self.reads.get(op.result) != 1:  # an effect may have a result that nobody reads
            return own
        use = self._uses[op.result]
        if use.home is not home or (
            isinstance(use.reader, Op) and use.operand == use.reader.into and self._in_place(use.reader)
        ):
            return own
        if self._keeps_its_line(op, use) or self._can_move_on(use):
            return own
        there = own if self._is_written(use) else self._evaluated[use.reader]
        if op.prim in (CALL, IF) and there not in self._returns and short_circuit(op) is None:
            return own
        if self._memory.written_between(op, own, there) or self._has_effects_between(own, there):
            return own
        self._may_nest[op.result] = op
        return there

    def _has_effects_between(self, start: int, end: int) -> bool:
        """Whether something would be moved across an effect: it may raise, and must not do so too late."""
        return any(start < position < end for position in self._effects)

    def _is_offset(self, op: Op, home: Block) -> bool:
        """Whether it is a place beside another, `n - 1`, which is printed wherever it is an index or a bound."""
        if op.prim.spelling not in SUMS or len(op.operands) != 2 or op.result.name or op.result in self._computed_with:
            return False
        if self.reads[op.result] == 1 and self._uses[op.result].home is home:
            return False
        base, by = op.operands
        return isinstance(base, Value) and isinstance(by, Const) and _is_int(base) and _is_int(op.result)

    def _is_written(self, use: _Use) -> bool:
        """Whether it is appended to what a loop writes, which happens where it is computed."""
        return (
            isinstance(use.reader, Block) and use.reader in self._trips and use.operand > self._trips[use.reader].count
        )

    def _can_move_on(self, use: _Use) -> bool:
        """Whether a loop's variable becomes it, and nobody reads the old value any more: it is assigned at once."""
        loop = self._trips.get(use.reader) if isinstance(use.reader, Block) else None
        return (
            loop is not None and 0 < use.operand <= loop.count and loop.carried[use.operand - 1] not in self._own_reads
        )

    def _keeps_its_line(self, op: Op, use: _Use) -> bool:
        """Whether it is a line of its own whatever its length: the user's statement, or a result of the entry."""
        if self._named_results and use.reader is self._body:
            return op.sweep == "primal" or op.prim.name not in ("negative", "pack")
        return op.sweep == "primal" and bool(op.result.name) and op.prim is not PACK

    # Should it be?

    def _forward(self, block: Block) -> None:
        for op in block.ops:
            if self.is_dead(op):
                continue
            for inner in op.blocks:
                self._forward(inner)
            apart = op.prim in LOOPS or op.prim.name in ELEMENT_WRITES
            for operands in [(operand,) for operand in op.operands] if apart else [op.operands]:
                self._fit(operands, self._limit(op))
            size, depth = self._measure(op)
            if op.prim is IF and op not in self._trip_ends and self._is_ternary(op):
                self.ternary.add(op)
            elif short_circuit(op) is not None:
                self.nested.pop(op.operands[0], None)  # type: ignore[arg-type]  # it is named after all, in both places
            for result in op.results:
                self._size[result], self._depth[result] = size, depth
            if len(op.results) == 1 and op.result in self._may_nest and self._should_nest(op):
                self.nested[op.result] = op
        if block in self._tails:
            self._fit(block.results, LONGEST_LINE)
        else:
            for yielded in block.results:
                self._fit((yielded,), LONGEST)
        if block in self._trips:
            self._fit_leave(block, self._trips[block])

    def _fit_leave(self, block: Block, loop: Loop) -> None:
        """Whether the loop is left is asked after its variables have moved on: it must not read the old ones."""
        leave, *handed_on = block.results
        moved = {param for param, following in zip(loop.carried, handed_on, strict=False) if following is not param}
        if isinstance(leave, Value) and leave in self.nested and self._reads_any(leave, moved):
            del self.nested[leave]

    def _reads_any(self, value: Value, wanted: set[Value]) -> bool:
        op = self.nested.get(value)
        if op is None:
            return self.variable(value) in wanted
        inside = [*op.operands, *(arm.results[0] for arm in op.blocks)]
        return any(self._reads_any(atom, wanted) for atom in inside if isinstance(atom, Value))

    def _should_nest(self, op: Op) -> bool:
        if op.prim is IF and op not in self.ternary:
            return False
        return self._size[op.result] <= self._limit(op) and self._depth[op.result] <= DEEPEST

    def _limit(self, op: Op) -> int:
        """How long the expression of an operation may be."""
        return LONGEST_LINE if self._evaluated[op] in self._wide else LONGEST

    def _fit(self, atoms: tuple[Atom, ...], longest: int) -> None:
        """Give the longest nested operands statements of their own until the whole is short enough."""
        nested = [a for a in atoms if isinstance(a, Value) and a in self.nested]
        total = sum(self._length(a) + 2 for a in atoms)
        for value in sorted(nested, reverse=True, key=self._size.__getitem__):
            if total <= longest:
                return
            del self.nested[value]
            total -= self._size[value] - len(value.name or "value")

    def _length(self, atom: Atom) -> int:
        match atom:
            case Const(value):
                return len(repr(value))
            case Undefined():
                return 4
        return self._size[atom] if atom in self.nested else len(atom.name or "value")

    def _measure(self, op: Op) -> tuple[int, int]:
        """Roughly how many characters the expression of an operation has, and how deeply it is nested."""
        depths = [self._depth[o] - self._is_chained(op, k, o) for k, o in self._nested_operands(op)]
        operands = sum(self._length(o) for o in op.operands)
        attrs = sum(len(k) + len(str(v)) + 3 for k, v in op.attrs.items() if v is not None and v is not False)
        word = short_circuit(op)
        if word is not None:
            size = operands + len(word) + 2 + self._length(op.blocks[word == "or"].results[0])
        elif op.prim is IF:
            size = operands + sum(self._length(b.results[k]) + 5 for b in op.blocks for k in range(len(op.results)))
        elif op.prim in (CALL, PACK):
            name = op.attrs["callee"] if op.prim is CALL else ""
            size = len(name) + 2 + operands + 2 * max(len(op.operands) - 1, 0)
        elif op.prim.name == "getitem":
            size = operands + len(str(op.attrs["index"])) + 2
        elif op.prim.spelling in BINARY:
            size = operands + len(op.prim.spelling) + 2
        else:
            size = operands + 2 * len(op.operands) + attrs + len(op.prim.spelling)
        return size, 1 + max(depths, default=0)

    def _nested_operands(self, op: Op) -> list[tuple[int, Value]]:
        return [(k, o) for k, o in enumerate(op.operands) if isinstance(o, Value) and o in self.nested]

    def _is_chained(self, op: Op, k: int, operand: Value) -> bool:
        """Whether an operand continues a sum: `a + b + c` reads as one step."""
        return k == 0 and op.prim.spelling in SUMS and self.nested[operand].prim.spelling in SUMS

    def _is_ternary(self, op: Op) -> bool:
        """Whether a conditional prints as `a if c else b`."""
        if len(op.results) != 1 or any(isinstance(r, Undefined) for block in op.blocks for r in block.results):
            return False
        short = short_circuit(op) is not None
        for block in op.blocks:
            if not short and self._length(block.results[0]) > LONGEST_ARM:
                return False
            if any(not self.is_dead(o) and not (len(o.results) == 1 and o.result in self.nested) for o in block.ops):
                return False
        return short or all(isinstance(o, Const) or self._length(o) <= 2 * LONGEST_ARM for o in op.operands)
