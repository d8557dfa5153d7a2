"""Abstract values taken apart into a pattern and atoms, to be put together again (`rebuilding`) in another function.

A pattern is hashable: it says everything about a value but which atoms its leaves are. Two calls whose arguments have
the same pattern are calls of one IR function. What is referred to twice is one thing in the copy, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any

import numpy as np

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.dimensions import Dimensions, without_extent
from pullback.frontend.abstract.heap import ALWAYS, Aspect, Chosen, Contents, Grown, Heap, Shared, bases_of
from pullback.frontend.abstract.values import AbstractValue, Container, Frame
from pullback.frontend.abstract.views import roots_of
from pullback.ir.core import Atom, Const, Undefined, Value
from pullback.ir.interface import Path
from pullback.ir.types import List, rank
from pullback.records import dataclass

KEYED = ("dict", "set", "object", "cell")


@dataclass(frozen=True, slots=True)
class Pattern:
    """The shape of an abstract value. `tag` is hashable and holds what `kind` needs."""

    kind: str
    tag: Any = None
    keys: tuple[Any, ...] = ()
    children: tuple[Pattern, ...] = ()


@dataclass(frozen=True, slots=True)
class ById:
    """Wraps a Python value, compared by identity (or by exact value and type for plain immutable ones)."""

    value: Any

    def _token(self) -> Any:
        if isinstance(self.value, bool | int | str | bytes | type(None)):
            return type(self.value), self.value
        if isinstance(self.value, float | complex):
            return type(self.value), repr(self.value)
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ById) and self._token() == other._token()

    def __hash__(self) -> int:
        return hash(self._token())


@dataclass
class Flattener:
    """Takes values apart. References met before are numbered in the order of their first visit.

    `lift(value, path)` says which known numbers are leaves nevertheless; `dimensions` renames symbolic dimensions;
    `keep_hidden`: hidden inputs stay what they are, and are no leaves; `keep_views`: views stay views of what has been
    met before. `lenders` are arrays whose memory others may have taken over.
    """

    heap: Heap
    atom_of: Callable[[av.Ref], Atom]
    lift: Callable[[Any, Path], bool] = lambda value, path: False
    dimensions: Dimensions | None = None
    keep_hidden: bool = False
    keep_views: bool = False
    is_number: Callable[[av.Ref], bool | None] = lambda ref: None
    lenders: Mapping[av.Ref, Sequence[av.Ref]] = field(default_factory=dict)
    atoms: list[Atom] = field(default_factory=list)
    shared: list[Any] = field(default_factory=list)
    seen: dict[int, int] = field(default_factory=dict)

    def __call__(self, value: AbstractValue, path: Path = ()) -> Pattern:
        match value:
            case av.Known(value=known):
                if self.lift(known, path):
                    return self.leaf(Const(known), path)
                return Pattern("known", ById(known))
            case av.Dynamic(atom=atom):
                return self.leaf(atom, path)
            case av.Tuple(items=items, cls=cls):
                return self.compound("tuple", cls, range(len(items)), items, path)
            case av.Slice(start=start, stop=stop, step=step):
                return self.compound("slice", None, range(3), (start, stop, step), path)
            case av.Method(name=name, receiver=receiver):
                return self.compound("method", name, ("receiver",), (receiver,), path)
            case av.Bound(function=function, receiver=receiver):
                return self.compound("bound", None, ("function", "receiver"), (function, receiver), path)
            case av.Super(cls=cls, receiver=receiver):
                return self.compound("super", cls, ("receiver",), (receiver,), path)
            case av.View(ref=ref, what=what):
                return self.compound("view", what, ("dict",), (ref,), path)
            case av.Partial(function=function, args=args, kwargs=kwargs):
                parts = (function, *args, *kwargs.values())
                return self.compound("partial", (len(args), tuple(kwargs)), range(len(parts)), parts, path)
            case av.Late(layout=layout, atoms=atoms, cls=cls):
                keys = tuple(range(len(atoms)))
                leaves = tuple(self.leaf(atom, (*path, key)) for key, atom in zip(keys, atoms, strict=True))
                return Pattern("late", (layout, cls), keys, leaves)
            case av.Maybe(value=inner, flag=flag, unbound=unbound, name=name):
                children = (self(inner, path), self.leaf(flag, (*path, "given")))
                return Pattern("maybe", (unbound, name), (), children)
            case av.OneOf(values=values, flags=flags, name=name):
                known = [self(each, path) for each in values]
                told = [self.leaf(flag, (*path, f"is_{k}")) for k, flag in enumerate(flags)]
                return Pattern("one of", name, (), (*known, *told))
            case av.Unbound():
                return Pattern("unbound")
            case av.Conflict():
                return Pattern("conflict", value)
            case av.Suspended():
                return Pattern("suspended", ById(value))
            case av.Poison():
                return Pattern("poison")
            case av.Ref():
                return self.reference(value, path)
            case av.Closure():
                return self.closure(value, path)

    def compound(
        self, kind: str, tag: Any, keys: Iterable[Any], parts: tuple[AbstractValue, ...], path: Path
    ) -> Pattern:
        keys = tuple(keys)
        children = tuple(self(part, (*path, key)) for key, part in zip(keys, parts, strict=True))
        return Pattern(kind, tag, keys, children)

    def leaf(self, atom: Atom, path: Path, kind: str = "dynamic") -> Pattern:
        self.atoms.append(atom)
        t = without_extent(atom.type)
        return Pattern(kind, t if self.dimensions is None else self.dimensions.inward(t, path))

    def again(self, thing: Any) -> Pattern | None:
        if id(thing) in self.seen:
            return Pattern("again", self.seen[id(thing)])
        self.seen[id(thing)] = len(self.shared)
        self.shared.append(thing)
        return None

    def reference(self, ref: av.Ref, path: Path) -> Pattern:
        if ref in self.heap.outside and (self.keep_hidden or ref.kind != "array"):
            return Pattern("outside", ById(ref))
        if (known := self.again(ref)) is not None:
            return known
        contents = self.heap.read(ref)
        if isinstance(contents, av.Conflict):
            return Pattern("unreadable", (ref.kind, contents))
        if isinstance(contents, Grown):
            held = (contents.element, self.heap.frozen.get(ref, ""), ref.kind, contents.cls)
            leaves = tuple(self.leaf(column, (*path, k)) for k, column in enumerate(contents.columns))
            return Pattern("grown", held, tuple(range(len(leaves))), leaves)
        if not isinstance(contents, Container):
            atom = contents if isinstance(contents, Value | Const | Undefined) else self.atom_of(ref)
            leaf = self.array_leaf(ref, atom, path)
            contents = from_root(contents, self.heap)
            lent = self.lent_to(ref)
            bases = [*(self.bases(contents) if self.keep_views else []), *lent]
            if bases:
                steps = None if lent else recipe(contents)
                return Pattern("view of", (leaf.tag, steps, leaf.kind), tuple(range(len(bases))), tuple(bases))
            return leaf
        keys = contents.keys if ref.kind in KEYED else tuple(range(len(contents.values)))
        tag = (ref.kind, contents.cls, self.heap.frozen.get(ref, ""), tuple(map(ById, keys)))
        return self.compound("container", tag, keys, contents.values, path)

    def array_leaf(self, ref: av.Ref, atom: Atom, path: Path) -> Pattern:
        """A leaf that is an array, or a NumPy number: what is known to be the one or the other stays known."""
        leaf = self.leaf(atom, path, "array")
        number = self.is_number(ref) if rank(atom.type) == 0 else None
        return leaf if number is None else Pattern("number" if number else "cell", leaf.tag)

    def bases(self, contents: Contents) -> list[Pattern]:
        """What a view shares memory with, of all that has been met before."""
        refs = bases_of(contents)
        if isinstance(contents, Shared | Chosen):
            refs = list(dict.fromkeys(root for base in refs for root in roots_of(base, self.heap)))
        known = [Pattern("again", self.seen[id(ref)]) for ref in refs if id(ref) in self.seen]
        return known + [Pattern("outside", ById(ref)) for ref in refs if ref in self.heap.outside]

    def lent_to(self, ref: av.Ref) -> list[Pattern]:
        """The arrays met before whose memory an array may have taken over."""
        if not self.lenders:
            return []
        lenders = dict.fromkeys(r for root in roots_of(ref, self.heap) for r in self.lenders.get(root, ()))
        return [Pattern("again", self.seen[id(r)]) for r in lenders if id(r) in self.seen and r is not ref]

    def closure(self, closure: av.Closure, path: Path) -> Pattern:
        if (known := self.again(closure)) is not None:
            return known
        captured = captured_names(closure)
        names = (*captured, *closure.defaults)
        tag = (
            ById(closure.code),
            tuple(captured),
            tuple(closure.defaults),
            closure.frame.owner,
            ById(cells_around(closure.frame)),
            closure.title,
        )
        return self.compound("closure", tag, names, (*captured.values(), *closure.defaults.values()), path)


def from_root(contents: Contents, heap: Heap) -> Contents:
    """A view of a view as a view of what owns the memory."""
    while isinstance(contents, Aspect) and isinstance(base := heap.read(contents.base), Aspect):
        there = base.there if contents.there == ALWAYS else contents.there
        contents = Aspect(base.base, (*base.ops, *contents.ops), None, None, there)
    if isinstance(contents, Aspect) and isinstance(base := heap.read(contents.base), Shared | Chosen):
        return base
    return contents


def recipe(contents: Contents) -> Any:
    """How a view is taken, as something hashable; None where that depends on what is known at run time only."""
    ops = contents.ops if isinstance(contents, Aspect) and contents.there == ALWAYS else ()
    if not ops or not all(isinstance(operand, Const) for op in ops for operand in op.operands[1:]):
        return None
    return tuple((op.prim, op.operands[1:], tuple(op.attrs.items())) for op in ops)


def cells_around(frame: Frame | None) -> Any:
    """The closure cells of the real function that encloses a frame."""
    while frame is not None:
        if frame.cells:
            return frame.cells
        frame = frame.parent
    return None


def captured_names(closure: av.Closure) -> dict[str, AbstractValue]:
    """The variables of enclosing interpreted functions that a closure reads, with their present values."""
    captured: dict[str, AbstractValue] = {}
    for name in sorted(closure.code.free):
        frame: Frame | None = closure.frame
        while frame is not None and name not in frame.code.locals:
            frame = frame.parent
        if frame is not None and name in frame.names:
            captured[name] = frame.names[name]
    return captured


def numbers_that_differ(a: Pattern, b: Pattern, path: Path = ()) -> set[Path] | None:
    """Where two patterns hold different known numbers; None if they differ in anything else."""
    if a == b:
        return set()
    if a.kind == b.kind == "known":
        kinds = {type(a.tag.value), type(b.tag.value)}
        return {path} if len(kinds) == 1 and kinds <= {int, float} else None
    if {a.kind, b.kind} == {"known", "dynamic"}:
        known, dynamic = (a, b) if a.kind == "known" else (b, a)
        return {path} if Const(known.tag.value).type == dynamic.tag and type(known.tag.value) in (int, float) else None
    if (a.kind, a.tag, a.keys) != (b.kind, b.tag, b.keys):
        return None
    paths: set[Path] = set()
    for key, p, q in zip(a.keys, a.children, b.children, strict=True):
        inner = numbers_that_differ(p, q, (*path, key))
        if inner is None:
            return None
        paths |= inner
    return paths


NUMBERS = (bool, int, float, complex, np.number, np.bool_)
IN_LIST = "an element of a list"


def take_apart(value: AbstractValue, heap: Heap, atom_of: Callable[[av.Ref], Atom]) -> tuple[Pattern, list[Atom]]:
    """What an element of a list that grows looks like, and its leaves: all of its numbers and arrays."""
    flattener = Flattener(heap, atom_of, lambda known, path: isinstance(known, NUMBERS))
    return _plain(flattener(value)), flattener.atoms


def _plain(pattern: Pattern) -> Pattern:
    """A pattern whose leaves have any type, and whose containers stay as they are."""
    if pattern.kind in ("dynamic", "array", "number", "cell"):
        return Pattern("leaf")
    children = tuple(map(_plain, pattern.children))
    match pattern.kind:
        case "container":
            kind, cls, _, keys = pattern.tag
            return Pattern("container", (kind, cls, IN_LIST, keys), pattern.keys, children)
        case "grown":
            return Pattern("grown", (pattern.tag[0], IN_LIST, *pattern.tag[2:]), pattern.keys, children)
    return Pattern(pattern.kind, pattern.tag, pattern.keys, children)


def is_plain(pattern: Pattern) -> bool:
    """Whether a list can hold elements of this structure."""
    if pattern.kind not in ("leaf", "known", "tuple", "container", "grown"):
        return False
    return all(map(is_plain, pattern.children))


def lists_hold_arrays(pattern: Pattern) -> bool:
    """Whether a value has lists of unknown length that hold arrays, or other lists."""
    if pattern.kind == "grown":
        return any(not (isinstance(c.tag, List) and rank(c.tag.element) == 0) for c in pattern.children)
    return any(map(lists_hold_arrays, pattern.children))
