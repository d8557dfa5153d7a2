"""Gives loops the arrays that they update element by element.

before:  for i, A over A0: ... yield setitem(A, v, i)        A0 is an argument, or read after the loop
after:   A1 = copy(A0);  for i, A over A1 (own A): ...       one copy, and none in any trip

An array that a loop owns is handed from trip to trip and to nobody else: no sequence keeps it, no other carried
value is a view of it. What it began with is allocated for it: a copy, or a fresh array that nothing else reads.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from pullback.analysis.aliasing import Aliasing, Sources
from pullback.ir.core import Atom, Block, Function, Op, Value, free_values, walk
from pullback.ir.regions import CALL, LOOPS, Loop
from pullback.ir.types import dims_of, is_array
from pullback.primitives.registry import PRIMITIVES

ELEMENT_UPDATES = frozenset({"index_add", "setitem"})


def give_loops_their_arrays(fn: Function, aliasing: Aliasing) -> Function:
    """Set the attribute `own` of loops, with copies of what they begin with where it is not theirs to take."""
    if not any(op.prim in LOOPS for op in walk(fn.block)):
        return fn
    return replace(fn, block=_block(fn.block, aliasing.sources(fn), frozenset()))


def _block(block: Block, sources: dict[Value, Sources], owned: frozenset[Value]) -> Block:
    """`owned` are parameters of the block whose memory is its own."""
    uses = _uses(block)
    allocated = {r for op in block.ops if _allocates(op) for r in op.results}
    ops: list[Op] = []
    for op in block.ops:
        if op.prim in LOOPS:
            loop = Loop(op)
            operands = list(op.operands)
            own = _updated(loop, sources)
            for k in own:
                start = loop.initial[k]
                assert isinstance(start, Value)
                fresh = start in owned or (start in allocated and sources[start] == {start})
                if not fresh or uses[start] > 1 or _has_views(start, uses, sources, op):
                    copy = Op(PRIMITIVES["copy"], (start,), {}, (replace(start),), (), op.loc, op.sweep)
                    operands[len(loop.bounds) + k] = copy.result
                    ops.append(copy)
            body = _block(loop.body, sources, frozenset(loop.carried[k] for k in own))
            op = replace(
                op, operands=tuple(operands), attrs={**op.attrs, "own": tuple(own)}, blocks=(*op.blocks[:-1], body)
            )
        elif op.blocks:
            op = replace(op, blocks=tuple(_block(b, sources, frozenset()) for b in op.blocks))
        ops.append(op)
    return Block(block.params, tuple(ops), block.results)


def _updated(loop: Loop, sources: dict[Value, Sources]) -> list[int]:
    """The carried arrays of which each trip hands on the same memory, with some elements updated or added to."""
    found = []
    for k, (param, after) in enumerate(zip(loop.carried, loop.next, strict=True)):
        chain = _chain(after, loop.body) if is_array(param.type) and isinstance(after, Value) else []
        if len(chain) < 2 or chain[-1] is not param or not isinstance(loop.initial[k], Value):
            continue
        memory = frozenset().union(*(sources[value] for value in chain))
        others = [*(a for j, a in enumerate(loop.next) if j != k), *loop.written]
        if not any(sources[a] & memory for a in others if isinstance(a, Value)):
            found.append(k)
    return found


def _chain(value: Value, block: Block) -> list[Value]:
    """The values that an array went through by updates of elements, from `value` backwards."""
    definition = {r: op for op in block.ops for r in op.results}
    chain: list[Value] = [value]
    while chain[-1] in definition:
        op = definition[chain[-1]]
        before: Atom
        if op.prim in LOOPS and chain[-1] in Loop(op).final:
            loop = Loop(op)
            k = loop.final.index(chain[-1])
            after = loop.next[k]
            inner = _chain(after, loop.body) if isinstance(after, Value) else []
            if len(inner) < 2 or inner[-1] is not loop.carried[k]:
                return []
            before = loop.initial[k]
        elif op.prim.name in ELEMENT_UPDATES or _adds_up(op):
            before = op.operands[0]
        else:
            return []
        if not isinstance(before, Value):
            return []
        chain.append(before)
    return chain


def _adds_up(op: Op) -> bool:
    """Whether an operation adds to an adjoint that is summed over the trips: `W_bar += ...`."""
    first, out = op.operands[:1], op.results[0].type
    return op.sweep == "adjoint" and op.prim.name == "add" and dims_of(first[0].type) == dims_of(out)


def _uses(block: Block) -> Counter[Atom]:
    uses: Counter[Atom] = Counter(block.results)
    for op in block.ops:
        uses.update(op.operands)
        for inner in op.blocks:
            uses.update(list(free_values(inner)))
    return uses


def _has_views(value: Value, uses: Counter[Atom], sources: dict[Value, Sources], loop: Op) -> bool:
    """Whether something else that is read in the block may be a view of what a loop begins with."""
    others = (v for v in uses if isinstance(v, Value) and v is not value and v not in loop.results)
    return any(value in sources.get(v, ()) for v in others)


def _allocates(op: Op) -> bool:
    return not op.blocks and op.prim is not CALL and op.prim.view == "never"
