"""Asks a shape of an array that is alive anyway, so that no dead one is kept for the sake of its shape."""

from __future__ import annotations

from dataclasses import replace

from pullback.analysis.definedness import undefined_in_module
from pullback.analysis.liveness import last_uses
from pullback.ir.core import Atom, Block, Module, Value
from pullback.ir.rewrite import map_functions
from pullback.ir.types import dims_of

ASKING = ("shape", "dim", "size")


def shape_sources(module: Module) -> Module:
    """Let shape, dim and size read a live value of the same symbolic shape.

    before:  a = x @ w;  h = maximum(a, 0.0);  n = size(a);  return sum(h) / n, h
    after:   a = x @ w;  h = maximum(a, 0.0);  n = size(h);  return sum(h) / n, h
    """
    partial = undefined_in_module(module)
    return map_functions(module, lambda fn: replace(fn, block=_retarget(fn.block, partial)))


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
