"""Conditionals whose arms do the same.

before:  if c: a = 2.0 * g;  yield a   else: b = 2.0 * g;  yield b
after:   a = 2.0 * g
"""

from __future__ import annotations

from typing import Any

from pullback.ir.core import Atom, Attrs, Block, Const, Primitive
from pullback.ir.effects import has_effect


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


def atom_key(atom: Atom) -> Any:
    """Equal for atoms that are the same: 1, 1.0 and True are three constants."""
    return ("const", type(atom.value), repr(atom.value)) if isinstance(atom, Const) else atom


def operation_key(prim: Primitive, operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Any, ...]:
    """Equal for operations that compute the same; constants count by type and text, since 1 == 1.0 and 0.0 == -0.0."""
    return (prim, tuple(map(atom_key, operands)), *((name, type(v), v) for name, v in sorted(attrs.items())))
