"""Appends operations to blocks, inferring the types of their results.

The builder holds a stack of open blocks: operations go to the innermost one. The current location and sweep are
part of its state, so that rules, which build IR through it, need not know about either.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import field
from typing import Any, Literal

from pullback.ir.core import Atom, Attrs, Block, Const, Loc, Op, Primitive, Undefined, Value
from pullback.ir.types import Type
from pullback.records import dataclass


@dataclass
class Builder:
    """Builds blocks; see the module's docstring."""

    loc: Loc | None = None
    sweep: Literal["primal", "adjoint"] = "primal"
    _stack: list[list[Op]] = field(default_factory=lambda: [[]])

    @contextmanager
    def at(self, loc: Loc | None, sweep: Literal["primal", "adjoint"] | None = None) -> Iterator[None]:
        """Operations built inside stem from `loc` and belong to `sweep`."""
        before = self.loc, self.sweep
        self.loc, self.sweep = loc, sweep or self.sweep
        try:
            yield
        finally:
            self.loc, self.sweep = before

    @contextmanager
    def region(self, ops: list[Op] | None = None) -> Iterator[list[Op]]:
        """Operations built inside go to `ops`, or to a new list, which is yielded; make a `Block` of it."""
        self._stack.append([] if ops is None else ops)
        try:
            yield self._stack[-1]
        finally:
            self._stack.pop()

    def is_open(self, ops: list[Op]) -> bool:
        """Whether operations may still be added to a block, or to one inside it."""
        return any(ops is open for open in self._stack)

    @property
    def ops(self) -> list[Op]:
        """The operations of the innermost open block so far."""
        return self._stack[-1]

    def apply(self, prim: Primitive, operands: tuple[Atom, ...], attrs: Attrs) -> tuple[Atom, ...]:
        """Append one operation and return its results, or what stands for them."""
        types = prim.infer(operands, attrs)
        return self.append(prim, operands, attrs, types)

    def append(
        self,
        prim: Primitive,
        operands: tuple[Atom, ...],
        attrs: Attrs,
        types: tuple[Type, ...],
        blocks: tuple[Block, ...] = (),
        names: tuple[str, ...] | None = None,
    ) -> tuple[Value, ...]:
        """Append an operation whose result types are given (regions and calls)."""
        names = names or ("",) * len(types)
        results = tuple(Value(t, name, self.loc) for t, name in zip(types, names, strict=True))
        self.emit(Op(prim, operands, dict(attrs), results, blocks, self.loc, self.sweep))
        return results

    def emit(self, op: Op) -> None:
        """Append an operation as it is."""
        self.ops.append(op)


def atom(value: Any) -> Atom:
    """An atom of the IR as it is, anything else as a constant."""
    return value if isinstance(value, Value | Const | Undefined) else Const(value)
