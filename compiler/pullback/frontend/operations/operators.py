"""Operators: known operands are computed now, dynamic ones by their meaning, objects by their methods."""

from __future__ import annotations

import ast
import operator
import types
from collections.abc import Callable
from typing import Any

from pullback.errors import DifferentiationError
from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.heap import Grown
from pullback.frontend.abstract.values import AbstractValue, Ref
from pullback.frontend.base.refusals import PLAIN
from pullback.frontend.joins.choices import Choices
from pullback.ir.types import List, Shape, is_index
from pullback.primitives.registry import MEANINGS

BINARY: dict[type[ast.operator], tuple[Callable[[Any, Any], Any], str, str]] = {
    ast.Add: (operator.add, "add", "+"),
    ast.Sub: (operator.sub, "sub", "-"),
    ast.Mult: (operator.mul, "mul", "*"),
    ast.Div: (operator.truediv, "truediv", "/"),
    ast.FloorDiv: (operator.floordiv, "floordiv", "//"),
    ast.Mod: (operator.mod, "mod", "%"),
    ast.Pow: (operator.pow, "pow", "**"),
    ast.MatMult: (operator.matmul, "matmul", "@"),
    ast.LShift: (operator.lshift, "lshift", "<<"),
    ast.RShift: (operator.rshift, "rshift", ">>"),
    ast.BitAnd: (operator.and_, "and", "&"),
    ast.BitOr: (operator.or_, "or", "|"),
    ast.BitXor: (operator.xor, "xor", "^"),
}
UNARY: dict[type[ast.unaryop], tuple[Callable[[Any], Any], str, str]] = {
    ast.USub: (operator.neg, "neg", "-"),
    ast.UAdd: (operator.pos, "pos", "+"),
    ast.Invert: (operator.invert, "invert", "~"),
}


class Operators(Choices):
    """Unary and binary operators, comparisons, short circuits."""

    def natively(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> AbstractValue:
        """Let Python compute something pure on known values."""
        try:
            result = function(*args, **kwargs)
        except Exception as error:
            raise self.users_error(error) from error
        return self.from_python(result)

    def from_python(self, value: Any) -> AbstractValue:
        """The abstract value of a fresh Python value without aliases."""
        if type(value) is list:
            return self.heap.list_of(tuple(map(self.from_python, value)))
        if type(value) is tuple:
            return av.Tuple(tuple(map(self.from_python, value)))
        if type(value) is dict:
            return self.heap.new("dict", av.Container(dict, tuple(value), tuple(map(self.from_python, value.values()))))
        return av.Known(value)

    def binary(self, kind: type[ast.operator], a: AbstractValue, b: AbstractValue) -> AbstractValue:
        """`a op b`."""
        function, name, symbol = BINARY[kind]
        if kind is ast.BitOr and isinstance(a, av.Known) and isinstance(b, av.Known) and name_types(a.value, b.value):
            return av.Known(a.value | b.value)
        a, b = self.operands(symbol, a, b)
        if isinstance(a, av.Known) and isinstance(b, av.Known) and self.is_plain(a) and self.is_plain(b):
            return self.natively(function, a.value, b.value)
        if (text := self.text_operator(kind, a, b)) is not None:
            return text
        if kind is ast.Mod and isinstance(a, av.Known) and isinstance(a.value, str):
            return self.natively(function, a.value, self.static_value(b))
        if (made := self.object_operator(symbol, a, b)) is not None:
            return made
        own = [f"__{name}__", f"__r{name}__"]
        says_itself = any(defines(cls, m) for v in (a, b) if (cls := self.user_class(v)) is not None for m in own)
        if not says_itself and (sequence := self.sequence_operator(kind, a, b)) is not None:
            return sequence
        if (made := self.operator_method(a, b, *own)) is not None:
            return made
        self.expect_numbers(symbol, a, b)
        if function not in MEANINGS:
            raise self.missing_operator(symbol)
        return self.apply(MEANINGS[function], f"`{symbol}`", self.lower(a), self.lower(b))

    def operands(self, symbol: str, *values: AbstractValue) -> list[AbstractValue]:
        """Operands, none of which Python could go on with if it were None; a user's class may say otherwise."""
        if any(self.user_class(value) is not None for value in values):
            return list(map(self.checked, values))
        return [self.used(value, f"`{symbol}` is applied to it") for value in values]

    def missing_operator(self, symbol: str) -> Exception:
        return self.refusal(
            f"the operator `{symbol}` has no rule", "its derivative is not known", "compute it outside the function"
        )

    def is_plain(self, value: AbstractValue) -> bool:
        """Whether Python may compute with a known value at compile time."""
        return isinstance(value, av.Known) and isinstance(value.value, PLAIN)

    def expect_numbers(self, symbol: str, *operands: AbstractValue) -> None:
        """Refuse what Python would raise TypeError for."""
        for value in operands:
            is_sequence = isinstance(value, av.Tuple) or (isinstance(value, Ref) and value.kind == "list")
            if is_sequence and any(self.is_big(v) for v in operands):
                continue
            if not self.is_numeric(value):
                t = self.type_of(value)
                if isinstance(t, Shape) or is_sequence:
                    continue
                raise self.refusal(
                    f"`{symbol}` is applied to {self.describe(value)}",
                    "it is not a number or an array",
                    "use its numbers or arrays",
                )

    def sequence_operator(self, kind: type[ast.operator], a: AbstractValue, b: AbstractValue) -> AbstractValue | None:
        """`+` and `*` of tuples and lists."""
        if kind is ast.Add:
            if isinstance(a, av.Tuple) and isinstance(b, av.Tuple):
                return av.Tuple((*a.items, *b.items))
            if isinstance(a, Ref) and isinstance(b, Ref) and a.kind == b.kind == "list":
                first, second = self.heap.read(a), self.heap.read(b)
                if isinstance(second, Grown) and not isinstance(first, Grown):
                    first = self.as_grown(second, self.items_of(a, "`+`"))
                if isinstance(first, Grown):
                    return self.heap.new("list", self.chained(first, b))
                return self.heap.list_of((*self.heap.container(a).values, *self.heap.container(b).values))
        if kind is ast.Mult:
            for sequence, count in ((a, b), (b, a)):
                is_list = isinstance(sequence, Ref) and sequence.kind == "list"
                if not (is_list or isinstance(sequence, av.Tuple)):
                    continue
                if not isinstance(count, av.Known) and is_index(self.type_of(count)):
                    return self.repeated(sequence, count)
                if isinstance(count, av.Known) and isinstance(count.value, int):
                    if isinstance(sequence, av.Tuple):
                        return av.Tuple(sequence.items * count.value)
                    assert isinstance(sequence, Ref)
                    return self.heap.list_of(self.heap.container(sequence).values * count.value)
        if kind is ast.BitOr and isinstance(a, Ref) and isinstance(b, Ref) and a.kind == b.kind == "dict":
            merged = self.heap.container(a)
            other = self.heap.container(b)
            for key, value in zip(other.keys, other.values, strict=True):
                merged = merged.put(key, value)
            return self.heap.new("dict", merged)
        return None

    def repeated(self, sequence: AbstractValue, count: AbstractValue) -> AbstractValue:
        """A sequence as many times as only the run tells: a list of unknown length, unless an int parameter says."""
        atom = self.leaf(count)
        assert atom is not None
        need = self.needs_static(atom, "the length of a repeated sequence")
        if not isinstance(need, DifferentiationError) or not isinstance(sequence, Ref):
            raise need
        grown = self.grown(sequence) or self.indexable(self.items_of(sequence, "`*`"))
        types = [] if grown is None else [column.type for column in grown.columns]
        if grown is None or any(isinstance(t, List) and isinstance(t.element, List) for t in types):
            raise need
        return self.new_list(self.mapped(grown, "list_repeat", self.place(count)))

    def operator_method(self, a: AbstractValue, b: AbstractValue, name: str, reflected: str) -> AbstractValue | None:
        """The operator as a method of the user's class of either operand; None where neither has one."""
        attempts = [(a, name, b), (b, reflected, a)]
        classes = [self.user_class(a), self.user_class(b)]
        if classes[0] and classes[1] and classes[1] is not classes[0] and issubclass(classes[1], classes[0]):
            attempts.reverse()  # Python asks the subclass first
        for receiver, method, argument in attempts:
            cls = self.user_class(receiver)
            own = getattr(cls, method, None) if cls is not None and defines(cls, method) else None
            if own is None or is_generated(own):
                continue
            result = self.call(self.special(receiver, method), [argument], {})
            if not (isinstance(result, av.Known) and result.value is NotImplemented):
                return result
        return None

    def user_class(self, value: AbstractValue) -> type | None:
        """The class of an instance of a user's class."""
        if isinstance(value, Ref) and value.kind == "object":
            return self.heap.container(value).cls
        if isinstance(value, av.Tuple) and value.cls is not tuple:
            return value.cls
        return None

    def special(self, receiver: AbstractValue, name: str) -> AbstractValue:
        """A special method, which Python looks up in the class."""
        return self.attribute(receiver, name)

    def unary(self, kind: type[ast.unaryop], a: AbstractValue) -> AbstractValue:
        """`op a`."""
        if kind is ast.Not:
            return self.negated(self.truth(a))
        function, name, symbol = UNARY[kind]
        (a,) = self.operands(symbol, a)
        if (made := self.object_operator(symbol, a)) is not None:
            return made
        if isinstance(a, av.Known) and self.is_plain(a):
            return self.natively(function, a.value)
        if self.user_class(a) is not None:
            return self.call(self.special(a, f"__{name}__"), [], {})
        self.expect_numbers(symbol, a)
        if function not in MEANINGS:
            raise self.missing_operator(symbol)
        return self.apply(MEANINGS[function], f"`{symbol}`", self.lower(a))

    def static_key(self, key: AbstractValue, use: str) -> Any:
        """A key as a Python value."""
        key = self.checked(key)
        if isinstance(key, av.Known):
            return key.value
        if isinstance(key, av.Tuple):
            return tuple(self.static_key(item, use) for item in key.items)
        if isinstance(key, av.Late):
            raise self.must_be_known(key)
        atom = self.leaf(key)
        if atom is not None:
            raise self.needs_key(atom, use)
        raise self.refusal(
            f"{self.describe(key)} is used as {use}", "it must be a known value", "use a string or an int"
        )


def defines(cls: type, name: str) -> bool:
    """Whether a user's class, or one that it inherits from, defines a special method."""
    builtin = (object, tuple, types.SimpleNamespace, BaseException)
    return any(name in vars(base) for base in cls.__mro__ if base not in builtin)


def name_types(*values: Any) -> bool:
    """Whether `|` of these is a union of types."""
    named = [isinstance(value, type | types.UnionType) for value in values]
    return any(named) and all(name or value is None for name, value in zip(named, values, strict=True))


def is_generated(function: Any) -> bool:
    """Whether a function was generated as text, as `dataclass` does."""
    return isinstance(function, types.FunctionType) and function.__code__.co_filename == "<string>"
