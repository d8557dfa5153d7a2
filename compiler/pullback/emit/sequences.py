"""Which sequences a loop may take apart while it reads them, because nobody else holds them: `h = hs.pop()`."""

from __future__ import annotations

from collections.abc import Mapping

from pullback.ir.core import Atom, Block, Op, Undefined, Value
from pullback.ir.regions import IF, LOOPS, Loop
from pullback.ir.types import Seq


class Ownership:
    """Says of the sequences of one function whether the one loop that reads them owns them.

    Args:
        block: the function's block.
        reads: how often each value is read.
    """

    def __init__(self, block: Block, reads: Mapping[Value, int]) -> None:
        self._reads = reads
        self._definition: dict[Value, Op] = {}
        self._depth: dict[Value, int] = {}
        self._owned: set[Value] = set()
        self._visit(block, 0)

    def is_owned(self, sequence: Atom) -> bool:
        """Whether it was written by a loop of this function, is read by one loop only, and that loop runs once."""
        return sequence in self._owned

    def is_written_with(self, sequence: Atom, trips: Value) -> bool:
        """Whether an owned sequence has one element for each trip of the loop that had so many trips."""
        if not self.is_owned(sequence) or not isinstance(sequence, Value):
            return False
        op = self._definition[sequence]
        return op.prim in LOOPS and trips is op.results[0] and sequence in op.results

    def _visit(self, block: Block, depth: int) -> None:
        for op in block.ops:
            for result in op.results:
                self._definition[result] = op
                self._depth[result] = depth
            if op.prim in LOOPS:
                loop = Loop(op)
                for element, sequence in zip(loop.elements, loop.sequences, strict=True):
                    if element in self._reads and self._is_fresh(sequence) and isinstance(sequence, Value):
                        if self._depth[sequence] == depth:
                            self._owned.add(sequence)
                    self._definition[element] = op
                    self._depth[element] = depth + 1
            for inner in op.blocks:
                self._visit(inner, depth + (op.prim in LOOPS))

    def _is_fresh(self, atom: Atom) -> bool:
        """Whether what holds a list has the only reference to it."""
        if isinstance(atom, Undefined):
            return True
        if not isinstance(atom, Value) or self._reads.get(atom) != 1 or atom not in self._definition:
            return False
        return self._is_made_here(atom)

    def _is_made_here(self, value: Value) -> bool:
        op = self._definition[value]
        if op.prim is IF:
            return all(self._is_fresh(arm.results[op.results.index(value)]) for arm in op.blocks)
        if op.prim not in LOOPS:
            return False
        loop = Loop(op)
        if value in loop.elements:
            sequence = loop.sequences[loop.elements.index(value)]
            return self.is_owned(sequence) and all(self._is_fresh(atom) for atom in self._elements(sequence))
        return value in loop.records

    def _elements(self, sequence: Atom) -> list[Atom]:
        """What was written into a sequence that is made here."""
        if not isinstance(sequence, Value):
            return []
        op = self._definition[sequence]
        if op.prim is IF:
            k = op.results.index(sequence)
            return [atom for arm in op.blocks for atom in self._elements(arm.results[k])]
        loop = Loop(op)
        if sequence in loop.elements:
            outer = loop.sequences[loop.elements.index(sequence)]
            return [atom for inner in self._elements(outer) for atom in self._elements(inner)]
        return [loop.written[loop.records.index(sequence)]]


def is_sequence(value: Value) -> bool:
    return isinstance(value.type, Seq)
