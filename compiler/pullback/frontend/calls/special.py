"""Functions of the standard library that have a meaning of their own here: copies, dataclasses, partials, warnings.

Each is a function of the interpreter, the positional and the keyword arguments.
"""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import functools
import types
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.values import AbstractValue, Container, Ref
from pullback.frontend.operations.operators import defines

if TYPE_CHECKING:
    from pullback.frontend.calls.library import Library


def _partial(self: Library, args: list[AbstractValue], kwargs: dict[str, AbstractValue]) -> AbstractValue:
    return av.Partial(args[0], tuple(args[1:]), kwargs)


def _wraps(self: Library, args: list[AbstractValue], kwargs: dict[str, AbstractValue]) -> AbstractValue:
    return av.Partial(av.Known(functools.update_wrapper), (), {"wrapped": args[0]})


def _update_wrapper(self: Library, args: list[AbstractValue], kwargs: dict[str, AbstractValue]) -> AbstractValue:
    """`functools.wraps(wrapped)(wrapper)`: the wrapper, under the name of what it wraps."""
    wrapper, wrapped = [*args, *kwargs.values()][:2]
    name = self.find_attribute(self.checked(wrapped), "__name__")
    if not (isinstance(wrapper, av.Closure) and isinstance(name, av.Known)):
        raise self.refusal(
            f"`functools.wraps` decorates {self.describe(wrapper)}",
            "only functions that are defined there can be followed",
            "leave it out",
        )
    return dataclasses.replace(wrapper, title=str(name.value))


def called_later(function: Any) -> Callable[[Library, list[AbstractValue], dict[str, AbstractValue]], AbstractValue]:
    """What does nothing yet, as a context manager of a library: what it does is known where it is used."""
    return lambda self, args, kwargs: av.Partial(av.Known(function), tuple(args), kwargs)


def _filter_warnings(self: Library, args: list[AbstractValue], kwargs: dict[str, AbstractValue]) -> AbstractValue:
    """`warnings.simplefilter("ignore")` inside `catch_warnings`: the generated code is silent, too."""
    action = [*args, *kwargs.values()][0]
    if not self.catching_warnings or not (isinstance(action, av.Known) and action.value == "ignore"):
        raise self.refusal(
            "the warnings filter is changed",
            "the change would be seen outside the function, or turn warnings into exceptions",
            "ignore warnings inside `with warnings.catch_warnings():`, or change the filter outside the function",
        )
    self.session.silenced |= {"divide", "over", "under", "invalid"}
    return av.NONE


def _copy(self: Library, args: list[AbstractValue], kwargs: dict[str, AbstractValue]) -> AbstractValue:
    value = self.checked(args[0])
    if (generator := self.copied_generator(copy.copy, value)) is not None:
        return generator
    if isinstance(value, Ref) and value.kind in ("list", "dict", "set", "object"):
        if (cls := self.user_class(value)) is not None and defines(cls, "__copy__"):
            return self.call(self.special(value, "__copy__"), [], {})
        return self.heap.new(value.kind, self.heap.container(value))
    if isinstance(value, Ref) and value.kind == "array":
        return self.call(self.attribute(value, "copy"), [], {})
    return value


def _deepcopy(self: Library, args: list[AbstractValue], kwargs: dict[str, AbstractValue]) -> AbstractValue:
    """`copy.deepcopy`: what is there twice is one thing in the copy, too."""
    if len(args) != 1 or kwargs:
        raise self.refusal("`copy.deepcopy` is given a memo", "it is not supported", "leave it out")
    copies: dict[Ref, AbstractValue] = {}

    def copied(value: AbstractValue) -> AbstractValue:
        value = self.checked(value)
        if isinstance(value, av.Tuple):
            return av.Tuple(tuple(map(copied, value.items)), value.cls)
        if (generator := self.copied_generator(copy.deepcopy, value)) is not None:
            return generator
        if not isinstance(value, Ref) or value.kind == "iterator":
            return value
        if value not in copies:
            copies[value] = copied_reference(value)
        return copies[value]

    def copied_reference(ref: Ref) -> AbstractValue:
        if ref.kind == "array":
            return self.call(av.Known(np.copy), [ref], {})
        held = self.heap.container(ref)
        if defines(held.cls, "__deepcopy__") or defines(held.cls, "__getstate__") or defines(held.cls, "__reduce__"):
            raise self.refusal(
                f"`copy.deepcopy` of a {held.cls.__name__}", "its class says how it is copied", "copy its attributes"
            )
        copies[ref] = made = self.heap.new(ref.kind, Container(held.cls, (), ()))
        self.heap.write(made, Container(held.cls, held.keys, tuple(map(copied, held.values))))
        return made

    return copied(args[0])


def _asdict(self: Library, args: list[AbstractValue], kwargs: dict[str, AbstractValue]) -> AbstractValue:
    """`dataclasses.asdict`: dataclasses as dicts, all the way down; the rest is copied deeply."""
    if len(args) != 1 or kwargs:
        raise self.refusal("`asdict` is given a dict_factory", "it is not supported", "leave it out")

    def converted(value: AbstractValue) -> AbstractValue:
        value = self.checked(value)
        if isinstance(value, av.Tuple):
            return av.Tuple(tuple(map(converted, value.items)), value.cls)
        if not (isinstance(value, Ref) and value.kind in ("list", "dict", "object")):
            return _deepcopy(self, [value], {})
        held = self.heap.container(value)
        kind, cls, keys, values = value.kind, held.cls, held.keys, held.values
        if kind == "object":
            if not hasattr(cls, "__dataclass_fields__"):
                return _deepcopy(self, [value], {})
            keys = tuple(field.name for field in dataclasses.fields(cls))
            kind, cls = "dict", dict
            values = tuple(self.attribute(value, name) for name in keys)
        return self.heap.new(kind, Container(cls, keys, tuple(map(converted, values))))

    cls = self.user_class(self.checked(args[0]))
    if cls is None or not hasattr(cls, "__dataclass_fields__"):
        raise self.users_error(TypeError("asdict() should be called on dataclass instances"))
    return converted(args[0])


def _namespace(self: Library, args: list[AbstractValue], kwargs: dict[str, AbstractValue]) -> AbstractValue:
    if args:
        raise self.refusal("a SimpleNamespace is made from a mapping", "it is not supported", "use keyword arguments")
    return self.heap.new("object", Container(types.SimpleNamespace, tuple(kwargs), tuple(kwargs.values())))


def _replace(self: Library, args: list[AbstractValue], kwargs: dict[str, AbstractValue]) -> AbstractValue:
    value = self.checked(args[0])
    cls = self.user_class(value)
    if cls is None or not hasattr(cls, "__dataclass_fields__"):
        raise self.users_error(TypeError("replace() should be called on dataclass instances"))
    fields = [field.name for field in dataclasses.fields(cls) if field.init]
    return self.construct(cls, [], {**{name: self.attribute(value, name) for name in fields}, **kwargs})


def _object_setattr(self: Library, args: list[AbstractValue], kwargs: dict[str, AbstractValue]) -> AbstractValue:
    receiver, name, item = args
    if not (isinstance(receiver, Ref) and receiver.kind == "object"):
        raise self.refusal("`object.__setattr__` is called", "it is not on an object", "assign the attribute")
    self.write(receiver, self.heap.container(receiver).put(self.static_key(name, "an attribute name"), item))
    return av.NONE


def by_method(name: str) -> Callable[[Library, list[AbstractValue], dict[str, AbstractValue]], AbstractValue]:
    """A function whose meaning is a method of the interpreter, with the parameters of the function."""
    return lambda self, args, kwargs: self.fitting(getattr(self, name), args, kwargs)


SPECIAL: dict[Any, Callable[[Library, list[AbstractValue], dict[str, AbstractValue]], AbstractValue]] = {
    functools.partial: _partial,
    functools.wraps: _wraps,
    functools.update_wrapper: _update_wrapper,
    np.errstate: called_later(np.errstate),
    warnings.catch_warnings: called_later(warnings.catch_warnings),
    contextlib.suppress: called_later(contextlib.suppress),
    contextlib.nullcontext: called_later(contextlib.nullcontext),
    contextlib.contextmanager: called_later(contextlib.contextmanager),
    warnings.simplefilter: _filter_warnings,
    warnings.filterwarnings: _filter_warnings,
    copy.copy: _copy,
    copy.deepcopy: _deepcopy,
    dataclasses.asdict: _asdict,
    dataclasses.replace: _replace,
    np.vectorize: called_later(np.vectorize),
    types.SimpleNamespace: _namespace,
    object.__setattr__: _object_setattr,
}
