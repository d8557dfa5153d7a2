"""Asks a shape of an array that is alive anyway, so that no dead one is kept for the sake of its shape."""

from __future__ import annotations

from dataclasses import replace

from pullback.analysis.liveness import last_uses
from pullback.ir.core import Block, Function, Undefined, Value
from pullback.ir.regions import IF
from pullback.ir.types import dims_of

ASKING = ("shape", "dim", "size")


def shape_sources(fn: Function) -> Function:
    """Let shape, dim and size read a live value of the same symbolic shape.

    before:  a = x @ w;  h = maximum(a, 0.0);  n = size(a);  return sum(h) / n, h
    after:   a = x @ w;  h = maximum(a, 0.0);  n = size(h);  return sum(h) / n, h
    """
    return replace(fn, block=_retarget(fn.block))


def _retarget(block: Block) -> Block:
    partial = _partly_undefined(block)
    asks = {op for op in block.ops if op.prim.name in ASKING}
    last = last_uses(replace(block, ops=tuple(op for op in block.ops if op not in asks)))
    position = {id(op): k for k, op in enumerate(op for op in block.ops if op not in asks)}
    ops, passed, defined = [], -1, list(block.params)
    for op in block.ops:
        op_key = position.get(id(op))
        passed = passed if op_key is None else op_key
        if op in asks and isinstance(op.operands[0], Value) and last.get(op.operands[0], -1) <= passed:
            dims = dims_of(op.operands[0].type)
            live = [v for v in defined if last.get(v, -1) > passed and dims_of(v.type) == dims]
            if dims is not None and live:
                op = replace(op, operands=(live[-1],))
        defined += [r for r in op.results if r not in partial]
        ops.append(replace(op, blocks=tuple(map(_retarget, op.blocks))) if op.blocks else op)
    return Block(block.params, tuple(ops), block.results)


def _partly_undefined(block: Block) -> set[Value]:
    """The results of conditionals that not every arm computes: they have no shape to ask for."""
    found: set[Value] = set()
    for op in block.ops:
        for inner in op.blocks:
            found |= _partly_undefined(inner)
            if op.prim is not IF:
                continue
            for result, yielded in zip(op.results, inner.results, strict=True):
                if isinstance(yielded, Undefined) or yielded in found:
                    found.add(result)
    return found
