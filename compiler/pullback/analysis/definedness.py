"""Which values may be undefined on some paths: what not every arm of a conditional computes, what a loop carries or
keeps of that, and what is handed to a function or comes back from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pullback.ir.core import Atom, Block, Function, Module, Op, Undefined, Value, walk
from pullback.ir.regions import CALL, IF, LOOPS, PACK, UNPACK, Loop


def partly_undefined(block: Block, given: Iterable[Atom] = ()) -> set[Atom]:
    """Of the values of a block, those that may be undefined, if those `given` may be."""
    found = set(given)
    size = -1
    while size != len(found):  # what a trip hands on is given to the next
        size = len(found)
        for op in walk(block):
            for result, origins in _origins(op):
                if any(isinstance(origin, Undefined) or origin in found for origin in origins):
                    found.add(result)
    return found


def from_elsewhere(fn: Function) -> set[Atom]:
    """What other functions hand to one: it may be undefined where they leave it so."""
    given: set[Atom] = set(fn.params)
    given.update(result for op in walk(fn.block) if op.prim in (CALL, UNPACK) for result in op.results)
    return given


def undefined_in_module(module: Module) -> set[Atom]:
    """The values of all functions of a module that may be undefined, through its calls and its tapes."""
    ops = [op for fn in module.functions.values() for op in walk(fn.block)]
    packs = {op.attrs["pair"]: op for op in ops if op.prim is PACK}
    pairs: list[tuple[Atom, Atom]] = []
    for op in ops:
        if op.prim is CALL and (callee := module.functions.get(op.attrs["callee"])) is not None:
            pairs += [*zip(callee.params, op.operands, strict=True), *zip(op.results, callee.results, strict=True)]
        if op.prim is UNPACK:
            pairs += zip(op.results, packs[op.attrs["pair"]].operands, strict=True)
    found: set[Atom] = set()
    size = -1
    while size != len(found):
        size = len(found)
        for fn in module.functions.values():
            found |= partly_undefined(fn.block, found)
        found.update(to for to, source in pairs if isinstance(source, Undefined) or source in found)
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
