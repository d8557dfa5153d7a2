"""Which sequences a loop may take apart while it reads them, because nobody else holds them: `h = hs.pop()`."""

from __future__ import annotations

from collections.abc import Mapping

from pullback.emit.needed import never_leaves
from pullback.ir.core import Atom, Block, Const, Op, Undefined, Value
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
        self._depth: dict[Atom, int] = {}
        self._owned: set[Atom] = set()
        self._visit(block, 0)

    def is_owned(self, sequence: Atom) -> bool:
        """Whether it was written by a loop of this function, is read by one loop only, and that loop runs once."""
        return sequence in self._owned

    def counts(self, sequence: Atom, loop: Loop) -> bool:
        """Whether a `for` has so many trips because the loop that wrote the sequence had."""
        writer = self._writer(sequence)
        return writer is not None and loop.bounds == (Const(0), writer.trips, Const(1))

    def has_as_many(self, sequence: Atom, loop: Loop) -> bool:
        """Whether a sequence surely has one element for each trip of a `for`."""
        writer = self._writer(sequence)
        if writer is None:
            return False
        return self.counts(sequence, loop) or (never_leaves(writer) and writer.bounds == loop.bounds)

    def _writer(self, sequence: Atom) -> Loop | None:
        op = self._definition.get(sequence) if isinstance(sequence, Value) else None
        return Loop(op) if op is not None and op.prim in LOOPS and sequence in op.results else None

    def _visit(self, block: Block, depth: int) -> None:
        for op in block.ops:
            for result in op.results:
                self._definition[result] = op
                self._depth[result] = depth
            if op.prim in LOOPS:
                loop = Loop(op)
                for element, sequence in zip(loop.elements, loop.sequences, strict=True):
                    if element in self._reads and self._is_fresh(sequence) and self._depth.get(sequence) == depth:
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
