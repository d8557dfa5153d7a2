"""Arrays chosen at run time: reads and writes of a name that stands for one of two arrays.

A read gives what the one holds or the other, and a write goes to the one or the other, under the condition that made
the choice. Where nothing can read the memory under another name any more, the name simply owns it.
"""

from __future__ import annotations

from collections.abc import Callable

from pullback.errors import AliasingError
from pullback.frontend.abstract.heap import Aspect, Chosen, Shared
from pullback.frontend.abstract.reach import live_values, reached
from pullback.frontend.abstract.state import NEXT, Outcome
from pullback.frontend.abstract.values import AbstractValue, Ref
from pullback.frontend.abstract.views import roots_of
from pullback.frontend.joins.conditionals import Joins
from pullback.ir.core import Atom, Block, Op, Value
from pullback.ir.regions import IF

MOST_CHOICES = 4  # each doubles what is written for one statement


class Choices(Joins):
    """Reads and writes of arrays chosen at run time."""

    def chosen(self, ref: Ref, contents: Chosen) -> Atom:
        seen = self.heap.token(ref)
        if contents.value is not None and contents.seen == seen:
            return contents.value
        blocks = tuple(self.reading(alternative) for alternative in (contents.then, contents.other))
        name = contents.value.name if isinstance(contents.value, Value) else ""
        result = Value(contents.type, name, self.loc)
        self.builder.emit(Op(IF, (contents.condition,), {}, (result,), blocks, self.loc))
        self.heap.cells[ref] = Chosen(contents.condition, contents.then, contents.other, contents.type, seen, result)
        return result

    def reading(self, ref: Ref) -> Block:
        """What an array holds, as a block."""
        cells = self.heap.snapshot()
        with self.builder.region() as ops:
            atom = self.atom(ref)
        self.heap.restore(cells)
        return Block((), tuple(ops), (atom,))

    def write_chosen(self, ref: Ref, write: Callable[[], None]) -> bool:
        """Write to either of two arrays, if the one that is written to is, or is a view of, one of two."""
        chosen = self.choice_behind(ref)
        if chosen is None:
            return False
        self.own_if_unseen(chosen)
        contents = self.heap.read(chosen)
        if not isinstance(contents, Chosen):
            return False
        if self.choices_around == MOST_CHOICES:
            raise self.refusal(
                "an array is written to that may be any of many",
                f"which one it is depends on more than {MOST_CHOICES} conditions, one inside the other",
                "write to each array under its own name, or copy it (`b = a.copy()`) where it is chosen",
                kind=AliasingError,
            )

        def on(alternative: Ref) -> Callable[[], Outcome]:
            def run() -> Outcome:
                self.heap.cells[chosen] = Aspect(alternative, (), None, None)
                write()
                self.heap.cells[chosen] = contents
                return NEXT

            return run

        self.choices_around += 1
        try:
            self.merge(contents.condition, self.arm(on(contents.then)), self.arm(on(contents.other)))
        finally:
            self.choices_around -= 1
        return True

    def choice_behind(self, ref: Ref) -> Ref | None:
        """The array that is one of several, which a view is taken of."""
        match self.heap.read(ref):
            case Aspect(base=base):
                return self.choice_behind(base)
            case Chosen() | Shared():
                return ref
        return None

    def own_if_unseen(self, ref: Ref) -> None:
        """Let an array own its memory, where nothing else can read that any more."""
        roots = roots_of(ref, self.heap)
        reachable = self.reachable(lambda held: held is not ref)
        if reachable.union(self.heap.outside, self.heap.frozen).isdisjoint(roots):
            self.heap.cells[ref] = self.atom(ref)
            self.heap.origins.setdefault(ref, set()).update(roots)

    def settle_choices(self) -> None:
        """Let arrays own the memory that one of two had, where the other name of it is gone and nothing has changed."""
        for ref, contents in self.heap.snapshot().items():
            if isinstance(contents, Chosen) and self.heap.held(ref) is not contents:
                self.own_if_unseen(ref)

    def reachable(self, through: Callable[[Ref], bool]) -> set[Ref]:
        """What can be read later on, through references of which this holds."""
        values: list[AbstractValue] = [*self.still_held]
        for frame in (self.frame, *self.callers):
            values += live_values(frame)
            while (parent := frame.parent) is not None:
                values += live_values(parent) if frame.code.is_comprehension else parent.names.values()
                frame = parent
        return reached(values, lambda ref: self.heap.read(ref) if through(ref) else None)
