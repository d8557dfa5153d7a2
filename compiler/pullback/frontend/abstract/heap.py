"""What references hold. Contents are immutable, so that a snapshot is a copy of one dict.

Names refer to references, and references to contents: a write replaces the contents, and every alias sees it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import Any, TypeAlias

from pullback.frontend.abstract.values import AbstractValue, Conflict, Container, Ref, RefKind
from pullback.ir.builder import Builder
from pullback.ir.core import Atom, Const, Loc, Op
from pullback.ir.types import Type
from pullback.records import dataclass

ALWAYS = Const(True)


@dataclass(frozen=True, slots=True, eq=False)
class HiddenInput:
    """A global or closure array: each function that reads it gets it as a parameter of its own."""

    key: int


@dataclass(frozen=True, slots=True, eq=False)
class Aspect:
    """A view: `ops` in turn, applied to what `base` holds. `value` is what it was when `base` held `seen`. On a path
    that has not taken it, `there` is false: what it is taken with need not be known there, nor need it be possible.
    """

    base: Ref
    ops: tuple[Op, ...]
    seen: Atom | None
    value: Atom | None
    there: Atom = ALWAYS

    def of(self, base: Atom, builder: Builder) -> Atom:
        """The view of what the base holds now."""
        return self.chain(base, builder)[-1]

    def chain(self, base: Atom, builder: Builder) -> list[Atom]:
        """The base and every step of the view."""
        steps = [base]
        for op in self.ops:
            steps += builder.apply(op.prim, (steps[-1], *op.operands[1:]), op.attrs)
        return steps


@dataclass(frozen=True, slots=True, eq=False)
class Shared:
    """An array that may share memory with others: it may be read as long as nobody has written to them, and is never
    written to itself. What they hold may have another name at the head of a loop; `Heap.holds_still` tells.
    """

    bases: tuple[tuple[Ref, Contents], ...]
    value: Atom
    loc: Loc | None


@dataclass(frozen=True, slots=True, eq=False)
class Grown:
    """A list whose length is known at run time only. Every element has the structure `element`, a pattern of
    `pullback.frontend.abstract.patterns`; each of its leaves has a list of its own, a column. `cls`: list, or a deque.
    """

    element: Any
    columns: tuple[Atom, ...]
    cls: type = list


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """One of two arrays, by a condition of the run. `value` is what it was when `Heap.token` of both gave `seen`."""

    condition: Atom
    then: Ref
    other: Ref
    type: Type
    seen: tuple[Any, ...] | None
    value: Atom | None


Contents: TypeAlias = Container | Atom | HiddenInput | Conflict | Aspect | Shared | Chosen | Grown


def bases_of(contents: Contents | None) -> list[Ref]:
    """The arrays that an array may be a view of, or be itself."""
    match contents:
        case Aspect(base=base):
            return [base]
        case Chosen(then=then, other=other):
            return [then, other]
        case Shared(bases=bases):
            return [base for base, _ in bases]
    return []


@dataclass(slots=True)
class Heap:
    """The contents of references. Contents of `outside` (global containers) are shared by all heaps, and frozen.

    `frozen` tells for references that must not be written to any more why that is so; arrays in `contiguous` surely
    lie in memory in C order, if the arguments do that are given for them, and `flattened` are those, given with the
    same arguments, of which a view was taken that there is for this reason only; `numbers` says of what has no axes
    whether it is a NumPy number, which nothing changes, or an array (None: that is known at run time only);
    `changed` are all that were ever written to, in any branch, `origins` the arrays whose
    memory an array may have been handed. `unsized` gives the error of a list whose items are not known one by one.
    """

    outside: dict[Ref, Contents]
    cells: dict[Ref, Contents] = field(default_factory=dict)
    frozen: dict[Ref, str] = field(default_factory=dict)
    contiguous: dict[Ref, frozenset[Ref]] = field(default_factory=dict)
    flattened: dict[Ref, frozenset[Ref]] = field(default_factory=dict)
    numbers: dict[Ref, bool | None] = field(default_factory=dict)
    changed: set[Ref] = field(default_factory=set)
    origins: dict[Ref, set[Ref]] = field(default_factory=dict)
    unsized: Callable[[Grown], Exception] = field(default=lambda grown: AssertionError("a list of unknown length"))

    def new(self, kind: RefKind, contents: Contents) -> Ref:
        """A fresh reference to `contents`."""
        ref = Ref(kind)
        self.cells[ref] = contents
        return ref

    def read(self, ref: Ref) -> Contents:
        """What a reference holds now."""
        found = self.cells.get(ref)
        return self.outside[ref] if found is None else found

    def holds(self, ref: Ref) -> bool:
        """Whether a reference is of this state, and not of an arm or a trip that has been left."""
        return ref in self.cells or ref in self.outside

    def container(self, ref: Ref) -> Container:
        """What a reference to a container holds now."""
        contents = self.read(ref)
        if isinstance(contents, Grown):
            raise self.unsized(contents)
        assert isinstance(contents, Container), contents
        return contents

    def write(self, ref: Ref, contents: Contents) -> None:
        """Let a reference hold something else."""
        assert ref in self.cells, "a frozen reference is written"
        self.cells[ref] = contents
        self.changed.add(ref)

    def token(self, ref: Ref) -> tuple[Any, ...]:
        """What tells one state of an array from another: it changes when any memory does that the array may be."""
        contents = self.read(ref)
        bases = bases_of(contents)
        return tuple(part for base in bases for part in self.token(base)) if bases else (contents,)

    def held(self, ref: Ref) -> Contents:
        """What an array holds: its value, where one of two has been chosen and neither has changed since."""
        contents = self.read(ref)
        known = isinstance(contents, Chosen) and contents.value is not None and contents.seen == self.token(ref)
        return contents.value if known else contents  # type: ignore[union-attr,return-value]  # a choice, with a value

    def holds_still(self, shared: Shared, cells: dict[Ref, Contents] | None = None) -> bool:
        """Whether nothing has written to memory that an array may share; `cells` is another state than the present."""
        state = self if cells is None else Heap(self.outside, cells)
        moved = [base for base, seen in shared.bases if state.held(base) is not seen]
        return not moved or self.changed_memory().isdisjoint(moved)

    def changed_memory(self) -> set[Ref]:
        """What was ever written to, also by way of an array that had been handed its memory."""
        found: set[Ref] = set()
        pending = [*self.changed]
        while pending:
            if (ref := pending.pop()) not in found:
                found.add(ref)
                pending += self.origins.get(ref, ())
        return found

    def snapshot(self) -> dict[Ref, Contents]:
        """The present state; give it to `restore`."""
        return dict(self.cells)

    def restore(self, cells: dict[Ref, Contents]) -> None:
        """Go back to a state taken by `snapshot`."""
        self.cells = dict(cells)

    def list_of(self, items: tuple[AbstractValue, ...]) -> Ref:
        """A fresh list."""
        return self.new("list", Container(list, (), items))
