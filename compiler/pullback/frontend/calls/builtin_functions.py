"""Python's builtins on abstract values: `builtin_name` is what `name` does."""

from __future__ import annotations

import abc
import ast
import collections
import dataclasses
import enum
import types
from collections.abc import Callable
from typing import Any

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.values import AbstractValue, Container, Ref
from pullback.frontend.base.refusals import PLAIN
from pullback.frontend.calls.ordering import Ordering
from pullback.frontend.calls.special import SPECIAL, by_method
from pullback.frontend.operations.operators import defines
from pullback.frontend.structures.local_classes import DESCRIPTORS, by_descriptor
from pullback.ir.types import Array, Scalar, Shape, dims_of, is_numeric
from pullback.primitives.families.reductions import compensates, sum_of


class Builtins(Ordering):
    """One method per builtin."""

    def builtin_len(self, value: AbstractValue) -> AbstractValue:
        value = self.checked(value)
        t = self.type_of(value)
        if isinstance(value, av.Known) and not isinstance(value.value, type):
            return self.natively(len, value.value)
        if isinstance(t, Shape) and t.dims is not None:
            return av.Known(len(t.dims))
        if t is not None:
            dims = dims_of(t)
            if dims and isinstance(dims[0], int):
                return av.Known(dims[0])
            return self.by_meaning(len, value)
        if (grown := self.grown(value)) is not None:
            return self.grown_length(grown)
        if (bounds := self.bounds_of_range(value)) is not None:
            return self.length_of_range(bounds)
        if (cls := self.user_class(value)) is not None and defines(cls, "__len__"):
            return self.call(self.special(value, "__len__"), [], {})
        return av.Known(len(self.items_of(value, "`len`")))

    def builtin_isinstance(self, value: AbstractValue, classes: AbstractValue) -> AbstractValue:
        return av.Known(self.is_instance(value, self.classes(classes)))

    def builtin_issubclass(self, cls: AbstractValue, classes: AbstractValue) -> AbstractValue:
        return av.Known(issubclass(self.classes(cls)[0], self.classes(classes)))

    def classes(self, value: AbstractValue) -> tuple[Any, ...]:
        if isinstance(value, av.Known):
            known = value.value
            return known.__args__ if isinstance(known, types.UnionType) else (known,)
        return tuple(c for item in self.items_of(value, "isinstance") for c in self.classes(item))

    def builtin_hasattr(self, value: AbstractValue, name: AbstractValue) -> AbstractValue:
        return av.Known(
            self.find_attribute(self.checked(value), self.static_key(name, "an attribute name")) is not None
        )

    def builtin_getattr(
        self, value: AbstractValue, name: AbstractValue, default: AbstractValue | None = None
    ) -> AbstractValue:
        key = self.static_key(name, "an attribute name")
        found = self.find_attribute(self.checked(value), key)
        if found is None and default is not None:
            return default
        return self.attribute(value, key)

    def builtin_setattr(self, value: AbstractValue, name: AbstractValue, item: AbstractValue) -> AbstractValue:
        self.setattr(value, self.static_key(name, "an attribute name"), item)
        return av.NONE

    def builtin_type(self, value: AbstractValue, *parts: AbstractValue) -> AbstractValue:
        if parts:
            raise self.refusal(
                "a class is made by `type`",
                "classes made inside the function are not followed",
                "define it at module level",
            )
        cls = self.class_of(self.checked(value))
        if cls is None:
            raise self.refusal(
                "`type` of a NumPy number or 0-d array is taken", "it is known at run time only", "use np.ndim"
            )
        return av.Known(cls)

    def builtin_callable(self, value: AbstractValue) -> AbstractValue:
        value = self.checked(value)
        if isinstance(value, av.Known):
            return av.Known(callable(value.value))
        if (cls := self.user_class(value)) is not None:
            return av.Known(defines(cls, "__call__"))
        return av.Known(isinstance(value, av.Closure | av.Bound | av.Method | av.Partial))

    def builtin_tuple(self, value: AbstractValue = av.Known(())) -> AbstractValue:  # noqa: B008  # immutable
        return av.Tuple(tuple(self.items_of(value, "`tuple`"))) if not is_empty(value) else av.Tuple(())

    def builtin_dict(self, value: AbstractValue | None = None, /, **more: AbstractValue) -> AbstractValue:
        ref = self.heap.new("dict", Container(dict, (), ()))
        self.dict_update(ref, value, **more)
        return ref

    def builtin_range(self, *bounds: AbstractValue) -> AbstractValue:
        if all(isinstance(self.checked(bound), av.Known) for bound in bounds):
            return self.natively(range, *(self.static_key(b, "a bound") for b in bounds))
        for bound in bounds:
            t = self.type_of(self.checked(bound))
            is_numpy_int = isinstance(t, Array) and t.shape == () and t.dtype is not None and t.dtype.kind in "iu"
            if not (isinstance(t, Scalar) and t.kind in ("int", "bool")) and not is_numpy_int:
                raise self.refusal(f"`range` of {self.describe(bound)}", "Python raises TypeError here", "pass ints")
        return av.Partial(av.Known(range), bounds, {})

    def iterator(self, items: list[AbstractValue]) -> AbstractValue:
        """What is consumed by iterating over it."""
        return self.heap.new("iterator", Container(object, (), tuple(items)))

    def builtin_enumerate(self, source: AbstractValue, start: AbstractValue = av.Known(0)) -> AbstractValue:  # noqa: B008
        if (made := self.long_enumeration(source, start)) is not None:
            return self.as_iterator(made)
        first = self.static_key(start, "the start of `enumerate`")
        return self.iterator(
            [av.Tuple((av.Known(k), item)) for k, item in enumerate(self.items_of(source, "`enumerate`"), first)]
        )

    def builtin_reversed(self, source: AbstractValue) -> AbstractValue:
        if (made := self.long_list(source)) is not None:
            self.list_reverse(made)
            return self.as_iterator(made)
        return self.iterator(self.items_of(source, "`reversed`")[::-1])

    def builtin_iter(self, source: AbstractValue) -> AbstractValue:
        return self.iterator(self.items_of(source, "`iter`"))

    def builtin_next(self, source: AbstractValue, default: AbstractValue | None = None) -> AbstractValue:
        if not (isinstance(source, Ref) and source.kind == "iterator"):
            raise self.users_error(TypeError(f"{self.describe(source)} is not an iterator"))
        items = self.next_of(source)
        if not items:
            if default is None:
                raise self.users_error(StopIteration("the iterator is exhausted"))
            return default
        self.write(source, Container(object, (), tuple(items[1:])))
        return items[0]

    def builtin_filter(self, function: AbstractValue, source: AbstractValue) -> AbstractValue:
        return self.as_iterator(self.filtered(function, source))

    def builtin_sum(self, source: AbstractValue, start: AbstractValue = av.Known(0)) -> AbstractValue:  # noqa: B008
        if self.is_big(source):
            return self.by_meaning(sum, source, start)
        if (grown := self.grown(self.checked(source))) is not None:
            return self.grown_sum(grown, start)
        items = self.items_of(source, "`sum`")
        total, rest = self.compensated([start, *items])
        for item in rest:
            total = self.binary(ast.Add, total, item)
        return total

    def compensated(self, terms: list[AbstractValue]) -> tuple[AbstractValue, list[AbstractValue]]:
        """The sum of the terms at the beginning that only `sum` itself adds as Python does, and the other terms."""
        numbers = []
        for term in terms:
            t = self.type_of(self.used(term, "it is added"))
            if t is None or not is_numeric(t) or dims_of(t) != ():
                break
            numbers.append(self.lower(term))
        rest = terms[len(numbers) :]
        if all(self.is_static(term) for term in terms[: len(numbers)]) and len(numbers) > 1:
            return self.natively(sum, numbers[1:], numbers[0]), rest
        plain = numbers[1:] if numbers and type(numbers[0]) is int and numbers[0] == 0 else numbers
        if not compensates(plain):
            return terms[0], terms[1:]
        return self.apply(sum_of, "`sum`", *plain), rest

    def builtin_any(self, source: AbstractValue) -> AbstractValue:
        return self.quantified(False, source)

    def builtin_all(self, source: AbstractValue) -> AbstractValue:
        return self.quantified(True, source)

    def quantified(self, is_all: bool, source: AbstractValue) -> AbstractValue:
        def as_bool(item: AbstractValue) -> Callable[[], AbstractValue]:
            return lambda: self.builtin_bool(item)

        if (grown := self.grown(self.checked(source))) is not None:
            return self.grown_quantified(grown, "all" if is_all else "any")
        items = [as_bool(item) for item in self.items_of(source, "`all`" if is_all else "`any`")]
        return self.boolean(is_all, items) if items else av.Known(is_all)

    def builtin_bool(self, value: AbstractValue = av.Known(False)) -> AbstractValue:  # noqa: B008  # immutable
        verdict = self.truth(value)
        if isinstance(verdict, bool):
            return av.Known(verdict)
        t = verdict.type
        return self.value_of(verdict) if t == Scalar("bool") else self.by_meaning(bool, self.value_of(verdict))

    def converted(self, value: AbstractValue, method: str) -> AbstractValue | None:
        """A number made by the method of a user's class."""
        cls = self.user_class(value)
        return self.call(self.special(value, method), [], {}) if cls is not None and defines(cls, method) else None

    def builtin_int(self, value: AbstractValue = av.Known(0), *base: AbstractValue) -> AbstractValue:  # noqa: B008
        if (own := self.converted(value, "__int__")) is not None:
            return own
        if self.is_static(value):
            return self.natively(int, self.lower(value), *map(self.lower, base))
        return self.by_meaning(int, value)

    def builtin_float(self, value: AbstractValue = av.Known(0.0)) -> AbstractValue:  # noqa: B008  # immutable
        if (own := self.converted(value, "__float__")) is not None:
            return own
        if self.is_static(value):
            return self.natively(float, self.lower(value))
        return self.by_meaning(float, value)

    def builtin_str(self, value: AbstractValue = av.Known("")) -> AbstractValue:  # noqa: B008  # immutable
        if isinstance(value, av.Known) and isinstance(value.value, PLAIN):
            return self.natively(str, value.value)
        if self.is_static(value):
            return av.Known(str(self.static_value(value)))
        return self.text_of(str, value)

    def builtin_repr(self, value: AbstractValue) -> AbstractValue:
        if self.is_static(value):
            return av.Known(repr(self.static_value(value)))
        return self.text_of(repr, value)

    def builtin_format(self, value: AbstractValue, spec: AbstractValue = av.Known("")) -> AbstractValue:  # noqa: B008
        if self.is_static(value) and self.is_static(spec):
            return self.natively(format, self.static_value(value), self.static_value(spec))
        return self.text_of(format, value, spec)

    def builtin_super(self, *args: AbstractValue) -> AbstractValue:
        frame = self.frame
        if args:
            cls, receiver = self.checked(args[0]), args[1]
            assert isinstance(cls, av.Known)
            return av.Super(cls.value, receiver)
        while frame.owner is None and frame.parent is not None:
            frame = frame.parent
        if frame.owner is None or frame.receiver is None:
            raise self.refusal("`super()` is called outside a method", "Python raises RuntimeError here")
        return av.Super(frame.owner, frame.receiver)

    def builtin_slice(self, *args: AbstractValue) -> AbstractValue:
        parts = [av.NONE, *args, av.NONE] if len(args) == 1 else [*args, av.NONE, av.NONE][:3]
        return av.Slice(parts[0], parts[1], parts[2])


def is_empty(value: AbstractValue) -> bool:
    return isinstance(value, av.Known) and value.value == ()


SPECIAL |= {function: by_descriptor(function) for function in DESCRIPTORS}
SPECIAL |= {
    abc.abstractmethod: by_method("abc_abstractmethod"),
    collections.Counter: by_method("collections_Counter"),
    collections.OrderedDict: by_method("collections_OrderedDict"),
    collections.defaultdict: by_method("collections_defaultdict"),
    collections.deque: by_method("collections_deque"),
    collections.namedtuple: by_method("collections_namedtuple"),
    dict.fromkeys: by_method("dict_fromkeys"),
    dataclasses.dataclass: by_method("dataclasses_dataclass"),
    dataclasses.field: by_method("dataclasses_field"),
    enum.auto: by_method("enum_auto"),
}
