"""Buffer assignment: the last pass, and the only one that lets a result overwrite memory.

An elementwise operation, or an update of some elements, writes over an operand when that operand's memory was
allocated in the same block, has the result's type, and is read by nobody afterwards under any name. Never an
argument's memory, never what a tape keeps.

A loop owns the arrays that it carries and updates element by element: what such an array was before the loop is dead
afterwards, or is copied once. So a loop of n element updates costs O(n), and not O(n**2).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pullback.analysis.aliasing import Aliasing, Sources
from pullback.analysis.liveness import last_uses
from pullback.ir.core import Atom, Block, Function, Module, Op, Value
from pullback.ir.regions import LOOPS, Loop
from pullback.ir.rewrite import map_functions
from pullback.ir.types import Array, is_array, same_dims, same_dtype
from pullback.passes.ownership import ELEMENT_UPDATES, give_loops_their_arrays

IN_PLACE_OPERATORS = frozenset({"+", "-", "*", "/"})
COMMUTATIVE = frozenset({"+", "*"})


def reuse_buffers(module: Module) -> Module:
    """Set `Op.into` wherever memory may be taken over.

    before:  a = x @ w;  b = a + c;  h = maximum(b, 0.0)
    after:   a = x @ w;  b = a + c  # into a;  h = maximum(b, 0.0)  # into b
    """
    module = map_functions(module, lambda fn: give_loops_their_arrays(fn, Aliasing(module.functions)))
    aliasing = Aliasing(module.functions)

    def assign(fn: Function) -> Function:
        return replace(fn, block=_assign(fn.block, aliasing.sources(fn), frozenset()))

    return map_functions(module, assign)


def _assign(block: Block, sources: dict[Value, Sources], owned: frozenset[Value]) -> Block:
    """Assign the buffers of a block; the memory of the parameters `owned` is its own to write."""
    last = last_uses(block)
    here = {r for op in block.ops for r in op.results} | owned
    memory_ends: dict[Value, int] = {}
    for value, index in last.items():
        for source in sources.get(value, ()):
            memory_ends[source] = max(memory_ends.get(source, -1), index)
    ops: list[Op] = []
    for index, op in enumerate(block.ops):
        op = _inside(op, sources)
        for position in _candidates(op):
            operand = op.operands[position]
            if not isinstance(operand, Value) or operand not in here or sources[operand] != {operand}:
                continue
            others = [o for k, o in enumerate(op.operands) if k != position and isinstance(o, Value)]
            if any(operand in sources.get(o, ()) and o is not operand for o in others):
                continue
            if memory_ends.get(operand, -1) == index and _fits(op, operand):
                op = replace(op, into=position)
                break
        ops.append(op)
    return Block(block.params, tuple(ops), block.results)


def _inside(op: Op, sources: dict[Value, Sources]) -> Op:
    if op.prim in LOOPS:
        loop = Loop(op)
        owned = frozenset(loop.carried[k] for k in op.attrs["own"])
        return replace(op, blocks=(*op.blocks[:-1], _assign(loop.body, sources, owned)))
    return replace(op, blocks=tuple(_assign(b, sources, frozenset()) for b in op.blocks)) if op.blocks else op


def _candidates(op: Op) -> list[int]:
    """The positions of operands whose memory the result could take, as `a += b` or `np.tanh(a, out=a)` does.

    In the primal sweep a variable of the user's keeps its meaning: it is overwritten by the next variable of the
    user's only, never by an intermediate value; and `x = x + f(x)` stays as it was written.
    """
    if op.prim.name in ELEMENT_UPDATES:
        return [0]
    if op.prim.spelling in COMMUTATIVE:
        positions = list(range(len(op.operands)))  # `+` has one operand or two
    elif op.prim.spelling in IN_PLACE_OPERATORS or isinstance(op.prim.evaluate, np.ufunc):
        positions = [0]
    else:
        return []
    if op.sweep == "primal":
        positions = [p for p in positions if p == 0 and (op.result.name or not getattr(op.operands[p], "name", ""))]
    return positions


def _fits(op: Op, operand: Atom) -> bool:
    given, wanted = operand.type, op.result.type
    return (
        is_array(wanted)
        and isinstance(given, Array)
        and isinstance(wanted, Array)
        and same_dtype(given, wanted)
        and same_dims(given.shape, wanted.shape)
    )
