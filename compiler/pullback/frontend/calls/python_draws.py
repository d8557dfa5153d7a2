"""Draws of Python's own `random`, and readings of clocks: effects whose results are numbers, constants of
differentiation.
"""

from __future__ import annotations

import inspect
import random
import time
from collections.abc import Callable
from typing import Any

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.values import AbstractValue
from pullback.frontend.calls.effects import Effects
from pullback.ir.core import Atom
from pullback.ir.effects import EFFECT, Action, Apply, Layout, Member, Named
from pullback.ir.types import FLOAT, INT, Array, Scalar, Type

Arguments = dict[str, AbstractValue]
CLOCKS: dict[Any, Type] = {
    **{getattr(time, name): FLOAT for name in ("time", "perf_counter", "monotonic", "process_time", "thread_time")},
    **{
        getattr(time, name): INT
        for name in ("time_ns", "perf_counter_ns", "monotonic_ns", "process_time_ns", "thread_time_ns")
    },
}
REAL = frozenset(
    name
    for name in dir(random.Random)
    if name in ("random", "uniform", "triangular", "gauss") or name.endswith("variate")
)
WHOLE = frozenset(["randrange", "randint", "getrandbits"])


class PythonDraws(Effects):
    """`random` and `time`."""

    def clock_call(self, function: Any, args: list[AbstractValue], kwargs: Arguments) -> AbstractValue | None:
        """A clock that is read, or waiting; None of anything else."""
        if not inspect.isbuiltin(function):
            return None
        if function is time.sleep:
            return self.called_for_effect(Named(function, "time", "sleep"), args, kwargs)
        t = CLOCKS.get(function)
        if t is None:
            return None
        return self.read_at_run_time(lambda atoms: Named(function, "time", function.__name__), args, kwargs, t)

    def python_draw(
        self,
        name: str,
        spelled: str,
        function: Callable[[list[Atom]], Layout],
        args: list[AbstractValue],
        kwargs: Arguments,
    ) -> AbstractValue:
        """A call of a method of `random.Random`."""
        if name == "seed":
            atoms: list[Atom] = []
            called = function(atoms)
            given = tuple(self.layout(a, atoms) for a in args)
            named_ones = tuple((key, self.layout(value, atoms)) for key, value in kwargs.items())
            self.effect(Action("call", Apply(called, given, named_ones)), atoms)
            return av.NONE
        if name == "choice" and len(args) == 1 and not kwargs:

            def index(atoms: list[Atom]) -> Layout:  # by the same draw
                match function(atoms):
                    case Member(base=base):
                        return Member(base, "randrange")
                return Named(random.randrange, "random", "randrange")

            chosen = self.read_at_run_time(index, [self.builtin_len(args[0])], {}, INT)
            return self.getitem(args[0], chosen)
        if name not in REAL | WHOLE:
            raise self.refusal(
                f"`{spelled}` is called",
                "it is no draw of one number",
                "draw outside the function, and pass what is drawn as an argument",
            )
        return self.read_at_run_time(
            function, args, kwargs, self.type_of_number(name, spelled, [*args, *kwargs.values()])
        )

    def type_of_number(self, name: str, spelled: str, given: list[AbstractValue]) -> Type:
        """The type of what is drawn: NumPy's numbers among the parameters make it one of NumPy's."""
        if name in WHOLE:
            return INT
        for value in map(self.checked, given):
            t = self.type_of(value)
            if isinstance(t, Array) or not isinstance(t, Scalar):
                raise self.refusal(
                    f"`{spelled}` is given {self.describe(value)}",
                    "what it draws would be of another type than its own, a Python float",
                    "convert it with `float`, or draw with np.random",
                )
        return FLOAT

    def read_at_run_time(
        self, function: Callable[[list[Atom]], Layout], args: list[AbstractValue], kwargs: Arguments, t: Type
    ) -> AbstractValue:
        """A number that a call gives when the code runs."""
        atoms: list[Atom] = []
        called = function(atoms)
        positional = tuple(self.layout(a, atoms) for a in args)
        keywords = tuple((name, self.layout(value, atoms)) for name, value in kwargs.items())
        action = Action("call", Apply(called, positional, keywords))
        (result,) = self.builder.append(EFFECT, tuple(atoms), {"action": action}, (t,))
        return self.value_of(result)
