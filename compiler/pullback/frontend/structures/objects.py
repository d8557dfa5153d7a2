"""Attributes, methods, properties, classes: Python's lookup, on abstract objects; constructors are interpreted."""

from __future__ import annotations

import abc
import dataclasses
import enum
import functools
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from pullback.callables import called_through
from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.classes import Held, has_plain_init, is_local
from pullback.frontend.abstract.foreign import words_for
from pullback.frontend.abstract.state import is_library
from pullback.frontend.abstract.values import AbstractValue, Container, Ref
from pullback.frontend.base.outside import has_python_init
from pullback.frontend.base.refusals import NUMBERS
from pullback.frontend.operations.operators import defines, is_generated
from pullback.frontend.structures.dictionaries import Dictionaries
from pullback.frontend.structures.flat import set_flat
from pullback.ir.opaque import Opaque
from pullback.ir.types import Array, Handle, Scalar, Shape, is_generator, rank
from pullback.ir.variants import factory_of, is_defaulting, limit_of, python_class
from pullback.primitives.registry import ATTRIBUTES

_MISSING = object()
OF_MEMORY = ("flags", "strides", "base", "data", "ctypes")
_DATACLASS_MARK = "__dataclass_fields__"


class Objects(Dictionaries):
    """Attribute access and construction."""

    def attribute(self, value: AbstractValue, name: str) -> AbstractValue:
        """`value.name`."""
        value = self.used(value, f"its attribute `{name}` is read", AttributeError)
        found = self.find_attribute(value, name)
        if found is None:
            raise self.users_error(AttributeError(f"{self.describe(value)} has no attribute `{name}`"))
        return self.readable(found)

    def find_attribute(self, value: AbstractValue, name: str) -> AbstractValue | None:
        """`value.name`; None where Python would raise AttributeError."""
        match value:
            case av.Known(value=known) if is_generator(known):
                return av.Method(name, value) if hasattr(known, name) else None
            case _ if self.opaque(value) is not None:
                return self.object_attribute(value, name)
            case av.Known(value=known):
                return self.known_attribute(known, name)
            case Ref(kind="object") as ref:
                held = self.heap.container(ref)
                return self.instance_attribute(value, held.cls, held, name)
            case av.Tuple(cls=cls) if cls is not tuple:
                fields = getattr(cls, "_fields", ())
                if name in fields:
                    return value.items[fields.index(name)]
                if name in ("_replace", "_asdict", "index", "count"):
                    return av.Method(name, value)
                return self.instance_attribute(value, cls, None, name)
            case av.Super(cls=cls, receiver=receiver):
                return self.super_attribute(cls, receiver, name)
            case av.Tuple():
                return av.Method(name, value) if hasattr(tuple, name) else None
            case Ref(kind="list") if name == "maxlen" and self.is_deque(value):
                return av.Known(limit_of(self.class_held(value)))
            case Ref(kind="dict") if name == "default_factory" and is_defaulting(self.class_held(value)):
                return av.Known(factory_of(self.class_held(value)))
            case Ref(kind="list" | "dict" | "set") as ref:
                return av.Method(name, value) if hasattr(self.class_of(ref), name) else None
            case av.View():
                return av.Method(name, value) if hasattr(dict, name) else None
            case av.Late(cls=cls) if issubclass(cls, BaseException):
                return self.exception_attribute(value, name)
            case av.Late(cls=cls):
                return av.Method(name, value) if callable(getattr(cls, name, None)) else None
            case av.Closure(code=code, title=title) if name in ("__name__", "__qualname__"):
                return av.Known(title or code.name)
            case av.Closure():
                raise self.refusal(
                    f"the attribute `{name}` of {self.describe(value)} is used",
                    "functions, and curves, that are made inside the function have no attributes that are followed",
                    "keep it in a variable",
                )
        return self.numeric_attribute(value, name)

    def numeric_attribute(self, value: AbstractValue, name: str) -> AbstractValue | None:
        t = self.type_of(value)
        if t is None:
            raise self.refusal(
                f"the attribute `{name}` of {self.describe(value)} is used",
                "it is not followed",
                "write it another way",
            )
        if isinstance(t, Scalar) and not hasattr({"bool": bool, "int": int, "float": float}.get(t.kind, complex), name):
            return None
        if isinstance(t, Shape):
            return av.Method(name, value) if hasattr(tuple, name) else None
        if name == "flat" and isinstance(t, Array):
            return self.call(self.attribute(value, "reshape"), [av.Known(-1)], {})
        if name in ATTRIBUTES:
            return self.apply(ATTRIBUTES[name], f"`.{name}`", self.lower(value))
        if name in OF_MEMORY:
            raise self.refusal(
                f"the attribute `{name}` of an array is read",
                "how an array lies in memory is no part of what is computed",
                "pass what depends on it as an argument",
            )
        if isinstance(t, Array) and not hasattr(np.ndarray, name) and not hasattr(np.generic, name):
            return None
        return av.Method(name, value)

    def held(self, known: Held) -> AbstractValue:
        """A function or attribute of a class that is defined inside the function."""
        raise NotImplementedError

    def of_class(self, value: Any, read: Callable[[], Any], name: str, where: str) -> AbstractValue:
        """The abstract value of what stands in a class."""
        if isinstance(value, Held):
            return self.held(value)
        return self.outside(value, read, name, where)

    def known_attribute(self, known: Any, name: str) -> AbstractValue | None:
        if isinstance(known, types.ModuleType):
            return self.module_attribute(known, name)
        if isinstance(known, enum.Enum | type):
            return self.class_attribute(av.Known(known), known, name)
        if isinstance(known, np.generic) and name in ATTRIBUTES:
            return self.natively(getattr, known, name)
        if isinstance(known, (*NUMBERS, str, bytes, range, frozenset, np.dtype)):
            if not hasattr(known, name):
                return None
            found = getattr(known, name)
            return av.Method(name, av.Known(known)) if callable(found) else self.from_python(found)
        if isinstance(known, property) and name in ("getter", "setter", "deleter"):
            return av.Method(name, av.Known(known))
        if isinstance(known, BaseException) and name == "args":
            return self.from_python(known.args)
        if name in ("__name__", "__qualname__", "__doc__") or isinstance(known, np.finfo | np.iinfo):
            return av.Known(getattr(known, name)) if hasattr(known, name) else None
        found = getattr(known, name, _MISSING)
        if found is _MISSING:
            return None
        if isinstance(known, types.FunctionType | functools.partial | types.MethodType):
            return self.outside(
                found, lambda: getattr(known, name, _MISSING), name, f"the attribute `{name}` of `{known!r}`"
            )
        if callable(found) and isinstance(
            found, types.BuiltinMethodType | types.MethodType | np.ufunc | types.MethodWrapperType
        ):
            return av.Known(found)
        if isinstance(found, types.FunctionType | type):
            return av.Known(found)
        raise self.refusal(
            f"the attribute `{name}` of {self.describe(av.Known(known))} is read",
            f"a {type(known).__name__} is opaque to the compiler",
            "read it outside the function and pass the value",
        )

    def class_attribute(self, value: AbstractValue, cls: Any, name: str) -> AbstractValue | None:
        """An attribute of a class (or enum member) itself."""
        if isinstance(cls, enum.Enum):
            if is_local(type(cls)) and isinstance(raw := raw_attribute(type(cls), name), Held | property):
                return self.bound(value, type(cls), raw, name)
            found = getattr(cls, name, _MISSING)
            return (
                None
                if found is _MISSING
                else self.outside(found, lambda: getattr(cls, name, _MISSING), name, f"`{cls}.{name}`")
            )
        raw = raw_attribute(cls, name)
        if raw is _MISSING:
            found = getattr(cls, name, _MISSING)
            return None if found is _MISSING else av.Known(found)
        if isinstance(raw, classmethod | staticmethod):
            self.guard_attribute(cls, name, raw)
            function = av.Known(raw.__func__)
            return av.Bound(function, value) if isinstance(raw, classmethod) else function
        where = f"the class attribute `{cls.__name__}.{name}`"
        return self.of_class(getattr(cls, name), lambda: getattr(cls, name, _MISSING), name, where)

    def instance_attribute(
        self, value: AbstractValue, cls: type, held: Container | None, name: str
    ) -> AbstractValue | None:
        if name == "__class__":
            return av.Known(cls)
        if defines(cls, "__getattribute__"):
            raise self.refusal(
                f"{cls.__name__} defines __getattribute__", "it is not supported", "define properties, or __getattr__"
            )
        raw = raw_attribute(cls, name)
        if not isinstance(raw, property) and held is not None and (own := held.get(name)) is not None:
            return own
        if name == "__dict__":
            raise self.refusal("`__dict__` of an object is read", "it is not supported", "read the attributes by name")
        if raw is _MISSING:
            if hasattr(cls, "__getattr__"):
                return self.call(self.bind(cls.__getattr__, value), [av.Known(name)], {})
            return None
        return self.bound(value, cls, raw, name)

    def bind(self, function: Any, receiver: AbstractValue) -> AbstractValue:
        return av.Bound(av.Known(function), receiver)

    def bound(
        self, value: AbstractValue, cls: type, raw: Any, name: str, owner: type | None = None
    ) -> AbstractValue | None:
        """What a class attribute is when it is read through an instance; `owner` is where it was found by `super()`."""
        if isinstance(raw, types.FunctionType | property | functools.cached_property | classmethod | staticmethod):
            self.guard_attribute(owner or cls, name, raw)
        match raw:
            case Held() if raw.cell:
                return self.held(raw)
            case types.FunctionType() | Held():
                return self.bind(raw, value)
            case property():
                if raw.fget is None:
                    return None
                return self.call(self.bind(raw.fget, value), [], {})
            case functools.cached_property() if isinstance(value, Ref):
                computed = self.call(self.bind(raw.func, value), [], {})
                self.write(value, self.heap.container(value).put(name, computed))
                return computed
            case classmethod():
                return self.bind(raw.__func__, av.Known(cls))
            case staticmethod():
                return av.Known(raw.__func__)
            case functools.partialmethod():
                pass
            case types.MemberDescriptorType():
                return None  # a slot that has not been set
            case _ if called_through(raw) is not None:
                return av.Bound(av.Known(raw), value)
            case _ if not hasattr(type(raw), "__get__"):
                where = f"the class attribute `{cls.__name__}.{name}`"
                return self.outside(raw, lambda: getattr(cls, name, _MISSING), name, where)
        if isinstance(raw, types.WrapperDescriptorType | types.MethodDescriptorType):
            return av.Method(name, value)
        raise self.refusal(
            f"`{name}` of {cls.__name__} is a {type(raw).__name__}",
            "such descriptors are not supported",
            "use a method or a property",
        )

    def guard_attribute(self, cls: type, name: str, raw: Any) -> None:
        """Methods and properties may be replaced in their class."""
        if isinstance(raw, Held):
            return
        where = f"the method `{cls.__name__}.{name}`"
        self.guard(lambda: raw_attribute(cls, name), raw, where, where)

    def super_attribute(self, after: type, receiver: AbstractValue, name: str) -> AbstractValue | None:
        cls = receiver.value if isinstance(receiver, av.Known) else self.user_class(receiver)
        assert isinstance(cls, type)
        order = cls.__mro__
        for base in order[order.index(after) + 1 :]:
            if name in vars(base):
                raw = vars(base)[name]
                if isinstance(receiver, av.Known):
                    self.guard_attribute(base, name, raw)
                    return self.bind(raw.__func__, receiver) if isinstance(raw, classmethod) else av.Known(raw)
                if name == "__init__" and (
                    base is object or (issubclass(base, BaseException) and has_plain_init(base))
                ):
                    return av.Partial(av.Known(type(None)), (), {})
                return self.bound(receiver, cls, raw, name, base)
        return None

    def setattr(self, value: AbstractValue, name: str, item: AbstractValue) -> None:
        """`value.name = item`."""
        value = self.used(value, f"its attribute `{name}` is assigned", AttributeError)
        if isinstance(value, av.Known) and isinstance(value.value, type) and is_local(value.value):
            self.set_class_attribute(value.value, name, item)
            return
        if isinstance(value, Ref) and value.kind == "array" and name in ("real", "imag"):
            part = self.attribute(value, name)
            assert isinstance(part, Ref)
            self.assign_all(part, item)
            return
        if isinstance(value, Ref) and value.kind == "array" and name == "flat":
            self.as_written(set_flat, value, item)
            return
        if not (isinstance(value, Ref) and value.kind == "object"):
            what = "an attribute of an array" if self.is_numeric(value) else f"an attribute of {self.describe(value)}"
            raise self.refusal(
                f"{what} is assigned",
                "only attributes of the function's own objects may change",
                "keep it in a local name",
            )
        held = self.heap.container(value)
        raw = next((vars(base)[name] for base in held.cls.__mro__ if name in vars(base)), None)
        if isinstance(raw, property):
            if raw.fset is None:
                raise self.users_error(AttributeError(f"property `{name}` has no setter"))
            self.guard_attribute(held.cls, name, raw)
            self.call(self.bind(raw.fset, value), [item], {})
            return
        params = getattr(held.cls, "__dataclass_params__", None)
        if params is not None and params.frozen:
            raise self.users_error(dataclasses.FrozenInstanceError(f"cannot assign to field '{name}'"))
        if defines(held.cls, "__setattr__") and not is_generated(getattr(held.cls, "__setattr__", None)):
            raise self.refusal(
                f"{held.cls.__name__} defines __setattr__", "it is not supported", "assign plain attributes"
            )
        self.write(value, held.put(name, item))

    def set_class_attribute(self, cls: type, name: str, item: AbstractValue) -> None:
        """`Class.name = item`, of a class that is defined inside the function: an attribute that its body binds."""
        held = vars(cls).get(name)
        if not (isinstance(held, Held) and held.cell):
            raise self.refusal(
                f"the class attribute `{cls.__name__}.{name}` is assigned",
                "only values that the body of the class binds may change",
                f"bind `{name}` in the body of the class, or keep it in a variable",
            )
        self.held(held)
        assert isinstance(held.value, Ref)
        self.heap.write(held.value, Container(object, (name,), (item,)))

    def as_written(
        self, function: Callable[..., object], *args: AbstractValue, **kwargs: AbstractValue
    ) -> AbstractValue:
        """Interpret a function of the prelude."""
        raise NotImplementedError

    # Construction.

    def construct(self, cls: type, args: list[AbstractValue], kwargs: dict[str, AbstractValue]) -> AbstractValue:
        """Make an instance of a user's class."""
        if issubclass(cls, tuple) and hasattr(cls, "_fields"):
            return self.construct_namedtuple(cls, args, kwargs)
        if issubclass(cls, enum.Enum) and len(args) == 1:
            return self.natively(cls, self.static_key(args[0], "the value of an enum"))
        if (
            not has_python_init(cls)
            or type(cls) not in (type, abc.ABCMeta)
            or defines(cls, "__new__")
            or issubclass(cls, list | dict | tuple | str | int | float | BaseException | np.ndarray)
        ):
            raise self.refusal(
                f"an instance of `{cls.__name__}` is made",
                "only plain classes, dataclasses and namedtuples can be followed",
                "make it outside the function and pass what it holds",
            )
        if hasattr(cls, "__del__"):
            raise self.refusal(
                f"{cls.__name__} defines __del__",
                "when an object goes away is not part of what is computed",
                "call a method of its own where it is done with",
            )
        if missing := getattr(cls, "__abstractmethods__", ()):
            names = ", ".join(sorted(missing))
            raise self.users_error(TypeError(f"Can't instantiate abstract class {cls.__name__} with {names}"))
        ref = self.heap.new("object", Container(cls, (), ()))
        init = cls.__init__
        self.guard_attribute(cls, "__init__", raw_attribute(cls, "__init__"))
        if isinstance(init, types.FunctionType) and not is_generated(init) and self.is_library(init):
            words = words_for(cls, cls.__name__)
            raise self.refusal(
                f"an instance of `{cls.__module__}.{cls.__name__}` is made",
                *(
                    words
                    or ("classes of libraries are not followed", "make it outside the function and pass what it holds")
                ),
            )
        if hasattr(cls, _DATACLASS_MARK) and is_generated(init):
            self.init_dataclass(ref, cls, args, kwargs)
        elif isinstance(init, types.FunctionType | Held):
            self.call(self.bind(init, ref), args, kwargs)
        elif args or kwargs:
            raise self.users_error(TypeError(f"{cls.__name__}() takes no arguments"))
        return ref

    def init_dataclass(self, ref: Ref, cls: Any, args: list[AbstractValue], kwargs: dict[str, AbstractValue]) -> None:
        declared = [f for f in vars_of_dataclass(cls) if f.init]
        positional = [f.name for f in declared if not f.kw_only]
        given = self.bind_fields(cls, positional, [f.name for f in declared], args, kwargs)
        passed: list[AbstractValue] = []
        for field in vars_of_dataclass(cls):
            if field.name in given:
                value = given[field.name]
            elif field.default is not dataclasses.MISSING:
                where = f"the default of `{cls.__name__}.{field.name}`"
                value = self.of_class(field.default, lambda f=field: f.default, field.name, where)  # type: ignore[misc]
            elif field.default_factory is not dataclasses.MISSING:
                value = self.call(av.Known(field.default_factory), [], {})
            elif field.init:
                raise self.users_error(TypeError(f"{cls.__name__}() is missing the argument '{field.name}'"))
            else:
                continue
            if is_init_only(field):
                passed.append(value)
            else:
                self.heap.write(ref, self.heap.container(ref).put(field.name, value))
        if hasattr(cls, "__post_init__"):
            self.call(self.attribute(ref, "__post_init__"), passed, {})

    def bind_fields(
        self,
        cls: type,
        positional: list[str],
        names: list[str],
        args: list[AbstractValue],
        kwargs: dict[str, AbstractValue],
    ) -> dict[str, AbstractValue]:
        """Arguments of a generated constructor by field."""
        given = dict(zip(positional, args, strict=False))
        if len(args) > len(positional) or set(kwargs) - set(names) or set(kwargs) & set(given):
            raise self.users_error(TypeError(f"the arguments do not fit {cls.__name__}({', '.join(names)})"))
        return {**given, **kwargs}

    def construct_namedtuple(
        self, cls: Any, args: list[AbstractValue], kwargs: dict[str, AbstractValue]
    ) -> AbstractValue:
        names = list(cls._fields)
        given = self.bind_fields(cls, names, names, args, kwargs)
        for name in names:
            if name not in given:
                if name not in cls._field_defaults:
                    raise self.users_error(TypeError(f"{cls.__name__}() is missing the argument '{name}'"))
                default = cls._field_defaults[name]
                where = f"the default of `{cls.__name__}.{name}`"
                given[name] = self.of_class(default, lambda n=name: cls._field_defaults[n], name, where)  # type: ignore[misc]
        return av.Tuple(tuple(given[name] for name in names), cls)

    # Classes of values.

    def class_of(self, value: AbstractValue) -> type | None:
        """The class of a value; None where it is known at run time only."""
        match value:
            case av.OneOf():
                raise av.Undecided(value)
            case av.Known(value=known):
                return type(known)
            case av.Tuple(cls=cls) | av.Late(cls=cls):
                return cls
            case Ref(kind="array") | av.Dynamic():
                return self.numeric_class(value)
            case Ref(kind="object") as ref:
                return self.heap.container(ref).cls
            case Ref(kind="dict" | "set" | "list") as ref:
                return python_class(self.class_held(ref))
            case av.Closure(code=code) if is_library(code.file):
                raise self.refusal(
                    f"the class of what `{code.name}` stands for is asked for",
                    "of an object that a library makes inside the function, only calls are followed",
                    "make it outside the function",
                )
            case av.Closure():
                return types.FunctionType
            case av.Bound():
                return types.MethodType
        return object

    def numeric_class(self, value: AbstractValue) -> type | None:
        t = self.type_of(value)
        match t:
            case Scalar(kind=kind):
                return {"bool": bool, "int": int, "float": float, "complex": complex}[kind]
            case Shape():
                return tuple
            case Handle(cls=cls) | Opaque(cls=cls):
                return cls
        return np.ndarray if rank(t) else None  # type: ignore[arg-type]  # rank 0: a NumPy number or a 0-d array

    def is_instance(self, value: AbstractValue, classes: tuple[type, ...]) -> bool:
        """`isinstance(value, classes)`."""
        value = self.checked(value)
        cls = self.class_of(value)
        if cls is not None:
            if isinstance(value, av.Known):
                return isinstance(value.value, classes)
            return issubclass(cls, classes)
        t = self.type_of(value)
        candidates: list[type] = [np.ndarray]
        if isinstance(t, Array) and t.shape == () and t.dtype is not None:
            candidates.append(t.dtype.type)
        else:
            candidates += [float, int, np.float64, np.float32]
        if isinstance(value, Ref) and rank(t) == 0 and self.heap.read(value) not in self.session.leaves:  # type: ignore[arg-type]
            number = self.is_numpy_number(value)
            candidates = candidates if number is None else candidates[1:] if number else candidates[:1]
        verdicts = {issubclass(c, classes) for c in candidates}
        if len(verdicts) == 1:
            return verdicts.pop()
        raise self.refusal(
            "`isinstance` asks for the class of a value that may be a number or an array",
            "the answer is known at run time only",
            "annotate the parameter, compile with `lower(args)`, or test `np.ndim(x)`",
        )


def raw_attribute(cls: type, name: str) -> Any:
    """What stands in a class, or in one that it inherits from, under a name."""
    return next((vars(base)[name] for base in cls.__mro__ if name in vars(base)), _MISSING)


def vars_of_dataclass(cls: Any) -> list[dataclasses.Field[Any]]:
    """What the generated constructor knows, in its order: the fields, and those that it only hands on."""
    return [f for f in getattr(cls, _DATACLASS_MARK).values() if is_init_only(f) or f in dataclasses.fields(cls)]


def is_init_only(field: dataclasses.Field[Any]) -> bool:
    """Whether a field is an `InitVar`: an argument of `__post_init__`, and no attribute."""
    return getattr(field, "_field_type", None) is getattr(dataclasses, "_FIELD_INITVAR", 0)
