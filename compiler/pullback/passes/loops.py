"""Takes out of loops what need not be carried, written or read.

before:  for i, (c, s), (a, b) over (as, as): ... yield c, s + a * b     c never changes; `as` is read twice
after:   for i, (s), (a) over (as): ... yield s + a * a                  c is what it was before the loop
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pullback.ir.core import Atom, Const, Op, Value
from pullback.ir.regions import FOR, LOOPS, Loop
from pullback.ir.rewrite import Substitution, substitute

if TYPE_CHECKING:
    from pullback.passes.simplify import Simplifier


def without_invariants(op: Op, builder: Simplifier, env: Substitution) -> Op:
    """The loop without carried values that stay what they were, and without elements that are known by another name.

    What is taken out is put into `env`: the value from before the loop, a constant, another element.
    """
    loop = Loop(op)
    carried = [k for k, p in enumerate(loop.carried) if not _stays(loop, k)]
    for k, param in enumerate(loop.carried):
        if k not in carried:
            start = substitute(loop.initial[k], env)
            env.update({param: start, loop.final[k]: start})
            for block in op.blocks[:-1]:
                env[block.params[k]] = start
    elements = _elements(loop, builder, env)
    params = (*loop.index, *(loop.carried[k] for k in carried), *(loop.elements[k] for k in elements))
    results = (loop.leave, *(loop.next[k] for k in carried), *loop.written)
    body = replace(loop.body, params=params, results=results)
    tests = tuple(replace(b, params=tuple(b.params[k] for k in carried)) for b in op.blocks[:-1])
    operands = (*loop.bounds, *(loop.initial[k] for k in carried), *(loop.sequences[k] for k in elements))
    # results that are gone are defined by `env`; the rest keep their places
    kept = (loop.trips, *(loop.final[k] for k in carried), *loop.records)
    return replace(
        op, operands=operands, attrs={**op.attrs, "carried": len(carried)}, results=kept, blocks=(*tests, body)
    )


def _stays(loop: Loop, k: int) -> bool:
    return loop.next[k] is loop.carried[k]


def _elements(loop: Loop, builder: Simplifier, env: Substitution) -> list[int]:
    """Which elements must be read. One that was written as a constant, as a value from outside the loop that wrote it,
    or that is read twice, is known by another name.
    """
    first: dict[tuple[Atom, int], Value] = {}
    needed = []
    for k, (element, sequence) in enumerate(zip(loop.elements, loop.sequences, strict=True)):
        source = substitute(sequence, env)
        writer = builder.definitions.get(source) if isinstance(source, Value) else None
        if writer is None or writer.prim not in LOOPS:
            known = first.setdefault((source, 0), element)
            if known is not element:
                env[element] = known
            else:
                needed.append(k)
            continue
        wrote = Loop(writer)
        atom = wrote.written[wrote.records.index(source)]
        inside = {*wrote.body.params, *(r for op in wrote.body.ops for r in op.results)}
        if isinstance(atom, Const) or (isinstance(atom, Value) and atom not in inside):
            env[element] = atom
        elif atom in wrote.index and _same_range(wrote, loop, env):
            env[element] = loop.index[0]
        else:
            known = first.setdefault((atom, id(writer)), element)
            if known is not element:
                env[element] = known
            else:
                needed.append(k)
    return needed


def _same_range(a: Loop, b: Loop, env: Substitution) -> bool:
    """Whether two loops run through the same indices."""
    pairs = zip(a.bounds, b.bounds, strict=False)
    return a.op.prim is b.op.prim is FOR and all(substitute(p, env) == substitute(q, env) for p, q in pairs)
