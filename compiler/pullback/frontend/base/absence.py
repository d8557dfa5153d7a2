"""Values that may be absent: names without a value on some paths, and what is None on some.

What is known of conditions on the path decides whether such a value is there; where it decides nothing, a name that is
read is checked at run time, as Python checks it, and so is None where Python could not go on with it.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.state import RAISES, Outcome
from pullback.frontend.abstract.values import AbstractValue, Container, Raised
from pullback.frontend.base.core import Core
from pullback.ir.core import Atom, Block, Op
from pullback.ir.effects import EFFECT, Action, Apply, Named, Plain
from pullback.ir.regions import IF


class Absence(Core):
    """Reads values that may be absent."""

    def settled(self, value: AbstractValue) -> AbstractValue:
        """What a value that may be absent is, as far as that is known here."""
        while isinstance(value, av.Maybe | av.OneOf):
            if isinstance(value, av.OneOf):
                narrowed = self.narrowed(value)
                if narrowed is value:
                    return value
                value = narrowed
                continue
            there = self.facts.truth(value.flag)
            if there is None:
                return value
            value = value.value if there else av.UNBOUND if value.unbound else av.NONE
        return value

    def narrowed(self, value: av.OneOf) -> AbstractValue:
        """What is left of several things, as far as it is known here which one it is."""
        truths = [self.facts.truth(flag) for flag in value.flags]
        left = [k for k, truth in enumerate(truths) if truth is not False]
        if True in truths or len(left) == 1:
            return value.values[truths.index(True) if True in truths else left[0]]
        if len(left) == len(truths):
            return value
        return av.OneOf(tuple(value.values[k] for k in left), tuple(value.flags[k] for k in left), value.name)

    def readable(self, value: AbstractValue) -> AbstractValue:
        """The value, if it may be read; it may be None, or one of several things."""
        value = self.settled(value)
        is_open = isinstance(value, av.OneOf) or (isinstance(value, av.Maybe) and not value.unbound)
        return value if is_open else self.checked(value)

    def checked(self, value: AbstractValue) -> AbstractValue:
        """The value, if it may be used."""
        value = self.settled(value)
        if isinstance(value, av.OneOf):
            raise av.Undecided(value)
        return super().checked(value)

    def decided_value(self, value: AbstractValue) -> AbstractValue:
        """A value that is one known thing, and none of several; so are the items of a tuple."""
        value = self.settled(value)
        if isinstance(value, av.OneOf):
            raise av.Undecided(value)
        if isinstance(value, av.Tuple):
            items = tuple(map(self.decided_value, value.items))
            return value if all(map(operator.is_, items, value.items)) else av.Tuple(items, value.cls)
        return value

    def variable(self, value: AbstractValue, name: str) -> AbstractValue:
        """The value of a variable that is read; checked at run time where it may have none."""
        value = self.settled(value)
        message = f"cannot access local variable '{name}' where it is not associated with a value"
        if isinstance(value, av.Maybe) and value.unbound:
            self.require(value.flag, UnboundLocalError, message)
        if not isinstance(value, av.Unbound):
            return self.readable(value)
        if (self.dynamic or self.pending) and not self.tries:
            self.raise_error(UnboundLocalError, message)
            raise Raised
        refusal = self.refusal(
            f"`{name}` is read before it has a value", "Python raises UnboundLocalError here", f"assign `{name}` first"
        )
        raise self.standing_for(refusal, UnboundLocalError(name))

    def used(self, value: AbstractValue, use: str, error: type[Exception] = TypeError) -> AbstractValue:
        """The value, where Python raises an error if it is None: so does what is generated."""
        value = self.settled(value)
        if isinstance(value, av.Maybe) and not value.unbound:
            self.require(value.flag, error, f"`{value.name}` is None: {use}" if value.name else f"this is None: {use}")
        if isinstance(value, av.Known) and value.value is None and (self.dynamic or self.pending) and not self.tries:
            self.raise_error(error, f"this is None: {use}")
            raise Raised
        return self.checked(value)

    def require(self, condition: Atom, error: type[Exception], message: str) -> None:
        """Raise an error at run time unless a condition holds; from here on it does."""
        with self.builder.region() as ops:
            self.raise_error(error, message)
        blocks = Block((), (), ()), Block((), tuple(ops), ())
        self.builder.emit(Op(IF, (condition,), {}, (), blocks, self.loc))
        self.facts.learn(condition, True)

    def raise_error(self, error: type[BaseException], *args: object) -> Outcome:
        """Raise at run time."""
        raised = Apply(Named(error, "builtins", error.__name__), tuple(map(Plain, args)))
        self.builder.append(EFFECT, (), {"action": Action("raise", raised)}, ())
        return RAISES

    def decided(self, values: Iterable[AbstractValue | None]) -> dict[AbstractValue, AbstractValue]:
        """Of all that may be absent or one of several, among some values and in the heap: what it is, where known."""
        found: dict[AbstractValue, AbstractValue] = {}
        held = (
            value
            for contents in self.heap.cells.values()
            if isinstance(contents, Container)
            for value in contents.values
        )
        pending = [value for value in (*values, *held) if isinstance(value, av.Maybe | av.OneOf | av.Tuple)]
        while pending:
            value = pending.pop()
            if isinstance(value, av.Tuple):
                pending += [item for item in value.items if isinstance(item, av.Maybe | av.OneOf | av.Tuple)]
            elif (settled := self.settled(value)) is not value:
                found[value] = settled
        return found
