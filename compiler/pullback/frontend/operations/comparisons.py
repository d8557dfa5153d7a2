"""Comparisons, truth, and short circuits."""

from __future__ import annotations

import ast
import dataclasses
import enum
import operator
import types
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from pullback.errors import DifferentiationError
from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.heap import Grown
from pullback.frontend.abstract.state import Outcome
from pullback.frontend.abstract.values import AbstractValue, Ref
from pullback.frontend.base.refusals import NUMBERS, PLAIN
from pullback.frontend.operations.operators import Operators, defines
from pullback.ir.core import Atom
from pullback.ir.opaque import opaque_type
from pullback.ir.types import Handle, Scalar, Shape, rank
from pullback.primitives.registry import MEANINGS

COMPARE: dict[type[ast.cmpop], tuple[Callable[[Any, Any], Any], str, str, str]] = {
    ast.Lt: (operator.lt, "lt", "gt", "<"),
    ast.LtE: (operator.le, "le", "ge", "<="),
    ast.Gt: (operator.gt, "gt", "lt", ">"),
    ast.GtE: (operator.ge, "ge", "le", ">="),
    ast.Eq: (operator.eq, "eq", "eq", "=="),
    ast.NotEq: (operator.ne, "ne", "ne", "!="),
}


class Comparisons(Operators):
    """Comparisons, truth, short circuits."""

    def negated(self, truth: bool | Atom) -> AbstractValue:
        if isinstance(truth, bool):
            return av.Known(not truth)
        return self.apply(MEANINGS[operator.not_], "`not`", self.lower(self.value_of(truth)))

    def compare(self, kind: type[ast.cmpop], a: AbstractValue, b: AbstractValue) -> AbstractValue:
        """One comparison."""
        a, b = self.readable(a), self.readable(b)
        if kind in (ast.Is, ast.IsNot, ast.Eq, ast.NotEq) and (either := self.either(kind, a, b)) is not None:
            return either
        if kind in (ast.Lt, ast.LtE, ast.Gt, ast.GtE):
            a, b = self.operands(COMPARE[kind][3], a, b)
        a, b = self.checked(a), self.checked(b)
        objects = [self.opaque(v) is not None for v in (a, b)]
        if any(objects) and (kind not in (ast.Is, ast.IsNot, ast.In, ast.NotIn) or (all(objects) and a is not b)):
            raise self.refusal(
                f"{self.describe(a if objects[0] else b)} is compared",
                "which object it is may change from call to call",
                "compare what it is used with, as `A @ x`",
            )
        if kind in (ast.Is, ast.IsNot):
            same = self.identical(a, b)
            return av.Known(same if kind is ast.Is else not same)
        if kind in (ast.In, ast.NotIn):
            inside = self.contains(b, a)
            return av.Known(inside if kind is ast.In else not inside)
        for value in (a, b):
            if isinstance(value, av.Late):
                raise self.must_be_known(value)
        function, name, mirrored, symbol = COMPARE[kind]
        if isinstance(a, av.Known) and isinstance(b, av.Known):
            return self.compare_known(function, a.value, b.value)
        if (own := self.operator_method(a, b, f"__{name}__", f"__{mirrored}__")) is not None:
            return own
        if kind in (ast.Eq, ast.NotEq):
            if (equal := self.structural_equality(a, b)) is not None:
                return av.Known(equal if kind is ast.Eq else not equal)
            if (elementwise := self.equality_of_elements(a, b)) is not None:
                return elementwise if kind is ast.Eq else self.negated(self.truth(elementwise))
        self.expect_numbers(symbol, a, b)
        return self.apply(MEANINGS[function], f"`{symbol}`", self.lower(a), self.lower(b))

    def either(self, kind: type[ast.cmpop], a: AbstractValue, b: AbstractValue) -> AbstractValue | None:
        """A test of equality of what may be None; None where neither side may be."""
        for value, other in ((a, b), (b, a)):
            if not isinstance(value, av.Maybe):
                continue
            if (
                isinstance(other, av.Known)
                and other.value is None
                and (kind in (ast.Is, ast.IsNot) or self.none_is_told_by_identity(value.value))
            ):
                there = self.value_of(value.flag)
                return there if kind in (ast.IsNot, ast.NotEq) else self.negated(self.truth(there))
            return self.choose(value.flag, lambda: self.compare(kind, a, b), lambda: self.compare(kind, a, b))
        return None

    def none_is_told_by_identity(self, value: AbstractValue) -> bool:
        """Whether a value that is no None is not equal to it either."""
        return self.user_class(value) is None and not self.is_big(value)

    def compare_known(self, function: Callable[[Any, Any], Any], a: Any, b: Any) -> AbstractValue:
        if opaque_type(a) is not None or opaque_type(b) is not None:
            raise self.refusal("objects of a library are compared", "what they hold is not known", "compare numbers")
        if all(isinstance(v, (*PLAIN, type, enum.Enum, types.FunctionType, types.BuiltinFunctionType)) for v in (a, b)):
            return self.natively(function, a, b)
        if function in (operator.eq, operator.ne):
            return av.Known((a is b) == (function is operator.eq))
        raise self.refusal(f"{self.describe(av.Known(a))} is compared", "its order is not known", "compare numbers")

    def structural_equality(self, a: AbstractValue, b: AbstractValue) -> bool | None:
        """Equality of containers of known values; None where elements are dynamic numbers or arrays."""
        a, b = self.readable(a), self.readable(b)
        if isinstance(a, av.Known) and isinstance(b, av.Known):
            compared = self.compare_known(operator.eq, a.value, b.value)
            return compared.value if isinstance(compared, av.Known) else None
        for value, other in ((a, b), (b, a)):
            if not isinstance(value, av.Known) and self.leaf(value) is not None:
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

    def equality_of_elements(self, a: AbstractValue, b: AbstractValue) -> AbstractValue | None:
        """`==` of tuples, lists and shapes with dynamic numbers in them: element by element."""
        sides = []
        for value in (a, b):
            t = self.type_of(value)
            if isinstance(t, Shape) and t.dims is not None:
                sides.append([self.getitem(value, av.Known(k)) for k in range(len(t.dims))])
            elif (elements := self.elements(value)) is not None and not any(map(self.is_big, elements)):
                sides.append(elements)
            else:
                return None
        if len(sides[0]) != len(sides[1]):
            return av.Known(False)
        pairs = list(zip(*sides, strict=True))
        links = [partial(self.compare, ast.Eq, p, q) for p, q in pairs]
        return self.boolean(True, links)

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
            interned = isinstance(a.value, int | float | complex | str | bytes) and not isinstance(a.value, bool)
            if interned and type(a.value) is type(b.value):
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
        for value in (container, item):
            if isinstance(value, av.Late):
                raise self.must_be_known(value)
        if isinstance(container, av.Known) and isinstance(item, av.Known) and self.is_plain(container):
            found = self.natively(operator.contains, container.value, item.value)
            return bool(found.value) if isinstance(found, av.Known) else False
        if isinstance(container, Ref) and container.kind == "dict":
            return self.heap.container(container).get(self.static_key(item, "a dict key")) is not None
        cls = self.user_class(container)
        if cls is not None and defines(cls, "__contains__"):
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

    def truth(self, value: AbstractValue) -> bool | Atom:
        """The truth of a value: known, or an atom whose truth is tested at run time."""
        value = self.readable(value)
        if isinstance(value, av.OneOf):
            return self.truth(self.by_case(lambda: self.as_bool(self.decided_value(value))))
        if isinstance(value, av.Maybe):
            inner = value.value
            return self.truth(
                self.choose(value.flag, lambda: self.as_bool(inner), partial(self.itself, av.Known(False)))
            )
        match value:
            case av.Known(value=known) if isinstance(known, (*NUMBERS, str, bytes, type(None), range)):
                return bool(known)
            case av.Known(value=known) if isinstance(known, enum.Enum):
                return bool(known)
            case av.Tuple(items=items) if not (hasattr(value.cls, "__bool__") or defines(value.cls, "__len__")):
                return bool(items)
            case Ref(kind="list") as ref if isinstance(grown := self.heap.read(ref), Grown):
                return self.grown_truth(grown)
            case Ref(kind="list" | "dict") as ref:
                return bool(self.heap.container(ref).values)
            case av.View(ref=ref):
                return bool(self.heap.container(ref).values)
        if (cls := self.user_class(value)) is not None:
            for method in ("__bool__", "__len__"):
                if defines(cls, method):
                    return self.truth(self.call(self.special(value, method), [], {}))
            return True
        if isinstance(value, av.Late):
            raise self.must_be_known(value)
        atom = self.leaf(value)
        if self.opaque(value) is not None:
            raise self.refusal(
                f"the truth value of {self.describe(value)} is taken",
                "what it says depends on the class, or Python raises ValueError",
                "test what is meant, as `x is not None`",
            )
        if atom is None or isinstance(atom.type, Handle):
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

        first = self.arm(as_outcome(then), {condition: True})
        second = self.arm(as_outcome(other), {condition: False})
        for arm in (first, second):  # the value travels as a name, and is joined as one
            if arm.outcome.value is not None and arm.outcome.exit in ("next", "mixed"):
                arm.names[0] = {**arm.names[0], "": arm.outcome.value}
                arm.outcome = replace(arm.outcome, value=None)
        left = self.merge(condition, first, second)
        if left.exit != "next":
            raise av.Diverges if left.exit == "diverges" else av.Raised if left.exit == "raises" else av.Thrown(left)
        return self.readable(self.frame.names.pop(""))

    def by_case(self, run: Callable[[], AbstractValue]) -> AbstractValue:
        """What something gives, once for each of several things that a value may be, where it must be known which."""
        if not self.session.chooses:
            return run()
        mark = self.mark()
        try:
            return run()
        except av.Undecided as undecided:
            need = undecided
            flags = need.value.flags
            self.go_back(mark, flags)
        verdicts: dict[int, AbstractValue] = {}

        def case(k: int) -> AbstractValue:
            try:
                verdicts[k] = self.by_case(run)
            except DifferentiationError as error:
                self.raise_in_case(error)
                raise
            return verdicts[k]

        def from_case(k: int) -> AbstractValue:
            return (
                case(k) if k == len(flags) - 1 else self.choose(flags[k], partial(case, k), partial(from_case, k + 1))
            )

        result = from_case(0)
        if len({v for v in verdicts.values() if isinstance(v, Ref) and v.kind != "array"}) > 1:
            self.go_back(mark, flags)  # whoever takes one of several containers is interpreted once for each
            raise need
        known = {k: v.value for k, v in verdicts.items() if isinstance(v, av.Known) and isinstance(v.value, bool)}
        if isinstance(result, av.Dynamic) and len(known) == len(flags):
            self.facts.exclude(
                result.atom, *([f for k, f in enumerate(flags) if known[k] is not t] for t in (True, False))
            )
        return result

    def raise_in_case(self, error: DifferentiationError) -> None:
        """Raise at run time what the function raises for one of several things."""
        exception = error.exception
        plain = exception is not None and all(isinstance(arg, PLAIN) for arg in exception.args)
        if exception is not None and plain and type(exception).__module__ == "builtins" and not self.tries:
            self.raise_error(type(exception), *exception.args)
            raise av.Raised

    def as_bool(self, value: AbstractValue) -> AbstractValue:
        """The truth of a value, as a value."""
        truth = self.truth(value)
        return av.Known(truth) if isinstance(truth, bool) else self.value_of(truth)

    @staticmethod
    def itself(value: AbstractValue) -> AbstractValue:
        return value

    def boolean(self, is_and: bool, operands: Sequence[Callable[[], AbstractValue]]) -> AbstractValue:
        """`a and b`, `a or b`: the first operand that decides, else the last."""
        value = operands[0]()
        for k, operand in enumerate(operands[1:], 1):
            verdict = self.truth(value)
            if isinstance(verdict, bool):
                if verdict != is_and:
                    return value
                value = operand()
                continue
            decided, rest = partial(self.itself, value), partial(self.boolean, is_and, operands[k:])
            return self.choose(verdict, rest, decided) if is_and else self.choose(verdict, decided, rest)
        return value
