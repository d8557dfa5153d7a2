"""Classes defined inside the function: real classes, made when compiling, of functions that are interpreted in place.

What the body of such a class binds is kept in it as the interpreter knows it (`Held`): functions as closures, other
values in cells, so that an attribute of the class may change. `dataclass`, `NamedTuple`, `Enum` and properties are
Python's own.
"""

from __future__ import annotations

import abc
import ast
import collections
import dataclasses
import enum
import functools
import types
import typing
from collections.abc import Callable
from typing import Any

import numpy as np

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.classes import HELD, Held
from pullback.frontend.abstract.values import AbstractValue, Container, Frame, Ref
from pullback.frontend.operations.operators import defines
from pullback.frontend.structures.objects import Objects

METACLASSES = (type, abc.ABCMeta, enum.EnumType)
DESCRIPTORS = (property, classmethod, staticmethod, functools.cached_property)
PYTHONS_OWN = (
    *DESCRIPTORS,
    Held,
    enum.auto,
    dataclasses.Field,
    types.FunctionType,
    types.BuiltinFunctionType,
    type,
    np.ufunc,
)
ANNOTATIONS = (typing.ClassVar, dataclasses.InitVar, dataclasses.KW_ONLY)
OF_DESCRIPTORS = ("__get__", "__set__", "__delete__", "__set_name__")


class LocalClasses(Objects):
    """Definitions of classes, and the decorators that are used in them."""

    def class_statement(self, node: ast.ClassDef) -> None:
        """`class ...:` inside the function."""
        decorators = [self.evaluate(decorator) for decorator in node.decorator_list]
        bases = tuple(self.base_class(self.evaluate(base)) for base in node.bases)
        keywords = {}
        for keyword in node.keywords:
            if keyword.arg is None:
                raise self.refusal("a class is given `**` keywords", "they are not followed", "name the keywords")
            keywords[keyword.arg] = self.static_key(self.evaluate(keyword.value), "a keyword of a class")
        frame = Frame(self.code.nested(node), parent=self.frame.around or self.frame)
        frame.around = Frame(self.code.binding(["__class__"]), parent=frame.parent)
        made = self.made_class(node, bases, keywords, frame)
        value: AbstractValue = av.Known(made)
        self.own(frame.around, made)
        for decorator in reversed(decorators):
            value = self.call(decorator, [value], {})
            if isinstance(value, av.Known) and isinstance(value.value, type):  # `slots=True` makes another one
                self.own(frame.around, value.value)
        self.assign_name(node.name, value)

    @staticmethod
    def own(scope: Frame, cls: type) -> None:
        """Let the functions of a class know it."""
        scope.owner = cls
        scope.names["__class__"] = av.Known(cls)

    def base_class(self, value: AbstractValue) -> Any:
        """A class to inherit from."""
        known = self.checked(value)
        if not isinstance(known, av.Known):
            raise self.refusal(
                f"a class inherits from {self.describe(value)}", "which class that is must be known", "name the class"
            )
        base = known.value
        resolved = (
            base.__mro_entries__((base,))
            if not isinstance(base, type) and hasattr(base, "__mro_entries__")
            else (base,)
        )
        for cls in resolved:
            if type(cls) not in METACLASSES and base is not typing.NamedTuple:
                raise self.refusal(
                    f"a class inherits from {self.describe(known)}",
                    "it has a metaclass, which may do anything when the class is defined",
                    "define the class at module level",
                )
            if any("__init_subclass__" in vars(c) for c in cls.__mro__ if c.__module__ not in ("builtins", "typing")):
                raise self.refusal(
                    f"a class inherits from `{cls.__name__}`, which defines __init_subclass__",
                    "it would run when the class is defined, at every call",
                    "define the class at module level",
                )
        return base

    def made_class(self, node: ast.ClassDef, bases: tuple[Any, ...], keywords: dict[str, Any], frame: Frame) -> type:
        """The class that the body of a class statement makes."""
        if "metaclass" in keywords and keywords["metaclass"] not in METACLASSES:
            raise self.refusal(
                f"the class `{node.name}` has a metaclass",
                "it may do anything when the class is defined",
                "define the class at module level",
            )
        is_enum = any(isinstance(base, enum.EnumType) for base in bases)
        annotations: dict[str, Any] = {}
        self.class_body(node, frame, annotations)
        held: list[AbstractValue] = []
        names = {
            name: self.member(name, value, held, frame.code.qualname, is_enum=is_enum and not is_dunder(name))
            for name, value in frame.names.items()
        }
        names |= {"__module__": self.code.globals.get("__name__", ""), "__qualname__": frame.code.qualname}
        if (text := ast.get_docstring(node, clean=False)) is not None:
            names["__doc__"] = text
        if annotations:
            names["__annotations__"] = annotations
        made = self.natively(types.new_class, node.name, bases, keywords, lambda namespace: fill(namespace, names))
        assert isinstance(made, av.Known)
        cls: type = made.value
        setattr(cls, HELD, tuple(held))
        return cls

    def class_body(self, node: ast.ClassDef, frame: Frame, annotations: dict[str, Any]) -> None:
        """Interpret the body of a class in a frame of its own."""
        saved = self.frame, self.pending, self.loops
        self.callers.append(self.frame)
        self.left_open.append(bool(self.pending))
        self.dynamic += self.left_open[-1]
        self.frame, self.pending, self.loops = frame, [], []
        errors = dict(self.session.errors)
        try:
            for statement in node.body:
                if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.simple:
                    annotations[statement.target.id] = self.annotation(statement.annotation)
            outcome = self.block(node.body)
            if self.session.errors != errors:
                raise av.Silenced
            if outcome.exit in ("diverges", "raises"):
                raise av.Diverges if outcome.exit == "diverges" else av.Raised
        finally:
            self.dynamic -= self.left_open.pop()
            self.callers.pop()
            self.frame, self.pending, self.loops = saved

    def annotation(self, node: ast.expr) -> Any:
        """What an annotation says to `dataclass`: nothing, unless it is ClassVar, InitVar or KW_ONLY."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                node = ast.parse(node.value, mode="eval").body
            except SyntaxError:
                return object
        head = node.value if isinstance(node, ast.Subscript) else node
        if (
            not isinstance(head, ast.Name | ast.Attribute)
            or ast.unparse(head).split(".")[-1] not in NAMES_OF_ANNOTATIONS
        ):
            return object
        found = self.evaluate(head)
        known = found.value if isinstance(found, av.Known) else object
        return (
            dataclasses.InitVar(object) if known is dataclasses.InitVar else known if known in ANNOTATIONS else object
        )

    def member(self, name: str, value: AbstractValue, held: list[AbstractValue], where: str, is_enum: bool) -> Any:
        """What stands in a class for a value that its body binds."""
        value = self.checked(value)
        if isinstance(value, av.Closure):
            held.append(value)
            return Held(value, self.builder.ops)
        if isinstance(value, av.Known) and isinstance(value.value, PYTHONS_OWN):
            held += parts_of_descriptor(value.value)
            return value.value
        if is_enum:
            return self.static_key(value, "a member of an enum")
        if isinstance(value, av.Known) and (name.startswith("__") or isinstance(value.value, enum.Enum)):
            return value.value  # `__slots__`, `__hash__`: for Python itself
        cls = self.user_class(value)
        if cls is not None and any(defines(cls, method) for method in OF_DESCRIPTORS):
            raise self.refusal(
                f"`{name}` of `{where}` is a {cls.__name__}",
                "such descriptors are not supported",
                "use a method or a property",
            )
        if name == "__slots__":
            return self.static_value(value)
        cell = self.heap.new("cell", Container(object, (name,), (value,)))
        held.append(cell)
        return Held(cell, self.builder.ops, cell=True)

    # What is used in the body of a class.

    def held(self, known: Held) -> AbstractValue:
        """A function or attribute of a class, where the class is understood."""
        if not self.builder.is_open(known.region):
            raise self.refusal(
                "a class is used outside the branch, loop or function that defines it",
                "its functions see the variables of that place",
                "define the class before, or at module level",
            )
        if known.cell:
            assert isinstance(known.value, Ref)
            return self.heap.container(known.value).values[0]
        return known.value

    def native(self, value: AbstractValue) -> Any:
        """What a decorator of Python's own is given for a value."""
        value = self.checked(value)
        if isinstance(value, av.Known):
            return value.value
        if isinstance(value, av.Closure):
            return Held(value, self.builder.ops)
        cell = self.heap.new("cell", Container(object, ("default",), (value,)))
        return Held(cell, self.builder.ops, cell=True)

    def descriptor(self, function: Any, args: list[AbstractValue], kwargs: dict[str, AbstractValue]) -> AbstractValue:
        """`property(...)`, `classmethod(...)` and their like."""
        return self.natively(function, *map(self.native, args), **{k: self.native(v) for k, v in kwargs.items()})

    def abc_abstractmethod(self, funcobj: AbstractValue) -> AbstractValue:
        """`abc.abstractmethod`: only a class that is never instantiated keeps it."""
        return self.natively(abc.abstractmethod, self.native(funcobj))

    def dataclasses_field(self, **options: AbstractValue) -> AbstractValue:
        """`dataclasses.field`."""
        return self.natively(dataclasses.field, **{name: self.native(value) for name, value in options.items()})

    def dataclasses_dataclass(self, cls: AbstractValue = av.NONE, /, **options: AbstractValue) -> AbstractValue:
        """`dataclass`, with or without options."""
        if isinstance(cls, av.Known) and cls.value is None:
            return av.Partial(av.Known(dataclasses.dataclass), (), options)
        known = {name: self.static_key(value, "an option of `dataclass`") for name, value in options.items()}
        made = self.static_key(cls, "a dataclass")
        self.expect_shareable_defaults(made)
        made.__doc__ = made.__doc__ or made.__name__  # else it would be made of a signature that Python cannot see
        return self.natively(dataclasses.dataclass(**known), made)

    def expect_shareable_defaults(self, cls: type) -> None:
        """Raise what Python does where the default of a field could be changed."""
        for name in vars(cls).get("__annotations__", ()):
            default = vars(cls).get(name)
            default = default.default if isinstance(default, dataclasses.Field) else default
            if not (isinstance(default, Held) and default.cell):
                continue
            value = self.held(default)
            found = self.class_of(value) if isinstance(value, Ref) else None
            if found is not None and found.__hash__ is None:
                message = f"mutable default {found} for field {name} is not allowed: use default_factory"
                raise self.users_error(ValueError(message))

    def enum_auto(self) -> AbstractValue:
        """`enum.auto`: the enum numbers it."""
        return av.Known(enum.auto())

    def collections_namedtuple(
        self, typename: AbstractValue, field_names: AbstractValue, **options: AbstractValue
    ) -> AbstractValue:
        """`collections.namedtuple`."""
        defaults = options.pop("defaults", av.NONE)
        known = {name: self.static_key(value, "an option of `namedtuple`") for name, value in options.items()}
        values: list[AbstractValue] | None = None
        if not (isinstance(defaults, av.Known) and defaults.value is None):
            values = self.items_of(defaults, "`defaults=`")
            known["defaults"] = [self.native(value) for value in values]
        names = self.static_value(field_names)
        known.setdefault("module", self.code.globals.get("__name__", ""))
        made = self.natively(collections.namedtuple, self.static_key(typename, "the name of a class"), names, **known)
        assert isinstance(made, av.Known)
        kept = [field.value for field in made.value._field_defaults.values() if isinstance(field, Held)]
        setattr(made.value, HELD, tuple(kept))
        return made

    def property_method(self, known: property, name: str, args: list[AbstractValue]) -> AbstractValue:
        """`@x.setter` and its like."""
        return self.natively(getattr(known, name), *map(self.native, args))


NAMES_OF_ANNOTATIONS = ("ClassVar", "InitVar", "KW_ONLY")


def fill(namespace: Any, names: dict[str, Any]) -> None:
    """The body of a class: names, in order."""
    for name, value in names.items():
        namespace[name] = value


def is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def parts_of_descriptor(known: Any) -> list[AbstractValue]:
    """The functions and defaults, of a class that is defined, that stand in something of Python's own."""
    names = ("fget", "fset", "fdel", "func", "__func__", "default", "default_factory")
    found = [] if isinstance(known, type) else [getattr(known, name, None) for name in names]
    return [part.value for part in found if isinstance(part, Held)]


def by_descriptor(function: Callable[..., Any]) -> Callable[[Any, list[AbstractValue], dict[str, AbstractValue]], Any]:
    """A decorator of Python's own, on functions that are defined inside the function."""
    return lambda self, args, kwargs: self.descriptor(function, args, kwargs)
