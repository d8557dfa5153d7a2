"""Removes what nobody reads. Every operation is pure, so an unread result is no reason to compute it."""

from __future__ import annotations

from dataclasses import replace

from pullback.ir.core import Atom, Block, Function, Op, Value, free_values


def dead_code(fn: Function) -> Function:
    """Keep what the results depend on; a conditional keeps the results that are read.

    before:  a = exp(x);  b = sin(x);  return b
    after:   b = sin(x);  return b
    """
    return replace(fn, block=_live_block(fn.block))


def _live_block(block: Block) -> Block:
    live: set[Atom] = set(block.results)
    kept: list[Op] = []
    for op in reversed(block.ops):
        if not any(r in live for r in op.results):
            continue
        if op.blocks:
            op = _live_region(op, live)
        kept.append(op)
        live.update(op.operands)
        for inner in op.blocks:
            live.update(free_values(inner))
    return Block(block.params, tuple(reversed(kept)), block.results)


def _live_region(op: Op, live: set[Atom]) -> Op:
    wanted = [k for k, r in enumerate(op.results) if r in live]
    blocks = tuple(_live_block(replace(inner, results=tuple(inner.results[k] for k in wanted))) for inner in op.blocks)
    results: tuple[Value, ...] = tuple(op.results[k] for k in wanted)
    return replace(op, results=results, blocks=blocks)
