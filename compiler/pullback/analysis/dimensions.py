"""Which symbolic dimensions are one and the same, and short names for them: x (n, d), W (d, k) -> (n, k).

Two dimensions that differ from 1 and meet in a broadcast or a contraction are equal, or the forward raises before
anything else is computed. Only what every run executes counts: operations inside conditionals do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from pullback.ir.core import Atom, Block, Function, Module, Op, Value
from pullback.ir.interface import Leaf, Program, Tree, map_leaves
from pullback.ir.rewrite import map_functions
from pullback.ir.types import Array, Dim, Dims, Scalar, Shape, Sym, Type, dims_of

LETTERS = "ndhkmpqrstuvw"


def name_dimensions(program: Program) -> Program:
    """Give equal dimensions of the parameters one name, by walking the entry's unconditional operations."""
    classes = _Classes()
    entry = program.module.main
    symbols = [d.name for p in entry.params for d in dims_of(p.type) or () if isinstance(d, Sym)]
    for op in entry.block.ops:
        for a, b in _meetings(op):
            classes.join(a, b)
    names: dict[str, str] = {}
    taken = {p.name for p in entry.params}
    letters = iter([c for c in LETTERS if c not in taken] + [f"n{k}" for k in range(len(symbols))])
    for symbol in symbols:
        root = classes.find(symbol)
        if root not in names:
            names[root] = next(letters)
    mapping = {symbol: names[classes.find(symbol)] for symbol in symbols}
    return _renamed(program, mapping)


class _Classes:
    """Union-find over names."""

    def __init__(self) -> None:
        self.parent: dict[str, str] = {}

    def find(self, name: str) -> str:
        while self.parent.get(name, name) != name:
            name = self.parent[name]
        return name

    def join(self, a: Dim, b: Dim) -> None:
        if isinstance(a, Sym) and isinstance(b, Sym) and not (a.may_be_one or b.may_be_one):
            self.parent[self.find(b.name)] = self.find(a.name)


def _meetings(op: Op) -> Iterator[tuple[Dim, Dim]]:
    """Pairs of dimensions that an operation requires to be equal."""
    shapes = [dims_of(o.type) for o in op.operands]
    if op.prim.kind == "elementwise":
        known = [s for s in shapes if s]
        for other in known[1:]:
            yield from zip(reversed(known[0]), reversed(other), strict=False)
    elif op.prim.name in ("matmul", "dot") and shapes[0] and shapes[1]:
        a, b = shapes[0], shapes[1]
        yield a[-1], b[-2] if len(b) > 1 else b[0]
        if op.prim.name == "matmul":
            yield from zip(reversed(a[:-2]), reversed(b[:-2]), strict=False)


def _renamed(program: Program, mapping: Mapping[str, str]) -> Program:
    def dim(d: Dim) -> Dim:
        if isinstance(d, int):
            return d
        return replace(d, name=re.sub(r"[A-Za-z_]\w*", lambda m: mapping.get(m[0], m[0]), d.name))

    def dims(shape: Dims | None) -> Dims | None:
        return None if shape is None else tuple(map(dim, shape))

    def type_(t: Type) -> Type:
        match t:
            case Array(dtype, shape):
                return Array(dtype, dims(shape))
            case Shape(shape):
                return Shape(dims(shape))
            case Scalar(kind, extent) if extent is not None:
                return Scalar(kind, dim(extent))
        return t

    def tree(t: Tree) -> Tree:
        return map_leaves(t, lambda path, leaf: Leaf(type_(leaf.type), leaf.sample))

    def function(fn: Function) -> Function:
        env: dict[Value, Value] = {}

        def value(v: Value) -> Value:
            return env.setdefault(v, replace(v, type=type_(v.type)))

        def atom(a: Atom) -> Atom:
            return value(a) if isinstance(a, Value) else a

        def block(b: Block) -> Block:
            params = tuple(map(value, b.params))
            ops = tuple(
                replace(
                    op,
                    operands=tuple(map(atom, op.operands)),
                    results=tuple(map(value, op.results)),
                    blocks=tuple(map(block, op.blocks)),
                )
                for op in b.ops
            )
            return Block(params, ops, tuple(map(atom, b.results)))

        return replace(fn, block=block(fn.block))

    parameters = tuple(replace(p, tree=tree(p.tree)) for p in program.parameters)
    module: Module = map_functions(program.module, function)
    return replace(program, module=module, parameters=parameters, result=tree(program.result))
