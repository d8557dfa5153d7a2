"""What may share memory, once two states have been joined.

A name may be one of two arrays, and only the run tells which (buffers that are swapped in a loop, an array that one
branch makes anew). Where nothing else reaches these arrays, the name owns the memory; else it shares it with them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.heap import Chosen, Contents, Heap, Shared, bases_of
from pullback.frontend.abstract.reach import reached
from pullback.frontend.abstract.state import Arm
from pullback.frontend.abstract.values import AbstractValue, Ref
from pullback.ir.core import Atom, Const, Value

if TYPE_CHECKING:
    from pullback.frontend.joins.conditionals import Joins


UNREADABLE = av.Conflict(
    "an array is read that may share memory with another",
    "NumPy decides at run time whether it does, and since then the other array has been written to",
    "take a copy where the array is made (`.copy()`)",
)


class Sharing:
    """`handed` collects (array, what it is after one arm, what it is after the other). The first arm is run where
    `condition` holds; a loop has none. `choices` are the arrays that it chooses, with their joined values;
    `unsettled` those whose memory is their own on one side only.
    """

    def __init__(self, core: Joins, then: Arm, other: Arm, condition: Atom | None = None) -> None:
        self.core = core
        self.arms = then, other
        self.condition = condition
        self.heap: dict[Ref, Contents] = {}
        self.common = dict.fromkeys(ref for ref in then.heap if ref in other.heap).keys()  # in order: names follow it
        self.stand_ins: dict[tuple[int, Ref], set[Ref]] = {}
        self.handed: list[tuple[Ref, AbstractValue | None, AbstractValue | None]] = []
        self.choices: list[Ref] = []
        self.unsettled: list[Ref] = []

    def read(self, side: int, ref: Ref) -> Contents:
        found = self.arms[side].heap.get(ref)
        return self.core.heap.outside[ref] if found is None else found

    def number_in(self, side: int, ref: Ref) -> bool | None:
        """Whether what has no axes is a number at the end of an arm, as `is_numpy_number` says it."""
        heap = self.core.heap.snapshot()
        self.core.heap.restore(self.arms[side].heap)
        found = self.core.is_numpy_number(ref)
        self.core.heap.restore(heap)
        return found

    def settle(self) -> None:
        """Decide what may share memory, of what has been joined so far."""
        for ref, *both in self.handed:
            for root in (root for side, value in enumerate(both) for root in self.roots(side, value)):
                if (why := self.core.heap.frozen.get(root)) is not None:
                    self.core.heap.frozen.setdefault(ref, why)
        self.share_arrays()
        self.handed.clear()
        for refs in self.stand_ins.values():
            if len(refs) > 1:  # one container or array of an arm has become several
                self.freeze(*refs)
        heap = Heap(self.core.heap.outside, self.heap)
        for ref in self.choices:
            contents = self.heap[ref]
            assert isinstance(contents, Chosen)
            self.heap[ref] = replace(contents, seen=heap.token(ref))
        self.choices.clear()

    def export(self, side: int, ref: Ref, otherwise: Atom | None) -> None:
        """Let an array that one arm has made be there afterwards; `otherwise` it holds what the other arm has there.

        Nobody reads that, but adjoints ask for its shape.
        """
        raise NotImplementedError

    def array_in(self, side: int, ref: Ref) -> Atom | None:
        """What an array holds at the end of an arm; None where it must not be read."""
        raise NotImplementedError

    def choose(self, kept: set[Ref]) -> None:
        """Say which arrays share memory with those that are handed to names; those `kept` can be reached otherwise.

        A name that is one of two arrays takes over the memory: where it is the array, that is the name's, by the
        condition.
        """
        handed = list(self.handed)
        for ref, a, b in handed:
            if not (isinstance(a, Ref) and isinstance(b, Ref)):
                self.share_with(ref, a, b, kept)
            elif not (self.is_plain(0, a) and self.is_plain(1, b)):
                kept.update(self.roots(0, a), self.roots(1, b))
        for ref, a, b in handed:
            value = self.heap[ref]
            if isinstance(a, Ref) and isinstance(b, Ref) and isinstance(value, Value | Const):
                assert self.condition is not None
                if self.is_plain(0, a) and self.is_plain(1, b):
                    self.take_over(ref, 0, a, kept, self.array_in(1, b))
                    self.take_over(ref, 1, b, kept, self.array_in(0, a))
                else:
                    self.export(0, a, self.array_in(1, b))
                    self.export(1, b, self.array_in(0, a))
                    self.heap[ref] = Chosen(self.condition, a, b, value.type, None, value)
                    self.choices.append(ref)
        for ref, a, b in self.handed[len(handed) :]:  # what one arm has made, that a choice has handed out
            self.share_with(ref, a, b, kept)

    def is_plain(self, side: int, root: Ref) -> bool:
        """Whether an array owns its memory after an arm, and in the joined state."""
        joined = self.heap.get(root, self.arms[side].heap.get(root))
        return self.is_root(side, root) and isinstance(joined, Value | Const)

    def take_over(self, owner: Ref, side: int, root: Ref, kept: set[Ref], otherwise: Atom | None) -> None:
        """Let the memory of an array be that of another one, where the arm that handed it over has run."""
        if root not in kept and sum(root is (a, b)[side] for _, a, b in self.handed) == 1:
            return
        self.export(side, root, otherwise)
        value = self.heap[root]
        assert isinstance(value, Value | Const)
        assert self.condition is not None
        own = self.own_part(root, value)
        then, other = (owner, own) if side == 0 else (own, owner)
        self.heap[root] = Chosen(self.condition, then, other, value.type, None, value)
        self.choices.append(root)

    def own_part(self, root: Ref, value: Atom) -> Ref:
        """What an array is where its memory has not been taken over."""
        own = Ref("array")
        self.heap[own] = value
        heap = self.core.heap
        heap.origins[own] = {root}
        if root in heap.numbers:
            heap.numbers[own] = heap.numbers[root]
        if root in heap.contiguous:
            heap.contiguous[own] = heap.contiguous[root]
        return own

    def share_with(self, ref: Ref, a: AbstractValue | None, b: AbstractValue | None, kept: set[Ref]) -> None:
        """Let a name share memory with the arrays that it may be. Of those that have been lost to other names, all that
        may be them stand for them.
        """
        roots = [(side, root) for side, value in ((0, a), (1, b)) for root in self.roots(side, value)]
        heap = Heap(self.core.heap.outside, self.heap)
        shared = {root: heap.held(root) for _, root in roots if root in self.common or root in self.core.heap.outside}
        lost = {root for root, state in shared.items() if isinstance(state, av.Conflict)}
        for side, root in roots:
            if root not in shared or root in lost:
                self.stand_ins.setdefault((side, root), set()).add(ref)
        bases = tuple((root, state) for root, state in shared.items() if root not in lost)
        value = self.heap[ref]
        if lost & kept:
            self.heap[ref] = UNREADABLE
        elif bases and isinstance(value, Value | Const):
            self.heap[ref] = Shared(bases, value, self.core.loc)

    def roots(self, side: int, value: AbstractValue | None) -> list[Ref]:
        """The arrays that own the memory of a value, each once."""
        if not (isinstance(value, Ref) and value.kind == "array"):
            return []
        contents = self.read(side, value)
        bases = bases_of(contents)
        return [*dict.fromkeys(root for base in bases for root in self.roots(side, base))] if bases else [value]

    def is_root(self, side: int, ref: Ref) -> bool:
        return not bases_of(self.read(side, ref))

    def share_arrays(self) -> None:
        """Names that arrays are handed to own them, if nothing else reaches these arrays; else they share memory."""
        for ref, *sources in self.handed:
            self.core.heap.origins.setdefault(ref, set()).update(r for r in sources if isinstance(r, Ref))
        handed = {
            ref: (a, b)
            for ref, a, b in self.handed
            if isinstance(a, Ref) and isinstance(b, Ref) and self.is_root(0, a) and self.is_root(1, b)
        }
        reachable = self.kept() if self.handed or self.unsettled else set()
        kept = set(reachable)
        for ref, a, b in self.handed:
            if ref not in handed:
                kept.update(self.roots(0, a), self.roots(1, b))
        while True:
            firsts = [a for a, _ in handed.values()]
            lasts = [b for _, b in handed.values()]
            owned = {
                ref: (a, b)
                for ref, (a, b) in handed.items()
                if not {a, b} & (kept | self.core.heap.outside.keys()) and firsts.count(a) == 1 and lasts.count(b) == 1
            }
            if len(owned) == len(handed):
                break
            kept |= {root for ref, pair in handed.items() if ref not in owned for root in pair}
            handed = owned
        for owner, pair in owned.items():
            self.stand_ins.setdefault((1, pair[1]), set()).add(owner)
            for ref in pair:
                if ref in self.common:
                    self.heap[ref] = av.Conflict(
                        "this array has been handed to another name, under a condition known at run time only",
                        "which name holds it is not known",
                        "use a copy of it (`.copy()`)",
                    )
        self.handed = [entry for entry in self.handed if entry[0] not in owned]
        self.choose(reachable)

    def kept(self) -> set[Ref]:
        """The references that are still reachable as themselves."""
        values = [v for frame in self.core.callers for v in frame.names.values()]
        values += [*self.visible_names(), *self.core.still_held]
        return reached(values, lambda ref: self.heap.get(ref, self.arms[0].heap.get(ref)))

    def visible_names(self) -> list[AbstractValue]:
        """What the variables hold in the joined state."""
        return [value for frame in self.core.scopes() for value in frame.names.values()]

    def freeze(self, *refs: Ref) -> None:
        """Let nothing change containers of which it is known at run time only whether they are the same."""
        for ref in refs:
            self.core.heap.frozen.setdefault(ref, "one of two containers, chosen at run time")
