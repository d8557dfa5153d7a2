"""`dataclass` as in the standard library, except that each method is made when it is first called.

A process that compiles one function calls the methods of few of the compiler's hundred records, and to generate all of
them took a quarter of the time to its first gradient. For type checkers, and for `dataclasses.fields` and `replace`,
this is the standard library's decorator.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(cls=None, /, *, frozen=False, slots=False, eq=True):
        """A class of fields, its methods made on demand.

        >>> @dataclass(frozen=True, slots=True)
        ... class Point:
        ...     x: int
        ...     y: int = 0
        >>> Point(1), Point(1) == Point(1, 0), dataclasses.replace(Point(1), y=2)
        (Point(x=1, y=0), True, Point(x=1, y=2))
        """
        if cls is None:
            return lambda cls: dataclass(cls, frozen=frozen, slots=slots, eq=eq)
        if cls.__doc__ is None:
            cls.__doc__ = cls.__name__  # else a signature is worked out, to make the docstring of it
        stated = {name for name, value in vars(cls).items() if value is not None}  # __eq__ alone sets __hash__ = None
        record = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(cls)
        methods = {"__init__": _later(record, "__init__", _init_frozen if frozen else _init), "__repr__": _repr}
        if eq:
            methods["__eq__"] = _later(record, "__eq__", _eq)
            methods["__hash__"] = _later(record, "__hash__", _hash) if frozen else None
        if frozen:
            methods |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
        for name, method in methods.items():
            if name not in stated:
                setattr(record, name, method)
        return record


Text = Callable[[tuple["dataclasses.Field[Any]", ...], dict[str, Any]], str]


def _later(cls: type, name: str, text_of: Text) -> Callable[..., Any]:
    """A method that, when it is first called, puts the method in its place of which `text_of` gives the definition.

    `text_of` is given the fields, and a namespace to which it adds what the definition refers to.
    """

    def first(self: Any, *args: Any, **kwargs: Any) -> Any:
        namespace: dict[str, Any] = {"cls": cls}
        exec(text_of(dataclasses.fields(cls), namespace), namespace)
        method = namespace[name]
        method.__qualname__ = f"{cls.__qualname__}.{name}"
        setattr(cls, name, method)
        return method(self, *args, **kwargs)

    return first


def _init(fields: tuple[dataclasses.Field[Any], ...], namespace: dict[str, Any], setting: str = "self.{} = {}") -> str:
    parameters, lines = [], []
    for f in fields:
        value = f.name
        if f.default_factory is not dataclasses.MISSING:
            namespace[f"make_{f.name}"] = f.default_factory
            value = f"make_{f.name}()" if not f.init else f"make_{f.name}() if {f.name} is missing else {f.name}"
        elif f.default is not dataclasses.MISSING:
            namespace[f"default_{f.name}"] = f.default
        if f.init:
            parameters.append(f.name + _default(f))
        if f.init or f.default_factory is not dataclasses.MISSING:
            lines.append(setting.format(f.name, value))
    namespace["missing"] = dataclasses.MISSING
    if hasattr(namespace["cls"], "__post_init__"):
        lines.append("self.__post_init__()")
    return f"def __init__({', '.join(['self', *parameters])}):\n " + "\n ".join(lines or ["pass"])


def _default(f: dataclasses.Field[Any]) -> str:
    if f.default_factory is not dataclasses.MISSING:
        return "=missing"
    return "" if f.default is dataclasses.MISSING else f"=default_{f.name}"


def _init_frozen(fields: tuple[dataclasses.Field[Any], ...], namespace: dict[str, Any]) -> str:
    namespace["set_field"] = object.__setattr__
    return _init(fields, namespace, "set_field(self, {!r}, {})")


def _eq(fields: tuple[dataclasses.Field[Any], ...], namespace: dict[str, Any]) -> str:
    mine, others = _compared(fields, "self"), _compared(fields, "other")
    return (
        "def __eq__(self, other):\n"
        " if other.__class__ is not self.__class__: return NotImplemented\n"
        f" return {mine} == {others}"
    )


def _hash(fields: tuple[dataclasses.Field[Any], ...], namespace: dict[str, Any]) -> str:
    return f"def __hash__(self): return hash({_compared(fields, 'self')})"


def _compared(fields: tuple[dataclasses.Field[Any], ...], owner: str) -> str:
    return f"({''.join(f'{owner}.{f.name}, ' for f in fields if f.compare)})"


def _repr(self: Any) -> str:
    shown = [f"{f.name}={getattr(self, f.name)!r}" for f in dataclasses.fields(self) if f.repr]
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _refuse_to_set(self: Any, name: str, value: Any) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: Any, name: str) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
