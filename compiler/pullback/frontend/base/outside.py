"""Globals, closure cells, defaults, module attributes: static with a guard, except arrays, which are hidden inputs.

A container from outside keeps its identity and its content by a guard, and must not be written to.
"""

from __future__ import annotations

import builtins
import dataclasses
import enum
import functools
import sys
import types
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from pullback.errors import DifferentiationError, closest_name
from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.heap import HiddenInput
from pullback.frontend.abstract.state import HiddenArray, top_module
from pullback.frontend.abstract.values import AbstractValue, Container, Frame, Ref, RefKind
from pullback.frontend.base.references import References
from pullback.frontend.base.refusals import NUMBERS
from pullback.ir.interface import Guard
from pullback.ir.opaque import Opaque, opaque_type
from pullback.ir.types import Array, Dims, Handle, Sym, is_generator
from pullback.ir.variants import class_in_trees, python_class

_MISSING = object()
YIELDED_ITEM = "yielded item"
# variables that the interpreter adds to those of a function; generated code calls them so, without the blank
COLLECTED, FOUND, HOLDS, ITEM, FUNCTION = "items ", "found ", "holds ", "item ", "function "
MADE_UP = (YIELDED_ITEM, COLLECTED, FOUND, HOLDS, ITEM, FUNCTION)


class Outside(References):
    """Reads names and what lies outside the function."""

    def read_name(self, name: str) -> AbstractValue:
        """The value of a variable, by Python's scoping."""
        frame: Frame | None = self.frame
        cells: Any = {}
        while frame is not None:
            is_bound = name in frame.names or not frame.code.is_class  # else the body of a class looks around itself
            if (name in frame.code.locals and is_bound) or name in MADE_UP:
                return self.local(frame, name)
            if name in frame.code.global_names:
                return self.global_name(name)
            cells = frame.cells or cells
            frame = frame.parent
        if name in cells:
            return self.cell(cells[name], name)
        return self.global_name(name)

    def assign_name(self, name: str, value: AbstractValue | None) -> None:
        """Bind a variable, by Python's scoping; None: unbind it."""
        frame: Frame | None = self.frame
        while frame is not None and name not in frame.code.locals and name not in MADE_UP:
            if name in frame.code.global_names:
                raise self.written_outside(f"the global `{name}`")
            frame = frame.parent
        if frame is None:
            raise self.written_outside(f"`{name}`, a variable of a function around this one,")
        held = frame.names.get(name)
        if isinstance(held, Ref) and held.kind == "cell":
            contents = unbound_cell(name) if value is None else Container(object, (name,), (value,))
            self.heap.write(held, contents)
        elif value is None:
            del frame.names[name]
        else:
            frame.names[name] = value

    def written_outside(self, what: str) -> DifferentiationError:
        return self.refusal(
            f"{what} is assigned",
            "the change would be seen outside what is differentiated",
            "pass the value in and return the new one beside the result (`has_aux=True`), or do it in the caller",
        )

    def make_cells(self, frame: Frame) -> None:
        """Give the variables of a new frame that functions inside assign their cells."""
        for name in frame.code.cells:
            held = frame.names.get(name)
            contents = unbound_cell(name) if held is None else Container(object, (name,), (held,))
            frame.names[name] = self.heap.new("cell", contents)

    def local(self, frame: Frame, name: str) -> AbstractValue:
        value = frame.names.get(name, av.UNBOUND)
        if isinstance(value, Ref) and value.kind == "cell":
            return self.readable(self.heap.container(value).values[0])
        return self.variable(value, name)

    def cell(self, cell: types.CellType, name: str) -> AbstractValue:
        try:
            value = cell.cell_contents
        except ValueError:
            raise self.refusal(f"`{name}` is read before it has a value", "Python raises NameError here") from None
        return self.outside(value, lambda: cell.cell_contents, name, f"the closure variable `{name}`")

    def global_name(self, name: str) -> AbstractValue:
        namespace = self.code.globals
        if name in namespace:
            where = f"the global `{name}`"
            return self.outside(namespace[name], lambda: namespace.get(name, _MISSING), name, where)
        if hasattr(builtins, name):
            return av.Known(getattr(builtins, name))
        refusal = self.refusal(f"`{name}` is not defined", "Python raises NameError here", f"define or import `{name}`")
        raise self.standing_for(refusal, NameError(name))

    def outside(self, value: Any, read: Callable[[], Any], name: str, description: str) -> AbstractValue:
        """The abstract value of something that lives outside the function, guarded."""
        known = self.session.external.get(id(value))
        if isinstance(value, np.ndarray) and value.ndim == 0 and value.dtype == object:
            raise self.refusal(f"{description} is an array of objects", "objects have no derivative")
        if isinstance(value, np.ndarray):
            return (
                self.same_array(known[1], read, description)
                if known
                else self.hidden_array(value, read, name, description)
            )
        if is_generator(value):
            return self.by_reference(value, read, name, description, Handle(type(value)))
        if (opaque := opaque_type(value)) is not None:
            return self.by_reference(value, read, name, description, opaque)
        if is_container(value):
            self.expect_plain_container(type(value))
            self.guard(lambda: fingerprint(read()), fingerprint(value), f"the content of {description}", description)
            self.guard(read, value, description, description)
            return (
                self.same_container(known[1], description)
                if known
                else self.outside_container(value, read, name, description)
            )
        self.guard(read, value, description, description)
        return av.Known(value)

    def same_container(self, found: AbstractValue, description: str) -> AbstractValue:
        """A container that has been met before."""
        if self.session.copies_receivers and found in self.session.receivers:
            raise self.refusal(
                f"{description} is read, which the receiver of the method holds, too",
                "the method writes to what its receiver holds: to a copy of it, as with an argument",
                "reach it through `self` only",
            )
        return found

    def receiver(self, value: AbstractValue) -> AbstractValue:
        """The receiver of a method, from outside: itself, or a copy where the method writes to it.

        Arrays stay what they are: they must not be written to.
        """
        copies: dict[AbstractValue, AbstractValue] = {}

        def copied(value: AbstractValue) -> AbstractValue:
            if isinstance(value, av.Tuple):
                self.session.receivers.add(value)
                return av.Tuple(tuple(map(copied, value.items)), value.cls)
            if not isinstance(value, Ref) or value.kind == "array" or value not in self.session.outside:
                return value
            if value not in copies:
                self.session.receivers.add(value)
                held = self.heap.container(value)
                copies[value] = made = self.heap.new(value.kind, Container(held.cls, (), ()))
                self.heap.write(made, Container(held.cls, held.keys, tuple(map(copied, held.values))))
            return copies[value]

        copy = copied(value)
        return copy if self.session.copies_receivers else value

    def expect_plain_container(self, cls: type) -> None:
        """Refuse subclasses of list and dict that may give operations another meaning."""
        if issubclass(cls, list | dict) and python_class(cls).__module__ not in ("builtins", "collections"):
            base = "list" if issubclass(cls, list) else "dict"
            raise self.refusal(
                f"a `{cls.__name__}` is used as a container",
                f"a subclass of {base} may give its operations another meaning",
                f"pass a plain {base}, or keep one in an attribute",
            )

    def guard(self, read: Callable[[], Any], value: Any, description: str, key: str) -> None:
        """Keep a fact that the program is specialised to."""
        if isinstance(value, types.ModuleType) or getattr(builtins, getattr(value, "__name__", ""), None) is value:
            return
        token = value if isinstance(value, str) else id(value)
        self.session.guards.setdefault((description, token), Guard(read, value, description, self.loc))

    def same_array(self, ref: AbstractValue, read: Callable[[], Any], description: str) -> AbstractValue:
        """An array that has been met before under another name must stay the same one."""
        assert isinstance(ref, Ref)
        contents = self.session.outside[ref]
        assert isinstance(contents, HiddenInput)
        first = self.session.hidden[contents.key]
        if first.description != description:
            where = f"{description} (the same array as {first.description})"
            self.guard(lambda: read() is first.read(), True, where, description)
        return ref

    def hidden_array(self, value: Any, read: Callable[[], Any], name: str, description: str) -> Ref:
        if value.dtype.kind not in "biufc":
            raise self.refusal(
                f"{description} is an array of dtype {value.dtype}",
                "only numbers can be computed with",
                "convert it to a numeric array outside the function",
            )
        self.guard(lambda: abstract_array(read()), abstract_array(value), f"the kind of {description}", description)
        unique = self.session.hidden_name(name)
        array = HiddenArray(unique, read, Array(value.dtype, global_dims(value.shape, unique)), value, description)
        self.session.hidden.append(array)
        ref = Ref("array")
        self.session.outside[ref] = HiddenInput(len(self.session.hidden) - 1)
        self.session.external[id(value)] = value, ref
        return ref

    def by_reference(
        self, value: Any, read: Callable[[], Any], name: str, description: str, t: Handle | Opaque
    ) -> AbstractValue:
        """A random generator, or an object of a library: a hidden input, read at each call, where it is used."""
        found = self.session.external.get(id(value))
        if found is not None:
            first = self.hidden_object(value)
            if first.description != description:
                where = f"{description} (the same object as {first.description})"
                self.guard(lambda: read() is first.read(), True, where, description)
            return found[1]
        unique = self.session.hidden_name(name)
        if isinstance(t, Opaque):
            t = dataclasses.replace(t, shape=global_dims(t.shape, unique))
        self.session.hidden.append(HiddenArray(unique, read, t, value, description))
        made = av.Known(value)
        self.session.external[id(value)] = value, made
        return made

    def outside_container(self, value: Any, read: Callable[[], Any], name: str, description: str) -> AbstractValue:
        if isinstance(value, tuple):
            items = self.parts(value, range(len(value)), read, name, description)
            made: AbstractValue = av.Tuple(items, type(value))
            self.session.external[id(value)] = value, made
            return made
        kinds: dict[type, RefKind] = {list: "list", deque: "list", dict: "dict", set: "set"}
        ref = Ref(next((kind for cls, kind in kinds.items() if isinstance(value, cls)), "object"))
        self.session.external[id(value)] = value, ref
        if isinstance(value, set):
            self.session.outside[ref] = self.set_from_outside(value)
            self.heap.frozen[ref] = description
            return ref
        if isinstance(value, list | deque):
            items = self.parts(value, range(len(value)), read, name, description)
            self.session.outside[ref] = Container(class_in_trees(value), (), items)
        elif isinstance(value, dict):
            items = self.parts(value, value, read, name, description)
            self.session.outside[ref] = Container(class_in_trees(value), tuple(value), items)
        else:
            fields = fields_of(value)
            items = tuple(self.part(fields[k], attribute_of(read, k), k, f"{description}.{k}") for k in fields)
            self.session.outside[ref] = Container(type(value), tuple(fields), items)
        self.heap.frozen[ref] = description
        return ref

    def parts(
        self, value: Any, keys: Iterable[Any], read: Callable[[], Any], name: str, description: str
    ) -> tuple[AbstractValue, ...]:
        """The items of a list, tuple or dict from outside."""
        return tuple(
            self.part(value[key], item_of(read, key), key_name(key, name), f"{description}[{key!r}]") for key in keys
        )

    def part(self, value: Any, read: Callable[[], Any], name: str, description: str) -> AbstractValue:
        """A part of a container from outside: plain values are covered by the container's guard."""
        if isinstance(value, NUMBERS) or value is None or isinstance(value, str):
            return av.Known(value)
        return self.outside(value, read, name, description)

    def is_library(self, function: types.FunctionType) -> bool:
        """Whether a function belongs to a library whose source is not entered."""
        top = top_module(function.__module__)
        if function.__module__ == CLASSES_OF_SERIES:
            return False
        if top in LIBRARIES:
            return True
        file = function.__code__.co_filename
        return top != self.session.home and (in_library_folder(file) or file.startswith("<frozen"))

    def module_attribute(self, module: types.ModuleType, name: str) -> AbstractValue:
        """An attribute of a module; those of libraries are not guarded."""
        if module is sys and name in ("stdout", "stderr"):
            return self.stream(name)
        value = getattr(module, name, _MISSING)
        if value is _MISSING:
            near = closest_name(name, dir(module))
            refusal = self.refusal(
                f"module `{module.__name__}` has no attribute `{name}`",
                "Python raises AttributeError here",
                f"use `{near}`, if that is meant" if near else "check the name",
            )
            raise self.standing_for(refusal, AttributeError(name))
        if top_module(module.__name__) in LIBRARIES and not isinstance(value, np.ndarray):
            return av.Known(value)
        where = f"the attribute `{name}` of module `{module.__name__}`"
        return self.outside(value, lambda: getattr(module, name, _MISSING), name, where)


def global_dims(shape: tuple[Any, ...], unique: str) -> Dims:
    """The dimensions of what is called so outside."""
    return tuple(1 if n == 1 else Sym(f"{unique}_global{k}", is_empty=n == 0) for k, n in enumerate(shape))


def unbound_cell(name: str) -> Container:
    """What the cell of a variable holds before it is assigned."""
    unbound = av.Conflict(
        f"`{name}` is read before it has a value", "Python raises UnboundLocalError here", f"assign `{name}` first"
    )
    return Container(object, (name,), (unbound,))


CLASSES_OF_SERIES = "numpy.polynomial._polybase"
LIBRARIES = frozenset({"numpy", "math", "cmath", "operator", "functools", "itertools", "scipy", "builtins"})


def is_container(value: Any) -> bool:
    """Whether a value from outside is taken apart: a list, tuple, dict, or an instance of a user's class."""
    if isinstance(value, list | tuple | dict | set | deque | types.SimpleNamespace):
        return True
    cls = type(value)
    if isinstance(value, type | enum.Enum | types.FunctionType | types.ModuleType | BaseException):
        return False
    return has_python_init(cls) and (hasattr(value, "__dict__") or dataclasses.is_dataclass(value))


def is_of_library(cls: type) -> bool:
    """Whether a class is a library's, whose source is not read; that of NumPy's polynomials is."""
    is_series = any(base.__module__ == CLASSES_OF_SERIES for base in cls.__mro__)
    return top_module(cls.__module__) in LIBRARIES and not is_series


def has_python_init(cls: type) -> bool:
    """Whether instances are plain Python objects of a class that is not a library's."""
    return not is_of_library(cls) and is_written_in_python(cls) and not callable_library(cls)


def is_written_in_python(cls: type) -> bool:
    """Whether a class statement made it: on the heap, where Python also puts its own classes, which do not change."""
    on_heap, immutable = 1 << 9, 1 << 8
    return cls.__flags__ & (on_heap | immutable) == on_heap


def callable_library(cls: type) -> bool:
    """Classes of this package and of the standard library's machinery are opaque."""
    return top_module(cls.__module__) in (
        "pullback",
        "types",
        "typing",
        "abc",
        "collections",
        "random",
        "re",
        "logging",
    )


def fields_of(value: Any) -> dict[str, Any]:
    """The attributes that an object holds itself."""
    fields = dict(getattr(value, "__dict__", {}))
    for cls in type(value).__mro__:
        slots = cls.__dict__.get("__slots__", ())
        for slot in (slots,) if isinstance(slots, str) else slots:
            if slot not in ("__dict__", "__weakref__") and hasattr(value, slot):
                fields.setdefault(slot, getattr(value, slot))
    return fields


def item_of(read: Callable[[], Any], key: Any) -> Callable[[], Any]:
    """How an item of what `read` gives is read."""
    return lambda: read()[key]


def attribute_of(read: Callable[[], Any], name: str) -> Callable[[], Any]:
    """How an attribute of what `read` gives is read."""
    return lambda: getattr(read(), name)


def key_name(key: Any, name: str) -> str:
    """A readable name for what a dict holds under a key."""
    return key if isinstance(key, str) and key.isidentifier() else f"{name}{key}" if isinstance(key, int) else name


def abstract_array(value: Any) -> str:
    """What a program that reads an array is specialised to: its dtype, its rank, and which dimensions are 0 or 1."""
    if not isinstance(value, np.ndarray):
        return type(value).__name__
    return f"{value.dtype}({', '.join(str(n) if n < 2 else 'n' for n in value.shape)})"


def fingerprint(value: Any, seen: tuple[int, ...] = ()) -> str:
    """The structure and the plain content of a container as a text; arrays count by their dtype and rank."""
    if id(value) in seen:
        return "..."
    seen = (*seen, id(value))
    if isinstance(value, np.ndarray):
        return abstract_array(value)
    if isinstance(value, NUMBERS) or value is None or isinstance(value, str):
        return f"{type(value).__name__}:{value!r}"
    if isinstance(value, dict):
        return f"{type(value).__name__}{{{', '.join(f'{k!r}: {fingerprint(v, seen)}' for k, v in value.items())}}}"
    if isinstance(value, set):
        parts = [fingerprint(v, seen) for v in value]  # the order of small ints counts
        return f"{type(value).__name__}{{{', '.join(parts if has_order(value) else sorted(parts))}}}"
    if isinstance(value, list | tuple | deque):
        return f"{type(value).__name__}[{', '.join(fingerprint(v, seen) for v in value)}]"
    if is_container(value):
        return f"{type(value).__name__}{fingerprint(fields_of(value), seen)}"
    return f"{type(value).__name__}@{id(value)}"


def has_order(value: set[Any]) -> bool:
    """Whether the order of a set does not differ from run to run."""
    return all(type(element) is int for element in value)


@functools.cache
def library_folders() -> tuple[str, ...]:
    import sysconfig

    return tuple({sysconfig.get_paths()[k] for k in ("stdlib", "platstdlib", "purelib", "platlib")})


@functools.cache
def in_library_folder(file: str) -> bool:
    """Whether a file belongs to the standard library or an installed package."""
    return file.startswith(library_folders())
