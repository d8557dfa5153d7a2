"""Drops what nobody reads: results and parameters of callees, values on tapes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from pullback.ir.core import Atom, Block, Function, Module, Op, walk
from pullback.ir.effects import has_effect
from pullback.ir.functionals import Functional, is_functional
from pullback.ir.regions import CALL, IF, PACK, UNPACK
from pullback.ir.rewrite import map_calls, map_functions
from pullback.passes.dead_code import dead_code


def prune_signatures(module: Module) -> Module:
    """Drop results of callees that no call reads, then parameters that no operation reads. The entry keeps its own, and
    what a library calls its result and what it is given there.

    before:  def layer(W, b, unused): ... return y, cache;     y, _ = layer(W, b, c)
    after:   def layer(W, b): ... return y;                    y = layer(W, b)
    """
    results = _read_results(module)
    module = map_functions(module, lambda fn: dead_code(_with_results(fn, results, module.entry)))
    params = _read_params(module)
    return map_functions(module, lambda fn: dead_code(_with_params(fn, params, module.entry)))


def _read_results(module: Module) -> dict[str, list[int]]:
    read: dict[str, set[int]] = {name: set() for name in module.functions}
    for fn in module.functions.values():
        used = _used(fn)
        for op in walk(fn.block):
            if op.prim is CALL:
                read[op.attrs["callee"]].update(k for k, r in enumerate(op.results) if r in used)
            elif is_functional(op):
                read[op.attrs["callee"]].add(0)
    return {name: sorted(positions) for name, positions in read.items()}


def _used(fn: Function) -> set[Atom]:
    """What some operation or result of a function reads."""
    used: set[Atom] = set(fn.results)
    for op in walk(fn.block):
        used.update(op.operands)
        for block in op.blocks:
            used.update(block.results)
    return used


def _with_results(fn: Function, read: dict[str, list[int]], entry: str) -> Function:
    used = _used(fn)

    def call(op: Op) -> Op:
        if is_functional(op):
            return op if any(r in used for r in op.results[1:]) else _value_only(op)
        return replace(op, results=tuple(op.results[k] for k in read[op.attrs["callee"]]))

    block = map_calls(fn.block, call, {name for name in read if name != entry})
    if fn.name != entry:
        block = replace(block, results=tuple(block.results[k] for k in read[fn.name]))
    return replace(fn, block=block)


def _value_only(op: Op) -> Op:
    """What a library gives besides the value is not taken."""
    return replace(op, results=op.results[:1], attrs={**op.attrs, "types": op.attrs["types"][:1]})


def _read_params(module: Module) -> dict[str, list[int]]:
    """The positions of the parameters that some result or effect depends on; not what is only handed on."""
    provided: dict[str, set[int]] = {name: set() for name in module.functions}  # by a library
    for fn in module.functions.values():
        for op in filter(is_functional, walk(fn.block)):
            provided[op.attrs["callee"]].update(range(op.attrs["variables"]))
    read = {name: set(positions) for name, positions in provided.items()}
    changed = True
    while changed:
        changed = False
        for fn in module.functions.values():
            live = _live(fn.block, read, set(fn.results))
            found = {k for k, p in enumerate(fn.params) if p in live} | provided[fn.name]
            changed |= found != read[fn.name]
            read[fn.name] = found
    return {name: sorted(positions) for name, positions in read.items()}


def _live(block: Block, read: Mapping[str, Collection[int]], live: set[Atom]) -> set[Atom]:
    """Add to `live` what the live values and the effects of a block depend on."""
    for op in reversed(block.ops):
        if not any(r in live for r in op.results) and not has_effect(op):
            continue
        if op.prim is CALL:
            live.update(op.operands[k] for k in read[op.attrs["callee"]])
            continue
        if is_functional(op):
            live.update(_handed_on(Functional(op), read))
            continue
        live.update(op.operands)
        for inner in op.blocks:
            if op.prim is IF:
                live.update(y for y, r in zip(inner.results, op.results, strict=True) if r in live)
            else:
                live.update(inner.results)
            _live(inner, read, live)
    return live


def _handed_on(op: Functional, read: Mapping[str, Collection[int]]) -> tuple[Atom, ...]:
    """The operands of what is given a function, without those that this does not read."""
    captured = enumerate(op.captured, op.variables)
    return (*op.own, *(operand for k, operand in captured if k in read[op.callee]))


def _with_params(fn: Function, read: dict[str, list[int]], entry: str) -> Function:
    def call(op: Op) -> Op:
        if is_functional(op):
            return replace(op, operands=_handed_on(Functional(op), read))
        return replace(op, operands=tuple(op.operands[k] for k in read[op.attrs["callee"]]))

    block = map_calls(fn.block, call, {name for name in read if name != entry})
    if fn.name != entry:
        block = replace(block, params=tuple(block.params[k] for k in read[fn.name]))
    return replace(fn, block=block)


def prune_tapes(module: Module) -> Module:
    """Save nothing that no backward reads: `pack` and `unpack` of one pair carry the same `pair` attribute."""
    read: dict[str, set[int]] = {}
    for fn in module.functions.values():
        used = _used(fn)
        for op in fn.block.ops:
            if op.prim is UNPACK:
                read.setdefault(op.attrs["pair"], set()).update(k for k, r in enumerate(op.results) if r in used)

    def change(fn: Function) -> Function:
        ops = []
        for op in fn.block.ops:
            if op.prim is UNPACK:
                op = replace(op, results=tuple(op.results[k] for k in sorted(read[op.attrs["pair"]])))
                if not op.results:
                    continue
            if op.prim is PACK:
                op = replace(op, operands=tuple(op.operands[k] for k in sorted(read.get(op.attrs["pair"], ()))))
            ops.append(op)
        return dead_code(replace(fn, block=replace(fn.block, ops=tuple(ops))))

    return map_functions(module, change)
