"""Methods of lists and tuples."""

from __future__ import annotations

import operator
from dataclasses import replace

import numpy as np

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.heap import Grown
from pullback.frontend.abstract.patterns import Pattern
from pullback.frontend.abstract.values import AbstractValue, Container, Ref
from pullback.frontend.structures.containers import Containers
from pullback.ir.types import BOOL, FLOAT, INT, Array


class Lists(Containers):
    """One method per method of a list; lists of unknown length have IR lists for columns."""

    def list_append(self, ref: Ref, item: AbstractValue) -> AbstractValue:
        if (grown := self.grown(ref)) is not None:
            self.grown_append(ref, grown, item)
            return av.NONE
        self.write(ref, self.like_held(ref, (*self.heap.container(ref).values, item)))
        return av.NONE

    def list_extend(self, ref: Ref, items: AbstractValue) -> AbstractValue:
        if (listed := self.of_unknown_length(items) or self.long_list(items)) is not None:
            items = listed
        if (grown := self.grown(ref)) is not None:
            self.grown_extend(ref, grown, items)
            return av.NONE
        if listed is not None:
            other = self.grown(listed)
            assert other is not None
            chained = self.chained(self.as_grown(other, self.items_of(ref, "`extend`")), listed)
            self.write(ref, replace(chained, cls=self.class_held(ref)))
            return av.NONE
        more = self.items_of(items, "`extend`")
        self.write(ref, self.like_held(ref, (*self.heap.container(ref).values, *more)))
        return av.NONE

    def list_insert(self, ref: Ref, index: AbstractValue, item: AbstractValue) -> AbstractValue:
        if (grown := self.grown(ref)) is not None:
            self.grown_insert(ref, grown, index, item)
            return av.NONE
        items = list(self.heap.container(ref).values)
        if (made := self.as_long(ref, index, [*items, item])) is not None:
            self.grown_insert(ref, made, index, item)
            return av.NONE
        items.insert(self.index(index), item)
        self.write(ref, self.like_held(ref, tuple(items)))
        return av.NONE

    def list_pop(self, ref: Ref, index: AbstractValue = av.Known(-1)) -> AbstractValue:  # noqa: B008  # immutable
        if (grown := self.grown(ref)) is not None:
            return self.grown_pop(ref, grown, index)
        if (made := self.as_long(ref, index, list(self.heap.container(ref).values))) is not None:
            return self.grown_pop(ref, made, index)
        popped = self.getitem(ref, index)
        self.delitem(ref, index)
        return popped

    def list_reverse(self, ref: Ref) -> AbstractValue:
        if (grown := self.grown(ref)) is not None:
            self.write(ref, replace(self.mapped(grown, "list_reverse"), cls=grown.cls))
            return av.NONE
        self.write(ref, self.like_held(ref, self.heap.container(ref).values[::-1]))
        return av.NONE

    def list_clear(self, ref: Ref) -> AbstractValue:
        self.write(ref, Container(self.class_held(ref), (), ()))
        return av.NONE

    def list_copy(self, ref: Ref) -> Ref:
        return self.heap.new("list", self.heap.read(ref))

    def builtin_list(self, value: AbstractValue = av.Known(())) -> AbstractValue:  # noqa: B008  # immutable
        """`list(value)`."""
        if (grown := self.grown(self.checked(value))) is not None:
            return self.new_list(replace(grown, cls=list))
        if self.is_big(value) and (made := self.long_list(value)) is not None:
            return made
        items = () if isinstance(value, av.Known) and value.value == () else self.items_of(value, "`list`")
        return self.heap.list_of(tuple(items))

    def listed_array(self, array: AbstractValue) -> AbstractValue | None:
        """`array.tolist()`: a list of numbers, or of such lists; None where that is not known."""
        t = self.type_of(array)
        if not isinstance(t, Array) or t.shape is None or t.dtype is None or t.dtype.kind not in "fiub":
            return None
        if t.shape == ():
            return self.call(self.attribute(array, "item"), [], {})
        if len(t.shape) > 1:
            rows = av.Partial(av.Known(operator.methodcaller), (av.Known("tolist"),), {})
            return self.mapped_over(rows, (array,))
        kinds = {"f": FLOAT, "b": BOOL}
        if t.dtype.kind == "f" and t.dtype != np.float64:
            array = self.call(self.attribute(array, "astype"), [av.Known(float)], {})
        atom = self.leaf(array)
        assert atom is not None
        column = self.column("list_unstack", atom, axis=0, element=kinds.get(t.dtype.kind, INT))
        return self.new_list(Grown(Pattern("leaf"), (column,)))

    def list_index(
        self,
        ref: AbstractValue,
        item: AbstractValue,
        start: AbstractValue = av.Known(0),  # noqa: B008  # immutable
        stop: AbstractValue = av.NONE,
    ) -> AbstractValue:
        items = self.items_of(ref, "`index`")
        part = self.index(av.Slice(start, stop, av.NONE))
        for k in range(len(items))[part]:
            if self.is_same(items[k], item, "`index`", "use np.argmax"):
                return av.Known(k)
        raise self.users_error(ValueError("the item is not in the list"))

    def is_same(self, element: AbstractValue, item: AbstractValue, what: str, way_out: str) -> bool:
        """Whether an item of a list is the one that is looked for, which must be known."""
        same = element is item or self.structural_equality(element, item)
        if same is None:
            raise self.refusal(f"{what} compares dynamic values", "the answer is known at run time only", way_out)
        return same

    def list_remove(self, ref: Ref, item: AbstractValue) -> AbstractValue:
        items = self.items_of(ref, "`remove`")
        for k, element in enumerate(items):
            if self.is_same(element, item, "`remove`", "delete by its place (`del xs[k]`)"):
                self.write(ref, self.like_held(ref, (*items[:k], *items[k + 1 :])))
                return av.NONE
        raise self.users_error(ValueError("list.remove(x): x not in list"))

    def list_sort(
        self,
        ref: Ref,
        *,
        key: AbstractValue = av.NONE,
        reverse: AbstractValue = av.Known(False),  # noqa: B008  # immutable
    ) -> AbstractValue:
        if self.is_deque(ref):
            raise self.users_error(AttributeError("'collections.deque' object has no attribute 'sort'"))
        ordered = self.call(av.Known(sorted), [ref], {"key": key, "reverse": reverse})
        assert isinstance(ordered, Ref)
        self.write(ref, self.heap.read(ordered))
        return av.NONE

    def is_deque(self, value: AbstractValue) -> bool:
        """Whether it is a deque."""
        raise NotImplementedError

    def list_count(self, ref: AbstractValue, item: AbstractValue) -> AbstractValue:
        verdicts = [x is item or self.structural_equality(x, item) for x in self.items_of(ref, "`count`")]
        if None in verdicts:
            raise self.refusal(
                "`count` compares dynamic values",
                "the answer is known at run time only",
                "use `sum(x == y for x in xs)`",
            )
        return av.Known(verdicts.count(True))

    tuple_index = list_index
    tuple_count = list_count
