"""Lists, dicts, tuples, strings: subscripts, iteration, their methods, on structures that are known."""

from __future__ import annotations

import enum
import inspect
import operator
from collections.abc import Callable
from dataclasses import replace
from types import FunctionType
from typing import Any

import numpy as np

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.heap import Contents
from pullback.frontend.abstract.patterns import IN_LIST
from pullback.frontend.abstract.values import AbstractValue, Container, Ref
from pullback.frontend.operations.operators import defines
from pullback.frontend.structures.concatenators import CONCATENATORS, GRIDS, KEYS, Concatenators
from pullback.ir.types import Array, Scalar, Shape, Sym, dims_of
from pullback.primitives.families.splitting import unpack
from pullback.primitives.registry import MEANINGS

LONGEST_UNROLLED = 10_000


class Containers(Concatenators):
    """Subscripts, iteration, and the methods of built-in containers."""

    # Reading and writing elements.

    def getitem(self, value: AbstractValue, key: AbstractValue) -> AbstractValue:
        """`value[key]`."""
        value, key = self.used(value, "is subscripted"), self.checked(key)
        match value:
            case av.Tuple() if value.cls is tuple or "__getitem__" not in vars(value.cls):
                return self.element(value.items, key, lambda items: av.Tuple(items))
            case Ref(kind="list") as ref if (grown := self.grown(ref)) is not None:
                return self.grown_item(grown, key)
            case Ref(kind="list") as ref if (grown := self.chosen_from(ref, key)) is not None:
                return self.grown_item(grown, key)
            case Ref(kind="list") as ref:
                return self.element(self.heap.container(ref).values, key, self.heap.list_of)
            case Ref(kind="dict") as ref:
                return self.dict_item(ref, key)
            case av.Known(value=known) if isinstance(known, str | bytes | range):
                return self.natively(operator.getitem, known, self.index(key))
            case av.Partial() if (bounds := self.bounds_of_range(value)) is not None:
                return self.item_of_range(bounds, key)
            case av.Known(value=enum.EnumType() as members):
                return self.natively(operator.getitem, members, self.static_key(key, "the name of a member"))
            case av.Known(value=known) if isinstance(known, CONCATENATORS):
                return self.concatenated(known, key)
            case av.Known(value=known) if isinstance(known, KEYS):
                whole = not known.maketuple or isinstance(key, av.Tuple)
                return key if whole else av.Tuple((key,))
            case av.Known(value=known) if isinstance(known, GRIDS):
                return self.grid_of(known, key)
            case av.Known(value=known) if isinstance(known, type) and not subscripts_itself(known):
                return value  # a generic alias such as list[int]
            case av.Known(value=type() as cls):
                raise self.refusal(
                    f"the class `{cls.__name__}` is subscripted",
                    "it says itself what that means, and is not followed",
                    "call a class method of it instead",
                )
        if self.user_class(value) is not None:
            return self.call(self.special(value, "__getitem__"), [key], {})
        t = self.type_of(value)
        if t is None or isinstance(value, av.Known) or (isinstance(t, Scalar)):
            if self.opaque(value) is not None:
                raise self.unknown_use(value, "there is a subscript of")
            refusal = self.refusal(f"{self.describe(value)} is subscripted", "Python raises TypeError here")
            raise self.standing_for(refusal, TypeError("not subscriptable"))
        return self.apply(MEANINGS[operator.getitem], "indexing", self.lower(value), self.lower(self.array_index(key)))

    def array_index(self, key: AbstractValue) -> AbstractValue:
        """An index into an array: NumPy takes a range for the list of its numbers."""
        match key:
            case av.Known(value=range() as numbers):
                return self.heap.list_of(tuple(map(av.Known, numbers)))
            case av.Tuple(items=items):
                return av.Tuple(tuple(map(self.array_index, items)), key.cls)
        if (bounds := self.bounds_of_range(key)) is not None:
            return self.call(av.Known(np.arange), bounds, {})
        return key

    def element(self, items: tuple[AbstractValue, ...], key: AbstractValue, make: Any) -> AbstractValue:
        if (picked := self.picked(items, key)) is not None:
            return picked
        index = self.index(key)
        try:
            found = items[index]
        except (IndexError, TypeError) as error:
            raise self.users_error(error) from error
        return make(found) if isinstance(index, slice) else self.readable(found)

    def index(self, key: AbstractValue) -> Any:
        """A list index or slice, as a Python value."""
        if isinstance(key, av.Slice):
            return slice(*(self.static_key(part, "the bound of a slice") for part in (key.start, key.stop, key.step)))
        return self.static_key(key, "an index into a list or tuple")

    def dict_item(self, ref: Ref, key: AbstractValue) -> AbstractValue:
        if (picked := self.picked_by_key(ref, key)) is not None:
            return picked
        held = self.heap.container(ref)
        found = held.get(self.static_key(key, "a dict key"))
        if found is None:
            return self.missing_item(ref, self.static_key(key, "a dict key"))
        return self.readable(found)

    def missing_item(self, ref: Ref, key: Any) -> AbstractValue:
        """What is read under a key that a dict does not have."""
        raise self.users_error(KeyError(key))

    def like_held(self, ref: Ref, items: tuple[AbstractValue, ...]) -> Container:
        """Other items of a list or deque."""
        return Container(self.class_held(ref), (), items)

    def setitem(self, value: AbstractValue, key: AbstractValue, item: AbstractValue) -> None:
        """`value[key] = item`."""
        value = self.used(value, "is assigned to by subscript")
        match value:
            case Ref(kind="dict") as ref:
                self.write(ref, self.heap.container(ref).put(self.static_key(key, "a dict key"), item))
            case Ref(kind="list") as ref if (grown := self.grown(ref)) is not None:
                self.grown_set(ref, grown, self.checked(key), item)
            case Ref(kind="list") as ref:
                items = list(self.heap.container(ref).values)
                if (made := self.as_long(ref, key, [*items, item])) is not None:
                    self.grown_set(ref, made, self.checked(key), item)
                    return
                index = self.index(key)
                try:
                    items[index] = self.items_of(item, "a slice") if isinstance(index, slice) else item
                except (IndexError, TypeError, ValueError) as error:
                    raise self.users_error(error) from error
                self.write(ref, self.like_held(ref, tuple(items)))
            case _ if self.user_class(value) is not None:
                self.call(self.special(value, "__setitem__"), [key, item], {})
            case Ref(kind="array") as ref:
                self.assign_item(ref, key, item)
            case _ if self.opaque(value) is not None:
                raise self.unknown_use(value, "an element is assigned of")
            case _:
                raise self.refusal(f"an element of {self.describe(value)} is assigned", "Python raises TypeError here")

    def delitem(self, value: AbstractValue, key: AbstractValue) -> None:
        """`del value[key]`."""
        match self.checked(value):
            case Ref(kind="dict") as ref:
                name = self.static_key(key, "a dict key")
                if self.heap.container(ref).get(name) is None:
                    raise self.users_error(KeyError(name))
                self.write(ref, self.heap.container(ref).drop(name))
            case Ref(kind="list") as ref if (grown := self.grown(ref)) is not None:
                if isinstance(key, av.Slice):
                    self.grown_replace(ref, grown, key, self.heap.list_of(()))
                else:
                    self.grown_pop(ref, grown, key)
            case Ref(kind="list") as ref:
                items = list(self.heap.container(ref).values)
                try:
                    del items[self.index(key)]
                except (IndexError, TypeError) as error:
                    raise self.users_error(error) from error
                self.write(ref, self.like_held(ref, tuple(items)))
            case other:
                raise self.refusal(f"an element of {self.describe(other)} is deleted", "it is no list or dict")

    def write(self, ref: Ref, contents: Contents) -> None:
        """Change a container, unless it must stay as it is."""
        self.checked(ref)
        reason = self.heap.frozen.get(ref)
        if reason is not None or ref in self.heap.outside:
            if ref in self.session.receivers and not self.session.copies_receivers:
                raise av.NeedsOwnReceiver
            if reason == IN_LIST:
                self.count_if_possible()
            is_outside = ref in self.heap.outside
            raise self.refusal(
                f"{self.describe(ref)} is changed that is {reason or 'a global'}",
                "the change would be seen outside the function, or through another name",
                "pass it as an argument: what is written to those stays inside the call"
                if is_outside
                else "change a copy of it instead",
            )
        self.heap.write(ref, contents)

    # Iteration.

    def items_of(self, value: AbstractValue, what: str) -> list[AbstractValue]:
        """The elements that iterating gives."""
        value = self.used(value, "is iterated over")
        match value:
            case av.Tuple(items=items) if value.cls is tuple or "__iter__" not in vars(value.cls):
                return list(items)
            case Ref(kind="list") as ref:
                return list(self.heap.container(ref).values)
            case Ref(kind="dict") as ref:
                return [self.from_python(key) for key in self.heap.container(ref).keys]
            case Ref(kind="iterator") as ref:
                return self.iterator_items(ref, what)
            case av.View(ref=ref, what=part):
                held = self.heap.container(ref)
                keys = [self.from_python(key) for key in held.keys]
                if part == "keys":
                    return keys
                if part == "values":
                    return list(held.values)
                return [av.Tuple(pair) for pair in zip(keys, held.values, strict=True)]
            case av.Known(value=known) if isinstance(known, str | range | bytes | type):
                if isinstance(known, range) and len(known) > LONGEST_UNROLLED:
                    raise self.refusal(
                        f"a loop of {len(known)} iterations is unrolled",
                        "the generated code would be as long",
                        "write it with array operations",
                    )
                return [av.Known(item) for item in self.python_iterator(known)]
        if (bounds := self.bounds_of_range(value)) is not None:
            return self.numbers_of_range(bounds, what)
        if isinstance(value, av.Late):
            raise self.must_be_known(value)
        if (cls := self.user_class(value)) is not None:
            if defines(cls, "__getitem__") and not defines(cls, "__iter__"):
                raise self.refusal(
                    f"{what} iterates over {self.describe(value)}, whose class has `__getitem__` and no `__iter__`",
                    "how many items there are shows only when one of them raises IndexError",
                    "define `__iter__`, or loop over `range(len(...))`",
                )
            return self.items_of(self.call(self.special(value, "__iter__"), [], {}), what)
        return self.array_items(value, what)

    def python_iterator(self, known: Any) -> list[Any]:
        try:
            return list(known)
        except TypeError as error:
            raise self.users_error(error) from error

    def array_items(self, value: AbstractValue, what: str) -> list[AbstractValue]:
        """The elements of a shape, or of an array whose first dimension is known."""
        if self.opaque(value) is not None:
            raise self.unknown_use(value, f"{what} iterates over")
        t = self.type_of(value)
        if t is None or isinstance(t, Scalar):
            refusal = self.refusal(f"{what} iterates over {self.describe(value)}", "Python raises TypeError here")
            raise self.standing_for(refusal, TypeError("not iterable"))
        dims = t.dims if isinstance(t, Shape) else dims_of(t)
        if isinstance(t, Shape) and dims is not None:
            return [self.getitem(value, av.Known(k)) for k in range(len(dims))]
        if dims and isinstance(dims[0], int):
            return [self.getitem(value, av.Known(k)) for k in range(dims[0])]
        if (need := self.sampled_length(value)) is not None:
            raise need
        raise self.refusal(
            f"{what} iterates over {self.describe(value)} whose length is known at run time only",
            "loops whose number of iterations is not known when compiling are not supported",
            "write it with array operations (broadcasting, np.sum, np.cumsum, ...)",
        )

    def unpacked(self, value: AbstractValue, count: int) -> list[AbstractValue]:
        """The elements of what is unpacked into `count` targets."""
        t = self.type_of(self.checked(value))
        if isinstance(t, Shape) and t.dims is None:
            return [self.getitem(value, av.Known(k)) for k in range(count)]
        if isinstance(t, Array) and not isinstance(value, av.Known):
            return self.unpacked_array(value, t, count)
        if (listed := self.of_unknown_length(value)) is not None:
            self.expect_length(listed, count)
            return [self.getitem(listed, av.Known(k)) for k in range(count)]
        return self.items_of(value, "unpacking")

    def of_unknown_length(self, value: AbstractValue) -> Ref | None:
        """A list or iterator, as a list, where only the run tells how long it is."""
        grown = self.grown(value)
        return None if grown is None else self.new_list(replace(grown, cls=list))

    def unpacked_around(self, value: AbstractValue, before: int, after: int) -> list[AbstractValue]:
        """The elements of what is unpacked into so many targets, and a starred one among them."""
        value = self.checked(value)
        if self.is_big(value):
            t = self.type_of(value)
            if isinstance(t, Array) and t.shape is not None and isinstance(t.shape[0], Sym):
                value = self.call(av.Known(list), [value], {})
        listed = self.of_unknown_length(value)
        if listed is None:
            items = self.items_of(value, "unpacking")
            if len(items) < before + after:
                raise self.users_error(ValueError(f"not enough values to unpack (expected at least {before + after})"))
            middle = self.heap.list_of(tuple(items[before : len(items) - after]))
            return [*items[:before], middle, *items[len(items) - after :]]
        if before + after:
            self.expect_length(listed, before + after, at_least=True)
        stop = av.Known(-after) if after else av.NONE
        return [
            *(self.getitem(listed, av.Known(k)) for k in range(before)),
            self.getitem(listed, av.Slice(av.Known(before), stop, av.NONE)),
            *(self.getitem(listed, av.Known(k - after)) for k in range(after)),
        ]

    def unpacked_array(self, value: AbstractValue, t: Array, count: int) -> list[AbstractValue]:
        """The numbers of a vector, or the rows of an array; ValueError at run time where it has another length."""
        if t.shape == ():
            raise self.users_error(TypeError("cannot unpack a 0-d array"))
        if t.shape is None:
            raise self.refusal(
                f"{self.describe(value)} is unpacked into {count} names",
                "its rank is known at run time only",
                f"index its elements (`x[0]`, ..., `x[{count - 1}]`)",
            )
        if not isinstance(t.shape[0], Sym):
            return self.items_of(value, "unpacking")
        if len(t.shape) == 1 and count > 1:
            return list(self.items_of(self.apply(unpack, "unpacking", self.lower(value), count=count), "unpacking"))
        self.expect_length(value, count)
        return [self.getitem(value, av.Known(k)) for k in range(count)]

    def expect_length(self, value: AbstractValue, count: int, at_least: bool = False) -> None:
        """Raise what Python does where an array that is unpacked has another length."""
        raise NotImplementedError

    # Methods of lists, dicts and strings.

    def container_method(
        self, name: str, receiver: AbstractValue, args: list[AbstractValue], kwargs: dict[str, AbstractValue]
    ) -> AbstractValue:
        """Call a method of a built-in container."""
        if name == "__getitem__" and len(args) == 1 and not kwargs:
            return self.getitem(receiver, args[0])
        if isinstance(receiver, Ref) and receiver.kind == "list":
            method = getattr(self, f"list_{name}", None)
        elif isinstance(receiver, Ref) and receiver.kind == "dict":
            method = getattr(self, f"dict_{name}", None)
        elif (isinstance(receiver, Ref) and receiver.kind == "set") or isinstance(receiver, av.Known):
            method = getattr(self, f"set_{name}", None)
        else:
            method = getattr(self, f"tuple_{name}", None)
        if method is None:
            raise self.refusal(
                f"the method `{name}` of {self.describe(receiver)} is called", "it is not supported", "write it out"
            )
        return self.fitting(method, [receiver, *args], kwargs)

    def fitting(
        self, handler: Callable[..., AbstractValue], args: list[AbstractValue], kwargs: dict[str, AbstractValue]
    ) -> AbstractValue:
        """Call a handler whose parameters are those of the Python function it stands for."""
        try:
            inspect.signature(handler).bind(*args, **kwargs)
        except TypeError as error:
            raise self.not_surely(self.users_error(error)) from error
        return handler(*args, **kwargs)

    def pairs(self, value: AbstractValue) -> list[tuple[Any, AbstractValue]]:
        """Keys and values of a dict, or of a sequence of pairs."""
        value = self.checked(value)
        if isinstance(value, Ref) and value.kind == "dict":
            held = self.heap.container(value)
            return list(zip(held.keys, held.values, strict=True))
        found = []
        for pair in self.items_of(value, "this"):
            parts = self.items_of(pair, "this")
            if len(parts) != 2:
                raise self.users_error(ValueError("dictionary update sequence element must have length 2"))
            found.append((self.static_key(parts[0], "a dict key"), parts[1]))
        return found


def subscripts_itself(cls: type) -> bool:
    """Whether a class, or its metaclass, says itself what subscripting it means."""
    owner = next((base for base in cls.__mro__ if "__class_getitem__" in vars(base)), None)
    own = owner is not None and isinstance(getattr(vars(owner)["__class_getitem__"], "__func__", None), FunctionType)
    return (own and owner is not None and owner.__module__ != "typing") or hasattr(type(cls), "__getitem__")
