"""Buffer assignment: the last pass, and the only one that lets a result overwrite memory.

An elementwise operation, or an update of some elements, writes over an operand when that operand's memory was
allocated in the same block, has the result's type, and is read by nobody afterwards under any name. Never an
argument's memory, never what a tape keeps, or a log.

Updates of elements are decided first, by `pullback.passes.ownership`, over whole functions: a loop of n element
updates costs O(n), and not O(n**2). Elementwise operations then take over what is left, block by block.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from types import EllipsisType

import numpy as np

from pullback.analysis.aliasing import Aliasing
from pullback.analysis.definedness import undefined_in_module
from pullback.analysis.liveness import last_uses
from pullback.ir.core import UNDEFINED, Atom, Block, Function, Module, Op, Value, walk
from pullback.ir.regions import DEFINED, IF, LOOPS, Loop
from pullback.ir.rewrite import map_functions
from pullback.ir.types import BOOL, Array, dims_of, is_array, may_be_one, rank, same_dims, same_dtype
from pullback.passes.ownership import Updates
from pullback.primitives.families.indexing import Slice, is_view
from pullback.primitives.inference import is_complex
from pullback.primitives.registry import PRIMITIVES

IN_PLACE_OPERATORS = frozenset({"+", "-", "*", "/"})
# into its operand NumPy computes a product of single complex numbers by other instructions, which round otherwise
ROUNDED_OTHERWISE = frozenset({"multiply", "ufunc_multiply", "square"})
COMMUTATIVE = frozenset({"+", "*"})


def reuse_buffers(module: Module) -> Module:
    """Set `Op.into` wherever memory may be taken over.

    before:  a = x @ w;  b = a + c;  h = maximum(b, 0.0)
    after:   a = x @ w;  b = a + c  # into a;  h = maximum(b, 0.0)  # into b

    before:  for i, A over A0: ... yield setitem(A, v, i)        A0 is an argument, or read after the loop
    after:   A1 = copy(A0);  for i, A over A1: ... yield setitem(A, v, i)  # into A
    """
    aliasing, partial = Aliasing(module.functions), undefined_in_module(module)

    def assign(fn: Function) -> Function:
        updates = Updates(fn, aliasing)
        return replace(fn, block=_Assignment(updates, partial).block(fn.block, frozenset()))

    return map_functions(module, assign)


class _Assignment:
    """Assigns the buffers of a function whose updates are decided; what is `partial` may be undefined."""

    def __init__(self, updates: Updates, partial: set[Atom]) -> None:
        self.updates = updates
        self.partial = partial
        self.whole: set[Value] = set()  # arrays that are no views
        self.odd: set[Value] = set()  # arrays that lie in another order than C, which what is computed of them keeps

    def block(self, block: Block, owned: frozenset[Value]) -> Block:
        """Assign the buffers of a block; the memory of the parameters `owned` is its own to write."""
        memory = self.updates.memory
        self.whole |= owned
        here = {r for op in walk(block) for r in op.results} | owned
        ends: dict[Value, int] = {}
        for value, index in last_uses(block).items():
            for location in memory.get(value, ()):
                ends[location] = max(ends.get(location, -1), index)
        subtracted = _subtracted(block)
        ops: list[Op] = []
        for index, op in enumerate(block.ops):
            if op in self.updates.in_place:
                ops.append(replace(op, into=0))
                if op.operands[0] in self.whole:
                    self.whole.add(op.result)
                continue
            if op.prim in LOOPS:
                ops += self.loop(Loop(op))
                continue
            op = replace(op, blocks=tuple(self.block(b, frozenset()) for b in op.blocks)) if op.blocks else op
            for position in _candidates(op) if op not in subtracted else ():
                operand = op.operands[position]
                if not isinstance(operand, Value) or operand not in self.whole or not _fits(op, operand):
                    continue
                if self.is_laid_out_anew(op, operand):
                    continue
                others = [o for k, o in enumerate(op.operands) if k != position and isinstance(o, Value)]
                locations = memory[operand]
                if any(not locations.isdisjoint(memory[o]) and o is not operand for o in others):
                    continue
                if all(loc in here and self.is_free(loc) and ends.get(loc) == index for loc in locations):
                    op = replace(op, into=position)
                    break
            self.whole |= {r for r in op.results if self.is_whole(op, r)}
            if _is_odd(op) or (op.prim.kind == "elementwise" and self.keeps_order(op)):
                self.odd.update(op.results)
            copied = next((r for r in op.results if r in self.updates.copied), None)
            if copied is not None:
                part = replace(copied, name="")
                ops.append(replace(op, results=(part,)))
                op = Op(PRIMITIVES["copy"], (part,), {}, (copied,), (), op.loc, op.sweep)
            ops.append(op)
        return Block(block.params, tuple(ops), block.results)

    def keeps_order(self, op: Op) -> bool:
        """Whether what is computed lies in another order than C, as all that it is computed of does."""
        arrays = [o for o in op.operands if (rank(o.type) or 0) > 1]
        return bool(arrays) and self.odd.issuperset(arrays)

    def is_laid_out_anew(self, op: Op, operand: Value) -> bool:
        """Whether NumPy gives a result of the primal sweep another order in memory, in which sums round otherwise."""
        others = (o for o in op.operands if o is not operand)
        return op.sweep == "primal" and operand in self.odd and any((rank(o.type) or 0) > 1 for o in others)

    def is_free(self, location: Value) -> bool:
        """Whether memory that is dead in this block is dead everywhere."""
        return location not in self.updates.near and location not in self.updates.unwritable

    def loop(self, loop: Loop) -> list[Op]:
        """The loop, and before it the copies of what it owns and may not take."""
        op = loop.op
        own, starts = self.updates.own[op], self.updates.starts[op]
        operands = list(op.operands)
        copies: list[Op] = []
        for k in sorted(starts):
            start = loop.initial[k]
            assert isinstance(start, Value)
            copies += _copy(start, op, start in self.partial)
            operands[len(loop.bounds) + k] = copies[-1].result
        tests = tuple(self.block(test, frozenset()) for test in op.blocks[:-1])
        body = self.block(loop.body, frozenset(loop.carried[k] for k in own))
        self.whole |= {loop.final[k] for k in own if loop.initial[k] in self.whole or k in starts}
        return [*copies, replace(op, operands=tuple(operands), blocks=(*tests, body))]

    def is_whole(self, op: Op, result: Value) -> bool:
        if op.prim is IF:
            k = op.results.index(result)
            return all(arm.results[k] in self.whole for arm in op.blocks)
        return self.updates.memory[result] == {result}


def _copy(start: Value, loop: Op, partial: bool) -> list[Op]:
    """A copy of what a loop begins with, where that is defined."""
    copy = Op(PRIMITIVES["copy"], (start,), {}, (replace(start),), (), loop.loc, loop.sweep)
    if not partial:
        return [copy]
    asked = Op(DEFINED, (start,), {}, (Value(BOOL),), (), loop.loc, loop.sweep)
    arms = (Block((), (copy,), copy.results), Block((), (), (UNDEFINED,)))
    return [asked, Op(IF, asked.results, {}, (replace(start),), arms, loop.loc, loop.sweep)]


def _is_odd(op: Op) -> bool:
    """Whether a result lies in another order than C: transposed, or taken by arrays of places behind a whole axis."""
    match op.prim.name:
        case "transpose" | "swapaxes":
            return True
        case "getitem":
            items = op.attrs["index"].items
            return bool(items) and not is_view(op) and isinstance(items[0], Slice | EllipsisType)
    return False


def _subtracted(block: Block) -> set[Op]:
    """Negations of what is added to elements: `x[i] -= a` needs none."""
    negations = {op.result: op for op in block.ops if op.prim.name == "negative"}
    added = {op.operands[1] for op in block.ops if op.prim.name == "index_add"}
    if added.isdisjoint(negations):
        return set()
    uses = Counter(o for op in walk(block) for o in op.operands)
    return {op for value, op in negations.items() if value in added and uses[value] == 1}


def _candidates(op: Op) -> list[int]:
    """The positions of operands whose memory the result could take, as `a += b` or `np.tanh(a, out=a)` does.

    In the primal sweep a variable of the user's keeps its meaning: it is overwritten by the next variable of the
    user's only, never by an intermediate value; and `x = x + f(x)` stays as it was written.
    """
    if op.prim.spelling in COMMUTATIVE:
        positions = list(range(len(op.operands)))  # `+` has one operand or two
    elif op.prim.spelling in IN_PLACE_OPERATORS or (isinstance(op.prim.evaluate, np.ufunc) and len(op.results) == 1):
        positions = [0]
    else:
        return []
    if op.sweep == "primal":
        positions = [p for p in positions if p == 0 and (op.result.name or not getattr(op.operands[p], "name", ""))]
    return positions


def _fits(op: Op, operand: Atom) -> bool:
    given, wanted = operand.type, op.result.type
    if op.prim.name in ROUNDED_OTHERWISE and is_complex(wanted) and all(map(may_be_one, dims_of(wanted) or ())):
        return False
    return (
        is_array(wanted)
        and isinstance(given, Array)
        and isinstance(wanted, Array)
        and same_dtype(given, wanted)
        and same_dims(given.shape, wanted.shape)
    )
