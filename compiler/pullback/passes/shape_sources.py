"""Asks a shape of an array that is alive anyway, so that no dead one is kept for the sake of its shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pullback.analysis.liveness import last_uses
from pullback.ir.core import Atom, Block, Function, Op, Undefined, Value, walk
from pullback.ir.regions import IF, LOOPS, UNPACK, Loop
from pullback.ir.types import dims_of

ASKING = ("shape", "dim", "size")


def shape_sources(fn: Function) -> Function:
    """Let shape, dim and size read a live value of the same symbolic shape.

    before:  a = x @ w;  h = maximum(a, 0.0);  n = size(a);  return sum(h) / n, h
    after:   a = x @ w;  h = maximum(a, 0.0);  n = size(h);  return sum(h) / n, h
    """
    return replace(fn, block=_retarget(fn.block, _partly_undefined(fn.block)))


def _retarget(block: Block, partial: set[Atom]) -> Block:
    asks = {op for op in block.ops if op.prim.name in ASKING}
    last = last_uses(replace(block, ops=tuple(op for op in block.ops if op not in asks)))
    position = {id(op): k for k, op in enumerate(op for op in block.ops if op not in asks)}
    ops, passed, defined = [], -1, [p for p in block.params if p not in partial]
    for op in block.ops:
        op_key = position.get(id(op))
        passed = passed if op_key is None else op_key
        if op in asks and isinstance(op.operands[0], Value) and last.get(op.operands[0], -1) <= passed:
            dims = dims_of(op.operands[0].type)
            live = [v for v in defined if last.get(v, -1) > passed and dims_of(v.type) == dims]
            if dims is not None and live:
                op = replace(op, operands=(live[-1],))
        defined += [r for r in op.results if r not in partial]
        ops.append(replace(op, blocks=tuple(_retarget(b, partial) for b in op.blocks)) if op.blocks else op)
    return Block(block.params, tuple(ops), block.results)


def _partly_undefined(block: Block) -> set[Atom]:
    """What has no shape to ask for on some paths: what not every arm computes, what a loop carries or keeps of that,
    and what comes out of a tape, which may be such.
    """
    found: set[Atom] = set()
    size = -1
    while size != len(found):  # what a trip hands on is given to the next
        size = len(found)
        for op in walk(block):
            for result, origins in _origins(op):
                if any(isinstance(origin, Undefined) or origin in found for origin in origins):
                    found.add(result)
            if op.prim is UNPACK:
                found.update(op.results)
    return found


def _origins(op: Op) -> Iterator[tuple[Value, tuple[Atom, ...]]]:
    """For each value that a region hands over: what it may be."""
    if op.prim is IF:
        for k, result in enumerate(op.results):
            yield result, tuple(inner.results[k] for inner in op.blocks)
    elif op.prim in LOOPS:
        loop = Loop(op)
        for k, after in enumerate(loop.next):
            origins = (loop.initial[k], after)
            for carried in (loop.final[k], *(block.params[k] for block in op.blocks[:-1]), loop.carried[k]):
                yield carried, origins
        yield from ((r, (w,)) for r, w in zip(loop.records, loop.written, strict=True))
        yield from ((e, (s,)) for e, s in zip(loop.elements, loop.sequences, strict=True))
