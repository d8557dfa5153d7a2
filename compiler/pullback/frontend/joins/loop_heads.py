"""The state at the head of a loop: the join of what is before the loop and what a trip leaves.

What a name holds may be an array that another name held a trip ago (buffers that are swapped). Where the arrays that a
loop hands from name to name are reachable by nothing else, the names own them; else they share memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.heap import Aspect, Chosen, Contents, Shared, bases_of
from pullback.frontend.abstract.patterns import ById, Flattener, Pattern
from pullback.frontend.abstract.state import Arm
from pullback.frontend.abstract.values import AbstractValue, Container, Frame, Ref
from pullback.frontend.joins.alternatives import is_numeric
from pullback.frontend.joins.sharing import UNREADABLE
from pullback.frontend.joins.values import Join
from pullback.ir.core import Atom, Block, Const, Op, Value
from pullback.ir.interface import Path
from pullback.ir.regions import IF
from pullback.ir.types import BOOL, Array, Dim, List, Shape, Sym, Type
from pullback.records import dataclass

if TYPE_CHECKING:
    from pullback.frontend.joins.conditionals import Joins


class LoopJoin(Join):
    """Joins the state before a loop with the one at the end of a trip; `late` are hidden names that a trip binds
    first; `lodgers` are names that are an array, or a part of it, while a flag says so.
    """

    def __init__(self, core: Joins, before: Arm, trip: Arm, params: set[Value]) -> None:
        super().__init__(core, before, trip)
        self.defined[1] |= params
        self.late: dict[str, AbstractValue] = {}
        self.lodgers: dict[Ref, Ref] = {}
        self.at_head = True

    def state(self) -> tuple[dict[str, AbstractValue], dict[Ref, Contents]]:
        """The names of the innermost frame, and the heap, at the head of the loop."""
        before, trip = (arm.names[0] for arm in self.arms)
        names: dict[str, AbstractValue] = {}
        for name, value in before.items():
            if name.startswith(" "):
                self.late[name] = trip[name]
                names[name] = value
            else:
                names[name] = self.value(value, trip.get(name, av.UNBOUND), name)
        for name, value in trip.items():
            if name not in before:
                if name.startswith(" "):
                    self.late[name] = value
                else:
                    names[name] = self.value(av.UNBOUND, value, name)
        return names, self.heaps_at_head(names)

    def heaps_at_head(self, names: dict[str, AbstractValue]) -> dict[Ref, Contents]:
        self.roots_in_names = names
        heap = self.heaps()
        self.at_head = False
        return heap

    def late_value(self, name: str) -> AbstractValue:
        """After the loop: what its last trip has left in a name that was not bound before it."""
        return self.value(self.arms[0].names[0].get(name), self.late[name], name)

    def conflict(self, a: AbstractValue, b: AbstractValue, name: str) -> av.Conflict:
        what = f"`{name}`" if name else "what a name or a container holds"
        kinds = [self.core.describe(x) for x in (a, b)]
        return av.Conflict(
            f"{what} is {kinds[0]} before the loop and {kinds[1]} after a trip",
            "which one it is depends on how many trips there have been",
            "let it be the same kind of value before the loop and in it",
        )

    def can_choose(self, a: AbstractValue, b: AbstractValue) -> bool:
        values = [v for x in (a, b) for v in (x.values if isinstance(x, av.OneOf) else (x,))]
        return super().can_choose(a, b) and all(is_numeric(value) or is_constant(value) for value in values)

    def incompatible(self, a: Contents | None, b: Contents | None) -> av.Conflict:
        cls = next(c.cls.__name__ if isinstance(c, Container) else "list" for c in (a, b) if c is not None)
        way_out = "assign to the elements of an array made before the loop (`a = np.zeros(n)`, `a[i] = ...`)"
        if cls == "list":
            way_out = f"let all of its elements have one structure and one type, or {way_out}"
        return av.Conflict(
            f"this {cls} changes its keys or its length in a loop",
            "how many trips there are is known at run time only",
            way_out,
        )

    def choose(self, kept: set[Ref]) -> None:
        """A name takes over the memory of the arrays that it may be; a flag that is carried says whether it is one."""
        plans = {ref: self.plan(ref, a, b, kept) for ref, a, b in self.handed}
        taken = [root for plan in plans.values() if plan is not None for root in plan]
        own = [root for _, _, b in self.handed for root in self.roots(1, b)]
        clashing = {root for roots in (taken, own) for root in roots if roots.count(root) > 1}
        for ref, a, b in self.handed:
            plan = plans[ref]
            if plan is None or not clashing.isdisjoint([*plan, *self.roots(1, b)]):
                plans[ref] = None
                later = self.lodging(ref, a, b, kept)
                if later is None:
                    self.share_with(ref, a, b, kept)
                else:
                    assert isinstance(a, Ref)
                    self.lodge(ref, a, later)
        for ref, _, b in self.handed:
            for root, (first, later) in (plans[ref] or {}).items():
                self.take_over_in_loop(ref, root, first, later)
                self.stand_ins.setdefault((1, b), set()).add(ref)  # type: ignore[arg-type]  # planned for references

        for ref in self.unsettled:
            if not isinstance(self.heap[ref], Chosen):
                self.own_alone(ref, kept)
        self.unsettled.clear()

    def own_alone(self, ref: Ref, kept: set[Ref]) -> None:
        """Let an array own memory that it has shared on one side. What else may be it at the head of the loop may be
        read there as long as nobody writes to the array; where that cannot be said, it is the array that shares.
        """
        side = 0 if bases_of(self.arms[0].heap[ref]) else 1
        roots = self.roots(side, ref)
        strangers = [pair[side] for guest, *pair in self.handed if self.lodgers.get(guest) is not ref]
        others = [*strangers, *(other for other in self.unsettled if other is not ref)]
        guests = {guest: self.heap.get(guest) for guest in roots if guest in kept}
        taken = {root for other in others for root in self.roots(side, other)}
        clashes = not taken.isdisjoint(roots) or guests.keys() & self.common
        if clashes or not all(isinstance(held, Value | Const) for held in guests.values()):
            before, after = (ref, None) if side == 0 else (None, ref)
            self.share_with(ref, before, after, kept)
            return
        bases = ((ref, self.heap[ref]),)
        self.heap |= {guest: Shared(bases, held, self.core.loc) for guest, held in guests.items()}  # type: ignore[arg-type]  # atoms
        for root in (root for root in roots if root not in guests):
            self.stand_ins.setdefault((side, root), set()).add(ref)
            if (why := self.core.heap.frozen.get(root)) is not None:
                self.core.heap.frozen.setdefault(ref, why)

    def either(self, ref: Ref, a: Contents, b: Contents) -> Contents:
        values = [self.array_in(side, ref) for side in (0, 1)]
        if values[0] is None or values[1] is None:
            return UNREADABLE
        self.unsettled.append(ref)
        return self.atom(values[0], values[1], "")

    def plan(
        self, ref: Ref, a: AbstractValue | None, b: AbstractValue | None, kept: set[Ref]
    ) -> dict[Ref, tuple[bool, Atom]] | None:
        """The arrays from before the loop that a name may be, at first and after a trip; None where that is unclear."""
        found: dict[Ref, tuple[bool, Atom]] = {}
        if not (
            self.at_head and isinstance(a, Ref) and isinstance(b, Ref) and isinstance(self.heap[ref], Value | Const)
        ):
            return None
        before = {root for root in self.common if root.kind == "array" and not bases_of(self.arms[0].heap[root])}
        own = set(self.roots(1, b))
        if a not in before or own & (kept - before) or own & self.core.heap.outside.keys():
            return None
        for root in (held for held in self.common if held in before):
            if root is a or not own.isdisjoint(self.roots(1, root)):
                later = self.same(b, root)
                if later is None or not isinstance(self.heap.get(root), Value | Const):
                    return None
                found[root] = root is a, later
        return found

    def same(self, p: Ref, q: Ref) -> Atom | None:
        """Whether two arrays are one after a trip; None where that is not known."""
        if p is q:
            return Const(True)
        for ref, swap in ((p, False), (q, True)):
            contents = self.read(1, ref)
            if isinstance(contents, Chosen):
                sides = [self.same(s, p if swap else q) for s in (contents.then, contents.other)]
                if sides[0] is None or sides[1] is None or sides[0] == sides[1]:
                    return sides[0] if sides[0] == sides[1] else None
                if sides == [Const(True), Const(False)]:
                    return contents.condition
                return self.flag_of(contents.condition, sides[0], sides[1])
            if bases_of(contents):
                return None
        return Const(False)

    def flag_of(self, condition: Atom, then: Atom, other: Atom) -> Atom:
        """A flag that is one of two after a trip."""
        if (then, other) == (Const(True), Const(False)):
            return condition
        result = Value(BOOL, "", self.core.loc)
        blocks = Block((), (), (then,)), Block((), (), (other,))
        self.arms[1].ops.append(Op(IF, (condition,), {}, (result,), blocks, self.core.loc))
        self.defined[1].add(result)
        return result

    def lodging(self, ref: Ref, a: AbstractValue | None, b: AbstractValue | None, kept: set[Ref]) -> Atom | None:
        """Whether a name that is an array at first, or a part of one, is so after a trip, where else its memory is its
        own; None where that is unclear.
        """
        host_is_known = isinstance(a, Ref) and a in self.common and not isinstance(self.heap.get(a), av.Conflict)
        if not (self.at_head and host_is_known and isinstance(self.heap[ref], Value | Const)):
            return None
        others = [root for other, _, value in self.handed if other is not ref for root in self.roots(1, value)]
        arrays = [held for held in self.common if held.kind == "array" and held is not a]
        taken = kept.union(others, *(self.roots(1, held) for held in arrays))

        def is_guest(value: AbstractValue | None) -> Atom | None:
            if value is a or not isinstance(value, Ref):
                return Const(True) if value is a else None
            contents = self.read(1, value)
            if isinstance(contents, Chosen):
                sides = [is_guest(contents.then), is_guest(contents.other)]
                if sides[0] is None or sides[1] is None:
                    return None
                return sides[0] if sides[0] == sides[1] else self.flag_of(contents.condition, sides[0], sides[1])
            if bases_of(contents) or value in taken | self.common or value in self.core.heap.outside:
                return None
            assert isinstance(a, Ref)
            return self.same(value, a) if value in self.roots(1, a) else Const(False)

        return is_guest(b)

    def lodge(self, guest: Ref, host: Ref, later: Atom) -> None:
        """Let a name be an array, or a part of one, while a flag says so, and have memory of its own else."""
        held = self.heap[guest]
        assert isinstance(held, Value | Const)
        words = [v.name if isinstance(v, Value) else "" for v in (held, self.array_in(0, host))]
        flag = self.atom(Const(True), later, "_is_".join(words) if all(words) and words[0] != words[1] else "same")
        self.heap[guest] = Chosen(flag, host, self.own_part(guest, held), held.type, None, held)
        self.choices.append(guest)
        self.lodgers[guest] = host

    def take_over_in_loop(self, owner: Ref, root: Ref, first: bool, later: Atom) -> None:
        """Let the memory of an array be that of a name, while a flag says so."""
        held, named = self.heap[root], self.heap[owner]
        assert isinstance(held, Value | Const)
        assert isinstance(named, Value | Const)
        words = [v.name if isinstance(v, Value) else "" for v in (named, held)]
        flag = self.atom(Const(first), later, "_is_".join(words) if all(words) else "same")
        own = self.own_part(root, held)
        self.heap[root] = Chosen(flag, owner, own, held.type, None, held)
        self.choices.append(root)

    def visible_names(self) -> list[AbstractValue]:
        """What the variables hold at the head of the loop."""
        outer = [value for frame in self.core.scopes()[1:] for value in frame.names.values()]
        return [*outer, *self.roots_in_names.values()]


def is_constant(value: AbstractValue) -> bool:
    """Whether a value is known in every trip."""
    return isinstance(value, av.Known) or (isinstance(value, av.Late) and not value.atoms)


@dataclass
class Head(Flattener):
    """Takes the state at the head of a loop apart, so that those of two rounds can be compared. What a function that
    is defined in one of the `frames` captures are names of the state.
    """

    frames: Sequence[Frame] = ()

    def __call__(self, value: AbstractValue, path: Path = ()) -> Pattern:
        if isinstance(value, av.Conflict):
            return Pattern("conflict", value.found)
        return super().__call__(value, path)

    def closure(self, closure: av.Closure, path: Path) -> Pattern:
        if closure.frame not in self.frames:
            return super().closure(closure, path)
        tag = (ById(closure.code), tuple(closure.defaults))
        return self.again(closure) or self.compound("closure", tag, tag[1], tuple(closure.defaults.values()), path)

    def leaf(self, atom: Atom, path: Path, kind: str = "dynamic") -> Pattern:
        pattern = super().leaf(atom, path, kind)
        return Pattern(kind, anonymous(pattern.tag))

    def reference(self, ref: Ref, path: Path) -> Pattern:
        pattern = self.held_by(ref, path)
        if ref.kind != "array":
            return pattern
        return Pattern("array that is", (self.heap.numbers.get(ref), self.heap.contiguous.get(ref)), (0,), (pattern,))

    def held_by(self, ref: Ref, path: Path) -> Pattern:
        match self.heap.read(ref):
            case av.Conflict(found=found):
                return self.again(ref) or Pattern("conflict", found)
            case Aspect() as aspect:
                return self.again(ref) or self.view(aspect, path)
            case Chosen(condition=condition, then=then, other=other):
                if (known := self.again(ref)) is not None:
                    return known
                flag = self.leaf(condition, path)
                return Pattern("chosen", None, (0, 1, 2), (flag, self(then, path), self(other, path)))
            case Shared(bases=bases, value=value):
                if (known := self.again(ref)) is not None:
                    return known
                parts = (self.leaf(value, path, "array"), *(self.reference(base, path) for base, _ in bases))
                return Pattern("shared", None, tuple(range(len(parts))), parts)
        return super().reference(ref, path)

    def view(self, aspect: Aspect, path: Path) -> Pattern:
        """A view, by how it is taken: each trip takes it anew, at places of its own."""
        base, ops = aspect.base, aspect.ops
        places = [*(operand for op in ops for operand in op.operands[1:]), aspect.there]
        kinds = tuple((op.prim, len(op.operands), tuple(op.attrs.items())) for op in ops)
        constants = tuple((type(p.value), repr(p.value)) for p in places if isinstance(p, Const))
        parts = (self.reference(base, path), *(self.leaf(p, path) for p in places if not isinstance(p, Const)))
        return Pattern("aspect", (kinds, constants), tuple(range(len(parts))), parts)

    def whole(self, names: dict[str, AbstractValue], heap: dict[Ref, Contents], refs: list[Ref]) -> tuple[Pattern, ...]:
        """A state: its names, and what `refs` hold."""
        self.heap = replace(self.heap, cells=heap)
        return (*(self(names[name]) for name in sorted(names)), *(self(ref) for ref in refs))


def anonymous(t: Type) -> Type:
    """A type in which every dimension that nothing is known of has one name."""

    def rename(dim: Dim) -> Dim:
        return Sym("?", dim.may_be_one) if isinstance(dim, Sym) and dim.name.startswith("?") else dim

    if isinstance(t, Array) and t.shape is not None:
        return Array(t.dtype, tuple(map(rename, t.shape)))
    if isinstance(t, Shape) and t.dims is not None:
        return Shape(tuple(map(rename, t.dims)))
    if isinstance(t, List):
        return List(anonymous(t.element), t.length)
    return t
