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
    shifted = _shifted(loop, elements, builder, env) if op.attrs.get("reverse") else {}
    elements = [k for k in elements if k not in shifted]
    later, starts = [loop.elements[k] for k in shifted], [start for start, _ in shifted.values()]
    params = (*loop.index, *(loop.carried[k] for k in carried), *later, *(loop.elements[k] for k in elements))
    nexts = (*(loop.next[k] for k in carried), *(before for _, before in shifted.values()))
    body = replace(loop.body, params=params, results=(loop.leave, *nexts, *loop.written))
    tests = tuple(replace(b, params=tuple(b.params[k] for k in carried)) for b in op.blocks[:-1])
    operands = (*loop.bounds, *(loop.initial[k] for k in carried), *starts, *(loop.sequences[k] for k in elements))
    # results that are gone are defined by `env`; the rest keep their places
    kept = (loop.trips, *(loop.final[k] for k in carried), *(replace(v) for v in later), *loop.records)
    attrs = {**op.attrs, "carried": len(carried) + len(later)}
    return replace(op, operands=operands, attrs=attrs, results=kept, blocks=(*tests, body))


def _stays(loop: Loop, k: int) -> bool:
    return loop.next[k] is loop.carried[k]


def _elements(loop: Loop, builder: Simplifier, env: Substitution) -> list[int]:
    """Which elements must be read. One that was written as a constant, as a value from outside the loop that wrote it,
    or that is read twice, is known by another name.
    """
    first: dict[tuple[Atom, int], Value] = {}
    needed = []
    for k, (element, sequence) in enumerate(zip(loop.elements, loop.sequences, strict=True)):
        found = _written(sequence, builder, env)
        if found is None:
            known = first.setdefault((substitute(sequence, env), 0), element)
            if known is not element:
                env[element] = known
            else:
                needed.append(k)
            continue
        writer, atom = found
        wrote = Loop(writer)
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


def _shifted(loop: Loop, elements: list[int], builder: Simplifier, env: Substitution) -> dict[int, tuple[Atom, Value]]:
    """Elements that need no sequence of their own: what a trip hands on is what the next one is given. In the reversed
    loop it is carried, from the loop's final value on: for each such element, that value and the element before it.
    """
    written: dict[tuple[Op, Atom], int] = {}
    for k in elements:
        if source := _written(loop.sequences[k], builder, env):
            written[source] = k
    found: dict[int, tuple[Atom, Value]] = {}
    for (writer, atom), k in written.items():
        wrote = Loop(writer)
        for j, after in enumerate(wrote.next):
            before = written.get((writer, wrote.carried[j]))
            if after is atom and before is not None and before != k and k not in found:
                found[k] = (wrote.final[j], loop.elements[before])
    return found


def _written(sequence: Atom, builder: Simplifier, env: Substitution) -> tuple[Op, Atom] | None:
    """The loop that wrote a sequence, and what each of its trips wrote."""
    source = substitute(sequence, env)
    writer = builder.definitions.get(source) if isinstance(source, Value) else None
    if writer is None or writer.prim not in LOOPS or source not in Loop(writer).records:
        return None
    return writer, Loop(writer).written[Loop(writer).records.index(source)]


def _same_range(a: Loop, b: Loop, env: Substitution) -> bool:
    """Whether two loops run through the same indices."""
    pairs = zip(a.bounds, b.bounds, strict=False)
    return a.op.prim is b.op.prim is FOR and all(substitute(p, env) == substitute(q, env) for p, q in pairs)
