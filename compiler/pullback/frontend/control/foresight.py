"""Exceptions that an operation raises by itself, foreseen where a `try` around it would notice.

`x / n` inside `try: ... except ZeroDivisionError: ...` becomes `if n == 0: raise ZeroDivisionError`, and then the
division: a branch to the handler, as for any exception that the program raises under a condition. What an operation
raises is foreseen where its operands tell, by the very test that Python makes.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.state import NEXT, Arm
from pullback.frontend.abstract.values import AbstractValue, Ref
from pullback.frontend.control.leaving import Leaving
from pullback.frontend.operations.operators import BINARY
from pullback.ir.core import Op
from pullback.ir.types import Scalar, is_index

DIVISIONS = (ast.Div, ast.FloorDiv, ast.Mod)
SAMPLES: Mapping[str, Any] = {"bool": True, "int": 1, "float": 1.0, "complex": 1j}
LARGEST_EXPONENT = 709.782712893384  # math.exp overflows above
Test = tuple[type[ast.cmpop], float]
OUT_OF_DOMAIN: Mapping[Any, tuple[Test, ...]] = {
    math.sqrt: ((ast.Lt, 0.0),),
    math.log: ((ast.LtE, 0.0),),
    math.log2: ((ast.LtE, 0.0),),
    math.log10: ((ast.LtE, 0.0),),
    math.log1p: ((ast.LtE, -1.0),),
    math.acos: ((ast.Lt, -1.0), (ast.Gt, 1.0)),
    math.asin: ((ast.Lt, -1.0), (ast.Gt, 1.0)),
    math.acosh: ((ast.Lt, 1.0),),
    math.atanh: ((ast.LtE, -1.0), (ast.GtE, 1.0)),
}
OUT_OF_RANGE: Mapping[Any, tuple[Test, ...]] = {
    math.exp: ((ast.Gt, LARGEST_EXPONENT),),
    math.expm1: ((ast.Gt, LARGEST_EXPONENT),),
}


class Foresight(Leaving):
    """Tests before operations whose exceptions something catches."""

    def binary(self, kind: type[ast.operator], a: AbstractValue, b: AbstractValue) -> AbstractValue:
        def go() -> AbstractValue:
            return super(Foresight, self).binary(kind, a, b)

        if kind not in (*DIVISIONS, ast.Pow) or not self.is_noticed(ZeroDivisionError) or not self.are_plain(a, b):
            return go()
        is_zero = self.compare(ast.Eq, a if kind is ast.Pow else b, av.Known(0))
        first, second = map(self.sample_of, (a, b))
        if kind is ast.Pow:
            if isinstance(second, complex):
                return go()
            tests = [lambda: is_zero, lambda: self.compare(ast.Lt, b, av.Known(0))]
            error = raised_by(operator.pow, 0 * first, -second)
            return self.unless(self.boolean(True, tests), error, go, ZeroDivisionError)
        return self.unless(is_zero, raised_by(BINARY[kind][0], first, 0 * second), go, ZeroDivisionError)

    def call_known(self, function: Any, args: list[AbstractValue], kwargs: dict[str, AbstractValue]) -> AbstractValue:
        def go() -> AbstractValue:
            return super(Foresight, self).call_known(function, args, kwargs)

        if len(args) != 1 or kwargs or getattr(function, "__module__", None) != "math" or not self.are_plain(*args):
            return go()
        if function in OUT_OF_DOMAIN and self.is_noticed(ValueError):
            bad = self.meets(args[0], OUT_OF_DOMAIN[function])
            beyond = OUT_OF_DOMAIN[function][0][1] - 1.0
            return self.unless(bad, raised_by(function, beyond), go, ValueError, OverflowError)
        if function in OUT_OF_RANGE and self.is_noticed(OverflowError):
            bad = self.meets(args[0], OUT_OF_RANGE[function])
            return self.unless(bad, raised_by(function, LARGEST_EXPONENT + 1.0), go, ValueError, OverflowError)
        return go()

    def getitem(self, value: AbstractValue, key: AbstractValue) -> AbstractValue:
        def go() -> AbstractValue:
            return super(Foresight, self).getitem(value, key)

        if self.is_caught(IndexError) and (bad := self.is_outside(value, key)) is not None:
            return self.unless(bad, IndexError("index out of range"), go, IndexError)
        return go()

    def setitem(self, value: AbstractValue, key: AbstractValue, item: AbstractValue) -> None:
        def go() -> AbstractValue:
            super(Foresight, self).setitem(value, key, item)
            return av.NONE

        if self.is_caught(IndexError) and (bad := self.is_outside(value, key)) is not None:
            self.unless(bad, IndexError("index out of range"), go, IndexError)
        else:
            go()

    def is_caught(self, cls: type[Exception]) -> bool:
        """Whether something catches an exception."""
        return any(issubclass(cls, around.classes) for around in self.tries if not around.is_manager)

    def is_noticed(self, cls: type[Exception]) -> bool:
        """Whether something catches an exception, or has last words before it goes on."""
        return self.is_caught(cls) or any(around.node in self.session.speaking for around in self.tries)

    def are_plain(self, *operands: AbstractValue) -> bool:
        """Whether all are Python's numbers, for which Python raises, and not all known."""
        types = [self.type_of(self.checked(operand)) for operand in operands]
        return all(isinstance(t, Scalar) for t in types) and not all(map(self.is_static, operands))

    def sample_of(self, value: AbstractValue) -> Any:
        """A number of the kind of a value."""
        t = self.type_of(value)
        assert isinstance(t, Scalar)
        return SAMPLES[t.kind]

    def meets(self, value: AbstractValue, tests: tuple[Test, ...]) -> AbstractValue:
        """Whether one of several tests holds."""

        def holds(kind: type[ast.cmpop], bound: float) -> Callable[[], AbstractValue]:
            return lambda: self.compare(kind, value, av.Known(bound))

        return self.boolean(False, [holds(*test) for test in tests])

    def is_outside(self, value: AbstractValue, key: AbstractValue) -> AbstractValue | None:
        """Whether an index lies outside an array or a list of unknown length; None where that is no question."""
        value = self.checked(value)
        indexed = isinstance(value, Ref) and (value.kind == "array" or self.grown(value) is not None)
        if not indexed or isinstance(key, av.Tuple | av.Slice) or not is_index(self.type_of(self.checked(key))):
            return None
        length = self.builtin_len(value)
        below = [lambda: self.compare(ast.Lt, key, self.binary(ast.Sub, av.Known(0), length))]
        above = [lambda: self.compare(ast.GtE, key, length)]
        if isinstance(key, av.Known):
            return above[0]() if key.value >= 0 else below[0]()
        return self.boolean(False, below + above)

    def unless(
        self,
        bad: AbstractValue,
        error: Exception,
        go: Callable[[], AbstractValue],
        *foreseen: type[Exception],
    ) -> AbstractValue:
        """Do something unless a condition holds, under which it raises."""
        verdict = self.truth(bad)
        if verdict is True:
            raise self.users_error(error)
        if not isinstance(verdict, bool):
            exception = self.known_exception(error, is_exact=not isinstance(error, IndexError))
            left = self.arm(lambda: self.throw(exception, None), {verdict: True})
            outcome = self.merge(verdict, left, Arm([], NEXT, *self.state()))
            assert outcome is NEXT
        ops: list[Op] = []
        self.builder.watchers.append(ops)
        try:
            result = go()
        finally:
            self.builder.watchers.pop()
        self.session.foreseen |= {(op, cls) for op in ops for cls in foreseen}
        return result


def raised_by(function: Callable[..., Any], *args: Any) -> Exception:
    """What Python raises for such arguments: its text is part of what is computed."""
    try:
        function(*args)
    except (ArithmeticError, ValueError) as error:
        return type(error)(*error.args)
    raise AssertionError(function, args)
