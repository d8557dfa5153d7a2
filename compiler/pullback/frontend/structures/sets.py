"""Sets, of elements that are known when compiling.

What does not depend on the order of a set is computed. Iteration does, and that order is Python's: that of strings
differs from run to run. It is certain for ints below 8: each has a place of its own in every table that Python makes,
as long as nothing else has been there (`REMOVED` stands for what was taken out).
"""

from __future__ import annotations

import ast
import operator
from typing import Any

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.values import AbstractValue, Container, Ref
from pullback.frontend.operations.comparisons import COMPARE
from pullback.frontend.structures.lists import Lists
from pullback.ir.core import Atom

REMOVED = "<removed>"
SMALLEST_TABLE = 8
OF_ANY_ORDER = frozenset(
    f"`{name}`" for name in ("sorted", "set", "frozenset", "len", "min", "max", "any", "all", "update", "in")
)
OPERATORS: dict[type[ast.operator], tuple[Any, str]] = {
    ast.BitOr: (operator.or_, "|"),
    ast.BitAnd: (operator.and_, "&"),
    ast.Sub: (operator.sub, "-"),
    ast.BitXor: (operator.xor, "^"),
}


class Sets(Lists):
    """Sets and frozensets; a frozenset is a known value."""

    def is_set(self, value: AbstractValue) -> bool:
        """Whether it is a set, a frozenset, or the keys of a dict, which are like one."""
        match value:
            case Ref(kind="set") | av.View(what="keys"):
                return True
            case av.Known(value=set() | frozenset()):
                return True
        return False

    def members(self, value: AbstractValue) -> frozenset[Any]:
        """The elements of a set."""
        match value:
            case Ref(kind="set") as ref:
                return frozenset(key for key in self.heap.container(ref).keys if key is not REMOVED)
            case av.View(ref=ref):
                return frozenset(self.heap.container(ref).keys)
        assert isinstance(value, av.Known)
        return frozenset(value.value)

    def set_element(self, value: AbstractValue) -> Any:
        """What is put into a set, or looked for in one."""
        if isinstance(value, Ref) and value.kind in ("list", "dict", "set"):
            raise self.users_error(TypeError(f"unhashable type: '{value.kind}'"))
        if self.is_big(value):
            raise self.users_error(TypeError("unhashable type: 'numpy.ndarray'"))
        key = self.static_key(value, "an element of a set")
        if key != key:  # not a number, of which a set may hold several
            raise self.refusal("nan is an element of a set", "it is not equal to itself", "use a list")
        return key

    def set_of(self, elements: frozenset[Any], was: tuple[Any, ...] = ()) -> Container:
        """What a set holds that has these elements, and had others."""
        displaced = REMOVED in was or not all(map(is_small, set(was) - elements - {REMOVED}))
        keys = (*sorted(elements, key=lambda key: (type(key).__name__, repr(key))), *([REMOVED] if displaced else ()))
        return Container(set, keys, tuple(map(av.Known, keys)))

    def set_from_outside(self, value: set[Any]) -> Container:
        """What a set from outside holds, in which anything may have been before."""
        in_order = all(map(is_small, value)) and list(value) == sorted(value)
        return self.set_of(frozenset(value), () if in_order else (REMOVED,))

    def lower(self, value: AbstractValue) -> Any:
        """What a meaning is given for a value."""
        return set(self.members(value)) if isinstance(value, Ref) and value.kind == "set" else super().lower(value)

    def new_set(self, elements: frozenset[Any]) -> Ref:
        return self.heap.new("set", self.set_of(elements))

    def change_set(self, ref: Ref, elements: frozenset[Any]) -> AbstractValue:
        """Let a set have other elements."""
        self.write(ref, self.set_of(elements, self.heap.container(ref).keys))
        return av.NONE

    def from_python(self, value: Any) -> AbstractValue:
        """The abstract value of a fresh Python value without aliases."""
        return self.new_set(frozenset(value)) if type(value) is set else super().from_python(value)

    # Iteration.

    def items_of(self, value: AbstractValue, what: str) -> list[AbstractValue]:
        """The elements that iterating gives, in the order of Python where that is certain."""
        value = self.checked(value)
        if not self.is_set(value) or isinstance(value, av.View):
            return super().items_of(value, what)
        elements = self.members(value)
        is_displaced = isinstance(value, Ref) and REMOVED in self.heap.container(value).keys
        known_order = len(elements) < 2 or (all(map(is_small, elements)) and not is_displaced)
        of_ints = all(type(element) in (int, bool) for element in elements)
        if not (known_order or what in OF_ANY_ORDER or (what == "`sum`" and of_ints)):
            raise self.refusal(
                f"{what} iterates over {self.describe(value)}",
                "the order of its elements is not defined: that of strings differs from run to run",
                "iterate over `sorted(...)` of it, or over a list or a dict",
            )
        ordered = sorted(elements) if of_ints else sorted(elements, key=repr)
        return [self.from_python(element) for element in ordered]

    def elements_of_any(self, value: AbstractValue, what: str) -> frozenset[Any]:
        """The elements of what a set is made of, or combined with."""
        value = self.checked(value)
        if self.is_set(value):
            return self.members(value)
        if self.is_big(value) or self.grown(value) is not None:
            raise self.refusal(
                f"a set is made of {self.describe(value)}",
                "which of its elements are equal is known at run time only",
                "use `np.unique`",
            )
        return frozenset(self.set_element(item) for item in self.items_of(value, what))

    # Building, operators, comparisons.

    def builtin_set(self, value: AbstractValue | None = None, /) -> AbstractValue:
        """`set(value)`."""
        return self.new_set(frozenset() if value is None else self.elements_of_any(value, "`set`"))

    def builtin_frozenset(self, value: AbstractValue | None = None, /) -> AbstractValue:
        """`frozenset(value)`."""
        return av.Known(frozenset() if value is None else self.elements_of_any(value, "`frozenset`"))

    def sequence_operator(self, kind: type[ast.operator], a: AbstractValue, b: AbstractValue) -> AbstractValue | None:
        """An operator on containers; None where it is none."""
        if kind in OPERATORS and self.is_set(a) and self.is_set(b):
            return self.like(a, OPERATORS[kind][0](self.members(a), self.members(b)))
        return super().sequence_operator(kind, a, b)

    def like(self, value: AbstractValue, elements: frozenset[Any]) -> AbstractValue:
        """A set of the class of another one."""
        is_frozen = isinstance(value, av.Known) and isinstance(value.value, frozenset)
        return av.Known(elements) if is_frozen else self.new_set(elements)

    def updated_set(self, kind: type[ast.operator], ref: Ref, value: AbstractValue) -> bool:
        """`a |= b` and its like; False where it is another operator."""
        if kind not in OPERATORS or not self.is_set(value):
            return False
        self.change_set(ref, OPERATORS[kind][0](self.members(ref), self.members(value)))
        return True

    def compare(self, kind: type[ast.cmpop], a: AbstractValue, b: AbstractValue) -> AbstractValue:
        """One comparison."""
        if kind in COMPARE and self.is_set(a) and self.is_set(b):
            return self.natively(COMPARE[kind][0], self.members(a), self.members(b))
        return super().compare(kind, a, b)

    def contains(self, container: AbstractValue, item: AbstractValue) -> bool:
        """`item in container`."""
        container = self.checked(container)
        if self.is_set(container):
            return self.set_element(item) in self.members(container)
        return super().contains(container, item)

    def truth(self, value: AbstractValue) -> bool | Atom:
        """The truth of a value."""
        return bool(self.members(value)) if self.is_set(value) else super().truth(value)

    # Methods.

    def set_add(self, ref: Ref, item: AbstractValue) -> AbstractValue:
        return self.change_set(ref, self.members(ref) | {self.set_element(item)})

    def set_discard(self, ref: Ref, item: AbstractValue) -> AbstractValue:
        return self.change_set(ref, self.members(ref) - {self.set_element(item)})

    def set_remove(self, ref: Ref, item: AbstractValue) -> AbstractValue:
        key = self.set_element(item)
        if key not in self.members(ref):
            raise self.users_error(KeyError(key))
        return self.set_discard(ref, item)

    def set_pop(self, ref: Ref) -> AbstractValue:
        elements = self.members(ref)
        if not elements:
            raise self.users_error(KeyError("pop from an empty set"))
        if len(elements) > 1:
            raise self.refusal(
                "an element of a set is popped",
                "which one that is depends on the order of its elements, which is not defined",
                "pop from a list, or take `min(...)` and remove it",
            )
        self.change_set(ref, frozenset())
        return self.from_python(next(iter(elements)))

    def set_clear(self, ref: Ref) -> AbstractValue:
        self.write(ref, self.set_of(frozenset()))
        return av.NONE

    def set_copy(self, ref: AbstractValue) -> AbstractValue:
        return self.like(ref, self.members(ref))

    def set_update(self, ref: Ref, *others: AbstractValue) -> AbstractValue:
        return self.change_set(ref, self.members(ref).union(*(self.elements_of_any(o, "`update`") for o in others)))

    def set_difference_update(self, ref: Ref, *others: AbstractValue) -> AbstractValue:
        return self.change_set(ref, self.members(self.set_difference(ref, *others)))

    def set_intersection_update(self, ref: Ref, *others: AbstractValue) -> AbstractValue:
        return self.change_set(ref, self.members(self.set_intersection(ref, *others)))

    def set_symmetric_difference_update(self, ref: Ref, other: AbstractValue) -> AbstractValue:
        return self.change_set(ref, self.members(self.set_symmetric_difference(ref, other)))

    def set_union(self, value: AbstractValue, *others: AbstractValue) -> AbstractValue:
        return self.like(value, self.members(value).union(*(self.elements_of_any(o, "`set`") for o in others)))

    def set_intersection(self, value: AbstractValue, *others: AbstractValue) -> AbstractValue:
        return self.like(value, self.members(value).intersection(*(self.elements_of_any(o, "`set`") for o in others)))

    def set_difference(self, value: AbstractValue, *others: AbstractValue) -> AbstractValue:
        return self.like(value, self.members(value).difference(*(self.elements_of_any(o, "`set`") for o in others)))

    def set_symmetric_difference(self, value: AbstractValue, other: AbstractValue) -> AbstractValue:
        return self.like(value, self.members(value) ^ self.elements_of_any(other, "`set`"))

    def set_issubset(self, value: AbstractValue, other: AbstractValue) -> AbstractValue:
        return av.Known(self.members(value) <= self.elements_of_any(other, "`set`"))

    def set_issuperset(self, value: AbstractValue, other: AbstractValue) -> AbstractValue:
        return av.Known(self.members(value) >= self.elements_of_any(other, "`set`"))

    def set_isdisjoint(self, value: AbstractValue, other: AbstractValue) -> AbstractValue:
        return av.Known(self.members(value).isdisjoint(self.elements_of_any(other, "`set`")))


def is_small(element: Any) -> bool:
    """Whether an element has a place of its own in every table."""
    return type(element) is int and 0 <= element < SMALLEST_TABLE
