"""Lets functions that do the same be one: variants of a `def` that turned out alike, forwards with other tapes."""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import field, replace

import numpy as np

from pullback.ir.core import Atom, Block, Const, Function, Module, Op, Value
from pullback.ir.regions import PACK, UNPACK
from pullback.ir.rewrite import map_calls, map_functions, reachable
from pullback.records import dataclass


def merge_equal_functions(module: Module) -> Module:
    """Let one function stand for all that were made of one `def` and turned out to compute the same.

    before:  layer(W, x), layer_2(W, x), the same but for names
    after:   layer(W, x)
    """
    representative: dict[Hashable, str] = {}
    renamed: dict[str, str] = {}
    functions: dict[str, Function] = {}
    for name, fn in reachable(module).functions.items():
        fn = replace(fn, block=map_calls(fn.block, lambda op: _calling(op, renamed), set(module.functions)))
        key = (str(fn.loc), Structure().of(fn.block))
        if name != module.entry and representative.setdefault(key, name) != name:
            renamed[name] = representative[key]
        else:
            functions[name] = fn
    return Module(functions, module.entry)


def _calling(op: Op, renamed: dict[str, str]) -> Op:
    callee = op.attrs["callee"]
    return replace(op, attrs={**op.attrs, "callee": renamed.get(callee, callee)})


_WORDS = frozenset(
    {"bool", "int", "float", "complex", "shape", "tape", "nothing"} | {np.dtype(c).name for c in "?bhilqBHILQefdgFDG"}
)


@dataclass
class Structure:
    """What a block computes, without the names of its values; `numbers` says which number stands for which value."""

    numbers: dict[Value, int] = field(default_factory=dict)
    symbols: dict[str, str] = field(default_factory=dict)

    def of(self, block: Block) -> Hashable:
        params = self.define(block.params)
        ops = []
        for op in block.ops:
            operands, blocks = tuple(map(self.read, op.operands)), tuple(map(self.of, op.blocks))
            ops.append((op.prim, operands, repr(sorted(op.attrs.items())), blocks, self.define(op.results)))
        return (params, tuple(ops), tuple(map(self.read, block.results)))

    def define(self, values: tuple[Value, ...]) -> Hashable:
        for value in values:
            self.numbers[value] = len(self.numbers)
        return tuple(re.sub(r"[A-Za-z_]\w*", self.symbol, str(v.type)) for v in values)

    def symbol(self, name: re.Match[str]) -> str:
        """Dimensions by order of appearance; the words of dtypes and kinds stand for themselves."""
        word = name[0]
        return word if word in _WORDS else self.symbols.setdefault(word, f"d{len(self.symbols)}")

    def read(self, atom: Atom) -> Hashable:
        match atom:
            case Value():
                return self.numbers[atom]
            case Const(value):
                return (type(value), repr(value))
        return "undefined"


def share_forwards(module: Module) -> Module:
    """One forward for the pairs of a function that differ only in what they save: it saves what any of them needs.

    before:  layer_forward(W, x) -> y, (W,);  layer_forward_2(W, x) -> y, (W, x)
    after:   layer_forward(W, x) -> y, (W, x), whose first backward does not read x
    """
    groups: dict[Hashable, list[tuple[Function, Op, dict[Value, int]]]] = {}
    for fn in module.functions.values():
        packs = [op for op in fn.block.ops if op.prim is PACK]
        if len(packs) == 1:
            structure = Structure()
            rest = Block(fn.params, tuple(op for op in fn.block.ops if op is not packs[0]), fn.results[:-1])
            groups.setdefault((str(fn.loc), structure.of(rest)), []).append((fn, packs[0], structure.numbers))
    for group in groups.values():
        if len(group) > 1:
            module = _share(module, group)
    return module


def _share(module: Module, group: list[tuple[Function, Op, dict[Value, int]]]) -> Module:
    first, pack, numbers = group[0]
    slots = sorted({n[o] for _, p, n in group for o in p.operands if isinstance(o, Value)})
    values = {number: value for value, number in numbers.items()}
    saved = tuple(values[slot] for slot in slots)
    places = {p.attrs["pair"]: [slots.index(n[o]) for o in p.operands if isinstance(o, Value)] for _, p, n in group}
    shared = replace(pack, operands=saved)
    ops = tuple(shared if op is pack else op for op in first.block.ops)
    functions = {n: fn for n, fn in module.functions.items() if n not in {fn.name for fn, _, _ in group[1:]}}
    functions[first.name] = replace(first, block=replace(first.block, ops=ops))
    renamed = {fn.name: first.name for fn, _, _ in group[1:]}

    def change(fn: Function) -> Function:
        block = map_calls(fn.block, lambda op: _calling(op, renamed), renamed)
        return replace(fn, block=replace(block, ops=tuple(unpack(op) for op in block.ops)))

    def unpack(op: Op) -> Op:
        if op.prim is not UNPACK or op.attrs["pair"] not in places:
            return op
        results = [replace(value) for value in saved]
        for place, result in zip(places[op.attrs["pair"]], op.results, strict=True):
            results[place] = result
        return replace(op, attrs={"pair": pack.attrs["pair"]}, results=tuple(results))

    return map_functions(Module(functions, module.entry), change)
