"""Returns move into the arms of a conditional that comes last, so that it prints as early returns.

before:  if(c) {a} {b} -> r;  t = pack(r, x);  return r, t
after:   if(c) {a; t0 = pack(a, x); yield a, t0} {b; t1 = pack(b, x); yield b, t1} -> r', t';  return r', t'
"""

from __future__ import annotations

from dataclasses import replace

from pullback.emit.spelling import short_circuit
from pullback.ir.core import Atom, Block, Const, Op, Value
from pullback.ir.regions import IF, LOOPS, PACK
from pullback.ir.rewrite import Substitution, freshen, substitute

MOST_RESULTS = 6  # a longer return is not worth printing twice


def sink_tail(block: Block) -> Block:
    """Sink the results of a block, and the tapes that they pack, into the conditional that ends it."""
    cut = len(block.ops)
    while cut and block.ops[cut - 1].prim is PACK:
        cut -= 1
    if not cut or block.ops[cut - 1].prim is not IF or len(block.results) > MOST_RESULTS:
        return block
    conditional, packs = block.ops[cut - 1], block.ops[cut:]
    if not any(r in conditional.results for r in (*block.results, *(o for op in packs for o in op.operands))):
        return block
    arms = tuple(sink_tail(_sunk(arm, conditional, packs, block.results)) for arm in conditional.blocks)
    results = tuple(replace(r) if isinstance(r, Value) else Value(r.type) for r in block.results)
    return Block(block.params, (*block.ops[: cut - 1], replace(conditional, blocks=arms, results=results)), results)


def _sunk(arm: Block, conditional: Op, packs: tuple[Op, ...], results: tuple[Atom, ...]) -> Block:
    env: Substitution = dict(zip(conditional.results, arm.results, strict=True))
    ops = (*arm.ops, *(freshen(op, env) for op in packs))
    return Block(arm.params, ops, tuple(substitute(r, env) for r in results))


def sink_leaves(block: Block) -> Block:
    """Sink what a trip hands on into the conditional that decides whether it is the last: it prints as `break`.

    before:  for {c = ...; n' = if(c) {n} {n + 1};  yield c, n'}
    after:   for {c = ...; l, n' = if(c) {yield True, n} {yield False, n + 1};  yield l, n'}
    """
    ops = []
    for op in block.ops:
        if op.blocks:
            blocks = tuple(sink_leaves(inner) for inner in op.blocks)
            if op.prim in LOOPS:
                blocks = (*blocks[:-1], _sunk_trip(blocks[-1]))
            op = replace(op, blocks=blocks)
        ops.append(op)
    return Block(block.params, tuple(ops), block.results)


def _sunk_trip(body: Block) -> Block:
    conditional = body.ops[-1] if body.ops else None
    leave = body.results[0]
    if (
        conditional is None
        or conditional.prim is not IF
        or leave not in (conditional.operands[0], *conditional.results)
        or short_circuit(conditional) is not None  # `if c or x: break`
    ):
        return body
    arms = []
    for arm, holds in zip(conditional.blocks, (True, False), strict=True):
        sunk = _sunk(arm, conditional, (), body.results)
        if leave is conditional.operands[0]:
            sunk = replace(sunk, results=(Const(holds), *sunk.results[1:]))
        arms.append(_sunk_trip(sunk))
    results = tuple(replace(r) if isinstance(r, Value) else Value(r.type) for r in body.results)
    return Block(body.params, (*body.ops[:-1], replace(conditional, blocks=tuple(arms), results=results)), results)


def ends_in_conditional(block: Block) -> bool:
    """Whether a block hands out exactly the results of the conditional that ends it."""
    return bool(block.ops) and block.ops[-1].prim is IF and block.ops[-1].results == block.results != ()


def tails(block: Block) -> list[Block]:
    """The blocks that end in a return: the block itself, or the arms of the conditional that ends it."""
    found = [block]
    if ends_in_conditional(block):
        for arm in block.ops[-1].blocks:
            found += tails(arm)
    return found
