"""A number spread over a shape that is returned, or updated in place, is an array of its own: np.ones, np.full."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pullback.ir.core import Atom, Block, Const, Function, Module, Op, walk
from pullback.ir.regions import LOOPS, Loop
from pullback.ir.rewrite import map_functions
from pullback.ir.types import rank
from pullback.primitives.registry import PRIMITIVES

UPDATES = frozenset({"index_add", "setitem"})


def fill(module: Module) -> Module:
    """Make arrays where the view that np.broadcast_to gives of a number would be copied.

    before:  x_bar = broadcast_to(c, shape(x)); return x_bar
    after:   x_bar = full(shape(x), c); return x_bar
    """
    return map_functions(module, _fill)


def _fill(fn: Function) -> Function:
    spreads = {
        op.result: op
        for op in walk(fn.block)
        if op.sweep == "adjoint" and op.prim.name == "broadcast_to" and rank(op.operands[0].type) == 0
    }
    owned = set(_owned(fn.block)) & spreads.keys()
    return replace(fn, block=_filled(fn.block, owned)) if owned else fn


def _owned(block: Block) -> Iterator[Atom]:
    """What is handed on from a block, carried by a loop from its start, or updated."""
    yield from block.results
    for op in block.ops:
        if op.prim in LOOPS:
            yield from Loop(op).initial
        if op.prim.name in UPDATES:
            yield op.operands[0]
        for inner in op.blocks:
            yield from _owned(inner)


def _filled(block: Block, owned: set[Atom]) -> Block:
    return replace(block, ops=tuple(_filled_op(op, owned) for op in block.ops))


def _filled_op(op: Op, owned: set[Atom]) -> Op:
    if op.blocks:
        return replace(op, blocks=tuple(_filled(inner, owned) for inner in op.blocks))
    if len(op.results) != 1 or op.results[0] not in owned:
        return op
    number, shape = op.operands
    if isinstance(number, Const) and number.value == 1.0 and isinstance(number.value, float):
        return replace(op, prim=PRIMITIVES["ones"], operands=(shape,), attrs={"dtype": None})
    return replace(op, prim=PRIMITIVES["full"], operands=(shape, number), attrs={"dtype": None})
