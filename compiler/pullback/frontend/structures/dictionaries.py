"""Methods of dicts, and of those of the standard library: `OrderedDict`, `defaultdict`, `Counter`."""

from __future__ import annotations

import ast
import collections
import operator
from typing import Any

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.classes import HELD, Held
from pullback.frontend.abstract.values import AbstractValue, Container, Ref
from pullback.frontend.structures.deques import Deques
from pullback.ir.variants import defaulting, factory_of, is_defaulting

TRUE = av.Known(True)
OF_COUNTERS: dict[type[ast.operator], Any] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
}


class Dicts(Deques):
    """One method per method of a dict."""

    def dict_keys(self, ref: Ref) -> AbstractValue:
        return av.View(ref, "keys")

    def dict_values(self, ref: Ref) -> AbstractValue:
        return av.View(ref, "values")

    def dict_items(self, ref: Ref) -> AbstractValue:
        return av.View(ref, "items")

    def dict_get(self, ref: Ref, key: AbstractValue, default: AbstractValue = av.NONE) -> AbstractValue:
        found = self.heap.container(ref).get(self.static_key(key, "a dict key"))
        return default if found is None else self.readable(found)

    def dict_pop(self, ref: Ref, key: AbstractValue, default: AbstractValue | None = None) -> AbstractValue:
        if default is not None and self.heap.container(ref).get(self.static_key(key, "a dict key")) is None:
            return default
        name = self.static_key(key, "a dict key")
        popped = self.heap.container(ref).get(name)
        if popped is None:
            raise self.users_error(KeyError(name))
        self.delitem(ref, key)
        return self.readable(popped)

    def dict_setdefault(self, ref: Ref, key: AbstractValue, default: AbstractValue = av.NONE) -> AbstractValue:
        if self.heap.container(ref).get(self.static_key(key, "a dict key")) is None:
            self.setitem(ref, key, default)
        return self.dict_item(ref, key)

    def dict_update(self, ref: Ref, other: AbstractValue | None = None, /, **more: AbstractValue) -> AbstractValue:
        for key, value in [*(self.pairs(other) if other is not None else []), *more.items()]:
            self.write(ref, self.heap.container(ref).put(key, value))
        return av.NONE

    def dict_copy(self, ref: Ref) -> AbstractValue:
        return self.heap.new("dict", self.heap.container(ref))

    def dict_clear(self, ref: Ref) -> AbstractValue:
        self.write(ref, Container(self.class_held(ref), (), ()))
        return av.NONE

    def dict_fromkeys(self, keys: AbstractValue, value: AbstractValue = av.NONE) -> AbstractValue:
        """`dict.fromkeys`: one value under every key."""
        ref = self.heap.new("dict", Container(dict, (), ()))
        for key in self.items_of(keys, "`fromkeys`"):
            self.heap.write(ref, self.heap.container(ref).put(self.static_key(key, "a dict key"), value))
        return ref


class Dictionaries(Dicts):
    """Dicts of the standard library."""

    def expect_class(self, ref: Ref, cls: type, name: str) -> None:
        """Raise what Python does where a dict of another class has no such method."""
        if not issubclass(self.class_held(ref), cls):
            raise self.users_error(AttributeError(f"'dict' object has no attribute '{name}'"))

    # OrderedDict.

    def collections_OrderedDict(self, value: AbstractValue | None = None, /, **more: AbstractValue) -> AbstractValue:
        """`collections.OrderedDict`."""
        ref = self.heap.new("dict", Container(collections.OrderedDict, (), ()))
        self.dict_update(ref, value, **more)
        return ref

    def dict_move_to_end(self, ref: Ref, key: AbstractValue, last: AbstractValue = TRUE) -> AbstractValue:
        self.expect_class(ref, collections.OrderedDict, "move_to_end")
        item = self.dict_item(ref, key)
        name = self.static_key(key, "a dict key")
        rest = self.heap.container(ref).drop(name)
        ends = self.static_key(last, "which end an item is moved to")
        alone = Container(rest.cls, (name,), (item,))
        first, then = (rest, alone) if ends else (alone, rest)
        self.write(ref, Container(rest.cls, first.keys + then.keys, first.values + then.values))
        return av.NONE

    def dict_popitem(self, ref: Ref, last: AbstractValue = TRUE) -> AbstractValue:
        held = self.heap.container(ref)
        if not held.keys:
            raise self.users_error(KeyError("popitem(): dictionary is empty"))
        if last is not TRUE:
            self.expect_class(ref, collections.OrderedDict, "popitem(last=...)")
        key = held.keys[-1 if self.static_key(last, "which end an item is taken from") else 0]
        item = held.get(key)
        assert item is not None
        self.write(ref, held.drop(key))
        return av.Tuple((self.from_python(key), self.readable(item)))

    # defaultdict.

    def collections_defaultdict(
        self, factory: AbstractValue = av.NONE, value: AbstractValue | None = None, /, **more: AbstractValue
    ) -> AbstractValue:
        """`collections.defaultdict`."""
        factory = self.checked(factory)
        if isinstance(factory, av.Known):
            cls = defaulting(factory.value)
        else:
            cls = defaulting(Held(factory, self.builder.ops))
            setattr(cls, HELD, (factory,))
        ref = self.heap.new("dict", Container(cls, (), ()))
        self.dict_update(ref, value, **more)
        return ref

    def missing_item(self, ref: Ref, key: Any) -> AbstractValue:
        """What a dict makes up for a missing key."""
        cls = self.class_held(ref)
        if cls is collections.Counter:
            return av.Known(0)
        if is_defaulting(cls) and (factory := factory_of(cls)) is not None:
            made = self.call(av.Known(factory), [], {})
            self.setitem(ref, self.from_python(key), made)
            return made
        return super().missing_item(ref, key)

    # Counter.

    def collections_Counter(self, value: AbstractValue | None = None, /, **more: AbstractValue) -> AbstractValue:
        """`collections.Counter`."""
        ref = self.heap.new("dict", Container(collections.Counter, (), ()))
        self.count_in(ref, value, more, 1)
        return ref

    def count_in(
        self, ref: Ref, value: AbstractValue | None, more: dict[str, AbstractValue], sign: int
    ) -> AbstractValue:
        """Add what is counted, or counts that are given."""
        counts: list[tuple[Any, AbstractValue]] = [*more.items()]
        if isinstance(value, Ref) and value.kind == "dict":
            counts = [*self.pairs(value), *counts]
        elif value is not None and not (isinstance(value, av.Known) and value.value is None):
            if self.is_big(value) or self.grown(value) is not None:
                raise self.refusal(
                    f"a Counter is made of {self.describe(value)}",
                    "which of its elements are equal is known at run time only",
                    "use `np.unique(..., return_counts=True)`, or `np.bincount`",
                )
            keys = [self.static_key(item, "what is counted") for item in self.items_of(value, "`Counter`")]
            counts = [*((key, av.Known(1)) for key in keys), *counts]
        for key, count in counts:
            before = self.heap.container(ref).get(key)
            by = count if sign > 0 else self.unary(ast.USub, count)
            now = by if before is None else self.binary(ast.Add, before, by)
            self.write(ref, self.heap.container(ref).put(key, now))
        return av.NONE

    def dict_update(self, ref: Ref, other: AbstractValue | None = None, /, **more: AbstractValue) -> AbstractValue:
        if self.class_held(ref) is collections.Counter:
            return self.count_in(ref, other, more, 1)
        return super().dict_update(ref, other, **more)

    def dict_subtract(self, ref: Ref, other: AbstractValue | None = None, /, **more: AbstractValue) -> AbstractValue:
        self.expect_class(ref, collections.Counter, "subtract")
        return self.count_in(ref, other, more, -1)

    def dict_most_common(self, ref: Ref, n: AbstractValue = av.NONE) -> AbstractValue:
        self.expect_class(ref, collections.Counter, "most_common")
        return self.from_python(self.counted(ref).most_common(self.static_key(n, "how many items are wanted")))

    def dict_elements(self, ref: Ref) -> AbstractValue:
        self.expect_class(ref, collections.Counter, "elements")
        return self.iterator([self.from_python(key) for key in self.counted(ref).elements()])

    def dict_total(self, ref: Ref) -> AbstractValue:
        self.expect_class(ref, collections.Counter, "total")
        return self.call(av.Known(sum), [av.View(ref, "values")], {})

    def is_counter(self, value: AbstractValue) -> bool:
        return isinstance(value, Ref) and value.kind == "dict" and self.class_held(value) is collections.Counter

    def counted(self, value: AbstractValue) -> collections.Counter[Any]:
        """A Counter whose counts must be known."""
        counts = ((key, self.static_key(count, "a count that decides")) for key, count in self.pairs(value))
        return collections.Counter(dict(counts))

    def iterator(self, items: list[AbstractValue]) -> AbstractValue:
        """What is consumed by iterating over it."""
        raise NotImplementedError

    def sequence_operator(self, kind: type[ast.operator], a: AbstractValue, b: AbstractValue) -> AbstractValue | None:
        """An operator on containers; None where it is none."""
        if kind in OF_COUNTERS and self.is_counter(a) and self.is_counter(b):
            combined = OF_COUNTERS[kind](self.counted(a), self.counted(b))
            values = tuple(map(av.Known, combined.values()))
            return self.heap.new("dict", Container(collections.Counter, tuple(combined), values))
        return super().sequence_operator(kind, a, b)
