"""Computes again, in a reversed loop, what costs next to nothing beside what is read back anyway.

before:  for values, part, p, q over (values_saved, parts, ps, qs): ...       part = values[1:] and q = 1 - p, once
after:   for values, p over (values_saved, ps): part = values[1:];  q = 1 - p; ...

before:  for a, b over (as, bs): ...                                          a = k * x and b = 1 - x, once
after:   for x over (x_saved): a = k * x;  b = 1 - x; ...
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from pullback.analysis.record import ARITHMETIC
from pullback.ir.core import Atom, Block, Const, Function, Op, Value, walk
from pullback.ir.regions import LOOPS, Loop
from pullback.ir.types import Seq, dims_of, is_numeric
from pullback.passes.dead_code import dead_code
from pullback.primitives.families.indexing import takes_places


def recompute(fn: Function) -> Function:
    """Let reversed loops compute those elements that others tell; all elements must be read."""
    fn = _with_sources_kept(fn)
    again = _Again(fn)
    changed = replace(fn, block=again.block(fn.block))
    return dead_code(changed) if again.count else fn


class _Again:
    """Rewrites a function; `count` says how many elements have become computations."""

    def __init__(self, fn: Function) -> None:
        self.params = fn.params
        self.count = 0
        self.records: dict[Value, tuple[Op, Atom]] = {}  # sequence -> the loop that wrote it, what its trips wrote
        self.written: dict[Value, tuple[Op, Atom]] = {}  # element -> the same
        for op in walk(fn.block):
            if op.prim in LOOPS:
                loop = Loop(op)
                self.records.update((r, (op, w)) for r, w in zip(loop.records, loop.written, strict=True))
        for op in walk(fn.block):
            if op.prim in LOOPS:
                for element, sequence in zip(Loop(op).elements, Loop(op).sequences, strict=True):
                    row = self.written.get(sequence, (op, sequence))[1] if isinstance(sequence, Value) else sequence
                    if isinstance(row, Value) and row in self.records:
                        self.written[element] = self.records[row]

    def block(self, block: Block) -> Block:
        ops = []
        for op in block.ops:
            if op.prim in LOOPS and op.attrs.get("reverse"):
                op = self.loop(Loop(op))
            if op.blocks:
                op = replace(op, blocks=tuple(map(self.block, op.blocks)))
            ops.append(op)
        return replace(block, ops=tuple(ops))

    def loop(self, loop: Loop) -> Op:
        written = {e: self.written[e] for e in loop.elements if e in self.written}
        at_hand: dict[Atom, Atom] = {atom: element for element, (_, atom) in written.items()}
        again: dict[Value, Op] = {}
        for writer in dict.fromkeys(writer for writer, _ in written.values()):
            elements = {atom: element for element, (wrote, atom) in written.items() if wrote is writer}
            for made in Loop(writer).body.ops:
                element = elements.get(made.results[0]) if len(made.results) == 1 else None
                if element is not None and costs_little(made) and self.is_told(made, at_hand):
                    operands = tuple(at_hand.get(operand, operand) for operand in made.operands)
                    again[element] = replace(made, operands=operands, results=(element,), sweep=loop.op.sweep)
        if not again:
            return loop.op
        self.count += len(again)
        left = [k for k, element in enumerate(loop.elements) if element not in again]
        params = (*loop.index, *loop.carried, *(loop.elements[k] for k in left))
        body = replace(loop.body, params=params, ops=(*again.values(), *loop.body.ops))
        first = len(loop.op.operands) - len(loop.sequences)
        operands = (*loop.op.operands[:first], *(loop.sequences[k] for k in left))
        return replace(loop.op, operands=operands, blocks=(*loop.op.blocks[:-1], body))

    def is_told(self, op: Op, at_hand: dict[Atom, Atom]) -> bool:
        """Whether all that an operation reads is at hand in the reversed loop, and some of it was read back."""
        known = all(isinstance(o, Const) or o in at_hand or o in self.params for o in op.operands)
        return known and any(o in at_hand for o in op.operands)


def costs_little(op: Op) -> bool:
    """Whether it is no dearer than the memory that would keep it: a view, an element, a sum, difference or product."""
    if op.prim.name == "getitem":
        return takes_places(op)
    return op.prim.name in ARITHMETIC and all(is_numeric(v.type) for v in (*op.operands, *op.results))


def _with_sources_kept(fn: Function) -> Function:
    """Let loops keep one array where they keep two or more that are told by it."""
    kept: dict[Op, Value] = {}
    reads: dict[Op, Op] = {}
    writers = {record: op for op in walk(fn.block) if op.prim in LOOPS for record in Loop(op).records}
    for op in walk(fn.block):
        if op.prim in LOOPS and op.attrs.get("reverse"):
            records = [s for s in Loop(op).sequences if isinstance(s, Value) and s in writers]
            for writer in dict.fromkeys(writers[record] for record in records):
                source = _source_of_several(Loop(writer), [r for r in records if writers[r] is writer], fn.params)
                if source is not None and writer not in kept:
                    kept[writer], reads[op] = source, writer
    if not kept:
        return fn
    sequences = {writer: Value(Seq(source.type), source.name, source.loc) for writer, source in kept.items()}

    def block(old: Block) -> Block:
        return replace(old, ops=tuple(map(changed, old.ops)))

    def changed(op: Op) -> Op:
        new = replace(op, blocks=tuple(map(block, op.blocks))) if op.blocks else op
        if op in kept:
            body = new.blocks[-1]
            body = replace(body, results=(*body.results, kept[op]))
            new = replace(new, results=(*new.results, sequences[op]), blocks=(*new.blocks[:-1], body))
        if op in reads:
            source, body = kept[reads[op]], new.blocks[-1]
            body = replace(body, params=(*body.params, replace(source)))
            operands = (*new.operands, sequences[reads[op]])
            new = replace(new, operands=operands, blocks=(*new.blocks[:-1], body))
        return new

    return replace(fn, block=block(fn.block))


def _source_of_several(loop: Loop, records: Sequence[Value], params: Sequence[Value]) -> Value | None:
    """An array of a trip, not kept yet, that tells two or more arrays of its shape that are."""
    made = {op.result: op for op in loop.body.ops if len(op.results) == 1}
    kept = dict.fromkeys(loop.written[loop.records.index(record)] for record in records)
    told: Counter[Value] = Counter()
    for atom in kept:
        op = made.get(atom) if isinstance(atom, Value) else None
        if op is None or op.prim.name not in ARITHMETIC:
            continue
        others = {o for o in op.operands if isinstance(o, Value) and o not in params}
        dims = dims_of(op.result.type)
        if len(others) == 1 and dims and dims_of((source := others.pop()).type) == dims:
            told[source] += 1
    inside = {*loop.carried, *made}
    found = [source for source, count in told.most_common() if count > 1 and source not in kept and source in inside]
    return found[0] if found else None
