"""Which values may share memory, and where memory is written: what a computation must not be moved across.

Positions number the operations of a function in the order in which they print. The classes are conservative: a view,
a call, a tape, a conditional and a loop join what goes in and what comes out.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable

from pullback.ir.core import Atom, Block, Op, Value
from pullback.ir.regions import CALL, IF, LOOPS, PACK, UNPACK, Loop
from pullback.ir.types import Array, List, Seq, Tape

MEMORY = Array | Tape | Seq | List


class Memory:
    """Positions, memory classes and writes of one function's block."""

    def __init__(self, block: Block, writes: Callable[[Op], bool]) -> None:
        self.position: dict[Op | Block, int] = {}
        self._parent: dict[Value, Value] = {}
        self._writes_memory = writes
        self._written: list[tuple[Value, int]] = []
        self._count = 0
        self._number(block)
        self._writes: defaultdict[Value, list[int]] = defaultdict(list)
        for value, position in sorted(self._written, key=lambda item: item[1]):
            self._writes[self._root(value)].append(position)

    def written_between(self, op: Op, start: int, end: int) -> bool:
        """Whether memory that `op` reads is written strictly between two positions."""
        for operand in op.operands:
            if isinstance(operand, Value) and isinstance(operand.type, MEMORY):
                positions = self._writes.get(self._root(operand), [])
                after = bisect_right(positions, start)
                if after < len(positions) and positions[after] < end:
                    return True
        return any(self.written_between(inner, start, end) for block in op.blocks for inner in block.ops)

    def _number(self, block: Block) -> None:
        for op in block.ops:
            self._count += 1
            self.position[op] = self._count
            for inner in op.blocks:
                self._number(inner)
            self._join(op)
        self._count += 1
        self.position[block] = self._count

    def _join(self, op: Op) -> None:
        operands = [o for o in op.operands if isinstance(o, Value)]
        if op.prim in (CALL, PACK, UNPACK):
            shared = [v for v in (*operands, *op.results) if isinstance(v.type, MEMORY)]
            if op.prim is CALL:  # the callee may own, and overwrite, a cotangent that it is given
                self._written += [(v, self.position[op]) for v in operands if isinstance(v.type, MEMORY)]
            for value in shared[1:]:
                self._union(shared[0], value)
        if op.prim is IF:
            for block in op.blocks:
                for given, result in zip(block.results, op.results, strict=True):
                    self._union_atoms(given, result)
        if op.prim in LOOPS:
            self._join_loop(Loop(op))
        if op.prim.view != "never" and op.operands and op.results:
            for operand in op.operands if op.prim.view == "any" else op.operands[:1]:
                for result in op.results:
                    self._union_atoms(operand, result)
        if op.into is not None:
            self._union_atoms(op.operands[op.into], op.results[0])
            if self._writes_memory(op):
                self._written.append((op.results[0], self.position[op]))

    def _join_loop(self, loop: Loop) -> None:
        """What is carried is one memory, and so are a sequence and its elements."""
        tests = [block.params for block in loop.op.blocks[:-1]]
        for given in (loop.initial, loop.next, loop.final, *tests):
            for atom, param in zip(given, loop.carried, strict=True):
                self._union_atoms(atom, param)
        atoms, values = (*loop.sequences, *loop.written), (*loop.elements, *loop.records)
        for atom, value in zip(atoms, values, strict=True):
            self._union_atoms(atom, value)

    def _union_atoms(self, a: Atom, b: Value) -> None:
        if isinstance(a, Value):
            self._union(a, b)

    def _union(self, a: Value, b: Value) -> None:
        a, b = self._root(a), self._root(b)
        if a is not b:
            self._parent[a] = b

    def _root(self, value: Value) -> Value:
        root = value
        while root in self._parent:
            root = self._parent[root]
        while value is not root:
            self._parent[value], value = root, self._parent[value]
        return root
