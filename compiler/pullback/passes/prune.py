"""Makes functions of the module small and few: no parameter or result that nobody reads, no two functions alike."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace

from pullback.ir.core import Atom, Block, Const, Function, Module, Op, Value, walk
from pullback.ir.regions import CALL, PACK, UNPACK
from pullback.ir.rewrite import map_functions, reachable
from pullback.passes.dead_code import dead_code


def prune_signatures(module: Module) -> Module:
    """Drop results of callees that no call reads, then parameters that no operation reads. The entry keeps its own.

    before:  def layer(W, b, unused): ... return y, cache;     y, _ = layer(W, b, c)
    after:   def layer(W, b): ... return y;                    y = layer(W, b)
    """
    results = _read_results(module)
    module = map_functions(module, lambda fn: dead_code(_with_results(fn, results, module.entry)))
    params = _read_params(module)
    return map_functions(module, lambda fn: _with_params(fn, params, module.entry))


def _read_results(module: Module) -> dict[str, list[int]]:
    read: dict[str, set[int]] = {name: set() for name in module.functions}
    for fn in module.functions.values():
        used: set[Atom] = set(fn.results)
        for op in walk(fn.block):
            used.update(op.operands)
            for block in op.blocks:
                used.update(block.results)
        for op in walk(fn.block):
            if op.prim is CALL:
                read[op.attrs["callee"]].update(k for k, r in enumerate(op.results) if r in used)
    return {name: sorted(positions) for name, positions in read.items()}


def _with_results(fn: Function, read: dict[str, list[int]], entry: str) -> Function:
    def call(op: Op) -> Op:
        return replace(op, results=tuple(op.results[k] for k in read[op.attrs["callee"]]))

    block = _map_calls(fn.block, call, {name for name in read if name != entry})
    if fn.name != entry:
        block = replace(block, results=tuple(block.results[k] for k in read[fn.name]))
    return replace(fn, block=block)


def _read_params(module: Module) -> dict[str, list[int]]:
    """The positions of the parameters that are read; passing one on to a callee that does not read it is no reading."""
    read: dict[str, set[int]] = {name: set() for name in module.functions}
    while True:
        before = {name: len(positions) for name, positions in read.items()}
        for fn in module.functions.values():
            used: set[Atom] = set(fn.results)
            for op in walk(fn.block):
                if op.prim is CALL:
                    used.update(op.operands[k] for k in read[op.attrs["callee"]])
                else:
                    used.update(op.operands)
                for block in op.blocks:
                    used.update(block.results)
            read[fn.name] |= {k for k, p in enumerate(fn.params) if p in used}
        if before == {name: len(positions) for name, positions in read.items()}:
            return {name: sorted(positions) for name, positions in read.items()}


def _with_params(fn: Function, read: dict[str, list[int]], entry: str) -> Function:
    def call(op: Op) -> Op:
        return replace(op, operands=tuple(op.operands[k] for k in read[op.attrs["callee"]]))

    block = _map_calls(fn.block, call, {name for name in read if name != entry})
    if fn.name != entry:
        block = replace(block, params=tuple(block.params[k] for k in read[fn.name]))
    return replace(fn, block=block)


def _map_calls(block: Block, change: Callable[[Op], Op], callees: set[str]) -> Block:
    ops = []
    for op in block.ops:
        if op.blocks:
            op = replace(op, blocks=tuple(_map_calls(inner, change, callees) for inner in op.blocks))
        if op.prim is CALL and op.attrs["callee"] in callees:
            op = change(op)
        ops.append(op)
    return replace(block, ops=tuple(ops))


def merge_equal_functions(module: Module) -> Module:
    """Let one function stand for all that were made of one `def` and turned out to compute the same.

    before:  layer(W, x), layer_2(W, x), the same but for names
    after:   layer(W, x)
    """
    representative: dict[Hashable, str] = {}
    renamed: dict[str, str] = {}
    functions: dict[str, Function] = {}
    for name, fn in reachable(module).functions.items():
        fn = replace(fn, block=_map_calls(fn.block, lambda op: _calling(op, renamed), set(module.functions)))
        key = (str(fn.loc), _structure(fn))
        if name != module.entry and representative.setdefault(key, name) != name:
            renamed[name] = representative[key]
        else:
            functions[name] = fn
    return Module(functions, module.entry)


def _calling(op: Op, renamed: dict[str, str]) -> Op:
    callee = op.attrs["callee"]
    return replace(op, attrs={**op.attrs, "callee": renamed.get(callee, callee)})


def _structure(fn: Function) -> Hashable:
    """What a function computes, without the names of its values."""
    numbers: dict[Value, int] = {}

    def define(values: tuple[Value, ...]) -> Hashable:
        for value in values:
            numbers[value] = len(numbers)
        return tuple(str(v.type) for v in values)

    def read(atom: Atom) -> Hashable:
        match atom:
            case Value():
                return numbers[atom]
            case Const(value):
                return (type(value), repr(value))
        return "undefined"

    def block(b: Block) -> Hashable:
        params = define(b.params)
        ops = []
        for op in b.ops:
            operands, blocks = tuple(map(read, op.operands)), tuple(map(block, op.blocks))
            ops.append((op.prim, operands, repr(sorted(op.attrs.items())), blocks, define(op.results)))
        return (params, tuple(ops), tuple(map(read, b.results)))

    return block(fn.block)


def prune_tapes(module: Module) -> Module:
    """Save nothing that no backward reads: `pack` and `unpack` of one pair carry the same `pair` attribute."""
    read: dict[str, list[int]] = {}
    for fn in module.functions.values():
        used: set[Atom] = set(fn.results)
        for op in walk(fn.block):
            used.update(op.operands)
            for block in op.blocks:
                used.update(block.results)
        for op in fn.block.ops:
            if op.prim is UNPACK:
                read[op.attrs["pair"]] = [k for k, r in enumerate(op.results) if r in used]

    def change(fn: Function) -> Function:
        ops = []
        for op in fn.block.ops:
            if op.prim is UNPACK:
                op = replace(op, results=tuple(op.results[k] for k in read[op.attrs["pair"]]))
                if not op.results:
                    continue
            if op.prim is PACK:
                op = replace(op, operands=tuple(op.operands[k] for k in read.get(op.attrs["pair"], ())))
            ops.append(op)
        return dead_code(replace(fn, block=replace(fn.block, ops=tuple(ops))))

    return map_functions(module, change)
