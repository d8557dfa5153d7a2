"""Which values may share memory.

`sources` maps a value to the values whose memory it may be: a parameter, or the value whose operation allocated. Python
numbers, NumPy scalars and shapes have none: they are immutable. `OPAQUE` stands for memory that is nobody's to
write: what came out of a tape, and views that NumPy makes read-only. A list is the memory of its
elements, of which nobody knows how many names they have: none is written once it has been read back.
"""

from __future__ import annotations

from collections.abc import Mapping

from pullback.ir.core import Atom, Block, Function, Op, Value
from pullback.ir.regions import CALL, IF, LOOPS, PACK, UNPACK, Loop
from pullback.ir.types import Array, List, Nothing, Seq, Tape, rank
from pullback.primitives.families.indexing import is_view

Sources = frozenset[Value]
OPAQUE = Value(Tape(), "opaque")
NONE: Sources = frozenset()
READ_ONLY = frozenset({"broadcast_to", "diagonal", "sliding_windows"})  # views that NumPy lets nobody write to


class Aliasing:
    """Sources of the values of a module's functions; what a call returns is summarised per callee."""

    def __init__(self, functions: Mapping[str, Function]) -> None:
        self.functions = functions
        self._summaries: dict[str, list[frozenset[int]]] = {}

    def sources(self, fn: Function) -> dict[Value, Sources]:
        """The sources of every value of a function, inside its regions too."""
        found: dict[Value, Sources] = {p: frozenset([p]) if may_be_memory(p) else NONE for p in fn.params}
        self._block(fn.block, found)
        return found

    def _block(self, block: Block, found: dict[Value, Sources]) -> None:
        for op in block.ops:
            if op.prim in LOOPS:
                self._loop(Loop(op), found)
                continue
            for inner in op.blocks:
                self._block(inner, found)
            for k, result in enumerate(op.results):
                found[result] = self._of_result(op, k, found)

    def _loop(self, loop: Loop, found: dict[Value, Sources]) -> None:
        """What is carried may be the memory that it began with, or that of any trip: a fixpoint."""
        for param, start in zip(loop.carried, loop.initial, strict=True):
            found[param] = _read(start, found)
        for element, sequence in zip(loop.elements, loop.sequences, strict=True):
            found[element] = _read(sequence, found) if may_be_memory(element) else NONE
        for index in loop.index:
            found[index] = NONE
        while True:
            self._block(loop.body, found)
            nexts = zip(loop.carried, loop.next, strict=True)
            after = [found[p] | _read(n, found) for p, n in nexts]
            if after == [found[p] for p in loop.carried]:
                break
            found.update(zip(loop.carried, after, strict=True))
        for block in loop.op.blocks[:-1]:
            found.update(zip(block.params, after, strict=True))
            self._block(block, found)
        found[loop.trips] = NONE
        found.update(zip(loop.final, after, strict=True))
        for record, written in zip(loop.records, loop.written, strict=True):
            found[record] = _read(written, found)

    def _of_result(self, op: Op, k: int, found: Mapping[Value, Sources]) -> Sources:
        result = op.results[k]
        if not may_be_memory(result):
            return NONE
        if op.prim is IF:
            return frozenset().union(*(_read(block.results[k], found) for block in op.blocks))
        if op.prim is PACK:
            return frozenset().union(*(_read(o, found) for o in op.operands))
        if op.prim is UNPACK:
            return frozenset([OPAQUE])
        if op.prim is CALL:
            return self.of_call(op, k, found)
        return self.of_operation(op, found, result)

    def of_operation(self, op: Op, found: Mapping[Value, Sources], result: Value) -> Sources:
        """The sources of a result of an operation without regions; `found` has those of its operands."""
        if op.prim.name in ("list_get", "list_pop") and not isinstance(result.type, List):
            return _read(op.operands[0], found) | {OPAQUE} if rank(result.type) != 0 else NONE
        if op.prim.name == "list_sum":
            return _read(op.operands[1], found) | _allocated(result)
        if isinstance(result.type, List):  # its elements may be any array that went in
            return frozenset([result]).union(*(_read(o, found) for o in op.operands))
        if op.prim.name in READ_ONLY:
            return _read(op.operands[0], found) | {OPAQUE}
        if op.prim.name == "getitem":
            return _read(op.operands[0], found) if is_view(op) else _allocated(result)
        if op.prim.view == "any":
            return (
                NONE if rank(result.type) == 0 else frozenset([OPAQUE]).union(*(_read(o, found) for o in op.operands))
            )
        if op.prim.view != "never":
            return _read(op.operands[0], found)
        return _allocated(result)

    def of_call(self, op: Op, k: int, found: Mapping[Value, Sources]) -> Sources:
        """The sources of the k-th result of a call; `found` has those of its operands."""
        parts: Sources = NONE
        for source in self._summary(op.attrs["callee"])[k]:
            if source == FRESH:
                parts |= {op.results[k]}
            elif source == SAVED:
                parts |= {OPAQUE}
            elif source < 0:  # shares the memory of another result
                parts |= {op.results[-source - 3]}
            else:
                parts |= _read(op.operands[source], found)
        return parts

    def _summary(self, callee: str) -> list[frozenset[int]]:
        """Per result, where its memory comes from: parameters by position, FRESH, SAVED, or an earlier result."""
        if callee not in self._summaries:
            fn = self.functions[callee]
            self._summaries[callee] = [frozenset()] * len(fn.results)
            while (summary := self._summarise(fn)) != self._summaries[callee]:
                self._summaries[callee] = summary
        return self._summaries[callee]

    def _summarise(self, fn: Function) -> list[frozenset[int]]:
        found = self.sources(fn)
        position = {p: k for k, p in enumerate(fn.params)}
        owner: dict[Value, int] = {}
        rows = []
        for k, result in enumerate(fn.results):
            row = set()
            for source in _read(result, found):
                if source is OPAQUE or isinstance(source.type, Tape):
                    row.add(SAVED)
                elif source in position:
                    row.add(position[source])
                elif owner.setdefault(source, k) == k:
                    row.add(FRESH)
                else:
                    row.add(-owner[source] - 3)
            rows.append(frozenset(row))
        return rows


FRESH, SAVED = -1, -2


def _read(atom: Atom, found: Mapping[Value, Sources]) -> Sources:
    return found[atom] if isinstance(atom, Value) else NONE


def _allocated(result: Value) -> Sources:
    return NONE if rank(result.type) == 0 else frozenset([result])


def may_be_memory(value: Value) -> bool:
    """Whether a value is, or holds, an array."""
    return isinstance(value.type, Array | Tape | Seq | List | Nothing)
