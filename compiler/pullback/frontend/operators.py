"""Operators, comparisons, truth: known operands are computed now, dynamic ones by their meaning, objects by their methods."""

from __future__ import annotations

import ast
import dataclasses
import enum
import operator
import types
from collections.abc import Callable
from typing import Any

from pullback.frontend import abstract as av
from pullback.frontend.abstract import AbstractValue, Ref, Silenced
from pullback.frontend.core import NUMBERS, PLAIN
from pullback.frontend.joins import Joins
from pullback.frontend.state import NEXT, Outcome
from pullback.ir.core import Atom
from pullback.ir.types import Scalar, Shape, rank
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
COMPARE: dict[type[ast.cmpop], tuple[Callable[[Any, Any], Any], str, str, str]] = {
    ast.Lt: (operator.lt, "lt", "gt", "<"),
    ast.LtE: (operator.le, "le", "ge", "<="),
    ast.Gt: (operator.gt, "gt", "lt", ">"),
    ast.GtE: (operator.ge, "ge", "le", ">="),
    ast.Eq: (operator.eq, "eq", "eq", "=="),
    ast.NotEq: (operator.ne, "ne", "ne", "!="),
}


class Operators(Joins):
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
        a, b = self.checked(a), self.checked(b)
        if isinstance(a, av.Known) and isinstance(b, av.Known) and self.is_plain(a) and self.is_plain(b):
            return self.natively(function, a.value, b.value)
        if (sequence := self.sequence_operator(kind, a, b)) is not None:
            return sequence
        if (own := self.operator_method(a, b, f"__{name}__", f"__r{name}__")) is not None:
            return own
        self.expect_numbers(symbol, a, b)
        if function not in MEANINGS:
            raise self.missing_operator(symbol)
        return self.apply(MEANINGS[function], f"`{symbol}`", self.lower(a), self.lower(b))

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
                return self.heap.list_of((*self.heap.container(a).values, *self.heap.container(b).values))
        if kind is ast.Mult:
            for sequence, count in ((a, b), (b, a)):
                is_list = isinstance(sequence, Ref) and sequence.kind == "list"
                if not (is_list or isinstance(sequence, av.Tuple)):
                    continue
                t = self.type_of(count)
                if isinstance(count, av.Dynamic) and isinstance(t, Scalar) and t.kind in ("int", "bool"):
                    raise self.needs_static(count.atom, "the length of a repeated sequence")
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
        a = self.checked(a)
        if isinstance(a, av.Known) and self.is_plain(a):
            return self.natively(function, a.value)
        if self.user_class(a) is not None:
            return self.call(self.special(a, f"__{name}__"), [], {})
        self.expect_numbers(symbol, a)
        if function not in MEANINGS:
            raise self.missing_operator(symbol)
        return self.apply(MEANINGS[function], f"`{symbol}`", self.lower(a))

    def negated(self, truth: bool | Atom) -> AbstractValue:
        if isinstance(truth, bool):
            return av.Known(not truth)
        return self.apply(MEANINGS[operator.not_], "`not`", self.lower(self.value_of(truth)))

    def compare(self, kind: type[ast.cmpop], a: AbstractValue, b: AbstractValue) -> AbstractValue:
        """One comparison."""
        a, b = self.checked(a), self.checked(b)
        if kind in (ast.Is, ast.IsNot):
            same = self.identical(a, b)
            return av.Known(same if kind is ast.Is else not same)
        if kind in (ast.In, ast.NotIn):
            inside = self.contains(b, a)
            return av.Known(inside if kind is ast.In else not inside)
        function, name, mirrored, symbol = COMPARE[kind]
        if isinstance(a, av.Known) and isinstance(b, av.Known):
            return self.compare_known(function, a.value, b.value)
        if (own := self.operator_method(a, b, f"__{name}__", f"__{mirrored}__")) is not None:
            return own
        if (equal := self.structural_equality(a, b)) is not None and kind in (ast.Eq, ast.NotEq):
            return av.Known(equal if kind is ast.Eq else not equal)
        self.expect_numbers(symbol, a, b)
        return self.apply(MEANINGS[function], f"`{symbol}`", self.lower(a), self.lower(b))

    def compare_known(self, function: Callable[[Any, Any], Any], a: Any, b: Any) -> AbstractValue:
        if all(isinstance(v, (*PLAIN, type, enum.Enum, types.FunctionType, types.BuiltinFunctionType)) for v in (a, b)):
            return self.natively(function, a, b)
        if function in (operator.eq, operator.ne):
            return av.Known((a is b) == (function is operator.eq))
        raise self.refusal(f"{self.describe(av.Known(a))} is compared", "its order is not known", "compare numbers")

    def structural_equality(self, a: AbstractValue, b: AbstractValue) -> bool | None:
        """Equality of containers of known values; None where elements are dynamic numbers or arrays."""
        if isinstance(a, av.Known) and isinstance(b, av.Known):
            compared = self.compare_known(operator.eq, a.value, b.value)
            return compared.value if isinstance(compared, av.Known) else None
        numeric = [self.is_numeric(v) for v in (a, b)]
        if all(numeric):
            return None
        if any(numeric):
            other = b if numeric[0] else a
            return False if isinstance(other, av.Known) and isinstance(other.value, str | type(None)) else None
        if {self.class_of(a), self.class_of(b)} & {None} or self.class_of(a) is not self.class_of(b):
            return False
        if isinstance(a, Ref) and isinstance(b, Ref) and a.kind == "object":
            return self.equal_objects(a, b)
        if isinstance(a, av.Tuple | Ref) and isinstance(b, av.Tuple | Ref):
            left, right = self.elements(a), self.elements(b)
            if left is None or right is None:
                return None
            if len(left) != len(right):
                return False
            verdicts = [self.structural_equality(p, q) for p, q in zip(left, right, strict=True)]
            return False if False in verdicts else None if None in verdicts else True
        return a is b

    def equal_objects(self, a: Ref, b: Ref) -> bool | None:
        """Equality of two objects of one class: by identity, of dataclasses by their fields."""
        left, right = self.heap.container(a), self.heap.container(b)
        params = getattr(left.cls, "__dataclass_params__", None)
        if a is b or params is None or not params.eq:
            return a is b
        fields = [f.name for f in dataclasses.fields(left.cls) if f.compare]
        pairs = [(left.get(name), right.get(name)) for name in fields]
        verdicts = [p is not None and q is not None and self.structural_equality(p, q) for p, q in pairs]
        return False if False in verdicts else None if None in verdicts else True

    def elements(self, value: AbstractValue) -> list[AbstractValue] | None:
        if isinstance(value, av.Tuple):
            return list(value.items)
        if isinstance(value, Ref) and value.kind == "list":
            return list(self.heap.container(value).values)
        return None

    def identical(self, a: AbstractValue, b: AbstractValue) -> bool:
        """`a is b`."""
        if isinstance(a, av.Known) and isinstance(b, av.Known):
            if any(
                isinstance(v.value, int | float | complex | str | bytes) and not isinstance(v.value, bool)
                for v in (a, b)
            ):
                if type(a.value) is type(b.value):
                    raise self.identity_refusal("numbers or strings")
            return a.value is b.value
        if isinstance(a, Ref) and isinstance(b, Ref) and a.kind != "array":
            return a is b
        for value, other in ((a, b), (b, a)):
            if isinstance(value, av.Known) and (value.value is None or isinstance(value.value, bool | type)):
                t = self.type_of(other)
                if not isinstance(value.value, bool) or not (isinstance(t, Scalar) and t.kind == "bool"):
                    return False
        if a is b and not self.is_numeric(a):
            return True
        raise self.identity_refusal("arrays or numbers" if self.is_numeric(a) else "values")

    def identity_refusal(self, what: str) -> Exception:
        return self.refusal(
            f"`is` compares {what}",
            "whether two values are the same object is not part of what is computed",
            "compare with `==`, or with `is None`",
        )

    def contains(self, container: AbstractValue, item: AbstractValue) -> bool:
        """`item in container`."""
        if isinstance(container, av.Known) and isinstance(item, av.Known) and self.is_plain(container):
            found = self.natively(operator.contains, container.value, item.value)
            return bool(found.value) if isinstance(found, av.Known) else False
        if isinstance(container, Ref) and container.kind == "dict":
            return self.heap.container(container).get(self.static_key(item, "a dict key")) is not None
        cls = self.user_class(container)
        if cls is not None and isinstance(container, Ref) and defines(cls, "__contains__"):
            verdict = self.truth(self.call(self.special(container, "__contains__"), [item], {}))
            if isinstance(verdict, bool):
                return verdict
        elif not self.is_numeric(container):
            for element in self.items_of(container, "`in`"):
                same = element is item or self.structural_equality(element, item)
                if same is None:
                    break
                if same:
                    return True
            else:
                return False
        raise self.refusal(
            f"`in` searches {self.describe(container)} for {self.describe(item)}",
            "the answer is known at run time only",
            "compare with `==` and combine with `or`",
        )

    def static_key(self, key: AbstractValue, use: str) -> Any:
        """A key as a Python value."""
        key = self.checked(key)
        if isinstance(key, av.Known):
            return key.value
        if isinstance(key, av.Tuple):
            return tuple(self.static_key(item, use) for item in key.items)
        atom = self.leaf(key)
        if atom is not None:
            raise self.needs_static(atom, use)
        raise self.refusal(
            f"{self.describe(key)} is used as {use}", "it must be a known value", "use a string or an int"
        )

    def truth(self, value: AbstractValue) -> bool | Atom:
        """The truth of a value: known, or an atom whose truth is tested at run time."""
        value = self.checked(value)
        match value:
            case av.Known(value=known) if isinstance(known, (*NUMBERS, str, bytes, type(None), range)):
                return bool(known)
            case av.Known(value=known) if isinstance(known, enum.Enum):
                return bool(known)
            case av.Tuple(items=items) if value.cls is tuple or not hasattr(value.cls, "__bool__"):
                return bool(items)
            case Ref(kind="list" | "dict") as ref:
                return bool(self.heap.container(ref).values)
            case av.View(ref=ref):
                return bool(self.heap.container(ref).values)
        if (cls := self.user_class(value)) is not None:
            for method in ("__bool__", "__len__"):
                if defines(cls, method):
                    return self.truth(self.call(self.special(value, method), [], {}))
            return True
        atom = self.leaf(value)
        if atom is None:
            return True
        if isinstance(atom.type, Shape):
            if atom.type.dims is None:
                raise self.needs_static(atom, "the truth of a shape")
            return bool(atom.type.dims)
        if (rank(atom.type) or 0) > 0:
            raise self.refusal(
                "the truth value of an array is taken",
                "Python raises ValueError for an array of more than one element",
                "use `.any()` or `.all()`, or `np.where` for an elementwise choice",
            )
        return atom

    def choose(
        self, condition: Atom, then: Callable[[], AbstractValue], other: Callable[[], AbstractValue]
    ) -> AbstractValue:
        """The value of an expression that a condition known at run time only chooses."""

        def as_outcome(run: Callable[[], AbstractValue]) -> Callable[[], Outcome]:
            def outcome() -> Outcome:
                return Outcome("next", run())

            return outcome

        arms = [self.silent_arm(as_outcome(run)) for run in (then, other)]
        if all(isinstance(arm, Silenced) for arm in arms):
            raise Silenced
        first, second = arms
        if isinstance(first, Silenced) or isinstance(second, Silenced):
            raise Silenced
        exits = {first.outcome.exit, second.outcome.exit}
        if exits == {"diverges"}:
            raise av.Diverges
        if "diverges" in exits:
            alive = second if first.outcome.exit == "diverges" else first
            self.builder.ops.extend(alive.ops)
            self.restore(alive.names, alive.heap)
            assert alive.outcome.value is not None
            return alive.outcome.value
        for arm in (first, second):  # the value travels as a name, and is joined as one
            assert arm.outcome.value is not None
            arm.names[0] = {**arm.names[0], "": arm.outcome.value}
            arm.outcome = NEXT
        self.combine(condition, first, second)
        return self.checked(self.frame.names.pop(""))

    def silent_arm(self, run: Callable[[], Outcome]) -> Any:
        try:
            return self.arm(run)
        except Silenced as silenced:
            return silenced

    def boolean(self, is_and: bool, operands: list[Callable[[], AbstractValue]]) -> AbstractValue:
        """`a and b`, `a or b`: the first operand that decides, else the last."""
        value = operands[0]()
        for k, operand in enumerate(operands[1:], 1):
            verdict = self.truth(value)
            if isinstance(verdict, bool):
                if verdict != is_and:
                    return value
                value = operand()
                continue
            kept = value
            if is_and:
                return self.choose(verdict, lambda k=k: self.boolean(is_and, operands[k:]), lambda: kept)  # type: ignore[misc]
            return self.choose(verdict, lambda: kept, lambda k=k: self.boolean(is_and, operands[k:]))  # type: ignore[misc]
        return value


def defines(cls: type, name: str) -> bool:
    """Whether a user's class, or one that it inherits from, defines a special method."""
    return any(name in vars(base) for base in cls.__mro__ if base not in (object, tuple))


def is_generated(function: Any) -> bool:
    """Whether a function was generated as text, as `dataclass` does."""
    return isinstance(function, types.FunctionType) and function.__code__.co_filename == "<string>"
