"""Computes again, in a reversed loop, what costs next to nothing beside what is read back anyway.

before:  for values, part, p, q over (values_saved, parts, ps, qs): ...       part = values[1:] and q = 1 - p, once
after:   for values, p over (values_saved, ps): part = values[1:];  q = 1 - p; ...
"""

from __future__ import annotations

from dataclasses import replace

from pullback.ir.core import Atom, Block, Const, Function, Op, Value, walk
from pullback.ir.regions import LOOPS, Loop
from pullback.ir.types import is_numeric, rank
from pullback.passes.dead_code import dead_code
from pullback.primitives.families.indexing import takes_places

ARITHMETIC = frozenset({"add", "subtract", "multiply", "negative"})


def recompute(fn: Function) -> Function:
    """Let reversed loops compute those elements that others tell; all elements must be read."""
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
                if element is not None and costs_nothing(made) and self.is_told(made, at_hand):
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


def costs_nothing(op: Op) -> bool:
    """Whether it is a view, an element, or arithmetic on numbers."""
    if op.prim.name == "getitem":
        return takes_places(op)
    values = (*op.operands, *op.results)
    return op.prim.name in ARITHMETIC and all(is_numeric(v.type) and rank(v.type) == 0 for v in values)
