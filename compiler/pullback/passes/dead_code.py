"""Removes what nobody reads. All but effects are pure, so an unread result is no reason to compute it."""

from __future__ import annotations

from dataclasses import replace

from pullback.ir.core import Atom, Block, Function, Op, Value, free_values
from pullback.ir.effects import has_effect
from pullback.ir.regions import LOOPS, WHILE, Loop


def dead_code(fn: Function) -> Function:
    """Keep what the results and the effects depend on; a conditional keeps the results that are read.

    before:  a = exp(x);  b = sin(x);  return b
    after:   b = sin(x);  return b
    """
    return replace(fn, block=_live_block(fn.block))


def _live_block(block: Block) -> Block:
    live: set[Atom] = set(block.results)
    kept: list[Op] = []
    for op in reversed(block.ops):
        if not any(r in live for r in op.results) and not has_effect(op):
            continue
        if op.prim in LOOPS:
            op = _live_loop(Loop(op), live)
        elif op.blocks:
            op = _live_region(op, live)
        kept.append(op)
        live.update(op.operands)
        for inner in op.blocks:
            live.update(free_values(inner))
    return Block(block.params, tuple(reversed(kept)), block.results)


def _live_loop(loop: Loop, live: set[Atom]) -> Op:
    """Keep what is carried into live results or into other trips that matter, and the elements that are still read."""
    op, body = loop.op, loop.body
    written = [k for k, r in enumerate(loop.records) if r in live]
    carried = {k for k, r in enumerate(loop.final) if r in live}
    while True:
        results = (loop.leave, *(loop.next[k] for k in sorted(carried)), *(loop.written[k] for k in written))
        blocks = [_live_block(replace(body, results=results))]
        if op.prim is WHILE:
            blocks.insert(0, _live_block(op.blocks[0]))
        read = {o for block in blocks for o in _reads(block)}
        needed = {k for k, p in enumerate(loop.carried) if p in read}
        if op.prim is WHILE:
            needed |= {k for k, p in enumerate(op.blocks[0].params) if p in read}
        if needed <= carried:
            break
        carried |= needed
    elements = [k for k, e in enumerate(loop.elements) if e in read]
    kept = sorted(carried)
    params = (*loop.index, *(loop.carried[k] for k in kept), *(loop.elements[k] for k in elements))
    if op.prim is WHILE:
        test = blocks[0]
        blocks[0] = replace(test, params=tuple(test.params[k] for k in kept))
    blocks[-1] = replace(blocks[-1], params=params)
    operands = (*loop.bounds, *(loop.initial[k] for k in kept), *(loop.sequences[k] for k in elements))
    given = (loop.trips, *(loop.final[k] for k in kept), *(loop.records[k] for k in written))
    attrs = {**op.attrs, "carried": len(kept)}
    return replace(op, operands=operands, attrs=attrs, results=given, blocks=tuple(blocks))


def _reads(block: Block) -> set[Atom]:
    """What a block reads, its own parameters included."""
    return set(free_values(replace(block, params=())))


def _live_region(op: Op, live: set[Atom]) -> Op:
    wanted = [k for k, r in enumerate(op.results) if r in live]
    blocks = tuple(_live_block(replace(inner, results=tuple(inner.results[k] for k in wanted))) for inner in op.blocks)
    results: tuple[Value, ...] = tuple(op.results[k] for k in wanted)
    return replace(op, results=results, blocks=blocks)
