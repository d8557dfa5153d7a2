"""Texts, exceptions and effects: what a function says, besides what it computes.

A text with a part that is known at run time only is `Late`, and so is an exception: a layout with holes, and what the
holes hold. Nothing but an effect reads it. Where a known string is needed instead, an int in it becomes static.
"""

from __future__ import annotations

import ast
import dataclasses
import enum
import inspect
import sys
import types
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.classes import held_by
from pullback.frontend.abstract.values import AbstractValue, Ref, is_none
from pullback.frontend.base.refusals import NUMBERS
from pullback.frontend.operations.operators import defines, is_generated
from pullback.frontend.structures.local_classes import LocalClasses
from pullback.ir.core import Atom
from pullback.ir.effects import (
    EFFECT,
    Action,
    Apply,
    Binary,
    Display,
    Hole,
    Layout,
    Member,
    Named,
    Piece,
    Plain,
    Text,
    shifted,
)
from pullback.ir.opaque import opaque_type

WRITTEN = (*NUMBERS, str, bytes, type(None), type(...))
CONVERSIONS: dict[int, tuple[str, Callable[[Any], str] | None]] = {
    -1: ("", None),
    115: ("s", str),
    114: ("r", repr),
    97: ("a", ascii),
}
LEVELS = ("debug", "info", "warning", "warn", "error", "critical", "fatal", "log")
SHOWING = ("__format__", "__str__", "__repr__")
STREAM_METHODS = ("write", "writelines", "flush")


class Effects(LocalClasses):
    """Builds layouts, and appends effects."""

    # Layouts. `atoms` collects what the holes hold.

    def layout(self, value: AbstractValue, atoms: list[Atom]) -> Layout:
        """How a value is written down in an effect."""
        value = self.checked(value)
        match value:
            case av.Known(value=known) if opaque_type(known) is None:
                return self.layout_of_known(known)
            case av.Late():
                atoms += value.atoms
                return shifted(value.layout, len(atoms) - len(value.atoms))
            case av.Tuple(items=items, cls=cls):
                parts = tuple(self.layout(item, atoms) for item in items)
                if cls is tuple:
                    return Display("tuple", parts)
                return Apply(named(cls), (), tuple(zip(cls._fields, parts, strict=True)))  # type: ignore[attr-defined]
            case Ref(kind="list") as ref if self.class_of(ref) is list:
                return Display("list", tuple(self.layout(item, atoms) for item in self.heap.container(ref).values))
            case Ref(kind="dict") as ref if self.heap.container(ref).cls is dict:
                held = self.heap.container(ref)
                keys = tuple(self.layout(self.from_python(key), atoms) for key in held.keys)
                return Display("dict", tuple(self.layout(item, atoms) for item in held.values), keys)
        atom = self.leaf(value)
        if atom is None:
            raise self.refusal(
                f"{self.describe(value)} is printed, logged, or part of a text",
                "only numbers, arrays, texts and containers of them are handed on",
                "pass what it holds",
            )
        atoms.append(atom)
        return Hole(len(atoms) - 1)

    def layout_of_known(self, known: Any) -> Layout:
        if isinstance(known, enum.Enum):
            return Member(named(type(known)), known.name)
        if isinstance(known, WRITTEN):
            return Plain(known)
        if isinstance(known, np.dtype):
            return Apply(Named(np.dtype, "numpy", "dtype"), (Plain(known.str),))
        if isinstance(known, type | types.FunctionType | types.BuiltinFunctionType):
            return named(known)
        if isinstance(known, BaseException):
            return Apply(named(type(known)), tuple(map(self.layout_of_known, known.args)))
        raise self.refusal(
            f"{self.describe(av.Known(known))} is printed, logged, or part of a text",
            "it cannot be written down in generated code",
            "pass a text that describes it",
        )

    def late(self, make: Callable[[list[Atom]], Layout], cls: type = str) -> av.Late:
        """A value that only effects read."""
        atoms: list[Atom] = []
        layout = make(atoms)
        return av.Late(layout, tuple(atoms), cls)

    def must_be_known(self, value: av.Late) -> Exception:
        """The error where a text is used as a known string."""
        for atom in value.atoms:
            return self.needs_key(atom, "a value in a text")
        return self.refusal(
            f"{self.describe(value)} is used as a value", "it can be raised, printed and logged only", "use a known one"
        )

    # Texts.

    def f_string(self, node: ast.JoinedStr) -> AbstractValue:
        """An f-string."""
        atoms: list[Atom] = []
        parts: list[str | Piece] = []
        for part in flat(self.piece(inner, atoms) for inner in node.values):
            if isinstance(part, str) and parts and isinstance(parts[-1], str):
                parts[-1] += part
            else:
                parts.append(part)
        if any(isinstance(part, Piece) for part in parts):
            return av.Late(Text(tuple(parts)), tuple(atoms), str)
        return av.Known("".join(map(str, parts)))

    def piece(self, node: ast.expr, atoms: list[Atom]) -> str | Piece:
        """One piece of an f-string: its text where that is known."""
        if isinstance(node, ast.Constant):
            return str(node.value)
        assert isinstance(node, ast.FormattedValue)
        word, convert = CONVERSIONS[node.conversion]
        with self.at(node.value):
            value = given = self.checked(self.evaluate(node.value))
            if word in ("r", "s") or (not word and node.format_spec is None):
                value = self.shown(given, {"r": "__repr__", "s": "__str__"}.get(word, "__format__"))
                word, convert = (word, convert) if value is given else ("", None)
        spec = av.Known("") if node.format_spec is None else self.evaluate(node.format_spec)
        if isinstance(spec, av.Known) and self.is_static(value):
            known = self.lower(value)
            formatted = self.natively(format, known if convert is None else convert(known), spec.value)
            assert isinstance(formatted, av.Known)
            return str(formatted.value)
        layout = self.layout(value, atoms)
        return Piece(layout, word, None if node.format_spec is None else self.layout(spec, atoms))

    def shown(self, value: AbstractValue, method: str) -> AbstractValue:
        """What stands for a value in a text: for an object, what its class says."""
        value = self.checked(value)
        cls = self.user_class(value)
        if cls is None or not isinstance(value, Ref):
            return value
        for name in {"__repr__": ("__repr__",), "__str__": ("__str__", "__repr__")}.get(method, SHOWING):
            if name == "__repr__" and is_generated(inspect.unwrap(getattr(cls, name))):
                return self.dataclass_text(cls, value)
            if defines(cls, name) and not is_generated(getattr(cls, name)):
                return self.call(self.special(value, name), [av.Known("")] if name == "__format__" else [], {})
        return value

    def dataclass_text(self, cls: Any, value: Ref) -> AbstractValue:
        """What the `__repr__` that a dataclass is given says."""
        atoms: list[Atom] = []
        parts: list[str | Piece] = []
        for field in dataclasses.fields(cls):
            if field.repr:
                before = ", " if parts else f"{cls.__qualname__}("
                inner = self.attribute(value, field.name)
                shown = self.shown(inner, "__repr__")
                parts += [f"{before}{field.name}=", Piece(self.layout(shown, atoms), "r" if shown is inner else "")]
        text = Text((*flat(parts), ")")) if parts else Plain(f"{cls.__qualname__}()")
        return av.Late(text, tuple(atoms), str)

    def text_operator(self, kind: type[ast.operator], a: AbstractValue, b: AbstractValue) -> AbstractValue | None:
        """`+` and `%` of texts; None where neither applies."""
        if kind is ast.Mod and (is_text(a) or (is_string(a) and not self.is_static(b))):
            return self.late(lambda atoms: Binary("%", self.layout(a, atoms), self.layout(self.operand(b), atoms)))
        if kind is ast.Add and (is_text(a) or is_text(b)) and all(is_text(v) or is_string(v) for v in (a, b)):
            return self.late(lambda atoms: Binary("+", self.layout(a, atoms), self.layout(b, atoms)))
        if is_text(a) or is_text(b):
            raise self.must_be_known(a if isinstance(a, av.Late) else b)  # type: ignore[arg-type]  # one of them is
        return None

    def operand(self, value: AbstractValue) -> AbstractValue:
        """The right-hand side of `%`, in which objects are shown."""
        if isinstance(value, av.Tuple) and value.cls is tuple:
            return av.Tuple(tuple(self.shown(item, "__str__") for item in value.items))
        return self.shown(value, "__str__")

    def text_method(
        self, name: str, receiver: AbstractValue, args: list[AbstractValue], kwargs: dict[str, AbstractValue]
    ) -> AbstractValue | None:
        """`format` and `join` of strings; None where it is neither, or all is known."""
        if not (is_string(receiver) or is_text(receiver)) or name not in ("format", "join"):
            return None
        if is_string(receiver) and all(map(self.is_static, (*args, *kwargs.values()))):
            return None
        if name == "format":
            args, kwargs = [self.shown(a, "") for a in args], {k: self.shown(v, "") for k, v in kwargs.items()}
        return self.late(
            lambda atoms: Apply(
                Member(self.layout(receiver, atoms), name),
                tuple(self.layout(a, atoms) for a in args),
                tuple((k, self.layout(v, atoms)) for k, v in kwargs.items()),
            )
        )

    def text_of(self, function: Any, value: AbstractValue, *more: AbstractValue) -> AbstractValue:
        """`str`, `repr`, `ascii` or `format` of what is not known."""
        method = {repr: "__repr__", ascii: "__repr__", str: "__str__"}.get(function, "")
        value = self.shown(value, method)
        if function is str and (is_text(value) or is_string(value)):
            return value
        name = named(function)
        return self.late(lambda atoms: Apply(name, tuple(self.layout(v, atoms) for v in (value, *more))))

    def exception(
        self, cls: type[BaseException], args: list[AbstractValue], kwargs: dict[str, AbstractValue]
    ) -> AbstractValue:
        """An exception that is made; its class sees the arguments when the code runs."""
        if held_by(cls):
            raise self.refusal(
                f"an exception of the class `{cls.__name__}` is made, which is defined inside the function",
                "its functions would run in the generated code, which does not have them",
                "define it at module level, or with an empty body",
            )
        return self.late(
            lambda atoms: Apply(
                named(cls),
                tuple(self.layout(a, atoms) for a in args),
                tuple((name, self.layout(v, atoms)) for name, v in kwargs.items()),
            ),
            cls,
        )

    def stream(self, name: str) -> AbstractValue:
        """`sys.stdout` or `sys.stderr`, whatever that is when the code runs."""
        return av.Late(Member(Named(sys, "sys", ""), name), (), type(sys.stdout))

    # Effects.

    def effect(self, action: Action, atoms: list[Atom]) -> None:
        """Append an effect."""
        self.builder.append(EFFECT, tuple(atoms), {"action": action}, ())

    def called_for_effect(
        self, function: Layout, args: list[AbstractValue], kwargs: dict[str, AbstractValue], keeps: bool = False
    ) -> AbstractValue:
        """Call something at run time, for its effect."""
        atoms: list[Atom] = []
        positional = tuple(self.layout(a, atoms) for a in args)
        keywords = tuple((name, self.layout(value, atoms)) for name, value in kwargs.items())
        self.effect(Action("call", Apply(function, positional, keywords), keeps=keeps), atoms)
        return av.NONE

    def builtin_print(self, *args: AbstractValue, **kwargs: AbstractValue) -> AbstractValue:
        """`print`."""
        file = kwargs.get("file", av.NONE)
        if not (isinstance(file, av.Late) and file.cls is not str) and not is_none(file):
            raise self.refusal(
                f"`print` writes to {self.describe(file)}",
                "files are not followed",
                "print to sys.stdout or sys.stderr, or write outside the function",
            )
        shown = [self.shown(a, "__str__") for a in args]
        return self.called_for_effect(named(print), shown, kwargs)

    def effect_call(
        self, function: Any, args: list[AbstractValue], kwargs: dict[str, AbstractValue]
    ) -> AbstractValue | None:
        """A call of a function of `logging` or `warnings`; None of anything else."""
        if function is warnings.warn:
            return self.called_for_effect(Named(function, "warnings", "warn"), args, kwargs)
        if "logging" not in sys.modules:
            return None
        import logging  # slow to load, and loaded by whoever calls it

        if function is logging.getLogger and all(map(self.is_static, args)) and not kwargs:
            return av.Known(logging.getLogger(*map(self.lower, args)))
        name = getattr(function, "__name__", "")
        if name not in LEVELS:
            return None
        if getattr(logging, name, None) is function:
            return self.called_for_effect(Named(function, "logging", name), args, kwargs, keeps=True)
        logger = getattr(function, "__self__", None)
        if not isinstance(function, types.MethodType) or not isinstance(logger, logging.Logger):
            return None
        root = logger is logging.getLogger()
        if not root and logging.getLogger(logger.name) is not logger:
            raise self.refusal(
                f"the logger `{logger.name}` is called",
                "it was not made by `logging.getLogger`, by which generated code would find it",
                "make it with `logging.getLogger(name)`",
            )
        found = Apply(Named(logging.getLogger, "logging", "getLogger"), () if root else (Plain(logger.name),))
        return self.called_for_effect(Member(found, name), args, kwargs, keeps=True)

    def late_method(
        self, receiver: av.Late, name: str, args: list[AbstractValue], kwargs: dict[str, AbstractValue]
    ) -> AbstractValue:
        """A method of a text, which must be known, or of a stream."""
        if receiver.cls is str or issubclass(receiver.cls, BaseException) or name not in STREAM_METHODS:
            raise self.must_be_known(receiver)
        return self.called_for_effect(Member(receiver.layout, name), args, kwargs)


def flat(parts: Iterable[str | Piece]) -> Iterator[str | Piece]:
    """The pieces of a text, those of the texts that stand in it among them."""
    for part in parts:
        if (
            isinstance(part, Piece)
            and isinstance(part.value, Text)
            and part.spec is None
            and part.conversion in ("", "s")
        ):
            yield from part.value.parts
        else:
            yield part


def named(value: Any) -> Named:
    """A class or function by its name."""
    return Named(value, value.__module__, value.__qualname__)


def is_text(value: AbstractValue) -> bool:
    """Whether a value is a text that is known at run time only."""
    return isinstance(value, av.Late) and value.cls is str


def is_string(value: AbstractValue) -> bool:
    return isinstance(value, av.Known) and isinstance(value.value, str)
