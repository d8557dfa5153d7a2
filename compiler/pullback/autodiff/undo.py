"""Undo logs: arrays that a reversed loop takes back trip by trip, instead of reading what was saved of each version.

A loop that overwrites parts of an array has a version of it after every write. Where the adjoints read them, the
forward keeps what each write overwrites, and the reversed loop, which begins with the last version, puts it back
before it reverses what came before that write:

    forward     log.append(x[i]);  x[i] = x[i] * x[i - 1]
    backward    x[i] = log.pop();  ... the adjoint of x[i] * x[i - 1], which reads x[i] and x[i - 1] ...

Values of the IR never change here either: what is put back is one more version, equal to the one that was overwritten.
A log is kept where it is smaller than what is saved without it: both are built, and what they keep is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import field

from pullback.analysis.record import is_cheap
from pullback.ir.core import Atom, Block, Const, Function, Op, Value, free_values, walk
from pullback.ir.regions import FOR, IF, LOOPS, Loop
from pullback.ir.types import Array, Seq, Type, dims_of, rank
from pullback.records import dataclass

UPDATES = frozenset({"index_add", "setitem"})
MANY = 100  # what a size or a number of trips counts that is not known: logs pay off from two numbers a trip on

Start = tuple[Op, int]  # a loop, and the position among what it carries of an array whose last version is at hand


@dataclass
class Undo:
    """What the reversed program takes back.

    starts    where it begins, loops and positions
    loops     for a loop, the positions among what it carries
    arms      for a conditional, the values from before it
    updates   the updates
    """

    starts: frozenset[Start] = frozenset()
    loops: dict[Op, tuple[int, ...]] = field(default_factory=dict)
    arms: dict[Op, tuple[Value, ...]] = field(default_factory=dict)
    updates: set[Op] = field(default_factory=set)

    def __contains__(self, op: Op) -> bool:
        return op in self.updates or op in self.loops or op in self.arms


@dataclass
class _Search:
    """Finds what can be taken back: from the `starts` on, or from wherever that is possible. Values that may be
    `undefined` are left alone.
    """

    starts: frozenset[Start] | None
    undefined: Set[Atom]
    plan: Undo = field(default_factory=Undo)

    def block(self, block: Block, known: set[Value]) -> set[Value]:
        """What is known at the start of a block, of what is `known` at its end and around it."""
        known = set(known)
        for op in reversed(block.ops):
            self.forget(op)
            if op.prim is IF:
                known.update(self.conditional(op, known))
            elif op.prim in LOOPS:
                known.update(self.loop(Loop(op), known))
            elif op.prim.name in UPDATES and op.result in known:
                base = op.operands[0]
                if isinstance(base, Value) and base not in known:
                    self.plan.updates.add(op)
                    known.add(base)
        return known - self.undefined

    def forget(self, op: Op) -> None:
        """An operation is visited again with less that is known."""
        self.plan.updates.discard(op)
        self.plan.arms.pop(op, None)
        self.plan.loops.pop(op, None)
        self.plan.starts -= {start for start in self.plan.starts if start[0] is op}

    def conditional(self, op: Op, known: set[Value]) -> tuple[Value, ...]:
        """What both arms take back."""
        before = []
        for arm in op.blocks:
            pairs = zip(op.results, arm.results, strict=True)
            ends = {yielded for result, yielded in pairs if result in known and isinstance(yielded, Value)}
            before.append(self.block(arm, known | ends))
        gained = tuple(v for v in _free(op) if v not in known and all(v in values for values in before))
        if gained:
            self.plan.arms[op] = gained
        return gained

    def loop(self, loop: Loop, known: set[Value]) -> set[Value]:
        """What a loop takes back trip by trip, of what is known at the end of the last one."""
        given = {k for k, final in enumerate(loop.final) if final in known}
        begun = {k for k, p in enumerate(loop.carried) if _is_array(p.type) and self.may_start(loop, k)} - given
        positions = given | begun
        while True:
            ends = {after for k in positions if isinstance(after := loop.next[k], Value)} - self.undefined
            before = self.block(loop.body, known | ends)
            closed = {k for k in positions if loop.next[k] in ends and loop.carried[k] in before}
            if closed == positions:
                break
            positions = closed
        if all(loop.next[k] is loop.carried[k] for k in positions):
            return set()
        self.plan.loops[loop.op] = tuple(sorted(positions))
        self.plan.starts |= {(loop.op, k) for k in positions & begun}
        return {start for k in positions if isinstance(start := loop.initial[k], Value)}

    def may_start(self, loop: Loop, k: int) -> bool:
        return loop.final[k] not in self.undefined and (self.starts is None or (loop.op, k) in self.starts)


def undo(fn: Function, undefined: Set[Atom], starts: frozenset[Start] | None = None) -> Undo:
    """What can be taken back from the `starts` on; without them, from wherever that is possible."""
    search = _Search(starts, undefined)
    search.block(fn.block, set())
    return search.plan


def _free(op: Op) -> dict[Value, None]:
    """What the blocks of an operation read from around it."""
    return {v: None for block in op.blocks for v in free_values(block)}


def _is_array(t: Type) -> bool:
    return isinstance(t, Array) and rank(t) not in (0, None)


# Which logs are kept.


def with_least_kept(fn: Function, undefined: Set[Atom], build: Callable[[Undo], Function]) -> Function:
    """The joint function of `fn`, as `build` makes it of what is taken back, that keeps the fewest numbers."""
    best = build(Undo())
    if not _in_loops(best.block, 1, _read(best)):
        return best
    possible = undo(fn, undefined)
    if not possible.updates:
        return best
    least = kept(best)
    chosen: frozenset[Start] = frozenset()
    subsets = [possible.starts]
    if len(possible.starts) > 1:
        subsets += [possible.starts - {start} for start in _in_order(fn, possible.starts)]
    for starts in subsets:
        if chosen:
            starts = chosen & starts
        plan = undo(fn, undefined, starts)
        built = build(plan)
        if (found := kept(built)) < least:
            best, least, chosen = built, found, plan.starts
    return best


def kept(fn: Function) -> int:
    """How many numbers a joint function keeps for its adjoint sweep; what is not known counts as `MANY`."""
    read = _read(fn)
    primal = {r: op for op in fn.block.ops if op.sweep == "primal" for r in op.results}
    later = {v for op in fn.block.ops if op.sweep == "adjoint" for v in (*op.operands, *_free(op)) if v in read}
    once = sum(_numbers(v.type) for v in later if v in primal and not is_cheap(primal[v]))
    return once + _in_loops(fn.block, 1, read)


def _in_loops(block: Block, often: int, read: Set[Atom]) -> int:
    """How many numbers the primal loops of a block write down."""
    total = 0
    for op in block.ops:
        if op.sweep == "primal":
            inside = often
            if op.prim in LOOPS:
                loop = Loop(op)
                inside = often * _trips(loop)
                records = [r.type.element for r in loop.records if isinstance(r.type, Seq) and r in read]
                total += inside * sum(map(_numbers, records))
            total += sum(_in_loops(inner, inside, read) for inner in op.blocks)
    return total


def _read(fn: Function) -> set[Atom]:
    """The values whose elements are read. For a shape alone nothing is kept in the end: something else will have it."""
    read: set[Atom] = set(fn.results)

    def visit(block: Block) -> None:
        for op in reversed(block.ops):
            if op.prim in LOOPS:
                loop = Loop(op)
                read.update((*loop.bounds, *loop.initial, loop.leave, *loop.next))
                read.update(result for test in op.blocks[:-1] for result in test.results)
                read.update(w for w, record in zip(loop.written, loop.records, strict=True) if record in read)
            elif op.prim is IF:
                for arm in op.blocks:
                    read.update(y for y, result in zip(arm.results, op.results, strict=True) if result in read)
            for inner in op.blocks:
                visit(inner)
            if op.prim in LOOPS:
                read.update(s for s, e in zip(loop.sequences, loop.elements, strict=True) if e in read)
            elif op.prim.name not in ("shape", "dim", "size"):
                read.update(op.operands)

    visit(fn.block)
    return read


def _trips(loop: Loop) -> int:
    bounds = [b.value for b in loop.bounds if isinstance(b, Const)]
    return len(range(*bounds)) if loop.op.prim is FOR and len(bounds) == 3 else MANY


def _numbers(t: Type) -> int:
    if isinstance(t, Seq):
        return 0  # what it holds is counted where it is written
    dims = dims_of(t)
    count = 1
    for dim in (None,) if dims is None else dims:
        count *= dim if isinstance(dim, int) else MANY
    return count


def _in_order(fn: Function, starts: frozenset[Start]) -> list[Start]:
    place = {op: n for n, op in enumerate(walk(fn.block))}
    return sorted(starts, key=lambda start: (place[start[0]], start[1]))
