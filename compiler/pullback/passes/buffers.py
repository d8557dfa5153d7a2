"""Buffer assignment: the last pass, and the only one that lets a result overwrite memory.

An elementwise operation, or an update of some elements, writes over an operand when that operand's memory was
allocated in the same block, has the result's type, and is read by nobody afterwards under any name. Never an
argument's memory, never what a tape keeps.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pullback.analysis.aliasing import Aliasing, Sources
from pullback.analysis.liveness import last_uses
from pullback.ir.core import Atom, Block, Module, Op, Value
from pullback.ir.rewrite import map_functions
from pullback.ir.types import Array, is_array, same_dims, same_dtype

IN_PLACE_OPERATORS = frozenset({"+", "-", "*", "/"})
COMMUTATIVE = frozenset({"+", "*"})


def reuse_buffers(module: Module) -> Module:
    """Set `Op.into` wherever memory may be taken over.

    before:  a = x @ w;  b = a + c;  h = maximum(b, 0.0)
    after:   a = x @ w;  b = a + c  # into a;  h = maximum(b, 0.0)  # into b
    """
    aliasing = Aliasing(module.functions)
    return map_functions(module, lambda fn: replace(fn, block=_assign(fn.block, aliasing.sources(fn))))


def _assign(block: Block, sources: dict[Value, Sources]) -> Block:
    last = last_uses(block)
    here = {r for op in block.ops if not op.blocks for r in op.results}
    memory_ends: dict[Value, int] = {}
    for value, index in last.items():
        for source in sources.get(value, ()):
            memory_ends[source] = max(memory_ends.get(source, -1), index)
    ops: list[Op] = []
    for index, op in enumerate(block.ops):
        op = replace(op, blocks=tuple(_assign(inner, sources) for inner in op.blocks))
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


def _candidates(op: Op) -> list[int]:
    """The positions of operands whose memory the result could take, as `a += b` or `np.tanh(a, out=a)` does.

    In the primal sweep a variable of the user's keeps its meaning: it is overwritten by the next variable of the
    user's only, never by an intermediate value; and `x = x + f(x)` stays as it was written.
    """
    if op.prim.name == "index_add":
        positions = [0]
    elif op.prim.spelling in COMMUTATIVE:
        positions = list(range(len(op.operands)))  # `+` has one operand or two
    elif op.prim.spelling in IN_PLACE_OPERATORS or isinstance(op.prim.evaluate, np.ufunc):
        positions = [0]
    else:
        positions = []
    if positions and op.sweep == "primal":
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
