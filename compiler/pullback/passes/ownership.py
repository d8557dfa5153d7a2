"""Decides which updates of elements happen in place, and what is copied so that they may.

An update (`setitem`, `index_add`, and in the adjoint sweep a sum) may overwrite its operand if that memory was
allocated by this function and nobody reads what it held before, under any name, on any path. Operations are visited
in order; at each, `memory[v]` says where the value `v` may live if the decisions so far hold. (The same question is
asked of tensors by the one-shot bufferization of MLIR.)

A loop's body is a world of its own: what the loop carries is memory of the body's, and `near` says which other memory
it may be, which is a fixpoint over the trips. A carried array that some trip updates is *owned*: it takes over what it
began with if that is dead, else a copy of it, made once. Where a view of a part is read after the update, the part is
copied instead of the whole.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import field

from pullback.analysis.aliasing import NONE, OPAQUE, Aliasing, Sources, may_be_memory
from pullback.ir.core import Atom, Block, Function, Op, Value, free_values, walk
from pullback.ir.effects import EFFECT
from pullback.ir.regions import CALL, IF, LOOPS, PACK, UNPACK, Loop
from pullback.ir.types import Array, rank, same_dims, same_dtype
from pullback.primitives.families.indexing import is_basic, is_view
from pullback.records import dataclass

ELEMENT_UPDATES = frozenset({"index_add", "setitem"})
Key = tuple[object, ...]
Region = tuple[Value, Key]


@dataclass(eq=False)
class _Frame:
    """A block that is being visited: where, and what of the values around it must keep what it holds throughout."""

    reads: Mapping[Value, list[int]]
    ops: tuple[Op, ...]
    kept: frozenset[Value]
    index: int = 0


@dataclass
class Updates:
    """The decisions for one function.

    in_place    updates that overwrite their first operand
    put_back    updates by what is there already: a view that was itself updated in place
    copied      values that are copied where they are defined: views of parts
    starts      for a loop, the positions among its carried arrays that begin with a copy
    own         for a loop, the positions that it owns
    memory      where each value may live
    near        what memory of a loop's body may be the same as another
    unwritable  what others may look at at any time: arguments, tapes, what a log has been given
    """

    fn: Function
    aliasing: Aliasing
    in_place: set[Op] = field(default_factory=set)
    put_back: set[Op] = field(default_factory=set)
    copied: set[Value] = field(default_factory=set)
    starts: dict[Op, frozenset[int]] = field(default_factory=dict)
    own: dict[Op, frozenset[int]] = field(default_factory=dict)
    memory: dict[Value, Sources] = field(default_factory=dict)
    near: dict[Value, set[Value]] = field(default_factory=dict)
    unwritable: set[Value] = field(default_factory=set)
    _holders: dict[Value, set[Value]] = field(default_factory=dict)
    _region: dict[Value, Region] = field(default_factory=dict)
    _definition: dict[Value, Op] = field(default_factory=dict)
    _pools: dict[Value, Value] = field(default_factory=dict)  # what an open loop has written so far, by its record
    _frames: list[_Frame] = field(default_factory=list)
    _reads: dict[Block, dict[Value, list[int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.unwritable |= {*self.fn.params, OPAQUE}
        known = -1
        while known != (known := len(self.copied) + len(self.unwritable)):
            for table in (self.memory, self.near, self._holders, self._region):
                table.clear()
            for param in self.fn.params:
                self._set(param, frozenset([param]) if may_be_memory(param) else NONE)
            self._block(self.fn.block, frozenset())

    # Memory.

    def _set(self, value: Value, memory: Sources) -> None:
        self.memory[value] = memory
        for location in memory:
            self._holders.setdefault(location, set()).add(value)

    def _of(self, atom: Atom) -> Sources:
        return self.memory.get(atom, NONE) if isinstance(atom, Value) else NONE

    def _may_meet(self, a: Sources, b: Sources) -> bool:
        return not a.isdisjoint(b) or any(not b.isdisjoint(self.near.get(location, ())) for location in a)

    def _block(self, block: Block, kept: frozenset[Value]) -> set[Value]:
        """Visit a block; return the memory that it writes to."""
        if block not in self._reads:
            self._reads[block] = _reads(block)
        frame = _Frame(self._reads[block], block.ops, kept)
        self._frames.append(frame)
        written: set[Value] = set()
        for frame.index, op in enumerate(block.ops):
            self._definition.update(dict.fromkeys(op.results, op))
            if op.prim in LOOPS:
                written |= self._loop(Loop(op))
                continue
            for inner in op.blocks:
                written |= self._block(inner, frozenset())
            if op.prim is EFFECT and op.attrs["action"].keeps:
                self.unwritable.update(*map(self._of, op.operands))
            if is_update(op):
                written |= self._update(op)
            else:
                for k, result in enumerate(op.results):
                    self._set(result, self._of_result(op, k))
                    self._look_through(op, k)
        self._frames.pop()
        return written

    def _of_result(self, op: Op, k: int) -> Sources:
        result = op.results[k]
        if not may_be_memory(result):
            return NONE
        if op.prim is IF:
            return frozenset().union(*(self._of(block.results[k]) for block in op.blocks))
        if op.prim is PACK:
            return frozenset().union(*map(self._of, op.operands))
        if op.prim is UNPACK:
            return frozenset([OPAQUE])
        if op.prim is CALL:
            return self.aliasing.of_call(op, k, self.memory)
        if result in self.copied:
            return frozenset([result])
        if op.prim.name == "getitem" and is_view(op) and isinstance(op.operands[0], Value):
            self._region[result] = op.operands[0], _key(op, 1)
        return self.aliasing.of_operation(op, self.memory, result)

    def _look_through(self, op: Op, k: int) -> None:
        """What a conditional yields is a view of a part if both its arms yield that view, updated or not."""
        if op.prim is IF:
            yielded = [arm.results[k] for arm in op.blocks]
            regions = {self._region[y] if isinstance(y, Value) and y in self._region else None for y in yielded}
            if len(regions) == 1 and (region := regions.pop()) is not None:
                self._region[op.results[k]] = region

    # Updates.

    def _update(self, op: Op) -> set[Value]:
        """Decide on an update; return the memory that it writes to."""
        base, result = op.operands[0], op.result
        self.in_place.discard(op)
        self.put_back.discard(op)
        if not isinstance(base, Value) or rank(result.type) == 0:
            self._set(result, NONE if rank(result.type) == 0 else frozenset([result]))
            return set()
        memory = self._of(base)
        puts_back = self._puts_back(op)
        others = op.operands[2:] if _buffers_overlap(op) else op.operands[1:]
        inputs = frozenset().union(*(self._of(o) for o in others if o is not base))
        if puts_back or (not self._may_meet(memory, inputs) and self._is_free(base)):
            self.in_place.add(op)
            if puts_back:
                self.put_back.add(op)
            if base in self._region:
                self._region[result] = self._region[base]
            self._set(result, memory)
            return set(memory)
        self._set(result, frozenset([result]))
        return set()

    def _puts_back(self, op: Op) -> bool:
        """Whether it writes into a part of an array what is there already: a view of that part, updated or not."""
        if op.prim.name != "setitem":
            return False
        base, value = op.operands[:2]
        if (
            not isinstance(base, Value)
            or not isinstance(value, Value)
            or self._region.get(value) != (base, _key(op, 2))
        ):
            return False
        return self._is_dead_but_for(self._of(base), {value}, self._regions(base))

    def _is_free(self, base: Value) -> bool:
        """Whether the memory of a value may be overwritten now. Views of parts that are in the way will be copied."""
        memory = self._of(base)
        if not memory or not all(map(self._is_writable, memory)):
            return False
        return self._is_dead_but_for(memory, set(), self._regions(base))

    def _regions(self, value: Value) -> set[Region]:
        """The parts of other values that a value is a view of."""
        found: set[Region] = set()
        while value in self._region:
            found.add(self._region[value])
            value = self._region[value][0]
        return found

    def _is_writable(self, location: Value) -> bool:
        return location not in self.unwritable and self.unwritable.isdisjoint(self.near.get(location, ()))

    def _is_dead_but_for(self, memory: Sources, spared: set[Value], regions: Collection[Region] = ()) -> bool:
        in_the_way: set[Value] = set()
        for location in memory:
            for other in (location, *self.near.get(location, ())):
                if other in self._pools:
                    in_the_way.add(self._pools[other])
                holders = (v for v in self._holders.get(other, ()) if other in self._of(v))
                in_the_way.update(v for v in holders if self._is_read_later(v, regions))
        in_the_way -= spared
        if not in_the_way:
            return True
        parts = [self._part(value) for value in in_the_way]
        self.copied |= {part for part in parts if part is not None} if None not in parts else set()
        return False

    def _part(self, value: Value) -> Value | None:
        """The view of a part that a value is, or is another view of, updated since or not; None if it is none."""
        op = self._definition.get(value)
        while op is not None and not (op.prim.name == "getitem" and is_view(op)):
            if not op.operands or not (op in self.in_place or op.prim.view == "always"):
                return None
            base = op.operands[0]
            if not isinstance(base, Value):
                return None
            value, op = base, self._definition.get(base)
        return None if op is None else value

    def _is_read_later(self, value: Value, regions: Collection[Region]) -> bool:
        """Whether a value is read after the current operation; by what overwrites one of `regions`, it is not."""
        for frame in self._frames:
            if value in frame.kept:
                return True
            for index in reversed(frame.reads.get(value, ())):
                if index <= frame.index:
                    break
                if not (index < len(frame.ops) and _overwrites(frame.ops[index], value, regions)):
                    return True
        return False

    # Loops.

    def _loop(self, loop: Loop) -> set[Value]:
        """Visit the body until it is known which memory of different trips may be the same."""
        body, op = loop.body, loop.op
        around = frozenset(v for block in op.blocks for v in free_values(block))
        pools = {r: w for r, w in zip(loop.records, loop.written, strict=True) if isinstance(w, Value)}
        self._pools |= pools
        for index in loop.index:
            self._set(index, NONE)
        for element, sequence in zip(loop.elements, loop.sequences, strict=True):
            self._set(element, self._of(sequence) | {OPAQUE} if may_be_memory(element) else NONE)
        arrays = {p: n for p, n in zip(loop.carried, loop.next, strict=True) if may_be_memory(p)}
        for param in loop.carried:
            self._set(param, frozenset([param]) if param in arrays else NONE)
        inside = {r for op in walk(body) for r in op.results}
        while True:
            before = sum(map(len, self.near.values()))
            for value in inside:
                self.memory.pop(value, None)
                self._region.pop(value, None)
            written = self._block(body, around)
            self._relate(arrays, pools, inside.union(body.params))
            if before == sum(map(len, self.near.values())):
                break
        for test in op.blocks[:-1]:
            for param, carried in zip(test.params, loop.carried, strict=True):
                self._set(param, self.memory[carried] | {OPAQUE} if carried in arrays else NONE)
            self._block(test, around)
        own = self._handed_on(loop, written)
        starts: frozenset[int] = frozenset()
        for k in sorted(own):
            if not self._may_begin_with(loop, k, around, starts):
                starts |= {k}
        self.own[op], self.starts[op] = own, starts
        outside = written.difference(loop.carried)
        for k in own - starts:
            outside |= self._of(loop.initial[k])
        for pool in pools:
            del self._pools[pool]
        self._outwards(loop, arrays, starts)
        return outside

    def _relate(self, arrays: Mapping[Value, Atom], pools: Mapping[Value, Value], inside: Collection[Value]) -> None:
        """What the memory of one trip may be in the next; `inside` is memory of the trip."""
        heads: dict[Value, Sources] = {p: self._of(n) for p, n in arrays.items()}
        heads |= {pool: self._of(w) | {pool} for pool, w in pools.items()}
        for p, memory in heads.items():
            for location in memory:
                if location not in inside and location not in pools:
                    self._join(p, location)
                for other in list(self.near.get(location, ())):
                    if other not in inside and other not in pools:
                        self._join(p, other)
            for q, other_memory in heads.items():
                if p is not q and self._may_meet(memory, other_memory):
                    self._join(p, q)

    def _handed_on(self, loop: Loop, written: Collection[Value]) -> frozenset[int]:
        """The positions of carried arrays that some trip writes to: this one, or one to which it was handed on."""
        owned = set(written)
        count = -1
        while count != (count := len(owned)):
            for param, after in zip(loop.carried, loop.next, strict=True):
                if param in owned:
                    owned |= self._of(after)
        return frozenset(k for k, p in enumerate(loop.carried) if p in owned)

    def _join(self, a: Value, b: Value) -> None:
        if a is not b:
            self.near.setdefault(a, set()).add(b)
            self.near.setdefault(b, set()).add(a)

    def _may_begin_with(self, loop: Loop, k: int, around: Iterable[Value], copied: Collection[int]) -> bool:
        """Whether a loop may take what an array that it owns begins with: nobody else reads it. What is `copied` for
        the loop is read before.
        """
        start = loop.initial[k]
        if not isinstance(start, Value):
            return True
        memory = self._of(start)
        first = len(loop.bounds)
        others = [*around, *(o for j, o in enumerate(loop.op.operands) if j - first not in (k, *copied))]
        if any(self._may_meet(memory, self._of(other)) for other in others):
            return False
        return self._is_free(start)

    def _outwards(self, loop: Loop, arrays: Mapping[Value, Atom], starts: frozenset[int]) -> None:
        """Where what the loop hands out may live. A copy that it began with counts as memory of the final value's."""
        began = {
            p: frozenset([final]) if k in starts else self._of(start)
            for k, (p, start, final) in enumerate(zip(loop.carried, loop.initial, loop.final, strict=True))
        }

        def outer(memory: Sources) -> Sources:
            found: set[Value] = set()
            waiting, seen = list(memory), set()
            while waiting:
                location = waiting.pop()
                if location in seen:
                    continue
                seen.add(location)
                if location in arrays:
                    found |= began[location]
                    waiting += self._of(arrays[location])
                else:
                    found.add(location)
            return frozenset(found)

        self._set(loop.trips, NONE)
        for p, final in zip(loop.carried, loop.final, strict=True):
            self._set(final, outer(self.memory[p]) if may_be_memory(final) else NONE)
        for record, w in zip(loop.records, loop.written, strict=True):
            self._set(record, outer(self._of(w)))


def is_update(op: Op) -> bool:
    """Whether an operation changes a part of its first operand, or adds to a cotangent: `W_bar += ...`."""
    if op.prim.name in ELEMENT_UPDATES:
        return True
    base, out = op.operands[0].type if op.operands else None, op.results[0].type if op.results else None
    return (
        op.sweep == "adjoint"
        and op.prim.name in ("add", "subtract")
        and isinstance(base, Array)
        and isinstance(out, Array)
        and bool(out.shape)
        and same_dtype(base, out)
        and same_dims(base.shape, out.shape)
    )


def _buffers_overlap(op: Op) -> bool:
    """Whether what is written may be a view of where it is written: NumPy copies what overlaps, of slices."""
    return op.prim.name in ELEMENT_UPDATES and is_basic(op)


def _overwrites(op: Op, value: Value, regions: Collection[Region]) -> bool:
    """Whether an operation reads a value but for a region of it, which it overwrites."""
    return (
        op.prim.name == "setitem"
        and op.operands[0] is value
        and all(o is not value for o in op.operands[1:])
        and (value, _key(op, 2)) in regions
    )


def _key(op: Op, first: int) -> Key:
    return (op.attrs["index"], *op.operands[first:])


def _reads(block: Block) -> dict[Value, list[int]]:
    """Where each value is read in a block; by its results, after the last operation."""
    found: dict[Value, list[int]] = {}
    for index, op in enumerate(block.ops):
        inside = [v for inner in op.blocks for v in free_values(inner)]
        for atom in (*op.operands, *inside):
            if isinstance(atom, Value):
                found.setdefault(atom, []).append(index)
    for atom in block.results:
        if isinstance(atom, Value):
            found.setdefault(atom, []).append(len(block.ops))
    return found
