"""What may share memory, once two states have been joined.

A name may be one of two arrays, and only the run tells which (buffers that are swapped in a loop, an array that one
branch makes anew). Where nothing else reaches these arrays, the name owns the memory; else it shares it with them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullback.frontend import abstract as av
from pullback.frontend.abstract import AbstractValue, Container, Ref
from pullback.frontend.heap import Aspect, Contents, HiddenInput, Shared
from pullback.frontend.patterns import captured_names
from pullback.frontend.state import Arm
from pullback.ir.core import Const, Value

if TYPE_CHECKING:
    from pullback.frontend.joins import Joins


UNREADABLE = av.Conflict(
    "an array is read that may share memory with another",
    "NumPy decides at run time whether it does, and since then the other array has been written to",
    "take a copy where the array is made (`.copy()`)",
)


class Sharing:
    """`handed` collects (array, what it is after one arm, what it is after the other)."""

    def __init__(self, core: Joins, then: Arm, other: Arm) -> None:
        self.core = core
        self.arms = then, other
        self.heap: dict[Ref, Contents] = {}
        self.common = then.heap.keys() & other.heap.keys()
        self.stand_ins: dict[tuple[int, Ref], set[Ref]] = {}
        self.handed: list[tuple[Ref, AbstractValue | None, AbstractValue | None]] = []

    def read(self, side: int, ref: Ref) -> Contents:
        found = self.arms[side].heap.get(ref)
        return self.core.heap.outside[ref] if found is None else found

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

    def share_with_both(self) -> None:
        """A name that is one of two arrays shares memory with either."""
        for ref, a, b in self.handed:
            roots = {(side, root) for side, value in ((0, a), (1, b)) for root in self.roots(side, value)}
            shared = {root for _, root in roots if root in self.common or root in self.core.heap.outside}
            for side, root in roots:
                if root not in shared:
                    self.stand_ins.setdefault((side, root), set()).add(ref)
            bases = tuple((root, self.atom_at_end(root)) for root in shared)
            value = self.heap[ref]
            if any(isinstance(state, av.Conflict) for _, state in bases):
                self.heap[ref] = UNREADABLE
            elif bases and isinstance(value, Value | Const):
                self.heap[ref] = Shared(bases, value, self.core.loc)

    def atom_at_end(self, root: Ref) -> Contents:
        """What an array holds in the joined state."""
        contents = self.heap.get(root)
        return self.core.heap.outside[root] if contents is None else contents

    def roots(self, side: int, value: AbstractValue | None) -> set[Ref]:
        """The arrays that own the memory of a value."""
        if not (isinstance(value, Ref) and value.kind == "array"):
            return set()
        contents = self.read(side, value)
        bases = self.bases(contents)
        return {root for base in bases for root in self.roots(side, base)} if bases else {value}

    def is_root(self, side: int, ref: Ref) -> bool:
        return not self.bases(self.read(side, ref))

    @staticmethod
    def bases(contents: Contents) -> list[Ref]:
        """The arrays that an array is a view of."""
        match contents:
            case Aspect(base=base):
                return [base]
            case Shared(bases=bases):
                return [base for base, _ in bases]
        return []

    def share_arrays(self) -> None:
        """Names that arrays are handed to own them, if nothing else reaches these arrays; else they share memory."""
        handed = {
            ref: (a, b)
            for ref, a, b in self.handed
            if isinstance(a, Ref) and isinstance(b, Ref) and self.is_root(0, a) and self.is_root(1, b)
        }
        kept = self.kept() if handed else set()
        for ref, a, b in self.handed:
            if ref not in handed:
                kept |= self.roots(0, a) | self.roots(1, b)
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
        self.share_with_both()

    def kept(self) -> set[Ref]:
        """The references that are still reachable as themselves."""
        reached: set[Ref] = set()
        seen: set[int] = set()
        pending: list[AbstractValue] = [v for frame in self.core.callers for v in frame.names.values()]
        pending += [*self.visible_names(), *self.core.still_held]
        while pending:
            value = pending.pop()
            if id(value) in seen:
                continue
            seen.add(id(value))
            match value:
                case Ref():
                    reached.add(value)
                    contents = self.heap.get(value, self.arms[0].heap.get(value))
                    if isinstance(contents, Container):
                        pending += contents.values
                    elif contents is not None and not isinstance(contents, HiddenInput | av.Conflict):
                        pending += self.bases(contents)
                case av.Tuple(items=items):
                    pending += items
                case av.Closure(defaults=defaults):
                    pending += [*captured_names(value).values(), *defaults.values()]
                case av.Bound(function=function, receiver=receiver):
                    pending += [function, receiver]
                case av.Method(receiver=receiver) | av.Super(receiver=receiver):
                    pending.append(receiver)
                case av.View(ref=ref):
                    pending.append(ref)
                case av.Partial(function=function, args=args, kwargs=kwargs):
                    pending += [function, *args, *kwargs.values()]
        return reached

    def visible_names(self) -> list[AbstractValue]:
        """What the variables hold in the joined state."""
        return [value for frame in self.core.scopes() for value in frame.names.values()]

    def freeze(self, *refs: Ref) -> None:
        """Let nothing change containers of which it is known at run time only whether they are the same."""
        for ref in refs:
            self.core.heap.frozen.setdefault(ref, "one of two containers, chosen at run time")
