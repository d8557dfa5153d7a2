"""Conditionals that need not be: those whose arms do the same, and those that go on with the one before.

before:  if c: a = 2.0 * g;  yield a   else: b = 2.0 * g;  yield b
after:   a = 2.0 * g

before:  if c: a = exp(x);  yield a   else: yield undefined;   if c: b = a * g;  yield b   else: yield 0.0
after:   if c: a = exp(x);  b = a * g;  yield b   else: yield 0.0
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pullback.ir.builder import Builder
from pullback.ir.core import Atom, Attrs, Block, Const, Op, Primitive, Value, free_values
from pullback.ir.effects import has_effect
from pullback.ir.regions import IF
from pullback.ir.rewrite import rebuild_block


def do_the_same(a: Block, b: Block) -> bool:
    """Whether two arms compute the same, by the same operations in the same order."""
    stands_for: dict[Atom, Atom] = {}

    def here(atoms: tuple[Atom, ...]) -> tuple[Atom, ...]:
        return tuple(stands_for.get(atom, atom) if not isinstance(atom, Const) else atom for atom in atoms)

    if len(a.ops) != len(b.ops):
        return False
    for p, q in zip(a.ops, b.ops, strict=True):
        if p.blocks or q.blocks or has_effect(p) or has_effect(q):
            return False
        if operation_key(p.prim, p.operands, p.attrs) != operation_key(q.prim, here(q.operands), q.attrs):
            return False
        stands_for.update(zip(q.results, p.results, strict=True))
    return [*map(atom_key, a.results)] == [*map(atom_key, here(b.results))]


def goes_on(before: Op, op: Op) -> bool:
    """Whether a conditional, right behind another one on the same condition, goes on with what that has computed. In
    the adjoint sweep it does so in any case: each has the cotangents of one operation.
    """
    if not (before.prim is op.prim is IF and before.operands == op.operands and before.sweep == op.sweep):
        return False
    read = {value for block in op.blocks for value in free_values(block)}
    return op.sweep == "adjoint" or not read.isdisjoint(before.results)


def joined(before: Op, op: Op) -> Op:
    """One conditional that does what two did, one behind the other."""
    blocks = []
    for first, second in zip(before.blocks, op.blocks, strict=True):
        env: dict[Value, Atom] = dict(zip(before.results, first.results, strict=True))
        second = rebuild_block(second, lambda builder, inner: None, Builder(), env)
        blocks.append(Block((), (*first.ops, *second.ops), (*first.results, *second.results)))
    return replace(op, results=(*before.results, *op.results), blocks=tuple(blocks), loc=before.loc)


def atom_key(atom: Atom) -> Any:
    """Equal for atoms that are the same: 1, 1.0 and True are three constants."""
    return ("const", type(atom.value), repr(atom.value)) if isinstance(atom, Const) else atom


def operation_key(prim: Primitive, operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Any, ...]:
    """Equal for operations that compute the same; constants count by type and text, since 1 == 1.0 and 0.0 == -0.0."""
    return (prim, tuple(map(atom_key, operands)), *((name, type(v), v) for name, v in sorted(attrs.items())))
