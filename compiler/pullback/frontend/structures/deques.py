"""`collections.deque`: a list that is taken from at both ends, and that may keep only so many items.

It is held as a list is, under a class that says how many it keeps (`ir.variants`).
"""

from __future__ import annotations

import ast
from dataclasses import replace

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.state import NEXT, Arm, Outcome
from pullback.frontend.abstract.values import AbstractValue, Container, Ref
from pullback.frontend.structures.sets import Sets
from pullback.ir.variants import bounded_deque, is_deque, limit_of

ONE = av.Known(1)


class Deques(Sets):
    """What deques do that lists do not."""

    def collections_deque(
        self,
        iterable: AbstractValue | None = None,
        maxlen: AbstractValue = av.NONE,
    ) -> AbstractValue:
        """`collections.deque`."""
        limit = self.static_key(maxlen, "the `maxlen` of a deque")
        made = self.heap.new("list", Container(bounded_deque(limit), (), ()))
        if iterable is not None:
            self.list_extend(made, iterable)
        return made

    def is_deque(self, value: AbstractValue) -> bool:
        """Whether it is a deque."""
        return isinstance(value, Ref) and value.kind == "list" and is_deque(self.class_held(value))

    def expect_deque(self, ref: Ref, name: str) -> None:
        """Raise what Python does where a list is asked for what only a deque does."""
        if not self.is_deque(ref):
            raise self.users_error(AttributeError(f"'list' object has no attribute '{name}'"))

    def trimmed(self, ref: Ref, from_left: bool) -> None:
        """Let a deque that has become too long lose the item at its other end."""
        limit = limit_of(self.class_held(ref))
        if limit is None:
            return
        if (grown := self.grown(ref)) is None:
            items = self.heap.container(ref).values
            kept = items[len(items) - limit :] if from_left else items[:limit]
            if len(items) > limit:
                self.heap.write(ref, self.like_held(ref, kept))
            return
        too_long = self.truth(self.compare(ast.Gt, self.grown_length(grown), av.Known(limit)))
        if isinstance(too_long, bool):
            if too_long:
                self.lose_one(ref, from_left)
            return

        def lose() -> Outcome:
            self.lose_one(ref, from_left)
            return NEXT

        losing = self.arm(lose, {too_long: True})
        self.merge(too_long, losing, Arm([], NEXT, *self.state()))

    def lose_one(self, ref: Ref, from_left: bool) -> None:
        """Drop the item at one end."""
        grown = self.grown(ref)
        assert grown is not None
        self.grown_pop(ref, grown, av.Known(0 if from_left else -1))

    def list_append(self, ref: Ref, item: AbstractValue) -> AbstractValue:
        super().list_append(ref, item)
        if self.is_deque(ref):
            self.trimmed(ref, from_left=True)
        return av.NONE

    def list_extend(self, ref: Ref, items: AbstractValue) -> AbstractValue:
        if not self.is_deque(ref) or limit_of(self.class_held(ref)) is None:
            return super().list_extend(ref, items)
        for item in self.items_of(items, "`extend`"):
            self.list_append(ref, item)
        return av.NONE

    def list_appendleft(self, ref: Ref, item: AbstractValue) -> AbstractValue:
        self.expect_deque(ref, "appendleft")
        if (grown := self.grown(ref)) is not None:
            self.grown_insert(ref, grown, av.Known(0), item)
        else:
            self.write(ref, self.like_held(ref, (item, *self.heap.container(ref).values)))
        self.trimmed(ref, from_left=False)
        return av.NONE

    def list_extendleft(self, ref: Ref, items: AbstractValue) -> AbstractValue:
        self.expect_deque(ref, "extendleft")
        for item in self.items_of(items, "`extend`"):
            self.list_appendleft(ref, item)
        return av.NONE

    def list_popleft(self, ref: Ref) -> AbstractValue:
        self.expect_deque(ref, "popleft")
        return self.list_pop(ref, av.Known(0))

    def list_insert(self, ref: Ref, index: AbstractValue, item: AbstractValue) -> AbstractValue:
        limit = limit_of(self.class_held(ref)) if self.is_deque(ref) else None
        if limit is not None and len(self.items_of(ref, "`insert`")) >= limit:
            raise self.users_error(IndexError("deque already at its maximum size"))
        return super().list_insert(ref, index, item)

    def list_rotate(self, ref: Ref, n: AbstractValue = ONE) -> AbstractValue:
        """`rotate`: to the right, by as many places."""
        self.expect_deque(ref, "rotate")
        if (grown := self.grown(ref)) is None:
            items = self.heap.container(ref).values
            split = len(items) - self.static_key(n, "the places that a deque is rotated by") % max(len(items), 1)
            self.write(ref, self.like_held(ref, (*items[split:], *items[:split])))
            return av.NONE
        length = self.grown_length(grown)
        places = self.binary(ast.Mod, n, self.call(av.Known(max), [length, ONE], {}))
        split_at = self.binary(ast.Sub, length, places)
        parts = [av.Slice(split_at, av.NONE, av.NONE), av.Slice(av.NONE, split_at, av.NONE)]
        first, second = (self.grown_item(grown, part) for part in parts)
        whole = self.grown(first)
        assert whole is not None
        self.write(ref, replace(self.chained(whole, second), cls=grown.cls))
        return av.NONE

    def getitem(self, value: AbstractValue, key: AbstractValue) -> AbstractValue:
        """`value[key]`."""
        if isinstance(key, av.Slice) and self.is_deque(value):
            raise self.users_error(TypeError("sequence index must be integer, not 'slice'"))
        return super().getitem(value, key)

    def sequence_operator(self, kind: type[ast.operator], a: AbstractValue, b: AbstractValue) -> AbstractValue | None:
        """An operator on containers; None where it is none."""
        deques = [self.is_deque(value) for value in (a, b)]
        if any(deques) and kind in (ast.Add, ast.Mult):
            whole, other = (a, b) if deques[0] else (b, a)
            if kind is ast.Add and not all(deques):
                raise self.users_error(TypeError("can only concatenate deque to deque"))
            assert isinstance(whole, Ref)
            made = self.list_copy(whole)
            times = 1 if kind is ast.Add else self.static_key(other, "how often a deque is repeated")
            if kind is ast.Mult:
                items = self.items_of(whole, "`*`")
                self.write(made, self.like_held(made, ()))
                other = self.heap.list_of(tuple(items * times))
            self.list_extend(made, other)
            return made
        return super().sequence_operator(kind, a, b)
