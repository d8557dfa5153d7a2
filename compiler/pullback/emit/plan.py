"""Decides which values are nested into the expression of their one reader, and which get a statement of their own.

Two questions in turn. May it be nested: read once, in its own block, with no write in between to memory that it reads?
(Asked backwards, since where an expression is evaluated depends on whether its reader is nested too.) Should it be:
is the result short enough to read, and did the user not give it a name and a line? (Asked forwards, since the length
of an expression depends on what was nested into it.)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pullback.emit.memory import Memory
from pullback.emit.spelling import BINARY
from pullback.emit.tail import tails
from pullback.ir.core import Atom, Block, Const, Op, Undefined, Value
from pullback.ir.regions import CALL, IF, PACK

STATEMENTS = frozenset(["unpack", "unpack_shape", "index_add"])  # they have no form as an expression
LONGEST = 64  # characters of an expression into which others are nested
LONGEST_RETURN = 84
LONGEST_ARM = 16  # of each side of `a if c else b`
DEEPEST = 5

Reader = Op | Block


@dataclass(frozen=True, slots=True)
class _Use:
    reader: Reader
    home: Block
    operand: int


class Plan:
    """For one function: `nested` values, `ternary` conditionals, and `unread` operations and values.

    Args:
        block: the function's block, after `sink_tail`.
        in_place: whether an operation will be printed as an in-place update of its `into` operand.
        named_results: whether what is returned keeps a line of its own (in the entry).
    """

    def __init__(self, block: Block, in_place: Callable[[Op], bool], named_results: bool) -> None:
        self.nested: dict[Value, Op] = {}
        self.ternary: set[Op] = set()
        self.reads: dict[Value, int] = {}
        self._in_place = in_place
        self._named_results = named_results
        self._memory = Memory(block, in_place)
        self._body = block
        self._uses: dict[Value, _Use] = {}
        self._evaluated: dict[Reader, int] = {}
        self._may_nest: dict[Value, Op] = {}
        self._size: dict[Value, int] = {}
        self._depth: dict[Value, int] = {}
        self._tails = frozenset(tails(block))
        self._returns = {self._memory.position[tail] for tail in self._tails}
        self._backward(block, [True] * len(block.results))
        self._forward(block)

    def is_dead(self, op: Op) -> bool:
        """Whether nothing reads what it computes."""
        return bool(op.results) and not any(r in self.reads for r in op.results)

    def defines_early(self, op: Op) -> bool:
        """Whether the result has its name before all operands are read: a copy or an alias comes first."""
        return op.prim.name == "index_add" or self._in_place(op)

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
            for k, operand in enumerate(op.operands):
                self._read(operand, _Use(op, block, k))
            for inner in op.blocks:
                self._backward(inner, [r in self.reads for r in op.results])

    def _read(self, atom: Atom, use: _Use) -> None:
        if isinstance(atom, Value):
            self.reads[atom] = self.reads.get(atom, 0) + 1
            self._uses[atom] = use

    def _evaluation(self, op: Op, home: Block) -> int:
        """The position at which an operation is evaluated: its own, or its reader's if it may be nested there."""
        own = self._memory.position[op]
        if len(op.results) != 1 or self.reads[op.result] != 1 or op.prim.name in STATEMENTS or self._in_place(op):
            return own
        use = self._uses[op.result]
        if use.home is not home or (
            isinstance(use.reader, Op) and use.operand == use.reader.into and self._in_place(use.reader)
        ):
            return own
        if self._keeps_its_line(op, use):
            return own
        there = self._evaluated[use.reader]
        if op.prim in (CALL, IF) and there not in self._returns:
            return own
        if self._memory.written_between(op, own, there):
            return own
        self._may_nest[op.result] = op
        return there

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
            self._fit(op.operands, self._limit(op))
            size, depth = self._measure(op)
            if op.prim is IF and self._is_ternary(op):
                self.ternary.add(op)
            for result in op.results:
                self._size[result], self._depth[result] = size, depth
            if len(op.results) == 1 and op.result in self._may_nest and self._should_nest(op):
                self.nested[op.result] = op
        if block in self._tails:
            self._fit(block.results, LONGEST_RETURN)
        else:
            for yielded in block.results:
                self._fit((yielded,), LONGEST)

    def _should_nest(self, op: Op) -> bool:
        if op.prim is IF and op not in self.ternary:
            return False
        return self._size[op.result] <= self._limit(op) and self._depth[op.result] <= DEEPEST

    def _limit(self, op: Op) -> int:
        """How long the expression of an operation may be."""
        return LONGEST_RETURN if self._evaluated[op] in self._returns else LONGEST

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
        depths = [self._depth[o] for o in op.operands if isinstance(o, Value) and o in self.nested]
        operands = sum(self._length(o) for o in op.operands)
        attrs = sum(len(k) + len(str(v)) + 3 for k, v in op.attrs.items() if v is not None and v is not False)
        if op.prim is IF:
            size = operands + sum(self._length(b.results[k]) + 5 for b in op.blocks for k in range(len(op.results)))
        elif op.prim in (CALL, PACK):
            name = op.attrs["callee"] if op.prim is CALL else ""
            size = len(name) + 2 + operands + 2 * max(len(op.operands) - 1, 0)
        elif op.prim.spelling in BINARY:
            size = operands + len(op.prim.spelling) + 2
        else:
            size = operands + 2 * len(op.operands) + attrs + len(op.prim.spelling)
        return size, 1 + max(depths, default=0)

    def _is_ternary(self, op: Op) -> bool:
        """Whether a conditional prints as `a if c else b`."""
        if len(op.results) != 1 or any(isinstance(r, Undefined) for block in op.blocks for r in block.results):
            return False
        for block in op.blocks:
            if self._length(block.results[0]) > LONGEST_ARM:
                return False
            if any(not self.is_dead(o) and not (len(o.results) == 1 and o.result in self.nested) for o in block.ops):
                return False
        return all(isinstance(o, Const) or self._length(o) <= 2 * LONGEST_ARM for o in op.operands)
