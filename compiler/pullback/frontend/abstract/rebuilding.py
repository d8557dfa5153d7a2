"""Abstract values put together again from a pattern and atoms, in another function or another trip."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import field
from typing import Any

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.heap import Aspect, Grown, Heap, Shared
from pullback.frontend.abstract.patterns import KEYED, Pattern
from pullback.frontend.abstract.values import AbstractValue, Container, Frame
from pullback.frontend.abstract.views import roots_of
from pullback.ir.core import Atom, Loc, Op
from pullback.ir.interface import Path
from pullback.ir.types import Array, Type
from pullback.records import dataclass


@dataclass
class Rebuilder:
    """Puts values together: `leaf(type, path)` gives the atoms in order; `shared` the references met before."""

    heap: Heap
    leaf: Callable[[Type, Path], Atom]
    shared: list[Any] = field(default_factory=list)
    held: Callable[[av.Ref], Atom] | None = None
    loc: Loc | None = None

    def __call__(self, pattern: Pattern, path: Path = ()) -> AbstractValue:
        match pattern.kind:
            case "known":
                return av.Known(pattern.tag.value)
            case "dynamic":
                return av.Dynamic(self.leaf(pattern.tag, path))
            case "array" | "number" | "cell" as kind:
                return self.met(self.heap.new("array", self.leaf(pattern.tag, path)), kind)
            case "leaf":
                return self.element(pattern, path)
            case "grown":
                return self.grown(pattern, path)
            case "view of":
                return self.view(pattern, path)
            case "outside":
                outside: av.Ref = pattern.tag.value
                return outside
            case "again":
                again: AbstractValue = self.shared[pattern.tag]
                return again
            case "conflict":
                conflict: av.Conflict = pattern.tag
                return conflict
            case "unreadable":
                ref = self.heap.new(*pattern.tag)
                self.shared.append(ref)
                return ref
            case "poison":
                return av.POISON
            case "unbound":
                return av.UNBOUND
            case "maybe":
                inner, flag = self(pattern.children[0], path), self.leaf(pattern.children[1].tag, (*path, "given"))
                return av.Maybe(inner, flag, *pattern.tag)
            case "one of":
                half = len(pattern.children) // 2
                values = tuple(self(child, path) for child in pattern.children[:half])
                flags = (self.leaf(c.tag, (*path, f"is_{k}")) for k, c in enumerate(pattern.children[half:]))
                return av.OneOf(values, tuple(flags), pattern.tag)
            case "container":
                return self.container(pattern, path)
            case "closure":
                return self.closure(pattern, path)
            case "late":
                layout, cls = pattern.tag
                parts = zip(pattern.keys, pattern.children, strict=True)
                return av.Late(layout, tuple(self.leaf(child.tag, (*path, key)) for key, child in parts), cls)
        children = tuple(self.children(pattern, path))
        match pattern.kind:
            case "tuple":
                return av.Tuple(children, pattern.tag)
            case "slice":
                return av.Slice(*children)
            case "method":
                return av.Method(pattern.tag, *children)
            case "bound":
                return av.Bound(*children)
            case "super":
                return av.Super(pattern.tag, *children)
            case "view":
                assert isinstance(children[0], av.Ref)
                return av.View(children[0], pattern.tag)
        assert pattern.kind == "partial", pattern
        count, names = pattern.tag
        return av.Partial(children[0], children[1 : 1 + count], dict(zip(names, children[1 + count :], strict=True)))

    def met(self, ref: av.Ref, kind: str) -> av.Ref:
        """A fresh reference to an array, by what is known of it."""
        self.shared.append(ref)
        if kind != "array":
            self.heap.numbers[ref] = kind == "number"
        return ref

    def children(self, pattern: Pattern, path: Path) -> Iterator[AbstractValue]:
        for key, child in zip(pattern.keys, pattern.children, strict=True):
            yield self(child, (*path, key))

    def view(self, pattern: Pattern, path: Path) -> av.Ref:
        t, steps, kind = pattern.tag
        value = self.leaf(t, path)
        bases = [base for base in self.children(pattern, path) if isinstance(base, av.Ref)]
        if steps is not None and len(bases) == 1 and self.held is not None and bases[0] not in self.heap.outside:
            ops = tuple(Op(prim, (value, *operands), dict(attrs), ()) for prim, operands, attrs in steps)
            ref = self.heap.new("array", Aspect(bases[0], ops, self.held(bases[0]), value))
        elif self.held is not None:
            roots = {root: self.heap.held(root) for base in bases for root in roots_of(base, self.heap)}
            ref = self.heap.new("array", Shared(tuple(roots.items()), value, self.loc))
        else:
            ref = self.heap.new("array", value)
        return self.met(ref, kind)

    def element(self, pattern: Pattern, path: Path) -> AbstractValue:
        """A leaf of an element of a list, which is an array if its column holds arrays."""
        atom = self.leaf(pattern.tag, path)
        if not isinstance(atom.type, Array):
            return av.Dynamic(atom)
        ref = self.heap.new("array", atom)
        self.shared.append(ref)
        return ref

    def grown(self, pattern: Pattern, path: Path) -> av.Ref:
        element, frozen, kind, cls = pattern.tag
        columns = tuple(self.leaf(child.tag, (*path, k)) for k, child in enumerate(pattern.children))
        ref = self.heap.new(kind, Grown(element, columns, cls))
        self.shared.append(ref)
        if frozen:
            self.heap.frozen[ref] = frozen
        return ref

    def container(self, pattern: Pattern, path: Path) -> av.Ref:
        kind, cls, frozen, _ = pattern.tag
        ref = self.heap.new(kind, Container(cls, (), ()))
        self.shared.append(ref)
        values = tuple(self.children(pattern, path))
        self.heap.write(ref, Container(cls, pattern.keys if kind in KEYED else (), values))
        if frozen:
            self.heap.frozen[ref] = frozen
        return ref

    def closure(self, pattern: Pattern, path: Path) -> av.Closure:
        code, captured, defaults, owner, cells, title = pattern.tag
        frame = Frame(code.value.binding(captured), cells=cells.value or {}, owner=owner)
        kept: dict[str, AbstractValue] = {}
        closure = av.Closure(code.value, frame, kept, title)
        self.shared.append(closure)
        values = list(self.children(pattern, path))
        frame.names.update(zip(captured, values, strict=False))
        kept.update(zip(defaults, values[len(captured) :], strict=True))
        return closure
