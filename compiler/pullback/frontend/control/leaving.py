"""Ways out of a trip of a loop, a `try` or `with`, a function: by `return`, `break`, `continue`, or an exception.

Where it is known that a way out is taken, interpretation goes on where it leads. Where a condition of the run decides,
the rest of what is left is guarded: what is left out goes on at the end of what encloses it (`skip`), and flags say
there which way it was. A loop keeps its flags in hidden variables; a `try`, a `with` and a loop over a generator keep
them in cells (`Region`), as functions that are interpreted in place may be between them and the way out.

An exception that the program raises under a condition sets the flag of the handler that gets it, or of the `finally`
that comes before, and leaves everything up to there.
"""

from __future__ import annotations

from collections.abc import Callable

from pullback.frontend.abstract import values as av
from pullback.frontend.abstract.state import NEXT, RAISES, SKIP, Arm, OpenLoop, Outcome, Region, Try
from pullback.frontend.abstract.values import AbstractValue, Container
from pullback.frontend.control.sources import Sources
from pullback.ir.core import Atom
from pullback.ir.effects import Action, Layout, Plain

LEAVE, BROKE, RETURNED, RESULT = " leave", " broke", " returned", " result"
WAYS = ("returned", "broke", "continued")


class Leaving(Sources):
    """Ways out that conditions of the run decide."""

    # Leaving a loop or a function.

    def return_value(self, value: AbstractValue | None) -> Outcome:
        """`return`, wherever it stands; of nothing where something else has left already."""
        for around in reversed(self.loops):
            if around.left is not None:
                if self.dynamic == around.level and not self.pending and value is not None:
                    raise av.Left(value)
                self.heap.write(around.left, Container(object, ("left",), (av.Known(True),)))
            if around.region is not None:
                return self.take(around.region, "returned", value)
            if around.stays:
                self.frame.names |= {LEAVE: av.Known(True), RETURNED: av.Known(True)}
                if value is not None:
                    self.frame.names[RESULT] = value
                if BROKE in self.frame.names:
                    self.frame.names[BROKE] = av.Known(True)
                return SKIP
        return Outcome("return", value)

    def break_or_continue(self, word: str) -> Outcome:
        """`break` or `continue`."""
        loop = self.loops[-1]
        if loop.left is not None:
            if word == "break":
                self.heap.write(loop.left, Container(object, ("left",), (av.Known(True),)))
            return SKIP
        if loop.region is not None:
            return self.take(loop.region, "broke" if word == "break" else "continued")
        if loop.stays:
            if word == "break":
                self.frame.names[LEAVE] = av.Known(True)
                if BROKE in self.frame.names:
                    self.frame.names[BROKE] = av.Known(True)
            return SKIP
        if loop.depth == self.dynamic:
            return Outcome("break" if word == "break" else "continue")
        raise self.refusal(
            f"`{word}` depends on a value known at run time only, in a loop that is unrolled",
            "the number of copies of its body would vary",
            "guard the rest of the loop's body by `if` instead",
        )

    # Regions: their flags, and what happens at their end.

    def region(self, *ways: str) -> Region:
        """Fresh flags, none of which is set."""
        return Region({way: self.heap.new("cell", not_taken(way)) for way in ways})

    def take(
        self, region: Region, way: str, value: AbstractValue | None = None, cause: AbstractValue | None = None
    ) -> Outcome:
        """Leave a region by one of its ways."""
        held = (av.Known(True), value or av.UNBOUND, cause or av.UNBOUND)
        self.heap.write(region.ways[way], Container(object, not_taken(way).keys, held))
        return SKIP

    def taken(self, region: Region, way: str) -> bool | Atom:
        """Whether a region has been left by one of its ways."""
        return self.truth(self.heap.container(region.ways[way]).values[0])

    def enclosed(self, region: Region, body: Callable[[], Outcome]) -> Outcome:
        """Interpret what a region encloses; all ways out of it meet at its end."""
        base = len(self.pending)
        self.loops.append(OpenLoop(self.dynamic, stays=True, region=region))
        try:
            outcome = self.close(base, body())
        except av.Thrown as thrown:
            outcome = self.close(base, thrown.outcome)
        finally:
            self.loops.pop()
            self.abandon(base)
        if outcome.exit in ("diverges", "raises"):
            return outcome
        if outcome.exit == "skip":
            self.only_way_left(region)
        return NEXT

    def only_way_left(self, region: Region | None) -> None:
        """What is left in any case is left by the last of the ways that are open, where by none of the others."""
        regions = [region, *(around.region for around in reversed(self.tries)), region]
        ways = [
            (each, way)
            for k, each in enumerate(regions)
            for way in (each.ways if each is not None else ())
            if way.startswith("raised") == (k > 0) and each is not None
        ]
        still_open = [each for each in ways if self.taken(*each) is not False]
        if still_open:
            last, way = still_open[-1]
            held = self.heap.container(last.ways[way])
            self.heap.write(last.ways[way], Container(object, held.keys, (av.Known(True), *held.values[1:])))

    def on_way(self, region: Region, way: str, go: Callable[[], Outcome]) -> Outcome:
        """Go on where a way out of a region leads, if it was taken; else here."""
        verdict = self.taken(region, way)
        if verdict is False:
            return NEXT
        if verdict is True:
            return go()
        left = self.arm(go, {verdict: True})
        self.heap.write(region.ways[way], not_taken(way))
        return self.merge(verdict, left, Arm([], NEXT, *self.state()))

    def on_all_ways(self, region: Region) -> Outcome:
        """Go on where the ways out of a region lead, those to handlers excepted."""
        for way in WAYS:
            if way not in region.ways:
                continue

            def go(way: str = way) -> Outcome:
                if way == "returned":
                    value = self.settled(self.heap.container(region.ways[way]).values[1])
                    return self.return_value(value.value if isinstance(value, av.Maybe) and value.unbound else value)
                return self.break_or_continue("break" if way == "broke" else "continue")

            outcome = self.on_way(region, way, go)
            if outcome.exit != "next":
                return outcome
        return self.passed_on()

    # Exceptions under way.

    def leave(self) -> Outcome:
        """Leave the innermost loop, region or function: an exception is under way."""
        for around in reversed(self.loops):
            if around.left is not None:
                self.heap.write(around.left, Container(object, ("left",), (av.Known(True),)))
                return SKIP
            if around.region is not None:
                return SKIP
            if around.stays:
                self.frame.names[LEAVE] = av.Known(True)
                if BROKE in self.frame.names:
                    self.frame.names[BROKE] = av.Known(True)
                return SKIP
        return Outcome("return")

    def passed_on(self) -> Outcome:
        """Where something has been left: go on leaving, if an exception is under way to a `try` further out."""
        for around in reversed(self.tries):
            for way in around.region.ways if around.region is not None else ():
                if way.startswith("raised"):
                    assert around.region is not None
                    outcome = self.passed_by(around.region, way)
                    if outcome.exit != "next":
                        return outcome
        return NEXT

    def passed_by(self, region: Region, way: str) -> Outcome:
        verdict = self.taken(region, way)
        if isinstance(verdict, bool):
            return self.leave() if verdict else NEXT
        held = self.heap.container(region.ways[way])

        def go() -> Outcome:
            self.heap.write(region.ways[way], Container(object, held.keys, (av.Known(True), *held.values[1:])))
            return self.leave()

        left = self.arm(go, {verdict: True})
        self.heap.write(region.ways[way], not_taken(way))
        return self.merge(verdict, left, Arm([], NEXT, *self.state()))

    def returned_from(self, value: AbstractValue | None) -> AbstractValue:
        """What a function that was interpreted in place has given, where no exception is under way."""
        if any(around.region is not None for around in self.tries):
            if value is None:
                self.only_way_left(None)
            outcome = self.passed_on()
            if outcome.exit != "next":
                raise av.Thrown(outcome)
        assert value is not None
        return value

    def catcher(self, cls: type[BaseException]) -> Try | None:
        """The innermost `try` that an exception comes to: it catches it, or ends with something of its own."""
        return next((t for t in reversed(self.tries) if t.has_last or issubclass(cls, t.classes)), None)

    def throw(self, exception: AbstractValue, cause: AbstractValue | None) -> Outcome:
        """Raise an exception, to where it is caught."""
        exception = self.settled(exception)
        if isinstance(exception, av.OneOf):
            flag = exception.flags[0]
            then, other = (self.arm(lambda: self.throw(exception, cause), {flag: truth}) for truth in (True, False))
            return self.merge(flag, then, other)
        cause = None if cause is None else self.settled(cause)
        if isinstance(cause, av.Maybe):
            inner, otherwise = cause.value, None if cause.unbound else av.NONE
            given = self.arm(lambda: self.throw(exception, inner), {cause.flag: True})
            other = self.arm(lambda: self.throw(exception, otherwise), {cause.flag: False})
            return self.merge(cause.flag, given, other)
        cls = self.class_of(exception)
        assert cls is not None
        assert issubclass(cls, BaseException)
        around = self.catcher(cls)
        if around is None:
            return self.raise_now(exception, cause)
        if around.region is None:
            raise av.NeedsHandling(around.node)
        k = next((k for k, classes in enumerate(around.clauses) if issubclass(cls, classes)), "")
        self.take(around.region, f"raised {k}", exception, cause)
        return self.leave()

    def known_exception(self, exception: BaseException, is_exact: bool = True) -> AbstractValue:
        """An exception with known arguments: one thing for all that are alike."""
        key = type(exception), repr(exception.args), is_exact
        known = self.session.exceptions.setdefault(key, av.Known(exception))
        if not is_exact and known not in self.session.inexact:
            self.session.inexact.append(known)
        return known

    def raise_now(self, exception: AbstractValue, cause: AbstractValue | None) -> Outcome:
        """Raise what nothing catches, at run time."""
        atoms: list[Atom] = []
        raised = self.written_exception(exception, atoms)
        written: Layout | None = None
        if isinstance(cause, av.Known) and cause.value is None:
            written = Plain(None)
        elif cause is not None:
            written = self.written_exception(cause, atoms)
        self.effect(Action("raise", raised, written), atoms)
        return RAISES

    def written_exception(self, exception: AbstractValue, atoms: list[Atom]) -> Layout:
        """How an exception is made in generated code."""
        raise NotImplementedError

    def require(self, condition: Atom, error: type[Exception], message: str) -> None:
        """Raise an error at run time unless a condition holds; from here on it does."""
        if self.catcher(error) is None:
            super().require(condition, error, message)
            return
        exception = self.known_exception(error(message), is_exact=False)
        left = self.arm(lambda: self.throw(exception, None), {condition: False})
        outcome = self.merge(condition, Arm([], NEXT, *self.state()), left)
        assert outcome is NEXT


def not_taken(way: str) -> Container:
    """What the cell of a way out holds before it is taken; its first key names the flag."""
    keys = (way.partition(" ")[0], "value", "cause")
    return Container(object, keys, (av.Known(False), av.UNBOUND, av.UNBOUND))
