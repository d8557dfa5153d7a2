"""Which symbolic dimensions are one and the same, and short names for them: x (n, d), W (d, k) -> (n, k).

Two dimensions that differ from 1 and meet in a broadcast or a contraction are equal, or the forward raises before
anything else is computed. Only what every run executes counts: operations inside conditionals do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain, count, pairwise
from typing import TypeAlias

from pullback.ir.core import Atom, Block, Function, Module, Op, Value
from pullback.ir.interface import Leaf, Program, Tree, map_leaves
from pullback.ir.regions import CALL
from pullback.ir.rewrite import reachable
from pullback.ir.types import Array, Dim, List, Scalar, Seq, Shape, Sym, Type, dims_of

LETTERS = "ndhkmpqrstuvw"
Place: TypeAlias = tuple[int, int]  # a parameter by position, an axis of it


def name_dimensions(program: Program) -> Program:
    """Give equal dimensions one name, function by function; a call joins what its callee requires to be equal."""
    functions: dict[str, Function] = {}
    mapping: dict[str, str] = {}
    required: dict[str, list[list[Place]]] = {}
    for name, fn in reachable(program.module).functions.items():
        classes = _Classes()
        for op in fn.block.ops:
            for a, b in _meetings(op, required):
                classes.join(a, b)
        mapping = _letters(fn, classes)
        required[name] = _places(fn, mapping)
        functions[name] = _renamed_function(fn, mapping)
    # callees come first, so the last mapping is the entry's
    parameters = tuple(replace(p, tree=_renamed_tree(p.tree, mapping)) for p in program.parameters)
    module = Module(functions, program.module.entry)
    return replace(program, module=module, parameters=parameters, result=_renamed_tree(program.result, mapping))


def _symbols(fn: Function) -> Iterator[tuple[Place, str]]:
    """The symbols of a function's parameters, with their places, in order."""
    for position, param in enumerate(fn.params):
        for axis, dim in enumerate(dims_of(param.type) or ()):
            if isinstance(dim, Sym):
                yield (position, axis), dim.name


def _letters(fn: Function, classes: _Classes) -> dict[str, str]:
    """A short name for each symbol of the parameters, one per class."""
    taken = {p.name for p in fn.params}
    spare = (f"n{k}" for k in count(1))
    letters = chain((c for c in LETTERS if c not in taken), spare)
    names: dict[str, str] = {}
    mapping: dict[str, str] = {}
    for _, symbol in _symbols(fn):
        root = classes.find(symbol)
        if root not in names:
            names[root] = next(letters)
        mapping[symbol] = names[root]
    return mapping


def _places(fn: Function, mapping: Mapping[str, str]) -> list[list[Place]]:
    """The places of the parameters' dimensions that are equal, class by class."""
    groups: dict[str, list[Place]] = {}
    for place, symbol in _symbols(fn):
        groups.setdefault(mapping[symbol], []).append(place)
    return [group for group in groups.values() if len(group) > 1]


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


def _meetings(op: Op, required: Mapping[str, list[list[Place]]]) -> Iterator[tuple[Dim, Dim]]:
    """Pairs of dimensions that an operation requires to be equal."""
    shapes = [dims_of(o.type) for o in op.operands]
    if op.prim is CALL:
        for group in required.get(op.attrs["callee"], ()):
            dims = [shape[axis] for k, axis in group if (shape := shapes[k]) is not None]
            yield from pairwise(dims)
    elif op.prim.kind == "elementwise":
        known = [s for s in shapes if s]
        for other in known[1:]:
            yield from zip(reversed(known[0]), reversed(other), strict=False)
    elif op.prim.name in ("concatenate", "stack"):
        known = [s for s in shapes if s]
        axis = op.attrs["axis"] % len(known[0]) if known and op.prim.name == "concatenate" else None
        for other in known[1:]:
            yield from ((a, b) for k, (a, b) in enumerate(zip(known[0], other, strict=False)) if k != axis)
    elif op.prim.name in ("matmul", "dot") and shapes[0] and shapes[1]:
        a, b = shapes[0], shapes[1]
        yield a[-1], b[-2] if len(b) > 1 else b[0]
        if op.prim.name == "matmul":
            yield from zip(reversed(a[:-2]), reversed(b[:-2]), strict=False)


def _renamed_type(t: Type, mapping: Mapping[str, str]) -> Type:
    def dim(d: Dim) -> Dim:
        if isinstance(d, int):
            return d
        return replace(d, name=re.sub(r"[A-Za-z_]\w*", lambda m: mapping.get(m[0], m[0]), d.name))

    match t:
        case Array(dtype, shape) if shape is not None:
            return Array(dtype, tuple(map(dim, shape)))
        case Shape(shape) if shape is not None:
            return Shape(tuple(map(dim, shape)))
        case Seq(element):
            return Seq(_renamed_type(element, mapping))
        case List(element, length):
            return List(_renamed_type(element, mapping), None if length is None else dim(length))
        case Scalar(kind, extent) if extent is not None:
            return Scalar(kind, dim(extent))
    return t


def _renamed_tree(tree: Tree, mapping: Mapping[str, str]) -> Tree:
    return map_leaves(tree, lambda path, leaf: Leaf(_renamed_type(leaf.type, mapping), leaf.sample))


def _renamed_function(fn: Function, mapping: Mapping[str, str]) -> Function:
    env: dict[Value, Value] = {}

    def value(v: Value) -> Value:
        return env.setdefault(v, replace(v, type=_renamed_type(v.type, mapping)))

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
