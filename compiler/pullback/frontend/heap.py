"""What references hold. Contents are immutable, so that a snapshot is a copy of one dict.

Names refer to references, and references to contents: a write replaces the contents, and every alias sees it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from pullback.frontend.abstract import AbstractValue, Conflict, Container, Ref
from pullback.ir.core import Atom


@dataclass(frozen=True, slots=True, eq=False)
class HiddenInput:
    """A global or closure array: each function that reads it gets it as a parameter of its own."""

    key: int


Contents: TypeAlias = Container | Atom | HiddenInput | Conflict


@dataclass(slots=True)
class Heap:
    """The contents of references. Contents of `outside` (global containers) are shared by all heaps, and frozen.

    `frozen` tells for references that must not be written to any more why that is so.
    """

    outside: dict[Ref, Contents]
    cells: dict[Ref, Contents] = field(default_factory=dict)
    frozen: dict[Ref, str] = field(default_factory=dict)

    def new(self, kind: Literal["array", "list", "dict", "object", "iterator"], contents: Contents) -> Ref:
        """A fresh reference to `contents`."""
        ref = Ref(kind)
        self.cells[ref] = contents
        return ref

    def read(self, ref: Ref) -> Contents:
        """What a reference holds now."""
        found = self.cells.get(ref)
        return self.outside[ref] if found is None else found

    def container(self, ref: Ref) -> Container:
        """What a reference to a container holds now."""
        contents = self.read(ref)
        assert isinstance(contents, Container), contents
        return contents

    def write(self, ref: Ref, contents: Contents) -> None:
        """Let a reference hold something else."""
        assert ref in self.cells, "a frozen reference is written"
        self.cells[ref] = contents

    def snapshot(self) -> dict[Ref, Contents]:
        """The present state; give it to `restore`."""
        return dict(self.cells)

    def restore(self, cells: dict[Ref, Contents]) -> None:
        """Go back to a state taken by `snapshot`."""
        self.cells = dict(cells)

    def list_of(self, items: tuple[AbstractValue, ...]) -> Ref:
        """A fresh list."""
        return self.new("list", Container(list, (), items))
